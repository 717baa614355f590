"""What each kind of entry (案卷条目) says to a reader: one describer per kind, in Chinese.

A describer gets the entry and a :class:`Speaker`, which knows the names in use; it decides no rule. ``note``
is the one line shown when the entry is folded under the entry that caused it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from duban.core import entries as e
from duban.core.citation import Citation
from duban.core.matter import Docket, Matter, Obligation
from duban.server.web.components import Content, day_text, moment_text
from duban.server.web.present import Presenter

Details = tuple[tuple[str, Content], ...]
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class Told:
    """An entry in words. ``act`` is what was done, ``words`` what was said, ``details`` the rest."""

    act: str
    words: str = ""
    details: Details = ()
    papers: tuple[e.Paper, ...] = ()
    note: str = ""
    citation: Citation | None = None
    obligation: str = ""
    """The obligation the entry is about: its line links to the why of its date."""
    grave: bool = False


@dataclass(frozen=True)
class Speaker:
    """Knows what things are called: units, the pack's titles, this docket's obligations and petitions."""

    presenter: Presenter
    docket: Docket
    trusted: bool = True
    """Whether the reader belongs to the office; a unit is not told the office's own considerations."""

    def unit(self, key: str) -> str:
        return self.presenter.unit(key) if key else ""

    def units(self, keys: Iterable[str]) -> str:
        return "、".join(self.unit(k) for k in keys)

    def title(self, part: str, key: str) -> str:
        return self.presenter.context.pack.title_of(part, key) if key else ""

    def duty(self, key: str) -> str:
        """An obligation by its bearer and name: 财政局 · 办结."""
        o = self.docket.obligations.get(key)
        return self.duty_of(o) if o else key

    def duty_of(self, o: Obligation) -> str:
        bearer = self.presenter.unit("" if o.bearer == "office" else o.unit)
        return f"{bearer} · {o.name}{f'（{o.period}）' if o.period else ''}"

    def petition(self, key: str) -> str:
        known = self.docket.petitions.get(key) if isinstance(self.docket, Matter) else None
        return known.title if known else key

    def report(self, key: str) -> str:
        known = self.docket.reports.get(key) if isinstance(self.docket, Matter) else None
        return REPORT_KINDS[known.kind] if known else key

    def rules(self, roles: Iterable[str]) -> str:
        return "或".join(self.title("roles", r) for r in roles)


REPORT_KINDS = {"progress": "进展反馈", "dynamic": "动态信息", "completion": "办结报告"}
OBJECTION_POINTS = {
    "responsibility": "责任分工",
    "deadline": "完成时限",
    "content": "办理内容",
    "other": "其他",
}
INQUIRY_SUBJECTS = {"receipt": "是否收到", "progress": "办理进展", "latest": "最新进展"}
FACT_LABELS = {
    "title": "名称",
    "content": "内容",
    "category": "类别",
    "grade": "等级",
    "urgency": "缓急",
    "mode": "办理方式",
    "leads": "主办",
    "supports": "协办",
    "stated_due": "写明的期限",
    "stated_by": "期限由谁确定",
    "authority": "授权",
    "proposed_handling": "拟办意见",
    "responsible_leader": "责任领导",
    "responsible_person": "责任人",
    "target": "目标",
    "milestones": "节点",
    "restricted": "限定知悉",
    "readers": "知悉人员",
    "taken_over": "接转",
    "papers": "附件",
    "facts": "其他栏目",
}
_PARTS = {"category": "categories", "grade": "grades", "urgency": "urgencies", "mode": "modes"}

Teller = Callable[[Any, Speaker], Told]
TELLERS: dict[type[e.Entry], Teller] = {}


def tell(entry: e.Entry, speaker: Speaker) -> Told:
    """The entry in words."""
    return TELLERS[type(entry)](entry, speaker)


def due_text(due: datetime | date | None) -> str:
    """A due date; with the time of day where the term is in hours."""
    if due is None:
        return "不定日期"
    if isinstance(due, datetime):
        return day_text(due.date()) if due.time() == END_OF_DAY else moment_text(due)
    return day_text(due)


