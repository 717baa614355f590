"""The frame around every page: navigation by role, with what waits; a fixed number of queries."""

from django.http import HttpRequest
from django.urls import reverse

from duban import __version__
from duban.server import clock, permissions
from duban.server.models import Post
from duban.server.web.components import Link, NavItem, Shell, UserMenu
from duban.server.web.posts import is_administrator, post_of, title_of
from duban.server.world import calendar_of


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Template context processor: ``shell`` for ``base.html``."""
    post = post_of(request)
    if post is None:
        return {"shell": Shell(office="督办")}
    now = clock.now()
    calendar = calendar_of(post.office)
    provisional = (
        "" if not calendar.is_provisional(now.date().replace(month=12, day=31)) else _provisional(now.year)
    )
    return {
        "shell": Shell(
            office=post.office.name,
            home_href=reverse("desk"),
            nav=tuple(_nav(request, post)),
            search_href=reverse("ledger"),
            search_text=request.GET.get("q", ""),
            user=UserMenu(
                name=str(post.user),
                role=title_of(post),
                logout_href=reverse("account_logout"),
                links=_links(request, post),
            ),
            as_of=now,
            calendar=_calendar_words(post),
            provisional=provisional,
            version=__version__,
        )
    }


def _provisional(year: int) -> str:
    return f"{year} 年末以后的放假安排尚未公布或尚未装载，跨年的期限按周末暂算，标“暂定”。"


def _calendar_words(post: Post) -> str:
    years = calendar_of(post.office).years
    latest = max(years) if years else None
    return f"节假日安排至 {latest} 年" if latest else "未装载节假日安排"


def _links(request: HttpRequest, post: Post) -> tuple[Link, ...]:
    others = [p for p in getattr(request, "posts", []) if p.pk != post.pk]
    links = [Link("换个职务办理", reverse("posts"), f"另有 {len(others)} 个")] if others else []
    return (*links, Link("修改密码", reverse("account_change_password")))


def _nav(request: HttpRequest, post: Post) -> list[NavItem]:
    kind = permissions.role_kind(post)
    house = permissions.belongs_to_house(post)
    items: list[tuple[str, str, int | None]] = [("工作台", "desk", None), ("台账", "ledger", None)]
    if kind in ("officer", "office_head"):
        items.append(("立项", "directives", None))
    if kind in ("officer", "office_head", "leader", "unit_head"):
        items.append(("签批", "approvals", permissions.waiting_petitions(post).count()))
    if kind in ("officer", "office_head"):
        submitted = permissions.waiting_reports(post)
        items.append(("审核", "reviews", submitted.count()))
    if house:
        proposed = permissions.visible_proposals(post).filter(status="open", consequence="urging")
        items.append(("催办", "urgings", proposed.count()))
    items += [("单位", "units", None), ("制度", "regulation", None)]
    if is_administrator(post):
        items.append(("设置", "settings", None))
    return [
        NavItem(
            text=text, href=reverse(name), count=count or None, current=_is_current(request, reverse(name))
        )
        for text, name, count in items
    ]


def _is_current(request: HttpRequest, href: str) -> bool:
    return request.path == href if href == "/" else request.path.startswith(href)
