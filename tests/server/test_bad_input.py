"""What people and strangers send that nobody meant: it is refused in words, never with an error of ours."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from duban.core import commands as c
from duban.core import entries as e
from duban.server import clock
from duban.server.handle import handle, history, load_matter
from duban.server.models import MatterRow, Office, Post, Stream, Unit
from duban.server.web.act_forms import FORMS
from tests.server.building import MONDAY, House, dispatched, done, post, registered, reported
from tests.server.web.visiting import visiting

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%%EOF\n"
LONG = "长" * 300_000
"""About 1 MB of text."""
ODD = {
    "nul": "a\0b",
    "percent": "%",
    "emoji": "🚧\"'",
    "script": "<script>alert(1)</script>",
    "long": "x" * 2000,
    "digits": "9" * 5000,
    "other digits": "٣٤",
    "negative": "-1",
    "double minus": "--5",
    "many": "99999999999",
    "lines": "a\r\nSet-Cookie: x=1",
    "early": "0001-01-01",
    "last": "9999-12-31",
    "no such day": "2026-02-30",
    "megabyte": LONG,
}
IN_ADDRESSES = {k: v for k, v in ODD.items() if k != "megabyte"}


@pytest.fixture(autouse=True)
def quiet_monday(monday: None, settings: Any, tmp_path: Path) -> None:
    """It is Monday, 2 March 2026; papers are kept in a directory of this test."""
    settings.DATA_DIR = tmp_path


def fine(answer: HttpResponse) -> None:
    """The answer is one of ours; the test client itself raises what would be an error 500."""
    assert answer.status_code in (200, 302, 400, 403, 404, 405, 422)
    if "html" in answer.get("Content-Type", ""):
        assert b"<script>alert(1)" not in answer.content


def addresses(stream: str, directive: str) -> list[str]:
    """Every address of ours, with values that exist."""
    known = {
        "stream": stream,
        "obligation": "completion/finance/1",
        "petition": "listing/office/1",
        "word": "remind",
        "key": "finance",
        "pk": "1",
    }
    found = []
    for route in get_resolver("duban.server.web.urls").url_patterns:
        text = str(route.pattern)
        values = known | ({"stream": directive} if text.startswith("directives/") else {})
        found.append("/" + re.sub(r"<\w+:(\w+)>", lambda m, v=values: v.get(m[1], "1"), text))
    return found


def directive_of(h: House) -> str:
    order = c.RegisterDirective(name="批示", source="instruction")
    return done(handle(h.office, order, h.officer)).stream


def admin_of(h: House) -> Post:
    return post(h.office, "admin", "administrator")


# --- addresses -------------------------------------------------------------------------------------------------------


def test_no_address_fails_for_anyone(east: House) -> None:
    stream, directive = reported(east), directive_of(east)
    people = [east.officer, east.leader, east.discipline, east.finance, east.roads, admin_of(east)]
    people.append(post(east.office, "stranger", "no-such-role"))
    people.append(post(east.office, "lost", "liaison"))
    for who in people:
        client = visiting(who)
        for address in addresses(stream, directive):
            fine(client.get(address))
            fine(client.post(address))


def test_other_methods_are_not_allowed(east: House) -> None:
    client = visiting(east.officer)
    for method in (client.put, client.delete, client.patch, client.options):
        assert method("/ledger/").status_code == 405
    assert client.head("/ledger/").status_code == 200


@pytest.mark.parametrize("value", IN_ADDRESSES.values(), ids=list(IN_ADDRESSES))
def test_odd_values_in_the_address(east: House, value: str) -> None:
    stream, directive = reported(east), directive_of(east)
    client = visiting(east.officer)
    names = ("page", "q", "unit", "category", "grade", "source", "since", "until", "sort", "light", "state")
    more = ("show", "level", "kind", "report", "notice", "proposal", "on_behalf", "next", "occurred_at", "at")
    for address in addresses(stream, directive):
        fine(client.get(address, dict.fromkeys((*names, *more), value)))
    for tab in ("docket", "papers", "units", "obligations", "reports"):
        fine(client.get(f"/m/{stream}/", {"tab": tab, "at": value, "page": value}))
    for name in ("since", "until", "q", "unit"):
        assert client.get("/ledger/", {name: value}).status_code == 200


@pytest.mark.parametrize("value", IN_ADDRESSES.values(), ids=list(IN_ADDRESSES))
def test_odd_ids_are_not_found(east: House, value: str) -> None:
    stream = reported(east)
    v = quote(value, safe="")
    client = visiting(east.officer)
    for address in (
        f"/m/{v}/",
        f"/m/{stream}/do/{v}/",
        f"/m/{stream}/why/{v}/",
        f"/directives/{v}/",
        f"/directives/{v}/why/x/",
        f"/approvals/{stream}/{v}/",
        f"/units/{v}/",
        f"/papers/{v}/",
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code == 404, address


# --- forms -----------------------------------------------------------------------------------------------------------

FIELDS = [
    *sorted({spec.name for form in FORMS.values() for spec in form.specs} - {"unit"}),
    "command_id",
    "next",
    "kept",
    "notice",
    "report",
    "behalf_name",
]


@pytest.mark.parametrize("value", ODD.values(), ids=list(ODD))
def test_odd_values_in_every_act(east: House, value: str) -> None:
    stream = reported(east)
    sent = dict.fromkeys(FIELDS, value) | {"unit": "finance"}
    client = visiting(east.officer)
    for word in FORMS:
        fine(client.post(f"/m/{stream}/do/{word}/", sent))
    for word in ("remind", "report_progress", "review"):
        right = {"unit": "finance", "words": value, "text": value, "next": value, "verdict": "ask"}
        fine(client.post(f"/m/{stream}/do/{word}/", right))
        fine(client.post(f"/m/{stream}/do/{word}/", right | {"on_behalf": value, "behalf_name": value}))
        fine(client.post(f"/m/{stream}/do/{word}/", right | {"occurred_at": value, "unit": value}))
    paper = visiting(east.leader)
    done(handle(east.office, c.Review(unit="finance"), east.officer, stream=stream))
    done(handle(east.office, c.SendForReading(opinion="已办好"), east.officer, stream=stream))
    fine(
        paper.post(f"/approvals/{stream}/reading/office/1/", {"verdict": "no", "words": value, "due": value})
    )
    fine(client.get(f"/m/{stream}/"))
    assert client.get("/ledger/").status_code == 200


REGISTER = [
    "name",
    "content",
    "authority",
    "proposed_handling",
    "responsible_leader",
    "target",
    "stated_by",
    "category",
    "grade",
    "mode",
]


@pytest.mark.parametrize("value", ODD.values(), ids=list(ODD))
def test_odd_values_when_registering(east: House, value: str) -> None:
    client = visiting(east.officer)
    row = {f"r0-{name}": value for name in (*REGISTER, "leads", "stated_due", "milestones", "readers")}
    head = dict.fromkeys(("name", "source", "number", "leader", "text", "issued_on", "received_at"), value)
    fine(client.post("/directives/new/", head | row | {"command_id": value, "count": value}))
    right = {"name": value, "source": "instruction", "text": value, "r0-name": value, "command_id": "1"}
    fine(client.post("/directives/new/", right))
    fine(client.post("/directives/new/", {"name": "批示", "source": "instruction", "r0-leads": "财政局"}))
    for page in ("/directives/", "/ledger/", "/", "/reviews/", "/approvals/", "/units/finance/"):
        assert client.get(page).status_code == 200
    for matter in MatterRow.objects.all():
        assert client.get(f"/m/{matter.pk}/").status_code == 200
        assert client.get(f"/m/{matter.pk}/edit/").status_code == 200


def test_a_matter_without_a_name_is_refused_at_its_field(east: House) -> None:
    sent = {
        "name": "批示",
        "source": "instruction",
        "r0-leads": "财政局",
        "r0-category": "key",
        "r0-mode": "assign",
    }
    answer = visiting(east.officer).post("/directives/new/", sent)
    assert answer.status_code == 422
    assert "请写明事项名称" in answer.content.decode()
    assert Stream.objects.count() == 0


def test_a_slip_in_the_year_is_refused(east: House) -> None:
    stream = dispatched(east)
    done(handle(east.office, c.Acknowledge(unit="finance"), east.finance, stream=stream))
    answer = visiting(east.head).post(f"/m/{stream}/do/set_date/", {"due": "9999-12-31", "words": "延"})
    assert answer.status_code == 422
    assert "年份不对" in answer.content.decode()


def test_a_name_too_long_for_the_person_represented_is_refused(east: House) -> None:
    stream = dispatched(east)
    sent = {"on_behalf": "finance|liaison", "behalf_name": "长" * 31, "evidence": "电话", "unit": "finance"}
    answer = visiting(east.officer).post(f"/m/{stream}/do/acknowledge/", sent)
    assert answer.status_code == 422
    assert "姓名不能超过 30 个字" in answer.content.decode()


def test_an_address_to_go_back_to_is_ours(east: House) -> None:
    stream = dispatched(east)
    client = visiting(east.officer)
    for wanted in (
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "ledger",
        "a\r\nX: y",
    ):
        sent = {"unit": "finance", "words": "请抓紧", "next": wanted}
        answer = client.post(f"/m/{stream}/do/remind/", sent)
        assert answer.status_code == 302
        assert answer["Location"] == f"/m/{stream}/"
    for wanted in ("//evil.example/", "https://evil.example/"):
        assert "evil" not in client.get("/accounts/login/", {"next": wanted}).headers.get("Location", "")


# --- sent twice, by two, too late -------------------------------------------------------------------------------------


def upload(content: bytes = PDF, name: str = "报告.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_report_with_a_file_sent_twice_is_recorded_once(east: House) -> None:
    stream = dispatched(east)
    done(handle(east.office, c.Acknowledge(unit="finance"), east.finance, stream=stream))
    client, address = visiting(east.finance), f"/m/{stream}/do/report_progress/"
    for _ in range(2):
        sent = {"text": "修了一半", "command_id": "form-1", "papers": upload()}
        assert client.post(address, sent).status_code == 302
    assert sum(isinstance(r.entry, e.ProgressReported) for r in history(stream)) == 1
    other = {"text": "修了一半", "command_id": "form-1", "papers": upload(PDF + b"%other\n")}
    answer = client.post(address, other)
    assert answer.status_code == 422
    assert "已经提交过" in answer.content.decode()


def test_two_amend_one_draft_and_the_later_is_told(east: House) -> None:
    stream = registered(east)
    first, second = visiting(east.officer), visiting(east.head)
    pages = [who.get(f"/m/{stream}/edit/").content.decode() for who in (first, second)]
    seen = [re.search(r'name="seen" value="(\d+)"', page)[1] for page in pages]
    row = {"leads": "财政局", "category": "key", "mode": "assign"}
    answer = first.post(f"/m/{stream}/edit/", row | {"name": "先改的", "seen": seen[0], "command_id": "1"})
    assert answer.status_code == 302
    mine = row | {"name": "后改的", "command_id": "2"}
    answer = second.post(f"/m/{stream}/edit/", mine | {"seen": seen[1]})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "别人已经修改过" in text
    assert "后改的" in text
    assert load_matter(stream).facts.title == "先改的"
    now = re.search(r'name="seen" value="(\d+)"', text)[1]
    assert second.post(f"/m/{stream}/edit/", mine | {"seen": now}).status_code == 302
    assert load_matter(stream).facts.title == "后改的"


def test_the_second_signature_is_told_and_its_words_are_shown(east: House) -> None:
    stream = registered(east)
    done(handle(east.office, c.Submit(), east.officer, stream=stream))
    other = post(east.office, "second-head", "head")
    address = f"/approvals/{stream}/listing/office/1/"
    assert "同意" in visiting(other).get(address).content.decode()
    done(handle(east.office, c.Sign(petition="listing/office/1"), east.head, stream=stream))
    answer = visiting(other).post(address, {"verdict": "no", "words": "请再核对用地", "command_id": "x"})
    assert answer.status_code == 422
    assert "请再核对用地" in answer.content.decode()
    assert "notice--refusal" in answer.content.decode()


def test_what_was_typed_when_the_login_had_expired_is_offered_again(east: House) -> None:
    stream = dispatched(east)
    address = f"/m/{stream}/do/remind/"
    client = Client()
    sent = {"unit": "finance", "words": "请抓紧<b>", "command_id": "f1"}
    answer = client.post(address, sent)
    assert answer.status_code == 302
    login = client.get(answer["Location"]).content.decode()
    assert "刚才的内容还没有提交" in login
    east.officer.user.set_password("journey-password-1")
    east.officer.user.save()
    who = {"login": east.officer.user.username, "password": "journey-password-1", "next": address}
    assert client.post("/accounts/login/", who)["Location"] == address
    page = client.get(address).content.decode()
    assert "接着提交" in page
    assert "请抓紧&lt;b&gt;</textarea>" in page
    assert sum(isinstance(r.entry, e.Reminded) for r in history(stream)) == 0
    assert "接着提交" not in client.get(address).content.decode()
    assert client.post(address, sent).status_code == 302
    assert sum(isinstance(r.entry, e.Reminded) for r in history(stream)) == 1


# --- attachments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("报告.pdf", b"PK\x03\x04 not a pdf", "已损坏"),
        ("报告.pdf", b"MZ\x90\0", "可执行文件"),
        ("报告.docx", PDF, "名为 DOCX，内容是PDF"),
        ("报告.pdf", b"", "空"),
        ("报告.exe", b"MZ", "不能上传"),
        ("x" * 200 + ".pdf", PDF, "过长"),
    ],
)
def test_files_that_are_not_what_they_say(east: House, name: str, content: bytes, wrong: str) -> None:
    stream = dispatched(east)
    answer = visiting(east.officer).post(f"/m/{stream}/do/attach/", {"papers": upload(content, name)})
    assert answer.status_code == 422
    assert wrong in answer.content.decode()


def test_too_large_and_too_many_files(east: House, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    stream = dispatched(east)
    client, address = visiting(east.officer), f"/m/{stream}/do/attach/"
    answer = client.post(address, {"papers": upload()})
    assert answer.status_code == 422
    assert "超过上限" in answer.content.decode()
    answer = client.post(address, {"papers": [upload(PDF, f"{n}.pdf") for n in range(200)]})
    assert answer.status_code == 400


def test_a_path_in_a_file_name_is_dropped_and_the_download_says_its_name_safely(east: House) -> None:
    stream = dispatched(east)
    client = visiting(east.officer)
    sent = {"papers": upload(PDF, "..\\..\\etc\\通知;a=b.pdf")}
    assert client.post(f"/m/{stream}/do/attach/", sent).status_code == 302
    paper = next(r.entry for r in history(stream) if isinstance(r.entry, e.Attached)).paper
    assert paper.name == "通知;a=b.pdf"
    answer = client.get(f"/papers/{paper.ref}/")
    header = answer["Content-Disposition"]
    assert header.startswith("attachment; filename*=utf-8''")
    assert "\n" not in header
    answer.close()


# --- who may not -----------------------------------------------------------------------------------------------------


def test_a_missing_token_is_refused(east: House) -> None:
    stream = dispatched(east)
    client = Client(enforce_csrf_checks=True)
    client.force_login(east.officer.user)
    answer = client.post(f"/m/{stream}/do/remind/", {"unit": "finance", "words": "请抓紧"})
    assert answer.status_code == 403
    assert "没有办理任何事项" in answer.content.decode()


def test_a_post_that_ended_yesterday_and_a_closed_account(east: House) -> None:
    stream = dispatched(east)
    client = visiting(east.officer)
    assert client.get(f"/m/{stream}/").status_code == 200
    Post.objects.filter(pk=east.officer.pk).update(valid_to=MONDAY.date() - timedelta(days=1))
    for answer in (client.get(f"/m/{stream}/"), client.post(f"/m/{stream}/do/remind/", {"words": "x"})):
        assert answer.status_code == 403
        assert "没有任职" in answer.content.decode()
    Post.objects.filter(pk=east.officer.pk).update(valid_to=None)
    type(east.officer.user).objects.filter(pk=east.officer.user.pk).update(is_active=False)
    assert client.get(f"/m/{stream}/")["Location"].startswith("/accounts/login/")


def test_posts_in_two_offices_do_not_mix(east: House, west: House) -> None:
    mine, theirs = dispatched(east, "东边的事"), dispatched(west, "西边的事")
    second = Post.objects.create(user=east.officer.user, office=west.office, role="officer")
    client = visiting(east.officer)
    for here, there, name in ((mine, theirs, "东边的事"), (theirs, mine, "西边的事")):
        assert client.get(f"/m/{here}/").status_code == 200
        assert client.get(f"/m/{there}/").status_code == 404
        assert client.post(f"/m/{there}/do/remind/", {"unit": "finance", "words": "x"}).status_code == 404
        assert name in client.get("/ledger/").content.decode()
        assert client.post("/posts/", {"post": second.pk}).status_code == 302
    for odd in ("", "abc", str(east.head.pk), "9" * 30):
        assert client.post("/posts/", {"post": odd}).status_code == 404


def test_a_restricted_matter_looks_missing(east: House) -> None:
    others = post(east.office, "second-officer", "officer")
    directive = directive_of(east)
    stream = dispatched(east, "不能知道的事", restricted=True, directives=(directive,))
    missing = "m" + "0" * 25
    for who in (others, east.discipline, east.finance, admin_of(east)):
        client = visiting(who)
        for page in ("", "edit/", "do/remind/", "why/completion/finance/1/"):
            asked, absent = (client.get(f"/m/{x}/{page}") for x in (stream, missing))
            assert asked.status_code == absent.status_code == 404
            assert asked.content == absent.content
        for page in ("/", "/ledger/?q=不能", "/approvals/", "/approvals/?show=others", "/units/finance/"):
            assert "不能知道的事" not in client.get(page).content.decode()
    client = visiting(others)
    assert "不能知道的事" not in client.get("/urgings/").content.decode()
    page = client.get(f"/directives/{directive}/").content.decode()
    assert "不能知道的事" not in page
    assert "0 件" in page
    assert MatterRow.objects.get(pk=stream).number == "督限〔2026〕1号"
    open_one = dispatched(east, "可以知道的事")
    assert MatterRow.objects.get(pk=open_one).number == "督〔2026〕1号"


def test_pages_carry_their_policy(east: House) -> None:
    answer = visiting(east.officer).get("/ledger/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Referrer-Policy"] == "same-origin"
    login = Client().get("/accounts/login/")
    assert login.cookies["csrftoken"]["httponly"]
    assert login.cookies["csrftoken"]["samesite"] == "Lax"


def test_what_is_typed_is_shown_as_text_everywhere(east: House) -> None:
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    client = visiting(east.officer)
    texts = {
        f"r0-{n}": bad for n in ("name", "content", "authority", "proposed_handling", "target", "stated_by")
    }
    head = {"name": bad, "source": "instruction", "leader": bad, "number": bad, "text": bad}
    row = {"r0-leads": "财政局", "r0-category": "key", "r0-mode": "assign"}
    assert client.post("/directives/new/", head | texts | row).status_code == 302
    stream = MatterRow.objects.get().pk
    assert client.post(f"/m/{stream}/do/submit/", {"words": bad}).status_code == 302
    assert client.post(f"/m/{stream}/do/correct/", {"position": "1", "words": bad}).status_code == 302
    Unit.objects.filter(key="finance").update(name=bad)
    for who in (east.officer, east.head):
        for page in (
            "/",
            "/ledger/",
            "/directives/",
            "/approvals/",
            "/units/",
            f"/m/{stream}/",
            "/ledger/?q=" + quote(bad),
        ):
            text = visiting(who).get(page).content.decode()
            assert "<script>alert" not in text
            assert "<img src=x" not in text
    text = visiting(east.head).get(f"/approvals/{stream}/listing/office/1/").content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text


# --- what a regulation refuses, through the page ----------------------------------------------------------------------


def office_under(pack: str) -> tuple[Office, Client]:
    """An office under a real regulation with two units, and its officer's browser."""
    office = Office.objects.create(key="real", name="示例督查室", pack=pack)
    for key, name in (("finance", "示例财政局"), ("planning", "示例规划局")):
        Unit.objects.create(office=office, key=key, name=name)
    return office, visiting(post(office, "officer", "officer"))


