"""Why one obligation's date is what it is: of a matter, or of a directive."""

from dataclasses import dataclass
from datetime import date, datetime

from duban.core import entries as e
from duban.core import why as core
from duban.core.context import Context
from duban.core.lights import near_until, obligation_state
from duban.core.matter import Directive, Docket, Obligation, fold
from duban.server import clock, permissions
from duban.server.handle import history
from duban.server.models import Post
from duban.server.queries.matter import matter_view
from duban.server.world import context_for


@dataclass(frozen=True)
class WhyView:
    """The obligation with its full ground, as this post may read it."""

    post: Post
    docket: Docket
    title: str
    obligation: Obligation
    why: core.Why
    entries: tuple[e.Recorded, ...]
    """Every entry of the docket this post may read, in order."""
    context: Context
    now: datetime
    near: date
    state: str


def why_of_matter(post: Post, stream: str, obligation: str) -> WhyView:
    """Raises ``NotVisible``, also for an obligation that is not this unit's."""
    view = matter_view(post, stream)
    found = view.matter.obligations.get(obligation)
    if found is None or not view.sees_obligation(found):
        raise permissions.NotVisible
    return WhyView(
        post=post,
        docket=view.matter,
        title=view.matter.facts.title,
        obligation=found,
        why=core.explain(found, view.context.pack, view.context.calendar, view.entries),
        entries=view.entries,
        context=view.context,
        now=view.now,
        near=view.near,
        state=obligation_state(found, view.matter, view.now, view.near),
    )


def why_of_directive(post: Post, stream: str, obligation: str) -> WhyView:
    """Raises ``NotVisible``."""
    row = permissions.access_directive(post, stream)
    past = tuple(history(stream))
    directive = fold(Directive(stream), past)
    found = directive.obligations.get(obligation)
    if found is None:
        raise permissions.NotVisible
    now, context = clock.now(), context_for(post.office)
    near = near_until(now.date(), context)
    return WhyView(
        post=post,
        docket=directive,
        title=row.title,
        obligation=found,
        why=core.explain(found, context.pack, context.calendar, past),
        entries=past,
        context=context,
        now=now,
        near=near,
        state=obligation_state(found, None, now, near),
    )
