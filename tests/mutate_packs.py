"""Mutation run over the regulation packs: alter every rule, and see one of the pack's own worked examples fail.

``python -m tests.mutate_packs`` (``make mutate-packs``) takes the rules of each pack as parsed TOML, derives
alterations one at a time and plays the pack's ``cases.toml`` on each altered pack, all in memory. An
alteration is *caught* when the altered pack does not load or makes at least one case fail. Every alteration
that no case notices (a *survivor*) is printed with its file and key, and the run ends with status 1.

Texts that only people read (titles, messages, readings) are not rules and stay as they are. What no outcome
of a scenario shows cannot be pinned by a case either; ``UNSEEN`` and ``CITES_UNSEEN`` say which keys these are.
Alterations that truly change nothing are listed, each with its reason, in ``mutations_without_effect.toml``.
"""

import argparse
import copy
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from tqdm import tqdm

from duban import packs
from duban.calendars import load_calendar
from duban.core.errors import PackError, ScenarioError
from duban.core.pack import Cycle, ObligationRule, RegulationPack, Role, Series, UnitContact
from duban.core.pack_reading import CASES, DUTIES, read_pack
from duban.core.scenario import play
from duban.core.scenario_format import Case, Scenario, read_scenario

NOT_RULES = frozenset({CASES, "articles.toml"})
ALLOWED = Path(__file__).with_name("mutations_without_effect.toml")

TEXTS = frozenset(
    {"id", "title", "name", "message", "question", "answer", "ground", "help", "note", "reason", "unit"}
)
"""Keys that only people read, and ids."""
UNSEEN = frozenset({"colour", "rank", "temporary"})
"""How a level, a grade or a kind of unit is shown and sorted: pages read it, the outcome of a scenario does not."""
CITES_UNSEEN = frozenset(
    {"role", "category", "grade", "source", "urgency", "channel", "document", "series"}
    | {"parameter", "unit_kind", "fact", "time", "light", "checklist", "reasons"}
)
"""Parts whose own citation explains a word, not a duty: no outcome carries it."""
SKIPPED_PARTS = frozenset({"reading", "regulation"})

CONDITIONS = frozenset({"when", "require", "unless"})
TERM_KEYS = frozenset(
    ["working_days", "days", "months", "hours", "same_day", "stated", "asked", "milestone", "standing"]
)
OTHER_TERM = {
    "working_days": ("days",),
    "days": ("working_days",),
    "months": ("days",),
    "hours": ("days",),
    "same_day": ("working_days",),
    "stated": ("working_days",),
    "asked": ("working_days", "stated"),
    "milestone": ("working_days", "stated"),
    "standing": ("working_days",),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "bearer": get_args(ObligationRule.model_fields["bearer"].annotation),
    "every": get_args(Cycle.model_fields["every"].annotation),
    "first": get_args(Cycle.model_fields["first"].annotation),
    "kind": get_args(Role.model_fields["kind"].annotation),
    "use": get_args(Series.model_fields["use"].annotation),
    "role": get_args(UnitContact.model_fields["role"].annotation),
    "duty": tuple(DUTIES),
}
EVENT_INSTEAD = {"dispatched": "acknowledged", "acknowledged": "dispatched", "registered": "dispatched"}


@dataclass(frozen=True)
class Mutation:
    """One altered pack: which file and key, what was changed, and the file's whole new content."""

    pack: str
    file: str
    key: str
    change: str
    values: dict[str, Any]

    @property
    def name(self) -> tuple[str, str, str, str]:
        return self.pack, self.file, self.key, self.change

    def __str__(self) -> str:
        return f"{self.pack}/{self.file}: {self.key}: {self.change}"


# --- TOML out ------------------------------------------------------------------------------------------------


