"""``duban play``: play scenarios without a database and print what they lead to."""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from duban import packs
from duban.calendars import load_calendar
from duban.core.commands import COMMANDS
from duban.core.context import OFFICE
from duban.core.errors import PackError, ScenarioError
from duban.core.pack import RegulationPack
from duban.core.scenario import Played, play
from duban.core.scenario_format import Scenario, moment, read_scenario


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", type=Path, help="算例文件（TOML）· scenario file")
    parser.add_argument("--pack", help="制度包的编号或目录；默认用文件里写的 · pack id or folder")
    parser.add_argument("--as-of", help="看到哪一天为止，如 2026-03-01 · state as of this date or moment")
    parser.add_argument("--case", help="只演示这一个算例 · only this case")
    parser.add_argument("--json", action="store_true", help="输出 JSON · print JSON")


def run(args: argparse.Namespace) -> int:
    """0 when every expectation is met; 1 when one is not; 2 when the files cannot be read."""
    try:
        text = args.scenario.read_text(encoding="utf-8-sig")
        scenario = read_scenario(text)
        pack = find_pack(
            args.pack or scenario.pack or args.scenario.resolve().parent.name, args.scenario.parent
        )
        as_of = moment(args.as_of, end=True) if args.as_of else None
        played = play_all(scenario, pack, as_of, args.case)
    except (OSError, UnicodeDecodeError, ValueError, ScenarioError, PackError) as error:
        print(f"无法演示：{error}", file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps([as_data(p) for p in played], ensure_ascii=False, indent=1))
    else:
        names = Names(pack, {u.id: u.name for u in scenario.units})
        for p in played:
            print("\n".join(lines(p, names)))
    return 1 if any(p.failures for p in played) else 0


def find_pack(name: str, near: Path) -> RegulationPack:
    """A pack that comes with the product, or a folder: by its path, or beside the scenario."""
    if name in packs.available():
        return packs.load(name)
    for folder in (Path(name), near / name):
        if (folder / "pack.toml").is_file():
            return packs.load_folder(folder.resolve())
    raise ScenarioError(
        f"没有制度包“{name}”。可用的有：{'、'.join(packs.available())}；也可以写制度包的目录。"
    )


def play_all(
    scenario: Scenario, pack: RegulationPack, as_of: datetime | None = None, only: str | None = None
) -> list[Played]:
    """Play every case of a scenario, or one."""
    chosen = [c for c in scenario.cases if only in (None, c.id)]
    if not chosen:
        raise ScenarioError(f"没有编号为“{only}”的算例。")
    calendar = load_calendar()
    return [play(scenario, case, pack, calendar, as_of) for case in chosen]


def as_data(played: Played) -> dict[str, Any]:
    case = played.case
    head = {"case": case.id, "title": case.title, "clauses": list(case.clauses)}
    return head | played.outcome | {"failures": played.failures}


@dataclass(frozen=True)
class Names:
    """What an official calls units, roles, acts and levels."""

    pack: RegulationPack
    units: dict[str, str]

    def unit(self, key: str) -> str:
        return "督查机构" if key in ("", OFFICE) else self.units.get(key, key)

    def roles(self, ids: Iterable[str]) -> str:
        return "或".join(self.pack.title_of("roles", r) for r in ids)

    def level(self, proposal: dict[str, Any]) -> str:
        part = "urging" if proposal["kind"] == "urging" else "grades"
        title = self.pack.title_of(part, proposal["level"])
        return title if proposal["kind"] == "urging" else f"{proposal['kind']} {title}"


def lines(played: Played, names: Names) -> list[str]:
    """The outcome as an official reads it."""
    out = [f"■ {played.case.id} {played.case.title}（{played.outcome['as_of']}）"]
    for matter in played.outcome["matters"]:
        out += _matter(matter, names)
    for directive in played.outcome["directives"]:
        out += [f"  {directive['id']} {directive['title']}"]
        out += [f"    义务 {_obligation(o, names)}" for o in directive["obligations"]]
    out += [f"  通讯录缺项 {gap['message']}{_basis(gap)}" for gap in played.outcome["directory_gaps"]]
    for refusal in played.outcome["refusals"]:
        word = "拒绝" if refusal["refused"] else "提示"
        act = COMMANDS[refusal["command"]].title
        out.append(f"  {word} 第 {refusal['step']} 步 {act}：{refusal['message']}{_basis(refusal)}")
    out += [f"  ✗ {f}" for f in played.failures] or [
        "  ✓ 符合预期" if played.case.expect else "  （未写预期）"
    ]
    return out


def _matter(matter: dict[str, Any], names: Names) -> list[str]:
    number = matter["number"] or "未编号"
    out = [f"  {matter['id']} {number} {matter['title']}：{matter['state_title']}，{matter['light_title']}"]
    out += [f"    义务 {_obligation(o, names)}" for o in matter["obligations"]]
    out += [f"    待签 {p['title']}，由{names.roles(p['roles'])}签{_basis(p)}" for p in matter["petitions"]]
    out += [f"    催办 {_notice(n, names)}" for n in matter["notices"]]
    out += [
        f"    建议 对{names.unit(p['unit'])}：{names.level(p)}，由{names.roles([p['signatory']])}决定"
        f"{_basis(p)} {p['reason']}"
        for p in matter["proposals"]
    ]
    return out


def _basis(row: dict[str, Any]) -> str:
    return f"（{row['basis']}）" if row["basis"] else ""


def _notice(n: dict[str, Any], names: Names) -> str:
    title = names.pack.title_of("urging", n["level"])
    state = "已了结" if n["settled"] else "已答复" if n["answered"] else "未答复"
    return f"{names.unit(n['unit'])} {title} {n['number']}：{state}"


def _obligation(o: dict[str, Any], names: Names) -> str:
    who = names.unit("" if o["bearer"] == OFFICE else o["bearer"])
    due = f"不迟于 {o['due']}{'（暂定）' if o['provisional'] else ''}" if o["due"] else "不定日期"
    return f"{who} {due} {o['name']}：{o['state_title']}（{o['basis']}；{o['term']}）"
