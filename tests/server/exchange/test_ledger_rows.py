"""From a table to ledger rows: nothing is left out in silence."""

import csv
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from duban.server.exchange.deadline_text import Deadline
from duban.server.exchange.ledger_rows import (
    FIELD_NAMES,
    KNOWN_HEADERS,
    LedgerRefused,
    Mapping,
    data_row_numbers,
    find_header,
    ledger_rows,
    read_units,
)
from duban.server.exchange.sheet import Finding, MergedRange, Sheet, read_sheet

HEADER = ("序号", "工作任务", "责任单位", "配合单位", "完成时限")


def table(*rows: tuple[str, ...], merged: tuple[MergedRange, ...] = (), kind: str = "xlsx") -> Sheet:
    width = max(len(row) for row in rows)
    filled = tuple((*row, *[""] * (width - len(row))) for row in rows)
    return Sheet("台账", "csv" if kind == "csv" else "xlsx", filled, merged)


def not_taken(findings: list[Finding]) -> list[int]:
    return [one.row for one in findings if one.level == "not_taken"]


# ---- real tables ----------------------------------------------------------------------------------------------

# Data rows of each table, counted by hand.
GOLD = {"A01": 53, "A03": 39, "A06": 21, "A10": 99, "A12": 44, "A16": 58, "A18": 25, "A19": 2}


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(GOLD))
def test_the_real_tables_are_read_as_they_are(shared_dir: Path, name: str) -> None:
    path = shared_dir / f"data/tasks/gold/{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        expected = list(csv.DictReader(stream))
    rows, findings = ledger_rows(read_sheet(path))
    assert len(rows) == len(expected) == GOLD[name]
    assert not_taken(findings) == []
    assert len({row.key for row in rows}) == GOLD[name]
    for row, source in zip(rows, expected, strict=True):
        assert (row.document, row.seq, row.task) == (name, source["seq"], source["task"].strip())
        assert ";".join(row.lead_units) == source["lead_units"]
        assert ";".join(row.support_units) == source["support_units"]
        assert row.responsibility_mode == source["responsibility_mode"]
        assert row.raw_text == source["raw_responsibility_text"].strip()
        dates = ";".join(one.date.isoformat() for one in row.deadlines if one.date)
        assert dates == source["deadline_iso"]
        assert ";".join(one.kind for one in row.deadlines) == source["deadline_kind"]


@pytest.mark.shared
def test_real_deadlines_several_none_and_relative(shared_dir: Path) -> None:
    gold = shared_dir / "data/tasks/gold"
    a10 = {row.seq: row for row in ledger_rows(read_sheet(gold / "A10.csv"))[0]}
    assert [one.date for one in a10["19.1"].deadlines] == [
        date(2020, 12, 31),
        date(2021, 12, 31),
        date(2021, 3, 31),
    ]
    assert a10["1"].deadlines == ()
    rows, findings = ledger_rows(read_sheet(gold / "A12.csv"))
    assert rows[0].deadlines == (Deadline(None, "relative", "5年内", False),)
    # The five rows with 5年内: items 2, 3, 6, 12, 19; item 2 stands in row 2 of the file.
    assert [(one.row, one.column) for one in findings] == [(2, "F"), (3, "F"), (6, "F"), (12, "F"), (19, "F")]


# ---- a table as offices keep it -------------------------------------------------------------------------------


def test_a_workbook_with_title_merged_units_and_sections(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "台账.xlsx"))
    sheet = book.add_worksheet("2025")
    sheet.merge_range("A1:F1", "2025年重点工作督查台账")
    sheet.write("A2", "填报单位：督查室")
    sheet.write_row("A3", ["序号", "类别", "工作任务\n（具体）", "牵头单位", "配合单位", "完成时限"])
    sheet.write_row("A4", [1, "", "修订规则", "", "市乙局、市丙局等", "6月底前"])
    sheet.write_row("A5", [2, "", "办好试点", "", "", "年底前"])
    sheet.merge_range("B4:B5", "改革")
    sheet.merge_range("D4:D5", "市甲局")
    sheet.merge_range("A6:F6", "二、民生")
    sheet.write_row("A7", [3, "民生", "改造管网", "市丁局；市戊局", "", "长期"])
    book.close()
    rows, findings = ledger_rows(read_sheet(tmp_path / "台账.xlsx"), reference=date(2025, 1, 10))
    assert [(row.row_number, row.seq, row.category, row.lead_units) for row in rows] == [
        (4, "1", "改革", ("市甲局",)),
        (5, "2", "改革", ("市甲局",)),
        (7, "3", "民生", ("市丁局", "市戊局")),
    ]
    assert rows[0].support_units == ("市乙局", "市丙局")
    assert rows[0].deadlines == (Deadline(date(2025, 6, 30), "by", "6月底前", True),)
    assert rows[2].deadlines == (Deadline(None, "none", "长期", True),)
    assert rows[0].raw[:2] == (("序号", "1"), ("类别", "改革"))
    assert [(one.row, one.column, one.level) for one in findings] == [
        (5, "D", "note"),
        (5, "B", "note"),
        (6, "", "not_taken"),
    ]


