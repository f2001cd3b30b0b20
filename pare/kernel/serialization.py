"""Turn values of a simulation into plain JSON data, the same bytes every time."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

_PLAIN = frozenset({str, int, float, bool, type(None)})


def to_plain(value: Any) -> Any:
    """Give `value` as dicts, lists, strings and numbers.

    Dataclasses become dicts of their fields, enums their value, sets sorted lists, bytes base64
    text. Anything else becomes the name of its class: a memory address must never reach a file.
    """
    kind: Any = type(value)  # mypy takes a type[Any] for unhashable
    return value if kind in _PLAIN else _converter(kind)(value)


@cache
def _converter(kind: type[Any]) -> Callable[[Any], Any]:
    """Give what converts values of a class; asked once a class, since the tests are the most of the work."""
    for parents, convert in _CONVERTERS:
        if issubclass(kind, parents):
            return convert
    if is_dataclass(kind):
        return _dataclass_to_plain
    return _name_of


def _mapping_to_plain(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        key if type(key) is str else _key(key): item if type(item) in _PLAIN else to_plain(item)
        for key, item in value.items()
    }


def _key(key: Any) -> str:
    plain = to_plain(key)
    return plain if isinstance(plain, str) else str(plain)


def _list_to_plain(value: Iterable[Any]) -> list[Any]:
    return [to_plain(item) for item in value]


def _set_to_plain(value: Iterable[Any]) -> list[Any]:
    return sorted(map(to_plain, value), key=repr)


def _bytes_to_plain(value: bytes | bytearray) -> str:
    return base64.b64encode(bytes(value)).decode()


def _dataclass_to_plain(value: Any) -> Any:
    if hasattr(value, "time_manager"):  # an app
        return _name_of(value)
    kind: Any = type(value)
    return {name: to_plain(getattr(value, name, None)) for name in _names_of(kind)}


def _name_of(value: Any) -> str:
    return getattr(value, "__name__", None) or type(value).__name__


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_CONVERTERS: tuple[tuple[type[Any] | tuple[type[Any], ...], Callable[[Any], Any]], ...] = (
    (Enum, lambda value: to_plain(value.value)),
    (Mapping, _mapping_to_plain),
    ((list, tuple), _list_to_plain),
    ((set, frozenset), _set_to_plain),
    (str, str),
    (int, int),
    (float, float),
    ((bytes, bytearray), _bytes_to_plain),
    (date, lambda value: value.isoformat()),
)
"""The first that fits counts; a datetime is a date with an `isoformat` of its own."""
