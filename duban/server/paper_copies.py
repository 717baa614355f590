"""Copies of a directive's papers for the matters made of it: each docket owns its own file."""

import os
import secrets
import shutil

from duban.server import clock
from duban.server.models import Attachment, Post
from duban.server.papers_store import home


def copy_for(post: Post, original: Attachment, kind: str) -> Attachment:
    """The same file once more, as if ``post`` had uploaded it, for a docket to adopt.

    A paper belongs to one docket, and who may read it follows from that docket. A unit that is handed a matter
    must receive the instruction's copy with it (附批示复印件), and may yet not read the directive, which other
    units' matters rest on: so the matter gets a file of its own, under the same name and digest. Where the disk
    allows, both names stand for the same bytes. Raises ``FileNotFoundError`` where the original is lost.
    """
    path = f"{secrets.token_hex(1)}/{secrets.token_hex(16)}"
    source, target = home() / original.path, home() / path
    target.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)
        target.chmod(0o600)
    return Attachment.objects.create(
        office=original.office,
        kind=kind,
        name=original.name,
        path=path,
        media_type=original.media_type,
        size=original.size,
        digest=original.digest,
        uploaded_by=post.user.person,
        unit=post.unit_key,
        uploaded_at=clock.to_db(clock.now()),
    )
