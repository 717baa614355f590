"""Obligations (义务): what arises on an event, what discharges it, what time does to it.

There is no other timer anywhere. Each function takes a draft, adds entries to it and leaves
every choice to the pack's rules.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from duban.core import entries as e
from duban.core.citation import Citation
from duban.core.context import Context
from duban.core.draft import Draft, view_of
from duban.core.expressions import holds
from duban.core.matter import D, Directive, Docket, Matter, Obligation
from duban.core.pack import Cap, ObligationRule
from duban.core.terms import (
    Due,
    Period,
    cycle_due,
    due_after,
    end_of_day,
    first_period,
    next_period,
    period_of,
    recount,
)
from duban.core.working_days import count_working_days, working_days_between

SUSPENDED = "中止办理"
RESTING = "报告待审核期间不另报进展"


# --- arising ------------------------------------------------------------------------------------------


def arise(draft: Draft[D], recorded: e.Recorded) -> None:
    """Add the obligations that rules attach to this event."""
    entry = recorded.entry
    rules = [r for r in draft.context.pack.obligations if entry.event in r.on]
    _arise_from(draft, rules, getattr(entry, "unit", ""), recorded)


def _arise_from(
    draft: Draft[D], rules: Sequence[ObligationRule], event_unit: str, recorded: e.Recorded
) -> None:
    """What these rules make of an event, for each bearer; of a group only the first that speaks."""
    taken: set[tuple[str, str]] = set()
    for rule in rules:
        for unit in _bearers(rule, draft.state, event_unit):
            if rule.group and (rule.group, unit) in taken:
                continue
            if not holds(rule.when, draft.view(unit, recorded.entry)):
                continue
            if _already_open(draft.state, rule, unit) or _arise_one(draft, rule, unit, recorded):
                taken.add((rule.group, unit))


def _bearers(rule: ObligationRule, state: Docket, event_unit: str) -> Iterator[str]:
    """The units for which a rule makes a duty; "" is the office as such."""
    if not isinstance(state, Matter) or (rule.bearer == "office" and not rule.per_unit):
        yield ""
        return
    for a in state.assignments.values():
        wanted = rule.bearer in ("each", "office") or (rule.bearer == "lead") == a.lead
        if wanted and event_unit in ("", a.unit):
            yield a.unit


def _already_open(state: Docket, rule: ObligationRule, unit: str) -> bool:
    """A duty of the same rule, or of the same completion, is not owed twice at once.

    Each milestone and each notice with a date of its own makes a duty of its own.
    """
    if rule.term and (rule.term.milestone or rule.term.asked):
        return False
    mine = [o for o in state.obligations.values() if o.unit == unit and o.status == "open"]
    return any(o.rule == rule.id or (rule.duty == "complete" and o.duty == "complete") for o in mine)


def _arise_one(draft: Draft[D], rule: ObligationRule, unit: str, recorded: e.Recorded) -> bool:
    """Add what the rule makes of this event; False when its start or its number is not known."""
    before = len(draft.recorded)
    start = start_of(rule, draft.state, recorded.occurred_at)
    if start is None:
        return False
    if rule.cycle:
        period = first_period(rule.cycle, start.date(), draft.context.pack, draft.context.calendar)
        if _told(draft.state, rule, unit, period):
            return True
        _owe_period(draft, rule, unit, period, recorded.position)
    elif rule.term and rule.term.milestone and isinstance(draft.state, Matter):
        for milestone in _open_milestones(draft.state, rule, unit):
            _owe(draft, rule, unit, start, recorded, milestone.due, milestone.id)
    else:
        _owe(draft, rule, unit, start, recorded, given_date(rule, draft.state, unit, recorded.entry))
    if rule.term and rule.term.milestone:
        return any(o.rule == rule.id and o.unit == unit for o in draft.state.obligations.values())
    return len(draft.recorded) > before


def _told(state: Docket, rule: ObligationRule, unit: str, period: Period) -> bool:
    """The report of this period was made before the duty started again; the cycle turns by itself."""
    mine = [o for o in state.obligations.values() if o.rule == rule.id and o.unit == unit]
    return any(o.period == period.name and o.status == "discharged" for o in mine)


def _open_milestones(matter: Matter, rule: ObligationRule, unit: str) -> list[e.MilestonePlan]:
    owed = {o.milestone for o in matter.obligations.values() if o.rule == rule.id and o.unit == unit}
    plans = [m.plan for m in matter.milestones.values() if m.reached_at is None]
    return [p for p in plans if p.unit in ("", unit) and p.id not in owed]


def start_of(rule: ObligationRule, state: Docket, event_at: datetime) -> datetime | None:
    """The moment from which a rule counts; None when that fact is not known."""
    if rule.start == "event":
        return event_at
    if rule.start.startswith("fact:"):
        facts = state.facts.facts if isinstance(state, Matter) else {}
        text = str(facts.get(rule.start.removeprefix("fact:"), ""))
        return datetime.combine(date.fromisoformat(text), time(9)) if text else None
    kind, _, source = rule.start.partition(":")
    received, issued = _directive_dates(state, source)
    if kind == "directive":
        return received
    return datetime.combine(issued, time(9)) if issued else None


def _directive_dates(state: Docket, source: str) -> tuple[datetime | None, date | None]:
    """When the office received the directive, and its own date; the earliest of that source, if named."""
    if isinstance(state, Directive):
        return state.registered_at, state.facts.issued_on if state.facts else None
    refs = state.directives if isinstance(state, Matter) else ()
    if source:
        refs = tuple(sorted((d for d in refs if d.source == source), key=lambda d: d.received_at))
    first = next(iter(refs), None)
    return (first.received_at, first.issued_on) if first else (None, None)


def given_date(rule: ObligationRule, state: Docket, unit: str, entry: e.Entry) -> date | None:
    """The date a ``stated`` or ``asked`` term takes."""
    if rule.term is None:
        return None
    if rule.term.stated:
        return stated_due(state, unit) if isinstance(state, Matter) else None
    if rule.term.asked:
        asked: date | None = getattr(entry, "limit", None) or getattr(entry, "redo_by", None)
        return asked
    return None


def stated_due(matter: Matter, unit: str) -> date | None:
    """The date set for this unit, or else for the whole matter."""
    assignment = matter.assignments.get(unit)
    return (assignment.set_due if assignment else None) or matter.facts.stated_due


def due_of(rule: ObligationRule, start: datetime, given: date | None, context: Context) -> Due | None:
    """When a one-time rule falls due, without its cap."""
    if rule.term is None:
        return None
    return due_after(rule.term, start, context.pack, context.calendar, context.parameters, given)


def cap_of(cap: Cap, start: datetime, context: Context) -> Due | None:
    """The last moment a cap allows, counted from the same start."""
    return due_after(cap.term, start, context.pack, context.calendar, context.parameters)


def _owe(
    draft: Draft[D],
    rule: ObligationRule,
    unit: str,
    start: datetime,
    recorded: e.Recorded,
    given: date | None,
    milestone: str = "",
) -> None:
    due = due_of(rule, start, given, draft.context)
    if due is None:
        return
    due, cap = _capped(draft, rule, unit, start, due)
    entry = e.ObligationArose(
        obligation=_key(draft.state, rule.id, unit),
        rule=rule.id,
        duty=rule.duty,
        name=rule.name,
        bearer=rule.bearer,
        unit=unit,
        due=due.moment,
        starts_on=start.date(),
        term=due.words,
        counted=counted_of(due, draft.context),
        rolled_from=due.rolled_from,
        provisional=due.provisional,
        milestone=milestone,
        cap=cap,
        cite=rule.cite,
    )
    draft.add(entry, recorded.occurred_at, recorded.position)


def counted_of(due: Due, context: Context) -> e.Counted | None:
    """The count behind a due date, for the record."""
    count = due.count
    if count is None:
        return None
    rolls = context.pack.time.rolls and count.unit != "working_days"
    return e.Counted(start=count.start, unit=str(count.unit), amount=count.amount, rolls=rolls)


def _capped(
    draft: Draft[D], rule: ObligationRule, unit: str, start: datetime, due: Due
) -> tuple[Due, Citation | None]:
    """The due moment, or the cap's with its ground where the rule caps it and nothing lifts the cap."""
    if rule.cap is None or (rule.cap.unless and holds(rule.cap.unless, draft.view(unit))):
        return due, None
    cap = cap_of(rule.cap, start, draft.context)
    if cap is None or cap.moment is None or due.moment is None or due.moment <= cap.moment:
        return due, None
    return Due(cap.moment, f"{due.words}，最长{cap.words}", cap.count, cap.provisional), rule.cap.cite


