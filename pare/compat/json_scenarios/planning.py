"""From the events of a document to those of a scenario, in the order and with the ids of the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any

from pare.apps.base import App
from pare.compat.json_scenarios.arguments import read_args
from pare.compat.json_scenarios.models import (
    Planned,
    WrittenAction,
    WrittenEvent,
    WrittenPlaceholder,
    WrittenReference,
)
from pare.compat.json_scenarios.registered import RegisteredCode
from pare.errors import ScenarioError
from pare.kernel.abstract_event import AbstractEvent, StopEvent, shallow_copy
from pare.kernel.action import Action, ActionDescription
from pare.kernel.calls import Event, OracleEvent
from pare.kernel.checks import ConditionCheckAction, ConditionCheckEvent
from pare.kernel.enums import EventTimeComparator, EventType, OperationType
from pare.logs import get_logger
from pare.scenarios.conditions import ConditionFactory, condition_named

NO_ACTION = WrittenAction(action_id="")


def planned_events(
    written: Iterable[Planned],
    apps: Mapping[str, App],
    conditions: Mapping[str, ConditionFactory],
    metadata: Any,
    code: RegisteredCode,
) -> list[AbstractEvent]:
    """Make the events of a document that was checked, and tie them together."""
    items = list(written)
    events = {
        item.event_id: _as_registered(item, item.registered_event, code)
        if item.registered_event is not None or not isinstance(item, WrittenEvent)
        else _made(item, apps, conditions, metadata)
        for item in items
    }
    for item in items:
        child = events[item.event_id]
        for dependency in dict.fromkeys(item.dependencies):
            events[dependency].successors.append(child)
            child.dependencies.append(events[dependency])
    return list(events.values())


def _as_registered(item: Planned, reference: WrittenReference, code: RegisteredCode) -> AbstractEvent:
    """Make an event that looks as one of a registered scenario does, as often and as long."""
    event = shallow_copy(code.event(reference))
    event.successors, event.dependencies = [], []
    if isinstance(event, ConditionCheckEvent) and isinstance(item, WrittenEvent):
        action_id = (item.action or NO_ACTION).action_id
        event.action = ConditionCheckAction(event.action.function, action_id)
    event.event_id = item.event_id
    _place(event, item)
    return event


def _made(
    item: WrittenEvent, apps: Mapping[str, App], conditions: Mapping[str, ConditionFactory], metadata: Any
) -> AbstractEvent:
    kind, action = EventType(item.event_type), item.action or NO_ACTION
    event: AbstractEvent
    if kind is EventType.STOP:
        event = StopEvent()
    elif kind is EventType.CONDITION:
        condition = condition_named(action.function or "", conditions, metadata)
        event = ConditionCheckEvent(action=ConditionCheckAction(condition, action.action_id))
    elif kind is EventType.AGENT:
        event = _expected(item, action)
    else:
        event = Event(event_type=kind, action=_call(action, apps), event_id=item.event_id)
    event.event_id = item.event_id
    _place(event, item)
    return event


def _place(event: AbstractEvent, item: Planned) -> None:
    """Take over the time of an event: the relative one, if there are two, and none is no delay."""
    relative = item.event_relative_time
    event.event_time = item.event_time if relative is None else None
    event.event_relative_time = 0.0 if relative is None and item.event_time is None else relative


def _call(action: WrittenAction, apps: Mapping[str, App]) -> Action:
    method = getattr(apps[action.app or ""], action.function or "")
    operation = getattr(method, "__operation_type__", OperationType.READ)
    args = read_args(action.args)
    return Action(method, args, action_id=action.action_id or None, operation_type=operation)


def _expected(item: WrittenEvent, action: WrittenAction) -> OracleEvent:
    """Make an event of the agent; its app is looked for when it happens, as it may be left out."""
    app, function = action.app or "", action.function or ""
    words = [arg.model_dump() for arg in action.args or ()]
    return OracleEvent(
        event_id=item.event_id,
        make_event=partial(_captured, app, function, read_args(action.args)),
        event_time_comparator=_comparator(item),
        action_desc=ActionDescription(app=app, function=function, args=words),
    )


def _captured(app_name: str, function: str, args: dict[str, Any], env: Any) -> AbstractEvent:
    """Capture the call on the phone of `env`; the arguments are copied, so that no run changes the plan."""
    event: AbstractEvent = getattr(env.get_app(app_name), function)(**deepcopy(args))
    return event


def _comparator(item: WrittenEvent) -> EventTimeComparator | None:
    name = item.event_time_comparator
    if name is None or name in EventTimeComparator.__members__:
        return None if name is None else EventTimeComparator[name]
    get_logger().warning("event.comparator_ignored", event_id=item.event_id, comparator=name[:100])
    return None


def stand_ins(
    placeholders: Iterable[WrittenPlaceholder], present: Iterable[AbstractEvent]
) -> list[AbstractEvent]:
    """Give oracle events for those that a file left out and refers to; they can be named, not played."""
    ids = {event.event_id for event in present}
    missing = {item.parent_event_id: item.parent_tool_name for item in placeholders}
    return [_stand_in(key, tool) for key, tool in missing.items() if key not in ids]


def _stand_in(event_id: str, tool: str) -> OracleEvent:
    app, _, function = tool.partition("__")
    return LeftOutEvent(
        event_id=event_id,
        event_relative_time=0.0,
        make_event=partial(_not_there, event_id),
        action_desc=ActionDescription(app=app, function=function, args=[]),
    )


class LeftOutEvent(OracleEvent):
    """What is known of an agent's event that a file without its oracle refers to."""


def _not_there(event_id: str, env: Any) -> AbstractEvent:  # noqa: ARG001 - the shape of make_event
    raise ScenarioError(f"the oracle event {event_id!r} was left out of the file, so no oracle can be played")
