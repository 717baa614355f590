"""What a paper laid before a signatory (报批件) says: the matter, and what is asked, as paragraphs."""

from collections.abc import Callable
from datetime import date
from typing import Any

from duban.core import entries as e
from duban.core.matter import Petition
from duban.server.queries.docket import papers_of_payload
from duban.server.queries.matter import MatterView
from duban.server.web import entry_words
from duban.server.web.components import Link, Paper, Step, day_text
from duban.server.web.entry_words import OBJECTION_POINTS, Speaker, due_text
from duban.server.web.timeline import paper_link

Asking = Callable[[Petition, Speaker, MatterView], list[str]]


def paper_of(view: MatterView, petition: Petition, speaker: Speaker) -> Paper:
    """The paper as the signatory sees it; a unit's own paper to its head goes under the unit's name."""
    asked = ASKED.get(petition.act.partition(":")[0], _words_only)(petition, speaker, view)
    opened = petition.opened_by
    own = petition.act.startswith("sign_off")
    return Paper(
        issuer=speaker.unit(petition.unit) if own else view.post.office.name,
        number=view.matter.number,
        title=f"{petition.title}：{view.matter.facts.title}",
        addressee=addressee(petition, speaker),
        paragraphs=tuple(p for p in (*_matter(view, speaker, own), *asked) if p),
        signed_by=f"{speaker.unit(opened.unit)}{speaker.title('roles', opened.role)} {opened.name}",
        signed_on=day_text(petition.opened_at.date(), with_year=True),
    )


def addressee(petition: Petition, speaker: Speaker) -> str:
    """Whom it is before now; of a paper that is done, who signed last."""
    step = petition.steps[min(petition.signed, len(petition.steps) - 1)]
    return f"{speaker.unit(step.unit)}{speaker.rules(step.roles)}"


def papers_of(petition: Petition, view: MatterView) -> tuple[Link, ...]:
    """What is attached: to the paper itself, and to the reports a reading is about."""
    named = list(papers_of_payload(petition.payload))
    if petition.act in ("listing", "dispatch"):
        named += view.matter.facts.papers
    if petition.act == "reading":
        named += [p for r in view.matter.reports.values() if r.status == "accepted" for p in r.content.papers]
    return tuple(paper_link(p) for p in named if p.ref)


def route_of(petition: Petition, signatures: tuple[Any, ...], speaker: Speaker) -> tuple[Step, ...]:
    """The signature boxes: who signed in what words, who is next."""
    by_step = {s.entry.step: s for s in signatures}
    return tuple(_box(petition, i, by_step.get(i), speaker) for i in range(len(petition.steps)))


def _box(petition: Petition, index: int, signed: Any, speaker: Speaker) -> Step:
    step = petition.steps[index]
    label = step.title or speaker.rules(step.roles)
    who = f"{speaker.unit(step.unit)}{speaker.rules(step.roles)}"
    if signed is None:
        waits = petition.status == "open" and index == petition.signed
        return Step(
            label=label, state="now" if waits else "next" if petition.status == "open" else "skipped", who=who
        )
    r = signed.recorded
    return Step(
        label=label,
        state="done" if signed.entry.approved else "returned",
        who=r.actor.name,
        at=r.occurred_at,
        words=signed.entry.words,
        proxy=r.proxy.recorder.name if r.proxy else "",
    )


# --- the matter ------------------------------------------------------------------------------------------------


def _matter(view: MatterView, s: Speaker, own: bool) -> list[str]:
    """What the matter is; a unit's own paper leaves out the office's proposed handling."""
    f, m = view.matter.facts, view.matter
    kinds = [
        s.title(part, value)
        for part, value in (
            ("categories", f.category),
            ("grades", f.grade),
            ("urgencies", f.urgency),
            ("modes", f.mode),
        )
        if value
    ]
    duty = m.completion_due()
    due = due_text(duty.due) if duty else day_text(f.stated_due) if f.stated_due else ""
    return [
        f"依据：{'；'.join(d.title for d in m.directives)}。" if m.directives else "",
        f"事项内容：{f.content}" if f.content else "",
        f"{'、'.join(kinds)}。" if kinds else "",
        f"主办：{s.units(f.leads)}。{f'协办：{s.units(f.supports)}。' if f.supports else ''}"
        if f.leads
        else "",
        f"{'办结期限' if duty else '写明的期限'}：{due}。" if due else "",
        f"拟办意见：{f.proposed_handling}" if f.proposed_handling and s.trusted and not own else "",
    ]


