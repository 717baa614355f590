"""From a docket's state to the rows that pages read, and back to zero (``rebuild``).

``expected`` is pure reading; ``write`` brings the tables in line with it; ``stored`` is what the tables hold
now, in the same form, so that verifying is comparing two values.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from duban.core import entries as e
from duban.core.matter import Assignment, Directive, Docket, Matter, Obligation
from duban.core.pack import RegulationPack
from duban.server.clock import maybe_to_db, to_db
from duban.server.models import (
    AssignmentRow,
    DirectiveRow,
    MatterDirective,
    MatterPerson,
    MatterRow,
    ObligationRow,
    PetitionRow,
    PetitionSignatory,
    ProposalRow,
    ReportRow,
    Stream,
    UrgingRow,
)

Values = dict[str, Any]
Rows = dict[type[Model], dict[tuple[Any, ...], Values]]
EXCERPT = 200
"""Characters of a matter's content that the ledger carries."""

PERSON = 40
"""Characters of the longest name under which entries know a person."""

KEYS: dict[type[Model], tuple[str, ...]] = {
    MatterRow: ("stream_id",),
    DirectiveRow: ("stream_id",),
    MatterPerson: ("person",),
    MatterDirective: ("directive_id",),
    AssignmentRow: ("unit",),
    ObligationRow: ("obligation",),
    PetitionRow: ("petition",),
    PetitionSignatory: ("petition__petition", "role", "unit"),
    ProposalRow: ("proposal",),
    ReportRow: ("report",),
    UrgingRow: ("notice",),
}
"""What names a row within its stream. Rows are written in this order."""

SCOPES: dict[type[Model], str] = {
    MatterRow: "stream_id",
    DirectiveRow: "stream_id",
    ObligationRow: "stream_id",
    PetitionSignatory: "petition__matter_id",
}
"""How a table names the stream; ``matter_id`` where it is not listed."""


# --- what should stand there -----------------------------------------------------------------------------


def expected(stream: Stream, state: Docket, history: Iterable[e.Recorded], pack: RegulationPack) -> Rows:
    """The rows of one stream, by table and key."""
    rows: Rows
    if isinstance(state, Matter):
        rows = _matter_rows(state, list(history), pack)
    else:
        assert isinstance(state, Directive)
        rows = {DirectiveRow: {(state.id,): _directive_values(state)}}
    rows[ObligationRow] = {(o.id,): _obligation_values(state, o) for o in state.obligations.values()}
    for model, found in rows.items():
        for values in found.values():
            if model not in (MatterPerson, MatterDirective):
                values["office_id"] = stream.office_id
    return rows


def _matter_rows(m: Matter, history: list[e.Recorded], pack: RegulationPack) -> Rows:
    units = [*m.facts.leads, *m.facts.supports]
    return {
        MatterRow: {(m.id,): _matter_values(m, history, pack)},
        MatterPerson: {(person,): {"named": named} for person, named in _persons(m, history).items()},
        MatterDirective: {(d.id,): {} for d in m.directives},
        AssignmentRow: {(a.unit,): _assignment_values(m, a, units, pack) for a in m.assignments.values()},
        PetitionRow: {
            (p.id,): {
                "act": p.act,
                "title": p.title,
                "unit": p.unit,
                "words": p.words,
                "status": p.status,
                "signed": p.signed,
                "steps": len(p.steps),
                "opened_at": to_db(p.opened_at),
                "opened_by": p.opened_by.person,
            }
            for p in m.petitions.values()
        },
        PetitionSignatory: {
            (p.id, role, p.steps[p.signed].unit): {}
            for p in m.open_petitions()
            for role in p.steps[p.signed].roles
        },
        ProposalRow: {
            (p.id,): {
                "rule": p.rule,
                "consequence": p.consequence,
                "level": p.level,
                "unit": p.unit,
                "signatory": p.signatory,
                "points": p.points,
                "reason": p.reason,
                "citation": p.cite.model_dump(mode="json"),
                "at": to_db(p.at),
                "status": p.status,
            }
            for p in m.proposals.values()
        },
        ReportRow: {
            (r.id,): {
                "unit": r.unit,
                "kind": r.kind,
                "status": r.status,
                "reason": r.reason,
                "at": to_db(r.at),
            }
            for r in m.reports.values()
        },
        UrgingRow: {
            (n.id,): {
                "level": n.level,
                "unit": n.unit,
                "at": to_db(n.at),
                "limit": n.limit,
                "answered": n.answered,
                "settled": n.settled,
            }
            for n in m.notices.values()
        },
    }


