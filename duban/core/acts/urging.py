"""Urging and judgement: 提示、认定、催办、答复、当面说明."""

from duban.core import commands as c
from duban.core import entries as e
from duban.core.acts.common import IN_WORK, number
from duban.core.draft import Draft
from duban.core.entries import Step
from duban.core.errors import Refusal
from duban.core.expressions import holds
from duban.core.lifecycle import act
from duban.core.matter import Matter, Petition, UrgingNotice
from duban.core.pack import UrgingRule
from duban.core.petitions import effect, propose
from duban.core.proposals import follow


@act(c.Remind, IN_WORK)
def remind(draft: Draft[Matter], command: c.Remind) -> Refusal | None:
    if refusal := _stranger(draft, command.unit):
        return refusal
    draft.add(e.Reminded(unit=command.unit, words=command.words))
    return None


def _stranger(draft: Draft[Matter], unit: str) -> Refusal | None:
    return None if unit in draft.state.assignments else Refusal("该单位不承办本事项。", field="unit")


@act(c.RecordFinding)
def record_finding(draft: Draft[Matter], command: c.RecordFinding) -> Refusal | None:
    kind = next((f for f in draft.context.pack.findings if f.id == command.finding), None)
    if kind is None:
        titles = "、".join(f.title for f in draft.context.pack.findings)
        return Refusal(f"请选择认定的种类：{titles}。", field="finding")
    if refusal := _stranger(draft, command.unit):
        return refusal
    if draft.request.actor.role not in kind.roles:
        titles = "或".join(draft.context.pack.title_of("roles", r) for r in kind.roles)
        return Refusal(f"“{kind.title}”须由{titles}认定。", kind.cite)
    if not command.words.strip() or not command.evidence.strip():
        return Refusal(
            "认定须写明事实和证据。", kind.cite, "words" if not command.words.strip() else "evidence"
        )
    draft.add(e.FindingRecorded.model_validate(command.model_dump()))
    return None


# --- the ladder ---------------------------------------------------------------------------------------------------------


@act(c.Urge, IN_WORK)
def urge(draft: Draft[Matter], command: c.Urge) -> Refusal | None:
    rule = next((u for u in draft.context.pack.urging if u.id == command.level), None)
    if rule is None:
        titles = "、".join(u.title for u in draft.context.pack.urging)
        return Refusal(f"请选择催办的等级：{titles}。", field="level")
    refusal = (
        _stranger(draft, command.unit) or _not_justified(draft, rule, command) or _wrong_hand(draft, rule)
    )
    if refusal:
        return refusal
    steps = (Step(roles=rule.signatory, title="签发"),)
    payload = command.model_dump(mode="json")
    return propose(draft, f"urging:{rule.id}", payload, command.unit, command.words, steps, rule.cite)


def _not_justified(draft: Draft[Matter], rule: UrgingRule, command: c.Urge) -> Refusal | None:
    pack = draft.context.pack
    view = draft.view(command.unit)
    urged = view["urged"]
    assert isinstance(urged, list)
    if rule.after and rule.after not in urged:
        return Refusal(f"{rule.title}须在{pack.title_of('urging', rule.after)}之后。", rule.cite, "level")
    if rule.id in urged and not rule.repeatable:
        return Refusal(f"本轮已签发过{rule.title}。", rule.cite, "level")
    if not holds(rule.when, view):
        return Refusal(f"尚不具备签发{rule.title}的条件。", rule.cite, "level")
    if rule.needs_limit and command.limit is None:
        return Refusal(f"{rule.title}须写明限期。", rule.cite, "limit")
    if command.limit and command.limit < draft.request.occurred_at.date():
        return Refusal("限期不能早于今天。", rule.cite, "limit")
    if any(p.act == f"urging:{rule.id}" and p.unit == command.unit for p in draft.state.open_petitions()):
        return Refusal(f"{rule.title}已在报签。", rule.cite, "level")
    return None


def _wrong_hand(draft: Draft[Matter], rule: UrgingRule) -> Refusal | None:
    """A head or leader who is not the signatory cannot issue it; an officer lays it before the signatory."""
    pack = draft.context.pack
    role = pack.role(draft.request.actor.role)
    if role and role.kind != "officer" and role.id not in rule.signatory:
        titles = "或".join(pack.title_of("roles", r) for r in rule.signatory)
        return Refusal(f"{rule.title}须由{titles}签发。", rule.cite)
    return None


@effect("urging")
def urging_issued(draft: Draft[Matter], petition: Petition, command: c.Sign | None) -> Refusal | None:
    order = c.Urge.model_validate(petition.payload)
    rule = next(u for u in draft.context.pack.urging if u.id == order.level)
    draft.add(
        e.UrgingIssued(
            notice=f"U{len(draft.state.notices) + 1}",
            level=rule.id,
            unit=order.unit,
            signatory=draft.request.actor.role,
            number=number(draft, "urging"),
            limit=order.limit,
            words=order.words,
            copies=rule.copies,
            cite=rule.cite,
        )
    )
    follow(draft, rule.id, order.unit)
    return None


@act(c.Withhold)
def withhold(draft: Draft[Matter], command: c.Withhold) -> Refusal | None:
    proposal = draft.state.proposals.get(command.proposal)
    if proposal is None or proposal.status != "open":
        return Refusal("这条建议已不存在或已处理。", field="proposal")
    role = draft.context.pack.role(draft.request.actor.role)
    if role is None or (role.id != proposal.signatory and role.kind != "office_head"):
        title = draft.context.pack.title_of("roles", proposal.signatory)
        return Refusal(f"是否采纳由{title}决定。", proposal.cite)
    if not command.words.strip():
        return Refusal("不采纳须写明理由。", proposal.cite, "words")
    draft.add(e.ProposalWithheld(proposal=proposal.id, words=command.words))
    return None


@act(c.AnswerUrging)
def answer_urging(draft: Draft[Matter], command: c.AnswerUrging) -> Refusal | None:
    notice = _notice(draft.state, command)
    if notice is None:
        return Refusal("没有待答复的催办单。", field="notice")
    if not command.words.strip():
        return Refusal("请写明办理情况。", field="words")
    entry = e.UrgingAnswered(notice=notice.id, level=notice.level, unit=command.unit, words=command.words)
    draft.add(entry)
    return None


def _notice(matter: Matter, command: c.AnswerUrging) -> UrgingNotice | None:
    mine = [n for n in matter.notices.values() if n.unit == command.unit and not n.answered]
    if command.notice:
        return next((n for n in mine if n.id == command.notice), None)
    return mine[-1] if mine else None


@act(c.ExplainInPerson, IN_WORK)
def explain_in_person(draft: Draft[Matter], command: c.ExplainInPerson) -> Refusal | None:
    if refusal := _stranger(draft, command.unit):
        return refusal
    if not command.words.strip():
        return Refusal("请记录说明的内容。", field="words")
    draft.add(e.ExplainedInPerson(unit=command.unit, to=command.to, words=command.words))
    return None
