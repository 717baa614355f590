"""Fixtures for all tests; the database is chosen in tests.databases."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.absence import require_chromium, require_shared
from tests.triggers import emptying_lifts_triggers

__all__ = ["emptying_lifts_triggers"]

# The same examples on every run, and no time limit for one example on a busy machine.
settings.register_profile("duban", derandomize=True, deadline=None)
settings.load_profile("duban")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The founders' material, read-only, beside the repository."""
    return require_shared()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The executable for playwright's chromium.launch(executable_path=...); under root it needs --no-sandbox."""
    return require_chromium()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("shared"):
        require_shared()
    if item.get_closest_marker("browser"):
        require_chromium()