def _owe_period(draft: Draft[D], rule: ObligationRule, unit: str, period: Period, cause: int) -> None:
    assert rule.cycle is not None
    due = cycle_due(rule.cycle, period, draft.context.pack, draft.context.calendar)
    while due is None:
        period = next_period(rule.cycle.every, period)
        due = cycle_due(rule.cycle, period, draft.context.pack, draft.context.calendar)
    entry = e.ObligationArose(
        obligation=_key(draft.state, rule.id, unit),
        rule=rule.id,
        duty=rule.duty,
        name=rule.name,
        bearer=rule.bearer,
        unit=unit,
        due=due.moment,
        starts_on=period.first,
        term=due.words,
        counted=counted_of(due, draft.context),
        rolled_from=due.rolled_from,
        provisional=due.provisional,
        period=period.name,
        cite=rule.cite,
    )
    at = max(datetime.combine(period.first, time()), draft.state.last_at or datetime.min)
    draft.add(entry, min(at, draft.request.recorded_at), cause)


def _key(state: Docket, rule: str, unit: str) -> str:
    number = sum(1 for o in state.obligations.values() if o.rule == rule and o.unit == unit) + 1
    return f"{rule}/{unit or 'office'}/{number}"


# --- discharging ----------------------------------------------------------------------------------------


