"""Counting days (期限计算): working days, calendar days and months over the State Council's holiday notices.

Three units of a term (时限), and what the Civil Code (民法典) says of each:

- the day from which a term runs is not counted (第二百零一条);
- a term in months ends on the same-numbered day, or on the month's last where there is none (第二百零二条);
- where a regulation says so, a term whose last day is a day off ends on the next working day (第二百零三条).

Working days (工作日) follow each year's notice (国务院办公厅关于…年部分节假日安排的通知): its days off do not
count, its make-up workdays (调休上班) do. A year whose notice is not loaded is counted on plain weekends and
every result that leans on it says ``provisional``.

Everything here is a pure function of its arguments; no clock is read. Dates are ``datetime.date``, meaning
China Standard Time; a ``datetime`` is refused, because it would silently miss every holiday.
"""

from __future__ import annotations

import calendar as month_lengths
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from types import MappingProxyType

REACH_BACK_DAYS = 4
"""How many days at the end of December the next year's notice may still change (calendar days).

The 2008 and 2019 notices ruled on days from 29 December on; 28 December is the Sunday next to a 1 January
that falls on a Thursday. Until the next year's notice is loaded these days are provisional, too.
"""

LONGEST_TERM = 36_525
"""A term longer than a hundred years of days is a slip of the pen, in whatever unit."""

_ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What a day is; ``MAKEUP`` and ``WORKDAY`` are worked, the others are not."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    LOCAL_OFF = "local_off"


class Ruling(StrEnum):
    """What a notice says of a day: 放假 (``OFF``) or 上班 (``WORK``)."""

    OFF = "off"
    WORK = "work"


