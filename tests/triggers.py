"""Lifting, for a test only, the triggers by which the database protects entries.

The product has no such switch. Django empties the tables after each transactional test; importing this module's
fixture (tests/conftest.py) lifts the triggers for just that moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

TABLE = "duban_entry"


@contextmanager
def lifted() -> Iterator[None]:
    """Within this block entries can be changed and deleted; afterwards the triggers stand again, as they were."""
    if connection.vendor == "sqlite":
        with _dropped_on_sqlite():
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # The table cannot be altered while deferred checks of changed rows are still to come.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


@contextmanager
def _dropped_on_sqlite() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE]
        )
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, statement in triggers:
            cursor.execute(statement)


@pytest.fixture(scope="session", autouse=True)
def emptying_lifts_triggers() -> Iterator[None]:
    """Django's emptying of tables between transactional tests passes the triggers."""
    original = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        if TABLE not in connection.introspection.table_names():
            original(self, sql_list)
            return
        with lifted():
            original(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield
