"""Reads one table (.xlsx or .csv) into text cells, safely (读表).

A file that cannot be read at all is refused with `SheetRefused`, whose Chinese message says what to do. What is
doubtful in single cells is data: `Finding`s, all reported together. Nothing of a file is left out in silence.
"""

from __future__ import annotations

import codecs
import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from duban.server.exchange.xlsx_survey import (
    Survey,
    UnsafeWorkbook,
    survey_sheet,
    unpacked_size,
    verify_members,
    worksheet_parts,
)

MB = 1024 * 1024
MAX_UNPACKED = 50 * MB
MAX_ROWS = 20_000
MAX_COLUMNS = 500
MAX_CHARACTERS = 50 * MB
OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。"
# What the archive module and the reader proper raise for a damaged file.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    CalamineError,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
)

Level = Literal["note", "not_taken"]


class SheetRefused(Exception):
    """这个表不能读取。The whole file is refused; the message (Chinese) says why and what to do."""


@dataclass(frozen=True)
class Finding:
    """A remark about a place in a table (读表发现).

    `row` counts from 1 as the spreadsheet shows it, 0 for the table as a whole; `column` is a letter such as "C",
    empty for a whole row. `level` "not_taken" (未导入) means the row did not become a ledger row: there is exactly
    one such finding for each such row. "note" (提示) leaves the row in.
    """

    sheet: str
    row: int
    column: str
    message: str
    level: Level = "note"


