"""The file of one year's holiday notice: read, checked, and refused with every mistake named.

The format is described, with an example, in README.md beside this file. A notice decides due dates for a year,
so a file is taken whole or not at all.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from duban.core.working_days import Notice, NoticeDay, NoticeDocument, Ruling, problem_with_day

LONGEST_SPAN_DAYS = 15
"""A run of days off longer than this (calendar days) is taken for a slip; the longest so far had ten days."""

STATUTORY_FIXED_DAYS = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
"""Month and day of the holidays that fall on the same date each year (全国年节及纪念日放假办法 第二条).

A file without one of them is a part of a notice; loading it would take the provisional mark off days nobody has
ruled on.
"""

_SPAN = re.compile(r"\s*(\S+?)\s*至\s*(\S+)\s*")
_TOML_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_HOLIDAY_HEADER = re.compile(r"\s*\[\[\s*holiday\s*\]\]")
_MISSING = object()


class NoticeFileError(ValueError):
    """A notice file that is not taken; ``problems`` lists every mistake, in Chinese, with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def parse_notice(text: str) -> Notice:
    """The notice, with its days, that a file's ``text`` describes.

    Raises :class:`NoticeFileError` listing every mistake with its key and, where it can be told, its line.
    """
    text = text.removeprefix("\ufeff")
    reader = _Reader(_toml(text), text.splitlines())
    notice = reader.notice()
    if reader.problems or notice is None:
        raise NoticeFileError(reader.problems)
    return notice


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        where = f"第 {place[1]} 行第 {place[2]} 列" if place and place[1] else "文件末尾"
        raise NoticeFileError([f"{where}：不符合 TOML 格式（引号、方括号是否成对，键是否重复）"]) from error