def fact_text(name: str, value: Any, speaker: Speaker) -> str:
    """One registered fact as a reader sees it."""
    if name in _PARTS:
        return speaker.title(_PARTS[name], value)
    if name in ("leads", "supports"):
        return speaker.units(value)
    if name == "stated_due":
        return day_text(date.fromisoformat(value) if isinstance(value, str) else value) if value else "无"
    if name == "milestones":
        return "；".join(f"{m['title']}（{m['due']}）" for m in value) or "无"
    if name == "papers":
        return "、".join(p["name"] for p in value) or "无"
    if name == "facts":
        return pack_facts_text(value, speaker)
    if name == "readers":
        return f"{len(value)} 人"
    return ("是" if value else "否") if isinstance(value, bool) else str(value or "（空）")


def pack_facts_text(facts: dict[str, Any], speaker: Speaker) -> str:
    known = {f.id: f.title for f in speaker.presenter.context.pack.facts}
    return "；".join(f"{known.get(k, k)}：{fact_text('', v, speaker)}" for k, v in facts.items()) or "无"


def _said(*pairs: tuple[str, Content]) -> Details:
    return tuple((name, value) for name, value in pairs if value)


def _tells(*kinds: type[e.Entry]) -> Callable[[Teller], Teller]:
    def register(teller: Teller) -> Teller:
        for kind in kinds:
            TELLERS[kind] = teller
        return teller

    return register


# --- directive, registration, dispatch ----------------------------------------------------------------------


@_tells(e.DirectiveRegistered)
def _directive_registered(x: e.DirectiveRegistered, s: Speaker) -> Told:
    details = _said(
        ("名称", x.title), ("来源", s.title("sources", x.source)), ("文号", x.number), ("领导", x.leader)
    )
    return Told(x.describe, x.text, details, x.papers)


@_tells(e.DirectiveDecomposed)
def _directive_decomposed(x: e.DirectiveDecomposed, s: Speaker) -> Told:
    return Told(x.describe, note="由此立项一件")


@_tells(e.Registered)
def _registered(x: e.Registered, s: Speaker) -> Told:
    facts = x.facts
    details = _said(
        ("立项依据", "、".join(d.title for d in x.directives)),
        ("主办", s.units(facts.leads)),
        ("协办", s.units(facts.supports)),
        ("写明的期限", day_text(facts.stated_due) if facts.stated_due else ""),
        ("拟办意见", facts.proposed_handling if s.trusted else ""),
        ("接转", "由旧台账转入" if facts.taken_over else ""),
    )
    return Told(x.describe, facts.content, details, facts.papers)


@_tells(e.Amended)
def _amended(x: e.Amended, s: Speaker) -> Told:
    details = _said(*((FACT_LABELS.get(k, k), fact_text(k, v, s)) for k, v in x.changes.items()))
    return Told(x.describe, x.words, details)


@_tells(e.DirectiveJoined)
def _directive_joined(x: e.DirectiveJoined, s: Speaker) -> Told:
    return Told(x.describe, "", _said(("立项依据", x.directive.title)))


@_tells(e.PetitionOpened)
def _petition_opened(x: e.PetitionOpened, s: Speaker) -> Told:
    route = " → ".join(
        f"{s.unit(step.unit)}{s.rules(step.roles)}{f'（{step.title}）' if step.title else ''}"
        for step in x.steps
    )
    return Told(
        f"{x.describe}：{x.title}",
        x.words,
        _said(("送", route)),
        note=f"报请签批：{x.title}，送{route}",
        citation=x.cite,
    )


@_tells(e.PetitionSigned)
def _petition_signed(x: e.PetitionSigned, s: Speaker) -> Told:
    verdict = "同意" if x.approved else "退回"
    return Told(
        f"签批：{s.petition(x.petition)} — {verdict}",
        x.words,
        _said(("职务", s.title("roles", x.role))),
        note=f"{s.title('roles', x.role)}{verdict}",
        grave=not x.approved,
    )


@_tells(e.PetitionGranted)
def _petition_granted(x: e.PetitionGranted, s: Speaker) -> Told:
    return Told(x.describe, note=f"{s.petition(x.petition)}：签批完成，生效")


