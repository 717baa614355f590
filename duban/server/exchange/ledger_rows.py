"""Makes ledger (台账) rows of a table: finds the header, maps its columns, reads units and deadlines.

Every row below the header that holds anything becomes either one `LedgerRow` or one finding with level
"not_taken"; blank rows are not rows. Nothing is left out in silence.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping as Fields
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from duban.server.exchange.deadline_text import Deadline, read_deadline
from duban.server.exchange.sheet import Finding, Sheet, column_letter

# How far down a header row is looked for.
HEADER_DEPTH = 30

# Field → its usual headers, the more exact first. Compared without spaces, line breaks and bracketed remarks.
KNOWN_HEADERS: dict[str, tuple[str, ...]] = {
    "document": ("document_id", "document", "文号", "督办文号", "文件编号", "依据文号", "立项依据"),
    "seq": ("seq", "no", "序号", "编号", "督办编号", "任务编号", "项目编号"),
    "task": (
        "task",
        "content",
        "督查事项",
        "督办事项",
        "工作任务",
        "任务内容",
        "具体任务",
        "主要任务",
        "重点任务",
        "交办内容",
        "督查内容",
        "督办内容",
        "交办事项",
        "工作内容",
        "事项内容",
        "任务",
        "事项",
        "内容",
    ),
    "lead_units": (
        "lead_units",
        "lead_unit",
        "lead",
        "牵头单位",
        "牵头部门",
        "主办单位",
        "主办部门",
        "首位牵头单位",
        "牵头责任单位",
        "责任单位",
        "责任部门",
        "承办单位",
        "承办部门",
        "负责单位",
        "落实单位",
    ),
    "support_units": (
        "support_units",
        "support_unit",
        "support",
        "配合单位",
        "配合部门",
        "协办单位",
        "协办部门",
        "参与单位",
        "协助单位",
        "会办单位",
    ),
    "deadline_text": (
        "deadline_text",
        "deadline",
        "due",
        "完成时限",
        "办结时限",
        "办理时限",
        "完成时间",
        "时限要求",
        "时间要求",
        "时间节点",
        "完成期限",
        "办理期限",
        "截止时间",
        "时限",
        "期限",
    ),
    "deadline_iso": (
        "deadline_iso",
        "deadline_date",
        "due_date",
        "截止日期",
        "完成日期",
        "办结日期",
        "到期日",
    ),
    "deadline_kind": ("deadline_kind", "时限类型", "期限类型"),
    "responsibility_mode": ("responsibility_mode", "责任方式", "分工方式"),
    "raw_text": ("raw_responsibility_text", "raw_text", "责任分工原文", "分工原文", "原文"),
    "category": ("category", "类别", "事项类别", "任务类别", "事项类型", "分类", "类型"),
    "grade": ("grade", "等级", "级别", "任务等级", "督办等级", "督办级别"),
    "urgency": ("urgency", "急缓程度", "紧急程度", "缓急程度", "缓急"),
    "source": ("source", "来源", "任务来源", "事项来源", "交办来源"),
    "source_date": (
        "source_date",
        "来源日期",
        "交办日期",
        "交办时间",
        "立项日期",
        "立项时间",
        "收文日期",
        "收文时间",
    ),
    "responsible_leader": (
        "responsible_leader",
        "leader",
        "责任领导",
        "分管领导",
        "牵头领导",
        "包抓领导",
        "市领导",
        "牵头区领导",
    ),
}
FIELD_NAMES = {
    "document": "文号",
    "seq": "序号",
    "task": "工作任务",
    "lead_units": "牵头单位",
    "support_units": "配合单位",
    "deadline_text": "完成时限",
    "deadline_iso": "截止日期",
    "deadline_kind": "时限类型",
    "responsibility_mode": "责任方式",
    "raw_text": "责任分工原文",
    "category": "类别",
    "grade": "等级",
    "urgency": "急缓程度",
    "source": "来源",
    "source_date": "来源日期",
    "responsible_leader": "责任领导",
}
# A mapping names fields by these words too.
FIELD_ALIASES = {"document_id": "document", "content": "task", "raw_responsibility_text": "raw_text"}
REQUIRED = ("task", "lead_units")
# A vertically merged cell stands for every row it covers, but one task is one matter and one number is one row.
NOT_REPEATED = frozenset({"seq", "task"})

_SEPARATORS = "；;、，,\n\r"
# 各区、县级市 names one group of places, not two units.
_PLACES = re.compile(
    r"各(?:有关|相关)?(?:省|市|州|盟|区|县|乡|镇)"
    r"(?:、(?:自治区|直辖市|自治州|县级市|区|县|市|旗|镇|街道))+(?:(?:人民)?政府|管委会)?(?!\w)"
)
_AND_OTHERS = re.compile(r"(?<=.)等(?:有关|相关)?(?:部门|单位)?$")


class LedgerRefused(Exception):
    """这个表不能作为台账导入。The message (Chinese) lists the headers found and the fields still missing."""


@dataclass(frozen=True)
class Mapping:
    """Field → header, as the person gave it; the fields not named are guessed from usual headers (列对应)."""

    given: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Mapping:
        """Read `task=工作任务,lead_units=责任单位`. Raises `LedgerRefused` for an unknown field or one given twice."""
        given: dict[str, str] = {}
        for part in re.split(r"[,，](?=\s*\w+\s*=)", text) if text.strip() else []:
            name, equals, header = (piece.strip() for piece in part.partition("="))
            field = FIELD_ALIASES.get(name, name)
            if not equals or not header or field not in KNOWN_HEADERS:
                raise LedgerRefused(
                    f"--mapping 中的“{part.strip()}”读不懂，应写成“字段=表头”，各项用逗号分开。可用的字段：{_described(KNOWN_HEADERS)}。"
                )
            if field in given:
                raise LedgerRefused(
                    f"--mapping 中字段 {field}（{FIELD_NAMES[field]}）写了两次。请只保留一个。"
                )
            given[field] = header
        return cls(tuple(given.items()))


@dataclass(frozen=True)
class LedgerRow:
    """One row of a ledger (台账), read but not yet a matter. Texts are trimmed; "" means the cell is blank.

    `key` stays the same when the file is imported again, moved or renamed: see `ledger_rows`. `raw` holds every
    filled cell of the row under its header, mapped or not.
    """

    row_number: int
    key: str
    document: str
    seq: str
    task: str
    lead_units: tuple[str, ...]
    support_units: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    deadline_text: str
    responsibility_mode: str
    raw_text: str
    category: str
    grade: str
    urgency: str
    source: str
    source_date: str
    responsible_leader: str
    raw: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Header:
    """Where the header is and which column (counted from 0) holds which field."""

    row_number: int
    names: tuple[str, ...]
    columns: Fields[str, int]


def ledger_rows(
    sheet: Sheet, mapping: Mapping | None = None, *, reference: date | None = None
) -> tuple[list[LedgerRow], list[Finding]]:
    """Read the rows below the header. `reference`: the day the document was issued, for deadlines without a year.

    A row's key is the digest of document and number where both are given, otherwise of the normalised task and the
    lead units. Where one document and number stand over different tasks in one file, all those rows are keyed by
    document, number, task and lead units together, with a note. A row with the same task and lead units (and, if
    given, the same document and number) as an earlier one is not taken. Raises `LedgerRefused` without usable header.
    """
    header = find_header(sheet, mapping or Mapping())
    findings = [*sheet.findings, *_unused_columns(sheet, header)]
    rows: list[LedgerRow] = []
    table = _table(sheet, header, reference)
    for number in data_row_numbers(sheet, header):
        row, found = _read_row(table, number)
        findings.extend(found)
        if row is not None:
            rows.append(row)
    kept, found = _settle_keys(sheet, rows)
    findings.extend(found)
    return kept, sorted(findings, key=lambda one: one.row)


def data_row_numbers(sheet: Sheet, header: Header) -> list[int]:
    """The numbers of all rows below the header that hold anything."""
    below = enumerate(sheet.rows[header.row_number :], start=header.row_number + 1)
    return [number for number, cells in below if any(cell.strip() for cell in cells)]


# ---- header ---------------------------------------------------------------------------------------------------


def find_header(sheet: Sheet, mapping: Mapping) -> Header:
    """The row that carries the most of the wanted headers; title lines may stand above it."""
    given = {field: _plain(header) for field, header in mapping.given}
    candidates = [
        (number, _columns_of(cells, given))
        for number, cells in enumerate(sheet.rows[:HEADER_DEPTH], start=1)
        if sum(bool(cell.strip()) for cell in cells) > 1
    ]
    if not candidates:
        raise LedgerRefused(
            f"表“{sheet.name}”前 {HEADER_DEPTH} 行里没有表头（至少两列有字的一行）。请补上表头再导入。"
        )
    number, columns = max(candidates, key=lambda one: len(one[1]))
    names = tuple(cell.strip() for cell in sheet.rows[number - 1])
    _require_fields(sheet.name, number, names, columns, mapping)
    _refuse_ambiguous(sheet.name, number, names, columns)
    return Header(number, names, columns)


def _plain(header: str) -> str:
    """A header without spaces, case, a trailing colon and bracketed remarks: "责任单位（盖章）" is 责任单位."""
    text = re.sub(r"[\s*＊]+", "", unicodedata.normalize("NFKC", header)).lower().rstrip(":")
    return re.sub(r"\([^()]*\)", "", text) or text


def _columns_of(cells: Sequence[str], given: Fields[str, str]) -> dict[str, int]:
    plain = [_plain(cell) for cell in cells]
    columns = {field: plain.index(header) for field, header in given.items() if header in plain}
    for field, known in KNOWN_HEADERS.items():
        if field in given:
            continue
        taken = set(columns.values())
        places = (plain.index(name) for name in known if name in plain)
        if (place := next((place for place in places if place not in taken), None)) is not None:
            columns[field] = place
    return columns


def _require_fields(
    sheet: str, number: int, names: Sequence[str], columns: Fields[str, int], mapping: Mapping
) -> None:
    wrong = [f"{field}={header}" for field, header in mapping.given if field not in columns]
    missing = [field for field in REQUIRED if field not in columns]
    if not wrong and not missing:
        return
    reasons = []
    if wrong:
        reasons.append(f"--mapping 指定的表头不存在：{'、'.join(wrong)}。")
    if missing:
        reasons.append(f"还缺字段：{_described(missing)}。")
    found = "、".join(f"{column_letter(place)}“{name}”" for place, name in enumerate(names) if name)
    raise LedgerRefused(
        f"表“{sheet}”的表头对不上。{''.join(reasons)}第 {number} 行找到的表头：{found}。"
        f'请用 --mapping "task=…,lead_units=…" 指明。'
    )


def _refuse_ambiguous(sheet: str, number: int, names: Sequence[str], columns: Fields[str, int]) -> None:
    plain = [_plain(name) for name in names]
    for field, place in columns.items():
        same = [column_letter(other) for other, name in enumerate(plain) if name == plain[place]]
        if len(same) > 1:
            raise LedgerRefused(
                f"表“{sheet}”第 {number} 行有 {len(same)} 列表头都是“{names[place]}”（{'、'.join(same)} 列），"
                f"不知道哪一列是{FIELD_NAMES[field]}。请改名后再导入。"
            )


def _described(names: Fields[str, object] | Sequence[str]) -> str:
    return "、".join(f"{name}（{FIELD_NAMES[name]}）" for name in names)


def _unused_columns(sheet: Sheet, header: Header) -> list[Finding]:
    used = set(header.columns.values())
    unused = [
        f"{column_letter(place)}“{name or '（无表头）'}”"
        for place, name in enumerate(header.names)
        if place not in used and any(cells[place].strip() for cells in sheet.rows[header.row_number - 1 :])
    ]
    if not unused:
        return []
    return [
        Finding(
            sheet.name, header.row_number, "", f"这些列没有对应的字段，只作为原文保留：{'、'.join(unused)}。"
        )
    ]


# ---- one row --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    sheet: Sheet
    header: Header
    reference: date | None
    # Column (from 0) → its vertically merged ranges as (first row, last row), in order.
    merges: Fields[int, Sequence[tuple[int, int]]]

    def finding(self, number: int, field: str, message: str) -> Finding:
        place = self.header.columns.get(field)
        return Finding(self.sheet.name, number, "" if place is None else column_letter(place), message)

    def merged_from(self, number: int, place: int) -> int | None:
        """The first row of the merged range that covers this cell from above, if there is one below the header."""
        ranges = self.merges.get(place, ())
        at = bisect_left(ranges, (number, 0)) - 1
        if at < 0:
            return None
        first, last = ranges[at]
        return first if number <= last and first > self.header.row_number else None


def _table(sheet: Sheet, header: Header, reference: date | None) -> _Table:
    merges: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in sheet.merged:
        if one.last_row > one.first_row:
            merges[one.first_column - 1].append((one.first_row, one.last_row))
    return _Table(sheet, header, reference, {place: sorted(ranges) for place, ranges in merges.items()})


def _read_row(table: _Table, number: int) -> tuple[LedgerRow | None, list[Finding]]:
    cells = table.sheet.rows[number - 1]
    if reason := _not_a_matter(table.sheet, table.header, cells):
        return None, [Finding(table.sheet.name, number, "", reason, "not_taken")]
    values, found = _values(table, number)
    leads, lead_notes = read_units(values["lead_units"])
    supports, support_notes = read_units(values["support_units"])
    if not leads:
        lead_notes.append("没有牵头单位，交办前须补上。")
    if both := [unit for unit in supports if unit in leads]:
        support_notes.append(f"{'、'.join(both)}同时列为牵头和配合，配合中不再重复。")
        supports = tuple(unit for unit in supports if unit not in leads)
    deadlines = read_deadline(
        values["deadline_text"], values["deadline_iso"], values["deadline_kind"], table.reference
    )
    found += [table.finding(number, "lead_units", note) for note in lead_notes]
    found += [table.finding(number, "support_units", note) for note in support_notes]
    timed = "deadline_text" if values["deadline_text"] else "deadline_iso"
    found += [table.finding(number, timed, note) for note in _deadline_notes(deadlines)]
    row = LedgerRow(
        row_number=number,
        key="",
        document=values["document"],
        seq=values["seq"],
        task=values["task"],
        lead_units=leads,
        support_units=supports,
        deadlines=deadlines,
        deadline_text=values["deadline_text"],
        responsibility_mode=values["responsibility_mode"],
        raw_text=values["raw_text"],
        category=values["category"],
        grade=values["grade"],
        urgency=values["urgency"],
        source=values["source"],
        source_date=values["source_date"],
        responsible_leader=values["responsible_leader"],
        raw=_raw(table.header, cells),
    )
    return row, found


def _not_a_matter(sheet: Sheet, header: Header, cells: Sequence[str]) -> str | None:
    """Why this row cannot become a ledger row, or None."""
    task = cells[header.columns["task"]].strip()
    if tuple(cell.strip() for cell in cells) == header.names:
        return "与表头相同（重复的表头），未导入。"
    beyond = [cell for cell, name in zip(cells, header.names, strict=True) if cell.strip() and not name]
    if sheet.kind == "csv" and beyond:
        return f"比表头多出 {len(beyond)} 格，疑有未加引号的逗号，各列可能错位，未导入。请改正。"
    if not task:
        filled = " ".join(cell.strip() for cell in cells if cell.strip())
        return f"没有任务内容（小标题、合计或合并单元格的下半部分），未导入。本行内容：{_short(filled)}"
    return None


def _short(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[:length] + "…"


def _values(table: _Table, number: int) -> tuple[dict[str, str], list[Finding]]:
    """The row's text per field, merged cells repeated downwards."""
    values = dict.fromkeys(KNOWN_HEADERS, "")
    found: list[Finding] = []
    for field, place in table.header.columns.items():
        values[field] = table.sheet.rows[number - 1][place].strip()
        if values[field] or field in NOT_REPEATED:
            continue
        if top := table.merged_from(number, place):
            values[field] = table.sheet.rows[top - 1][place].strip()
            if values[field]:
                message = f"合并单元格：{FIELD_NAMES[field]}取自第 {top} 行“{_short(values[field], 20)}”。"
                found.append(table.finding(number, field, message))
    return values, found


