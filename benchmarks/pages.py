"""Pages as Django's test client gets them: the whole way from address to HTML, without a network."""

import uuid
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.building import FEW, MANY
from benchmarks.office import House
from benchmarks.progress import over
from benchmarks.templates import NOW
from benchmarks.timing import spread, timed
from duban.server import clock
from duban.server.models import AssignmentRow, MatterRow, Post, Stream
from duban.server.queries.ledger import PAGE

WARM_UP = 5
DEEP = 0.8
"""How far into the ledger the deep page lies."""
TWO_CHARACTERS = "养老"

Request = Callable[[], HttpResponse]


def measure(house: House, requests: int) -> dict[str, dict[str, Any]]:
    """``p50_ms``, ``p95_ms``, ``queries`` of each page; ``queries_few`` and ``queries_many`` of lists."""
    with clock.at(NOW):
        pages = _pages(house)
        figures = {name: _measured(page, requests) for name, page in over(pages.items(), "pages", "page")}
        return figures | _reports(house, requests)


def counts(house: House) -> dict[str, dict[str, int]]:
    """Queries of a page that lists few matters and of the same page with many."""
    few, many = house.units[-1], house.units[-2]
    with clock.at(NOW):
        officer = _client(house.posts["officer"])
        pairs = {
            "ledger, officer": [_get(officer, f"/ledger/?unit={u.key}") for u in (few, many)],
            "ledger, liaison": [_get(_client(u.staff), "/ledger/") for u in (few, many)],
            "desk, liaison": [_get(_client(u.staff), "/") for u in (few, many)],
            "matter": [_get(officer, f"/m/{stream}/") for stream in _short_and_long()],
        }
        return {name: {"few": _queries(a), "many": _queries(b)} for name, (a, b) in pairs.items()}


def _pages(house: House) -> dict[str, Request]:
    officer, liaison = _client(house.posts["officer"]), _client(house.units[0].staff)
    unit = house.units[0].key
    deep = max(1, int(MatterRow.objects.count() / PAGE * DEEP))
    running = MatterRow.objects.filter(stage="working", directives__isnull=False)
    all_streams = cycle(running.values_list("pk", flat=True)[:200])
    own = AssignmentRow.objects.filter(unit=unit, lead=True, matter__stage="working")
    own_streams = cycle(own.values_list("matter_id", flat=True)[:200])
    return {
        "ledger, first page": _get(officer, "/ledger/"),
        "ledger, one unit and late": _get(officer, f"/ledger/?unit={unit}&light=late"),
        "ledger, deep page by last report": _get(officer, f"/ledger/?sort=-report&page={deep}"),
        "ledger, search of two characters": _get(officer, f"/ledger/?q={TWO_CHARACTERS}"),
        "ledger, first page, liaison": _get(liaison, "/ledger/"),
        "desk, officer": _get(officer, "/"),
        "desk, liaison": _get(liaison, "/"),
        "matter, officer": lambda: officer.get(f"/m/{next(all_streams)}/"),
        "matter, liaison": lambda: liaison.get(f"/m/{next(own_streams)}/"),
        "form of a report, liaison": lambda: liaison.get(f"/m/{next(own_streams)}/do/report_progress/"),
    }


def _reports(house: House, requests: int) -> dict[str, dict[str, Any]]:
    """Reports of matters that have nothing due by Monday, so that the sweep finds as much as before."""
    liaison = _client(house.units[0].staff)
    own = AssignmentRow.objects.filter(unit=house.units[0].key, lead=True, matter__stage="working")
    streams = cycle(own.exclude(matter__stream__look_again_at=None).values_list("matter_id", flat=True)[:200])

    def post() -> HttpResponse:
        fields = {"text": "已完成本阶段工作。", "next_step": "继续推进", "command_id": uuid.uuid4().hex}
        return liaison.post(f"/m/{next(streams)}/do/report_progress/", fields)

    return {"report sent, liaison": _measured(post, requests, expected=302)}


def _measured(request: Request, requests: int, expected: int = 200) -> dict[str, Any]:
    for _ in range(WARM_UP):
        _sound(request(), expected)
    seconds = []
    for _ in range(requests):
        taken, response = timed(request)
        _sound(response, expected)
        seconds.append(taken)
    return spread(seconds) | {"queries": _queries(request)}


def _sound(response: HttpResponse, expected: int) -> None:
    if response.status_code != expected:
        raise RuntimeError(f"{response.status_code} instead of {expected}: {response.content[:300].decode()}")


def _queries(request: Request) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        request()
    return len(captured)


def _get(client: Client, address: str) -> Request:
    return lambda: client.get(address)


def _client(post: Post) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(post.user)
    return client


def _short_and_long() -> Iterator[str]:
    """A docket of few entries and one of many."""
    streams = Stream.objects.filter(kind="matter").order_by("head_position")
    yield streams.filter(head_position__gte=FEW)[0].pk
    yield streams.filter(head_position__lte=MANY).reverse()[0].pk
