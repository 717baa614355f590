"""Conditions: every kind of mistake is found when a pack loads; the vocabulary answers as documented."""

from typing import Any

import pytest

from duban.core import commands as c
from duban.core import entries as e
from duban.core.draft import view_of
from duban.core.errors import PackError
from duban.core.expressions import check_condition, holds
from duban.core.matter import Directive, Matter
from duban.core.pack_reading import domains_of, read_pack, variables_of
from duban.core.vocabulary import COMMON, EMPTY, View
from tests.core.packs import FILES, SUPPORTED, Office, at, neutral_pack, report


def mistakes(source: str) -> list[str]:
    pack = neutral_pack()
    return list(check_condition(source, variables_of(pack), domains_of(pack)))


@pytest.mark.parametrize(
    "source",
    [
        "true",
        'category == "working" && !has_stated_due',
        'grade in ["a", "b"]',
        '"blue" in urged || size(lapsed) > 1',
        "leads >= 2",
        'outlet == "报纸" && copies > 3 && public',
        'exposed_on != ""',
        'exposed_on < "2026-03-01"',
        '!("weekly" in open)',
        'event == "dispatched"',
        'restricted ? grade == "a" : grade == "b"',
    ],
)
def test_good_conditions_pass(source: str) -> None:
    assert mistakes(source) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("category ==", "条件无法解析"),
        ("", "条件无法解析"),
        ('color == "blue"', "不认识的名称“color”"),
        ('category == "works"', "“category”没有“works”这个取值"),
        ("category == 'works'", "“category”没有“works”这个取值"),
        ('"works" == category', "“category”没有“works”这个取值"),
        ('category != "works"', "没有“works”"),
        ('grade in ["a", "z"]', "“grade”没有“z”这个取值"),
        ('"pink" in urged', "“urged”没有“pink”这个取值"),
        ('"hourly" in lapsed', "“lapsed”没有“hourly”"),
        ('outlet == "电台"', "“outlet”没有“电台”"),
        ('event == "dispatch"', "“event”没有“dispatch”"),
        ('grade.startsWith("a")', "不允许的函数“startsWith”"),
        ('matches(grade, "a.*")', "不允许的函数“matches”"),
        ("grade > 3", "类型不对"),
        ('leads == "2" && leads > "1"', "不同类型"),
        ("size(leads) > 1", "类型不对"),
        ('"a" in grade', "类型不对"),
        ("leads + 1", "真或假"),
        ("grade", "真或假"),
        ("!leads", "类型不对"),
        ("restricted || leads", "类型不对"),
        ("grade == 1", "不同类型"),
        ("leads == true", "不同类型"),
        ("3 != grade", "不同类型"),
        ("leads == grade", "不同类型"),
        ("has_stated_due && !upkeep && grade > 3", "类型不对"),
        ('grade == "a" && category == "month" && leads > "1"', "类型不对"),
    ],
)
def test_every_kind_of_mistake_is_found(source: str, message: str) -> None:
    found = mistakes(source)
    assert any(message in text for text in found), found


@pytest.mark.parametrize("source", ["restricted || grade > 3", 'restricted && leads > "1"'])
def test_a_mistake_behind_a_shortcut_is_found(source: str) -> None:
    assert mistakes(source) != []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "working_days = 5 }",
            'working_days = "5" }',
            "term.working_days: 应为不小于 0 的整数，或 param:参数编号",
        ),
        ("working_days = 5 }", "working_days = -5 }", "应为不小于 0 的整数"),
        ('next_step"]', 'next_stop"]', "extension[1].needs[2]"),
        ('when = "has_stated_due"', 'when = "has_due"', "不认识的名称“has_due”"),
        ('after = "blue"', 'after = "green"', "没有这个催办等级：“green”"),
        ('after = "blue"', 'after = "red"', "成环"),
        ('signatory = ["mayor"]', 'signatory = ["king"]', "没有这个职务：“king”"),
        ('start = "issued"', 'start = "fact:memo"', "没有这个起算点"),
        ('duty = "plan"', 'duty = "planning"', "没有这个义务种类"),
        ('"param:plan_days"', '"param:days"', "没有这个参数：“days”"),
        ('id = "weekly"', 'id = "monthly"', "编号重复"),
        ('act = "reading"', 'act = "singing"', "没有这个报批事项"),
        ('on = ["closed"]', 'on = ["close"]', "没有这个条目：“close”"),
        ('discharged_by = ["attached"]\n', "", "没有写由什么履行"),
        ('series = "sheet"', 'series = "slip"', "没有这个交办编号：“slip”"),
        ('roles = ["director", "chief"]', 'roles = ["boss"]', "没有这个职务：“boss”"),
        ('points = { a = "3"', 'points = { q = "3"', "没有这个等级：“q”"),
        ('needs = ["target"]', 'needs = ["aim"]', "没有这个栏目：“aim”"),
        ('use = "register", format', 'use = "urging", format', "缺少立项编号"),
        ('kind = "unit_head"', 'kind = "linked_body"', "缺少类型为 unit_head 的职务"),
        ('id = "memo"', 'id = "grade"', "与通用名称重复"),
    ],
)
def test_a_mistake_in_a_pack_is_found_with_its_place(old: str, new: str, message: str) -> None:
    altered = {name: text.replace(old, new) for name, text in FILES.items()}
    assert altered != FILES
    with pytest.raises(PackError) as caught:
        read_pack("neutral", altered)
    assert any(message in str(f) for f in caught.value.findings), str(caught.value)