def to_toml(values: Mapping[str, Any]) -> str:
    """Plain values as TOML text, one line for each key of the file."""
    return "\n".join(f"{_key(k)} = {_toml(v)}" for k, v in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        # A JSON string is a TOML basic string, except that TOML wants DEL escaped, too.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


# --- alterations ---------------------------------------------------------------------------------------------

Change = tuple[str, str, Any]
"""Key below the place, what is changed in words, and the new value of the place."""
DROPPED = object()


@dataclass(frozen=True)
class Known:
    """What an alteration may put in the place of something: the pack's own articles, roles, levels, series.

    Series that number a dispatch come first: a document takes another of these, if there is one.
    """

    articles: tuple[str, ...]
    roles: tuple[str, ...]
    levels: tuple[str, ...]
    series: tuple[str, ...]


def mutations(pack_id: str, files: Mapping[str, str]) -> Iterator[Mutation]:
    """Every alteration of a pack's rules, in the order of its files."""
    parsed = {name: tomllib.loads(text) for name, text in files.items()}
    known = _known(parsed)
    for name, values in parsed.items():
        if name in NOT_RULES:
            continue
        for part, value in values.items():
            if part in SKIPPED_PARTS:
                continue
            for key, change, new in _part(part, value, known):
                altered = {k: v for k, v in values.items() if k != part}
                if new is not DROPPED:
                    altered[part] = new
                yield Mutation(pack_id, name, f"{part}{key}", change, altered)


def _known(parsed: Mapping[str, dict[str, Any]]) -> Known:
    def ids(part: str) -> tuple[str, ...]:
        return tuple(x["id"] for values in parsed.values() for x in values.get(part, []))

    dispatching = (
        x["id"] for v in parsed.values() for x in v.get("series", []) if x.get("use") == "dispatch"
    )
    return Known(ids("article"), ids("role"), ids("urging"), (*dispatching, *ids("series")))


def _part(part: str, value: Any, known: Known) -> Iterator[Change]:
    """Alterations of one top-level key: a table, or a list of tables."""
    if isinstance(value, dict):
        yield "", "dropped", DROPPED
        yield from _table(part, value, known)
        return
    for i, item in enumerate(value):
        name = f"[{item.get('id', item.get('role', i + 1))}]"
        yield name, "dropped", [*value[:i], *value[i + 1 :]]
        for key, change, new in _table(part, item, known):
            yield name + key, change, [*value[:i], new, *value[i + 1 :]]


def _table(part: str, table: dict[str, Any], known: Known) -> Iterator[Change]:
    for key, value in table.items():
        if key in TEXTS | UNSEEN:
            continue
        for below, change, new in _value(part, key, value, known):
            altered = {k: v for k, v in table.items() if k != key}
            if new is not DROPPED:
                altered[key] = new
            yield f".{key}{below}", change, altered
    if part == "mode":
        yield from _absent_bounds(table)


def _value(part: str, key: str, value: Any, known: Known) -> Iterator[Change]:
    if key == "cite":
        if part not in CITES_UNSEEN:
            yield from _cite(value, known)
    elif key in CONDITIONS:
        yield from _condition(value)
    elif isinstance(value, dict) and len(value) == 1 and set(value) <= TERM_KEYS:
        yield from _term(value)
    elif isinstance(value, dict):
        yield "", "dropped", DROPPED
        yield from _table(key, value, known)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from _part(key, value, known)
        yield from _swapped(value)
    elif isinstance(value, list):
        yield from _words(key, value, known)
    else:
        yield from _scalar(part, key, value, known)


def _cite(value: Any, known: Known) -> Iterator[Change]:
    other = next(a for a in known.articles if a != value)
    yield "", f"{_short(value)} → {other}", other


def _condition(source: str) -> Iterator[Change]:
    yield "", "negated", f"!({source})"
    yield "", "always true", "true"
    for found in _numbers_in(source):
        for number in (int(found.group()) - 1, int(found.group()) + 1):
            altered = f"{source[: found.start()]}{number}{source[found.end() :]}"
            yield "", f"{source} → {altered}", altered


def _numbers_in(source: str) -> Iterator[re.Match[str]]:
    """Numbers of a condition outside its texts."""
    for found in re.finditer(r"\"[^\"]*\"|'[^']*'|\b\d+\b", source):
        if found.group()[0].isdigit():
            yield found


def _term(term: dict[str, Any]) -> Iterator[Change]:
    (unit, number), *_ = term.items()
    for other in OTHER_TERM[unit]:
        amount: Any = True if other == "stated" else number if isinstance(number, (str, int)) else 5
        if other != "stated" and isinstance(amount, bool):
            amount = 5
        if unit == "months" and other == "days" and isinstance(amount, int):
            amount *= 30
        yield "", f"{_short(term)} → {_short({other: amount})}", {other: amount}
    if isinstance(number, str):
        yield f".{unit}", f"{number} → 3", {unit: 3}
    elif not isinstance(number, bool):
        for one in _neighbours(number):
            yield f".{unit}", f"{number} → {one}", {unit: one}


def _neighbours(number: int) -> tuple[int, ...]:
    return (number - 1, number + 1) if number > 0 else (number + 1,)


def _words(key: str, words: list[str], known: Known) -> Iterator[Change]:
    """A list of words: each one dropped; an event or a role replaced by another."""
    for i, word in enumerate(words):
        yield "", f"without {word}", [*words[:i], *words[i + 1 :]]
        other = ""
        if key in ("signatory", "roles", "copies"):
            other = next((r for r in known.roles if r not in words), "")
        elif key == "on":
            other = EVENT_INSTEAD.get(word, "")
        if other:
            yield "", f"{word} → {other}", [*words[:i], other, *words[i + 1 :]]


def _swapped(items: list[Any]) -> Iterator[Change]:
    """Steps of a route in another order (items without an id are an ordered list)."""
    for i in range(len(items) - 1):
        if "id" not in items[i] and items[i] != items[i + 1]:
            yield f"[{i + 1}]", "after the next", [*items[:i], items[i + 1], items[i], *items[i + 2 :]]


def _scalar(part: str, key: str, value: Any, known: Known) -> Iterator[Change]:
    if isinstance(value, bool):
        yield "", f"{value} → {not value}", not value
    elif isinstance(value, int):
        yield from _number(part, key, value)
    elif key in CHOICES:
        for other in CHOICES[key] if key == "bearer" else _next(CHOICES[key], value):
            if other != value:
                yield "", f"{value} → {other}", other
    else:
        yield from _text(key, value, known)


NO_BOUND = 99
"""What a mode's upper bound says when there is none."""


def _number(part: str, key: str, value: int) -> Iterator[Change]:
    for number in (2,) if key.startswith("max_") and value >= NO_BOUND else _neighbours(value):
        yield "", f"{value} → {number}", number
    if part == "parameter" or key == "days_after":
        yield "", "dropped", DROPPED


def _text(key: str, value: str, known: Known) -> Iterator[Change]:
    instead: dict[str, tuple[str, ...]] = {
        "after": known.levels,
        "signatory": known.roles,
        "series": known.series,
        "level": known.levels,
        "day_ends": ("24:00", "17:30"),
        "start": ("event", "directive"),
        "format": (f"{value}甲",),
        "consequence": ("other",),
        "type": ("text", "int"),
        "act": ("cancel", "listing"),
    }
    if value.startswith("param:"):
        yield "", f"{value} → 3", 3
    elif re.fullmatch(r"-?\d+(\.\d+)?", value):
        for number in (str(float(value) - 1), str(float(value) + 1)):
            yield "", f"{value} → {number}", number
    elif key in instead:
        other = next((x for x in instead[key] if x != value), "")
        if other:
            yield "", f"{value} → {other}", other
    if key in ("after", "level", "group", "start"):
        yield "", "dropped", DROPPED


def _next(choices: tuple[str, ...], value: str) -> tuple[str, ...]:
    return (choices[(choices.index(value) + 1) % len(choices)],)


def _absent_bounds(mode: dict[str, Any]) -> Iterator[Change]:
    """A mode that says nothing takes exactly one lead: that, too, is a bound."""
    for key, numbers in (("min_leads", (0, 2)), ("max_leads", (2,))):
        if key not in mode:
            for number in numbers:
                yield f".{key}", f"1 → {number}", mode | {key: number}


def _short(value: Any) -> str:
    return value if isinstance(value, str) else _toml(value)


# --- playing -------------------------------------------------------------------------------------------------


@dataclass
class Bench:
    """One pack's texts and cases in one process; the case that last caught something is tried first."""

    texts: dict[str, str]
    scenario: Scenario
    cases: list[Case]

    def caught_by(self, mutation: Mutation) -> str:
        """The id of the case that fails, "-" when the pack does not load, "" when nobody notices."""
        try:
            pack = read_pack(mutation.pack, self.texts | {mutation.file: to_toml(mutation.values)})
        except PackError:
            return "-"
        for i, case in enumerate(self.cases):
            if fails(self.scenario, case, pack):
                self.cases.insert(0, self.cases.pop(i))
                return case.id
        return ""


def fails(scenario: Scenario, case: Case, pack: RegulationPack) -> bool:
    """Whether a case does not come out under a pack, or cannot be played at all."""
    try:
        return bool(play(scenario, case, pack, _calendar()).failures)
    except (ScenarioError, IndexError, KeyError, StopIteration, ValueError, TypeError, AssertionError):
        # An altered pack that loads and then breaks the engine is noticed; that the loader let it pass is another matter.
        return True


@cache
def _calendar() -> Any:
    return load_calendar()


@cache
def bench(folder: Path) -> Bench:
    texts = packs.texts(folder)
    scenario = read_scenario(texts[CASES])
    return Bench(texts, scenario, list(scenario.cases))


def _try(job: tuple[Path, Mutation]) -> tuple[Mutation, str]:
    folder, mutation = job
    return mutation, bench(folder).caught_by(mutation)


# --- the run -------------------------------------------------------------------------------------------------


def jobs_of(folder: Path) -> list[tuple[Path, Mutation]]:
    """All alterations of one pack, each different in content and named once."""
    found: dict[tuple[str, str, str, str], tuple[Path, Mutation]] = {}
    for mutation in mutations(folder.name, packs.texts(folder)):
        found.setdefault(mutation.name, (folder, copy.copy(mutation)))
    return list(found.values())


def allowed() -> set[tuple[str, str, str, str]]:
    """Alterations listed as without effect; each states its reason."""
    listed = tomllib.loads(ALLOWED.read_text(encoding="utf-8")).get("equivalent", [])
    for item in listed:
        if not item.get("reason", "").strip():
            raise ValueError(f"{ALLOWED.name}: no reason for {item}")
    return {(x["pack"], x["file"], x["key"], x["change"]) for x in listed}


def sound(folder: Path) -> list[str]:
    """What is wrong with a pack before any alteration."""
    try:
        pack = packs.load_folder(folder)
        if CASES not in packs.texts(folder):
            return [f"{folder.name}: no {CASES}"]
        tried = bench(folder)
        return [
            f"{folder.name}/{CASES}: {case.id} fails on the unaltered pack"
            for case in tried.cases
            if fails(tried.scenario, case, pack)
        ]
    except (PackError, ScenarioError) as error:
        return [f"{folder.name}: does not load: {error}"]


def run(folders: list[Path], workers: int) -> int:
    """Try everything; print survivors and entries of the allow list that no longer hold."""
    broken = [problem for folder in folders for problem in sound(folder)]
    if broken:
        print("\n".join(broken))
        return 1
    jobs = [job for folder in folders for job in jobs_of(folder)]
    survivors = []
    with ProcessPoolExecutor(workers) as pool:
        tried = pool.map(_try, jobs, chunksize=8)
        for mutation, caught in tqdm(tried, total=len(jobs), unit="alteration", file=sys.stderr):
            if not caught:
                survivors.append(mutation)
    return report(survivors, {m.name for _, m in jobs}, allowed(), {f.name for f in folders})


def report(
    survivors: list[Mutation],
    tried: set[tuple[str, str, str, str]],
    listed: set[tuple[str, str, str, str]],
    pack_ids: set[str],
) -> int:
    """Print what nobody noticed and what the allow list says wrongly; 0 when there is neither."""
    unexcused = [m for m in survivors if m.name not in listed]
    names = {m.name for m in survivors}
    stale = sorted(x for x in listed if x[0] in pack_ids and x not in names)
    for mutation in unexcused:
        print(f"SURVIVED {mutation}")
    for item in stale:
        print(f"LISTED WRONGLY {'/'.join(item[:2])}: {item[2]}: {item[3]}")
    for pack_id in sorted(pack_ids):
        total = sum(1 for name in tried if name[0] == pack_id)
        left = sum(1 for m in unexcused if m.pack == pack_id)
        excused = sum(1 for m in survivors if m.pack == pack_id) - left
        print(f"{pack_id}: {total} alterations, {left} survived, {excused} listed as without effect")
    return 1 if unexcused or stale else 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutate_packs", description=__doc__.splitlines()[0])
    parser.add_argument("--pack", action="append", help="only this pack (may be given several times)")
    parser.add_argument("--list", action="store_true", help="print the alterations and try none")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    args = parser.parse_args(argv)
    unknown = set(args.pack or ()) - set(packs.available())
    if unknown:
        parser.error(f"no such pack: {', '.join(sorted(unknown))}; there are {', '.join(packs.available())}")
    folders = [packs.home() / p for p in args.pack or packs.available()]
    if args.list:
        print("\n".join(str(mutation) for folder in folders for _, mutation in jobs_of(folder)))
        return 0
    return run(folders, args.jobs)


if __name__ == "__main__":
    sys.exit(main())
