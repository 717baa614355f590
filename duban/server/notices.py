"""A year's holiday notice comes out (节假日安排公布): load it, and settle every provisional date by an entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from duban.calendars import parse_notice
from duban.core import commands as c
from duban.core import entries as e
from duban.core.draft import SYSTEM
from duban.core.errors import Refusal
from duban.core.working_days import Notice
from duban.server import clock
from duban.server.handle import handle
from duban.server.models import HolidayNotice, ObligationRow, Office
from duban.server.world import context_for


@dataclass(frozen=True, slots=True)
class Settled:
    """One provisional date that is final now; ``after`` differs from ``before`` where it moved."""

    office: str
    stream: str
    obligation: str
    before: date
    after: date

    @property
    def moved(self) -> bool:
        return self.before != self.after


def load_notice(text: str) -> Notice:
    """Check and keep a notice; dates move only by :func:`settle`.

    Raises ``NoticeFileError`` with every mistake.
    """
    notice = parse_notice(text)
    HolidayNotice.objects.update_or_create(
        year=notice.year, defaults={"text": text, "loaded_at": clock.to_db(clock.now())}
    )
    return notice


def settle() -> Iterator[Settled]:
    """Count every open provisional date again; a repeat finds nothing more to do."""
    for office in Office.objects.all():
        open_rows = ObligationRow.objects.filter(office=office, provisional=True, status="open")
        streams = list(open_rows.values_list("stream", flat=True).distinct())
        context = context_for(office)
        for stream in streams:
            before = {r.obligation: r.due for r in open_rows.filter(stream=stream)}
            done = handle(office, c.Recount(), SYSTEM, stream=stream, context=context)
            if isinstance(done, Refusal):
                continue
            for recorded in done.recorded:
                key = getattr(recorded.entry, "obligation", "")
                due = before.get(key)
                if isinstance(recorded.entry, e.ObligationMoved | e.ObligationSettled) and due:
                    was = clock.to_local(due).date()
                    now = recorded.entry.due.date() if isinstance(recorded.entry, e.ObligationMoved) else was
                    yield Settled(office.key, stream, key, was, now)
