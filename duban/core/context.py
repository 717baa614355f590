"""What ``decide`` is told about the world outside the docket: pack, calendar, people, numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from duban.core.entries import DirectiveRef
from duban.core.pack import RegulationPack
from duban.core.working_days import Calendar

OFFICE = "office"
"""The unit id under which the office itself handles a matter (自办、为主会同)."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person named in the directory (分管负责人、联络员、督查员)."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit (单位). ``active_to`` is the last day of a temporary body's term."""

    id: str
    name: str
    kind: str = ""
    parent: str = ""
    active_from: date | None = None
    active_to: date | None = None
    contacts: Mapping[str, Contact] = field(default_factory=dict)

    def active_on(self, day: date) -> bool:
        return (self.active_from is None or self.active_from <= day) and (
            self.active_to is None or day <= self.active_to
        )


@dataclass(frozen=True, slots=True)
class Context:
    """The world as one decision sees it.

    ``parameters``: the office's own numbers over the pack's (see ``Parameter``).
    ``next_number``: the next free number of a series in a year; the caller guarantees that
    it is taken once only, and given back when the decision is not recorded.
    """

    pack: RegulationPack
    calendar: Calendar
    units: Mapping[str, Unit]
    next_number: Callable[[str, int], int]
    parameters: dict[str, int] = field(default_factory=dict)
    directives: Mapping[str, DirectiveRef] = field(default_factory=dict)

    def unit_name(self, unit: str) -> str:
        if unit == OFFICE:
            return "督查机构"
        return self.units[unit].name if unit in self.units else unit
