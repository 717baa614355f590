"""Exchange (数据交换): files that come in from outside and go out again.

The reading half is pure Python without Django: `sheet` opens a file safely, `ledger_rows` makes ledger (台账) rows
of it, `deadline_text` reads deadlines (时限). Nothing here writes to the database.
"""
