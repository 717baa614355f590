"""Settings: for the administrator alone; people, numbers, days off, and a new office."""

import io
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from duban.server import clock
from duban.server.accounts import ADMINISTRATOR
from duban.server.handle import load_matter
from duban.server.models import Heartbeat, Office, Post, User
from tests.server.building import MONDAY, House, dispatched, post
from tests.server.web.visiting import Counting, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
VIEWS = ["people", "office", "parameters", "days", "state", "nonsense"]
NEW = {
    "display_name": "样例新人",
    "username": "xinren",
    "password": "Hao-Mima-88",
    "role": "liaison",
    "unit": "finance",
}


@pytest.fixture
def admin(east: House) -> Post:
    return post(east.office, "admin", ADMINISTRATOR)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.mark.parametrize("view", VIEWS)
def test_only_the_administrator_opens_the_settings(east: House, admin: Post, view: str) -> None:
    text(visiting(admin), f"/settings/?view={view}")
    for person in (east.officer, east.head, east.leader, east.finance_chief):
        client = visiting(person)
        assert client.get(f"/settings/?view={view}").status_code == 404
        assert client.post(f"/settings/?view={view}", {"name": "改"}).status_code == 404
        assert client.get("/settings/people/new/").status_code == 404
        assert client.post(f"/settings/people/{east.officer.user_id}/", {"do": "close"}).status_code == 404


# --- the office, its numbers, its days off --------------------------------------------------------------------------


def test_the_office_is_renamed(admin: Post) -> None:
    assert visiting(admin).post("/settings/?view=office", {"name": " "}).status_code == 422
    assert visiting(admin).post("/settings/?view=office", {"name": "新名督查室"}).status_code == 302
    assert "新名督查室" in text(visiting(admin), "/settings/?view=office")


def test_a_number_counts_for_what_comes_after_it(east: House, admin: Post) -> None:
    before = dispatched(east, "前")
    client = visiting(admin)
    assert "已经算出的期限不变" in text(client, "/settings/?view=parameters")
    assert client.post("/settings/?view=parameters", {"p_receipt_days": "3"}).status_code == 302
    east.office.refresh_from_db()
    after = dispatched(east, "后")
    # One working day from Monday is Tuesday 3 March; three are Thursday 5 March.
    assert _receipt_day(before) == date(2026, 3, 3)
    assert _receipt_day(after) == date(2026, 3, 5)
    client.post("/settings/?view=parameters", {"p_receipt_days": ""})
    east.office.refresh_from_db()
    assert _receipt_day(dispatched(east, "空")) == date(2026, 3, 3)


def _receipt_day(stream: str) -> date:
    due = next(o for o in load_matter(stream).obligations.values() if o.rule == "receipt").due
    assert due is not None
    return due.date()


@pytest.mark.parametrize("typed", ["-1", "三", "1.5", "99999", "²"])
def test_a_number_that_is_none_is_refused_and_stays_typed(admin: Post, typed: str) -> None:
    answer = visiting(admin).post("/settings/?view=parameters", {"p_receipt_days": typed})
    assert answer.status_code == 422 and f'value="{typed}"' in answer.content.decode()
    assert Office.objects.get(pk=admin.office_id).parameters == {}


def test_a_local_day_off_moves_only_new_dates(east: House, admin: Post) -> None:
    client = visiting(admin)
    before = dispatched(east, "前")
    assert client.post("/settings/?view=days", {"day": "2026-03-03", "name": "地方节日"}).status_code == 302
    east.office.refresh_from_db()
    # Tuesday is off now: the one working day ends on Wednesday.
    assert _receipt_day(before) == date(2026, 3, 3)
    assert _receipt_day(dispatched(east, "后")) == date(2026, 3, 4)
    assert "地方节日" in text(client, "/settings/?view=days")
    client.post("/settings/?view=days", {"remove": "2026-03-03"})
    assert Office.objects.get(pk=east.office.pk).local_days_off == {}


