"""One matter (事项): where it stands, what comes next, what this person may do, and its docket."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duban.core import entries as e
from duban.core.matter import Obligation, Petition
from duban.server.queries.matter import MatterView, UnitState, matter_view
from duban.server.web import entry_words, timeline
from duban.server.web.components import (
    Column,
    Content,
    EmptyState,
    KeyValue,
    KeyValues,
    Link,
    Mark,
    Notice,
    ObligationLine,
    PageHead,
    Pages,
    Row,
    StateChip,
    Tab,
    Table,
    Tabs,
    Timeline,
    day_text,
    moment_text,
)
from duban.server.web.entry_words import Speaker
from duban.server.web.matter_acts import act_href, matter_acts
from duban.server.web.posts import PostedRequest
from duban.server.web.present import LIGHT_MARKS, Presenter, light_chip, stage_chip

PAGE = 50
HELP = """上方一行“下一步”写明现在轮到谁、在何时之前、做什么，依据哪一条。点任何日期，可看这一天是怎样一天一天数出来的。

“可办理”里只有您现在能办的事，按钮下写着办了之后会怎样；不常用的在“更多”里。单位通过电话、纸面办理的，由督查人员在“更多”里代录，写明依据。

“案卷”从新到旧列出全部记录，系统据此作出的计算缩进在下面。记录不能修改或删除；写错了，另记一条更正。"""
REPORT_CHIPS = {
    "submitted": StateChip(Mark.REVIEW, "待审核"),
    "accepted": StateChip(Mark.CLOSED, "审核通过"),
    "returned": StateChip(Mark.RETURNED, "退回重办"),
}


def matter(request: PostedRequest, stream: str) -> HttpResponse:
    """The page of one matter; ``?tab=`` chooses what stands below the head."""
    view = matter_view(request.post, stream)
    presenter = presenter_of(view)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "docket"
    context = {
        "page": PageHead(
            title=view.matter.facts.title,
            number=view.matter.number,
            state=stage_chip(view.matter.stage),
            crumbs=(Link("台账", reverse("ledger")),),
            help=HELP,
        ),
        "light": light_chip(view.light),
        "due": due_of(view, presenter),
        "banners": tuple(_banners(view)),
        "next": next_line(view, presenter),
        "waiting": waiting_lines(view, presenter),
        "acts": matter_acts(view),
        "facts": facts(view, presenter),
        "units": unit_table(view, presenter, "主办、协办"),
        "tabs": _tabs(view, tab),
        "tab": tab,
        **TABS[tab][1](request, view, presenter),
    }
    return render(request, "duban/matter/matter.html", context)


def presenter_of(view: MatterView) -> Presenter:
    return Presenter(view.post.office, view.context, view.now, view.near)


def speaker_of(view: MatterView, presenter: Presenter) -> Speaker:
    return Speaker(presenter, view.matter, trusted=not view.unit)


def href_of(view: MatterView, tab: str = "") -> str:
    return reverse("matter", args=[view.row.pk]) + (f"?tab={tab}" if tab else "")


# --- head ------------------------------------------------------------------------------------------------------


def due_of(view: MatterView, presenter: Presenter) -> Content:
    """The matter's due date: for a unit its own."""
    duties = [o for o in view.obligations if o.status == "open" and o.duty == "complete" and o.due]
    return presenter.due(duties[0], view.state_of(duties[0]), view.row.pk) if duties else None


def _banners(view: MatterView) -> list[Notice]:
    found = []
    if view.matter.facts.restricted:
        readers = view.readers()
        found.append(
            Notice(
                kind="warning",
                title="限定知悉：本事项只有列明的人员可以查看，不要转发、截屏或口头扩散。",
                text=f"知悉人员：{'、'.join(readers)}" if readers else "",
            )
        )
    if view.matter.facts.taken_over and not view.matter.confirmed and not view.unit:
        found.append(Notice(kind="info", title="由旧台账转入，尚未确认：确认之前不判逾期、不催办。"))
    if view.matter.stage == "suspended":
        found.append(Notice(kind="info", title="本事项已中止办理，中止期间不计逾期。"))
    return found


def next_line(view: MatterView, presenter: Presenter) -> ObligationLine | None:
    """下一步: who must do what by when, on which ground."""
    coming = view.next
    if coming is None:
        return None
    if coming.obligation:
        return presenter.obligation(coming.obligation, view.matter, view.row.pk, lead=True)
    assert coming.petition is not None
    return petition_line(view, presenter, coming.petition, lead=True)


