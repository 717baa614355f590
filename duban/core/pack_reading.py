"""From the TOML files of a pack to a checked :class:`RegulationPack`, all mistakes at once.

The files come in as texts; finding them on disk is the caller's business.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, get_args

from pydantic import ValidationError

from duban.core import entries as e
from duban.core.chain import sm3
from duban.core.citation import Citation
from duban.core.commands import COMMANDS
from duban.core.errors import Finding, PackError
from duban.core.expressions import check_condition
from duban.core.matter import STAGES
from duban.core.pack import Part, RegulationPack, Role, Titled
from duban.core.petitions import ACTS
from duban.core.vocabulary import COMMON, EVENT, REQUEST, Type, Variable

CASES = "cases.toml"
DUTIES: dict[str, str] = {
    "register": "登记分解",
    "dispatch": "交办发送",
    "acknowledge": "签收",
    "inquire": "询问",
    "plan": "报送计划",
    "report": "反馈进展",
    "reply": "办结或回复进展",
    "milestone": "完成节点",
    "complete": "办结并报告",
    "answer": "答复催办",
    "explain": "说明",
    "input": "报送协办意见",
    "decide": "研究答复",
    "inform": "汇报",
}
SUBJECTS = frozenset({"receipt", "progress", "latest"})
PAPERS = frozenset({"original", "instruction_copy", "report", "scan", "other"})
_FACT_TYPES: dict[str, Type] = {
    "date": "text",
    "text": "text",
    "choice": "text",
    "bool": "bool",
    "int": "int",
}
_MESSAGES = {
    "extra_forbidden": "不认识的键",
    "missing": "缺少这一键",
    "literal_error": "取值不在允许的范围内",
    "string_type": "应为文字",
    "int_type": "应为整数",
    "bool_type": "应为 true 或 false",
    "tuple_type": "应为列表",
    "too_short": "至少要写一个",
}


def read_pack(pack_id: str, files: Mapping[str, str]) -> RegulationPack:
    """The pack in these files (name → text); ``cases.toml`` is not part of the rules.

    Raises :class:`PackError` with every mistake found.
    """
    findings: list[Finding] = []
    merged: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for name in sorted(files):
        if name != CASES:
            _merge(name, files[name], merged, origin, findings)
    _prepare(merged)
    try:
        pack = RegulationPack.model_validate_json(_json(merged | {"id": pack_id}), strict=True)
    except ValidationError as error:
        findings += [_finding(problem, origin) for problem in error.errors()]
        raise PackError(findings) from None
    pack = pack.model_copy(update={"digest": digest_of(files)})
    findings += [
        Finding(origin.get(key.partition("[")[0], "pack.toml"), key, text) for key, text in check(pack)
    ]
    if findings:
        raise PackError(findings)
    return _with_labels(pack)


def digest_of(files: Mapping[str, str]) -> str:
    """SM3 over the rule files, by name; the worked examples do not change it."""
    parts = [f"{name}\n{files[name]}" for name in sorted(files) if name != CASES]
    return sm3("\n".join(parts).encode())


def _merge(
    name: str, text: str, merged: dict[str, Any], origin: dict[str, str], findings: list[Finding]
) -> None:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        findings.append(Finding(name, "-", f"不是合法的 TOML：{error}"))
        return
    for key, value in values.items():
        if key in merged:
            findings.append(Finding(name, key, f"与 {origin[key]} 重复"))
        merged[key] = value
        origin[key] = name


_PLURALS = {
    "article": "articles",
    "reading": "readings",
    "role": "roles",
    "unit_kind": "unit_kinds",
    "source": "sources",
    "category": "categories",
    "grade": "grades",
    "urgency": "urgencies",
    "mode": "modes",
    "channel": "channels",
    "document": "documents",
    "fact": "facts",
    "parameter": "parameters",
    "contact": "directory",
    "obligation": "obligations",
    "requirement": "requirements",
    "route": "routes",
    "extension": "extensions",
    "finding": "findings",
    "proposal": "proposals",
}


def _prepare(merged: dict[str, Any]) -> None:
    """``[[obligation]]`` in a file is one of ``obligations`` in the pack."""
    for singular, plural in _PLURALS.items():
        if singular in merged:
            merged[plural] = merged.pop(singular)


def _json(values: dict[str, Any]) -> str:
    def plain(value: object) -> str:
        assert isinstance(value, (date, datetime, time))
        return value.isoformat()

    return json.dumps(values, default=plain)


def _finding(problem: Any, origin: Mapping[str, str]) -> Finding:
    place = [x for x in problem["loc"] if not (isinstance(x, str) and "function-" in x)]
    top = str(place[0]) if place else ""
    singular = next((s for s, p in _PLURALS.items() if p == top), top)
    key = singular + "".join(f"[{x + 1}]" if isinstance(x, int) else f".{x}" for x in place[1:])
    if problem["type"] == "missing" and key.endswith("cite"):
        message = "没有写依据：每条规则都要引用条文、本机关决定或系统默认"
    else:
        message = _MESSAGES.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    return Finding(origin.get(singular, origin.get(top, "pack.toml")), key, message)


def _with_labels(pack: RegulationPack) -> RegulationPack:
    """Citations show the article's label instead of its id."""
    labels = {a.id: a.label for a in pack.articles}

    def relabel(value: Any) -> Any:
        if isinstance(value, Citation):
            return value.model_copy(update={"text": labels[value.ref]}) if value.kind == "article" else value
        if isinstance(value, Part):
            changed = {k: relabel(v) for k, v in value if isinstance(v, (Part, Citation, tuple))}
            return value.model_copy(update=changed)
        if isinstance(value, tuple):
            return tuple(relabel(v) for v in value)
        return value

    labelled = relabel(pack)
    assert isinstance(labelled, RegulationPack)
    return labelled


