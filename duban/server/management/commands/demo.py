"""duban demo: five offices with a made-up year, served on this machine; safe to repeat.

It never touches the data of an installation: its own lie in the folder ``demo`` of the data directory, in a SQLite
database of their own, whatever the environment says.
"""

import json
import os
import shutil
import socket
import sys
import unicodedata
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from duban.server.demo.offices import ADMIN_USER, PASSWORD, accounts
from duban.server.demo.populate import MATTERS, YEAR, populate
from duban.server.demo.tour import suggestions
from duban.server.models import Entry

INSIDE = "DUBAN_DEMO"
"""Set in the environment of the process that works in the demonstration's own folder."""
FOLDER = "demo"
COMPLETE = "demo-complete.json"
"""In the folder once everything is there; what was broken off is made anew."""
OWN = {
    # The demonstration is on this machine only, over plain HTTP, as in earnest otherwise.
    "DATABASE_URL": "",
    "DUBAN_SECRET_KEY": "",
    "DUBAN_DEBUG": "0",
    "DUBAN_ALLOWED_HOSTS": "",
    "DUBAN_HTTPS": "0",
    "DUBAN_TRUSTED_PROXIES": "",
}


class Command(BaseCommand):
    help = "生成演示数据（五个虚构的督查机构，一年的督办）并在本机启动系统；可以反复运行，不影响正式数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, metavar="端口", help="默认 8000")
        parser.add_argument("--fresh", action="store_true", help="删去以前的演示数据，重新生成")
        parser.add_argument("--no-serve", action="store_true", help="只生成数据，不启动网站")
        parser.add_argument(
            "--matters", type=int, default=MATTERS, metavar="件", help=f"演示事项数，默认 {MATTERS}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["matters"] < 1:
            raise CommandError("--matters 至少为 1。", returncode=2)
        if os.environ.get(INSIDE):
            self._inside(options)
        else:
            self._outside(options)

    # --- outside: choose the folder, start again in it ------------------------------------------------------

    def _outside(self, options: dict[str, Any]) -> None:
        home: Path = settings.DATA_DIR / FOLDER
        if not options["no_serve"]:
            _require_free(options["port"])
        if home.exists() and (options["fresh"] or not (home / COMPLETE).is_file()):
            self.stdout.write("删去以前的演示数据。")
            shutil.rmtree(home)
        arguments = ["--port", str(options["port"]), "--matters", str(options["matters"])]
        arguments += ["--no-serve"] if options["no_serve"] else []
        environment = os.environ | OWN | {"DUBAN_DATA_DIR": str(home), INSIDE: "1"}
        self.stdout.flush()
        os.execve(sys.executable, [sys.executable, "-m", "duban", "demo", *arguments], environment)

    # --- inside ---------------------------------------------------------------------------------------------

    def _inside(self, options: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0)
        done = settings.DATA_DIR / COMPLETE
        if done.is_file():
            self.stdout.write("演示数据已经在这里；要重新生成请加 --fresh。")
        else:
            self._make(options["matters"])
            done.write_text(json.dumps({"entries": Entry.objects.count()}), encoding="ascii")
        for line in _welcome(options):
            self.stdout.write(line)
        self.stdout.flush()
        if not options["no_serve"]:
            call_command("serve", bind=f"127.0.0.1:{options['port']}")

    def _make(self, matters: int) -> None:
        self.stdout.write("正在生成演示数据：五个虚构的督查机构，一年的督办 …")
        self.stdout.flush()
        with tqdm(total=YEAR, unit="天", disable=None) as bar:
            total = populate(matters, progress=bar.update)
        self.stdout.write(f"已生成 {total} 件事项、{Entry.objects.count()} 条案卷记录。")


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"端口 {port} 不能用（{error}）。请用 --port 换一个。", returncode=2
            ) from error


# --- what is printed -------------------------------------------------------------------------------------------


def _welcome(options: dict[str, Any]) -> Iterable[str]:
    shown = accounts()
    yield ""
    rows = [(a.office, a.role, a.name, a.username) for a in shown]
    yield from _table(("机构", "职务", "姓名", "用户名"), rows)
    yield f"各单位的联络员、负责人都有账号：用户名为 机构代号-单位代号 和 机构代号-单位代号-head；管理员为 {ADMIN_USER}。"
    yield f"所有账号的密码都是：{PASSWORD}"
    yield ""
    if not options["no_serve"]:
        yield f"网址：http://127.0.0.1:{options['port']}/（按 Ctrl-C 结束）"
    yield f"数据在 {settings.DATA_DIR}；对它运行其他命令请先设 DUBAN_DATA_DIR={settings.DATA_DIR}"
    yield "可以先试三件事："
    for number, words in enumerate(suggestions(), start=1):
        yield f"  {number}. {words}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    """Aligned for terminals, where a Chinese character is two columns wide."""
    widths = [max(_width(row[place]) for row in [head, *rows]) for place in range(len(head))]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
