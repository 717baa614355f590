"""The reference tables of docs/pack-authoring.md, made from the code.

``python -m tests.doc_tables`` writes them into the document; ``tests/test_docs.py`` fails when they differ.
"""

import re
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from duban.core import entries as e
from duban.core import pack as p
from duban.core.commands import COMMANDS
from duban.core.lights import LIGHTS, OBLIGATION_STATES
from duban.core.matter import STAGES
from duban.core.pack_reading import _PLURALS, DUTIES, PAPERS, SUBJECTS
from duban.core.petitions import ACTS
from duban.core.vocabulary import EVENT, MATTER, REQUEST, UNIT, Variable

DOCUMENT = Path(__file__).parents[1] / "docs" / "pack-authoring.md"
_MARKED = re.compile(r"<!-- table: (?P<name>[\w-]+) -->\n.*?<!-- end -->", re.S)
_SIDES = {
    "office": "督查机构",
    "unit": "承办单位",
    "signatory": "whoever the paper waits for",
    "system": "system",
}
_PARTS: dict[str, tuple[str, type[BaseModel]]] = {
    "article": ("条文", p.Article),
    "regulation": ("制度", p.Regulation),
    "time": ("期间怎样计算", p.TimeReading),
    "light": ("临期", p.Light),
    "reading": ("理解口径", p.Reading),
    "parameter": ("本机关参数", p.Parameter),
    "role": ("职务", p.Role),
    "unit_kind": ("单位类型", p.UnitKind),
    "contact": ("通讯录", p.UnitContact),
    "category": ("类别", p.Category),
    "grade": ("等级", p.Grade),
    "urgency": ("缓急", p.Titled),
    "source": ("立项依据的来源", p.Source),
    "mode": ("办理方式", p.Mode),
    "channel": ("交办方式", p.Titled),
    "document": ("交办文种", p.Document),
    "series": ("编号", p.Series),
    "fact": ("本制度另外要填的事实", p.Fact),
    "obligation": ("义务", p.ObligationRule),
    "requirement": ("程序要求", p.Requirement),
    "route": ("签批路线", p.Route),
    "objection": ("异议期", p.Objection),
    "extension": ("延期", p.ExtensionRule),
    "explanation": ("书面说明", p.Explanation),
    "review": ("审核", p.ReviewRule),
    "finding": ("认定", p.FindingKind),
    "urging": ("催办", p.UrgingRule),
    "proposal": ("建议", p.ProposalRule),
}
_VALUES: dict[str, tuple[str, type[BaseModel]]] = {
    "Term": ("时限", p.Term),
    "Cycle": ("周期", p.Cycle),
    "Cap": ("最长时限", p.Cap),
    "RouteStep": ("签批的一步", p.RouteStep),
    "Titled": ("编号、名称、依据", p.Titled),
}
_RECORDS: tuple[type[BaseModel], ...] = (e.Report, e.Paper, e.MilestonePlan, e.TaskItem)


def tables() -> dict[str, str]:
    """Every generated table by the name that marks its place."""
    return {
        "parts": _parts(),
        "values": _models(_VALUES.items()),
        "duties": _pairs("duty", DUTIES),
        "events": _events(),
        "commands": _commands(),
        "records": _models((m.__name__, ("", m)) for m in _RECORDS),
        "acts": _pairs("act", ACTS),
        "variables-matter": _variables(MATTER),
        "variables-unit": _variables(UNIT),
        "variables-event": _variables(EVENT),
        "variables-request": _variables(REQUEST),
        "stages": _pairs("state", STAGES),
        "lights": _pairs("light", LIGHTS),
        "obligation-states": _pairs("state", OBLIGATION_STATES),
        "subjects": "`" + "` `".join(sorted(SUBJECTS)) + "`",
        "papers": "`" + "` `".join(sorted(PAPERS)) + "`",
    }


def missing_parts() -> set[str]:
    """Keys of a pack that the table of parts forgets."""
    plural = {v: k for k, v in _PLURALS.items()}
    fields = set(p.RegulationPack.model_fields) - {"id", "digest"}
    return {plural.get(f, f) for f in fields} - set(_PARTS)


def write(text: str) -> str:
    """The document with every marked table made anew."""
    made = tables()
    return _MARKED.sub(lambda m: f"<!-- table: {m['name']} -->\n{made[m['name']]}\n<!-- end -->", text)


def marked(text: str) -> set[str]:
    return {m["name"] for m in _MARKED.finditer(text)}


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _pairs(head: str, values: dict[str, str]) -> str:
    return _rows((head, "中文"), ((f"`{k}`", v) for k, v in values.items()))


def _variables(values: dict[str, Variable]) -> str:
    return _rows(
        ("name", "type", "meaning", "values"),
        ((f"`{k}`", v.type, v.meaning, f"ids of {v.domain}" if v.domain else "") for k, v in values.items()),
    )


def _events() -> str:
    rows = ((f"`{word}`", cls.describe, _fields(cls)) for word, cls in reversed(e.EVENTS.items()))
    return _rows(("event", "中文", "fields"), rows)


def _commands() -> str:
    rows = ((f"`{word}`", c.title, _SIDES[c.side], _fields(c)) for word, c in COMMANDS.items())
    return _rows(("command", "中文", "by", "fields"), rows)


def _fields(cls: type[BaseModel]) -> str:
    """Names with types; those without a default are marked as required."""
    return ", ".join(_field(name, f) for name, f in cls.model_fields.items()) or "–"


def _field(name: str, field: Any) -> str:
    required = field.is_required()
    return f"{'**' if required else ''}`{name}`{'**' if required else ''} {type_name(field.annotation)}"


def _parts() -> str:
    return _models(
        (f"[[{k}]]" if k in _PLURALS or k in ("series", "urging") else f"[{k}]", v) for k, v in _PARTS.items()
    )


def _models(models: Iterable[tuple[str, tuple[str, type[BaseModel]]]]) -> str:
    rows = ((f"`{name}`", title, _keys(model)) for name, (title, model) in models)
    return _rows(("table", "中文", "keys"), rows)


def _keys(model: type[BaseModel]) -> str:
    return ", ".join(f"{_field(name, f)}{_default(f)}" for name, f in model.model_fields.items())


def _default(field: Any) -> str:
    value = field.default
    if field.is_required() or value in (PydanticUndefined, None, "", (), False):
        return ""
    return f" (default {', '.join(value) if isinstance(value, tuple) else value})"


def type_name(annotation: Any) -> str:
    """How an author writes a value of this type."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "/".join(x or '""' for x in args)
    if origin in (Union, types.UnionType):
        return " or ".join(type_name(a) for a in args if a is not type(None))
    if origin is tuple:
        return f"list of {type_name(args[0])}"
    if origin is dict:
        return "table"
    simple = {str: "text", bool: "true/false", int: "number", Any: "any"}
    if annotation in simple:
        return simple[annotation]
    if annotation.__name__ == "Citation":
        return "citation"
    return str(annotation.__name__)


if __name__ == "__main__":
    DOCUMENT.write_text(write(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
