"""Events that call a function of an app: planned (Event), expected (OracleEvent), made (CompletedEvent)."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from pathlib import PurePath
from typing import Any, Self, cast

from pare.kernel.abstract_event import AbstractEvent, shallow_copy
from pare.kernel.action import Action, ActionDescription, EventMetadata
from pare.kernel.enums import EventTimeComparator, EventType
from pare.kernel.frames import CAPTURING, MUTED, RECORDING, entered
from pare.kernel.run_context import current_run
from pare.kernel.serialization import to_plain


@dataclass(eq=False, repr=False)
class _CallEvent(AbstractEvent):
    """An event with an action."""

    action: Any = None

    def app_class_name(self) -> str | None:
        """Name the class of the app, or None without an app."""
        app = getattr(self.action, "app", None)
        return None if app is None else app.__class__.__name__

    def app_name(self) -> str | None:
        """Name the app, or None without one."""
        return None if getattr(self.action, "app", None) is None else self.action.app_name

    def function_name(self) -> str | None:
        """Name the function, or None without an action."""
        return None if self.action is None else self.action.function_name

    def to_dict(self) -> dict[str, Any]:
        """Give the event as plain data."""
        return {**super().to_dict(), "action": self.action.to_dict() if self.action else None}


@dataclass(eq=False, repr=False)
class Event(_CallEvent):
    """A planned call of an app's function."""

    oracle_event: OracleEvent | None = None

    def _label(self) -> str:
        if self.action is None:
            return super()._label()
        return f"{self.event_type.value}-{self.action.app_name}.{self.action.function_name}"

    def in_graph(self) -> AbstractEvent:
        """Give the oracle event that this one became, or this one."""
        return self.oracle_event or self

    @classmethod
    def from_function(
        cls, function: Callable[..., Any], event_type: EventType | None = None, **kwargs: Any
    ) -> Self:
        """Plan a call of `function`, a method of an app or any callable, with `kwargs`."""
        return cls(event_type=event_type or EventType.ENV, action=Action(function, kwargs))

    def oracle(self) -> OracleEvent:
        """Make this what an ideal agent would do: executed in oracle runs only."""
        return OracleEvent.from_event(self)

    def execute(self, fire_individual_events: bool = False) -> CompletedEvent:
        """Make the call and tell what came of it; an exception goes into the metadata.

        The calls that the function makes in turn are recorded only if `fire_individual_events`.
        """
        with entered(RECORDING if fire_individual_events else MUTED):
            try:
                metadata = EventMetadata(return_value=self.action.execute())
            except Exception as error:  # noqa: BLE001 - the border of a scheduled event
                metadata = failure(error)
        return completed(self, self.action, metadata)

    def copy(self) -> Self:
        """Give a copy without its relative time, as published."""
        event = shallow_copy(self)
        event.event_relative_time = None
        return event


@dataclass(eq=False, repr=False)
class OracleEvent(AbstractEvent):
    """What an ideal agent would do: made and executed in oracle runs, ignored in agent runs."""

    event_type: EventType = EventType.AGENT
    make_event: Callable[[Any], AbstractEvent] = None  # type: ignore[assignment]  # published default
    event_time_comparator: EventTimeComparator | None = None
    action_desc: ActionDescription | None = None
    planned: AbstractEvent | None = None

    @classmethod
    def from_event(cls, event: AbstractEvent) -> OracleEvent:
        """Turn a planned event into an oracle event, which takes its place in the graph."""
        oracle = cls(
            make_event=partial(_given, event),
            planned=event,
            event_id=event.event_id,
            event_time=event.event_time,
            event_relative_time=event.event_relative_time,
            successors=event.successors,
            dependencies=event.dependencies,
            action_desc=cls.action_desc_from_event(event),
        )
        for neighbour in event.dependencies:
            neighbour.successors[:] = [oracle if item is event else item for item in neighbour.successors]
        for neighbour in event.successors:
            neighbour.dependencies[:] = [oracle if item is event else item for item in neighbour.dependencies]
        if isinstance(event, Event):
            event.oracle_event = oracle
        return oracle

    @staticmethod
    def action_desc_from_event(event: AbstractEvent) -> ActionDescription | None:
        """Put the action of `event` into words."""
        action = getattr(event, "action", None)
        if not isinstance(action, Action):
            return None
        args = [
            {"name": name, "value": str(value), "value_type": type(value).__name__}
            for name, value in action.args.items()
            if name != "self"
        ]
        return ActionDescription(app=action.app_name, function=action.function_name, args=args)

    def make(self, env: Any) -> Event:
        """Give the call to execute, with the id, time and neighbours of this event."""
        with entered(CAPTURING):
            event = self.make_event(env).copy()
        event.event_type = self.event_type
        event.event_id = self.event_id
        event.event_relative_time = self.event_relative_time
        event.event_time = self.event_time
        event.dependencies = self.dependencies
        event.successors = self.successors
        return event  # type: ignore[return-value]  # what capture mode gives

    def to_dict(self) -> dict[str, Any]:
        """Give the event as plain data."""
        data = super().to_dict() | {"event_time_comparator": to_plain(self.event_time_comparator)}
        if self.action_desc is not None:
            data["action"] = {
                "class_name": self.action_desc.app,
                "app_name": self.action_desc.app,
                "function_name": self.action_desc.function,
                "args": {arg["name"]: arg["value"] for arg in self.action_desc.args},
            }
        return data


