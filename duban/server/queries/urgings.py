"""Urging (催办): what the rules propose, what waits for its signatory, what is issued and its answer clocks."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from duban.core.citation import Citation
from duban.server import clock, permissions
from duban.server.models import ObligationRow, PetitionRow, Post, ProposalRow, UrgingRow

PAGE = 50
URGING = "urging"


@dataclass(frozen=True)
class Proposed:
    """A proposed consequence. ``at``: since when its ground has been there."""

    stream: str
    proposal: str
    consequence: str
    level: str
    unit: str
    signatory: str
    points: str
    reason: str
    cite: Citation
    at: datetime
    matter: str
    number: str


@dataclass(frozen=True)
class Issued:
    """An issued notice. ``answer``: what the unit owes on it now or owed last."""

    stream: str
    level: str
    unit: str
    at: datetime
    limit: date | None
    answered: bool
    settled: bool
    matter: str
    number: str
    answer: ObligationRow | None


@dataclass(frozen=True)
class Signing:
    """A drawn-up notice before its signatory."""

    stream: str
    petition: str
    title: str
    unit: str
    words: str
    opened_at: datetime
    matter: str
    number: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class UrgingsPage:
    """One of the lists, and how long each is."""

    rows: tuple[Any, ...]
    total: int
    page: int
    counts: dict[str, int]
    levels: dict[str, int]


def urgings_page(post: Post, show: str, level: str, page: int) -> UrgingsPage:
    """The list ``show`` (proposed, signing, issued, others). Raises ``NotVisible`` outside the office."""
    if not permissions.belongs_to_house(post):
        raise permissions.NotVisible
    opened = permissions.visible_proposals(post).filter(status="open")
    signing = permissions.visible_petitions(post).filter(status="open", act__startswith="urging:")
    issued = permissions.visible_urgings(post)
    split = opened.aggregate(
        proposed=Count("pk", filter=Q(consequence=URGING)), others=Count("pk", filter=~Q(consequence=URGING))
    )
    counts = split | {"signing": signing.count(), "issued": issued.filter(settled=False).count()}
    by_level = opened.filter(consequence=URGING).order_by().values("level").annotate(n=Count("pk"))
    levels = {row["level"]: row["n"] for row in by_level}
    lists: dict[str, Any] = {
        "proposed": opened.filter(consequence=URGING, **({"level": level} if level else {})),
        "others": opened.exclude(consequence=URGING),
        "signing": signing,
        "issued": issued,
    }
    chosen = lists[show]
    total = chosen.count()
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    window = slice((page - 1) * PAGE, page * PAGE)
    rows = READERS[show](chosen.select_related("matter"), window)
    return UrgingsPage(rows, total, page, counts, levels)


def _proposed(rows: Any, window: slice) -> tuple[Proposed, ...]:
    return tuple(_proposal(r) for r in rows.order_by("at", "pk")[window])


def _proposal(r: ProposalRow) -> Proposed:
    return Proposed(
        stream=r.matter_id,
        proposal=r.proposal,
        consequence=r.consequence,
        level=r.level,
        unit=r.unit,
        signatory=r.signatory,
        points=r.points,
        reason=r.reason,
        cite=Citation.model_validate(r.citation),
        at=clock.to_local(r.at),
        matter=r.matter.title,
        number=r.matter.number,
    )


def _signing(rows: Any, window: slice) -> tuple[Signing, ...]:
    found = rows.prefetch_related("signatories").order_by("opened_at", "pk")[window]
    return tuple(_drawn_up(r) for r in found)


def _drawn_up(r: PetitionRow) -> Signing:
    return Signing(
        stream=r.matter_id,
        petition=r.petition,
        title=r.title,
        unit=r.unit,
        words=r.words,
        opened_at=clock.to_local(r.opened_at),
        matter=r.matter.title,
        number=r.matter.number,
        roles=tuple(s.role for s in r.signatories.all()),
    )


def _issued(rows: Any, window: slice) -> tuple[Issued, ...]:
    """Unsettled ones first, then the newest; their answers in one more query."""
    page = list(rows.order_by("settled", "-at", "pk")[window])
    answers = _answers(page)
    return tuple(_notice(r, answers.get((r.matter_id, r.unit))) for r in page)


def _answers(page: list[UrgingRow]) -> dict[tuple[str, str], ObligationRow]:
    duties = ObligationRow.objects.filter(
        matter__in={r.matter_id for r in page}, duty__in=("answer", "explain")
    )
    found: dict[tuple[str, str], ObligationRow] = {}
    for o in duties.exclude(status="ended").order_by("pk"):
        known = found.get((o.stream_id, o.unit))
        if known is None or o.status == "open" or known.status != "open":
            found[o.stream_id, o.unit] = o
    return found


def _notice(r: UrgingRow, answer: ObligationRow | None) -> Issued:
    return Issued(
        stream=r.matter_id,
        level=r.level,
        unit=r.unit,
        at=clock.to_local(r.at),
        limit=r.limit,
        answered=r.answered,
        settled=r.settled,
        matter=r.matter.title,
        number=r.matter.number,
        answer=answer,
    )


READERS: dict[str, Any] = {
    "proposed": _proposed,
    "others": _proposed,
    "signing": _signing,
    "issued": _issued,
}
