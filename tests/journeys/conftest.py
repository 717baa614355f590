"""A real browser against a real server, for journeys through the whole loop (全流程)."""

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.journeys.office import Office, furnish
from tests.journeys.people import People


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; Django would then refuse every query of the test itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def office(transactional_db: None, request: pytest.FixtureRequest) -> Office:
    """An office under the pack the test is parametrised with, with units and people in every role."""
    furnished = furnish(request.param)
    cache.clear()  # the count of logins lives there, and outlives the emptied tables
    return furnished


@pytest.fixture
def people(browser: Browser, live_server: LiveServer, office: Office) -> Iterator[People]:
    """The people of the office, each with a browser window of his own."""
    crew = People(browser, live_server.url, office)
    yield crew
    crew.leave()
