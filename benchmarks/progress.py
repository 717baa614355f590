"""Progress on the standard error stream; shown on a terminal only."""

from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def bar(total: int | None, what: str, unit: str) -> tqdm:
    return tqdm(total=total, desc=what, unit=unit, disable=None, mininterval=0.5)


def over(things: Iterable[T], what: str, unit: str) -> Iterable[T]:
    return tqdm(things, desc=what, unit=unit, disable=None, mininterval=0.5)
