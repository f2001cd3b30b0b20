"""The event heap, ordered by (time, pass, event id, order of arrival).

What falls due at one instant is taken in id order; what becomes due at that instant because of it
comes in the next pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import inf
from typing import Any

from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.enums import EventType


@dataclass(eq=False, slots=True)
class Alarm:
    """A call that an app has asked for at a time; it is part of no graph and not logged."""

    event_id: str
    ring: Callable[[], None]
    queue: EventQueue
    cancelled: bool = False
    rung: bool = False

    is_noise = False

    def cancel(self) -> None:
        """Let the time pass without the call."""
        if not self.cancelled and not self.rung:
            self.cancelled = True
            self.queue.forget()


@dataclass(eq=False, slots=True)
class Poll:
    """A look at the environment that is taken again and again: `look` gives the next due time.

    It `ends` by itself at a timeout, or not. `seen` is the number of logged events that are neither
    polls nor noise at its latest look.
    """

    event: Any
    ends: bool
    look: Callable[[Poll, float], float | None]
    seen: int = -1

    @property
    def event_id(self) -> str:
        """The id of the present look."""
        return str(self.event.event_id)


Entry = tuple[float, int, str, int, Any]


class EventQueue:
    """What is planned, the next thing first."""

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self.already_scheduled: set[str] = set()
        self._serial = 0
        self._instant = -inf
        self._pass = 0
        self._polls: dict[Poll, None] = {}
        self._noise = 0
        self.noise_taken = 0
        self._others = 0
        self._cancelled = 0

    def push(self, time: float, item: Any) -> None:
        """Add an event, poll or alarm that is due at `time`."""
        at_this_instant = time <= self._instant
        entry = (time, self._pass + 1 if at_this_instant else 0, item.event_id, self._serial, item)
        self._serial += 1
        heappush(self._heap, entry)
        if type(item) is Poll:
            self._polls[item] = None
        elif item.is_noise:
            self._noise += 1
        else:
            self._others += 1

    def polls(self) -> list[Poll]:
        """List the looks that are still to come."""
        return list(self._polls)

    def next_time(self) -> float | None:
        """Give the due time of the next entry, or None when the queue is empty."""
        if self._cancelled:
            self._drop_cancelled()
        return self._heap[0][0] if self._heap else None

    def next_item_time(self) -> float | None:
        """Give the due time of the next entry that is neither a poll nor noise, or None."""
        times = [entry[0] for entry in self._heap if not _is_by_the_way(entry[4]) and not _cancelled(entry)]
        return min(times, default=None)

    def pop(self) -> tuple[float, Any]:
        """Take the next entry: its due time and what is due."""
        if self._cancelled:
            self._drop_cancelled()
        time, self._pass, _, _, item = heappop(self._heap)
        self._instant = time
        self._uncount(item)
        return time, item

    def put(self, events: AbstractEvent | Iterable[AbstractEvent]) -> None:
        """Add one event or several at their times; one whose id was added here before is left out.

        Looks (conditions, validations) may come again.
        """
        for event in [events] if isinstance(events, AbstractEvent) else events:
            again = event.event_id in self.already_scheduled
            if not again or event.event_type in (EventType.CONDITION, EventType.VALIDATION):
                self.already_scheduled.add(event.event_id)
                self.push(event.event_time or 0.0, event)

    def pop_events_to_process(self, timestamp: float) -> list[AbstractEvent]:
        """Take what is due up to `timestamp`, in order; calls that apps asked for stay."""
        due = []
        for time, item in self.items():
            if time <= timestamp and not isinstance(item, Alarm):
                self._take(item)
                due.append(item.event if isinstance(item, Poll) else item)
        return due

    def peek(self) -> AbstractEvent | None:
        """Give the next planned event, and leave it where it is; None from an empty queue."""
        return next(iter(self.list_view()), None)

    @property
    def future_events(self) -> list[AbstractEvent]:
        """The planned events as `list_view` gives them."""
        return self.list_view()

    def from_list_view(self, events: list[AbstractEvent]) -> EventQueue:
        """Give a queue of `events`."""
        queue = EventQueue()
        queue.put(events)
        return queue

    def _take(self, item: Any) -> None:
        self._heap = [entry for entry in self._heap if entry[4] is not item]
        heapify(self._heap)
        self._uncount(item)

    def _uncount(self, item: Any) -> None:
        if type(item) is Poll:
            del self._polls[item]
        elif item.is_noise:
            self._noise -= 1
            self.noise_taken += 1
        else:
            self._others -= 1

    def has_reason(self, logged: int, bounded: bool) -> bool:
        """Tell whether anything here is a reason to move the clock.

        A poll alone is one until its timeout; without a timeout while the run is `bounded` by a
        duration, or else until it has looked once after the last of the `logged` events. Noise is none.
        """
        if self._others:
            return True
        return any(poll.ends or bounded or poll.seen < logged for poll in self._polls)

    def items(self) -> list[tuple[float, Any]]:
        """List (due time, item) in the order in which they will be taken."""
        return [(entry[0], entry[4]) for entry in sorted(self._heap) if not _cancelled(entry)]

    def list_view(self) -> list[AbstractEvent]:
        """List the planned events, each a copy with its due time."""
        events = []
        for time, item in self.items():
            if not isinstance(item, Alarm):
                event = (item.event if isinstance(item, Poll) else item).copy()
                events.append(event.at_absolute_time(time))
        return events

    def to_dict(self) -> dict[str, Any]:
        """Give the queue as plain data."""
        return {"future_events": [event.to_dict() for event in self.list_view()]}

    def forget(self) -> None:
        """Count one entry less as a reason to go on: it was cancelled."""
        self._others -= 1
        self._cancelled += 1

    def clear(self) -> None:
        """Drop everything."""
        for entry in self._heap:
            if type(entry[4]) is Alarm:
                entry[4].cancelled = True
        self.__init__()  # type: ignore[misc]

    def __len__(self) -> int:
        return len(self._polls) + self._noise + self._others

    def _drop_cancelled(self) -> None:
        while self._heap and _cancelled(self._heap[0]):
            heappop(self._heap)
            self._cancelled -= 1


def _is_by_the_way(item: Any) -> bool:
    return type(item) is Poll or bool(item.is_noise)


def _cancelled(entry: Entry) -> bool:
    return type(entry[4]) is Alarm and entry[4].cancelled
