"""``duban check-packs``: every mistake in every pack at once, worked examples included."""

import argparse
import sys
from pathlib import Path

from duban import packs
from duban.cli.play import play_all
from duban.core.errors import Finding, PackError, ScenarioError
from duban.core.pack_reading import CASES
from duban.core.scenario_format import read_scenario


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "dir", nargs="?", type=Path, help="制度包目录，或装有多个制度包的目录 · pack folder(s)"
    )


def run(args: argparse.Namespace) -> int:
    """0 when all is sound, 1 with findings, 2 when there is nothing to check."""
    folder = args.dir or packs.home()
    folders = [folder] if (folder / "pack.toml").is_file() else [folder / p for p in packs.available(folder)]
    if not folders:
        print(f"{folder} 里没有制度包（没有 pack.toml）。", file=sys.stderr)
        return 2
    findings = 0
    for one in folders:
        found = check_folder(one)
        findings += len(found)
        for finding in found:
            print(f"{one.name}/{finding}")
        if not found:
            print(f"{one.name}：没有问题")
    return 1 if findings else 0


def check_folder(folder: Path) -> list[Finding]:
    """Mistakes in one pack folder: rules first, then worked examples that do not come out."""
    try:
        pack = packs.load_folder(folder.resolve())
        text = packs.texts(folder).get(CASES)
        if text is None:
            return [Finding(CASES, "-", "没有算例：每个制度包都要有 cases.toml")]
        played = play_all(read_scenario(text), pack)
    except PackError as error:
        return error.findings
    except ScenarioError as error:
        return [Finding(CASES, "-", str(error))]
    return [Finding(CASES, p.case.id, message) for p in played for message in p.failures]