def test_all_mistakes_are_reported_at_once() -> None:
    altered = dict(FILES)
    altered["duties.toml"] = altered["duties.toml"].replace('duty = "plan"', 'duty = "x"')
    altered["procedure.toml"] = altered["procedure.toml"].replace('["mayor"]', '["king"]')
    with pytest.raises(PackError) as caught:
        read_pack("neutral", altered)
    assert {f.file for f in caught.value.findings} == {"duties.toml", "procedure.toml"}


# --- the vocabulary -------------------------------------------------------------------------------------------


def view(office: Office, unit: str = "", entry: e.Entry | None = None) -> View:
    return view_of(office.matter, office.world.context(), unit, entry)


def test_a_running_matter_as_conditions_see_it() -> None:
    office = Office()
    office.ok(c.RegisterDirective(name="纪要", source="meeting"), at(2), stream="D1")
    facts: dict[str, Any] = {"copies": 3, "outlet": "报纸"}
    plan = e.MilestonePlan(id="m", title="开工", due=at(20).date())
    office.work(
        at(2), grade="a", directives=("D1",), facts=facts, milestones=(plan,), target="一公里", **SUPPORTED
    )
    office.sweep(at(10))
    seen = view(office, "fin")
    expected = {
        "category": "working",
        "group": "daily",
        "source": "meeting",
        "grade": "a",
        "mode": "joint",
        "has_stated_due": False,
        "leads": 1,
        "supports": 1,
        "milestones": 1,
        "directives": 1,
        "stage": "working",
        "target": "一公里",
        "copies": 3,
        "outlet": "报纸",
        "memo": "",
        "public": False,
        "unit_kind": "bureau",
        "is_lead": True,
        "acknowledged": True,
        "completed": False,
        "urged": [],
        "urgings": 0,
        "findings": [],
        "waiting": [],
        "all_accepted": False,
    }
    assert {name: seen[name] for name in expected} == expected
    assert sorted(seen["lapsed"]) == ["complete-working", "weekly"]
    assert sorted(seen["lapsed_duties"]) == ["complete", "report"]
    assert sorted(seen["open"]) == ["complete-working", "milestone", "weekly", "weekly"]
    supporting = view(office, "plan")
    assert (supporting["is_lead"], supporting["lapsed"]) == (False, ["input"])


def test_what_was_once_late_stays_known_and_what_is_done_is_not_late() -> None:
    office = Office()
    office.work(at(2))
    office.complete(at(10))
    seen = view(office, "fin")
    assert (seen["lapsed"], seen["ever_lapsed"], seen["completed"]) == ([], ["complete-working"], True)
    office.accept(at(10))
    assert view(office)["all_accepted"] is True
    office.ok(c.SendForReading(), at(10))
    office.sign("reading", at(10))
    assert view(office)["read"] is True


def test_what_a_unit_has_laid_before_somebody() -> None:
    office = Office()
    office.work(at(2))
    office.ok(c.ReportProgress(unit="fin", content=report(), for_sign_off=True), at(3))
    assert view(office, "fin")["waiting"] == ["sign_off_progress"]


def test_events_are_seen_only_while_they_happen() -> None:
    office = Office()
    office.work(at(2))
    returned = e.ReportReturned(unit="fin", report="R1", reason="facts")
    assert view(office, "fin", returned)["reason"] == "facts"
    assert view(office, "fin", returned)["event"] == "report_returned"
    assert (view(office, "fin")["event"], view(office, "fin")["reason"]) == ("", "")


@pytest.mark.parametrize("docket", [Matter("M1"), Directive("D1")])
def test_every_word_has_an_answer_of_its_type_even_for_an_empty_docket(docket: Any) -> None:
    seen = View(docket)
    assert set(seen) == set(COMMON)
    assert len(seen) == len(COMMON)
    for name, variable in COMMON.items():
        assert type(seen[name]) is type(EMPTY[variable.type]), name
    with pytest.raises(KeyError):
        seen["nonsense"]


def test_conditions_over_a_view() -> None:
    office = Office()
    office.work(at(2), grade="a")
    assert holds('grade == "a" && leads == 1 && !upkeep', view(office))
    assert not holds('grade in ["b", "c"] || size(lapsed) > 0', view(office, "fin"))
    assert holds('"weekly" in open', view(office, "fin"))
