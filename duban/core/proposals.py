"""Consequences the rules propose (建议): urging levels from the state, others from events.

The system proposes; nothing takes effect until the signatory signs. A proposal whose ground
falls away is withdrawn by an entry; one that was withheld returns only on new grounds.
"""

from datetime import datetime

from duban.core import entries as e
from duban.core.draft import Draft
from duban.core.expressions import holds
from duban.core.matter import Assignment, Matter, Obligation, Proposal
from duban.core.pack import ProposalRule, UrgingRule

URGING = "urging"


def propose_on_event(draft: Draft[Matter], recorded: e.Recorded) -> None:
    """Propose what rules attach to this event, once for each event."""
    entry = recorded.entry
    unit = getattr(entry, "unit", "")
    for rule in draft.context.pack.proposals:
        if entry.event in rule.on and holds(rule.when, draft.view(unit, entry)):
            draft.add(
                _from_rule(draft.state, rule, unit, recorded.position),
                recorded.occurred_at,
                recorded.position,
            )


def withdraw_lifted(draft: Draft[Matter], recorded: e.Recorded) -> None:
    """A breach that was none takes back what it alone had proposed."""
    lifted: e.BreachLifted = recorded.entry
    ground = (f"entry:{draft.state.obligations[lifted.obligation].breached_by}",)
    resting = [p for p in draft.state.proposals.values() if p.status == "open" and p.causes == ground]
    _withdraw(draft, resting, lifted.reason, recorded.occurred_at)


def _from_rule(matter: Matter, rule: ProposalRule, unit: str, position: int) -> e.ConsequenceProposed:
    return e.ConsequenceProposed(
        proposal=_key(matter, rule.id, unit),
        rule=rule.id,
        consequence=rule.consequence,
        level=rule.level or matter.facts.grade,
        unit=unit,
        signatory=rule.signatory,
        points=rule.points.get(matter.facts.grade, rule.points.get("any", "")),
        cite=rule.cite,
        reason=rule.reason,
        causes=(f"entry:{position}",),
    )


def review_urging(draft: Draft[Matter], at: datetime) -> None:
    """Propose the urging levels now justified; withdraw proposals no longer so; settle rounds."""
    if not draft.state.running or not draft.state.confirmed:
        _withdraw(draft, _open(draft.state), "事项已不在办理中", at)
        return
    gone = [p for p in _open(draft.state) if p.unit not in draft.state.assignments]
    _withdraw(draft, gone, "单位不再承办本事项", at)
    for unit in dict.fromkeys(n.unit for n in draft.state.notices.values()):
        _settle(draft, unit, at)
    for a in list(draft.state.assignments.values()):
        for rule in draft.context.pack.urging:
            _review_level(draft, rule, a, at)


def _review_level(draft: Draft[Matter], rule: UrgingRule, a: Assignment, at: datetime) -> None:
    mine = [p for p in draft.state.proposals.values() if p.rule == rule.id and p.unit == a.unit]
    opened = [p for p in mine if p.status == "open"]
    justified = is_justified(draft, rule, a.unit)
    if not justified:
        _withdraw(draft, opened, "依据已消失", at)
        return
    causes = causes_of(draft.state, a.unit)
    if opened or _awaits_signature(draft.state, rule, a.unit):
        return
    breaches = [o.breached_by or 0 for o in _lapsed(draft.state, a.unit)]
    if any(_answered(p, causes) and max(breaches, default=0) < p.position for p in mine):
        return
    entry = e.ConsequenceProposed(
        proposal=_key(draft.state, rule.id, a.unit),
        rule=rule.id,
        consequence=URGING,
        level=rule.id,
        unit=a.unit,
        signatory=rule.signatory[0],
        cite=rule.cite,
        reason=_reason(draft.state, a.unit),
        causes=causes,
    )
    draft.add(entry, at, _last_cause(draft.state, a.unit))


def _answered(p: Proposal, causes: tuple[str, ...]) -> bool:
    """Whether these very grounds were already followed by a notice, or judged not to deserve one."""
    return p.status in ("withheld", "followed") and set(causes) <= set(p.causes)


def is_justified(draft: Draft[Matter], rule: UrgingRule, unit: str) -> bool:
    """Whether the ladder and the rule's condition allow this level now."""
    view = draft.view(unit)
    urged = view["urged"]
    assert isinstance(urged, list)
    if rule.after and rule.after not in urged:
        return False
    if rule.id in urged and not rule.repeatable:
        return False
    return holds(rule.when, view)


def causes_of(matter: Matter, unit: str) -> tuple[str, ...]:
    """What a proposal rests on: the lapsed obligations and the findings, by identity."""
    lapsed = [f"{o.id}@{o.due}" for o in _lapsed(matter, unit)]
    findings = [f"entry:{f.position}" for f in matter.findings if f.unit == unit]
    return (*lapsed, *findings)


def _lapsed(matter: Matter, unit: str) -> list[Obligation]:
    """What the unit itself is late with; a duty of the office about the unit is the office's."""
    mine = [o for o in matter.open_obligations() if o.unit == unit and o.bearer != "office"]
    return [o for o in mine if o.breached]


def _reason(matter: Matter, unit: str) -> str:
    lapsed = [o.name for o in _lapsed(matter, unit)]
    return "；".join(f"{name}逾期" for name in dict.fromkeys(lapsed)) or "已有认定"


def _last_cause(matter: Matter, unit: str) -> int:
    mine = [f.position for f in matter.findings if f.unit == unit]
    mine += [o.arose_at for o in _lapsed(matter, unit)]
    return max(mine, default=matter.position)


def _awaits_signature(matter: Matter, rule: UrgingRule, unit: str) -> bool:
    return any(p.act == f"urging:{rule.id}" and p.unit == unit for p in matter.open_petitions())


def _open(matter: Matter) -> list[Proposal]:
    return [p for p in matter.proposals.values() if p.status == "open" and p.consequence == URGING]


def _withdraw(draft: Draft[Matter], proposals: list[Proposal], reason: str, at: datetime) -> None:
    for p in proposals:
        draft.add(e.ProposalWithdrawn(proposal=p.id, reason=reason), at, p.position)


def _settle(draft: Draft[Matter], unit: str, at: datetime) -> None:
    """A round of urging is over when nothing of the unit is late or owed to a notice any more."""
    notices = [n for n in draft.state.notices.values() if n.unit == unit and not n.settled]
    owed = [o for o in draft.state.open_obligations() if o.unit == unit and o.bearer != "office"]
    if not notices or any(o.breached or o.duty in ("answer", "explain") for o in owed):
        return
    settled = e.UrgingSettled(unit=unit, notices=tuple(n.id for n in notices))
    draft.add(settled, at, notices[-1].position)


def follow(draft: Draft[Matter], rule: str, unit: str) -> None:
    """The notice that a proposal asked for has been issued."""
    for p in list(draft.state.proposals.values()):
        if p.rule == rule and p.unit == unit and p.status == "open":
            draft.add(e.ProposalFollowed(proposal=p.id))


def _key(matter: Matter, rule: str, unit: str) -> str:
    number = sum(1 for p in matter.proposals.values() if p.rule == rule and p.unit == unit) + 1
    return f"{rule}/{unit or 'office'}/{number}"
