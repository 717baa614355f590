"""The directory: who sees it, who keeps it, what it flags."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from duban.server import clock
from duban.server.accounts import ADMINISTRATOR
from duban.server.models import Office, Post, ProposedUnit, Unit, UnitContact
from tests.server.building import MONDAY, House, dispatched, post
from tests.server.web.visiting import Counting, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def admin(east: House) -> Post:
    return post(east.office, "admin", ADMINISTRATOR)


@pytest.fixture
def tongren(db: None) -> Post:
    """An administrator of an office whose regulation wants a deputy and a liaison of each unit (第九条)."""
    office = Office.objects.create(key="tr", name="样例督查室", pack="tongren-2014")
    Unit.objects.create(office=office, key="finance", name="样例财政局")
    return post(office, "admin", ADMINISTRATOR)


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer
    return answer.content.decode()


def facts(**changes: str) -> dict[str, str]:
    return {"name": "财政局", "order": "0"} | changes


# --- reading ---------------------------------------------------------------------------------------------------------


def test_everyone_of_the_office_reads_the_directory_and_nobody_else(east: House, west: House) -> None:
    Unit.objects.create(office=west.office, key="water", name="水务局")
    for person in (east.officer, east.leader, east.discipline, east.finance):
        shown = text(visiting(person), "/units/")
        assert "财政局" in shown and "公路局" in shown and "水务局" not in shown
    assert visiting(east.officer).get("/units/water/").status_code == 404


@pytest.mark.parametrize(
    ("q", "found"),
    [("财", True), ("财政", True), ("czj", True), ("CZ", True), ("财税", True), ("路", False), ("%", False)],
)
def test_a_unit_is_found_by_name_alias_or_initials(east: House, q: str, found: bool) -> None:
    unit = Unit.objects.get(office=east.office, key="finance")
    unit.aliases = ["财税局"]
    unit.save()
    shown = text(visiting(east.officer), f"/units/?q={q.replace('%', '%25')}")
    assert ("/units/finance/" in shown) == found


@pytest.mark.clause("TR-9")
def test_what_is_not_reported_is_flagged_with_its_article(tongren: Post) -> None:
    shown = text(visiting(tongren), "/units/")
    assert "未报分管督查的负责同志" in shown and "未报督查联络员" in shown
    assert shown.count("第九条") == 2
    unit = Unit.objects.get(key="finance")
    UnitContact.objects.create(unit=unit, role="deputy", name="样例甲")
    UnitContact.objects.create(unit=unit, role="liaison", name="样例乙")
    assert "未报督查" not in text(visiting(tongren), "/units/")
    assert "没有符合条件" in text(visiting(tongren), "/units/?state=gaps")


def test_a_unit_is_not_told_what_another_has_not_reported(tongren: Post) -> None:
    other = Unit.objects.create(office=tongren.office, key="roads", name="样例公路局")
    shown = text(visiting(post(tongren.office, "roads", "liaison", other)), "/units/")
    assert shown.count("未报督查联络员") == 1
    assert "未报" not in text(visiting(post(tongren.office, "roads2", "liaison", other)), "/units/finance/")


def test_a_temporary_body_leaves_the_list_after_its_last_day(east: House) -> None:
    Unit.objects.filter(key="roads").update(active_to=date(2026, 3, 2))
    assert "公路局" in text(visiting(east.officer), "/units/")
    Unit.objects.filter(key="roads").update(active_to=date(2026, 3, 1))
    assert "公路局" not in text(visiting(east.officer), "/units/").split("<table")[1]
    ended = text(visiting(east.officer), "/units/?state=ended")
    assert "公路局" in ended and "已终止" in ended


def test_a_units_page_shows_only_matters_one_may_know_of(east: House) -> None:
    dispatched(east, "修路")
    dispatched(east, "密事", restricted=True, readers=("不在场",))
    shown = text(visiting(east.leader), "/units/finance/")
    assert "修路" in shown and "密事" not in shown and "在办事项（1）" in shown
    assert "没有在办事项" in text(visiting(east.roads), "/units/finance/")
    assert "east finance" in shown and "east finance" not in text(visiting(east.roads), "/units/finance/")


@pytest.mark.parametrize("path", ["/units/", "/units/u1/"])
def test_queries_do_not_grow_with_the_directory(
    admin: Post, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = visiting(admin)

    def fill(first: int, last: int) -> None:
        for i in range(first, last):
            unit = Unit.objects.create(office=admin.office, key=f"u{i}", name=f"单位{i}")
            UnitContact.objects.create(unit=unit, role="liaison", name="样例", phone="1")
            dispatched(house_of(admin), f"事{i}", leads=("u1",)) if i > 1 else None

    fill(1, 6)
    client.get(path)
    with Counting() as few:
        client.get(path)
    fill(6, 51)
    with django_assert_num_queries(few.count):
        client.get(path)


def house_of(admin: Post) -> House:
    posts = {p.user.username.split("-")[1]: p for p in Post.objects.filter(office=admin.office)}
    return House(
        admin.office,
        *(posts[n] for n in ("officer", "head", "leader", "discipline", "finance", "chief", "roads")),
    )


# --- keeping ---------------------------------------------------------------------------------------------------------


def test_only_the_administrator_adds_and_changes_units(east: House, admin: Post) -> None:
    for person in (east.officer, east.head, east.finance):
        assert visiting(person).get("/units/new/").status_code == 404
        assert visiting(person).post("/units/new/", facts(name="水务局")).status_code == 404
    assert visiting(east.officer).get("/units/finance/edit/").status_code == 404
    answer = visiting(admin).post(
        "/units/new/", facts(name="水务局", aliases="水利局、水务", short_name="水务")
    )
    assert answer.status_code == 302
    made = Unit.objects.get(office=east.office, name="水务局")
    assert made.key == "swj" and made.aliases == ["水利局"] and answer["Location"] == "/units/swj/"


def test_a_renamed_unit_is_still_found_by_its_old_name(east: House, admin: Post) -> None:
    visiting(admin).post("/units/finance/edit/", facts(name="财政和国资局"))
    unit = Unit.objects.get(office=east.office, key="finance")
    assert (unit.name, unit.aliases) == ("财政和国资局", ["财政局"])
    assert "财政和国资局" in text(visiting(admin), "/units/?q=财政局")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "请写明单位名称"),
        ({"name": "公路局"}, "已是“公路局”的名称"),
        ({"aliases": "公路局"}, "同名会分不清"),
        ({"active_from": "2026-03-02", "active_to": "2026-03-01"}, "终止日不能早于设立日"),
        ({"active_to": "三月"}, "日期应写成"),
        ({"order": "-1"}, "不小于 0"),
        ({"head_phone": "1"}, "只有电话，没有姓名"),
    ],
)
def test_what_cannot_stand_is_refused_and_stays_typed(
    admin: Post, changes: dict[str, str], words: str
) -> None:
    answer = visiting(admin).post("/units/finance/edit/", facts(short_name="财税", **changes))
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert words in shown and 'value="财税"' in shown
    assert Unit.objects.get(office=admin.office, key="finance").short_name == ""


def test_a_unit_never_stands_under_itself(admin: Post) -> None:
    client = visiting(admin)
    assert client.post("/units/roads/edit/", facts(name="公路局", parent="finance")).status_code == 302
    answer = client.post("/units/finance/edit/", facts(parent="roads"))
    assert answer.status_code == 422 and "它自己或它的下属" in answer.content.decode()


def test_a_units_own_people_change_whom_it_names_and_nothing_else(east: House) -> None:
    named = {"liaison_name": "样例丙", "liaison_phone": "0411-1234", "name": "改名", "order": "5"}
    for person in (east.finance, east.finance_chief):
        assert visiting(person).post("/units/finance/edit/", named).status_code == 302
    assert visiting(east.finance).post("/units/roads/edit/", named).status_code == 404
    unit = Unit.objects.get(office=east.office, key="finance")
    assert unit.name == "财政局"
    assert [(c.role, c.name, c.phone) for c in unit.contacts.all()] == [("liaison", "样例丙", "0411-1234")]
    visiting(east.finance).post("/units/finance/edit/", {"liaison_name": ""})
    assert not unit.contacts.exists()


# --- names from ledgers ----------------------------------------------------------------------------------------------


def test_a_name_from_a_ledger_becomes_an_alias_once(east: House, admin: Post) -> None:
    name = ProposedUnit.objects.create(
        office=east.office, name="县财政", first_seen=clock.to_db(MONDAY), count=3
    )
    client = visiting(admin)
    assert "1 个名称不在通讯录" in text(client, "/units/")
    assert visiting(east.officer).get("/units/names/").status_code == 404
    assert client.post("/units/names/", {"proposed": name.pk, "unit": ""}).status_code == 422
    for _ in range(2):
        assert client.post("/units/names/", {"proposed": name.pk, "unit": "finance"}).status_code == 302
    name.refresh_from_db()
    assert name.resolved_as is not None and name.resolved_as.aliases == ["县财政"]


def test_a_new_unit_of_that_name_settles_it(admin: Post) -> None:
    ProposedUnit.objects.create(office=admin.office, name="水务局", first_seen=clock.to_db(MONDAY))
    assert 'value="水务局"' in text(visiting(admin), "/units/new/?name=水务局")
    visiting(admin).post("/units/new/", facts(name="水务局"))
    assert ProposedUnit.objects.get().resolved_as == Unit.objects.get(name="水务局")


def test_another_offices_names_are_not_touched(east: House, west: House, admin: Post) -> None:
    theirs = ProposedUnit.objects.create(office=west.office, name="甲", first_seen=clock.to_db(MONDAY))
    visiting(admin).post("/units/names/", {"proposed": theirs.pk, "unit": "finance"})
    theirs.refresh_from_db()
    assert theirs.resolved_as is None


def test_a_sign_that_no_text_can_hold_is_no_error(admin: Post) -> None:
    client = visiting(admin)
    assert client.get("/units/%00/").status_code == 404
    assert client.post("/units/finance/edit/", facts(short_name="财\0")).status_code == 302
    assert Unit.objects.get(office=admin.office, key="finance").short_name == "财"
