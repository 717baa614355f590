"""设置: the office's people, numbers and days off, and how the system stands; for the administrator alone."""

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from duban import __version__
from duban.server import accounts, clock
from duban.server.models import Office, Post, User
from duban.server.permissions import NotVisible
from duban.server.queries import settings as read
from duban.server.web.components import (
    Choice,
    Column,
    Content,
    EmptyState,
    FormField,
    KeyValue,
    KeyValues,
    Link,
    Mark,
    Notice,
    PageHead,
    Pages,
    Row,
    StateChip,
    Tab,
    Table,
    Tabs,
    day_text,
    moment_text,
)
from duban.server.web.posts import PostedRequest, is_administrator, title_of
from duban.server.web.present import badge
from duban.server.world import calendar_of, pack_of

log = logging.getLogger(__name__)
VIEWS = {
    "people": "人员与任职",
    "office": "本机构",
    "parameters": "制度参数",
    "days": "放假日",
    "state": "系统状态",
}
HELP = {
    "people": """每个人一个账号，能看什么、办什么由任职决定；一个人可以有几个任职。调离时结束任职，不删账号，以前的记录不变。

单位的联络员、负责人要选单位；督查机构的人员、领导不选单位。代理主持工作的勾“代理”。""",
    "office": """机构的名称显示在每页顶端。所执行的制度在建立机构时选定；换制度会影响全部时限，不在网页上改。""",
    "parameters": """制度没有写明、留给本机关确定的数字填在这里。

空着的，用制度包的数；制度包也没有的，不产生这条时限——系统不替机关编数字。""",
    "days": """国家放假与调休按国务院办公厅每年的通知，随系统更新。本地另定的放假日在这里添加，当日不算工作日。""",
    "state": """巡检每分钟运行一次，记下到期的义务和催办建议；停了，期限不会丢，恢复后补记。

核验由运维人员运行 duban verify，逐条检查案卷的防篡改链。""",
}
MOST = 3650
"""The largest number an office may set: ten years of days."""
SWEEP_STALE = timedelta(minutes=15)
"""A sweep older than this is said to have stopped: it runs every minute."""


def _administrator_only(request: PostedRequest) -> None:
    if not is_administrator(request.post):
        raise NotVisible


def settings(request: PostedRequest) -> HttpResponse:
    """One view of the settings; what is posted belongs to that view."""
    _administrator_only(request)
    view = request.GET.get("view", "people")
    view = view if view in VIEWS else "people"
    errors: dict[str, str] = {}
    if request.method == "POST":
        if view not in _SAVES:
            raise NotVisible
        errors = _SAVES[view](request)
        if not errors:
            return redirect(_href(view))
    context = {
        "page": PageHead(title="设置", help=HELP[view], width="read"),
        "tabs": Tabs(tuple(Tab(text=t, href=_href(v), on=v == view) for v, t in VIEWS.items())),
        "view": view,
        "refusal": _refusal(errors),
        **_CONTEXTS[view](request, errors),
    }
    return render(request, "duban/settings/settings.html", context, status=422 if errors else 200)


def _href(view: str, **more: str) -> str:
    return f"{reverse('settings')}?{urlencode({'view': view} | more)}"


def _refusal(errors: Mapping[str, str]) -> Notice | None:
    if not errors:
        return None
    return Notice(kind="refusal", title=errors.get("") or "有几处需要改正，尚未保存")


def _at(errors: Mapping[str, str], name: str) -> tuple[str, ...]:
    return (errors[name],) if name in errors else ()


def _change(request: PostedRequest, what: str, **values: object) -> None:
    Office.objects.filter(pk=request.post.office_id).update(**values)
    log.info("%s of office %s changed by %s", what, request.post.office.key, request.post.user.person)
    messages.success(request, "已保存。")


# --- the office -------------------------------------------------------------------------------------------------


def _office(request: PostedRequest, errors: Mapping[str, str]) -> dict[str, Any]:
    office = request.post.office
    pack = pack_of(office)
    number = f" {pack.regulation.number}" if pack.regulation.number else ""
    return {
        "facts": KeyValues(
            (
                KeyValue("代号", office.key),
                KeyValue("制度", Link(f"{pack.regulation.title}{number}", reverse("regulation")), wide=True),
                KeyValue("制度包", f"{pack.id}（摘要 {pack.digest[:12]}）", wide=True),
            )
        ),
        "fields": (
            FormField(
                name="name",
                label="机构名称",
                value=request.POST.get("name", office.name),
                required=True,
                max_length=100,
                errors=_at(errors, "name"),
            ),
        ),
    }


