"""Entries as plain JSON values and back, in one canonical form that digests can rest on."""

import json
from typing import Any

from duban.core import entries as e
from duban.core.errors import DubanError


class UnknownEntry(DubanError):
    """A stored entry is of a kind this version does not know."""


def encode(recorded: e.Recorded) -> dict[str, Any]:
    """The entry as JSON values; ``kind`` names its class, ``data`` holds its fields."""
    values = recorded.model_dump(mode="json", exclude={"entry"})
    values["kind"] = type(recorded.entry).__name__
    values["data"] = recorded.entry.model_dump(mode="json")
    return values


def decode(values: dict[str, Any]) -> e.Recorded:
    """The entry from JSON values.

    Raises :class:`UnknownEntry` for a kind this version does not have.
    """
    values = dict(values)
    kind, data = values.pop("kind"), values.pop("data")
    return e.Recorded(**values, entry=decode_entry(kind, data))


def decode_entry(kind: str, data: dict[str, Any]) -> e.Entry:
    if kind not in e.ENTRY_TYPES:
        raise UnknownEntry(f"不认识的条目种类“{kind}”。")
    return e.ENTRY_TYPES[kind].model_validate(data)


def canonical(values: Any) -> bytes:
    """One byte form for one value: sorted keys, no spaces, UTF-8."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
