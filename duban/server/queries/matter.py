"""One matter (事项) as its page and the pages of its papers read it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from duban.core import entries as e
from duban.core.context import Context
from duban.core.lights import matter_light, near_until, obligation_state
from duban.core.matter import Assignment, Matter, Obligation, Petition, Proposal, ReportState, fold
from duban.server import clock, permissions
from duban.server.handle import history
from duban.server.models import Attachment, MatterRow, Post, User
from duban.server.queries.docket import Told, folded, papers_in, readable
from duban.server.world import context_for


@dataclass(frozen=True)
class Nextly:
    """下一步: the nearest open duty of whoever must act, or the paper that waits for a signature."""

    obligation: Obligation | None = None
    petition: Petition | None = None


@dataclass(frozen=True)
class UnitState:
    """How one unit stands on the matter.

    ``full`` is False for another unit's view of it; a lead still sees whose input is missing.
    """

    assignment: Assignment
    due: Obligation | None
    light: str
    owes_input: bool
    gave_input: bool
    full: bool


@dataclass(frozen=True)
class PaperRow:
    """A paper of the docket: what it is, where it was named, whether the file is ours to give."""

    paper: e.Paper
    named_by: e.Recorded
    size: int | None


@dataclass(frozen=True)
class FirstTime:
    """第一时间: hours from the directive's receipt to registration, and from there to dispatch."""

    to_register: float | None
    to_dispatch: float | None


