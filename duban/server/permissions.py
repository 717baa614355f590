"""Who may see what, and who may do what now: the one place that pages, API, search, export and counts use.

Rules: a post sees its own office only. Officers, heads and leaders see all matters of the office; people of a
unit see what was dispatched to their unit, and of that their own unit's duties; people of linked bodies
(纪检、组织 …) see what names them. A restricted matter (限定知悉) is seen by those named as readers, in the
office also by those who registered, signed or handled it, and by whoever is to sign one of its papers next.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from duban.core import commands as c
from duban.core import entries as e
from duban.core import lifecycle
from duban.core.commands import COMMANDS, Command
from duban.core.context import OFFICE, Context
from duban.core.draft import Draft
from duban.core.entries import Actor
from duban.core.errors import DubanError, Refusal
from duban.core.matter import RUNNING, Directive, Docket, Matter
from duban.core.petitions import may_sign
from duban.server import clock
from duban.server.models import (
    AssignmentRow,
    Attachment,
    DirectiveRow,
    MatterDirective,
    MatterPerson,
    MatterRow,
    ObligationRow,
    PetitionRow,
    PetitionSignatory,
    Post,
    ProposalRow,
    ReportRow,
    UrgingRow,
)
from duban.server.world import context_for, pack_of

HOUSE = frozenset({"officer", "office_head", "leader"})
"""Kinds of roles that belong to the office itself."""


class NotVisible(DubanError):
    """没有这个页面，或者您无权查看。"""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def role_kind(post: Post) -> str:
    """The kind of the post's role in the office's pack; empty for a role the pack does not know."""
    role = pack_of(post.office).role(post.role)
    return role.kind if role else ""


def belongs_to_house(post: Post) -> bool:
    """Whether the post is one of the office itself: officer, head or leader."""
    return post.unit_id is None and role_kind(post) in HOUSE


# --- seeing ----------------------------------------------------------------------------------------------


def visible_matters(post: Post) -> QuerySet[MatterRow]:
    """The matters this post may know of."""
    mine = MatterRow.objects.filter(office=post.office_id)
    if not post.is_current(clock.today()):
        return mine.none()
    known = MatterPerson.objects.filter(matter=OuterRef("pk"), person=post.user.person)
    to_sign = Exists(_to_sign(post).filter(petition__matter=OuterRef("pk")))
    named = Exists(known.filter(named=True))
    if belongs_to_house(post):
        return mine.filter(Q(restricted=False) | Exists(known) | to_sign)
    if post.unit is None:
        return mine.filter(named | to_sign)
    assigned = Exists(AssignmentRow.objects.filter(matter=OuterRef("pk"), unit=post.unit.key))
    return mine.filter(assigned, Q(restricted=False) | named, dispatched_at__isnull=False)


def _to_sign(post: Post) -> QuerySet[PetitionSignatory]:
    """The next steps that this post may sign."""
    return PetitionSignatory.objects.filter(
        office=post.office_id, role=post.role, unit__in=("", post.unit_key)
    )


def _seen(post: Post) -> Exists:
    """That a row's matter may be seen: asked row by row, so that a list of few rows costs little."""
    return Exists(visible_matters(post).filter(pk=OuterRef("matter_id")))


def visible_directives(post: Post) -> QuerySet[DirectiveRow]:
    """Directives are the office's own papers. ``matters`` on each: how many visible matters rest on it."""
    links = MatterDirective.objects.filter(directive=OuterRef("pk")).filter(_seen(post))
    counted = links.order_by().values("directive").annotate(n=Count("pk")).values("n")
    count = Coalesce(Subquery(counted), 0)
    # The model declares the attribute for its readers; the type checker takes that for a column.
    mine = DirectiveRow.objects.filter(office=post.office_id).annotate(matters=count)  # type: ignore[no-redef]
    return mine if belongs_to_house(post) and post.is_current(clock.today()) else mine.none()


def visible_obligations(post: Post) -> QuerySet[ObligationRow]:
    """Duties of visible matters and directives; people of a unit see their own unit's."""
    mine = ObligationRow.objects.filter(office=post.office_id)
    matters = Q(_seen(post))
    if post.unit:
        return mine.filter(matters, unit=post.unit.key).exclude(bearer="office")
    return mine.filter(matters | Q(directive__in=visible_directives(post)))


