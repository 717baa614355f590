"""Which entries of a docket a post may read, and how they are told: the system's consequences under their cause.

The office reads everything, and so do linked bodies of what names them. People of a unit read what concerns
every unit (registration, dispatch, endings), what concerns their own unit, and as a lead the supporting
units' reports. Proposals, the office's own duties, findings and notices about other units, and papers on
their way to the office's signatories are not for them; a kind that is not listed here is not shown.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from duban.core import entries as e
from duban.core.matter import Matter
from duban.server.models import Post

FOR_EVERY_UNIT: frozenset[type[e.Entry]] = frozenset(
    {
        e.Registered,
        e.DirectiveJoined,
        e.Listed,
        e.Dispatched,
        e.AssignmentsChanged,
        e.UnitAdded,
        e.UnitPromoted,
        e.MilestonesSet,
        e.ReadingRejected,
        e.Closed,
        e.ClosedUnachieved,
        e.Cancelled,
        e.Suspended,
        e.Resumed,
        e.Reopened,
        e.ConvertedToUpkeep,
    }
)
FOR_THE_UNIT: frozenset[type[e.Entry]] = frozenset(
    {
        e.Inquired,
        e.Acknowledged,
        e.ObjectionRaised,
        e.ObjectionDecided,
        e.PlanSubmitted,
        e.MilestoneReached,
        e.TaskBrokenDown,
        e.ReportAccepted,
        e.ReportReturned,
        e.ReportQueried,
        e.ExtensionRequested,
        e.ExtensionGranted,
        e.ExtensionRefused,
        e.DelayExplained,
        e.CoordinationRequested,
        e.CoordinationAnswered,
        e.Reminded,
        e.FindingRecorded,
        e.UrgingIssued,
        e.UrgingAnswered,
        e.UrgingSettled,
        e.ExplainedInPerson,
    }
)
REPORTS = frozenset[type[e.Entry]](
    (e.ProgressReported, e.DynamicReported, e.CompletionReported, e.InputSubmitted)
)
DUTIES: frozenset[type[e.Entry]] = frozenset(
    {
        e.ObligationArose,
        e.ObligationMoved,
        e.ObligationSettled,
        e.ObligationDischarged,
        e.ObligationBreached,
        e.BreachLifted,
        e.ObligationEnded,
        e.ObligationReopened,
    }
)
PETITIONS: frozenset[type[e.Entry]] = frozenset(
    {e.PetitionOpened, e.PetitionSigned, e.PetitionGranted, e.PetitionRefused}
)
OFFICE_ONLY: frozenset[type[e.Entry]] = frozenset(
    {
        e.Amended,
        e.ReadersSet,
        e.ReadingApproved,
        e.TakeOverConfirmed,
        e.ConsequenceProposed,
        e.ProposalWithdrawn,
        e.ProposalWithheld,
        e.ProposalFollowed,
    }
)
SCANS = "scan"
"""Scans the office attaches are signed sheets and evidence: its own papers, not the units'."""


def readable(post: Post, matter: Matter, history: Iterable[e.Recorded]) -> tuple[e.Recorded, ...]:
    """The entries this post may read, in order."""
    if post.unit is None:
        return tuple(history)
    seen: dict[int, e.Recorded] = {}
    reads = _UnitReader(post.unit.key, matter, seen)
    for r in history:
        if reads(r):
            seen[r.position] = r
    return tuple(seen.values())


@dataclass(frozen=True)
class _UnitReader:
    """Decides entry by entry for one unit; ``seen`` are the earlier entries it may read."""

    unit: str
    matter: Matter
    seen: dict[int, e.Recorded]

    def __call__(self, r: e.Recorded) -> bool:
        kind, entry = type(r.entry), r.entry
        if kind in FOR_EVERY_UNIT:
            return True
        if kind in FOR_THE_UNIT:
            return bool(entry.unit == self.unit)
        if kind in REPORTS:
            return entry.unit == self.unit or self._leads_over(entry.unit)
        return _OTHERS[kind](self, entry) if kind in _OTHERS else False

    def _leads_over(self, unit: str) -> bool:
        """A lead reads what the supporting units send it (综合各方意见)."""
        mine, theirs = self.matter.assignments.get(self.unit), self.matter.assignments.get(unit)
        return bool(mine and mine.lead and theirs and not theirs.lead)

    def duty(self, entry: Any) -> bool:
        o = self.matter.obligations.get(entry.obligation)
        return o is not None and o.unit == self.unit and o.bearer != "office"

    def petition(self, entry: Any) -> bool:
        p = self.matter.petitions.get(entry.petition)
        return p is not None and p.unit == self.unit and not p.act.startswith("urging:")

    def date(self, entry: e.DateSet) -> bool:
        return entry.unit in ("", self.unit)

    def attached(self, entry: e.Attached) -> bool:
        return entry.paper.kind != SCANS

    def corrected(self, entry: e.Corrected) -> bool:
        return entry.position in self.seen


