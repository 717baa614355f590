"""Template dockets of the district pack (district-measures), played through the real engine.

Each course (经过) is a run of acts with days between them. It is played several times through ``handle``, each time
begun some days earlier and swept up to ``NOW``, inside a transaction that is taken back: what is kept are the
encoded entries, out of which copies are made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import Context
from duban.server import clock
from duban.server.handle import Done, handle, stored_values
from duban.server.models import Entry, Office, Post, Unit, User
from duban.server.sweep import sweep
from duban.server.world import context_for

PACK = "district-measures"
NOW = datetime(2026, 9, 18, 16)
"""The Friday afternoon up to which everything is played and swept."""
PLAYINGS = 5
APART = 9
"""Calendar days between the beginnings of two playings of a course, so that weekdays and dates differ."""
LONGER = 23
"""Calendar days that each further playing leaves more until the completion date."""
LONG = 30
"""Completion dates of so many calendar days or more are not missed in their course."""
TITLE, CONTENT, DIRECTIVE_TITLE = "sample-title", "sample-content", "sample-directive"
"""In ASCII, so that they are found in JSON texts as they are stored."""
UNITS = ("sample-unit-a", "sample-unit-b")
"""The units that act in the templates; a copy names units of the office in their place."""
FIRST_USER = 900_000_001
"""Number of the first of the templates' people: no other text of an entry holds such a number."""


@dataclass(frozen=True)
class Course:
    """A run of acts, the calendar days it takes, and how many of a hundred matters go this way."""

    name: str
    days: int
    share: int
    acts: Callable[["Player"], None]


@dataclass(frozen=True)
class Template:
    """One playing of a course: encoded entries by stream (a directive's first)."""

    course: Course
    streams: dict[str, list[dict[str, Any]]]


@dataclass
class Cast:
    """Who acts: posts of the house, and for each of ``UNITS`` a handler and a head."""

    office: Office
    officer: Post
    head: Post
    charge: Post
    chief: Post
    context: Context
    staff: dict[str, Post]
    heads: dict[str, Post]