def visible_petitions(post: Post) -> QuerySet[PetitionRow]:
    """Papers laid before signatories; people of a unit see those that concern their unit."""
    mine = PetitionRow.objects.filter(office=post.office_id).filter(_seen(post))
    return mine.filter(unit=post.unit.key).exclude(act__startswith="urging:") if post.unit else mine


def waiting_petitions(post: Post) -> QuerySet[PetitionRow]:
    """What waits for this post's signature, oldest first (等我签批)."""
    mine = PetitionRow.objects.filter(office=post.office_id, status="open").filter(_seen(post))
    return mine.filter(Exists(_to_sign(post).filter(petition=OuterRef("pk")))).order_by("opened_at")


def visible_proposals(post: Post) -> QuerySet[ProposalRow]:
    """What the rules propose is for the office; a unit learns of it when it is signed."""
    mine = ProposalRow.objects.filter(office=post.office_id)
    return mine.none() if post.unit else mine.filter(_seen(post))


def visible_reports(post: Post) -> QuerySet[ReportRow]:
    """Reports; people of a unit see those of their own unit, and a lead those of the supporting units."""
    mine = ReportRow.objects.filter(office=post.office_id).filter(_seen(post))
    if post.unit is None:
        return mine
    rows = AssignmentRow.objects.filter(matter=OuterRef("matter"))
    leads = Exists(rows.filter(unit=post.unit.key, lead=True))
    from_support = Exists(rows.filter(unit=OuterRef("unit"), lead=False))
    return mine.filter(Q(unit=post.unit.key) | leads & from_support)


def waiting_reports(post: Post) -> QuerySet[ReportRow]:
    """Reports that wait for review (等我审核): those of matters still in work."""
    return visible_reports(post).filter(status="submitted", matter__stage__in=sorted(RUNNING))


def visible_urgings(post: Post) -> QuerySet[UrgingRow]:
    """Issued urging notices; people of a unit see their own."""
    mine = UrgingRow.objects.filter(office=post.office_id).filter(_seen(post))
    return mine.filter(unit=post.unit.key) if post.unit else mine


def visible_assignments(post: Post) -> QuerySet[AssignmentRow]:
    """Who works on the visible matters; units on one matter know of each other."""
    return AssignmentRow.objects.filter(office=post.office_id).filter(_seen(post))


def visible_attachments(post: Post) -> QuerySet[Attachment]:
    """Papers of visible dockets; people of a unit see the office's and their own. One's own loose uploads, too."""
    mine = Attachment.objects.filter(office=post.office_id)
    if not post.is_current(clock.today()):
        return mine.none()
    loose = Q(stream=None, uploaded_by=post.user.person)
    in_matters = Q(stream__in=visible_matters(post).values("pk"))
    if post.unit:
        return mine.filter(loose | in_matters & Q(unit__in=("", post.unit.key)))
    return mine.filter(loose | in_matters | Q(stream__in=visible_directives(post).values("pk")))


def access_matter(post: Post, stream: str) -> MatterRow:
    """The matter, or :class:`NotVisible`, which tells nothing of whether it exists."""
    row = visible_matters(post).filter(pk=stream).first()
    if row is None:
        raise NotVisible
    return row


def access_directive(post: Post, stream: str) -> DirectiveRow:
    """The directive, or :class:`NotVisible`."""
    row = visible_directives(post).filter(pk=stream).first()
    if row is None:
        raise NotVisible
    return row


def access_attachment(post: Post, pk: int) -> Attachment:
    """The attachment, or :class:`NotVisible`."""
    found = visible_attachments(post).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def access_stream(post: Post, stream: str) -> None:
    """Raise :class:`NotVisible` unless the post may see this docket, matter or directive."""
    if not any(rows.filter(pk=stream).exists() for rows in (visible_matters(post), visible_directives(post))):
        raise NotVisible


# --- doing -----------------------------------------------------------------------------------------------


def may_record_for(recorder: Actor, actor: Actor, context: Context) -> bool:
    """Whether one may record for another (代签代录): office staff for anyone, a unit's people for their unit."""
    role = context.pack.role(recorder.role)
    kind = role.kind if role else ""
    if not recorder.unit:
        return kind in lifecycle.OFFICE_KINDS
    return kind in lifecycle.UNIT_KINDS and recorder.unit == actor.unit


