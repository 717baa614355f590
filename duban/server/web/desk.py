"""工作台: what I owe late, today, this week; what waits for my hand. Each row has its next act."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duban.core.context import OFFICE
from duban.core.matter import STAGES
from duban.server import clock
from duban.server.models import AssignmentRow, MatterRow, ObligationRow, PetitionRow, ProposalRow, ReportRow
from duban.server.queries.desk import Desk, Part
from duban.server.queries.desk import desk as read_desk
from duban.server.web.components import Act, DeskList, Mark, PageHead, RowCard
from duban.server.web.posts import PostedRequest
from duban.server.web.present import Presenter, due_chip, stage_chip, why_href

HELP = """上面三栏是到期的义务：逾期、今天到期、本周到期。每行写明谁要做什么，点日期看它为什么是这一天。

下面是等您经手的事。按钮就是下一步；办完这里自动减少。

快捷键：/ 搜索，j k 上下移动，Enter 打开，? 查看全部。"""
NEXT_OF_UNIT = {
    "acknowledge": ("acknowledge", "签收"),
    "report": ("report_progress", "反馈"),
    "reply": ("report_progress", "回复"),
    "complete": ("report_completion", "报办结"),
    "plan": ("submit_plan", "报计划"),
    "milestone": ("reach_milestone", "报节点"),
    "answer": ("answer_urging", "答复"),
    "input": ("submit_input", "报意见"),
}
NEXT_OF_OFFICE = {"dispatch": ("dispatch", "交办"), "inquire": ("inquire", "询问")}
REPORT_WORDS = {"progress": "进展反馈", "dynamic": "动态信息", "completion": "办结报告"}


def desk(request: PostedRequest) -> HttpResponse:
    """The desk of the post in which the person works now."""
    found = read_desk(request.post)
    view = _View(request, Presenter.of(request.post.office, clock.now()))
    context = {
        "page": PageHead(title="工作台", help=HELP, width="wide"),
        "owed": view.owed(found),
        "waiting": view.waiting(found),
    }
    return render(request, "duban/desk/desk.html", context)


class _View:
    """Turns the desk's rows into cards."""

    def __init__(self, request: PostedRequest, presenter: Presenter) -> None:
        self.post = request.post
        self.presenter = presenter

    def owed(self, desk: Desk) -> tuple[DeskList, ...]:
        ledger = reverse("ledger")
        return (
            self._list(
                "逾期", desk.late, Mark.OVERDUE, self._obligation, f"{ledger}?light=late", "没有逾期的义务。"
            ),
            self._list(
                "今天到期",
                desk.today,
                Mark.DUE_SOON,
                self._obligation,
                f"{ledger}?sort=due",
                "今天没有到期的义务。",
            ),
            self._list(
                "本周到期",
                desk.week,
                Mark.NORMAL,
                self._obligation,
                f"{ledger}?sort=due",
                "本周没有其他到期的义务。",
            ),
        )

    def waiting(self, desk: Desk) -> tuple[DeskList, ...]:
        ledger = reverse("ledger")
        lists = (
            ("等我签批", desk.signing, self._petition, reverse("approvals"), "没有等您签批的文件。"),
            ("新交办，待签收", desk.arriving, self._arrival, ledger, "没有待签收的事项。"),
            ("等我审核", desk.reviewing, self._report, reverse("reviews"), "没有待审核的报告。"),
            (
                "已批准，待交办",
                desk.dispatching,
                self._matter,
                f"{ledger}?state=pending",
                "没有待交办的事项。",
            ),
            ("催办建议", desk.proposals, self._proposal, reverse("urgings"), "没有新的建议。"),
            ("待定草稿", desk.drafts, self._matter, f"{ledger}?state=draft", "没有草稿。"),
        )
        return tuple(
            self._list(heading, part, None, card, href, empty)
            for heading, part, card, href, empty in lists
            if part is not None
        )

    def _list(
        self,
        heading: str,
        part: Part[Any],
        mark: Mark | None,
        card: Callable[[Any], RowCard],
        href: str,
        empty: str,
    ) -> DeskList:
        rows = tuple(card(row) for row in part.rows)
        more = href if part.total > len(rows) else ""
        return DeskList(heading=heading, rows=rows, mark=mark, total=part.total, more_href=more, empty=empty)

    def _obligation(self, o: ObligationRow) -> RowCard:
        matter = o.matter
        title = matter.title if matter else o.directive.title if o.directive else ""
        late = o.due is not None and o.due < clock.to_db(self.presenter.now)
        chip = due_chip(
            clock.maybe_to_local(o.due),
            self.presenter.context.calendar,
            self.presenter.now.date(),
            mark=Mark.OVERDUE if late else None,
            why_href=why_href(o.stream_id, o.obligation) if matter else "",
            provisional=o.provisional,
        )
        who = self.presenter.unit("" if o.bearer == "office" else o.unit)
        what = f"{o.name}（{o.period}）" if o.period else o.name
        return RowCard(
            title=title,
            href=self._href(matter, o.directive_id),
            number=matter.number if matter else "",
            due=chip,
            lines=((who, what),),
            act=self._next(o),
        )

    def _href(self, matter: MatterRow | None, directive: str | None) -> str:
        return reverse("matter", args=[matter.pk]) if matter else reverse("directive", args=[directive])

    def _next(self, o: ObligationRow) -> Act | None:
        """The act that discharges the duty, or for the office what helps to get it done."""
        if o.matter_id is None:
            return self._act("分解立项", reverse("add_matters", args=[o.directive_id]))
        mine = (
            NEXT_OF_UNIT
            if self.post.unit or o.unit == OFFICE
            else NEXT_OF_OFFICE
            if o.bearer == "office"
            else {}
        )
        word, label = mine.get(o.duty, ("", ""))
        if not word:
            return None
        return self._act(label, f"{reverse('act', args=[o.matter_id, word])}?unit={o.unit}")

    def _act(self, label: str, href: str) -> Act:
        return Act(label=label, href=href, post=False)

    def _petition(self, p: PetitionRow) -> RowCard:
        lines = tuple(
            x
            for x in (
                ("单位", self.presenter.unit(p.unit)) if p.unit else None,
                ("事由", p.words[:60]) if p.words else None,
            )
            if x
        )
        return RowCard(
            title=f"{p.title}：{p.matter.title}",
            href=reverse("approval", args=[p.matter_id, p.petition]),
            number=p.matter.number,
            lines=lines,
            act=self._act("签批", reverse("approval", args=[p.matter_id, p.petition])),
        )

    def _arrival(self, a: AssignmentRow) -> RowCard:
        m = a.matter
        return RowCard(
            title=m.title,
            href=reverse("matter", args=[m.pk]),
            number=m.number,
            lines=(("身份", "主办" if a.lead else "协办"),),
            act=self._act("签收", reverse("act", args=[m.pk, "acknowledge"])),
        )

    def _report(self, r: ReportRow) -> RowCard:
        href = f"{reverse('act', args=[r.matter_id, 'review'])}?unit={r.unit}&report={r.report}"
        return RowCard(
            title=r.matter.title,
            href=reverse("matter", args=[r.matter_id]),
            number=r.matter.number,
            lines=((self.presenter.unit(r.unit), REPORT_WORDS[r.kind]),),
            act=self._act("审核", href),
        )

    def _matter(self, m: MatterRow) -> RowCard:
        word, label = ("dispatch", "交办") if m.stage == "listed" else ("", "")
        href = reverse("act", args=[m.pk, word]) if word else reverse("edit", args=[m.pk])
        return RowCard(
            title=m.title,
            href=reverse("matter", args=[m.pk]),
            number=m.number,
            state=stage_chip(m.stage, quiet=True) if m.stage in STAGES else None,
            act=self._act(label or "完善", href),
        )

    def _proposal(self, p: ProposalRow) -> RowCard:
        pack = self.presenter.context.pack
        level = pack.title_of("urging", p.level) if p.consequence == "urging" else p.consequence
        return RowCard(
            title=f"{level}：{p.matter.title}",
            href=reverse("matter", args=[p.matter_id]),
            number=p.matter.number,
            lines=((self.presenter.unit(p.unit), p.reason),),
            act=self._act("办理", reverse("urgings")),
        )
