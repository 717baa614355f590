"""Reading tables safely: what comes out of good files, and how bad ones are refused."""

import time
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from duban.server.exchange.sheet import MergedRange, SheetRefused, column_letter, read_sheet

OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def write_xlsx(path: Path, rows: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet("台账")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def replace_member(path: Path, name: str, data: bytes) -> Path:
    """The same archive with one member exchanged."""
    with zipfile.ZipFile(path) as old:
        members = {info.filename: old.read(info) for info in old.infolist()}
    members[name] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member, content in members.items():
            new.writestr(member, content)
    return path


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letters(index: int, letters: str) -> None:
    assert column_letter(index) == letters


def test_values_read_as_a_person_sees_them(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, ["文字", 3, 1.1, True])
    sheet.write_datetime(1, 0, datetime(2025, 6, 30), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_datetime(
        1, 1, datetime(2025, 6, 30, 9, 5), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    )
    book.close()
    read = read_sheet(tmp_path / "a.xlsx")
    assert (read.name, read.kind, read.findings) == ("台账", "xlsx", ())
    assert read.rows == (("文字", "3", "1.1", "TRUE"), ("2025-06-30", "2025-06-30 09:05:00", "", ""))


@pytest.mark.parametrize("shown", ['yyyy"年"m"月"', "yyyy/mm", 57, 27])
def test_a_date_shown_as_a_month_is_not_read_as_its_first_day(tmp_path: Path, shown: str | int) -> None:
    """Excel stores a typed 2025年6月 as 2025-06-01; as a deadline that would be a month too early."""
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_datetime(0, 0, datetime(2025, 6, 1), book.add_format({"num_format": shown}))
    book.close()
    assert read_sheet(tmp_path / "a.xlsx").rows == (("2025年6月",),)


def test_rows_and_columns_keep_their_place(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write("B3", "丙")
    book.close()
    assert read_sheet(tmp_path / "a.xlsx").rows == (("", ""), ("", ""), ("", "丙"))


def test_merged_ranges_are_told(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet().merge_range("B2:C4", "市甲局")
    book.close()
    assert read_sheet(tmp_path / "a.xlsx").merged == (MergedRange(2, 2, 4, 3),)


def test_formulas_without_a_result_and_errors_are_findings(tmp_path: Path) -> None:
    """C1 was never computed, D1 was computed to 2, E1 to an empty text, F1 to an error."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["甲", "乙", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    cells = (
        b'<c r="C1"><f>1+1</f><v/></c><c r="D1"><f>1+1</f><v>2</v></c>'
        b'<c r="E1" t="str"><f>""</f><v></v></c><c r="F1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    )
    xml = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        + cells
        + b"</row></sheetData></worksheet>"
    )
    read = read_sheet(replace_member(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", xml))
    assert [(one.row, one.column, one.level) for one in read.findings] == [(1, "C", "note"), (1, "F", "note")]
    assert "公式" in read.findings[0].message
    assert "#DIV/0!" in read.findings[1].message
    assert read.rows == (("", "", "", "2", "", "#DIV/0!"),)


def test_other_worksheets_are_named_and_one_can_be_chosen(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name in ("一季度", "二季度"):
        book.add_worksheet(name).write(0, 0, name)
    book.close()
    first = read_sheet(tmp_path / "a.xlsx")
    assert first.rows == (("一季度",),)
    assert [(one.row, "二季度" in one.message) for one in first.findings] == [(0, True)]
    assert read_sheet(tmp_path / "a.xlsx", "二季度").rows == (("二季度",),)
    with pytest.raises(SheetRefused, match="一季度、二季度"):
        read_sheet(tmp_path / "a.xlsx", "三季度")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "台账.csv"
    path.write_bytes('任务,责任单位\r\n"修路,架桥","市甲局\n市乙局"\r\n𠮷某事,丙局\r\n'.encode(encoding))
    read = read_sheet(path)
    assert (read.name, read.kind) == ("台账", "csv")
    assert read.rows == (("任务", "责任单位"), ("修路,架桥", "市甲局\n市乙局"), ("𠮷某事", "丙局"))


def test_csv_with_tabs_short_rows_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("任务\t单位\n甲事\n\n乙事\t乙局\n\n", encoding="utf-8")
    assert read_sheet(path).rows == (("任务", "单位"), ("甲事", ""), ("", ""), ("乙事", "乙局"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("任务,单位\n".encode("utf-16"), "另存为 .xlsx"),
        (b"a,b\n\xff\xff\xff,1\n", "编码"),
        ('任务,单位\n"没有收尾的引号,甲局\n乙事,乙局\n'.encode(), "引号"),
        (b",\n , \n", "没有内容"),
        (b"", "空的"),
        (b"a" + b"," * 600, "600|601"),
    ],
)
def test_csv_refused(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(SheetRefused, match=says):
        read_sheet(path)


def test_a_zip_bomb_is_refused_unopened(tmp_path: Path) -> None:
    """200 MB of spaces pack to about 200 KB; the refusal names both numbers and comes at once."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 200 * 1024 * 1024)
    assert path.stat().st_size < 1024 * 1024
    began = time.perf_counter()
    with pytest.raises(SheetRefused, match="解压后为 200 MB，超过上限 50 MB"):
        read_sheet(path)
    assert time.perf_counter() - began < 0.2


@pytest.mark.parametrize(("size", "says"), [(5_003, "声称 10 字节"), (5 * 1024 * 1024, "已损坏")])
def test_a_member_larger_than_it_claims_is_refused(tmp_path: Path, size: int, says: str) -> None:
    """The entry claims 10 bytes; the larger one fails its checksum where the reading stops."""
    path = write_xlsx(tmp_path / "a.xlsx", [["任务", "单位"]])
    replace_member(path, "xl/media/picture.bin", b" " * size)
    data = path.read_bytes()
    # The size stands four bytes wide in the local and in the central header.
    claimed = size.to_bytes(4, "little")
    assert data.count(claimed) == 2
    path.write_bytes(data.replace(claimed, (10).to_bytes(4, "little")))
    with pytest.raises(SheetRefused, match=says):
        read_sheet(path)


def test_one_stray_cell_far_away_is_refused_not_allocated(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write("A1", "任务")
    sheet.write("XFD1048576", "x")
    book.close()
    with pytest.raises(SheetRefused, match="1048576 行，超过上限 20000 行"):
        read_sheet(tmp_path / "a.xlsx")


def test_a_far_column_is_refused(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet().write("XFD3", "x")
    book.close()
    with pytest.raises(SheetRefused, match="16384 列"):
        read_sheet(tmp_path / "a.xlsx")


def test_a_long_text_used_many_times_is_refused(tmp_path: Path) -> None:
    """30,000 characters in 4,000 cells: 120 million characters out of a small file."""
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    for row in range(4000):
        sheet.write(row, 0, "字" * 30_000)
    book.close()
    with pytest.raises(SheetRefused, match="120000000 字"):
        read_sheet(tmp_path / "a.xlsx")


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_25000_rows_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".xlsx":
        write_xlsx(path, [["事", "局"] for _ in range(25_000)])
    else:
        path.write_text("事,局\n" * 25_000, encoding="utf-8")
    with pytest.raises(SheetRefused, match="第 25000 行，超过上限 20000 行"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xlsx", OLE + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"), "去掉密码"),
        ("a.xlsx", OLE + b"\0" * 500, "旧版 .xls"),
        ("a.xls", OLE + b"\0" * 500, "另存为 .xlsx"),
        ("a.xlsx", b"<html><table>", "网页表格"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "已损坏"),
        ("a.et", OLE, "另存为 .xlsx"),
        ("a.docx", b"PK\x03\x04", "只能导入"),
    ],
)
def test_other_formats_are_refused_with_what_to_do(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SheetRefused, match=says):
        read_sheet(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetRefused, match="找不到"):
        read_sheet(tmp_path / "无.xlsx")


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("读我.txt", "x")
    with pytest.raises(SheetRefused, match="缺少部件"):
        read_sheet(tmp_path / "a.xlsx")


def test_entity_declarations_are_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["任务", "单位"]])
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData/></worksheet>'
    with pytest.raises(SheetRefused, match="实体"):
        read_sheet(replace_member(path, "xl/worksheets/sheet1.xml", bomb))


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["任务", "单位"]])
    with pytest.raises(SheetRefused, match="已损坏"):
        read_sheet(
            replace_member(path, "xl/workbook.xml", b'<?xml version="1.0" encoding="UTF-9"?><workbook/>')
        )


