"""The state of a matter (督查事项): a fold over its entries.

``evolve`` never refuses and never looks at a clock, a pack or a calendar: whatever was
computed stands in the entries themselves, so that history reads the same for ever.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from duban.core import entries as e
from duban.core.citation import Citation

STAGES: dict[str, str] = {
    "draft": "待定",
    "pending": "报批中",
    "listed": "待交办",
    "dispatched": "待签收",
    "working": "办理中",
    "reported": "待审核",
    "reviewed": "待审阅销号",
    "suspended": "中止",
    "closed": "已办结",
    "closed_unachieved": "未达成办结",
    "cancelled": "已撤销",
}
ENDED = frozenset({"closed", "closed_unachieved", "cancelled"})
RUNNING = frozenset({"dispatched", "working", "reported", "reviewed"})
NOT_ENDED = frozenset(STAGES) - ENDED


@dataclass(frozen=True, slots=True)
class Obligation:
    """Who must do what by when, on which ground (义务). ``due`` is the last moment in time."""

    id: str
    rule: str
    duty: str
    name: str
    bearer: str
    unit: str
    due: datetime | None
    original_due: datetime | None
    starts_on: date
    term: str
    counted: e.Counted | None
    rolled_from: date | None
    provisional: bool
    period: str
    milestone: str
    cap: Citation | None
    cite: Citation
    arose_at: int
    status: str = "open"
    breached: bool = False
    ever_breached: bool = False
    breached_by: int | None = None
    discharged_at: datetime | None = None
    on_time: bool | None = None
    ended_because: str = ""
    report: str = ""
    moves: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """One unit on a matter (承办): it receives, objects, plans, reports and is urged by itself."""

    unit: str
    lead: bool
    acknowledged_at: datetime | None = None
    responsible_leader: str = ""
    section: str = ""
    handler: str = ""
    responsible_person: str = ""
    committed_date: date | None = None
    set_due: date | None = None
    set_by: str = ""
    extensions: int = 0
    extensions_urged: int = 0
    settled_at: int = 0
    completion: str = ""
    accepted: bool = False
    input_at: datetime | None = None
    last_report_at: datetime | None = None
    returns: int = 0


@dataclass(frozen=True, slots=True)
class Petition:
    """A paper waiting for signature (待签批)."""

    id: str
    act: str
    title: str
    steps: tuple[e.Step, ...]
    payload: dict[str, Any]
    unit: str
    words: str
    opened_at: datetime
    opened_by: e.Actor
    cite: Citation | None
    position: int
    signed: int = 0
    status: str = "open"


@dataclass(frozen=True, slots=True)
class ReportState:
    """A report and what became of it: submitted, accepted, returned."""

    id: str
    kind: str
    unit: str
    at: datetime
    content: e.Report
    position: int
    status: str = "submitted"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UrgingNotice:
    """An issued urging notice (催办单)."""

    id: str
    level: str
    unit: str
    at: datetime
    limit: date | None
    position: int
    number: str = ""
    signatory: str = ""
    copies: tuple[str, ...] = ()
    answered: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A consequence the rules propose (建议), until signed, withheld or withdrawn."""

    id: str
    rule: str
    consequence: str
    level: str
    unit: str
    signatory: str
    points: str
    cite: Citation
    reason: str
    causes: tuple[str, ...]
    at: datetime
    cause: int | None
    position: int
    status: str = "open"


