"""Scenario classes are dataclasses without saying so, and class attributes are their defaults."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import partial
from typing import Any, cast, dataclass_transform


@dataclass_transform(eq_default=False)
class AutoDataclass(type):
    """Make every class a dataclass whose plain class attributes override inherited field defaults.

    A keyword that is passed to the constructor wins over the class attribute. An annotated attribute
    becomes a field of its own, as in any dataclass.
    """

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> AutoDataclass:
        """Make the class; overridden defaults are turned into annotated ones first."""
        annotations: dict[str, Any] = dict(namespace.get("__annotations__", {}))
        for attribute, inherited in _inherited_fields(bases).items():
            if attribute in namespace and attribute not in annotations and not _is_code(namespace[attribute]):
                annotations[attribute] = inherited.type
                namespace[attribute] = _as_default(namespace[attribute])
        namespace["__annotations__"] = annotations
        cls: Any = super().__new__(mcs, name, bases, namespace)
        dataclass(eq=False)(cls)
        return cast(AutoDataclass, cls)


def _inherited_fields(bases: tuple[type, ...]) -> dict[str, Field[Any]]:
    found: dict[str, Field[Any]] = {}
    for base in bases:
        if hasattr(base, "__dataclass_fields__"):
            found.update({item.name: item for item in fields(base)})
    return found


def _is_code(value: Any) -> bool:
    return callable(value) or isinstance(value, (property, classmethod, staticmethod))


def _as_default(value: Any) -> Any:
    """Give a mutable default to each instance as a copy of its own."""
    if isinstance(value, Field) or value is MISSING or type(value).__hash__ is not None:
        return value
    return field(default_factory=partial(deepcopy, value))
