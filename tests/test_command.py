"""The `duban` command: what it lists, and what starts without Django."""

import subprocess
import sys
from pathlib import Path

import pytest

import duban
from duban.__main__ import PURE, SERVER, available, main

COMMANDS = Path(duban.__file__).parent / "server" / "management" / "commands"


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"], ["-h"]])
def test_overview_has_one_line_in_two_languages_for_each_command(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("  migrate ")]) == 1
    listed = [line for line in lines if line.startswith("  ")]
    assert len(listed) == len(available())
    assert all(" · " in line for line in listed)


def test_every_management_command_is_in_the_overview() -> None:
    written = {path.stem.replace("_", "-") for path in COMMANDS.glob("[!_]*.py")}
    assert written <= set(SERVER)


def test_a_command_that_is_not_there_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PURE, "no-such-tool", "没有 · none")
    monkeypatch.setitem(SERVER, "no-such-command", "没有 · none")
    assert not {"no-such-tool", "no-such-command"} & set(available())


@pytest.mark.parametrize("command", [name for name in PURE if name in available()])
def test_tools_for_packs_start_without_django(command: str) -> None:
    program = (
        "import sys\n"
        "from duban.__main__ import main\n"
        "try:\n"
        f"    main([{command!r}, '--help'])\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0, end.code\n"
        "sys.exit('django' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"duban {command}" in done.stdout
