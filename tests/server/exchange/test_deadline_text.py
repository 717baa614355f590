"""Deadlines as tables write them. All expected days were worked out by hand."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.server.exchange.deadline_text import Deadline, read_deadline

WRITTEN = date(2025, 4, 1)


def one(text: str, reference: date | None = WRITTEN) -> tuple[date | None, str, bool]:
    (found,) = read_deadline(text, "", "", reference)
    assert found.text == text
    return found.date, found.kind, found.certain


@pytest.mark.parametrize(
    ("text", "day", "kind"),
    [
        ("2025年6月底前", date(2025, 6, 30), "by"),
        ("2024年2月底前", date(2024, 2, 29), "by"),
        ("2025年2月底前完成", date(2025, 2, 28), "by"),
        ("2025年底前", date(2025, 12, 31), "by"),
        ("2025年年底前", date(2025, 12, 31), "by"),
        ("2025年12月31日前", date(2025, 12, 31), "by"),
        ("2025年3月5日之前报送", date(2025, 3, 5), "by"),
        ("二〇二五年六月三十日前", date(2025, 6, 30), "by"),
        ("２０２５年６月底前", date(2025, 6, 30), "by"),
        ("2025-06-30", date(2025, 6, 30), "by"),
        ("2025/6/3", date(2025, 6, 3), "by"),
        ("到2020年", date(2020, 12, 31), "target"),
        ("力争到2025年底", date(2025, 12, 31), "target"),
        ("2021年", date(2021, 12, 31), "target"),
        ("2025年6月", date(2025, 6, 30), "target"),
        ("2025年上半年", date(2025, 6, 30), "period"),
        ("2025年下半年", date(2025, 12, 31), "period"),
        ("2025年第三季度", date(2025, 9, 30), "period"),
        ("2025年二季度末前", date(2025, 6, 30), "by"),
        ("2025年6月中旬", date(2025, 6, 20), "period"),
        ("2025年3—9月", date(2025, 9, 30), "period"),
        ("2023—2025年", date(2025, 12, 31), "period"),
        ("2025年6月1日至10日", date(2025, 6, 10), "period"),
        ("“十四五”期间", date(2025, 12, 31), "period"),
        ("十三五末", date(2020, 12, 31), "target"),
    ],
)
def test_texts_with_their_own_year(text: str, day: date, kind: str) -> None:
    assert one(text, None) == (day, kind, True)


@pytest.mark.parametrize(
    ("text", "day", "kind"),
    [
        ("6月底前", date(2025, 6, 30), "by"),
        ("年底前", date(2025, 12, 31), "by"),
        ("今年底前", date(2025, 12, 31), "by"),
        ("明年3月底前", date(2026, 3, 31), "by"),
        ("年内", date(2025, 12, 31), "period"),
        ("上半年", date(2025, 6, 30), "period"),
        ("第三季度", date(2025, 9, 30), "period"),
        ("5月20日前", date(2025, 5, 20), "by"),
    ],
)
def test_the_year_comes_from_the_day_of_writing_or_not_at_all(text: str, day: date, kind: str) -> None:
    assert one(text) == (day, kind, True)
    assert one(text, None) == (None, kind, False)


def test_a_month_already_past_when_written_is_doubtful() -> None:
    """3月底前, written on 1 April 2025, may mean the year before or after."""
    assert one("3月底前") == (date(2025, 3, 31), "by", False)


@pytest.mark.parametrize(
    "text",
    [
        "长期",
        "长期坚持",
        "持续推进",
        "全年持续推进",
        "常态化推进",
        "每年",
        "每年12月底前",
        "每季度",
        "从2025年起",
        "自2025年1月1日起实施",
        "无",
        "—",
    ],
)
def test_texts_that_say_there_is_no_deadline(text: str) -> None:
    assert one(text) == (None, "none", True)


@pytest.mark.parametrize(
    "text",
    [
        "尽快",
        "近期",
        "2025年6月前",
        "6月初",
        "2025年前",
        "2025年中",
        "2025年国庆期间",
        "2025年春节前",
        "6月30日前后",
        "2025年13月底前",
        "2025年2月30日前",
        "11月—2月",
        "起草方案",
        "25年6月底前",
        "三五天",
        "字" * 5000,
    ],
)
def test_nothing_is_invented(text: str) -> None:
    assert one(text) == (None, "none", False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5年内", date(2030, 4, 1)),
        ("一年内完成", date(2026, 4, 1)),
        ("三个月内", date(2025, 7, 1)),
        ("半年内", date(2025, 10, 1)),
        ("30日内", date(2025, 5, 1)),
        ("两周内", date(2025, 4, 15)),
        ("10个工作日内", None),
        ("收到之日起30日内", None),
    ],
)
def test_relative_terms(text: str, day: date | None) -> None:
    """30 days from 1 April, first day excluded: 29 days left in April, the 30th is 1 May."""
    assert one(text) == (day, "relative", False)
    assert one(text, None) == (None, "relative", False)


def test_a_month_later_ends_on_the_months_last_day() -> None:
    assert one("1个月内", date(2025, 1, 31))[0] == date(2025, 2, 28)
    assert one("1年内", date(2024, 2, 29))[0] == date(2025, 2, 28)


def test_several_deadlines() -> None:
    assert read_deadline("2012年10月底前;2012年底前", "2012-10-31;2012-12-31", "by;by", None) == (
        Deadline(date(2012, 10, 31), "by", "2012年10月底前", True),
        Deadline(date(2012, 12, 31), "by", "2012年底前", True),
    )


def test_the_year_carries_on_to_the_next() -> None:
    assert read_deadline("2021年6月底前；12月底前", "", "", None) == (
        Deadline(date(2021, 6, 30), "by", "2021年6月底前", True),
        Deadline(date(2021, 12, 31), "by", "12月底前", True),
    )


def test_clauses_split_only_when_each_can_be_read() -> None:
    assert read_deadline("6月底前完成方案，年底前完成验收", "", "", WRITTEN) == (
        Deadline(date(2025, 6, 30), "by", "6月底前完成方案", True),
        Deadline(date(2025, 12, 31), "by", "年底前完成验收", True),
    )
    assert read_deadline("6月底前完成方案，2025年国庆前后见效", "", "", WRITTEN) == (
        Deadline(None, "none", "6月底前完成方案，2025年国庆前后见效", False),
    )


def test_a_recurring_clause_makes_the_date_beside_it_doubtful() -> None:
    first, second = read_deadline("2025年底前完成，此后每年更新", "", "", None)
    assert (first.date, first.certain) == (date(2025, 12, 31), False)
    assert (second.date, second.kind) == (None, "none")


def test_the_given_date_wins_and_a_contradiction_shows() -> None:
    assert read_deadline("2025年6月底前", "2025-07-31", "", None) == (
        Deadline(date(2025, 7, 31), "by", "2025年6月底前", False),
    )


def test_a_given_date_that_is_no_date_is_kept_as_text() -> None:
    assert read_deadline("2025年6月底前", "2025-06-31", "", None) == (
        Deadline(date(2025, 6, 30), "by", "2025年6月底前（2025-06-31）", False),
    )
    assert read_deadline("", "45838", "by", None) == (Deadline(None, "by", "45838", False),)


def test_more_words_than_dates_keep_all_words() -> None:
    assert read_deadline("6月底前;年底前", "2025-06-30", "", None) == (
        Deadline(date(2025, 6, 30), "by", "6月底前;年底前", False),
    )


def test_the_given_kind_wins() -> None:
    assert read_deadline("2025年（工作要点年度）", "2025-12-31", "implied", None) == (
        Deadline(date(2025, 12, 31), "implied", "2025年（工作要点年度）", True),
    )
    assert read_deadline("5年内", "", "relative", None) == (Deadline(None, "relative", "5年内", False),)


def test_empty_cells_give_no_deadline() -> None:
    assert read_deadline("", " ", "", WRITTEN) == ()
    assert read_deadline("", "", "none", None) == (Deadline(None, "none", "", True),)


def test_words_in_brackets_make_it_doubtful() -> None:
    assert one("2025年底前（暂定）", None) == (date(2025, 12, 31), "by", False)


@given(
    text=st.text(alphabet="0123456789年月日底前内至—起每第季度上下半十二;；，个工作。\n ", max_size=40),
    iso=st.sampled_from(["", "2025-06-30", "2025-06-30;2025-12-31", "坏"]),
    reference=st.sampled_from([None, WRITTEN, date.max, date.min]),
)
def test_any_text_is_read_or_kept(text: str, iso: str, reference: date | None) -> None:
    found = read_deadline(text, iso, "", reference)
    assert bool(found) == bool(text.replace(";", "").replace("；", "").strip() or iso)
    for deadline in found:
        assert deadline.text
        assert deadline.date or deadline.kind == "none" or not deadline.certain


@pytest.mark.shared
def test_the_words_of_the_real_documents_lead_to_the_dates_a_reader_found(shared_dir: Path) -> None:
    """Without the column of dates. Texts without a year take it from the document: A10 was issued on 2020-11-01."""
    issued = {"A10": date(2020, 11, 1)}
    checked = 0
    for path in sorted((shared_dir / "data/tasks/gold").glob("*.csv")):
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            if not row["deadline_iso"]:
                continue
            found = read_deadline(row["deadline_text"], "", "", issued.get(path.stem))
            assert ";".join(str(one.date) for one in found) == row["deadline_iso"], row["seq"]
            if row["deadline_kind"] != "implied":
                assert ";".join(one.kind for one in found) == row["deadline_kind"], row["seq"]
            checked += 1
    # A03: 8, A10: 30, A12: 1, A16: 58.
    assert checked == 97
