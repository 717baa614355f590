"""单位通讯录: who the units are, whom they name, what they have not reported; kept by the administrator."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from duban.core.directory import Gap
from duban.server import clock, directory, permissions
from duban.server.models import ProposedUnit, Unit, UnitContact
from duban.server.queries import units as read
from duban.server.queries.ledger import light_of
from duban.server.unit_names import SEPARATORS
from duban.server.web.components import (
    Choice,
    Column,
    Content,
    EmptyState,
    FilterBar,
    FilterChip,
    FilterGroup,
    FormField,
    KeyValue,
    KeyValues,
    Link,
    Mark,
    Notice,
    PageHead,
    Row,
    StateChip,
    Table,
    day_text,
)
from duban.server.web.posts import PostedRequest, is_administrator, title_of
from duban.server.web.present import LIGHT_MARKS, Presenter, due_chip_in_list, light_chip, stage_chip
from duban.server.world import near_until

HELP = """单位通讯录列出本机构督办的单位和各单位报来的负责人、联络员。可按名称、简称、曾用名或拼音首字母查找。

制度要求报送而没有报的，标“未报”，旁边是所依据的条文。临时机构过了终止日列在“已终止”里，原有记录不变。

单位的名称由管理员维护；各单位的联络员和负责人可以改本单位的联系人。"""
EDIT_HELP = """改名后，原来的名称自动成为别名，按旧名仍能找到。

撤并的单位填终止日，不删除；终止之后不能再作为承办单位，已经承办的事项由督查机构另行调整。"""


def units(request: PostedRequest) -> HttpResponse:
    """The directory under the address's filters."""
    filters = read.UnitFilters.read(request.GET.dict())
    found = read.directory(request.post, filters)
    presenter = Presenter.of(request.post.office, clock.now())
    waiting = read.proposed(request.post) if is_administrator(request.post) else ()
    context = {
        "page": PageHead(title="单位通讯录", help=HELP, width="wide"),
        "filters": _filter_bar(filters, found, request.post.unit is None),
        "q": filters.q,
        "kept": [(k, v) for k, v in filters.as_query().items() if k != "q"],
        "tables": [_table(group, found.roles, presenter) for group in found.groups],
        "empty": _empty(filters, request),
        "total": found.total,
        "may_edit": is_administrator(request.post),
        "waiting": len(waiting),
    }
    return render(request, "duban/units/units.html", context)


def _href(filters: read.UnitFilters, **changes: str) -> str:
    query = {k: v for k, v in (filters.as_query() | changes).items() if v}
    return f"{reverse('units')}?{urlencode(query)}" if query else reverse("units")


def _filter_bar(filters: read.UnitFilters, found: read.Directory, whole: bool) -> FilterBar:
    def chip(name: str, value: str, text: str, count: int, mark: Mark | None = None) -> FilterChip:
        on = getattr(filters, name) == value
        href = _href(filters, **{name: "" if on else value})
        return FilterChip(text=text, href=href, count=count, on=on, mark=mark)

    states = [chip("state", "ended", "已终止", found.ended)]
    if whole:
        states.insert(0, chip("state", "gaps", "有未报", found.with_gaps, Mark.DUE_SOON))
    groups = [FilterGroup("情况", tuple(states))]
    if len(found.kinds) > 1:
        groups.insert(0, FilterGroup("类型", tuple(chip("kind", k, t, n) for k, t, n in found.kinds if k)))
    return FilterBar(groups=tuple(groups), clear_href=reverse("units") if filters.as_query() else "")


def _table(group: read.UnitGroup, roles: tuple[str, ...], presenter: Presenter) -> Table:
    columns = (
        Column(label="单位", on_phone="title"),
        *(Column(label=UnitContact.ROLES[role]) for role in roles),
        Column(label="未报"),
    )
    rows = tuple(_row(line, roles, presenter) for line in group.lines)
    return Table(caption=f"{group.title}（{len(rows)}）", columns=columns, rows=rows, show_caption=True)


def _row(line: read.UnitLine, roles: tuple[str, ...], presenter: Presenter) -> Row:
    unit = line.unit
    note = "、".join(x for x in (unit.short_name, *unit.aliases) if x)
    name: list[Content] = [Link(unit.name, reverse("unit", args=[unit.key]), note)]
    if unit.parent:
        name.append(f"（属{unit.parent.name}）")
    if not line.active:
        name.append(StateChip(Mark.SUSPENDED, "已终止" if _over(unit) else "尚未设立", quiet=True))
    cells = (
        tuple(name),
        *(contact_words(line.contacts.get(role)) for role in roles),
        gap_words(unit.name, line.gaps, presenter),
    )
    return Row(cells=cells, key=unit.key, name=unit.name)


def _over(unit: Unit) -> bool:
    return unit.active_to is not None and unit.active_to < clock.today()


