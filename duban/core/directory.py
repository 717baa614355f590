"""What the directory (单位通讯录) must hold for each unit, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from duban.core.citation import Citation
from duban.core.context import Unit
from duban.core.pack import RegulationPack


@dataclass(frozen=True, slots=True)
class Gap:
    """A contact that a unit should have named (缺项)."""

    unit: str
    message: str
    citation: Citation


def gaps(pack: RegulationPack, units: Iterable[Unit], on: date) -> tuple[Gap, ...]:
    """Every contact the pack wants and an active unit lacks."""
    found = []
    for unit in units:
        if not unit.active_on(on):
            continue
        for wanted in pack.directory:
            contact = unit.contacts.get(wanted.role)
            if contact is None or not contact.name:
                found.append(Gap(unit.id, f"{unit.name}未报{wanted.title}", wanted.cite))
            elif wanted.phone and not contact.phone:
                found.append(Gap(unit.id, f"{unit.name}的{wanted.title}没有电话", wanted.cite))
    return tuple(found)
