"""The desk: what is owed and what waits, by role; every count equals the list it opens."""

import re
from datetime import datetime, timedelta

import pytest

from duban.core import commands as c
from duban.server import clock
from duban.server.handle import handle
from duban.server.models import Post
from duban.server.sweep import sweep
from tests.server.building import MONDAY, House, dispatched, done, listed, registered, reported
from tests.server.web.visiting import Counting, visiting

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 3, 17, 8)
HEADINGS = {
    "late": "逾期",
    "today": "今天到期",
    "week": "本周到期",
    "signing": "等我签批",
    "arriving": "新交办，待签收",
    "reviewing": "等我审核",
    "dispatching": "已批准，待交办",
    "proposals": "催办建议",
    "drafts": "待定草稿",
}


def page(post: Post, query: str = "", at: datetime = MONDAY) -> str:
    with clock.at(at):
        answer = visiting(post).get(f"/{query}")
    assert answer.status_code == 200, answer
    return answer.content.decode()


def lists(text: str) -> dict[str, tuple[int, int]]:
    """Heading → (the count it shows, the cards under it)."""
    out = {}
    for part in text.split('<section class="desk')[1:]:
        part = part.split("</section>")[0]
        heading = re.search(r"</span>([^<]+)<span class=\"desk__count|desk__head\">([^<]+)<span", part)
        count = re.search(r'desk__count">(\d+)', part)
        assert heading and count, part
        out[heading[1] or heading[2]] = (int(count[1]), part.count('<article class="card'))
    return out


@pytest.fixture
def busy(east: House) -> House:
    """One late, one reported, one listed, one draft, one waiting for the head, one just dispatched."""
    dispatched(east, "甲路")
    reported(east, "乙路")
    listed(east, "丁桥")
    registered(east, "戊桥")
    stream = registered(east, "己桥")
    with clock.at(MONDAY):
        done(handle(east.office, c.Submit(), east.officer, stream=stream))
    dispatched(east, "庚路", at=datetime(2026, 3, 16, 10))
    sweep(LATER)
    return east


def test_an_officer_finds_everything_of_the_house(busy: House) -> None:
    found = lists(page(busy.officer, at=LATER))
    # 甲路 was never received (due 3 March) nor completed (due 16 March); 丁桥 not dispatched (no rule for it here).
    assert found["逾期"] == (2, 2)
    # 庚路, dispatched on Monday 16 March, must be received on Tuesday 17 March; it is due ten working days later.
    assert found["今天到期"] == (1, 1) and found["本周到期"] == (0, 0)
    assert found["等我审核"] == (1, 1) and found["已批准，待交办"] == (1, 1) and found["待定草稿"] == (1, 1)
    assert found["等我签批"] == (0, 0) and found["催办建议"] == (1, 1)


def test_each_role_has_its_own_lists(busy: House) -> None:
    owed = {"逾期", "今天到期", "本周到期"}
    office = {"等我审核", "已批准，待交办", "待定草稿", "催办建议", "等我签批"}
    assert lists(page(busy.head, at=LATER)).keys() == owed | office
    assert lists(page(busy.head, at=LATER))["等我签批"] == (1, 1)
    assert lists(page(busy.leader, at=LATER)).keys() == owed | {"等我签批", "催办建议"}
    assert lists(page(busy.finance, at=LATER)).keys() == owed | {"新交办，待签收"}
    assert lists(page(busy.finance_chief, at=LATER)).keys() == owed | {"等我签批", "新交办，待签收"}
    assert lists(page(busy.discipline, at=LATER)).keys() == owed


def test_a_unit_sees_its_own_duties_and_their_next_act(busy: House) -> None:
    shown = page(busy.finance, at=LATER)
    assert lists(shown)["新交办，待签收"] == (2, 2) and lists(shown)["逾期"] == (2, 2)
    assert "/do/acknowledge/" in shown and "/do/report_completion/" in shown
    other = lists(page(busy.roads, at=LATER))
    assert all(counted == (0, 0) for counted in other.values())


def test_what_is_restricted_is_not_counted(east: House) -> None:
    dispatched(east, "密事", restricted=True, readers=("east head",))
    assert lists(page(east.officer, at=LATER))["逾期"][0] == 2
    for person in (east.leader, east.finance, east.discipline):
        assert lists(page(person, at=LATER))["逾期"] == (0, 0)


@pytest.mark.parametrize("name", HEADINGS)
def test_a_list_in_full_holds_as_many_as_its_heading_says(busy: House, name: str) -> None:
    for i in range(14):
        dispatched(busy, f"再{i}")
        registered(busy, f"稿{i}")
        listed(busy, f"批{i}")
    sweep(LATER)
    for person in (busy.officer, busy.finance):
        heading, shown = HEADINGS[name], lists(page(person, at=LATER))
        if heading not in shown:
            with clock.at(LATER):
                assert visiting(person).get(f"/?list={name}").status_code == 404
            continue
        count, cards = shown[heading]
        whole = lists(page(person, f"?list={name}", LATER))[heading]
        assert whole == (count, count) and cards == min(count, 12)
        assert (f"/?list={name}" in page(person, at=LATER)) == (count > 12)


def test_a_list_of_more_than_fifty_has_pages(east: House) -> None:
    for i in range(52):
        registered(east, f"稿{i}")
    assert lists(page(east.officer, "?list=drafts")) == {"待定草稿": (52, 50)}
    assert lists(page(east.officer, "?list=drafts&page=2")) == {"待定草稿": (52, 2)}
    for wrong in ("?list=drafts&page=x", "?list=drafts&page=99999999"):
        page(east.officer, wrong)
    with clock.at(MONDAY):
        assert visiting(east.officer).get("/?list=nonsense").status_code == 404


def test_the_navigation_counts_what_waits(busy: House) -> None:
    shown = page(busy.head, at=LATER)
    assert re.search(r'href="/approvals/"[^>]*>签批<span class="nav__count">1', shown)
    assert re.search(r'href="/reviews/"[^>]*>审核<span class="nav__count">1', shown)
    assert "/approvals/" not in page(busy.finance, at=LATER).split("</nav>")[0]


def test_the_office_owes_a_breakdown_of_a_directive(east: House) -> None:
    with clock.at(MONDAY):
        order = c.RegisterDirective(name="某批示", source="instruction")
        stream = done(handle(east.office, order, east.officer)).stream
    shown = page(east.officer, at=MONDAY + timedelta(days=1))
    assert lists(shown)["今天到期"] == (1, 1) and f"/directives/{stream}/matters/" in shown
    assert "某批示" not in page(east.finance, at=MONDAY + timedelta(days=1))


@pytest.mark.parametrize("role", ["officer", "head", "leader", "finance"])
def test_queries_do_not_grow_with_what_lies_there(east: House, role: str) -> None:
    person = getattr(east, role)

    def visit() -> int:
        with clock.at(LATER):
            client = visiting(person)
            client.get("/")
            with Counting() as counted:
                client.get("/")
        return counted.count

    for i in range(13):
        dispatched(east, f"事{i}")
        reported(east, f"报{i}")
        registered(east, f"稿{i}")
    few = visit()
    for i in range(20):
        dispatched(east, f"再{i}")
        registered(east, f"再稿{i}")
    assert visit() == few
