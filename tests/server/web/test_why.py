"""The page that explains a date: rule, days, moves, entries; and who may open it."""

from datetime import date, datetime

import pytest

from duban.calendars import load_calendar
from duban.core import commands as c
from duban.core.working_days import count_months
from duban.server import clock
from duban.server.handle import handle
from duban.server.models import Office, Post
from duban.server.web.why import _rolled_days
from tests.server.building import MONDAY, House, dispatched, done
from tests.server.web.visiting import visiting

pytestmark = pytest.mark.django_db

FRIDAY_BEFORE_FESTIVAL = datetime(2026, 2, 13, 9)


def page(post: Post, address: str, at: datetime = MONDAY) -> str:
    with clock.at(at):
        answer = visiting(post).get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_date_is_counted_day_by_day(east: House) -> None:
    stream = dispatched(east)
    text = page(east.finance, f"/m/{stream}/why/completion/finance/1/")
    assert "为什么是 3 月 16 日" in text and "data-sheet-part" in text
    assert "第一条" in text and "一切规则都在这一条。" in text
    assert "3月2日 周一：起算日，不计入" in text
    assert "3月3日 周二：工作日，第 1 日" in text
    assert "3月7日 周六：周末" in text
    assert "3月16日 周一：工作日，第 10 日，到期日" in text


def test_holidays_and_make_up_days_are_named(east: House) -> None:
    # Friday 13 February 2026; the festival runs from Sunday 15 to Monday 23; the 14th and 28th are worked.
    stream = dispatched(east, at=FRIDAY_BEFORE_FESTIVAL)
    text = page(east.finance, f"/m/{stream}/why/completion/finance/1/", FRIDAY_BEFORE_FESTIVAL)
    assert "2月14日 周六：调休上班日，第 1 日" in text
    assert "2月17日 周二：春节" in text and "2月24日 周二：工作日，第 2 日" in text
    assert "2月28日 周六：调休上班日，第 6 日" in text
    # 14 Feb; 24–28 Feb; 2–5 March: the tenth is Thursday 5 March.
    assert "为什么是 3 月 5 日" in text


def test_a_moved_date_keeps_the_old_one_and_its_entry(east: House) -> None:
    stream = dispatched(east)
    with clock.at(MONDAY):
        order = c.SetDate(due=date(2026, 3, 20), words="领导意见")
        done(handle(east.office, order, east.leader, stream=stream))
    text = page(east.officer, f"/m/{stream}/why/completion/finance/1/")
    assert "为什么是 3 月 20 日" in text
    assert "<s>3月16日 周一</s> → <b>3月20日 周五</b>" in text and "重新确定期限" in text


def test_the_official_words_are_shown_once_loaded(east: House) -> None:
    stream = dispatched(east)
    address = f"/m/{stream}/why/completion/finance/1/"
    assert "尚未载入正式文本" in page(east.officer, address)
    Office.objects.filter(pk=east.office.pk).update(articles={"1": "本条正式文本。"})
    assert "本条正式文本。" in page(east.officer, address)


def test_a_directives_duty_is_explained_too(east: House) -> None:
    with clock.at(MONDAY):
        order = c.RegisterDirective(name="批示", source="instruction", issued_on=date(2026, 2, 27))
        directive = done(handle(east.office, order, east.officer)).stream
    address = f"/directives/{directive}/why/decompose/office/1/"
    text = page(east.officer, address)
    assert "为什么是 3 月 3 日" in text and "登记分解" in text
    assert visiting(east.finance).get(address).status_code == 404


def test_other_units_other_offices_and_unknown_duties_are_not_there(east: House, west: House) -> None:
    stream = dispatched(east, leads=("finance",), supports=("roads",))
    for post, duty in (
        (east.roads, "completion/finance/1"),
        (west.officer, "completion/finance/1"),
        (east.officer, "completion/finance/9"),
        (east.officer, "nonsense"),
    ):
        assert visiting(post).get(f"/m/{stream}/why/{duty}/").status_code == 404
    assert visiting(east.finance).get(f"/m/{stream}/why/completion/finance/1/").status_code == 200


def test_a_term_in_months_shows_the_days_it_rolled_over() -> None:
    # One month from 15 January ends on Sunday 15 February 2026, within the festival (15–23 February).
    count = count_months(load_calendar(), date(2026, 1, 15), 1, roll=True)
    days = _rolled_days(count)
    assert [d.on.day for d in days] == [15, 16, 17, 18, 19, 20, 21, 22, 23, 24]
    assert days[0].rolled and days[0].ordinal == 1 and not days[0].due
    assert days[-1].due and days[-1].ordinal is None
    assert _rolled_days(count_months(load_calendar(), date(2026, 2, 2), 1, roll=True)) == ()
