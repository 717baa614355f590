"""The sweep over all matters, and verifying a sample of them."""

from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from benchmarks.building import MONDAY
from benchmarks.progress import bar
from benchmarks.templates import NOW
from benchmarks.timing import timed
from duban.server import clock
from duban.server.models import Entry, Stream
from duban.server.sweep import sweep
from duban.server.verification import verify_database, verify_stream

SAMPLE = 2000
"""Dockets that are verified."""


def measure() -> dict[str, dict[str, Any]]:
    """A sweep with nothing due, the one on Monday, and the same again."""
    return {
        "nothing due": _swept(NOW),
        "Monday": _swept(MONDAY),
        "Monday again": _swept(MONDAY),
    }


def _swept(moment: datetime) -> dict[str, Any]:
    due = Stream.objects.filter(look_again_at__lt=clock.to_db(moment)).count()
    with bar(due, "sweep", "docket") as progress, clock.at(moment):

        def never() -> bool:
            progress.update()
            return False

        seconds, swept = timed(lambda: sweep(moment, stopping=never))
    if swept.failed:
        raise RuntimeError(f"{swept.failed} dockets could not be swept")
    rate = swept.looked_at / seconds if swept.looked_at else None
    return asdict(swept) | {"seconds": seconds, "dockets_per_second": rate}


def verify() -> dict[str, Any]:
    """Entries verified in a second, in dockets from all over the database. Raises where one does not hold."""
    step = max(1, Stream.objects.count() // SAMPLE)
    streams = list(islice(Stream.objects.select_related("office").order_by("pk")[::step], SAMPLE))
    seconds, faults = timed(lambda: [fault for stream in streams for fault in verify_stream(stream)])
    faults += verify_database()
    if faults:
        raise RuntimeError("; ".join(map(str, faults[:3])))
    entries = Entry.objects.filter(stream__in=[s.pk for s in streams]).count()
    return {
        "dockets": len(streams),
        "entries": entries,
        "seconds": seconds,
        "entries_per_second": entries / seconds,
    }
