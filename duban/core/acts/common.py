"""Checks that several acts share."""

from collections.abc import Iterable
from datetime import date, datetime

from duban.core.context import OFFICE, Context
from duban.core.draft import Draft
from duban.core.entries import Facts, Step
from duban.core.errors import Refusal
from duban.core.matter import ENDED, Matter
from duban.core.pack import Mode, RegulationPack, Series

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


def check_mode(facts: Facts, context: Context) -> Refusal | None:
    """Whether the units fit the handling mode (办理方式)."""
    mode = next((m for m in context.pack.modes if m.id == facts.mode), None)
    if mode is None:
        return None
    if OFFICE in (*facts.leads, *facts.supports) and not mode.office_leads:
        return Refusal(f"“{mode.title}”由其他单位承办，督查机构不能列为承办单位。", mode.cite, "leads")
    if not mode.min_leads <= len(facts.leads) <= mode.max_leads:
        return Refusal(
            f"“{mode.title}”的主办单位应为{_range(mode.min_leads, mode.max_leads)}个。", mode.cite, "leads"
        )
    if not mode.min_supports <= len(facts.supports) <= mode.max_supports:
        return Refusal(_supports_message(mode), mode.cite, "supports")
    return None


def _supports_message(mode: Mode) -> str:
    if mode.max_supports == 0:
        return f"“{mode.title}”不设协办单位。"
    return f"“{mode.title}”的协办单位应为{_range(mode.min_supports, mode.max_supports)}个。"


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"至少{low}" if high >= 99 else f"{low}至{high}"


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
