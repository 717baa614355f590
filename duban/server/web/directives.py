"""立项: register a directive and break it down into matters in one go; amend a draft."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from duban.core import commands as c
from duban.core import entries as e
from duban.core.errors import Refusal
from duban.server import clock, papers_store, permissions
from duban.server.attachments import AttachmentRefused
from duban.server.handle import Done, handle, history, load_directive, load_matter
from duban.server.models import Attachment, DirectiveRow, MatterRow, ObligationRow, Receipt
from duban.server.paper_copies import copy_for
from duban.server.queries import directives as read
from duban.server.unit_names import UnitNames
from duban.server.web.acts import keep_uploads
from duban.server.web.components import (
    Choice,
    Column,
    EmptyState,
    FileField,
    FormField,
    KeyValue,
    KeyValues,
    Link,
    Notice,
    PageHead,
    Pages,
    Row,
    Table,
    moment_text,
)
from duban.server.web.matter_form import MatterForm, values_of
from duban.server.web.posts import PostedRequest
from duban.server.web.present import Presenter, due_chip, stage_chip

FIRST_ROWS = 3
MOST_ROWS = 100
"""Rows of one form: more would pass the number of fields that the server accepts at once."""
D = TypeVar("D", date, datetime)
LIST_HELP = """立项依据是文件、会议、领导批示等来源。一份依据可以分解成许多事项，一个事项也可以并入几份依据。

“分解立项”一列显示制度要求本机构分解的时限。"""
NEW_HELP = """上面登记依据，下面逐项分解成事项；每项写明内容、类别、主办和协办单位。空着的行不算。

日期：文件或领导写明了日期就填；没有写明的空着，由制度确定从何时起算几日。

有一行不符合制度时，全部不保存，改好再提交；已填的内容不会丢。"""

OTHER_POST = "打开表单以后您换了职务，没有登记。请换回原来的职务再提交，以免登记到别的机构。"
CHANGED = "您打开以后，别人已经修改过。请对照事项现在的内容核对下面所填；仍要按下面的保存，再点一次保存。"
ADD_HELP = """从已登记的依据再分解出事项；每项写明内容、类别、主办和协办单位。空着的行不算。

有一行不符合制度时，全部不保存，改好再提交；已填的内容不会丢。"""


def _staff_only(request: PostedRequest) -> None:
    if permissions.role_kind(request.post) not in ("officer", "office_head"):
        raise permissions.NotVisible


# --- the list ------------------------------------------------------------------------------------------------------


def directives(request: PostedRequest) -> HttpResponse:
    """All directives of the office, newest first."""
    q = request.GET.get("q", "").strip()[:200]
    page = request.GET.get("page", "1")
    found = read.directives(request.post, q, int(page) if page.isdecimal() and len(page) < 7 else 1)
    presenter = Presenter.of(request.post.office, clock.now())
    context = {
        "page": PageHead(title="立项", help=LIST_HELP, width="wide"),
        "q": q,
        "table": _table(found, presenter, q),
        "may_register": permissions.role_kind(request.post) in ("officer", "office_head"),
    }
    return render(request, "duban/directives/list.html", context)


def _table(found: read.Directives, presenter: Presenter, q: str) -> Table:
    columns = (
        Column(label="依据", on_phone="title"),
        Column(label="来源", tight=True),
        Column(label="领导", tight=True),
        Column(label="登记", align="date", tight=True),
        Column(label="事项", align="num", tight=True),
        Column(label="本机构应办", tight=True),
    )
    rows = tuple(_list_row(r, found.owed.get(r.pk), presenter) for r in found.rows)
    if q:
        empty = EmptyState(title="没有符合条件的立项依据", links=(Link("看全部", reverse("directives")),))
    else:
        empty = EmptyState(title="还没有登记过立项依据", links=(Link("登记第一份", reverse("register")),))

    def href(page: int) -> str:
        return f"{reverse('directives')}?{urlencode({'q': q, 'page': page})}"

    first = (found.page - 1) * read.PAGE
    pages = Pages(
        first=first + 1 if found.rows else 0,
        last=first + len(found.rows),
        total=found.total,
        previous_href=href(found.page - 1) if found.page > 1 else "",
        next_href=href(found.page + 1) if found.page < found.pages else "",
        current=str(found.page),
    )
    return Table(caption="立项依据", columns=columns, rows=rows, pages=pages, empty=empty)


def _list_row(r: DirectiveRow, owed: ObligationRow | None, presenter: Presenter) -> Row:
    at = clock.maybe_to_local(r.registered_at)
    due = clock.maybe_to_local(owed.due) if owed else None
    duty = due_chip(due, presenter.context.calendar, presenter.now.date(), stacked=True)
    source = presenter.context.pack.title_of("sources", r.source)
    cells = (
        Link(r.title, reverse("directive", args=[r.pk])),
        source,
        r.leader,
        at.date().isoformat() if at else "",
        str(r.matters),
        duty or "—",
    )
    return Row(cells=cells, key=r.pk, name=r.title)


def directive(request: PostedRequest, stream: str) -> HttpResponse:
    """One directive: its facts, the office's duties on it, the matters made of it."""
    row = permissions.access_directive(request.post, stream)
    state = load_directive(stream)
    presenter = Presenter.of(request.post.office, clock.now())
    matters, leads = read.matters_of(request.post, row)
    context = {
        "page": PageHead(
            title=row.title, number=row.number, crumbs=(Link("立项", reverse("directives")),), width="read"
        ),
        "row": row,
        "facts": _facts(row, state.facts.text if state.facts else "", presenter),
        "papers": [
            Link(p.name, reverse("paper", args=[int(p.ref)]), paper=True) for p in state.facts.papers if p.ref
        ]
        if state.facts
        else [],
        "duties": [presenter.obligation(o, None, stream) for o in state.obligations.values()],
        "matters": _matters(matters, leads, presenter),
        "may_register": permissions.role_kind(request.post) in ("officer", "office_head"),
        "command_id": uuid.uuid4().hex,
    }
    return render(request, "duban/directives/one.html", context)


