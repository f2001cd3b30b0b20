"""Conditions by name: a plan that was written out names its conditions, as functions cannot be written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pare.errors import EventEditError, UnknownConditionError, nearest
from pare.kernel.checks import Condition

ConditionFactory = Callable[[str, Any], Condition]
"""Makes the condition of a name; the second argument is the scenario's execution metadata."""

_NAME = re.compile(
    r"(?P<kind>\w+?)__turn_idx_(?P<turn>\d+)__scenario_id_(?P<scenario>(?:(?!__).)+)", re.DOTALL
)


class ConditionName(NamedTuple):
    """The parts of a name: which factory makes it, for which turn of which scenario."""

    kind: str
    turn_idx: int
    scenario_id: str


def read_condition_name(name: str) -> ConditionName:
    """Read ``{kind}__turn_idx_{number}__scenario_id_{id}``.

    Raises:
        EventEditError: the name is not of that form.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise EventEditError(
            f"{name!r} names no condition; write it as KIND__turn_idx_NUMBER__scenario_id_ID, "
            "with no double underscore in the id"
        )
    return ConditionName(match["kind"], int(match["turn"]), match["scenario"])


def condition_named(name: str, factories: Mapping[str, ConditionFactory], metadata: Any) -> Condition:
    """Make the condition of that name.

    Raises:
        UnknownConditionError: none of `factories` makes that kind.
        EventEditError: the name is malformed, or there is no metadata to make it from.
    """
    if metadata is None:
        raise EventEditError(
            f"the condition {name!r} cannot be made again: the scenario has no execution_metadata; "
            "set it, or plan the condition with ConditionCheckEvent.from_condition(...)"
        )
    kind = name.split("__", 1)[0]
    if kind not in factories:
        raise UnknownConditionError(
            f"no factory makes conditions of the kind {kind!r} (known: {', '.join(factories) or 'none'}); "
            f"register one in condition_factories.{nearest(kind, factories)}"
        )
    read_condition_name(name)
    return factories[kind](name, metadata)