@dataclass(frozen=True, slots=True)
class FindingMade:
    finding: str
    unit: str
    words: str
    position: int


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which periodic duties do not turn: under review, or suspended.

    ``unit`` is empty when the whole matter rests; ``until`` is None while it lasts.
    """

    unit: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MilestoneState:
    """A milestone (节点) with its date and, when reached, the moment."""

    plan: e.MilestonePlan
    reached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Docket:
    """What every stream with obligations has in common."""

    id: str
    obligations: dict[str, Obligation] = field(default_factory=dict)
    position: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Directive(Docket):
    """The basis of supervision (立项依据): a document, a meeting, a leader's instruction."""

    facts: e.DirectiveRegistered | None = None
    registered_at: datetime | None = None
    matters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter(Docket):
    """One matter with its assignments, obligations, petitions, reports and notices."""

    stage: str = "draft"
    facts: e.Facts = field(default_factory=lambda: e.Facts(title=""))
    directives: tuple[e.DirectiveRef, ...] = ()
    number: str = ""
    dispatch_number: str = ""
    assignments: dict[str, Assignment] = field(default_factory=dict)
    milestones: dict[str, MilestoneState] = field(default_factory=dict)
    petitions: dict[str, Petition] = field(default_factory=dict)
    reports: dict[str, ReportState] = field(default_factory=dict)
    notices: dict[str, UrgingNotice] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    findings: tuple[FindingMade, ...] = ()
    explained: int = 0
    read: bool = False
    upkeep: bool = False
    confirmed: bool = True
    registered_at: datetime | None = None
    listed_at: datetime | None = None
    dispatched_at: datetime | None = None
    ended_at: datetime | None = None
    before_suspension: str = ""
    pauses: tuple[Pause, ...] = ()

    @property
    def ended(self) -> bool:
        return self.stage in ENDED

    @property
    def running(self) -> bool:
        return self.stage in RUNNING

    def leads(self) -> tuple[Assignment, ...]:
        return tuple(a for a in self.assignments.values() if a.lead)

    def supports(self) -> tuple[Assignment, ...]:
        return tuple(a for a in self.assignments.values() if not a.lead)

    def open_obligations(self) -> tuple[Obligation, ...]:
        return tuple(o for o in self.obligations.values() if o.status == "open")

    def open_petitions(self) -> tuple[Petition, ...]:
        return tuple(p for p in self.petitions.values() if p.status == "open")

    def missing_inputs(self) -> tuple[str, ...]:
        """Supporting units whose input the lead still lacks (缺协办意见)."""
        return tuple(a.unit for a in self.supports() if a.input_at is None)

    def completion_due(self) -> Obligation | None:
        """The open completion duty with the earliest date; the matter's due date (办结时限)."""
        duties = [o for o in self.open_obligations() if o.duty == "complete" and o.due]
        return min(duties, key=lambda o: o.due or datetime.max) if duties else None


# --- evolve -----------------------------------------------------------------------------------------

_Handler = Callable[[Any, Any, e.Recorded], Any]
_HANDLERS: dict[type[e.Entry], _Handler] = {}


def _on(*kinds: type[e.Entry]) -> Callable[[_Handler], _Handler]:
    def register(handler: _Handler) -> _Handler:
        for kind in kinds:
            _HANDLERS[kind] = handler
        return handler

    return register


D = TypeVar("D", bound=Docket)


def evolve(state: D, recorded: e.Recorded) -> D:
    """The state after one more entry."""
    handler = _HANDLERS.get(type(recorded.entry))
    after: D = handler(state, recorded.entry, recorded) if handler else state
    return replace(after, position=recorded.position, last_at=recorded.occurred_at)


def fold(state: D, history: Iterable[e.Recorded]) -> D:
    """The state after a whole history, in order of position."""
    for recorded in history:
        state = evolve(state, recorded)
    return state


def _unit(state: Matter, unit: str, **changes: Any) -> Matter:
    """The matter with one assignment changed; unknown units are left alone."""
    if unit not in state.assignments:
        return state
    return replace(state, assignments=state.assignments | {unit: replace(state.assignments[unit], **changes)})


def _obligation(state: D, key: str, **changes: Any) -> D:
    return replace(state, obligations=state.obligations | {key: replace(state.obligations[key], **changes)})


@_on(e.DirectiveRegistered)
def _directive_registered(state: Directive, entry: e.DirectiveRegistered, r: e.Recorded) -> Directive:
    return replace(state, facts=entry, registered_at=r.occurred_at)


@_on(e.DirectiveDecomposed)
def _directive_decomposed(state: Directive, entry: e.DirectiveDecomposed, r: e.Recorded) -> Directive:
    return replace(state, matters=(*state.matters, entry.matter))


@_on(e.Registered)
def _registered(state: Matter, entry: e.Registered, r: e.Recorded) -> Matter:
    plans = {m.id: MilestoneState(m) for m in entry.facts.milestones}
    return replace(
        state,
        facts=entry.facts,
        directives=entry.directives,
        milestones=plans,
        registered_at=r.occurred_at,
        confirmed=not entry.facts.taken_over,
        assignments=_assignments({}, entry.facts.leads, entry.facts.supports),
    )