def join(request: PostedRequest, stream: str) -> HttpResponse:
    """Join a directive to a matter that exists already (并案), so that a unit is asked once."""
    _staff_only(request)
    permissions.access_directive(request.post, stream)
    number = request.POST.get("number", "").replace("\0", "").strip()
    row = permissions.visible_matters(request.post).filter(number=number).first() if number else None
    if row is None:
        messages.error(request, f"没有编号为“{number}”的事项，请按台账上的编号填写。")
        return redirect("directive", stream=stream)
    answer = handle(
        request.post.office,
        c.JoinDirective(directive=stream),
        request.post,
        stream=row.pk,
        command_id=request.POST.get("command_id", ""),
    )
    if isinstance(answer, Refusal):
        basis = f"（{answer.citation}）" if answer.citation else ""
        messages.error(request, f"{answer.message}{basis}")
        return redirect("directive", stream=stream)
    messages.success(request, f"已并入“{row.title}”。")
    return redirect("matter", stream=row.pk)


def _facts(row: DirectiveRow, text: str, presenter: Presenter) -> KeyValues:
    at = clock.maybe_to_local(row.registered_at)
    return KeyValues(
        (
            KeyValue("来源", presenter.context.pack.title_of("sources", row.source)),
            KeyValue("领导", row.leader or "—"),
            KeyValue("成文日期", row.issued_on.isoformat() if row.issued_on else "—"),
            KeyValue("文号", row.number or "—"),
            KeyValue("登记", moment_text(at, with_year=True) if at else "—"),
            KeyValue("事项", f"{row.matters} 件"),
            KeyValue("内容", text or "—", wide=True),
        )
    )


def _matters(rows: tuple[MatterRow, ...], leads: dict[str, str], presenter: Presenter) -> Table:
    columns = (
        Column(label="编号", on_phone="brief", tight=True),
        Column(label="事项", on_phone="title"),
        Column(label="主办单位"),
        Column(label="状态", tight=True),
    )
    shown = tuple(
        Row(
            cells=(
                m.number or "未编号",
                Link(m.title, reverse("matter", args=[m.pk])),
                _some([presenter.unit(u) for u in leads.get(m.pk, "").split(",") if u]),
                stage_chip(m.stage, quiet=True),
            ),
            key=m.pk,
            name=m.title,
        )
        for m in rows
    )
    empty = EmptyState(title="还没有分解出事项")
    return Table(caption="分解出的事项", columns=columns, rows=shown, empty=empty, show_caption=True)


def _some(units: list[str]) -> str:
    """The first few names and how many there are in all."""
    return "、".join(units[:3]) + (f"等 {len(units)} 个" if len(units) > 3 else "")


# --- registering -----------------------------------------------------------------------------------------------------


