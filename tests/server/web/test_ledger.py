"""The ledger: filters, sorts, pages, and totals that equal the lists they open."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote

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
"""The day after ten working days from Monday 2 March are over."""


def page(post: Post, query: str = "", at: datetime = MONDAY) -> str:
    with clock.at(at):
        answer = visiting(post).get(f"/ledger/?{query}")
    assert answer.status_code == 200, answer
    return answer.content.decode()


def titles(text: str) -> list[str]:
    """The titles on the page, in order."""
    return re.findall(r'phone--title[^>]*>.*?<a [^>]*href="/m/[^"]+"[^>]*>([^<]+)</a>', text)


def total(text: str) -> int:
    found = re.search(r"共 (\d+) 条", text)
    return int(found[1]) if found else 0


def light_count(text: str, light: str) -> int:
    """The number on a light's filter chip."""
    chip = re.search(rf'<a class="filter[^"]*" href="[^"]*light={light}[^"]*".*?</a>', text)
    assert chip, light
    counted = re.search(r'filter__count">(\d+)', chip[0])
    assert counted
    return int(counted[1])


@pytest.fixture
def mixed(east: House) -> House:
    """Three running (one of them late later on, one reported, one with a far date), one listed, one draft."""
    dispatched(east, "甲路")
    reported(east, "乙路")
    dispatched(east, "丙路", leads=("roads",), at=MONDAY + timedelta(days=14))
    listed(east, "丁桥")
    registered(east, "戊桥", leads=("roads",))
    sweep(LATER)
    return east


def test_states_filter_and_add_up(mixed: House) -> None:
    everything = page(mixed.officer, at=LATER)
    assert total(everything) == 5 == len(titles(everything))
    assert titles(page(mixed.officer, "state=draft", LATER)) == ["戊桥"]
    assert titles(page(mixed.officer, "state=pending", LATER)) == ["丁桥"]
    assert sorted(titles(page(mixed.officer, "state=review", LATER))) == ["乙路"]
    assert total(page(mixed.officer, "state=running", LATER)) == 3
    assert "没有符合条件的事项" in page(mixed.officer, "state=closed", LATER)


def test_every_light_opens_as_many_as_it_counts(mixed: House) -> None:
    everything = page(mixed.officer, at=LATER)
    counts = {light: light_count(everything, light) for light in ("late", "urged", "near", "normal")}
    # 甲路 was due on 16 March; 乙路 is reported, nothing of a unit's is open; 丙路 must be received by 17 March.
    assert counts == {"late": 1, "urged": 0, "near": 1, "normal": 1}
    for light, count in counts.items():
        opened = page(mixed.officer, f"light={light}", LATER)
        assert total(opened) == count == len(titles(opened))
    assert titles(page(mixed.officer, "light=late", LATER)) == ["甲路"]
    assert titles(page(mixed.officer, "light=late&unit=roads", LATER)) == []


def test_an_urged_matter_counts_as_urged_only(mixed: House) -> None:
    stream = dispatched(mixed, "己路")
    sweep(LATER)
    with clock.at(LATER):
        order = c.Urge(unit="finance", level="blue", words="请抓紧")
        done(handle(mixed.office, order, mixed.officer, stream=stream))
        petition = next(iter(_open_petitions(stream)))
        done(handle(mixed.office, c.Sign(petition=petition), mixed.head, stream=stream))
    shown = page(mixed.officer, at=LATER)
    assert light_count(shown, "urged") == 1 and light_count(shown, "late") == 1
    assert titles(page(mixed.officer, "light=urged", LATER)) == ["己路"]


def _open_petitions(stream: str) -> list[str]:
    from duban.server.handle import load_matter

    return [p.id for p in load_matter(stream).open_petitions()]


def test_filters_combine_and_are_kept_in_every_link(mixed: House) -> None:
    shown = page(mixed.officer, f"unit=finance&state=running&q={quote('路')}", LATER)
    assert sorted(titles(shown)) == ["乙路", "甲路"]
    for href in re.findall(r'<a class="(?:filter|filter filter--on|sort[^"]*)" href="([^"]+)"', shown):
        assert "unit=finance" in href and "q=%E8%B7%AF" in href
    assert 'name="state" value="running"' in shown