def contact_words(contact: UnitContact | None) -> Content:
    """A person with a number one can tap."""
    return (contact.name, phone_words(contact)) if contact else ""


def phone_words(contact: UnitContact) -> Content:
    digits = "".join(sign for sign in contact.phone if sign.isascii() and (sign.isdigit() or sign in "+-,"))
    return Link(contact.phone, f"tel:{digits}") if digits else contact.phone


def gap_words(name: str, found: tuple[Gap, ...], presenter: Presenter) -> Content:
    """What is missing of the unit so named, each with its article."""
    words: list[Content] = []
    for gap in found:
        said = gap.message.removeprefix(name).removeprefix("的")
        words += [StateChip(Mark.DUE_SOON, said, quiet=True), presenter.badge(gap.citation)]
    return tuple(words)


def _empty(filters: read.UnitFilters, request: PostedRequest) -> EmptyState:
    if filters.as_query():
        return EmptyState(
            title="没有符合条件的单位",
            text="换一个词或拼音首字母试试。",
            links=(Link("看全部单位", reverse("units")),),
        )
    first = Link("添加第一个单位", reverse("new_unit"))
    links = (first,) if is_administrator(request.post) else ()
    return EmptyState(title="通讯录还是空的", text="由管理员添加单位后，才能交办事项。", links=links)


# --- one unit ---------------------------------------------------------------------------------------------------


def unit(request: PostedRequest, key: str) -> HttpResponse:
    """One unit: its people, its place, its running matters."""
    found = read.access_unit(request.post, key)
    one = read.one_unit(request.post, found)
    presenter = Presenter.of(request.post.office, clock.now())
    state = None if one.line.active else StateChip(Mark.SUSPENDED, "已终止" if _over(found) else "尚未设立")
    context = {
        "page": PageHead(
            title=found.name, state=state, crumbs=(Link("单位通讯录", reverse("units")),), width="read"
        ),
        "unit": found,
        "facts": _facts(one, presenter),
        "gaps": _gap_notice(one.line.gaps, found, may_edit_contacts(request, found)),
        "contacts": _contacts(one.line),
        "matters": _matters(one, presenter),
        "people": [(str(p.user), title_of(p)) for p in one.posts],
        "may_edit": may_edit_contacts(request, found),
        "edit_label": "修改" if is_administrator(request.post) else "修改联系人",
        "ledger_href": f"{reverse('ledger')}?{urlencode({'unit': found.key})}",
        "running": one.running,
    }
    return render(request, "duban/units/one.html", context)


def _facts(one: read.OneUnit, presenter: Presenter) -> KeyValues:
    found = one.line.unit
    titles = read.kind_titles(presenter.context.pack)
    parent = Link(found.parent.name, reverse("unit", args=[found.parent.key])) if found.parent else "—"
    children = tuple(Link(str(c), reverse("unit", args=[c.key])) for c in one.children)
    pairs = [
        KeyValue("简称", found.short_name or "—"),
        KeyValue("类型", titles.get(found.kind, found.kind) or "—"),
        KeyValue("上级单位", parent),
        KeyValue("别名", "、".join(found.aliases) or "—"),
        KeyValue("存续期", _term(found)),
        KeyValue("在办", f"{one.running} 件"),
    ]
    if children:
        pairs.append(KeyValue("下属单位", children, wide=True))
    return KeyValues(tuple(pairs))


def _term(found: Unit) -> str:
    if not found.active_from and not found.active_to:
        return "长期"
    start = day_text(found.active_from, with_year=True) if found.active_from else "不限"
    end = day_text(found.active_to, with_year=True) if found.active_to else "长期"
    return f"{start} 至 {end}"


def _gap_notice(found: tuple[Gap, ...], of: Unit, may_edit: bool) -> Notice | None:
    if not found:
        return None
    bases = dict.fromkeys(str(gap.citation) for gap in found)
    return Notice(
        kind="warning",
        title=f"通讯录缺 {len(found)} 项",
        points=tuple(f"{gap.message}（{gap.citation}）" for gap in found) if len(bases) > 1 else (),
        text="；".join(gap.message for gap in found) + f"（{next(iter(bases))}）" if len(bases) == 1 else "",
        links=(Link("现在补报", reverse("edit_unit", args=[of.key])),) if may_edit else (),
    )


def _contacts(line: read.UnitLine) -> Table:
    rows = tuple(
        Row(cells=(title, contact.name, phone_words(contact) or "—"))
        for role, title in UnitContact.ROLES.items()
        if (contact := line.contacts.get(role))
    )
    columns = (
        Column(label="身份", on_phone="brief"),
        Column(label="姓名", on_phone="title"),
        Column(label="电话"),
    )
    empty = EmptyState(title="还没有报联系人", text="由本单位的联络员、负责人或管理员填报。")
    return Table(caption="联系人", columns=columns, rows=rows, empty=empty, show_caption=True, fit=True)