def test_the_lower_half_of_a_merged_task_is_listed() -> None:
    sheet = table(HEADER, ("1", "修路", "甲局"), ("", "", "乙局"), merged=(MergedRange(2, 2, 3, 2),))
    rows, findings = ledger_rows(sheet)
    assert ([row.row_number for row in rows], not_taken(findings)) == ([2], [3])


def test_repeated_headers_blank_rows_and_rows_out_of_line() -> None:
    sheet = table(HEADER, ("1", "修路", "甲局"), (), HEADER, ("2", "架", "桥", "乙局", "", "多"), kind="csv")
    rows, findings = ledger_rows(sheet)
    assert ([row.row_number for row in rows], not_taken(findings)) == ([2], [4, 5])


def test_a_column_without_field_is_named_and_kept() -> None:
    (row,), findings = ledger_rows(table((*HEADER, "备注", ""), ("1", "修路", "甲局", "", "", "见附件", "x")))
    assert row.raw[-2:] == (("备注", "见附件"), ("G", "x"))
    assert [(one.row, one.level) for one in findings] == [(1, "note")]
    assert "F“备注”" in findings[0].message
    assert "G“（无表头）”" in findings[0].message


def test_lead_wins_over_responsible_and_the_other_column_is_named() -> None:
    (row,), findings = ledger_rows(table(("任务", "责任单位", "牵头单位"), ("修路", "乙局", "甲局")))
    assert row.lead_units == ("甲局",)
    assert "责任单位" in findings[0].message


def test_a_row_without_lead_unit_is_taken_with_a_note() -> None:
    (row,), findings = ledger_rows(table(HEADER, ("1", "修路")))
    assert row.lead_units == ()
    assert [(one.row, one.column, one.level) for one in findings] == [(2, "C", "note")]


def test_a_unit_that_leads_does_not_also_support() -> None:
    (row,), findings = ledger_rows(table(HEADER, ("1", "修路", "甲局", "甲局、乙局")))
    assert (row.lead_units, row.support_units) == (("甲局",), ("乙局",))
    assert [(one.row, one.column) for one in findings] == [(2, "D")]


# ---- mapping --------------------------------------------------------------------------------------------------


def test_mapping_is_read() -> None:
    assert Mapping.parse(" task = 干什么 ，lead_units=谁,干 , document_id=文件").given == (
        ("task", "干什么"),
        ("lead_units", "谁,干"),
        ("document", "文件"),
    )
    assert Mapping.parse("") == Mapping()


@pytest.mark.parametrize("text", ["task", "task=", "任务=task", "task=a,task=b", "key=x"])
def test_a_wrong_mapping_is_refused(text: str) -> None:
    with pytest.raises(LedgerRefused):
        Mapping.parse(text)


def test_a_given_header_wins_and_the_rest_is_guessed() -> None:
    sheet = table(("任务", "干什么", "谁来干", "时限"), ("大类", "修路", "甲局", "2025年底前"))
    (row,), _ = ledger_rows(sheet, Mapping.parse("task=干什么,lead_units=谁来干"))
    assert (row.task, row.lead_units, row.deadline_text) == ("修路", ("甲局",), "2025年底前")


def test_a_wrong_header_is_refused_with_what_was_found_and_what_is_missing() -> None:
    sheet = table(("序号", "干什么", "谁来干"), ("1", "修路", "甲局"))
    with pytest.raises(LedgerRefused) as refused:
        ledger_rows(sheet, Mapping.parse("task=工作任务"))
    message = str(refused.value)
    for part in (
        "task=工作任务",
        "task（工作任务）",
        "lead_units（牵头单位）",
        "A“序号”",
        "B“干什么”",
        "C“谁来干”",
        "第 1 行",
    ):
        assert part in message


def test_two_columns_with_the_same_wanted_header_are_refused() -> None:
    with pytest.raises(LedgerRefused, match="B、C 列"):
        ledger_rows(table(("任务", "责任单位", "责任单位"), ("修路", "甲局", "乙局")))


def test_a_table_without_header_is_refused() -> None:
    with pytest.raises(LedgerRefused, match="没有表头"):
        ledger_rows(table(("只有标题",), ("一句话",)))


def test_every_field_has_a_name_and_no_header_stands_for_two_fields() -> None:
    assert set(KNOWN_HEADERS) == set(FIELD_NAMES)
    headers = [header for known in KNOWN_HEADERS.values() for header in known]
    assert len(headers) == len(set(headers))