# --- what types alone cannot check -----------------------------------------------------------------------


def check(pack: RegulationPack) -> Iterator[tuple[str, str]]:
    """Every mistake in a well-typed pack, as (key, message)."""
    yield from _unique_ids(pack)
    yield from _citations(pack, {a.id for a in pack.articles})
    yield from _references(pack)
    yield from _forms(pack)
    yield from _modes(pack)
    yield from _conditions(pack)
    yield from _ladder(pack)


def _unique_ids(pack: RegulationPack) -> Iterator[tuple[str, str]]:
    for singular, plural in _PLURALS.items():
        ids = [getattr(x, "id", None) for x in getattr(pack, plural)]
        for key in {i for i in ids if i is not None and ids.count(i) > 1}:
            yield f"{singular}[{key}]", "编号重复"


def _citations(pack: RegulationPack, articles: set[str]) -> Iterator[tuple[str, str]]:
    def walk(value: Any, key: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, Citation):
            if value.kind == "article" and value.ref not in articles:
                yield key, f"引用的条文“{value.ref}”不在 articles.toml 中"
        elif isinstance(value, Part):
            own = getattr(value, "id", None)
            name = f"{key}[{own}]" if isinstance(own, str) else key
            for field, inner in value:
                yield from walk(inner, f"{name}.{field}" if name else field)
        elif isinstance(value, tuple):
            for inner in value:
                yield from walk(inner, key)

    for field, value in pack:
        singular = next((s for s, p in _PLURALS.items() if p == field), field)
        yield from walk(value, singular)


