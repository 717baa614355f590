"""The unit's work: 签收、异议、计划、分解、进展、办结报告、协办意见."""

from duban.core import commands as c
from duban.core import entries as e
from duban.core import obligations
from duban.core.acts.common import IN_WORK, check_mode, deciders, unknown_units
from duban.core.draft import Draft
from duban.core.errors import Notice, Refusal
from duban.core.lifecycle import act
from duban.core.matter import Matter, Petition
from duban.core.petitions import effect, on_refusal, propose
from duban.core.terms import due_after


@act(c.Acknowledge, IN_WORK)
def acknowledge(draft: Draft[Matter], command: c.Acknowledge) -> Refusal | None:
    if draft.state.assignments[command.unit].acknowledged_at:
        return Refusal("本单位已经签收。")
    entry = e.Acknowledged.model_validate(command.model_dump())
    if refusal := _promises_too_late(draft, command):
        return refusal
    draft.add(entry)
    return None


def _promises_too_late(draft: Draft[Matter], command: c.Acknowledge) -> Refusal | None:
    """A committed date (承诺时限) later than the due date that this receipt starts."""
    if command.committed_date is None:
        return None
    if command.committed_date < draft.request.occurred_at.date():
        return Refusal("承诺时限不能早于签收当日。", field="committed_date")
    trial = Draft(draft.state, draft.request, draft.context)
    trial.add(e.Acknowledged(unit=command.unit))
    obligations.arise(trial, trial.recorded[-1])
    for o in trial.state.open_obligations():
        if (
            o.duty == "complete"
            and o.unit == command.unit
            and o.due
            and command.committed_date > o.due.date()
        ):
            return Refusal(f"承诺时限不得晚于办结期限{o.due.date().isoformat()}。", o.cite, "committed_date")
    return None


# --- objection -------------------------------------------------------------------------------------------------


@act(c.Object, IN_WORK)
def object_(draft: Draft[Matter], command: c.Object) -> Refusal | None:
    if not command.words.strip():
        return Refusal("请写明异议的内容和建议。", field="words")
    late = _late(draft, command.unit)
    rule = draft.context.pack.objection
    if late and rule:
        draft.notice(Notice("已过异议期：按迟报受理并答复，办理时限照常计算。", rule.cite))
    fields = command.model_dump()
    draft.add(e.ObjectionRaised.model_validate(fields | {"late": late}))
    return propose(
        draft,
        "objection",
        command.model_dump(mode="json"),
        command.unit,
        command.words,
        otherwise=deciders(draft.context.pack),
    )


def _late(draft: Draft[Matter], unit: str) -> bool:
    rule = draft.context.pack.objection
    received = draft.state.assignments[unit].acknowledged_at
    if rule is None or received is None:
        return False
    ctx = draft.context
    due = due_after(rule.window, received, ctx.pack, ctx.calendar, ctx.parameters)
    return due is not None and due.moment is not None and draft.request.occurred_at > due.moment


