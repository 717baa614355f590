"""催办: proposals by level, notices before their signatory, issued notices and their answers."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duban.server import clock, permissions
from duban.server.models import ObligationRow, Post
from duban.server.queries import urgings as read
from duban.server.queries.urgings import Issued, Proposed, Signing
from duban.server.web.components import (
    Act,
    Column,
    Content,
    EmptyState,
    FilterBar,
    FilterChip,
    FilterGroup,
    Link,
    Mark,
    PageHead,
    Row,
    StateChip,
    Tab,
    Table,
    Tabs,
    day_text,
    moment_text,
)
from duban.server.web.entry_words import consequence_title
from duban.server.web.matter import pages
from duban.server.web.matter_acts import act_href
from duban.server.web.posts import PostedRequest
from duban.server.web.present import NOTICE_MARKS, Presenter, due_chip, why_href

HELP = """系统按制度提出催办建议：对谁、哪一级、为什么、依据哪一条、从什么时候起。建议不等于催办，报签、签发之后才生效。

认为不必催的，写明理由“不采纳”，理由记入案卷；有新的依据时系统会再提出。单位补办以后，建议自行撤回。

“已签发”列出每张催办单的答复期限。单位答复或补办以后，催办了结。"""
SHOWS = {
    "proposed": "建议",
    "signing": "待签发",
    "issued": "已签发",
    "others": "其他建议",
}


def urgings(request: PostedRequest) -> HttpResponse:
    """``?show=`` chooses the list, ``?level=`` one level of proposals."""
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "proposed"
    presenter = Presenter.of(request.post.office, clock.now())
    known = {u.id for u in presenter.context.pack.urging}
    level = request.GET.get("level", "") if request.GET.get("level") in known else ""
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
    found = read.urgings_page(request.post, show, level, number)
    here = reverse("urgings")
    table = TABLES[show](found.rows, presenter, request.post)
    context = {
        "page": PageHead(title="催办", help=HELP, width="wide"),
        "tabs": Tabs(
            tuple(
                Tab(text=text, href=f"{here}?show={key}", count=found.counts[key], on=key == show)
                for key, text in SHOWS.items()
            )
        ),
        "filters": _levels(found.levels, level, presenter, here) if show == "proposed" else None,
        "table": table,
        "pages": pages(found.total, found.page, f"{here}?show={show}&level={level}&page="),
    }
    return render(request, "duban/urgings/list.html", context)


def _levels(counts: dict[str, int], level: str, presenter: Presenter, here: str) -> FilterBar:
    chips = [FilterChip(text="全部", href=here, count=sum(counts.values()), on=not level, whole=True)]
    chips += [
        FilterChip(
            text=rule.title,
            href=f"{here}?level={rule.id}",
            count=counts.get(rule.id, 0),
            on=rule.id == level,
            mark=NOTICE_MARKS[rule.colour],
        )
        for rule in presenter.context.pack.urging
    ]
    return FilterBar(groups=(FilterGroup("等级", tuple(chips)),))


def level_chip(level: str, presenter: Presenter) -> StateChip:
    """A level of urging in its own colour and words."""
    colour = next((u.colour for u in presenter.context.pack.urging if u.id == level), "")
    return StateChip(NOTICE_MARKS[colour], presenter.context.pack.title_of("urging", level))


def _matter_link(stream: str, title: str) -> Link:
    return Link(title, reverse("matter", args=[stream]))


# --- proposals -------------------------------------------------------------------------------------------------


def _proposed(rows: tuple[Proposed, ...], presenter: Presenter, post: Post) -> Table:
    return Table(
        caption="催办建议",
        columns=_PROPOSAL_COLUMNS,
        rows=tuple(_proposed_row(p, presenter, post, level_chip(p.level, presenter)) for p in rows),
        empty=EmptyState(title="没有催办建议。", text="有义务逾期、符合制度规定的条件时，系统会在这里提出。"),
    )


def _others(rows: tuple[Proposed, ...], presenter: Presenter, post: Post) -> Table:
    return Table(
        caption="其他建议",
        columns=_PROPOSAL_COLUMNS,
        rows=tuple(_proposed_row(p, presenter, post, _other_words(p)) for p in rows),
        empty=EmptyState(title="没有其他建议。", text="通报、扣分、移交等由制度规定的后果会在这里提出。"),
    )


_PROPOSAL_COLUMNS = (
    Column(label="事项", on_phone="title"),
    Column(label="编号", tight=True, on_phone="brief"),
    Column(label="对谁"),
    Column(label="建议", tight=True),
    Column(label="理由"),
    Column(label="依据", tight=True),
    Column(label="自", align="date"),
    Column(label="由谁决定"),
    Column(label="", align="act"),
)


def _other_words(p: Proposed) -> str:
    return f"{consequence_title(p.consequence)}{f' {p.points} 分' if p.points else ''}"


def _proposed_row(p: Proposed, presenter: Presenter, post: Post, what: Content) -> Row:
    here = reverse("urgings")
    buttons: list[Content] = []
    if p.consequence == read.URGING and _draws_up(post, p, presenter):
        href = act_href(p.stream, "urge", unit=p.unit, level=p.level, next=here)
        buttons.append(Act(label="报签", href=href, post=False, weight="primary"))
    if _withholds(post, p):
        href = act_href(p.stream, "withhold", proposal=p.proposal, next=here)
        buttons.append(Act(label="不采纳", href=href, post=False))
    return Row(
        cells=(
            _matter_link(p.stream, p.matter),
            p.number,
            presenter.unit(p.unit) if p.unit else "",
            what,
            p.reason,
            presenter.badge(p.cite),
            day_text(p.at.date()),
            presenter.context.pack.title_of("roles", p.signatory),
            tuple(buttons),
        ),
        name=p.matter,
    )


def _draws_up(post: Post, p: Proposed, presenter: Presenter) -> bool:
    """Officers draw up for the signatory, who may also do it himself."""
    rule = next((u for u in presenter.context.pack.urging if u.id == p.level), None)
    kind = permissions.role_kind(post)
    return kind == "officer" or bool(rule and post.role in rule.signatory)


def _withholds(post: Post, p: Proposed) -> bool:
    return post.role == p.signatory or permissions.role_kind(post) == "office_head"


# --- before the signatory, issued ------------------------------------------------------------------------------


def _signing(rows: tuple[Signing, ...], presenter: Presenter, post: Post) -> Table:
    return Table(
        caption="等待签发的催办单",
        columns=(
            Column(label="事项", on_phone="title"),
            Column(label="编号", tight=True, on_phone="brief"),
            Column(label="对谁"),
            Column(label="催办", tight=True),
            Column(label="报签", align="date"),
            Column(label="由谁签发"),
            Column(label="", align="act"),
        ),
        rows=tuple(_signing_row(p, presenter, post) for p in rows),
        empty=EmptyState(title="没有等待签发的催办单。"),
    )


def _signing_row(p: Signing, presenter: Presenter, post: Post) -> Row:
    pack = presenter.context.pack
    return Row(
        cells=(
            _matter_link(p.stream, p.matter),
            p.number,
            presenter.unit(p.unit),
            p.title,
            moment_text(p.opened_at),
            "或".join(pack.title_of("roles", r) for r in p.roles),
            Act(
                label="签发" if post.role in p.roles else "查看",
                href=reverse("approval", args=[p.stream, p.petition]),
                post=False,
            ),
        ),
        name=p.matter,
    )


def _issued(rows: tuple[Issued, ...], presenter: Presenter, post: Post) -> Table:
    return Table(
        caption="已签发的催办单",
        columns=(
            Column(label="事项", on_phone="title"),
            Column(label="编号", tight=True, on_phone="brief"),
            Column(label="对谁"),
            Column(label="催办", tight=True),
            Column(label="签发", align="date"),
            Column(label="限期", align="date"),
            Column(label="答复期限", align="date"),
            Column(label="状态", tight=True),
        ),
        rows=tuple(_issued_row(n, presenter) for n in rows),
        empty=EmptyState(title="还没有签发过催办单。"),
    )


def _issued_row(n: Issued, presenter: Presenter) -> Row:
    late = n.answer is not None and n.answer.status == "open" and n.answer.breached
    return Row(
        cells=(
            _matter_link(n.stream, n.matter),
            n.number,
            presenter.unit(n.unit),
            level_chip(n.level, presenter),
            day_text(n.at.date()),
            day_text(n.limit) if n.limit else "",
            _answer_due(n.answer, presenter),
            _standing(n),
        ),
        mark=Mark.OVERDUE if late else None,
        name=n.matter,
    )


def _answer_due(o: ObligationRow | None, presenter: Presenter) -> Content:
    if o is None or o.due is None:
        return ""
    done = o.status != "open"
    return due_chip(
        clock.to_local(o.due),
        presenter.context.calendar,
        presenter.now.date(),
        mark=None if done else Mark.OVERDUE if o.breached else Mark.NORMAL,
        why_href=why_href(o.stream_id, o.obligation),
        provisional=o.provisional,
        stacked=True,
        done=done,
    )


def _standing(n: Issued) -> StateChip:
    if n.settled:
        return StateChip(Mark.CLOSED, "已了结", quiet=True)
    return StateChip(Mark.REVIEW, "已答复", quiet=True) if n.answered else StateChip(Mark.URGED, "待答复")


TABLES: dict[str, Any] = {
    "proposed": _proposed,
    "others": _others,
    "signing": _signing,
    "issued": _issued,
}
