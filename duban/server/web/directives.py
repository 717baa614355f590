"""立项: register a directive and break it down into matters in one go; amend a draft."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from duban.core import commands as c
from duban.core.errors import Refusal
from duban.server import clock, permissions
from duban.server.attachments import AttachmentRefused
from duban.server.handle import Done, handle, load_directive, load_matter
from duban.server.models import DirectiveRow, MatterRow, ObligationRow
from duban.server.queries import directives as read
from duban.server.unit_names import UnitNames
from duban.server.web.acts import store_papers
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
)
from duban.server.web.matter_form import MatterForm, values_of
from duban.server.web.posts import PostedRequest
from duban.server.web.present import Presenter, due_chip, stage_chip

MOST_ROWS = 200
LIST_HELP = """立项依据是文件、会议、领导批示等来源。一份依据可以分解成许多事项，一个事项也可以并入几份依据。

“分解立项”一列显示制度要求本机构分解的时限。"""
NEW_HELP = """上面登记依据，下面逐项分解成事项；每项写明内容、类别、主办和协办单位。空着的行不算。

日期：文件或领导写明了日期就填；没有写明的空着，由制度确定从何时起算几日。

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
    }
    return render(request, "duban/directives/one.html", context)


def _facts(row: DirectiveRow, text: str, presenter: Presenter) -> KeyValues:
    at = clock.maybe_to_local(row.registered_at)
    return KeyValues(
        (
            KeyValue("来源", presenter.context.pack.title_of("sources", row.source)),
            KeyValue("领导", row.leader or "—"),
            KeyValue("成文日期", row.issued_on.isoformat() if row.issued_on else "—"),
            KeyValue("登记", f"{at:%Y-%m-%d %H:%M}" if at else "—"),
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
                "、".join(presenter.unit(u) for u in leads.get(m.pk, "").split(",") if u),
                stage_chip(m.stage, quiet=True),
            ),
            key=m.pk,
            name=m.title,
        )
        for m in rows
    )
    empty = EmptyState(title="还没有分解出事项")
    return Table(caption="分解出的事项", columns=columns, rows=shown, empty=empty, show_caption=True)


# --- registering -----------------------------------------------------------------------------------------------------


def register(request: PostedRequest) -> HttpResponse:
    """A new directive with its matters, all or nothing."""
    _staff_only(request)
    return _breakdown(request, None)


def add_matters(request: PostedRequest, stream: str) -> HttpResponse:
    """More matters from a directive that is registered already."""
    _staff_only(request)
    return _breakdown(request, permissions.access_directive(request.post, stream))


