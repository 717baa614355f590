"""The form of one matter's facts (立项要素): for registering several at once and for amending a draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duban.core.entries import Facts
from duban.core.errors import Refusal
from duban.core.pack import Fact, RegulationPack
from duban.server.unit_names import UnitNames
from duban.server.web.components import Choice, FormField
from duban.server.web.present import Presenter

TEXTS = {
    "name": "事项",
    "content": "具体内容",
    "authority": "领导授权",
    "proposed_handling": "拟办意见",
    "responsible_leader": "责任领导",
    "responsible_person": "责任人",
    "target": "量化目标",
    "stated_by": "日期由谁确定",
}

LONGEST_NUMBER = 15
"""Characters of a whole number that is counted with; longer ones are slips of the pen."""


@dataclass
class MatterForm:
    """What is typed for one matter. ``prefix`` tells several on one page apart."""

    presenter: Presenter
    names: UnitNames
    values: Mapping[str, str]
    prefix: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def pack(self) -> RegulationPack:
        return self.presenter.context.pack

    def value(self, name: str) -> str:
        return self.values.get(self.prefix + name, "").strip()

    @property
    def blank(self) -> bool:
        """Nothing typed in the row: it is left out."""
        return not any(self.value(name) for name in (*TEXTS, "leads", "supports", "stated_due"))

    # --- reading ---

    def read(self) -> dict[str, Any]:
        """The facts as the command's fields; mistakes go to ``errors`` beside their field."""
        self.errors = {}
        out: dict[str, Any] = {"name": ""} | {name: self.value(name) for name in TEXTS if self.value(name)}
        # A row with anything in it has a name, if only an empty one, which the act refuses in its own words.
        out.setdefault("name", "")
        for name in ("category", "grade", "urgency", "mode"):
            if self.value(name):
                out[name] = self.value(name)
        out |= {name: keys for name in ("leads", "supports") if (keys := self._units(name))}
        if due := self._date("stated_due", "完成日期"):
            out["stated_due"] = due
        if self.value("restricted"):
            out["restricted"] = True
            out["readers"] = tuple(x for x in self.value("readers").replace("，", "、").split("、") if x)
        if milestones := self._milestones():
            out["milestones"] = milestones
        facts = {f.id: value for f in self.pack.facts if (value := self._fact(f)) is not None}
        return out | ({"facts": facts} if facts else {})

    def _units(self, name: str) -> tuple[str, ...]:
        found = self.names.read(self.value(name))
        if found.unknown:
            self.errors[name] = f"单位通讯录里没有，或名称不唯一：{'、'.join(found.unknown)}。"
        return found.keys

    def _date(self, name: str, label: str) -> date | None:
        text = self.value(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.errors[name] = f"{label}应写成 2026-03-01 这样。"
            return None

    def _milestones(self) -> tuple[dict[str, Any], ...]:
        """Lines of 节点；日期, and 单位 where only one of the leads has to reach it."""
        found = []
        for number, line in enumerate(filter(str.strip, self.value("milestones").splitlines()), 1):
            title, day, unit, *_ = (part.strip() for part in f"{line};;".replace(";", "；").split("；"))
            key = self.names.find(unit) if unit else ""
            if key is None:
                self.errors["milestones"] = f"第 {number} 行：通讯录里没有“{unit}”，或名称不唯一。"
                continue
            try:
                due = date.fromisoformat(day)
            except ValueError:
                self.errors["milestones"] = f"第 {number} 行应写成“节点名称；2026-03-01”。"
                continue
            found.append({"id": f"N{number}", "title": title, "due": due, "unit": key})
        return tuple(found)

    def _fact(self, fact: Fact) -> str | int | bool | None:
        text = self.value(f"fact_{fact.id}")
        if not text:
            return None
        if fact.type == "bool":
            return True
        if fact.type == "int":
            if len(text) > LONGEST_NUMBER or not text.removeprefix("-").isdecimal():
                self.errors[f"fact_{fact.id}"] = f"“{fact.title}”应为整数。"
                return None
            return int(text)
        return text

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal at its field; a rule's own message goes to the top of the row."""
        known = {
            *TEXTS,
            "category",
            "grade",
            "urgency",
            "mode",
            "leads",
            "supports",
            "stated_due",
            "milestones",
            "readers",
        }
        facts = {f.id for f in self.pack.facts}
        name = refusal.field or ""
        place = f"fact_{name}" if name in facts else name if name in known else ""
        basis = f"（{refusal.citation}）" if refusal.citation else ""
        self.errors[place] = f"{refusal.message}{basis}"

    # --- showing ---

    @property
    def top_error(self) -> str:
        return self.errors.get("", "")

    def main_fields(self) -> tuple[FormField, ...]:
        """What every matter needs."""
        found = [
            self._text("name", kind="textarea", rows=2, required=self.prefix == ""),
            self._field("leads", "主办单位", help="全称、简称或拼音首字母，几个用、分开"),
            self._field("supports", "协办单位"),
            self._select("category", "类别", self.pack.categories),
        ]
        for name, label, items in (
            ("grade", "等级", self.pack.grades),
            ("urgency", "缓急", self.pack.urgencies),
        ):
            if items:
                found.append(self._select(name, label, items))
        found.append(self._select("mode", "办理方式", self.pack.modes))
        found.append(
            self._field(
                "stated_due", "写明的完成日期", kind="date", size="short", help="没有则空着，按制度起算"
            )
        )
        return (*found, *(self._fact_field(f) for f in self.pack.facts))

    def more_fields(self) -> tuple[FormField, ...]:
        """What some regulations ask for."""
        return (
            self._text("content", kind="textarea", rows=2),
            self._text("proposed_handling", kind="textarea", rows=2),
            self._text("authority", help="领导批示、要求或常设授权"),
            self._text("stated_by", help="领导、会议或文件"),
            self._text("target"),
            self._text("responsible_leader"),
            self._text("responsible_person"),
            self._field(
                "milestones",
                "节点",
                kind="textarea",
                help="每行一个：节点名称；2026-03-01。只属一个单位的，再写；单位",
            ),
            self._tick("restricted", "限定知悉范围（非涉密）"),
            self._field("readers", "知悉人员", help="姓名，几个用、分开"),
        )

    def _text(self, name: str, **more: Any) -> FormField:
        return self._field(name, TEXTS[name], **more)

    def _field(self, name: str, label: str, **more: Any) -> FormField:
        return FormField(
            name=self.prefix + name, label=label, value=self.value(name), errors=self._errors(name), **more
        )

    def _select(self, name: str, label: str, items: Any) -> FormField:
        chosen = self.value(name)
        choices = (Choice("", "请选择"), *(Choice(x.id, x.title, on=x.id == chosen) for x in items))
        return FormField(
            name=self.prefix + name,
            label=label,
            kind="select",
            choices=choices,
            errors=self._errors(name),
            size="medium",
        )

    def _tick(self, name: str, label: str) -> FormField:
        choices = (Choice("on", label, on=bool(self.value(name))),)
        return FormField(name=self.prefix + name, label=label, kind="checkbox", value="on", choices=choices)

    def _fact_field(self, fact: Fact) -> FormField:
        name = f"fact_{fact.id}"
        if fact.type == "bool":
            return self._tick(name, fact.title)
        if fact.type == "choice":
            chosen = self.value(name)
            choices = (Choice("", "请选择"), *(Choice(c, c, on=c == chosen) for c in fact.choices))
            return FormField(
                name=self.prefix + name,
                label=fact.title,
                kind="select",
                choices=choices,
                help=fact.help,
                errors=self._errors(name),
                size="medium",
            )
        kind: Any = {"date": "date", "int": "number"}.get(fact.type, "text")
        return self._field(name, fact.title, kind=kind, help=fact.help, size="short")

    def _errors(self, name: str) -> tuple[str, ...]:
        return (self.errors[name],) if name in self.errors else ()


def values_of(facts: Facts, presenter: Presenter) -> dict[str, str]:
    """The facts of a registered matter, as the form shows them."""
    out = {name: str(getattr(facts, "title" if name == "name" else name)) for name in TEXTS}
    for name in ("category", "grade", "urgency", "mode"):
        out[name] = getattr(facts, name)
    for name in ("leads", "supports"):
        out[name] = "、".join(presenter.unit(u) for u in getattr(facts, name))
    out["stated_due"] = facts.stated_due.isoformat() if facts.stated_due else ""
    out["milestones"] = "\n".join(
        f"{m.title}；{m.due.isoformat()}" + (f"；{presenter.unit(m.unit)}" if m.unit else "")
        for m in facts.milestones
    )
    out["restricted"] = "on" if facts.restricted else ""
    out["readers"] = "、".join(facts.readers)
    return out | {
        f"fact_{k}": ("on" if v is True else "" if v is False else str(v)) for k, v in facts.facts.items()
    }
