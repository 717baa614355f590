"""duban verify: check every chain, every projection, every paper."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from duban.server import clock
from duban.server.models import Heartbeat, Office, Stream
from duban.server.verification import Fault, verify_database, verify_papers, verify_stream


class Command(BaseCommand):
    help = "核验案卷的防篡改链、查询数据和附件；发现问题时退出码为 1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--office", metavar="代号", help="只核验这个督查机构")

    def handle(self, *args: Any, **options: Any) -> None:
        offices = Office.objects.all()
        if options["office"]:
            offices = offices.filter(key=options["office"])
            if not offices:
                raise CommandError(f"没有代号为“{options['office']}”的督查机构。")
        streams = Stream.objects.filter(office__in=offices).select_related("office")
        faults = 0
        for fault in verify_database():
            faults += self._report(fault)
        total = streams.count()
        for stream in tqdm(streams.each(), total=total, unit="卷", disable=None):
            for fault in verify_stream(stream):
                faults += self._report(fault)
        for office in offices:
            for fault in verify_papers(office):
                faults += self._report(fault)
        counts = {"streams": total, "faults": faults}
        if not options["office"]:
            Heartbeat.objects.update_or_create(
                part="verify", defaults={"at": clock.to_db(clock.now()), "counts": counts}
            )
        if faults:
            raise CommandError(f"核验 {total} 份案卷，发现 {faults} 处问题。")
        self.stdout.write(f"核验 {total} 份案卷，全部相符。")

    def _report(self, fault: Fault) -> int:
        self.stdout.write(str(fault))
        return 1