class CountUnit(StrEnum):
    """The unit a term is given in: 工作日, 日 (calendar days), 个月."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class DayInfo:
    """One day as the calendar sees it. ``name`` is the holiday (节日名) the day belongs to, or ``""``."""

    date: date
    kind: DayKind
    working: bool
    name: str
    provisional: bool


@dataclass(frozen=True, slots=True, order=True)
class NoticeDay:
    """One day a notice names, what it says of it, and for which holiday (节日名)."""

    date: date
    ruling: Ruling
    name: str


@dataclass(frozen=True, slots=True)
class NoticeDocument:
    """A document by title and number (发文字号); a number nobody has verified is ``None``, never a guess."""

    title: str
    number: str | None = None
    published: date | None = None

    @property
    def citation(self) -> str:
        """The document as papers name it: 《标题》（文号）."""
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"


def problem_with_day(year: int, day: NoticeDay) -> str | None:
    """Why ``day`` cannot stand in the notice for ``year``, in Chinese; ``None`` when it can.

    A notice rules on its own year and on the last :data:`REACH_BACK_DAYS` days of the year before; a make-up
    workday is a Saturday or Sunday, any other day is worked without being named.
    """
    earliest = date(year - 1, 12, 32 - REACH_BACK_DAYS)
    if not earliest <= day.date <= date(year, 12, 31):
        return f"{day.date} 不在 {earliest} 至 {year}-12-31 之间，不属于 {year} 年的通知"
    if day.ruling is Ruling.WORK and day.date.weekday() < 5:
        return f"{day.date} 是星期{'一二三四五'[day.date.weekday()]}，本来就上班，不能列为调休上班日"
    return None


@dataclass(frozen=True)
class Notice:
    """One year's holiday notice (节假日安排通知) with every day it names.

    ``supplements`` are later documents that changed it (an extended Spring Festival, an added holiday);
    ``days`` is the outcome of all of them. Raises ``ValueError`` for a day the notice cannot rule on or names
    twice.
    """

    year: int
    title: str
    number: str | None
    published: date | None
    days: tuple[NoticeDay, ...]
    supplements: tuple[NoticeDocument, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", tuple(sorted(self.days)))
        for day in self.days:
            if problem := problem_with_day(self.year, day):
                raise ValueError(problem)
        for one, other in zip(self.days, self.days[1:], strict=False):
            if one.date == other.date:
                raise ValueError(f"{self.year} 年的通知里 {one.date} 出现了两次")

    @property
    def citation(self) -> str:
        """The notice and its supplements as a citation, e.g. 《…通知》（国办发明电〔2024〕12号）."""
        notice = NoticeDocument(self.title, self.number, self.published)
        return "、".join(document.citation for document in (notice, *self.supplements))


@dataclass(frozen=True, eq=False, repr=False)
class Calendar:
    """The holiday notices that are loaded, and an office's local days off (地方放假日).

    ``years`` maps a year to its notice, ``days`` every date any notice names to what it says. ``version`` is
    a SHA-256 over the whole content in a fixed order: equal content, equal version, on any machine. Calendars
    compare by version. Raises ``ValueError`` where two notices contradict each other on a date.
    """

    years: Mapping[int, Notice]
    local_days_off: Mapping[date, str] = field(default_factory=dict)
    days: Mapping[date, NoticeDay] = field(init=False)
    version: str = field(init=False)
    _exceptions: Mapping[int, bool] = field(init=False)
    _exception_ordinals: tuple[int, ...] = field(init=False)
    _exception_sums: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._set("years", MappingProxyType(dict(sorted(self.years.items()))))
        self._set("local_days_off", MappingProxyType(_checked_local_days(self.local_days_off)))
        self._set("days", MappingProxyType(_merged_days(self.years)))
        self._set("version", _digest(self.years.values(), self.local_days_off))
        exceptions = self._days_unlike_their_weekday()
        self._set("_exceptions", exceptions)
        self._set("_exception_ordinals", tuple(exceptions))
        steps = (1 if working else -1 for working in exceptions.values())
        self._set("_exception_sums", tuple(accumulate(steps, initial=0)))

    @classmethod
    def of(cls, notices: Iterable[Notice]) -> Calendar:
        """A calendar of these notices, without local days off."""
        return cls({notice.year: notice for notice in notices})

    def day(self, d: date) -> DayInfo:
        """What ``d`` is. A local day off counts as such only where the day would otherwise be worked."""
        _check_date(d)
        named = self.days.get(d)
        kind, name = _kind_without_local_days(d, named)
        if d in self.local_days_off and kind in (DayKind.WORKDAY, DayKind.MAKEUP):
            kind, name = DayKind.LOCAL_OFF, self.local_days_off[d]
        working = kind in (DayKind.WORKDAY, DayKind.MAKEUP)
        return DayInfo(d, kind, working, name, self.is_provisional(d))

    def is_working(self, d: date) -> bool:
        """Whether ``d`` is a working day (工作日) here, make-up workdays included."""
        _check_date(d)
        return self._works(d.toordinal())

    def is_provisional(self, d: date) -> bool:
        """Whether a notice not loaded yet may still change ``d``.

        So for every day of a year without a notice, and for the last :data:`REACH_BACK_DAYS` days of a year
        whose successor has none; never for a day that a loaded notice names.
        """
        _check_date(d)
        return self.is_provisional_between(d, d)

    def is_provisional_between(self, first: date, last: date) -> bool:
        """Whether any day from ``first`` to ``last``, both included, is provisional."""
        return any(d not in self.days for d in self._days_without_notice(first, last))

    def with_local_days_off(self, days: Mapping[date, str]) -> Calendar:
        """This calendar with local days off (date → name, e.g. 州庆) added to those it has."""
        return Calendar(self.years, {**self.local_days_off, **days})

    def with_year(self, notice: Notice) -> Calendar:
        """This calendar with ``notice`` in place of what it had for that year (a late or corrected notice)."""
        return Calendar({**self.years, notice.year: notice}, self.local_days_off)

    def without_year(self, year: int) -> Calendar:
        """This calendar as it was before the notice for ``year`` was loaded."""
        return Calendar({y: n for y, n in self.years.items() if y != year}, self.local_days_off)

    def __eq__(self, other: object) -> bool:
        return self.version == other.version if isinstance(other, Calendar) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.version)

    def __repr__(self) -> str:
        return f"Calendar({', '.join(map(str, self.years))}; version {self.version[:12]})"

    def __reduce__(self) -> tuple[type[Calendar], tuple[dict[int, Notice], dict[date, str]]]:
        # Read-only mappings cannot be pickled; a cache that pickles gets the content and rebuilds the rest.
        return Calendar, (dict(self.years), dict(self.local_days_off))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _days_unlike_their_weekday(self) -> dict[int, bool]:
        """Ordinal → working, in order, for the days on which the plain Monday-to-Friday rule is wrong."""
        working = {d: day.ruling is Ruling.WORK for d, day in self.days.items()}
        working.update(dict.fromkeys(self.local_days_off, False))
        return {d.toordinal(): w for d, w in sorted(working.items()) if w != (d.weekday() < 5)}

    def _works(self, ordinal: int) -> bool:
        exception = self._exceptions.get(ordinal)
        return (ordinal - 1) % 7 < 5 if exception is None else exception

    def _walk(self, ordinal: int, n: int, step: int) -> int:
        """The ordinal of the ``n``-th working day from ``ordinal``, not counting it."""
        # The rule of _works written out: this loop runs for every due date of every sweep.
        exception = self._exceptions.get
        while n:
            ordinal += step
            n -= exception(ordinal, (ordinal - 1) % 7 < 5)
        return ordinal

    def _rank(self, d: date) -> int:
        """How many working days there are up to and including ``d``, from 0001-01-01 (a Monday)."""
        weeks, rest = divmod(d.toordinal(), 7)
        exceptions = self._exception_sums[bisect_right(self._exception_ordinals, d.toordinal())]
        return weeks * 5 + min(rest, 5) + exceptions

    def _days_without_notice(self, first: date, last: date) -> Iterator[date]:
        for year in range(first.year, last.year + 1):
            if year not in self.years:
                since = date(year, 1, 1)
            elif year + 1 not in self.years:
                since = date(year, 12, 32 - REACH_BACK_DAYS)
            else:
                continue
            yield from _span(max(first, since), min(last, date(year, 12, 31)))


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One line of an explanation. ``ordinal`` is the day's (or, in months, the month's) place in the term.

    It is ``None`` for what is not counted: the first day, days off in a term of working days, days rolled
    over.
    """

    date: date
    kind: DayKind
    ordinal: int | None
    name: str
    provisional: bool


