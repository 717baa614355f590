"""The office of the run: 300 units with their people, and titles to give to its matters."""

from dataclasses import dataclass

from benchmarks.templates import PACK
from duban.server.models import Office, Post, Unit, User
from duban.server.world import pack_of

UNITS = 300
_HOUSE = {
    "officer": "officer",
    "head": "office_head",
    "charge": "leader_in_charge",
    "chief": "chief_leader",
}
_VERBS = ("加快推进", "抓好", "完善", "落实", "整治", "协调解决", "组织实施", "督促完成", "规范", "改进")
_PLACES = ("东片", "西片", "南片", "北片", "老城", "新城", "港区", "沿河", "山前", "站前")
_THINGS = (
    "雨污分流改造",
    "农贸市场整治",
    "停车场建设",
    "小学扩建",
    "道路养护",
    "老旧小区改造",
    "养老服务站建设",
    "防汛物资储备",
    "绿地补植",
    "供热管网更新",
    "政务窗口延时服务",
    "河道清淤",
    "公交站点调整",
    "违法建设拆除",
    "就业培训",
    "食品摊点管理",
    "路灯维修",
    "档案移交",
    "招商项目落地",
    "噪声扰民整治",
)
TITLES = len(_VERBS) * len(_PLACES) * len(_THINGS)


@dataclass(frozen=True)
class UnitPeople:
    """A unit by key, with its handler's and its head's posts."""

    key: str
    staff: Post
    head: Post


@dataclass(frozen=True)
class House:
    """The office, its own people by part, and its units, those with most matters first."""

    office: Office
    posts: dict[str, Post]
    units: list[UnitPeople]


def title(number: int) -> str:
    """The title of a matter; every two thousandth one is the same again, but for its batch."""
    rest, thing = divmod(number * 7919 % TITLES, len(_THINGS))
    verb, place = divmod(rest, len(_PLACES))
    return f"{_VERBS[verb]}{_PLACES[place]}{_THINGS[thing]}（第{number // TITLES + 1}批）"


def content(number: int) -> str:
    """What is to be done, as long as a paragraph of a directive."""
    return (
        f"按照{_PLACES[number % 10]}片区年度安排，做好{_THINGS[number % 20]}各项工作：一是制定实施方案，明确任务分工和时间节点；"
        f"二是按时序组织实施，遇到问题及时协调；三是完成后组织验收，并将办理结果书面反馈。"
    )


def founded() -> House:
    """A new office with its people and units."""
    office = Office.objects.create(key="bench", name="测速区政府督查室", pack=PACK)
    posts = {part: _post(office, role, f"bench-{part}") for part, role in _HOUSE.items()}
    kinds = [kind.id for kind in pack_of(office).unit_kinds]
    units = []
    for number in range(1, UNITS + 1):
        kind = kinds[number % len(kinds)]
        unit = Unit.objects.create(
            office=office, key=f"unit-{number:03}", name=f"示例第{number:03}单位", kind=kind, order=number
        )
        staff = _post(office, "handler", f"{unit.key}-staff", unit)
        units.append(UnitPeople(unit.key, staff, _post(office, "unit_head", f"{unit.key}-head", unit)))
    return House(office, posts, units)


def _post(office: Office, role: str, username: str, unit: Unit | None = None) -> Post:
    where = unit.name if unit else ""
    user = User.objects.create(username=username, display_name=f"{where}人员{role}", password="!")
    return Post.objects.create(user=user, office=office, role=role, unit=unit)
