"""``duban check-packs``: every mistake at once, each with its file and key, in Chinese."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from duban import packs
from duban.__main__ import main

Check = Callable[[Path], tuple[int, list[str]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a sound pack to spoil."""
    return Path(shutil.copytree(packs.home() / "tongren-2014", tmp_path / "trial"))


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    def run(path: Path) -> tuple[int, list[str]]:
        status = main(["check-packs", str(path)])
        return status, capsys.readouterr().out.splitlines()

    return run


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    """Replace one place in a file; it must be there."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add(folder: Path, file: str, text: str) -> None:
    path = folder / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")


OBLIGATION = """
[[obligation]]
id = "extra"
duty = "report"
name = "另报"
bearer = "lead"
on = ["dispatched"]
term = { working_days = 3 }
discharged_by = ["progress_reported"]
cite = "4.4"
"""


def test_a_sound_pack_has_no_findings(folder: Path, check: Check) -> None:
    assert check(folder) == (0, ["trial：没有问题"])


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            OBLIGATION + 'colour = "red"',
            "trial/obligations.toml: obligation[9].colour: 不认识的键",
        ),
        (
            OBLIGATION.replace('cite = "4.4"', ""),
            "trial/obligations.toml: obligation[9].cite: 没有写依据：每条规则都要引用条文、本机关决定或系统默认",
        ),
        (
            OBLIGATION + "when = 'urgncy == \"urgent\"'",
            "trial/obligations.toml: obligation[extra].when: 条件用了不认识的名称“urgncy”",
        ),
        (
            OBLIGATION + "when = 'urgency == \"urgnt\"'",
            "trial/obligations.toml: obligation[extra].when: “urgency”没有“urgnt”这个取值",
        ),
        (
            OBLIGATION + "when = 'returns'",
            "trial/obligations.toml: obligation[extra].when: 条件的结果必须是真或假：returns",
        ),
        (
            OBLIGATION.replace('"4.4"', '"12.9"'),
            "trial/obligations.toml: obligation[extra].cite: 引用的条文“12.9”不在 articles.toml 中",
        ),
        (
            OBLIGATION.replace('"extra"', '"complete-urgent"'),
            "trial/obligations.toml: obligation[complete-urgent]: 编号重复",
        ),
        (
            OBLIGATION.replace('"dispatched"', '"sent"'),
            "trial/obligations.toml: obligation[extra].on: 没有这个条目：“sent”",
        ),
        (
            OBLIGATION.replace('"report"', '"rapport"'),
            "trial/obligations.toml: obligation[extra].duty: 没有这个义务种类：“rapport”",
        ),
        (
            OBLIGATION.replace("working_days = 3", "working_days = 3, days = 3"),
            (
                "trial/obligations.toml: obligation[9].term: 时限必须且只能写一种："
                "working_days、days、months、hours、same_day、stated、asked、milestone、standing"
            ),
        ),
        (
            OBLIGATION.replace("working_days = 3", 'working_days = "param:nothing"'),
            "trial/obligations.toml: obligation[extra].term: 没有这个参数：“nothing”",
        ),
        (
            OBLIGATION.replace('bearer = "lead"', 'bearer = "chief"'),
            "trial/obligations.toml: obligation[9].bearer: 取值不在允许的范围内",
        ),
    ],
)
def test_a_mistake_in_an_obligation(folder: Path, check: Check, text: str, finding: str) -> None:
    # The pack has eight obligations; the ninth is the one added.
    add(folder, "obligations.toml", text)
    assert check(folder) == (1, [finding])


def test_an_unknown_role_that_signs(folder: Path, check: Check) -> None:
    spoil(folder, "urging.toml", 'signatory = ["office_head"]', 'signatory = ["mayor"]')
    assert check(folder) == (1, ["trial/urging.toml: urging[first].signatory: 没有这个职务：“mayor”"])


def test_a_ladder_in_a_circle(folder: Path, check: Check) -> None:
    spoil(folder, "urging.toml", 'title = "第一次催办"', 'title = "第一次催办"\nafter = "second"')
    status, lines = check(folder)
    assert status == 1
    assert "trial/urging.toml: urging[first].after: 催办等级成环：first → second → first" in lines
    assert "trial/urging.toml: urging[second].after: 催办等级成环：second → first → second" in lines
    assert len(lines) == 2


def test_a_file_that_is_not_toml(folder: Path, check: Check) -> None:
    spoil(folder, "urging.toml", '[[urging]]\nid = "first"', '[[urging]\nid = "first"')
    status, lines = check(folder)
    assert status == 1
    assert lines[0].startswith("trial/urging.toml: -: 不是合法的 TOML：")


def test_everything_wrong_is_said_in_one_run(folder: Path, check: Check) -> None:
    add(folder, "obligations.toml", OBLIGATION.replace('"4.4"', '"12.9"').replace('"dispatched"', '"sent"'))
    spoil(folder, "urging.toml", 'signatory = ["office_head"]', 'signatory = ["mayor"]')
    spoil(folder, "procedure.toml", "'authority != \"\"'", "'autority != \"\"'")
    status, lines = check(folder)
    assert status == 1
    assert sorted(lines) == [
        "trial/obligations.toml: obligation[extra].cite: 引用的条文“12.9”不在 articles.toml 中",
        "trial/obligations.toml: obligation[extra].on: 没有这个条目：“sent”",
        "trial/procedure.toml: requirement[one-authority].require: 条件用了不认识的名称“autority”",
        "trial/urging.toml: urging[first].signatory: 没有这个职务：“mayor”",
    ]


def test_a_case_that_does_not_come_out(folder: Path, check: Check) -> None:
    spoil(folder, "obligations.toml", "working_days = 7", "working_days = 8")
    status, lines = check(folder)
    assert status == 1
    assert any(
        line.startswith("trial/cases.toml: general-over-spring-festival: 第 1 条预期：") for line in lines
    )


def test_a_pack_without_cases(folder: Path, check: Check) -> None:
    (folder / "cases.toml").unlink()
    assert check(folder) == (1, ["trial/cases.toml: -: 没有算例：每个制度包都要有 cases.toml"])


def test_a_case_that_is_not_in_the_format(folder: Path, check: Check) -> None:
    add(folder, "cases.toml", '[[case]]\nid = "x"\nstep = []')
    status, lines = check(folder)
    assert status == 1
    assert len(lines) == 1
    assert ".step：不认识的键" in lines[0]


def test_a_blank_parameter_makes_no_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tongren leaves the receipt term to the office; with 2 working days from Tue 2026-05-12 it is Thu 05-14."""
    facts = ["category=instruction", "urgency=urgent", "dispatched=2026-05-12"]
    assert main(["due", "--pack", str(folder), "--set", *facts]) == 0
    assert "签收" not in capsys.readouterr().out
    assert main(["due", "--pack", str(folder), "--set", *facts, "receipt_working_days=2"]) == 0
    assert "到期 2026-05-14" in capsys.readouterr().out


def test_a_folder_without_packs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-packs", str(tmp_path)]) == 2
    assert "没有制度包" in capsys.readouterr().err


def test_a_folder_of_packs_is_checked_pack_by_pack(folder: Path, check: Check) -> None:
    shutil.copytree(folder, folder.parent / "second")
    spoil(folder.parent / "second", "urging.toml", 'signatory = ["office_head"]', 'signatory = ["mayor"]')
    status, lines = check(folder.parent)
    assert status == 1
    assert lines == ["second/urging.toml: urging[first].signatory: 没有这个职务：“mayor”", "trial：没有问题"]
