"""Dates that move, and explanations that move none: 延期、书面说明、协调、新期限、中止."""

from datetime import date, datetime

from duban.core import commands as c
from duban.core import entries as e
from duban.core.acts.common import IN_WORK, deciders, passed
from duban.core.context import Context
from duban.core.draft import Draft
from duban.core.errors import Notice, Refusal
from duban.core.expressions import holds
from duban.core.lifecycle import act
from duban.core.matter import Matter, Obligation, Petition
from duban.core.pack import ExtensionRule
from duban.core.petitions import effect, on_refusal, propose
from duban.core.terms import due_after

# --- extension ----------------------------------------------------------------------------------------------------


@act(c.RequestExtension, IN_WORK)
def request_extension(draft: Draft[Matter], command: c.RequestExtension) -> Refusal | None:
    rule = _rule(draft, command)
    if rule is None:
        message = "本制度没有延期的规定：已作书面说明记录，期限不变；确需改期的，由领导重新确定期限。"
        return _as_explanation(
            draft, command, Notice(message, draft.context.pack.explanation.cite, "explain_delay")
        )
    duty = _completion(draft.state, command.unit)
    if duty is None or duty.due is None:
        return Refusal("还没有可以延长的办理期限。", rule.cite)
    if rule.in_advance and passed(duty.due, draft.request.occurred_at):
        message = "期限已过，不能申请延期：已作书面说明记录，期限不变，催办照常。"
        return _as_explanation(draft, command, Notice(message, rule.cite, "explain_delay"))
    for field in rule.needs:
        if not str(getattr(command, field) or "").strip():
            return Refusal(f"申请延期须写明{_FIELD_TITLES[field]}。", rule.cite, field)
    if refusal := _wrong_date(command.asked_due, duty, rule, draft.context):
        return refusal
    draft.add(e.ExtensionRequested.model_validate(command.model_dump() | {"extension": rule.id}))
    act_ = f"extension:{rule.id}"
    payload = command.model_dump(mode="json") | {"extension": rule.id}
    return propose(
        draft,
        act_,
        payload,
        command.unit,
        command.reason,
        cite=rule.cite,
        otherwise=deciders(draft.context.pack),
    )


_FIELD_TITLES = {
    "reason": "原因",
    "progress": "进展情况",
    "next_step": "下一步打算",
    "opinion": "办理意见",
    "signed_by": "签字人",
}


def _rule(draft: Draft[Matter], command: c.RequestExtension) -> ExtensionRule | None:
    view = draft.view(command.unit)
    for rule in draft.context.pack.extensions:
        if command.extension in ("", rule.id) and holds(rule.when, view):
            return rule
    return None


def _completion(matter: Matter, unit: str) -> Obligation | None:
    return next((o for o in matter.open_obligations() if o.duty == "complete" and o.unit == unit), None)


def _as_explanation(draft: Draft[Matter], command: c.RequestExtension, notice: Notice) -> Refusal | None:
    if refusal := _incomplete(draft, command):
        return refusal
    draft.notice(notice)
    draft.add(
        e.DelayExplained(
            unit=command.unit,
            reason=command.reason,
            progress=command.progress,
            next_step=command.next_step,
            instead_of=command.word,
        )
    )
    return None


def _wrong_date(asked: date, duty: Obligation, rule: ExtensionRule, context: Context) -> Refusal | None:
    if duty.due and asked <= duty.due.date():
        return Refusal(f"申请的日期应晚于现在的期限{duty.due.date().isoformat()}。", rule.cite, "asked_due")
    latest = latest_extension(duty, rule, context)
    if latest and asked > latest:
        return Refusal(f"延期后最迟不得超过{latest.isoformat()}。", rule.cite, "asked_due")
    return None


def latest_extension(duty: Obligation, rule: ExtensionRule, context: Context) -> date | None:
    """The last day an extension may reach, counted from the duty's original start."""
    if rule.cap is None:
        return None
    start = datetime.combine(duty.starts_on, datetime.min.time())
    due = due_after(rule.cap, start, context.pack, context.calendar, context.parameters)
    return due.moment.date() if due and due.moment else None