# ---- units ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("甲局;乙局；丙局、丁局\n戊局", ("甲局", "乙局", "丙局", "丁局", "戊局")),
        ("甲局、乙局等", ("甲局", "乙局")),
        ("甲局、乙局等部门", ("甲局", "乙局")),
        ("等部门（未列名）", ("等部门（未列名）",)),
        ("市发展改革委;各区、县级市", ("市发展改革委", "各区、县级市")),
        ("各有关区、县级市", ("各有关区、县级市",)),
        ("各区、市水务局", ("各区", "市水务局")),
        ("各地区、各部门", ("各地区", "各部门")),
        ("甲委（含乙办、丙办）、丁局", ("甲委（含乙办、丙办）", "丁局")),
        (" ; ；、\n", ()),
    ],
)
def test_units_are_split(text: str, units: tuple[str, ...]) -> None:
    assert read_units(text) == (units, [])


def test_a_unit_named_twice_counts_once_and_is_told() -> None:
    units, notes = read_units("甲局、乙局、甲局等")
    assert units == ("甲局", "乙局")
    assert len(notes) == 1
    assert "甲局" in notes[0]


# ---- identity -------------------------------------------------------------------------------------------------

NUMBERED = ("文号", "序号", "工作任务", "责任单位", "配合单位")


def keys(*rows: tuple[str, ...], header: tuple[str, ...] = NUMBERED) -> dict[str, str]:
    return {row.task: row.key for row in ledger_rows(table(header, *rows))[0]}


def test_a_number_keeps_its_key_when_the_words_change() -> None:
    before, after = keys(("甲1号", "1", "修路", "甲局")), keys(("甲1号", "1", "修好路", "乙局"))
    assert before["修路"] == after["修好路"]
    assert before["修路"] != keys(("甲2号", "1", "修路", "甲局"))["修路"]


def test_without_number_the_task_and_leads_are_the_identity() -> None:
    header = ("工作任务", "责任单位", "配合单位")
    first = keys(("修路", "甲局、乙局", ""), header=header)["修路"]
    assert list(keys(("修 路。", "乙局;甲局", "丙局"), header=header).values()) == [first]
    assert keys(("修路", "甲局", ""), header=header)["修路"] != first


def test_numbers_that_differ_in_a_dot_differ() -> None:
    found = keys(("甲1号", "1.1", "修路", "甲局"), ("甲1号", "11", "架桥", "甲局"))
    assert found["修路"] != found["架桥"]


def test_the_same_row_twice_is_listed_once_with_its_first_place() -> None:
    rows, findings = ledger_rows(
        table(NUMBERED, ("甲1号", "1", "修路", "甲局"), ("甲1号", "1", "修路。", "甲局", "丙局"))
    )
    assert [row.row_number for row in rows] == [2]
    assert not_taken(findings) == [3]
    assert "第 2 行" in findings[0].message
    assert "配合单位" in findings[0].message


def test_the_same_number_over_other_tasks_makes_two_rows_in_any_order() -> None:
    one, two = ("甲1号", "1", "修路", "甲局"), ("甲1号", "1", "架桥", "甲局")
    rows, findings = ledger_rows(table(NUMBERED, one, two))
    assert len({row.key for row in rows}) == 2
    assert [(finding.row, finding.level) for finding in findings] == [(2, "note"), (3, "note")]
    assert keys(one, two) == keys(two, one)


CELLS = st.sampled_from(
    [
        "",
        " ",
        "1",
        "2",
        "修路",
        "架桥",
        "甲局",
        "甲局、乙局",
        "甲局;甲局等",
        "年底前",
        "工作任务",
        "序号",
        "一、改革",
    ]
)


@given(
    body=st.lists(st.lists(CELLS | st.text(max_size=8), min_size=5, max_size=5), max_size=25),
    titles=st.integers(min_value=0, max_value=3),
    kind=st.sampled_from(["csv", "xlsx"]),
    header=st.permutations(["文号", "序号", "工作任务", "责任单位", ""]),
    merges=st.lists(st.tuples(st.integers(1, 25), st.integers(0, 5), st.integers(1, 5)), max_size=5),
)
def test_rows_in_are_rows_out_and_rows_listed(
    body: list[list[str]], titles: int, kind: str, header: list[str], merges: list[tuple[int, int, int]]
) -> None:
    """Whatever the table holds: each row that is not blank is taken or listed, once."""
    merged = tuple(MergedRange(top, column, top + more, column) for top, more, column in merges)
    sheet = table(*[("督查台账",)] * titles, tuple(header), *map(tuple, body), merged=merged, kind=kind)
    rows, findings = ledger_rows(sheet)
    filled = data_row_numbers(sheet, find_header(sheet, Mapping()))
    assert sorted([row.row_number for row in rows] + not_taken(findings)) == filled
    assert len({row.key for row in rows}) == len(rows)
    assert len(filled) == sum(any(cell.strip() for cell in row) for row in body)
