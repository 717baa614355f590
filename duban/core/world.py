"""An office in memory: streams, units, people and numbers, for playing scenarios and for tests."""

from dataclasses import dataclass, field
from datetime import datetime

from duban.core import acts  # noqa: F401  importing registers every act
from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import Context, Unit
from duban.core.errors import Notice, Refusal
from duban.core.lifecycle import Decision, decide
from duban.core.matter import Directive, Docket, Matter
from duban.core.pack import RegulationPack
from duban.core.working_days import Calendar

CLERK = e.Actor(person="system", name="系统", role="system")


@dataclass
class World:
    """Keeps every stream's state and history; the same commands as the server, without a database."""

    pack: RegulationPack
    calendar: Calendar
    units: dict[str, Unit] = field(default_factory=dict)
    parameters: dict[str, int] = field(default_factory=dict)
    matters: dict[str, Matter] = field(default_factory=dict)
    directives: dict[str, Directive] = field(default_factory=dict)
    history: dict[str, list[e.Recorded]] = field(default_factory=dict)
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    def act(self, stream: str, request: c.Request) -> Refusal | tuple[Notice, ...]:
        """Carry out one request on one stream; on a refusal nothing changes."""
        taken = dict(self.numbers)
        decision = decide(request, self._state(stream, request), self.context())
        if isinstance(decision, Refusal):
            self.numbers = taken
            return decision
        self._keep(stream, decision)
        for directive in _directives_named(request.command):
            self.act(directive, replace_command(request, c.Decompose(matter=stream)))
        return decision.notices

    def tick(self, now: datetime) -> None:
        """Let time pass on every stream."""
        for stream in (*self.matters, *self.directives):
            self.act(stream, c.Request(command=c.Tick(), actor=CLERK, occurred_at=now, recorded_at=now))

    def context(self) -> Context:
        refs = {key: directive_ref(d) for key, d in self.directives.items() if d.facts}
        return Context(self.pack, self.calendar, self.units, self._next_number, self.parameters, refs)

    def _state(self, stream: str, request: c.Request) -> Docket:
        if stream in self.matters:
            return self.matters[stream]
        if stream in self.directives:
            return self.directives[stream]
        return Directive(stream) if isinstance(request.command, c.RegisterDirective) else Matter(stream)

    def _keep(self, stream: str, decision: Decision[Docket]) -> None:
        self.history.setdefault(stream, []).extend(decision.recorded)
        if isinstance(decision.state, Matter):
            self.matters[stream] = decision.state
        elif isinstance(decision.state, Directive):
            self.directives[stream] = decision.state

    def _next_number(self, series: str, year: int) -> int:
        self.numbers[series, year] = self.numbers.get((series, year), 0) + 1
        return self.numbers[series, year]


def _directives_named(command: c.Command) -> tuple[str, ...]:
    """Directives that a matter comes from or is joined to: they are decomposed with it."""
    if isinstance(command, c.Register):
        return command.directives
    return (command.directive,) if isinstance(command, c.JoinDirective) else ()


def replace_command(request: c.Request, command: c.Command) -> c.Request:
    return request.model_copy(update={"command": command})


def directive_ref(directive: Directive) -> e.DirectiveRef:
    """What a matter remembers of its directive."""
    assert directive.facts is not None and directive.registered_at is not None
    return e.DirectiveRef(
        id=directive.id,
        title=directive.facts.title,
        source=directive.facts.source,
        leader=directive.facts.leader,
        received_at=directive.registered_at,
        issued_on=directive.facts.issued_on,
    )