@_tells(e.PetitionRefused)
def _petition_refused(x: e.PetitionRefused, s: Speaker) -> Told:
    return Told(
        f"{x.describe}：{s.petition(x.petition)}", x.words, note=f"{s.petition(x.petition)}：未通过，退回"
    )


@_tells(e.Listed)
def _listed(x: e.Listed, s: Speaker) -> Told:
    return Told(x.describe, "", _said(("编号", x.number)), note=f"批准立项，编号 {x.number}")


@_tells(e.Dispatched)
def _dispatched(x: e.Dispatched, s: Speaker) -> Told:
    details = _said(
        ("方式", s.title("channels", x.channel)),
        ("文种", s.title("documents", x.document)),
        ("文号", x.number),
        ("授权", x.named_authority if s.trusted else ""),
    )
    return Told(x.describe, "", details, x.papers)


@_tells(e.Inquired)
def _inquired(x: e.Inquired, s: Speaker) -> Told:
    return Told(f"询问{s.unit(x.unit)}", x.words, _said(("问", INQUIRY_SUBJECTS[x.subject])))


@_tells(e.Acknowledged)
def _acknowledged(x: e.Acknowledged, s: Speaker) -> Told:
    details = _said(
        ("单位", s.unit(x.unit)),
        ("主管领导", x.responsible_leader),
        ("科室", x.section),
        ("责任人", x.responsible_person),
        ("承办人", x.handler),
        ("承诺办结", day_text(x.committed_date) if x.committed_date else ""),
    )
    return Told(x.describe, "", details)


@_tells(e.ObjectionRaised)
def _objection_raised(x: e.ObjectionRaised, s: Speaker) -> Told:
    details = _said(
        ("单位", s.unit(x.unit)),
        ("对", "、".join(OBJECTION_POINTS.get(p, p) for p in x.points)),
        ("建议期限", day_text(x.asked_due) if x.asked_due else ""),
        ("建议主办", s.units(x.asked_leads)),
        ("迟报", "已过异议期" if x.late else ""),
    )
    return Told(x.describe, x.words, details)


@_tells(e.ObjectionDecided)
def _objection_decided(x: e.ObjectionDecided, s: Speaker) -> Told:
    result = "异议成立" if x.upheld else "异议不成立"
    return Told(f"{x.describe}：{result}", x.words, _said(("单位", s.unit(x.unit))))


@_tells(e.AssignmentsChanged)
def _assignments_changed(x: e.AssignmentsChanged, s: Speaker) -> Told:
    details = _said(("主办", s.units(x.leads)), ("协办", s.units(x.supports)))
    return Told(x.describe, x.words, details)


@_tells(e.UnitAdded)
def _unit_added(x: e.UnitAdded, s: Speaker) -> Told:
    role = "主办" if x.lead else "协办"
    return Told(x.describe, "", _said((role, s.unit(x.unit))), note=f"增加{role}单位：{s.unit(x.unit)}")


@_tells(e.UnitPromoted)
def _unit_promoted(x: e.UnitPromoted, s: Speaker) -> Told:
    return Told(x.describe, "", _said(("单位", s.unit(x.unit))), note=f"{s.unit(x.unit)}改任主办")


@_tells(e.ReadersSet)
def _readers_set(x: e.ReadersSet, s: Speaker) -> Told:
    return Told(x.describe, x.words, _said(("知悉人员", f"{len(x.readers)} 人")))


# --- work and reports ----------------------------------------------------------------------------------------


@_tells(e.PlanSubmitted)
def _plan_submitted(x: e.PlanSubmitted, s: Speaker) -> Told:
    return Told(x.describe, x.text, _said(("单位", s.unit(x.unit)), ("措施", x.measures)))


@_tells(e.MilestonesSet)
def _milestones_set(x: e.MilestonesSet, s: Speaker) -> Told:
    return Told(x.describe, "", _said(*((m.title, day_text(m.due)) for m in x.milestones)))


@_tells(e.MilestoneReached)
def _milestone_reached(x: e.MilestoneReached, s: Speaker) -> Told:
    known = s.docket.milestones.get(x.milestone) if isinstance(s.docket, Matter) else None
    title = known.plan.title if known else x.milestone
    return Told(f"{x.describe}：{title}", x.words, _said(("单位", s.unit(x.unit))))


