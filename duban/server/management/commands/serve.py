"""duban serve: the whole system on one machine — database up to date, web server, worker."""

import signal
import subprocess
import sys
from argparse import ArgumentParser
from threading import Event
from types import FrameType
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

GRACE = 30
"""Seconds that a part is given to end by itself."""


class Command(BaseCommand):
    help = "启动网站和后台巡检；启动前升级数据库、收集静态文件。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="地址", help="默认 127.0.0.1:8000")
        parser.add_argument("--workers", type=int, default=2, metavar="个", help="网站进程数，默认 2")
        parser.add_argument("--threads", type=int, default=4, metavar="个", help="每个进程的线程数，默认 4")
        parser.add_argument("--interval", type=float, default=60, metavar="秒", help="巡检间隔，默认 60 秒")
        parser.add_argument("--no-worker", action="store_true", help="不启动后台巡检（已另行启动时）")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        stop = Event()

        def stop_now(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, stop_now)
        signal.signal(signal.SIGINT, stop_now)
        web = subprocess.Popen(_web(options))
        worker = None if options["no_worker"] else _start_worker(options)
        self.stdout.write(f"http://{options['bind']}/")
        try:
            while not stop.wait(1) and web.poll() is None:
                if worker and worker.poll() is not None:
                    worker = _start_worker(options)
        finally:
            _end(web)
            if worker:
                _end(worker)
        if not stop.is_set():
            raise CommandError(f"网站已退出，退出码 {web.returncode}。")


def _web(options: dict[str, Any]) -> list[str]:
    size = ["--workers", str(options["workers"]), "--threads", str(options["threads"])]
    # Its control socket would lie in the home of whoever starts it, shared by all installations.
    rest = ["--no-control-socket", "duban.wsgi:application"]
    return [sys.executable, "-m", "gunicorn", "--bind", options["bind"], *size, *rest]


def _start_worker(options: dict[str, Any]) -> subprocess.Popen[bytes]:
    interval = str(options["interval"])
    return subprocess.Popen(
        [sys.executable, "-m", "duban", "worker", "--with-parent", "--interval", interval]
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
