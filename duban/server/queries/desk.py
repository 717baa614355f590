"""The desk (工作台): what is owed late, today and this week, and what waits for this person."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from duban.core.matter import RUNNING
from duban.server import clock, permissions
from duban.server.models import (
    AssignmentRow,
    MatterRow,
    ObligationRow,
    PetitionRow,
    Post,
    ProposalRow,
    ReportRow,
)

SHOWN = 12
"""Rows of a list on the desk; the heading tells how many there are."""

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Part(Generic[M]):
    """The first rows of a list and how many there are in all."""

    rows: tuple[M, ...]
    total: int


@dataclass(frozen=True)
class Desk:
    """Everything on one desk; lists that do not belong to the role are None."""

    late: Part[ObligationRow]
    today: Part[ObligationRow]
    week: Part[ObligationRow]
    signing: Part[PetitionRow] | None = None
    reviewing: Part[ReportRow] | None = None
    dispatching: Part[MatterRow] | None = None
    drafts: Part[MatterRow] | None = None
    proposals: Part[ProposalRow] | None = None
    arriving: Part[AssignmentRow] | None = None


def desk(post: Post) -> Desk:
    """The desk of a post: a fixed number of queries, whatever lies on it."""
    owed = _owed(post)
    end_of_today = _end(clock.today())
    kind = permissions.role_kind(post)
    staff = kind in ("officer", "office_head")
    matters = permissions.visible_matters(post)
    return Desk(
        late=_part(owed.filter(due__lt=clock.to_db(clock.now()))),
        today=_part(owed.filter(due__gte=clock.to_db(clock.now()), due__lte=end_of_today)),
        week=_part(owed.filter(due__gt=end_of_today, due__lte=_end(_sunday(clock.today())))),
        signing=_part(permissions.waiting_petitions(post).select_related("matter"))
        if kind in ("office_head", "leader", "unit_head")
        else None,
        reviewing=_part(_reports(post)) if staff else None,
        dispatching=_part(matters.filter(stage="listed").order_by("listed_at")) if staff else None,
        drafts=_part(matters.filter(stage="draft").order_by("-registered_at")) if staff else None,
        proposals=_part(_proposals(post)) if staff or kind == "leader" else None,
        arriving=_part(_arriving(post)) if post.unit else None,
    )


def _owed(post: Post) -> QuerySet[ObligationRow]:
    """Open duties with a date: a unit's own; for the house all of running matters and its own."""
    mine = permissions.visible_obligations(post).filter(status="open", due__isnull=False)
    running = mine.filter(matter__stage__in=sorted(RUNNING), matter__confirmed=True)
    owed = running if post.unit else running | mine.filter(bearer="office")
    return owed.select_related("matter", "directive").order_by("due", "pk")


def _reports(post: Post) -> QuerySet[ReportRow]:
    waiting = permissions.visible_reports(post).filter(status="submitted")
    return waiting.select_related("matter").order_by("at")


def _proposals(post: Post) -> QuerySet[ProposalRow]:
    return permissions.visible_proposals(post).filter(status="open").select_related("matter").order_by("at")


def _arriving(post: Post) -> QuerySet[AssignmentRow]:
    """Dispatched to this unit and not yet acknowledged (新交办)."""
    assert post.unit is not None
    mine = permissions.visible_assignments(post).filter(unit=post.unit.key, acknowledged_at=None)
    return (
        mine.filter(matter__stage__in=sorted(RUNNING))
        .select_related("matter")
        .order_by("matter__dispatched_at")
    )


def _part(found: QuerySet[Any]) -> Part[Any]:
    rows = tuple(found[: SHOWN + 1])
    total = len(rows) if len(rows) <= SHOWN else found.count()
    return Part(rows[:SHOWN], total)


def _end(day: date) -> datetime:
    return clock.to_db(datetime.combine(day, time(23, 59, 59)))


def _sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())