@dataclass
class _Reader:
    """Collects problems while reading, so that one run names them all."""

    data: dict[str, Any]
    lines: list[str]
    problems: list[str] = field(default_factory=list)
    seen: dict[date, tuple[Ruling, str]] = field(default_factory=dict)

    def notice(self) -> Notice | None:
        self._refuse_unknown(self.data, {"year", "title", "number", "published", "supplement", "holiday"}, "")
        year = self._year()
        if year is None:
            return None
        title = self._text(self.data, "title", "", f"国务院办公厅关于{year}年部分节假日安排的通知")
        number = self._text(self.data, "number", "", None)
        published = self._published(self.data, "", year)
        supplements = tuple(self._supplements(year))
        days = tuple(self._days(year))
        self._require_fixed_days(year)
        if self.problems or title is None:
            return None
        return Notice(year, title, number, published, days, supplements)

    def _problem(self, key: str, message: str, line: int | None = None) -> None:
        self.problems.append(f"{key}（第 {line} 行）：{message}" if line else f"{key}：{message}")

    def _refuse_unknown(self, table: dict[str, Any], known: set[str], prefix: str) -> None:
        for key in sorted(table.keys() - known):
            self._problem(f"{prefix}{key}", f"没有这个项目，可用的是 {'、'.join(sorted(known))}")

    def _year(self) -> int | None:
        year = self.data.get("year", _MISSING)
        if isinstance(year, int) and not isinstance(year, bool) and 1950 <= year <= 2200:
            return year
        self._problem(
            "year", "缺少年份" if year is _MISSING else f"应为四位数的年份（不加引号），不是 {year!r}"
        )
        return None

    def _text(self, table: dict[str, Any], key: str, prefix: str, default: str | None) -> str | None:
        value = table.get(key, _MISSING)
        if value is _MISSING:
            return default
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._problem(f"{prefix}{key}", "应为加引号的文字，不能空着；没有就删去这一行")
        return None

    def _published(self, table: dict[str, Any], prefix: str, year: int) -> date | None:
        if "published" not in table:
            return None
        published = _as_date(table["published"])
        if published is None:
            self._problem(f"{prefix}published", f"应为日期，如 {year - 1}-11-12，不是 {table['published']!r}")
        elif published.year not in (year - 1, year):
            self._problem(f"{prefix}published", f"{year} 年的通知不会在 {published} 印发")
        return published

    def _tables(self, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        tables = self.data.get(key, [])
        if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
            yield from enumerate(tables, start=1)
        else:
            self._problem(key, f"应写成一个或几个 [[{key}]] 段")

    def _supplements(self, year: int) -> Iterator[NoticeDocument]:
        for position, table in self._tables("supplement"):
            prefix = f"supplement 第 {position} 段的 "
            self._refuse_unknown(table, {"title", "number", "published"}, prefix)
            title = self._text(table, "title", prefix, None)
            if title is None:
                self._problem(f"{prefix}title", "缺少文件标题")
                continue
            number = self._text(table, "number", prefix, None)
            yield NoticeDocument(title, number, self._published(table, prefix, year))

    def _days(self, year: int) -> Iterator[NoticeDay]:
        for position, table in self._tables("holiday"):
            name = self._text(table, "name", f"holiday 第 {position} 段的 ", None)
            prefix = f"holiday 第 {position} 段{f'“{name}”' if name else ''}的 "
            self._refuse_unknown(table, {"name", "off", "work"}, prefix)
            if name is None:
                self._problem(f"{prefix}name", "缺少节日名称")
                continue
            for ruling in Ruling:
                for item in self._items(table, ruling, prefix):
                    line = self._line_of(position, item)
                    for day in self._dates(item, f"{prefix}{ruling}", line):
                        checked = NoticeDay(day, ruling, name)
                        if self._acceptable(year, checked, f"{prefix}{ruling}", line):
                            yield checked

    def _items(self, table: dict[str, Any], ruling: Ruling, prefix: str) -> list[Any]:
        items = table.get(ruling, [])
        if isinstance(items, list):
            return items
        self._problem(f"{prefix}{ruling}", "应为方括号括起来的一列日期")
        return []

    def _dates(self, item: object, key: str, line: int | None) -> list[date]:
        """The days an item stands for: one date, or "首日 至 末日" with both ends included."""
        span = _SPAN.fullmatch(item) if isinstance(item, str) else None
        first, last = (_as_date(span[1]), _as_date(span[2])) if span else (_as_date(item),) * 2
        if first is None or last is None:
            self._problem(key, f"“{item}”不是日期，应写成 2027-02-08 或 2027-02-05 至 2027-02-12", line)
        elif last < first:
            self._problem(key, f"“{item}”的末日早于首日", line)
        elif (last - first).days >= LONGEST_SPAN_DAYS:
            self._problem(key, f"“{item}”超过 {LONGEST_SPAN_DAYS} 天，请核对", line)
        else:
            return [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return []

    def _acceptable(self, year: int, day: NoticeDay, key: str, line: int | None) -> bool:
        if problem := problem_with_day(year, day):
            self._problem(key, problem, line)
            return False
        ruling, name = self.seen.setdefault(day.date, (day.ruling, ""))
        if not name:
            self.seen[day.date] = (day.ruling, day.name)
            return True
        if ruling is day.ruling:
            self._problem(key, f"{day.date} 重复，已列在“{name}”", line)
        else:
            self._problem(key, f"{day.date} 既放假又上班，已列在“{name}”的 {ruling}", line)
        return False

    def _require_fixed_days(self, year: int) -> None:
        off = {d for d, (ruling, _) in self.seen.items() if ruling is Ruling.OFF}
        missing = [f"{m}月{d}日" for m, d in STATUTORY_FIXED_DAYS if date(year, m, d) not in off]
        if missing:
            self._problem("holiday", f"缺少法定节日 {'、'.join(missing)}，通知是否录全")

    def _line_of(self, position: int, item: object) -> int | None:
        """The line on which the ``position``-th [[holiday]] section names ``item``, if it can be told."""
        headers = [n for n, line in enumerate(self.lines) if _HOLIDAY_HEADER.match(line)]
        if len(headers) < position:
            return None
        section = range(headers[position - 1], [*headers, len(self.lines)][position])
        return next((n + 1 for n in section if str(item) in self.lines[n]), None)


def _as_date(value: object) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
