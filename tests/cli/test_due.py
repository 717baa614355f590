"""``duban due``: dates counted by hand, their articles, what is possible when something is not understood."""

import json
from typing import Any

import pytest

from duban import packs
from duban.__main__ import main
from duban.cli.due_facts import questions


@pytest.fixture
def due(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*facts: str, pack: str = "tongren-2014") -> dict[str, Any]:
        main(["due", "--pack", pack, "--json", "--set", *facts])
        data: dict[str, Any] = json.loads(capsys.readouterr().out)
        return data

    return run


def _one(data: dict[str, Any], rule: str) -> dict[str, Any]:
    (found,) = [o for o in data["obligations"] if o["rule"] == rule]
    return found


@pytest.mark.clause("TR-7.1")
def test_three_working_days_over_a_holiday(due: Any) -> None:
    """30 Sep 2025 is not counted; 1 to 8 Oct are off; Thu 9 Oct 1, Fri 10 Oct 2, Sat 11 Oct (made up) 3."""
    o = _one(due("category=instruction", "urgency=urgent", "received=2025-09-30"), "complete-urgent")
    assert (o["due"], o["starts_on"], o["ref"], o["basis_kind"]) == (
        "2025-10-11",
        "2025-09-30",
        "7.1",
        "article",
    )
    counted = [(d["date"], d["ordinal"], d["kind"]) for d in o["counted"]]
    assert counted[0] == ("2025-09-30", None, "workday")
    assert counted[1:9] == [(f"2025-10-0{n}", None, "holiday") for n in range(1, 9)]
    assert counted[9:] == [
        ("2025-10-09", 1, "workday"),
        ("2025-10-10", 2, "workday"),
        ("2025-10-11", 3, "makeup"),
    ]


@pytest.mark.clause("TR-7.1")
def test_chinese_titles_and_plain_words_do_as_well(due: Any) -> None:
    data = due("事项类别=领导批示及交办事项", "urgency=紧急", "acknowledged=2025-09-30T15:00")
    assert _one(data, "complete-urgent")["due"] == "2025-10-11"


@pytest.mark.clause("TR-7.1")
def test_thirty_days_roll_over_a_holiday(due: Any) -> None:
    """1 Sep 2026 + 30 days is 1 Oct; 1 to 7 Oct are off; Thu 8 Oct."""
    o = _one(due("category=instruction", "urgency=study", "received=2026-09-01"), "complete-study")
    assert (o["due"], o["rolled_from"]) == ("2026-10-08", "2026-10-01")
    # The start, thirty days, and the seven days over which the end moved.
    assert len(o["counted"]) == 1 + 30 + 7


@pytest.mark.clause("TR-7.1")
def test_a_year_without_notice_is_provisional(due: Any) -> None:
    """Wed 30 Dec 2026: Thu 31 Dec 1; 2027 on plain weekends: Fri 1 Jan 2, Mon 4 Jan 3."""
    o = _one(due("category=instruction", "urgency=urgent", "received=2026-12-30"), "complete-urgent")
    assert (o["due"], o["provisional"]) == ("2027-01-04", True)


@pytest.mark.clause("TR-7.1")
def test_the_leader_s_date_goes_before_the_term(due: Any) -> None:
    data = due(
        "category=instruction",
        "urgency=urgent",
        "stated_due=2026-05-20",
        "dispatched=2026-05-11",
        "received=2026-05-12",
    )
    assert [(o["rule"], o["due"]) for o in data["obligations"]] == [("complete-stated", "2026-05-20")]
    assert data["obligations"][0]["counted"] == []


