"""One test per awkward day, then what must hold on every day.

Days named in comments are from the notices: in 2025, 1 to 8 October off, Sunday 28 September and Saturday
11 October worked; in 2026, 15 to 23 February off, Saturdays 14 and 28 February worked, 4 to 6 April off,
1 to 7 October off.
"""

import pickle
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.calendars import load_calendar
from duban.core.working_days import (
    Calendar,
    CountUnit,
    DayKind,
    Notice,
    NoticeDay,
    NoticeDocument,
    Ruling,
    count_days,
    count_months,
    count_working_days,
    count_working_days_back,
    last_working_day,
    next_working_day,
    working_days_between,
)

CALENDAR = load_calendar()
NO_NOTICES = Calendar({})


# ---- working days ---------------------------------------------------------------------------------------------


def test_eve_of_national_day_2025() -> None:
    """Tue 30 Sept + 3: Thu 9 Oct (1), Fri 10 Oct (2), make-up Sat 11 Oct (3)."""
    term = count_working_days(CALENDAR, date(2025, 9, 30), 3)
    assert term.end == date(2025, 10, 11)
    assert (term.unit, term.amount, term.rolled_from) == (CountUnit.WORKING_DAYS, 3, None)
    assert not term.provisional


def test_the_explanation_names_every_day() -> None:
    lines = count_working_days(CALENDAR, date(2025, 9, 30), 3).counted
    assert [(line.date.day, line.kind, line.ordinal) for line in lines] == [
        (30, DayKind.WORKDAY, None),  # the first day is not counted
        *((day, DayKind.HOLIDAY, None) for day in range(1, 9)),
        (9, DayKind.WORKDAY, 1),
        (10, DayKind.WORKDAY, 2),
        (11, DayKind.MAKEUP, 3),
    ]
    assert lines[1].name == "国庆节、中秋节"
    assert lines[-1].name == "国庆节、中秋节"
    assert lines[-2].name == ""


def test_make_up_sunday_counts() -> None:
    """Fri 26 Sept 2025 + 1: Sat 27 is off, Sun 28 is worked."""
    assert count_working_days(CALENDAR, date(2025, 9, 26), 1).end == date(2025, 9, 28)
    assert CALENDAR.day(date(2025, 9, 28)).kind is DayKind.MAKEUP


def test_over_the_spring_festival_of_2026() -> None:
    """Fri 13 Feb + 2: make-up Sat 14 (1), off until Mon 23, Tue 24 (2)."""
    assert count_working_days(CALENDAR, date(2026, 2, 13), 2).end == date(2026, 2, 24)


def test_twenty_working_days_over_a_plain_month() -> None:
    """Mon 2 March 2026 + 20: four full weeks without holidays, Mon 30 March."""
    assert count_working_days(CALENDAR, date(2026, 3, 2), 20).end == date(2026, 3, 30)


def test_start_on_a_day_off() -> None:
    """Received on Sat 7 March 2026: Mon 9 is the first day."""
    assert count_working_days(CALENDAR, date(2026, 3, 7), 1).end == date(2026, 3, 9)


def test_no_days_at_all() -> None:
    term = count_working_days(CALENDAR, date(2025, 10, 1), 0)
    assert (term.end, term.provisional) == (date(2025, 10, 1), False)
    assert [(line.date, line.ordinal) for line in term.counted] == [(date(2025, 10, 1), None)]


def test_counting_back_over_national_day() -> None:
    """Before Thu 9 Oct 2025: Tue 30 Sept (1), Mon 29 (2), make-up Sun 28 (3)."""
    ends = [count_working_days_back(CALENDAR, date(2025, 10, 9), n).end for n in (1, 2, 3)]
    assert ends == [date(2025, 9, 30), date(2025, 9, 29), date(2025, 9, 28)]


def test_counting_back_is_explained_in_the_order_counted() -> None:
    lines = count_working_days_back(CALENDAR, date(2026, 3, 9), 2).counted
    assert [(line.date.day, line.ordinal) for line in lines] == [
        (9, None),
        (8, None),
        (7, None),
        (6, 1),
        (5, 2),
    ]


# ---- calendar days and months ---------------------------------------------------------------------------------


