"""duban sweep: let time pass on dockets that may have something due."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from duban.server import clock
from duban.server.sweep import sweep


class Command(BaseCommand):
    help = "巡检期限：记录到期的义务和由此产生的建议；重复运行不改变任何东西。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of",
            type=datetime.fromisoformat,
            metavar="时间",
            help="巡检到这一时刻为止，如 2026-03-01T09:00（北京时间），不能晚于现在",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        moment = options["as_of"] or clock.now()
        if moment.tzinfo:
            moment = clock.to_local(moment)
        if moment > clock.now():
            raise CommandError("--as-of 不能晚于现在：还没有发生的事不能记录。")
        swept = sweep(moment)
        self.stdout.write(
            f"查看 {swept.looked_at} 份案卷，变动 {swept.changed} 份，新增 {swept.entries} 条，失败 {swept.failed} 份。"
        )
        if swept.failed:
            raise CommandError("有案卷未能巡检，原因见日志。")