@dataclass
class _Breakdown:
    """The page while it is filled in."""

    request: PostedRequest
    presenter: Presenter
    existing: DirectiveRow | None
    names: UnitNames
    command_id: str
    count: int
    rows: list[MatterForm] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = self.request.POST.dict() if self.request.method == "POST" else {}
        self.rows = [MatterForm(self.presenter, self.names, values, f"r{i}-") for i in range(self.count)]

    def value(self, name: str) -> str:
        return self.request.POST.get(name, "").strip()

    # --- saving ---

    def save(self) -> str | None:
        """The directive's stream when everything was recorded; None when something must be corrected."""
        typed = [row for row in self.rows if not row.blank]
        fields = [row.read() for row in typed]
        if not self.existing:
            self._check_directive()
        if not typed and self.existing:
            self.errors[""] = "请至少写一个事项。"
        if self.errors or any(row.errors for row in typed):
            return None
        try:
            with transaction.atomic():
                stream = self._save_directive()
                for number, (row, values) in enumerate(zip(typed, fields, strict=True)):
                    self._save_matter(stream, row, values, number)
        except _Refused:
            return None
        return stream

    def _check_directive(self) -> None:
        if not self.value("name"):
            self.errors["name"] = "请写明依据的名称。"
        try:
            self.issued_on = date.fromisoformat(self.value("issued_on")) if self.value("issued_on") else None
            self.received_at = self._received_at()
        except ValueError:
            self.errors["issued_on"] = "日期应写成 2026-03-01 这样。"

    def _received_at(self) -> datetime | None:
        text = self.value("received_at")
        return datetime.fromisoformat(text).replace(tzinfo=None) if text else None

    def _save_directive(self) -> str:
        if self.existing:
            return self.existing.pk
        try:
            papers = store_papers(self.request, self.request.post, "original")
        except AttachmentRefused as error:
            self.errors["papers"] = str(error)
            raise _Refused from None
        command = c.RegisterDirective(
            name=self.value("name"),
            source=self.value("source"),
            number=self.value("number"),
            leader=self.value("leader"),
            text=self.value("text"),
            issued_on=self.issued_on,
            papers=papers,
        )
        done = self._handle(command, f"{self.command_id}:d", self.received_at)
        if isinstance(done, Refusal):
            self.errors[done.field or ""] = done.message
            raise _Refused
        return done.stream

    def _save_matter(self, stream: str, row: MatterForm, values: dict[str, Any], number: int) -> None:
        state = load_directive(stream)
        papers = state.facts.papers if state.facts and not self.existing else ()
        kinds = {"instruction": "instruction_copy"}
        marked = tuple(
            p.model_copy(update={"kind": kinds.get(self.value("source"), p.kind), "ref": ""}) for p in papers
        )
        command = c.Register(**values, directives=(stream,), papers=marked)
        done = self._handle(command, f"{self.command_id}:{number}", None)
        if isinstance(done, Refusal):
            row.refuse(done)
            raise _Refused

    def _handle(self, command: c.Command, command_id: str, occurred_at: datetime | None) -> Done | Refusal:
        post = self.request.post
        return handle(post.office, command, post, command_id=command_id, occurred_at=occurred_at)

    # --- showing ---

    def context(self) -> dict[str, Any]:
        title = "分解立项" if self.existing else "登记立项"
        crumbs = (Link("立项", reverse("directives")),)
        return {
            "page": PageHead(title=title, help=NEW_HELP, crumbs=crumbs, width="wide"),
            "existing": self.existing,
            "fields": self._fields() if not self.existing else (),
            "papers": FileField(
                name="papers", label="原件或复印件", multiple=True, errors=self._errors("papers")
            ),
            "rows": self.rows,
            "count": self.count,
            "command_id": self.command_id,
            "refusal": self._refusal(),
            "unit_names": [u.name for u in self.presenter.context.units.values()],
        }

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
                size="medium",
            ),
            self._field("number", "文号", size="medium"),
            self._field("leader", "批示或交办的领导", size="medium"),
            self._field("issued_on", "成文或批示日期", kind="date", size="short"),
            self._field(
                "received_at",
                "本机构收到的时间",
                kind="datetime-local",
                size="medium",
                help="不填即现在；分解、交办的时限从此起算",
            ),
            self._field("text", "内容摘要或批示原话", kind="textarea", rows=3),
        )

    def _field(self, name: str, label: str, **more: Any) -> FormField:
        return FormField(name=name, label=label, value=self.value(name), errors=self._errors(name), **more)

    def _errors(self, name: str) -> tuple[str, ...]:
        return (self.errors[name],) if name in self.errors else ()


class _Refused(Exception):
    """Something was refused: the whole transaction goes back, the page keeps what was typed."""


def _breakdown(request: PostedRequest, existing: DirectiveRow | None) -> HttpResponse:
    presenter = Presenter.of(request.post.office, clock.now())
    count = request.POST.get("count", "3")
    rows = min(int(count), MOST_ROWS) if count.isdecimal() and len(count) < 5 else 3
    if request.POST.get("more"):
        rows = min(rows + 5, MOST_ROWS)
    command_id = request.POST.get("command_id") or uuid.uuid4().hex
    page = _Breakdown(request, presenter, existing, UnitNames(request.post.office), command_id, rows)
    if request.method == "POST" and not request.POST.get("more"):
        stream = page.save()
        if stream:
            messages.success(request, "已登记。事项还是草稿，核对后报批。")
            return redirect("directive", stream=stream)
        return render(request, "duban/directives/register.html", page.context(), status=422)
    return render(request, "duban/directives/register.html", page.context())


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
    if request.method == "POST":
        changes = _changes(form)
        if not form.errors:
            answer = handle(
                request.post.office,
                c.Amend(changes=changes, words=request.POST.get("words", "")),
                request.post,
                stream=stream,
                command_id=command_id,
            )
            if isinstance(answer, Done):
                messages.success(request, "已修改。")
                return redirect("matter", stream=stream)
            form.refuse(answer)
    context = {
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
    }
    return render(request, "duban/directives/edit.html", context, status=422 if form.errors else 200)


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
