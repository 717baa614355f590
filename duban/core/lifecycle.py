"""``decide``: from a request and a state to entries, or a refusal. Pure.

One decision runs in this order: what time has brought about before the act; who may ask; what
the pack requires; the act itself; what its entries set off (duties discharged, arisen,
consequences proposed); what time has brought about until now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from duban.core import commands as c
from duban.core import entries as e
from duban.core import obligations, petitions, proposals
from duban.core.context import OFFICE, Context
from duban.core.draft import Draft
from duban.core.errors import Notice, Refusal
from duban.core.expressions import holds
from duban.core.matter import STAGES, D, Docket, Matter
from duban.core.vocabulary import Value, fields_given

Act = Callable[[Draft[Any], Any], Refusal | None]
ACTS: dict[type[c.Command], Act] = {}
STAGES_OF: dict[type[c.Command], frozenset[str]] = {}
OFFICE_KINDS = frozenset({"officer", "office_head"})
UNIT_KINDS = frozenset({"unit_staff", "unit_head"})
LEADER_ACTS = frozenset({"set_date", "record_finding", "explain_in_person", "attach", "urge"})
CHECKED_AFTER = (c.Register, c.Amend)
FIRST = (c.Register, c.RegisterDirective)
OF_DIRECTIVES = (c.RegisterDirective, c.Decompose)


@dataclass(frozen=True, slots=True)
class Decision(Generic[D]):
    """What a request led to: entries to append, the state after them, things to tell the person."""

    recorded: tuple[e.Recorded, ...]
    state: D
    notices: tuple[Notice, ...] = ()


def act(command: type[c.Command], stages: frozenset[str] | set[str] = frozenset()) -> Callable[[Act], Act]:
    """Register the function that carries out a command, and the stages in which it is possible."""

    def register(function: Act) -> Act:
        ACTS[command] = function
        if stages:
            STAGES_OF[command] = frozenset(stages)
        return function

    return register


def decide(request: c.Request, state: D, context: Context) -> Decision[D] | Refusal:
    """What happens when this is asked of this docket now; nothing is recorded on a refusal."""
    draft = Draft(state, request, context)
    command = request.command
    advance(draft, min(request.occurred_at, request.recorded_at))
    refusal = (
        _misdated(request)
        or _wrong_docket(state, command)
        or may_not_ask(request, context)
        or wrong_stage(draft, command)
        or _requirements(draft, command, CHECKED_AFTER, before=True)
    )
    if refusal:
        return refusal
    start = len(draft.recorded)
    refusal = ACTS[type(command)](draft, command) or _requirements(
        draft, command, CHECKED_AFTER, before=False
    )
    if refusal:
        return refusal
    _react_from(draft, start)
    advance(draft, request.recorded_at)
    _review(draft, request.recorded_at)
    return Decision(tuple(draft.recorded), draft.state, tuple(draft.notices))


def _react_from(draft: Draft[Any], index: int) -> None:
    """Let every new entry set off what rules attach to it; what that adds sets off more."""
    while index < len(draft.recorded):
        react(draft, draft.recorded[index])
        index += 1


def react(draft: Draft[Any], recorded: e.Recorded) -> None:
    """The consequences of one entry."""
    if isinstance(recorded.entry, e.BreachLifted) and isinstance(draft.state, Matter):
        proposals.withdraw_lifted(draft, recorded)
    if not recorded.entry.event:
        return
    obligations.discharge(draft, recorded)
    special = AFTERWARDS.get(type(recorded.entry))
    if special:
        special(draft, recorded)
    if isinstance(draft.state, Matter):
        petitions.drop_stale(draft, recorded)
    obligations.arise(draft, recorded)
    if isinstance(draft.state, Matter):
        proposals.propose_on_event(draft, recorded)


def advance(draft: Draft[Any], until: datetime) -> None:
    """Record everything that time alone has brought about, in order, with its consequences."""
    if isinstance(draft.state, Matter) and not draft.state.confirmed:
        return
    while True:
        index = len(draft.recorded)
        if obligations.pass_next(draft, until) is None:
            return
        at = draft.recorded[-1].occurred_at
        _react_from(draft, index)
        _review(draft, at)


def _review(draft: Draft[Any], at: datetime) -> None:
    if isinstance(draft.state, Matter):
        proposals.review_urging(draft, at)


# --- who may ask, and when -----------------------------------------------------------------------------


def _misdated(request: c.Request) -> Refusal | None:
    if request.occurred_at > request.recorded_at:
        return Refusal("发生时间晚于现在，请核对。", field="occurred_at")
    if request.proxy and not request.proxy.evidence.strip():
        return Refusal("代签代录须注明依据（签字扫描件、电话记录等）。", field="evidence")
    by_office = request.proxy is not None and not request.proxy.recorder.unit
    if request.actor.unit and not by_office and request.occurred_at.date() < request.recorded_at.date():
        message = "以前的事不能由本单位自行补录：请督查机构凭依据代录，时限按实际时间计算。"
        return Refusal(message, field="occurred_at")
    return None


def _wrong_docket(state: Docket, command: c.Command) -> Refusal | None:
    """A command for the other kind of docket, a second registration, or one before the first."""
    if isinstance(command, (c.Tick, c.Recount)):
        return None
    if isinstance(command, OF_DIRECTIVES) == isinstance(state, Matter):
        kind = "督查事项" if isinstance(state, Matter) else "立项依据"
        return Refusal(f"“{command.title}”不能用于{kind}。")
    if isinstance(command, FIRST) and state.position > 0:
        return Refusal("已经登记，不能重复登记；内容有变请修改或更正。")
    if not isinstance(command, FIRST) and state.position == 0:
        return Refusal(f"还没有登记，不能办理“{command.title}”。")
    return None


def may_not_ask(request: c.Request, context: Context) -> Refusal | None:
    """Why this person, in this role, cannot ask for this at all; None when he can."""
    command, actor = request.command, request.actor
    if command.side in ("system", "signatory"):
        return None
    role = context.pack.role(actor.role)
    kind = role.kind if role else ""
    unit = getattr(command, "unit", "")
    if command.side == "office":
        if (kind in OFFICE_KINDS and not actor.unit) or (kind == "leader" and command.word in LEADER_ACTS):
            return None
        return Refusal(f"“{command.title}”由督查机构办理。")
    if unit == OFFICE and kind in OFFICE_KINDS and not actor.unit:
        return None
    if kind in UNIT_KINDS and actor.unit == unit:
        return None
    name = context.unit_name(unit)
    return Refusal(f"“{command.title}”须由{name}自己办理；代录请注明代谁办理和依据。")


def wrong_stage(draft: Draft[Any], command: c.Command) -> Refusal | None:
    """Why a command cannot be asked for in the docket's stage; None when it can."""
    state = draft.state
    if not isinstance(state, Matter) or isinstance(command, (c.Tick, c.Recount, c.Register)):
        return None
    allowed = STAGES_OF.get(type(command))
    if allowed and state.stage not in allowed:
        return Refusal(f"事项现在是“{STAGES[state.stage]}”，不能办理“{command.title}”。")
    if isinstance(command, c.UnitCommand):
        if command.unit not in state.assignments:
            return Refusal(f"{draft.context.unit_name(command.unit)}不是本事项的承办单位。", field="unit")
        if state.dispatched_at and draft.request.occurred_at < state.dispatched_at:
            return Refusal("发生时间早于交办时间，请核对。", field="occurred_at")
    return None


