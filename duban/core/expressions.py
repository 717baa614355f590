"""Conditions (条件): booleans in CEL over the documented vocabulary.

The library parses and evaluates; it neither knows our names nor checks types, so
:func:`check_condition` does: every name known, every compared value possible, a boolean out.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import cel

from duban.core.vocabulary import EMPTY, Value, Variable

_OPERATORS = re.compile(r"^(_.*_|!_|-_|@in|size|_\?_:_|in)$")
_EQUALS = re.compile(r"\b([a-z_]\w*)\s*(?:==|!=)\s*(?:\"([^\"]*)\"|'([^']*)')")
_MEMBER = re.compile(r"(?:\"([^\"]*)\"|'([^']*)')\s+in\s+([a-z_]\w*)")
_ONE_OF = re.compile(r"\b([a-z_]\w*)\s+in\s+\[([^\]]*)\]")
_STRING = re.compile(r"\"([^\"]*)\"|'([^']*)'")


@lru_cache(maxsize=4096)
def _compiled(source: str) -> tuple[cel.Program, tuple[str, ...]]:
    program = cel.compile(source)
    return program, tuple(program.variables())


def holds(source: str, view: Mapping[str, Value]) -> bool:
    """Whether a condition is true in a view. The pack loader has checked it before."""
    if source == "true":
        return True
    program, names = _compiled(source)
    return bool(program.execute({name: view[name] for name in names}))


def check_condition(
    source: str, variables: Mapping[str, Variable], domains: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    """Every mistake in a condition, in Chinese."""
    try:
        program, names = _compiled(source)
    except ValueError as error:
        yield f"条件无法解析：{source}（{str(error).splitlines()[0]}）"
        return
    unknown = [name for name in names if name not in variables]
    for name in unknown:
        yield f"条件用了不认识的名称“{name}”"
    for function in program.functions():
        if not _OPERATORS.match(function):
            yield f"条件用了不允许的函数“{function}”"
    if unknown:
        return
    for name, literal in _compared(source):
        domain = variables[name].domain if name in variables else ""
        if literal and domain in domains and literal not in domains[domain]:
            yield f"“{name}”没有“{literal}”这个取值"
    yield from _check_types(source, program, names, variables)


def _check_types(
    source: str, program: cel.Program, names: tuple[str, ...], variables: Mapping[str, Variable]
) -> Iterator[str]:
    """Evaluate over empty values and over filled ones: both must give a boolean."""
    filled: dict[str, Value] = {"text": "x", "bool": True, "int": 1, "list": ["x"]}
    for sample in (EMPTY, filled):
        try:
            result = program.execute({name: sample[variables[name].type] for name in names})
        except (ValueError, TypeError, RuntimeError) as error:
            yield f"条件的类型不对：{source}（{str(error).splitlines()[0]}）"
            return
        if not isinstance(result, bool):
            yield f"条件的结果必须是真或假：{source}"
            return


def _compared(source: str) -> Iterator[tuple[str, str]]:
    """Pairs of a name and a text it is compared with."""
    for name, double, single in _EQUALS.findall(source):
        yield name, double or single
    for double, single, name in _MEMBER.findall(source):
        yield name, double or single
    for name, texts in _ONE_OF.findall(source):
        for double, single in _STRING.findall(texts):
            yield name, double or single
