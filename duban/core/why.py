"""Why a date is what it is (为什么): the rule, the article, the days one by one, the entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from duban.core import entries as e
from duban.core.matter import Obligation
from duban.core.pack import Article, ObligationRule, Reading, RegulationPack
from duban.core.terms import recount
from duban.core.working_days import Calendar, DayCount


@dataclass(frozen=True, slots=True)
class Why:
    """Everything a person may ask about one obligation.

    ``count`` is None where no days were counted. ``recounted_differs`` is set when today's
    calendar would give another day than the one recorded: the record stands until an entry
    moves it. ``entries`` are the ones that made, moved, breached or discharged it.
    """

    obligation: Obligation
    rule: ObligationRule | None
    article: Article | None
    readings: tuple[Reading, ...]
    count: DayCount | None
    recounted_differs: date | None
    entries: tuple[e.Recorded, ...]


def explain(o: Obligation, pack: RegulationPack, calendar: Calendar, history: Sequence[e.Recorded]) -> Why:
    """The full ground of one obligation, from its own record and the docket."""
    rule = next((r for r in pack.obligations if r.id == o.rule), None)
    count = recount(o.counted, calendar) if o.counted else None
    differs = count.end if count and o.original_due and count.end != o.original_due.date() else None
    return Why(
        obligation=o,
        rule=rule,
        article=pack.article(o.cite.ref) if o.cite.kind == "article" else None,
        readings=readings_on(pack, o.cite.ref),
        count=count,
        recounted_differs=differs,
        entries=entries_about(o, history),
    )


def readings_on(pack: RegulationPack, ref: str) -> tuple[Reading, ...]:
    """The pack's choices of reading on an article, and on its parent ("7" for "7.1")."""
    parents = {ref, ref.partition(".")[0]} - {""}
    return tuple(r for r in pack.readings if r.cite.ref in parents)


def entries_about(o: Obligation, history: Sequence[e.Recorded]) -> tuple[e.Recorded, ...]:
    """Entries that name the obligation, and those that caused them, in order."""
    about = [r for r in history if getattr(r.entry, "obligation", "") == o.id]
    wanted = {r.position for r in about} | {r.cause for r in about if r.cause}
    return tuple(r for r in history if r.position in wanted)
