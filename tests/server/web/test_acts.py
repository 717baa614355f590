"""The page of every act: it opens, records what is sent, and keeps what was typed when it is refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duban.core import commands as c
from duban.core import entries as e
from duban.server import clock
from duban.server.handle import handle, history
from duban.server.models import Attachment
from duban.server.sweep import sweep
from duban.server.web.act_forms import FORMS
from tests.server.building import MONDAY, House, dispatched, done, listed, registered, reported
from tests.server.web.visiting import visiting

pytestmark = pytest.mark.django_db

LATE = datetime(2026, 3, 17, 9)
"""The day after the completion date of a matter dispatched on Monday 2 March (ten working days)."""
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(autouse=True)
def data_dir(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def working(h: House, **facts: object) -> str:
    stream = dispatched(h, **facts)
    with clock.at(MONDAY):
        done(handle(h.office, c.Acknowledge(unit="finance"), h.finance, stream=stream))
    return stream


def reviewed(h: House) -> str:
    stream = reported(h)
    with clock.at(MONDAY):
        done(handle(h.office, c.Review(unit="finance"), h.officer, stream=stream))
    return stream


def read(h: House) -> str:
    stream = reviewed(h)
    with clock.at(MONDAY):
        done(handle(h.office, c.SendForReading(opinion="已办好"), h.officer, stream=stream))
        done(handle(h.office, c.Sign(petition="reading"), h.leader, stream=stream))
    return stream


def suspended(h: House) -> str:
    stream = working(h)
    with clock.at(MONDAY):
        done(handle(h.office, c.Suspend(reason="等上级"), h.head, stream=stream))
    return stream


def closed(h: House) -> str:
    stream = working(h)
    with clock.at(MONDAY):
        done(handle(h.office, c.Cancel(reason="重复"), h.head, stream=stream))
    return stream


def late(h: House) -> str:
    stream = working(h)
    sweep(LATE)
    return stream


def urged(h: House) -> str:
    stream = late(h)
    with clock.at(LATE):
        done(handle(h.office, c.Urge(unit="finance", level="blue"), h.head, stream=stream))
    return stream


def submitted(h: House) -> str:
    stream = registered(h)
    with clock.at(MONDAY):
        done(handle(h.office, c.Submit(), h.officer, stream=stream))
    return stream


def with_milestone(h: House) -> str:
    return working(h, milestones=(e.MilestonePlan(id="m1", title="开工", due=datetime(2026, 3, 9).date()),))


def with_support(h: House) -> str:
    stream = dispatched(h, leads=("finance",), supports=("roads",))
    with clock.at(MONDAY):
        done(handle(h.office, c.Acknowledge(unit="roads"), h.roads, stream=stream))
    return stream


@dataclass(frozen=True)
class Case:
    """Who does the act where, what is sent, what is recorded first, and what is refused instead."""

    who: str
    place: Callable[[House], str]
    good: dict[str, object] = field(default_factory=dict)
    entry: type[e.Entry] = e.Entry
    bad: dict[str, object] = field(default_factory=dict)
    wrong: str = ""
    """The words of the refusal."""
    at: datetime = MONDAY


CASES: dict[str, Case] = {
    "submit": Case(
        "officer", registered, {"words": "请批"}, e.PetitionOpened, {"on_behalf": "|head"}, "请写明代谁办理"
    ),
    "withdraw": Case(
        "officer",
        submitted,
        {"petition": "listing/office/1"},
        e.PetitionRefused,
        {"petition": "x"},
        "已不存在",
    ),
    "dispatch": Case(
        "officer", listed, {"channel": "paper", "document": "notice"}, e.Dispatched, {}, "请选择交办方式"
    ),
    "inquire": Case(
        "officer",
        working,
        {"unit": "finance", "subject": "progress", "words": "怎样了"},
        e.Inquired,
        {"unit": "finance", "subject": "weather"},
        "请核对",
    ),
    "acknowledge": Case(
        "finance",
        dispatched,
        {"handler": "经手人甲", "committed_date": "2026-03-13"},
        e.Acknowledged,
        {"handler": "经手人甲", "committed_date": "2026-03-17"},
        "承诺时限不得晚于",
    ),
    "object": Case(
        "finance",
        working,
        {"points": ["deadline"], "words": "太短", "asked_due": "2026-03-20"},
        e.ObjectionRaised,
        {"points": ["deadline"], "words": "  "},
        "请填写这一栏",
    ),
    "submit_plan": Case(
        "finance", working, {"text": "先勘察"}, e.PlanSubmitted, {"text": ""}, "请填写这一栏"
    ),
    "break_down": Case(
        "finance",
        working,
        {"items": "勘察；甲；2026-03-05\n施工；乙"},
        e.TaskBrokenDown,
        {"items": "勘察；甲；三月五日"},
        "日期应写成",
    ),
    "reach_milestone": Case(
        "finance",
        with_milestone,
        {"milestone": "m1"},
        e.MilestoneReached,
        {"milestone": "m9"},
        "没有这个节点",
    ),
    "report_progress": Case(
        "finance",
        working,
        {"text": "修了一半", "sealed": "on"},
        e.ProgressReported,
        {"text": ""},
        "请写明进展",
    ),
    "report_completion": Case(
        "finance", working, {"text": "修好了"}, e.CompletionReported, {"problems": "无"}, "请写明办理结果"
    ),
    "submit_input": Case("roads", with_support, {"text": "同意"}, e.InputSubmitted, {}, "请填写这一栏"),
    "request_extension": Case(
        "finance",
        working,
        {"reason": "下雨", "asked_due": "2026-03-20"},
        e.DelayExplained,
        {"reason": "下雨", "asked_due": "下周"},
        "日期应写成",
    ),
    "explain_delay": Case("finance", working, {"reason": "下雨"}, e.DelayExplained, {}, "须写明原因"),
    "request_coordination": Case(
        "finance", working, {"words": "请协调用地"}, e.CoordinationRequested, {}, "请填写这一栏"
    ),
    "answer_urging": Case(
        "finance", urged, {"words": "本周完成"}, e.UrgingAnswered, {"words": ""}, "请填写这一栏", LATE
    ),
    "review": Case(
        "officer",
        reported,
        {"unit": "finance", "verdict": "accept"},
        e.ReportAccepted,
        {"unit": "finance", "verdict": "return", "words": "不实在"},
        "退回须选择原因",
    ),
    "send_for_reading": Case(
        "officer", reviewed, {"opinion": "已办好"}, e.PetitionOpened, {"occurred_at": "去年"}, "时间应写成"
    ),
    "set_readers": Case(
        "officer",
        lambda h: listed(h, restricted=True, readers=(h.leader.user.person,)),
        {"readers": ["u1", "u2"], "words": "增加一人"},
        e.ReadersSet,
        {"words": "一个也不要"},
        "请填写这一栏",
    ),
    "set_date": Case(
        "leader", working, {"due": "2026-03-20"}, e.PetitionOpened, {"due": "2026-03-01"}, "不能早于今天"
    ),
    "record_finding": Case(
        "head",
        working,
        {"unit": "finance", "finding": "shirking", "words": "推给别人", "evidence": "纪要"},
        e.FindingRecorded,
        {"unit": "finance", "finding": "shirking", "words": "推给别人"},
        "认定须写明事实和证据",
    ),
    "remind": Case("officer", working, {"unit": "finance"}, e.Reminded, {"unit": "roads"}, "不承办本事项"),
    "urge": Case(
        "head",
        late,
        {"unit": "finance", "level": "blue"},
        e.PetitionOpened,
        {"unit": "finance", "level": "yellow"},
        "须在蓝色催办单之后",
        LATE,
    ),
    "withhold": Case(
        "head",
        late,
        {"proposal": "blue/finance/1", "words": "已口头催过"},
        e.ProposalWithheld,
        {"proposal": "blue/finance/1", "words": " "},
        "请填写这一栏",
        LATE,
    ),
    "explain_in_person": Case(
        "leader",
        working,
        {"unit": "finance", "words": "原因说明"},
        e.ExplainedInPerson,
        {"unit": "finance"},
        "请填写",
    ),
    "close": Case("officer", read, {"words": "办结"}, e.Closed, {"occurred_at": "去年"}, "时间应写成"),
    "close_unachieved": Case("head", working, {"reason": "条件不具备"}, e.PetitionOpened, {}, "请填写这一栏"),
    "cancel": Case("head", working, {"reason": "重复"}, e.PetitionOpened, {"reason": " "}, "请填写这一栏"),
    "suspend": Case("head", working, {"reason": "等上级"}, e.PetitionOpened, {}, "请填写这一栏"),
    "resume": Case(
        "head", suspended, {"due": "2026-03-20"}, e.PetitionOpened, {"due": "2026-02-20"}, "不能早于今天"
    ),
    "reopen": Case(
        "head",
        closed,
        {"reason": "又坏了", "due": "2026-03-20"},
        e.PetitionOpened,
        {"reason": "又坏了", "due": "2026-02-20"},
        "不能早于今天",
    ),
    "convert_to_upkeep": Case(
        "head", working, {"grade": "none"}, e.Entry, {"grade": ""}, "请选择转常态化后的督查等级"
    ),
    "confirm_take_over": Case(
        "officer",
        lambda h: dispatched(h, taken_over=True),
        {"words": "已核对"},
        e.TakeOverConfirmed,
        {"evidence": "x", "on_behalf": "|head"},
        "请写明代谁办理",
    ),
    "attach": Case("officer", working, {}, e.Attached, {}, "请选择要附加的文件"),
    "correct": Case(
        "officer",
        working,
        {"position": "1", "words": "标题有误"},
        e.Corrected,
        {"position": "一", "words": "标题有误"},
        "请核对",
    ),
}


def pdf(name: str = "证明.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def send(client: Client, stream: str, word: str, values: dict[str, object], command_id: str = "f1") -> object:
    return client.post(f"/m/{stream}/do/{word}/", {"command_id": command_id} | values)


def test_every_act_with_a_form_is_tried_here() -> None:
    assert CASES.keys() == FORMS.keys()


@pytest.mark.parametrize("word", FORMS)
def test_the_form_opens(east: House, word: str) -> None:
    case = CASES[word]
    stream = case.place(east)
    with clock.at(case.at):
        answer = visiting(getattr(east, case.who)).get(f"/m/{stream}/do/{word}/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert FORMS[word].consequence in text and 'name="command_id"' in text
    assert "现在不能办理" not in text or word == "convert_to_upkeep"


@pytest.mark.parametrize("word", [w for w in FORMS if w != "convert_to_upkeep"])
def test_what_is_sent_is_recorded_once(east: House, word: str) -> None:
    case = CASES[word]
    stream = case.place(east)
    before = len(history(stream))
    client = visiting(getattr(east, case.who))
    with clock.at(case.at):
        good = case.good | ({"papers": pdf()} if word == "attach" else {})
        answer = send(client, stream, word, good)
        assert answer.status_code == 302, answer.content.decode()
        assert answer["Location"] == f"/m/{stream}/"
        recorded = history(stream)[before:]
        assert case.entry in {type(r.entry) for r in recorded}
        if word != "attach":
            assert send(client, stream, word, case.good).status_code == 302
            assert len(history(stream)) == before + len(recorded)


@pytest.mark.parametrize("word", [w for w in FORMS if CASES[w].wrong])
def test_what_is_wrong_is_refused_and_kept(east: House, word: str) -> None:
    case = CASES[word]
    stream = case.place(east)
    before = len(history(stream))
    with clock.at(case.at):
        answer = send(visiting(getattr(east, case.who)), stream, word, case.bad)
    text = answer.content.decode()
    assert answer.status_code == 422 and case.wrong in text
    assert 'value="f1"' in text, "the same form is sent again"
    assert len(history(stream)) == before
    for name, value in case.bad.items():
        if (
            isinstance(value, str)
            and value.strip()
            and f'name="{name}"' in text
            and name in ("words", "reason")
        ):
            assert value in text


def test_an_act_nobody_knows_is_not_there(east: House) -> None:
    client = visiting(east.officer)
    stream = working(east)
    for word in ("register", "sign", "tick", "nonsense"):
        assert client.get(f"/m/{stream}/do/{word}/").status_code == 404
        assert client.post(f"/m/{stream}/do/{word}/").status_code == 404


def test_strangers_can_neither_see_nor_send(east: House, west: House) -> None:
    stream = working(east)
    for post in (west.officer, east.roads, east.discipline):
        assert visiting(post).get(f"/m/{stream}/do/remind/").status_code == 404
        assert send(visiting(post), stream, "remind", {"unit": "finance"}).status_code == 404


def test_a_unit_neither_acts_for_another_nor_looks_into_its_form(east: House) -> None:
    stream = with_support(east)
    with clock.at(MONDAY):
        done(handle(east.office, c.Acknowledge(unit="finance"), east.finance, stream=stream))
        report = c.ReportProgress(unit="finance", content=e.Report(text="财政局写的"))
        done(handle(east.office, report, east.finance, stream=stream))
        client = visiting(east.roads)
        assert send(client, stream, "acknowledge", {"unit": "finance"}).status_code == 404
        assert client.get(f"/m/{stream}/do/report_progress/?unit=finance").status_code == 404
        own = client.get(f"/m/{stream}/do/report_progress/")
        assert own.status_code == 200 and "财政局写的" not in own.content.decode()
        for word in ("review", "withhold", "withdraw", "urge"):
            assert client.get(f"/m/{stream}/do/{word}/").status_code == 404


def test_the_form_says_by_when_and_on_what_ground(east: House) -> None:
    stream = working(east)
    with clock.at(MONDAY):
        text = visiting(east.finance).get(f"/m/{stream}/do/report_completion/").content.decode()
    assert "3月16日 周一" in text and "第一条" in text


def test_staff_record_for_a_unit_with_evidence(east: House) -> None:
    stream = dispatched(east)
    values = {
        "unit": "finance",
        "on_behalf": "finance|liaison",
        "behalf_name": "样例甲",
        "occurred_at": "2026-03-02T08:30",
    }
    with clock.at(MONDAY.replace(hour=10)):
        client = visiting(east.officer)
        answer = send(client, stream, "acknowledge", values)
        assert answer.status_code == 422 and "须注明依据" in answer.content.decode()
        answer = send(
            client,
            stream,
            "acknowledge",
            values | {"occurred_at": "2026-03-02T09:30", "evidence": "通话记录"},
        )
        assert answer.status_code == 302
    r = next(r for r in history(stream) if isinstance(r.entry, e.Acknowledged))
    assert (r.actor.name, r.actor.unit, r.occurred_at) == ("样例甲", "finance", datetime(2026, 3, 2, 9, 30))
    assert r.proxy is not None and r.proxy.recorder.person == east.officer.user.person


def test_with_several_units_the_form_asks_which(east: House) -> None:
    stream = dispatched(east, leads=("finance",), supports=("roads",))
    with clock.at(MONDAY):
        text = visiting(east.officer).get(f"/m/{stream}/do/acknowledge/").content.decode()
    assert 'name="unit"' in text and "公路局" in text


def test_uploaded_papers_survive_a_refusal(east: House) -> None:
    stream = working(east)
    client = visiting(east.finance)
    with clock.at(MONDAY):
        answer = send(client, stream, "report_completion", {"papers": pdf("照片说明.pdf")})
        assert answer.status_code == 422 and "照片说明.pdf" in answer.content.decode()
        kept = Attachment.objects.get()
        assert kept.stream_id is None
        answer = send(client, stream, "report_completion", {"text": "修好了", "kept": kept.pk})
        assert answer.status_code == 302
    kept.refresh_from_db()
    assert kept.stream_id == stream
    entry = next(r.entry for r in history(stream) if isinstance(r.entry, e.CompletionReported))
    assert [p.name for p in entry.content.papers] == ["照片说明.pdf"]


def test_someone_elses_upload_cannot_be_claimed(east: House) -> None:
    stream = working(east)
    with clock.at(MONDAY):
        send(visiting(east.finance), stream, "report_completion", {"papers": pdf()})
        kept = Attachment.objects.get()
        send(visiting(east.officer), stream, "attach", {"kept": kept.pk})
    kept.refresh_from_db()
    assert kept.stream_id is None


def test_a_file_that_may_not_be_attached_is_refused_at_its_field(east: House) -> None:
    stream = working(east)
    script = SimpleUploadedFile("页面.html", b"<script>alert(1)</script>", content_type="text/html")
    with clock.at(MONDAY):
        answer = send(visiting(east.finance), stream, "report_completion", {"text": "好", "papers": script})
    assert answer.status_code == 422 and 'id="id_papers_error"' in answer.content.decode()
    assert not Attachment.objects.exists()


def test_one_comes_back_to_where_one_came_from_but_not_to_another_site(east: House) -> None:
    stream = working(east)
    client = visiting(east.officer)
    with clock.at(MONDAY):
        answer = send(client, stream, "remind", {"unit": "finance", "next": "/urgings/"}, "a")
        assert answer["Location"] == "/urgings/"
        answer = send(client, stream, "remind", {"unit": "finance", "next": "//evil.example/"}, "b")
        assert answer["Location"] == f"/m/{stream}/"


def test_what_cannot_be_done_now_is_said_before_anything_is_typed(east: House) -> None:
    stream = listed(east)
    with clock.at(MONDAY):
        text = visiting(east.officer).get(f"/m/{stream}/do/close/").content.decode()
    assert "现在不能办理" in text and "待交办" in text
