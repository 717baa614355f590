"""From ledger rows to matters: the office's old ledger (台账) becomes dockets, taken over and not yet confirmed.

Every row below the header ends in exactly one of four ways: a matter (要素齐全的事项), a draft (待定: something is
left open), already there (已导入过), or listed with a reason (未导入). Each row is one transaction, and its receipt
is kept under its key: an import that broke off is simply run again, and a second import adds nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from django.db import transaction
from django.db.models import F

from duban.core import commands as c
from duban.core.context import OFFICE, Context
from duban.core.entries import Actor, MilestonePlan
from duban.core.errors import Refusal
from duban.core.pack import Mode, RegulationPack
from duban.server import clock
from duban.server.exchange.ledger_rows import (
    LedgerRow,
    Mapping,
    data_row_numbers,
    find_header,
    ledger_rows,
)
from duban.server.exchange.sheet import Finding, Sheet
from duban.server.handle import Done, handle
from duban.server.models import DirectiveRow, Entry, Office, Post, ProposedUnit, Receipt
from duban.server.unit_names import UnitNames
from duban.server.world import context_for

Outcome = Literal["matter", "draft", "already", "listed"]
OUTCOMES: dict[Outcome, str] = {
    "matter": "导入为事项",
    "draft": "导入为待定",
    "already": "以前已导入",
    "listed": "未导入",
}
TITLE = 60
"""Characters of the longest title; the whole task stands in the content."""

DROPPABLE = ("category", "urgency", "grade", "mode", "milestones", "stated_due", "leads", "supports")
"""What a refused row goes without, in this order, until the regulation takes it as a draft."""

_FIELD_TITLES = {
    "mode": "办理方式",
    "category": "类别",
    "urgency": "缓急",
    "grade": "等级",
    "milestones": "节点",
    "stated_due": "完成日期",
    "leads": "主办单位",
    "supports": "协办单位",
}


@dataclass(frozen=True)
class RowResult:
    """What became of one row.

    ``stream``: its matter, if there is one; ``notes``: why, and what to look at; ``unknown``: unit names that the
    directory does not know and that stay words.
    """

    row: int
    outcome: Outcome
    title: str = ""
    stream: str = ""
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What became of a file. ``proposed``: unit names not in the directory, with how many rows name them."""

    rows: int
    results: tuple[RowResult, ...]
    notes: tuple[str, ...] = ()
    directives: tuple[str, ...] = ()
    proposed: tuple[tuple[str, int], ...] = ()

    def count(self, outcome: Outcome) -> int:
        return sum(one.outcome == outcome for one in self.results)


def import_ledger(
    office: Office,
    actor: Post | Actor,
    sheet: Sheet,
    *,
    mapping: Mapping | None = None,
    reference: date | None = None,
    now: datetime | None = None,
    progress: Callable[[], object] = lambda: None,
) -> ImportReport:
    """Register every row of a ledger for an office; the report accounts for each of them.

    ``reference``: the day the ledger was issued, for deadlines without a year. ``progress`` is called after each
    row. Raises ``LedgerRefused`` (Chinese) where the table has no usable header; then nothing is registered.
    """
    header = find_header(sheet, mapping or Mapping())
    rows, findings = ledger_rows(sheet, mapping, reference=reference)
    notes = _notes_by_row(findings)
    results = [RowResult(f.row, "listed", notes=(f.message,)) for f in findings if f.level == "not_taken"]
    importer = _Importer(office, actor, now or clock.now())
    for row in rows:
        results.append(importer.take(row, tuple(notes.get(row.row_number, ()))))
        progress()
    numbers = data_row_numbers(sheet, header)
    accounted = sorted(one.row for one in results)
    assert accounted == numbers, "a row of the ledger is not accounted for"
    return ImportReport(
        rows=len(numbers),
        results=tuple(sorted(results, key=lambda one: one.row)),
        notes=tuple(f.message for f in findings if f.level == "note" and f.row not in set(numbers)),
        directives=tuple(importer.directives.names),
        proposed=tuple(sorted(importer.unknown.items(), key=lambda one: (-one[1], one[0]))),
    )


