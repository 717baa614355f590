"""The core alone, without a database: playing, replaying, deciding, counting days."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from benchmarks.progress import over
from benchmarks.timing import rate
from duban import packs
from duban.calendars import load_calendar
from duban.cli.play import play_all
from duban.core import chain, codec, scenario, world
from duban.core import entries as e
from duban.core.lifecycle import decide
from duban.core.matter import Directive, Matter, fold
from duban.core.scenario_format import Scenario, read_scenario
from duban.core.working_days import Calendar, count_working_days

TERMS = (1, 5, 15, 30, 60)
"""Lengths of the terms whose ends are counted, in working days."""


@dataclass
class Taken:
    """What playing every case of every pack led to: requests with the state they met, and dockets."""

    requests: list[tuple[Any, Any, Any]] = field(default_factory=list)
    dockets: list[list[e.Recorded]] = field(default_factory=list)

    @property
    def entries(self) -> int:
        return sum(len(docket) for docket in self.dockets)


def measure() -> dict[str, dict[str, float]]:
    """Rates of the core, each the middle one of three rounds."""
    scenarios = {pack: read_scenario(packs.cases(pack)) for pack in packs.available()}
    taken = _taken(scenarios)
    encoded = [(docket[0].stream, [codec.encode(r) for r in docket]) for docket in taken.dockets if docket]
    calendar = load_calendar()
    actions: dict[str, Callable[[], int]] = {
        "play": lambda: _play(scenarios, taken.entries),
        "decide": lambda: _decide(taken),
        "replay": lambda: _replay(encoded),
        "digest": lambda: _digest(encoded),
        "due_dates": lambda: _due_dates(calendar),
    }
    return {name: rate(action) for name, action in over(actions.items(), "core", "part")}


def _taken(scenarios: dict[str, Scenario]) -> Taken:
    """Play every case once, noting what the timed rounds need."""
    taken = Taken()
    worlds: list[world.World] = []

    class Noting(world.World):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            worlds.append(self)

    def noting(request: Any, state: Any, context: Any) -> Any:
        taken.requests.append((request, state, context))
        return decide(request, state, context)

    with patch.object(scenario, "World", Noting), patch.object(world, "decide", noting):
        for pack, cases in scenarios.items():
            play_all(cases, packs.load(pack))
    taken.dockets = [docket for w in worlds for docket in w.history.values()]
    return taken


def _play(scenarios: dict[str, Scenario], entries: int) -> int:
    for pack, cases in scenarios.items():
        play_all(cases, packs.load(pack))
    return entries


def _decide(taken: Taken) -> int:
    for request, state, context in taken.requests:
        decide(request, state, context)
    return len(taken.requests)


def _replay(encoded: list[tuple[str, list[dict[str, Any]]]]) -> int:
    for stream, docket in encoded:
        blank = Directive(stream) if docket[0]["kind"] == "DirectiveRegistered" else Matter(stream)
        fold(blank, [codec.decode(values) for values in docket])
    return sum(len(docket) for _, docket in encoded)


def _digest(encoded: list[tuple[str, list[dict[str, Any]]]]) -> int:
    for stream, docket in encoded:
        previous = chain.genesis(stream)
        for values in docket:
            previous = chain.link(previous, values)
    return sum(len(docket) for _, docket in encoded)


def _due_dates(calendar: Calendar) -> int:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(1000)]
    for day in days:
        for term in TERMS:
            count_working_days(calendar, day, term)
    return len(days) * len(TERMS)
