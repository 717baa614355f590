"""A made-up year of five offices (演示数据): played through ``handle``, so that it is as true as any other docket.

``offices`` makes units, people and accounts; ``texts`` and ``papers`` hold invented work; ``playing`` is one matter
in the hands of its people; ``scripts`` are the courses a matter can take; ``populate`` lets the year pass.
"""