_OTHERS: dict[type[e.Entry], Callable[[_UnitReader, Any], bool]] = {
    **dict.fromkeys(DUTIES, _UnitReader.duty),
    **dict.fromkeys(PETITIONS, _UnitReader.petition),
    e.DateSet: _UnitReader.date,
    e.Attached: _UnitReader.attached,
    e.Corrected: _UnitReader.corrected,
}


def papers_in(entries: Iterable[e.Recorded]) -> Iterator[tuple[e.Paper, e.Recorded]]:
    """Every paper the entries name, with the entry that first names it."""
    known: set[str] = set()
    for r in entries:
        for paper in _papers_of(r.entry):
            if paper.ref and paper.ref not in known:
                known.add(paper.ref)
                yield paper, r


def _papers_of(entry: e.Entry) -> tuple[e.Paper, ...]:
    if isinstance(entry, e.PetitionOpened):
        return papers_of_payload(entry.payload)
    holders = (entry, getattr(entry, "facts", None), getattr(entry, "content", None))
    found = [p for holder in holders for p in getattr(holder, "papers", ())]
    return (*found, entry.paper) if isinstance(entry, e.Attached) else tuple(found)


def papers_of_payload(payload: dict[str, Any]) -> tuple[e.Paper, ...]:
    """The papers that come with what is laid before a signatory."""
    content = payload.get("content") or {}
    named = [*payload.get("papers", ()), *content.get("papers", ())]
    return tuple(e.Paper.model_validate(p) for p in named)


# --- folding ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One act as the timeline shows it: its entry and what followed from it at the same moment."""

    head: e.Recorded
    followers: tuple[e.Recorded, ...]


FOLLOWING = frozenset({e.PetitionGranted, e.PetitionRefused, e.ProposalFollowed, e.UrgingSettled})
"""Bookkeeping of the act just before, recorded in the same actor's name."""
ASKING = frozenset({e.ObjectionRaised, e.ExtensionRequested, e.CoordinationRequested})
"""Acts whose petition is the same act once more."""


def folded(entries: Iterable[e.Recorded]) -> tuple[Told, ...]:
    """Acts in order, each with its consequences.

    What time brought about later than its cause (a breach, a new period) stands for itself at its own
    moment; what happened at that same moment stands under it.
    """
    heads: list[tuple[e.Recorded, list[e.Recorded]]] = []
    head_of: dict[int, int] = {}
    for r in entries:
        place = _place(r, heads, head_of)
        if place is None:
            heads.append((r, []))
            place = len(heads) - 1
        else:
            heads[place][1].append(r)
        head_of[r.position] = place
    return tuple(Told(head, tuple(followers)) for head, followers in heads)


def _place(
    r: e.Recorded, heads: list[tuple[e.Recorded, list[e.Recorded]]], head_of: dict[int, int]
) -> int | None:
    """Under which head an entry stands; None when it is one itself."""
    if not heads:
        return None
    last = heads[-1][0]
    if r.cause is None:
        same_act = last.recorded_at == r.recorded_at and last.actor == r.actor
        follows = type(r.entry) in FOLLOWING or (
            isinstance(r.entry, e.PetitionOpened) and type(last.entry) in ASKING
        )
        return len(heads) - 1 if same_act and follows else None
    caused_by = head_of.get(r.cause)
    if caused_by is not None and _together(heads[caused_by][0], r):
        return caused_by
    return len(heads) - 1 if last.cause is not None and _together(last, r) else None


def _together(head: e.Recorded, r: e.Recorded) -> bool:
    return head.occurred_at == r.occurred_at and head.recorded_at == r.recorded_at
