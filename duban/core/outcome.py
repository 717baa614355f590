"""What a played scenario led to, as plain data: states, lights, obligations, proposals, refusals."""

from datetime import datetime, time
from typing import Any

from duban.core.citation import Citation
from duban.core.context import OFFICE
from duban.core.directory import gaps
from duban.core.lights import LIGHTS, OBLIGATION_STATES, matter_light, near_until, obligation_state
from duban.core.matter import STAGES, Directive, Matter, Obligation, Petition, Proposal
from duban.core.world import World


def outcome(world: World, now: datetime, refusals: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole world at a moment; keys are documented in ``docs/pack-authoring.md``."""
    near = near_until(now.date(), world.context())
    return {
        "pack": world.pack.id,
        "digest": world.pack.digest,
        "calendar": world.calendar.version,
        "as_of": now.isoformat(),
        "directives": [_directive(d, now, near) for d in world.directives.values()],
        "matters": [_matter(m, world, now, near) for m in world.matters.values()],
        "refusals": refusals,
        "directory_gaps": [
            {"unit": g.unit, "message": g.message, **_basis(g.citation)}
            for g in gaps(world.pack, world.units.values(), now.date())
        ],
    }


def _basis(citation: Citation | None) -> dict[str, str]:
    if citation is None:
        return {"basis": "", "ref": "", "basis_kind": ""}
    return {"basis": str(citation), "ref": citation.ref, "basis_kind": citation.kind}


def _directive(directive: Directive, now: datetime, near: Any) -> dict[str, Any]:
    return {
        "id": directive.id,
        "title": directive.facts.title if directive.facts else "",
        "matters": list(directive.matters),
        "obligations": [obligation_data(o, None, now, near) for o in directive.obligations.values()],
    }


def _matter(matter: Matter, world: World, now: datetime, near: Any) -> dict[str, Any]:
    light = matter_light(matter, now, near)
    duty = matter.completion_due()
    return {
        "id": matter.id,
        "number": matter.number,
        "dispatch_number": matter.dispatch_number,
        "title": matter.facts.title,
        "state": matter.stage,
        "state_title": STAGES[matter.stage],
        "light": light,
        "light_title": LIGHTS[light],
        "due": due_text(duty.due if duty else None),
        "category": matter.facts.category,
        "group": next((c.group for c in world.pack.categories if c.id == matter.facts.category), ""),
        "grade": matter.facts.grade,
        "upkeep": matter.upkeep,
        "read": matter.read,
        "missing_inputs": list(matter.missing_inputs()),
        "registered_at": matter.registered_at.isoformat() if matter.registered_at else "",
        "dispatched_at": matter.dispatched_at.isoformat() if matter.dispatched_at else "",
        "elapsed_hours": _elapsed(matter),
        "entries": len(world.history.get(matter.id, [])),
        "units": [
            {
                "unit": a.unit,
                "lead": a.lead,
                "acknowledged": a.acknowledged_at is not None,
                "accepted": a.accepted,
                "returns": a.returns,
            }
            for a in matter.assignments.values()
        ],
        "obligations": [obligation_data(o, matter, now, near) for o in matter.obligations.values()],
        "proposals": [_proposal(p) for p in matter.proposals.values() if p.status == "open"],
        "petitions": [_petition(p) for p in matter.open_petitions()],
        "notices": [
            {
                "level": n.level,
                "number": n.number,
                "unit": n.unit,
                "signatory": n.signatory,
                "copies": list(n.copies),
                "answered": n.answered,
                "settled": n.settled,
            }
            for n in matter.notices.values()
        ],
    }


def _elapsed(matter: Matter) -> dict[str, float]:
    """Hours from the directive's receipt to registration, and from registration to dispatch (第一时间)."""
    source = matter.directives[0].received_at if matter.directives else None
    spans = {
        "to_register": (source, matter.registered_at),
        "to_dispatch": (matter.registered_at, matter.dispatched_at),
    }
    return {k: round((b - a).total_seconds() / 3600, 1) for k, (a, b) in spans.items() if a and b}


def obligation_data(o: Obligation, matter: Matter | None, now: datetime, near: Any) -> dict[str, Any]:
    """One obligation as data. ``bearer`` is the unit, or "office"; ``due`` a date, or a moment for hours."""
    state = obligation_state(o, matter, now, near)
    return {
        "id": o.id,
        "rule": o.rule,
        "kind": o.duty,
        "name": o.name,
        "bearer": OFFICE if o.bearer == "office" else o.unit,
        "unit": o.unit,
        "due": due_text(o.due),
        "original_due": due_text(o.original_due),
        "starts_on": o.starts_on.isoformat(),
        "term": o.term,
        "rolled_from": o.rolled_from.isoformat() if o.rolled_from else "",
        "provisional": o.provisional,
        "period": o.period,
        "milestone": o.milestone,
        "state": state,
        "state_title": OBLIGATION_STATES[state],
        "breached": o.ever_breached,
        "moved": len(o.moves),
        "cap_basis": str(o.cap) if o.cap else "",
        **_basis(o.cite),
    }


def due_text(due: datetime | None) -> str:
    """A due date; a due moment when it is not the end of a day; empty for a standing duty."""
    if due is None:
        return ""
    return due.date().isoformat() if due.time() == time(23, 59, 59) else due.isoformat()


def _proposal(p: Proposal) -> dict[str, Any]:
    return {
        "id": p.id,
        "rule": p.rule,
        "kind": p.consequence,
        "level": p.level,
        "unit": p.unit,
        "signatory": p.signatory,
        "points": p.points,
        "reason": p.reason,
        "at": p.at.isoformat(),
        **_basis(p.cite),
    }


def _petition(p: Petition) -> dict[str, Any]:
    step = p.steps[p.signed]
    return {"act": p.act, "title": p.title, "unit": p.unit, "roles": list(step.roles), **_basis(p.cite)}
