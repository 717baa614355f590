"""Commands (指令): what a person, or the sweep, asks for; imperative, and refusable.

``word`` is the name used in scenario files, in requirements (``on``) and in addresses.
``side`` says who may ask at all: ``office`` (督查机构), ``unit`` (承办单位), ``signatory``
(whoever the pack's route names), ``system`` (the sweep). Finer rules live in
:mod:`duban.core.lifecycle` and in the pack's requirements.
"""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from duban.core.entries import Actor, MatterFields, MilestonePlan, Paper, Proxy, Record, Report, TaskItem

Side = Literal["office", "unit", "signatory", "system"]


class Command(Record):
    """Base of all commands."""

    word: ClassVar[str] = ""
    title: ClassVar[str] = ""
    side: ClassVar[Side] = "office"


class Request(Record):
    """A command with its circumstances.

    ``occurred_at`` is when the thing happened, ``recorded_at`` when it was typed in; terms
    run on the former. ``command_id`` makes a form sent twice count once.
    """

    command: Any
    actor: Actor
    occurred_at: datetime
    recorded_at: datetime
    proxy: Proxy | None = None
    command_id: str = ""


class UnitCommand(Command):
    """A command that concerns one unit's assignment."""

    side = "unit"
    unit: str


# --- directive and registration -----------------------------------------------------------------


class RegisterDirective(Command):
    word = "register_directive"
    title = "登记立项依据"
    name: str
    source: str = ""
    number: str = ""
    leader: str = ""
    text: str = ""
    issued_on: date | None = None
    papers: tuple[Paper, ...] = ()


class Register(MatterFields, Command):
    """Register a matter (登记立项). Empty fields stay open until dispatch, if the pack allows."""

    word = "register"
    title = "登记立项"
    name: str
    classified: bool = False
    directives: tuple[str, ...] = ()


class Amend(Command):
    """Change what was registered, before dispatch only (修改立项要素)."""

    word = "amend"
    title = "修改立项要素"
    changes: dict[str, Any]
    words: str = ""


class Decompose(Command):
    """A matter was registered from this directive; done by the system with the registration."""

    word = "decompose"
    title = "分解立项"
    side = "system"
    matter: str


class SetReaders(Command):
    """Name anew who may know of a restricted matter (调整知悉人员)."""

    word = "set_readers"
    title = "调整知悉人员"
    readers: tuple[str, ...]
    words: str = ""


class JoinDirective(Command):
    word = "join_directive"
    title = "并案"
    directive: str


class Submit(Command):
    word = "submit"
    title = "报请批准立项"
    words: str = ""


class Sign(Command):
    """Sign or return one paper waiting for signature (签批)."""

    word = "sign"
    title = "签批"
    side = "signatory"
    petition: str
    approve: bool = True
    words: str = ""
    due: date | None = None
    leads: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()


class WithdrawPetition(Command):
    """Take back a paper one has laid before somebody oneself, in the office or in a unit."""

    word = "withdraw"
    title = "撤回报批"
    side = "signatory"
    petition: str
    words: str = ""


class Dispatch(Command):
    word = "dispatch"
    title = "交办"
    channel: str = ""
    document: str = ""
    papers: tuple[Paper, ...] = ()


class Inquire(Command):
    """Ask a unit whether it received the notice, how far it is, or for the latest at once (询问)."""

    word = "inquire"
    title = "询问"
    unit: str
    subject: Literal["receipt", "progress", "latest"] = "progress"
    words: str = ""


# --- the unit's work ------------------------------------------------------------------------------


class Acknowledge(UnitCommand):
    word = "acknowledge"
    title = "签收"
    responsible_leader: str = ""
    section: str = ""
    handler: str = ""
    responsible_person: str = ""
    committed_date: date | None = None


class Object(UnitCommand):
    """Object to the division of work, the date or something else (异议)."""

    word = "object"
    title = "提出异议"
    points: tuple[Literal["responsibility", "deadline", "content", "other"], ...] = ("other",)
    words: str
    asked_due: date | None = None
    asked_leads: tuple[str, ...] = ()


class SubmitPlan(UnitCommand):
    word = "submit_plan"
    title = "报送工作计划"
    text: str
    measures: str = ""


class BreakDown(UnitCommand):
    word = "break_down"
    title = "分解任务"
    items: tuple[TaskItem, ...]


class ReachMilestone(UnitCommand):
    word = "reach_milestone"
    title = "报告节点完成"
    milestone: str
    words: str = ""


class ReportProgress(UnitCommand):
    """Report progress (进展反馈); ``dynamic`` for the quick first word on press exposure (动态信息)."""

    word = "report_progress"
    title = "进展反馈"
    content: Report
    dynamic: bool = False
    for_sign_off: bool = False