def petition_line(view: MatterView, presenter: Presenter, p: Petition, lead: bool = False) -> ObligationLine:
    """A paper that waits: who must sign it, since when."""
    cite = presenter.badge(p.cite)
    return ObligationLine(
        bearer=signatories(p, presenter),
        what=f"签批：{p.title}{f'（{presenter.unit(p.unit)}）' if p.unit else ''}",
        due=None,
        pending=f"{moment_text(p.opened_at)}报请",
        state=StateChip(Mark.WAITING),
        citations=(cite,) if cite else (),
        lead=lead,
    )


def signatories(p: Petition, presenter: Presenter) -> str:
    """Who may sign the next step, in words."""
    step = p.steps[p.signed]
    unit = presenter.unit(step.unit) if step.unit else ""
    return unit + "或".join(presenter.context.pack.title_of("roles", r) for r in step.roles)


def waiting_lines(view: MatterView, presenter: Presenter) -> tuple[tuple[ObligationLine, str], ...]:
    """The other papers that wait, each with the address where it can be read."""
    first = view.next.petition if view.next else None
    return tuple(
        (petition_line(view, presenter, p), reverse("approval", args=[view.row.pk, p.id]))
        for p in view.petitions
        if p is not first
    )


# --- facts -----------------------------------------------------------------------------------------------------


def facts(view: MatterView, presenter: Presenter) -> KeyValues:
    """The ruled head of the form: what was registered; empty lines are left out."""
    f, pack = view.matter.facts, view.context.pack
    speaker = speaker_of(view, presenter)
    pairs: list[tuple[str, Content, bool]] = [
        ("立项依据", _directives(view), True),
        ("内容", f.content, True),
        ("类别", pack.title_of("categories", f.category), False),
        ("等级", pack.title_of("grades", f.grade), False),
        ("缓急", pack.title_of("urgencies", f.urgency), False),
        ("办理方式", pack.title_of("modes", f.mode), False),
        ("责任领导", f.responsible_leader, False),
        ("责任人", f.responsible_person, False),
        ("目标", f.target, False),
        ("写明期限", _stated(f.stated_due, f.stated_by), False),
        ("授权", "" if view.unit else f.authority, False),
        *((title, value, False) for title, value in _pack_facts(f, speaker)),
        ("拟办意见", "" if view.unit else f.proposed_handling, True),
        ("节点", _milestones(view, speaker), True),
        ("第一时间", "" if view.unit else _first_time(view), True),
    ]
    return KeyValues(tuple(KeyValue(k, v, wide) for k, v, wide in pairs if v), label="立项要素")


def _directives(view: MatterView) -> Content:
    pack = view.context.pack
    found: list[Content] = []
    for d in view.matter.directives:
        said = "，".join(x for x in (pack.title_of("sources", d.source) if d.source else "", d.leader) if x)
        issued = f"{day_text(d.issued_on, with_year=True)}" if d.issued_on else ""
        note = "，".join(x for x in (said, issued) if x)
        if view.house:
            found.append(Link(d.title, reverse("directive", args=[d.id]), note))
        else:
            found.append(f"{d.title}（{note}）" if note else d.title)
    return tuple(found) or None


def _stated(due: date | None, by: str) -> str:
    return f"{day_text(due, with_year=True)}{f'（{by}）' if by else ''}" if due else ""


def _pack_facts(f: e.Facts, speaker: Speaker) -> list[tuple[str, str]]:
    known = {x.id: x.title for x in speaker.presenter.context.pack.facts}
    return [(known.get(k, k), entry_words.fact_text("", v, speaker)) for k, v in f.facts.items()]


def _milestones(view: MatterView, speaker: Speaker) -> str:
    plans = [m for m in view.matter.milestones.values() if m.plan.unit in ("", view.unit) or not view.unit]
    return "；".join(
        f"{'✓ ' if m.reached_at else ''}{m.plan.title}（{day_text(m.plan.due)}"
        f"{f'，{speaker.unit(m.plan.unit)}' if m.plan.unit else ''}）"
        for m in plans
    )


def _first_time(view: MatterView) -> str:
    took = view.first_time
    parts = [
        f"来源到立项 {took.to_register} 小时" if took.to_register is not None else "",
        f"立项到交办 {took.to_dispatch} 小时" if took.to_dispatch is not None else "",
    ]
    return "，".join(p for p in parts if p)


# --- units -----------------------------------------------------------------------------------------------------


