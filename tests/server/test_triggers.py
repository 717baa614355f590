"""The database itself refuses to change, delete or replace entries, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from duban.server.models import Entry
from duban.server.verification import TRIGGERS, verify_database
from tests.server.building import House, registered
from tests.triggers import lifted

pytestmark = pytest.mark.django_db


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def contents() -> list[dict[str, object]]:
    return list(Entry.objects.order_by("pk").values())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE duban_entry SET kind = 'Closed'",
        "UPDATE duban_entry SET digest = digest WHERE position = 1",
        "DELETE FROM duban_entry",
        "DELETE FROM duban_entry WHERE position = 1",
    ],
)
def test_entries_cannot_be_changed_or_deleted(east: House, statement: str) -> None:
    registered(east)
    before = contents()
    with pytest.raises(DatabaseError, match="entries are final"):
        run(statement)
    assert contents() == before


def test_the_orm_cannot_either(east: House) -> None:
    registered(east)
    entry = Entry.objects.get()
    with pytest.raises(DatabaseError, match="entries are final"), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError, match="entries are final"), transaction.atomic():
        entry.delete()


def test_postgresql_refuses_to_truncate(east: House) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL knows TRUNCATE")
    registered(east)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="entries are final"):
        run("TRUNCATE duban_entry CASCADE")


def test_nothing_takes_the_place_of_an_entry(east: House) -> None:
    registered(east)
    before = contents()
    columns = ", ".join(f'"{f.column}"' for f in Entry._meta.concrete_fields)
    if connection.vendor == "sqlite":
        statement = f"INSERT OR REPLACE INTO duban_entry ({columns}) SELECT {columns} FROM duban_entry"
    else:
        statement = (
            f"INSERT INTO duban_entry ({columns}) SELECT {columns} FROM duban_entry"
            " ON CONFLICT (id) DO UPDATE SET kind = 'Closed'"
        )
    with pytest.raises(DatabaseError, match="entries are final"):
        run(statement)
    assert contents() == before


def test_all_triggers_stand_after_all_migrations() -> None:
    assert verify_database() == []


def test_a_missing_trigger_is_reported() -> None:
    names = sorted(TRIGGERS[connection.vendor])
    with lifted():
        assert [fault.message.rpartition("：")[2] for fault in verify_database()] == names
    assert verify_database() == []


@pytest.mark.django_db(transaction=True)
def test_emptying_the_tables_after_a_transactional_test_needs_no_help(east: House) -> None:
    # What this leaves is emptied when it ends; the next test finds the triggers standing.
    registered(east)