def register(request: PostedRequest) -> HttpResponse:
    """A new directive with its matters, all or nothing."""
    _staff_only(request)
    return _breakdown(request, None)


def add_matters(request: PostedRequest, stream: str) -> HttpResponse:
    """More matters from a directive that is registered already."""
    _staff_only(request)
    return _breakdown(request, permissions.access_directive(request.post, stream))


PAPER_KINDS = {"original": "原件", "instruction_copy": "领导批示复印件", "other": "其他材料"}


@dataclass
class _Breakdown:
    """The page while it is filled in. ``kept``: files uploaded with an earlier try."""

    request: PostedRequest
    presenter: Presenter
    existing: DirectiveRow | None
    names: UnitNames
    command_id: str
    count: int
    rows: list[MatterForm] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    kept: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        values = self.request.POST.dict() if self.posted else {}
        self.rows = [MatterForm(self.presenter, self.names, values, f"r{i}-") for i in range(self.count)]

    @property
    def posted(self) -> bool:
        return self.request.method == "POST"

    def value(self, name: str) -> str:
        return self.request.POST.get(name, "").strip()

    # --- saving ---

    def done_before(self) -> str | None:
        """The directive, where this very form was recorded already (重复提交)."""
        mine = Receipt.objects.filter(office=self.request.post.office)
        if self.existing:
            return self.existing.pk if mine.filter(command_id=f"{self.command_id}:0").exists() else None
        receipt = mine.filter(command_id=f"{self.command_id}:d").first()
        return receipt.stream_id if receipt else None

    def keep_files(self) -> None:
        """Before anything is decided: a refusal later does not lose them."""
        kind = self.value("paper_kind")
        try:
            self.kept = keep_uploads(
                self.request, self.request.post, kind if kind in PAPER_KINDS else "original"
            )
        except AttachmentRefused as error:
            self.errors["papers"] = str(error)

    def save(self) -> str | None:
        """The directive's stream when everything was recorded; None when something must be corrected."""
        self.keep_files()
        typed = [row for row in self.rows if not row.blank]
        fields = [row.read() for row in typed]
        register = None if self.existing else self._register_directive()
        if not typed and self.existing:
            self.errors[""] = "请至少写一个事项。"
        if self.value("as_post") not in ("", str(self.request.post.pk)):
            self.errors[""] = OTHER_POST
        if self.errors or any(row.errors for row in typed):
            return None
        try:
            with transaction.atomic():
                stream = self._save_directive(register)
                for number, (row, values) in enumerate(zip(typed, fields, strict=True)):
                    self._save_matter(stream, row, values, number)
        except _Refused:
            return None
        return stream

    def _register_directive(self) -> tuple[c.RegisterDirective, datetime | None]:
        """The command for the directive, and when it was received; mistakes go to ``errors``."""
        if not self.value("name"):
            self.errors["name"] = "请写明依据的名称。"
        issued = self._read("issued_on", date.fromisoformat, "日期应写成 2026-03-01 这样。")
        received = self._read("received_at", datetime.fromisoformat, "时间应写成 2026-03-01T09:30 这样。")
        command = c.RegisterDirective(
            name=self.value("name"),
            source=self.value("source"),
            number=self.value("number"),
            leader=self.value("leader"),
            text=self.value("text"),
            issued_on=issued,
            papers=tuple(papers_store.paper_of(a) for a in self.kept),
        )
        return command, received.replace(tzinfo=None) if received else None

    def _read(self, name: str, parse: Callable[[str], D], problem: str) -> D | None:
        try:
            return parse(self.value(name)) if self.value(name) else None
        except ValueError:
            self.errors[name] = problem
            return None

    def _save_directive(self, register: tuple[c.RegisterDirective, datetime | None] | None) -> str:
        if register is None:
            assert self.existing is not None
            return str(self.existing.pk)
        command, received_at = register
        done = self._handle(command, f"{self.command_id}:d", received_at)
        if isinstance(done, Refusal):
            basis = f"（{done.citation}）" if done.citation else ""
            self.errors[_FIELDS_OF_DIRECTIVE.get(done.field or "", "")] = f"{done.message}{basis}"
            raise _Refused
        return done.stream

    def _save_matter(self, stream: str, row: MatterForm, values: dict[str, Any], number: int) -> None:
        papers = tuple(papers_store.paper_of(a) for a in self._copies(stream))
        command = c.Register(**values, directives=(stream,), papers=papers)
        done = self._handle(command, f"{self.command_id}:{number}", None)
        if isinstance(done, Refusal):
            row.refuse(done)
            raise _Refused

    def _copies(self, stream: str) -> list[Attachment]:
        """The directive's papers once more for one matter, where the person wants its units to have them."""
        if not self.value("copies"):
            return []
        originals = Attachment.objects.filter(stream=stream, office=self.request.post.office)
        try:
            return [copy_for(self.request.post, a, a.kind) for a in originals]
        except FileNotFoundError:
            self.errors["papers"] = "依据的附件在存储中找不到，请联系系统维护人员。"
            raise _Refused from None

    def _handle(self, command: c.Command, command_id: str, occurred_at: datetime | None) -> Done | Refusal:
        post = self.request.post
        return handle(post.office, command, post, command_id=command_id, occurred_at=occurred_at)

    # --- showing ---

    def context(self) -> dict[str, Any]:
        crumbs = [Link("立项", reverse("directives"))]
        if self.existing:
            crumbs.append(Link(self.existing.title, reverse("directive", args=[self.existing.pk])))
        return {
            "page": PageHead(
                title="分解出事项" if self.existing else "登记立项",
                help=ADD_HELP if self.existing else NEW_HELP,
                crumbs=tuple(crumbs),
                width="wide",
            ),
            "existing": self.existing,
            "fields": self._fields() if not self.existing else (),
            "papers": self._papers() if not self.existing else None,
            "paper_kind": self._paper_kind(),
            "copies": self._copies_field(),
            "kept": [a.pk for a in self.kept],
            "rows": self.rows,
            "count": self.count,
            "command_id": self.command_id,
            "as_post": self.value("as_post") or self.request.post.pk,
            "refusal": self._refusal(),
            "unit_names": [u.name for u in self.presenter.context.units.values()],
        }

    def _papers(self) -> FileField:
        return FileField(
            name="papers",
            label="附件",
            multiple=True,
            errors=self._errors("papers"),
            existing=tuple(
                Link(a.name, reverse("paper", args=[a.pk]), "已上传", paper=True) for a in self.kept
            ),
        )

    def _paper_kind(self) -> FormField:
        chosen = self.value("paper_kind")
        choices = tuple(Choice(v, t, on=v == chosen) for v, t in PAPER_KINDS.items())
        return FormField(name="paper_kind", label="附件种类", kind="select", choices=choices, size="medium")

    def _copies_field(self) -> FormField:
        label = "把依据的附件复印给各事项，交办时随件送承办单位"
        choices = (Choice("on", label, on=bool(self.value("copies")) or not self.posted),)
        return FormField(name="copies", label=label, kind="checkbox", value="on", choices=choices)

    def _refusal(self) -> Notice | None:
        wrong = sum(1 for row in self.rows if row.errors)
        if not self.errors and not wrong:
            return None
        title = self.errors.get("", "") or "有几处需要改正，尚未保存"
        return Notice(kind="refusal", title=title, text=f"{wrong} 个事项有问题，见各项。" if wrong else "")

    def _fields(self) -> tuple[FormField, ...]:
        chosen = self.value("source")
        sources = self.presenter.context.pack.sources
        choices = (Choice("", "请选择"), *(Choice(s.id, s.title, on=s.id == chosen) for s in sources))
        return (
            self._field("name", "依据名称", required=True, help="文件标题、会议名称、谁的批示"),
            FormField(
                name="source",
                label="来源",
                kind="select",
                choices=choices,
                required=True,
                errors=self._errors("source"),
            ),
            self._field("leader", "批示或交办的领导"),
            self._field("number", "文号"),
            self._field("issued_on", "成文或批示日期", kind="date", size="short"),
            self._field(
                "received_at",
                "本机构收到的时间",
                kind="datetime-local",
                size="medium",
                help="不填即现在；分解、交办的时限从此起算",
            ),
            self._field("text", "内容摘要或批示原话", kind="textarea", rows=2),
        )

    def _field(self, name: str, label: str, **more: Any) -> FormField:
        return FormField(name=name, label=label, value=self.value(name), errors=self._errors(name), **more)

    def _errors(self, name: str) -> tuple[str, ...]:
        return (self.errors[name],) if name in self.errors else ()