@_tells(e.TaskBrokenDown)
def _task_broken_down(x: e.TaskBrokenDown, s: Speaker) -> Told:
    lines = (
        f"{i.title}{f'，{i.handler}' if i.handler else ''}{f'，{day_text(i.due)}' if i.due else ''}"
        for i in x.items
    )
    return Told(x.describe, "；".join(lines), _said(("单位", s.unit(x.unit))))


@_tells(e.ProgressReported, e.DynamicReported, e.CompletionReported)
def _reported(x: e.ProgressReported, s: Speaker) -> Told:
    c = x.content
    return Told(
        x.describe,
        c.text or c.progress,
        _said(("单位", s.unit(x.unit)), *report_details(c)),
        c.papers,
    )


def report_details(content: e.Report) -> Details:
    """What a report says beside its text."""
    return _said(
        ("进展", content.progress if content.text not in ("", content.progress) else ""),
        ("问题", content.problems),
        ("原因", content.reason),
        ("下一步", content.next_step),
        ("结果", content.result),
        ("文号", content.document_number),
        ("签字", content.signed_by),
        ("公章", "已盖" if content.sealed else ""),
    )


@_tells(e.InputSubmitted)
def _input_submitted(x: e.InputSubmitted, s: Speaker) -> Told:
    return Told(x.describe, x.text, _said(("单位", s.unit(x.unit))), x.papers)


@_tells(e.ReportAccepted)
def _report_accepted(x: e.ReportAccepted, s: Speaker) -> Told:
    ticked = "、".join(r.title for r in s.presenter.context.pack.review.checklist if r.id in x.checklist)
    details = _said(("单位", s.unit(x.unit)), ("报告", s.report(x.report)), ("要点", ticked))
    return Told(x.describe, x.words, details)


@_tells(e.ReportReturned)
def _report_returned(x: e.ReportReturned, s: Speaker) -> Told:
    reasons = {r.id: r.title for r in s.presenter.context.pack.review.reasons}
    details = _said(
        ("单位", s.unit(x.unit)),
        ("报告", s.report(x.report)),
        ("原因", reasons.get(x.reason, x.reason)),
        ("重办期限", day_text(x.redo_by) if x.redo_by else ""),
    )
    return Told(x.describe, x.words, details, grave=True)


@_tells(e.ReportQueried)
def _report_queried(x: e.ReportQueried, s: Speaker) -> Told:
    return Told(x.describe, x.words, _said(("单位", s.unit(x.unit)), ("报告", s.report(x.report))))


@_tells(e.ReadingApproved)
def _reading_approved(x: e.ReadingApproved, s: Speaker) -> Told:
    details = _said(("综合意见", x.opinion)) if s.trusted else ()
    return Told(x.describe, x.words, details, note="领导审阅通过")


@_tells(e.ReadingRejected)
def _reading_rejected(x: e.ReadingRejected, s: Speaker) -> Told:
    details = _said(("重办期限", day_text(x.redo_by) if x.redo_by else ""))
    return Told(x.describe, x.words, details, grave=True)


# --- dates ---------------------------------------------------------------------------------------------------


@_tells(e.ExtensionRequested)
def _extension_requested(x: e.ExtensionRequested, s: Speaker) -> Told:
    details = _said(
        ("单位", s.unit(x.unit)),
        ("种类", s.title("extensions", x.extension)),
        ("申请延至", day_text(x.asked_due)),
        ("进展", x.progress),
        ("下一步", x.next_step),
        ("意见", x.opinion),
    )
    return Told(x.describe, x.reason, details)


@_tells(e.ExtensionGranted)
def _extension_granted(x: e.ExtensionGranted, s: Speaker) -> Told:
    return Told(x.describe, "", _said(("单位", s.unit(x.unit)), ("延至", day_text(x.due))))


@_tells(e.ExtensionRefused)
def _extension_refused(x: e.ExtensionRefused, s: Speaker) -> Told:
    return Told(x.describe, x.words, _said(("单位", s.unit(x.unit))))


