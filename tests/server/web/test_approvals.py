"""签批: what waits, the paper in full, signing one after the other, and signatures given on paper."""

from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duban.core import commands as c
from duban.core import entries as e
from duban.server import clock
from duban.server.handle import handle, history, load_matter
from duban.server.models import Attachment, Post
from tests.server.building import MONDAY, House, dispatched, done, registered
from tests.server.web.visiting import visiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def submitted(h: House, title: str = "修路", at: datetime = MONDAY, **facts: object) -> str:
    stream = registered(h, title, at, **facts)
    with clock.at(at):
        done(handle(h.office, c.Submit(words="请批"), h.officer, stream=stream))
    return stream


def objected(h: House) -> str:
    stream = dispatched(h)
    with clock.at(MONDAY):
        order = c.Object(unit="finance", points=("deadline",), words="时间太紧")
        done(handle(h.office, order, h.finance, stream=stream))
    return stream


def get(post: Post, address: str) -> str:
    with clock.at(MONDAY):
        answer = visiting(post).get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def sign(client: Client, stream: str, petition: str, **values: object) -> object:
    with clock.at(MONDAY):
        return client.post(
            f"/approvals/{stream}/{petition}/", {"command_id": "s1", "verdict": "yes"} | values
        )


LISTING = "listing/office/1"


def test_the_oldest_comes_first_and_only_mine(east: House, west: House) -> None:
    submitted(east, "后来的")
    submitted(east, "早先的", MONDAY.replace(hour=8))
    submitted(west, "别处的")
    text = get(east.head, "/approvals/")
    assert text.index("早先的") < text.index("后来的") and "别处的" not in text
    assert "没有等您签批的" in get(east.leader, "/approvals/")
    assert "早先的" not in get(east.officer, "/approvals/")
    assert "早先的" in get(east.officer, "/approvals/?show=others")
    assert "早先的" not in get(east.finance_chief, "/approvals/?show=others")


def test_the_paper_itself_is_in_view(east: House) -> None:
    stream = submitted(east, content="修东风路", proposed_handling="交财政局办理")
    text = get(east.head, f"/approvals/{stream}/{LISTING}/")
    for words in (
        "批准立项：修路",
        "修东风路",
        "主办：财政局",
        "交财政局办理",
        "督查室主任：",
        "第一条",
        "同意",
        "退回",
    ):
        assert words in text


def test_signing_opens_the_next_one_by_itself(east: House) -> None:
    first, second = submitted(east, "甲", MONDAY.replace(hour=8)), submitted(east, "乙")
    client = visiting(east.head)
    answer = sign(client, first, LISTING)
    assert answer.status_code == 302 and answer["Location"] == f"/approvals/{second}/{LISTING}/"
    assert load_matter(first).stage == "listed"
    answer = sign(client, second, LISTING, command_id="s2")
    assert answer["Location"] == "/approvals/"


def test_sending_it_twice_signs_once(east: House) -> None:
    stream = submitted(east)
    client = visiting(east.head)
    sign(client, stream, LISTING)
    count = len(history(stream))
    assert sign(client, stream, LISTING).status_code == 302
    assert len(history(stream)) == count


def test_a_return_needs_words_and_keeps_what_was_typed(east: House) -> None:
    stream = submitted(east)
    client = visiting(east.head)
    answer = sign(client, stream, LISTING, verdict="no")
    assert answer.status_code == 422 and "退回须写明意见" in answer.content.decode()
    assert sign(client, stream, LISTING, verdict="").status_code == 422
    assert sign(client, stream, LISTING, verdict="no", words="依据不足").status_code == 302
    assert load_matter(stream).stage == "draft"
    assert "依据不足" in get(east.head, f"/approvals/{stream}/{LISTING}/")


def test_a_new_date_and_units_can_be_set_where_the_act_allows(east: House) -> None:
    stream = objected(east)
    address = f"/approvals/{stream}/objection/finance/1/"
    petition = next(p.id for p in load_matter(stream).open_petitions())
    text = get(east.head, f"/approvals/{stream}/{petition}/")
    assert 'name="due"' in text and 'name="leads"' in text and address
    assert 'name="due"' not in get(east.head, f"/approvals/{submitted(east)}/{LISTING}/")
    answer = sign(visiting(east.head), stream, petition, words="同意", due="不是日期")
    assert answer.status_code == 422 and "日期应写成" in answer.content.decode()
    answer = sign(visiting(east.head), stream, petition, words="同意", due="2026-03-20", leads=["roads"])
    assert answer.status_code == 302
    matter = load_matter(stream)
    assert [a.unit for a in matter.leads()] == ["roads"]
    assert matter.facts.stated_due is not None and matter.facts.stated_due.isoformat() == "2026-03-20"