def _assignments(
    old: dict[str, Assignment], leads: tuple[str, ...], supports: tuple[str, ...]
) -> dict[str, Assignment]:
    """Assignments of these units; those that stay keep what they did."""
    wanted = [(u, True) for u in leads] + [(u, False) for u in supports]
    return {u: replace(old[u], lead=lead) if u in old else Assignment(u, lead) for u, lead in wanted}


@_on(e.Amended)
def _amended(state: Matter, entry: e.Amended, r: e.Recorded) -> Matter:
    facts = e.Facts.model_validate(state.facts.model_dump() | entry.changes)
    plans = {m.id: MilestoneState(m) for m in facts.milestones}
    return replace(
        state,
        facts=facts,
        milestones=plans,
        assignments=_assignments(state.assignments, facts.leads, facts.supports),
    )


@_on(e.DirectiveJoined)
def _directive_joined(state: Matter, entry: e.DirectiveJoined, r: e.Recorded) -> Matter:
    return replace(state, directives=(*state.directives, entry.directive))


@_on(e.PetitionOpened)
def _petition_opened(state: Matter, entry: e.PetitionOpened, r: e.Recorded) -> Matter:
    petition = Petition(
        id=entry.petition,
        act=entry.act,
        title=entry.title,
        steps=entry.steps,
        payload=entry.payload,
        unit=entry.unit,
        words=entry.words,
        opened_at=r.occurred_at,
        opened_by=r.actor,
        cite=entry.cite,
        position=r.position,
    )
    stage = "pending" if entry.act == "listing" else state.stage
    return replace(state, stage=stage, petitions=state.petitions | {petition.id: petition})


@_on(e.PetitionSigned)
def _petition_signed(state: Matter, entry: e.PetitionSigned, r: e.Recorded) -> Matter:
    return _petition(state, entry.petition, signed=entry.step + 1 if entry.approved else entry.step)


@_on(e.PetitionGranted)
def _petition_granted(state: Matter, entry: e.PetitionGranted, r: e.Recorded) -> Matter:
    return _petition(state, entry.petition, status="granted")


@_on(e.PetitionRefused)
def _petition_refused(state: Matter, entry: e.PetitionRefused, r: e.Recorded) -> Matter:
    after = _petition(state, entry.petition, status="refused")
    listing = state.petitions[entry.petition].act == "listing"
    return replace(after, stage="draft") if listing and state.stage == "pending" else after


def _petition(state: Matter, key: str, **changes: Any) -> Matter:
    return replace(state, petitions=state.petitions | {key: replace(state.petitions[key], **changes)})


@_on(e.Listed)
def _listed(state: Matter, entry: e.Listed, r: e.Recorded) -> Matter:
    return replace(state, stage="listed", number=entry.number, listed_at=r.occurred_at)


@_on(e.Dispatched)
def _dispatched(state: Matter, entry: e.Dispatched, r: e.Recorded) -> Matter:
    return replace(state, stage="dispatched", dispatched_at=r.occurred_at, dispatch_number=entry.number)


@_on(e.Acknowledged)
def _acknowledged(state: Matter, entry: e.Acknowledged, r: e.Recorded) -> Matter:
    after = _unit(
        state,
        entry.unit,
        acknowledged_at=r.occurred_at,
        responsible_leader=entry.responsible_leader,
        section=entry.section,
        handler=entry.handler,
        responsible_person=entry.responsible_person,
        committed_date=entry.committed_date,
    )
    return replace(after, stage="working") if after.stage == "dispatched" else after


@_on(e.AssignmentsChanged)
def _assignments_changed(state: Matter, entry: e.AssignmentsChanged, r: e.Recorded) -> Matter:
    facts = state.facts.model_copy(update={"leads": entry.leads, "supports": entry.supports})
    assignments = _assignments(state.assignments, entry.leads, entry.supports)
    return _stage_of_work(replace(state, facts=facts, assignments=assignments))


@_on(e.ReadersSet)
def _readers_set(state: Matter, entry: e.ReadersSet, r: e.Recorded) -> Matter:
    return replace(state, facts=state.facts.model_copy(update={"readers": entry.readers}))


