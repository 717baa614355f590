"""From what people type to units in the directory: name, short name, alias, key or pinyin initials."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from duban.core.context import OFFICE
from duban.server.models import Office, Unit

SEPARATORS = re.compile(r"[、;；,，\n]+")


@dataclass(frozen=True)
class Found:
    """Units in the order typed, and the words that match none or several."""

    keys: tuple[str, ...]
    unknown: tuple[str, ...]


class UnitNames:
    """All names of an office's units, read once."""

    def __init__(self, office: Office) -> None:
        self._known: dict[str, set[str]] = {office.name: {OFFICE}, "本机构": {OFFICE}}
        for unit in Unit.objects.filter(office=office):
            names = [unit.name, unit.short_name, unit.key, *unit.aliases, *unit.initials.split()]
            for name in filter(None, names):
                self._known.setdefault(name.casefold(), set()).add(unit.key)

    def find(self, name: str) -> str | None:
        """The one unit of this name; None when there is none or more than one."""
        found = self._known.get(name.strip().casefold(), set())
        return next(iter(found)) if len(found) == 1 else None

    def read(self, text: str) -> Found:
        """Units in a typed list, separated by 、 ； ， or line ends."""
        return self.read_all(part for part in SEPARATORS.split(text) if part.strip())

    def read_all(self, names: Iterable[str]) -> Found:
        keys: list[str] = []
        unknown: list[str] = []
        for name in names:
            key = self.find(name)
            if key is None:
                unknown.append(name.strip())
            elif key not in keys:
                keys.append(key)
        return Found(tuple(keys), tuple(unknown))
