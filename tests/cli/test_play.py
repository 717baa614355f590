"""``duban play``: scenarios as files, their outcome as text and as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from duban.__main__ import main

UNIT = '[[unit]]\nid = "finance"\nname = "示例财政局"\ndeputy = "甲一"\nliaison = "甲二"\n'
HEAD = 'pack = "tongren-2014"\n'
# Received Tue 2026-05-12; 13, 14, 15 May are the three working days.
OPEN = (
    'do = "open", at = 2026-05-12, category = "instruction", urgency = "urgent", mode = "transfer", '
    'leads = ["finance"], authority = "批示", proposed_handling = "转办", document = "sheet"'
)
STEPS = f"""steps = [
  {{ {OPEN} }},
  {{ do = "acknowledge", at = 2026-05-12T10:00:00 }},
]
"""


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def scenario(text: str) -> str:
        path = tmp_path / "scenario.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return scenario


def _single(steps: str = STEPS, rest: str = "") -> str:
    return f"{HEAD}{rest}{steps}{UNIT}"


def test_json_has_the_documented_keys(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", write(_single()), "--json"]) == 0
    (case,) = json.loads(capsys.readouterr().out)
    assert list(case) == [
        "case",
        "title",
        "clauses",
        "pack",
        "digest",
        "calendar",
        "as_of",
        "directives",
        "matters",
        "refusals",
        "directory_gaps",
        "failures",
    ]
    (matter,) = case["matters"]
    (duty,) = matter["obligations"]
    assert (matter["id"], matter["state"], matter["due"]) == ("M1", "working", "2026-05-15")
    assert (duty["rule"], duty["due"], duty["ref"], duty["basis"], duty["basis_kind"]) == (
        "complete-urgent",
        "2026-05-15",
        "7.1",
        "第七条第（一）项",
        "article",
    )
    assert case["failures"] == []


def test_text_names_duty_date_and_article(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", write(_single())]) == 0
    out = capsys.readouterr().out
    assert "示例财政局 不迟于 2026-05-15 紧急批办件办结并报告结果" in out
    assert "第七条第（一）项" in out


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2026-05-13", "open"),
        ("2026-05-14", "near"),
        ("2026-05-15", "near"),
        ("2026-05-15T23:59:59", "near"),
        ("2026-05-16T00:00:01", "late"),
    ],
)
def test_as_of_is_the_end_of_a_day_or_a_moment(
    write: Any, capsys: pytest.CaptureFixture[str], as_of: str, state: str
) -> None:
    """Near means the due date is today or the next working day; late only after 24:00."""
    assert main(["play", write(_single()), "--json", "--as-of", as_of]) == 0
    (case,) = json.loads(capsys.readouterr().out)
    assert case["matters"][0]["obligations"][0]["state"] == state


def test_an_unmet_expectation_ends_with_1(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", write(_single(rest="expect = [{ due = 2026-05-18 }]\n"))]) == 1
    assert "due 应为 2026-05-18，实为 2026-05-15" in capsys.readouterr().out


def test_a_refusal_nobody_expected_ends_with_1(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    steps = 'steps = [{ do = "register", at = 2026-05-12, category = "special" }]\n'
    assert main(["play", write(_single(steps))]) == 1
    out = capsys.readouterr().out
    assert "第 1 步（register）被拒绝" in out
    assert "第七条第（二）项" in out


def test_an_expected_refusal_ends_with_0(write: Any) -> None:
    steps = 'steps = [{ do = "register", at = 2026-05-12, category = "special" }]\n'
    expect = 'expect = [{ exists = false }, { refusal = { step = 1, ref = "7.2" } }]\n'
    assert main(["play", write(_single(steps, expect))]) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_single('steps = [{ do = "fly", at = 2026-05-12 }]\n'), "第 1 步：没有“fly”这个指令"),
        (_single('steps = [{ do = "register" }]\n'), "第 1 步要写 do（办什么）和 at（何时）"),
        (
            _single('steps = [{ do = "register", at = 2026-05-12, gradee = "x" }]\n'),
            "第 1 步（register）：gradee：不认识的键",
        ),
        (
            _single('steps = [{ do = "register", at = 2026-05-12, by = "nobody" }]\n'),
            "第 1 步：没有“nobody”这个人或职务",
        ),
        (_single('steps = [{ do = "register", at = "yesterday" }]\n'), "无法演示"),
        (HEAD, "没有算例"),
        (_single(rest="colour = 1\n"), "colour：不认识的键"),
        ('[[case]]\nid = "a"\nsteps = []\nwhen = 1\n', "case[1].when：不认识的键"),
        ("steps = [", "不是合法的 TOML"),
        (f'pack = "atlantis"\n{STEPS}', "没有制度包“atlantis”"),
    ],
)
def test_a_file_that_cannot_be_played_ends_with_2(
    write: Any, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert main(["play", write(text)]) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", str(tmp_path / "none.toml")]) == 2
    assert "无法演示" in capsys.readouterr().err


def test_one_case_of_several(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    cases = "".join(f'[[case]]\nid = "{name}"\n{STEPS}' for name in ("a", "b"))
    path = write(HEAD + UNIT + cases)
    assert main(["play", path, "--json", "--case", "b"]) == 0
    assert [case["case"] for case in json.loads(capsys.readouterr().out)] == ["b"]
    assert main(["play", path, "--case", "c"]) == 2
    assert "没有编号为“c”的算例" in capsys.readouterr().err


def test_the_pack_on_the_command_line_goes_before_the_file_s(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(_single().replace("tongren-2014", "atlantis"))
    assert main(["play", path, "--pack", "tongren-2014", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["pack"] == "tongren-2014"
