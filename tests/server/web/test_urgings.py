"""催办: proposals, notices before their signatory, issued notices."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duban.core import commands as c
from duban.server import clock
from duban.server.handle import handle
from duban.server.models import Post
from duban.server.sweep import sweep
from tests.server.building import House, dispatched, done
from tests.server.web.visiting import visiting

pytestmark = pytest.mark.django_db

LATE = datetime(2026, 3, 17, 9)
"""The day after the completion date of a matter dispatched on Monday 2 March."""


def get(post: Post, address: str = "/urgings/") -> str:
    with clock.at(LATE):
        answer = visiting(post).get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def late(h: House, title: str = "修路", **facts: object) -> str:
    stream = dispatched(h, title, **facts)
    sweep(LATE)
    return stream


def test_a_proposal_says_whom_why_and_on_what_ground(east: House, west: House) -> None:
    stream = late(east, "拖延的事")
    late(west, "别处的事")
    text = get(east.officer)
    for words in ("拖延的事", "财政局", "蓝色催办单", "办结逾期", "第一条", "督查室主任", "3月16日"):
        assert words in text
    assert "别处的事" not in text
    assert f"/m/{stream}/do/urge/?unit=finance&amp;level=blue&amp;next=%2Furgings%2F" in text


def test_only_who_decides_is_offered_to_withhold(east: House) -> None:
    late(east)
    assert "不采纳</a>" in get(east.head)
    assert "不采纳</a>" not in get(east.officer)
    assert "报签</a>" not in get(east.leader)


def test_drawing_up_is_prefilled_and_leads_to_the_signatory(east: House) -> None:
    stream = late(east)
    with clock.at(LATE):
        client = visiting(east.officer)
        form = client.get(f"/m/{stream}/do/urge/?unit=finance&level=blue").content.decode()
        assert '<option value="blue" selected>' in form
        values = {"command_id": "u", "unit": "finance", "level": "blue", "next": "/urgings/"}
        assert client.post(f"/m/{stream}/do/urge/", values)["Location"] == "/urgings/"
    waiting = get(east.head, "/urgings/?show=signing")
    assert "签发蓝色催办单" in waiting and "签发</a>" in waiting
    assert "查看</a>" in get(east.officer, "/urgings/?show=signing")
    assert "没有催办建议" not in get(east.officer) or "待签发" in waiting


def test_issued_notices_show_where_they_stand(east: House) -> None:
    stream = late(east)
    with clock.at(LATE):
        done(handle(east.office, c.Urge(unit="finance", level="blue"), east.head, stream=stream))
    text = get(east.officer, "/urgings/?show=issued")
    assert "蓝色催办单" in text and "待答复" in text
    with clock.at(LATE):
        done(
            handle(east.office, c.AnswerUrging(unit="finance", words="本周完成"), east.finance, stream=stream)
        )
    assert "已答复" in get(east.officer, "/urgings/?show=issued")


def test_levels_are_filtered_by_address(east: House) -> None:
    late(east, "拖延的事")
    assert "拖延的事" in get(east.officer, "/urgings/?level=blue")
    assert "拖延的事" not in get(east.officer, "/urgings/?level=yellow")
    assert "拖延的事" in get(east.officer, "/urgings/?level=nonsense")


def test_units_and_linked_bodies_do_not_look_at_proposals(east: House) -> None:
    for post in (east.finance, east.finance_chief, east.discipline):
        assert visiting(post).get("/urgings/").status_code == 404


def test_a_restricted_matter_is_absent_from_lists_and_counts(east: House) -> None:
    late(east, "限知之事", restricted=True, readers=(east.finance.user.person,))
    text = get(east.leader)
    assert "限知之事" not in text and "没有催办建议" in text
    assert '建议<span class="tabs__count">0</span>' in text


@pytest.mark.parametrize("show", ["proposed", "signing", "issued", "others", "nonsense"])
def test_every_list_opens_empty(east: House, show: str) -> None:
    assert 'class="empty"' in get(east.officer, f"/urgings/?show={show}")


@pytest.mark.parametrize("show", ["proposed", "issued", "signing"])
def test_many_cost_no_more_queries_than_few(east: House, show: str) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            stream = late(east)
            with clock.at(LATE):
                who = {"signing": east.officer, "issued": east.head}.get(show)
                if who:
                    done(handle(east.office, c.Urge(unit="finance", level="blue"), who, stream=stream))

    def queries() -> int:
        client = visiting(east.officer)
        client.get("/urgings/")
        with clock.at(LATE), CaptureQueriesContext(connection) as seen:
            assert client.get(f"/urgings/?show={show}").status_code == 200
        return len(seen)

    add(3)
    few = queries()
    add(20)
    assert queries() == few