def _matter_values(m: Matter, history: list[e.Recorded], pack: RegulationPack) -> Values:
    facts, owed = m.facts, _owed_by_units(m)
    completion = m.completion_due()
    urged = _urged(m, pack)
    reports = [a.last_report_at for a in m.assignments.values() if a.last_report_at]
    return {
        "number": m.number,
        "title": facts.title,
        "content": facts.content[:EXCERPT],
        "stage": m.stage,
        "category": facts.category,
        "grade": facts.grade,
        "urgency": facts.urgency,
        "mode": facts.mode,
        "source": "；".join(f"{pack.title_of('sources', d.source)}：{d.title}" for d in m.directives),
        "lead_unit": facts.leads[0] if facts.leads else "",
        "responsible_leader": facts.responsible_leader,
        "responsible_person": facts.responsible_person,
        "registered_by": history[0].actor.person if history else "",
        "restricted": facts.restricted,
        "due": maybe_to_db(completion.due if completion else None),
        "next_due": maybe_to_db(_earliest(owed)),
        "breached": any(o.breached for o in owed),
        "provisional": any(o.provisional for o in owed),
        "urged": pack.urging[urged - 1].id if urged else "",
        "urged_rank": urged,
        "last_report_at": maybe_to_db(max(reports, default=None)),
        "registered_at": maybe_to_db(m.registered_at),
        "listed_at": maybe_to_db(m.listed_at),
        "dispatched_at": maybe_to_db(m.dispatched_at),
        "ended_at": maybe_to_db(m.ended_at),
        "taken_over": facts.taken_over,
        "confirmed": m.confirmed,
        "upkeep": m.upkeep,
        "text": _searched(m),
    }


def _searched(m: Matter) -> str:
    facts = m.facts
    directives = (text for d in m.directives for text in (d.title, d.leader))
    words = (m.number, facts.title, facts.content, facts.target, *directives)
    people = (facts.responsible_leader, facts.responsible_person, facts.proposed_handling)
    return "\n".join(text for text in (*words, *people) if text)


def _owed_by_units(m: Matter, unit: str = "") -> list[Obligation]:
    """Open duties that units owe; of one unit where it is given."""
    return [o for o in m.open_obligations() if o.bearer != "office" and unit in ("", o.unit)]


def _earliest(owed: list[Obligation]) -> datetime | None:
    return min((o.due for o in owed if o.due), default=None)


def _urged(m: Matter, pack: RegulationPack, unit: str = "") -> int:
    """The rank (from 1) of the highest unsettled urging level; 0 where there is none."""
    ranks = {rule.id: rank for rank, rule in enumerate(pack.urging, 1)}
    unsettled = (n for n in m.notices.values() if not n.settled and unit in ("", n.unit))
    return max((ranks.get(n.level, 0) for n in unsettled), default=0)


def _persons(m: Matter, history: list[e.Recorded]) -> dict[str, bool]:
    """Who may know of a restricted matter: the named readers, and who registered, signed or handled it."""
    acted = {r.actor.person: False for r in history if r.actor.role != "system"}
    acted |= {r.proxy.recorder.person: False for r in history if r.proxy}
    # A longer name than any person has names nobody.
    return acted | {person: True for person in m.facts.readers if len(person) <= PERSON}


def _assignment_values(m: Matter, a: Assignment, order: list[str], pack: RegulationPack) -> Values:
    owed = _owed_by_units(m, a.unit)
    urged = _urged(m, pack, a.unit)
    return {
        "lead": a.lead,
        "order": order.index(a.unit) if a.unit in order else len(order),
        "acknowledged_at": maybe_to_db(a.acknowledged_at),
        "completion": "accepted" if a.accepted else "submitted" if a.completion else "",
        "due": maybe_to_db(_earliest([o for o in owed if o.duty == "complete"])),
        "next_due": maybe_to_db(_earliest(owed)),
        "breached": any(o.breached for o in owed),
        "urged": pack.urging[urged - 1].id if urged else "",
        "last_report_at": maybe_to_db(a.last_report_at),
        "returns": a.returns,
    }


def _directive_values(d: Directive) -> Values:
    facts = d.facts
    assert facts is not None
    words = (facts.title, facts.number, facts.leader, facts.text)
    return {
        "title": facts.title,
        "source": facts.source,
        "number": facts.number,
        "leader": facts.leader,
        "issued_on": facts.issued_on,
        "registered_at": maybe_to_db(d.registered_at),
        "text": "\n".join(text for text in words if text),
    }


