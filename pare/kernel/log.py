"""The event log: append-only, one list, many readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType
from pare.kernel.serialization import to_plain

Result = TypeVar("Result")


class Cursor:
    """A reader's place in a log; reading moves the reader and leaves the log alone."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.position = 0

    def unread(self) -> list[CompletedEvent]:
        """Give what was appended since the last call, in order of completion."""
        events = self._log.events[self.position :]
        self.position += len(events)
        return events


class EventLog:
    """What has taken place, in order of completion.

    `list_view` shows the order of simulated time instead: a call that waited is stamped with its
    start, so it stands before what happened while it waited.
    """

    def __init__(self) -> None:
        self.events: list[CompletedEvent] = []
        self._view: list[CompletedEvent] = []
        self._acted: dict[str | None, list[tuple[int, CompletedEvent]]] = {}
        self._acted_in: list[CompletedEvent] | None = None
        self._acted_seen = 0
        self._worked_out: dict[Any, Any] = {}
        self._worked_out_at = 0

    @classmethod
    def from_list_view(cls, events: Iterable[CompletedEvent]) -> EventLog:
        """Make a log of `events`, in their order."""
        log = cls()
        log.events = list(events)
        return log

    def put(self, events: CompletedEvent | list[CompletedEvent]) -> None:
        """Append one event or several."""
        self.events.extend(events if isinstance(events, list) else [events])

    def cursor(self) -> Cursor:
        """Give a reader that starts at the beginning."""
        return Cursor(self)

    def pop_last(self) -> CompletedEvent | None:
        """Take back what completed last, and give it; None from an empty log."""
        self._view, self._worked_out = [], {}
        return self.events.pop() if self.events else None

    def clear(self) -> None:
        """Forget everything; readers start anew with a new cursor."""
        self.events, self._view, self._worked_out = [], [], {}

    @property
    def past_events(self) -> list[CompletedEvent]:
        """The events as `list_view` gives them."""
        return self.list_view()

    def list_view(self) -> list[CompletedEvent]:
        """Give the events by (event time, order of completion)."""
        return list(self._sorted())

    def acted(self, function: str | None = None) -> Sequence[tuple[int, CompletedEvent]]:
        """Give the successful calls of agent and user, each with its place in `list_view`.

        Those of one `function`, if it is named. The list is the log's own and grows with it: a look costs
        what is new, however often a check looks.
        """
        view = self._sorted()
        if self._acted_in is not view:
            self._acted, self._acted_in, self._acted_seen = {}, view, 0
        for place in range(self._acted_seen, len(view)):
            event = view[place]
            if event.event_type in _BY_PEOPLE and not event.failed():
                for name in (None, event.function_name()):
                    self._acted.setdefault(name, []).append((place, event))
        self._acted_seen = len(view)
        return self._acted.get(function, ())

    def worked_out(self, key: Any, work_out: Callable[[], Result]) -> Result:
        """Give what `work_out` gives; while the log does not grow, what it gave under that `key` before.

        Conditions and validators ask the same again and again, and between two calls nothing changes.
        """
        if self._worked_out_at != len(self.events):
            self._worked_out, self._worked_out_at = {}, len(self.events)
        if key not in self._worked_out:
            self._worked_out[key] = work_out()
        result: Result = self._worked_out[key]
        return result

    def _sorted(self) -> list[CompletedEvent]:
        seen = len(self._view)
        if seen == len(self.events):
            return self._view
        if seen > len(self.events):
            self._view, seen = [], 0
        new = self.events[seen:]
        self._view += new
        if any(_time(one) > _time(other) for one, other in pairwise(self._view[max(seen - 1, 0) :])):
            self._view = sorted(self.events, key=_time)
        return self._view

    def find(self, event_id: str) -> CompletedEvent | None:
        """Give the first event with that id in the order of `list_view`, or None."""
        return min((event for event in self.events if event.event_id == event_id), key=_time, default=None)

    def without_failures(self) -> EventLog:
        """Give a log that hides the calls that failed, for a strict verdict."""
        return EventLog.from_list_view(event for event in self.events if not event.failed())

    def count_noise(self) -> int:
        """Count the events of environmental noise that took place."""
        return sum(event.is_noise for event in self.events)

    def to_dict(self) -> dict[str, Any]:
        """Give the log as plain data."""
        return {"past_events": [event.to_dict() for event in self.list_view()]}

    def lines(self) -> list[dict[str, Any]]:
        """Give one flat record an event: time, type, id, app, function, args, outcome; a mark on noise."""
        return [_line(event) for event in self.list_view()]

    def __len__(self) -> int:
        return len(self.events)


_BY_PEOPLE = (EventType.AGENT, EventType.USER)


def _time(event: CompletedEvent) -> float:
    return event.event_time or 0.0


def _line(event: CompletedEvent) -> dict[str, Any]:
    args = {name: to_plain(value) for name, value in event.get_args().items() if name != "self"}
    line = {
        "time": event.event_time,
        "type": event.event_type.value,
        "id": event.event_id,
        "app": event.app_name(),
        "function": event.function_name(),
        "args": args,
        "return": to_plain(event.metadata.return_value),
        "exception": event.metadata.exception,
    }
    return {**line, "noise": True} if event.is_noise else line