def test_a_unit_head_signs_off_his_own_units_report(east: House) -> None:
    stream = dispatched(east)
    with clock.at(MONDAY):
        done(handle(east.office, c.Acknowledge(unit="finance"), east.finance, stream=stream))
        order = c.ReportCompletion(unit="finance", content=e.Report(text="修好了"), for_sign_off=True)
        done(handle(east.office, order, east.finance, stream=stream))
    petition = next(p.id for p in load_matter(stream).open_petitions())
    address = f"/approvals/{stream}/{petition}/"
    paper = get(east.finance_chief, address)
    assert "修好了" in paper and '<p class="paper__issuer">财政局</p>' in paper
    assert visiting(east.roads).get(address).status_code == 404
    assert sign(visiting(east.finance_chief), stream, petition).status_code == 302
    report = next(iter(load_matter(stream).reports.values()))
    assert report.content.signed_by == "east chief"


def test_a_signature_on_paper_is_recorded_by_staff(east: House) -> None:
    stream = submitted(east)
    text = get(east.officer, f"/approvals/{stream}/{LISTING}/")
    assert "代录签批" in text
    client = visiting(east.officer)
    scan = SimpleUploadedFile("签批单.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    values = {"on_behalf": "|head", "behalf_name": "样例主任"}
    answer = sign(client, stream, LISTING, **values)
    assert answer.status_code == 422 and "须注明依据" in answer.content.decode()
    assert sign(client, stream, LISTING, behalf_name="样例主任").status_code == 422
    values |= {"evidence": "签批单原件", "papers": scan, "occurred_at": "2026-03-02T08:00"}
    # The paper was laid before the signatory at 9:00; at 8:00 there was nothing to sign yet in the docket,
    # but what happened on paper may well be older than its record.
    answer = sign(client, stream, LISTING, **values)
    assert answer.status_code == 302 and answer["Location"] == f"/m/{stream}/"
    signed = next(r for r in history(stream) if isinstance(r.entry, e.PetitionSigned))
    assert (signed.actor.name, signed.actor.role) == ("样例主任", "head")
    assert signed.proxy is not None and signed.proxy.evidence == "签批单原件"
    assert Attachment.objects.get().stream_id == stream
    assert "代签" in get(east.officer, f"/approvals/{stream}/{LISTING}/")


def test_nobody_signs_what_is_not_his(east: House) -> None:
    stream = submitted(east)
    answer = sign(visiting(east.leader), stream, LISTING)
    assert answer.status_code == 422 and load_matter(stream).stage == "pending"


def test_what_is_not_to_be_seen_is_not_there(east: House, west: House) -> None:
    stream = submitted(east)
    for post in (west.head, east.finance, east.discipline):
        assert visiting(post).get(f"/approvals/{stream}/{LISTING}/").status_code == 404
        assert sign(visiting(post), stream, LISTING).status_code == 404
    assert visiting(east.head).get(f"/approvals/{stream}/listing/office/9/").status_code == 404
    hidden = submitted(east, "限知之事", restricted=True, readers=())
    assert "限知之事" not in get(east.leader, "/approvals/?show=others")
    assert visiting(east.leader).get(f"/approvals/{hidden}/{LISTING}/").status_code == 404
    assert visiting(east.head).get(f"/approvals/{hidden}/{LISTING}/").status_code == 200


def test_many_cost_no_more_queries_than_few(east: House) -> None:
    def queries() -> int:
        client = visiting(east.head)
        client.get("/approvals/")
        with clock.at(MONDAY), CaptureQueriesContext(connection) as seen:
            assert client.get("/approvals/").status_code == 200
        return len(seen)

    for _ in range(5):
        submitted(east)
    few = queries()
    for _ in range(50):
        submitted(east)
    assert queries() == few
    assert "第 1–50 条，共 55 条" in get(east.head, "/approvals/")