def _save_office(request: PostedRequest) -> dict[str, str]:
    name = request.POST.get("name", "").replace("\0", "").strip()
    if not 0 < len(name) <= 100:
        return {"name": "请写明名称，不超过 100 个字。"}
    _change(request, "Name", name=name)
    return {}


# --- parameters ---------------------------------------------------------------------------------------------------


def _parameters(request: PostedRequest, errors: Mapping[str, str]) -> dict[str, Any]:
    own = request.post.office.parameters
    fields = []
    for p in pack_of(request.post.office).parameters:
        given = "" if p.value is None else f"制度包：{p.value} {p.unit}"
        value = request.POST.get(f"p_{p.id}") if request.method == "POST" else own.get(p.id)
        fields.append(
            FormField(
                name=f"p_{p.id}",
                label=f"{p.title}（{p.unit}）",
                kind="number",
                value="" if value is None else str(value),
                help=given or "制度包未定；空着则不产生这条时限",
                basis=badge(p.cite),
                errors=_at(errors, f"p_{p.id}"),
                size="short",
            )
        )
    return {"fields": tuple(fields)}


def _save_parameters(request: PostedRequest) -> dict[str, str]:
    errors, values = {}, {}
    for p in pack_of(request.post.office).parameters:
        text = request.POST.get(f"p_{p.id}", "").strip()
        if not text:
            continue
        if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= MOST):
            errors[f"p_{p.id}"] = f"应为 0 到 {MOST} 的整数，或空着。"
        else:
            values[p.id] = int(text)
    if not errors:
        _change(request, "Parameters", parameters=values)
    return errors


# --- days off -----------------------------------------------------------------------------------------------------


def _days(request: PostedRequest, errors: Mapping[str, str]) -> dict[str, Any]:
    office = request.post.office
    years = sorted(calendar_of(office).years.items(), reverse=True)
    this = clock.today().year
    missing = [y for y in (this, this + 1) if y not in dict(years)]
    rows: list[Row] = [
        Row(cells=(f"{y} 年", "", StateChip(Mark.DUE_SOON, "暂定：尚未装载，按周末暂算", quiet=True)))
        for y in reversed(missing)
    ]
    rows += [
        Row(cells=(f"{y} 年", notice.citation, StateChip(Mark.CLOSED, "已装载", quiet=True)))
        for y, notice in years
    ]
    columns = (
        Column(label="年份", on_phone="title", tight=True),
        Column(label="依据"),
        Column(label="状态", tight=True),
    )
    return {
        "local": [
            (d, day_text(date.fromisoformat(d), with_year=True), n)
            for d, n in sorted(office.local_days_off.items())
        ],
        "fields": (
            FormField(
                name="day",
                label="日期",
                kind="date",
                value=request.POST.get("day", ""),
                required=True,
                size="short",
                errors=_at(errors, "day"),
            ),
            FormField(
                name="name",
                label="事由",
                value=request.POST.get("name", ""),
                required=True,
                max_length=60,
                help="如：民族节日、换届会议放假，并写明文号",
                errors=_at(errors, "name"),
            ),
        ),
        "years": Table(caption="国家放假与调休", columns=columns, rows=tuple(rows), show_caption=True),
    }


def _save_days(request: PostedRequest) -> dict[str, str]:
    with transaction.atomic():
        office = Office.objects.select_for_update().get(pk=request.post.office_id)
        days = dict(office.local_days_off)
        if remove := request.POST.get("remove"):
            days.pop(remove, None)
        else:
            errors, day, name = {}, None, request.POST.get("name", "").replace("\0", "").strip()
            try:
                day = date.fromisoformat(request.POST.get("day", ""))
            except ValueError:
                errors["day"] = "日期应写成 2026-03-01 这样。"
            if not 0 < len(name) <= 60:
                errors["name"] = "请写明事由，不超过 60 个字。"
            if errors or day is None:
                return errors
            days[day.isoformat()] = name
        _change(request, "Local days off", local_days_off=days)
    return {}


