"""The sweep: what time brings about, once, and only where something is due."""

from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command

from duban.core import commands as c
from duban.core import entries as e
from duban.server import clock
from duban.server import sweep as sweep_module
from duban.server.clock import to_local
from duban.server.handle import handle, history
from duban.server.models import Entry, Heartbeat, MatterRow, ObligationRow, Office, ProposalRow, Stream
from duban.server.sweep import sweep
from tests.server.building import MONDAY, House, dispatched, done, listed, registered, reported

pytestmark = pytest.mark.django_db

# The completion date of a matter dispatched on Monday 2 March 2026: ten working days, to Monday 16 March.
DUE = datetime(2026, 3, 16, 23, 59, 59)
AFTER = datetime(2026, 3, 17, 8)


def test_the_hint_is_the_next_moment_something_falls_due(east: House) -> None:
    stream = dispatched(east)
    # Receipt is due within one working day, on Tuesday.
    hint = Stream.objects.get(pk=stream).look_again_at
    assert hint is not None and to_local(hint) == datetime(2026, 3, 3, 23, 59, 59)
    assert Stream.objects.get(pk=listed(east)).look_again_at is None


def test_a_date_that_passed_is_recorded_with_the_moment_it_passed(east: House) -> None:
    stream = dispatched(east)
    swept = sweep(AFTER)
    assert (swept.looked_at, swept.changed, swept.failed) == (1, 1, 0)
    breaches = [r for r in history(stream) if isinstance(r.entry, e.ObligationBreached)]
    assert [(r.entry.rule, r.occurred_at) for r in breaches] == [
        ("receipt", datetime(2026, 3, 3, 23, 59, 59)),
        ("completion", DUE),
    ]
    assert {r.recorded_at for r in breaches} == {AFTER}
    row = MatterRow.objects.get(pk=stream)
    assert row.breached
    assert set(ObligationRow.objects.filter(breached=True).values_list("rule", flat=True)) == {
        "receipt",
        "completion",
    }
    proposal = ProposalRow.objects.get(matter=stream)
    assert (proposal.rule, proposal.status, proposal.signatory) == ("blue", "open", "head")


def test_a_second_sweep_changes_nothing(east: House) -> None:
    dispatched(east)
    sweep(AFTER)
    before = (Entry.objects.count(), list(Stream.objects.values()), list(MatterRow.objects.values()))
    assert sweep(AFTER).changed == 0
    assert sweep(datetime(2026, 5, 1, 8)).changed == 0
    assert (Entry.objects.count(), list(Stream.objects.values()), list(MatterRow.objects.values())) == before


def test_only_dockets_with_something_due_are_looked_at(east: House, west: House) -> None:
    dispatched(east)
    registered(east)
    dispatched(west, at=datetime(2026, 3, 16, 9))
    reported(west)
    assert sweep(datetime(2026, 3, 4, 8)).looked_at == 1


def test_nothing_is_recorded_in_the_second_that_something_is_due(east: House) -> None:
    dispatched(east)
    assert sweep(datetime(2026, 3, 3, 23, 59, 59)).entries == 0
    assert sweep(datetime(2026, 3, 4, 0, 0, 0)).entries == 1


def test_a_directive_nobody_took_up_is_recorded_too(east: House, monday: None) -> None:
    order = c.RegisterDirective(name="批示", source="instruction", issued_on=date(2026, 2, 27))
    directive = done(handle(east.office, order, east.officer)).stream
    assert sweep(datetime(2026, 3, 4, 8)).changed == 1
    assert ObligationRow.objects.get(directive=directive).breached


def test_a_matter_taken_over_is_silent_until_a_person_confirmed_it(east: House) -> None:
    stream = dispatched(east, taken_over=True)
    assert sweep(AFTER).looked_at == 0
    with clock.at(AFTER):
        done(handle(east.office, c.ConfirmTakeOver(), east.officer, stream=stream))
    sweep(AFTER)
    assert MatterRow.objects.get(pk=stream).breached


def test_an_extension_moves_the_hint(east: House) -> None:
    stream = dispatched(east)
    with clock.at(MONDAY):
        done(handle(east.office, c.Acknowledge(unit="finance"), east.finance, stream=stream))
        done(
            handle(
                east.office, c.SetDate(due=date(2026, 3, 20), words="领导意见"), east.leader, stream=stream
            )
        )
    assert sweep(AFTER).looked_at == 0
    assert sweep(datetime(2026, 3, 21, 8)).changed == 1


def test_one_broken_docket_does_not_hold_up_the_others(east: House, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = sorted([dispatched(east), dispatched(east)])
    original = sweep_module.handle

    def failing(*args: object, stream: str, **rest: object) -> object:
        if stream == broken:
            raise ValueError("damaged")
        return original(*args, stream=stream, **rest)

    monkeypatch.setattr(sweep_module, "handle", failing)
    swept = sweep(AFTER)
    assert (swept.failed, swept.changed) == (1, 1)
    assert MatterRow.objects.get(pk=sound).breached


def test_an_office_whose_regulation_does_not_load_does_not_hold_up_the_others(
    east: House, west: House
) -> None:
    dispatched(east)
    stream = dispatched(west)
    Office.objects.filter(key="east").update(pack="gone")
    swept = sweep(AFTER)
    assert (swept.failed, swept.changed) == (1, 1)
    assert MatterRow.objects.get(pk=stream).breached


def test_stopping_ends_between_dockets(east: House) -> None:
    dispatched(east)
    dispatched(east)
    answers = iter([False, True, True, True])
    assert sweep(AFTER, stopping=lambda: next(answers)).looked_at == 1


def test_the_command_tells_what_it_did_and_leaves_a_heartbeat(
    east: House, capsys: pytest.CaptureFixture[str]
) -> None:
    dispatched(east)
    with clock.at(AFTER):
        call_command("sweep")
    assert "查看 1 份案卷，变动 1 份" in capsys.readouterr().out
    assert Heartbeat.objects.get(part="sweep").counts["changed"] == 1


def test_what_has_not_happened_yet_cannot_be_swept(east: House) -> None:
    with clock.at(MONDAY), pytest.raises(CommandError, match="不能晚于现在"):
        call_command("sweep", "--as-of", "2026-03-02T09:00:01")


def test_as_of_sweeps_to_that_moment_only(east: House) -> None:
    stream = dispatched(east)
    with clock.at(AFTER):
        call_command("sweep", "--as-of", "2026-03-04T08:00")
    rules = [r.entry.rule for r in history(stream) if isinstance(r.entry, e.ObligationBreached)]
    assert rules == ["receipt"]
