"""Scenarios (算例): dated steps played through the engine, and what they must lead to.

The same format serves a pack's worked examples (``cases.toml``) and ``duban play``. It is
described in ``docs/pack-authoring.md``.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from pydantic import ValidationError

from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import OFFICE, Contact, Unit
from duban.core.errors import Refusal, ScenarioError
from duban.core.matter import Matter
from duban.core.outcome import outcome
from duban.core.pack import RegulationPack
from duban.core.working_days import Calendar
from duban.core.world import World

SHORT = {"open", "finish"}
_STEP_KEYS = {"do", "at", "recorded", "by", "matter", "directive", "proxy", "note"}
_CASE_KEYS = {"id", "title", "clauses", "note", "as_of", "steps", "expect", "parameters"}
_FILE_KEYS = {"pack", "unit", "person", "parameters", "local_days_off", "case"} | _CASE_KEYS


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


@dataclass
class Played:
    """The outcome of one case; ``failures`` are the expectations it did not meet."""

    case: Case
    outcome: dict[str, Any]
    failures: list[str] = field(default_factory=list)


# --- reading ----------------------------------------------------------------------------------------------------


def read_scenario(text: str) -> Scenario:
    """The scenario in a TOML text. Raises :class:`ScenarioError` with the place of the mistake."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"不是合法的 TOML：{error}") from None
    _known_keys(values, _FILE_KEYS, "文件")
    cases = values.get("case", [values] if "steps" in values else [])
    if not cases:
        raise ScenarioError("没有算例：请写 [[case]]，或直接写 steps。")
    parameters = values.get("parameters", {})
    return Scenario(
        pack=values.get("pack", ""),
        units=tuple(_unit(u) for u in values.get("unit", [])),
        people={
            p["id"]: e.Actor(person=p["id"], **{k: v for k, v in p.items() if k != "id"})
            for p in values.get("person", [])
        },
        local_days_off={_date(day): name for day, name in values.get("local_days_off", {}).items()},
        cases=tuple(_case(v, i + 1, parameters, single="case" not in values) for i, v in enumerate(cases)),
    )


def _known_keys(values: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(values) - known)
    if unknown:
        raise ScenarioError(f"{where}里有不认识的键：{'、'.join(unknown)}")


def _case(values: dict[str, Any], number: int, parameters: dict[str, int], single: bool) -> Case:
    if not single:
        _known_keys(values, _CASE_KEYS, f"第 {number} 个算例")
    as_of = values.get("as_of")
    return Case(
        id=str(values.get("id", number)),
        title=str(values.get("title", "")),
        clauses=tuple(values.get("clauses", ())),
        note=str(values.get("note", "")),
        as_of=moment(as_of, end=True) if as_of else None,
        steps=tuple(values.get("steps", ())),
        expect=tuple(values.get("expect", ())),
        parameters=parameters | values.get("parameters", {}),
    )


