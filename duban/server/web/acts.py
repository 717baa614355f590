"""The page of one act: its form, and what happens when it is sent."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from pydantic import ValidationError

from duban.core import commands as c
from duban.core import entries as e
from duban.core.errors import Refusal
from duban.core.matter import Matter
from duban.server import papers_store, permissions
from duban.server.attachments import AttachmentRefused
from duban.server.clock import now
from duban.server.handle import Done, handle, load_matter
from duban.server.models import Attachment, Post
from duban.server.web.act_forms import FORMS, UNIT, Form, Where, asks_unit_silently, command_values
from duban.server.web.components import (
    Choice,
    FileField,
    FormField,
    Link,
    Notice,
    ObligationLine,
    PageHead,
)
from duban.server.web.matter_acts import OF_DUTY
from duban.server.web.posts import PostedRequest
from duban.server.web.present import Presenter, stage_chip

UNSURE = "填写有误，请核对。"
HELP = """填好以后点下方的按钮，按钮下写着办了之后会怎样。制度不允许的，系统说明哪一条不允许，已填的内容保留，改正后再报。

事情早先已经发生、现在才录入的，打开“补录、代录”，填写实际发生时间：时限按实际时间计算，案卷上写明补录。替别人录入的，写明代谁、姓名和依据。

案卷里的记录不能修改、删除；写错了，另记一条更正。"""
LONGEST_NAME = 30
"""Characters of the longest name of a person without an account."""
PROXY_FIELDS = ("occurred_at", "on_behalf", "behalf_name", "evidence")

More = Callable[[PostedRequest, "ActPage"], dict[str, Any]]
SPECIAL: dict[str, tuple[str, More]] = {}
"""Acts with a template of their own, and what it shows beside the form; pages enter theirs here."""


def _nothing_more(request: PostedRequest, page: "ActPage") -> dict[str, Any]:
    return {}


def act(request: PostedRequest, stream: str, word: str) -> HttpResponse:
    """Show or send the form of one act on one matter."""
    if word not in FORMS:
        raise permissions.NotVisible
    row = permissions.access_matter(request.post, stream)
    _own_acts_only(request, word)
    page = ActPage.of(request, stream, word)
    if request.method == "POST":
        answer = page.send(request)
        if isinstance(answer, Done):
            say(request, page.title, answer)
            return redirect(back_to(request, stream))
        page.refuse(answer)
    template, more = SPECIAL.get(word, ("duban/matter/act.html", _nothing_more))
    context = page.context(row.number) | more(request, page)
    return render(request, template, context, status=422 if page.refusal else 200)


def _own_acts_only(request: PostedRequest, word: str) -> None:
    """People of a unit open the forms of units' acts, for their own unit: a form's choices tell things, too."""
    own = request.post.unit_key
    named = {x for data in (request.GET, request.POST) for x in data.getlist("unit") if x}
    if own and (not issubclass(c.COMMANDS[word], c.UnitCommand) or named - {own}):
        raise permissions.NotVisible


@dataclass
class ActPage:
    """One act's form while it is filled in; keeps what was typed when it is refused."""

    post: Post
    stream: str
    word: str
    form: Form
    where: Where
    values: dict[str, list[str]]
    command_id: str
    next: str = ""
    refusal: Refusal | None = None
    kept: tuple[Attachment, ...] = ()

    @classmethod
    def of(cls, request: PostedRequest, stream: str, word: str) -> "ActPage":
        matter = load_matter(stream)
        given = request.POST.get("unit") or request.GET.get("unit")
        unit = given or _own_unit(request.post, matter, word)
        where = Where(matter, Presenter.of(request.post.office, now()), unit)
        posted = request.method == "POST"
        values = dict((request.POST if posted else request.GET).lists())
        command_id = request.POST.get("command_id", "") if posted else uuid.uuid4().hex
        following = request.POST.get("next") or request.GET.get("next", "")
        return cls(request.post, stream, word, _form_of(word, where), where, values, command_id, following)

    @property
    def title(self) -> str:
        return c.COMMANDS[self.word].title

    def send(self, request: HttpRequest) -> Done | Refusal:
        """Carry out the act, or say why not."""
        try:
            occurred, actor, proxy = circumstances(self.post, self.values)
            fields = command_values(self.word, self.form, self.values, self.where.unit)
            self.kept = keep_uploads(request, self.post, self.form.papers)
            papers = tuple(papers_store.paper_of(a) for a in self.kept)
            command = build(self.word, fields, papers)
        except AttachmentRefused as error:
            return Refusal(str(error), field="papers")
        except Wrong as error:
            return error.refusal
        return handle(
            self.post.office,
            command,
            actor,
            stream=self.stream,
            occurred_at=occurred,
            proxy=proxy,
            command_id=self.command_id,
        )

    def refuse(self, refusal: Refusal) -> None:
        self.refusal = refusal

    def context(self, number: str) -> dict[str, Any]:
        presenter, matter = self.where.presenter, self.where.matter
        return {
            "page": PageHead(
                title=self.title,
                number=number,
                state=stage_chip(matter.stage),
                crumbs=(
                    Link("台账", reverse("ledger")),
                    Link(matter.facts.title, reverse("matter", args=[self.stream])),
                ),
                help=HELP,
                width="narrow",
            ),
            "matter": Link(matter.facts.title, reverse("matter", args=[self.stream])),
            "unit": presenter.unit(self.where.unit) if self.where.unit else "",
            "duties": self._duties(),
            "fields": tuple(self._fields()),
            "papers": self._papers(),
            "kept": [a.pk for a in self.kept],
            "passed": [(n, v) for n in self.form.passed if (v := "".join(self.values.get(n, [])[:1]))],
            "barred": self._barred(),
            "proxy_open": self._proxy_open(),
            "proxy_fields": proxy_fields(self.post, self.where, self.values, self._errors),
            "refusal": refusal_notice(self.refusal, presenter) if self.refusal else None,
            "rules": [
                {"message": r.message, "badge": presenter.badge(r.cite)}
                for r in presenter.context.pack.requirements
                if self.word in r.on
            ],
            "presenter": presenter,
            "form": self.form,
            "verb": self.form.verb or self.title,
            "command_id": self.command_id,
            "next": self.next,
        }

    def _fields(self) -> list[FormField]:
        return [s.shown(self.where, self.values, self._errors(s.name)) for s in self.form.specs]

    def _duties(self) -> tuple[ObligationLine, ...]:
        """The unit's open duties that this act discharges: by when, on which ground."""
        matter, presenter = self.where.matter, self.where.presenter
        mine = [
            o
            for o in matter.open_obligations()
            if o.unit == self.where.unit and o.bearer != "office" and OF_DUTY.get(o.duty) == self.word
        ]
        return tuple(presenter.obligation(o, matter, self.stream) for o in mine)

    def _papers(self) -> FileField | None:
        """The file field; what was uploaded before a refusal is kept and shown."""
        if not self.form.papers:
            return None
        return FileField(
            name="papers",
            label="附件",
            multiple=self.word != "attach",
            errors=self._errors("papers"),
            existing=tuple(
                Link(a.name, reverse("paper", args=[a.pk]), "已上传", paper=True) for a in self.kept
            ),
        )

    def _barred(self) -> Notice | None:
        """Why this cannot be done at present, said before anything is typed; a proxy is judged when sent."""
        if self.refusal or self.values.get("on_behalf", [""])[0]:
            return None
        answer = permissions.may(self.post, self.where.matter, self.word, self.where.presenter.context)
        return None if answer is True else Notice(kind="info", title=f"现在不能办理：{answer}")

    def _proxy_open(self) -> bool:
        named = self.refusal.field if self.refusal else None
        return named in PROXY_FIELDS or any(self.values.get(name, [""])[0] for name in PROXY_FIELDS)

    def _errors(self, name: str) -> tuple[str, ...]:
        return (self.refusal.message,) if self.refusal and self.refusal.field == name else ()


