"""Reports that wait for review (审核), and one of them beside what it must satisfy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from duban.core.matter import Obligation, ReportState
from duban.server import clock, permissions
from duban.server.models import AssignmentRow, Post
from duban.server.queries.matter import MatterView

PAGE = 50
KINDS = ("completion", "progress", "dynamic")


@dataclass(frozen=True)
class Submitted:
    """One report in the list; ``due`` is the unit's open completion date, ``breached`` whether the unit owes something late."""

    stream: str
    report: str
    unit: str
    kind: str
    at: datetime
    matter: str
    number: str
    grade: str
    due: datetime | None
    breached: bool


@dataclass(frozen=True)
class ReviewsPage:
    rows: tuple[Submitted, ...]
    total: int
    page: int
    counts: dict[str, int]
    """How many of each kind wait, whatever kind is shown."""


def reviews_page(post: Post, kind: str, page: int) -> ReviewsPage:
    """Submitted reports, the oldest first. Raises ``NotVisible`` for who does not review."""
    if permissions.role_kind(post) not in ("officer", "office_head") or post.unit:
        raise permissions.NotVisible
    waiting = permissions.waiting_reports(post)
    counted = waiting.order_by().values("kind").annotate(n=Count("pk"))
    counts = {row["kind"]: row["n"] for row in counted}
    chosen = waiting.filter(kind=kind) if kind in KINDS else waiting
    total = counts.get(kind, 0) if kind in KINDS else sum(counts.values())
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    mine = AssignmentRow.objects.filter(matter=OuterRef("matter"), unit=OuterRef("unit"))
    rows = (
        chosen.select_related("matter")
        .annotate(due=Subquery(mine.values("due")[:1]), breached=Subquery(mine.values("breached")[:1]))
        .order_by("at", "pk")[(page - 1) * PAGE : page * PAGE]
    )
    return ReviewsPage(tuple(_submitted(r) for r in rows), total, page, counts)


def _submitted(r: Any) -> Submitted:
    """``r`` is a report row with the two annotations."""
    return Submitted(
        stream=r.matter_id,
        report=r.report,
        unit=r.unit,
        kind=r.kind,
        at=clock.to_local(r.at),
        matter=r.matter.title,
        number=r.matter.number,
        grade=r.matter.grade,
        due=clock.maybe_to_local(r.due),
        breached=bool(r.breached),
    )


@dataclass(frozen=True)
class UnderReview:
    """The report to be judged, the unit's earlier ones, and the duties it discharged."""

    report: ReportState | None
    earlier: tuple[ReportState, ...]
    duties: tuple[Obligation, ...]


def under_review(view: MatterView, unit: str, report: str) -> UnderReview:
    """The report named, or the unit's one that the review would take (completions before others)."""
    mine = [r for r in view.matter.reports.values() if r.unit == unit]
    waiting = [r for r in mine if r.status == "submitted"]
    if report:
        waiting = [r for r in waiting if r.id == report]
    chosen = ([r for r in waiting if r.kind == "completion"] or waiting)[-1:]
    found = chosen[0] if chosen else None
    return UnderReview(
        report=found,
        earlier=tuple(sorted((r for r in mine if r is not found), key=lambda r: r.position, reverse=True)),
        duties=tuple(o for o in view.obligations if found and o.report == found.id),
    )
