"""Let a made-up year pass: all matters of all offices on one clock, with a sweep every week.

The same on every run for the same day, but for the random names of dockets and stored files.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from duban.server import clock
from duban.server.demo.offices import House, chance, make_offices
from duban.server.demo.playing import Case, Course, StepRefused, last_working_day_until
from duban.server.demo.scripts import SCRIPTS, Script
from duban.server.demo.texts import Texts
from duban.server.exchange.importing import import_ledger
from duban.server.exchange.sheet import read_sheet
from duban.server.models import MatterRow, Office
from duban.server.sweep import sweep

MATTERS = 190
YEAR = 360
"""Days that the play lasts, back from today."""
WEEK = timedelta(days=7)
REAL_LEDGER = Path("shared/data/tasks/gold/A12.csv")
"""A ledger made from a published document, beside the repository where its founders' material lies."""
IMPORTING_PACK = "jinan-2016"


@dataclass(order=True)
class _Waiting:
    """A course with the moment of its next step; ``order`` settles ties the same way on every run."""

    at: datetime
    order: int
    case: Case
    course: Course


def populate(
    matters: int = MATTERS,
    *,
    now: datetime | None = None,
    progress: Callable[[int], object] = lambda days: None,
) -> int:
    """Fill an empty database with the demonstration; the number of matters there.

    Where there is an office already nothing is added. ``matters``: how many are played, of every script in turn.
    ``progress`` is told how many days have passed. Raises :class:`StepRefused` when a regulation refuses a step.
    """
    if Office.objects.exists():
        return MatterRow.objects.filter(office__is_demo=True).count()
    now = now or clock.now()
    start = datetime.combine((now - timedelta(days=YEAR)).date(), datetime.min.time())
    with transaction.atomic(), clock.at(start):
        houses = make_offices(now.date())
    _let_time_pass(_courses(houses, matters, now), start, now, progress)
    _import_real_ledger(houses, now)
    return MatterRow.objects.count()


def _courses(houses: list[House], matters: int, now: datetime) -> list[_Waiting]:
    """Every script with every office in turn, as far as the number goes."""
    texts = {house.pack.id: Texts(chance(house.pack.id, now.date())) for house in houses}
    waiting = []
    for number in range(matters):
        round_, place = divmod(number, len(SCRIPTS))
        script = SCRIPTS[place]
        house = _house_for(script, houses, 2 * place + round_)
        rng = chance(number, house.pack.id, now.date())
        first = now.date() - timedelta(days=rng.randint(*script.days))
        day = last_working_day_until(house, first)
        at = datetime.combine(day, datetime.min.time()) + timedelta(hours=8, minutes=rng.randint(30, 59))
        case = Case(house, script.name, rng, texts[house.pack.id], at, now)
        waiting.append(_Waiting(at, number, case, script.play(case)))
    return waiting


def _house_for(script: Script, houses: list[House], turn: int) -> House:
    for step in range(len(houses)):
        house = houses[(turn + step) % len(houses)]
        if script.wants(house):
            return house
    raise StepRefused(f"没有一个制度用得上“{script.name}”")


def _let_time_pass(
    waiting: list[_Waiting], start: datetime, now: datetime, progress: Callable[[int], object]
) -> None:
    heapq.heapify(waiting)
    week = start
    while week < now:
        end = min(week + WEEK, now)
        # One commit for each week: thousands of small ones would take minutes on a slow disk.
        with transaction.atomic():
            _play_until(waiting, end)
            with clock.at(end):
                sweep(end)
        progress((end - week).days)
        week = end


def _play_until(waiting: list[_Waiting], end: datetime) -> None:
    while waiting and waiting[0].at <= end:
        one = heapq.heappop(waiting)
        one.case.at = one.at
        try:
            one.at = next(one.course)
        except StopIteration:
            continue
        heapq.heappush(waiting, one)


def _import_real_ledger(houses: list[House], now: datetime) -> None:
    """The old ledger of one office, where the real file is at hand; it waits to be confirmed."""
    path = settings.BASE_DIR.parent.parent / REAL_LEDGER
    house = next((one for one in houses if one.pack.id == IMPORTING_PACK), None)
    if house is None or not path.is_file():
        return
    with clock.at(now):
        import_ledger(house.office, house.officers[0], read_sheet(path), now=now)
