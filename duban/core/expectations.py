"""What a case expects of its outcome, and what of it was not met."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from duban.core.errors import ScenarioError
from duban.core.lights import OBLIGATION_STATES
from duban.core.scenario_format import Case

LISTS = {
    "obligation": "obligations",
    "proposal": "proposals",
    "petition": "petitions",
    "notice": "notices",
    "unit": "units",
}


KEYS: dict[str, frozenset[str]] = {
    "obligation": frozenset(
        {"id", "rule", "kind", "name", "bearer", "unit", "due", "original_due", "starts_on", "term"}
        | {"rolled_from", "provisional", "period", "milestone", "state", "state_title", "breached"}
        | {"moved", "cap_basis", "basis", "ref", "basis_kind"}
    ),
    "proposal": frozenset(
        [
            "id",
            "rule",
            "kind",
            "level",
            "unit",
            "signatory",
            "points",
            "reason",
            "at",
            "basis",
            "ref",
            "basis_kind",
        ]
    ),
    "petition": frozenset(["act", "title", "unit", "roles", "basis", "ref", "basis_kind"]),
    "notice": frozenset(["level", "number", "unit", "signatory", "copies", "answered", "settled"]),
    "unit": frozenset(["unit", "lead", "acknowledged", "accepted", "returns"]),
    "refusal": frozenset(["step", "command", "message", "basis", "ref", "refused", "recorded_as"]),
    "gap": frozenset(["unit", "message", "basis", "ref", "basis_kind"]),
}
"""What each kind of row can be asked about: a misspelt key would make "there is none" always true."""


def check_expectations(case: Case) -> None:
    """Raise :class:`ScenarioError` for an expectation that could never be met, or never fail."""
    for number, wanted in enumerate(case.expect, 1):
        for name, value in wanted.items():
            base = name.removeprefix("no_")
            if base not in KEYS:
                continue
            if not isinstance(value, dict):
                raise ScenarioError(f"算例 {case.id} 第 {number} 条预期的 {name} 应写成 {{ 键 = 值 }}。")
            unknown = sorted(set(value) - KEYS[base] - {"times"})
            if unknown:
                known = "、".join(sorted(KEYS[base]))
                raise ScenarioError(
                    f"算例 {case.id} 第 {number} 条预期的 {name} 没有“{unknown[0]}”这一键；有：{known}"
                )
            if base == "obligation" and value.get("state", "open") not in OBLIGATION_STATES:
                known = "、".join(OBLIGATION_STATES)
                raise ScenarioError(
                    f"算例 {case.id} 第 {number} 条预期：没有“{value['state']}”这个状态；有：{known}"
                )


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
            pattern = wanted["refusal"]
            yield f"没有 {_words(pattern)} 的拒绝或提示；有：{_short(result['refusals'], pattern)}"
        return
    if "gap" in wanted:
        if not any(_fits(g, wanted["gap"]) for g in result["directory_gaps"]):
            pattern = wanted["gap"]
            yield f"没有 {_words(pattern)} 的缺项；有：{_short(result['directory_gaps'], pattern)}"
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
    if base in LISTS:
        rows = item[LISTS[base]]
        times = value.get("times")
        pattern = {k: v for k, v in value.items() if k != "times"}
        found = [r for r in rows if _fits(r, pattern)]
        if negated and found:
            yield f"不应有 {_words(pattern)} 的 {base}"
        elif not negated and times is not None and len(found) != times:
            yield f"{_words(pattern)} 的 {base} 应有 {times} 个，实有 {len(found)} 个"
        elif not negated and times is None and not found:
            yield f"没有 {_words(pattern)} 的 {base}；有：{_short(rows, pattern)}"
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


def _words(pattern: dict[str, Any]) -> str:
    return "、".join(f"{key}={value}" for key, value in pattern.items()) or "任何"


def _short(rows: list[dict[str, Any]], pattern: dict[str, Any]) -> str:
    """The rows there are, told by the keys that were asked about."""
    told = ["（" + "、".join(f"{k}={row.get(k)}" for k in pattern) + "）" for row in rows]
    return "".join(dict.fromkeys(told)) or "无"
