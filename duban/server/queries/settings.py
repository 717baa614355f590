"""What the settings pages show: the office's people, and how the system stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from duban.server import clock
from duban.server.accounts import people_of
from duban.server.models import Entry, Heartbeat, Office, Post, Stream, Unit, User
from duban.server.search import words_of

PAGE = 50
STATES = ("current", "closed")


@dataclass(frozen=True)
class Person:
    """An account with its posts in this office, current ones first."""

    user: User
    posts: tuple[Post, ...]
    current: tuple[Post, ...]


@dataclass(frozen=True)
class People:
    rows: tuple[Person, ...]
    total: int
    page: int
    pages: int


def people(office: Office, q: str, page: int) -> People:
    """The office's accounts by name: three queries, however many."""
    found = people_of(office)
    for word in words_of(q):
        found = found.filter(display_name__icontains=word) | found.filter(username__icontains=word)
    total = found.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    users = list(found.order_by("-is_active", "display_name", "pk")[(page - 1) * PAGE : page * PAGE])
    posts = posts_of(office, users)
    return People(tuple(_person(u, posts.get(u.pk, [])) for u in users), total, page, pages)


def posts_of(office: Office, users: list[User]) -> dict[int, list[Post]]:
    """Every post these people hold or held in the office, by account."""
    found: dict[int, list[Post]] = {}
    held = Post.objects.filter(office=office, user__in=users).select_related("user", "unit", "office")
    for post in held.order_by("pk"):
        found.setdefault(post.user_id, []).append(post)
    return found


def _person(user: User, posts: list[Post]) -> Person:
    today = clock.today()
    current = tuple(p for p in posts if p.is_current(today))
    return Person(user, tuple(sorted(posts, key=lambda p: p not in current)), current)


def person(office: Office, user: User) -> Person:
    return _person(user, posts_of(office, [user]).get(user.pk, []))


@dataclass(frozen=True)
class SystemState:
    """``beats``: part → (when it last ran, what it counted)."""

    dockets: int
    directives: int
    entries: int
    units: int
    beats: Mapping[str, tuple[datetime, Mapping[str, int]]]


def system_state(office: Office) -> SystemState:
    """How much there is and when what runs by itself last ran."""
    beats = {b.part: (clock.to_local(b.at), b.counts) for b in Heartbeat.objects.all()}
    return SystemState(
        dockets=Stream.objects.filter(office=office, kind="matter").count(),
        directives=Stream.objects.filter(office=office, kind="directive").count(),
        entries=Entry.objects.filter(office=office).count(),
        units=Unit.objects.filter(office=office).count(),
        beats=beats,
    )


def units_for_posts(office: Office, today: date) -> tuple[Unit, ...]:
    """Units in which someone may be given a post: those whose term is not over."""
    units = Unit.objects.filter(office=office).order_by("order", "key")
    return tuple(u for u in units if u.active_to is None or u.active_to >= today)