def test_dates_of_registration(mixed: House) -> None:
    assert total(page(mixed.officer, "since=2026-03-16", LATER)) == 1
    assert total(page(mixed.officer, "until=2026-03-02", LATER)) == 4
    assert total(page(mixed.officer, "until=2026-03-01", LATER)) == 0


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=99999999999", "page=-1", "page=x", "page=²", "sort=nonsense", "light=x", "state=x",
     "since=gestern", "category=x%27--", "unit=%00", "q=%00", "q=%F0%9F%98%80", "q=%22%27%25_%5C"],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(mixed: House, query: str) -> None:
    page(mixed.officer, query, LATER)


def test_sorts_go_both_ways_and_empty_values_come_last(mixed: House) -> None:
    up = titles(page(mixed.officer, "sort=due", LATER))
    down = titles(page(mixed.officer, "sort=-due", LATER))
    assert up[:2] == ["甲路", "丙路"] and down[:2] == ["丙路", "甲路"]
    assert set(up[2:]) == set(down[2:]) == {"乙路", "丁桥", "戊桥"}
    assert 'aria-sort="descending"' in page(mixed.officer, "sort=-due", LATER)
    for sort in ("number", "-number"):
        assert titles(page(mixed.officer, f"sort={sort}", LATER))[-1] == "戊桥"


def test_numbers_sort_as_people_count(east: House) -> None:
    for i in range(1, 12):
        listed(east, f"事{i}")
    assert titles(page(east.officer, "sort=number")) == [f"事{i}" for i in range(1, 12)]
    assert titles(page(east.officer, "sort=-number")) == [f"事{i}" for i in range(11, 0, -1)]


def test_who_may_not_see_a_matter_does_not_count_it(east: House, west: House) -> None:
    dispatched(east, "密事", restricted=True, readers=("east head",))
    dispatched(east, "明事")
    dispatched(west, "别家的事")
    for person, seen in (
        (east.officer, 2),
        (east.leader, 1),
        (east.finance, 1),
        (east.roads, 0),
        (east.discipline, 0),
        (west.officer, 1),
    ):
        shown = page(person)
        counted = sum(light_count(shown, light) for light in ("late", "urged", "near", "normal"))
        assert total(shown) == seen == counted, person
    assert "密事" not in page(east.leader, f"q={quote('密')}")
    assert "限定知悉" in page(east.officer)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("市", ["南京市长江大桥"]),
        ("市长", ["南京市长江大桥"]),
        ("大桥 南京", ["南京市长江大桥"]),
        ("桥路", []),
        ("财政局", ["百分之100%达标", "南京市长江大桥", "笑😀脸", '“引号"与\\']),
        ("%", ["百分之100%达标"]),
        ("_", []),
        ('"', ['“引号"与\\']),
        ("\\", ['“引号"与\\']),
        ("😀", ["笑😀脸"]),
        ("督〔2026〕1号", ["南京市长江大桥"]),
        ("好" * 2000, []),
        (" ", ["百分之100%达标", "南京市长江大桥", "笑😀脸", '“引号"与\\']),
    ],
)
def test_search_finds_exactly(east: House, q: str, found: list[str]) -> None:
    for title in ("南京市长江大桥", "百分之100%达标", '“引号"与\\', "笑😀脸"):
        dispatched(east, title)
    shown = page(east.officer, f"q={quote(q)}")
    unescaped = [t.replace("&quot;", '"').replace("&#x27;", "'") for t in titles(shown)]
    assert sorted(unescaped) == sorted(found)
    assert total(shown) == len(found)


def test_fifty_to_a_page_without_overlap(east: House) -> None:
    for i in range(53):
        registered(east, f"事{i:02}")
    first, second = page(east.officer), page(east.officer, "page=2")
    assert "第 1–50 条，共 53 条" in first and "第 51–53 条，共 53 条" in second
    assert len({*titles(first), *titles(second)}) == 53
    assert "第 51–53 条" in page(east.officer, "page=9")


def test_queries_do_not_grow_with_rows(east: House) -> None:
    for i in range(5):
        dispatched(east, f"事{i}", supports=("roads",))
    with clock.at(MONDAY):
        client = visiting(east.officer)
        client.get("/ledger/")
        with Counting() as few:
            client.get("/ledger/")
    for i in range(45):
        dispatched(east, f"再{i}", supports=("roads",))
    with clock.at(MONDAY), Counting() as many:
        client.get("/ledger/")
    assert many.count == few.count
