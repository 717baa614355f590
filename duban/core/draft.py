"""A decision while it is being made: entries are added one by one, the state follows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic

from duban.core import entries as e
from duban.core.commands import Request
from duban.core.context import Context
from duban.core.errors import Notice
from duban.core.matter import D, evolve
from duban.core.vocabulary import Value, View

SYSTEM = e.Actor(person="system", name="系统", role="system")


@dataclass
class Draft(Generic[D]):
    """Collects the entries of one decision; ``state`` is always the state after the last one."""

    state: D
    request: Request
    context: Context
    recorded: list[e.Recorded] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def add(self, entry: e.Entry, at: datetime | None = None, cause: int | None = None) -> int:
        """Append an entry; returns its position. With ``cause`` it is the system's own doing."""
        by_system = cause is not None
        recorded = e.Recorded(
            stream=self.state.id,
            position=self.state.position + 1,
            occurred_at=at or self.request.occurred_at,
            recorded_at=self.request.recorded_at,
            actor=SYSTEM if by_system else self.request.actor,
            proxy=None if by_system else self.request.proxy,
            command_id=self.request.command_id,
            cause=cause or None,
            pack=f"{self.context.pack.id}@{self.context.pack.digest}",
            calendar=self.context.calendar.version,
            entry=entry,
        )
        self.recorded.append(recorded)
        self.state = evolve(self.state, recorded)
        return recorded.position

    def notice(self, notice: Notice) -> None:
        self.notices.append(notice)

    def view(
        self, unit: str = "", entry: e.Entry | None = None, extra: dict[str, Value] | None = None
    ) -> View:
        """The vocabulary as this decision sees it now, for one unit and one event."""
        return view_of(self.state, self.context, unit, entry, extra)


def view_of(
    state: D,
    context: Context,
    unit: str = "",
    entry: e.Entry | None = None,
    extra: dict[str, Value] | None = None,
) -> View:
    """The vocabulary for a docket; facts the pack asks for and that are absent read as empty."""
    pack = context.pack
    blanks: dict[str, Value] = {f.id: _BLANK[f.type] for f in pack.facts}
    known = blanks | getattr(getattr(state, "facts", None), "facts", {}) | (extra or {})
    return View(
        state,
        unit,
        entry,
        known,
        {c.id: c.group for c in pack.categories},
        lambda key: context.units[key].kind if key in context.units else "",
    )


_BLANK: dict[str, Value] = {"date": "", "bool": False, "int": 0, "text": "", "choice": ""}
