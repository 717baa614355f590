"""duban worker: the part that runs by itself; sweeps at an interval until told to stop."""

import logging
import os
import signal
from argparse import ArgumentParser
from threading import Event
from time import monotonic
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from duban.server.sweep import sweep

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "后台巡检：按间隔巡检期限，收到 SIGTERM 或 SIGINT 后办完手头的案卷即退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=60, metavar="秒", help="两次巡检的间隔，默认 60 秒"
        )
        parser.add_argument("--with-parent", action="store_true", help="启动它的进程结束时一同结束")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()

        def stop_now(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, stop_now)
        signal.signal(signal.SIGINT, stop_now)
        parent = os.getppid() if options["with_parent"] else None

        def stopping() -> bool:
            return stop.is_set() or parent not in (None, os.getppid())

        while not stopping():
            began = monotonic()
            _sweep_once(stopping)
            while not stopping() and monotonic() - began < options["interval"]:
                stop.wait(min(1, options["interval"]))


def _sweep_once(stopping: Any) -> None:
    """One sweep; whatever stops it, even the database being away, is logged and tried again next time."""
    close_old_connections()
    try:
        swept = sweep(stopping=stopping)
    except Exception:
        log.exception("The sweep failed and is tried again at the next interval")
        return
    if swept.changed or swept.failed:
        log.info("Swept %d dockets, changed %d, failed %d", swept.looked_at, swept.changed, swept.failed)
