"""The benchmarks run on a small database and print every figure; how fast, no test says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGES = {
    "ledger, first page",
    "ledger, one unit and late",
    "ledger, deep page by last report",
    "ledger, search of two characters",
    "ledger, first page, liaison",
    "desk, officer",
    "desk, liaison",
    "matter, officer",
    "matter, liaison",
    "form of a report, liaison",
    "report sent, liaison",
}


def test_a_small_run_has_every_figure(tmp_path: Path) -> None:
    """One test, because the run is long; in a process of its own, as ``make bench`` has one."""
    file = tmp_path / "figures.json"
    order = ["--matters", "2000", "--requests", "3", "--db", "sqlite", "--json", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *order], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text(encoding="utf-8"))
    database = figures["databases"]["sqlite"]
    _build_core_and_verify(figures["core"], database)
    _pages(database["pages"])
    _sweeps(database["sweep"])
    # A longer list needs no more queries.
    assert set(database["queries"]) == {"ledger, officer", "ledger, liaison", "desk, liaison", "matter"}
    assert all(counts["many"] == counts["few"] > 0 for counts in database["queries"].values())
    for words in ("Machine", "Core", "Building", "Pages", "Queries", "Sweep", "Verify", *PAGES):
        assert words in done.stdout


def _build_core_and_verify(core: dict[str, Any], database: dict[str, Any]) -> None:
    assert database["build"]["matters"] == 2000
    assert database["verify"]["dockets"] == 2000
    assert set(core) == {"play", "decide", "replay", "digest", "due_dates"}
    assert all(part["per_second"] > 0 and part["count"] > 0 for part in core.values())


def _pages(pages: dict[str, Any]) -> None:
    assert set(pages) == PAGES
    assert all(page["requests"] == 3 and 0 < page["p50_ms"] <= page["p95_ms"] for page in pages.values())


def _sweeps(sweeps: dict[str, Any]) -> None:
    # Every tenth of 2000 matters has something due by Monday; what was swept once is not looked at again.
    assert [sweeps[name]["looked_at"] for name in ("nothing due", "Monday", "Monday again")] == [0, 200, 0]
    assert sweeps["Monday"]["entries"] >= 200


def test_the_documented_page_is_of_a_whole_run() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert all(name in page for name in PAGES)
    assert "SQLite" in page and "PostgreSQL" in page