def _notes_by_row(findings: Sequence[Finding]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for finding in findings:
        if finding.level == "note":
            found.setdefault(finding.row, []).append(finding.message)
    return found


# --- units ---------------------------------------------------------------------------------------------------


class _Directory:
    """The directory, together with what people said about names met before."""

    def __init__(self, office: Office) -> None:
        self._names = UnitNames(office)
        resolved = ProposedUnit.objects.filter(office=office, resolved_as__isnull=False)
        self._resolved = dict(resolved.values_list("name", "resolved_as__key"))

    def read(self, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Keys of the known units, and the names that stay words."""
        keys: dict[str, None] = {}
        unknown: list[str] = []
        for name in names:
            key = self._resolved.get(name) or self._names.find(name)
            if key is None:
                unknown.append(name)
            else:
                keys[key] = None
        return tuple(keys), tuple(unknown)


# --- directives ----------------------------------------------------------------------------------------------


class _Directives:
    """One directive for each document of the ledger, registered when its first row needs it."""

    def __init__(self, office: Office, actor: Post | Actor, now: datetime, context: Context) -> None:
        self._office, self._actor, self._now, self._context = office, actor, now, context
        self._known: dict[str, str] = {}
        self.names: list[str] = []

    def of(self, row: LedgerRow) -> tuple[tuple[str, ...], list[str]]:
        """The directive's stream as ``Register`` wants it, and notes; none where the row names no document."""
        if not row.document:
            return (), []
        found = self._known.get(row.document) or self._registered_before(row.document)
        if found:
            self._known[row.document] = found
            return (found,), []
        return self._register(row)

    def _registered_before(self, document: str) -> str | None:
        key = _directive_id(document)
        receipt = Receipt.objects.filter(office=self._office, command_id=key).first()
        if receipt:
            return receipt.stream_id
        same = DirectiveRow.objects.filter(office=self._office, number=document)[:2]
        return same[0].pk if len(same) == 1 else None

    def _register(self, row: LedgerRow) -> tuple[tuple[str, ...], list[str]]:
        source, sure = _source(self._context.pack, row.source)
        command = c.RegisterDirective(
            name=row.document,
            number=row.document,
            source=source,
            text="由台账导入；各事项的要求见事项内容。",
            issued_on=_day(row.source_date),
        )
        done = handle(
            self._office,
            command,
            self._actor,
            command_id=_directive_id(row.document),
            now=self._now,
            context=self._context,
        )
        if isinstance(done, Refusal):
            return (), [f"立项依据“{row.document}”未登记：{done.message}"]
        self._known[row.document] = done.stream
        self.names.append(row.document)
        title = self._context.pack.title_of("sources", source)
        return (done.stream,), [] if sure else [f"立项依据“{row.document}”的来源按“{title}”登记，请核对。"]

    def forget(self, document: str) -> None:
        """The transaction that registered this document was taken back."""
        if document in self.names:
            self.names.remove(document)
        self._known.pop(document, None)


def _directive_id(document: str) -> str:
    return "ledger-document:" + hashlib.sha256(document.encode("utf-8", "surrogatepass")).hexdigest()


def _source(pack: RegulationPack, text: str) -> tuple[str, bool]:
    """The pack's kind of directive for what the ledger says, and whether the ledger said it."""
    if text:
        for source in pack.sources:
            if text in (source.id, source.title) or source.title in text or text in source.title:
                return source.id, True
    ids = [source.id for source in pack.sources]
    return next((kind for kind in ("document", "deployment") if kind in ids), ids[0]), False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None


# --- rows ----------------------------------------------------------------------------------------------------


@dataclass
class _Importer:
    office: Office
    actor: Post | Actor
    now: datetime
    unknown: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.context = context_for(self.office)
        self.units = _Directory(self.office)
        self.directives = _Directives(self.office, self.actor, self.now, self.context)

    def take(self, row: LedgerRow, notes: tuple[str, ...]) -> RowResult:
        """One row, one transaction: the matter, its directive and the names proposed with it, or nothing."""
        before = Receipt.objects.filter(office=self.office, command_id=_command_id(row)).first()
        self.unknown.update(self._unknown_of(row))
        if before:
            return self._already(row, before.stream_id)
        with transaction.atomic():
            result = self._register(row, notes)
            if result.outcome == "listed":
                transaction.set_rollback(True)
                self.directives.forget(row.document)
            elif result.outcome != "already":
                self._propose(row)
        return result

    def _unknown_of(self, row: LedgerRow) -> tuple[str, ...]:
        """The row's unit names that the directory does not know, each once."""
        return self.units.read(tuple(dict.fromkeys((*row.lead_units, *row.support_units))))[1]

    def _already(self, row: LedgerRow, stream: str) -> RowResult:
        first = Entry.objects.filter(stream=stream, position=1).values_list("data", flat=True)[0]
        facts = first["facts"]
        stated = _dates(row)
        changed = [
            title
            for title, differs in (
                ("任务内容", not facts["content"].startswith(row.task)),
                ("完成日期", bool(stated) and facts["stated_due"] not in (None, stated[-1].isoformat())),
            )
            if differs
        ]
        notes = (
            (f"表中{'、'.join(changed)}与已导入的不同，案卷未改动；要改请在案卷中办理。",) if changed else ()
        )
        return RowResult(row.row_number, "already", facts["title"], stream, notes)

    def _register(self, row: LedgerRow, notes: tuple[str, ...]) -> RowResult:
        directives, found = self.directives.of(row)
        command, more = self._command(row, directives)
        remarks = [*notes, *found, *more]
        while isinstance(answer := self._try(row, command), Refusal):
            dropped = _droppable(command, answer)
            if dropped is None:
                reason = answer.message + (f"（{answer.citation.text}）" if answer.citation else "")
                return RowResult(row.row_number, "listed", notes=(f"制度或系统不予登记：{reason}",))
            remarks.append(f"{_FIELD_TITLES[dropped]}未采用：{answer.message}")
            command = self._without(command, dropped)
        if answer.repeated:
            return self._already(row, answer.stream)
        open_fields = [
            _FIELD_TITLES[name] for name in ("category", "mode", "leads") if not getattr(command, name)
        ]
        if open_fields:
            remarks.append(f"待定：缺{'、'.join(open_fields)}。")
        return RowResult(
            row.row_number,
            "draft" if open_fields else "matter",
            command.name,
            answer.stream,
            tuple(dict.fromkeys(remarks)),
            self._unknown_of(row),
        )

    def _try(self, row: LedgerRow, command: c.Register) -> Done | Refusal:
        return handle(
            self.office,
            command,
            self.actor,
            command_id=_command_id(row),
            now=self.now,
            context=self.context,
        )

    def _command(self, row: LedgerRow, directives: tuple[str, ...]) -> tuple[c.Register, list[str]]:
        pack = self.context.pack
        leads, unknown_leads = self.units.read(row.lead_units)
        supports, unknown_supports = self.units.read(row.support_units)
        supports = tuple(unit for unit in supports if unit not in leads)
        notes: list[str] = []
        if unknown := (*unknown_leads, *unknown_supports):
            notes.append("有单位不在通讯录里，先作为文字保留。")
        dates = _dates(row)
        command = c.Register(
            name=_title(row.task),
            content=_content(row, unknown_leads, unknown_supports),
            category=_chosen(pack, "categories", "类别", row.category, notes),
            grade=_chosen(pack, "grades", "等级", row.grade, notes),
            urgency=_chosen(pack, "urgencies", "缓急", row.urgency, notes),
            mode="" if unknown else _mode(pack, row.responsibility_mode, leads, supports),
            leads=leads,
            supports=supports,
            stated_due=dates[-1] if dates else None,
            stated_by=(row.document or row.source or row.responsible_leader or "原台账") if dates else "",
            responsible_leader=row.responsible_leader,
            milestones=_milestones(row) if len(dates) > 1 else (),
            taken_over=True,
            directives=directives,
        )
        return command, notes

    def _without(self, command: c.Register, name: str) -> c.Register:
        """The command with one field left open; units become words, so that nobody is forgotten."""
        blank = c.Register.model_fields[name].get_default()
        changes: dict[str, object] = {name: blank}
        if name in ("leads", "supports"):
            names = [self.context.unit_name(unit) for unit in getattr(command, name)]
            changes["content"] = f"{command.content}\n{_FIELD_TITLES[name]}（待定）：{'、'.join(names)}"
            changes["milestones"] = tuple(m.model_copy(update={"unit": ""}) for m in command.milestones)
        if name == "stated_due":
            changes["stated_by"] = ""
        return command.model_copy(update=changes)

    def _propose(self, row: LedgerRow) -> None:
        for name in self._unknown_of(row):
            proposed, _ = ProposedUnit.objects.get_or_create(
                office=self.office, name=name, defaults={"first_seen": clock.to_db(self.now)}
            )
            ProposedUnit.objects.filter(pk=proposed.pk).update(count=F("count") + 1)


def _command_id(row: LedgerRow) -> str:
    return f"ledger:{row.key}"


def _title(task: str) -> str:
    """The first sentence of the task, shortened where it is long."""
    line = " ".join(task.split())
    first = line.split("。", 1)[0]
    return first if len(first) <= TITLE else first[: TITLE - 1] + "…"


def _dates(row: LedgerRow) -> list[date]:
    """The days the row names, earliest first, each once."""
    return sorted({one.date for one in row.deadlines if one.date})


def _milestones(row: LedgerRow) -> tuple[MilestonePlan, ...]:
    """Each of several dates is a milestone; the last is the matter's own date, too."""
    words: dict[date, str] = {}
    for one in row.deadlines:
        if one.date:
            words.setdefault(one.date, one.text)
    return tuple(
        MilestonePlan(id=f"d{n}", title=words[day] or f"第 {n} 个时间节点", due=day)
        for n, day in enumerate(sorted(words), start=1)
    )


def _content(row: LedgerRow, leads: Sequence[str], supports: Sequence[str]) -> str:
    """The whole task, the units that stay words, and every other filled cell of the row."""
    lines = [row.task]
    if leads:
        lines.append(f"责任单位（待定）：{'、'.join(leads)}")
    if supports:
        lines.append(f"配合单位（待定）：{'、'.join(supports)}")
    cells = [f"{header}：{cell.strip()}" for header, cell in row.raw if cell.strip() != row.task]
    if cells:
        lines += ["", "台账原文", *cells]
    return "\n".join(lines)


def _chosen(pack: RegulationPack, part: str, title: str, text: str, notes: list[str]) -> str:
    """The pack's id for what the ledger says; open, with a note, where the regulation has no such value."""
    if not text:
        return ""
    for one in getattr(pack, part):
        if text in (one.id, one.title):
            return str(one.id)
    notes.append(f"本制度没有“{text}”这一{title}，先空着。")
    return ""


def _mode(pack: RegulationPack, text: str, leads: Sequence[str], supports: Sequence[str]) -> str:
    """The mode the ledger names, or the only one that takes so many units; open where several would."""
    if not leads or OFFICE in (*leads, *supports):
        return ""
    fitting = [mode for mode in pack.modes if not mode.office_leads and _fits(mode, leads, supports)]
    named = [mode for mode in fitting if text in (mode.id, mode.title)]
    chosen = named or fitting
    return chosen[0].id if len(chosen) == 1 else ""


def _fits(mode: Mode, leads: Sequence[str], supports: Sequence[str]) -> bool:
    return (
        mode.min_leads <= len(leads) <= mode.max_leads
        and mode.min_supports <= len(supports) <= mode.max_supports
    )


def _droppable(command: c.Register, refusal: Refusal) -> str | None:
    """What to go without after this refusal: first what it speaks of, then whatever may be left open."""
    given = [name for name in DROPPABLE if getattr(command, name)]
    if refusal.field in ("name", "content"):
        return None
    if refusal.field in ("leads", "supports") and command.mode:
        return "mode"
    if refusal.field in given:
        return refusal.field
    return given[0] if given else None