class Player:
    """Plays one docket: ``do`` acts at the present moment, ``wait`` lets days pass.

    ``longer``: calendar days by which this playing's completion date lies later than the course says; not where
    the course is about missing it.
    """

    def __init__(self, cast: Cast, start: datetime, longer: int) -> None:
        self.cast = cast
        self.now = start
        self.longer = longer
        self.stream = ""
        self.streams: list[str] = []

    def wait(self, days: int, hours: int = 0) -> None:
        """Let calendar days pass; time then does its work as the sweep would let it."""
        self.now += timedelta(days=days, hours=hours)
        sweep(self.now)

    def do(self, command: c.Command, post: Post | None = None) -> Done:
        self.now += timedelta(minutes=20)
        with clock.at(self.now):
            answer = handle(
                self.cast.office,
                command,
                post or self.cast.officer,
                stream=self.stream or None,
                context=self.cast.context,
            )
        if not isinstance(answer, Done):
            raise RuntimeError(f"{command.word} at {self.now}: {answer.message}")
        return answer

    # --- what several courses share ---

    def directive(self) -> str:
        order = c.RegisterDirective(
            name=DIRECTIVE_TITLE, source="instruction", leader="区长甲", issued_on=self.now.date()
        )
        self.streams.append(self.do(order).stream)
        return self.streams[-1]

    def register(self, grade: str, days: int, units: int = 1, directed: bool = False, **more: Any) -> None:
        """Register a matter to be done within so many calendar days."""
        facts = {
            "name": TITLE,
            "content": CONTENT,
            "category": "local-instruction",
            "mode": "undertake",
            "grade": grade,
            "leads": UNITS[:units],
            "stated_due": (self.now + timedelta(days=days + (self.longer if days >= LONG else 0))).date(),
            "directives": (self.directive(),) if directed else (),
        }
        self.stream = self.do(c.Register.model_validate(facts | more)).stream
        self.streams.append(self.stream)

    def approve(self) -> None:
        self.do(c.Submit())
        self.wait(0, 3)
        self.do(c.Sign(petition="listing"), self.cast.head)

    def dispatch(self) -> None:
        self.do(c.Dispatch(channel="written", document="sheet"))

    def acknowledge(self, unit: str = UNITS[0]) -> None:
        names = {"responsible_leader": "副局长甲", "section": "综合科", "handler": "经办甲"}
        self.do(c.Acknowledge(unit=unit, **names), self.cast.staff[unit])

    def start(self, grade: str, days: int, units: int = 1, **more: Any) -> None:
        """From registration to the units' receipt, in two days."""
        self.register(grade, days, units, **more)
        self.approve()
        self.wait(1)
        self.dispatch()
        self.wait(1)
        for unit in UNITS[:units]:
            self.acknowledge(unit)

    def progress(self, unit: str = UNITS[0]) -> None:
        text = "已完成前期工作，正在按计划推进，未发现影响进度的问题。"
        report = e.Report(text=text, next_step="按计划推进下一阶段工作")
        self.do(c.ReportProgress(unit=unit, content=report), self.cast.staff[unit])

    def complete(self, unit: str = UNITS[0]) -> None:
        report = e.Report(
            text="各项工作已经完成，经现场核对，达到立项要求。", signed_by="局长甲", result="已办结"
        )
        self.do(c.ReportCompletion(unit=unit, content=report), self.cast.staff[unit])

    def review(self, verdict: str = "accept", unit: str = UNITS[0]) -> None:
        checks = ("clear", "conclusion", "handled", "in_time", "procedure")
        if verdict == "accept":
            self.do(c.Review(unit=unit, checklist=checks))
        else:
            back = {"verdict": "return", "reason": "too_simple", "words": "请写明各项任务的完成情况"}
            self.do(c.Review.model_validate({"unit": unit} | back))

    def read(self) -> None:
        self.do(c.SendForReading(opinion="已办结，建议销号"))
        self.wait(1)
        self.do(c.Sign(petition="reading"), self.cast.charge)
        self.do(c.Sign(petition="reading"), self.cast.chief)

    def close(self, unit: str = UNITS[0]) -> None:
        """From the completion report to the end, in four days."""
        self.complete(unit)
        self.wait(2)
        self.review(unit=unit)
        self.wait(1)
        self.read()
        self.do(c.Close())

    def urge(self, unit: str = UNITS[0]) -> None:
        self.do(c.Urge(unit=unit, level="blue"), self.cast.head)


# --- courses ------------------------------------------------------------------------------------------------------


def _draft(p: Player) -> None:
    p.register("general", 90)


def _pending(p: Player) -> None:
    p.register("major", 60, directed=True)
    p.do(c.Submit())


def _listed(p: Player) -> None:
    p.register("general", 100)
    p.approve()


def _dispatched(p: Player) -> None:
    p.register("general", 120)
    p.approve()
    p.wait(1)
    p.dispatch()


def _general(p: Player) -> None:
    p.start("general", 150, directed=True)
    p.wait(7)
    p.progress()


def _general_short(p: Player) -> None:
    p.start("general", 40)
    p.wait(5)
    p.progress()


def _two_units(p: Player) -> None:
    p.start("general", 70, units=2)
    p.wait(6)
    p.progress(UNITS[0])
    p.progress(UNITS[1])


def _major(p: Player) -> None:
    p.start("major", 120)
    for days in (14, 31, 30):
        p.wait(days)
        p.progress()


def _special(p: Player) -> None:
    p.start("special", 60, directed=True)
    for days in (3, 7, 7, 7):
        p.wait(days)
        p.progress()


def _late(p: Player) -> None:
    p.start("general", 20)
    p.wait(5)
    p.progress()
    p.wait(16)


def _urged(p: Player) -> None:
    p.start("general", 15)
    p.wait(15)
    p.urge()
    p.wait(1)


def _reported(p: Player) -> None:
    p.start("general", 60)
    p.wait(7)
    p.progress()
    p.wait(14)
    p.complete()


def _reviewed(p: Player) -> None:
    p.start("general", 60)
    p.wait(20)
    p.complete()
    p.wait(1)
    p.review()
    p.do(c.SendForReading(opinion="已办结，建议销号"))


