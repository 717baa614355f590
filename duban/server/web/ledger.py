"""台账: all matters one may see, filtered by the address, fifty a page, with totals by light."""

from datetime import date
from typing import Literal
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duban.core.context import OFFICE
from duban.core.matter import STAGES
from duban.server import clock
from duban.server.models import AssignmentRow, MatterRow
from duban.server.queries.ledger import LIGHTS, PAGE, SORTS, Filters, Ledger, light_of
from duban.server.queries.ledger import ledger as read_ledger
from duban.server.web.components import (
    Choice,
    Column,
    Content,
    EmptyState,
    FilterBar,
    FilterChip,
    FilterGroup,
    FormField,
    LightCount,
    LightTotals,
    Link,
    PageHead,
    Pages,
    Row,
    Table,
)
from duban.server.web.posts import PostedRequest
from duban.server.web.present import LIGHT_MARKS, Presenter, due_chip_in_list, light_chip, stage_chip
from duban.server.world import near_until

HELP = """台账列出您有权查看的全部事项。上面的条件可以组合，网址里就记着这些条件，可以收藏或发给同事。

“到期”是主办单位的办结期限；灯号按所有未履行的义务取最紧的一个：■ 逾期、▲ 临期、● 正常、◆ 催办中。

点列名排序，点事项打开案卷。"""
STATE_WORDS = {
    "draft": "待定",
    "pending": "报批、待交办",
    "running": "在办",
    "review": "待审核、审阅",
    "suspended": "中止",
    "closed": "已办结",
    "unachieved": "未达成、撤销",
}


def ledger(request: PostedRequest) -> HttpResponse:
    """One page of the ledger under the address's filters."""
    filters = Filters.read(request.GET.dict())
    found = read_ledger(request.post, filters)
    view = _View(filters, found, Presenter.of(request.post.office, clock.now()))
    context = {
        "page": PageHead(title="台账", help=HELP, width="wide"),
        "filters": view.filter_bar(),
        "fields": view.fields(),
        "kept": [(k, v) for k, v in filters.as_query().items() if k in ("state", "light", "sort")],
        "totals": view.totals(),
        "table": view.table(),
    }
    return render(request, "duban/ledger/ledger.html", context)