@_on(e.MilestonesSet)
def _milestones_set(state: Matter, entry: e.MilestonesSet, r: e.Recorded) -> Matter:
    return replace(state, milestones=state.milestones | {m.id: MilestoneState(m) for m in entry.milestones})


@_on(e.MilestoneReached)
def _milestone_reached(state: Matter, entry: e.MilestoneReached, r: e.Recorded) -> Matter:
    reached = replace(state.milestones[entry.milestone], reached_at=r.occurred_at)
    return replace(state, milestones=state.milestones | {entry.milestone: reached})


@_on(e.ProgressReported, e.DynamicReported)
def _progress_reported(state: Matter, entry: e.ProgressReported, r: e.Recorded) -> Matter:
    return _report(_unit(state, entry.unit, last_report_at=r.occurred_at), entry, r)


@_on(e.CompletionReported)
def _completion_reported(state: Matter, entry: e.CompletionReported, r: e.Recorded) -> Matter:
    after = _unit(state, entry.unit, last_report_at=r.occurred_at, completion=entry.report, accepted=False)
    return _pause(_stage_of_work(_report(after, entry, r)), entry.unit, r.occurred_at)


def _pause(state: Matter, unit: str, at: datetime) -> Matter:
    return replace(state, pauses=(*state.pauses, Pause(unit, at)))


def _unpause(state: Matter, unit: str, at: datetime) -> Matter:
    ended = tuple(replace(p, until=at) if p.unit == unit and p.until is None else p for p in state.pauses)
    return replace(state, pauses=ended)


def _report(state: Matter, entry: Any, r: e.Recorded) -> Matter:
    kind = {"progress_reported": "progress", "dynamic_reported": "dynamic"}.get(entry.event, "completion")
    made = ReportState(entry.report, kind, entry.unit, r.occurred_at, entry.content, r.position)
    return replace(state, reports=state.reports | {entry.report: made})


def _stage_of_work(state: Matter) -> Matter:
    """The stage of a running matter, read off its lead assignments."""
    leads = state.leads()
    if not state.running or not leads:
        return state
    if all(a.accepted for a in leads):
        return replace(state, stage="reviewed")
    if any(a.completion and not a.accepted for a in leads):
        return replace(state, stage="reported")
    return replace(state, stage="working" if any(a.acknowledged_at for a in leads) else "dispatched")


@_on(e.InputSubmitted)
def _input_submitted(state: Matter, entry: e.InputSubmitted, r: e.Recorded) -> Matter:
    return _unit(state, entry.unit, input_at=r.occurred_at, last_report_at=r.occurred_at)


@_on(e.ReportAccepted)
def _report_accepted(state: Matter, entry: e.ReportAccepted, r: e.Recorded) -> Matter:
    after = _judge(state, entry.report, "accepted", "")
    if state.reports[entry.report].kind == "completion":
        after = _unit(after, entry.unit, accepted=True)
    return _stage_of_work(after)


@_on(e.ReportReturned)
def _report_returned(state: Matter, entry: e.ReportReturned, r: e.Recorded) -> Matter:
    after = _judge(state, entry.report, "returned", entry.reason)
    assignment = state.assignments[entry.unit]
    changes: dict[str, Any] = {"returns": assignment.returns + 1}
    if assignment.completion == entry.report:
        changes |= {"completion": "", "accepted": False}
        after = _unpause(after, entry.unit, r.occurred_at)
    return _stage_of_work(_unit(after, entry.unit, **changes))


def _judge(state: Matter, report: str, status: str, reason: str) -> Matter:
    judged = replace(state.reports[report], status=status, reason=reason)
    return replace(state, reports=state.reports | {report: judged})


@_on(e.ReadingApproved)
def _reading_approved(state: Matter, entry: e.ReadingApproved, r: e.Recorded) -> Matter:
    return replace(state, read=True)


@_on(e.ReadingRejected)
def _reading_rejected(state: Matter, entry: e.ReadingRejected, r: e.Recorded) -> Matter:
    return _back_to_work(replace(state, read=False), r.occurred_at)


def _back_to_work(state: Matter, at: datetime) -> Matter:
    """Every lead owes its completion report again."""
    for a in state.leads():
        state = _unpause(_unit(state, a.unit, completion="", accepted=False), a.unit, at)
    return replace(state, stage="working", ended_at=None)