def test_calendar_days_end_on_a_day_off_unless_rolled() -> None:
    """21 Sept 2026 + 10 is 1 Oct; off until 7 Oct; Thu 8 Oct is worked."""
    plain = count_days(CALENDAR, date(2026, 9, 21), 10, roll=False)
    assert (plain.end, plain.rolled_from) == (date(2026, 10, 1), None)
    rolled = count_days(CALENDAR, date(2026, 9, 21), 10, roll=True)
    assert (rolled.end, rolled.rolled_from) == (date(2026, 10, 8), date(2026, 10, 1))
    assert [line.ordinal for line in rolled.counted] == [None, *range(1, 11), *[None] * 7]
    assert [rolled.counted[n].date for n in (0, 10, 17)] == [
        date(2026, 9, 21),
        date(2026, 10, 1),
        date(2026, 10, 8),
    ]


def test_rolling_stops_at_a_make_up_sunday() -> None:
    """20 Sept 2025 + 7 is Sat 27, off; Sun 28 is worked."""
    assert count_days(CALENDAR, date(2025, 9, 20), 7, roll=True).end == date(2025, 9, 28)


def test_a_make_up_saturday_does_not_roll() -> None:
    term = count_days(CALENDAR, date(2025, 10, 1), 10, roll=True)
    assert (term.end, term.rolled_from) == (date(2025, 10, 11), None)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 31), 2, date(2025, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 5, 31), 0, date(2025, 5, 31)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(start: date, months: int, end: date) -> None:
    assert count_months(CALENDAR, start, months, roll=False).end == end


def test_months_roll_over_a_festival() -> None:
    """5 March 2026 + 1 month is Sun 5 April; off until Mon 6; Tue 7 April is worked."""
    term = count_months(CALENDAR, date(2026, 3, 5), 1, roll=True)
    assert (term.end, term.rolled_from) == (date(2026, 4, 7), date(2026, 4, 5))
    assert [(line.date, line.ordinal) for line in term.counted] == [
        (date(2026, 3, 5), None),
        (date(2026, 4, 5), 1),
        (date(2026, 4, 6), None),
        (date(2026, 4, 7), None),
    ]


def test_a_month_that_ends_on_a_make_up_saturday() -> None:
    """31 Jan 2026 + 1 month is Sat 28 Feb 2026, a make-up workday: nothing rolls."""
    assert count_months(CALENDAR, date(2026, 1, 31), 1, roll=True).end == date(2026, 2, 28)


# ---- years without a notice -----------------------------------------------------------------------------------


def test_crossing_into_a_year_without_notice() -> None:
    """Wed 30 Dec 2026 + 3 on plain weekends: Thu 31 (1), Fri 1 Jan (2), Mon 4 Jan (3)."""
    term = count_working_days(CALENDAR, date(2026, 12, 30), 3)
    assert (term.end, term.provisional) == (date(2027, 1, 4), True)
    assert [(line.date.day, line.provisional) for line in term.counted[-2:]] == [(3, True), (4, True)]


def test_the_last_days_of_december_wait_for_the_next_notice() -> None:
    """The 2019 notice made Sat 29 Dec 2018 a workday and Mon 31 Dec a day off."""
    assert [CALENDAR.is_provisional(date(2026, 12, day)) for day in (27, 28, 31)] == [False, True, True]
    in_2018 = CALENDAR.without_year(2019)
    before = count_working_days(in_2018, date(2018, 12, 28), 1)
    assert (before.end, before.provisional) == (date(2018, 12, 31), True)
    after = count_working_days(CALENDAR, date(2018, 12, 28), 1)
    assert (after.end, after.provisional) == (date(2018, 12, 29), False)


def test_a_term_is_provisional_only_where_a_notice_can_move_it() -> None:
    start = date(2026, 12, 21)  # a Monday; + 4 working days is Fri 25 Dec, + 5 is Mon 28 Dec
    assert not count_working_days(CALENDAR, start, 4).provisional
    assert count_working_days(CALENDAR, start, 5).provisional
    assert not count_days(CALENDAR, start, 90, roll=False).provisional
    assert count_days(CALENDAR, start, 90, roll=True).provisional
    assert not count_months(CALENDAR, start, 3, roll=False).provisional
    assert count_months(CALENDAR, start, 3, roll=True).provisional


def test_a_rolled_term_that_ends_before_new_year_is_certain() -> None:
    assert not count_days(CALENDAR, date(2026, 12, 1), 10, roll=True).provisional


def test_counting_back_out_of_a_year_without_notice() -> None:
    """From Mon 4 Jan 2027 back 10: passes New Year, ends on Mon 21 Dec 2026 on plain weekends."""
    term = count_working_days_back(CALENDAR, date(2027, 1, 4), 10)
    assert (term.end, term.provisional) == (date(2026, 12, 21), True)


