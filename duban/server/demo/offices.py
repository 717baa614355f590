"""Offices, units, people and accounts of the demonstration: one office for each regulation, all plainly made up."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

from django.contrib.auth.hashers import make_password

from duban import packs
from duban.core.context import Context
from duban.core.entries import Actor, Step
from duban.core.pack import RegulationPack, Role
from duban.server.models import Office, Post, Unit, UnitContact, User
from duban.server.world import context_for, pack_of

PASSWORD = "yanshi-duban-2468"
"""The password of every demonstration account."""

ADMINISTRATOR = "administrator"
ADMIN_USER = "demo-admin"
STAFF_KINDS = ("officer", "office_head", "leader", "linked_body")

_STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_NUMERALS = "一二三四五六七八九十"

_PROFILES = {
    "district-measures": ("qu", "示例区政府督查室", "示例区"),
    "tongren-2014": ("gaoxin", "示例高新区督查与调研股", "示例高新区"),
    "huarong-draft": ("xinqu", "示例新区政府办公室", "示例新区"),
    "jinan-2016": ("shi", "示例市政府督查室", "示例市"),
    "county-opinion": ("xian", "示例县督查室", "示例县"),
}
"""Regulation → key and name of the office, and the place in the names of its units."""

_BUREAUS = (
    ("fagai", "发展和改革局", "市发展改革委"),
    ("caizheng", "财政局", "市财政局"),
    ("zhujian", "住房和城乡建设局", "市住房保障办"),
    ("jiaotong", "交通运输局", ""),
    ("shuiwu", "水务局", ""),
    ("jiaoyu", "教育局", "市教育局"),
    ("minzheng", "民政局", "市民政局"),
    ("renshe", "人力资源和社会保障局", "市人力资源和社会保障局"),
    ("nongye", "农业农村局", "市农业局"),
    ("weijian", "卫生健康局", "市卫生局"),
    ("huanbao", "生态环境局", ""),
    ("chengguan", "城市管理局", "市城管委"),
)
"""Key, name and what older ledgers call it."""
_PLACES = (("zhen1", "示例一镇"), ("jiedao1", "示例一街道办事处"), ("shequ1", "示例一社区"))
MUTE = "chengguan"
"""The unit that has named no liaison: what it does on paper the office records by proxy (代签代录)."""


@dataclass
class House:
    """One office with its people.

    ``staff`` lacks the unit that has named no liaison; ``heads`` has every unit. ``undated``: categories that can be
    dispatched without a date, once they have been tried.
    """

    office: Office
    pack: RegulationPack
    context: Context
    officers: list[Post] = field(default_factory=list)
    by_role: dict[str, list[Post]] = field(default_factory=dict)
    staff: dict[str, Post] = field(default_factory=dict)
    heads: dict[str, Post] = field(default_factory=dict)
    undated: list[str] | None = None

    @property
    def units(self) -> list[str]:
        """Units that lasted all the year, in the order of the directory."""
        return [key for key, unit in self.context.units.items() if unit.active_to is None]

    def of_kind(self, *kinds: str) -> list[Post]:
        return [p for role in self.pack.roles if role.kind in kinds for p in self.by_role.get(role.id, [])]

    def signatory(self, step: Step) -> Post:
        """Who signs this step."""
        if step.unit and step.unit in self.heads:
            return self.heads[step.unit]
        return next(post for role in step.roles for post in self.by_role.get(role, []))

    def unit_actor(self, unit: str) -> Actor:
        return (self.staff.get(unit) or self.heads[unit]).actor()


def profile(pack_id: str) -> tuple[str, str, str]:
    """Key and name of the office under this regulation, and its place; any further regulation has one, too."""
    return _PROFILES.get(pack_id, (pack_id[:30], f"示例督查室（{pack_id}）", "示例"))


def make_offices(today: date) -> list[House]:
    """One office for each regulation that comes with the product, with all its people."""
    names = _names()
    password = make_password(PASSWORD)
    administrator = _user(ADMIN_USER, next(names), password)
    houses = []
    for pack_id in packs.available():
        house = _make_office(pack_id, today)
        _people(house, names, password)
        Post.objects.create(user=administrator, office=house.office, role=ADMINISTRATOR)
        houses.append(house)
    return houses


def _names() -> Iterator[str]:
    """甲一, 乙一 … 亥十: nobody is called so."""
    for round_ in product(("", "小", "大", "老"), _NUMERALS, _STEMS):
        prefix, numeral, stem = round_
        yield f"{prefix}{stem}{numeral}"


def _user(username: str, name: str, password: str) -> User:
    return User.objects.create(username=username, display_name=name, password=password)


def _make_office(pack_id: str, today: date) -> House:
    key, name, place = profile(pack_id)
    pack = packs.load(pack_id)
    wanted = {"near_working_days": 2, "receipt_working_days": 2}
    parameters = {p.id: wanted[p.id] for p in pack.parameters if p.id in wanted}
    office = Office.objects.create(key=key, name=name, pack=pack_id, parameters=parameters, is_demo=True)
    _make_units(office, pack, place, today)
    return House(office, pack, context_for(office))


# --- units ---------------------------------------------------------------------------------------------------


def _make_units(office: Office, pack: RegulationPack, place: str, today: date) -> None:
    """Twelve bureaus and what the regulation's kinds of units call for; one temporary body is already over."""
    kinds = list(pack.unit_kinds)
    plain = [kind for kind in kinds if not kind.temporary]
    first = plain[0].id if plain else ""
    for order, (key, name, alias) in enumerate(_BUREAUS):
        Unit.objects.create(
            office=office,
            key=key,
            name=f"{place}{name}",
            short_name=name,
            aliases=[alias] if alias else [],
            kind=first,
            order=order,
        )
    for order, (key, name) in enumerate(_PLACES, start=len(_BUREAUS)):
        kind = next((k.id for k in plain if k.title in name), plain[-1].id if plain else "")
        Unit.objects.create(office=office, key=key, name=f"{place}{name}", kind=kind, order=order)
    temporary = next((kind.id for kind in kinds if kind.temporary), "")
    if temporary:
        Unit.objects.create(
            office=office,
            key="zhihuibu",
            name=f"{place}示例片区改造指挥部",
            kind=temporary,
            order=99,
            active_from=today - timedelta(days=700),
            active_to=today - timedelta(days=200),
        )


