"""Entries (案卷条目): what happened, in the past tense, append-only.

Each class is one kind of entry. ``event`` is the word that pack rules use in ``on`` and
``discharged_by``; entries without one are bookkeeping of the engine itself.
``describe`` is the Chinese name a reader sees in the docket.
"""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from duban.core.citation import Citation


class Record(BaseModel):
    """A frozen value that knows exactly its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Actor(Record):
    """Who did it: a person in a role (职务), for a unit or for the office (unit is empty)."""

    person: str
    name: str
    role: str
    unit: str = ""


class Proxy(Record):
    """An act done on paper or by telephone and recorded by staff (代签代录).

    The entry's actor is the one who acted; ``recorder`` typed it in; ``evidence`` names
    the scan, the signed sheet or the call that proves it.
    """

    recorder: Actor
    evidence: str


class Entry(Record):
    """Base of all entries."""

    event: ClassVar[str] = ""
    describe: ClassVar[str] = ""


class Recorded(Record):
    """An entry with its circumstances: when it happened, when and by whom it was recorded."""

    stream: str
    position: int
    occurred_at: datetime
    recorded_at: datetime
    actor: Actor
    proxy: Proxy | None = None
    command_id: str = ""
    cause: int | None = None
    pack: str = ""
    calendar: str = ""
    entry: Any


# --- parts used by several entries -------------------------------------------------------


class Paper(Record):
    """A paper attached to the docket (附件). ``kind``: original, instruction_copy, report, scan, other."""

    kind: str
    name: str
    ref: str = ""


class MilestonePlan(Record):
    """A milestone (节点) with its own date; for all leads when ``unit`` is empty."""

    id: str
    title: str
    due: date
    unit: str = ""


class DirectiveRef(Record):
    """The directive (立项依据) a matter comes from, as known when the matter was registered."""

    id: str
    title: str
    source: str = ""
    leader: str = ""
    received_at: datetime
    issued_on: date | None = None


class MatterFields(Record):
    """What can be said of a matter when it is registered (立项要素), its name aside."""

    content: str = ""
    category: str = ""
    grade: str = ""
    urgency: str = ""
    mode: str = ""
    leads: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    stated_due: date | None = None
    stated_by: str = ""
    authority: str = ""
    proposed_handling: str = ""
    responsible_leader: str = ""
    responsible_person: str = ""
    target: str = ""
    milestones: tuple[MilestonePlan, ...] = ()
    restricted: bool = False
    readers: tuple[str, ...] = ()
    taken_over: bool = False
    papers: tuple[Paper, ...] = ()
    facts: dict[str, str | int | bool] = Field(default_factory=dict)


class Facts(MatterFields):
    """What a matter is, as registered and amended."""

    title: str


class Step(Record):
    """One step of an approval route: any one of ``roles`` signs; ``title`` says as what.

    ``unit`` is set where the signatory belongs to a unit (a unit head's sign-off).
    """

    roles: tuple[str, ...]
    title: str = ""
    unit: str = ""


# --- the directive (立项依据) --------------------------------------------------------------


class DirectiveRegistered(Entry):
    event = "directive_registered"
    describe = "登记立项依据"
    title: str
    source: str = ""
    number: str = ""
    leader: str = ""
    text: str = ""
    issued_on: date | None = None
    papers: tuple[Paper, ...] = ()


class DirectiveDecomposed(Entry):
    event = "directive_decomposed"
    describe = "分解立项"
    matter: str


# --- registration and dispatch -------------------------------------------------------------


class Registered(Entry):
    event = "registered"
    describe = "登记事项"
    facts: Facts
    directives: tuple[DirectiveRef, ...] = ()


class Amended(Entry):
    event = "amended"
    describe = "修改立项要素"
    changes: dict[str, Any]
    words: str = ""


class DirectiveJoined(Entry):
    event = "directive_joined"
    describe = "并案"
    directive: DirectiveRef


class PetitionOpened(Entry):
    describe = "报请签批"
    petition: str
    act: str
    title: str
    steps: tuple[Step, ...]
    payload: dict[str, Any]
    unit: str = ""
    words: str = ""
    cite: Citation | None = None


class PetitionSigned(Entry):
    describe = "签批"
    petition: str
    step: int
    role: str
    approved: bool
    words: str = ""


class PetitionGranted(Entry):
    describe = "签批通过"
    petition: str


class PetitionRefused(Entry):
    describe = "退回"
    petition: str
    words: str = ""


class Listed(Entry):
    event = "listed"
    describe = "批准立项"
    number: str


class Dispatched(Entry):
    event = "dispatched"
    describe = "交办"
    channel: str
    document: str = ""
    number: str = ""
    named_authority: str = ""
    papers: tuple[Paper, ...] = ()


class Inquired(Entry):
    event = "inquired"
    describe = "询问"
    unit: str
    subject: Literal["receipt", "progress", "latest"]
    words: str = ""


class Acknowledged(Entry):
    event = "acknowledged"
    describe = "签收"
    unit: str
    responsible_leader: str = ""
    section: str = ""
    handler: str = ""
    responsible_person: str = ""
    committed_date: date | None = None


class ObjectionRaised(Entry):
    event = "objection_raised"
    describe = "提出异议"
    unit: str
    points: tuple[str, ...]
    words: str
    late: bool = False
    asked_due: date | None = None
    asked_leads: tuple[str, ...] = ()


class ObjectionDecided(Entry):
    event = "objection_decided"
    describe = "答复异议"
    unit: str
    upheld: bool
    words: str = ""


class AssignmentsChanged(Entry):
    event = "assignments_changed"
    describe = "调整承办单位"
    leads: tuple[str, ...]
    supports: tuple[str, ...]
    words: str = ""


class ReadersSet(Entry):
    event = "readers_set"
    describe = "调整知悉人员"
    readers: tuple[str, ...]
    words: str = ""


class UnitAdded(Entry):
    """A unit that joins after dispatch: for it, this is the dispatch."""

    event = "dispatched"
    describe = "增加承办单位"
    unit: str
    lead: bool


class UnitPromoted(Entry):
    """A supporting unit that had signed for the matter becomes a lead: as lead, it receives it now."""

    event = "acknowledged"
    describe = "改任主办"
    unit: str


# --- work and reports -----------------------------------------------------------------------


class PlanSubmitted(Entry):
    event = "plan_submitted"
    describe = "报送工作计划"
    unit: str
    text: str
    measures: str = ""


class MilestonesSet(Entry):
    event = "milestones_set"
    describe = "设定节点"
    milestones: tuple[MilestonePlan, ...]


class MilestoneReached(Entry):
    event = "milestone_reached"
    describe = "节点完成"
    unit: str
    milestone: str
    words: str = ""


class TaskBrokenDown(Entry):
    event = "task_broken_down"
    describe = "单位分解任务"
    unit: str
    items: tuple["TaskItem", ...]


class TaskItem(Record):
    """A line of the unit's own ledger under a matter (部门台账)."""

    title: str
    handler: str = ""
    due: date | None = None


class Report(Record):
    """What a unit reports; which fields a pack asks for, its requirements say."""

    text: str = ""
    progress: str = ""
    problems: str = ""
    reason: str = ""
    next_step: str = ""
    document_number: str = ""
    signed_by: str = ""
    sealed: bool = False
    result: str = ""
    papers: tuple[Paper, ...] = ()


class ProgressReported(Entry):
    event = "progress_reported"
    describe = "进展反馈"
    unit: str
    report: str
    content: Report


class DynamicReported(Entry):
    event = "dynamic_reported"
    describe = "动态信息反馈"
    unit: str
    report: str
    content: Report


class CompletionReported(Entry):
    event = "completion_reported"
    describe = "办结报告"
    unit: str
    report: str
    content: Report


class InputSubmitted(Entry):
    event = "input_submitted"
    describe = "协办意见"
    unit: str
    text: str
    papers: tuple[Paper, ...] = ()


# --- review ---------------------------------------------------------------------------------


class ReportAccepted(Entry):
    event = "report_accepted"
    describe = "审核通过"
    unit: str
    report: str
    checklist: tuple[str, ...] = ()
    words: str = ""


class ReportReturned(Entry):
    event = "report_returned"
    describe = "退回重办"
    unit: str
    report: str
    reason: str
    words: str = ""
    redo_by: date | None = None


class ReportQueried(Entry):
    event = "report_queried"
    describe = "审核询问"
    unit: str
    report: str
    words: str


class ReadingApproved(Entry):
    event = "reading_approved"
    describe = "领导审阅通过"
    opinion: str = ""
    words: str = ""


class ReadingRejected(Entry):
    event = "reading_rejected"
    describe = "领导审阅未通过"
    words: str = ""
    redo_by: date | None = None


# --- dates ----------------------------------------------------------------------------------


class ExtensionRequested(Entry):
    event = "extension_requested"
    describe = "申请延期"
    unit: str
    extension: str
    reason: str
    asked_due: date
    progress: str = ""
    next_step: str = ""
    opinion: str = ""


class ExtensionGranted(Entry):
    event = "extension_granted"
    describe = "批准延期"
    unit: str
    extension: str
    due: date


class ExtensionRefused(Entry):
    event = "extension_refused"
    describe = "不予延期"
    unit: str
    extension: str
    words: str = ""


class DelayExplained(Entry):
    event = "delay_explained"
    describe = "书面说明"
    unit: str
    reason: str
    progress: str = ""
    next_step: str = ""
    signed_by: str = ""
    instead_of: str = ""


class CoordinationRequested(Entry):
    event = "coordination_requested"
    describe = "提请协调"
    unit: str
    words: str


class CoordinationAnswered(Entry):
    event = "coordination_answered"
    describe = "协调答复"
    unit: str
    words: str


class DateSet(Entry):
    event = "date_set"
    describe = "重新确定期限"
    due: date
    unit: str = ""
    set_by: str = ""
    words: str = ""


# --- urging and findings ---------------------------------------------------------------------


class Reminded(Entry):
    event = "reminded"
    describe = "提示"
    unit: str
    words: str = ""


class FindingRecorded(Entry):
    event = "finding_recorded"
    describe = "认定"
    unit: str
    finding: str
    words: str
    evidence: str


class UrgingIssued(Entry):
    event = "urging_issued"
    describe = "签发催办单"
    notice: str
    level: str
    unit: str
    signatory: str
    number: str = ""
    limit: date | None = None
    words: str = ""
    copies: tuple[str, ...] = ()
    cite: Citation


class UrgingAnswered(Entry):
    event = "urging_answered"
    describe = "答复催办"
    notice: str
    level: str
    unit: str
    words: str


class ExplainedInPerson(Entry):
    event = "explained_in_person"
    describe = "当面说明"
    unit: str
    to: str
    words: str


class UrgingSettled(Entry):
    describe = "催办了结"
    unit: str
    notices: tuple[str, ...]


# --- endings ----------------------------------------------------------------------------------


class Closed(Entry):
    event = "closed"
    describe = "办结销号"
    words: str = ""


class ClosedUnachieved(Entry):
    event = "closed_unachieved"
    describe = "未达成办结"
    reason: str


class Cancelled(Entry):
    event = "cancelled"
    describe = "撤销事项"
    reason: str


class Suspended(Entry):
    event = "suspended"
    describe = "中止办理"
    reason: str


class Resumed(Entry):
    event = "resumed"
    describe = "恢复办理"
    due: date
    words: str = ""


class Reopened(Entry):
    event = "reopened"
    describe = "重新督办"
    reason: str
    due: date


class ConvertedToUpkeep(Entry):
    event = "converted_to_upkeep"
    describe = "转常态化"
    grade: str
    words: str = ""


class TakeOverConfirmed(Entry):
    event = "take_over_confirmed"
    describe = "确认接转"
    words: str = ""


class Attached(Entry):
    event = "attached"
    describe = "附加材料"
    paper: Paper


class Corrected(Entry):
    event = "corrected"
    describe = "更正"
    position: int
    words: str


# --- the engine's own bookkeeping ---------------------------------------------------------------


class Counted(Record):
    """How days were counted to a due date, so that it can be shown again day by day.

    ``unit``: working_days, days or months; ``rolls``: the end moves off a day off.
    """

    start: date
    unit: str
    amount: int
    rolls: bool


class ObligationArose(Entry):
    """A timed duty (义务). ``due`` is the last moment in time; None for a standing duty.

    ``counted`` is None where no days were counted: a stated date, hours, a standing duty.
    """

    describe = "产生义务"
    obligation: str
    rule: str
    duty: str
    name: str
    bearer: str
    unit: str = ""
    due: datetime | None
    starts_on: date
    term: str
    counted: Counted | None = None
    rolled_from: date | None = None
    provisional: bool = False
    period: str = ""
    milestone: str = ""
    cap: Citation | None = None
    cite: Citation


class ObligationMoved(Entry):
    describe = "期限变更"
    obligation: str
    due: datetime
    reason: str
    cite: Citation | None = None


class ObligationSettled(Entry):
    """The notice for the year is out and the provisional date stands (核定)."""

    describe = "期限核定"
    obligation: str


class ObligationDischarged(Entry):
    """``report`` is the report that discharged it, so that its return can reopen the duty."""

    describe = "义务履行"
    obligation: str
    on_time: bool
    report: str = ""


class ObligationBreached(Entry):
    event = "obligation_breached"
    describe = "逾期"
    obligation: str
    rule: str
    duty: str
    unit: str = ""


class BreachLifted(Entry):
    describe = "逾期撤销"
    obligation: str
    reason: str


class ObligationEnded(Entry):
    describe = "义务终止"
    obligation: str
    reason: str


class ObligationReopened(Entry):
    describe = "义务恢复"
    obligation: str
    due: datetime | None
    reason: str


class ConsequenceProposed(Entry):
    """What a pack rule proposes; nothing takes effect until the signatory signs (建议)."""

    describe = "系统建议"
    proposal: str
    rule: str
    consequence: str
    level: str
    unit: str
    signatory: str
    points: str = ""
    cite: Citation
    reason: str = ""
    causes: tuple[str, ...] = ()


class ProposalWithdrawn(Entry):
    describe = "建议撤回"
    proposal: str
    reason: str


class ProposalWithheld(Entry):
    describe = "决定不采纳建议"
    proposal: str
    words: str


class ProposalFollowed(Entry):
    describe = "建议已采纳"
    proposal: str


def _all_entries() -> dict[str, type[Entry]]:
    return {cls.__name__: cls for cls in Entry.__subclasses__()}


ENTRY_TYPES: dict[str, type[Entry]] = _all_entries()
EVENTS: dict[str, type[Entry]] = {cls.event: cls for cls in reversed(ENTRY_TYPES.values()) if cls.event}

TaskBrokenDown.model_rebuild()
