"""Scenarios: the format's mistakes are named with their place; expectations fail when they are not met."""

from datetime import date, datetime

import pytest

from duban.core.errors import ScenarioError
from duban.core.scenario import play
from duban.core.scenario_format import moment, read_scenario
from tests.core.packs import calendar, neutral_pack

PEOPLE = """
[[unit]]
id = "fin"
name = "甲局"
liaison = "甲一 000-0001"

[[case]]
id = "one"
"""
OPEN = '{ do = "open", at = 2026-03-02, category = "working", mode = "single", leads = ["fin"], document = "sheet" }'
RECEIVED = f'steps = [{OPEN}, {{ do = "acknowledge", at = 2026-03-02T10:00:00 }}]\nas_of = 2026-03-10\n'


def failures(body: str) -> list[str]:
    scenario = read_scenario(PEOPLE + body)
    return play(scenario, scenario.cases[0], neutral_pack(), calendar()).failures


def test_a_case_whose_expectations_are_met() -> None:
    """Five working days from Monday the 2nd: the 9th; on the 10th it is late and blue is proposed."""
    body = """expect = [
      { state = "working", light = "late", due = 2026-03-09 },
      { obligation = { rule = "complete-working", due = 2026-03-09, state = "late", ref = "1" } },
      { proposal = { level = "blue", unit = "fin" }, no_proposal = { level = "yellow" } },
      { proposal = { kind = "points", times = 1 } },
      { gap = { unit = "fin", message = "分管负责人" } },
    ]"""
    assert failures(RECEIVED + body) == []


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ('{ light = "normal" }', "light 应为 normal，实为 late"),
        ("{ due = 2026-03-10 }", "due 应为 2026-03-10"),
        ('{ colour = "red" }', "不认识的预期“colour”"),
        ('{ obligation = { rule = "complete-month" } }', "没有 rule=complete-month 的 obligation"),
        ('{ no_obligation = { rule = "complete-working" } }', "不应有 rule=complete-working 的 obligation"),
        ('{ obligation = { rule = "acknowledge", times = 2 } }', "应有 2 个，实有 1 个"),
        ('{ refusal = { message = "不能" } }', "没有 message=不能 的拒绝或提示；有：无"),
        ('{ gap = { unit = "plan" } }', "没有 unit=plan 的缺项"),
        ('{ matter = "M7", state = "working" }', "没有“M7”"),
    ],
)
def test_an_expectation_that_is_not_met_says_what_is_so(expected: str, message: str) -> None:
    found = failures(RECEIVED + f"expect = [{expected}]")
    assert any(message in text for text in found), found


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ('{ no_obligation = { stat = "late" } }', "没有“stat”这一键"),
        ('{ no_proposal = { knd = "urging" } }', "没有“knd”这一键"),
        ('{ no_obligation = { state = "overdue" } }', "没有“overdue”这个状态"),
        ("{ obligation = 3 }", "应写成"),
        ('{ gap = "x" }', "应写成"),
    ],
)
def test_an_expectation_that_could_never_fail_is_a_mistake(expected: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        failures(RECEIVED + f"expect = [{expected}]")


def test_a_refusal_nobody_expected_is_a_failure_and_one_expected_is_not() -> None:
    again = RECEIVED.replace("}]", '}, { do = "acknowledge", at = 2026-03-03 }]')
    assert any("第 3 步（acknowledge）被拒绝：本单位已经签收。" in text for text in failures(again))
    assert failures(again + 'expect = [{ refusal = { step = 3, message = "已经签收" } }]') == []


def test_a_matter_that_must_not_exist() -> None:
    assert failures(RECEIVED + 'expect = [{ matter = "M7", exists = false }]') == []


def test_the_short_way_to_the_end() -> None:
    body = RECEIVED.replace("}]", '}, { do = "finish", at = 2026-03-06 }]')
    assert failures(body + 'expect = [{ state = "closed", light = "none" }]') == []


def test_an_act_by_proxy_on_its_own_day_recorded_on_another() -> None:
    late = (
        f'steps = [{OPEN}, {{ do = "acknowledge", at = 2026-03-03, recorded = 2026-03-06, '
        'proxy = { evidence = "电话记录" } }]\n'
    )
    wanted = 'expect = [{ obligation = { rule = "acknowledge", state = "discharged" } }]'
    assert failures(late + wanted) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("steps = [", "不是合法的 TOML"),
        ("stepz = []", "case[1].stepz：不认识的键"),
        ("steps = [{ at = 2026-03-02 }]", "第 1 步要写 do（办什么）和 at（何时）"),
        ('steps = [{ do = "dance", at = 2026-03-02 }]', "没有“dance”这个指令"),
        ('steps = [{ do = "register", at = 2026-03-02, by = "king" }]', "没有“king”这个人或职务"),
        (
            'steps = [{ do = "register", at = 2026-03-02, mood = "good" }]',
            "第 1 步（register）：mood：不认识的键",
        ),
    ],
)
def test_a_scenario_that_cannot_be_played_names_the_place(body: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        failures(body)
    assert message in str(caught.value)


def test_a_file_needs_a_case_and_known_keys() -> None:
    with pytest.raises(ScenarioError, match="没有算例"):
        read_scenario('pack = "neutral"')
    with pytest.raises(ScenarioError, match="colour：不认识的键"):
        read_scenario('colour = "red"')


def test_moments() -> None:
    """A date alone is nine in the morning; as the end of a view it is the day's last second."""
    assert moment(date(2026, 3, 2)) == datetime(2026, 3, 2, 9)
    assert moment("2026-03-02", end=True) == datetime(2026, 3, 2, 23, 59, 59)
    assert moment("2026-03-02 10:30") == datetime(2026, 3, 2, 10, 30)
    with pytest.raises(ScenarioError):
        moment(20260302)
