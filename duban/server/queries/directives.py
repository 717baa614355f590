"""Directives (立项依据) with what became of them."""

from dataclasses import dataclass

from duban.server import permissions
from duban.server.models import AssignmentRow, DirectiveRow, Entry, MatterRow, ObligationRow, Post
from duban.server.search import words_of

PAGE = 50


@dataclass(frozen=True)
class Directives:
    """One page of directives, newest first; ``owed``: the office's open duty on each, by stream."""

    rows: tuple[DirectiveRow, ...]
    total: int
    page: int
    pages: int
    owed: dict[str, ObligationRow]


def directives(post: Post, q: str, page: int) -> Directives:
    """Directives whose title, number, leader or text holds the words."""
    found = permissions.visible_directives(post)
    for word in words_of(q):
        found = found.filter(text__icontains=word)
    total = found.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = tuple(found.order_by("-registered_at", "pk")[(page - 1) * PAGE : page * PAGE])
    open_duties = ObligationRow.objects.filter(directive__in=[r.pk for r in rows], status="open")
    return Directives(rows, total, page, pages, {o.stream_id: o for o in open_duties})


def matters_of(post: Post, directive: DirectiveRow) -> tuple[tuple[MatterRow, ...], dict[str, str]]:
    """The visible matters registered from a directive, and the leads of each."""
    streams = Entry.objects.filter(stream=directive.pk, kind="DirectiveDecomposed").values_list(
        "data__matter", flat=True
    )
    rows = tuple(
        permissions.visible_matters(post).filter(pk__in=list(streams)).order_by("registered_at", "pk")
    )
    leads: dict[str, str] = {}
    for a in AssignmentRow.objects.filter(matter__in=[r.pk for r in rows], lead=True):
        leads[a.matter_id] = f"{leads[a.matter_id]},{a.unit}" if a.matter_id in leads else a.unit
    return rows, leads