def test_a_term_that_only_starts_in_a_year_without_notice_is_certain() -> None:
    """From Wed 31 Dec 2003: Thu 1 Jan 2004 is off, Fri 2 Jan is the first day. + 20 days is Tue 20 Jan."""
    start = date(2003, 12, 31)
    assert CALENDAR.is_provisional(start)
    term = count_working_days(CALENDAR, start, 1)
    assert (term.end, term.provisional) == (date(2004, 1, 2), False)
    rolled = count_days(CALENDAR, start, 20, roll=True)
    assert (rolled.end, rolled.provisional) == (date(2004, 1, 20), False)


def test_a_day_the_next_notice_names_is_certain() -> None:
    """Sat 31 Dec 2022 is named by the 2023 notice, whatever becomes of the 2022 notice; Fri 30 Dec is not."""
    without = CALENDAR.without_year(2022)
    assert not without.is_provisional(date(2022, 12, 31))
    assert without.is_provisional(date(2022, 12, 30))


# ---- local days off -------------------------------------------------------------------------------------------


def test_local_day_off() -> None:
    """30 Sept 2025 + 3 with Fri 10 Oct off: Thu 9 (1), Sat 11 (2), Mon 13 (3)."""
    local = CALENDAR.with_local_days_off({date(2025, 10, 10): "州庆"})
    assert count_working_days(local, date(2025, 9, 30), 3).end == date(2025, 10, 13)
    day = local.day(date(2025, 10, 10))
    assert (day.kind, day.working, day.name) == (DayKind.LOCAL_OFF, False, "州庆")


def test_local_day_off_on_a_make_up_workday_and_on_a_holiday() -> None:
    local = CALENDAR.with_local_days_off({date(2025, 10, 11): "州庆", date(2025, 10, 1): "州庆"})
    assert local.day(date(2025, 10, 11)).kind is DayKind.LOCAL_OFF
    assert local.day(date(2025, 10, 1)).kind is DayKind.HOLIDAY
    assert local.day(date(2025, 10, 1)).name == "国庆节、中秋节"
    assert not local.is_working(date(2025, 10, 11))


def test_local_days_off_add_up_and_need_a_name() -> None:
    both = CALENDAR.with_local_days_off({date(2026, 7, 1): "甲"}).with_local_days_off(
        {date(2026, 7, 2): "乙"}
    )
    assert both == CALENDAR.with_local_days_off({date(2026, 7, 2): "乙", date(2026, 7, 1): "甲"})
    with pytest.raises(ValueError, match="没有写明名称"):
        CALENDAR.with_local_days_off({date(2026, 7, 1): ""})


# ---- helpers --------------------------------------------------------------------------------------------------


def test_working_days_between() -> None:
    """After 30 Sept 2025 up to 13 Oct: 9, 10, 11, 13."""
    assert working_days_between(CALENDAR, date(2025, 9, 30), date(2025, 10, 13)) == 4
    assert working_days_between(CALENDAR, date(2025, 10, 13), date(2025, 9, 30)) == -4
    assert working_days_between(CALENDAR, date(2025, 10, 1), date(2025, 10, 8)) == 0


@pytest.mark.parametrize(
    ("year", "working"),
    # Days of the year, less Saturdays and Sundays, less statutory holidays (11, from 2025 on 13); what a notice
    # takes from one week it gives back in another.
    [(2024, 366 - 104 - 11), (2025, 365 - 104 - 13), (2026, 365 - 104 - 13)],
)
def test_working_days_of_a_year(year: int, working: int) -> None:
    assert working_days_between(CALENDAR, date(year - 1, 12, 31), date(year, 12, 31)) == working


def test_next_working_day() -> None:
    assert next_working_day(CALENDAR, date(2025, 9, 28)) == date(2025, 9, 28)
    assert next_working_day(CALENDAR, date(2025, 10, 1)) == date(2025, 10, 9)


def test_last_working_day() -> None:
    """Of January 2026: Fri 30. Of February 2026: make-up Sat 28. Of the Spring Festival: none."""
    assert last_working_day(CALENDAR, date(2026, 1, 1), date(2026, 1, 31)) == date(2026, 1, 30)
    assert last_working_day(CALENDAR, date(2026, 2, 1), date(2026, 2, 28)) == date(2026, 2, 28)
    assert last_working_day(CALENDAR, date(2026, 2, 15), date(2026, 2, 23)) is None
    with pytest.raises(ValueError, match="早于首日"):
        last_working_day(CALENDAR, date(2026, 2, 2), date(2026, 2, 1))


