"""A look through an .xlsx file before it is read: is it safe, how far do its cells reach, which need a remark.

The reader proper allocates the whole rectangle its cells span and copies a shared text once per cell, so one
stray value in XFD1048576, or one long text used a million times, would take all memory. This pass streams the
XML, keeps only counts and the addresses of the cells that need a remark, and runs before the reader.
"""

from __future__ import annotations

import copy
import posixpath
import re
import xml.sax
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

CHUNK = 1 << 16
CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# Built-in number formats that Chinese Excel shows as year and month only (ECMA-376 part 1, 18.8.30, zh-cn), and 17.
MONTH_FORMATS = frozenset({17, 27, 36, 50, 52, 57})


class UnsafeWorkbook(Exception):
    """这个文件不能安全地读取。The message is in Chinese and says why."""


@dataclass
class Survey:
    """What one worksheet holds. Rows and columns are counted from 1."""

    last_row: int = 0
    last_column: int = 0
    characters: int = 0
    uncomputed: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    month_only: set[tuple[int, int]] = field(default_factory=set)


def unpacked_size(archive: zipfile.ZipFile) -> int:
    """Bytes the archive claims to hold when unpacked; nothing is unpacked to find out."""
    return sum(info.file_size for info in archive.infolist())


def verify_members(archive: zipfile.ZipFile) -> None:
    """Unpack every member once, to nowhere, to see that it holds what its entry claims.

    An entry may claim 1 KB and unpack to gigabytes; the reader proper would follow it. At most one chunk more than
    the claim is unpacked here. Raises `UnsafeWorkbook`; a damaged member raises what `zipfile` raises.
    """
    names = archive.namelist()
    if len(set(names)) != len(names):
        raise UnsafeWorkbook("压缩包内有同名部件，文件不正常。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。")
    for info in archive.infolist():
        if info.flag_bits & 0x1:
            raise UnsafeWorkbook("文件已加密。请去掉打开密码，另存为 .xlsx 再导入。")
        honest = copy.copy(info)
        # zipfile stops reading at the claimed size; with a higher one it shows whether more would follow.
        honest.file_size = info.file_size + CHUNK
        seen = 0
        with archive.open(honest) as stream:
            while block := stream.read(CHUNK):
                seen += len(block)
        if seen != info.file_size:
            raise UnsafeWorkbook(
                f"压缩包部件“{info.filename[:80]}”声称 {info.file_size} 字节，实际不符，文件不正常，拒绝读取。"
            )


def worksheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name to the path of its part inside the archive, in the workbook's order."""
    targets = _Relationships()
    _parse(archive, "xl/_rels/workbook.xml.rels", targets)
    sheets = _Workbook()
    _parse(archive, "xl/workbook.xml", sheets)
    return {name: targets.path[rid] for name, rid in sheets.sheets if rid in targets.path}


def survey_sheet(archive: zipfile.ZipFile, part: str) -> Survey:
    """Stream one worksheet and say how far it reaches and which cells need a remark."""
    names = set(archive.namelist())
    lengths, months = _SharedLengths(), _MonthStyles()
    if "xl/sharedStrings.xml" in names:
        _parse(archive, "xl/sharedStrings.xml", lengths)
    if "xl/styles.xml" in names:
        _parse(archive, "xl/styles.xml", months)
    handler = _Cells(lengths.lengths, months.styles())
    _parse(archive, part, handler)
    return handler.survey


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _parse(archive: zipfile.ZipFile, part: str, handler: ContentHandler) -> None:
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(handler)
    try:
        with archive.open(part) as stream:
            while block := stream.read(CHUNK):
                parser.feed(block)
        parser.close()
    except KeyError as error:
        raise UnsafeWorkbook(
            f"文件缺少部件“{part}”，不是完整的 .xlsx。请重新另存为 .xlsx 再导入。"
        ) from error
    except DefusedXmlException as error:
        raise UnsafeWorkbook(
            "文件内含文档类型声明或实体定义，拒绝读取。请用 Excel 或 WPS 另存为 .xlsx 再导入。"
        ) from error
    except (xml.sax.SAXException, LookupError, ValueError) as error:
        # LookupError: an encoding that does not exist.
        raise UnsafeWorkbook("文件内容已损坏。请用 Excel 或 WPS 打开修复，另存为 .xlsx 再导入。") from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _whole(text: str | None) -> int:
    return int(text) if text and text.strip().isdecimal() else 0