def _requirements(
    draft: Draft[Any], command: c.Command, after: tuple[type[c.Command], ...], before: bool
) -> Refusal | None:
    """The first pack requirement this command does not meet."""
    if isinstance(command, after) == before:
        return None
    unit = getattr(command, "unit", "")
    view = draft.view(unit, None, request_values(draft, command))
    given = view["given"]
    assert isinstance(given, list)
    for rule in draft.context.pack.requirements:
        if command.word not in rule.on or not holds(rule.when, view):
            continue
        missing = [name for name in rule.needs if name not in given]
        if missing or not holds(rule.require, view):
            return Refusal(rule.message, rule.cite, missing[0] if missing else None)
    return None


def request_values(draft: Draft[Any], command: c.Command) -> dict[str, Value]:
    """What only the request knows, under the names of the vocabulary."""
    actor = draft.request.actor
    role = draft.context.pack.role(actor.role)
    kind: str = role.kind if role else ""
    content = getattr(command, "content", None)
    signed_by = content.signed_by if isinstance(content, e.Report) else getattr(command, "signed_by", "")
    values: dict[str, Value] = {
        "given": fields_given(command),
        "signed": bool(signed_by) or kind == "unit_head" or getattr(command, "for_sign_off", False),
        "actor_role": actor.role,
        "actor_kind": kind,
        "document": getattr(command, "document", ""),
        "channel": getattr(command, "channel", ""),
        "finding": getattr(command, "finding", ""),
        "beyond_cap": _beyond_cap(draft),
    }
    if isinstance(draft.state, Matter):
        attached = (*draft.state.facts.papers, *getattr(command, "papers", ()))
        values["papers"] = [p.kind for p in attached]
    return values