# --- people --------------------------------------------------------------------------------------------------


def _people(house: House, names: Iterator[str], password: str) -> None:
    for role in house.pack.roles:
        if role.kind in STAFF_KINDS:
            _staff_of_office(house, role, names, password)
    house.officers = house.of_kind("officer")
    staff = next(role for role in house.pack.roles if role.kind == "unit_staff")
    head = next(role for role in house.pack.roles if role.kind == "unit_head")
    for unit in Unit.objects.filter(office=house.office):
        _people_of_unit(house, unit, staff, head, names, password)
    house.context = context_for(house.office)


def _staff_of_office(house: House, role: Role, names: Iterator[str], password: str) -> None:
    """Two in the first officer's role, one in every other."""
    first = role.kind == "officer" and not house.of_kind("officer")
    for number in ("", "2") if first else ("",):
        username = f"{house.office.key}-{role.id.replace('_', '-')}{number}"
        user = _user(username, next(names), password)
        post = Post.objects.create(user=user, office=house.office, role=role.id)
        house.by_role.setdefault(role.id, []).append(post)


def _people_of_unit(
    house: House, unit: Unit, staff: Role, head: Role, names: Iterator[str], password: str
) -> None:
    base = f"{house.office.key}-{unit.key}"
    chief = _user(f"{base}-head", next(names), password)
    house.heads[unit.key] = Post.objects.create(user=chief, office=house.office, role=head.id, unit=unit)
    contacts = {"head": str(chief), "deputy": next(names)}
    if unit.key != MUTE:
        user = _user(base, next(names), password)
        house.staff[unit.key] = Post.objects.create(user=user, office=house.office, role=staff.id, unit=unit)
        contacts |= {"liaison": str(user), "supervisor": str(user)}
    for role, name in contacts.items():
        UnitContact.objects.create(unit=unit, role=role, name=name, phone="000-0000000")


# --- the table of accounts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    office: str
    role: str
    name: str
    username: str


def accounts(units_shown: int = 2) -> list[Account]:
    """Everybody of the offices themselves, and the people of a few units of each."""
    shown = []
    posts = Post.objects.filter(office__is_demo=True).select_related("user", "office", "unit")
    for office in Office.objects.filter(is_demo=True):
        pack = pack_of(office)
        units: dict[str, None] = {}
        for post in posts.filter(office=office).order_by("unit__order", "pk"):
            if post.unit:
                units.setdefault(post.unit_key)
            if post.unit and list(units).index(post.unit_key) >= units_shown:
                continue
            title = "管理员" if post.role == ADMINISTRATOR else pack.title_of("roles", post.role)
            where = f"{post.unit.name}　" if post.unit else ""
            shown.append(Account(office.name, where + title, str(post.user), post.user.username))
    return sorted(shown, key=lambda one: (one.username == ADMIN_USER, one.office))


def chance(*parts: object) -> random.Random:
    """Chance that falls the same way for the same parts."""
    return random.Random("/".join(map(str, parts)))
