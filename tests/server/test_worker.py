"""The worker: sweeps at its interval, survives a failed sweep, and stops when told to."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command

from duban.server.management.commands import worker
from duban.server.sweep import Swept


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_sweeps_until_told_to_stop(monkeypatch: pytest.MonkeyPatch, number: signal.Signals) -> None:
    asked: list[bool] = []

    def sweep(stopping: Callable[[], bool]) -> Swept:
        asked.append(stopping())
        if len(asked) == 2:
            raise ConnectionError("the database is away")
        if len(asked) == 3:
            os.kill(os.getpid(), number)
            asked.append(stopping())
        return Swept()

    monkeypatch.setattr(worker, "sweep", sweep)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    call_command("worker", interval=0.01)
    assert asked == [False, False, False, True]


def test_it_ends_with_the_process_that_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter([100, 100, 1, 1, 1, 1])
    monkeypatch.setattr(worker.os, "getppid", lambda: next(parents))
    monkeypatch.setattr(worker, "sweep", lambda stopping: Swept())
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    call_command("worker", "--with-parent", interval=0.01)