def _unit(values: dict[str, Any]) -> Unit:
    contacts: dict[str, Contact] = {}
    for role in ("deputy", "liaison", "supervisor"):
        if role in values:
            name, _, phone = str(values[role]).partition(" ")
            contacts[role] = Contact(name, phone)
    return Unit(
        id=values["id"],
        name=values.get("name", values["id"]),
        kind=values.get("kind", ""),
        parent=values.get("parent", ""),
        active_from=values.get("active_from"),
        active_to=values.get("active_to"),
        contacts=contacts,
    )


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def moment(value: Any, end: bool = False) -> datetime:
    """A date alone means nine o'clock, or for ``as_of`` the end of that day."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time(23, 59, 59) if end else time(9))
    raise ScenarioError(f"不是日期或时间：{value!r}")


# --- playing ----------------------------------------------------------------------------------------------------


def play(
    scenario: Scenario, case: Case, pack: RegulationPack, calendar: Calendar, as_of: datetime | None = None
) -> Played:
    """Play one case; refusals are part of the outcome, not errors."""
    calendar = calendar.with_local_days_off(scenario.local_days_off) if scenario.local_days_off else calendar
    world = World(pack, calendar, {u.id: u for u in scenario.units}, dict(case.parameters))
    player = _Player(world, scenario.people)
    for number, step in enumerate(case.steps, 1):
        player.play(number, step)
    now = as_of or case.as_of or player.now
    world.tick(now)
    result = outcome(world, now, player.refusals)
    return Played(case, result, list(failures(result, case)))


@dataclass
class _Player:
    world: World
    people: dict[str, e.Actor]
    refusals: list[dict[str, Any]] = field(default_factory=list)
    now: datetime = datetime.min

    def play(self, number: int, step: dict[str, Any]) -> None:
        if "do" not in step or "at" not in step:
            raise ScenarioError(f"第 {number} 步要写 do（办什么）和 at（何时）。")
        word = step["do"]
        if word in SHORT:
            for part in self._spell_out(step):
                self.play(number, part)
            return
        if word == "tick":
            self.now = moment(step["at"])
            self.world.tick(self.now)
            return
        if word not in c.COMMANDS:
            raise ScenarioError(f"第 {number} 步：没有“{word}”这个指令。")
        stream = step.get("directive", "D1") if word == "register_directive" else step.get("matter", "M1")
        request = self._request(number, word, stream, step)
        self.now = max(self.now, request.recorded_at)
        answer = self.world.act(stream, request)
        notes = [answer] if isinstance(answer, Refusal) else list(answer)
        for note in notes:
            self.refusals.append(_note(number, word, note))

    def _request(self, number: int, word: str, stream: str, step: dict[str, Any]) -> c.Request:
        at = moment(step["at"])
        circumstances = _STEP_KEYS - {"directive"} if word == "join_directive" else _STEP_KEYS
        fields = {k: v for k, v in step.items() if k not in circumstances}
        matter = self.world.matters.get(stream)
        command = self._command(number, word, fields, matter)
        actor = self._actor(number, step.get("by", ""), command, matter)
        proxy = None
        if "proxy" in step:
            recorder = self._actor(
                number, step["proxy"].get("by", "") or self._role("officer"), command, matter
            )
            proxy = e.Proxy(recorder=recorder, evidence=step["proxy"].get("evidence", ""))
        recorded = moment(step["recorded"]) if "recorded" in step else max(at, self.now)
        return c.Request(command=command, actor=actor, occurred_at=at, recorded_at=recorded, proxy=proxy)

    def _command(self, number: int, word: str, fields: dict[str, Any], matter: Matter | None) -> c.Command:
        kind = c.COMMANDS[word]
        if "content" in kind.model_fields and kind is not c.Register:
            own = {
                k: fields.pop(k)
                for k in list(fields)
                if k in e.Report.model_fields and k not in kind.model_fields
            }
            fields["content"] = own
        if "unit" in kind.model_fields and "unit" not in fields and matter and kind is not c.SetDate:
            fields["unit"] = matter.facts.leads[0] if matter.facts.leads else ""
        if word == "register" and "name" not in fields:
            fields["name"] = "演示事项"
        if word == "dispatch" and "channel" not in fields:
            fields["channel"] = self.world.pack.channels[0].id
        try:
            return kind.model_validate(fields)
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(x) for x in problem["loc"])
            raise ScenarioError(f"第 {number} 步（{word}）的“{place}”写得不对：{problem['msg']}") from None

    # people: a person's id, a role's id, or unit.role; left out, whoever would do it

    def _actor(self, number: int, by: str, command: c.Command, matter: Matter | None) -> e.Actor:
        if by in self.people:
            return self.people[by]
        unit, _, role = by.rpartition(".")
        if not by:
            unit, role = self._usual(command, matter)
        role = {"liaison": self._role("unit_staff"), "head": self._role("unit_head")}.get(role, role)
        if self.world.pack.role(role) is None:
            raise ScenarioError(f"第 {number} 步：没有“{by}”这个人或职务。")
        return e.Actor(
            person=f"{unit}.{role}" if unit else role, name=self._name(unit, role), role=role, unit=unit
        )

    def _usual(self, command: c.Command, matter: Matter | None) -> tuple[str, str]:
        if isinstance(command, c.Sign) and matter:
            step = next(
                (p.steps[p.signed] for p in matter.open_petitions() if command.petition in (p.id, p.act)),
                None,
            )
            if step:
                return step.unit, step.roles[0]
        if isinstance(command, c.UnitCommand) and command.unit != OFFICE:
            return command.unit, self._role("unit_staff")
        return "", self._role("officer")

    def _role(self, kind: str) -> str:
        return next(r.id for r in self.world.pack.roles if r.kind == kind)

    def _name(self, unit: str, role: str) -> str:
        title = self.world.pack.title_of("roles", role)
        return f"{self.world.units[unit].name}{title}" if unit in self.world.units else title

    # shorthand

    def _spell_out(self, step: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """``open``: register, submit, sign all, dispatch. ``finish``: report, accept, read, close."""
        common: dict[str, Any] = {k: step[k] for k in ("at", "recorded", "matter") if k in step}
        rest = {k: v for k, v in step.items() if k not in common and k != "do"}
        if step["do"] == "finish":
            yield from self._finish(common, rest)
            return
        order = {k: rest.pop(k) for k in ("channel", "document") if k in rest}
        yield common | {"do": "register"} | rest
        matter = common.get("matter", "M1")
        if matter not in self.world.matters or self.world.matters[matter].stage != "draft":
            return
        yield common | {"do": "submit"}
        yield from self._sign_all(common)
        yield common | {"do": "dispatch"} | order
        yield from self._sign_all(common)

    def _finish(self, common: dict[str, Any], rest: dict[str, Any]) -> Iterator[dict[str, Any]]:
        matter = self.world.matters[common.get("matter", "M1")]
        checklist = tuple(x.id for x in self.world.pack.review.checklist)
        for unit in matter.facts.leads:
            content = {
                "text": "已办结",
                "document_number": "示〔2026〕1号",
                "signed_by": "单位负责人",
                "sealed": True,
                "result": "已办结",
            }
            yield common | {"do": "report_completion", "unit": unit} | content | rest
            yield common | {"do": "review", "unit": unit, "checklist": checklist}
        yield common | {"do": "send_for_reading", "opinion": "已办结"}
        yield from self._sign_all(common)
        yield common | {"do": "close"}
        yield from self._sign_all(common)

    def _sign_all(self, common: dict[str, Any]) -> Iterator[dict[str, Any]]:
        stream = common.get("matter", "M1")
        while opened := self.world.matters[stream].open_petitions():
            petition = opened[-1]
            yield common | {"do": "sign", "petition": petition.id}
            after = self.world.matters[stream].petitions[petition.id]
            if after.status == "open" and after.signed == petition.signed:
                return


def _note(number: int, word: str, note: Any) -> dict[str, Any]:
    """A refusal or a notice as data; a notice says as what the act was recorded, or nothing."""
    citation = note.citation
    return {
        "step": number,
        "command": word,
        "message": note.message,
        "basis": str(citation) if citation else "",
        "ref": citation.ref if citation else "",
        "refused": isinstance(note, Refusal),
        "recorded_as": getattr(note, "recorded_as", None) or "",
    }


# --- expectations ---------------------------------------------------------------------------------------------------

_LISTS = {
    "obligation": "obligations",
    "proposal": "proposals",
    "petition": "petitions",
    "notice": "notices",
    "unit": "units",
}


def failures(result: dict[str, Any], case: Case) -> Iterator[str]:
    """Every expectation that is not met, and every refusal that nobody expected."""
    for number, wanted in enumerate(case.expect, 1):
        for message in _unmet(result, wanted):
            yield f"第 {number} 条预期：{message}"
    expected = [w["refusal"] for w in case.expect if "refusal" in w]
    for refusal in result["refusals"]:
        if refusal["refused"] and not any(_fits(refusal, w) for w in expected):
            yield f"第 {refusal['step']} 步（{refusal['command']}）被拒绝：{refusal['message']} {refusal['basis']}"


def _unmet(result: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    wanted = dict(wanted)
    if "refusal" in wanted:
        if not any(_fits(r, wanted["refusal"]) for r in result["refusals"]):
            yield f"没有这样的拒绝或提示：{wanted['refusal']}；有：{result['refusals']}"
        return
    if "gap" in wanted:
        if not any(_fits(g, wanted["gap"]) for g in result["directory_gaps"]):
            yield f"没有这样的缺项：{wanted['gap']}；有：{result['directory_gaps']}"
        return
    kind, key = (
        ("directives", wanted.pop("directive"))
        if "directive" in wanted
        else ("matters", wanted.pop("matter", "M1"))
    )
    item = next((x for x in result[kind] if x["id"] == key), None)
    if item is None:
        if wanted.pop("exists", True):
            yield f"没有“{key}”"
        return
    for name, value in wanted.items():
        yield from _unmet_key(item, name, value)


def _unmet_key(item: dict[str, Any], name: str, value: Any) -> Iterator[str]:
    negated = name.startswith("no_")
    base = name.removeprefix("no_")
    if base in _LISTS:
        rows = item[_LISTS[base]]
        times = value.get("times")
        pattern = {k: v for k, v in value.items() if k != "times"}
        found = [r for r in rows if _fits(r, pattern)]
        if negated and found:
            yield f"不应有 {base}：{pattern}"
        elif not negated and times is not None and len(found) != times:
            yield f"{base} {pattern} 应有 {times} 个，实有 {len(found)} 个"
        elif not negated and times is None and not found:
            yield f"没有 {base}：{pattern}；有：{rows}"
    elif name not in item:
        yield f"不认识的预期“{name}”"
    elif not _equal(item[name], value):
        yield f"{name} 应为 {value}，实为 {item[name]}"


def _fits(row: dict[str, Any], pattern: dict[str, Any]) -> bool:
    """All keys equal; ``message``, ``basis`` and ``name`` need only contain the text."""
    for key, value in pattern.items():
        if key not in row:
            return False
        if key in ("message", "basis", "name") and isinstance(value, str):
            if value not in str(row[key]):
                return False
        elif not _equal(row[key], value):
            return False
    return True


def _equal(actual: Any, wanted: Any) -> bool:
    if isinstance(wanted, (date, datetime)):
        return str(actual) == wanted.isoformat()
    return bool(actual == wanted)
