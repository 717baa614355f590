"""签批: what waits for my signature; each paper in full with 同意 and 退回, and then the next one."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from duban.core import commands as c
from duban.core.errors import Refusal
from duban.server import papers_store, permissions
from duban.server.attachments import AttachmentRefused
from duban.server.handle import Done, handle
from duban.server.queries import approvals as read
from duban.server.queries.approvals import PetitionView, Waiting
from duban.server.web import petition_words
from duban.server.web.acts import Wrong, circumstances, keep_uploads, refusal_notice, say
from duban.server.web.components import (
    Choice,
    EmptyState,
    FileField,
    FormField,
    Link,
    Mark,
    Notice,
    PageHead,
    RowCard,
    StateChip,
    StepRoute,
    Tab,
    Tabs,
    day_text,
    moment_text,
)
from duban.server.web.matter import pages, presenter_of, speaker_of
from duban.server.web.posts import PostedRequest
from duban.server.world import context_for

HELP = """这里是等您签批的报批件，最早报来的在最上面。打开一件，正文、依据和已签的意见都在眼前，写下意见，点“同意”或“退回”，下一件自己打开。

退回必须写明意见。允许改期限、改单位的报批件，可以在签批时一并确定。

领导在纸面上签了字的，由督查人员在“等别人签批”里打开，填写签字人、签字时间和依据，代为录入；案卷上写明是代录。"""
RESULTS = {"granted": "已签批通过", "refused": "已退回"}
WITH_DUE = {
    "objection": "调整后的期限",
    "extension": "批准延至",
    "date": "新期限",
    "coordination": "另定期限",
    "reading": "重新督办的期限（退回时填写）",
}
"""Papers whose signatory may set a date, and what the field is called."""
WITH_UNITS = frozenset({"objection"})


def approvals(request: PostedRequest) -> HttpResponse:
    """The list; ``?show=others`` for what somebody else must sign."""
    show = "others" if request.GET.get("show") == "others" else "mine"
    asked = request.GET.get("page", "")
    found = read.waiting_page(request.post, show, int(asked) if asked.isdecimal() and len(asked) < 9 else 1)
    names = {key: unit.name for key, unit in context_for(request.post.office).units.items()}
    here = reverse("approvals")
    context = {
        "page": PageHead(title="签批", help=HELP),
        "tabs": Tabs(
            (
                Tab(text="等我签批", href=here, count=found.mine, on=show == "mine"),
                Tab(text="等别人签批", href=f"{here}?show=others", count=found.others, on=show == "others"),
            )
        ),
        "cards": tuple(_card(w, names) for w in found.rows),
        "empty": EmptyState(
            title="没有等您签批的。" if show == "mine" else "没有等别人签批的。",
            text="新的报批件一来，这里和导航上的数字会变。",
        ),
        "pages": pages(found.total, found.page, f"{here}?show={show}&page="),
    }
    return render(request, "duban/approvals/list.html", context)


def _card(w: Waiting, names: dict[str, str]) -> RowCard:
    lines: list[tuple[str, Any]] = [("报批", w.title)]
    if w.unit:
        lines.append(("单位", names.get(w.unit, w.unit)))
    lines.append(("报来", moment_text(w.opened_at)))
    if w.words:
        lines.append(("说明", w.words[:80]))
    return RowCard(
        title=w.matter,
        href=reverse("approval", args=[w.stream, w.petition]),
        number=w.number,
        state=StateChip(Mark.SUSPENDED, "限定知悉", quiet=True) if w.restricted else None,
        lines=tuple(lines),
    )


def approval(request: PostedRequest, stream: str, petition: str) -> HttpResponse:
    """One paper: read it, sign it or send it back."""
    found = read.petition_view(request.post, stream, petition)
    refusal = None
    if request.method == "POST":
        answer = _sign(request, found)
        if isinstance(answer, Done):
            return _after(request, found, answer)
        refusal = answer
    return render(
        request,
        "duban/approvals/paper.html",
        _context(request, found, refusal),
        status=422 if refusal else 200,
    )


# --- signing ---------------------------------------------------------------------------------------------------


def _sign(request: PostedRequest, found: PetitionView) -> Done | Refusal:
    """Run ``sign``; with a scan of the paper, attach that too."""
    posted = request.POST
    try:
        command = c.Sign(
            petition=found.petition.id,
            approve=posted.get("verdict") == "yes",
            words=posted.get("words", "").strip(),
            due=_due(posted.get("due", "")),
            leads=tuple(posted.getlist("leads")),
            supports=tuple(posted.getlist("supports")),
        )
        for_another = bool(posted.get("on_behalf"))
        values = dict(posted.lists()) if for_another else {"occurred_at": [""]}
        if found.records and not for_another:
            raise Wrong("请写明代谁录入。", "on_behalf")
        occurred, actor, proxy = circumstances(request.post, values)
        scans = keep_uploads(request, request.post, "scan" if for_another else "")
    except AttachmentRefused as error:
        return Refusal(str(error), field="papers")
    except Wrong as error:
        return error.refusal
    if posted.get("verdict") not in ("yes", "no"):
        return Refusal("请选择同意或退回。")
    signed = handle(
        request.post.office,
        command,
        actor,
        stream=found.view.row.pk,
        occurred_at=occurred,
        proxy=proxy,
        command_id=posted.get("command_id", ""),
    )
    if isinstance(signed, Done) and not signed.repeated:
        for scan in scans:
            order = c.Attach(paper=papers_store.paper_of(scan))
            handle(request.post.office, order, request.post, stream=found.view.row.pk)
    return signed


def _due(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Wrong("日期应写成 2026-03-01 这样。", "due") from None


def _after(request: PostedRequest, found: PetitionView, done: Done) -> HttpResponse:
    """Open the next paper that waits for me; without one, the list, or the matter after recording."""
    verdict = "同意" if request.POST.get("verdict") == "yes" else "退回"
    say(request, f"{found.petition.title}（{verdict}）", done)
    if found.records:
        return redirect("matter", found.view.row.pk)
    after = read.next_waiting(request.post, (found.view.row.pk, found.petition.id))
    if after:
        return redirect("approval", after.stream, after.petition)
    messages.info(request, "没有别的等您签批的了。")
    return redirect("approvals")


# --- the page --------------------------------------------------------------------------------------------------


def _context(request: PostedRequest, found: PetitionView, refusal: Refusal | None) -> dict[str, Any]:
    view, p = found.view, found.petition
    presenter = presenter_of(view)
    speaker = speaker_of(view, presenter)
    posted = request.POST
    return {
        "page": PageHead(
            title=p.title,
            number=view.matter.number,
            state=StateChip(Mark.WAITING)
            if found.waits
            else StateChip(Mark.CLOSED if p.status == "granted" else Mark.RETURNED, RESULTS[p.status]),
            crumbs=(Link("签批", reverse("approvals")),),
            help=HELP,
        ),
        "matter": Link(view.matter.facts.title, reverse("matter", args=[view.row.pk])),
        "restricted": view.matter.facts.restricted,
        "paper": petition_words.paper_of(view, p, speaker),
        "papers": petition_words.papers_of(p, view),
        "badge": presenter.badge(p.cite),
        "route": StepRoute(petition_words.route_of(p, found.signatures, speaker)),
        "open": found.signs or found.records,
        "records": found.records,
        "other": None if found.signs or found.records or not found.waits else _waits_for(found, speaker),
        "refusal": refusal_notice(refusal, presenter) if refusal else None,
        "fields": _fields(found, posted, refusal, speaker),
        "proxy_fields": _proxy_fields(request, found, refusal, speaker) if found.records else (),
        "unrecorded": "" if found.signs or found.records else posted.get("words", "").strip(),
        "kept": posted.getlist("kept"),
        "command_id": posted.get("command_id") or uuid.uuid4().hex,
    }


def _waits_for(found: PetitionView, speaker: Any) -> Notice:
    return Notice(kind="info", title=f"等{petition_words.addressee(found.petition, speaker)}签批。")


def _errors(refusal: Refusal | None, name: str) -> tuple[str, ...]:
    return (refusal.message,) if refusal and refusal.field == name else ()


def _fields(found: PetitionView, posted: Any, refusal: Refusal | None, speaker: Any) -> tuple[FormField, ...]:
    """Words, and what else this act lets the signatory decide."""
    base = found.petition.act.partition(":")[0]
    fields = [
        FormField(
            name="words",
            label="意见",
            kind="textarea",
            rows=3,
            value=posted.get("words", ""),
            help="退回须写明意见。" if base != "coordination" else "请写明协调意见；退回也须写明意见。",
            errors=_errors(refusal, "words"),
        )
    ]
    if base in WITH_DUE:
        asked = found.petition.payload.get("asked_due") or found.petition.payload.get("due")
        fields.append(
            FormField(
                name="due",
                label=WITH_DUE[base],
                kind="date",
                size="short",
                value=posted.get("due", ""),
                help=f"不填即按申请的{day_text(date.fromisoformat(str(asked)))}。"
                if asked
                else "不填即不改。",
                errors=_errors(refusal, "due"),
            )
        )
    if base in WITH_UNITS:
        fields += [
            _units("leads", "改由哪些单位主办", found, posted, refusal, speaker),
            _units("supports", "协办单位", found, posted, refusal, speaker),
        ]
    return tuple(fields)


def _units(
    name: str, label: str, found: PetitionView, posted: Any, refusal: Refusal | None, speaker: Any
) -> FormField:
    today = found.view.now.date()
    chosen = posted.getlist(name) if posted else []
    units = [u for u in found.view.context.units.values() if u.active_on(today)]
    return FormField(
        name=name,
        label=label,
        kind="checkboxes",
        choices=tuple(Choice(u.id, u.name, u.id in chosen) for u in units),
        help="不选即不改。",
        errors=_errors(refusal, name),
    )


def _proxy_fields(
    request: PostedRequest, found: PetitionView, refusal: Refusal | None, speaker: Any
) -> tuple[FormField | FileField, ...]:
    """代录签批: who signed on paper, when, and what proves it."""
    posted = request.POST
    step = found.petition.steps[found.petition.signed]
    named = [
        (f"{step.unit}|{role}", f"{speaker.unit(step.unit)}{speaker.title('roles', role)}")
        for role in step.roles
    ]
    chosen = posted.get("on_behalf") or (named[0][0] if len(named) == 1 else "")
    first = () if len(named) == 1 else (Choice("", "请选择"),)
    fields: list[FormField | FileField] = [
        FormField(
            name="on_behalf",
            label="代谁录入",
            kind="select",
            required=True,
            size="medium",
            choices=(*first, *(Choice(v, t, v == chosen) for v, t in named)),
            errors=_errors(refusal, "on_behalf"),
        ),
        FormField(
            name="behalf_name",
            label="签字人姓名",
            required=True,
            size="medium",
            value=posted.get("behalf_name", ""),
            errors=_errors(refusal, "behalf_name"),
        ),
        FormField(
            name="occurred_at",
            label="签字时间",
            kind="datetime-local",
            size="medium",
            value=posted.get("occurred_at", ""),
            help="不填即现在；期限按实际签字时间计算。",
            errors=_errors(refusal, "occurred_at"),
        ),
        FormField(
            name="evidence",
            label="依据",
            required=True,
            value=posted.get("evidence", ""),
            help="如：签批单原件存卷第 3 页、电话请示记录。",
            errors=_errors(refusal, "evidence"),
        ),
    ]
    if permissions.belongs_to_house(request.post):
        fields.append(
            FileField(
                name="papers",
                label="签字件扫描",
                multiple=True,
                help="附在案卷上，只有本机关可以查看。",
                errors=_errors(refusal, "papers"),
            )
        )
    return tuple(fields)
