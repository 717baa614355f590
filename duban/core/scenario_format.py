"""The scenario format (算例格式): TOML read into cases, every mistake with its place.

Described for authors in ``docs/pack-authoring.md``.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from duban.core import entries as e
from duban.core.context import Contact, Unit
from duban.core.errors import ScenarioError


@dataclass(frozen=True, slots=True)
class Case:
    """One worked example: title, clauses it proves, dated steps, expectations."""

    id: str
    title: str
    clauses: tuple[str, ...]
    note: str
    as_of: datetime | None
    steps: tuple[dict[str, Any], ...]
    expect: tuple[dict[str, Any], ...]
    parameters: dict[str, int]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A file of cases that share units and people."""

    pack: str
    units: tuple[Unit, ...]
    people: dict[str, e.Actor]
    local_days_off: dict[date, str]
    cases: tuple[Case, ...]


# --- the file as written -----------------------------------------------------------------------------------


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Unit(_Written):
    id: str
    name: str = ""
    kind: str = ""
    parent: str = ""
    active_from: date | None = None
    active_to: date | None = None
    deputy: str = ""
    liaison: str = ""
    supervisor: str = ""

    def unit(self) -> Unit:
        contacts: dict[str, Contact] = {}
        for role in ("deputy", "liaison", "supervisor"):
            if text := getattr(self, role):
                name, _, phone = text.partition(" ")
                contacts[role] = Contact(name, phone)
        return Unit(
            id=self.id,
            name=self.name or self.id,
            kind=self.kind,
            parent=self.parent,
            active_from=self.active_from,
            active_to=self.active_to,
            contacts=contacts,
        )


class _Person(_Written):
    id: str
    name: str
    role: str
    unit: str = ""

    def actor(self) -> e.Actor:
        return e.Actor(person=self.id, name=self.name, role=self.role, unit=self.unit)


class _Case(_Written):
    id: Annotated[str, BeforeValidator(str)] = ""
    title: str = ""
    clauses: tuple[str, ...] = ()
    note: str = ""
    as_of: Any = None
    steps: tuple[dict[str, Any], ...] = ()
    expect: tuple[dict[str, Any], ...] = ()
    parameters: dict[str, int] = Field(default_factory=dict)

    def case(self, number: int, shared: dict[str, int]) -> Case:
        return Case(
            id=self.id or str(number),
            title=self.title,
            clauses=self.clauses,
            note=self.note,
            as_of=moment(self.as_of, end=True) if self.as_of else None,
            steps=self.steps,
            expect=self.expect,
            parameters=shared | self.parameters,
        )


class _File(_Written):
    pack: str = ""
    unit: tuple[_Unit, ...] = ()
    person: tuple[_Person, ...] = ()
    parameters: dict[str, int] = Field(default_factory=dict)
    local_days_off: dict[date, str] = Field(default_factory=dict)
    case: tuple[_Case, ...] = ()


FILE_KEYS = frozenset(_File.model_fields)
CASE_KEYS = frozenset(_Case.model_fields)
_ONE_CASE = frozenset(_Case.model_fields) - {"parameters"}
_MISTAKES = {
    "extra_forbidden": "不认识的键",
    "missing": "缺少这一键",
    "string_type": "应为文字",
    "tuple_type": "应为列表",
    "dict_type": "应为表",
    "model_type": "应为表",
    "model_attributes_type": "应为表",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "literal_error": "取值不在允许的范围内",
}


def read_scenario(text: str) -> Scenario:
    """The scenario in a TOML text. Raises :class:`ScenarioError` with the places of all mistakes."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"不是合法的 TOML：{error}") from None
    except RecursionError:
        raise ScenarioError("不是合法的 TOML：括号套得太深") from None
    if "case" not in values:
        values = {k: v for k, v in values.items() if k not in _ONE_CASE} | {
            "case": [{k: v for k, v in values.items() if k in _ONE_CASE}] if "steps" in values else []
        }
    try:
        written = _File.model_validate(values)
    except ValidationError as error:
        raise ScenarioError("；".join(mistake_in_words(problem) for problem in error.errors())) from None
    _no_doubles("case", [c.id for c in written.case if c.id])
    _no_doubles("unit", [u.id for u in written.unit])
    _no_doubles("person", [p.id for p in written.person])
    if not written.case:
        raise ScenarioError("没有算例：请写 [[case]]，或直接写 steps。")
    return Scenario(
        pack=written.pack,
        units=tuple(u.unit() for u in written.unit),
        people={p.id: p.actor() for p in written.person},
        local_days_off=written.local_days_off,
        cases=tuple(c.case(i, written.parameters) for i, c in enumerate(written.case, 1)),
    )


def _no_doubles(what: str, ids: list[str]) -> None:
    double = next((i for i in ids if ids.count(i) > 1), None)
    if double is not None:
        raise ScenarioError(f"{what}：编号“{double}”重复")


def mistake_in_words(problem: Any) -> str:
    """A validation problem with its place, as far as possible in Chinese."""
    place = "".join(f"[{x + 1}]" if isinstance(x, int) else f".{x}" for x in problem["loc"]).lstrip(".")
    kind = problem["type"]
    if kind.startswith(("date", "datetime")):
        return f"{place}：应为日期，如 2026-03-01"
    return f"{place}：{_MISTAKES.get(kind, problem['msg'])}"


def moment(value: Any, end: bool = False) -> datetime:
    """A date alone means nine o'clock, or for ``as_of`` the end of that day."""
    if isinstance(value, str):
        try:
            value = (
                datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)
            )
        except ValueError:
            raise ScenarioError(f"不是日期或时间：{value}") from None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time(23, 59, 59) if end else time(9))
    raise ScenarioError(f"不是日期或时间：{value!r}")