@effect("extension")
def extension_granted(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    order = c.RequestExtension.model_validate(petition.payload)
    due = (command.due if command else None) or order.asked_due
    rule = next(r for r in draft.context.pack.extensions if r.id == order.extension)
    duty = _completion(draft.state, order.unit)
    if duty is None:
        return Refusal("办理义务已经结束，无需延期。", rule.cite)
    if refusal := _wrong_date(due, duty, rule, draft.context):
        return refusal
    draft.add(e.ExtensionGranted(unit=order.unit, extension=rule.id, due=due))
    return None


@on_refusal("extension")
def extension_refused(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    order = c.RequestExtension.model_validate(petition.payload)
    words = command.words if command else ""
    draft.add(e.ExtensionRefused(unit=order.unit, extension=order.extension, words=words))
    return None


# --- explanation and coordination ----------------------------------------------------------------------------------


def _incomplete(draft: Draft[Matter], command: c.ExplainDelay | c.RequestExtension) -> Refusal | None:
    """What a written explanation must say and does not."""
    rule = draft.context.pack.explanation
    for field in rule.needs:
        if not str(getattr(command, field)).strip():
            return Refusal(f"书面说明须写明{_FIELD_TITLES[field]}。", rule.cite, field)
    return None


@act(c.ExplainDelay, IN_WORK)
def explain_delay(draft: Draft[Matter], command: c.ExplainDelay) -> Refusal | None:
    if refusal := _incomplete(draft, command):
        return refusal
    rule = draft.context.pack.explanation
    draft.add(e.DelayExplained.model_validate(command.model_dump()))
    draft.notice(Notice("已记录书面说明；期限不变，催办照常。", rule.cite))
    return None


@act(c.RequestCoordination, IN_WORK)
def request_coordination(draft: Draft[Matter], command: c.RequestCoordination) -> Refusal | None:
    if not command.words.strip():
        return Refusal("请写明需要协调的问题。", field="words")
    draft.add(e.CoordinationRequested.model_validate(command.model_dump()))
    payload = {"unit": command.unit, "words": command.words}
    return propose(
        draft, "coordination", payload, command.unit, command.words, otherwise=deciders(draft.context.pack)
    )


@effect("coordination")
def coordination_answered(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    """The leader's answer, with a new date where he sets one."""
    words = command.words if command else ""
    if not words.strip():
        return Refusal("请写明协调意见。", petition.cite, "words")
    draft.add(e.CoordinationAnswered(unit=petition.unit, words=words))
    if command and command.due:
        draft.add(
            e.DateSet(due=command.due, unit=petition.unit, set_by=draft.request.actor.name, words=words)
        )
    return None


@on_refusal("coordination")
def coordination_declined(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.CoordinationAnswered(unit=petition.unit, words=command.words if command else ""))
    return None


# --- a new date, suspension ------------------------------------------------------------------------------------------


@act(c.SetDate, IN_WORK)
def set_date(draft: Draft[Matter], command: c.SetDate) -> Refusal | None:
    if command.due < draft.request.occurred_at.date():
        return Refusal("新期限不能早于今天。", field="due")
    if command.unit and command.unit not in draft.state.assignments:
        return Refusal("该单位不承办本事项。", field="unit")
    return propose(
        draft,
        "date",
        command.model_dump(mode="json"),
        command.unit,
        command.words,
        otherwise=deciders(draft.context.pack),
    )


@effect("date")
def date_set(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    order = c.SetDate.model_validate(petition.payload)
    due = (command.due if command else None) or order.due
    set_by = order.set_by or draft.request.actor.name
    draft.add(e.DateSet(due=due, unit=order.unit, set_by=set_by, words=order.words))
    return None


@act(c.SetMilestones, IN_WORK)
def set_milestones(draft: Draft[Matter], command: c.SetMilestones) -> Refusal | None:
    """Who may set dates anew sets milestones anew."""
    if not command.milestones:
        return Refusal("请写明节点和日期。", field="milestones")
    for plan in command.milestones:
        known = draft.state.milestones.get(plan.id)
        if known and known.reached_at:
            return Refusal(f"节点“{known.plan.title}”已经完成，不能再改。", field="milestones")
        if plan.unit and plan.unit not in draft.state.assignments:
            return Refusal(f"节点“{plan.title}”的单位不承办本事项。", field="milestones")
        if plan.due < draft.request.occurred_at.date():
            return Refusal(f"节点“{plan.title}”的日期不能早于今天。", field="milestones")
    return propose(
        draft,
        "milestones",
        command.model_dump(mode="json"),
        words=command.words,
        otherwise=deciders(draft.context.pack),
    )


@effect("milestones")
def milestones_set(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    order = c.SetMilestones.model_validate(petition.payload)
    draft.add(e.MilestonesSet(milestones=order.milestones))
    return None


@act(c.Suspend, IN_WORK)
def suspend(draft: Draft[Matter], command: c.Suspend) -> Refusal | None:
    if not command.reason.strip():
        return Refusal("请写明中止的原因。", field="reason")
    return propose(
        draft,
        "suspend",
        {"reason": command.reason},
        words=command.reason,
        otherwise=deciders(draft.context.pack),
    )


@effect("suspend")
def suspended(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.Suspended(reason=str(petition.payload["reason"])))
    return None


@act(c.Resume, {"suspended"})
def resume(draft: Draft[Matter], command: c.Resume) -> Refusal | None:
    if command.due < draft.request.occurred_at.date():
        return Refusal("新期限不能早于今天。", field="due")
    return propose(
        draft,
        "resume",
        command.model_dump(mode="json"),
        words=command.words,
        otherwise=deciders(draft.context.pack),
    )


@effect("resume")
def resumed(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.Resumed.model_validate(petition.payload))
    return None
