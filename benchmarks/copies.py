"""Copies of the templates: new ids, numbers, titles, units, people, and dates moved by whole weeks.

A template moved by so many weeks is prepared once as a pattern: its entries and the rows that
``projections.expected`` reads off them, with places for what differs. A copy fills in the places and is chained anew.
That the result is what the server itself would have written, the run then asks ``verify``.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Model

from benchmarks import writing
from benchmarks.templates import CONTENT, DIRECTIVE_TITLE, FIRST_USER, TITLE, UNITS, Template
from duban.core import chain, codec
from duban.core.context import Context
from duban.core.matter import Directive, Docket, Matter, fold
from duban.server import clock, projections
from duban.server.handle import wake_at
from duban.server.models import Entry, PetitionSignatory, Stream

_DAY = re.compile(r'"(\d{4}-\d\d-\d\d)(?=["T])')
_NUMBER = re.compile(r"(\w+)〔(\d{4})〕(\d+)号")


@dataclass(frozen=True)
class Copy:
    """What makes one copy different from the others; ``units`` takes the place of the templates' units."""

    ids: tuple[str, ...]
    title: str
    content: str
    directive: str
    units: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    """Of each unit the handler, then the head: the person and the name."""


@dataclass(frozen=True)
class _Line:
    """A row to be: its values in the table's order, and which of them are texts with places."""

    values: tuple[Any, ...]
    open: tuple[int, ...]

    @classmethod
    def of(
        cls, model: type[Model], row: dict[str, Any], columns: Sequence[str], places: "_Places"
    ) -> "_Line":
        values, differing = [], []
        for n, column in enumerate(columns):
            value = writing.prepared(model, column, row[column])
            put = places.put(value) if isinstance(value, str) else value
            if isinstance(value, str) and put.replace("%%", "%") != value:
                differing.append(n)
                value = put
            values.append(writing.as_stored(model, column, value))
        return cls(tuple(values), tuple(differing))

    def filled(self, given: dict[str, str]) -> list[Any]:
        values = list(self.values)
        for n in self.open:
            values[n] %= given
        return values


@dataclass(frozen=True)
class _Docket:
    """One stream of a pattern: canonical texts and rows of its entries, rows of its projections.

    ``wake``: when the sweep should look, as the server would note it.
    """

    kind: str
    texts: tuple[str, ...]
    entries: tuple[_Line, ...]
    rows: tuple[tuple[type[Model], _Line], ...]
    wake: datetime | None


@dataclass(frozen=True)
class Pattern:
    """A template moved in time."""

    course: str
    dockets: tuple[_Docket, ...]
    numbers: tuple[tuple[str, int], ...]
    registered_at: datetime

    @property
    def wake(self) -> datetime | None:
        """The earliest moment at which the sweep would look at one of the streams (China Standard Time)."""
        found = [clock.to_local(d.wake) for d in self.dockets if d.wake]
        return min(found, default=None)


# --- from a template to a pattern -------------------------------------------------------------------------------


def pattern(template: Template, weeks: int, context: Context, office: int) -> Pattern:
    """The template, ``weeks`` later (earlier where negative)."""
    moved = {s: [_moved(v, weeks) for v in entries] for s, entries in template.streams.items()}
    numbers = _numbers(moved)
    places = _Places(list(moved), numbers)
    dockets = tuple(_docket(s, entries, places, context, office) for s, entries in moved.items())
    series = tuple((name, year) for name, year, _ in numbers)
    registered = datetime.fromisoformat(list(moved.values())[-1][0]["occurred_at"])
    return Pattern(template.course.name, dockets, series, registered)


def _moved(values: dict[str, Any], weeks: int) -> dict[str, Any]:
    shift = timedelta(weeks=weeks)
    text = codec.canonical(values).decode()
    moved: dict[str, Any] = json.loads(
        _DAY.sub(lambda m: f'"{date.fromisoformat(m[1]) + shift}', text),
    )
    return moved


def _numbers(streams: dict[str, list[dict[str, Any]]]) -> list[tuple[str, int, str]]:
    """Every number given in the dockets: the series' first words, the year, the number as it is written."""
    found = {}
    for values in (v for entries in streams.values() for v in entries):
        number = _NUMBER.fullmatch(values["data"].get("number") or "")
        if number:
            found[number[0]] = (number[1], int(values["occurred_at"][:4]), number[0])
    return list(found.values())


class _Places:
    """What stands in a template for each thing that a copy names itself, and the name of its place."""

    def __init__(self, streams: list[str], numbers: list[tuple[str, int, str]]) -> None:
        self._names = _names(streams, numbers)
        # The longest first: one person's name holds the number of another text.
        self._found = re.compile("|".join(map(re.escape, sorted(self._names, key=len, reverse=True))))

    def put(self, text: str) -> str:
        """The text as a pattern for ``%``."""
        return self._found.sub(lambda m: self._names[m[0]], text.replace("%", "%%"))