@_tells(e.DelayExplained)
def _delay_explained(x: e.DelayExplained, s: Speaker) -> Told:
    details = _said(
        ("单位", s.unit(x.unit)),
        ("进展", x.progress),
        ("下一步", x.next_step),
        ("签字", x.signed_by),
        ("说明", "原为延期申请，按书面说明记录，期限不变" if x.instead_of else ""),
    )
    return Told(x.describe, x.reason, details)


@_tells(e.CoordinationRequested, e.CoordinationAnswered)
def _coordination(x: e.CoordinationRequested, s: Speaker) -> Told:
    return Told(x.describe, x.words, _said(("单位", s.unit(x.unit))))


@_tells(e.DateSet)
def _date_set(x: e.DateSet, s: Speaker) -> Told:
    details = _said(
        ("新期限", day_text(x.due)),
        ("对", s.unit(x.unit) or "全部主办单位"),
        ("由谁确定", x.set_by),
    )
    return Told(x.describe, x.words, details)


# --- urging, findings ----------------------------------------------------------------------------------------


@_tells(e.Reminded)
def _reminded(x: e.Reminded, s: Speaker) -> Told:
    return Told(f"提示{s.unit(x.unit)}", x.words)


@_tells(e.FindingRecorded)
def _finding_recorded(x: e.FindingRecorded, s: Speaker) -> Told:
    details = _said(("单位", s.unit(x.unit)), ("证据", x.evidence))
    return Told(f"{x.describe}：{s.title('findings', x.finding)}", x.words, details, grave=True)


@_tells(e.UrgingIssued)
def _urging_issued(x: e.UrgingIssued, s: Speaker) -> Told:
    details = _said(
        ("单位", s.unit(x.unit)),
        ("文号", x.number),
        ("限期", day_text(x.limit) if x.limit else ""),
        ("签发", s.title("roles", x.signatory)),
        ("抄送", "、".join(s.title("roles", r) for r in x.copies)),
    )
    title = s.title("urging", x.level)
    return Told(f"签发{title}", x.words, details, citation=x.cite, grave=True)


@_tells(e.UrgingAnswered)
def _urging_answered(x: e.UrgingAnswered, s: Speaker) -> Told:
    return Told(f"答复{s.title('urging', x.level)}", x.words, _said(("单位", s.unit(x.unit))))


@_tells(e.ExplainedInPerson)
def _explained_in_person(x: e.ExplainedInPerson, s: Speaker) -> Told:
    return Told(x.describe, x.words, _said(("单位", s.unit(x.unit)), ("向", x.to)))


@_tells(e.UrgingSettled)
def _urging_settled(x: e.UrgingSettled, s: Speaker) -> Told:
    return Told(x.describe, note=f"{s.unit(x.unit)}的催办了结")


# --- endings and bookkeeping ---------------------------------------------------------------------------------


@_tells(e.Closed, e.TakeOverConfirmed)
def _with_words(x: e.Closed, s: Speaker) -> Told:
    return Told(x.describe, x.words)


@_tells(e.ClosedUnachieved, e.Cancelled, e.Suspended)
def _with_reason(x: e.Suspended, s: Speaker) -> Told:
    return Told(x.describe, x.reason, grave=True)


@_tells(e.Resumed)
def _resumed(x: e.Resumed, s: Speaker) -> Told:
    return Told(x.describe, x.words, _said(("新期限", day_text(x.due))))


@_tells(e.Reopened)
def _reopened(x: e.Reopened, s: Speaker) -> Told:
    return Told(x.describe, x.reason, _said(("新期限", day_text(x.due))), grave=True)


@_tells(e.ConvertedToUpkeep)
def _converted_to_upkeep(x: e.ConvertedToUpkeep, s: Speaker) -> Told:
    return Told(x.describe, x.words, _said(("等级", s.title("grades", x.grade))))


@_tells(e.Attached)
def _attached(x: e.Attached, s: Speaker) -> Told:
    return Told(x.describe, papers=(x.paper,))


@_tells(e.Corrected)
def _corrected(x: e.Corrected, s: Speaker) -> Told:
    return Told(f"更正第 {x.position} 号记录", x.words)


# --- the engine's own entries: mostly one line under their cause ---------------------------------------------


