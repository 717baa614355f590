"""Checks that several acts share."""

from collections.abc import Iterable
from datetime import date, datetime

from duban.core.context import OFFICE, Context
from duban.core.draft import Draft
from duban.core.entries import Step
from duban.core.errors import Refusal
from duban.core.matter import ENDED, Matter
from duban.core.pack import RegulationPack, Series

NOT_YET_DISPATCHED = frozenset({"draft", "listed"})
IN_WORK = frozenset({"dispatched", "working", "reported", "reviewed"})
FINISHED = ENDED


def unknown_units(units: Iterable[str], context: Context, on: date) -> Refusal | None:
    """A unit that is not in the directory, or whose term is over on that day."""
    for key in units:
        if key == OFFICE:
            continue
        unit = context.units.get(key)
        if unit is None:
            return Refusal(f"单位通讯录里没有“{key}”，请先登记该单位。", field="leads")
        if not unit.active_on(on):
            cite = next((k.cite for k in context.pack.unit_kinds if k.id == unit.kind), None)
            return Refusal(f"“{unit.name}”在{on.isoformat()}不在设立期内，不能承办。", cite, "leads")
    return None


def deciders(pack: RegulationPack) -> tuple[Step, ...]:
    """Who decides where the pack names no route: a head of the office or a leader."""
    roles = tuple(r.id for r in pack.roles if r.kind in ("office_head", "leader"))
    return (Step(roles=roles, title="审定"),)


def number(draft: Draft[Matter], use: str, preferred: str = "") -> str:
    """The next number of the series for this use; restricted matters have a series of their own."""
    restricted = draft.state.facts.restricted
    series = _series(draft.context.pack, use, restricted, preferred)
    if series is None:
        return ""
    year = draft.request.occurred_at.year
    return series.format.format(year=year, n=draft.context.next_number(series.id, year))


def _series(pack: RegulationPack, use: str, restricted: bool, preferred: str) -> Series | None:
    fitting = [s for s in pack.series if s.use == use and s.restricted == restricted]
    return next((s for s in fitting if s.id == preferred), fitting[0] if fitting else None)


def passed(due: datetime | None, at: datetime) -> bool:
    return due is not None and due < at
