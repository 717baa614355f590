"""Every kind of entry can be told, and every kind is somebody's to read."""

import pytest

from duban.core import entries as e
from duban.server.queries import docket
from duban.server.web.entry_words import TELLERS


@pytest.mark.parametrize("kind", e.ENTRY_TYPES.values(), ids=lambda k: k.__name__)
def test_every_kind_of_entry_has_words(kind: type[e.Entry]) -> None:
    assert kind in TELLERS


def test_for_every_kind_it_is_decided_which_units_may_read_it() -> None:
    decided = [
        docket.FOR_EVERY_UNIT,
        docket.FOR_THE_UNIT,
        docket.REPORTS,
        docket.DUTIES,
        docket.PETITIONS,
        docket.OFFICE_ONLY,
        {e.DateSet, e.Attached, e.Corrected},
        {e.DirectiveRegistered, e.DirectiveDecomposed},
    ]
    assert sum(len(kinds) for kinds in decided) == len(frozenset().union(*decided)) == len(e.ENTRY_TYPES)