class Wrong(Exception):
    """Something typed cannot be read at all; carries the refusal to show."""

    def __init__(self, message: str, field: str) -> None:
        self.refusal = Refusal(message, field=field)


def _form_of(word: str, where: Where) -> Form:
    """The act's form; with a field for the unit where the act is about one and nobody has said which."""
    form = FORMS[word]
    if where.unit or not asks_unit_silently(word, form):
        return form
    return replace(form, specs=(UNIT, *form.specs))


def _own_unit(post: Post, matter: Matter, word: str) -> str:
    """The unit an act is about when nobody says: one's own, the one to be reviewed, or the only one."""
    if post.unit_key:
        return post.unit_key
    if word == "review":
        return next((r.unit for r in matter.reports.values() if r.status == "submitted"), "")
    return next(iter(matter.assignments)) if len(matter.assignments) == 1 else ""


def build(word: str, fields: dict[str, Any], papers: tuple[e.Paper, ...]) -> c.Command:
    """The command from the fields of a form. Raises :class:`Wrong` for what cannot be read."""
    kind = c.COMMANDS[word]
    if papers:
        if word == "attach":
            fields["paper"] = papers[0]
        elif "content" in kind.model_fields:
            fields["content"] = fields["content"] | {"papers": papers}
        elif "papers" in kind.model_fields:
            fields["papers"] = papers
    if word == "attach" and not papers:
        raise Wrong("请选择要附加的文件。", "papers")
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        name = str(place[1] if place[0] == "content" and len(place) > 1 else place[0])
        raise Wrong(_unreadable(error.errors()[0]["type"]), name) from None


def _unreadable(kind: str) -> str:
    if kind == "missing":
        return "请填写这一栏。"
    return "日期应写成 2026-03-01 这样。" if "date" in kind else UNSURE


