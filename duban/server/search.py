"""Search (搜索) over what a row's ``text`` holds: every word must occur; permission comes first.

Plain containment: exact for one and two Chinese characters, where the word indexes of both databases
give wrong answers.
"""

from django.db.models import QuerySet

from duban.server.models import MatterRow

SEARCHED_WORDS = 8
"""Words of a search that are looked at; more only make it slow."""


def words_of(text: str) -> list[str]:
    """The words to look for, without signs that no stored text can hold."""
    return text.replace("\0", "").split()[:SEARCHED_WORDS]


def matching(found: QuerySet[MatterRow], text: str) -> QuerySet[MatterRow]:
    """Matters whose text holds every word of ``text``, letters of either case."""
    for word in words_of(text):
        found = found.filter(text__icontains=word)
    return found