_FIELDS_OF_DIRECTIVE = {
    "name": "name",
    "source": "source",
    "content": "text",
    "occurred_at": "received_at",
    "papers": "papers",
}
"""Where a refusal of the directive is shown: the command's field → the form's; others at the top."""


class _Refused(Exception):
    """Something was refused: the whole transaction goes back, the page keeps what was typed."""


def _breakdown(request: PostedRequest, existing: DirectiveRow | None) -> HttpResponse:
    page = _Breakdown(
        request,
        Presenter.of(request.post.office, clock.now()),
        existing,
        UnitNames(request.post.office),
        request.POST.get("command_id", "").replace("\0", "") or uuid.uuid4().hex,
        _count(request),
    )
    if request.method != "POST":
        return render(request, "duban/directives/register.html", page.context())
    if request.POST.get("more"):
        page.keep_files()
        return render(request, "duban/directives/register.html", page.context())
    if stream := page.done_before():
        messages.warning(
            request,
            "这份表单已经登记过，没有再登记一遍。要补充事项，请用“分解出事项”；要改内容，请到事项里修改。",
        )
        return redirect("directive", stream=stream)
    if stream := page.save():
        messages.success(request, "已登记。事项还是草稿，核对后报批。")
        return redirect("directive", stream=stream)
    return render(request, "duban/directives/register.html", page.context(), status=422)


