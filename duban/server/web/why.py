"""为什么是这一天: the rule, the article, the days one by one, what moved the date, and the entries."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duban.core import entries as e
from duban.core.matter import Matter, Obligation
from duban.core.pack import Reading
from duban.core.working_days import CountedDay, CountUnit, DayCount, DayInfo
from duban.core.working_days import DayKind as Kind
from duban.server.queries.why import WhyView, why_of_directive, why_of_matter
from duban.server.web import entry_words
from duban.server.web.components import (
    ArticleBlock,
    CitationBadge,
    Day,
    DayKind,
    DayStrip,
    Link,
    Notice,
    PageHead,
    day_text,
)
from duban.server.web.entry_words import Speaker, due_text
from duban.server.web.posts import PostedRequest
from duban.server.web.present import Presenter

HELP = """这一页说明一个期限从哪里来：哪一条规则、从哪一天起算、怎样一天一天数到这一天，中间哪些天放假、哪些天调休上班。

期限改过的，列出每一次改动和依据，原来的日期保留。标“暂定”的，是那一年的放假安排还没有公布或装载，按周末暂算，公布以后会另行记录变动。"""
KINDS = {
    Kind.WORKDAY: DayKind.WORKDAY,
    Kind.WEEKEND: DayKind.WEEKEND,
    Kind.HOLIDAY: DayKind.HOLIDAY,
    Kind.MAKEUP: DayKind.MAKEUP,
    Kind.LOCAL_OFF: DayKind.OFFICE_OFF,
}
UNIT_WORDS = {
    CountUnit.WORKING_DAYS: "个工作日",
    CountUnit.DAYS: "日（自然日）",
    CountUnit.MONTHS: "个月",
}


def why(request: PostedRequest, stream: str, obligation: str) -> HttpResponse:
    """Why an obligation falls due when it does; the same view serves matters and directives."""
    of_directive = request.resolver_match is not None and request.resolver_match.url_name == "directive_why"
    view = (why_of_directive if of_directive else why_of_matter)(request.post, stream, obligation)
    presenter = Presenter(view.post.office, view.context, view.now, view.near)
    speaker = Speaker(presenter, view.docket, trusted=view.post.unit is None)
    o = view.obligation
    context = {
        "page": PageHead(
            title=_title(o),
            crumbs=(Link(view.title, _home(view)),),
            help=HELP,
            width="read",
        ),
        "line": presenter.obligation(o, view.docket if isinstance(view.docket, Matter) else None, stream),
        "rule": rule_words(view, speaker),
        "badge": presenter.badge(o.cite),
        "article": _article(view),
        "strip": day_strip(view),
        "months": _months(view.why.count),
        "cap": _cap(view, presenter),
        "moves": tuple(_moves(view, presenter)),
        "notices": tuple(_notices(view)),
        "entries": tuple(_entry_lines(view, speaker)),
    }
    return render(request, "duban/matter/why.html", context)


def _title(o: Obligation) -> str:
    if o.due is None:
        return f"为什么要{o.name}"
    return f"为什么是 {o.due.month} 月 {o.due.day} 日"


def _home(view: WhyView) -> str:
    return reverse("matter" if isinstance(view.docket, Matter) else "directive", args=[view.docket.id])


def rule_words(view: WhyView, speaker: Speaker) -> str:
    """The rule as applied here, in one sentence."""
    o = view.obligation
    who = speaker.presenter.unit("" if o.bearer == "office" else o.unit)
    begun = _begun_by(view)
    start = f"自{day_text(o.starts_on, with_year=True)}{f'（{begun}）' if begun else ''}起"
    if o.counted:
        start = f"自{day_text(o.counted.start, with_year=True)}{f'（{begun}）' if begun else ''}起，当日不计"
    if o.due is None:
        return f"{who}{start}应{o.name}，不定日期。"
    moment = due_text(o.original_due or o.due)
    return f"{who}{start}，{o.term}：{o.name}应在 {moment} 前完成。"


def _begun_by(view: WhyView) -> str:
    """The event that started the duty, in words; empty for a later period of a cycle."""
    arose = next((r for r in view.entries if r.position == view.obligation.arose_at), None)
    cause = next((r for r in view.entries if arose and r.position == arose.cause), None)
    if cause is None or view.obligation.period:
        return view.obligation.period
    return str(cause.entry.describe)


def _article(view: WhyView) -> ArticleBlock | None:
    article = view.why.article
    if article is None:
        return None
    return ArticleBlock(
        number=article.label,
        regulation=view.context.pack.regulation.title,
        rule=article.gist,
        original=str(view.post.office.articles.get(article.id, "")),
        readings=tuple(_reading(r) for r in view.why.readings if r.cite.ref == article.id),
        wider_readings=tuple(_reading(r) for r in view.why.readings if r.cite.ref != article.id),
        links=(Link("在制度中查看", f"{reverse('regulation')}#a-{article.id}"),),
    )


def _reading(r: Reading) -> str:
    return f"{r.question}{r.answer}（{r.ground}）"


# --- the days --------------------------------------------------------------------------------------------------


def day_strip(view: WhyView) -> DayStrip | None:
    """Every day of the count; of a term in months only the days it rolled over."""
    count, o = view.why.count, view.obligation
    if count is None:
        return None
    if count.unit is CountUnit.MONTHS:
        days = _rolled_days(count)
    else:
        days = tuple(
            Day(
                on=d.date,
                kind=DayKind.START if d.date == count.start else KINDS[d.kind],
                ordinal=d.ordinal,
                name=_name(d),
                due=d.date == count.end,
                rolled=d.date == count.rolled_from,
            )
            for d in count.counted
        )
    if not days:
        return None
    return DayStrip(
        days=days,
        caption=f"{day_text(count.start)}起第 {count.amount} {UNIT_WORDS[count.unit]}"
        f"{'，末日逢休息日顺延' if count.rolled_from else ''}",
        calendar=_calendar_words(view, count),
        provisional=o.provisional,
    )


def _name(day: CountedDay | DayInfo) -> str:
    """The holiday's name; a make-up day is better called by what it is."""
    return "" if day.kind is Kind.MAKEUP else day.name


