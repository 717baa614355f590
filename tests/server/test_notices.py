"""A year's holiday notice comes out: provisional dates are settled by entries, and those that move are listed."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from duban.core import entries as e
from duban.server.clock import to_local
from duban.server.handle import history
from duban.server.models import MatterRow, ObligationRow
from duban.server.notices import load_notice, settle
from tests.server.building import House, dispatched

pytestmark = pytest.mark.django_db

# Made up: 1 to 3 January 2027 off, nothing made up for; the other holidays where they must be.
NOTICE = """
year = 2027
[[holiday]]
name = "元旦"
off = ["2027-01-01 至 2027-01-03"]
[[holiday]]
name = "劳动节"
off = ["2027-05-01"]
[[holiday]]
name = "国庆节"
off = ["2027-10-01 至 2027-10-03"]
"""
CHRISTMAS_EVE = datetime(2026, 12, 24, 9)


def _completion(stream: str) -> ObligationRow:
    return ObligationRow.objects.get(stream=stream, duty="complete")


def test_a_date_that_crosses_into_the_year_moves_by_an_entry(east: House) -> None:
    # Ten working days from Thursday 24 December: 25, 28–31 December, then on plain weekends 1, 4–7 January.
    # With 1 January off the tenth is Friday 8 January.
    stream = dispatched(east, at=CHRISTMAS_EVE)
    assert _completion(stream).provisional
    assert to_local(_completion(stream).due).date() == date(2027, 1, 7)
    load_notice(NOTICE)
    moved = [one for one in settle() if one.moved]
    assert [(one.stream, one.before, one.after) for one in moved] == [
        (stream, date(2027, 1, 7), date(2027, 1, 8))
    ]
    row = _completion(stream)
    assert not row.provisional
    assert to_local(row.due).date() == date(2027, 1, 8)
    assert not MatterRow.objects.get(pk=stream).provisional
    entries = [r.entry for r in history(stream) if isinstance(r.entry, e.ObligationMoved)]
    assert [x.reason for x in entries] == ["按新公布的放假安排核定"]


def test_a_date_that_stands_is_settled_and_a_repeat_finds_nothing(east: House) -> None:
    # Receipt within one working day of Wednesday 30 December is Thursday 31 December, with or without the notice.
    stream = dispatched(east, at=datetime(2026, 12, 30, 9))
    receipt = ObligationRow.objects.get(stream=stream, duty="acknowledge")
    assert receipt.provisional
    load_notice(NOTICE)
    settled = {one.obligation: one for one in settle()}
    assert not settled[receipt.obligation].moved
    assert not ObligationRow.objects.get(pk=receipt.pk).provisional
    assert list(settle()) == []


def test_the_command_lists_what_moved(
    east: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dispatched(east, at=CHRISTMAS_EVE)
    path = tmp_path / "2027.toml"
    path.write_text(NOTICE, encoding="utf-8")
    call_command("load_notice", str(path))
    said = capsys.readouterr().out
    assert "2027-01-07 → 2027-01-08" in said
    assert "其中 1 个改了日期" in said


def test_a_bad_notice_is_refused_with_every_mistake(db: None, tmp_path: Path) -> None:
    path = tmp_path / "2027.toml"
    path.write_text(NOTICE.replace("2027-05-01", "2027-05-32"), encoding="utf-8")
    with pytest.raises(CommandError, match="劳动节"):
        call_command("load_notice", str(path))
    assert list(settle()) == []
