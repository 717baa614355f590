"""The hash chain of a docket: each entry's SM3 digest covers the one before (GB/T 32905-2016)."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from duban.core.codec import canonical


def _sm3_function() -> Callable[[bytes], str]:
    """OpenSSL's SM3 where the machine has it, else the cryptography library's."""
    if "sm3" in hashlib.algorithms_available:
        return lambda data: hashlib.new("sm3", data).hexdigest()
    from cryptography.hazmat.primitives import hashes

    def digest(data: bytes) -> str:
        state = hashes.Hash(hashes.SM3())
        state.update(data)
        return state.finalize().hex()

    return digest


sm3 = _sm3_function()
"""SM3 of bytes, as 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold."""

    stream: str
    position: int
    message: str


def genesis(stream: str) -> str:
    """What the first entry of a stream is chained to."""
    return sm3(f"duban:{stream}".encode())


def link(previous: str, values: dict[str, Any]) -> str:
    """The digest of an entry, given the digest before it and its encoded values."""
    return sm3(previous.encode() + b"\n" + canonical(values))


def verify(stream: str, chain: Iterable[tuple[dict[str, Any], str]]) -> Break | None:
    """The first break in (encoded values, stored digest) pairs, in order; None when all holds."""
    previous = genesis(stream)
    for position, (values, digest) in enumerate(chain, 1):
        if values["stream"] != stream or values["position"] != position:
            return Break(stream, position, f"第{position}条缺失或次序不对")
        if link(previous, values) != digest:
            return Break(stream, position, f"第{position}条与其摘要不符")
        previous = digest
    return None
