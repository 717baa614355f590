"""duban create-office: an office and its first administrator, so that work can begin."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from duban import packs
from duban.core.errors import PackError
from duban.server import accounts
from duban.server.models import Office, User


class Command(BaseCommand):
    help = "新建督查机构和它的第一个管理员账号；其余人员、单位由管理员在网页上登记。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", metavar="代号", help="机构代号：字母、数字、连字符，如 qudc")
        parser.add_argument("--name", required=True, metavar="名称", help="机构名称，显示在每页顶端")
        parser.add_argument(
            "--pack", required=True, metavar="制度包", help=f"可选：{'、'.join(packs.available())}"
        )
        parser.add_argument("--admin", required=True, metavar="账号", help="管理员的登录账号")
        parser.add_argument("--admin-name", required=True, metavar="姓名", help="管理员姓名")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="从标准输入读管理员的初始密码；不加则在终端里输入两遍",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        key, pack = options["key"], options["pack"]
        self._check(key, pack)
        person = accounts.PersonFacts(options["admin"], options["admin_name"])
        password = self._password(options["password_stdin"], person)
        try:
            office = accounts.create_office(key, options["name"], pack, person, password)
        except accounts.AccountRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(
            f"已建立“{office.name}”（{pack}），管理员账号 {person.username}。请登录后在“设置”里登记人员、单位。"
        )

    def _check(self, key: str, pack: str) -> None:
        try:
            validate_slug(key)
        except ValidationError:
            raise CommandError("代号只能用字母、数字、连字符和下划线。") from None
        if len(key) > 40:
            raise CommandError("代号不能超过 40 个字符。")
        if Office.objects.filter(key=key).exists():
            raise CommandError(f"已经有代号为“{key}”的督查机构。")
        if pack not in packs.available():
            raise CommandError(f"没有制度包“{pack}”。可选：{'、'.join(packs.available())}。")
        try:
            packs.load(pack)
        except PackError as error:
            raise CommandError(f"制度包“{pack}”不能装载：\n{error}") from None

    def _password(self, from_stdin: bool, person: accounts.PersonFacts) -> str:
        if from_stdin:
            return sys.stdin.readline().rstrip("\r\n")
        user = User(username=person.username, display_name=person.display_name)
        while True:
            password = getpass("初始密码：")
            if problem := accounts.password_problem(password, user):
                self.stderr.write(problem)
            elif getpass("再输一遍：") == password:
                return password
            else:
                self.stderr.write("两遍不一样。")
