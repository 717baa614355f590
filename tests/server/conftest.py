"""Fixtures for tests of the server."""

from collections.abc import Iterator

import pytest

from duban import packs
from duban.server import clock
from tests.packs_for_tests import PACK_ID, small_pack
from tests.server.building import MONDAY, House, house


@pytest.fixture
def pack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offices may choose the small regulation of the tests."""
    original = packs.load
    monkeypatch.setattr(packs, "load", lambda key: small_pack() if key == PACK_ID else original(key))


@pytest.fixture
def east(db: None, pack: None) -> House:
    return house("east")


@pytest.fixture
def west(db: None, pack: None) -> House:
    return house("west")


@pytest.fixture
def monday() -> Iterator[None]:
    """It is Monday, 2 March 2026, 9:00."""
    with clock.at(MONDAY):
        yield
