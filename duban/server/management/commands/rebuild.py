"""duban rebuild: write all projections anew from the entries."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from duban.core.context import Context
from duban.server.handle import rebuild
from duban.server.models import Office, Stream
from duban.server.world import context_for


class Command(BaseCommand):
    help = "由记录重建全部查询数据，逐卷进行；中断后可以重新开始。"

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        total = Stream.objects.count()
        with tqdm(total=total, unit="卷", disable=None) as bar:
            for office in Office.objects.all():
                context = context_for(office)
                for stream in Stream.objects.filter(office=office).each():
                    failed += not self._rebuild(stream, context)
                    bar.update()
        if failed:
            raise CommandError(f"{failed} 份案卷未能重建；请运行 duban verify 查看原因。")
        self.stdout.write(f"已重建 {total} 份案卷的查询数据。")

    def _rebuild(self, stream: Stream, context: Context) -> bool:
        try:
            with transaction.atomic():
                rebuild(stream, context)
        except Exception as error:
            self.stderr.write(f"{stream.pk}：{error}")
            return False
        return True
