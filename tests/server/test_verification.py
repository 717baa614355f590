"""Verifying and rebuilding: a changed byte is found, and projections are nothing but read off entries."""

from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from duban.core import commands as c
from duban.server import clock, papers_store
from duban.server.handle import handle
from duban.server.models import (
    AssignmentRow,
    Entry,
    Heartbeat,
    MatterDirective,
    MatterPerson,
    MatterRow,
    ObligationRow,
    PetitionRow,
    PetitionSignatory,
    ProposalRow,
    ReportRow,
    Stream,
)
from duban.server.sweep import sweep
from duban.server.verification import verify_papers, verify_stream
from tests.server.building import MONDAY, House, dispatched, done, registered, reported
from tests.triggers import lifted

pytestmark = pytest.mark.django_db


def messages(stream: str) -> list[str]:
    return [fault.message for fault in verify_stream(Stream.objects.get(pk=stream))]


def lived_in(h: House) -> list[str]:
    """Dockets in several stages: a directive, a draft awaiting signature, a late one, a reported one."""
    with clock.at(MONDAY):
        order = c.RegisterDirective(name="批示", source="instruction")
        directive = done(handle(h.office, order, h.officer)).stream
        draft = registered(h, directives=(directive,))
        done(handle(h.office, c.Submit(), h.officer, stream=draft))
    streams = [
        directive,
        draft,
        dispatched(h),
        reported(h, restricted=True, readers=(h.finance.user.person,)),
    ]
    sweep(datetime(2026, 3, 17, 8))
    return streams


def test_sound_dockets_verify(east: House) -> None:
    for stream in lived_in(east):
        assert messages(stream) == []


def test_a_changed_byte_is_found_at_its_position(east: House) -> None:
    stream = dispatched(east)
    entry = Entry.objects.get(stream=stream, position=2)
    with lifted():
        Entry.objects.filter(pk=entry.pk).update(data=entry.data | {"words": "改过"})
    assert messages(stream) == ["第2条与其摘要不符"]


@pytest.mark.parametrize(
    "change",
    [
        {"occurred_at": clock.to_db(datetime(2026, 2, 2, 9))},
        {"recorded_at": clock.to_db(datetime(2026, 2, 2, 9))},
        {"actor": {"person": "u9", "name": "别人", "role": "officer", "unit": ""}},
        {"kind": "Closed"},
        {"pack": "other@0"},
        {"calendar": "other"},
        {"command_id": "other"},
        {"cause": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_part_of_an_entry_is_under_the_digest(east: House, change: dict[str, object]) -> None:
    stream = registered(east)
    with lifted():
        Entry.objects.filter(stream=stream, position=1).update(**change)
    assert messages(stream) == ["第1条与其摘要不符"]


def test_an_entry_taken_out_is_found(east: House) -> None:
    stream = dispatched(east)
    with lifted():
        Entry.objects.filter(stream=stream, position=2).delete()
    assert messages(stream) == ["第2条缺失或次序不对"]


def test_entries_cut_off_at_the_end_are_found(east: House) -> None:
    stream = dispatched(east)
    last = Stream.objects.get(pk=stream).head_position
    with lifted():
        Entry.objects.filter(stream=stream, position=last).delete()
    assert messages(stream) == [f"末尾不符：应有{last}条，现有{last - 1}条"]


def test_a_projection_that_differs_is_found_and_named(east: House) -> None:
    stream = dispatched(east)
    MatterRow.objects.filter(pk=stream).update(stage="closed")
    ObligationRow.objects.filter(matter=stream, rule="receipt").delete()
    found = messages(stream)
    assert len(found) == 2
    assert "督查事项" in found[0] + found[1] and any("stage 不符" in line for line in found)
    assert any(line.startswith("义务 receipt") and line.endswith("缺失") for line in found)


PROJECTIONS = (
    AssignmentRow,
    MatterDirective,
    MatterPerson,
    MatterRow,
    ObligationRow,
    PetitionRow,
    PetitionSignatory,
    ProposalRow,
    ReportRow,
)


def test_rebuilding_restores_every_projection(east: House) -> None:
    streams = lived_in(east)
    for model in PROJECTIONS:
        assert model.objects.exists(), model
    hints = dict(Stream.objects.values_list("pk", "look_again_at"))
    for model in (
        PetitionSignatory,
        MatterDirective,
        MatterPerson,
        AssignmentRow,
        ObligationRow,
        ProposalRow,
        ReportRow,
        PetitionRow,
    ):
        model.objects.all().delete()
    MatterRow.objects.update(title="", stage="", breached=False, due=None)
    Stream.objects.update(look_again_at=None)
    assert messages(streams[2])
    call_command("rebuild")
    assert [messages(stream) for stream in streams] == [[], [], [], []]
    assert dict(Stream.objects.values_list("pk", "look_again_at")) == hints


def test_rebuilding_changes_nothing_that_is_right(east: House) -> None:
    lived_in(east)
    before = {model: list(model.objects.order_by("pk").values()) for model in PROJECTIONS}
    call_command("rebuild")
    assert {model: list(model.objects.order_by("pk").values()) for model in PROJECTIONS} == before


def test_the_command_reports_each_fault_and_fails(
    east: House, west: House, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = registered(east)
    registered(west)
    call_command("verify")
    assert "核验 2 份案卷，全部相符" in capsys.readouterr().out
    with lifted():
        Entry.objects.filter(stream=stream).update(kind="Closed")
    with pytest.raises(CommandError, match="发现 1 处问题"):
        call_command("verify")
    assert f"{stream}：第1条与其摘要不符" in capsys.readouterr().out
    assert Heartbeat.objects.get(part="verify").counts == {"streams": 2, "faults": 1}
    call_command("verify", "--office", "west")


def test_a_paper_that_was_exchanged_or_lost_is_found(
    east: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("django.conf.settings.DATA_DIR", tmp_path)
    upload = SimpleUploadedFile("通知.txt", "请于三日内办理。".encode())
    attachment = papers_store.save(east.officer, upload, "original")
    path = tmp_path / "papers" / attachment.path
    assert path.read_bytes() == "请于三日内办理。".encode() and path.stat().st_mode & 0o777 == 0o600
    assert list(verify_papers(east.office)) == []
    path.write_bytes("请于五日内办理。".encode())
    assert [fault.message for fault in verify_papers(east.office)] == ["文件与登记的摘要不符"]
    path.unlink()
    assert [fault.message for fault in verify_papers(east.office)] == ["文件缺失或无法读取"]