def domains_of(pack: RegulationPack) -> dict[str, frozenset[str]]:
    """The ids that each kind of variable may be compared with."""

    def ids(items: tuple[Titled, ...] | tuple[Any, ...]) -> frozenset[str]:
        return frozenset(x.id for x in items)

    return {
        "categories": ids(pack.categories),
        "sources": ids(pack.sources),
        "groups": frozenset(c.group for c in pack.categories),
        "grades": ids(pack.grades),
        "urgencies": ids(pack.urgencies),
        "modes": ids(pack.modes),
        "unit_kinds": ids(pack.unit_kinds),
        "obligations": ids(pack.obligations),
        "duties": frozenset(DUTIES),
        "urging": ids(pack.urging),
        "findings": ids(pack.findings),
        "reasons": ids(pack.review.reasons),
        "roles": ids(pack.roles),
        "role_kinds": frozenset(get_args(Role.model_fields["kind"].annotation)),
        "documents": ids(pack.documents),
        "channels": ids(pack.channels),
        "stages": frozenset(STAGES),
        "events": frozenset(e.EVENTS),
        "subjects": SUBJECTS,
        "papers": PAPERS,
        "acts": frozenset(ACTS)
        | {f"urging:{u.id}" for u in pack.urging}
        | {f"extension:{x.id}" for x in pack.extensions},
        "fields": _command_fields(),
    } | {f"fact:{f.id}": frozenset(f.choices) for f in pack.facts if f.type == "choice"}


def _command_fields() -> frozenset[str]:
    names = {name for command in COMMANDS.values() for name in command.model_fields}
    return frozenset(names | set(e.Report.model_fields))


def variables_of(pack: RegulationPack) -> dict[str, Variable]:
    """The common vocabulary and the facts that this pack asks for."""
    own = {
        f.id: Variable(_FACT_TYPES[f.type], f.title, f"fact:{f.id}" if f.type == "choice" else "")
        for f in pack.facts
    }
    return COMMON | own


def _references(pack: RegulationPack) -> Iterator[tuple[str, str]]:
    for key, wanted, known, what in _referring(pack):
        for ref in wanted:
            if ref not in known:
                yield key, f"没有这个{what}：“{ref}”"
    for o in pack.obligations:
        if o.duty not in DUTIES:
            yield f"obligation[{o.id}].duty", f"没有这个义务种类：“{o.duty}”"
        yield from _start(pack, o.id, o.start)
        if not o.discharged_by and not (o.term and o.term.standing):
            yield f"obligation[{o.id}].discharged_by", "没有写由什么履行"
    for key, names in _parameters_used(pack):
        for name in names - {p.id for p in pack.parameters}:
            yield key, f"没有这个参数：“{name}”"
    if not any(s.use == "register" for s in pack.series):
        yield "series", '缺少立项编号（use = "register"）'
    for kind in ("officer", "unit_staff", "unit_head"):
        if kind not in {r.kind for r in pack.roles}:
            yield "role", f"缺少类型为 {kind} 的职务"


def _modes(pack: RegulationPack) -> Iterator[tuple[str, str]]:
    for m in pack.modes:
        if not 0 < m.min_leads <= m.max_leads or not 0 <= m.min_supports <= m.max_supports:
            yield f"mode[{m.id}]", "单位数的下限应不大于上限，主办至少一个"


def _forms(pack: RegulationPack) -> Iterator[tuple[str, str]]:
    """How a day ends and how numbers are written."""
    if not re.fullmatch(r"24:00|([01]\d|2[0-3]):[0-5]\d", pack.time.day_ends):
        yield "time.day_ends", "应为 24:00，或下班时间如 17:30"
    for s in pack.series:
        names = re.findall(r"\{(.*?)\}", s.format)
        if "n" not in names or set(names) - {"n", "year"}:
            yield f"series[{s.id}].format", "编号式样要有 {n}，此外只能有 {year}"


