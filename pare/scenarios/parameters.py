"""From text to events: values of arguments as a plan writes them down, and the events that use them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from pare.apps.base import App
from pare.errors import (
    EventEditError,
    EventTimeError,
    NegativeDelayError,
    UnknownAppError,
    UnknownToolError,
    nearest,
)
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action, ActionDescription
from pare.kernel.calls import Event, OracleEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import EventTimeComparator, EventType, OperationType
from pare.kernel.placeholders import references
from pare.kernel.run_context import RunContext
from pare.scenarios.conditions import ConditionFactory, condition_named

_TRUE = frozenset({"true", "1", "t", "y", "yes"})
_BRACKETS = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True)
class EventRequest:
    """What `add_event` and `edit_event` are asked for. Times are in seconds.

    `parameters` hold each argument as ``{"value": text, "type": name of a type}``.
    """

    app_name: str
    function_name: str
    parameters: Mapping[str, Any]
    predecessor_event_ids: list[str]
    event_type: EventType
    event_id: str | None = None
    event_relative_time: float | None = None
    event_time: float | None = None
    event_time_comparator: EventTimeComparator | None = None


def parse_parameter_value(value: str | None, type_name: str | None) -> Any:
    """Read the text `value` as `type_name`, such as ``int``, ``list[str] | None`` or ``Optional[str]``.

    A placeholder is left as it is, and nothing (None or "") is None where the type allows it.

    Raises:
        EventEditError: the text is no value of that type, or the type cannot be read from text.
    """
    if value is None and type_name is None:
        return None
    kind, allows_none = _first_type((type_name or "").strip())
    if value is None or value == "":
        if allows_none:
            return None
        raise EventEditError(f"an empty value is no {type_name}; give a value, or a type that allows None")
    if any(references(value)):
        return value
    if kind not in _READERS:
        raise EventEditError(f"the type {type_name!r} cannot be read from text; use {', '.join(_READERS)}")
    try:
        return _READERS[kind](value)
    except (TypeError, ValueError, RecursionError):
        raise EventEditError(f"{value!r} is no {kind}; write it as text of that type") from None


def _first_type(type_name: str) -> tuple[str, bool]:
    """Give the first type of a union, and whether the union allows None."""
    if optional := re.fullmatch(r"Optional\[(.*)\]", type_name):
        return optional[1].strip(), True
    while (shorter := _BRACKETS.sub("", type_name)) != type_name:
        type_name = shorter
    members = [member.strip() for member in type_name.split("|")]
    return next((member for member in members if member != "None"), ""), "None" in members


def _read_json(kind: type, text: str) -> Any:
    value = json.loads(text)
    if not isinstance(value, kind):
        raise TypeError(text)
    return value


_READERS: Mapping[str, Callable[[str], Any]] = {
    "int": int,
    "str": str,
    "float": float,
    "bool": lambda text: str(text).strip().lower() in _TRUE,
    "list": partial(_read_json, list),
    "dict": partial(_read_json, dict),
}


class EventCreation:
    """The part of a scenario that makes events from requests."""

    condition_factories: ClassVar[Mapping[str, ConditionFactory]] = {}
    """What makes conditions again, by the first part of their name; see `pare.scenarios.conditions`."""

    apps: list[App] | None
    scenario_id: str
    run_context: RunContext

    _parse_parameter_value = staticmethod(parse_parameter_value)

    def _create_event(self, request: EventRequest) -> AbstractEvent:
        """Make the event, without links; an id that is not given comes from the scenario's run.

        Raises:
            NegativeDelayError, EventTimeError, EventEditError: the times, the comparator, an argument or
                the condition are refused.
            UnknownAppError, UnknownToolError: what an event of the environment or user calls is not there.
        """
        where = self._where(request)
        _check_times(request, where)
        with self.run_context.active():
            event = self._make_event(request, where)
        event.event_id = request.event_id or event.event_id
        event.event_time, event.event_relative_time = request.event_time, request.event_relative_time
        if event.event_time is None and event.event_relative_time is None:
            event.event_relative_time = 0.0
        return event

    def _make_event(self, request: EventRequest, where: str) -> AbstractEvent:
        if request.event_type is EventType.CONDITION:
            return self._condition(request, where)
        args = _parsed(request, where)
        if request.event_type is EventType.AGENT:
            return _expected(request, args)
        return self._planned(request, args, where)

    def _condition(self, request: EventRequest, where: str) -> AbstractEvent:
        metadata = getattr(self, "execution_metadata", None)
        try:
            condition = condition_named(request.function_name, self.condition_factories, metadata)
        except EventEditError as error:
            raise type(error)(f"{where}: {error}") from None
        return ConditionCheckEvent.from_condition(condition)

    def _planned(self, request: EventRequest, args: dict[str, Any], where: str) -> AbstractEvent:
        if request.event_time_comparator is not None:
            raise EventEditError(
                f"{where} has the comparator {request.event_time_comparator.value}, but only events of the "
                "agent are compared; leave event_time_comparator out"
            )
        apps = {app.name: app for app in self.apps or ()}
        if request.app_name not in apps:
            raise UnknownAppError(
                f"{where} calls an app that is not there (apps: {', '.join(apps) or 'none'}); "
                f"name one of them.{nearest(request.app_name, apps)}"
            )
        try:
            method = method_of(apps[request.app_name], request.function_name)
        except UnknownToolError as error:
            raise UnknownToolError(f"{where}: {error}") from None
        operation = getattr(method, "__operation_type__", OperationType.READ)
        return Event(event_type=request.event_type, action=Action(method, args, operation_type=operation))

    def _where(self, request: EventRequest) -> str:
        event = "a new event" if request.event_id is None else f"event {request.event_id!r}"
        call = ".".join(filter(None, (request.app_name, request.function_name)))
        return f"scenario {self.scenario_id!r}: {event} ({call})"


def method_of(app: Any, function_name: str) -> Callable[..., Any]:
    """Give the method of `app` of that name.

    Raises:
        UnknownToolError: there is none.
    """
    method = getattr(app, function_name, None)
    if not callable(method):
        names = [name for name in dir(type(app)) if not name.startswith("_")]
        raise UnknownToolError(
            f"app {app.name!r} has no function {function_name!r}; "
            f"name one that it has.{nearest(function_name, names)}"
        )
    found: Callable[..., Any] = method
    return found


def _check_times(request: EventRequest, where: str) -> None:
    time, delay = request.event_time, request.event_relative_time
    if time is not None and delay is not None:
        raise EventEditError(
            f"{where} has both an absolute time ({time}) and a relative one ({delay}); give only one of them"
        )
    if delay is not None and delay < 0:
        raise NegativeDelayError(f"{where} has a delay of {delay} seconds; a delay is 0 or more")
    if time is not None and time < 0:
        raise EventTimeError(f"{where} is placed at {time}; give seconds since the epoch, 0 or more")


def _parsed(request: EventRequest, where: str) -> dict[str, Any]:
    args = {}
    for name, given in request.parameters.items():
        if not isinstance(given, Mapping):
            raise EventEditError(
                f"{where}: argument {name!r} is {given!r}; "
                'give it as {"value": text, "type": name of its type}'
            )
        try:
            args[name] = parse_parameter_value(given.get("value"), given.get("type"))
        except EventEditError as error:
            raise EventEditError(f"{where}: argument {name!r}: {error}") from None
    return args


def _expected(request: EventRequest, args: dict[str, Any]) -> AbstractEvent:
    """Make an event of the agent; its app is looked for when it happens, as it may not be needed."""
    words = [
        {"name": name, "value": given.get("value"), "value_type": given.get("type")}
        for name, given in request.parameters.items()
    ]
    return OracleEvent(
        make_event=partial(_expected_call, request.app_name, request.function_name, args),
        event_time_comparator=request.event_time_comparator,
        action_desc=ActionDescription(app=request.app_name, function=request.function_name, args=words),
    )


def _expected_call(app_name: str, function_name: str, args: dict[str, Any], env: Any) -> AbstractEvent:
    """Capture the call on the phone of `env`; the arguments are copied, so that no run changes the plan."""
    event: AbstractEvent = method_of(env.get_app(app_name), function_name)(**deepcopy(args))
    return event
