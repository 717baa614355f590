"""Which files may be attached, and how each other one is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.server.attachments import MB, AttachmentKind, AttachmentRefused, check_attachment, clean_name

PDF = b"%PDF-1.7\n"
ZIP = b"PK\x03\x04" + b"\0" * 26
OLE = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 504
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 24
EXE = b"MZ\x90\x00" + b"\0" * 60
DOCX = ["[Content_Types].xml", "word/document.xml"]
XLSX = ["[Content_Types].xml", "xl/workbook.xml"]
PPTX = ["[Content_Types].xml", "ppt/presentation.xml"]
OFD = ["OFD.xml", "Doc_0/Document.xml"]


def check(name: str, head: bytes, members: list[str] | None = None) -> AttachmentKind:
    return check_attachment(name, head, len(head), members)


@pytest.mark.parametrize(
    ("name", "head", "members", "form"),
    [
        ("通知.pdf", PDF, None, "pdf"),
        ("通知.PDF", PDF, None, "pdf"),
        ("报告.docx", ZIP, DOCX, "docx"),
        ("台账.xlsx", ZIP, XLSX, "xlsx"),
        ("汇报.pptx", ZIP, PPTX, "pptx"),
        ("报告.wps", ZIP, DOCX, "docx"),
        ("报告.wps", OLE, None, "ole"),
        ("台账.et", ZIP, XLSX, "xlsx"),
        ("汇报.dps", OLE, None, "ole"),
        ("报告.doc", OLE, None, "ole"),
        ("台账.xls", OLE, None, "ole"),
        ("汇报.ppt", OLE, None, "ole"),
        ("公文.ofd", ZIP, OFD, "ofd"),
        ("照片.jpg", JPG, None, "jpg"),
        ("照片.jpeg", JPG, None, "jpg"),
        ("截图.png", PNG, None, "png"),
        ("说明.txt", "说明：已办结。\r\n".encode(), None, "txt"),
        ("说明.txt", "说明：已办结。\r\n".encode("gb18030"), None, "txt"),
        ("说明.txt", b"BMW is no bitmap", None, "txt"),
    ],
)
def test_what_is_taken(name: str, head: bytes, members: list[str] | None, form: str) -> None:
    kind = check(name, head, members)
    assert (kind.name, kind.form, kind.extension) == (name, form, name.rpartition(".")[2].lower())
    assert "/" in kind.media_type


def test_a_text_cut_off_inside_a_character_is_still_text() -> None:
    head = "督查".encode()[:-1]
    assert check_attachment("说明.txt", head, 9000, None).form == "txt"
    gb = "督查室".encode("gb18030")[:-1]
    assert check_attachment("说明.txt", gb, 9000, None).form == "txt"


@pytest.mark.parametrize(
    ("name", "head", "members", "says"),
    [
        ("通知.pdf", EXE, None, "名为 PDF，内容是可执行文件"),
        ("通知.pdf", b"\x7fELF" + b"\0" * 60, None, "可执行文件"),
        ("通知.pdf", b"#!/bin/sh\n", None, "名为 PDF，内容是脚本"),
        ("通知.pdf", ZIP, DOCX, "名为 PDF，内容是Word 文档"),
        ("通知.docx", PDF, None, "名为 DOCX，内容是PDF"),
        ("通知.docx", ZIP, XLSX, "Excel"),
        ("通知.docx", ZIP, ["a.txt"], "压缩包"),
        ("通知.docx", ZIP, [*DOCX, "xl/workbook.xml"], "压缩包"),
        ("通知.docx", ZIP, None, "已损坏"),
        ("通知.docx", OLE, None, "打开密码"),
        ("通知.doc", ZIP, DOCX, "名为 DOC，"),
        ("照片.jpg", PNG, None, "名为 JPG，内容是PNG"),
        ("照片.png", b"GIF89a" + b"\0" * 60, None, ".gif"),
        ("公文.ofd", ZIP, DOCX, "名为 OFD"),
        ("公文.txt", PDF, None, "名为 TXT"),
        ("说明.txt", b"<!DOCTYPE html><script>", None, "网页"),
        ("说明.txt", b"\xef\xbb\xbf  <SVG onload=x>", None, "网页"),
        ("说明.txt", b"abc\0def", None, "无法识别"),
        ("说明.txt", b"abc\x1b[2Jdef", None, "无法识别"),
        ("说明.txt", b"abc\xff\xff\xff\xff", None, "无法识别"),
        ("图.svg", b"<svg/>", None, "网页"),
        ("页.html", b"<html>", None, "导出为 PDF"),
        ("setup.exe", EXE, None, "程序"),
        ("a.pdf.exe", EXE, None, "程序"),
        ("a.pdf.js", b"alert(1)", None, "脚本"),
        ("报告.docm", ZIP, DOCX, "宏"),
        ("报告.docx", ZIP, [*DOCX, "word/vbaProject.bin"], "带有宏"),
        ("报告.docx", ZIP, [*DOCX, "word/VBAPROJECT.BIN"], "带有宏"),
        ("台账.xlsx", ZIP, [*XLSX, "xl/macrosheets/sheet1.xml"], "带有宏"),
        ("报告.doc", OLE + "_VBA_PROJECT".encode("utf-16-le"), None, "带有宏"),
        ("资料.zip", ZIP, ["a.txt"], "可上传的格式"),
        ("没有扩展名", PDF, None, "没有扩展名"),
        ("通知.pdf", b"", None, "空文件"),
    ],
)
def test_what_is_refused(name: str, head: bytes, members: list[str] | None, says: str) -> None:
    with pytest.raises(AttachmentRefused) as refused:
        check(name, head, members)
    assert says in str(refused.value)
    assert "请" in str(refused.value)


def test_the_size_is_capped() -> None:
    assert check_attachment("a.pdf", PDF, 50 * MB, None).form == "pdf"
    with pytest.raises(AttachmentRefused, match=r"60\.0 MB，超过上限 50 MB"):
        check_attachment("a.pdf", PDF, 60 * MB, None)
    with pytest.raises(AttachmentRefused, match="超过上限 1 MB"):
        check_attachment("a.pdf", PDF, 2 * MB, None, max_size=MB)


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("../../etc/通知.pdf", "通知.pdf"),
        ("C:\\公文\\通知.pdf", "通知.pdf"),
        (" 通知.pdf. ", "通知.pdf"),
        ("通知（第2稿）.pdf", "通知（第2稿）.pdf"),
        ("字" * 70 + ".pdf", "字" * 70 + ".pdf"),
    ],
)
def test_names_become_basenames(given_name: str, clean: str) -> None:
    assert clean_name(given_name) == clean


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("通知\n.pdf", "控制字符"),
        ("通知\0.pdf", "控制字符"),
        ("通知\u202efdp.exe", "控制字符"),
        ("字" * 80 + ".pdf", "过长"),
        ("a" * 121 + ".pdf", "过长"),
        ("", "没有文件名"),
        ("目录/", "没有文件名"),
        ("..", "没有文件名"),
        (".pdf", "没有文件名"),
        ("a<b>.pdf", "重新命名"),
        ("a.pdf:b.exe", "重新命名"),
    ],
)
def test_names_refused(name: str, says: str) -> None:
    with pytest.raises(AttachmentRefused, match=says):
        clean_name(name)


@given(
    name=st.text(max_size=30), head=st.binary(max_size=60), members=st.none() | st.lists(st.text(max_size=20))
)
def test_anything_else_is_refused_and_never_an_error(
    name: str, head: bytes, members: list[str] | None
) -> None:
    try:
        kind = check(f"{name}.pdf", head, members)
    except AttachmentRefused:
        return
    assert head.startswith(b"%PDF-")
    assert "/" not in kind.name
    assert "\\" not in kind.name