def _referring(pack: RegulationPack) -> Iterator[tuple[str, tuple[str, ...], Any, str]]:
    """(key, ids referred to, ids known, what they are)."""
    roles, events = {r.id for r in pack.roles}, frozenset(e.EVENTS)
    for o in pack.obligations:
        yield f"obligation[{o.id}].on", o.on, events, "条目"
        yield f"obligation[{o.id}].discharged_by", o.discharged_by, events, "条目"
    for p in pack.proposals:
        yield f"proposal[{p.id}].on", p.on, events, "条目"
        yield f"proposal[{p.id}].signatory", (p.signatory,), roles, "职务"
        grades = {g.id for g in pack.grades} | {"any"}
        yield f"proposal[{p.id}].points", tuple(p.points), grades, "等级"
    for r in pack.requirements:
        yield f"requirement[{r.id}].on", r.on, frozenset(COMMANDS), "指令"
        yield f"requirement[{r.id}].needs", r.needs, _command_fields(), "栏目"
    for route in pack.routes:
        yield f"route[{route.id}].act", (route.act.partition(":")[0],), frozenset(ACTS), "报批事项"
        for step in route.steps:
            yield f"route[{route.id}].steps", step.roles, roles, "职务"
    for u in pack.urging:
        yield f"urging[{u.id}].signatory", u.signatory, roles, "职务"
        yield f"urging[{u.id}].copies", u.copies, roles, "职务"
    for f in pack.findings:
        yield f"finding[{f.id}].roles", f.roles, roles, "职务"
    for d in pack.documents:
        of_dispatch = {s.id for s in pack.series if s.use == "dispatch"}
        yield f"document[{d.id}].series", (d.series,), of_dispatch, "交办编号"


def _start(pack: RegulationPack, key: str, start: str) -> Iterator[tuple[str, str]]:
    dates = {f"fact:{f.id}" for f in pack.facts if f.type == "date"}
    of_source = {f"{kind}:{s.id}" for kind in ("directive", "issued") for s in pack.sources}
    if start not in {"event", "directive", "issued"} | dates | of_source:
        yield f"obligation[{key}].start", f"没有这个起算点：“{start}”"


def _parameters_used(pack: RegulationPack) -> Iterator[tuple[str, set[str]]]:
    def names(value: Any) -> set[str]:
        counts = [v for _, v in value if isinstance(v, str) and v.startswith("param:")] if value else []
        return {v.removeprefix("param:") for v in counts}

    for o in pack.obligations:
        yield f"obligation[{o.id}].term", names(o.term) | names(o.cap.term if o.cap else None)
    for x in pack.extensions:
        yield f"extension[{x.id}].cap", names(x.cap)
    yield "light", names(pack.light)


def _conditions(pack: RegulationPack) -> Iterator[tuple[str, str]]:
    everything = variables_of(pack)
    domains = domains_of(pack)
    of_matter = {k: v for k, v in everything.items() if k not in REQUEST and k not in EVENT}
    on_event = {k: v for k, v in everything.items() if k not in REQUEST}
    for key, source, variables in (
        *((f"obligation[{o.id}].when", o.when, of_matter if o.cycle else on_event) for o in pack.obligations),
        *(
            (f"obligation[{o.id}].cap.unless", o.cap.unless, of_matter)
            for o in pack.obligations
            if o.cap and o.cap.unless
        ),
        *((f"proposal[{p.id}].when", p.when, on_event) for p in pack.proposals),
        *((f"requirement[{r.id}].when", r.when, everything) for r in pack.requirements),
        *((f"requirement[{r.id}].require", r.require, everything) for r in pack.requirements),
        *((f"route[{r.id}].when", r.when, of_matter) for r in pack.routes),
        *((f"extension[{x.id}].when", x.when, of_matter) for x in pack.extensions),
        *((f"urging[{u.id}].when", u.when, of_matter) for u in pack.urging),
    ):
        for message in check_condition(source, variables, domains):
            yield key, message
    clash = set(COMMON) & {f.id for f in pack.facts}
    for name in clash:
        yield f"fact[{name}]", "与通用名称重复"


def _ladder(pack: RegulationPack) -> Iterator[tuple[str, str]]:
    """Each level follows an earlier one that exists, and none follows itself."""
    after = {u.id: u.after for u in pack.urging}
    for level, before in after.items():
        if before and before not in after:
            yield f"urging[{level}].after", f"没有这个催办等级：“{before}”"
            continue
        seen = [level]
        while before:
            if before in seen:
                yield f"urging[{level}].after", f"催办等级成环：{' → '.join([*seen, before])}"
                break
            seen.append(before)
            before = after.get(before, "")