def discharge(draft: Draft[D], recorded: e.Recorded) -> None:
    """Discharge what this event fulfils: of a cycle, the earliest open period only."""
    entry = recorded.entry
    rules = {r.id: r for r in draft.context.pack.obligations if entry.event in r.discharged_by}
    if not rules:
        return
    unit = getattr(entry, "unit", "")
    done: set[tuple[str, str]] = set()
    for o in sorted(draft.state.obligations.values(), key=lambda o: o.due or datetime.max):
        if o.status != "open" or o.rule not in rules or (unit not in ("", o.unit) and o.unit):
            continue
        if o.milestone and o.milestone != getattr(entry, "milestone", o.milestone):
            continue
        periodic = rules[o.rule].cycle is not None
        if periodic and (o.rule, o.unit) in done:
            continue
        done.add((o.rule, o.unit))
        _discharge_one(draft, o, recorded)


def _discharge_one(draft: Draft[D], o: Obligation, recorded: e.Recorded) -> None:
    on_time = o.due is None or recorded.occurred_at <= o.due
    if o.breached and on_time:
        lifted = e.BreachLifted(obligation=o.id, reason="补录的办理时间在期限之内")
        draft.add(lifted, recorded.occurred_at, recorded.position)
    made = isinstance(recorded.entry, e.ProgressReported | e.DynamicReported | e.CompletionReported)
    report = recorded.entry.report if made else ""
    entry = e.ObligationDischarged(obligation=o.id, on_time=on_time, report=report)
    draft.add(entry, recorded.occurred_at, recorded.position)


def undone_by_return(matter: Matter, report: str) -> list[Obligation]:
    """What is owed again when a report is returned.

    A completion report still told of its period, and a notice it answered stays answered.
    """
    whole = matter.reports[report].kind == "completion"
    mine = [o for o in matter.obligations.values() if o.report == report and o.status == "discharged"]
    return [o for o in mine if o.duty != "answer" and not (whole and o.period)]


def reopen_for_return(draft: Draft[Matter], recorded: e.Recorded) -> None:
    """What a returned report discharged is owed again, by its date or the new one."""
    returned: e.ReportReturned = recorded.entry
    for o in undone_by_return(draft.state, returned.report):
        due = o.due
        if returned.redo_by:
            asked = end_of_day(returned.redo_by, draft.context.pack)
            due = max(due, asked) if due else asked
        entry = e.ObligationReopened(obligation=o.id, due=due, reason="报告被退回重办")
        draft.add(entry, recorded.occurred_at, recorded.position)


def reopen_completion(draft: Draft[Matter], due: date | None, reason: str, recorded: e.Recorded) -> None:
    """Every lead owes completion again (审阅未通过、重新督办)."""
    for a in draft.state.leads():
        mine = [o for o in draft.state.obligations.values() if o.unit == a.unit and o.duty == "complete"]
        if not mine or mine[-1].status == "open":
            continue
        moment = end_of_day(due, draft.context.pack) if due else mine[-1].due
        entry = e.ObligationReopened(obligation=mine[-1].id, due=moment, reason=reason)
        draft.add(entry, recorded.occurred_at, recorded.position)