def unit_table(view: MatterView, presenter: Presenter, caption: str) -> Table:
    """How each unit stands: received, last report, due, light."""
    return Table(
        caption=caption,
        columns=(
            Column(label="单位", on_phone="title"),
            Column(label="承办", tight=True, on_phone="brief"),
            Column(label="签收"),
            Column(label="最近反馈"),
            Column(label="期限", align="date"),
            Column(label="状态", tight=True, on_phone="brief"),
        ),
        rows=tuple(_unit_row(view, presenter, u) for u in view.units),
        empty=EmptyState(title="还没有确定承办单位。"),
    )


def _unit_row(view: MatterView, presenter: Presenter, u: UnitState) -> Row:
    a = u.assignment
    chip: Content = light_chip(u.light, quiet=True)
    if u.full and a.completion:
        chip = (
            StateChip(Mark.CLOSED, "已审核通过", True) if a.accepted else StateChip(Mark.REVIEW, quiet=True)
        )
    return Row(
        cells=(
            presenter.unit(a.unit),
            "主办" if a.lead else "协办",
            _received(view, a.acknowledged_at),
            _last_report(view, u),
            presenter.due(u.due, view.state_of(u.due), view.row.pk) if u.due else None,
            chip,
        ),
        mark=LIGHT_MARKS.get(u.light) if u.light in ("late", "near", "urged") else None,
        name=presenter.unit(a.unit),
    )


def _received(view: MatterView, at: Any) -> str:
    return moment_text(at) if at else "未签收" if view.matter.dispatched_at else "未交办"


def _last_report(view: MatterView, u: UnitState) -> str:
    a = u.assignment
    if u.owes_input:
        return "缺协办意见"
    if not u.full:
        return "已报协办意见" if u.gave_input else ""
    if a.last_report_at is None:
        return "还没有" if view.matter.dispatched_at else ""
    days = (view.now.date() - a.last_report_at.date()).days
    return f"{day_text(a.last_report_at.date())}（{f'{days} 天前' if days else '今天'}）"


# --- tabs ------------------------------------------------------------------------------------------------------


def _tabs(view: MatterView, on: str) -> Tabs:
    counts = {
        "docket": len(view.told),
        "obligations": len(view.obligations),
        "units": len(view.units),
        "papers": None,
        "reports": len(view.reports),
    }
    return Tabs(
        tuple(
            Tab(text=text, href=href_of(view, key), count=counts[key], on=key == on)
            for key, (text, _) in TABS.items()
        )
    )


def _docket_tab(request: PostedRequest, view: MatterView, presenter: Presenter) -> dict[str, Any]:
    told = view.told
    page = _page_of(request, [t.head.position for t in told])
    href = href_of(view, "docket")
    teller = timeline.Teller(
        speaker_of(view, presenter), view.row.pk, href, timeline.corrections(view.entries)
    )
    shown = told[(page - 1) * PAGE : page * PAGE]
    return {
        "timeline": Timeline(tuple(teller.entry(t) for t in shown)),
        "pages": pages(len(told), page, f"{href}&page="),
    }