# --- the state of the system ------------------------------------------------------------------------------------


def _state(request: PostedRequest, errors: Mapping[str, str]) -> dict[str, Any]:
    found = read.system_state(request.post.office)
    return {
        "stale": _stale(found),
        "facts": KeyValues(
            (
                KeyValue("版本", __version__),
                KeyValue("数据库", {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]),
                KeyValue("单位", f"{found.units} 个"),
                KeyValue("督查事项", f"{found.dockets} 件"),
                KeyValue("立项依据", f"{found.directives} 份"),
                KeyValue("案卷记录", f"{found.entries} 条"),
                KeyValue(
                    "巡检",
                    _beat(found, "sweep", ("looked_at", "看 {} 卷"), ("failed", "失败 {} 卷")),
                    wide=True,
                ),
                KeyValue(
                    "核验",
                    _beat(found, "verify", ("streams", "核 {} 卷"), ("faults", "问题 {} 处")),
                    wide=True,
                ),
            )
        ),
    }


def _beat(found: read.SystemState, part: str, *words: tuple[str, str]) -> str:
    if part not in found.beats:
        return "还没有运行过"
    at, counts = found.beats[part]
    said = "，".join(text.format(counts.get(key, 0)) for key, text in words)
    return f"{moment_text(at, with_year=True)}（{said}）"


def _stale(found: read.SystemState) -> Notice | None:
    """What someone must look after: no sweep lately, dockets that failed, a chain that does not hold."""
    points = []
    if "sweep" not in found.beats:
        points.append("后台巡检还没有运行过，到期不会自动记录。请启动 duban worker。")
    elif clock.now() - found.beats["sweep"][0] > SWEEP_STALE:
        points.append("后台巡检已停，到期不会自动记录。请检查 duban worker。")
    if failed := found.beats.get("sweep", (None, {}))[1].get("failed", 0):
        points.append(f"上次巡检有 {failed} 份案卷没有办成，原因见系统日志。")
    if faults := found.beats.get("verify", (None, {}))[1].get("faults", 0):
        points.append(f"上次核验发现 {faults} 处问题，请运维人员查看 duban verify 的输出。")
    if not points:
        return None
    return Notice(kind="warning", title="需要处理", points=tuple(points))


# --- people -------------------------------------------------------------------------------------------------------


def _people(request: PostedRequest, errors: Mapping[str, str]) -> dict[str, Any]:
    q = request.GET.get("q", "").strip()[:200]
    page = request.GET.get("page", "1")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    found = read.people(request.post.office, q, number)
    columns = (
        Column(label="姓名", on_phone="title"),
        Column(label="账号"),
        Column(label="电话"),
        Column(label="现任职"),
        Column(label="状态", tight=True),
    )
    rows = tuple(_person_row(p) for p in found.rows)
    first = (found.page - 1) * read.PAGE

    def href(page: int) -> str:
        return _href("people", **({"q": q} if q else {}), page=str(page))

    pages = Pages(
        first=first + 1 if rows else 0,
        last=first + len(rows),
        total=found.total,
        previous_href=href(found.page - 1) if found.page > 1 else "",
        next_href=href(found.page + 1) if found.page < found.pages else "",
    )
    empty = EmptyState(title="没有符合条件的人员", links=(Link("看全部", _href("people")),))
    return {"q": q, "people": Table(caption="人员", columns=columns, rows=rows, pages=pages, empty=empty)}


def _person_row(p: read.Person) -> Row:
    state: Content = ""
    if not p.user.is_active:
        state = StateChip(Mark.SUSPENDED, "已停用", quiet=True)
    elif not p.current:
        state = StateChip(Mark.DUE_SOON, "无现任职", quiet=True)
    link = Link(str(p.user), reverse("person", args=[p.user.pk]))
    posts = "；".join(title_of(x) for x in p.current) or "—"
    return Row(
        cells=(link, p.user.username, p.user.phone or "—", posts, state or "在用"),
        key=str(p.user.pk),
        name=str(p.user),
    )