@dataclass(frozen=True)
class DayCount:
    """A term worked out, with its reasons.

    ``start`` is the day it runs from (not counted), ``end`` its last day (earlier than ``start`` when counted
    back), ``amount`` is in ``unit``. ``rolled_from`` is the day off it would have ended on, had it not moved
    to the next working day. ``provisional`` says that a notice not loaded yet may move ``end``: some day whose
    being worked or not decided the result is provisional. A term in days or months that does not roll leans
    on no holiday and is never provisional.
    """

    start: date
    end: date
    unit: CountUnit
    amount: int
    rolled_from: date | None
    provisional: bool
    calendar: Calendar = field(repr=False)

    @cached_property
    def counted(self) -> tuple[CountedDay, ...]:
        """The explanation, in counting order: the start (not counted), every day, then those rolled over.

        For a term in months: the start, the end of each month of the term, then the days rolled over.
        """
        # Worked out on demand: a due date is needed far more often than its explanation.
        return tuple(self._line(d, ordinal) for d, ordinal in self._lines())

    def _line(self, d: date, ordinal: int | None) -> CountedDay:
        info = self.calendar.day(d)
        return CountedDay(d, info.kind, ordinal, info.name, info.provisional)

    def _lines(self) -> Iterator[tuple[date, int | None]]:
        yield self.start, None
        if self.unit is CountUnit.WORKING_DAYS:
            yield from self._working_day_lines()
            return
        for ordinal in range(1, self.amount + 1):
            if self.unit is CountUnit.DAYS:
                yield self.start + timedelta(days=ordinal), ordinal
            else:
                yield _months_later(self.start, ordinal), ordinal
        if self.rolled_from:
            yield from ((d, None) for d in _span(self.rolled_from + _ONE_DAY, self.end))

    def _working_day_lines(self) -> Iterator[tuple[date, int | None]]:
        step = _ONE_DAY if self.end >= self.start else -_ONE_DAY
        d, ordinal = self.start, 0
        while d != self.end:
            d += step
            working = self.calendar.is_working(d)
            ordinal += working
            yield d, ordinal if working else None


def count_working_days(calendar: Calendar, start: date, n: int) -> DayCount:
    """The term of ``n`` working days (工作日) that runs from ``start``; ``start`` itself is not counted.

    ``n`` 0 ends on ``start``. Raises ``ValueError`` for a negative or absurd ``n`` (民法典第二百零一条).
    """
    return _count_working_days(calendar, start, n, step=1)


def count_working_days_back(calendar: Calendar, end: date, n: int) -> DayCount:
    """The ``n``-th working day before ``end``; ``end`` itself is not counted. For "不少于 n 个工作日前".

    In the result ``start`` is the day given and ``end`` the earlier day found. Raises ``ValueError`` for a
    negative or absurd ``n``.
    """
    return _count_working_days(calendar, end, n, step=-1)


def count_days(calendar: Calendar, start: date, n: int, roll: bool) -> DayCount:
    """The term of ``n`` calendar days (日) that runs from ``start``; ``start`` itself is not counted.

    With ``roll`` a term that ends on a day off ends on the next working day (民法典第二百零三条). Raises
    ``ValueError`` for a negative or absurd ``n``.
    """
    _check_date(start)
    _check_amount(n)
    return _rolled(calendar, start, _shifted(start, n), CountUnit.DAYS, n, roll)


def count_months(calendar: Calendar, start: date, n: int, roll: bool) -> DayCount:
    """The term of ``n`` months (个月) that runs from ``start``.

    It ends on the same-numbered day, or on the month's last (民法典第二百零二条): 31 January and one month is
    28 or 29 February. ``roll`` as in :func:`count_days`. Raises ``ValueError`` for a negative or absurd
    ``n``.
    """
    _check_date(start)
    _check_amount(n)
    return _rolled(calendar, start, _months_later(start, n), CountUnit.MONTHS, n, roll)


