"""The page of one matter: what it says, to whom, at what cost."""

from datetime import date, datetime, timedelta

import pytest

from duban.core import commands as c
from duban.core import entries as e
from duban.server import clock
from duban.server.handle import handle
from duban.server.models import Post
from duban.server.sweep import sweep
from tests.server.building import MONDAY, House, dispatched, done, listed, registered, reported
from tests.server.web.visiting import visiting

pytestmark = pytest.mark.django_db


def page(post: Post, stream: str, tail: str = "", at: datetime = MONDAY) -> str:
    with clock.at(at):
        answer = visiting(post).get(f"/m/{stream}/{tail}")
    assert answer.status_code == 200, answer
    return answer.content.decode()


def with_support(h: House) -> str:
    return dispatched(h, leads=("finance",), supports=("roads",))


def test_the_head_says_what_it_is_and_where_it_stands(east: House) -> None:
    text = page(east.officer, dispatched(east))
    assert "督〔2026〕1号" in text and "修路" in text and "待签收" in text
    # Ten working days from Monday 2 March end on Monday 16 March.
    assert "3月16日 周一" in text


def test_the_next_step_names_who_must_act_by_when_and_why(east: House) -> None:
    text = page(east.finance, dispatched(east))
    lead = text.split("duty--lead")[1].split("</div>")[0]
    assert "财政局" in lead and "3月3日 周二" in lead and "签收" in lead and "第一条" in lead


def test_while_a_paper_waits_the_next_step_is_its_signature(east: House, monday: None) -> None:
    stream = registered(east)
    done(handle(east.office, c.Submit(), east.officer, stream=stream))
    lead = page(east.officer, stream).split("duty--lead")[1].split("</div>")[0]
    assert "督查室主任" in lead and "签批：批准立项" in lead


def test_only_what_one_may_do_now_is_offered(east: House) -> None:
    stream = dispatched(east)
    assert f"/m/{stream}/do/acknowledge/" in page(east.finance, stream)
    assert "do/dispatch/" not in page(east.officer, stream)
    assert "do/dispatch/" in page(east.officer, listed(east))
    assert "do/urge/" not in page(east.officer, stream)


def test_staff_may_record_for_a_unit(east: House) -> None:
    stream = dispatched(east)
    text = page(east.officer, stream)
    assert "代录 财政局" in text
    assert f"/m/{stream}/do/acknowledge/?unit=finance&amp;on_behalf=finance%7Cliaison" in text
    assert "代录 财政局" not in page(east.finance, stream)


@pytest.mark.parametrize("tab", ["docket", "obligations", "units", "papers", "reports", "nonsense"])
def test_every_tab_opens_for_everyone(east: House, tab: str) -> None:
    stream = reported(east)
    for post in (east.officer, east.head, east.leader, east.finance, east.finance_chief):
        page(post, stream, f"?tab={tab}")


def test_consequences_stand_under_their_cause(east: House) -> None:
    text = page(east.officer, dispatched(east))
    entry = next(part for part in text.split('<li class="entry') if "<b>交办</b>" in part)
    assert "财政局须于 3月3日 周二 前签收" in entry
    assert "财政局须于 3月16日 周一 前办结" in entry
    assert "/why/completion/finance/1/" in entry


def test_a_breach_stands_at_its_own_moment(east: House) -> None:
    stream = dispatched(east)
    after = datetime(2026, 3, 17, 8)
    sweep(after)
    text = page(east.officer, stream, at=after)
    entries = text.split('<li class="entry')[1:]
    assert "3月16日 周一 23:59" in entries[0] and "到期未履行" in entries[0]
    assert "建议对财政局：蓝色催办单" in entries[0]


def test_what_was_recorded_late_or_by_proxy_says_so(east: House) -> None:
    stream = dispatched(east)
    chief = e.Actor(person="paper:甲", name="样例甲", role="liaison", unit="finance")
    proxy = e.Proxy(recorder=east.officer.actor(), evidence="通话记录")
    with clock.at(MONDAY + timedelta(days=1)):
        order = c.Acknowledge(unit="finance")
        done(handle(east.office, order, chief, stream=stream, occurred_at=MONDAY, proxy=proxy))
    text = page(east.officer, stream, at=MONDAY + timedelta(days=1))
    assert "补录，晚 1 天" in text and "代 财政局联络员 样例甲（通话记录）" in text and "代录" in text


def test_a_correction_and_its_entry_point_at_each_other(east: House) -> None:
    stream = dispatched(east)
    with clock.at(MONDAY):
        done(handle(east.office, c.Correct(position=1, words="标题有误"), east.officer, stream=stream))
    text = page(east.officer, stream)
    assert "更正第 1 号记录" in text and "at=1#e1" in text and "已更正" in text


# --- what a unit does not see --------------------------------------------------------------------------------


def test_a_unit_does_not_see_what_is_the_offices_own(east: House) -> None:
    stream = dispatched(east, proposed_handling="先不告诉单位", authority="内部授权")
    after = datetime(2026, 3, 17, 8)
    sweep(after)
    for tab in ("docket", "obligations", "units", "papers", "reports"):
        text = page(east.finance, stream, f"?tab={tab}", at=after)
        assert "先不告诉单位" not in text and "内部授权" not in text
        assert "建议对" not in text and "签批：" not in text
    assert "先不告诉单位" in page(east.officer, stream, at=after)


