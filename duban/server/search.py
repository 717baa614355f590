"""Search (搜索) over what a row's ``text`` holds and its units' names: every word must occur; permission comes first.

Plain containment: exact for one and two Chinese characters, where the word indexes of both databases
give wrong answers.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from duban.server.models import AssignmentRow, MatterRow, Office, Unit

SEARCHED_WORDS = 8
"""Words of a search that are looked at; more only make it slow."""


def words_of(text: str) -> list[str]:
    """The words to look for, without signs that no stored text can hold."""
    return text.replace("\0", "").split()[:SEARCHED_WORDS]


def matching(found: QuerySet[MatterRow], text: str, office: Office) -> QuerySet[MatterRow]:
    """Matters whose text, or the name of one of whose units, holds every word of ``text``, letters of either case."""
    units = list(Unit.objects.filter(office=office))
    for word in words_of(text):
        keys = [u.key for u in units if _named(u, word.casefold())]
        assigned = AssignmentRow.objects.filter(matter=OuterRef("pk"), unit__in=keys)
        found = found.filter(Q(text__icontains=word) | Exists(assigned) if keys else Q(text__icontains=word))
    return found


def _named(unit: Unit, word: str) -> bool:
    return any(word in name.casefold() for name in (unit.name, unit.short_name, *unit.aliases))
