"""``duban play``: play scenarios without a database and print what they lead to."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from duban import packs
from duban.calendars import load_calendar
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
        for p in played:
            print("\n".join(lines(p)))
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


def lines(played: Played) -> list[str]:
    """The outcome as an official reads it."""
    out = [f"■ {played.case.id} {played.case.title}（{played.outcome['as_of']}）"]
    for matter in played.outcome["matters"]:
        number = matter["number"] or "未编号"
        out.append(
            f"  {matter['id']} {number} {matter['title']}：{matter['state_title']}，{matter['light_title']}"
        )
        out += [f"    义务 {_obligation(o)}" for o in matter["obligations"]]
        out += [f"    待签 {p['title']}（{'、'.join(p['roles'])}）{p['basis']}" for p in matter["petitions"]]
        out += [
            f"    建议 {p['kind']} {p['level']} {p['unit']} → {p['signatory']}（{p['basis']}）{p['reason']}"
            for p in matter["proposals"]
        ]
    for directive in played.outcome["directives"]:
        out += [f"  {directive['id']} {directive['title']}"]
        out += [f"    义务 {_obligation(o)}" for o in directive["obligations"]]
    for refusal in played.outcome["refusals"]:
        word = "拒绝" if refusal["refused"] else "提示"
        out.append(
            f"  {word} 第 {refusal['step']} 步 {refusal['command']}：{refusal['message']}（{refusal['basis']}）"
        )
    out += [f"  ✗ {f}" for f in played.failures] or [
        "  ✓ 符合预期" if played.case.expect else "  （未写预期）"
    ]
    return out


def _obligation(o: dict[str, Any]) -> str:
    provisional = "（暂定）" if o["provisional"] else ""
    return f"{o['bearer']} {o['due'] or '不定日期'}{provisional} 前 {o['name']}：{o['state_title']}（{o['basis']}；{o['term']}）"