def _given(event: AbstractEvent, env: Any) -> AbstractEvent:  # noqa: ARG001 - the published call
    return event


NOBODY = cast("list[AbstractEvent]", ())
"""The neighbours of every recorded event: it has none, and a list each would cost the log two thirds more."""


@dataclass(eq=False, repr=False)
class CompletedEvent(_CallEvent):
    """A call, check or validation that has taken place at `event_time`."""

    metadata: EventMetadata = None  # type: ignore[assignment]  # published default
    _tool_name: str | None = None

    @property
    def tool_name(self) -> str:
        """The class of the app and the function, joined by two underscores."""
        if self._tool_name:
            return self._tool_name
        return f"{self.app_class_name() or 'NoApp'}__{self.function_name() or 'NoFunction'}"

    def get_args(self) -> dict[str, Any]:
        """Give the arguments as executed; {} for a check."""
        if not isinstance(self.action, Action):
            return {}
        return self.action.resolved_args or self.action.args

    def failed(self) -> bool:
        """Tell whether the call raised."""
        return self.metadata.exception is not None

    def replay(self) -> Any:
        """Make the call again."""
        return self.action.execute()

    def to_future_event(self) -> AbstractEvent:
        """Give the planned event that this one was."""
        future: AbstractEvent = self.action.planned(self) if hasattr(self.action, "planned") else self._call()
        future.event_time = self.event_time
        return future

    def _call(self) -> Event:
        if not isinstance(self.action, Action):
            raise ValueError(f"event {self.event_id!r} is no call and no check, so it cannot be planned")
        return Event(event_type=self.event_type, action=self.action, event_id=self.event_id)

    def to_dict(self) -> dict[str, Any]:
        """Give the event as plain data; no wall time, no stack of this machine. Noise is marked as such."""
        data = {**super().to_dict(), "metadata": self.metadata.to_dict()}
        return {**data, "noise": True} if self.is_noise else data


@dataclass(eq=False, repr=False)
class CompletedOracleEvent(CompletedEvent):
    """A completed event beside the time that its oracle was given, for judges."""

    absolute_event_time: float | None = None
    event_time_comparator: EventTimeComparator | None = None

    @classmethod
    def from_completed_event(
        cls,
        completed_event: CompletedEvent,
        absolute_event_time: float | None = None,
        event_time_comparator: EventTimeComparator | None = None,
    ) -> Self:
        """Copy a completed event and add the oracle's time."""
        values = {item.name: getattr(completed_event, item.name) for item in fields(CompletedEvent)}
        return cls(
            **values, absolute_event_time=absolute_event_time, event_time_comparator=event_time_comparator
        )

    @classmethod
    def from_completed_event_and_oracle_event(
        cls, completed_event: CompletedEvent, oracle_event: AbstractEvent
    ) -> Self:
        """Copy a completed event and take time and comparator from its oracle or planned event.

        Raises:
            ValueError: the second is neither an OracleEvent nor an Event.
        """
        if not isinstance(oracle_event, (OracleEvent, Event)):
            raise ValueError(f"{type(oracle_event).__name__} is neither an OracleEvent nor an Event")
        comparator = getattr(oracle_event, "event_time_comparator", None)
        return cls.from_completed_event(completed_event, oracle_event.event_time, comparator)


def completed(event: AbstractEvent, action: Any, metadata: EventMetadata) -> CompletedEvent:
    """Record that `event` took place with `action` and this outcome."""
    record = CompletedEvent(
        event.event_type, event.event_time, None, event.event_id, NOBODY, NOBODY, action, metadata
    )
    if event.is_noise:
        record.is_noise = True
    return record


def failure(error: Exception) -> EventMetadata:
    """Record what `error` says, and where it arose by file name, function and line."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{PurePath(item.filename).name}:{item.lineno} in {item.name}" for item in frames]
    return EventMetadata(exception=str(error), exception_stack_trace="\n".join(places))


def call_id(event_type: EventType, action: Action) -> str:
    """Name a call that was made now: type, app, function and the next number of the run."""
    run = getattr(action.app, "run", None) or current_run()
    label = f"{event_type.value}-{action.app_name}.{action.function_name}"
    event_id: str = run.event_id(label)
    return event_id
