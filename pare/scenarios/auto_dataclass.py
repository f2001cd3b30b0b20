"""Scenario classes are dataclasses without saying so, and class attributes are their defaults."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from functools import partial, wraps
from inspect import get_annotations
from itertools import takewhile
from typing import Any, cast, dataclass_transform


@dataclass_transform(eq_default=False)
class AutoDataclass(type):
    """Make every class a dataclass whose plain class attributes override inherited field defaults.

    A keyword that is passed to the constructor wins over the class attribute. An annotated attribute
    becomes a field of its own, as in any dataclass. The defaults are those of the instance's class,
    also where an ``__init__`` of its own calls the generated one of a base. An annotated attribute may be
    an object of a dataclass, which Python refuses since 3.11: each instance has a copy of its own.
    """

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> AutoDataclass:
        """Make the class; overridden defaults are turned into annotated ones first."""
        cls: Any = super().__new__(mcs, name, bases, namespace)
        annotations = dict(get_annotations(cls))
        for item, value in _overrides(cls, annotations):
            annotations[item.name] = item.type
            setattr(cls, item.name, _as_default(value))
        for field_name in annotations:
            if is_dataclass(vars(cls).get(field_name)):
                setattr(cls, field_name, _as_default(vars(cls)[field_name]))
        cls.__annotations__ = annotations
        dataclass(eq=False)(cls)
        if "__init__" not in namespace:
            cls.__init__ = _with_defaults_of_the_instance(cls)
        return cast(AutoDataclass, cls)


def _overrides(cls: type, annotated: dict[str, Any]) -> Iterator[tuple[Field[Any], Any]]:
    """Give each inherited field for which the class, or a plain class mixed in, has a value."""
    mixed_in = takewhile(lambda base: not hasattr(base, "__dataclass_fields__"), cls.__mro__[1:])
    given = ChainMap(*(dict(vars(base)) for base in (cls, *mixed_in)))
    for name, item in getattr(cls, "__dataclass_fields__", {}).items():
        if name in given and name not in annotated and not _is_code(given[name]):
            yield item, given[name]


def _is_code(value: Any) -> bool:
    return callable(value) or isinstance(value, (property, classmethod, staticmethod))


def _as_default(value: Any) -> Any:
    """Give a mutable default to each instance as a copy of its own."""
    if isinstance(value, Field) or type(value).__hash__ is not None:
        return value
    return field(default_factory=partial(deepcopy, value))


def _with_defaults_of_the_instance(cls: Any) -> Any:
    """Let the generated ``__init__`` of `cls` look defaults up in the class of the instance."""
    generated = cls.__init__
    positional = [item.name for item in fields(cls) if item.init and not item.kw_only]
    names = {item.name for item in fields(cls) if item.init}

    @wraps(generated)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        for name in names.difference(positional[: len(args)], kwargs):
            default = _default(type(self), name)
            if default is not MISSING:
                kwargs[name] = default
        generated(self, *args, **kwargs)

    return __init__


def _default(cls: Any, name: str) -> Any:
    """Give the default of a field: the class attribute as it is now, or what its factory makes."""
    item: Field[Any] = cls.__dataclass_fields__[name]
    if item.default_factory is not MISSING:
        return item.default_factory()
    value = getattr(cls, name, MISSING)
    return item.default if _is_code(value) else value
