"""The only place that reads the clock, and where times change form.

The core knows naive China Standard Time (北京时间), the database aware moments. China has one zone and no
summer time, so the two are a fixed eight hours from UTC apart.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
_fixed: list[datetime] = []


def now() -> datetime:
    """The present moment as naive China Standard Time, in whole seconds."""
    if _fixed:
        return _fixed[-1]
    return datetime.now(CHINA).replace(tzinfo=None, microsecond=0)


def today() -> date:
    return now().date()


def to_db(local: datetime) -> datetime:
    """The aware moment for a naive China Standard Time."""
    return local.replace(tzinfo=CHINA).astimezone(UTC)


def to_local(moment: datetime) -> datetime:
    """Naive China Standard Time for an aware moment."""
    return moment.astimezone(CHINA).replace(tzinfo=None)


def maybe_to_db(local: datetime | None) -> datetime | None:
    return to_db(local) if local else None


def maybe_to_local(moment: datetime | None) -> datetime | None:
    return to_local(moment) if moment else None


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let :func:`now` answer ``moment``, for the whole process: tests and made-up histories use it."""
    _fixed.append(moment)
    try:
        yield
    finally:
        _fixed.pop()
