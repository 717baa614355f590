"""Verifying dockets (核验): chains, heads, projections, papers and the triggers that protect entries."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from duban.core import chain
from duban.server import papers_store, projections
from duban.server.handle import state_of, stored_values
from duban.server.models import Attachment, Entry, Office, Stream
from duban.server.world import pack_of

TRIGGERS = {
    "sqlite": {"duban_entry_no_update", "duban_entry_no_delete", "duban_entry_no_replace"},
    "postgresql": {"duban_entry_no_change", "duban_entry_no_truncate"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it should be; ``where`` names the docket, the paper or the database."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}：{self.message}"


def verify_database() -> list[Fault]:
    """Triggers that are missing or switched off."""
    missing = TRIGGERS[connection.vendor] - _standing_triggers()
    return [Fault("数据库", f"保护条目的触发器缺失或已停用：{name}") for name in sorted(missing)]


def _standing_triggers() -> set[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'duban_entry'",
        "postgresql": "SELECT tgname FROM pg_trigger"
        " WHERE tgrelid = 'duban_entry'::regclass AND NOT tgisinternal AND tgenabled IN ('O', 'A')",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def verify_stream(stream: Stream) -> list[Fault]:
    """The first break in a docket's chain; where the chain holds, every projection that differs."""
    broken = _verify_chain(stream)
    return [broken] if broken else _verify_projections(stream)


def _verify_chain(stream: Stream) -> Fault | None:
    entries = list(Entry.objects.filter(stream=stream).order_by("position"))
    found = chain.verify(stream.pk, ((stored_values(entry), entry.digest) for entry in entries))
    if found:
        return Fault(stream.pk, found.message)
    previous = chain.genesis(stream.pk)
    for entry in entries:
        if entry.previous != previous or entry.office_id != stream.office_id:
            return Fault(stream.pk, f"第{entry.position}条与前一条或所属机构不符")
        previous = entry.digest
    if stream.head_position != len(entries) or (entries and stream.head_digest != previous):
        return Fault(stream.pk, f"末尾不符：应有{stream.head_position}条，现有{len(entries)}条")
    return None


def _verify_projections(stream: Stream) -> list[Fault]:
    try:
        state, past = state_of(stream)
        wanted = projections.expected(stream, state, past, pack_of(stream.office))
    except Exception as error:
        return [Fault(stream.pk, f"条目无法读出：{error}")]
    return [Fault(stream.pk, line) for line in projections.differences(wanted, projections.stored(stream))]


def verify_papers(office: Office) -> Iterator[Fault]:
    """Papers whose file is lost or is not the one that was uploaded."""
    for attachment in Attachment.objects.filter(office=office).iterator():
        try:
            same = papers_store.digest_of_file(attachment) == attachment.digest
        except OSError:
            yield Fault(f"附件 {attachment.pk} {attachment.name}", "文件缺失或无法读取")
            continue
        if not same:
            yield Fault(f"附件 {attachment.pk} {attachment.name}", "文件与登记的摘要不符")
