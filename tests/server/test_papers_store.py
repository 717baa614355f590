"""Keeping papers: checked, under names of our own, and nothing left of what is refused."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from duban.core.chain import sm3
from duban.server import papers_store
from duban.server.attachments import AttachmentRefused
from duban.server.models import Attachment
from tests.server.building import House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr("django.conf.settings.DATA_DIR", tmp_path)
    return tmp_path / "papers"


def test_a_paper_lies_under_a_name_of_our_own(east: House, home: Path) -> None:
    content = "请于三日内办理。".encode()
    attachment = papers_store.save(east.finance, SimpleUploadedFile("../../通知.txt", content), "scan")
    assert (attachment.name, attachment.media_type, attachment.size) == (
        "通知.txt",
        "text/plain",
        len(content),
    )
    assert attachment.digest == sm3(content)
    assert (attachment.uploaded_by, attachment.unit, attachment.stream_id) == (
        east.finance.user.person,
        "finance",
        None,
    )
    assert "通知" not in attachment.path
    with papers_store.open_file(attachment) as file:
        assert file.read() == content
    assert papers_store.paper_of(attachment).ref == str(attachment.pk)
    assert [p for p in home.rglob("*") if p.is_file()] == [home / attachment.path]


def test_a_large_paper_is_kept_whole(east: House) -> None:
    content = b"%PDF-1.7\n" + bytes(range(256)) * 4000
    upload = TemporaryUploadedFile("大.pdf", "application/pdf", len(content), None)
    upload.write(content)
    attachment = papers_store.save(east.officer, upload, "original")
    assert attachment.digest == sm3(content) == papers_store.digest_of_file(attachment)


@pytest.mark.parametrize(
    ("name", "content"),
    [("通知.exe", b"MZ"), ("通知.pdf", b"MZ\x90"), ("空.txt", b""), ("坏.docx", b"PK\x03\x04zz")],
)
def test_of_a_refused_paper_nothing_is_kept(east: House, home: Path, name: str, content: bytes) -> None:
    with pytest.raises(AttachmentRefused):
        papers_store.save(east.officer, SimpleUploadedFile(name, content), "scan")
    assert not Attachment.objects.exists()
    assert not home.exists() or list(home.rglob("*")) == []


def test_where_the_row_cannot_be_written_no_file_stays(
    east: House, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**values: object) -> None:
        raise RuntimeError("the database is full")

    monkeypatch.setattr(Attachment.objects, "create", fail)
    with pytest.raises(RuntimeError):
        papers_store.save(east.officer, SimpleUploadedFile("通知.txt", b"a"), "scan")
    assert [p for p in home.rglob("*") if p.is_file()] == []