def new_person(request: PostedRequest) -> HttpResponse:
    """A new account with its first post."""
    _administrator_only(request)
    office, errors = request.post.office, {}
    if request.method == "POST":
        given = {k: v.replace("\0", "").strip() for k, v in request.POST.dict().items()}
        person = accounts.PersonFacts(
            given.get("username", ""), given.get("display_name", ""), given.get("phone", "")
        )
        try:
            facts = _post_given(request, given)
            user = accounts.create_person(office, person, request.POST.get("password", ""), facts)
        except accounts.AccountRefused as refused:
            errors = refused.errors
        else:
            messages.success(
                request, f"已为{user}开设账号 {user.username}。请把初始密码当面告知本人，并请其登录后修改。"
            )
            return redirect("person", pk=user.pk)
    context = {
        "page": PageHead(title="新增人员", crumbs=_crumbs(), width="narrow"),
        "refusal": _refusal(errors),
        "fields": _person_fields(request, None, errors),
        "post_fields": _post_fields(request, errors),
    }
    return render(request, "duban/settings/new_person.html", context, status=422 if errors else 200)


def _crumbs() -> tuple[Link, ...]:
    return (Link("设置", reverse("settings")), Link("人员与任职", _href("people")))


def _post_given(request: PostedRequest, given: Mapping[str, str]) -> accounts.PostFacts:
    """Raises ``AccountRefused`` for what cannot be read."""
    errors: dict[str, str] = {}

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(given[name]) if given.get(name) else None
        except ValueError:
            errors[name] = "日期应写成 2026-03-01 这样。"
            return None

    units = {u.key: u for u in read.units_for_posts(request.post.office, clock.today())}
    key = given.get("unit", "")
    if key and key not in units:
        errors["unit"] = "通讯录里没有这个单位。"
    facts = accounts.PostFacts(
        role=given.get("role", ""),
        unit=units.get(key),
        valid_from=day("valid_from"),
        valid_to=day("valid_to"),
        acting=bool(given.get("acting")),
    )
    if errors:
        raise accounts.AccountRefused(errors)
    return facts


def _person_fields(
    request: PostedRequest, user: User | None, errors: Mapping[str, str]
) -> tuple[FormField, ...]:
    def text(name: str, label: str, **more: Any) -> FormField:
        value = request.POST.get(name, getattr(user, name, ""))
        return FormField(name=name, label=label, value=value, errors=_at(errors, name), **more)

    name = text("display_name", "姓名", required=True, max_length=60, autocomplete="off")
    phone = text("phone", "电话", kind="tel", autocomplete="off", max_length=40)
    if user:
        return (name, phone)
    username = text(
        "username", "账号", required=True, autocomplete="off", help="登录用，定了不改；字母、数字或汉字"
    )
    return (name, username, phone, password_field("初始密码", errors))


def password_field(label: str, errors: Mapping[str, str]) -> FormField:
    return FormField(
        name="password",
        label=label,
        kind="password",
        required=True,
        autocomplete="new-password",
        help="至少 10 位，不能全是数字，不能太常见",
        errors=_at(errors, "password"),
    )


def _post_fields(request: PostedRequest, errors: Mapping[str, str]) -> tuple[FormField, ...]:
    given = request.POST
    pack = pack_of(request.post.office)
    roles = [
        ("", "请选择"),
        *((r.id, r.title) for r in pack.roles),
        (accounts.ADMINISTRATOR, "管理员（本系统）"),
    ]
    units = [(u.key, u.name) for u in read.units_for_posts(request.post.office, clock.today())]

    def select(name: str, label: str, options: list[tuple[str, str]], **more: Any) -> FormField:
        choices = tuple(Choice(v, t, on=v == given.get(name, "")) for v, t in options)
        return FormField(
            name=name, label=label, kind="select", choices=choices, errors=_at(errors, name), **more
        )

    def day(name: str, label: str, help: str) -> FormField:
        return FormField(
            name=name, label=label, kind="date", value=given.get(name, ""), help=help, size="short",
            errors=_at(errors, name),
        )  # fmt: skip

    acting = Choice("on", "代理（主持工作）", on=bool(given.get("acting")))
    return (
        select("role", "职务", roles, required=True),
        select("unit", "单位", [("", "督查机构本身"), *units], help="联络员、单位负责人必选"),
        day("valid_from", "任职起", "空着即今天"),
        day("valid_to", "任职止", "最后一天；空着即长期"),
        FormField(name="acting", label="代理（主持工作）", kind="checkbox", value="on", choices=(acting,)),
    )