@pytest.mark.parametrize("typed", [{"day": "3月3日", "name": "节"}, {"day": "2026-03-03", "name": ""}])
def test_a_day_off_needs_a_date_and_a_reason(admin: Post, typed: dict[str, str]) -> None:
    assert visiting(admin).post("/settings/?view=days", typed).status_code == 422
    assert Office.objects.get(pk=admin.office_id).local_days_off == {}


def test_the_state_says_when_the_sweep_stopped(admin: Post) -> None:
    client = visiting(admin)
    assert "还没有运行过" in text(client, "/settings/?view=state")
    beat = Heartbeat.objects.create(
        part="sweep", at=clock.to_db(MONDAY - timedelta(hours=1)), counts={"failed": 2}
    )
    shown = text(client, "/settings/?view=state")
    assert "后台巡检已停" in shown and "2 份案卷没有办成" in shown
    beat.at, beat.counts = clock.to_db(MONDAY), {"failed": 0}
    beat.save()
    assert "需要处理" not in text(client, "/settings/?view=state")


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_new_person_can_sign_in_and_work(east: House, admin: Post) -> None:
    answer = visiting(admin).post("/settings/people/new/", NEW)
    assert answer.status_code == 302
    person = Client()
    answer = person.post("/accounts/login/", {"login": "xinren", "password": NEW["password"]})
    assert answer.status_code == 302
    assert "财政局联络员" in text(person, "/")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"display_name": ""}, "请写明姓名"),
        ({"username": "east-officer"}, "已经有人用了"),
        ({"username": "EAST-officer"}, "已经有人用了"),
        ({"username": "a b"}, "账号只能用"),
        ({"password": "123"}, "密码太短，至少 10 位"),
        ({"unit": ""}, "请选单位"),
        ({"role": "officer"}, "不选单位"),
        ({"role": "king"}, "请选择职务"),
        ({"valid_from": "2026-03-02", "valid_to": "2026-03-01"}, "不能早于开始日"),
        ({"valid_to": "明天"}, "日期应写成"),
    ],
)
def test_a_wrong_account_is_refused_and_nothing_is_kept(
    admin: Post, changes: dict[str, str], words: str
) -> None:
    before = User.objects.count()
    answer = visiting(admin).post("/settings/people/new/", NEW | changes)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert words in shown and NEW["password"] not in shown
    assert User.objects.count() == before


def test_a_second_post_is_given_and_ended_by_date(east: House, admin: Post) -> None:
    client, path = visiting(admin), f"/settings/people/{east.officer.user_id}/"
    client.post(path, {"do": "give", "role": "head", "acting": "on"})
    given = Post.objects.get(user=east.officer.user, role="head")
    assert given.acting and given.valid_from == date(2026, 3, 2)
    again = client.post(path, {"do": "give", "role": "head"})
    assert again.status_code == 422 and "已有同一任职" in again.content.decode()
    day = f"last_day_{given.pk}"
    assert client.post(path, {"do": f"end-{given.pk}", day: "2026-02-28"}).status_code == 422
    assert client.post(path, {"do": f"end-{given.pk}", day: "2026-03-01"}).status_code == 302
    given.refresh_from_db()
    assert not given.is_current(date(2026, 3, 2)) and Post.objects.filter(pk=given.pk).exists()


def test_a_closed_account_cannot_work_and_can_be_opened_again(east: House, admin: Post) -> None:
    client, path = visiting(admin), f"/settings/people/{east.officer.user_id}/"
    working = visiting(east.officer)
    client.post(path, {"do": "close"})
    assert working.get("/").status_code == 302
    client.post(path, {"do": "open"})
    assert visiting(east.officer).get("/").status_code == 200


def test_a_new_password_signs_the_person_out(east: House, admin: Post) -> None:
    working = visiting(east.officer)
    path = f"/settings/people/{east.officer.user_id}/"
    assert visiting(admin).post(path, {"do": "password", "password": "1"}).status_code == 422
    assert visiting(admin).post(path, {"do": "password", "password": "Lingyi-Mima-9"}).status_code == 302
    assert working.get("/").status_code == 302


