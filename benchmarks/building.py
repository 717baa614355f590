"""A database with so many matters, spread over units, stages and dates as an office's ledger is."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from benchmarks import writing
from benchmarks.copies import Batch, Copy, Numbers, Pattern, pattern
from benchmarks.office import House, UnitPeople, content, founded, title
from benchmarks.progress import bar
from benchmarks.templates import COURSES, NOW, Template, played
from benchmarks.timing import timed
from duban.server import clock
from duban.server.models import Entry, MatterRow, NumberSeries, Stream
from duban.server.world import context_for

MONDAY = datetime(2026, 9, 21, 8)
"""The Monday morning of the sweep."""
DUE_OF_TEN = 1
"""So many of ten matters have something that falls due, or a cycle that turns, between the two."""
BACK = 60
"""Ended matters lie up to so many weeks back."""
BATCH = 2000
FEW, MANY = 5, 50
"""Matters of the last unit and of the last but one, all running and none due: lists of a known length."""


@dataclass(frozen=True)
class Built:
    """What was built."""

    house: House
    matters: int
    streams: int
    entries: int
    seconds: float


def build(matters: int) -> Built:
    """Found the office, play the templates and copy them."""
    house = founded()
    seconds, _ = timed(lambda: _copy(house, matters))
    streams, entries = Stream.objects.count(), Entry.objects.count()
    return Built(house, MatterRow.objects.count(), streams, entries, seconds)


def _copy(house: House, matters: int) -> None:
    numbers = Numbers()
    patterns = _Patterns(house, played(house.office, house.posts))
    with writing.loading(), bar(matters, "build", "matter") as progress:
        for batch, count in _batches(house, patterns, numbers, matters):
            with transaction.atomic():
                batch.write()
            progress.update(count)
    _keep_numbers(house, patterns, numbers)


def _batches(
    house: House, patterns: "_Patterns", numbers: Numbers, matters: int
) -> Iterator[tuple[Batch, int]]:
    chance = random.Random(20260918)
    batch, count = Batch(house.office.pk), 0
    for number in range(matters):
        due = number % 10 < DUE_OF_TEN
        units = _units(house, number, chance)
        known = number // 10 * 9 + number % 10 - 1 < FEW + MANY and not due
        made = patterns.running(chance) if known else patterns.any(chance, due)
        batch.add(made, _copy_of(number, made, units), numbers)
        count += 1
        if count == BATCH:
            yield batch, count
            batch, count = Batch(house.office.pk), 0
    if count:
        yield batch, count


def _units(house: House, number: int, chance: random.Random) -> list[UnitPeople]:
    """Two units, the first is the lead; some have many times the matters of others, as in life."""
    undue = number // 10 * 9 + number % 10 - 1
    if number % 10 >= DUE_OF_TEN and undue < FEW + MANY:
        lead = house.units[-1] if undue < FEW else house.units[-2]
        return [lead, house.units[0]]
    usual = len(house.units) - 2
    first = int(usual * chance.random() ** 2)
    return [house.units[first], house.units[(first + 1 + chance.randrange(usual - 1)) % usual]]


def _copy_of(number: int, made: Pattern, units: list[UnitPeople]) -> Copy:
    seconds = int(clock.to_db(made.registered_at).timestamp())
    ids = tuple(f"{d.kind[0]}{seconds:09x}{number:016x}" for d in made.dockets)
    posts = [post for unit in units for post in (unit.staff, unit.head)]
    return Copy(
        ids=ids,
        title=title(number),
        content=content(number),
        directive=f"关于{title(number + 1)}的批示",
        units=tuple(unit.key for unit in units),
        people=tuple((post.user.person, str(post.user)) for post in posts),
    )


def _keep_numbers(house: House, patterns: "_Patterns", numbers: Numbers) -> None:
    series = {s.format.partition("〔")[0]: s.id for s in patterns.context.pack.series}
    NumberSeries.objects.bulk_create(
        NumberSeries(office=house.office, series=series[first], year=year, last=last)
        for (first, year), last in numbers.last.items()
    )


class _Patterns:
    """Which template, moved by how many weeks, fits between now and the sweep; drawn by the courses' shares."""

    def __init__(self, house: House, templates: list[Template]) -> None:
        self.context = context_for(house.office)
        self.due: dict[str, list[Pattern]] = {}
        self.idle: dict[str, list[Pattern]] = {}
        for template in templates:
            for made in self._moved(template, house.office.pk):
                wake = made.wake
                pool = self.due if wake and wake < MONDAY else self.idle
                pool.setdefault(made.course, []).append(made)

    def _moved(self, template: Template, office: int) -> Iterator[Pattern]:
        """Moved back for as long as time has brought about nothing that is not recorded."""
        for weeks in range(BACK):
            made = pattern(template, -weeks, self.context, office)
            if made.wake and made.wake < NOW:
                return
            yield made

    def any(self, chance: random.Random, due: bool) -> Pattern:
        """One that has something due by Monday, or one that has not."""
        pool = self.due if due else self.idle
        courses = [course for course in COURSES if course.name in pool]
        course = chance.choices(courses, [course.share for course in courses])[0]
        return chance.choice(pool[course.name])

    def running(self, chance: random.Random) -> Pattern:
        """One that runs, with nothing due by Monday."""
        return chance.choice(self.idle["general"])
