"""The sweep (巡查): let time pass on every docket whose hint says that something may have fallen due.

A repeat changes nothing: what is due is worked out anew from the docket each time.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from duban.core import commands as c
from duban.core.draft import SYSTEM
from duban.core.errors import Refusal
from duban.server import clock
from duban.server.handle import handle
from duban.server.models import Heartbeat, Office, Stream
from duban.server.world import context_for

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Swept:
    """Dockets looked at and changed, entries written, dockets (or offices) that failed, see the log."""

    looked_at: int = 0
    changed: int = 0
    entries: int = 0
    failed: int = 0


def sweep(now: datetime | None = None, *, stopping: Callable[[], bool] = lambda: False) -> Swept:
    """Sweep all offices as of ``now`` (naive China Standard Time, by default the present).

    One docket that fails is logged and left for the next sweep; the others are not held up. ``stopping`` is
    asked between dockets.
    """
    now = now or clock.now()
    swept = Swept()
    for office in Office.objects.all():
        due = Stream.objects.filter(office=office, look_again_at__lt=clock.to_db(now))
        if due.exists():
            _sweep_office(office, due.each(), now, swept, stopping)
        if stopping():
            return swept
    counts = asdict(swept)
    Heartbeat.objects.update_or_create(
        part="sweep", defaults={"at": clock.to_db(clock.now()), "counts": counts}
    )
    return swept


def _sweep_office(
    office: Office, streams: Iterable[Stream], now: datetime, swept: Swept, stopping: Callable[[], bool]
) -> None:
    try:
        context = context_for(office)
    except Exception:
        log.exception("Office %s cannot be swept: its regulation or calendar does not load", office.key)
        swept.failed += 1
        return
    for stream in streams:
        if stopping():
            return
        swept.looked_at += 1
        try:
            done = handle(office, c.Tick(), SYSTEM, stream=stream.pk, now=now, context=context)
        except Exception:
            log.exception("Docket %s cannot be swept", stream.pk)
            swept.failed += 1
            continue
        if isinstance(done, Refusal):
            log.error("Docket %s cannot be swept: %s", stream.pk, done.message)
            swept.failed += 1
            continue
        swept.entries += len(done.recorded)
        swept.changed += bool(done.recorded)
