"""``duban due``: which duties arise from given facts and dates, when they fall due, and why, day by day."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from duban.calendars import load_calendar
from duban.cli.due_facts import UnknownAnswer, questions, read_answers
from duban.cli.due_run import Answer, OutOfOrder, answer
from duban.cli.play import find_pack
from duban.core.citation import KIND_TITLES
from duban.core.errors import PackError, ScenarioError
from duban.core.lights import near_until
from duban.core.matter import Obligation
from duban.core.outcome import obligation_data
from duban.core.pack import RegulationPack
from duban.core.terms import recount
from duban.core.working_days import Calendar, CountedDay, DayCount, DayKind

_WEEKDAYS = "一二三四五六日"
_KINDS = {
    DayKind.WORKDAY: "工作日",
    DayKind.WEEKEND: "周末",
    DayKind.HOLIDAY: "放假",
    DayKind.MAKEUP: "调休上班",
    DayKind.LOCAL_OFF: "地方放假",
}
_BEARERS = {"office": "督查机构", "lead": "主办单位", "support": "协办单位"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pack", required=True, help="制度包的编号或目录 · pack id or folder")
    parser.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="已知的事实和日期，如 urgency=紧急 received=2025-09-30 · facts and dates",
    )
    parser.add_argument("--facts", action="store_true", help="列出可以给出的事实 · list what may be given")
    parser.add_argument("--json", action="store_true", help="输出 JSON · print JSON")


def run(args: argparse.Namespace) -> int:
    """0 with the duties; 1 when the pack refuses the facts; 2 when they cannot be understood."""
    calendar = load_calendar()
    try:
        pack = find_pack(args.pack, Path.cwd())
        if args.facts:
            _print_questions(pack, args.json)
            return 0
        result = answer(pack, calendar, read_answers(pack, args.set))
    except (UnknownAnswer, OutOfOrder, ScenarioError, PackError, ValueError) as error:
        print(f"无法计算：{error}", file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(_data(result, pack, calendar), ensure_ascii=False, indent=1))
    else:
        print("\n".join(_lines(result, pack, calendar)))
    return 1 if result.refusals else 0


def _print_questions(pack: RegulationPack, as_json: bool) -> None:
    asked = questions(pack).values()
    if as_json:
        rows = [{"key": q.key, "title": q.title, "type": q.type, "choices": q.choices} for q in asked]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        print(f"{pack.regulation.title}：可以给出")
        print("\n".join(f"  {q}" for q in asked))


# --- as data -------------------------------------------------------------------------------------------------


def _data(result: Answer, pack: RegulationPack, calendar: Calendar) -> dict[str, Any]:
    """The answer as plain data; an obligation has the keys of ``play --json`` and its days."""
    assert result.context is not None
    near = near_until(result.now.date(), result.context)
    return {
        "pack": pack.id,
        "digest": pack.digest,
        "calendar": calendar.version,
        "assumed": result.assumed,
        "obligations": [
            obligation_data(o, None, result.now, near) | {"counted": _days(o, calendar)}
            for o in result.obligations
        ],
        "refusals": [
            {
                "rule": rule.id,
                "message": refusal.message,
                "basis": str(rule.cite),
                "ref": rule.cite.ref,
                "basis_kind": rule.cite.kind,
            }
            for rule, refusal in result.refusals
        ],
    }


def _days(o: Obligation, calendar: Calendar) -> list[dict[str, Any]]:
    count = recount(o.counted, calendar) if o.counted else None
    return [
        {
            "date": day.date.isoformat(),
            "kind": day.kind.value,
            "ordinal": day.ordinal,
            "name": day.name,
            "provisional": day.provisional,
        }
        for day in (count.counted if count else ())
    ]


# --- as an official reads it ---------------------------------------------------------------------------------


def _lines(result: Answer, pack: RegulationPack, calendar: Calendar) -> list[str]:
    lines = [pack.regulation.title, *(f"（{text}）" for text in result.assumed)]
    for rule, refusal in result.refusals:
        lines.append(f"不予登记：{refusal.message}（{KIND_TITLES[rule.cite.kind]}：{rule.cite.text}）")
    for o in result.obligations:
        lines += _obligation(o, calendar)
    if not result.obligations and not result.refusals:
        lines.append("这些事实和日期没有产生任何义务。用 --facts 看可以给出什么。")
    return lines


def _obligation(o: Obligation, calendar: Calendar) -> list[str]:
    bearer = _BEARERS["office"] if o.bearer == "office" else _BEARERS.get(o.unit, o.unit)
    due = _when(o) + ("（暂定：节假日安排尚未公布）" if o.provisional else "")
    lines = [
        f"■ {bearer}：{o.name}（{o.rule}）",
        f"  到期 {due}",
        f"  依据 {KIND_TITLES[o.cite.kind]}：{o.cite.text}",
        f"  时限 {o.term}，起算日 {o.starts_on}" + ("（当日不计）" if o.counted else ""),
    ]
    if o.counted:
        lines += _count_lines(recount(o.counted, calendar))
    return lines


def _when(o: Obligation) -> str:
    if o.due is None:
        return "不定日期"
    return f"{o.due.date()}（周{_WEEKDAYS[o.due.weekday()]}）{o.due:%H:%M:%S}"


def _count_lines(count: DayCount) -> list[str]:
    days = list(count.counted)
    lines = [f"    {_day(days[0])} 起算，不计"]
    for day in days[1:]:
        what = (
            f"第 {day.ordinal} {'个月' if count.unit == 'months' else '日'}"
            if day.ordinal
            else _why_not(day, count)
        )
        lines.append(f"    {_day(day)} {what}")
    return lines


def _day(day: CountedDay) -> str:
    name = f"{day.name} " if day.name else ""
    mark = "（暂定）" if day.provisional else ""
    return f"{day.date} 周{_WEEKDAYS[day.date.weekday()]} {name}{_KINDS[day.kind]}{mark}"


def _why_not(day: CountedDay, count: DayCount) -> str:
    """Why a day has no place in the term: a day off, or the days over which the end moved."""
    if count.rolled_from and day.date > count.rolled_from:
        return "顺延到此" if day.date == count.end else "顺延"
    return "不计"