@pytest.mark.clause("TR-7.2")
def test_a_matter_that_needs_a_date_is_refused_without_one(db: None) -> None:
    _, client = office_under("tongren-2014")
    sent = {"name": "年度目标", "source": "instruction", "command_id": "1"}
    row = {"r0-name": "专门督查", "r0-category": "special", "r0-mode": "transfer", "r0-leads": "示例财政局"}
    answer = client.post("/directives/new/", sent | row)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "没有缺省期限" in text
    assert "第七条" in text
    assert "专门督查" in text
    assert Stream.objects.count() == 0
    assert client.post("/directives/new/", sent | row | {"r0-stated_due": "2026-04-30"}).status_code == 302


def test_more_leads_than_the_regulation_allows_are_refused(db: None) -> None:
    _, client = office_under("tongren-2014")
    sent = {"name": "年度目标", "source": "instruction", "r0-name": "专门督查", "r0-category": "special"}
    row = {"r0-mode": "transfer", "r0-leads": "示例财政局、示例规划局", "r0-stated_due": "2026-04-30"}
    answer = client.post("/directives/new/", sent | row)
    assert answer.status_code == 422
    assert "主办" in re.sub(r"<label.*?</label>", "", answer.content.decode())
    assert Stream.objects.count() == 0


@pytest.mark.clause("JN-16.3")
def test_a_document_without_the_notices_date_stays_a_draft(db: None) -> None:
    _, client = office_under("jinan-2016")
    sent = {
        "name": "重要文件",
        "source": "document",
        "text": "限期",
        "r0-name": "落实文件",
        "r0-category": "document",
    }
    row = {"r0-mode": "single", "r0-leads": "示例财政局", "r0-content": "内容", "r0-target": "三项指标"}
    more = {"r0-responsible_person": "甲一", "r0-fact_supervision_type": "综合督查"}
    assert client.post("/directives/new/", sent | row | more).status_code == 302
    stream = MatterRow.objects.get().pk
    answer = client.post(f"/m/{stream}/do/submit/", {"words": "请批"})
    assert answer.status_code == 422
    assert "第十六条" in answer.content.decode()
    assert load_matter(stream).stage == "draft"