def _page_of(request: PostedRequest, positions: list[int]) -> int:
    """The page asked for: by number, or the one that holds entry ``at``."""
    at, asked = request.GET.get("at", ""), request.GET.get("page", "")
    last = max(1, -(-len(positions) // PAGE))
    if at.isdecimal() and len(at) < 9:
        place = next((i for i, p in enumerate(positions) if p <= int(at)), 0)
        return place // PAGE + 1
    return min(max(int(asked), 1), last) if asked.isdecimal() and len(asked) < 9 else 1


def pages(total: int, page: int, href: str) -> Pages | None:
    """Pagination under a list; none for a single page."""
    last = -(-total // PAGE)
    if last <= 1:
        return None
    return Pages(
        first=(page - 1) * PAGE + 1,
        last=min(page * PAGE, total),
        total=total,
        previous_href=f"{href}{page - 1}" if page > 1 else "",
        next_href=f"{href}{page + 1}" if page < last else "",
        numbers=tuple((str(n), "" if n == page else f"{href}{n}") for n in range(1, last + 1)),
        current=str(page),
    )


def _obligations_tab(request: PostedRequest, view: MatterView, presenter: Presenter) -> dict[str, Any]:
    by = {
        r.entry.obligation: r.cause
        for r in view.entries
        if isinstance(r.entry, e.ObligationDischarged) and r.cause
    }

    def line(o: Obligation) -> ObligationLine:
        at = by.get(o.id) if o.status == "discharged" else None
        link = Link(f"第 {at} 号记录", f"{href_of(view, 'docket')}&at={at}#e{at}") if at else None
        return presenter.obligation(o, view.matter, view.row.pk, discharged_by=link)

    opened = tuple(line(o) for o in view.obligations if o.status == "open")
    done = tuple(line(o) for o in view.obligations if o.status != "open")
    return {"open_obligations": opened, "done_obligations": done}


def _units_tab(request: PostedRequest, view: MatterView, presenter: Presenter) -> dict[str, Any]:
    return {"unit_cards": tuple(_unit_card(view, presenter, u) for u in view.units)}


def _unit_card(view: MatterView, presenter: Presenter, u: UnitState) -> tuple[str, Content, Content]:
    a = u.assignment
    pairs: list[tuple[str, Content]] = [("签收", _received(view, a.acknowledged_at))]
    if u.full:
        pairs += [
            ("主管领导", a.responsible_leader),
            ("经办科室", a.section),
            ("责任人", a.responsible_person),
            ("承办人", a.handler),
            ("承诺办结", day_text(a.committed_date) if a.committed_date else ""),
            ("最近反馈", _last_report(view, u)),
            ("退回次数", str(a.returns) if a.returns else ""),
            ("期限", presenter.due(u.due, view.state_of(u.due), view.row.pk) if u.due else None),
        ]
    head = f"{presenter.unit(a.unit)}（{'主办' if a.lead else '协办'}）"
    values = KeyValues(tuple(KeyValue(k, v) for k, v in pairs if v), label=head)
    return head, light_chip(u.light), values


def _papers_tab(request: PostedRequest, view: MatterView, presenter: Presenter) -> dict[str, Any]:
    rows = tuple(
        Row(
            cells=(
                timeline.paper_link(p.paper, " ") if p.size is not None else f"{p.paper.name}（未存文件）",
                timeline.PAPER_KINDS.get(p.paper.kind, p.paper.kind),
                size_text(p.size),
                Link(
                    f"第 {p.named_by.position} 号 {p.named_by.entry.describe}",
                    f"{href_of(view, 'docket')}&at={p.named_by.position}#e{p.named_by.position}",
                ),
                moment_text(p.named_by.recorded_at),
            )
        )
        for p in view.papers()
    )
    return {
        "papers": Table(
            caption="附加材料",
            columns=(
                Column(label="材料", on_phone="title"),
                Column(label="种类", tight=True),
                Column(label="大小", align="num"),
                Column(label="来自"),
                Column(label="记录于", align="date"),
            ),
            rows=rows,
            empty=EmptyState(title="没有材料。", text="立项、交办、报告时附上的文件都会列在这里。"),
        )
    }


def size_text(size: int | None) -> str:
    """A file's size in words."""
    if size is None:
        return ""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KB"


def _reports_tab(request: PostedRequest, view: MatterView, presenter: Presenter) -> dict[str, Any]:
    return {"reports": tuple(report_card(view, presenter, r) for r in view.reports)}


def report_card(view: MatterView, presenter: Presenter, r: Any) -> dict[str, Any]:
    """A report as the page shows it: whose, when, what it says, what became of it."""
    reasons = {x.id: x.title for x in view.context.pack.review.reasons}
    return {
        "title": f"{presenter.unit(r.unit)} · {entry_words.REPORT_KINDS[r.kind]}",
        "at": moment_text(r.at),
        "chip": REPORT_CHIPS[r.status],
        "reason": reasons.get(r.reason, r.reason),
        "text": r.content.text or r.content.progress,
        "details": entry_words.report_details(r.content),
        "papers": tuple(timeline.paper_link(p) for p in r.content.papers),
        "entry": Link(f"第 {r.position} 号记录", f"{href_of(view, 'docket')}&at={r.position}#e{r.position}"),
        "review": act_href(view.row.pk, "review", unit=r.unit, report=r.id)
        if r.status == "submitted" and not view.unit
        else "",
    }


TabOf = Callable[[PostedRequest, MatterView, Presenter], dict[str, Any]]
TABS: dict[str, tuple[str, TabOf]] = {
    "docket": ("案卷", _docket_tab),
    "obligations": ("义务", _obligations_tab),
    "units": ("单位", _units_tab),
    "papers": ("材料", _papers_tab),
    "reports": ("报告", _reports_tab),
}
