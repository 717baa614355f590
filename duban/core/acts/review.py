"""After the report: 审核、审阅、办结销号、未达成、撤销、重新督办、转常态化."""

from duban.core import commands as c
from duban.core import entries as e
from duban.core.acts.common import FINISHED, IN_WORK, deciders, passed
from duban.core.draft import Draft
from duban.core.entries import Step
from duban.core.errors import Refusal
from duban.core.lifecycle import act
from duban.core.matter import NOT_ENDED, Matter, Petition, ReportState
from duban.core.obligations import undone_by_return
from duban.core.petitions import effect, on_refusal, propose, route_for


@act(c.Review, IN_WORK)
def review(draft: Draft[Matter], command: c.Review) -> Refusal | None:
    report = _report(draft.state, command)
    if report is None or report.unit not in draft.state.assignments:
        return Refusal("没有待审核的报告。", field="report")
    if command.verdict == "ask":
        return _ask(draft, command, report)
    if command.verdict == "return":
        return _return(draft, command, report)
    return _accept(draft, command, report)


def _report(matter: Matter, command: c.Review) -> ReportState | None:
    """The report named, or the unit's latest one waiting."""
    waiting = [r for r in matter.reports.values() if r.unit == command.unit and r.status == "submitted"]
    if command.report:
        return next((r for r in waiting if r.id == command.report), None)
    completions = [r for r in waiting if r.kind == "completion"]
    return (completions or waiting)[-1] if waiting else None


def _ask(draft: Draft[Matter], command: c.Review, report: ReportState) -> Refusal | None:
    if not command.words.strip():
        return Refusal("请写明要问的事。", field="words")
    draft.add(e.ReportQueried(unit=report.unit, report=report.id, words=command.words))
    return None


def _return(draft: Draft[Matter], command: c.Review, report: ReportState) -> Refusal | None:
    rule = draft.context.pack.review
    if command.reason not in {r.id for r in rule.reasons}:
        titles = "、".join(r.title for r in rule.reasons)
        return Refusal(f"退回须选择原因：{titles}。", rule.cite, "reason")
    if not command.words.strip():
        return Refusal("退回须写明意见。", rule.cite, "words")
    if command.redo_by is None and _original_passed(draft, report):
        return Refusal("原期限已过，退回须写明重办期限。", rule.cite, "redo_by")
    if command.redo_by and command.redo_by < draft.request.occurred_at.date():
        return Refusal("重办期限不能早于今天。", rule.cite, "redo_by")
    draft.add(
        e.ReportReturned(
            unit=report.unit,
            report=report.id,
            reason=command.reason,
            words=command.words,
            redo_by=command.redo_by,
        )
    )
    return None


def _original_passed(draft: Draft[Matter], report: ReportState) -> bool:
    """Whether a duty this report discharged in time would be late the moment it is returned."""
    at = draft.request.occurred_at
    return any(o.on_time and passed(o.due, at) for o in undone_by_return(draft.state, report.id))


def _accept(draft: Draft[Matter], command: c.Review, report: ReportState) -> Refusal | None:
    rule = draft.context.pack.review
    unticked = [x.title for x in rule.checklist if x.id not in command.checklist]
    if report.kind == "completion" and unticked:
        return Refusal(f"审核要点未全部确认：{'、'.join(unticked)}。", rule.cite, "checklist")
    draft.add(
        e.ReportAccepted(unit=report.unit, report=report.id, checklist=command.checklist, words=command.words)
    )
    return None


# --- the leader's reading -------------------------------------------------------------------------------------


@act(c.SendForReading, {"reviewed"})
def send_for_reading(draft: Draft[Matter], command: c.SendForReading) -> Refusal | None:
    if any(p.act == "reading" for p in draft.state.open_petitions()):
        return Refusal("已送领导审阅，请等待批示。")
    return propose(
        draft, "reading", {"opinion": command.opinion}, words=command.opinion, otherwise=_any_leader(draft)
    )


