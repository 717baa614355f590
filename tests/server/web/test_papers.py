"""Handing out papers: as a download, under their own name, to those who may read the entry that names them."""

from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from duban.core import commands as c
from duban.core import entries as e
from duban.server import clock, papers_store
from duban.server.handle import handle, load_matter
from duban.server.models import Attachment, Post
from tests.server.building import MONDAY, House, dispatched, done
from tests.server.web.visiting import visiting

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(autouse=True)
def data_dir(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def uploaded(post: Post, kind: str = "report") -> Attachment:
    with clock.at(MONDAY):
        return papers_store.save(post, SimpleUploadedFile("现场 照片.pdf", PDF), kind)


def status(post: Post, attachment: Attachment) -> int:
    answer = visiting(post).get(f"/papers/{attachment.pk}/")
    if answer.streaming:
        assert b"".join(answer.streaming_content) == PDF
    return answer.status_code


def with_report(h: House, proxy: bool = False) -> tuple[str, Attachment]:
    """A matter led by finance with roads supporting; finance's report carries a paper."""
    stream = dispatched(h, leads=("finance",), supports=("roads",))
    recorder = h.officer if proxy else h.finance
    paper = uploaded(recorder)
    content = e.Report(text="已办", papers=(papers_store.paper_of(paper),))
    actor = h.finance.actor()
    as_proxy = e.Proxy(recorder=h.officer.actor(), evidence="来件") if proxy else None
    with clock.at(MONDAY):
        done(handle(h.office, c.Acknowledge(unit="finance"), h.finance, stream=stream))
        order = c.ReportProgress(unit="finance", content=content)
        done(handle(h.office, order, actor, stream=stream, proxy=as_proxy))
    return stream, paper


def test_it_comes_as_a_download_under_its_name(east: House) -> None:
    _, paper = with_report(east)
    answer = visiting(east.officer).get(f"/papers/{paper.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('现场 照片.pdf')}"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("proxy", [False, True])
def test_other_units_do_not_get_a_units_papers(east: House, west: House, proxy: bool) -> None:
    stream, paper = with_report(east, proxy)
    assert [status(p, paper) for p in (east.officer, east.leader, east.finance, east.finance_chief)] == [
        200
    ] * 4
    assert [status(p, paper) for p in (east.roads, east.discipline, west.officer)] == [404] * 3
    with clock.at(MONDAY):
        listed = visiting(east.finance).get(f"/m/{stream}/?tab=papers").content.decode()
        hidden = visiting(east.roads).get(f"/m/{stream}/?tab=papers").content.decode()
    assert f"/papers/{paper.pk}/" in listed and "1 KB" in listed
    assert "现场 照片" not in hidden


def test_scans_the_office_attaches_stay_in_the_office(east: House) -> None:
    stream = dispatched(east)
    scan, other = uploaded(east.officer, "scan"), uploaded(east.officer, "other")
    with clock.at(MONDAY):
        for paper in (scan, other):
            order = c.Attach(paper=papers_store.paper_of(paper))
            done(handle(east.office, order, east.officer, stream=stream))
    assert (status(east.officer, scan), status(east.finance, scan)) == (200, 404)
    assert (status(east.finance, other), status(east.roads, other)) == (200, 404)


def test_a_loose_upload_is_its_uploaders_alone(east: House) -> None:
    paper = uploaded(east.finance)
    assert (status(east.finance, paper), status(east.officer, paper), status(east.finance_chief, paper)) == (
        200,
        404,
        404,
    )


def test_a_head_can_open_what_he_is_to_sign(east: House) -> None:
    stream = dispatched(east)
    paper = uploaded(east.finance)
    content = e.Report(text="修好了", papers=(papers_store.paper_of(paper),))
    with clock.at(MONDAY):
        done(handle(east.office, c.Acknowledge(unit="finance"), east.finance, stream=stream))
        order = c.ReportCompletion(unit="finance", content=content, for_sign_off=True)
        done(handle(east.office, order, east.finance, stream=stream))
        petition = next(p.id for p in load_matter(stream).open_petitions())
        page = visiting(east.finance_chief).get(f"/approvals/{stream}/{petition}/").content.decode()
    assert f"/papers/{paper.pk}/" in page
    assert status(east.finance_chief, paper) == 200


def test_a_file_that_is_gone_and_one_that_never_was_look_the_same(east: House) -> None:
    _, paper = with_report(east)
    (papers_store.home() / paper.path).unlink()
    assert status(east.officer, paper) == 404
    assert visiting(east.officer).get("/papers/999999/").status_code == 404