def store_papers(request: HttpRequest, post: Post, kind: str) -> tuple[e.Paper, ...]:
    """Keep the uploaded files, as commands name them. Raises ``AttachmentRefused``."""
    return tuple(papers_store.paper_of(a) for a in keep_uploads(request, post, kind))


def keep_uploads(request: HttpRequest, post: Post, kind: str) -> tuple[Attachment, ...]:
    """Keep the uploaded files, beside those the same person uploaded before a refusal (``kept``).

    Raises ``AttachmentRefused``.
    """
    if not kind:
        return ()
    keys = [k for k in request.POST.getlist("kept") if k.isascii() and k.isdecimal() and len(k) < 18]
    mine = Attachment.objects.filter(office=post.office, stream=None, uploaded_by=post.user.person)
    before = tuple(mine.filter(pk__in=keys)) if keys else ()
    return (*before, *(papers_store.save(post, f, kind) for f in request.FILES.getlist("papers")))


# --- when it happened, and for whom -------------------------------------------------------------------------------


def circumstances(
    post: Post, values: dict[str, list[str]]
) -> tuple[datetime | None, e.Actor, e.Proxy | None]:
    """When the act happened, who acted, and the proxy's record where staff typed it in for another."""
    own = post.actor()
    occurred = _moment(values.get("occurred_at", [""])[0])
    behalf = values.get("on_behalf", [""])[0]
    if not behalf:
        return occurred, own, None
    unit, _, role = behalf.rpartition("|")
    name = values.get("behalf_name", [""])[0].strip()
    if not name:
        raise Wrong("请写明代谁办理（姓名）。", "behalf_name")
    if len(name) > LONGEST_NAME:
        raise Wrong(f"姓名不能超过 {LONGEST_NAME} 个字。", "behalf_name")
    actor = e.Actor(person=f"paper:{name}", name=name, role=role, unit=unit)
    return occurred, actor, e.Proxy(recorder=own, evidence=values.get("evidence", [""])[0].strip())


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Wrong("时间应写成 2026-03-01T09:30 这样。", "occurred_at") from None


def proxy_fields(
    post: Post, where: Where, values: dict[str, list[str]], errors: Any
) -> tuple[FormField, ...]:
    """补录、代录: when it really happened, and on whose behalf with what evidence."""
    typed = {k: v[0] for k, v in values.items() if v}
    chosen = typed.get("on_behalf", "")
    choices = tuple(Choice(v, t, on=v == chosen) for v, t in _behalf(post, where))
    return (
        FormField(
            name="occurred_at",
            label="实际发生时间",
            kind="datetime-local",
            value=typed.get("occurred_at", ""),
            help="不填即现在。补录已发生的事，时限按实际时间计算。",
            errors=errors("occurred_at"),
            size="medium",
        ),
        FormField(
            name="on_behalf",
            label="代谁办理",
            kind="select",
            choices=choices,
            errors=errors("on_behalf"),
            size="medium",
        ),
        FormField(
            name="behalf_name",
            label="其姓名",
            value=typed.get("behalf_name", ""),
            errors=errors("behalf_name"),
            size="medium",
        ),
        FormField(
            name="evidence",
            label="依据",
            value=typed.get("evidence", ""),
            help="签字件扫描、电话记录等；代录必填",
            errors=errors("evidence"),
        ),
    )


def _behalf(post: Post, where: Where) -> list[tuple[str, str]]:
    """Whom this person may record for: office staff for signatories and units, a unit's people for their own."""
    roles = where.pack.roles
    unit_roles = [r for r in roles if r.kind in ("unit_staff", "unit_head")]
    units = [post.unit_key] if post.unit_key else list(where.matter.assignments)
    found = [("", "本人办理")]
    if not post.unit_key:
        found += [(f"|{r.id}", r.title) for r in roles if r.kind in ("office_head", "leader")]
    for unit in units:
        found += [(f"{unit}|{r.id}", f"{where.presenter.unit(unit)}{r.title}") for r in unit_roles]
    return found


# --- answers -------------------------------------------------------------------------------------------------------


def refusal_notice(refusal: Refusal, presenter: Presenter) -> Notice:
    """A refusal as the page shows it: what was not done, why, and which article says so."""
    return Notice(kind="refusal", title=refusal.message, citation=presenter.badge(refusal.citation))


def say(request: HttpRequest, title: str, done: Done) -> None:
    """Tell the person what was done, and every notice that came with it."""
    if done.repeated:
        messages.info(request, f"“{title}”已经办过，没有重复记录。")
    else:
        messages.success(request, f"已办理：{title}。")
    for notice in done.notices:
        basis = f"（{notice.citation}）" if notice.citation else ""
        messages.warning(request, f"{notice.message}{basis}")


def back_to(request: HttpRequest, stream: str) -> str:
    """The page the person came from, if it is ours; else the matter."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("matter", args=[stream])