def _beyond_cap(draft: Draft[Any]) -> bool:
    """Whether the matter's own date lies beyond what a rule allows, counted from today."""
    state = draft.state
    if not isinstance(state, Matter) or state.facts.stated_due is None:
        return False
    for rule in draft.context.pack.obligations:
        if not (rule.cap and rule.term and rule.term.stated and holds(rule.when, draft.view())):
            continue
        lifted = rule.cap.unless and holds(rule.cap.unless, draft.view())
        cap = obligations.cap_of(rule.cap, draft.request.occurred_at, draft.context)
        if not lifted and cap and cap.moment and state.facts.stated_due > cap.moment.date():
            return True
    return False


# --- what entries set off by themselves ------------------------------------------------------------------

Afterwards = Callable[[Draft[Any], e.Recorded], None]


def _after_end(draft: Draft[Any], recorded: e.Recorded) -> None:
    obligations.end_open(draft, recorded.entry.describe, recorded)


def _after_suspension(draft: Draft[Any], recorded: e.Recorded) -> None:
    obligations.end_open(draft, obligations.SUSPENDED, recorded)


def _after_resumption(draft: Draft[Any], recorded: e.Recorded) -> None:
    obligations.resume(draft, recorded.entry.due, recorded)


def _after_rejection(draft: Draft[Any], recorded: e.Recorded) -> None:
    obligations.reopen_completion(draft, recorded.entry.redo_by, "领导审阅未通过", recorded)


def _after_reopening(draft: Draft[Any], recorded: e.Recorded) -> None:
    obligations.reopen_completion(draft, recorded.entry.due, "重新督办", recorded)
    obligations.restart_cycles(draft, recorded)


def _after_new_date(draft: Draft[Any], recorded: e.Recorded) -> None:
    entry = recorded.entry
    obligations.move(draft, entry.unit, entry.due, entry.describe, recorded)


def _after_upkeep(draft: Draft[Any], recorded: e.Recorded) -> None:
    obligations.end_open(draft, "转常态化", recorded)


AFTERWARDS: dict[type[e.Entry], Afterwards] = {
    e.Closed: _after_end,
    e.ClosedUnachieved: _after_end,
    e.Cancelled: _after_end,
    e.Suspended: _after_suspension,
    e.Resumed: _after_resumption,
    e.ReadingRejected: _after_rejection,
    e.Reopened: _after_reopening,
    e.ReportReturned: obligations.reopen_for_return,
    e.ExtensionGranted: _after_new_date,
    e.DateSet: _after_new_date,
    e.MilestonesSet: obligations.move_milestones,
    e.ConvertedToUpkeep: _after_upkeep,
    e.AssignmentsChanged: obligations.end_of_other_part,
}


@act(c.Tick)
def _tick(draft: Draft[Any], command: c.Tick) -> Refusal | None:
    """Time alone; ``advance`` has already recorded it."""
    return None


@act(c.Recount)
def _recount(draft: Draft[Any], command: c.Recount) -> Refusal | None:
    """Provisional dates of the docket, counted again by the calendar of now."""
    obligations.settle_provisional(draft)
    return None
