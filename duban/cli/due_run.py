"""Let the engine answer ``duban due``: the events given are put on a docket, and its rules make the duties.

Nothing here counts days or chooses rules; only what has not been told is filled in, and said.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from duban.cli.due_facts import EVENTS, Answers
from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import OFFICE, Context, Unit
from duban.core.draft import Draft
from duban.core.errors import DubanError, Refusal
from duban.core.expressions import holds
from duban.core.lifecycle import advance, react, request_values
from duban.core.matter import Directive, Matter, Obligation
from duban.core.pack import RegulationPack, Requirement
from duban.core.pack_reading import variables_of
from duban.core.working_days import Calendar
from duban.core.world import directive_ref

LEAD, SUPPORT = "lead", "support"
_UNITS = {LEAD: "主办单位", SUPPORT: "协办单位"}
_BEFORE_WORK = ("registered", "dispatched")
_CHECKED = frozenset({"register", "submit", "dispatch"})
_ANSWERED = frozenset(
    {"category", "group", "source", "sources", "grade", "urgency", "mode", "unit_kind"}
    | {"has_stated_due", "stated_by", "milestones", "beyond_cap"}
)
"""Names that a question can answer: only requirements on these are asked about here."""


class OutOfOrder(DubanError):
    """An event was given that cannot have happened without another."""


@dataclass
class Answer:
    """The duties, or the refusals in their place; ``assumed`` says what was filled in."""

    obligations: list[Obligation] = field(default_factory=list)
    refusals: list[tuple[Requirement, Refusal]] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    now: datetime = datetime.min
    context: Context | None = None


def answer(pack: RegulationPack, calendar: Calendar, answers: Answers) -> Answer:
    """Every duty that arises at the events given. Raises :class:`OutOfOrder`."""
    kind = answers.text("unit_kind")
    units = {key: Unit(key, name, kind) for key, name in _UNITS.items()}
    numbers = {p.id: v for p in pack.parameters if isinstance(v := answers.facts.get(p.id), int)}
    context = Context(pack, calendar, units, lambda series, year: 1, numbers)
    result = Answer(context=context, now=max(answers.events.values()))
    events = _with_implied(answers, result)
    directive = _directive(answers, context, events)
    if directive:
        result.obligations += directive.obligations.values()
    if "registered" not in events:
        return result
    matter = _matter(answers, context, events, directive, result)
    result.obligations += matter.obligations.values()
    return result


def _with_implied(answers: Answers, result: Answer) -> dict[str, datetime]:
    """The events with those that must have gone before, in order of time."""
    events = dict(answers.events)
    later = [k for k in events if k not in ("issued", "directive_registered", *_BEFORE_WORK)]
    needed = _BEFORE_WORK if later else _BEFORE_WORK[:1] if "dispatched" in events else ()
    first = min((events[k] for k in (*later, *_BEFORE_WORK) if k in events), default=None)
    for key in needed:
        if key not in events and first is not None:
            known = min(first, events.get("dispatched", first))
            events[key] = known
            result.assumed.append(f"没有给出“{EVENTS[key]}”的日期，按 {known.date()} 计")
    if "issued" in events and "directive_registered" not in events:
        events["directive_registered"] = events["issued"]
        result.assumed.append(f"没有给出“{EVENTS['directive_registered']}”的日期，按成文日期计")
    _check_order(events)
    order = list(EVENTS)
    return dict(sorted(events.items(), key=lambda item: (item[1], order.index(item[0]))))


def _check_order(events: dict[str, datetime]) -> None:
    """Registered, dispatched, received: nobody receives what was not sent yet."""
    sequence = [
        k for k in ("directive_registered", "registered", "dispatched", "acknowledged") if k in events
    ]
    for before, after in pairwise(sequence):
        if events[after] < events[before]:
            raise OutOfOrder(f"“{EVENTS[after]}”不能早于“{EVENTS[before]}”。")


def _draft(docket: Directive | Matter, at: datetime, command: c.Command, context: Context) -> Draft[Any]:
    actor = e.Actor(person="system", name="系统", role="system")
    request = c.Request(command=command, actor=actor, occurred_at=at, recorded_at=at)
    return Draft(docket, request, context)


def _happen(draft: Draft[Any], entry: e.Entry) -> Any:
    """One entry with everything that rules attach to it; the docket after it."""
    advance(draft, draft.request.occurred_at)
    index = len(draft.recorded)
    draft.add(entry)
    while index < len(draft.recorded):
        react(draft, draft.recorded[index])
        index += 1
    return draft.state


def _directive(answers: Answers, context: Context, events: dict[str, datetime]) -> Directive | None:
    if "directive_registered" not in events:
        return None
    issued = answers.events.get("issued")
    at = events["directive_registered"]
    entry = e.DirectiveRegistered(
        title="立项依据", source=answers.text("source"), issued_on=issued.date() if issued else None
    )
    draft = _draft(Directive("D1"), at, c.RegisterDirective(name="立项依据"), context)
    after: Directive = _happen(draft, entry)
    return after


def _matter(
    answers: Answers,
    context: Context,
    events: dict[str, datetime],
    directive: Directive | None,
    result: Answer,
) -> Matter:
    facts = _facts(answers, context.pack)
    refs = (directive_ref(directive),) if directive else _source_only(answers, events)
    command = c.Register(name=facts.title, stated_due=facts.stated_due, stated_by=facts.stated_by)
    matter = Matter("M1")
    for word, at in events.items():
        if word in ("issued", "directive_registered"):
            continue
        draft = _draft(matter, at, command, context)
        if word == "registered":
            matter = _happen(draft, e.Registered(facts=facts, directives=refs))
            result.refusals += _refused(draft, command)
            if result.refusals:
                return Matter("M1")
            continue
        for entry in _entries(word, matter, answers, context.pack):
            matter = _happen(draft, entry)
    return matter


def _source_only(answers: Answers, events: dict[str, datetime]) -> tuple[e.DirectiveRef, ...]:
    """The kind of directive counts even where its date is not given."""
    source = answers.text("source")
    at = events["registered"]
    return (e.DirectiveRef(id="D1", title="立项依据", source=source, received_at=at),) if source else ()


def _facts(answers: Answers, pack: RegulationPack) -> e.Facts:
    mode = next((m for m in pack.modes if m.id == answers.text("mode")), None)
    milestone = answers.day("milestone")
    own = {f.id: _plain(answers.facts[f.id]) for f in pack.facts if f.id in answers.facts}
    return e.Facts(
        title="事项",
        category=answers.text("category"),
        grade=answers.text("grade"),
        urgency=answers.text("urgency"),
        mode=answers.text("mode"),
        leads=(OFFICE,) if mode and mode.office_leads else (LEAD,),
        supports=(SUPPORT,) if mode and mode.min_supports else (),
        stated_due=answers.day("stated_due"),
        stated_by=answers.text("stated_by"),
        milestones=(e.MilestonePlan(id="N1", title="节点", due=milestone),) if milestone else (),
        facts=own,
    )


def _plain(value: str | int | bool | date) -> str | int | bool:
    return value.isoformat() if isinstance(value, date) else value


def _refused(draft: Draft[Any], command: c.Command) -> Iterator[tuple[Requirement, Refusal]]:
    """The pack's requirements on what the questions answer, and that the answers do not meet."""
    pack = draft.context.pack
    answered = _ANSWERED | {f.id for f in pack.facts}
    view = draft.view("", None, request_values(draft, command))
    for rule in pack.requirements:
        names = _names(rule, pack)
        if not names or rule.needs or not names <= answered or not _CHECKED & set(rule.on):
            continue
        if holds(rule.when, view) and not holds(rule.require, view):
            yield rule, Refusal(rule.message, rule.cite)


