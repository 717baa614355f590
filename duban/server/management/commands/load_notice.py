"""duban load-notice: load a year's holiday notice and settle provisional dates."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from duban.calendars import NoticeFileError
from duban.server.notices import load_notice, settle


class Command(BaseCommand):
    help = "装载一年的放假安排，核定所有暂定的期限，并列出移动了的日期；可以重复运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="放假安排文件（TOML，格式见 duban/calendars/README.md）")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            notice = load_notice(options["file"].read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"读不了文件：{error}") from None
        except NoticeFileError as error:
            raise CommandError("\n".join(error.problems)) from None
        self.stdout.write(f"已装载：{notice.citation}")
        settled = moved = 0
        for one in settle():
            settled += 1
            if one.moved:
                moved += 1
                self.stdout.write(f"  {one.office} {one.stream} {one.obligation}：{one.before} → {one.after}")
        self.stdout.write(f"核定 {settled} 个暂定期限，其中 {moved} 个改了日期。")
