"""Arguments of planned calls: from text to values, and whether a function takes them."""

from __future__ import annotations

import inspect
from collections.abc import Container, Iterable, Iterator
from math import isfinite
from typing import Any

import orjson

from pare.compat.json_scenarios.models import WrittenArg
from pare.compat.json_scenarios.problems import Problem
from pare.compat.json_scenarios.reading import DEEPEST, is_deeper
from pare.errors import EventEditError, nearest
from pare.kernel.placeholders import references
from pare.scenarios.parameters import parse_parameter_value

MOST_KEYS = 32
"""How many parts a placeholder may have: an event id, which may hold dots, and keys of its result."""

LONGEST_TEXT = 100_000
"""The longest text of a number, list or object, in characters."""


def value_of(value: str | None, type_name: str | None) -> Any:
    """Read the text `value` as `type_name`; an empty text is one, where the type is text.

    Raises:
        EventEditError: it is no value of that type.
    """
    if type_name == "str" and value is not None:
        return value
    if value is not None and len(value) > LONGEST_TEXT:
        raise EventEditError(f"a {type_name} of {len(value)} characters is too long")
    read = parse_parameter_value(value, type_name)
    if isinstance(read, (dict, list)) and is_deeper(read, DEEPEST):
        raise EventEditError(f"objects and lists are nested more than {DEEPEST} deep")
    if not _can_be_kept(read):
        raise EventEditError(f"{value!r:.100} holds a number or text that no file can keep")
    return read


def _can_be_kept(value: Any) -> bool:
    """Tell whether a value can be written as JSON again: no NaN, no number of a hundred digits."""
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False
    return _is_finite(value)


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(_is_finite, inner))


def read_args(args: Iterable[WrittenArg] | None) -> dict[str, Any]:
    """Give the values of arguments by name.

    Raises:
        EventEditError: one of them is no value of its type.
    """
    return {arg.name: value_of(arg.value, arg.value_type) for arg in args or ()}


def arg_problems(
    args: Iterable[WrittenArg] | None, function: Any, known_ids: Container[str], path: str
) -> Iterator[Problem]:
    """Tell what is wrong with the arguments of `function`, a method of an app's class."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    takes_any = any(item.kind is item.VAR_KEYWORD for item in parameters)
    names = [item.name for item in parameters if item.kind not in (item.VAR_KEYWORD, item.VAR_POSITIONAL)]
    given: set[str] = set()
    for place, arg in enumerate(args or ()):
        where = f"{path}[{place}]"
        if arg.name in given:
            yield Problem(f"{where}.name", f"the argument {arg.name!r:.100} is given twice")
        if arg.name not in names and not takes_any:
            message = f"there is no argument {arg.name!r:.100}.{nearest(arg.name, names)}"
            yield Problem(f"{where}.name", message)
        given.add(arg.name)
        yield from _value_problems(arg, known_ids, f"{where}.value")
    required = [item.name for item in parameters if item.name in names and item.default is item.empty]
    for name in required:
        if name not in given:
            yield Problem(path, f"the argument {name!r} is missing")


def _value_problems(arg: WrittenArg, known_ids: Container[str], path: str) -> Iterator[Problem]:
    try:
        value = value_of(arg.value, arg.value_type)
    except EventEditError as error:
        yield Problem(path, str(error))
        return
    for text in references(value):
        parts = text.split(".")
        if len(parts) > MOST_KEYS:
            yield Problem(path, f"a placeholder has {len(parts)} parts; at most {MOST_KEYS} are followed")
        elif not any(".".join(parts[:end]) in known_ids for end in range(1, len(parts) + 1)):
            yield Problem(path, f"no event has the id that {{{{{text:.100}}}}} refers to")