class ReportCompletion(UnitCommand):
    """Report completion (办结报告), or lay it before the unit's head for signature."""

    word = "report_completion"
    title = "报送办结报告"
    content: Report
    for_sign_off: bool = False


class SubmitInput(UnitCommand):
    """A supporting unit's input to the lead (协办意见)."""

    word = "submit_input"
    title = "报送协办意见"
    text: str
    papers: tuple[Paper, ...] = ()


class RequestExtension(UnitCommand):
    word = "request_extension"
    title = "申请延期"
    reason: str = ""
    asked_due: date
    extension: str = ""
    progress: str = ""
    next_step: str = ""
    opinion: str = ""


class ExplainDelay(UnitCommand):
    word = "explain_delay"
    title = "书面说明"
    reason: str = ""
    progress: str = ""
    next_step: str = ""
    signed_by: str = ""


class RequestCoordination(UnitCommand):
    word = "request_coordination"
    title = "提请协调"
    words: str


class AnswerUrging(UnitCommand):
    word = "answer_urging"
    title = "答复催办"
    notice: str = ""
    words: str


# --- the office's work -----------------------------------------------------------------------------


class Review(Command):
    """Review a unit's report (审核): accept, return for a reason, or ask."""

    word = "review"
    title = "审核"
    unit: str
    report: str = ""
    verdict: Literal["accept", "return", "ask"] = "accept"
    checklist: tuple[str, ...] = ()
    reason: str = ""
    words: str = ""
    redo_by: date | None = None


class SendForReading(Command):
    word = "send_for_reading"
    title = "送领导审阅"
    opinion: str = ""


class SetDate(Command):
    """A leader, or the route the pack names, sets a new date (重新确定期限)."""

    word = "set_date"
    title = "重新确定期限"
    due: date
    unit: str = ""
    set_by: str = ""
    words: str = ""


class SetMilestones(Command):
    """Set milestones anew while the matter runs: the dates of those named, or further ones (调整节点)."""

    word = "set_milestones"
    title = "调整节点"
    milestones: tuple[MilestonePlan, ...]
    words: str = ""


class RecordFinding(Command):
    """What only a person can judge (认定): 不积极, 推诿 …, in words and with evidence."""

    word = "record_finding"
    title = "作出认定"
    unit: str
    finding: str
    words: str = ""
    evidence: str = ""


class Remind(Command):
    word = "remind"
    title = "提示"
    unit: str
    words: str = ""


class Urge(Command):
    """Draw up an urging notice (催办单) and lay it before its signatory."""

    word = "urge"
    title = "制发催办单"
    unit: str
    level: str
    limit: date | None = None
    words: str = ""


class Withhold(Command):
    word = "withhold"
    title = "不采纳建议"
    side = "signatory"
    proposal: str
    words: str


class ExplainInPerson(Command):
    """The unit's head explains in person; recorded by the office or by the leader (当面说明)."""

    word = "explain_in_person"
    title = "当面说明"
    unit: str
    to: str = ""
    words: str


class Close(Command):
    word = "close"
    title = "办结销号"
    words: str = ""


class CloseUnachieved(Command):
    word = "close_unachieved"
    title = "未达成办结"
    reason: str


class Cancel(Command):
    word = "cancel"
    title = "撤销事项"
    reason: str


class Suspend(Command):
    word = "suspend"
    title = "中止办理"
    reason: str


class Resume(Command):
    word = "resume"
    title = "恢复办理"
    due: date
    words: str = ""


class Reopen(Command):
    word = "reopen"
    title = "重新督办"
    reason: str
    due: date


class ConvertToUpkeep(Command):
    word = "convert_to_upkeep"
    title = "转常态化"
    grade: str = ""
    words: str = ""


class ConfirmTakeOver(Command):
    word = "confirm_take_over"
    title = "确认接转"
    words: str = ""


class Attach(Command):
    word = "attach"
    title = "附加材料"
    paper: Paper


class Correct(Command):
    """Correct an entry by a new one; the old one stays (更正)."""

    word = "correct"
    title = "更正"
    position: int
    words: str


class Recount(Command):
    """A year's notice came out: count provisional dates again (核定暂定期限). A repeat changes nothing."""

    word = "recount"
    title = "核定暂定期限"
    side = "system"


class Tick(Command):
    """Time has passed: record what fell due (巡查). A repeat changes nothing."""

    word = "tick"
    title = "巡查"
    side = "system"


def _all_commands(base: type[Command]) -> dict[str, type[Command]]:
    found: dict[str, type[Command]] = {}
    for cls in base.__subclasses__():
        if cls.word:
            found[cls.word] = cls
        found |= _all_commands(cls)
    return found


COMMANDS: dict[str, type[Command]] = _all_commands(Command)
