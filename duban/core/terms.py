"""From a term (时限) and its start to the last moment in time, with the days counted."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from duban.core.entries import Counted
from duban.core.pack import Count, Cycle, RegulationPack, Term
from duban.core.working_days import (
    Calendar,
    DayCount,
    count_days,
    count_months,
    count_working_days,
    last_working_day,
    working_days_between,
)

UNIT_WORDS = {"working_days": "个工作日", "days": "日", "months": "个月", "hours": "小时"}
_MONTHS_IN = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Due:
    """The last moment in time (``moment``), and how it was reached.

    ``count`` is None where no days are counted (a stated date, hours, a standing duty).
    """

    moment: datetime | None
    words: str
    count: DayCount | None = None
    provisional: bool = False

    @property
    def rolled_from(self) -> date | None:
        return self.count.rolled_from if self.count else None


@dataclass(frozen=True, slots=True)
class Period:
    """One turn of a cycle: first and last calendar day, and its name ("2026年第3季度")."""

    first: date
    last: date
    name: str


def end_of_day(day: date, pack: RegulationPack) -> datetime:
    """The last moment of a due day: 24:00 (as 23:59:59) or the pack's close of business."""
    if pack.time.day_ends == "24:00":
        return datetime.combine(day, time(23, 59, 59))
    hour, minute = pack.time.day_ends.split(":")
    return datetime.combine(day, time(int(hour), int(minute)))


def amount(count: Count | None, pack: RegulationPack, parameters: dict[str, int]) -> int | None:
    """The number behind a count; None when the office parameter is blank."""
    if isinstance(count, int) or count is None:
        return count
    name = count.removeprefix("param:")
    if name in parameters:
        return parameters[name]
    return next((p.value for p in pack.parameters if p.id == name), None)


def due_after(
    term: Term,
    start: datetime,
    pack: RegulationPack,
    calendar: Calendar,
    parameters: dict[str, int],
    given: date | None = None,
) -> Due | None:
    """When a one-time term ends. The first day is not counted (民法典第二百零一条).

    ``given`` is the stated, asked or milestone date. None when the term has no number or
    no date: then no obligation arises (a blank office parameter produces no line).
    """
    if term.standing:
        return Due(None, "持续义务，不定日期")
    if term.stated or term.asked or term.milestone:
        if given is None:
            return None
        words = (
            "文件、领导或通知写明的日期" if term.stated else "通知单写明的日期" if term.asked else "节点日期"
        )
        return Due(end_of_day(given, pack), words, provisional=False)
    if term.same_day:
        return Due(end_of_day(start.date(), pack), "当日")
    number = amount(getattr(term, term.kind), pack, parameters)
    if number is None:
        return None
    words = f"{number}{UNIT_WORDS[term.kind]}"
    if term.hours is not None:
        return Due(start + timedelta(hours=number), words)
    count = count_term(term.kind, start.date(), number, pack, calendar)
    return Due(end_of_day(count.end, pack), words, count, count.provisional)


def count_term(kind: str, start: date, number: int, pack: RegulationPack, calendar: Calendar) -> DayCount:
    """Count working days, calendar days or months; the latter two roll as the pack reads."""
    if kind == "working_days":
        return count_working_days(calendar, start, number)
    if kind == "days":
        return count_days(calendar, start, number, pack.time.rolls)
    return count_months(calendar, start, number, pack.time.rolls)


def recount(counted: Counted, calendar: Calendar) -> DayCount:
    """Count again, day by day, what an entry recorded."""
    if counted.unit == "working_days":
        return count_working_days(calendar, counted.start, counted.amount)
    counter = count_days if counted.unit == "days" else count_months
    return counter(calendar, counted.start, counted.amount, counted.rolls)


# --- cycles ---------------------------------------------------------------------------------------


def period_of(every: str, day: date) -> Period:
    """The week (Monday to Sunday), month, quarter, half-year or year that contains ``day``."""
    if every == "week":
        first = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return Period(first, first + timedelta(days=6), f"{year}年第{week}周")
    length = _MONTHS_IN[every]
    index = (day.month - 1) // length
    first = date(day.year, index * length + 1, 1)
    end_month = (index + 1) * length
    last = date(day.year, end_month, monthrange(day.year, end_month)[1])
    return Period(first, last, f"{day.year}年{_part_name(every, index)}")


def _part_name(every: str, index: int) -> str:
    if every == "half_year":
        return ("上半年", "下半年")[index]
    return {"month": f"{index + 1}月", "quarter": f"第{index + 1}季度", "year": ""}[every]


def next_period(every: str, period: Period) -> Period:
    return period_of(every, period.last + timedelta(days=1))


def cycle_due(cycle: Cycle, period: Period, pack: RegulationPack, calendar: Calendar) -> Due | None:
    """When the report of a period is due; None for a period without a working day (长假整周)."""
    if cycle.days_after is not None:
        count = count_days(calendar, period.last, cycle.days_after, pack.time.rolls)
        return Due(
            end_of_day(count.end, pack),
            f"{period.name}结束后{cycle.days_after}日内",
            count,
            count.provisional,
        )
    day = last_working_day(calendar, period.first, period.last)
    if day is None:
        return None
    return Due(end_of_day(day, pack), f"{period.name}最后一个工作日前", None, calendar.is_provisional(day))


def first_period(cycle: Cycle, start: date, pack: RegulationPack, calendar: Calendar) -> Period:
    """The first period for which a report is owed by a duty that starts on ``start``."""
    period = period_of(cycle.every, start)
    if cycle.first == "next":
        return next_period(cycle.every, period)
    due = cycle_due(cycle, period, pack, calendar)
    left = working_days_between(calendar, start, due.moment.date()) if due and due.moment else 0
    return period if due and left >= cycle.min_working_days else next_period(cycle.every, period)
