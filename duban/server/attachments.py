"""Which files may be attached (附件), decided from name, first bytes, size and archive members alone.

An allow-list: what is not recognised is refused. Nothing is unpacked or opened here. What this cannot see: macros
deep inside an old .doc/.xls, and scripts inside a PDF; such files are only ever offered as downloads.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import filetype

MB = 1024 * 1024
MAX_SIZE = 50 * MB
# Characters and UTF-8 bytes; file systems stop at 255 bytes, and storage adds a few of its own.
MAX_NAME = 120
MAX_NAME_BYTES = 230
# As many first bytes as `head` should have.
HEAD_SIZE = 8192

Form = Literal["pdf", "docx", "xlsx", "pptx", "ole", "jpg", "png", "ofd", "txt"]

OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
_OOXML = "application/vnd.openxmlformats-officedocument."
# Extension → the forms its bytes may have, and the media type to send with a download.
ALLOWED: dict[str, tuple[tuple[Form, ...], str]] = {
    "pdf": (("pdf",), "application/pdf"),
    "docx": (("docx",), f"{_OOXML}wordprocessingml.document"),
    "xlsx": (("xlsx",), f"{_OOXML}spreadsheetml.sheet"),
    "pptx": (("pptx",), f"{_OOXML}presentationml.presentation"),
    "doc": (("ole",), "application/msword"),
    "xls": (("ole",), "application/vnd.ms-excel"),
    "ppt": (("ole",), "application/vnd.ms-powerpoint"),
    "wps": (("ole", "docx"), "application/vnd.ms-works"),
    "et": (("ole", "xlsx"), "application/vnd.ms-excel"),
    "dps": (("ole", "pptx"), "application/vnd.ms-powerpoint"),
    "ofd": (("ofd",), "application/ofd"),
    "jpg": (("jpg",), "image/jpeg"),
    "jpeg": (("jpg",), "image/jpeg"),
    "png": (("png",), "image/png"),
    "txt": (("txt",), "text/plain"),
}
_MACRO_EXTENSIONS = frozenset(
    {"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "ppam"}
)
_PROGRAMS = {
    "exe",
    "com",
    "scr",
    "msi",
    "msix",
    "dll",
    "sys",
    "jar",
    "apk",
    "swf",
    "chm",
    "lnk",
    "url",
    "reg",
}
_SCRIPTS = {
    "bat",
    "cmd",
    "ps1",
    "vbs",
    "vbe",
    "js",
    "jse",
    "mjs",
    "wsf",
    "wsh",
    "sh",
    "py",
    "pl",
    "rb",
    "php",
    "jsp",
}
_PAGES = {"hta", "asp", "aspx", "html", "htm", "xhtml", "mht", "mhtml", "shtml", "svg", "svgz", "xml", "xsl"}
# The forms in words a person knows.
_FORM_NAMES: dict[Form, str] = {
    "pdf": "PDF",
    "docx": "Word 文档（.docx）",
    "xlsx": "Excel 工作簿（.xlsx）",
    "pptx": "演示文稿（.pptx）",
    "ole": "旧版 Office/WPS 文件（或设有密码的文件）",
    "jpg": "JPG 图片",
    "png": "PNG 图片",
    "ofd": "OFD 版式文件",
    "txt": "纯文本",
}
_MARKUP = re.compile(
    rb"^\s*(?:<\?xml|<!--|<!doctype|<html|<head|<body|<script|<svg|<iframe|<math|mime-version:)", re.I
)
_MACRO_MEMBERS = ("vbaproject.bin", "vbadata.xml", "xl/macrosheets/", "xl/workbook.bin")


class AttachmentRefused(Exception):
    """这个附件不能上传。The message (Chinese) says why and what to do."""


@dataclass(frozen=True)
class AttachmentKind:
    """An accepted attachment: the name to show (a plain basename), its extension, form and media type."""

    name: str
    extension: str
    form: Form
    media_type: str


def check_attachment(
    name: str, head: bytes, size: int, zip_names: Sequence[str] | None, *, max_size: int = MAX_SIZE
) -> AttachmentKind:
    """Accept or refuse one file.

    `head`: its first `HEAD_SIZE` bytes (or all of them); `size` in bytes; `zip_names`: the member names where the file
    can be opened as a ZIP archive, otherwise None. Raises `AttachmentRefused`.
    """
    name = clean_name(name)
    if size <= 0 or not head:
        raise AttachmentRefused(f"“{name}”是空文件（0 字节）。请核对后重新选择。")
    if size > max_size:
        raise AttachmentRefused(
            f"“{name}”有 {size / MB:.1f} MB，超过上限 {max_size / MB:g} MB。请压缩图片或拆分后再上传。"
        )
    extension = _allowed_extension(name)
    form = _form(name, extension, head, size, zip_names)
    forms, media_type = ALLOWED[extension]
    if form not in forms:
        raise _disagreement(name, extension, _FORM_NAMES[form])
    return AttachmentKind(name, extension, form, media_type)


def clean_name(name: str) -> str:
    r"""The basename: C:\公文\通知.pdf and ../../通知.pdf become 通知.pdf. Refuses what cannot be shown honestly."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # Cf holds the marks that reverse the writing direction: with one, "通知\u202efdp.exe" looks like a PDF.
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in name):
        raise AttachmentRefused("文件名含有控制字符或不可见字符。请重新命名后再上传。")
    base = base.strip().rstrip(". ")
    if not base or not base.partition(".")[0].strip():
        raise AttachmentRefused("没有文件名。请给文件起名（如“情况说明.pdf”）后再上传。")
    if len(base) > MAX_NAME or len(base.encode("utf-8")) > MAX_NAME_BYTES:
        raise AttachmentRefused(
            f"文件名过长（{len(base)} 个字符）。请缩短到 {MAX_NAME} 个字符、约 70 个汉字以内再上传。"
        )
    if re.search(r'[<>:"|?*]', base):
        raise AttachmentRefused(f'文件名“{base}”含有 < > : " | ? * 之一。请重新命名后再上传。')
    return base