def person(request: PostedRequest, pk: int) -> HttpResponse:
    """One account: its name, its posts, its password, whether it is open."""
    _administrator_only(request)
    user = accounts.access_person(request.post.office, pk)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _carry_out(request, user)
        except accounts.AccountRefused as refused:
            errors = refused.errors
        else:
            return redirect("person", pk=pk)
    found = read.person(request.post.office, user)
    context = {
        "page": PageHead(
            title=str(user),
            number=user.username,
            state=None if user.is_active else StateChip(Mark.SUSPENDED, "已停用"),
            crumbs=_crumbs(),
            width="narrow",
        ),
        "person": user,
        "refusal": _refusal(errors),
        "posts": [_post_line(p, found, request, errors) for p in found.posts],
        "fields": _person_fields(request, user, errors),
        "post_fields": _post_fields(request, errors),
        "password": password_field("新密码", errors),
        "elsewhere": accounts.elsewhere(request.post.office, user),
    }
    return render(request, "duban/settings/person.html", context, status=422 if errors else 200)


def _post_line(
    post: Post, found: read.Person, request: PostedRequest, errors: Mapping[str, str]
) -> dict[str, Any]:
    start = day_text(post.valid_from, with_year=True) if post.valid_from else "不限"
    end = day_text(post.valid_to, with_year=True) if post.valid_to else "长期"
    over = post.valid_to is not None and post.valid_to < clock.today()
    name = f"last_day_{post.pk}"
    field = FormField(
        name=name,
        label="最后一天",
        kind="date",
        value=request.POST.get(name, clock.today().isoformat()),
        errors=_at(errors, name),
        size="short",
    )
    return {
        "pk": post.pk,
        "title": title_of(post),
        "term": f"{start} 至 {end}",
        "current": post in found.current,
        "field": None if over else field,
    }


def _carry_out(request: PostedRequest, user: User) -> None:
    """What the person's page was asked to do. Raises ``AccountRefused``; ``NotVisible`` for anything else."""
    office, given = (
        request.post.office,
        {k: v.replace("\0", "").strip() for k, v in request.POST.dict().items()},
    )
    do = given.get("do", "")
    if do == "rename":
        accounts.rename_person(office, user, given.get("display_name", ""), given.get("phone", ""))
        messages.success(request, "已保存。")
    elif do == "give":
        post = accounts.give_post(office, user, _post_given(request, given))
        messages.success(request, f"已任职：{title_of(post)}。")
    elif do.startswith("end-"):
        _end(request, user, do.removeprefix("end-"), given)
    elif do == "password":
        accounts.reset_password(office, user, request.POST.get("password", ""))
        if user.pk == request.user.pk:
            update_session_auth_hash(request, user)
        messages.success(request, "密码已重设。请当面告知本人，并请其登录后修改。")
    elif do in ("close", "open"):
        accounts.set_active(office, user, do == "open")
        messages.success(request, "账号已启用。" if do == "open" else "账号已停用，不能再登录；记录不变。")
    else:
        raise NotVisible


def _end(request: PostedRequest, user: User, pk: str, given: Mapping[str, str]) -> None:
    mine = Post.objects.filter(office=request.post.office, user=user).select_related("unit", "office")
    post = mine.filter(pk=int(pk)).first() if pk.isascii() and pk.isdecimal() and len(pk) < 18 else None
    if post is None:
        raise NotVisible
    name = f"last_day_{post.pk}"
    try:
        last = date.fromisoformat(given.get(name, ""))
    except ValueError:
        raise accounts.AccountRefused({name: "日期应写成 2026-03-01 这样。"}) from None
    accounts.end_post(request.post.office, post, last)
    messages.success(request, f"{title_of(post)}的任职到 {day_text(last, with_year=True)} 为止。")


_SAVES = {"office": _save_office, "parameters": _save_parameters, "days": _save_days}
_CONTEXTS = {
    "people": _people,
    "office": _office,
    "parameters": _parameters,
    "days": _days,
    "state": _state,
}