# ---- what is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [-1, 40_000, True, 1.5])
def test_nonsense_amounts(n: int) -> None:
    start = date(2026, 3, 2)
    with pytest.raises(ValueError, match="期限"):
        count_working_days(CALENDAR, start, n)
    with pytest.raises(ValueError, match="期限"):
        count_working_days_back(CALENDAR, start, n)
    with pytest.raises(ValueError, match="期限"):
        count_days(CALENDAR, start, n, roll=True)
    with pytest.raises(ValueError, match="期限"):
        count_months(CALENDAR, start, n, roll=True)


def test_a_time_is_not_a_date() -> None:
    """A datetime never equals a date, so every holiday would be missed."""
    with pytest.raises(ValueError, match="要的是日期"):
        CALENDAR.is_working(datetime(2025, 10, 1))
    with pytest.raises(ValueError, match="要的是日期"):
        count_working_days(CALENDAR, datetime(2025, 9, 30), 3)


def test_beyond_the_last_date() -> None:
    for count in (count_days, count_months):
        with pytest.raises(ValueError, match="超出"):
            count(CALENDAR, date(9999, 12, 1), 40, roll=False)
    with pytest.raises(ValueError, match="超出"):
        count_working_days(CALENDAR, date(9999, 12, 1), 40)


# ---- notices and versions -------------------------------------------------------------------------------------


def notice(year: int, *days: NoticeDay) -> Notice:
    return Notice(year, f"{year}年的通知", None, None, days)


def test_a_notice_cannot_rule_on_another_year_or_on_a_plain_weekday() -> None:
    with pytest.raises(ValueError, match="不属于 2027 年的通知"):
        notice(2027, NoticeDay(date(2026, 12, 27), Ruling.OFF, "元旦"))
    with pytest.raises(ValueError, match="本来就上班"):
        notice(2027, NoticeDay(date(2027, 1, 4), Ruling.WORK, "元旦"))
    with pytest.raises(ValueError, match="出现了两次"):
        day = NoticeDay(date(2027, 1, 1), Ruling.OFF, "元旦")
        notice(2027, day, day)


def test_two_notices_cannot_contradict_each_other() -> None:
    """Thu 31 Dec 2026 can be off by both notices, but Sun 28 Dec 2025 not both off and worked."""
    off = NoticeDay(date(2025, 12, 28), Ruling.OFF, "某节")
    work = NoticeDay(date(2025, 12, 28), Ruling.WORK, "元旦")
    with pytest.raises(ValueError, match="安排相反"):
        Calendar.of([notice(2025, off), notice(2026, work)])


def test_a_notice_stands_under_its_own_year() -> None:
    with pytest.raises(ValueError, match="2027 年的通知被放在了 2026 年名下"):
        Calendar({2026: notice(2027)})


def test_the_version_covers_every_part_of_the_content() -> None:
    day = NoticeDay(date(2027, 1, 1), Ruling.OFF, "元旦")
    versions = {
        Calendar.of([n]).version
        for n in (
            notice(2027),
            notice(2027, day),
            notice(2027, NoticeDay(day.date, Ruling.OFF, "新年")),
            notice(2027, NoticeDay(date(2027, 1, 2), Ruling.OFF, "元旦")),
            Notice(2027, "另一个标题", None, None, ()),
            Notice(2027, "2027年的通知", "1号", None, ()),
            Notice(2027, "2027年的通知", None, date(2026, 11, 1), ()),
            Notice(2027, "2027年的通知", None, None, (), (NoticeDocument("补充通知"),)),
        )
    }
    assert len(versions) == 8


def test_the_version_does_not_depend_on_order() -> None:
    first, second = notice(2025), notice(2026)
    assert Calendar.of([first, second]).version == Calendar.of([second, first]).version


def test_loading_a_notice_again_changes_nothing() -> None:
    assert CALENDAR.without_year(2026) != CALENDAR
    assert CALENDAR.without_year(2026).with_year(CALENDAR.years[2026]) == CALENDAR
    assert CALENDAR.without_year(1999) == CALENDAR
    assert CALENDAR != "a calendar"


def test_a_calendar_survives_a_cache() -> None:
    local = CALENDAR.with_local_days_off({date(2026, 7, 1): "州庆"})
    again = pickle.loads(pickle.dumps(local))
    assert again == local
    assert hash(again) == hash(local)
    assert not again.is_working(date(2026, 7, 1))


