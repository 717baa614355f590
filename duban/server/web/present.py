"""From what the core says to what a page shows: citations, dates, lights, obligations, entries."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from duban.core.citation import Citation
from duban.core.context import OFFICE, Context
from duban.core.lights import near_until, obligation_state
from duban.core.matter import STAGES, Matter, Obligation
from duban.core.working_days import Calendar, working_days_between
from duban.server.models import Office
from duban.server.web.components import (
    CitationBadge,
    CitationKind,
    DateChip,
    Link,
    Mark,
    ObligationLine,
    StateChip,
    remaining_text,
)
from duban.server.world import context_for

_KINDS = {
    "article": CitationKind.ARTICLE,
    "office_decision": CitationKind.DECISION,
    "product_default": CitationKind.DEFAULT,
}
STAGE_MARKS: dict[str, Mark] = {
    "draft": Mark.DRAFT,
    "pending": Mark.WAITING,
    "listed": Mark.WAITING,
    "dispatched": Mark.DISPATCHED,
    "working": Mark.NORMAL,
    "reported": Mark.REVIEW,
    "reviewed": Mark.REVIEW,
    "suspended": Mark.SUSPENDED,
    "closed": Mark.CLOSED,
    "closed_unachieved": Mark.NOT_ACHIEVED,
    "cancelled": Mark.NOT_ACHIEVED,
}
LIGHT_MARKS: dict[str, Mark] = {
    "normal": Mark.NORMAL,
    "near": Mark.DUE_SOON,
    "late": Mark.OVERDUE,
    "urged": Mark.URGED,
}
_OBLIGATION_MARKS: dict[str, Mark] = {
    "open": Mark.NORMAL,
    "near": Mark.DUE_SOON,
    "late": Mark.OVERDUE,
    "resting": Mark.SUSPENDED,
    "discharged": Mark.CLOSED,
    "discharged_late": Mark.CLOSED,
    "ended": Mark.SUSPENDED,
}
_OBLIGATION_WORDS = {
    "open": "未到期",
    "near": "临期",
    "late": "逾期",
    "resting": "审核中暂停",
    "discharged": "按期履行",
    "discharged_late": "逾期履行",
    "ended": "已终止",
}
NOTICE_MARKS = {
    "blue": Mark.NOTICE_BLUE,
    "yellow": Mark.NOTICE_YELLOW,
    "red": Mark.NOTICE_RED,
    "": Mark.URGED,
}


def stage_chip(stage: str, quiet: bool = False) -> StateChip:
    """The stage of a matter (环节)."""
    return StateChip(STAGE_MARKS[stage], STAGES[stage], quiet)


def light_chip(light: str, quiet: bool = False) -> StateChip | None:
    """The light of a matter; none for drafts and ended matters."""
    return StateChip(LIGHT_MARKS[light], quiet=quiet) if light in LIGHT_MARKS else None


def badge(citation: Citation | None, regulation: str = "") -> CitationBadge | None:
    """A citation as a badge that opens the article."""
    if citation is None:
        return None
    href = f"{reverse('regulation')}#a-{citation.ref}" if citation.kind == "article" else ""
    return CitationBadge(kind=_KINDS[citation.kind], label=citation.text, source=regulation, href=href)


def due_chip(
    due: datetime | None,
    calendar: Calendar,
    today: date,
    *,
    mark: Mark | None = None,
    why_href: str = "",
    provisional: bool = False,
    was: date | None = None,
    stacked: bool = False,
    done: bool = False,
) -> DateChip | None:
    """A due date with what remains of it in working days; nothing for a duty without a date."""
    if due is None:
        return None
    day = due.date()
    return DateChip(
        day=day,
        note="" if done else remaining_text(days_left(calendar, today, day)),
        mark=mark,
        why_href=why_href,
        provisional=provisional,
        with_year=day.year != today.year,
        was=was if was != day else None,
        stacked=stacked,
    )


def due_chip_in_list(
    due: datetime | None,
    light: str,
    calendar: Calendar,
    now: datetime,
    *,
    any_provisional: bool,
    done: bool = False,
) -> DateChip | None:
    """A matter's due date in a table.

    The matter's light is its worst duty's, and ``any_provisional`` that of any duty: the date itself is red only
    once it is past, and provisional only where its own year has no holiday notice.
    """
    past = due is not None and due < now
    shown = {"late": past, "near": True, "normal": True}.get(light, past)
    return due_chip(
        due,
        calendar,
        now.date(),
        mark=Mark.OVERDUE if past else LIGHT_MARKS[light] if shown else None,
        provisional=any_provisional and due is not None and calendar.is_provisional(due.date()),
        stacked=True,
        done=done,
    )


def days_left(calendar: Calendar, today: date, day: date) -> int:
    """Working days from today to a day; past days count negative, at least one."""
    if day == today:
        return 0
    left = working_days_between(calendar, today, day)
    return left or (1 if day > today else -1)


def why_href(stream: str, obligation: str) -> str:
    """The address that explains an obligation's date; of a directive (立项依据) where the stream is one."""
    return reverse("directive_why" if stream.startswith("d") else "why", args=[stream, obligation])


@dataclass(frozen=True)
class Presenter:
    """What presenting one office's dockets needs, loaded once for a page."""

    office: Office
    context: Context
    now: datetime
    near: date

    @classmethod
    def of(cls, office: Office, now: datetime) -> "Presenter":
        context = context_for(office)
        return cls(office, context, now, near_until(now.date(), context))

    @property
    def regulation(self) -> str:
        return self.context.pack.regulation.title

    def unit(self, key: str) -> str:
        """A unit's name; the office's own for what it handles itself."""
        return self.office.name if key in ("", OFFICE) else self.context.unit_name(key)

    def badge(self, citation: Citation | None) -> CitationBadge | None:
        return badge(citation, self.regulation)

    def due(self, o: Obligation, state: str, stream: str, stacked: bool = False) -> DateChip | None:
        done = state in ("discharged", "discharged_late", "ended")
        return due_chip(
            o.due,
            self.context.calendar,
            self.now.date(),
            mark=None if done else _OBLIGATION_MARKS[state],
            why_href=why_href(stream, o.id),
            provisional=o.provisional,
            was=o.original_due.date() if o.original_due else None,
            stacked=stacked,
            done=done,
        )

    def obligation(
        self,
        o: Obligation,
        matter: Matter | None,
        stream: str,
        lead: bool = False,
        discharged_by: Link | None = None,
    ) -> ObligationLine:
        """One obligation as a line: who, what, by when, on which ground, how it stands."""
        state = obligation_state(o, matter, self.now, self.near)
        cite = self.badge(o.cite)
        return ObligationLine(
            bearer=self.unit("" if o.bearer == "office" else o.unit),
            what=f"{o.name}（{o.period}）" if o.period else o.name,
            due=self.due(o, state, stream),
            pending="" if o.due else "不定日期",
            state=StateChip(_OBLIGATION_MARKS[state], _OBLIGATION_WORDS[state]),
            citations=(cite,) if cite else (),
            lead=lead,
            discharged_by=discharged_by,
        )
