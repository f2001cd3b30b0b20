"""What a notice says, with the names of its arguments in place of their values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import fields, is_dataclass
from types import SimpleNamespace
from typing import Any, get_args, get_origin

from pare.tools.notices import Text
from pare.tools.spec import AppToolArg

_PADDING = "·" * 60
"""Makes a name as long as a text that does not fit into one line, so that it shows where one is cut."""

_STAND_IN = re.compile(r"‹([\w.]+)·*(›?)…?")

_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class StandIn(str):
    """The name of an argument, where a text expects the value; it ignores how it should be formatted."""

    __slots__ = ()

    def __format__(self, format_spec: str) -> str:
        return str(self)

    def __round__(self, digits: int | None = None) -> StandIn:
        return self


def sample_of(text: Text, args: Iterable[AppToolArg]) -> str | None:
    """Give what `text` says of ``‹name›`` for each of `args`, ``‹name›…`` where it would cut the value.

    None if it needs true values, because it calculates with them.
    """
    values = {arg.name: _stand_in(arg.name, arg.type_obj) for arg in args}
    try:
        sample = text(values)
    except _ERRORS:
        return None
    return _STAND_IN.sub(lambda found: _shown(found, values), sample)


def _stand_in(name: str, hint: Any) -> Any:
    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    if type(None) in get_args(hint) and kinds:
        return _stand_in(name, kinds[0])
    if get_origin(hint) in (list, tuple, set):
        return [_stand_in(name, kinds[0] if kinds else None)]
    if is_dataclass(hint):
        parts = {item.name: _stand_in(f"{name}.{item.name}", None) for item in fields(hint)}
        return SimpleNamespace(**parts)
    return StandIn(f"‹{name}{_PADDING}›")


def _shown(found: re.Match[str], names: Collection[str]) -> str:
    name, end = found.groups()
    if end:
        return f"‹{name}›"
    known = next((item for item in names if item.startswith(name)), name)
    return f"‹{known}›…"