def working_days_between(calendar: Calendar, a: date, b: date) -> int:
    """How many working days lie after ``a`` up to and including ``b``; negative when ``b`` is before ``a``.

    The inverse of counting: from the start of a term of n working days to its end there are n.
    """
    _check_date(a)
    _check_date(b)
    return calendar._rank(b) - calendar._rank(a)


def next_working_day(calendar: Calendar, d: date) -> date:
    """``d`` itself if it is worked, else the first working day after it."""
    while not calendar.is_working(d):
        d = _shifted(d, 1)
    return d


def last_working_day(calendar: Calendar, first: date, last: date) -> date | None:
    """The last working day from ``first`` to ``last``, both included; ``None`` when none of them is worked.

    Raises ``ValueError`` when ``last`` is before ``first``.
    """
    _check_date(first)
    _check_date(last)
    if last < first:
        raise ValueError(f"时段的末日 {last} 早于首日 {first}")
    return next((d for d in _span_backwards(first, last) if calendar.is_working(d)), None)


def _count_working_days(calendar: Calendar, start: date, n: int, step: int) -> DayCount:
    _check_date(start)
    _check_amount(n)
    end = _from_ordinal(calendar._walk(start.toordinal(), n, step))
    looked_at = sorted((start + step * _ONE_DAY, end)) if n else None
    provisional = looked_at is not None and calendar.is_provisional_between(*looked_at)
    return DayCount(start, end, CountUnit.WORKING_DAYS, n, None, provisional, calendar)


def _rolled(calendar: Calendar, start: date, end: date, unit: CountUnit, n: int, roll: bool) -> DayCount:
    if not roll:
        return DayCount(start, end, unit, n, None, False, calendar)
    moved = next_working_day(calendar, end)
    provisional = calendar.is_provisional_between(end, moved)
    return DayCount(start, moved, unit, n, end if moved != end else None, provisional, calendar)


def _months_later(start: date, n: int) -> date:
    years, month0 = divmod(start.month - 1 + n, 12)
    year = start.year + years
    if year > date.max.year:
        raise ValueError(f"{start} 起 {n} 个月超出了可计算的日期")
    return date(year, month0 + 1, min(start.day, month_lengths.monthrange(year, month0 + 1)[1]))


def _shifted(d: date, days: int) -> date:
    return _from_ordinal(d.toordinal() + days)


def _from_ordinal(ordinal: int) -> date:
    if not 1 <= ordinal <= date.max.toordinal():
        raise ValueError("超出了可计算的日期")
    return date.fromordinal(ordinal)


def _span(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _span_backwards(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(last.toordinal(), first.toordinal() - 1, -1))


def _check_date(d: date) -> None:
    if not isinstance(d, date) or isinstance(d, datetime):
        raise ValueError(f"这里要的是日期，不是 {d!r}")


def _check_amount(n: int) -> None:
    if not isinstance(n, int) or isinstance(n, bool):
        raise ValueError(f"期限要用整数表示，不是 {n!r}")
    if not 0 <= n <= LONGEST_TERM:
        raise ValueError(f"期限应在 0 到 {LONGEST_TERM} 之间，不是 {n}")


def _checked_local_days(days: Mapping[date, str]) -> dict[date, str]:
    for d, name in days.items():
        _check_date(d)
        if not name:
            raise ValueError(f"地方放假日 {d} 没有写明名称")
    return dict(days)


def _merged_days(years: Mapping[int, Notice]) -> dict[date, NoticeDay]:
    merged: dict[date, NoticeDay] = {}
    for year, notice in years.items():
        if year != notice.year:
            raise ValueError(f"{notice.year} 年的通知被放在了 {year} 年名下")
        for day in notice.days:
            if merged.setdefault(day.date, day).ruling is not day.ruling:
                raise ValueError(f"{year} 年的通知与上一年的通知对 {day.date} 的安排相反")
    return merged


def _kind_without_local_days(d: date, named: NoticeDay | None) -> tuple[DayKind, str]:
    if named is None:
        return (DayKind.WORKDAY if d.weekday() < 5 else DayKind.WEEKEND), ""
    return (DayKind.HOLIDAY if named.ruling is Ruling.OFF else DayKind.MAKEUP), named.name


def _digest(notices: Iterable[Notice], local_days_off: Mapping[date, str]) -> str:
    content = {
        "notices": [_plain(notice) for notice in notices],
        "local_days_off": {d.isoformat(): name for d, name in local_days_off.items()},
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(notice: Notice) -> list[object]:
    documents = [
        [document.title, document.number, document.published and document.published.isoformat()]
        for document in (NoticeDocument(notice.title, notice.number, notice.published), *notice.supplements)
    ]
    days = [[day.date.isoformat(), day.ruling.value, day.name] for day in notice.days]
    return [notice.year, documents, days]