def _rolled_days(count: DayCount) -> tuple[Day, ...]:
    if count.rolled_from is None:
        return ()
    first, days = count.rolled_from, (count.end - count.rolled_from).days
    span = [count.calendar.day(first + timedelta(days=n)) for n in range(days + 1)]
    return tuple(
        Day(
            on=d.date,
            kind=KINDS[d.kind],
            ordinal=count.amount if d.date == count.rolled_from else None,
            name=_name(d),
            due=d.date == count.end,
            rolled=d.date == count.rolled_from,
        )
        for d in span
    )


def _calendar_words(view: WhyView, count: DayCount) -> str:
    """Which years' holiday notices the count used."""
    years = sorted({count.start.year, count.end.year})
    return "、".join(
        f"{y} 年{'放假安排' if y in view.context.calendar.years else '（尚无放假安排）'}" for y in years
    )


def _months(count: DayCount | None) -> tuple[tuple[int, date], ...]:
    """The end of each month of a term in months."""
    if count is None or count.unit is not CountUnit.MONTHS:
        return ()
    return tuple((d.ordinal, d.date) for d in count.counted if d.ordinal is not None)


def _cap(view: WhyView, presenter: Presenter) -> tuple[str, CitationBadge | None] | None:
    rule = view.why.rule
    if rule is None or rule.cap is None:
        return None
    applied = "最长" in view.obligation.term
    said = "写明的日期超过最长时限，以最长时限为准。" if applied else "另有最长时限，此处没有超过。"
    return said, presenter.badge(rule.cap.cite)


# --- what happened to it ---------------------------------------------------------------------------------------


def _moves(view: WhyView, presenter: Presenter) -> list[dict[str, object]]:
    """Each change of the date: from, to, why, by which entry."""
    by_position = {r.position: r for r in view.entries}
    before = view.obligation.original_due
    found = []
    for r in view.entries:
        entry = r.entry
        moved = isinstance(entry, e.ObligationMoved | e.ObligationReopened)
        if not moved or entry.obligation != view.obligation.id:
            continue
        cause = by_position.get(r.cause or 0)
        found.append(
            {
                "was": due_text(before),
                "to": due_text(entry.due),
                "same": before == entry.due,
                "reason": entry.reason,
                "badge": presenter.badge(getattr(entry, "cite", None)),
                "entry": _entry_link(view, cause or r),
            }
        )
        before = entry.due
    return found


def _notices(view: WhyView) -> list[Notice]:
    o, found = view.obligation, []
    if o.provisional:
        found.append(
            Notice(
                kind="warning",
                title="这个日期是暂定的",
                text="其中有的日子，放假安排尚未公布或尚未装载，按普通周末推算；公布并装载后由新的记录改定。",
            )
        )
    if view.why.recounted_differs:
        found.append(
            Notice(
                kind="info",
                title=f"按现在装载的日历会数到{day_text(view.why.recounted_differs)}",
                text="案卷上的日期以记录为准，直到另有记录改定。",
            )
        )
    return found


def _entry_lines(view: WhyView, speaker: Speaker) -> list[tuple[Link, str, str]]:
    """The entries that made, moved, breached or discharged it: link, when, words."""
    lines = []
    for r in view.why.entries:
        said = entry_words.tell(r.entry, speaker)
        lines.append((_entry_link(view, r), due_text(r.occurred_at), said.note or said.act))
    return lines


def _entry_link(view: WhyView, r: e.Recorded) -> Link:
    tail = (
        f"?tab=docket&at={r.position}#e{r.position}" if isinstance(view.docket, Matter) else f"#e{r.position}"
    )
    return Link(f"第 {r.position} 号 {r.entry.describe}", f"{_home(view)}{tail}")