class _Relationships(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.path: dict[str, str] = {}

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if _local(name) == "Relationship":
            target = attrs.get("Target") or ""
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            self.path[attrs.get("Id") or ""] = path


class _Workbook(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if _local(name) == "sheet":
            rid = next((attrs[key] for key in attrs.getNames() if _local(key) == "id"), "")
            self.sheets.append((attrs.get("name") or "", rid))


class _SharedLengths(ContentHandler):
    """The length of each shared text, by its number."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if _local(name) == "si":
            self.lengths.append(0)

    def characters(self, content: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(content)


class _MonthStyles(ContentHandler):
    """Which cell styles show a date as year and month only."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[int, str] = {}
        self._used: list[int] = []
        self._inside = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        local = _local(name)
        if local == "numFmt":
            self._codes[_whole(attrs.get("numFmtId"))] = attrs.get("formatCode") or ""
        elif local == "cellXfs":
            self._inside = True
        elif local == "xf" and self._inside:
            self._used.append(_whole(attrs.get("numFmtId")))

    def endElement(self, name: str) -> None:
        if _local(name) == "cellXfs":
            self._inside = False

    def styles(self) -> frozenset[int]:
        return frozenset(index for index, used in enumerate(self._used) if self._month_only(used))

    def _month_only(self, used: int) -> bool:
        if used not in self._codes:
            return used in MONTH_FORMATS
        letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", self._codes[used].lower())
        return "y" in letters and "m" in letters and "d" not in letters and "h" not in letters


class _Cells(ContentHandler):
    def __init__(self, lengths: list[int], month_styles: frozenset[int]) -> None:
        super().__init__()
        self.survey = Survey()
        self._lengths = lengths
        self._month_styles = month_styles
        self._row = self._column = 0
        self._attributes: Mapping[str, str] = {}
        self._formula = self._has_value = self._collecting = False
        self._value: list[str] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        local = _local(name)
        if local == "row":
            self._row = _whole(attrs.get("r")) or self._row + 1
            self._column = 0
        elif local == "c":
            self._begin_cell(dict(attrs.items()))
        elif local == "f":
            self._formula = True
        elif local in ("v", "is"):
            self._has_value = self._collecting = True

    def characters(self, content: str) -> None:
        if self._collecting:
            self._value.append(content)

    def endElement(self, name: str) -> None:
        local = _local(name)
        if local in ("v", "is"):
            self._collecting = False
        elif local == "c":
            self._end_cell()

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._attributes = attributes
        if place := CELL.fullmatch(attributes.get("r", "")):
            self._column, self._row = column_number(place[1]), int(place[2])
        else:
            self._column += 1
        self._formula = self._has_value = False
        self._value = []

    def _end_cell(self) -> None:
        survey, kind, value = self.survey, self._attributes.get("t", "n"), "".join(self._value)
        here = (self._row, self._column)
        # A formula that Excel has computed to an empty text is marked t="str"; without that mark it was never computed.
        if self._formula and not value and kind != "str":
            survey.uncomputed.append(here)
        if not self._has_value and not self._formula:
            return
        survey.last_row = max(survey.last_row, self._row)
        survey.last_column = max(survey.last_column, self._column)
        survey.characters += self._length(kind, value)
        if kind == "e":
            survey.errors.append((*here, value))
        if _whole(self._attributes.get("s")) in self._month_styles:
            survey.month_only.add(here)

    def _length(self, kind: str, value: str) -> int:
        number = _whole(value)
        return self._lengths[number] if kind == "s" and number < len(self._lengths) else len(value)
