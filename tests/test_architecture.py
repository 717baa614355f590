"""What import-linter cannot say: the core's only third-party packages, and that packs hold no code."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import duban

ROOT = Path(duban.__file__).parent
CORE = sorted((ROOT / "core").rglob("*.py"))
# chain.py alone may also use cryptography: SM3 where the machine's OpenSSL lacks it.
THIRD_PARTY_OF_THE_CORE = {"pydantic", "cel"}
# A clock, chance, the machine or the network: what makes the same question have two answers.
IMPURE = {"os", "random", "secrets", "socket", "subprocess", "threading", "time", "urllib", "uuid"}


def imported(path: Path) -> Iterator[str]:
    """Top-level names of the packages that a module imports absolutely."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_core_imports_little_and_nothing_impure(path: Path) -> None:
    names = set(imported(path))
    allowed = THIRD_PARTY_OF_THE_CORE | {"duban"} | ({"cryptography"} if path.name == "chain.py" else set())
    assert names - set(sys.stdlib_module_names) <= allowed
    assert not names & IMPURE


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_core_never_asks_for_the_present_moment(path: Path) -> None:
    clocks = {"now", "today", "utcnow"}
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & clocks


def test_packs_hold_no_code() -> None:
    assert list((ROOT / "packs").glob("*/**/*.py")) == []