def _deadline_notes(deadlines: Sequence[Deadline]) -> list[str]:
    notes = []
    for one in deadlines:
        if one.certain:
            continue
        if one.date:
            notes.append(f"时限“{_short(one.text)}”按 {one.date.isoformat()} 读取，请核对。")
        else:
            notes.append(f"时限“{_short(one.text)}”没有读出日期，原文已保留，请人工确定。")
    return notes


def _raw(header: Header, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name or column_letter(place), cell)
        for place, (name, cell) in enumerate(zip(header.names, cells, strict=True))
        if cell.strip()
    )


# ---- units ----------------------------------------------------------------------------------------------------


def read_units(text: str) -> tuple[tuple[str, ...], list[str]]:
    """Split a cell into unit names; the second part says what was left out of it.

    Separators: `;` `；` `、` `，` `,` and line breaks, but not inside brackets and not inside 各区、县级市. A trailing
    等 or 等部门 is dropped (it names nobody).
    """
    notes: list[str] = []
    names = [_AND_OTHERS.sub("", name.strip(" \t\u3000。.")).strip() for name in _split_units(text)]
    counted = Counter(name for name in names if name)
    notes.extend(f"“{name}”重复列出，只计一次。" for name, times in counted.items() if times > 1)
    return tuple(counted), notes


