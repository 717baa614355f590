"""Conditions (条件): booleans in CEL over the documented vocabulary.

The library parses and evaluates; it neither knows our names nor checks types, so
:func:`check_condition` does: every name known, every compared value possible, a boolean out.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, product

import cel

from duban.core.vocabulary import Value, Variable

SAMPLES = 1000
"""How many combinations of values a condition is tried on, at most."""

_OPERATORS = re.compile(r"^(_.*_|!_|-_|@in|size|_\?_:_|in)$")
_EQUALS = re.compile(r"\b([a-z_]\w*)\s*(?:==|!=)\s*(?:\"([^\"]*)\"|'([^']*)')")
_REVERSED = re.compile(r"(?:\"([^\"]*)\"|'([^']*)')\s*(?:==|!=)\s*([a-z_]\w*)")
_MEMBER = re.compile(r"(?:\"([^\"]*)\"|'([^']*)')\s+in\s+([a-z_]\w*)")
_ONE_OF = re.compile(r"\b([a-z_]\w*)\s+in\s+\[([^\]]*)\]")
_LITERAL = r"(\"[^\"]*\"|'[^']*'|-?\d+|[a-z_]\w*(?!\w|\())"
_COMPARISON = re.compile(rf"(?<![\w)\].]){_LITERAL}\s*(?:==|!=)\s*{_LITERAL}")
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
    for left, right in _COMPARISON.findall(source):
        kinds = _type_of(left, variables), _type_of(right, variables)
        if None not in kinds and kinds[0] != kinds[1]:
            yield f"条件比较了不同类型的值：{left} 与 {right}"
    for name, literal in _compared(source):
        domain = variables[name].domain if name in variables else ""
        if literal and domain in domains and literal not in domains[domain]:
            yield f"“{name}”没有“{literal}”这个取值"
    yield from _check_types(source, program, names, variables)


def _type_of(word: str, variables: Mapping[str, Variable]) -> str | None:
    """The type of a name or a literal; CEL itself finds texts and numbers merely unequal."""
    if word[0] in "\"'":
        return "text"
    if word in ("true", "false"):
        return "bool"
    if word[-1].isdigit() and word.lstrip("-").isdigit():
        return "int"
    return variables[word].type if word in variables else None


def _check_types(
    source: str, program: cel.Program, names: tuple[str, ...], variables: Mapping[str, Variable]
) -> Iterator[str]:
    """Evaluate over empty and filled values in turn, so that no part stays behind a shortcut."""
    texts = tuple(double or single for double, single in _STRING.findall(source))
    filled: dict[str, tuple[Value, ...]] = {
        "text": ("", *dict.fromkeys(texts), "x"),
        "bool": (False, True),
        "int": (0, 1, 1000),
        "list": ([], list(texts)),
    }
    values = product(*(filled[variables[name].type] for name in names))
    for sample in islice(values, SAMPLES):
        try:
            result = program.execute(dict(zip(names, sample, strict=True)))
        except (ValueError, TypeError, RuntimeError, ArithmeticError) as error:
            yield f"条件的类型不对：{source}（{str(error).splitlines()[0]}）"
            return
        if not isinstance(result, bool):
            yield f"条件的结果必须是真或假：{source}"
            return


def _compared(source: str) -> Iterator[tuple[str, str]]:
    """Pairs of a name and a text it is compared with."""
    for name, double, single in _EQUALS.findall(source):
        yield name, double or single
    for double, single, name in _REVERSED.findall(source):
        yield name, double or single
    for double, single, name in _MEMBER.findall(source):
        yield name, double or single
    for name, texts in _ONE_OF.findall(source):
        for double, single in _STRING.findall(texts):
            yield name, double or single
