"""The manuals say what the code does: reference tables, examples, keys, names."""

import importlib
import pkgutil
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

import duban
from duban import packs
from duban.calendars import load_calendar
from duban.cli.check_packs import check_folder
from duban.cli.play import as_data, play_all
from duban.core import scenario as scenario_module
from duban.core.expectations import LISTS
from duban.core.scenario_format import CASE_KEYS, FILE_KEYS, read_scenario
from tests import doc_tables

DOCS = Path(__file__).parents[1] / "docs"
AUTHORING = (DOCS / "pack-authoring.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", AUTHORING, re.S)
SCENARIOS = [b for b in BLOCKS if b.startswith("# scenario\n")]
FILES = {m[1]: b for b in BLOCKS if (m := re.match(r"# file: (\S+)\n", b))}


# --- reference tables ----------------------------------------------------------------------------------------


def test_generated_tables_are_those_of_the_code() -> None:
    assert doc_tables.write(AUTHORING) == AUTHORING, "run: python -m tests.doc_tables"


def test_every_generated_table_has_its_place() -> None:
    assert doc_tables.marked(AUTHORING) == set(doc_tables.tables())


def test_every_part_of_a_pack_is_described() -> None:
    assert doc_tables.missing_parts() == set()


def _described(name: str) -> set[str]:
    """Words in code type in the first column of a table of keys."""
    found = re.search(rf"<!-- keys: {name} -->\n(.*?)<!-- end keys -->", AUTHORING, re.S)
    assert found, name
    rows = found[1].splitlines()[2:]
    return {word for row in rows for word in re.findall(r"`(\w+)`", row.split("|")[1])}


@pytest.fixture(scope="module")
def outcome() -> dict[str, Any]:
    """A case with every kind of thing in its output."""
    text = packs.cases("tongren-2014")
    (played,) = play_all(read_scenario(text), packs.load("tongren-2014"), only="explanation-moves-nothing")
    return as_data(played)


def test_output_keys_of_a_case(outcome: dict[str, Any]) -> None:
    assert _described("case") == set(outcome)


def test_output_keys_of_a_matter(outcome: dict[str, Any]) -> None:
    assert _described("matter") == set(outcome["matters"][0])


def test_output_keys_of_an_obligation(outcome: dict[str, Any]) -> None:
    assert _described("obligation") == set(outcome["matters"][0]["obligations"][0])


def test_output_keys_of_a_proposal(outcome: dict[str, Any]) -> None:
    assert _described("proposal") == set(outcome["matters"][0]["proposals"][0])


def test_output_keys_of_an_urging_notice() -> None:
    text = packs.cases("tongren-2014")
    (played,) = play_all(read_scenario(text), packs.load("tongren-2014"), only="urged-twice")
    assert _described("notice") == set(played.outcome["matters"][0]["notices"][0])


def test_output_keys_of_a_refusal(outcome: dict[str, Any]) -> None:
    assert _described("refusal") == set(outcome["refusals"][0])


@pytest.mark.parametrize(
    "keys",
    [scenario_module.STEP_KEYS, CASE_KEYS, FILE_KEYS, scenario_module.SHORT, LISTS],
    ids=["step", "case", "file", "short", "expectation"],
)
def test_every_key_of_the_scenario_format_is_described(keys: Collection[str]) -> None:
    first_columns = " ".join(line.split("|")[1] for line in AUTHORING.splitlines() if line.startswith("| "))
    known = set(re.findall(r"`\[*(\w+)\]*`", first_columns)) | {"open", "finish"}
    assert set(keys) - known == set()
    assert all(f"`{word}`" in AUTHORING for word in scenario_module.SHORT)


# --- examples ------------------------------------------------------------------------------------------------


def test_there_are_examples() -> None:
    assert len(SCENARIOS) >= 3
    assert set(FILES) == {"articles.toml", "pack.toml", "rules.toml", "cases.toml"}
    assert len(BLOCKS) == len(SCENARIOS) + len(FILES)


@pytest.mark.parametrize("text", SCENARIOS)
def test_examples_come_out(text: str) -> None:
    scenario = read_scenario(text)
    assert scenario.cases[0].expect
    pack = packs.load(scenario.pack)
    calendar = load_calendar()
    for case in scenario.cases:
        assert scenario_module.play(scenario, case, pack, calendar).failures == []


def test_the_small_pack_is_sound(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert check_folder(tmp_path) == []


# --- glossary ------------------------------------------------------------------------------------------------


def _code_names() -> set[str]:
    """Every name in the source: classes, functions, fields, and the words of commands, entries and packs."""
    names: set[str] = set()
    for path in Path(duban.__file__).parent.rglob("*.py"):
        names |= set(re.findall(r"[A-Za-z_]\w*", path.read_text(encoding="utf-8")))
    return names


def _glossary() -> list[tuple[str, str]]:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")][2:]
    return [(row[0].strip(), row[2]) for row in rows if len(row) == 4 and "---" not in row[0]]


def test_every_code_name_of_the_glossary_exists() -> None:
    known = _code_names()
    rows = _glossary()
    assert len(rows) >= 30
    named = {(term, name) for term, cell in rows for name in re.findall(r"`([\w.]+)`", cell)}
    assert {(term, name) for term, name in named if not set(name.split(".")) <= known} == set()


def test_every_term_of_the_glossary_has_a_code_name() -> None:
    assert [term for term, cell in _glossary() if not re.search(r"`[\w.]+`", cell)] == []


def test_classes_of_the_glossary_can_be_imported() -> None:
    """Capitalised names are classes or tables of the core or the models."""
    modules = [importlib.import_module(m.name) for m in _modules()]
    available = {name for module in modules for name in vars(module)}
    wanted = {n for _, cell in _glossary() for n in re.findall(r"`([A-Z]\w*)`", cell)}
    assert wanted - available == set()


def _modules() -> list[pkgutil.ModuleInfo]:
    core = importlib.import_module("duban.core")
    models = importlib.import_module("duban.server.models")
    return [
        *pkgutil.iter_modules(core.__path__, "duban.core."),
        *pkgutil.iter_modules(models.__path__, "duban.server.models."),
    ]