@pytest.mark.clause("QU-11")
def test_a_yellow_notice_needs_its_blue_one_and_the_right_hand(east: House) -> None:
    stream = dispatched(east)
    done(handle(east.office, c.Acknowledge(unit="finance"), east.finance, stream=stream))
    late = datetime(2026, 3, 17, 9)
    with clock.at(late):
        officer, leader, head = (visiting(p) for p in (east.officer, east.leader, east.head))
        sent = {"unit": "finance", "level": "yellow", "words": "请抓紧"}
        answer = leader.post(f"/m/{stream}/do/urge/", sent)
        assert answer.status_code == 422
        assert "须在蓝色催办单之后" in answer.content.decode()
        answer = leader.post(f"/m/{stream}/do/urge/", sent | {"level": "blue"})
        assert answer.status_code == 422
        assert "须由督查室主任签发" in answer.content.decode()
        assert officer.post(f"/m/{stream}/do/urge/", sent | {"level": "blue"}).status_code == 302
        assert load_matter(stream).notices == {}
        paper = next(p.id for p in load_matter(stream).open_petitions())
        assert leader.post(f"/approvals/{stream}/{paper}/", {"verdict": "yes"}).status_code == 422
        assert head.post(f"/approvals/{stream}/{paper}/", {"verdict": "yes"}).status_code == 302
        assert [n.level for n in load_matter(stream).notices.values()] == ["blue"]


def test_a_form_opened_in_another_post_registers_nothing(east: House, west: House) -> None:
    Post.objects.create(user=east.officer.user, office=west.office, role="officer")
    client = visiting(east.officer)
    opened = re.search(r'name="as_post" value="(\d+)"', client.get("/directives/new/").content.decode())[1]
    client.post("/posts/", {"post": Post.objects.get(user=east.officer.user, office=west.office).pk})
    sent = {"name": "批示", "source": "instruction", "as_post": opened, "command_id": "1"}
    answer = client.post("/directives/new/", sent)
    assert answer.status_code == 422
    assert "您换了职务" in answer.content.decode()
    assert Stream.objects.count() == 0
    client.post("/posts/", {"post": east.officer.pk})
    assert client.post("/directives/new/", sent).status_code == 302
    assert Stream.objects.get().office == east.office
