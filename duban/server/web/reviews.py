"""审核: the reports that wait, and the page on which one of them is judged."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duban.server import clock
from duban.server.queries import reviews as read
from duban.server.queries.matter import matter_view
from duban.server.queries.reviews import Submitted
from duban.server.web import acts
from duban.server.web.acts import ActPage
from duban.server.web.components import (
    Act,
    Column,
    EmptyState,
    FilterBar,
    FilterChip,
    FilterGroup,
    Link,
    Mark,
    PageHead,
    Row,
    Table,
    moment_text,
)
from duban.server.web.entry_words import REPORT_KINDS
from duban.server.web.matter import facts, pages, presenter_of, report_card
from duban.server.web.matter_acts import act_href
from duban.server.web.posts import PostedRequest
from duban.server.web.present import Presenter, due_chip

HELP = """各单位报来、还没有审核的报告，最早报来的在最上面。打开一件，左边是报告，右边是要求、审核要点和以前的报告。

进展反馈、动态信息看过没有问题的，可以在列表里直接点“通过”；办结报告须打开，逐项确认审核要点。

退回须选择原因、写明意见；原来的期限已过的，还要写明重办期限。退回以后，单位的义务恢复。"""


def reviews(request: PostedRequest) -> HttpResponse:
    """The list; ``?kind=`` shows one kind of report."""
    kind, asked = request.GET.get("kind", ""), request.GET.get("page", "")
    found = read.reviews_page(request.post, kind, int(asked) if asked.isdecimal() and len(asked) < 9 else 1)
    presenter = Presenter.of(request.post.office, clock.now())
    here = reverse("reviews")
    context = {
        "page": PageHead(title="审核", help=HELP, width="wide"),
        "filters": _filters(found.counts, kind if kind in read.KINDS else "", here),
        "table": Table(
            caption="等待审核的报告",
            columns=(
                Column(label="事项", on_phone="title"),
                Column(label="编号", tight=True, on_phone="brief"),
                Column(label="单位"),
                Column(label="报告", tight=True),
                Column(label="报来", align="date"),
                Column(label="已等", align="num"),
                Column(label="办结期限", align="date"),
                Column(label="", align="act"),
            ),
            rows=tuple(_row(r, presenter) for r in found.rows),
            pages=pages(found.total, found.page, f"{here}?kind={kind}&page="),
            empty=EmptyState(title="没有等待审核的报告。", text="单位报来以后会列在这里。"),
        ),
    }
    return render(request, "duban/reviews/list.html", context)


def _filters(counts: dict[str, int], kind: str, here: str) -> FilterBar:
    chips = [FilterChip(text="全部", href=here, count=sum(counts.values()), on=not kind, whole=True)]
    chips += [
        FilterChip(text=REPORT_KINDS[k], href=f"{here}?kind={k}", count=counts.get(k, 0), on=k == kind)
        for k in read.KINDS
    ]
    return FilterBar(groups=(FilterGroup("报告", tuple(chips)),))


def _row(r: Submitted, presenter: Presenter) -> Row:
    review = act_href(r.stream, "review", unit=r.unit, report=r.report, next=reverse("reviews"))
    waited = (presenter.now.date() - r.at.date()).days
    due = due_chip(r.due, presenter.context.calendar, presenter.now.date(), stacked=True)
    buttons: tuple[Act, ...] = (Act(label="审核", href=review, post=False),)
    if r.kind != "completion":
        buttons = (_quick(r), *buttons)
    return Row(
        cells=(
            Link(r.matter, review),
            r.number,
            presenter.unit(r.unit),
            REPORT_KINDS[r.kind],
            moment_text(r.at),
            f"{waited} 天" if waited else "今天",
            due,
            buttons,
        ),
        mark=Mark.OVERDUE if r.breached else None,
        name=r.matter,
    )


def _quick(r: Submitted) -> Act:
    """Accept at once, through the same form as always."""
    return Act(
        label="通过",
        href=reverse("act", args=[r.stream, "review"]),
        hidden=(
            ("command_id", uuid.uuid4().hex),
            ("unit", r.unit),
            ("report", r.report),
            ("verdict", "accept"),
            ("next", reverse("reviews")),
        ),
    )


# --- one report --------------------------------------------------------------------------------------------------


def beside_the_form(request: PostedRequest, page: ActPage) -> dict[str, Any]:
    """The report, what it must satisfy, and the earlier ones, for the review's own template."""
    view = matter_view(request.post, page.stream)
    presenter = presenter_of(view)
    found = read.under_review(view, page.where.unit, "".join(page.values.get("report", [])[:1]))
    return {
        "report": report_card(view, presenter, found.report) | {"review": ""} if found.report else None,
        "facts": facts(view, presenter),
        "duties": tuple(presenter.obligation(o, view.matter, view.row.pk) for o in found.duties),
        "earlier": tuple(report_card(view, presenter, r) for r in found.earlier[:20]),
        "wide": True,
    }


acts.SPECIAL["review"] = ("duban/reviews/review.html", beside_the_form)