def _obligation_values(state: Docket, o: Obligation) -> Values:
    is_matter = isinstance(state, Matter)
    return {
        "matter_id": state.id if is_matter else None,
        "directive_id": None if is_matter else state.id,
        "rule": o.rule,
        "duty": o.duty,
        "name": o.name,
        "bearer": o.bearer,
        "unit": o.unit,
        "due": maybe_to_db(o.due),
        "status": o.status,
        "breached": o.breached,
        "ever_breached": o.ever_breached,
        "discharged_at": maybe_to_db(o.discharged_at),
        "on_time": o.on_time,
        "period": o.period,
        "provisional": o.provisional,
        "citation": o.cite.model_dump(mode="json"),
    }


# --- what stands there -----------------------------------------------------------------------------------


def _tables(stream: Stream) -> list[type[Model]]:
    if stream.kind == "directive":
        return [DirectiveRow, ObligationRow]
    return [model for model in KEYS if model is not DirectiveRow]


def _scope(model: type[Model], stream: Stream) -> dict[str, str]:
    return {SCOPES.get(model, "matter_id"): stream.pk}


def _columns(model: type[Model]) -> list[str]:
    """Every column but the row's own number, its place in the stream and its key."""
    place = {
        "id",
        SCOPES.get(model, "matter_id"),
        *KEYS[model],
        "petition_id" if model is PetitionSignatory else "",
    }
    return [field.attname for field in model._meta.concrete_fields if field.attname not in place]


def stored(stream: Stream) -> Rows:
    """The rows the tables hold for a stream, in the form of ``expected``."""
    rows: Rows = {}
    for model in _tables(stream):
        keys, columns = KEYS[model], _columns(model)
        found = model._default_manager.filter(**_scope(model, stream)).values(*keys, *columns)
        rows[model] = {tuple(row[k] for k in keys): {c: row[c] for c in columns} for row in found}
    return rows


def differences(wanted: Rows, found: Rows) -> list[str]:
    """Every row that is missing, superfluous or other than it should be, in words."""
    lines = []
    for model in sorted(wanted.keys() | found.keys(), key=lambda model: model.__name__):
        mine, theirs = wanted.get(model, {}), found.get(model, {})
        for key in sorted(mine.keys() | theirs.keys(), key=str):
            if mine.get(key) != theirs.get(key):
                lines.append(
                    f"{model._meta.verbose_name} {'/'.join(map(str, key))}：{_difference(mine, theirs, key)}"
                )
    return lines


def _difference(wanted: dict[Any, Values], found: dict[Any, Values], key: Any) -> str:
    if key not in found:
        return "缺失"
    if key not in wanted:
        return "多余"
    return (
        "、".join(column for column, value in wanted[key].items() if found[key].get(column) != value)
        + " 不符"
    )


# --- writing ---------------------------------------------------------------------------------------------


def write(stream: Stream, wanted: Rows) -> None:
    """Bring the tables in line; rows that are right already are left alone."""
    found = stored(stream)
    for model in _tables(stream):
        _write_table(model, stream, wanted.get(model, {}), found[model])


def _write_table(
    model: type[Model],
    stream: Stream,
    wanted: dict[tuple[Any, ...], Values],
    found: dict[tuple[Any, ...], Values],
) -> None:
    rows = model._default_manager.filter(**_scope(model, stream))
    keys = KEYS[model]
    for key in found.keys() - wanted.keys():
        rows.filter(**dict(zip(keys, key, strict=True))).delete()
    for key in wanted.keys() & found.keys():
        if wanted[key] != found[key]:
            rows.filter(**dict(zip(keys, key, strict=True))).update(**wanted[key])
    # In the order of the state, so that two rebuilds number their rows alike.
    new = [
        model(**_place(model, stream, key), **values) for key, values in wanted.items() if key not in found
    ]
    if new:
        model._default_manager.bulk_create(new)


def _place(model: type[Model], stream: Stream, key: tuple[Any, ...]) -> Values:
    if model is PetitionSignatory:
        petition = PetitionRow.objects.get(matter_id=stream.pk, petition=key[0])
        return {"petition": petition, "role": key[1], "unit": key[2]}
    return _scope(model, stream) | dict(zip(KEYS[model], key, strict=True))