def resume(draft: Draft[Matter], due: date, recorded: e.Recorded) -> None:
    """After a suspension: completion by the new date, cycles from the current period, the rest as long
    as it still had to run. A report already made stands."""
    since = max((p.since for p in draft.state.pauses if not p.unit), default=recorded.occurred_at)
    for o in list(draft.state.obligations.values()):
        gone = o.unit and o.unit not in draft.state.assignments
        if o.ended_because != SUSPENDED or o.period or gone:
            continue
        moment = (
            end_of_day(due, draft.context.pack)
            if o.duty == "complete"
            else _time_left(draft, o, since, recorded)
        )
        entry = e.ObligationReopened(obligation=o.id, due=moment, reason="恢复办理")
        draft.add(entry, recorded.occurred_at, recorded.position)
    restart_cycles(draft, recorded)


def _time_left(draft: Draft[Matter], o: Obligation, since: datetime, recorded: e.Recorded) -> datetime | None:
    """The working days a duty still had when the matter rested, counted again from its resumption."""
    if o.due is None:
        return None
    calendar = draft.context.calendar
    left = max(0, working_days_between(calendar, since.date(), o.due.date()))
    return end_of_day(count_working_days(calendar, recorded.occurred_at.date(), left).end, draft.context.pack)


def move(draft: Draft[Matter], unit: str, due: date, reason: str, recorded: e.Recorded) -> None:
    """Move the completion date of one unit, or of all leads; the old date stays on record."""
    cite = getattr(recorded.entry, "cite", None)
    for o in draft.state.open_obligations():
        if o.duty == "complete" and unit in ("", o.unit):
            moment = end_of_day(due, draft.context.pack)
            entry = e.ObligationMoved(obligation=o.id, due=moment, reason=reason, cite=cite)
            draft.add(entry, recorded.occurred_at, recorded.position)


def move_milestones(draft: Draft[Matter], recorded: e.Recorded) -> None:
    """Milestones were set anew: open duties move to their new dates, new milestones are owed."""
    plans = {m.id: m for m in recorded.entry.milestones}
    for o in draft.state.open_obligations():
        plan = plans.get(o.milestone)
        if plan and o.due and plan.due != o.due.date():
            due = end_of_day(plan.due, draft.context.pack)
            moved = e.ObligationMoved(obligation=o.id, due=due, reason="调整节点")
            draft.add(moved, recorded.occurred_at, recorded.position)
    rules = [r for r in draft.context.pack.obligations if r.term and r.term.milestone]
    _arise_from(draft, rules, "", recorded)


def settle_provisional(draft: Draft[D]) -> None:
    """Count provisional dates again, now that the notice of the year is known: they move or they stand."""
    for o in list(draft.state.obligations.values()):
        if o.status != "open" or not o.provisional:
            continue
        end, still = _counted_again(o, draft.context)
        if end is None or still:
            continue
        moment = end_of_day(end, draft.context.pack)
        if moment == o.due:
            draft.add(e.ObligationSettled(obligation=o.id), cause=o.arose_at)
        else:
            moved = e.ObligationMoved(obligation=o.id, due=moment, reason="按新公布的放假安排核定")
            draft.add(moved, cause=o.arose_at)


def _counted_again(o: Obligation, context: Context) -> tuple[date | None, bool]:
    """The due date by today's calendar, and whether that is provisional too."""
    if o.counted:
        count = recount(o.counted, context.calendar)
        return count.end, count.provisional
    rule = next((r for r in context.pack.obligations if r.id == o.rule), None)
    if rule is None or rule.cycle is None:
        return None, True
    due = cycle_due(rule.cycle, period_of(rule.cycle.every, o.starts_on), context.pack, context.calendar)
    return (due.moment.date(), due.provisional) if due and due.moment else (None, True)


def end_of_other_part(draft: Draft[Matter], recorded: e.Recorded) -> None:
    """A lead that becomes a support owes no more as lead, and the other way round; so does who leaves."""
    for o in draft.state.open_obligations():
        assignment = draft.state.assignments.get(o.unit)
        if not o.unit:
            continue
        if assignment is None:
            reason = "不再承办"
        elif (o.bearer == "lead" and not assignment.lead) or (o.bearer == "support" and assignment.lead):
            reason = "改任协办" if o.bearer == "lead" else "改任主办"
        else:
            continue
        draft.add(e.ObligationEnded(obligation=o.id, reason=reason), recorded.occurred_at, recorded.position)


def end_open(draft: Draft[Matter], reason: str, recorded: e.Recorded) -> None:
    """End what is still open because the matter ended, rests or goes over to upkeep."""
    for o in draft.state.open_obligations():
        draft.add(e.ObligationEnded(obligation=o.id, reason=reason), recorded.occurred_at, recorded.position)


