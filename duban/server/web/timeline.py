"""The docket as a timeline (案卷): acts newest first, what the system did because of them underneath."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from duban.core import entries as e
from duban.server.queries.docket import Told
from duban.server.web import entry_words
from duban.server.web.components import Link, SystemNote, TimelineEntry
from duban.server.web.entry_words import Speaker
from duban.server.web.present import why_href

LAG = timedelta(hours=1)
"""Recorded later than this after it happened, an entry says so; typing takes a while."""


@dataclass(frozen=True)
class Teller:
    """Tells the entries of one docket; ``corrected`` maps a position to the entries that correct it."""

    speaker: Speaker
    stream: str
    docket_href: str
    corrected: dict[int, tuple[int, ...]]

    def entry(self, told: Told) -> TimelineEntry:
        """One act with its consequences."""
        r = told.head
        said = entry_words.tell(r.entry, self.speaker)
        by_system = r.actor.role == "system"
        return TimelineEntry(
            position=r.position,
            act=said.act,
            actor=r.actor.name if by_system else self._actor(r),
            occurred_at=r.occurred_at,
            recorded_at=r.recorded_at,
            proxy_for=self._proxy_for(r),
            lag=lag_words(r),
            words=said.words if said.act != said.note else "",
            details=self._details(r, said),
            papers=tuple(paper_link(p) for p in said.papers),
            caused=(*self._own_note(r, said), *(self._note(f) for f in told.followers)),
            grave=said.grave,
        )

    def _actor(self, r: e.Recorded) -> str:
        """Who typed it in stands first where it was done by proxy; for whom stands beside it."""
        who = r.proxy.recorder if r.proxy else r.actor
        role = self.speaker.title("roles", who.role)
        unit = self.speaker.unit(who.unit)
        return f"{who.name}（{unit}{role}）" if role or unit else who.name

    def _proxy_for(self, r: e.Recorded) -> str:
        """Who really acted, as what, and what proves it."""
        if r.proxy is None:
            return ""
        role, unit = self.speaker.title("roles", r.actor.role), self.speaker.unit(r.actor.unit)
        return f"{unit}{role} {r.actor.name}（{r.proxy.evidence}）"

    def _details(self, r: e.Recorded, said: entry_words.Told) -> entry_words.Details:
        fixes = self.corrected.get(r.position, ())
        links = tuple(Link(f"第 {p} 号记录", f"{self.docket_href}&at={p}#e{p}") for p in fixes)
        target = r.entry.position if isinstance(r.entry, e.Corrected) else 0
        back = (Link(f"第 {target} 号记录", f"{self.docket_href}&at={target}#e{target}"),) if target else ()
        return (
            *said.details,
            *((("已更正", links),) if links else ()),
            *((("原记录", back),) if back else ()),
        )

    def _own_note(self, r: e.Recorded, said: entry_words.Told) -> tuple[SystemNote, ...]:
        """A system entry standing for itself has nothing but its one line."""
        return (self._note(r),) if said.note and r.cause is not None else ()

    def _note(self, r: e.Recorded) -> SystemNote:
        said = entry_words.tell(r.entry, self.speaker)
        return SystemNote(
            text=said.note or said.act,
            citation=self.speaker.presenter.badge(said.citation),
            href=why_href(self.stream, said.obligation) if said.obligation else "",
        )


def corrections(history: tuple[e.Recorded, ...]) -> dict[int, tuple[int, ...]]:
    """Which entries correct which."""
    found: dict[int, tuple[int, ...]] = {}
    for r in history:
        if isinstance(r.entry, e.Corrected):
            found[r.entry.position] = (*found.get(r.entry.position, ()), r.position)
    return found


def lag_words(r: e.Recorded) -> str:
    """How much later than it happened an entry was recorded; empty when at once."""
    late = r.recorded_at - r.occurred_at
    if late < LAG or r.cause is not None:
        return ""
    days = (r.recorded_at.date() - r.occurred_at.date()).days
    return f"补录，晚 {days} 天" if days else f"补录，晚 {int(late.total_seconds() // 3600)} 小时"


def paper_link(paper: e.Paper, note: str = "") -> Link:
    """A paper as a download; one that was only named (no file) links nowhere."""
    href = reverse("paper", args=[int(paper.ref)]) if paper.ref.isdecimal() else "#"
    return Link(paper.name, href, note or PAPER_KINDS.get(paper.kind, ""), paper=True)


PAPER_KINDS = {
    "original": "原件",
    "instruction_copy": "批示件",
    "report": "报告",
    "scan": "扫描件",
    "other": "材料",
}
