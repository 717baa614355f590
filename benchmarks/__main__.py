"""``python -m benchmarks``: build databases of many matters, measure, print the figures."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import core, report
from benchmarks.machine import machine
from benchmarks.run import PARTS, measured

DATABASES = ("sqlite", "postgres")
DOCS = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> int:
    args = _arguments()
    start = time.monotonic()
    results: dict[str, Any] = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "load": os.getloadavg()[0],
    }
    if args.only in (None, "core"):
        results["core"] = core.measure()
    results["databases"] = {} if args.only == "core" else _databases(args)
    results["seconds"] = time.monotonic() - start
    print(report.text(results))
    if args.json:
        args.json.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if args.write_docs:
        DOCS.write_text(report.page(results), encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--matters", type=int, default=100_000, help="matters in the database (default 100000)"
    )
    parser.add_argument(
        "--db", choices=(*DATABASES, "both"), default="both", help="on which database (default both)"
    )
    parser.add_argument("--only", choices=("core", *PARTS), help="measure only this part")
    parser.add_argument("--requests", type=int, default=50, help="requests of each page (default 50)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    parser.add_argument(
        "--write-docs", action="store_true", help="also write docs/benchmarks.md; needs a whole run"
    )
    args = parser.parse_args()
    if args.matters < 1000:
        parser.error("--matters: at least 1000, so that every kind of matter occurs")
    if args.write_docs and (args.only or args.db != "both"):
        parser.error("--write-docs: only without --only and --db")
    return args


def _databases(args: argparse.Namespace) -> dict[str, Any]:
    if args.db != "both":
        parts = (args.only,) if args.only else PARTS
        return {args.db: measured(args.db, args.matters, parts, args.requests)}
    return {database: _in_its_own_process(database, args) for database in DATABASES}


def _in_its_own_process(database: str, args: argparse.Namespace) -> dict[str, Any]:
    """Django reads its settings once in a process; so each database has one."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "figures.json"
        parts = [args.only] if args.only else PARTS
        code = (
            "import json, pathlib, sys; from benchmarks.run import measured;"
            " database, matters, requests, file, *parts = sys.argv[1:];"
            " figures = measured(database, int(matters), tuple(parts), int(requests));"
            " pathlib.Path(file).write_text(json.dumps(figures))"
        )
        order = [database, str(args.matters), str(args.requests), str(file), *parts]
        subprocess.run([sys.executable, "-c", code, *order], check=True)
        figures: dict[str, Any] = json.loads(file.read_text())
    return figures


if __name__ == "__main__":
    sys.exit(main())
