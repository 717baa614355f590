"""Many rows into one table: COPY on PostgreSQL, one prepared INSERT on SQLite. Triggers and keys stand as ever."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import AutoField, JSONField, Model

Line = Sequence[Any]
_LOADING = {"cache_size": -500_000, "synchronous": 0}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


@contextmanager
def loading() -> Iterator[None]:
    """While the database is built SQLite may keep more in memory and need not wait for the disk; not afterwards."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in _LOADING}
        for name, value in _LOADING.items():
            cursor.execute(f"PRAGMA {name} = {value}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for name, value in before.items():
            cursor.execute(f"PRAGMA {name} = {value}")


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """The columns a new row names: all but a number that the database gives."""
    fields = model._meta.concrete_fields
    return tuple(f.attname for f in fields if not isinstance(f, AutoField))


def prepared(model: type[Model], column: str, value: Any) -> Any:
    """A value as the database takes it; JSON as text."""
    field = model._meta.get_field(column)
    if isinstance(field, JSONField):
        return None if value is None else json.dumps(value, ensure_ascii=False)
    return field.get_db_prep_save(value, connection)


def as_stored(model: type[Model], column: str, value: Any) -> Any:
    """JSON texts as the product writes them: every other letter than ASCII as its code."""
    if isinstance(model._meta.get_field(column), JSONField) and value is not None:
        return _BEYOND_ASCII.sub(lambda m: json.dumps(m[0])[1:-1], value)
    return value


def insert(model: type[Model], lines: Sequence[Line]) -> None:
    """Rows whose values stand in the order of ``columns_of``."""
    if not lines:
        return
    table = model._meta.db_table
    columns = [model._meta.get_field(name).column for name in columns_of(model)]
    named = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({places})", lines)


def insert_signatories(lines: Sequence[Line]) -> None:
    """Rows of (office, role, unit, matter, petition): the petition's own number is looked up."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO duban_petitionsignatory (petition_id, office_id, role, unit)"
            " SELECT id, %s, %s, %s FROM duban_petitionrow WHERE matter_id = %s AND petition = %s",
            lines,
        )