def may(post: Post, state: Docket | None, word: str, context: Context | None = None) -> bool | str:
    """Whether this post may ask for ``word`` now: ``True``, or the reason why not, in Chinese.

    Derived from the core: who may ask, the stage, and what the act itself says to an empty try. ``state`` is
    None for what makes a new docket.
    """
    context = replace(context or context_for(post.office), next_number=lambda series, year: 0)
    reasons = []
    for probe in _probes(COMMANDS[word], post, state, context):
        refusal = _try(post, state, probe, context)
        if refusal is None:
            return True
        reasons.append(refusal.message)
    return reasons[0] if reasons else "没有可以办理的对象。"


def allowed(post: Post, state: Docket | None, context: Context | None = None) -> list[str]:
    """The words of all commands this post may ask for now, in the order of ``COMMANDS``."""
    context = context or context_for(post.office)
    return [
        word
        for word, cls in COMMANDS.items()
        if cls.side != "system" and may(post, state, word, context) is True
    ]


def _try(post: Post, state: Docket | None, command: Command, context: Context) -> Refusal | None:
    at = clock.now()
    request = c.Request.model_construct(command=command, actor=post.actor(), occurred_at=at, recorded_at=at)
    refusal = lifecycle.may_not_ask(request, context)
    if refusal or state is None:
        return refusal
    draft = Draft(state, request, context)
    refusal = lifecycle.wrong_stage(draft, command)
    if refusal or type(command) not in _TRIED:
        return refusal
    refusal = lifecycle.ACTS[type(command)](draft, command)
    # A refusal that names a field only wants the form filled in.
    return None if refusal and refusal.field else refusal


_TRIED: frozenset[type[Command]] = frozenset(
    {
        c.Acknowledge,
        c.AnswerUrging,
        c.Close,
        c.ConfirmTakeOver,
        c.Dispatch,
        c.ReachMilestone,
        c.ReportCompletion,
        c.ReportProgress,
        c.Review,
        c.SendForReading,
        c.Submit,
        c.SubmitInput,
        c.Withhold,
        c.WithdrawPetition,
    }
)
"""Acts that an empty try tells something about; of the others only who and when are looked at."""

_WORD = "·"
_NEW = frozenset({c.Register, c.RegisterDirective})
ON_DIRECTIVES = frozenset({c.Attach, c.Correct})


def _probes(cls: type[Command], post: Post, state: Docket | None, context: Context) -> Iterator[Command]:
    """Tries of one command that are as complete as can be without a form."""
    if (state is None) != (cls in _NEW) or (isinstance(state, Directive) and cls not in ON_DIRECTIVES):
        return
    if not isinstance(state, Matter):
        yield cls.model_construct()
    elif cls in (c.Sign, c.WithdrawPetition):
        for p in state.open_petitions():
            if cls is c.WithdrawPetition or may_sign(p, post.actor()):
                yield cls.model_construct(petition=p.id, words="")
    elif cls is c.Withhold:
        yield from (
            c.Withhold(proposal=p.id, words="") for p in state.proposals.values() if p.status == "open"
        )
    elif cls is c.Review:
        units = dict.fromkeys(r.unit for r in state.reports.values() if r.status == "submitted")
        yield from (c.Review(unit=unit, verdict="ask", words=_WORD) for unit in units)
    elif issubclass(cls, c.UnitCommand):
        for unit in (post.unit_key,) if post.unit else (OFFICE,):
            yield from _unit_probes(cls, unit, state)
    elif cls is c.Dispatch:
        yield c.Dispatch(channel=context.pack.channels[0].id)
    else:
        yield cls.model_construct()


def _unit_probes(cls: type[Command], unit: str, state: Matter) -> Iterator[Command]:
    if cls is c.ReachMilestone:
        for key, milestone in state.milestones.items():
            if milestone.plan.unit in ("", unit):
                yield c.ReachMilestone(unit=unit, milestone=key)
    elif cls is c.ReportProgress or cls is c.ReportCompletion:
        yield cls.model_construct(unit=unit, content=e.Report(text=_WORD), for_sign_off=False)
    elif cls is c.AnswerUrging:
        if any(n.unit == unit and not n.answered for n in state.notices.values()):
            yield c.AnswerUrging(unit=unit, words=_WORD)
    elif cls is c.SubmitInput:
        yield c.SubmitInput(unit=unit, text=_WORD)
    else:
        blank: Any = cls
        yield blank.model_construct(unit=unit)
