"""Exported events, as objects or as dicts of the same names: read them, and put them in order."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from pare.errors import DuplicateEventIdError, EventEditError
from pare.kernel.enums import EventTimeComparator, EventType
from pare.logs import get_logger
from pare.scenarios.parameters import EventRequest
from pare.scenarios.turns import Step, in_order


def import_order(
    exported: Iterable[Any], scenario_id: str, present: Container[str] = ()
) -> list[EventRequest]:
    """Read exported events, each after its dependencies; those of ids that are `present` count as met.

    Raises:
        EventEditError: an event cannot be read.
        DuplicateEventIdError, UnknownPredecessorError, CyclicEventsError: they cannot be ordered.
    """
    requests: dict[str, EventRequest] = {}
    for item in exported:
        request = read_exported(item, scenario_id)
        event_id = request.event_id or ""
        if event_id in requests:
            raise DuplicateEventIdError(
                f"scenario {scenario_id!r}: two exported events carry the id {event_id!r}; give each its own"
            )
        requests[event_id] = request
    steps = {
        event_id: Step(tuple(key for key in request.predecessor_event_ids if key not in present))
        for event_id, request in requests.items()
    }
    return [requests[event_id] for event_id in in_order(steps, scenario_id)]


def read_exported(item: Any, scenario_id: str) -> EventRequest:
    """Read an exported event; its relative time wins over its absolute one.

    Raises:
        EventEditError: it has no id, no call or no type of event.
    """
    event_id = _get(item, "event_id")
    where = f"scenario {scenario_id!r}: exported event {event_id!r}"
    if not event_id:
        raise EventEditError(f"{where} has no event_id; give each event its own")
    action = _get(item, "action")
    if action is None:
        raise EventEditError(f"{where} calls nothing; give it an action with app, function and args")
    delay = _get(item, "event_relative_time")
    return EventRequest(
        app_name=_get(action, "app") or "",
        function_name=_get(action, "function") or "",
        parameters=_parameters(_get(action, "args")),
        predecessor_event_ids=list(dict.fromkeys(_get(item, "dependencies") or ())),
        event_type=_event_type(_get(item, "event_type"), where),
        event_id=event_id,
        event_relative_time=delay,
        event_time=_get(item, "event_time") if delay is None else None,
        event_time_comparator=_comparator(_get(item, "event_time_comparator"), event_id),
    )


def _get(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, dict) else getattr(item, name, None)


def _parameters(args: Iterable[Any] | None) -> dict[str, Any]:
    return {
        _get(arg, "name"): {"value": _get(arg, "value"), "type": _get(arg, "value_type")}
        for arg in args or ()
    }


def _event_type(value: Any, where: str) -> EventType:
    try:
        return EventType(value)
    except ValueError:
        known = ", ".join(item.value for item in EventType)
        raise EventEditError(f"{where} is of type {value!r}; give one of {known}") from None


def _comparator(value: Any, event_id: str) -> EventTimeComparator | None:
    if value is None:
        return None
    try:
        return EventTimeComparator(value)
    except ValueError:
        get_logger().warning("event.comparator_ignored", event_id=event_id, comparator=str(value))
        return None
