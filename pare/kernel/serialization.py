"""Turn values of a simulation into plain JSON data, the same bytes every time."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any

_PLAIN = (str, int, float, bool, type(None))


def to_plain(value: Any) -> Any:
    """Give `value` as dicts, lists, strings and numbers.

    Dataclasses become dicts of their fields, enums their value, sets sorted lists, bytes base64
    text. Anything else becomes the name of its class: a memory address must never reach a file.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Enum):
        return to_plain(value.value)
    if isinstance(value, Mapping):
        return {_key(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((to_plain(item) for item in value), key=repr)
    return _object_to_plain(value)


def _key(key: Any) -> str:
    plain = to_plain(key)
    return plain if isinstance(plain, str) else str(plain)


def _object_to_plain(value: Any) -> Any:
    for plain in (str, int, float):
        if isinstance(value, plain):
            return plain(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type) and not hasattr(value, "time_manager"):
        return {name: to_plain(getattr(value, name, None)) for name in _names_of(type(value))}
    return getattr(value, "__name__", None) or type(value).__name__


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
