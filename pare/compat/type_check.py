"""Check the arguments of a call against its annotations, as published apps ask for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, wraps
from types import UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from pare.errors import InvalidArgumentsError
from pare.kernel.placeholders import references
from pare.tools.spec import format_type_name

P = ParamSpec("P")
R = TypeVar("R")


def type_check(func: Callable[P, R]) -> Callable[P, R]:
    """Let `func` refuse arguments of another type than it is annotated with.

    A placeholder (``{{event_id}}``) passes: it stands for a value that is not known yet.
    """
    signature = inspect.signature(func)
    inner: Callable[..., Any] = inspect.unwrap(func)

    @wraps(func)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        hints = _hints(inner)
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            if name in hints and not check_type(value, hints[name]) and not any(references(value)):
                raise InvalidArgumentsError(
                    f"{func.__name__}: argument {name!r} is of type {type(value).__name__}, "
                    f"but must be {format_type_name(hints[name])}"
                )
        return func(*args, **kwargs)

    return call


@cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        hints = get_type_hints(function)
    except (NameError, TypeError):  # a name that only type checkers import
        return {}
    hints.pop("return", None)
    return hints


def check_type(value: Any, expected_type: Any) -> bool:
    """Tell whether `value` is of a type, looking into lists, sets, dicts, tuples and unions.

    A list passes for a set and the other way round; an int does not pass for a float.
    """
    origin, args = get_origin(expected_type), get_args(expected_type)
    if origin in (Union, UnionType):
        return any(check_type(value, member) for member in args)
    if origin is not None:
        return _check_container(value, origin, args)
    if expected_type in (Any, None):
        return expected_type is Any or value is None
    return not isinstance(expected_type, type) or isinstance(value, expected_type)


def _check_container(value: Any, origin: Any, args: tuple[Any, ...]) -> bool:
    if origin in (list, set):
        return isinstance(value, (list, set)) and all(check_type(item, args[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(
            check_type(key, args[0]) and check_type(item, args[1]) for key, item in value.items()
        )
    if origin is tuple:
        kinds = args[:1] * len(value) if args[1:] == (...,) else args
        fits = isinstance(value, tuple) and len(value) == len(kinds)
        return fits and all(map(check_type, value, kinds))
    return not isinstance(origin, type) or isinstance(value, origin)


def is_optional_type(t: Any) -> bool:
    """Tell whether a type is a union that allows None."""
    return get_origin(t) in (Union, UnionType) and type(None) in get_args(t)
