"""The acts: one function for each command, grouped as the work is (立项、承办、审核、期限、催办).

Importing this package registers them all with :mod:`duban.core.lifecycle`.
"""

from duban.core.acts import dates, registration, review, urging, work

__all__ = ["dates", "registration", "review", "urging", "work"]