def _names(rule: Requirement, pack: RegulationPack) -> set[str]:
    source = re.sub(r"\"[^\"]*\"|'[^']*'", "", f"{rule.when} {rule.require}")
    return set(re.findall(r"[a-z_]\w*", source)) & set(variables_of(pack))


# --- what each event is, as an entry ---------------------------------------------------------------------------


def _entries(word: str, matter: Matter, answers: Answers, pack: RegulationPack) -> list[e.Entry]:
    if word == "acknowledged":
        waiting = [a.unit for a in matter.assignments.values() if a.acknowledged_at is None]
        return [e.Acknowledged(unit=unit) for unit in waiting]
    if word == "dispatched":
        own = [e.Acknowledged(unit=OFFICE)] if OFFICE in matter.assignments else []
        return [e.Dispatched(channel=pack.channels[0].id), *own]
    return [_MADE[word](matter, answers, pack)]


def _unit(matter: Matter) -> str:
    return matter.facts.leads[0]


def _urging(matter: Matter, answers: Answers, pack: RegulationPack) -> e.Entry:
    rule = next((u for u in pack.urging if u.id == answers.text("level")), None) or next(
        iter(pack.urging), None
    )
    if rule is None:
        raise OutOfOrder("本制度没有催办的等级。")
    return e.UrgingIssued(
        notice="U1",
        level=rule.id,
        unit=_unit(matter),
        signatory=rule.signatory[0],
        limit=answers.day("limit"),
        cite=rule.cite,
    )


def _accepted(matter: Matter, answers: Answers, pack: RegulationPack) -> e.Entry:
    if not matter.reports:
        raise OutOfOrder("审核通过之前要先有报告：请一并给出 progress_reported 或 completion_reported。")
    return e.ReportAccepted(unit=_unit(matter), report=list(matter.reports)[-1])


def _reached(matter: Matter, answers: Answers, pack: RegulationPack) -> e.Entry:
    if not matter.milestones:
        raise OutOfOrder("节点完成之前要先有节点：请一并给出 milestone（节点的日期）。")
    return e.MilestoneReached(unit=_unit(matter), milestone="N1")


def _inquired(matter: Matter, answers: Answers, pack: RegulationPack) -> e.Entry:
    return e.Inquired.model_validate(
        {"unit": _unit(matter), "subject": answers.text("subject") or "progress"}
    )


def _report(kind: Any) -> "Maker":
    return lambda matter, answers, pack: kind(
        unit=_unit(matter), report=f"R{len(matter.reports) + 1}", content=e.Report(text="情况")
    )


Maker = Callable[[Matter, Answers, RegulationPack], e.Entry]
_MADE: dict[str, Maker] = {
    "inquired": _inquired,
    "objection_raised": lambda m, a, p: e.ObjectionRaised(unit=_unit(m), points=("other",), words="情况"),
    "coordination_requested": lambda m, a, p: e.CoordinationRequested(unit=_unit(m), words="情况"),
    "milestone_reached": _reached,
    "progress_reported": _report(e.ProgressReported),
    "completion_reported": _report(e.CompletionReported),
    "report_accepted": _accepted,
    "urging_issued": _urging,
}
