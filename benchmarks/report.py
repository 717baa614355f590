"""A run's figures as tables: for the terminal as they are, for ``docs/benchmarks.md`` with an introduction."""

from collections.abc import Iterator
from typing import Any

Results = dict[str, Any]
Line = tuple[str, ...]

CORE = {
    "play": "play every worked example of every pack, entries",
    "decide": "decide (one command: rules, entries, state), commands",
    "replay": "replay (decode and fold), entries",
    "digest": "chain (canonical form and SM3), entries",
    "due_dates": "due dates in working days, dates",
}
INTRODUCTION = """# Benchmarks

Measured speed of the parts that must stay fast. `make bench` makes the run again and prints these tables;
`python -m benchmarks --write-docs` also writes this page from them. More options: `python -m benchmarks --help`.

What is measured, and on what:

- The database is made for the run. Every course a matter can take in the pack `district-measures` is played through the
  product's own write path, then copied with new ids, numbers, titles, units, people and dates; the chain of every
  copy is computed anew. 300 units share the matters unevenly: the first unit has about six of a hundred, the last
  but a few hardly any. The triggers that protect entries stand. A sample of dockets is verified (chain, head,
  projections) after everything else; the run stops if one does not hold.
- It is Friday, 18 September 2026, 16:00, and everything due until then has been swept.
- Pages are requested through Django's test client by a signed-in officer, and by the liaison of the unit that has
  most matters; the time is the whole way from address to HTML, without a network. Each after five requests to warm up.
- The sweep is that of Monday morning, 8:00: every tenth matter has something due or a cycle that turns. The same
  sweep again finds nothing to look at.
- The core runs alone, without a database; the middle one of three rounds.
"""


def text(results: Results) -> str:
    """The run for the terminal."""
    return "\n".join(_sections(results))


def page(results: Results) -> str:
    """The run as ``docs/benchmarks.md``."""
    return INTRODUCTION + "\n" + text(results) + "\n"


def _sections(results: Results) -> Iterator[str]:
    yield from _table("Machine", ("", ""), _machine(results))
    if "core" in results:
        yield from _table("Core", ("What", "per second"), _core(results["core"]))
    names, databases = list(results["databases"]), list(results["databases"].values())
    if not databases:
        return
    heads = tuple(d["version"] for d in databases)
    yield from _table("Building", ("", *heads), _build(databases))
    if "pages" in databases[0]:
        columns = tuple(f"{head}, {column}" for head in heads for column in ("p50 ms", "p95 ms"))
        yield from _table("Pages", ("Page", *columns, "queries"), _pages(databases))
        yield from _table(
            "Queries by length of the list (few: 5 rows, many: 50)",
            ("Page", "few", "many"),
            _queries(databases[0]),
        )
    if "sweep" in databases[0]:
        yield from _table("Sweep", ("", *heads), _sweep(databases))
    if "verify" in databases[0]:
        yield from _table("Verify", ("", *heads), _verify(databases))
    yield f"Whole run: {results['seconds']:.0f} s ({', '.join(names)})."


def _table(title: str, head: Line, lines: Iterator[Line]) -> Iterator[str]:
    rows = list(lines)
    widths = [max(len(line[n]) for line in (head, *rows)) for n in range(len(head))]

    def written(line: Line) -> str:
        first, *rest = zip(line, widths, strict=True)
        cells = (first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest))
        return f"| {' | '.join(cells)} |"

    rule = ("-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:]))
    yield from (f"## {title}", "", written(head), f"| {' | '.join(rule)} |", *map(written, rows), "")


def _machine(results: Results) -> Iterator[Line]:
    machine = results["machine"]
    yield "cores", str(machine["cores"])
    yield "processor", machine["cpu"]
    yield "memory", f"{machine['memory_gib']} GiB"
    yield "load before the run (others at work)", f"{results['load']:.1f}"
    yield "system", machine["system"]
    yield "Python", machine["python"]
    yield from machine["packages"].items()
    for database in results["databases"].values():
        name, _, number = database["version"].partition(" ")
        yield name, number
    yield "date", results["date"]


def _core(core: Results) -> Iterator[Line]:
    for name, words in CORE.items():
        yield words, _whole(core[name]["per_second"])


def _build(databases: list[Results]) -> Iterator[Line]:
    for name in ("matters", "streams", "entries"):
        yield name, *(_whole(d["build"][name]) for d in databases)
    yield "seconds", *(f"{d['build']['seconds']:.0f}" for d in databases)
    yield "size, MiB", *(_whole(d["build"]["size_mib"]) for d in databases)


def _pages(databases: list[Results]) -> Iterator[Line]:
    for name, first in databases[0]["pages"].items():
        times = [f"{d['pages'][name][key]:.0f}" for d in databases for key in ("p50_ms", "p95_ms")]
        yield name, *times, str(first["queries"])


def _queries(database: Results) -> Iterator[Line]:
    for name, counts in database["queries"].items():
        yield name, str(counts["few"]), str(counts["many"])


def _sweep(databases: list[Results]) -> Iterator[Line]:
    for name in databases[0]["sweep"]:
        sweeps = [d["sweep"][name] for d in databases]
        yield f"{name}: dockets looked at", *(_whole(s["looked_at"]) for s in sweeps)
        yield f"{name}: seconds", *(f"{s['seconds']:.2f}" for s in sweeps)
        if sweeps[0]["looked_at"]:
            yield f"{name}: entries written", *(_whole(s["entries"]) for s in sweeps)
            yield f"{name}: dockets per second", *(_whole(s["dockets_per_second"]) for s in sweeps)


def _verify(databases: list[Results]) -> Iterator[Line]:
    yield "dockets", *(_whole(d["verify"]["dockets"]) for d in databases)
    yield "entries", *(_whole(d["verify"]["entries"]) for d in databases)
    yield "entries per second", *(_whole(d["verify"]["entries_per_second"]) for d in databases)


def _whole(number: float) -> str:
    return f"{number:,.0f}"
