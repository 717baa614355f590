"""The ledger (台账): matters filtered, sorted, paged, and their totals by light.

Filters live in the address; every count is made of the same query as the list it opens.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Length, NullIf

from duban.core.matter import RUNNING
from duban.server import clock, permissions
from duban.server.models import AssignmentRow, MatterRow, Post
from duban.server.search import matching
from duban.server.world import near_until

PAGE = 50
SORTS = {
    "due": ("due", "number"),
    "-due": ("-due", "number"),
    "number": ("number",),
    "-number": ("-number",),
    "title": ("title",),
    "registered": ("registered_at",),
    "-registered": ("-registered_at",),
    "report": ("last_report_at",),
    "-report": ("-last_report_at",),
}
STATES = {
    "draft": ("draft",),
    "pending": ("pending", "listed"),
    "running": tuple(sorted(RUNNING)),
    "review": ("reported", "reviewed"),
    "suspended": ("suspended",),
    "closed": ("closed",),
    "unachieved": ("closed_unachieved", "cancelled"),
}
LIGHTS = ("late", "urged", "near", "normal")


@dataclass(frozen=True)
class Filters:
    """What the address asks for; unknown values are ignored, never an error."""

    state: str = ""
    light: str = ""
    category: str = ""
    grade: str = ""
    unit: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None
    q: str = ""
    sort: str = "due"
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        def one_of(name: str, known: Collection[str]) -> str:
            value = query.get(name, "")
            return value if value in known else ""

        # No stored text can hold a NUL, and PostgreSQL will not even be asked for one.
        query = {name: value.replace("\0", "") for name, value in query.items()}
        page = query.get("page", "1")
        return cls(
            state=one_of("state", STATES),
            light=one_of("light", LIGHTS),
            category=query.get("category", ""),
            grade=query.get("grade", ""),
            unit=query.get("unit", ""),
            source=query.get("source", ""),
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
            q=query.get("q", "").strip()[:200],
            sort=one_of("sort", SORTS) or "due",
            page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
        )

    def as_query(self) -> dict[str, str]:
        """The address that asks for the same, without page."""
        values = {
            "q": self.q,
            "state": self.state,
            "light": self.light,
            "category": self.category,
            "grade": self.grade,
            "unit": self.unit,
            "source": self.source,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "sort": self.sort if self.sort != "due" else "",
        }
        return {k: v for k, v in values.items() if v}


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    # The ends of the calendar have no day before or after them to compare with.
    return day if day and date.min.year < day.year < date.max.year else None


@dataclass(frozen=True)
class Ledger:
    """One page of the ledger with its totals. ``lights`` counts all that the other filters leave."""

    rows: tuple[MatterRow, ...]
    total: int
    page: int
    pages: int
    lights: Mapping[str, int]
    units: Mapping[str, tuple[AssignmentRow, ...]] = field(default_factory=dict)


def ledger(post: Post, filters: Filters) -> Ledger:
    """The rows this post may see under these filters: four queries, however many rows."""
    base = filtered(post, filters)
    lights = _lights(post, base)
    found = with_light(post, base, filters.light)
    total = lights[filters.light] if filters.light else sum(lights.values())
    pages = max(1, -(-total // PAGE))
    page = min(filters.page, pages)
    rows = _rows(found, filters.sort, page)
    return Ledger(rows, total, page, pages, lights, _units_of(rows))


def _rows(found: QuerySet[MatterRow], sort: str, page: int) -> tuple[MatterRow, ...]:
    """One page in order: sorted by key alone, so that no texts are carried through the sort."""
    keys = list(found.order_by(*_order(sort)).values_list("pk", flat=True)[(page - 1) * PAGE : page * PAGE])
    rows = MatterRow.objects.in_bulk(keys)
    return tuple(rows[key] for key in keys)


def filtered(post: Post, filters: Filters) -> QuerySet[MatterRow]:
    """Everything but the light."""
    found = permissions.visible_matters(post)
    if filters.state:
        found = found.filter(stage__in=STATES[filters.state])
    for name in ("category", "grade"):
        if getattr(filters, name):
            found = found.filter(**{name: getattr(filters, name)})
    if filters.source:
        found = found.filter(source__contains=filters.source)
    if filters.unit:
        mine = AssignmentRow.objects.filter(matter=OuterRef("pk"), unit=filters.unit)
        found = found.filter(Exists(mine))
    if filters.since:
        found = found.filter(registered_at__gte=clock.to_db(datetime.combine(filters.since, time())))
    if filters.until:
        end = datetime.combine(filters.until + timedelta(days=1), time())
        found = found.filter(registered_at__lt=clock.to_db(end))
    return matching(found, filters.q, post.office) if filters.q else found


def with_light(post: Post, found: QuerySet[MatterRow], light: str) -> QuerySet[MatterRow]:
    """Only matters with this light, decided in SQL by today's dates."""
    return found.filter(light_conditions(post)[light]) if light else found


def light_conditions(post: Post) -> dict[str, Q]:
    """The light of a matter as conditions on its row; exactly one holds for a running matter."""
    now = clock.to_db(clock.now())
    near = near_until(post.office, clock.today()) or now
    running = Q(stage__in=sorted(RUNNING))
    urged = running & ~Q(urged="")
    late = running & Q(urged="") & Q(next_due__lt=now)
    soon = running & Q(urged="") & Q(next_due__gte=now, next_due__lte=near)
    normal = running & Q(urged="") & (Q(next_due=None) | Q(next_due__gt=max(near, now)))
    return {"late": late, "urged": urged, "near": soon, "normal": normal}


def light_of(row: MatterRow, now: datetime, near: datetime) -> str:
    """The light of one row, by the same rules as :func:`light_conditions`."""
    if row.stage not in RUNNING:
        return "none"
    if row.urged:
        return "urged"
    if row.next_due is None:
        return "normal"
    return "late" if row.next_due < now else "near" if row.next_due <= near else "normal"


def _lights(post: Post, found: QuerySet[MatterRow]) -> dict[str, int]:
    """How many carry each light, and under "none" those that carry no light: one query."""
    # "in_" keeps a total from hiding the row's own column of that name.
    totals = {f"in_{name}": Count("pk", filter=q) for name, q in light_conditions(post).items()}
    counts: dict[str, int] = found.aggregate(all=Count("pk"), **totals)
    lights = {name: counts[f"in_{name}"] for name in LIGHTS}
    return lights | {"none": counts["all"] - sum(lights.values())}


def _order(sort: str) -> tuple[str | Combinable, ...]:
    """Rows without a value come last either way; ties by number, so that pages never overlap."""
    first, *rest = SORTS[sort]
    name = first.lstrip("-")
    # 2号 stands before 10号: numbers of one series differ in length first.
    keys: tuple[Any, ...] = (NullIf(Length(name), 0), F(name)) if name == "number" else (F(name),)
    down = first.startswith("-")
    ordered = [k.desc(nulls_last=True) if down else k.asc(nulls_last=True) for k in keys]
    return (*ordered, *rest, "pk")


def _units_of(rows: tuple[MatterRow, ...]) -> dict[str, tuple[AssignmentRow, ...]]:
    found: dict[str, list[AssignmentRow]] = {}
    for a in AssignmentRow.objects.filter(matter__in=[r.pk for r in rows]):
        found.setdefault(a.matter_id, []).append(a)
    return {key: tuple(assignments) for key, assignments in found.items()}
