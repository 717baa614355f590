"""What an administrator uploads: taken when right, refused with every mistake named when not."""

from datetime import date

import pytest

from duban.calendars import NoticeFileError, load_calendar, parse_notice
from duban.core.working_days import NoticeDay, NoticeDocument, Ruling, count_working_days

# Made-up days of 2027: 1 January is a Friday, 31 January a Sunday, 5 February a Friday, 20 February a Saturday.
GOOD = """\
year = 2027
number = "国办发明电〔2026〕999号"
published = 2026-11-12

[[supplement]]
title = "关于再放一天假的通知"
published = 2027-01-26

[[holiday]]
name = "元旦"
off = ["2027-01-01 至 2027-01-03"]

[[holiday]]
name = "春节"
off = ["2027-02-05 至 2027-02-12"]
work = ["2027-01-31", 2027-02-20]

[[holiday]]
name = "劳动节"
off = ["2027-05-01"]

[[holiday]]
name = "国庆节"
off = ["2027-10-01 至 2027-10-07"]
"""


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(NoticeFileError) as caught:
        parse_notice(text)
    assert isinstance(caught.value, ValueError)
    return caught.value.problems


def changed(old: str, new: str) -> tuple[str, ...]:
    assert old in GOOD
    return problems(GOOD.replace(old, new))


def test_a_good_file() -> None:
    notice = parse_notice(GOOD)
    assert (notice.year, notice.number) == (2027, "国办发明电〔2026〕999号")
    assert notice.title == "国务院办公厅关于2027年部分节假日安排的通知"
    assert notice.published == date(2026, 11, 12)
    assert notice.supplements == (NoticeDocument("关于再放一天假的通知", None, date(2027, 1, 26)),)
    # 3 of New Year, 8 + 2 of the Spring Festival, 1, and 7 of the National Day.
    assert len(notice.days) == 21
    assert notice.days[3] == NoticeDay(date(2027, 1, 31), Ruling.WORK, "春节")
    assert notice.days[4] == NoticeDay(date(2027, 2, 5), Ruling.OFF, "春节")
    assert notice.days[11].date == date(2027, 2, 12)


def test_a_file_from_a_windows_editor() -> None:
    assert parse_notice("\ufeff" + GOOD.replace("\n", "\r\n")) == parse_notice(GOOD)


def test_a_late_notice_moves_a_provisional_date() -> None:
    """From Thu 4 February 2027, one working day: Friday the 5th on plain weekends, Monday the 15th after it."""
    before = load_calendar()
    early = count_working_days(before, date(2027, 2, 4), 1)
    assert (early.end, early.provisional) == (date(2027, 2, 5), True)
    after = before.with_year(parse_notice(GOOD))
    late = count_working_days(after, date(2027, 2, 4), 1)
    assert (late.end, late.provisional) == (date(2027, 2, 15), False)
    assert after.version != before.version
    assert after.without_year(2027) == before


def test_duplicate_day() -> None:
    assert changed('off = ["2027-05-01"]', 'off = ["2027-05-01", "2027-02-08"]') == (
        "holiday 第 3 段“劳动节”的 off（第 20 行）：2027-02-08 重复，已列在“春节”",
    )


def test_day_off_and_worked_at_once() -> None:
    """2027-02-06 is a Saturday inside the Spring Festival."""
    assert changed('"2027-01-31"', '"2027-02-06"') == (
        "holiday 第 2 段“春节”的 work（第 16 行）：2027-02-06 既放假又上班，已列在“春节”的 off",
    )


def test_make_up_workday_on_a_weekday() -> None:
    """2027-02-01 is a Monday."""
    assert changed('"2027-01-31"', '"2027-02-01"') == (
        "holiday 第 2 段“春节”的 work（第 16 行）：2027-02-01 是星期一，本来就上班，不能列为调休上班日",
    )


@pytest.mark.parametrize("outside", ["2026-12-27", "2028-01-01", "2026-05-02"])
def test_day_outside_the_year(outside: str) -> None:
    (problem,) = changed('off = ["2027-05-01"]', f'off = ["2027-05-01", "{outside}"]')
    assert problem.endswith(f"{outside} 不在 2026-12-28 至 2027-12-31 之间，不属于 2027 年的通知")


def test_new_year_may_reach_back_into_december() -> None:
    notice = parse_notice(GOOD.replace("2027-01-01 至", "2026-12-28 至"))
    assert notice.days[0].date == date(2026, 12, 28)


@pytest.mark.parametrize("wrong", ['"2027-02-30"', '"2月8日"', "20270208", "true", '"2027-02-08 至"', '""'])
def test_what_is_no_date(wrong: str) -> None:
    (problem,) = changed('off = ["2027-05-01"]', f'off = ["2027-05-01", {wrong}]')
    assert "不是日期" in problem
    assert problem.startswith("holiday 第 3 段“劳动节”的 off")


def test_a_time_is_no_date() -> None:
    (problem,) = changed("published = 2026-11-12", "published = 2026-11-12T08:00:00")
    assert problem.startswith("published：应为日期")


def test_span_backwards_and_too_long() -> None:
    (backwards,) = changed("2027-02-05 至 2027-02-12", "2027-02-12 至 2027-02-05")
    assert backwards.endswith("末日早于首日")
    (too_long,) = changed("2027-02-05 至 2027-02-12", "2027-02-05 至 2027-03-12")
    assert too_long.endswith("超过 15 天，请核对")


def test_half_a_notice() -> None:
    half = GOOD[: GOOD.index('[[holiday]]\nname = "劳动节"')]
    assert problems(half) == ("holiday：缺少法定节日 5月1日、10月1日、10月2日、10月3日，通知是否录全",)


def test_unknown_keys() -> None:
    assert changed("number =", "nummer =")[0].startswith("nummer：没有这个项目")
    assert changed('off = ["2027-05-01"]', 'off = ["2027-05-01"]\nrest = []')[0].startswith(
        "holiday 第 3 段“劳动节”的 rest：没有这个项目"
    )


def test_year_missing_or_wrong() -> None:
    assert changed("year = 2027\n", "") == ("year：缺少年份",)
    assert changed("year = 2027", 'year = "2027"')[0].startswith("year：应为四位数的年份")


def test_published_in_another_year() -> None:
    assert changed("published = 2026-11-12", "published = 2025-11-12") == (
        "published：2027 年的通知不会在 2025-11-12 印发",
    )


def test_missing_and_empty_texts() -> None:
    assert changed('name = "劳动节"\n', "")[0] == "holiday 第 3 段的 name：缺少节日名称"
    assert changed('title = "关于再放一天假的通知"\n', "") == ("supplement 第 1 段的 title：缺少文件标题",)
    assert changed("国办发明电〔2026〕999号", " ")[0].startswith("number：应为加引号的文字")


def test_wrong_shapes() -> None:
    assert changed('off = ["2027-05-01"]', 'off = "2027-05-01"')[0].endswith(
        "off：应为方括号括起来的一列日期"
    )
    assert "holiday：应写成一个或几个 [[holiday]] 段" in problems('year = 2027\nholiday = "无"')


def test_broken_toml_names_the_line() -> None:
    assert changed('name = "春节"', 'name = "春节')[0].startswith("第 14 行第 ")
    assert problems('year = 2027\nholiday = ["')[0].startswith(("第 2 行", "文件末尾"))


def test_all_mistakes_at_once() -> None:
    text = GOOD.replace("2027-01-31", "2027-02-01").replace('"2027-05-01"', '"2027-05-01", "五一"')
    assert len(problems(text)) == 2