@dataclass(frozen=True)
class MatterView:
    """A matter as one post may see it; everything is read once, pages pick what they show."""

    post: Post
    row: MatterRow
    matter: Matter
    history: tuple[e.Recorded, ...] = field(repr=False)
    entries: tuple[e.Recorded, ...] = field(repr=False)
    context: Context
    now: datetime
    near: date

    @property
    def unit(self) -> str:
        """The reader's unit; empty for the office and linked bodies."""
        return self.post.unit_key

    @cached_property
    def house(self) -> bool:
        return permissions.belongs_to_house(self.post)

    @cached_property
    def light(self) -> str:
        """The matter's light; for people of a unit their own unit's."""
        if self.unit:
            return next((u.light for u in self.units if u.assignment.unit == self.unit), "")
        return matter_light(self.matter, self.now, self.near)

    @cached_property
    def obligations(self) -> tuple[Obligation, ...]:
        """Open ones first, the most pressing on top; then what is done, the latest first."""
        mine = [o for o in self.matter.obligations.values() if self.sees_obligation(o)]
        opened = sorted(
            (o for o in mine if o.status == "open"), key=lambda o: (o.due is None, o.due or datetime.max)
        )
        done = [o for o in mine if o.status != "open"]
        return (*opened, *sorted(done, key=lambda o: o.arose_at, reverse=True))

    def sees_obligation(self, o: Obligation) -> bool:
        return not self.unit or (o.unit == self.unit and o.bearer != "office")

    def state_of(self, o: Obligation) -> str:
        return obligation_state(o, self.matter, self.now, self.near)

    @cached_property
    def petitions(self) -> tuple[Petition, ...]:
        """Papers that wait for a signature and that this post may know of, the oldest first."""
        waiting = self.matter.open_petitions()
        return tuple(p for p in waiting if self.sees_petition(p))

    def sees_petition(self, p: Petition) -> bool:
        return not self.unit or (p.unit == self.unit and not p.act.startswith("urging:"))

    @cached_property
    def next(self) -> Nextly | None:
        """A paper that holds up the whole matter comes first, then the nearest duty, then any paper."""
        holding = next((p for p in self.petitions if p.act in HOLDING), None)
        if holding:
            return Nextly(petition=holding)
        if self.matter.ended:
            return None
        opened = [o for o in self.obligations if o.status == "open"]
        if opened:
            return Nextly(obligation=opened[0])
        return Nextly(petition=self.petitions[0]) if self.petitions else None

    @cached_property
    def units(self) -> tuple[UnitState, ...]:
        return tuple(self._unit_state(a) for a in self.matter.assignments.values())

    def _unit_state(self, a: Assignment) -> UnitState:
        duties = [
            o
            for o in self.matter.open_obligations()
            if o.unit == a.unit and o.bearer != "office" and o.due is not None
        ]
        completing = [o for o in duties if o.duty == "complete"]
        due = min(completing or duties, key=lambda o: o.due or datetime.max, default=None)
        urged = any(not n.settled and n.unit == a.unit for n in self.matter.notices.values())
        states = {self.state_of(o) for o in duties}
        light = "urged" if urged else next((s for s in ("late", "near") if s in states), "normal")
        full = self.unit in ("", a.unit)
        mine = self.matter.assignments.get(self.unit)
        gathers = full or bool(mine and mine.lead and not a.lead)
        return UnitState(
            assignment=a,
            due=due if full else None,
            light=light if full and self.matter.running else "",
            owes_input=gathers and not a.lead and a.input_at is None and self.matter.running,
            gave_input=gathers and a.input_at is not None,
            full=full,
        )

    @cached_property
    def reports(self) -> tuple[ReportState, ...]:
        """Reports this post may read, newest first."""
        readable_at = {r.position for r in self.entries}
        mine = [r for r in self.matter.reports.values() if r.position in readable_at]
        return tuple(sorted(mine, key=lambda r: r.position, reverse=True))

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        """What the rules propose now; for the office only."""
        return () if self.unit else tuple(p for p in self.matter.proposals.values() if p.status == "open")

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """The timeline, newest first."""
        return tuple(reversed(folded(self.entries)))

    @cached_property
    def first_time(self) -> FirstTime:
        m = self.matter
        received = min((d.received_at for d in m.directives), default=None)
        return FirstTime(_hours(received, m.registered_at), _hours(m.registered_at, m.dispatched_at))

    def papers(self) -> tuple[PaperRow, ...]:
        """The papers this post may open, in the order they came; one query."""
        sizes = dict(
            permissions.visible_attachments(self.post).filter(stream=self.row.pk).values_list("pk", "size")
        )
        return tuple(
            PaperRow(paper, r, sizes.get(int(paper.ref)) if paper.ref.isdecimal() else None)
            for paper, r in papers_in(self.entries)
        )

    def readers(self) -> tuple[str, ...]:
        """Names of those a restricted matter is meant for; for the office only, one query."""
        if not (self.matter.facts.restricted and self.house):
            return ()
        keys = [r.removeprefix("u") for r in self.matter.facts.readers]
        known = User.objects.filter(pk__in=[k for k in keys if k.isdecimal()])
        return tuple(str(u) for u in known)


HOLDING = frozenset(
    {"listing", "dispatch", "reading", "close", "close_unachieved", "cancel", "resume", "reopen"}
)
"""Papers without whose signature the matter does not go on."""


def _hours(start: datetime | None, end: datetime | None) -> float | None:
    return round((end - start).total_seconds() / 3600, 1) if start and end else None


def matter_view(post: Post, stream: str) -> MatterView:
    """The matter for this post. Raises ``NotVisible``."""
    row = permissions.access_matter(post, stream)
    past = tuple(history(stream))
    matter = fold(Matter(stream), past)
    now = clock.now()
    context = context_for(post.office)
    return MatterView(
        post=post,
        row=row,
        matter=matter,
        history=past,
        entries=readable(post, matter, past),
        context=context,
        now=now,
        near=near_until(now.date(), context),
    )


def paper_for(post: Post, pk: int) -> Attachment:
    """The attachment, if this post may open it. Raises ``NotVisible``.

    People of a unit open what is named by an entry they may read, and their own loose uploads.
    """
    found = permissions.access_attachment(post, pk)
    if post.unit is None or found.stream_id is None:
        return found
    past = history(found.stream_id)
    entries = readable(post, fold(Matter(found.stream_id), past), past)
    if str(pk) not in {paper.ref for paper, _ in papers_in(entries)}:
        raise permissions.NotVisible
    return found