def _matters(one: read.OneUnit, presenter: Presenter) -> Table:
    columns = (
        Column(label="编号", on_phone="brief", tight=True),
        Column(label="事项", on_phone="title"),
        Column(label="身份", tight=True),
        Column(label="到期", align="date"),
        Column(label="状态", tight=True),
    )
    now = clock.to_db(presenter.now)
    near = near_until(presenter.office, presenter.now.date()) or now
    rows = []
    for m, lead in one.matters:
        light = light_of(m, now, near)
        due = due_chip_in_list(
            clock.maybe_to_local(m.due),
            light,
            presenter.context.calendar,
            presenter.now,
            any_provisional=m.provisional,
        )
        state = (light_chip(light, quiet=True), stage_chip(m.stage, quiet=True))
        link = Link(m.title, reverse("matter", args=[m.pk]))
        cells = (m.number or "未编号", link, "主办" if lead else "协办", due or "", state)
        rows.append(Row(cells=cells, mark=LIGHT_MARKS.get(light), key=m.pk, name=m.title))
    empty = EmptyState(title="没有在办事项", text="这里只列您有权查看的事项。")
    return Table(
        caption=f"在办事项（{one.running}）",
        columns=columns,
        rows=tuple(rows),
        empty=empty,
        show_caption=True,
    )


# --- keeping it ----------------------------------------------------------------------------------------------------


def may_edit_contacts(request: PostedRequest, found: Unit) -> bool:
    """The administrator for every unit; a unit's own staff and head for theirs."""
    post = request.post
    own = post.unit_id == found.pk and permissions.role_kind(post) in ("unit_staff", "unit_head")
    return own or is_administrator(post)


def edit(request: PostedRequest, key: str = "") -> HttpResponse:
    """Add a unit, or change one; a unit's own people change only whom they name."""
    found = read.access_unit(request.post, key) if key else None
    whole = is_administrator(request.post)
    if not (whole if found is None else may_edit_contacts(request, found)):
        raise permissions.NotVisible
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            saved = _save(request, found, whole)
        except directory.DirectoryRefused as refused:
            errors = refused.errors
        else:
            messages.success(request, f"已保存：{saved.name}。")
            return redirect("unit", key=saved.key)
    values = request.POST.dict() if request.method == "POST" else _values(request, found)
    crumbs = [Link("单位通讯录", reverse("units"))]
    if found:
        crumbs.append(Link(found.name, reverse("unit", args=[found.key])))
    context = {
        "page": PageHead(
            title="修改单位" if found and whole else "修改联系人" if found else "添加单位",
            help=EDIT_HELP if whole else "",
            crumbs=tuple(crumbs),
            width="narrow",
        ),
        "fields": _unit_fields(request, found, values, errors) if whole else (),
        "contacts": _contact_fields(values, errors),
        "refusal": Notice(kind="refusal", title=errors.get("") or "有几处需要改正，尚未保存")
        if errors
        else None,
        "back": reverse("unit", args=[found.key]) if found else reverse("units"),
    }
    return render(request, "duban/units/edit.html", context, status=422 if errors else 200)


def _save(request: PostedRequest, found: Unit | None, whole: bool) -> Unit:
    """Raises ``DirectoryRefused`` with every mistake at its field, and then saves nothing."""
    given = {k: v.replace("\0", "").strip() for k, v in request.POST.dict().items()}
    contacts = {
        role: (given.get(f"{role}_name", ""), given.get(f"{role}_phone", "")) for role in UnitContact.ROLES
    }
    return directory.save(request.post, found, _facts_given(given) if whole else None, contacts)


def _facts_given(given: Mapping[str, str]) -> directory.UnitFacts:
    errors: dict[str, str] = {}

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(given[name]) if given.get(name) else None
        except ValueError:
            errors[name] = "日期应写成 2026-03-01 这样。"
            return None

    order = given.get("order", "") or "0"
    if not (order.isascii() and order.isdecimal() and len(order) < 7):
        errors["order"] = "应为不小于 0 的整数。"
    facts = directory.UnitFacts(
        name=given.get("name", ""),
        short_name=given.get("short_name", ""),
        aliases=tuple(x.strip() for x in SEPARATORS.split(given.get("aliases", "")) if x.strip()),
        kind=given.get("kind", ""),
        parent=given.get("parent", ""),
        active_from=day("active_from"),
        active_to=day("active_to"),
        order=int(order) if "order" not in errors else 0,
    )
    if errors:
        raise directory.DirectoryRefused(errors)
    return facts


