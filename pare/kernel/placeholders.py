"""Placeholders: ``{{event_id}}`` or ``{{event_id.key}}`` stands for what a past event returned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pare.errors import UnknownPlaceholderError, UnresolvedPlaceholderError, nearest
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action
from pare.kernel.calls import OracleEvent
from pare.kernel.log import EventLog

_PLACEHOLDER = re.compile(r"\s*\{\{([^{}]+)\}\}\s*")


def references(value: Any) -> Iterator[str]:
    """Give the inner text of every placeholder in `value`, also inside lists and dicts."""
    if type(value) is str:
        if "{{" in value and (match := _PLACEHOLDER.fullmatch(value)):
            yield match[1].strip()
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from references(item)


def check_references(events: Sequence[AbstractEvent], where: str) -> set[AbstractEvent]:
    """Give the events whose arguments hold placeholders.

    Raises:
        UnknownPlaceholderError: a placeholder names an id that none of `events` has.
    """
    ids = {event.event_id for event in events}
    found = set()
    for event in events:
        for text in references(_planned_args(event)):
            found.add(event)
            if not any(event_id in ids for event_id, _ in _readings(text)):
                raise UnknownPlaceholderError(
                    f"{where}event {event.event_id!r} refers to {{{{{text}}}}}, but no event has that id; "
                    f"name one with .with_id(...).{nearest(text, ids)}"
                )
    return found


def resolve(args: dict[str, Any], log: EventLog) -> dict[str, Any]:
    """Give `args` with every placeholder replaced by what the event it names returned.

    Raises:
        UnresolvedPlaceholderError: the event has not taken place, or returned nothing of that key.
    """
    return {name: _resolve(value, log) if any(references(value)) else value for name, value in args.items()}


def _planned_args(event: AbstractEvent) -> Any:
    action = getattr(getattr(event, "planned", None) or event, "action", None)
    if isinstance(action, Action):
        return {name: value for name, value in action.args.items() if name != "self"}
    if isinstance(event, OracleEvent) and event.action_desc:
        return [arg["value"] for arg in event.action_desc.args]
    return None


def _resolve(value: Any, log: EventLog) -> Any:
    if type(value) is str:
        match = _PLACEHOLDER.fullmatch(value)
        return _look_up(match[1].strip(), log) if match else value
    if isinstance(value, dict):
        return {key: _resolve(item, log) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return (tuple if isinstance(value, tuple) else list)(_resolve(item, log) for item in value)
    return value


def _readings(text: str) -> Iterator[tuple[str, list[str]]]:
    """Split ``id.key.key`` in every way, the longest id first: ids may hold dots themselves."""
    parts = text.split(".")
    for end in range(len(parts), 0, -1):
        yield ".".join(parts[:end]), parts[end:]


def _look_up(text: str, log: EventLog) -> Any:
    for event_id, keys in _readings(text):
        if event := log.find(event_id):
            if event.failed():
                raise UnresolvedPlaceholderError(f"{{{{{text}}}}} refers to a call that failed")
            return _follow(event.metadata.return_value, keys, text)
    raise UnresolvedPlaceholderError(f"{{{{{text}}}}} refers to an event that has not taken place")


def _follow(value: Any, keys: list[str], text: str) -> Any:
    for key in keys:
        if not isinstance(value, Mapping) or key not in value:
            found = ", ".join(map(str, value)) if isinstance(value, Mapping) else type(value).__name__
            raise UnresolvedPlaceholderError(f"{{{{{text}}}}}: there is no {key!r} in the result ({found})")
        value = value[key]
    return value