def _any_leader(draft: Draft[Matter]) -> tuple[Step, ...]:
    roles = tuple(r.id for r in draft.context.pack.roles if r.kind == "leader")
    return (Step(roles=roles, title="审阅"),)


@effect("reading")
def reading_approved(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    opinion = str(petition.payload.get("opinion", ""))
    draft.add(e.ReadingApproved(opinion=opinion, words=command.words if command else ""))
    return None


@on_refusal("reading")
def reading_rejected(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    """Supervision starts again; a date is needed where the old one has passed."""
    due = command.due if command else None
    duties = [o for o in draft.state.obligations.values() if o.duty == "complete"]
    if due is None and any(passed(o.due, draft.request.occurred_at) for o in duties):
        return Refusal("原期限已过，审阅未通过须写明重新督办的期限。", petition.cite, "due")
    draft.add(e.ReadingRejected(words=command.words if command else "", redo_by=due))
    return None


# --- endings ------------------------------------------------------------------------------------------------------


@act(c.Close, IN_WORK)
def close(draft: Draft[Matter], command: c.Close) -> Refusal | None:
    """Strike off (办结销号): reports accepted, and read by the leader where a route says so."""
    state = draft.state
    route = route_for("reading", draft.context, draft.view())
    if not state.upkeep and not all(a.accepted for a in state.leads()):
        return Refusal("主办单位的办结报告审核通过后才能销号。", draft.context.pack.review.cite)
    if route and not state.read and not state.upkeep:
        return Refusal("须先送领导审阅并通过，才能销号。", route.cite)
    return propose(draft, "close", {"words": command.words}, words=command.words)


@effect("close")
def closed(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.Closed(words=str(petition.payload.get("words", ""))))
    return None


@act(c.CloseUnachieved, NOT_ENDED)
def close_unachieved(draft: Draft[Matter], command: c.CloseUnachieved) -> Refusal | None:
    return _with_reason(draft, "close_unachieved", command.reason)


@effect("close_unachieved")
def closed_unachieved(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.ClosedUnachieved(reason=str(petition.payload["reason"])))
    return None


@act(c.Cancel, NOT_ENDED)
def cancel(draft: Draft[Matter], command: c.Cancel) -> Refusal | None:
    return _with_reason(draft, "cancel", command.reason)


@effect("cancel")
def cancelled(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.Cancelled(reason=str(petition.payload["reason"])))
    return None


def _with_reason(draft: Draft[Matter], act_: str, reason: str) -> Refusal | None:
    """Endings other than strike-off are approved by someone, route or not."""
    if not reason.strip():
        return Refusal("请写明原因。", field="reason")
    return propose(draft, act_, {"reason": reason}, words=reason, otherwise=deciders(draft.context.pack))


@act(c.Reopen, FINISHED)
def reopen(draft: Draft[Matter], command: c.Reopen) -> Refusal | None:
    if not command.reason.strip():
        return Refusal("请写明重新督办的原因。", field="reason")
    if command.due < draft.request.occurred_at.date():
        return Refusal("新期限不能早于今天。", field="due")
    return propose(
        draft,
        "reopen",
        command.model_dump(mode="json"),
        words=command.reason,
        otherwise=deciders(draft.context.pack),
    )


@effect("reopen")
def reopened(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.Reopened.model_validate(petition.payload))
    return None


@act(c.ConvertToUpkeep, IN_WORK)
def convert_to_upkeep(draft: Draft[Matter], command: c.ConvertToUpkeep) -> Refusal | None:
    grade = command.grade or draft.state.facts.grade
    if grade not in {g.id for g in draft.context.pack.grades}:
        return Refusal("请选择转常态化后的督查等级。", field="grade")
    payload = {"grade": grade, "words": command.words}
    return propose(draft, "upkeep", payload, words=command.words, otherwise=deciders(draft.context.pack))


@effect("upkeep")
def converted(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.ConvertedToUpkeep.model_validate(petition.payload))
    return None
