"""The tests run on the database that was asked for, set up as in production."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_runs_on_the_database_asked_for(pytestconfig: pytest.Config) -> None:
    vendor = {"sqlite": "sqlite", "postgres": "postgresql"}[pytestconfig.getoption("db")]
    assert connection.vendor == vendor


@pytest.mark.django_db
def test_sqlite_lets_readers_pass_a_writer_and_writers_wait() -> None:
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            assert cursor.fetchone() == ("UTF8",)
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)
    assert connection.transaction_mode == "IMMEDIATE"