def _split_units(text: str) -> list[str]:
    protected = set(chain.from_iterable(range(*match.span()) for match in _PLACES.finditer(text)))
    parts, depth = [""], 0
    for place, sign in enumerate(text):
        if sign in "（(":
            depth += 1
        elif sign in "）)":
            depth = max(0, depth - 1)
        if sign in "\n\r" or (sign in _SEPARATORS and depth == 0 and place not in protected):
            parts.append("")
        else:
            parts[-1] += sign
    return parts


# ---- identity -------------------------------------------------------------------------------------------------


def _settle_keys(sheet: Sheet, rows: Sequence[LedgerRow]) -> tuple[list[LedgerRow], list[Finding]]:
    """Give each row its key and list the rows that repeat an earlier one."""
    groups: dict[str, list[LedgerRow]] = defaultdict(list)
    for row in rows:
        groups[_identity(row)].append(row)
    kept: list[LedgerRow] = []
    findings: list[Finding] = []
    for key, group in groups.items():
        distinct: dict[str, LedgerRow] = {}
        for row in group:
            earlier = distinct.setdefault(_content(row), row)
            if earlier is not row:
                findings.append(
                    Finding(sheet.name, row.row_number, "", _repetition(earlier, row), "not_taken")
                )
        for content, row in distinct.items():
            kept.append(replace(row, key=key if len(distinct) == 1 else _digest(key, content)))
        if len(distinct) > 1:
            numbers = "、".join(str(row.row_number) for row in distinct.values())
            findings.extend(
                Finding(
                    sheet.name,
                    row.row_number,
                    "",
                    f"第 {numbers} 行文号、序号相同而任务或牵头单位不同，各作一项导入。",
                )
                for row in distinct.values()
            )
    return sorted(kept, key=lambda row: row.row_number), findings


def _identity(row: LedgerRow) -> str:
    if row.document and row.seq:
        return _digest("number", _normal(row.document), _normal(row.seq))
    return _digest("content", _content(row))


def _content(row: LedgerRow) -> str:
    return _digest(_normal(row.task), *sorted(map(_normal, row.lead_units)))


def _normal(text: str) -> str:
    """Text without spaces, line breaks, differences of width and case, and a closing full stop.

    Other punctuation stays: 1.1 is not 11.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] not in "ZC").rstrip("。.;")


def _digest(*parts: str) -> str:
    """SHA-256 in hex over the parts, each with its length, so that no two lists of parts run together."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def _repetition(earlier: LedgerRow, row: LedgerRow) -> str:
    others = ("support_units", "deadline_text", "category", "grade", "urgency", "source", "source_date")
    differing = [FIELD_NAMES[name] for name in others if getattr(earlier, name) != getattr(row, name)]
    if earlier.deadlines != row.deadlines and "完成时限" not in differing:
        differing.append("完成时限")
    same = f"与第 {earlier.row_number} 行的任务和牵头单位相同，未导入。"
    return same + (f"两行的{'、'.join(differing)}不同，请合并到一行。" if differing else "")
