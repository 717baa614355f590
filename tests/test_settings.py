"""What an installation gets from its environment, and how its doors are locked."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse


def settings_with(tmp_path: Path, expression: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Reads the settings in a fresh process with only these variables of ours; prints one expression."""
    ours = ("DUBAN_", "DATABASE_URL", "DJANGO_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-c", f"from duban import settings; print({expression})"],
        env={**inherited, "DUBAN_DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_secret_key_is_made_once_and_kept_for_the_owner_only(tmp_path: Path) -> None:
    first = settings_with(tmp_path, "settings.SECRET_KEY").stdout
    assert len(first.strip()) >= 50
    assert settings_with(tmp_path, "settings.SECRET_KEY").stdout == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("secret-key*")] == ["secret-key"]


@pytest.mark.parametrize(
    ("environment", "secure"),
    [
        ({}, False),
        ({"DUBAN_ALLOWED_HOSTS": "localhost, 127.0.0.1"}, False),
        ({"DUBAN_ALLOWED_HOSTS": "duban.example"}, True),
        ({"DUBAN_ALLOWED_HOSTS": "duban.example", "DUBAN_HTTPS": "0"}, False),
        ({"DUBAN_HTTPS": "1"}, True),
    ],
)
def test_cookies_are_for_https_only_where_the_system_has_a_name(
    tmp_path: Path, environment: dict[str, str], secure: bool
) -> None:
    done = settings_with(
        tmp_path, "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE", **environment
    )
    assert done.stdout == f"{secure} {secure}\n"


def test_a_flag_that_is_neither_yes_nor_no_is_refused(tmp_path: Path) -> None:
    done = settings_with(tmp_path, "settings.HTTPS", DUBAN_HTTPS="maybe")
    assert done.returncode == 1
    assert "DUBAN_HTTPS='maybe'" in done.stderr


def test_proxies_are_believed_only_where_named(tmp_path: Path) -> None:
    header = "getattr(settings, 'SECURE_PROXY_SSL_HEADER', None)"
    assert settings_with(tmp_path, header).stdout == "None\n"
    named = settings_with(tmp_path, header, DUBAN_TRUSTED_PROXIES="1").stdout
    assert named == "('HTTP_X_FORWARDED_PROTO', 'https')\n"


def test_debug_is_off_unless_asked_for(tmp_path: Path) -> None:
    assert settings_with(tmp_path, "settings.DEBUG").stdout == "False\n"


@pytest.mark.django_db
def test_login_page_allows_nothing_inline_and_nothing_foreign(client: Client) -> None:
    response = client.get(reverse("account_login"))
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.django_db
def test_sixth_failed_login_within_five_minutes_is_refused_unseen(client: Client) -> None:
    # Five attempts per name in five minutes; the sixth is not compared with any password.
    attempt = {"login": "甲一", "password": "不对"}
    answers = [client.post(reverse("account_login"), attempt).content.decode() for _ in range(6)]
    assert all("登录失败次数过多" not in answer for answer in answers[:5])
    assert "登录失败次数过多" in answers[5]


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_there_is_no_sign_up_and_no_password_by_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)
