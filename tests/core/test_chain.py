"""The hash chain: SM3 as the standard has it, links, and where a chain breaks."""

import hashlib
from typing import Any

import pytest

from duban.core import chain, codec
from duban.core import entries as e
from tests.core.packs import at, person

# GB/T 32905-2016, Appendix A.
VECTORS = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}


@pytest.mark.parametrize("known", [set(hashlib.algorithms_available), {"sha256"}])
@pytest.mark.parametrize("data", VECTORS)
def test_sm3_by_openssl_and_by_the_library(
    monkeypatch: pytest.MonkeyPatch, known: set[str], data: bytes
) -> None:
    monkeypatch.setattr(hashlib, "algorithms_available", known)
    assert chain._sm3_function()(data) == VECTORS[data]


def test_both_ways_to_sm3_are_tried_here() -> None:
    assert "sm3" in hashlib.algorithms_available


def stored(position: int, words: str = "更正", stream: str = "M1") -> dict[str, Any]:
    return codec.encode(
        e.Recorded(
            stream=stream,
            position=position,
            occurred_at=at(2),
            recorded_at=at(2),
            actor=person("officer"),
            entry=e.Corrected(position=1, words=words),
        )
    )


def linked(*entries: dict[str, Any], stream: str = "M1") -> list[tuple[dict[str, Any], str]]:
    previous, links = chain.genesis(stream), []
    for values in entries:
        previous = chain.link(previous, values)
        links.append((values, previous))
    return links


def test_a_chain_holds_and_an_empty_one_too() -> None:
    assert chain.verify("M1", linked(stored(1), stored(2))) is None
    assert chain.verify("M1", []) is None


def test_a_docket_cannot_be_passed_off_as_another() -> None:
    """Even an empty-handed copy: the first link covers the stream's own name."""
    copied = [({**values, "stream": "M2"}, digest) for values, digest in linked(stored(1))]
    broken = chain.verify("M2", copied)
    assert broken is not None
    assert (broken.position, broken.message) == (1, "第1条与其摘要不符")
    assert chain.verify("M2", linked(stored(1))) is not None


def test_a_chain_relinked_after_a_change_breaks_at_the_next_kept_digest() -> None:
    """Who alters entry 1 and its digest must alter every later digest as well."""
    good = linked(stored(1), stored(2))
    forged = linked(stored(1, "别的话"), stored(2))
    broken = chain.verify("M1", [forged[0], good[1]])
    assert broken is not None
    assert broken.position == 2


def test_a_missing_entry_is_named() -> None:
    broken = chain.verify("M1", linked(stored(1), stored(3)))
    assert broken is not None
    assert (broken.position, broken.message) == (2, "第2条缺失或次序不对")


# --- the stored form ----------------------------------------------------------------------------------------


def test_the_canonical_form_is_one_whatever_the_order_of_keys() -> None:
    assert codec.canonical({"b": 1, "a": "督"}) == '{"a":"督","b":1}'.encode()
    assert codec.canonical({"a": "督", "b": 1}) == codec.canonical({"b": 1, "a": "督"})


def test_an_entry_of_an_unknown_kind_is_not_read() -> None:
    with pytest.raises(codec.UnknownEntry, match="不认识的条目种类“Vanished”"):
        codec.decode({**stored(1), "kind": "Vanished"})


@pytest.mark.parametrize("kind", e.ENTRY_TYPES)
def test_every_kind_of_entry_is_stored_and_read_back_alike(kind: str) -> None:
    entry = e.ENTRY_TYPES[kind](**{name: _sample(name, field) for name, field in _fields(kind).items()})
    recorded = e.Recorded(
        stream="M1",
        position=7,
        occurred_at=at(2, 10, 15),
        recorded_at=at(3),
        actor=person("liaison", "fin"),
        proxy=e.Proxy(recorder=person("officer"), evidence="电话记录"),
        command_id="x",
        cause=3,
        pack="neutral@00",
        calendar="1",
        entry=entry,
    )
    values = codec.encode(recorded)
    again = codec.decode(values)
    assert again == recorded
    assert type(again.entry) is type(entry)
    assert codec.canonical(codec.encode(again)) == codec.canonical(values)


def _fields(kind: str) -> dict[str, Any]:
    return dict(e.ENTRY_TYPES[kind].model_fields)


PAPER = e.Paper(kind="scan", name="扫描件", ref="a1")
SPECIAL: dict[str, Any] = {
    "facts": e.Facts(
        title="事项",
        stated_due=at(9).date(),
        milestones=(e.MilestonePlan(id="m", title="节点", due=at(9).date()),),
        papers=(PAPER,),
        facts={"public": True, "copies": 1, "memo": "1"},
    ),
    "directives": (e.DirectiveRef(id="D1", title="纪要", received_at=at(1), issued_on=at(1).date()),),
    "directive": e.DirectiveRef(id="D1", title="纪要", received_at=at(1)),
    "steps": (e.Step(roles=("director",), title="审核"),),
    "payload": {"due": "2026-03-09", "leads": ["fin"], "nested": {"a": None}},
    "changes": {"leads": ["fin"], "stated_due": None, "facts": {"public": False}},
    "milestones": (e.MilestonePlan(id="m", title="节点", due=at(9).date()),),
    "items": (e.TaskItem(title="一项", due=at(9).date()),),
    "content": e.Report(text="办结", sealed=True, papers=(PAPER,)),
    "paper": PAPER,
    "papers": (PAPER,),
    "cite": {"kind": "article", "ref": "1", "text": "第一条"},
}


def _sample(name: str, field: Any) -> Any:
    """A value unlike the field's default, so that a lost field shows."""
    if name in SPECIAL:
        return SPECIAL[name]
    wanted = str(field.annotation)
    for mark, value in (
        ("Citation", {"kind": "office_decision", "text": "决定"}),
        ("Literal", "progress"),
        ("datetime.datetime", at(9, 23, 59, 59)),
        ("date", at(9).date()),
        ("bool", True),
        ("int", 2),
        ("tuple", ("fin",)),
        ("str", "值"),
    ):
        if mark in wanted:
            return value
    return field.get_default(call_default_factory=True)
