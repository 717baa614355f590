"""What a case expects of its outcome, and what of it was not met."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from duban.core.scenario_format import Case

LISTS = {
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
    if base in LISTS:
        rows = item[LISTS[base]]
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