def test_every_truncation_is_refused_politely(tmp_path: Path) -> None:
    whole = write_xlsx(tmp_path / "a.xlsx", [["任务", "单位"], ["甲事", "甲局"]]).read_bytes()
    for length in range(1, len(whole), 97):
        (tmp_path / "b.xlsx").write_bytes(whole[:length])
        with pytest.raises(SheetRefused):
            read_sheet(tmp_path / "b.xlsx")


def test_damaged_bytes_never_escape_as_another_error(tmp_path: Path) -> None:
    whole = write_xlsx(tmp_path / "a.xlsx", [["任务", "单位"], ["甲事", "甲局"]]).read_bytes()
    for place in range(0, len(whole), 41):
        damaged = bytearray(whole)
        damaged[place] ^= 0x5A
        (tmp_path / "b.xlsx").write_bytes(bytes(damaged))
        try:
            read_sheet(tmp_path / "b.xlsx")
        except SheetRefused as refused:
            assert str(refused)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(write_xlsx(tmp_path / "a.xlsx", [["任务", "单位"]]).read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 8] |= 1
    (tmp_path / "a.xlsx").write_bytes(bytes(data))
    with pytest.raises(SheetRefused, match="已加密"):
        read_sheet(tmp_path / "a.xlsx")


def test_the_cap_can_be_set(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["任务", "单位"]])
    with pytest.raises(SheetRefused, match="超过上限"):
        read_sheet(path, max_unpacked=5_000)
    with pytest.raises(SheetRefused, match="第 3 行，超过上限 2 行"):
        read_sheet(write_xlsx(tmp_path / "b.xlsx", [["a"], ["b"], ["c"]]), max_rows=2)