@dataclass(frozen=True)
class MergedRange:
    """A merged range (合并单元格), all four bounds included, counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Sheet:
    """One table as text. `rows[0]` is row 1 of the file; all rows have the same number of cells."""

    name: str
    kind: Literal["xlsx", "csv"]
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[MergedRange, ...] = ()
    findings: tuple[Finding, ...] = ()


def column_letter(index: int) -> str:
    """The spreadsheet's letter for a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def read_sheet(
    path: Path | str, sheet: str | None = None, *, max_unpacked: int = MAX_UNPACKED, max_rows: int = MAX_ROWS
) -> Sheet:
    """Read the named worksheet, or the first visible one; a .csv is one table.

    `max_unpacked` is in bytes and caps the unpacked size (and the size of a .csv); `max_rows` caps the last used
    row. Raises `SheetRefused` for a file that is too large, encrypted, damaged, of another format, or empty.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if not path.is_file():
        raise SheetRefused(f"找不到文件“{path.name}”。请核对路径。")
    size = path.stat().st_size
    if size == 0:
        raise SheetRefused(f"文件“{path.name}”是空的（0 字节）。请核对后重新选择。")
    if size > max_unpacked:
        raise SheetRefused(
            f"文件大小为 {_megabytes(size)} MB，超过上限 {_megabytes(max_unpacked)} MB。请拆分后分批导入。"
        )
    if suffix == ".csv":
        return _read_csv(path, max_rows)
    if suffix == ".xlsx":
        return _read_xlsx(path, sheet, max_unpacked, max_rows)
    if suffix in (".xls", ".et", ".xlsm", ".xlsb", ".ods"):
        raise SheetRefused(f"不读取 {suffix} 格式。{SAVE_AS}")
    raise SheetRefused(f"只能导入 .xlsx 或 .csv 文件，“{path.name}”不是。{SAVE_AS}")


def _megabytes(size: int) -> str:
    return f"{size / MB:.1f}".removesuffix(".0")


# ---- .csv -----------------------------------------------------------------------------------------------------


def _read_csv(path: Path, max_rows: int) -> Sheet:
    text = _decode(path.read_bytes())
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = "\t" if "\t" in first_line and "," not in first_line else ","
    # strict: an unclosed quote would otherwise swallow the rest of the file into one cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(row) > MAX_COLUMNS:
                raise SheetRefused(
                    f"第 {len(rows)} 行有 {len(row)} 列，超过上限 {MAX_COLUMNS} 列。请核对引号与逗号。"
                )
    except csv.Error as error:
        raise SheetRefused(
            f"CSV 在第 {len(rows) + 1} 行（文件第 {reader.line_num} 行）处读不下去：引号不配对或单元格过长。"
            f"请用 Excel 或 WPS 改正后另存为 .xlsx 再导入。"
        ) from error
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    _require_rows(path.stem, len(rows), max_rows)
    return Sheet(path.stem, "csv", _rectangle(rows))


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data:
        raise SheetRefused("文件不是 UTF-8 或 GB18030 编码的文本。请用 Excel 或 WPS 另存为 .xlsx 再导入。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetRefused(
        "无法识别文件的文字编码（既不是 UTF-8 也不是 GB18030）。请用 Excel 或 WPS 另存为 .xlsx 再导入。"
    )


def _rectangle(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    width = max((len(row) for row in rows), default=0)
    return tuple((*row, *[""] * (width - len(row))) for row in rows)


def _require_rows(name: str, last_row: int, max_rows: int) -> None:
    if last_row == 0:
        raise SheetRefused(f"表“{name}”里没有内容。请核对文件或用 --sheet 指定工作表。")
    if last_row > max_rows:
        raise SheetRefused(
            f"表“{name}”的内容到第 {last_row} 行，超过上限 {max_rows} 行。请删去多余的行，或拆分后分批导入。"
        )


# ---- .xlsx ----------------------------------------------------------------------------------------------------


def _read_xlsx(path: Path, wanted: str | None, max_unpacked: int, max_rows: int) -> Sheet:
    _require_zip(path)
    try:
        with zipfile.ZipFile(path) as archive:
            claimed = unpacked_size(archive)
            if claimed > max_unpacked:
                raise SheetRefused(
                    f"文件解压后为 {_megabytes(claimed)} MB，超过上限 {_megabytes(max_unpacked)} MB，未予打开。"
                    "请删去图片和多余的工作表，或拆分后分批导入。"
                )
            verify_members(archive)
            parts = worksheet_parts(archive)
            with CalamineWorkbook.from_path(path) as book:
                name, others = _choose(book, wanted, set(parts))
                survey = survey_sheet(archive, parts[name])
                _check_extent(name, survey, max_rows)
                source = book.get_sheet_by_name(name)
                return _sheet(name, source, survey, others)
    except UnsafeWorkbook as error:
        raise SheetRefused(str(error)) from error
    except _DAMAGED as error:
        raise SheetRefused(f"文件已损坏，读不出来。{SAVE_AS}") from error


def _require_zip(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(512)
    if head.startswith(OLE_MAGIC):
        encrypted = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        if encrypted:
            raise SheetRefused("文件设有打开密码。请先去掉密码，另存为 .xlsx 再导入。")
        raise SheetRefused(f"文件名为 .xlsx，内容是旧版 .xls 格式（或已加密）。{SAVE_AS}")
    if not head.startswith(b"PK"):
        raise SheetRefused(f"文件名为 .xlsx，内容不是 Excel 工作簿（常见于系统导出的网页表格）。{SAVE_AS}")


def _choose(book: CalamineWorkbook, wanted: str | None, readable: set[str]) -> tuple[str, list[str]]:
    """The worksheet to read and the names of those left unread."""
    names = [
        meta.name
        for meta in book.sheets_metadata
        if meta.name in readable and str(meta.typ).endswith("WorkSheet")
    ]
    visible = [meta.name for meta in book.sheets_metadata if str(meta.visible).endswith("Visible")]
    if wanted is not None:
        if wanted not in names:
            raise SheetRefused(f"没有名为“{wanted}”的工作表。文件里有：{'、'.join(names) or '（无）'}。")
        return wanted, []
    if not names:
        raise SheetRefused(f"文件里没有工作表。{SAVE_AS}")
    chosen = next((name for name in names if name in visible), names[0])
    return chosen, [name for name in names if name != chosen]


def _check_extent(name: str, survey: Survey, max_rows: int) -> None:
    _require_rows(name, survey.last_row, max_rows)
    if survey.last_column > MAX_COLUMNS:
        raise SheetRefused(
            f"表“{name}”的内容到第 {survey.last_column} 列，超过上限 {MAX_COLUMNS} 列。请删去右侧多余的内容。"
        )
    if survey.characters > MAX_CHARACTERS:
        raise SheetRefused(
            f"表“{name}”共有 {survey.characters} 字，超过上限 {MAX_CHARACTERS} 字。请拆分后分批导入。"
        )


def _sheet(name: str, source: CalamineSheet, survey: Survey, others: list[str]) -> Sheet:
    values = source.to_python(skip_empty_area=False)
    rows = [
        [_text(value, (r, c) in survey.month_only) for c, value in enumerate(row, start=1)]
        for r, row in enumerate(values, start=1)
    ]
    # Excel's own error texts stand in the cell; the reader proper leaves such a cell blank.
    for r, c, value in survey.errors:
        if r <= len(rows) and c <= len(rows[r - 1]):
            rows[r - 1][c - 1] = value
    rows.extend([] for _ in range(survey.last_row - len(rows)))
    merged = tuple(
        MergedRange(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in source.merged_cell_ranges or []
    )
    return Sheet(name, "xlsx", _rectangle(rows), merged, tuple(_remarks(name, survey, others)))


def _remarks(name: str, survey: Survey, others: list[str]) -> list[Finding]:
    found = [
        Finding(
            name,
            r,
            column_letter(c - 1),
            "单元格是公式，但文件里没有算好的结果，按空白读取。请在 Excel 中打开并保存后再导入。",
        )
        for r, c in survey.uncomputed
    ]
    found += [
        Finding(name, r, column_letter(c - 1), f"单元格是错误值 {value}，按原样读取。请改正。")
        for r, c, value in survey.errors
    ]
    found.sort(key=lambda one: (one.row, one.column))
    if others:
        found.insert(
            0, Finding(name, 0, "", f"只读取了工作表“{name}”；另有未读取的工作表：{'、'.join(others)}。")
        )
    return found


def _text(value: object, month_only: bool) -> str:
    """A cell as a reader sees it. A date shown as 2025年6月 is stored as the 1st of June: it must not become that day."""
    if month_only and isinstance(value, int | float) and not isinstance(value, bool):
        value = date(1899, 12, 30) + timedelta(days=int(value)) if 1 <= value < 2_958_466 else value
    if isinstance(value, date) and month_only:
        return f"{value.year}年{value.month}月"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
