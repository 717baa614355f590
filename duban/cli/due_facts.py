"""What ``duban due`` may be told about a matter: the facts a pack asks for and the dates of what happened."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from duban.core.errors import DubanError, ScenarioError
from duban.core.pack import RegulationPack, Titled
from duban.core.scenario_format import moment

EVENTS: dict[str, str] = {
    "issued": "文件、批示的成文日期",
    "directive_registered": "督查机构收到文件、批示",
    "registered": "登记立项",
    "dispatched": "交办发出",
    "inquired": "询问单位",
    "acknowledged": "单位接到（签收）",
    "objection_raised": "单位提出异议",
    "coordination_requested": "单位提请协调",
    "milestone_reached": "节点完成",
    "progress_reported": "单位反馈进展",
    "completion_reported": "单位报送办结报告",
    "report_accepted": "报告审核通过",
    "urging_issued": "签发催办单",
}
"""Events in the order in which they happen on one day, by the words of the packs."""

ALIASES = {
    "received": "acknowledged",
    "received_by_office": "directive_registered",
    "urged": "urging_issued",
    "stated_date": "stated_due",
}
"""Plainer words for some keys."""

_SUBJECTS = {"receipt": "是否收到通知", "progress": "办理进展", "latest": "最新情况"}
_BOOLS = {"true": True, "false": False, "是": True, "否": False}


class UnknownAnswer(DubanError):
    """A key or a value that the pack does not know; the message names what is possible."""


@dataclass(frozen=True, slots=True)
class Question:
    """One fact that may be given. ``choices``: id → title where only these are possible."""

    key: str
    title: str
    type: str
    choices: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        listed = "、".join(k if k == t else f"{k}={t}" for k, t in self.choices.items())
        plainer = "".join(f" 或 {a}" for a, key in ALIASES.items() if key == self.key)
        return f"{self.key}{plainer}（{self.title}）{_TYPES[self.type]}{f'：{listed}' if listed else ''}"


_TYPES = {
    "choice": "选一项",
    "date": "日期",
    "moment": "日期或时间",
    "bool": "是/否",
    "int": "整数",
    "text": "文字",
}


def questions(pack: RegulationPack) -> dict[str, Question]:
    """Every fact, date and office parameter that may be given, by key."""
    found = [Question(*q) for q in _common(pack) if q[2] != "choice" or q[3]]
    for fact in pack.facts:
        choices = {x: x for x in fact.choices}
        found.append(Question(fact.id, fact.title, fact.type, choices))
    found += [Question(p.id, f"{p.title}，本机关参数", "int") for p in pack.parameters]
    found += [Question(key, title, "moment") for key, title in EVENTS.items()]
    return {q.key: q for q in found}


def _common(pack: RegulationPack) -> Iterable[tuple[str, str, str, dict[str, str]]]:
    def titles(items: Iterable[Titled]) -> dict[str, str]:
        return {x.id: x.title for x in items}

    yield "category", "事项类别", "choice", titles(pack.categories)
    yield "grade", "督查等级", "choice", titles(pack.grades)
    yield "urgency", "缓急", "choice", titles(pack.urgencies)
    yield "mode", "办理方式", "choice", titles(pack.modes)
    yield "source", "立项依据的来源", "choice", titles(pack.sources)
    yield "unit_kind", "单位类型", "choice", titles(pack.unit_kinds)
    yield "stated_due", "写明的完成日期", "date", {}
    yield "stated_by", "由谁确定该日期", "text", {}
    yield "milestone", "节点的日期", "date", {}
    yield "level", "催办等级", "choice", titles(pack.urging)
    yield "limit", "催办单写明的限期", "date", {}
    yield "subject", "询问什么", "choice", _SUBJECTS


@dataclass
class Answers:
    """What was given, read: facts by key, events by their word."""

    facts: dict[str, str | int | bool | date] = field(default_factory=dict)
    events: dict[str, datetime] = field(default_factory=dict)

    def text(self, key: str) -> str:
        return str(self.facts.get(key, ""))

    def day(self, key: str) -> date | None:
        value = self.facts.get(key)
        return value if isinstance(value, date) else None


def read_answers(pack: RegulationPack, given: Iterable[str]) -> Answers:
    """Answers from ``key=value`` texts; keys and values may be ids or Chinese titles.

    Raises :class:`UnknownAnswer` with what is possible instead.
    """
    asked = questions(pack)
    by_title = {q.title: q for q in asked.values()}
    answers = Answers()
    for text in given:
        key, equals, value = text.partition("=")
        key = ALIASES.get(key.strip(), key.strip())
        question = asked.get(key) or by_title.get(key)
        if not equals:
            raise UnknownAnswer(f"“{text}”应写成 名称=取值，如 urgency=紧急。")
        if question is None:
            known = "\n".join(f"  {q}" for q in asked.values())
            raise UnknownAnswer(f"本制度没有“{key}”这一项。可以给出：\n{known}")
        into: dict[str, Any] = answers.events if question.key in EVENTS else answers.facts
        read = _moment if question.key in EVENTS else _read
        answered = read(question, value.strip())
        if into.get(question.key, answered) != answered:
            raise UnknownAnswer(f"“{question.title}”写了两次，取值不同，请只留一个。")
        into[question.key] = answered
    if not answers.events:
        known = "、".join(f"{k}（{t}）" for k, t in EVENTS.items())
        raise UnknownAnswer(f"请至少给出一件事的日期：{known}。")
    return answers


def _moment(question: Question, value: str) -> datetime:
    try:
        return moment(value)
    except ScenarioError:
        raise UnknownAnswer(
            f"{question.title}应为日期或时间，如 2026-03-01 或 2026-03-01T15:00，不是“{value}”。"
        ) from None


def _read(question: Question, value: str) -> str | int | bool | date:
    if question.choices:
        return _chosen(question, value)
    if question.type == "bool":
        if value not in _BOOLS:
            raise UnknownAnswer(f"{question.title}应填 是 或 否，不是“{value}”。")
        return _BOOLS[value]
    if question.type == "int":
        if not re.fullmatch(r"\d+", value):
            raise UnknownAnswer(f"{question.title}应为整数，不是“{value}”。")
        return int(value)
    if question.type == "date":
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise UnknownAnswer(f"{question.title}应为日期，如 2026-03-01，不是“{value}”。") from None
    return value


def _chosen(question: Question, value: str) -> str:
    for key, title in question.choices.items():
        if value in (key, title):
            return key
    raise UnknownAnswer(f"{question.title}没有“{value}”这个取值。可以是：{question}")
