"""Scenarios (算例): dated steps played through the engine, and what they lead to.

The same format serves a pack's worked examples (``cases.toml``) and ``duban play``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from duban.core import commands as c
from duban.core import entries as e
from duban.core.context import OFFICE
from duban.core.errors import Refusal, ScenarioError
from duban.core.expectations import check_expectations, failures
from duban.core.matter import Matter
from duban.core.outcome import outcome
from duban.core.pack import RegulationPack
from duban.core.scenario_format import Case, Scenario, mistake_in_words, moment
from duban.core.working_days import Calendar
from duban.core.world import World

SHORT = {"open", "finish"}
STEP_KEYS = {"do", "at", "recorded", "by", "matter", "directive", "proxy", "note"}
"""What a step says beside the command's own fields."""


@dataclass
class Played:
    """The outcome of one case; ``failures`` are the expectations it did not meet."""

    case: Case
    outcome: dict[str, Any]
    failures: list[str] = field(default_factory=list)


def play(
    scenario: Scenario, case: Case, pack: RegulationPack, calendar: Calendar, as_of: datetime | None = None
) -> Played:
    """Play one case; refusals are part of the outcome, not errors."""
    calendar = calendar.with_local_days_off(scenario.local_days_off) if scenario.local_days_off else calendar
    world = World(pack, calendar, {u.id: u for u in scenario.units}, dict(case.parameters))
    _check_names(scenario, case, pack)
    check_expectations(case)
    player = _Player(world, scenario.people)
    for number, step in enumerate(case.steps, 1):
        try:
            player.play(number, step)
        except ScenarioError as error:
            raise ScenarioError(f"算例 {case.id}：{error}") from None
    now = as_of or case.as_of or player.now
    world.tick(now)
    result = outcome(world, now, player.refusals)
    return Played(case, result, list(failures(result, case)))


def _check_names(scenario: Scenario, case: Case, pack: RegulationPack) -> None:
    """Roles, unit kinds and parameters must be the pack's."""
    kinds = {k.id for k in pack.unit_kinds}
    for unit in scenario.units:
        if unit.kind and kinds and unit.kind not in kinds:
            raise ScenarioError(
                f"单位“{unit.id}”的类型“{unit.kind}”不在制度包里；有：{'、'.join(sorted(kinds))}"
            )
    for person in scenario.people.values():
        if pack.role(person.role) is None:
            raise ScenarioError(f"“{person.name}”的职务“{person.role}”不在制度包里。")
    known = {p.id for p in pack.parameters}
    unknown = sorted(set(case.parameters) - known)
    if unknown:
        raise ScenarioError(f"制度包没有参数“{unknown[0]}”；有：{'、'.join(sorted(known)) or '无'}")


@dataclass
class _Player:
    world: World
    people: dict[str, e.Actor]
    refusals: list[dict[str, Any]] = field(default_factory=list)
    now: datetime = datetime.min

    def play(self, number: int, step: dict[str, Any]) -> None:
        if "do" not in step or "at" not in step:
            raise ScenarioError(f"第 {number} 步要写 do（办什么）和 at（何时）。")
        for key in ("do", "by", "matter"):
            if not isinstance(step.get(key, ""), str):
                raise ScenarioError(f"第 {number} 步的 {key} 应为文字。")
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
        circumstances = STEP_KEYS - {"directive"} if word == "join_directive" else STEP_KEYS
        fields = {k: v for k, v in step.items() if k not in circumstances}
        matter = self.world.matters.get(stream)
        command = self._command(number, word, fields, matter)
        actor = self._actor(number, step.get("by", ""), command, matter)
        proxy = None
        if "proxy" in step:
            how = step["proxy"]
            if not isinstance(how, dict) or set(how) - {"by", "evidence"}:
                raise ScenarioError(f'第 {number} 步的 proxy 应写成 {{ evidence = "…" }}。')
            recorder = self._actor(number, how.get("by", "") or self._role("officer"), command, matter)
            proxy = e.Proxy(recorder=recorder, evidence=how.get("evidence", ""))
        recorded = moment(step["recorded"]) if "recorded" in step else at
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
            raise ScenarioError(f"第 {number} 步（{word}）：{mistake_in_words(error.errors()[0])}") from None

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
        stream = common.get("matter", "M1")
        if stream not in self.world.matters:
            raise ScenarioError(f"finish 之前没有登记过事项“{stream}”。")
        matter = self.world.matters[stream]
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