def _count(request: PostedRequest) -> int:
    """How many rows the page has: as sent, five more where asked for, within bounds."""
    text = request.POST.get("count", "")
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else FIRST_ROWS
    return max(1, min(count + (5 if request.POST.get("more") else 0), MOST_ROWS))


# --- amending a draft --------------------------------------------------------------------------------------------------


def edit(request: PostedRequest, stream: str) -> HttpResponse:
    """Change the facts of a matter that is not dispatched yet."""
    _staff_only(request)
    row = permissions.access_matter(request.post, stream)
    matter = load_matter(stream)
    presenter = Presenter.of(request.post.office, clock.now())
    values = request.POST.dict() if request.method == "POST" else values_of(matter.facts, presenter)
    form = MatterForm(presenter, UnitNames(request.post.office), values)
    command_id = request.POST.get("command_id") or uuid.uuid4().hex
    seen = request.POST.get("seen", str(matter.position))
    if request.method == "POST":
        changes = _changes(form)
        if not form.errors and _amended_since(stream, seen, command_id):
            form.errors[""] = CHANGED
        if not form.errors:
            answer = handle(
                request.post.office,
                c.Amend(changes=changes, words=request.POST.get("words", "").strip()),
                request.post,
                stream=stream,
                command_id=command_id,
            )
            if isinstance(answer, Done):
                messages.success(request, "已修改。")
                return redirect("matter", stream=stream)
            form.refuse(answer)
    may = permissions.may(request.post, matter, "amend", presenter.context)
    words = request.POST.get("words", "").strip()
    context = {
        "barred": None if may is True else Notice(kind="info", title=f"现在不能修改：{may}"),
        "refusal": Notice(kind="refusal", title=form.top_error or "有几处需要改正，尚未保存")
        if form.errors
        else None,
        "words": FormField(name="words", label="修改说明", value=words, help="为什么改；记入案卷"),
        "page": PageHead(
            title="修改立项要素",
            number=row.number,
            state=stage_chip(matter.stage),
            crumbs=(
                Link("台账", reverse("ledger")),
                Link(matter.facts.title, reverse("matter", args=[stream])),
            ),
        ),
        "form": form,
        "command_id": command_id,
        "seen": matter.position if form.top_error == CHANGED else seen,
    }
    return render(request, "duban/directives/edit.html", context, status=422 if form.errors else 200)


def _amended_since(stream: str, seen: str, command_id: str) -> bool:
    """Whether somebody else's amendment is in the docket that this form was not filled in upon."""
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 9):
        return True
    later = [r for r in history(stream) if r.position > int(seen) and isinstance(r.entry, e.Amended)]
    return any(r.command_id != command_id for r in later)


def _changes(form: MatterForm) -> dict[str, Any]:
    """Everything the form holds, blanks included: what was emptied is emptied."""
    empty: dict[str, Any] = {
        "content": "",
        "category": "",
        "grade": "",
        "urgency": "",
        "mode": "",
        "leads": (),
        "supports": (),
        "stated_due": None,
        "stated_by": "",
        "authority": "",
        "proposed_handling": "",
        "responsible_leader": "",
        "responsible_person": "",
        "target": "",
        "milestones": (),
        "restricted": False,
        "readers": (),
        "facts": {},
    }
    values = form.read()
    values["title"] = values.pop("name", "")
    return empty | values
