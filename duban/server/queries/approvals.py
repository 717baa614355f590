"""Papers that wait for a signature (签批), and one of them with all it takes to decide."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from duban.core import entries as e
from duban.core.matter import Petition
from duban.core.petitions import may_sign
from duban.server import clock, permissions
from duban.server.models import PetitionRow, Post
from duban.server.queries.matter import MatterView, matter_view

PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """One paper in the list."""

    stream: str
    petition: str
    title: str
    matter: str
    number: str
    unit: str
    words: str
    opened_at: datetime
    restricted: bool


@dataclass(frozen=True)
class WaitingPage:
    rows: tuple[Waiting, ...]
    total: int
    page: int
    mine: int
    """How many wait for this post's own signature."""
    others: int


def waiting_page(post: Post, show: str, page: int) -> WaitingPage:
    """The papers that wait for me, oldest first; ``others``: those that wait for somebody else."""
    mine, others = permissions.waiting_petitions(post), others_waiting(post)
    chosen = others if show == "others" else mine
    counts = {"mine": mine.count(), "others": others.count()}
    total = counts["others" if show == "others" else "mine"]
    last = max(1, -(-total // PAGE))
    page = min(max(page, 1), last)
    rows = chosen.select_related("matter")[(page - 1) * PAGE : page * PAGE]
    return WaitingPage(tuple(_waiting(r) for r in rows), total, page, **counts)


def others_waiting(post: Post) -> QuerySet[PetitionRow]:
    """Open papers that somebody else must sign: staff may record a signature given on paper."""
    mine = permissions.waiting_petitions(post).values("pk")
    return (
        permissions.visible_petitions(post)
        .filter(status="open")
        .exclude(pk__in=mine)
        .order_by("opened_at", "pk")
    )


def next_waiting(post: Post, after: tuple[str, str]) -> Waiting | None:
    """The oldest paper that still waits for me, other than the one just dealt with."""
    stream, petition = after
    rest = permissions.waiting_petitions(post).exclude(matter=stream, petition=petition)
    row = rest.select_related("matter").first()
    return _waiting(row) if row else None


def _waiting(row: PetitionRow) -> Waiting:
    return Waiting(
        stream=row.matter_id,
        petition=row.petition,
        title=row.title,
        matter=row.matter.title,
        number=row.matter.number,
        unit=row.unit,
        words=row.words,
        opened_at=clock.to_local(row.opened_at),
        restricted=row.matter.restricted,
    )


@dataclass(frozen=True)
class Signature:
    """What became of one step of the route."""

    entry: e.PetitionSigned
    recorded: e.Recorded


@dataclass(frozen=True)
class PetitionView:
    """One paper with its matter. ``signatures`` by step; a refused paper ends with a refusal."""

    view: MatterView
    petition: Petition
    signatures: tuple[Signature, ...]
    signs: bool
    """Whether this post is the next signatory."""
    records: bool
    """Whether this post may record the next signatory's signature given on paper."""

    @property
    def waits(self) -> bool:
        return self.petition.status == "open"


def petition_view(post: Post, stream: str, petition: str) -> PetitionView:
    """The paper for this post. Raises ``NotVisible``."""
    view = matter_view(post, stream)
    found = view.matter.petitions.get(petition)
    if found is None or not view.sees_petition(found):
        raise permissions.NotVisible
    waits = found.status == "open"
    signs = waits and may_sign(found, post.actor())
    return PetitionView(
        view=view,
        petition=found,
        signatures=tuple(
            Signature(r.entry, r)
            for r in view.history
            if isinstance(r.entry, e.PetitionSigned) and r.entry.petition == found.id
        ),
        signs=signs,
        records=waits and not signs and _may_record(post, found, view),
    )


def _may_record(post: Post, petition: Petition, view: MatterView) -> bool:
    step = petition.steps[petition.signed]
    signer = e.Actor(person="", name="", role=step.roles[0], unit=step.unit)
    return permissions.may_record_for(post.actor(), signer, view.context)