@pytest.mark.clause("TR-7.2")
def test_no_date_is_refused_with_its_article(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--pack", "tongren-2014", "--set", "category=special", "dispatched=2026-05-12"]) == 1
    out = capsys.readouterr().out
    assert "没有缺省期限" in out
    assert "条文：第七条第（二）项" in out
    assert "■" not in out


@pytest.mark.clause("TR-7.2")
def test_the_refusal_as_data(due: Any) -> None:
    data = due("category=special", "dispatched=2026-05-12")
    assert data["obligations"] == []
    assert [(r["rule"], r["ref"], r["basis_kind"]) for r in data["refusals"]] == [
        ("stated-date", "7.2", "article")
    ]


def test_self_handled_matters_bind_the_office(due: Any) -> None:
    """Dispatch is receipt: Tue 12 May 2026, then 13, 14, 15 May."""
    o = _one(
        due("category=instruction", "urgency=urgent", "mode=自办", "dispatched=2026-05-12"), "complete-urgent"
    )
    assert (o["bearer"], o["due"]) == ("office", "2026-05-15")


def test_the_answer_to_an_urging_is_due_on_its_limit(due: Any) -> None:
    data = due(
        "category=instruction",
        "urgency=urgent",
        "received=2026-05-12",
        "urged=2026-05-18",
        "limit=2026-05-20",
    )
    o = _one(data, "answer-urging")
    assert (o["due"], o["ref"]) == ("2026-05-20", "6.2.4")


def test_an_office_parameter_names_the_office_s_decision(due: Any) -> None:
    data = due("category=instruction", "urgency=urgent", "dispatched=2026-05-12", "receipt_working_days=2")
    o = _one(data, "acknowledge")
    assert (o["due"], o["basis_kind"], o["ref"]) == ("2026-05-14", "office_decision", "")


def test_what_was_filled_in_is_said(due: Any) -> None:
    data = due("category=instruction", "urgency=urgent", "received=2026-05-12")
    assert data["assumed"] == [
        "没有给出“登记立项”的日期，按 2026-05-12 计",
        "没有给出“交办发出”的日期，按 2026-05-12 计",
    ]


def test_text_lists_the_days_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    facts = ["category=instruction", "urgency=urgent", "received=2025-09-30"]
    assert main(["due", "--pack", "tongren-2014", "--set", *facts]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "依据 条文：第七条第（一）项" in lines
    assert "时限 3个工作日，起算日 2025-09-30（当日不计）" in lines
    assert "2025-09-30 周二 工作日 起算，不计" in lines
    assert "2025-10-08 周三 国庆节、中秋节 放假 不计" in lines
    assert lines[-1] == "2025-10-11 周六 国庆节、中秋节 调休上班 第 3 日"


def test_days_rolled_over_are_shown_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    facts = ["category=instruction", "urgency=study", "received=2026-09-01"]
    assert main(["due", "--pack", "tongren-2014", "--set", *facts]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "2026-10-01 周四 国庆节 放假 第 30 日" in lines
    assert "2026-10-07 周三 国庆节 放假 顺延" in lines
    assert lines[-1] == "2026-10-08 周四 工作日 顺延到此"


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        (
            "urgency=whenever",
            "缓急没有“whenever”这个取值。可以是：urgency（缓急）选一项：urgent=紧急、general=一般",
        ),
        ("colour=red", "本制度没有“colour”这一项"),
        ("urgency", "“urgency”应写成 名称=取值"),
        ("received=soon", "应为日期或时间"),
        ("stated_due=soon", "写明的完成日期应为日期"),
        ("receipt_working_days=two", "应为整数"),
        ("report_accepted=2026-05-14", "审核通过之前要先有报告"),
        ("milestone_reached=2026-05-14", "节点完成之前要先有节点"),
    ],
)
def test_what_is_not_understood_ends_with_2(
    capsys: pytest.CaptureFixture[str], fact: str, message: str
) -> None:
    facts = ["category=instruction", "urgency=urgent", "received=2026-05-12", fact]
    assert main(["due", "--pack", "tongren-2014", "--set", *facts]) == 2
    caught = capsys.readouterr()
    assert message in caught.err
    assert caught.out == ""


def test_without_any_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--pack", "tongren-2014", "--set", "category=instruction"]) == 2
    assert "请至少给出一件事的日期" in capsys.readouterr().err


def test_an_unknown_pack(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--pack", "atlantis", "--facts"]) == 2
    assert "没有制度包“atlantis”" in capsys.readouterr().err


def test_facts_lists_what_the_pack_asks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--pack", "tongren-2014", "--facts"]) == 0
    out = capsys.readouterr().out
    assert "urgency（缓急）选一项：urgent=紧急、general=一般、study=专题调研" in out
    assert "acknowledged 或 received（单位接到（签收））" in out
    assert "grade" not in out


def test_facts_as_data_with_a_pack_s_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["due", "--pack", "jinan-2016", "--facts", "--json"]) == 0
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["meeting_date"]["type"] == "date"
    assert "常务会议" in rows["meeting_kind"]["choices"]


EVENTS_IN_ORDER = [
    "issued=2026-05-06",
    "received_by_office=2026-05-07",
    "registered=2026-05-08",
    "dispatched=2026-05-11",
    "inquired=2026-05-12",
    "received=2026-05-12T10:00",
    "objection_raised=2026-05-13",
    "coordination_requested=2026-05-13",
    "milestone_reached=2026-05-14",
    "progress_reported=2026-05-18",
    "urged=2026-06-01",
    "completion_reported=2026-06-02",
    "report_accepted=2026-06-03",
]


@pytest.mark.parametrize("pack", packs.available())
def test_every_pack_answers_whatever_is_given(pack: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With every event and each choice of each question there is an answer, or a refusal with its ground."""
    asked = [q for q in questions(packs.load(pack)).values() if q.choices]
    for question in asked:
        for choice in question.choices:
            facts = [
                f"{question.key}={choice}",
                "stated_due=2026-06-30",
                "milestone=2026-05-20",
                "limit=2026-06-05",
            ]
            status = main(["due", "--pack", pack, "--json", "--set", *facts, *EVENTS_IN_ORDER])
            data = json.loads(capsys.readouterr().out)
            assert status == (1 if data["refusals"] else 0)
            assert all(r["basis"] for r in data["refusals"])
            assert all(o["basis"] and o["starts_on"] for o in data["obligations"])
            for o in data["obligations"]:
                if o["counted"] and not o["cap_basis"]:
                    assert o["counted"][-1]["date"] == o["original_due"][:10], o["rule"]
