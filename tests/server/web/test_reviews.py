"""审核: the list of submitted reports and the page on which one is judged."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duban.core import commands as c
from duban.core import entries as e
from duban.server import clock
from duban.server.handle import handle, history, load_matter
from duban.server.models import Post
from tests.server.building import MONDAY, House, dispatched, done, reported
from tests.server.web.visiting import visiting

pytestmark = pytest.mark.django_db


def get(post: Post, address: str, at: datetime = MONDAY) -> str:
    with clock.at(at):
        answer = visiting(post).get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def progressed(h: House, title: str, text: str = "一半了", at: datetime = MONDAY) -> str:
    stream = dispatched(h, title, at)
    with clock.at(at):
        done(handle(h.office, c.Acknowledge(unit="finance"), h.finance, stream=stream))
        order = c.ReportProgress(unit="finance", content=e.Report(text=text))
        done(handle(h.office, order, h.finance, stream=stream))
    return stream


def test_the_oldest_comes_first_with_its_age(east: House, west: House) -> None:
    reported(east, "后来的", MONDAY)
    reported(east, "早先的", MONDAY - timedelta(days=3))
    reported(west, "别处的")
    text = get(east.officer, "/reviews/")
    assert text.index("早先的") < text.index("后来的") and "别处的" not in text
    assert "3 天" in text and "财政局" in text and "办结报告" in text


def test_kinds_are_filtered_by_address(east: House) -> None:
    reported(east, "办结的事")
    progressed(east, "进行中的事")
    text = get(east.officer, "/reviews/?kind=progress")
    assert "进行中的事" in text and "办结的事" not in text
    assert "进行中的事" in get(east.officer, "/reviews/?kind=nonsense")


def test_only_who_reviews_may_look(east: House) -> None:
    for post in (east.finance, east.leader, east.discipline, east.finance_chief):
        assert visiting(post).get("/reviews/").status_code == 404


def test_a_restricted_matter_is_absent_from_list_and_count(east: House) -> None:
    reported(east, "限知之事", restricted=True, readers=(east.finance.user.person,))
    text = get(east.head, "/reviews/")
    assert "限知之事" in text, "the head signed it"
    other = Post.objects.create(user=east.leader.user, office=east.office, role="officer")
    east.leader.delete()
    text = get(other, "/reviews/")
    assert "限知之事" not in text and "没有等待审核的报告" in text


def test_a_progress_report_is_accepted_from_the_list(east: House) -> None:
    stream = progressed(east, "进行中的事")
    values = {"command_id": "q1", "unit": "finance", "report": "R1", "verdict": "accept", "next": "/reviews/"}
    client = visiting(east.officer)
    with clock.at(MONDAY):
        answer = client.post(f"/m/{stream}/do/review/", values)
        assert answer.status_code == 302 and answer["Location"] == "/reviews/"
        count = len(history(stream))
        client.post(f"/m/{stream}/do/review/", values)
    assert len(history(stream)) == count
    assert load_matter(stream).reports["R1"].status == "accepted"
    assert "通过</button>" not in get(east.officer, "/reviews/")


def test_the_report_stands_beside_requirements_and_earlier_reports(east: House) -> None:
    stream = progressed(east, "修路", "先前的进展")
    with clock.at(MONDAY):
        order = c.ReportCompletion(unit="finance", content=e.Report(text="已经修好"))
        done(handle(east.office, order, east.finance, stream=stream))
    text = get(east.officer, f"/m/{stream}/do/review/?unit=finance&report=R2")
    assert "已经修好" in text and "先前的进展" in text and "这份报告履行的义务" in text
    assert 'name="report" value="R2"' in text
    assert text.index("已经修好") < text.index("先前的进展")


def test_the_report_named_is_the_one_judged(east: House) -> None:
    stream = progressed(east, "修路")
    with clock.at(MONDAY):
        order = c.ReportProgress(unit="finance", content=e.Report(text="又一期"))
        done(handle(east.office, order, east.finance, stream=stream))
        values = {"command_id": "q", "unit": "finance", "report": "R1", "verdict": "return"}
        values |= {"reason": "thin", "words": "请补充"}
        assert visiting(east.officer).post(f"/m/{stream}/do/review/", values).status_code == 302
    reports = load_matter(stream).reports
    assert (reports["R1"].status, reports["R2"].status) == ("returned", "submitted")


def test_many_cost_no_more_queries_than_few(east: House) -> None:
    def queries() -> int:
        client = visiting(east.officer)
        client.get("/reviews/")
        with clock.at(MONDAY), CaptureQueriesContext(connection) as seen:
            assert client.get("/reviews/").status_code == 200
        return len(seen)

    for _ in range(5):
        reported(east)
    few = queries()
    for _ in range(50):
        reported(east)
    assert queries() == few
