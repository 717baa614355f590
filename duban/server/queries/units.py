"""The directory (单位通讯录): units with their people, what is missing, and what they work on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from duban.core.context import Unit as UnitRecord
from duban.core.directory import Gap, gaps
from duban.core.matter import RUNNING
from duban.core.pack import RegulationPack
from duban.server import clock, permissions
from duban.server.models import AssignmentRow, MatterRow, Post, ProposedUnit, Unit, UnitContact
from duban.server.world import pack_of, units_of

SHOWN = 50
"""Matters listed on a unit's page; the heading tells how many there are."""
STATES = ("gaps", "ended")


@dataclass(frozen=True)
class UnitFilters:
    """What the address asks for; unknown values are ignored. ``state``: ``gaps``, ``ended``, or all active."""

    q: str = ""
    kind: str = ""
    state: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "UnitFilters":
        state = query.get("state", "")
        return cls(query.get("q", "").strip()[:200], query.get("kind", ""), state if state in STATES else "")

    def as_query(self) -> dict[str, str]:
        values = {"q": self.q, "kind": self.kind, "state": self.state}
        return {k: v for k, v in values.items() if v}


@dataclass(frozen=True)
class UnitLine:
    """A unit with the first person named in each role, and what it has not reported."""

    unit: Unit
    contacts: Mapping[str, UnitContact]
    gaps: tuple[Gap, ...]
    active: bool


@dataclass(frozen=True)
class UnitGroup:
    """Units of one kind; ``title`` in the pack's words."""

    kind: str
    title: str
    lines: tuple[UnitLine, ...]


@dataclass(frozen=True)
class Directory:
    """What a post sees of the directory. ``kinds``: id → title of those that occur, with how many units.

    ``with_gaps``, ``ended``: how many such units there are under the other filters.
    """

    groups: tuple[UnitGroup, ...]
    kinds: tuple[tuple[str, str, int], ...]
    total: int
    with_gaps: int
    ended: int
    roles: tuple[str, ...] = field(default_factory=tuple)


def may_see_gaps(post: Post, unit: str) -> bool:
    """What a unit owes the directory concerns the office and the unit itself."""
    return post.unit is None or post.unit.key == unit


def directory(post: Post, filters: UnitFilters) -> Directory:
    """All units of the post's office under the filters: four queries, however many units."""
    pack, records = pack_of(post.office), units_of(post.office)
    lines = [_line(u, records[u.key], pack, post) for u in _units(post)]
    lines = [x for x in lines if matches(x.unit, filters.q)]
    active = [x for x in lines if x.active]
    of_kind = [x for x in active if not filters.kind or x.unit.kind == filters.kind]
    ended = [x for x in lines if not x.active and (not filters.kind or x.unit.kind == filters.kind)]
    shown = {"": of_kind, "gaps": [x for x in of_kind if x.gaps], "ended": ended}[filters.state]
    titles = kind_titles(pack)
    counts = [(k, t, sum(1 for x in active if x.unit.kind == k)) for k, t in _kinds_of(active, titles)]
    groups = tuple(
        UnitGroup(k, t, tuple(x for x in shown if x.unit.kind == k)) for k, t in _kinds_of(shown, titles)
    )
    wanted = {c.role for c in pack.directory} | {role for x in shown for role in x.contacts}
    return Directory(
        groups=groups,
        kinds=tuple(counts),
        total=len(shown),
        with_gaps=sum(1 for x in of_kind if x.gaps),
        ended=len(ended),
        roles=tuple(role for role in UnitContact.ROLES if role in wanted),
    )


def _units(post: Post) -> QuerySet[Unit]:
    units = Unit.objects.filter(office=post.office_id)
    return units.select_related("parent").prefetch_related("contacts").order_by("order", "key")


def _line(unit: Unit, record: UnitRecord, pack: RegulationPack, post: Post) -> UnitLine:
    today = clock.today()
    found = gaps(pack, [record], today) if may_see_gaps(post, unit.key) else ()
    contacts: dict[str, UnitContact] = {}
    for contact in unit.contacts.all():
        contacts.setdefault(contact.role, contact)
    return UnitLine(unit, contacts, found, record.active_on(today))


def kind_titles(pack: RegulationPack) -> dict[str, str]:
    """The pack's kinds of units, in its order."""
    return {k.id: k.title for k in pack.unit_kinds}


def _kinds_of(lines: Iterable[UnitLine], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """The kinds that occur: the pack's in its order, then others by name, then units without a kind."""
    found = {x.unit.kind for x in lines}
    other = sorted(found - titles.keys() - {""})
    known = [(k, t) for k, t in titles.items() if k in found]
    return [
        *known,
        *((k, k) for k in other),
        *([("", "单位" if not titles else "未分类")] if "" in found else []),
    ]


def matches(unit: Unit, words: str) -> bool:
    """Whether every word is in one of the unit's names, or begins its pinyin initials."""
    names = [x.casefold() for x in (unit.name, unit.short_name, *unit.aliases) if x]
    letters = unit.initials.split()
    return all(
        any(word in name for name in names) or any(x.startswith(word) for x in letters)
        for word in words.casefold().split()[:8]
    )


# --- one unit --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OneUnit:
    """One unit's page. ``matters``: running ones that this post may know of, with whether the unit leads."""

    line: UnitLine
    children: tuple[Unit, ...]
    matters: tuple[tuple[MatterRow, bool], ...]
    running: int
    posts: tuple[Post, ...]


def access_unit(post: Post, key: str) -> Unit:
    """The unit of the post's own office, or ``NotVisible``."""
    found = _units(post).filter(key=key).first() if key.isprintable() else None
    if found is None:
        raise permissions.NotVisible
    return found


def one_unit(post: Post, unit: Unit) -> OneUnit:
    """A fixed number of queries, however much the unit has to do."""
    work = AssignmentRow.objects.filter(unit=unit.key, matter__in=permissions.visible_matters(post))
    running = work.filter(matter__stage__in=sorted(RUNNING)).select_related("matter")
    rows = tuple(running.order_by("matter__due", "matter__number", "pk")[: SHOWN + 1])
    total = len(rows) if len(rows) <= SHOWN else running.count()
    return OneUnit(
        line=_line(unit, units_of(post.office)[unit.key], pack_of(post.office), post),
        children=tuple(unit.children.order_by("order", "key")),
        matters=tuple((a.matter, a.lead) for a in rows[:SHOWN]),
        running=total,
        posts=_people(post, unit),
    )


def _people(post: Post, unit: Unit) -> tuple[Post, ...]:
    """Who holds a post in the unit today: for the office and for the unit's own people."""
    if not may_see_gaps(post, unit.key):
        return ()
    return tuple(Post.objects.filter(unit=unit).current(clock.today()).select_related("user").order_by("pk"))


def proposed(post: Post) -> tuple[ProposedUnit, ...]:
    """Names met in imported ledgers that nobody has yet said the unit of; most named first."""
    return tuple(ProposedUnit.objects.filter(office=post.office_id, resolved_as=None)[:SHOWN])
