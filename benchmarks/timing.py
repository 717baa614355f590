"""Timings as plain numbers: the spread of repeated calls, and how often something can be done in a second."""

import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 3


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that the action took, and what it gave."""
    start = time.perf_counter()
    given = action()
    return time.perf_counter() - start, given


def spread(seconds: list[float]) -> dict[str, float]:
    """``p50`` and ``p95`` in milliseconds, and of how many calls."""
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return {"p50_ms": 1000 * statistics.median(seconds), "p95_ms": 1000 * cuts[18], "requests": len(seconds)}


def rate(action: Callable[[], int]) -> dict[str, float]:
    """``per_second`` in the middle one of three rounds; the action says how many it did."""
    rounds = []
    for _ in range(ROUNDS):
        seconds, count = timed(action)
        rounds.append((count / seconds, count))
    per_second, count = statistics.median_low(rounds)
    return {"per_second": per_second, "count": count}
