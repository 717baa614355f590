"""duban import-ledger: the office's old ledger (.xlsx, .csv) becomes matters, taken over and to be confirmed."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from duban.core.entries import Actor
from duban.server import clock
from duban.server.exchange.importing import OUTCOMES, ImportReport, Outcome, import_ledger
from duban.server.exchange.ledger_rows import LedgerRefused, Mapping
from duban.server.exchange.sheet import Sheet, SheetRefused, read_sheet
from duban.server.models import Office, Post, User
from duban.server.permissions import role_kind
from duban.server.world import pack_of

BAD_INPUT = 2
"""Exit status for a file, an office or a user name that cannot be worked with."""


class Command(BaseCommand):
    help = (
        "从 Excel 或 CSV 台账导入事项：每行成为一个接转事项（确认前不产生任何催办），或列出未导入的原因；"
        "同一文件再次导入不会重复。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="文件", help=".xlsx 或 .csv 台账")
        parser.add_argument("--office", required=True, metavar="代号", help="导入到哪个督查机构")
        parser.add_argument(
            "--mapping",
            default="",
            metavar="字段=表头,…",
            help="列对应，如 task=工作任务,lead_units=责任单位；不写的按常用表头辨认",
        )
        parser.add_argument("--sheet", metavar="工作表", help="工作表名称，默认第一个")
        parser.add_argument("--as", dest="user", metavar="用户名", help="以谁的名义登记，须为本机构督查人员")
        parser.add_argument(
            "--reference",
            type=date.fromisoformat,
            metavar="日期",
            help="台账印发日期，如 2026-01-15；用来读“6月底前”这样没有年份的时限",
        )
        parser.add_argument("--dry-run", action="store_true", help="只试读并报告，不登记任何事项")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出报告")

    def handle(self, *args: Any, **options: Any) -> None:
        office = Office.objects.filter(key=options["office"]).first()
        if office is None:
            raise _refused(f"没有代号为“{options['office']}”的督查机构。")
        actor = _actor(office, options["user"])
        try:
            sheet = read_sheet(options["file"], options["sheet"])
            report = self._import(office, actor, sheet, options)
        except (SheetRefused, LedgerRefused) as error:
            raise _refused(str(error)) from error
        if options["json"]:
            self.stdout.write(_as_json(report, office, sheet, options))
        else:
            for line in _as_text(report, office, sheet, options):
                self.stdout.write(line)

    def _import(
        self, office: Office, actor: Post | Actor, sheet: Sheet, options: dict[str, Any]
    ) -> ImportReport:
        mapping = Mapping.parse(options["mapping"])
        # A trial is one transaction that is taken back; in earnest each row has its own.
        with tqdm(unit="行", disable=None) as bar:
            if not options["dry_run"]:
                return import_ledger(
                    office,
                    actor,
                    sheet,
                    mapping=mapping,
                    reference=options["reference"],
                    progress=bar.update,
                )
            with transaction.atomic():
                report = import_ledger(
                    office,
                    actor,
                    sheet,
                    mapping=mapping,
                    reference=options["reference"],
                    progress=bar.update,
                )
                transaction.set_rollback(True)
        return report


def _refused(message: str) -> CommandError:
    return CommandError(message, returncode=BAD_INPUT)


def _actor(office: Office, username: str | None) -> Post | Actor:
    """Who registers: an officer of this office, or without a name the import itself in an officer's role."""
    if username is None:
        role = next(role.id for role in pack_of(office).roles if role.kind == "officer")
        return Actor(person="import", name="台账导入", role=role)
    user = User.objects.filter(username=username).first()
    if user is None:
        raise _refused(f"没有用户“{username}”。")
    posts = Post.objects.filter(user=user, office=office, unit=None).current(clock.today())
    for post in posts.select_related("user", "office", "unit"):
        if role_kind(post) in ("officer", "office_head"):
            return post
    raise _refused(f"用户“{username}”现在不是{office.name}的督查人员，不能登记事项。")


# --- the report ----------------------------------------------------------------------------------------------


def _as_json(report: ImportReport, office: Office, sheet: Sheet, options: dict[str, Any]) -> str:
    values = {
        "office": office.key,
        "file": options["file"].name,
        "sheet": sheet.name,
        "dry_run": options["dry_run"],
        "rows": report.rows,
        "matters": report.count("matter"),
        "drafts": report.count("draft"),
        "already": report.count("already"),
        "listed": report.count("listed"),
        "directives": list(report.directives),
        "proposed_units": [{"name": name, "rows": rows} for name, rows in report.proposed],
        "notes": list(report.notes),
        "results": [asdict(one) for one in report.results],
    }
    return json.dumps(values, ensure_ascii=False, indent=2)


def _as_text(report: ImportReport, office: Office, sheet: Sheet, options: dict[str, Any]) -> Iterable[str]:
    trial = "（试读，未登记）" if options["dry_run"] else ""
    yield f"{options['file'].name} 表“{sheet.name}” → {office.name}{trial}"
    yield from report.notes
    for outcome in ("listed", "already", "draft", "matter"):
        yield from _remarks(report, outcome)
    if report.directives:
        yield f"登记立项依据 {len(report.directives)} 件：{'、'.join(report.directives)}"
    if report.proposed:
        yield f"通讯录里没有的单位 {len(report.proposed)} 个（括号内为提到的行数），请在单位管理中补录或对应："
        yield "　" + "、".join(f"{name}（{rows}）" for name, rows in report.proposed)
    yield (
        f"共 {report.rows} 行 = 事项 {report.count('matter')} + 待定 {report.count('draft')}"
        f" + 以前已导入 {report.count('already')} + 未导入 {report.count('listed')}"
    )
    if report.count("matter") or report.count("draft"):
        yield "导入的事项都是“接转待确认”：确认接转以前不计时、不提醒、不催办。"


def _remarks(report: ImportReport, outcome: Outcome) -> Iterable[str]:
    """Each remark once, with the rows it is about."""
    rows: dict[str, list[int]] = {}
    for one in report.results:
        if one.outcome == outcome:
            for note in one.notes:
                rows.setdefault(note, []).append(one.row)
    if rows:
        yield f"{OUTCOMES[outcome]}："
    for note, numbers in rows.items():
        yield f"　第 {_ranges(numbers)} 行：{note}"


def _ranges(numbers: list[int]) -> str:
    """2, 3, 4, 7 → 2–4、7."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    return "、".join("–".join(map(str, span)) for span in spans)
