"""The words a pack's conditions may use, their types and meanings.

One table serves the loader (unknown names and impossible values are mistakes), the engine
(:class:`View` answers each name for one matter, one unit, one event) and the manual
(``docs/pack-authoring.md`` prints it; a test keeps the two in step).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from duban.core import entries as e
from duban.core.commands import Command
from duban.core.matter import Directive, Docket, Matter

Type = Literal["text", "bool", "int", "list"]
Value = str | bool | int | list[str]
EMPTY: dict[str, Value] = {"text": "", "bool": False, "int": 0, "list": []}


@dataclass(frozen=True, slots=True)
class Variable:
    """``domain`` names the part of the pack whose ids the variable can have, if any."""

    type: Type
    meaning: str
    domain: str = ""


MATTER = {
    "category": Variable("text", "事项类别", "categories"),
    "group": Variable("text", "类别所属大类", "groups"),
    "source": Variable("text", "立项依据的来源（有几个时取第一个）", "sources"),
    "sources": Variable("list", "各立项依据的来源", "sources"),
    "readers": Variable("int", "限定知悉人数"),
    "grade": Variable("text", "督查等级", "grades"),
    "urgency": Variable("text", "缓急", "urgencies"),
    "mode": Variable("text", "办理方式", "modes"),
    "restricted": Variable("bool", "限定知悉范围"),
    "upkeep": Variable("bool", "已转常态化"),
    "has_stated_due": Variable("bool", "文件、会议、领导或通知写明了完成日期"),
    "stated_by": Variable("text", "由谁确定该日期；空为无人确定"),
    "authority": Variable("text", "领导授权；空为没有"),
    "proposed_handling": Variable("text", "拟办意见"),
    "responsible_leader": Variable("text", "责任领导"),
    "responsible_person": Variable("text", "责任人"),
    "target": Variable("text", "量化目标"),
    "content": Variable("text", "事项内容"),
    "leads": Variable("int", "主办单位数"),
    "supports": Variable("int", "协办单位数"),
    "milestones": Variable("int", "节点数"),
    "directives": Variable("int", "立项依据数"),
    "papers": Variable("list", "已附材料的种类", "papers"),
    "stage": Variable("text", "环节", "stages"),
    "read": Variable("bool", "领导审阅已通过"),
    "all_accepted": Variable("bool", "各主办单位的办结报告都已审核通过"),
}
UNIT = {
    "unit_kind": Variable("text", "单位类型", "unit_kinds"),
    "is_lead": Variable("bool", "该单位是主办"),
    "acknowledged": Variable("bool", "该单位已签收"),
    "completed": Variable("bool", "该单位已报办结报告且未被退回"),
    "returns": Variable("int", "该单位报告被退回的次数"),
    "lapsed": Variable("list", "该单位现在逾期未履行的义务（规则 id）", "obligations"),
    "ever_lapsed": Variable("list", "该单位曾经逾期的义务（规则 id）", "obligations"),
    "open": Variable("list", "该单位未履行的义务（规则 id）", "obligations"),
    "lapsed_duties": Variable("list", "该单位现在逾期未履行的义务种类", "duties"),
    "urged": Variable("list", "本轮已签发的催办等级（了结后清空）", "urging"),
    "urgings": Variable("int", "本事项对该单位签发过的催办单数"),
    "findings": Variable("list", "本轮催办以来对该单位作出的认定（了结后清空）", "findings"),
    "ever_findings": Variable("list", "本事项中对该单位作出的全部认定", "findings"),
    "extensions": Variable("int", "该单位已获批准的延期次数"),
    "extensions_urged": Variable("int", "该单位收到过催办单以后获批准的延期次数"),
    "waiting": Variable("list", "该单位正在报批的事（route 的 act）", "acts"),
}
EVENT = {
    "event": Variable("text", "发生的事（条目名）", "events"),
    "late": Variable("bool", "该事迟于规定"),
    "level": Variable("text", "催办等级", "urging"),
    "reason": Variable("text", "退回原因", "reasons"),
    "finding": Variable("text", "认定的种类", "findings"),
    "subject": Variable("text", "询问的事：receipt、progress、latest", "subjects"),
    "rule": Variable("text", "逾期义务的规则 id", "obligations"),
    "duty": Variable("text", "逾期义务的种类", "duties"),
}
REQUEST = {
    "given": Variable("list", "本次填写了的栏目", "fields"),
    "signed": Variable("bool", "报告有单位负责人签字（或由其本人提交）"),
    "actor_role": Variable("text", "办理人的职务", "roles"),
    "actor_kind": Variable("text", "办理人职务的类型", "role_kinds"),
    "document": Variable("text", "交办文种", "documents"),
    "channel": Variable("text", "交办方式", "channels"),
    "beyond_cap": Variable("bool", "写明的日期超过规则的最长时限（cap）"),
}
COMMON: dict[str, Variable] = MATTER | UNIT | EVENT | REQUEST


class View(Mapping[str, Value]):
    """Answers the vocabulary for one docket, seen from one unit, at one event or request.

    Values are computed when asked for, since a condition rarely uses more than three.
    ``extra`` holds what only the caller knows (the request's own words).
    """

    def __init__(
        self,
        docket: Docket,
        unit: str = "",
        entry: e.Entry | None = None,
        extra: Mapping[str, Value] | None = None,
        group_of: Mapping[str, str] | None = None,
        kind_of: Callable[[str], str] | None = None,
    ) -> None:
        self.docket = docket
        self.unit = unit
        self.entry = entry
        self.extra = extra or {}
        self.group_of = group_of or {}
        self.kind_of = kind_of or (lambda unit: "")

    def __getitem__(self, name: str) -> Value:
        if name in self.extra:
            return self.extra[name]
        if name in EVENT:
            return self._event(name)
        if isinstance(self.docket, Matter):
            if name in _SET_FOR_UNIT and self._set_for_unit(self.docket):
                return _SET_FOR_UNIT[name](self.docket.assignments[self.unit])
            if name in _MATTER_VALUES:
                return _MATTER_VALUES[name](self.docket)
            if name in UNIT:
                return self._unit(self.docket, name)
            if name == "group":
                return self.group_of.get(self.docket.facts.category, "")
            if name in self.docket.facts.facts:
                return self.docket.facts.facts[name]
        if name == "source" and isinstance(self.docket, Directive):
            return self.docket.facts.source if self.docket.facts else ""
        if name in COMMON:
            return EMPTY[COMMON[name].type]
        raise KeyError(name)

    def __iter__(self) -> Any:
        return iter(COMMON)

    def __len__(self) -> int:
        return len(COMMON)

    def _set_for_unit(self, matter: Matter) -> bool:
        """A date was set for this unit alone."""
        assignment = matter.assignments.get(self.unit)
        return assignment is not None and assignment.set_due is not None

    def _event(self, name: str) -> Value:
        if name == "event":
            return self.entry.event if self.entry else ""
        value: Value = getattr(self.entry, name, EMPTY[EVENT[name].type])
        return value

    def _unit(self, matter: Matter, name: str) -> Value:
        if name == "unit_kind":
            return self.kind_of(self.unit)
        if name in _OBLIGATION_VALUES:
            mine = [o for o in matter.obligations.values() if o.unit == self.unit and o.bearer != "office"]
            return [x for o in mine if (x := _OBLIGATION_VALUES[name](o))]
        if name in ("urged", "urgings"):
            notices = [n for n in matter.notices.values() if n.unit == self.unit]
            return len(notices) if name == "urgings" else [n.level for n in notices if not n.settled]
        if name in ("findings", "ever_findings"):
            since = (
                0
                if name == "ever_findings" or self.unit not in matter.assignments
                else matter.assignments[self.unit].settled_at
            )
            return [f.finding for f in matter.findings if f.unit == self.unit and f.position > since]
        if name == "waiting":
            return [p.act for p in matter.open_petitions() if p.unit == self.unit]
        assignment = matter.assignments.get(self.unit)
        return _ASSIGNMENT_VALUES[name](assignment) if assignment else EMPTY[UNIT[name].type]


_OBLIGATION_VALUES: dict[str, Callable[[Any], str]] = {
    "lapsed": lambda o: o.rule if o.breached and o.status == "open" else "",
    "ever_lapsed": lambda o: o.rule if o.ever_breached else "",
    "open": lambda o: o.rule if o.status == "open" else "",
    "lapsed_duties": lambda o: o.duty if o.breached and o.status == "open" else "",
}
_ASSIGNMENT_VALUES: dict[str, Callable[[Any], Value]] = {
    "is_lead": lambda a: a.lead,
    "acknowledged": lambda a: a.acknowledged_at is not None,
    "completed": lambda a: bool(a.completion),
    "returns": lambda a: a.returns,
    "extensions": lambda a: a.extensions,
    "extensions_urged": lambda a: a.extensions_urged,
}
_SET_FOR_UNIT: dict[str, Callable[[Any], Value]] = {
    "has_stated_due": lambda a: True,
    "stated_by": lambda a: a.set_by,
}
_MATTER_VALUES: dict[str, Callable[[Matter], Value]] = {
    "category": lambda m: m.facts.category,
    "source": lambda m: m.directives[0].source if m.directives else "",
    "sources": lambda m: [d.source for d in m.directives],
    "readers": lambda m: len(m.facts.readers),
    "grade": lambda m: m.facts.grade,
    "urgency": lambda m: m.facts.urgency,
    "mode": lambda m: m.facts.mode,
    "restricted": lambda m: m.facts.restricted,
    "upkeep": lambda m: m.upkeep,
    "has_stated_due": lambda m: m.facts.stated_due is not None,
    "stated_by": lambda m: m.facts.stated_by,
    "authority": lambda m: m.facts.authority,
    "proposed_handling": lambda m: m.facts.proposed_handling,
    "responsible_leader": lambda m: m.facts.responsible_leader,
    "responsible_person": lambda m: m.facts.responsible_person,
    "target": lambda m: m.facts.target,
    "content": lambda m: m.facts.content,
    "leads": lambda m: len(m.facts.leads),
    "supports": lambda m: len(m.facts.supports),
    "milestones": lambda m: len(m.milestones),
    "directives": lambda m: len(m.directives),
    "papers": lambda m: [p.kind for p in m.facts.papers],
    "stage": lambda m: m.stage,
    "read": lambda m: m.read,
    "all_accepted": lambda m: bool(m.leads()) and all(a.accepted for a in m.leads()),
}


def fields_given(command: Command) -> list[str]:
    """Names of the fields a command fills, a report's own fields among them."""
    given = [name for name in type(command).model_fields if _filled(getattr(command, name))]
    content = getattr(command, "content", None)
    if isinstance(content, e.Report):
        given += [name for name in e.Report.model_fields if _filled(getattr(content, name))]
    return given


def _filled(value: object) -> bool:
    return value.strip() != "" if isinstance(value, str) else bool(value)