def _names(streams: list[str], numbers: list[tuple[str, int, str]]) -> dict[str, str]:
    places = {stream: f"%(id{n})s" for n, stream in enumerate(streams)}
    places |= {TITLE: "%(title)s", CONTENT: "%(content)s", DIRECTIVE_TITLE: "%(directive)s"}
    places |= {unit: f"%(unit{n})s" for n, unit in enumerate(UNITS)}
    for n in range(2 * len(UNITS)):
        places[f"u{FIRST_USER + n}"] = f"%(person{n})s"
        places[f"sample-name-{FIRST_USER + n}"] = f"%(name{n})s"
    return places | {text: f"%(number{n})s" for n, (_, _, text) in enumerate(numbers)}


def _docket(
    stream: str, entries: list[dict[str, Any]], places: _Places, context: Context, office: int
) -> _Docket:
    kind = "directive" if entries[0]["kind"] == "DirectiveRegistered" else "matter"
    past = [codec.decode(values) for values in entries]
    blank: Docket = Matter(stream) if kind == "matter" else Directive(stream)
    state = fold(blank, past)
    owner = Stream(id=stream, office_id=office, kind=kind)
    wanted = projections.expected(owner, state, past, context.pack)
    return _Docket(
        kind,
        tuple(places.put(codec.canonical(values).decode()) for values in entries),
        tuple(_entry(values, places, office) for values in entries),
        tuple(_rows(stream, wanted, places)),
        wake_at(state, context),
    )


def _entry(values: dict[str, Any], places: _Places, office: int) -> _Line:
    """The row of an entry; its digests are filled in by the copy."""
    moments = {
        name: clock.to_db(datetime.fromisoformat(values[name])) for name in ("occurred_at", "recorded_at")
    }
    row = (
        values | moments | {"stream_id": values["stream"], "office_id": office, "previous": "", "digest": ""}
    )
    return _Line.of(Entry, row, writing.columns_of(Entry), places)


def _rows(stream: str, wanted: projections.Rows, places: _Places) -> Iterator[tuple[type[Model], _Line]]:
    for model, keys in projections.KEYS.items():
        for key, values in wanted.get(model, {}).items():
            scope = projections.SCOPES.get(model, "matter_id")
            row = {scope: stream} | values | dict(zip(keys, key, strict=True))
            if model is PetitionSignatory:
                yield model, _Line(*_signatory(row, places))
            else:
                yield model, _Line.of(model, row, writing.columns_of(model), places)


def _signatory(row: dict[str, Any], places: _Places) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    """Office, role, unit, matter and petition, as ``writing.insert_signatories`` wants them."""
    texts = [row[name] for name in ("role", "unit", "petition__matter_id", "petition__petition")]
    return (row["office_id"], *map(places.put, texts)), (1, 2, 3, 4)


# --- from a pattern to a copy -----------------------------------------------------------------------------------


class Numbers:
    """The next number of each series and year, by the words the number begins with."""

    def __init__(self) -> None:
        self.last: Counter[tuple[str, int]] = Counter()

    def next(self, series: str, year: int) -> str:
        self.last[series, year] += 1
        return f"{series}〔{year}〕{self.last[series, year]}号"


class Batch:
    """Rows that wait to be written together."""

    def __init__(self, office: int) -> None:
        self._office = office
        self._rows: dict[type[Model], list[Any]] = {Stream: [], Entry: []}
        self._rows |= {model: [] for model in projections.KEYS}

    def add(self, made: Pattern, copy: Copy, numbers: Numbers) -> None:
        """One more copy."""
        given = {f"id{n}": v for n, v in enumerate(copy.ids)}
        given |= {f"unit{n}": v for n, v in enumerate(copy.units)}
        for n, (person, name) in enumerate(copy.people):
            given |= {f"person{n}": person, f"name{n}": name}
        given |= {"title": copy.title, "content": copy.content, "directive": copy.directive}
        given |= {f"number{n}": numbers.next(*series) for n, series in enumerate(made.numbers)}
        for stream, docket in zip(copy.ids, made.dockets, strict=True):
            self._add_docket(stream, docket, given)

    def _add_docket(self, stream: str, docket: _Docket, given: dict[str, str]) -> None:
        previous = chain.genesis(stream)
        for text, line in zip(docket.texts, docket.entries, strict=True):
            # The text is canonical: chain.link would write the same bytes after reading it.
            digest = chain.sm3(f"{previous}\n{text % given}".encode())
            self._rows[Entry].append([*line.filled(given)[:-2], previous, digest])
            previous = digest
        for model, line in docket.rows:
            self._rows[model].append(line.filled(given))
        head = {
            "id": stream,
            "office_id": self._office,
            "kind": docket.kind,
            "head_position": len(docket.entries),
            "head_digest": previous,
            "look_again_at": docket.wake,
        }
        self._rows[Stream].append(
            [writing.prepared(Stream, name, head[name]) for name in writing.columns_of(Stream)]
        )

    def write(self) -> None:
        """Into the database, in the order in which tables refer to each other."""
        for model, rows in self._rows.items():
            if model is PetitionSignatory:
                writing.insert_signatories(rows)
            else:
                writing.insert(model, rows)
