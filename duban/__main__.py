"""The `duban` command: one entry for the pure tools of the packs and for Django's management commands.

The tools for packs (duban.cli) start without Django, so that a pack author needs neither database nor settings.
"""

import argparse
import importlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

PURE = {
    "play": "演示一项规则案例的全过程 · play a worked example step by step",
    "due": "计算期限并逐日列出依据 · compute a due date, day by day, with its article",
    "check-packs": "检查制度包 · check regulation packs",
}
SERVER = {
    "demo": "启动带演示数据的系统 · run the system with made-up data",
    "create-office": "新建督查机构和它的管理员 · create an office with its first administrator",
    "serve": "启动网站 · run the web server",
    "worker": "后台巡检，按间隔运行 · sweep at an interval until told to stop",
    "sweep": "巡检期限并生成提醒 · look again at terms that have come due",
    "import-ledger": "从 Excel 台账导入事项 · import matters from a ledger in Excel",
    "load-notice": "装载一年的放假安排并核定暂定期限 · load a holiday notice, settle provisional dates",
    "verify": "核验案卷的防篡改链 · verify the hash chains of dockets",
    "rebuild": "由记录重建查询数据 · rebuild projections from entries",
}
DJANGO = {
    "migrate": "建立或升级数据库 · create or upgrade the database",
    "changepassword": "修改用户密码 · change a user's password",
    "collectstatic": "收集静态文件 · collect static files",
}


def _module_of(command: str) -> str:
    return f"duban.cli.{command.replace('-', '_')}"


def _has_pure(command: str) -> bool:
    return find_spec("duban.cli") is not None and find_spec(_module_of(command)) is not None


def _has_server(command: str) -> bool:
    commands = Path(__file__).parent / "server" / "management" / "commands"
    return (commands / f"{command.replace('-', '_')}.py").exists()


def available() -> dict[str, str]:
    """Every command this installation has, with one line on each, in the order of the help."""
    return {
        **{name: line for name, line in PURE.items() if _has_pure(name)},
        **{name: line for name, line in SERVER.items() if _has_server(name)},
        **DJANGO,
    }


def _overview() -> str:
    width = max(map(len, available()))
    lines = "\n".join(f"  {name:<{width}}  {line}" for name, line in available().items())
    return (
        "用法 usage: duban 命令 [选项]\n\n"
        f"命令 commands:\n{lines}\n\n"
        "各命令的用法 help on one command: duban 命令 --help"
    )


def _run_pure(command: str, arguments: list[str]) -> int:
    module = importlib.import_module(_module_of(command))
    parser = argparse.ArgumentParser(prog=f"duban {command}", description=PURE[command])
    module.add_arguments(parser)
    status: int = module.run(parser.parse_args(arguments))
    return status


def _run_django(command: str, arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duban.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["duban", command.replace("-", "_"), *arguments])
    if command == "migrate" and not {"-h", "--help", "--plan", "--check"} & set(arguments):
        # The table of the cache belongs to the database as much as any other, but Django has no migration for it.
        execute_from_command_line(["duban", "createcachetable"])
    return 0


def main(argv: list[str] | None = None) -> int:
    """Runs one command and returns its exit status; without a command prints the overview."""
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments in (["help"], ["-h"], ["--help"]):
        print(_overview())
        return 0
    command, *rest = arguments
    if command in PURE and _has_pure(command):
        return _run_pure(command, rest)
    return _run_django(command, rest)


if __name__ == "__main__":
    sys.exit(main())