def _suspended(p: Player) -> None:
    p.start("major", 80)
    p.wait(9)
    p.do(c.Suspend(reason="等上级批复"), p.cast.head)


def _restricted(p: Player) -> None:
    readers = tuple(post.user.person for post in (p.cast.head, p.cast.staff[UNITS[0]]))
    p.start("general", 90, restricted=True, readers=readers)


def _closed(p: Player) -> None:
    p.start("general", 45)
    p.wait(10)
    p.progress()
    p.wait(14)
    p.close()


def _closed_long(p: Player) -> None:
    p.start("major", 100, directed=True)
    for days in (14, 31, 30):
        p.wait(days)
        p.progress()
    p.complete()
    p.wait(1)
    p.review("return")
    p.wait(2)
    p.close()


def _closed_late(p: Player) -> None:
    p.start("special", 20)
    for days in (3, 7):
        p.wait(days)
        p.progress()
    p.wait(12)
    p.urge()
    p.wait(1)
    p.close()


def _cancelled(p: Player) -> None:
    p.start("general", 45)
    p.wait(3)
    p.do(c.Cancel(reason="与另一事项重复"), p.cast.head)


COURSES = (
    Course("draft", 0, 4, _draft),
    Course("pending", 0, 2, _pending),
    Course("listed", 1, 2, _listed),
    Course("dispatched", 2, 6, _dispatched),
    Course("general", 10, 10, _general),
    Course("general_short", 8, 4, _general_short),
    Course("two_units", 9, 5, _two_units),
    Course("major", 78, 6, _major),
    Course("special", 27, 2, _special),
    Course("late", 24, 5, _late),
    Course("urged", 19, 2, _urged),
    Course("reported", 24, 3, _reported),
    Course("reviewed", 24, 2, _reviewed),
    Course("suspended", 12, 1, _suspended),
    Course("restricted", 3, 1, _restricted),
    Course("closed", 32, 30, _closed),
    Course("closed_long", 86, 8, _closed_long),
    Course("closed_late", 31, 4, _closed_late),
    Course("cancelled", 6, 3, _cancelled),
)


# --- playing ------------------------------------------------------------------------------------------------------


def played(office: Office, house: dict[str, Post]) -> list[Template]:
    """Every course as often as it is played; the database is as before afterwards."""
    with transaction.atomic():
        cast = _cast(office, house)
        templates = list(_played(cast))
        transaction.set_rollback(True)
    return templates


def _played(cast: Cast) -> Iterator[Template]:
    for playing in range(PLAYINGS):
        for course in COURSES:
            # Sweeping would disturb what was played before: each playing stands alone.
            with transaction.atomic():
                player = Player(cast, _beginning(course, playing), playing * LONGER)
                course.acts(player)
                sweep(NOW)
                streams = {s: _entries(s) for s in player.streams}
                transaction.set_rollback(True)
            yield Template(course, streams)


def _beginning(course: Course, playing: int) -> datetime:
    """Nine o'clock on a weekday early enough for the course to be over by now."""
    day = NOW - timedelta(days=course.days + 1 + playing * APART)
    return datetime.combine(day - timedelta(days=max(0, day.weekday() - 4)), time(9))


def _entries(stream: str) -> list[dict[str, Any]]:
    return [stored_values(entry) for entry in Entry.objects.filter(stream=stream).order_by("position")]


def _cast(office: Office, house: dict[str, Post]) -> Cast:
    staff, heads = {}, {}
    for number, key in enumerate(UNITS):
        unit = Unit.objects.create(office=office, key=key, name=key)
        staff[key] = _post(office, unit, "handler", FIRST_USER + 2 * number)
        heads[key] = _post(office, unit, "unit_head", FIRST_USER + 2 * number + 1)
    return Cast(office=office, context=context_for(office), staff=staff, heads=heads, **house)


def _post(office: Office, unit: Unit, role: str, pk: int) -> Post:
    user = User.objects.create(pk=pk, username=f"sample-user-{pk}", display_name=f"sample-name-{pk}")
    return Post.objects.create(user=user, office=office, role=role, unit=unit)