@effect("objection")
def uphold(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    """The objection is upheld; the signatory may set a new date and new units with it."""
    order = c.Object.model_validate(petition.payload)
    words = command.words if command else ""
    due = (command.due if command else None) or order.asked_due
    leads = (command.leads if command else ()) or order.asked_leads
    supports = command.supports if command else ()
    on = draft.request.occurred_at.date()
    if leads and (refusal := unknown_units((*leads, *supports), draft.context, on)):
        return refusal
    if leads and (refusal := _unfit(draft, leads, supports)):
        return refusal
    draft.add(e.ObjectionDecided(unit=petition.unit, upheld=True, words=words))
    if leads:
        _change_units(draft, leads, supports, words)
    if due:
        unit = "" if leads or len(draft.state.leads()) == 1 else petition.unit
        draft.add(e.DateSet(due=due, unit=unit, set_by=draft.request.actor.name, words="异议成立，调整期限"))
    return None


def _unfit(draft: Draft[Matter], leads: tuple[str, ...], supports: tuple[str, ...]) -> Refusal | None:
    """Whether the units after the change would not fit the handling mode."""
    units = {"leads": leads, "supports": _supports_after(draft.state, leads, supports)}
    return check_mode(draft.state.facts.model_copy(update=units), draft.context)


def _supports_after(matter: Matter, leads: tuple[str, ...], supports: tuple[str, ...]) -> tuple[str, ...]:
    """The supporting units named, or those there are that do not become leads."""
    return supports or tuple(a.unit for a in matter.supports() if a.unit not in leads)


def _change_units(
    draft: Draft[Matter], leads: tuple[str, ...], supports: tuple[str, ...], words: str
) -> None:
    before = draft.state.assignments
    stay = _supports_after(draft.state, leads, supports)
    draft.add(e.AssignmentsChanged(leads=leads, supports=stay, words=words))
    for unit in draft.state.assignments:
        if unit not in before:
            draft.add(e.UnitAdded(unit=unit, lead=unit in leads))
        elif unit in leads and not before[unit].lead and before[unit].acknowledged_at:
            draft.add(e.UnitPromoted(unit=unit))


@on_refusal("objection")
def reject(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    draft.add(e.ObjectionDecided(unit=petition.unit, upheld=False, words=command.words if command else ""))
    return None


# --- plan, milestones, the unit's own ledger ----------------------------------------------------------------------


@act(c.SubmitPlan, IN_WORK)
def submit_plan(draft: Draft[Matter], command: c.SubmitPlan) -> Refusal | None:
    if not command.text.strip():
        return Refusal("请写明工作计划。", field="text")
    draft.add(e.PlanSubmitted.model_validate(command.model_dump()))
    return None


@act(c.BreakDown, IN_WORK)
def break_down(draft: Draft[Matter], command: c.BreakDown) -> Refusal | None:
    if not command.items or not all(item.title.strip() for item in command.items):
        return Refusal("请逐项写明分解的任务。", field="items")
    draft.add(e.TaskBrokenDown.model_validate(command.model_dump()))
    return None


@act(c.ReachMilestone, IN_WORK)
def reach_milestone(draft: Draft[Matter], command: c.ReachMilestone) -> Refusal | None:
    milestone = draft.state.milestones.get(command.milestone)
    if milestone is None or milestone.plan.unit not in ("", command.unit):
        return Refusal("本单位没有这个节点。", field="milestone")
    owed = any(
        o.milestone == command.milestone and o.unit == command.unit for o in draft.state.open_obligations()
    )
    if milestone.reached_at and not owed:
        return Refusal("这个节点已经报告完成。", field="milestone")
    draft.add(e.MilestoneReached.model_validate(command.model_dump()))
    return None


# --- reports ------------------------------------------------------------------------------------------------------


@act(c.ReportProgress, IN_WORK)
def report_progress(draft: Draft[Matter], command: c.ReportProgress) -> Refusal | None:
    if not (command.content.text.strip() or command.content.progress.strip()):
        return Refusal("请写明进展情况。", field="text")
    if refusal := _unreceived(draft, command.unit):
        return refusal
    if command.for_sign_off:
        return _to_unit_head(draft, "sign_off_progress", command)
    _add_progress(draft, command)
    return None


def _unreceived(draft: Draft[Matter], unit: str) -> Refusal | None:
    if draft.state.assignments[unit].acknowledged_at is None:
        return Refusal("请先签收，再反馈。")
    return None


def _add_progress(draft: Draft[Matter], command: c.ReportProgress) -> None:
    kind = e.DynamicReported if command.dynamic else e.ProgressReported
    draft.add(kind(unit=command.unit, report=_report_id(draft.state), content=command.content))


def _report_id(matter: Matter) -> str:
    return f"R{len(matter.reports) + 1}"


def _to_unit_head(
    draft: Draft[Matter], act_: str, command: c.ReportProgress | c.ReportCompletion
) -> Refusal | None:
    """Lay the report before the unit's own head (送单位负责人签批)."""
    if any(p.act == act_ and p.unit == command.unit for p in draft.state.open_petitions()):
        return Refusal("正在报单位负责人签批；要改请先撤回。")
    roles = tuple(r.id for r in draft.context.pack.roles if r.kind == "unit_head")
    steps = (e.Step(roles=roles, title="单位负责人签批", unit=command.unit),)
    return propose(draft, act_, command.model_dump(mode="json"), command.unit, command.content.text, steps)


@effect("sign_off_progress")
def signed_progress(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    report = c.ReportProgress.model_validate(petition.payload)
    _add_progress(draft, report.model_copy(update={"content": _signed(draft, report.content)}))
    return None


def _signed(draft: Draft[Matter], content: e.Report) -> e.Report:
    return content.model_copy(update={"signed_by": draft.request.actor.name})


@act(c.ReportCompletion, IN_WORK)
def report_completion(draft: Draft[Matter], command: c.ReportCompletion) -> Refusal | None:
    assignment = draft.state.assignments[command.unit]
    if not assignment.lead:
        return Refusal("办结报告由主办单位综合后上报；协办单位请报送协办意见。")
    if not command.content.text.strip():
        return Refusal("请写明办理结果。", field="text")
    if refusal := _already_reported(draft, command.unit) or _unreceived(draft, command.unit):
        return refusal
    if command.for_sign_off:
        return _to_unit_head(draft, "sign_off_completion", command)
    _add_completion(draft, command)
    return None


def _already_reported(draft: Draft[Matter], unit: str) -> Refusal | None:
    assignment = draft.state.assignments[unit]
    return Refusal("办结报告已报送，正在审核。") if assignment.completion else None


def _add_completion(draft: Draft[Matter], command: c.ReportCompletion) -> None:
    missing = draft.state.missing_inputs()
    if missing:
        names = "、".join(draft.context.unit_name(u) for u in missing)
        draft.notice(Notice(f"尚缺协办意见：{names}。"))
    draft.add(
        e.CompletionReported(unit=command.unit, report=_report_id(draft.state), content=command.content)
    )


@effect("sign_off_completion")
def signed_completion(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    report = c.ReportCompletion.model_validate(petition.payload)
    if refusal := _already_reported(draft, report.unit):
        return refusal
    _add_completion(draft, report.model_copy(update={"content": _signed(draft, report.content)}))
    return None


@act(c.SubmitInput, IN_WORK)
def submit_input(draft: Draft[Matter], command: c.SubmitInput) -> Refusal | None:
    if draft.state.assignments[command.unit].lead:
        return Refusal("主办单位请报送进展或办结报告。")
    if not command.text.strip():
        return Refusal("请写明协办意见。", field="text")
    draft.add(e.InputSubmitted.model_validate(command.model_dump()))
    return None
