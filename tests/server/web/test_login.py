"""Signing in: in Chinese, throttled, and of no use without a post."""

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from duban.server.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "Hao-Mima-88"


@pytest.fixture(autouse=True)
def person(db: None) -> User:
    cache.clear()
    return User.objects.create_user("ren", password=PASSWORD, display_name="样例甲")


def sign_in(client: Client, password: str) -> str:
    return client.post(
        "/accounts/login/", {"login": "ren", "password": password}, follow=True
    ).content.decode()


def test_the_page_is_chinese_and_asks_for_nothing_else() -> None:
    shown = Client().get("/accounts/login/").content.decode()
    assert "督查工作系统" in shown and "忘记密码请找管理员重设" in shown
    assert "账号" in shown and "密码" in shown
    assert "注册" not in shown and "signup" not in shown.lower() and 'name="remember"' not in shown


def test_a_wrong_password_is_said_in_chinese_and_keeps_the_name() -> None:
    shown = sign_in(Client(), "cuowu")
    assert "不正确" in shown and 'role="alert"' in shown and 'value="ren"' in shown
    assert shown == shown.replace("cuowu", "")


def test_a_flood_from_one_address_is_turned_away_in_chinese(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    answers = [Client().post("/accounts/login/", {"login": "ren", "password": "x"}) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert "请稍后再试" in answers[-1].content.decode()


def test_after_too_many_failures_even_the_right_one_must_wait() -> None:
    client = Client()
    for _ in range(6):
        sign_in(client, "cuowu")
    shown = sign_in(client, PASSWORD)
    assert "登录失败次数过多" in shown
    assert client.get("/").status_code == 302


def test_who_holds_no_post_is_told_whom_to_ask() -> None:
    client = Client()
    shown = sign_in(client, PASSWORD)
    assert "您目前没有任职" in shown
    assert client.get("/ledger/").status_code == 403
    assert client.get("/accounts/password/change/").status_code == 200


def test_the_old_password_is_asked_before_a_new_one() -> None:
    client = Client()
    sign_in(client, PASSWORD)
    new = {"oldpassword": "cuowu", "password1": "Lingyi-Mima-9", "password2": "Lingyi-Mima-9"}
    assert client.post("/accounts/password/change/", new).status_code == 200
    client.post("/accounts/password/change/", new | {"oldpassword": PASSWORD})
    assert User.objects.get().check_password("Lingyi-Mima-9")


def test_signing_out_is_asked_and_done() -> None:
    client = Client()
    sign_in(client, PASSWORD)
    assert "退出登录" in client.get("/accounts/logout/").content.decode()
    client.post("/accounts/logout/")
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/admin/"]
)
def test_nothing_else_of_accounts_is_reachable(path: str) -> None:
    assert Client().get(path).status_code == 404
