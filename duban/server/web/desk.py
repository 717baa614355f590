"""工作台: what I owe late, today, this week; what waits for my hand. Each row has its next act."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duban.core.context import OFFICE
from duban.core.matter import STAGES
from duban.server import clock
from duban.server.models import AssignmentRow, MatterRow, ObligationRow, PetitionRow, ProposalRow, ReportRow
from duban.server.permissions import NotVisible
from duban.server.queries.desk import OWED, WAITING, Part, whole
from duban.server.queries.desk import desk as read_desk
from duban.server.web.components import Act, DeskList, Link, Mark, PageHead, RowCard
from duban.server.web.entry_words import consequence_title
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


EMPTY = {
    "late": ("逾期", "没有逾期的义务。"),
    "today": ("今天到期", "今天没有到期的义务。"),
    "week": ("本周到期", "本周没有其他到期的义务。"),
    "signing": ("等我签批", "没有等您签批的文件。"),
    "arriving": ("新交办，待签收", "没有待签收的事项。"),
    "reviewing": ("等我审核", "没有待审核的报告。"),
    "dispatching": ("已批准，待交办", "没有待交办的事项。"),
    "proposals": ("催办建议", "没有新的建议。"),
    "drafts": ("待定草稿", "没有草稿。"),
}
"""Each list's heading, and what it says when nothing is on it."""
MARKS = {"late": Mark.OVERDUE, "today": Mark.DUE_SOON, "week": Mark.NORMAL}


def desk(request: PostedRequest) -> HttpResponse:
    """The desk of the post in which the person works now; with ``list`` one of its lists in full."""
    view = _View(request, Presenter.of(request.post.office, clock.now()))
    if name := request.GET.get("list"):
        return _whole(request, view, name)
    found = read_desk(request.post)
    context = {
        "page": PageHead(title="工作台", help=HELP, width="wide"),
        "owed": [view.list(name, found[name]) for name in OWED],
        "waiting": [view.list(name, found[name]) for name in WAITING if name in found],
    }
    return render(request, "duban/desk/desk.html", context)


def _whole(request: PostedRequest, view: "_View", name: str) -> HttpResponse:
    page = request.GET.get("page", "1")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    found = whole(request.post, name, number)
    if found is None:
        raise NotVisible

    def href(page: int) -> str:
        return f"{reverse('desk')}?{urlencode({'list': name, 'page': page})}"

    context = {
        "page": PageHead(
            title=EMPTY[name][0], help=HELP, crumbs=(Link("工作台", reverse("desk")),), width="narrow"
        ),
        "list": view.list(name, found),
        "previous_href": href(found.page - 1) if found.page > 1 else "",
        "next_href": href(found.page + 1) if found.page < found.pages else "",
        "number": found.page,
        "pages": found.pages,
    }
    return render(request, "duban/desk/list.html", context)


class _View:
    """Turns the desk's rows into cards."""

    def __init__(self, request: PostedRequest, presenter: Presenter) -> None:
        self.post = request.post
        self.presenter = presenter
        self.cards: dict[str, Callable[[Any], RowCard]] = {
            **dict.fromkeys(OWED, self._obligation),
            "signing": self._petition,
            "arriving": self._arrival,
            "reviewing": self._report,
            "dispatching": self._matter,
            "proposals": self._proposal,
            "drafts": self._matter,
        }

    def list(self, name: str, part: Part[Any]) -> DeskList:
        """A list with a link to all of it where not all is shown."""
        heading, empty = EMPTY[name]
        rows = tuple(self.cards[name](row) for row in part.rows)
        cut = part.pages == 1 and part.total > len(rows)
        return DeskList(
            heading=heading,
            rows=rows,
            mark=MARKS.get(name),
            total=part.total,
            more_href=f"{reverse('desk')}?list={name}" if cut else "",
            empty=empty,
        )

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
        urging = p.consequence == "urging"
        level = pack.title_of("urging", p.level) if urging else consequence_title(p.consequence)
        return RowCard(
            title=f"{level}：{p.matter.title}",
            href=reverse("matter", args=[p.matter_id]),
            number=p.matter.number,
            lines=((self.presenter.unit(p.unit), p.reason),),
            act=self._act("办理", reverse("urgings")),
        )