@_tells(e.ObligationArose)
def _obligation_arose(x: e.ObligationArose, s: Speaker) -> Told:
    bearer = s.presenter.unit("" if x.bearer == "office" else x.unit)
    period = f"（{x.period}）" if x.period else ""
    mark = "（暂定）" if x.provisional else ""
    when = f"须于 {due_text(x.due)}{mark} 前" if x.due else "须"
    note = f"{bearer}{when}{x.name}{period}"
    return Told(x.describe, note=note, citation=x.cite, obligation=x.obligation)


@_tells(e.ObligationMoved)
def _obligation_moved(x: e.ObligationMoved, s: Speaker) -> Told:
    note = f"{s.duty(x.obligation)}：期限改为 {due_text(x.due)}（{x.reason}）"
    return Told(x.describe, note=note, citation=x.cite, obligation=x.obligation)


@_tells(e.ObligationSettled)
def _obligation_settled(x: e.ObligationSettled, s: Speaker) -> Told:
    note = f"{s.duty(x.obligation)}：放假安排已公布，暂定的期限核定不变"
    return Told(x.describe, note=note, obligation=x.obligation)


@_tells(e.ObligationDischarged)
def _obligation_discharged(x: e.ObligationDischarged, s: Speaker) -> Told:
    note = f"{s.duty(x.obligation)}：{'按期履行' if x.on_time else '逾期履行'}"
    return Told(x.describe, note=note, obligation=x.obligation)


@_tells(e.ObligationBreached)
def _obligation_breached(x: e.ObligationBreached, s: Speaker) -> Told:
    return Told(x.describe, note=f"{s.duty(x.obligation)}：到期未履行", obligation=x.obligation, grave=True)


@_tells(e.BreachLifted)
def _breach_lifted(x: e.BreachLifted, s: Speaker) -> Told:
    return Told(x.describe, note=f"{s.duty(x.obligation)}：撤销逾期（{x.reason}）", obligation=x.obligation)


@_tells(e.ObligationEnded)
def _obligation_ended(x: e.ObligationEnded, s: Speaker) -> Told:
    return Told(x.describe, note=f"{s.duty(x.obligation)}：终止（{x.reason}）", obligation=x.obligation)


@_tells(e.ObligationReopened)
def _obligation_reopened(x: e.ObligationReopened, s: Speaker) -> Told:
    note = f"{s.duty(x.obligation)}：恢复，{due_text(x.due)} 前（{x.reason}）"
    return Told(x.describe, note=note, obligation=x.obligation)


@_tells(e.ConsequenceProposed)
def _consequence_proposed(x: e.ConsequenceProposed, s: Speaker) -> Told:
    what = s.title("urging", x.level) if x.consequence == "urging" else consequence_title(x.consequence)
    note = f"建议对{s.unit(x.unit) or '本事项'}：{what}（{x.reason}），由{s.title('roles', x.signatory)}决定"
    return Told(x.describe, note=note, citation=x.cite)


def consequence_title(consequence: str) -> str:
    """A proposed consequence other than urging, by the pack's own word."""
    return _CONSEQUENCES.get(consequence, consequence)


_CONSEQUENCES = {
    "criticism": "通报批评",
    "deduction": "扣分",
    "referral": "移交处理",
    "commendation": "表扬",
}


@_tells(e.ProposalWithdrawn)
def _proposal_withdrawn(x: e.ProposalWithdrawn, s: Speaker) -> Told:
    return Told(x.describe, note=f"建议撤回：{_proposal(x.proposal, s)}（{x.reason}）")


@_tells(e.ProposalWithheld)
def _proposal_withheld(x: e.ProposalWithheld, s: Speaker) -> Told:
    return Told(x.describe, x.words, _said(("建议", _proposal(x.proposal, s))))


@_tells(e.ProposalFollowed)
def _proposal_followed(x: e.ProposalFollowed, s: Speaker) -> Told:
    return Told(x.describe, note=f"建议已采纳：{_proposal(x.proposal, s)}")


def _proposal(key: str, s: Speaker) -> str:
    known = s.docket.proposals.get(key) if isinstance(s.docket, Matter) else None
    if known is None:
        return key
    urging = known.consequence == "urging"
    what = s.title("urging", known.level) if urging else consequence_title(known.consequence)
    return f"对{s.unit(known.unit) or '本事项'}{what}"