@_on(e.ExtensionGranted)
def _extension_granted(state: Matter, entry: e.ExtensionGranted, r: e.Recorded) -> Matter:
    before = state.assignments[entry.unit]
    urged = any(n.unit == entry.unit for n in state.notices.values())
    return _unit(
        state,
        entry.unit,
        extensions=before.extensions + 1,
        extensions_urged=before.extensions_urged + urged,
    )


@_on(e.DateSet)
def _date_set(state: Matter, entry: e.DateSet, r: e.Recorded) -> Matter:
    """A date for the whole matter is from now on its stated date."""
    if entry.unit:
        return _unit(state, entry.unit, set_due=entry.due, set_by=entry.set_by)
    facts = state.facts.model_copy(update={"stated_due": entry.due, "stated_by": entry.set_by})
    return replace(state, facts=facts)


@_on(e.DelayExplained)
def _delay_explained(state: Matter, entry: e.DelayExplained, r: e.Recorded) -> Matter:
    return replace(state, explained=state.explained + 1)


@_on(e.FindingRecorded)
def _finding_recorded(state: Matter, entry: e.FindingRecorded, r: e.Recorded) -> Matter:
    made = FindingMade(entry.finding, entry.unit, entry.words, r.position)
    return replace(state, findings=(*state.findings, made))


@_on(e.UrgingIssued)
def _urging_issued(state: Matter, entry: e.UrgingIssued, r: e.Recorded) -> Matter:
    made = UrgingNotice(
        id=entry.notice,
        level=entry.level,
        unit=entry.unit,
        at=r.occurred_at,
        limit=entry.limit,
        position=r.position,
        number=entry.number,
        signatory=entry.signatory,
        copies=entry.copies,
    )
    return replace(state, notices=state.notices | {entry.notice: made})


@_on(e.UrgingAnswered)
def _urging_answered(state: Matter, entry: e.UrgingAnswered, r: e.Recorded) -> Matter:
    answered = replace(state.notices[entry.notice], answered=True)
    return replace(state, notices=state.notices | {entry.notice: answered})


@_on(e.UrgingSettled)
def _urging_settled(state: Matter, entry: e.UrgingSettled, r: e.Recorded) -> Matter:
    settled = {n: replace(state.notices[n], settled=True) for n in entry.notices}
    return _unit(replace(state, notices=state.notices | settled), entry.unit, settled_at=r.position)


@_on(e.Closed, e.ClosedUnachieved, e.Cancelled)
def _ended(state: Matter, entry: e.Entry, r: e.Recorded) -> Matter:
    return replace(_pause(state, "", r.occurred_at), stage=entry.event, ended_at=r.occurred_at)


@_on(e.Suspended)
def _suspended(state: Matter, entry: e.Suspended, r: e.Recorded) -> Matter:
    rest = _pause(state, "", r.occurred_at)
    return replace(rest, stage="suspended", before_suspension=state.stage)


@_on(e.Resumed)
def _resumed(state: Matter, entry: e.Resumed, r: e.Recorded) -> Matter:
    back = _unpause(state, "", r.occurred_at)
    return replace(back, stage=state.before_suspension, before_suspension="")


@_on(e.Reopened)
def _reopened(state: Matter, entry: e.Reopened, r: e.Recorded) -> Matter:
    rested = _unpause(replace(state, read=False), "", r.occurred_at)
    return _back_to_work(rested, r.occurred_at)


@_on(e.ConvertedToUpkeep)
def _converted_to_upkeep(state: Matter, entry: e.ConvertedToUpkeep, r: e.Recorded) -> Matter:
    """Upkeep goes on after completion: what rested under review turns again."""
    for a in state.leads():
        state = _unpause(state, a.unit, r.occurred_at)
    facts = state.facts.model_copy(update={"grade": entry.grade})
    return replace(state, upkeep=True, stage="working", facts=facts)


@_on(e.TakeOverConfirmed)
def _take_over_confirmed(state: Matter, entry: e.TakeOverConfirmed, r: e.Recorded) -> Matter:
    return replace(state, confirmed=True)