def test_the_last_administrator_stays(east: House, admin: Post) -> None:
    client, path = visiting(admin), f"/settings/people/{admin.user_id}/"
    for form in ({"do": "close"}, {"do": f"end-{admin.pk}", f"last_day_{admin.pk}": "2026-03-31"}):
        answer = client.post(path, form)
        assert answer.status_code == 422 and "至少要留一名" in answer.content.decode()
    admin.refresh_from_db()
    assert admin.valid_to is None and User.objects.get(pk=admin.user_id).is_active
    client.post(f"/settings/people/{east.head.user_id}/", {"do": "give", "role": ADMINISTRATOR})
    assert (
        client.post(path, {"do": f"end-{admin.pk}", f"last_day_{admin.pk}": "2026-03-31"}).status_code == 302
    )


def test_another_offices_people_are_not_there(east: House, west: House, admin: Post) -> None:
    client = visiting(admin)
    assert "west" not in text(client, "/settings/")
    for do in ("close", "password", "give", "rename"):
        answer = client.post(
            f"/settings/people/{west.officer.user_id}/", {"do": do, "password": "Lingyi-Mima-9"}
        )
        assert answer.status_code == 404
    assert User.objects.get(pk=west.officer.user_id).is_active
    theirs = client.post(
        f"/settings/people/{east.officer.user_id}/",
        {"do": f"end-{west.officer.pk}", f"last_day_{west.officer.pk}": "2026-03-02"},
    )
    assert theirs.status_code == 404


def test_who_serves_two_offices_keeps_the_password(east: House, west: House, admin: Post) -> None:
    Post.objects.create(user=west.officer.user, office=east.office, role="officer")
    client, path = visiting(admin), f"/settings/people/{west.officer.user_id}/"
    for form in (
        {"do": "password", "password": "Lingyi-Mima-9"},
        {"do": "close"},
        {"do": "rename", "display_name": "改"},
    ):
        answer = client.post(path, form)
        assert answer.status_code == 422 and "别的督查机构" in answer.content.decode()
    assert client.post(path, {"do": "nonsense"}).status_code == 404


def test_the_list_of_people_costs_the_same_for_five_and_fifty(east: House, admin: Post) -> None:
    client = visiting(admin)
    client.get("/settings/")
    with Counting() as few:
        client.get("/settings/")
    for i in range(45):
        post(east.office, f"p{i}", "officer")
    with Counting() as many:
        shown = text(client, "/settings/")
    assert many.count == few.count and "共 53 条" in shown
    assert "p44" in text(client, "/settings/?view=people&q=p44")


# --- a new office ------------------------------------------------------------------------------------------------------


def create(**changes: str) -> str:
    out = io.StringIO()
    given = {
        "name": "新区督查室",
        "pack": "tongren-2014",
        "admin": "guanli",
        "admin_name": "样例管理",
    } | changes
    call_command("create_office", given.pop("key", "xinqu"), password_stdin=True, stdout=out, **given)
    return out.getvalue()


def test_an_office_starts_with_its_administrator(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Hao-Mima-88\n"))
    assert "新区督查室" in create()
    client = Client()
    client.post("/accounts/login/", {"login": "guanli", "password": "Hao-Mima-88"})
    assert "新区督查室" in text(client, "/settings/")
    assert client.post("/units/new/", {"name": "样例局", "order": "0"}).status_code == 302


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "新 区"}, "代号"),
        ({"pack": "nowhere"}, "没有制度包"),
        ({"admin": ""}, "账号"),
        ({"admin_name": ""}, "姓名"),
    ],
)
def test_a_wrong_office_is_refused_whole(
    db: None, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], words: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Hao-Mima-88\n"))
    with pytest.raises(CommandError, match=words):
        create(**changes)
    assert not Office.objects.exists() and not User.objects.exists()


def test_a_weak_password_or_a_taken_key_is_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("12345\n"))
    with pytest.raises(CommandError, match="密码"):
        create()
    Office.objects.create(key="xinqu", name="旧", pack="tongren-2014")
    with pytest.raises(CommandError, match="已经有代号"):
        create()
