"""Values as JSON, fast, and whatever they are: a trace must not fail over what a model or an app said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from math import isfinite
from typing import Any

import orjson

from pare.kernel.serialization import to_plain

DEEPEST = 200
"""How deep a value may be nested; what lies deeper is left out."""

LONGEST_INTEGER_BITS = 4096

TOO_DEEP = "(nested too deeply to be kept)"
TOO_LONG = "(a number too long to be kept)"

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS


def encoded(value: Any) -> bytes:
    """Give `value` as compact JSON, the same bytes every time.

    What orjson refuses (a lone surrogate, a huge integer, deep nesting) goes through the standard
    library, which writes it in ASCII.
    """
    try:
        return orjson.dumps(value, _one_level, _OPTIONS)
    except orjson.JSONEncodeError:
        return json.dumps(_all_levels(value, 0), separators=(",", ":")).encode()


def _one_level(value: Any) -> Any:
    """Give what orjson leaves to us one level down, so that it writes the leaves itself."""
    if is_dataclass(value) and not isinstance(value, type) and not hasattr(value, "time_manager"):
        return {name: getattr(value, name, None) for name in _names_of(type(value))}
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, (list, tuple)) else to_plain(value)


def _all_levels(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        return TOO_DEEP
    plain = value if type(value) in (str, int, float, bool, type(None)) else _one_level(value)
    if isinstance(plain, dict):
        return {str(to_plain(key)): _all_levels(item, depth + 1) for key, item in plain.items()}
    if isinstance(plain, list):
        return [_all_levels(item, depth + 1) for item in plain]
    return _scalar(plain)


def _scalar(value: Any) -> Any:
    if isinstance(value, float) and not isfinite(value):
        return None
    return TOO_LONG if isinstance(value, int) and value.bit_length() > LONGEST_INTEGER_BITS else value


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))