# --- what is asked ---------------------------------------------------------------------------------------------


def _day(text: Any) -> str:
    return day_text(date.fromisoformat(str(text)), with_year=True) if text else ""


def _words_only(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    return [f"说明：{p.words}" if p.words else ""]


def _listing(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    f = view.matter.facts
    return [
        f"授权：{f.authority}" if f.authority else "",
        f"说明：{p.words}" if p.words else "",
        "妥否，请批示。",
    ]


def _dispatch(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    document = s.title("documents", p.payload.get("document", ""))
    channel = s.title("channels", p.payload.get("channel", ""))
    return [f"拟以“{document or channel}”交办{f'（{channel}）' if document and channel else ''}，请审定。"]


def _objection(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    points = "、".join(OBJECTION_POINTS.get(x, x) for x in p.payload.get("points", ()))
    asked = p.payload.get("asked_leads") or ()
    return [
        f"{s.unit(p.unit)}对{points}提出异议：{p.words}",
        f"建议完成期限：{_day(p.payload.get('asked_due'))}。" if p.payload.get("asked_due") else "",
        f"建议主办单位：{s.units(asked)}。" if asked else "",
        "同意即异议成立，按建议或签批时另填的期限、单位调整；退回即异议不成立，原要求不变。",
    ]


def _extension(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    x = p.payload
    return [
        f"{s.unit(p.unit)}申请延期至{_day(x.get('asked_due'))}。原因：{x.get('reason', '')}",
        f"进展：{x['progress']}" if x.get("progress") else "",
        f"下一步：{x['next_step']}" if x.get("next_step") else "",
        f"办理意见：{x['opinion']}" if x.get("opinion") else "",
    ]


def _date(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    whom = s.unit(p.unit) or "全部主办单位"
    by = f"（{p.payload['set_by']}）" if p.payload.get("set_by") else ""
    return [
        f"拟将{whom}的办结期限改为{_day(p.payload.get('due'))}{by}。",
        f"说明：{p.words}" if p.words else "",
    ]


def _coordination(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    return [f"{s.unit(p.unit)}提请协调：{p.words}", "期限不变；需要另定期限的，请在签批时填写。"]


def _reading(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    done = [
        f"{s.unit(r.unit)}办结报告：{r.content.text}"
        for r in view.matter.reports.values()
        if r.kind == "completion" and r.status == "accepted"
    ]
    opinion = p.payload.get("opinion", "")
    return [*done, f"综合意见：{opinion}" if opinion else "", "请审阅。同意后可以销号；退回则重新督办。"]


def _urging(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    late = [
        f"{o.name}（应于 {due_text(o.due)} 前）"
        for o in view.matter.open_obligations()
        if o.breached and o.unit == p.unit and o.bearer != "office"
    ]
    return [
        f"拟对{s.unit(p.unit)}{p.title}。",
        f"逾期：{'；'.join(late)}。" if late else "",
        f"要求：{p.words}" if p.words else "",
        f"限期：{_day(p.payload.get('limit'))}。" if p.payload.get("limit") else "",
    ]


def _sign_off(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    content = e.Report.model_validate(p.payload.get("content") or {})
    details = [f"{k}：{v}" for k, v in entry_words.report_details(content)]
    return [content.text or content.progress, *details]


def _ending(p: Petition, s: Speaker, view: MatterView) -> list[str]:
    due = p.payload.get("due")
    return [f"理由：{p.words}" if p.words else "", f"新期限：{_day(due)}。" if due else "", "妥否，请批示。"]


ASKED: dict[str, Asking] = {
    "listing": _listing,
    "dispatch": _dispatch,
    "objection": _objection,
    "extension": _extension,
    "date": _date,
    "coordination": _coordination,
    "reading": _reading,
    "urging": _urging,
    "sign_off_progress": _sign_off,
    "sign_off_completion": _sign_off,
    "close": _ending,
    "close_unachieved": _ending,
    "cancel": _ending,
    "suspend": _ending,
    "resume": _ending,
    "reopen": _ending,
    "upkeep": _ending,
}