def _values(request: PostedRequest, found: Unit | None) -> dict[str, str]:
    if found is None:
        return {"name": request.GET.get("name", "")[: directory.LONGEST_NAME]}
    values = {
        "name": found.name,
        "short_name": found.short_name,
        "aliases": "、".join(found.aliases),
        "kind": found.kind,
        "parent": found.parent.key if found.parent else "",
        "active_from": found.active_from.isoformat() if found.active_from else "",
        "active_to": found.active_to.isoformat() if found.active_to else "",
        "order": str(found.order),
    }
    for contact in reversed(found.contacts.all()):
        values |= {f"{contact.role}_name": contact.name, f"{contact.role}_phone": contact.phone}
    return values


def _unit_fields(
    request: PostedRequest, found: Unit | None, values: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[FormField, ...]:
    presenter = Presenter.of(request.post.office, clock.now())
    titles = read.kind_titles(presenter.context.pack)
    current = values.get("kind", "")
    kinds = [("", "未分类"), *titles.items()]
    if current and current not in titles:
        kinds.append((current, current))
    others = [(u.id, u.name) for u in presenter.context.units.values() if not found or u.id != found.key]

    def text(name: str, label: str, **more: Any) -> FormField:
        return FormField(name=name, label=label, value=values.get(name, ""), errors=_at(errors, name), **more)

    def select(name: str, label: str, options: list[tuple[str, str]]) -> FormField:
        choices = tuple(Choice(v, t, on=v == values.get(name, "")) for v, t in options)
        return FormField(name=name, label=label, kind="select", choices=choices, errors=_at(errors, name))

    return (
        text("name", "名称", required=True, max_length=100),
        text("short_name", "简称", max_length=40, help="列表和文书里的短名"),
        text("aliases", "别名", help="曾用名、俗称，几个用、分开；改名时旧名自动加入"),
        select("kind", "类型", kinds),
        select("parent", "上级单位", [("", "无"), *others]),
        text("order", "排序", kind="number", size="short", help="小的在前"),
        text("active_from", "设立日", kind="date", size="short", help="空着即不限"),
        text("active_to", "终止日", kind="date", size="short", help="临时机构的期满日，或撤并日；当天仍有效"),
    )


def _contact_fields(
    values: Mapping[str, str], errors: Mapping[str, str]
) -> list[tuple[FormField, FormField]]:
    return [
        (
            FormField(
                name=f"{role}_name",
                label=title,
                value=values.get(f"{role}_name", ""),
                errors=_at(errors, f"{role}_name"),
                autocomplete="off",
            ),
            FormField(
                name=f"{role}_phone",
                label=f"{title}电话",
                kind="tel",
                value=values.get(f"{role}_phone", ""),
                errors=_at(errors, f"{role}_phone"),
                autocomplete="off",
            ),
        )
        for role, title in UnitContact.ROLES.items()
    ]


def _at(errors: Mapping[str, str], name: str) -> tuple[str, ...]:
    return (errors[name],) if name in errors else ()


# --- names from imported ledgers ---------------------------------------------------------------------------------


NAMES_HELP = """导入台账时遇到通讯录里没有的单位名称，不会自动建单位，先列在这里。

确认它就是哪个单位：名称成为该单位的别名，以后导入自动认得。确是新单位的，点“新建”。"""


def names(request: PostedRequest) -> HttpResponse:
    """Names that ledgers used and the directory does not know: say which unit each means."""
    if not is_administrator(request.post):
        raise permissions.NotVisible
    waiting = read.proposed(request.post)
    refusal = None
    if request.method == "POST":
        refusal = _resolve(request)
        if refusal is None:
            return redirect("unit_names")
    context = {
        "page": PageHead(
            title="待补单位", help=NAMES_HELP, crumbs=(Link("单位通讯录", reverse("units")),), width="narrow"
        ),
        "waiting": waiting,
        "units": [(u.key, u.name) for u in Unit.objects.filter(office=request.post.office)],
        "refusal": refusal,
    }
    return render(request, "duban/units/names.html", context, status=422 if refusal else 200)


def _resolve(request: PostedRequest) -> Notice | None:
    pk = request.POST.get("proposed", "")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 18):
        raise permissions.NotVisible
    mine = ProposedUnit.objects.filter(office=request.post.office, resolved_as=None)
    proposed = mine.filter(pk=int(pk)).first()
    if proposed is None:
        messages.info(request, "这个名称已经处理过。")
        return None
    chosen = Unit.objects.filter(
        office=request.post.office, key=request.POST.get("unit", "").replace("\0", "")
    ).first()
    if chosen is None:
        return Notice(kind="refusal", title=f"请为“{proposed.name}”选一个单位。")
    try:
        directory.resolve(request.post, proposed, chosen)
    except directory.DirectoryRefused as refused:
        return Notice(kind="refusal", title=str(refused))
    messages.success(request, f"“{proposed.name}”记为{chosen.name}的别名。")
    return None
