"""Where papers (附件) are kept: in the data directory, under random names, never under a user's words."""

import secrets
import zipfile
from pathlib import Path
from typing import IO, Any, BinaryIO

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from duban.core.entries import Paper
from duban.server import clock
from duban.server.attachments import HEAD_SIZE, check_attachment
from duban.server.models import Attachment, Office, Post

CHUNK = 256 * 1024


def home() -> Path:
    """The folder of all papers; made when first needed, for its owner only."""
    folder: Path = settings.DATA_DIR / "papers"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def save(post: Post, upload: "UploadedFile[Any]", kind: str) -> Attachment:
    """Check and keep an uploaded file for the post's office.

    It belongs to no docket until an entry names it. Raises ``AttachmentRefused`` (Chinese) for what may not be
    attached; then nothing is kept.
    """
    file = upload.file
    assert file is not None
    file.seek(0)
    head = file.read(HEAD_SIZE)
    found = check_attachment(
        upload.name or "", head, upload.size or 0, _zip_names(file), max_size=settings.UPLOAD_MAX_BYTES
    )
    file.seek(0)
    path = f"{secrets.token_hex(1)}/{secrets.token_hex(16)}"
    try:
        digest, size = _write(home() / path, upload)
        with transaction.atomic():
            return Attachment.objects.create(
                office=post.office,
                kind=kind,
                name=found.name,
                path=path,
                media_type=found.media_type,
                size=size,
                digest=digest,
                uploaded_by=post.user.person,
                unit=post.unit_key,
                uploaded_at=clock.to_db(clock.now()),
            )
    except BaseException:
        (home() / path).unlink(missing_ok=True)
        raise


def _zip_names(file: IO[Any]) -> list[str] | None:
    """The member names of an archive, read from its directory alone; None where it is no archive."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return None


def _write(path: Path, upload: "UploadedFile[Any]") -> tuple[str, int]:
    """Write the file in pieces; its SM3 and its size in bytes."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    state, size = hashes.Hash(hashes.SM3()), 0
    with path.open("xb") as target:
        path.chmod(0o600)
        for piece in upload.chunks(CHUNK):
            target.write(piece)
            state.update(piece)
            size += len(piece)
    return state.finalize().hex(), size


def open_file(attachment: Attachment) -> BinaryIO:
    """The file for reading. Raises ``FileNotFoundError`` where the data directory has lost it."""
    return (home() / attachment.path).open("rb")


def digest_of_file(attachment: Attachment) -> str:
    """SM3 of the file as it lies there now. Raises ``FileNotFoundError``."""
    state = hashes.Hash(hashes.SM3())
    with open_file(attachment) as file:
        while piece := file.read(CHUNK):
            state.update(piece)
    return state.finalize().hex()


def paper_of(attachment: Attachment) -> Paper:
    """How commands and entries name this attachment."""
    return Paper(kind=attachment.kind, name=attachment.name, ref=str(attachment.pk))


def adopt(office: Office, stream: str, refs: set[str], persons: set[str]) -> str | None:
    """Let a docket own the attachments its entries name.

    Each must be this docket's already, or still without one and uploaded by one of ``persons``. Returns the
    first ref that is neither; then the caller must record nothing.
    """
    for ref in sorted(refs):
        if not ref.isdecimal() or not ref.isascii() or len(ref) > 18:
            return ref
        mine = Attachment.objects.filter(pk=int(ref), office=office)
        if mine.filter(stream_id=stream).exists():
            continue
        if not mine.filter(stream=None, uploaded_by__in=persons).update(stream_id=stream):
            return ref
    return None