@_on(e.Attached)
def _attached(state: D, entry: e.Attached, r: e.Recorded) -> D:
    if not isinstance(state, Matter):
        return state
    papers = (*state.facts.papers, entry.paper)
    return replace(state, facts=state.facts.model_copy(update={"papers": papers}))


@_on(e.ObligationArose)
def _obligation_arose(state: D, entry: e.ObligationArose, r: e.Recorded) -> D:
    made = Obligation(
        id=entry.obligation,
        rule=entry.rule,
        duty=entry.duty,
        name=entry.name,
        bearer=entry.bearer,
        unit=entry.unit,
        due=entry.due,
        original_due=entry.due,
        starts_on=entry.starts_on,
        term=entry.term,
        counted=entry.counted,
        rolled_from=entry.rolled_from,
        provisional=entry.provisional,
        period=entry.period,
        milestone=entry.milestone,
        cap=entry.cap,
        cite=entry.cite,
        arose_at=r.position,
    )
    return replace(state, obligations=state.obligations | {made.id: made})


@_on(e.ObligationMoved)
def _obligation_moved(state: D, entry: e.ObligationMoved, r: e.Recorded) -> D:
    moves = (*state.obligations[entry.obligation].moves, r.position)
    return _obligation(state, entry.obligation, due=entry.due, moves=moves, provisional=False, breached=False)


@_on(e.ObligationSettled)
def _obligation_settled(state: D, entry: e.ObligationSettled, r: e.Recorded) -> D:
    return _obligation(state, entry.obligation, provisional=False)


@_on(e.ObligationDischarged)
def _obligation_discharged(state: D, entry: e.ObligationDischarged, r: e.Recorded) -> D:
    return _obligation(
        state,
        entry.obligation,
        status="discharged",
        discharged_at=r.occurred_at,
        on_time=entry.on_time,
        report=entry.report,
        breached=False,
    )


@_on(e.ObligationBreached)
def _obligation_breached(state: D, entry: e.ObligationBreached, r: e.Recorded) -> D:
    return _obligation(state, entry.obligation, breached=True, ever_breached=True, breached_by=r.position)


@_on(e.BreachLifted)
def _breach_lifted(state: D, entry: e.BreachLifted, r: e.Recorded) -> D:
    return _obligation(state, entry.obligation, breached=False, ever_breached=False)


@_on(e.ObligationEnded)
def _obligation_ended(state: D, entry: e.ObligationEnded, r: e.Recorded) -> D:
    return _obligation(state, entry.obligation, status="ended", breached=False, ended_because=entry.reason)


@_on(e.ObligationReopened)
def _obligation_reopened(state: D, entry: e.ObligationReopened, r: e.Recorded) -> D:
    """Owed again; by the same date, a breach there was is still the same breach."""
    before = state.obligations[entry.obligation]
    late_still = before.ever_breached and entry.due == before.due
    return _obligation(
        state,
        entry.obligation,
        status="open",
        due=entry.due,
        discharged_at=None,
        on_time=None,
        report="",
        breached=late_still,
        breached_by=r.position if late_still else None,
        ended_because="",
        moves=(*before.moves, r.position),
    )


@_on(e.ConsequenceProposed)
def _consequence_proposed(state: Matter, entry: e.ConsequenceProposed, r: e.Recorded) -> Matter:
    made = Proposal(
        id=entry.proposal,
        rule=entry.rule,
        consequence=entry.consequence,
        level=entry.level,
        unit=entry.unit,
        signatory=entry.signatory,
        points=entry.points,
        cite=entry.cite,
        reason=entry.reason,
        causes=entry.causes,
        at=r.occurred_at,
        cause=r.cause,
        position=r.position,
    )
    return replace(state, proposals=state.proposals | {made.id: made})


_PROPOSAL_ENDS: dict[type[e.Entry], str] = {
    e.ProposalWithdrawn: "withdrawn",
    e.ProposalWithheld: "withheld",
    e.ProposalFollowed: "followed",
}


@_on(e.ProposalWithdrawn, e.ProposalWithheld, e.ProposalFollowed)
def _proposal_ended(state: Matter, entry: Any, r: e.Recorded) -> Matter:
    status = _PROPOSAL_ENDS[type(entry)]
    ended = replace(state.proposals[entry.proposal], status=status)
    return replace(state, proposals=state.proposals | {entry.proposal: ended})
