"""Every pack of the product: its worked examples come out, each clause they name exists, nothing is found."""

import csv
from pathlib import Path

import pytest

from duban import packs
from duban.calendars import load_calendar
from duban.cli import check_packs
from duban.core.scenario import play
from duban.core.scenario_format import Case, Scenario, read_scenario

PACKS = packs.available()


def _cases() -> list[tuple[str, Scenario, Case]]:
    found = []
    for pack_id in PACKS:
        text = packs.cases(pack_id)
        scenario = read_scenario(text) if text else None
        found += [(pack_id, scenario, case) for case in (scenario.cases if scenario else ())]
    return found


CASES = _cases()


@pytest.mark.parametrize(("pack_id", "scenario", "case"), CASES, ids=[f"{p}/{c.id}" for p, _, c in CASES])
def test_worked_example(pack_id: str, scenario: Scenario, case: Case) -> None:
    played = play(scenario, case, packs.load(pack_id), load_calendar())
    assert played.failures == []


@pytest.mark.parametrize("pack_id", PACKS)
def test_a_pack_has_cases_with_expectations(pack_id: str) -> None:
    cases = [case for p, _, case in CASES if p == pack_id]
    assert cases
    assert [case.id for case in cases if not case.expect] == []
    ids = [case.id for case in cases]
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("pack_id", PACKS)
def test_check_packs_finds_nothing(pack_id: str) -> None:
    assert check_packs.check_folder(packs.home() / pack_id) == []


@pytest.mark.parametrize("pack_id", PACKS)
def test_cases_prove_only_clauses_that_an_article_of_the_pack_carries(pack_id: str) -> None:
    pack = packs.load(pack_id)
    carried = {clause for article in pack.articles for clause in article.clauses}
    named = {clause for p, _, case in CASES if p == pack_id for clause in case.clauses}
    assert named - carried == set()


@pytest.mark.shared
def test_articles_carry_only_clauses_of_the_list(shared_dir: Path) -> None:
    with (shared_dir / "clauses.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {row[0] for row in csv.reader(file) if row}
    carried = {c for p in PACKS for a in packs.load(p).articles for c in a.clauses}
    assert carried - listed == set()
