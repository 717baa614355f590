"""The mutation run itself: what it alters, what it catches, what it reports."""

import tomllib
from pathlib import Path

import pytest

from duban import packs
from tests import mutate_packs
from tests.mutate_packs import Mutation, bench, mutations, report, to_toml

FILES = {
    "articles.toml": '[[article]]\nid = "1"\nlabel = "一"\ngist = "…"\n[[article]]\nid = "2"\nlabel = "二"\ngist = "…"',
    "cases.toml": "",
    "rules.toml": """
[time]
rolls = true
cite = "1"
[[role]]
id = "clerk"
title = "甲"
kind = "officer"
cite = "1"
[[obligation]]
id = "finish"
name = "办结"
bearer = "lead"
on = ["dispatched", "acknowledged"]
when = 'returns >= 2 && category == "c9"'
term = { working_days = 3 }
discharged_by = ["completion_reported"]
cite = "1"
[[reading]]
id = "r"
question = "？"
answer = "。"
ground = "。"
cite = "1"
""",
}


def _changes() -> set[str]:
    return {f"{m.key}: {m.change}" for m in mutations("p", FILES)}


@pytest.mark.parametrize(
    "change",
    [
        "obligation[finish]: dropped",
        "obligation[finish].bearer: lead → office",
        "obligation[finish].bearer: lead → support",
        "obligation[finish].bearer: lead → each",
        "obligation[finish].on: without dispatched",
        "obligation[finish].on: without acknowledged",
        "obligation[finish].when: negated",
        "obligation[finish].when: always true",
        'obligation[finish].when: returns >= 2 && category == "c9" → returns >= 1 && category == "c9"',
        'obligation[finish].when: returns >= 2 && category == "c9" → returns >= 3 && category == "c9"',
        "obligation[finish].term: {working_days = 3} → {days = 3}",
        "obligation[finish].term.working_days: 3 → 2",
        "obligation[finish].term.working_days: 3 → 4",
        "obligation[finish].discharged_by: without completion_reported",
        "obligation[finish].cite: 1 → 2",
        "time.rolls: True → False",
        "role[clerk]: dropped",
        "role[clerk].kind: officer → office_head",
    ],
)
def test_each_kind_of_alteration_is_made(change: str) -> None:
    assert change in _changes()


def test_texts_readings_articles_and_cases_are_left_alone() -> None:
    touched = " ".join(_changes())
    assert "reading" not in touched
    assert "title" not in touched
    assert "name" not in touched
    assert {m.file for m in mutations("p", FILES)} == {"rules.toml"}


def test_a_number_inside_a_text_of_a_condition_is_not_a_number() -> None:
    assert not [c for c in _changes() if '"c8"' in c or '"c10"' in c]


def test_an_alteration_changes_one_place_and_nothing_else() -> None:
    before = tomllib.loads(FILES["rules.toml"])
    for m in mutations("p", FILES):
        if m.key == "obligation[finish].term.working_days" and m.change == "3 → 4":
            after = tomllib.loads(to_toml(m.values))
            assert after["obligation"][0].pop("term") == {"working_days": 4}
            assert before["obligation"][0].pop("term") == {"working_days": 3}
            assert after == before
            return
    pytest.fail("the alteration was not made")


@pytest.mark.parametrize("pack_id", packs.available())
def test_toml_written_is_toml_read(pack_id: str) -> None:
    for text in packs.texts(packs.home() / pack_id).values():
        values = tomllib.loads(text)
        assert tomllib.loads(to_toml(values)) == values


def test_a_loosened_term_is_caught_by_the_case_that_counts_it() -> None:
    folder = packs.home() / "tongren-2014"
    found = {
        m.change: bench(folder).caught_by(m)
        for m in mutations(folder.name, packs.texts(folder))
        if m.key == "obligation[complete-study].term.days"
    }
    assert set(found) == {"30 → 29", "30 → 31"}
    assert all(found.values())


def _mutation(change: str) -> Mutation:
    return Mutation("p", "rules.toml", "time.rolls", change, {})


def test_a_survivor_fails_the_run_unless_listed(capsys: pytest.CaptureFixture[str]) -> None:
    one = _mutation("a")
    assert report([one], {one.name}, set(), {"p"}) == 1
    assert "SURVIVED p/rules.toml: time.rolls: a" in capsys.readouterr().out
    assert report([one], {one.name}, {one.name}, {"p"}) == 0


def test_a_listed_alteration_that_is_caught_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    one = _mutation("a")
    assert report([], {one.name}, {one.name}, {"p"}) == 1
    assert "LISTED WRONGLY p/rules.toml: time.rolls: a" in capsys.readouterr().out


def test_a_listed_alteration_needs_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.toml"
    path.write_text('[[equivalent]]\npack = "p"\nfile = "f"\nkey = "k"\nchange = "c"\nreason = " "\n')
    monkeypatch.setattr(mutate_packs, "ALLOWED", path)
    with pytest.raises(ValueError, match="no reason"):
        mutate_packs.allowed()