def _allowed_extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    extension = extension.lower() if dot and stem else ""
    if extension in ALLOWED:
        return extension
    if extension in _MACRO_EXTENSIONS:
        raise AttachmentRefused(
            f"“{name}”是可带宏的格式，不能上传。请另存为不带宏的 .docx、.xlsx 或 .pptx，或导出为 PDF。"
        )
    if extension in _PROGRAMS | _SCRIPTS | _PAGES:
        raise AttachmentRefused(f"“{name}”是程序、脚本或网页，不能上传。如需留存内容，请导出为 PDF 再上传。")
    accepted = "、".join(sorted(ALLOWED))
    raise AttachmentRefused(
        f"不能上传 {f'.{extension}' if extension else '没有扩展名的'} 文件。可上传的格式：{accepted}。请转换后再上传。"
    )


def _form(name: str, extension: str, head: bytes, size: int, zip_names: Sequence[str] | None) -> Form:
    if head.startswith(b"PK\x03\x04"):
        return _zip_form(name, extension, zip_names)
    if head.startswith(OLE_MAGIC):
        return _ole_form(name, extension, head)
    if head.startswith(b"%PDF-"):
        return "pdf"
    guess = filetype.guess(head)
    found: str | None = guess.extension if guess else None
    if found == "jpg":
        return "jpg"
    if found == "png":
        return "png"
    if content := _active_content(head, found):
        raise _disagreement(name, extension, content)
    # Before the other guesses: a text that begins with "BM" is not a bitmap.
    if _is_text(head, whole=len(head) >= size):
        return "txt"
    raise _disagreement(name, extension, f" .{found} 文件" if found else "无法识别的内容")


def _zip_form(name: str, extension: str, zip_names: Sequence[str] | None) -> Form:
    if zip_names is None:
        raise AttachmentRefused(f"“{name}”已损坏，打不开。请用 Office 或 WPS 打开后另存，再上传。")
    members = {member.replace("\\", "/").lstrip("/").lower() for member in zip_names}
    if any(member.endswith(mark) or member.startswith(mark) for member in members for mark in _MACRO_MEMBERS):
        raise AttachmentRefused(f"“{name}”带有宏，不能上传。请另存为不带宏的格式，或导出为 PDF。")
    if "ofd.xml" in members:
        return "ofd"
    if "[content_types].xml" in members:
        mains: tuple[tuple[str, Form], ...] = (
            ("word/document.xml", "docx"),
            ("xl/workbook.xml", "xlsx"),
            ("ppt/presentation.xml", "pptx"),
        )
        forms = [form for main, form in mains if main in members]
        if len(forms) == 1:
            return forms[0]
    raise _disagreement(name, extension, "压缩包")


def _ole_form(name: str, extension: str, head: bytes) -> Form:
    if "_VBA_PROJECT".encode("utf-16-le") in head:
        raise AttachmentRefused(f"“{name}”带有宏，不能上传。请另存为不带宏的格式，或导出为 PDF。")
    if extension in ("docx", "xlsx", "pptx"):
        raise AttachmentRefused(
            f"“{name}”名为 {extension.upper()}，内容是旧版格式或设有打开密码。请去掉密码，另存为 .{extension} 再上传。"
        )
    return "ole"


def _active_content(head: bytes, found: str | None) -> str | None:
    """What the bytes are, where they are something that runs."""
    if head.startswith((b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")) or found in (
        "exe",
        "elf",
    ):
        return "可执行文件"
    if head.startswith(b"#!"):
        return "脚本"
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        return "网页或标记文件"
    return None


def _is_text(head: bytes, *, whole: bool) -> bool:
    """UTF-8 or GB18030 without NUL and other control characters; a character cut off at the end of `head` is fine."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head, final=whole)
        except UnicodeDecodeError:
            continue
        return not any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f" for sign in text)
    return False


def _disagreement(name: str, extension: str, content: str) -> AttachmentRefused:
    return AttachmentRefused(
        f"“{name}”名为 {extension.upper()}，内容是{content}。请核对文件，按实际格式另存或导出后再上传。"
    )
