"""The shipped notices against two independent sources, day by day, and the loader."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from duban.calendars import NoticeFileError, load_calendar
from duban.core.working_days import DayKind, Ruling

CALENDAR = load_calendar()


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def test_years_2004_to_2026_are_loaded() -> None:
    assert list(CALENDAR.years) == list(range(2004, 2027))


def test_every_day_agrees_with_chinesecalendar() -> None:
    """The one difference: the 2006 notice says 12月31日(星期六)上班; chinesecalendar has it as a day off."""
    differing = [
        d
        for d in days(date(2004, 1, 1), date(2026, 12, 31))
        if CALENDAR.is_working(d) != chinese_calendar.is_workday(d)
    ]
    assert differing == [date(2005, 12, 31)]
    assert CALENDAR.is_working(date(2005, 12, 31))


@pytest.mark.shared
def test_every_named_day_agrees_with_the_published_list(shared_dir: Path) -> None:
    """Same year of the notice, same date, same ruling, same name; and nothing else named in 2020-2026."""
    with (shared_dir / "data/holidays/holidays_2020_2026.csv").open(encoding="utf-8") as file:
        published = {(int(r["year"]), r["date"], r["kind"], r["name"]) for r in csv.DictReader(file)}
    # A Monday marked as worked again after the extended Spring Festival: no make-up workday, not listed by us.
    published.remove((2020, "2020-02-03", "work", "春节"))
    ours = {
        (year, day.date.isoformat(), day.ruling.value, day.name)
        for year, notice in CALENDAR.years.items()
        if year >= 2020
        for day in notice.days
    }
    assert ours == published


def test_the_extended_spring_festival_of_2020() -> None:
    """国办发明电〔2020〕1号: off until Sunday 2 February; the make-up Saturday 1 February fell away."""
    assert [CALENDAR.is_working(date(2020, 1, 31) + timedelta(days=n)) for n in range(4)] == [False] * 3 + [
        True
    ]
    assert CALENDAR.day(date(2020, 2, 3)).kind is DayKind.WORKDAY
    assert "国办发明电〔2020〕1号" in CALENDAR.years[2020].citation


def test_the_notice_of_2023_rules_on_the_last_day_of_2022() -> None:
    assert CALENDAR.years[2023].days[0].date == date(2022, 12, 31)
    assert CALENDAR.day(date(2022, 12, 31)).name == "元旦"
    without = CALENDAR.without_year(2023)
    assert without.day(date(2022, 12, 31)).name == ""
    assert without.is_provisional(date(2022, 12, 31))
    assert not without.is_provisional(date(2022, 12, 27))


def test_the_labour_day_of_2019_was_changed_by_a_later_notice() -> None:
    """国办发明电〔2019〕3号: 1 to 4 May off, Sundays 28 April and 5 May worked."""
    assert [
        d.date.day for d in CALENDAR.years[2019].days if d.name == "劳动节" and d.ruling is Ruling.OFF
    ] == [*(1, 2, 3, 4)]
    assert CALENDAR.is_working(date(2019, 4, 28))
    assert CALENDAR.is_working(date(2019, 5, 5))


def test_citations_name_the_number_where_it_is_known() -> None:
    assert (
        CALENDAR.years[2025].citation
        == "《国务院办公厅关于2025年部分节假日安排的通知》（国办发明电〔2024〕12号）"
    )
    assert CALENDAR.years[2004].citation == "《国务院办公厅关于2004年部分节假日安排的通知》"
    assert CALENDAR.years[2015].citation.endswith("70周年纪念日调休放假的通知》（国发明电〔2015〕1号）")


def test_years_outside_the_notices_are_provisional() -> None:
    assert CALENDAR.is_provisional(date(2003, 10, 1))
    assert CALENDAR.is_provisional(date(2027, 1, 4))
    assert not CALENDAR.is_provisional(date(2026, 10, 9))


NOTICE_2027 = """
year = 2027
[[holiday]]
name = "元旦"
off = ["2027-01-01 至 2027-01-03"]
[[holiday]]
name = "劳动节"
off = ["2027-05-01"]
[[holiday]]
name = "国庆节"
off = ["2027-10-01 至 2027-10-03"]
"""


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "2027.toml").write_text(NOTICE_2027, encoding="utf-8")
    (tmp_path / "README.md").write_text("not a notice", encoding="utf-8")
    assert list(load_calendar(tmp_path).years) == [2027]


def test_a_file_must_be_named_after_its_year(tmp_path: Path) -> None:
    (tmp_path / "2026.toml").write_text(NOTICE_2027, encoding="utf-8")
    with pytest.raises(NoticeFileError, match=r"文件名应为 2027\.toml"):
        load_calendar(tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "2027.toml").write_text("year = \n", encoding="utf-8")
    with pytest.raises(NoticeFileError, match=r"^2027\.toml：第 1 行"):
        load_calendar(tmp_path)