class _View:
    """The ledger as components; every link keeps the other filters."""

    def __init__(self, filters: Filters, found: Ledger, presenter: Presenter) -> None:
        self.filters = filters
        self.found = found
        self.presenter = presenter
        self.pack = presenter.context.pack
        self.near = near_until(presenter.office, presenter.now.date()) or clock.to_db(presenter.now)

    def href(self, **changes: str) -> str:
        query = {k: v for k, v in (self.filters.as_query() | changes).items() if v}
        return f"{reverse('ledger')}?{urlencode(query)}" if query else reverse("ledger")

    # --- filters ---

    def filter_bar(self) -> FilterBar:
        chosen = self.filters
        groups = (
            FilterGroup(
                "环节", tuple(self._chip("state", k, w, chosen.state) for k, w in STATE_WORDS.items())
            ),
            FilterGroup("灯号", tuple(self._light_chip(k) for k in LIGHTS)),
        )
        return FilterBar(groups=groups, clear_href=reverse("ledger") if chosen.as_query() else "")

    def _chip(self, name: str, value: str, text: str, chosen: str) -> FilterChip:
        on = chosen == value
        return FilterChip(text=text, href=self.href(**{name: "" if on else value}), on=on)

    def _light_chip(self, light: str) -> FilterChip:
        on = self.filters.light == light
        mark = LIGHT_MARKS[light]
        chip = light_chip(light)
        assert chip is not None
        return FilterChip(
            text=chip.text,
            href=self.href(light="" if on else light),
            count=self.found.lights[light],
            on=on,
            mark=mark,
        )

    def fields(self) -> tuple[FormField, ...]:
        """Filters with many values: a small form, sent by GET."""
        pack, chosen = self.pack, self.filters
        units = [(u.id, u.name) for u in self.presenter.context.units.values()]
        found = [
            self._select("unit", "单位", [(OFFICE, self.presenter.office.name), *units], chosen.unit),
            self._select("category", "类别", [(c.id, c.title) for c in pack.categories], chosen.category),
        ]
        if pack.grades:
            found.append(self._select("grade", "等级", [(g.id, g.title) for g in pack.grades], chosen.grade))
        found.append(self._select("source", "来源", [(s.id, s.title) for s in pack.sources], chosen.source))
        found.append(self._date("since", "登记自", chosen.since))
        found.append(self._date("until", "登记至", chosen.until))
        found.append(
            FormField(name="q", label="词语", kind="search", value=chosen.q, size="short", prefix="filter_")
        )
        return tuple(found)

    def _select(self, name: str, label: str, options: list[tuple[str, str]], chosen: str) -> FormField:
        choices = tuple(Choice(v, t, on=v == chosen) for v, t in [("", "全部"), *options])
        return FormField(name=name, label=label, kind="select", choices=choices, size="short")

    def _date(self, name: str, label: str, chosen: date | None) -> FormField:
        return FormField(
            name=name, label=label, kind="date", value=chosen.isoformat() if chosen else "", size="short"
        )

    def totals(self) -> LightTotals:
        lights = reversed(LIGHTS)
        counts = (LightCount(LIGHT_MARKS[k], self.found.lights[k], self.href(light=k)) for k in lights)
        return LightTotals(tuple(counts), "件在办")

    # --- rows ---

    def table(self) -> Table:
        columns = (
            Column(
                label="编号",
                sort_href=self._sort("number"),
                sorted=self._sorted("number"),
                on_phone="brief",
                tight=True,
            ),
            Column(
                label="事项", sort_href=self._sort("title"), sorted=self._sorted("title"), on_phone="title"
            ),
            Column(label="主办单位", on_phone="line"),
            Column(label="等级" if self.pack.grades else "类别", tight=True, on_phone="brief"),
            Column(
                label="到期",
                align="date",
                sort_href=self._sort("due"),
                sorted=self._sorted("due"),
                on_phone="line",
            ),
            Column(
                label="上次反馈",
                align="num",
                sort_href=self._sort("report"),
                sorted=self._sorted("report"),
                on_phone="line",
                tight=True,
            ),
            Column(label="状态", on_phone="brief", tight=True),
        )
        rows = tuple(self._row(m) for m in self.found.rows)
        return Table(caption="督查事项", columns=columns, rows=rows, pages=self._pages(), empty=self._empty())

    def _row(self, m: MatterRow) -> Row:
        light = light_of(m, clock.to_db(self.presenter.now), self.near)
        due = due_chip_in_list(
            clock.maybe_to_local(m.due),
            light,
            self.presenter.context.calendar,
            self.presenter.now,
            any_provisional=m.provisional,
            done=m.ended_at is not None,
        )
        return Row(
            cells=(
                m.number or "未编号",
                Link(m.title, reverse("matter", args=[m.pk]), "限定知悉" if m.restricted else ""),
                self._leads(self.found.units.get(m.pk, ())),
                self._grade(m),
                due or "",
                self._age(m),
                self._state(m, light),
            ),
            mark=LIGHT_MARKS.get(light),
            key=m.pk,
            name=m.title,
        )

    def _state(self, m: MatterRow, light: str) -> Content:
        """The light and the stage; a running matter's stage as plain words beside its light."""
        chip = light_chip(light, quiet=True)
        return (chip, STAGES[m.stage]) if chip else stage_chip(m.stage, quiet=True)

    def _leads(self, assignments: tuple[AssignmentRow, ...]) -> str:
        leads = [self.presenter.unit(a.unit) for a in assignments if a.lead]
        supports = sum(1 for a in assignments if not a.lead)
        shown = "、".join(leads[:2]) + (f"等 {len(leads)} 个" if len(leads) > 2 else "")
        return f"{shown}（协办 {supports}）" if supports else shown

    def _grade(self, m: MatterRow) -> str:
        if self.pack.grades:
            return self.pack.title_of("grades", m.grade) if m.grade else ""
        return self.pack.title_of("categories", m.category) if m.category else ""

    def _age(self, m: MatterRow) -> str:
        at = clock.maybe_to_local(m.last_report_at)
        if at is None:
            return "—"
        days = (self.presenter.now.date() - at.date()).days
        return "今天" if days <= 0 else f"{days} 天前"

    def _sort(self, name: str) -> str:
        descending = self.filters.sort == name and f"-{name}" in SORTS
        return self.href(sort=f"-{name}" if descending else name)

    def _sorted(self, name: str) -> Literal["", "ascending", "descending"]:
        if self.filters.sort == name:
            return "ascending"
        return "descending" if self.filters.sort == f"-{name}" else ""

    def _pages(self) -> Pages:
        found = self.found
        first = (found.page - 1) * PAGE
        return Pages(
            first=first + 1 if found.rows else 0,
            last=first + len(found.rows),
            total=found.total,
            previous_href=self.href(page=str(found.page - 1)) if found.page > 1 else "",
            next_href=self.href(page=str(found.page + 1)) if found.page < found.pages else "",
            numbers=tuple(self._page_links()),
            current=str(found.page),
        )

    def _page_links(self) -> list[tuple[str, str]]:
        page, pages = self.found.page, self.found.pages
        shown = sorted({1, page - 1, page, page + 1, pages} & set(range(1, pages + 1)))
        out: list[tuple[str, str]] = []
        last = 0
        for number in shown:
            if out and number - last > 1:
                out.append(("…", ""))
            out.append((str(number), "" if number == page else self.href(page=str(number))))
            last = number
        return out

    def _empty(self) -> EmptyState:
        if self.filters.as_query():
            links = (Link("清除全部条件", reverse("ledger")),)
            return EmptyState(title="没有符合条件的事项", text="换一个条件，或清除条件。", links=links)
        return EmptyState(title="台账还是空的", text="登记立项后，事项会列在这里。")