# ---- on every day ---------------------------------------------------------------------------------------------

dates = st.dates(date(2003, 1, 1), date(2029, 12, 31))
amounts = st.integers(0, 300)
local_days = st.dictionaries(
    st.dates(date(2020, 1, 1), date(2027, 12, 31)), st.sampled_from("甲乙"), max_size=5
)
loaded_years = st.frozensets(st.sampled_from(sorted(CALENDAR.years)))


def built(years: frozenset[int], local: Mapping[date, str]) -> Calendar:
    return Calendar.of(CALENDAR.years[year] for year in years).with_local_days_off(local)


calendars = st.one_of(st.just(CALENDAR), st.builds(built, loaded_years, local_days))


@given(calendars, dates, amounts)
def test_as_many_working_days_as_the_term_says(calendar: Calendar, start: date, n: int) -> None:
    end = count_working_days(calendar, start, n).end
    span = [start + timedelta(days=k) for k in range(1, (end - start).days + 1)]
    assert sum(map(calendar.is_working, span)) == n
    assert working_days_between(calendar, start, end) == n
    assert n == 0 or calendar.is_working(end)


@given(calendars, dates, dates, amounts)
def test_a_later_start_never_ends_earlier(calendar: Calendar, a: date, b: date, n: int) -> None:
    a, b = sorted((a, b))
    assert count_working_days(calendar, a, n).end <= count_working_days(calendar, b, n).end


@given(calendars, dates, amounts)
def test_a_longer_term_ends_later(calendar: Calendar, start: date, n: int) -> None:
    assert count_working_days(calendar, start, n).end < count_working_days(calendar, start, n + 1).end


@given(calendars, dates, st.integers(1, 300))
def test_forward_then_back(calendar: Calendar, start: date, n: int) -> None:
    """Back on the start, or on the last working day before it."""
    end = count_working_days(calendar, start, n).end
    back = count_working_days_back(calendar, end, n).end
    assert back == last_working_day(calendar, start - timedelta(days=60), start)


@given(calendars, dates, dates, dates)
def test_working_days_between_adds_up(calendar: Calendar, a: date, b: date, c: date) -> None:
    whole = working_days_between(calendar, a, c)
    assert whole == working_days_between(calendar, a, b) + working_days_between(calendar, b, c)


@given(calendars, dates, st.integers(0, 120), st.sampled_from([count_days, count_months]))
def test_a_rolled_term_ends_on_a_working_day(calendar: Calendar, start: date, n: int, count) -> None:  # type: ignore[no-untyped-def]
    plain, rolled = count(calendar, start, n, roll=False), count(calendar, start, n, roll=True)
    assert calendar.is_working(rolled.end)
    assert rolled.rolled_from == (None if rolled.end == plain.end else plain.end)
    assert working_days_between(calendar, plain.end, rolled.end) == (rolled.rolled_from is not None)


@given(calendars, dates, amounts)
def test_the_explanation_agrees_with_the_result(calendar: Calendar, start: date, n: int) -> None:
    for term in (count_working_days(calendar, start, n), count_working_days_back(calendar, start, n)):
        lines = term.counted
        assert (lines[0].date, lines[-1].date) == (start, term.end)
        assert [line.ordinal for line in lines if line.ordinal] == list(range(1, n + 1))
        assert term.provisional == any(line.provisional for line in lines[1:])


@given(loaded_years, local_days, loaded_years, local_days)
def test_equal_versions_mean_equal_content(
    years: frozenset[int], local: dict[date, str], other_years: frozenset[int], other_local: dict[date, str]
) -> None:
    same_content = (years, local) == (other_years, other_local)
    assert (built(years, local).version == built(other_years, other_local).version) == same_content
    assert (
        built(years, local).version == built(frozenset(sorted(years)), dict(reversed(local.items()))).version
    )


@given(loaded_years, dates, amounts)
@settings(max_examples=300)
def test_what_is_not_provisional_stays(years: frozenset[int], start: date, n: int) -> None:
    """Loading the missing notices moves no date that was not marked provisional."""
    early = count_working_days(built(years, {}), start, n)
    if not early.provisional:
        assert count_working_days(CALENDAR, start, n).end == early.end


@given(dates)
def test_without_notices_there_are_only_weekends(d: date) -> None:
    day = NO_NOTICES.day(d)
    assert day.provisional
    assert day.kind is (DayKind.WORKDAY if d.weekday() < 5 else DayKind.WEEKEND)