def test_a_supporting_unit_does_not_see_the_leads_reports_and_duties(east: House) -> None:
    stream = with_support(east)
    with clock.at(MONDAY):
        done(
            handle(
                east.office, c.Acknowledge(unit="finance", handler="经手人甲"), east.finance, stream=stream
            )
        )
        report = c.ReportProgress(unit="finance", content=e.Report(text="只给督查室看"))
        done(handle(east.office, report, east.finance, stream=stream))
        finding = c.RecordFinding(unit="finance", finding="shirking", words="推给公路局", evidence="会议纪要")
        done(handle(east.office, finding, east.head, stream=stream))
    for tab in ("docket", "obligations", "units", "papers", "reports"):
        text = page(east.roads, stream, f"?tab={tab}")
        assert "只给督查室看" not in text and "推给公路局" not in text and "经手人甲" not in text
        assert "前办结" not in text
    assert "只给督查室看" in page(east.finance, stream, "?tab=reports")
    assert "推给公路局" in page(east.finance, stream)


def test_a_lead_reads_the_supporting_units_input(east: House) -> None:
    stream = with_support(east)
    with clock.at(MONDAY):
        done(handle(east.office, c.Acknowledge(unit="roads"), east.roads, stream=stream))
        done(handle(east.office, c.SubmitInput(unit="roads", text="公路局的意见"), east.roads, stream=stream))
    assert "公路局的意见" in page(east.finance, stream)


def test_a_unit_is_shown_its_own_light_not_anothers(east: House) -> None:
    stream = with_support(east)
    after = datetime(2026, 3, 4, 9)
    with clock.at(MONDAY):
        done(handle(east.office, c.Acknowledge(unit="finance"), east.finance, stream=stream))
    sweep(after)
    standing = page(east.finance, stream, at=after).split('class="standing"')[1].split("</p>")[0]
    assert "逾期" not in standing and "正常" in standing
    assert "/why/receipt/roads" not in page(east.finance, stream, "?tab=units", at=after)
    assert "逾期" in page(east.officer, stream, at=after).split('class="standing"')[1].split("</p>")[0]


def test_a_lead_sees_whose_input_is_missing(east: House) -> None:
    stream = with_support(east)
    assert "缺协办意见" in page(east.finance, stream) and "缺协办意见" in page(east.officer, stream)


def test_what_is_not_to_be_seen_is_not_there(east: House, west: House) -> None:
    stream = dispatched(east)
    hidden = listed(east, restricted=True, readers=(east.leader.user.person,))
    for post, where in (
        (west.officer, stream),
        (east.roads, stream),
        (east.discipline, stream),
        (east.finance, listed(east)),
        (east.finance, hidden),
    ):
        assert visiting(post).get(f"/m/{where}/").status_code == 404
    assert visiting(east.officer).get("/m/m0/").status_code == 404


def test_a_restricted_matter_says_so(east: House) -> None:
    stream = listed(east, restricted=True, readers=(east.leader.user.person,))
    text = page(east.leader, stream)
    assert "限定知悉" in text and "知悉人员：east leader" in text
    assert "限定知悉" not in page(east.leader, listed(east))


def test_a_draft_can_be_edited(east: House) -> None:
    stream = registered(east)
    assert f"/m/{stream}/edit/" in page(east.officer, stream)
    assert f"/m/{stream}/edit/" not in page(east.officer, dispatched(east))


# --- cost ----------------------------------------------------------------------------------------------------


def test_a_long_docket_costs_no_more_queries(east: House, django_assert_num_queries: object) -> None:
    def queries(stream: str, tab: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client = visiting(east.officer)
        client.get(f"/m/{stream}/?tab={tab}")
        with (
            clock.at(MONDAY),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            assert client.get(f"/m/{stream}/?tab={tab}").status_code == 200
        return len(seen)

    short, long = dispatched(east), dispatched(east)
    with clock.at(MONDAY):
        for n in range(60):
            done(handle(east.office, c.Remind(unit="finance", words=f"提示 {n}"), east.officer, stream=long))
    for tab in ("docket", "obligations", "units", "papers", "reports"):
        assert queries(short, tab) == queries(long, tab)
    text = page(east.officer, long)
    assert "提示 59" in text and "提示 5<" not in text
    assert "下一页" in text and "提示 5<" in page(east.officer, long, "?tab=docket&page=2")
    assert "提示 5<" in page(east.officer, long, "?tab=docket&at=1")


def test_the_first_hours_are_counted(east: House) -> None:
    with clock.at(MONDAY - timedelta(hours=3)):
        order = c.RegisterDirective(name="批示", source="instruction", issued_on=date(2026, 2, 27))
        directive = done(handle(east.office, order, east.officer)).stream
    stream = dispatched(east, directives=(directive,))
    text = page(east.officer, stream)
    assert "来源到立项 3.0 小时，立项到交办 0.0 小时" in text
    assert f"/directives/{directive}/" in text and "领导批示" in text
    assert f"/directives/{directive}/" not in page(east.finance, stream)
