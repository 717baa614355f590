"""A small office for tests of the server: people, units, and matters brought to a stage through ``handle``."""

from dataclasses import dataclass
from datetime import datetime

from duban.core import commands as c
from duban.core.entries import Report
from duban.server import clock
from duban.server.handle import Done, handle
from duban.server.models import Office, Post, Unit, User

MONDAY = datetime(2026, 3, 2, 9)
"""An ordinary Monday: no holiday near; five working days follow each other."""


@dataclass
class House:
    """An office with an officer, a head, a leader and a discipline body; units finance and roads."""

    office: Office
    officer: Post
    head: Post
    leader: Post
    discipline: Post
    finance: Post
    finance_chief: Post
    roads: Post


def post(office: Office, name: str, role: str, unit: Unit | None = None) -> Post:
    user = User.objects.create_user(f"{office.key}-{name}", display_name=f"{office.key} {name}")
    return Post.objects.create(user=user, office=office, role=role, unit=unit)


def house(key: str = "east") -> House:
    """A new office under the small regulation (tests.packs_for_tests)."""
    office = Office.objects.create(key=key, name=f"督查室 {key}", pack="small")
    finance = Unit.objects.create(office=office, key="finance", name="财政局")
    roads = Unit.objects.create(office=office, key="roads", name="公路局")
    return House(
        office=office,
        officer=post(office, "officer", "officer"),
        head=post(office, "head", "head"),
        leader=post(office, "leader", "leader"),
        discipline=post(office, "discipline", "discipline"),
        finance=post(office, "finance", "liaison", finance),
        finance_chief=post(office, "chief", "chief", finance),
        roads=post(office, "roads", "liaison", roads),
    )


def done(answer: object) -> Done:
    """The answer, which must not be a refusal."""
    assert isinstance(answer, Done), answer
    return answer


def registered(h: House, title: str = "修路", at: datetime = MONDAY, **facts: object) -> str:
    """The stream of a matter just registered, lead finance unless ``facts`` say otherwise."""
    given = {"category": "key", "mode": "assign", "leads": ("finance",)} | facts
    with clock.at(at):
        return done(handle(h.office, c.Register(name=title, **given), h.officer)).stream


def listed(h: House, title: str = "修路", at: datetime = MONDAY, **facts: object) -> str:
    stream = registered(h, title, at, **facts)
    with clock.at(at):
        done(handle(h.office, c.Submit(), h.officer, stream=stream))
        done(handle(h.office, c.Sign(petition="listing"), h.head, stream=stream))
    return stream


def dispatched(h: House, title: str = "修路", at: datetime = MONDAY, **facts: object) -> str:
    stream = listed(h, title, at, **facts)
    with clock.at(at):
        done(handle(h.office, c.Dispatch(channel="paper"), h.officer, stream=stream))
    return stream


def reported(h: House, title: str = "修路", at: datetime = MONDAY, **facts: object) -> str:
    stream = dispatched(h, title, at, **facts)
    with clock.at(at):
        done(handle(h.office, c.Acknowledge(unit="finance"), h.finance, stream=stream))
        completion = c.ReportCompletion(unit="finance", content=Report(text="修好了"))
        done(handle(h.office, completion, h.finance, stream=stream))
    return stream
