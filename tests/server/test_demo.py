"""The demonstration: every stage and light, true dockets, nothing added by a repeat."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from duban import packs
from duban.core.directory import gaps as gaps_of
from duban.core.lights import LIGHTS, matter_light, near_until
from duban.core.matter import STAGES
from duban.server import clock
from duban.server.demo import playing
from duban.server.demo.offices import ADMIN_USER, PASSWORD, accounts, make_offices
from duban.server.demo.papers import one_page_pdf
from duban.server.demo.populate import populate
from duban.server.demo.scripts import SCRIPTS
from duban.server.demo.tour import suggestions
from duban.server.handle import load_matter
from duban.server.models import Attachment, Entry, MatterRow, Office, Post, Unit, User
from duban.server.world import context_for, pack_of

NOON = datetime(2026, 3, 18, 12)
"""A Wednesday without holidays near."""
HOLIDAY = datetime(2026, 10, 5, 15)
"""In the middle of the National Day holiday, 1 to 7 October."""


def lights(now: datetime) -> set[str]:
    found = set()
    for office in Office.objects.all():
        context = context_for(office)
        near = near_until(now.date(), context)
        for row in MatterRow.objects.filter(office=office):
            found.add(matter_light(load_matter(row.pk), now, near))
    return found


@pytest.fixture
def no_real_ledger(tmp_path: Path) -> Iterator[None]:
    """As where the founders' material does not lie beside the repository."""
    with override_settings(BASE_DIR=tmp_path / "a" / "b"):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("no_real_ledger")
@pytest.mark.parametrize("now", [NOON, HOLIDAY], ids=["ordinary", "holiday"])
def test_one_matter_of_every_script_shows_every_stage_and_light(now: datetime) -> None:
    total = len(SCRIPTS)
    assert populate(total, now=now) == total
    assert set(MatterRow.objects.values_list("stage", flat=True)) == set(STAGES)
    assert lights(now) == set(LIGHTS)
    assert set(Office.objects.values_list("pack", flat=True)) == set(packs.available())
    assert not Office.objects.filter(is_demo=False)
    assert MatterRow.objects.filter(restricted=True).exists()
    assert MatterRow.objects.filter(taken_over=True, confirmed=False).exists()
    assert MatterRow.objects.filter(upkeep=True).exists()
    tried = suggestions()
    assert len(tried) == 3
    assert all(User.objects.filter(username=words.split()[1]).exists() for words in tried)
    assert not Entry.objects.filter(recorded_at__gt=clock.to_db(now))
    with clock.at(now):
        out = StringIO()
        call_command("verify", stdout=out)
        assert "全部相符" in out.getvalue()
        before = Entry.objects.count(), User.objects.count(), Attachment.objects.count()
        assert populate(total, now=now) == total
        assert (Entry.objects.count(), User.objects.count(), Attachment.objects.count()) == before


@pytest.mark.django_db
@pytest.mark.usefixtures("no_real_ledger")
def test_the_same_day_brings_about_the_same_year() -> None:
    """Titles, stages, kinds of entries and their moments; only dockets' names are random."""

    def play() -> tuple[Counter[object], Counter[object]]:
        rows = MatterRow.objects.values_list("office__key", "number", "title", "stage", "due")
        entries = Entry.objects.values_list("kind", "occurred_at", "recorded_at")
        populate(12, now=NOON)
        return Counter(rows), Counter(entries)

    class Undo(Exception):
        pass

    found = []
    for _ in range(2):
        try:
            with transaction.atomic():
                found.append(play())
                raise Undo
        except Undo:
            pass
    assert found[0] == found[1]
    assert sum(found[0][0].values()) == 12


@pytest.mark.django_db
def test_a_refused_step_fails_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit that never receives cannot report: the play stops and says where."""
    monkeypatch.setattr(playing.Case, "acknowledge", lambda self, unit: None)
    with pytest.raises(playing.StepRefused, match="请先签收"):
        populate(1, now=NOON)


@pytest.mark.django_db
def test_everybody_the_regulations_name_has_an_account(client: Client) -> None:
    houses = make_offices(date(2026, 3, 18))
    for house in houses:
        held = set(Post.objects.filter(office=house.office).values_list("role", flat=True))
        assert held == {role.id for role in house.pack.roles} | {"administrator"}
        assert 8 <= Unit.objects.filter(office=house.office).count() <= 16
        assert Unit.objects.filter(office=house.office).exclude(name__startswith="示例").count() == 0
    names = list(User.objects.values_list("display_name", flat=True))
    assert len(names) == len(set(names))
    assert client.login(username="qu-caizheng", password=PASSWORD)
    assert len(PASSWORD) >= 10
    shown = {one.username for one in accounts()}
    assert {ADMIN_USER, "qu-officer", "shi-city-leader", "xian-caizheng-head"} <= shown


@pytest.mark.django_db
def test_one_unit_has_named_no_liaison_and_the_directory_shows_the_gap() -> None:
    make_offices(date(2026, 3, 18))
    office = Office.objects.get(key="gaoxin")
    context = context_for(office)
    units = list(context.units.values())
    gaps = gaps_of(pack_of(office), units, date(2026, 3, 18))
    assert {gap.unit for gap in gaps} == {"chengguan"}


def test_the_generated_pdf_says_where_its_objects_are() -> None:
    page = one_page_pdf("qu 2026-03-18")
    assert page.startswith(b"%PDF-1.4\n")
    start = int(page.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert page[start:].startswith(b"xref\n0 6\n")
    for number, line in enumerate(page[start:].split(b"\n")[3:8], start=1):
        assert page[int(line[:10]) :].startswith(b"%d 0 obj" % number)


# --- the command ---------------------------------------------------------------------------------------------


def demo(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("DUBAN_", "DJANGO_", "DATABASE_"))
    }
    # Whatever database an installation uses, the demonstration does not touch it.
    environment |= {"DUBAN_DATA_DIR": str(home), "DATABASE_URL": f"sqlite:///{home}/office.sqlite3"}
    command = [sys.executable, "-m", "duban", "demo", "--no-serve", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_the_command_keeps_to_its_own_folder_and_repeats_safely(tmp_path: Path) -> None:
    first = demo(tmp_path, "--matters", "5")
    assert first.returncode == 0, first.stderr
    assert PASSWORD in first.stdout and "qu-officer" in first.stdout
    assert not (tmp_path / "office.sqlite3").exists()
    entries = _entries(tmp_path)
    assert entries > 0
    again = demo(tmp_path, "--matters", "5")
    assert "演示数据已经在这里" in again.stdout
    assert _entries(tmp_path) == entries
    # What was broken off is made anew.
    (tmp_path / "demo" / "demo-complete.json").unlink()
    third = demo(tmp_path, "--matters", "3")
    assert "删去以前的演示数据" in third.stdout
    assert _entries(tmp_path) > 0


def _entries(home: Path) -> int:
    with sqlite3.connect(home / "demo" / "duban.sqlite3") as database:
        (count,) = database.execute("SELECT count(*) FROM duban_entry").fetchone()
    database.close()
    return int(count)


def test_a_port_in_use_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("DUBAN_", "DJANGO_"))}
        environment["DUBAN_DATA_DIR"] = str(tmp_path)
        command = [sys.executable, "-m", "duban", "demo", "--port", str(port)]
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    assert ended.returncode == 2
    assert f"端口 {port} 不能用" in ended.stderr
    assert not (tmp_path / "demo").exists()