def restart_cycles(draft: Draft[Matter], recorded: e.Recorded) -> None:
    """Each periodic duty there was starts again with the current period; the time between owes nothing."""
    rules = {r.id: r for r in draft.context.pack.obligations if r.cycle}
    owed = {(o.rule, o.unit) for o in draft.state.obligations.values() if o.rule in rules}
    for rule_id, unit in sorted(owed):
        rule = rules[rule_id]
        here = not unit or unit in draft.state.assignments
        if rule.cycle and here and holds(rule.when, draft.view(unit)):
            start = recorded.occurred_at.date()
            period = first_period(rule.cycle, start, draft.context.pack, draft.context.calendar)
            if not _told(draft.state, rule, unit, period) and not _already_open(draft.state, rule, unit):
                _owe_period(draft, rule, unit, period, recorded.position)


# --- time passing ---------------------------------------------------------------------------------------


def pass_next(draft: Draft[D], now: datetime) -> e.Recorded | None:
    """Record the earliest breach or turn of a cycle up to ``now``; None when there is none."""
    happening = _next_happening(draft, now)
    if happening is None:
        return None
    at, o, rule = happening
    if rule is None:
        draft.add(_lapse(draft.state, o, at), at, o.arose_at)
    else:
        _turn(draft, rule, o)
    return draft.recorded[-1]


def _next_happening(
    draft: Draft[D], now: datetime
) -> tuple[datetime, Obligation, ObligationRule | None] | None:
    found: list[tuple[datetime, int, Obligation, ObligationRule | None]] = []
    for o in draft.state.obligations.values():
        if o.status == "open" and not o.breached and o.due is not None and o.due < now:
            found.append((o.due, 0, o, None))
    for rule, latest in _turning(draft.state, draft.context):
        at = _turn_moment(rule, latest)
        if at <= now:
            found.append((at, 1, latest, rule))
    if not found:
        return None
    at, _, o, turning = min(found, key=lambda x: (x[0], x[1], x[2].arose_at))
    return at, o, turning


def _turning(state: Docket, context: Context) -> Iterator[tuple[ObligationRule, Obligation]]:
    """Each running cycle with its latest period."""
    if not isinstance(state, Matter) or not state.running:
        return
    for rule in context.pack.obligations:
        if rule.cycle is None:
            continue
        latest: dict[str, Obligation] = {}
        for o in state.obligations.values():
            if o.rule == rule.id and (o.unit not in latest or o.starts_on >= latest[o.unit].starts_on):
                latest[o.unit] = o
        for unit, o in latest.items():
            if (o.status != "ended" or o.ended_because == RESTING) and holds(
                rule.when, view_of(state, context, unit)
            ):
                yield rule, o


def _turn_moment(rule: ObligationRule, latest: Obligation) -> datetime:
    assert rule.cycle is not None
    return datetime.combine(period_of(rule.cycle.every, latest.starts_on).last + timedelta(days=1), time())


def _turn(draft: Draft[D], rule: ObligationRule, latest: Obligation) -> None:
    """Owe the report of the next period."""
    assert rule.cycle is not None
    period = next_period(rule.cycle.every, period_of(rule.cycle.every, latest.starts_on))
    _owe_period(draft, rule, latest.unit, period, latest.arose_at)


def _lapse(state: Docket, o: Obligation, at: datetime) -> e.Entry:
    """What the passing of a due moment means: a breach, or nothing while the duty rests."""
    if o.period and isinstance(state, Matter) and rests(state, o.unit, at):
        return e.ObligationEnded(obligation=o.id, reason=RESTING)
    return e.ObligationBreached(obligation=o.id, rule=o.rule, duty=o.duty, unit=o.unit)


def rests(matter: Matter, unit: str, at: datetime) -> bool:
    """Whether periodic duties of a unit rest at a moment (under review, or suspended)."""
    return any(
        p.unit in ("", unit) and p.since <= at and (p.until is None or at <= p.until) for p in matter.pauses
    )


def look_again_at(state: Docket, context: Context) -> datetime | None:
    """When time next changes this docket: a hint for the sweep, recomputed at each entry."""
    moments = [o.due for o in state.obligations.values() if o.status == "open" and not o.breached and o.due]
    moments += [_turn_moment(rule, latest) for rule, latest in _turning(state, context)]
    return min(moments) if moments else None
