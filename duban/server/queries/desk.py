"""The desk (工作台): what is owed late, today and this week, and what waits for this person."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from duban.core.matter import RUNNING
from duban.server import clock, permissions
from duban.server.models import (
    AssignmentRow,
    ObligationRow,
    Post,
    ProposalRow,
    ReportRow,
)

SHOWN = 12
"""Rows of a list on the desk; the heading tells how many there are."""
PAGE = 50
"""Rows of a page of one list in full."""

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Part(Generic[M]):
    """Rows of a list from the first shown, and how many there are in all."""

    rows: tuple[M, ...]
    total: int
    page: int = 1
    pages: int = 1


OWED = ("late", "today", "week")
WAITING = ("signing", "arriving", "reviewing", "dispatching", "proposals", "drafts")
"""The lists of a desk, in its order."""


def desk(post: Post) -> dict[str, Part[Any]]:
    """Every list that belongs to the role, by name, in order: a fixed number of queries, whatever lies on it."""
    return {name: _part(found) for name, found in _lists(post).items()}


def whole(post: Post, name: str, page: int) -> Part[Any] | None:
    """One list in full, a page of it; None for a list that this post does not have."""
    found = _lists(post).get(name)
    if found is None:
        return None
    total = found.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    return Part(tuple(found[(page - 1) * PAGE : page * PAGE]), total, page, pages)


def _lists(post: Post) -> dict[str, QuerySet[Any]]:
    now, end_of_today = clock.to_db(clock.now()), _end(clock.today())
    owed = _owed(post)
    lists: dict[str, QuerySet[Any]] = {
        "late": owed.filter(due__lt=now),
        "today": owed.filter(due__gte=now, due__lte=end_of_today),
        "week": owed.filter(due__gt=end_of_today, due__lte=_end(_sunday(clock.today()))),
    }
    kind = permissions.role_kind(post)
    staff = kind in ("officer", "office_head")
    if staff or kind in ("leader", "unit_head"):
        lists["signing"] = permissions.waiting_petitions(post).select_related("matter")
    if post.unit:
        lists["arriving"] = _arriving(post)
    if staff:
        matters = permissions.visible_matters(post)
        lists["reviewing"] = _reports(post)
        lists["dispatching"] = matters.filter(stage="listed").order_by("listed_at", "pk")
    if staff or kind == "leader":
        lists["proposals"] = _proposals(post)
    if staff:
        lists["drafts"] = matters.filter(stage="draft").order_by("-registered_at", "pk")
    return lists


def _owed(post: Post) -> QuerySet[ObligationRow]:
    """Open duties with a date: a unit's own; for the house all of running matters and its own."""
    mine = permissions.visible_obligations(post).filter(status="open", due__isnull=False)
    running = mine.filter(matter__stage__in=sorted(RUNNING), matter__confirmed=True)
    owed = running if post.unit else running | mine.filter(bearer="office")
    return owed.select_related("matter", "directive").order_by("due", "pk")


def _reports(post: Post) -> QuerySet[ReportRow]:
    waiting = permissions.waiting_reports(post)
    return waiting.select_related("matter").order_by("at", "pk")


def _proposals(post: Post) -> QuerySet[ProposalRow]:
    return (
        permissions.visible_proposals(post)
        .filter(status="open")
        .select_related("matter")
        .order_by("at", "pk")
    )


def _arriving(post: Post) -> QuerySet[AssignmentRow]:
    """Dispatched to this unit and not yet acknowledged (新交办)."""
    assert post.unit is not None
    mine = permissions.visible_assignments(post).filter(unit=post.unit.key, acknowledged_at=None)
    return (
        mine.filter(matter__stage__in=sorted(RUNNING))
        .select_related("matter")
        .order_by("matter__dispatched_at", "pk")
    )


def _part(found: QuerySet[Any]) -> Part[Any]:
    rows = tuple(found[: SHOWN + 1])
    total = len(rows) if len(rows) <= SHOWN else found.count()
    return Part(rows[:SHOWN], total)


def _end(day: date) -> datetime:
    return clock.to_db(datetime.combine(day, time(23, 59, 59)))


def _sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())
