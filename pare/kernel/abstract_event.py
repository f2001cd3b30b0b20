"""What all planned events share: a time, an id, and a place in the graph of events.

A plan is not changed by running it: due times, check counts and achieved milestones live in the
environment, so one scenario can run twice.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, Self, TypeVar, Union

from pare.errors import EventGraphError, NegativeDelayError
from pare.kernel.enums import EventType
from pare.kernel.run_context import current_run

EventT = TypeVar("EventT", bound="AbstractEvent")
Events = Union["AbstractEvent", "Sequence[AbstractEvent]", None]


@dataclass(eq=False, repr=False)
class AbstractEvent(ABC):  # noqa: B024 - published; __post_init__ refuses it by itself
    """An event at `event_time`, or `event_relative_time` seconds after its dependencies complete.

    Both times are in seconds. Without dependencies the relative time counts from the start of the
    scenario.
    """

    event_type: EventType = EventType.ENV
    event_time: float | None = None
    event_relative_time: float | None = None
    event_id: str = None  # type: ignore[assignment]  # published: None asks for an id
    successors: list[AbstractEvent] = field(default_factory=list)
    dependencies: list[AbstractEvent] = field(default_factory=list)

    is_noise = False  # no field of the published classes; an instance that is noise says so

    def __post_init__(self) -> None:
        if type(self) is AbstractEvent:
            raise TypeError("AbstractEvent is not an event; use Event or one of the check events")
        if not self.event_id:
            self.event_id = current_run().event_id(self._label())

    def __repr__(self) -> str:
        """Name the event alone: with its neighbours the whole scenario would follow."""
        relative = None if self.event_relative_time is None else f"+{self.event_relative_time}"
        time = relative if self.event_time is None else self.event_time
        return f"{type(self).__name__}({self.event_id!r}, {self.event_type.value}, {time})"

    def _label(self) -> str:
        return f"{self.__class__.__name__}-{self.event_type.value}"

    def in_graph(self) -> AbstractEvent:
        """Give the event that stands for this one in the graph: its oracle, where it became one."""
        return self

    def depends_on(self, events: Events = None, delay_seconds: float = 0) -> Self:
        """Wait for one event or several, then `delay_seconds`; None makes this a first event.

        Called twice, the dependencies add up and the last delay counts.

        Raises:
            NegativeDelayError: the delay is below zero.
        """
        self._check_delay(delay_seconds)
        child = self.in_graph()
        self.event_relative_time = child.event_relative_time = delay_seconds
        for event in as_list(events):
            parent = event.in_graph()
            parent.successors.append(child)
            child.dependencies.append(parent)
        return self

    def followed_by(self, events: Events, delay_seconds: float | list[float] = 0.0) -> Self:
        """Let one event or several wait for this one, with one delay for all or a list of delays.

        Raises:
            NegativeDelayError: a delay is below zero.
            ValueError: the lists differ in length.
        """
        children = as_list(events)
        delays = delay_seconds if isinstance(delay_seconds, list) else [delay_seconds] * len(children)
        if len(delays) != len(children):
            raise EventGraphError(
                f"event {self.event_id!r} got {len(delays)} delays for {len(children)} followers; "
                "give one delay for all of them or one for each"
            )
        for child, delay in zip(children, delays, strict=True):
            child.depends_on(self, delay)
        return self

    def _check_delay(self, delay: float) -> None:
        if not 0 <= delay < inf:
            raise NegativeDelayError(
                f"event {self.event_id!r} has a delay of {delay} seconds; a delay is 0 or more"
            )

    def is_ready(self) -> bool:
        """Tell whether the time of this event is known from the plan alone."""
        return self.event_time is not None or all(dep.event_time is not None for dep in self.dependencies)

    def compute_absolute_time(self, start_time: float = 0) -> None:
        """Set the time of this event from its dependencies' times, or from `start_time`.

        Raises:
            ValueError: a dependency has no time yet.
        """
        if self.event_time is not None:
            return
        if not self.is_ready():
            raise EventGraphError(f"event {self.event_id!r} waits for events that have no time yet")
        times = [dep.event_time for dep in self.dependencies if dep.event_time is not None]
        self.event_time = max(times, default=start_time) + (self.event_relative_time or 0)

    def delayed(self, delay: float) -> Self:
        """Wait `delay` seconds after the dependencies; a negative delay changes nothing."""
        if delay >= 0:
            self.event_relative_time = delay
        return self

    def with_id(self, id: str) -> Self:  # noqa: A002 - the published name
        """Name the event."""
        self.event_id = id
        return self

    def with_type(self, event_type: EventType) -> Self:
        """Say who the event comes from."""
        self.event_type = event_type
        return self

    def at_absolute_time(self, time: float) -> Self:
        """Place the event at `time`, in seconds since the epoch."""
        self.event_time = time
        return self

    def reset_dependencies(self) -> None:
        """Forget predecessors and successors; the neighbours keep theirs."""
        self.successors, self.dependencies = [], []

    def copy(self) -> Self:
        """Give a copy that shares everything but the event itself."""
        return shallow_copy(self)

    def to_dict(self) -> dict[str, Any]:
        """Give the event as plain data: successors whole, dependencies by id."""
        return {
            "class_name": self.__class__.__name__,
            "event_type": self.event_type.value,
            "event_time": self.event_time,
            "event_relative_time": self.event_relative_time,
            "event_id": self.event_id,
            "successors": [event.to_dict() for event in self.successors],
            "dependencies": [event.event_id for event in self.dependencies],
        }


def shallow_copy(event: EventT) -> EventT:
    """Give a copy that shares every value, as ``copy.copy`` would at four times the cost."""
    twin = object.__new__(type(event))
    twin.__dict__.update(event.__dict__)
    return twin


def as_list(events: Events) -> list[AbstractEvent]:
    """Give the events as a list: one, several, or none for None."""
    if events is None:
        return []
    return [events] if isinstance(events, AbstractEvent) else list(events)


@dataclass(eq=False, repr=False)
class StopEvent(AbstractEvent):
    """Stop the environment; what else is due at that instant is dropped, and nothing is logged."""

    def __init__(self) -> None:
        super().__init__(event_type=EventType.STOP)
