"""The graph of a scenario's events: who waits for whom, and who is ready.

An event is ready when all its dependencies have completed; its time is the latest completion plus
its delay. Readiness is counted down, so that completing an event costs its own followers only.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

from pare.errors import (
    CyclicEventsError,
    DuplicateEventIdError,
    EventGraphError,
    EventTimeError,
    NegativeDelayError,
    UnknownPredecessorError,
)
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.placeholders import check_references


class EventGraph:
    """The events that `events` hold or lead to, checked: ids unique, predecessors there, no circle.

    Raises:
        EventGraphError: what is wrong, with the scenario, the event and what to do.
    """

    def __init__(self, events: Iterable[AbstractEvent], scenario_id: str = "") -> None:
        self._where = f"scenario {scenario_id!r}: " if scenario_id else ""
        self.events = reachable(events)
        self._waits_for: dict[AbstractEvent, int] = {}
        self._followers: dict[AbstractEvent, list[AbstractEvent]] = {}
        self._latest: dict[AbstractEvent, float] = {}
        self._check_ids()
        self._link()
        self._check_delays()
        self.order = self._ordered()
        self.with_references = check_references(self.events, self._where)

    def roots(self) -> list[AbstractEvent]:
        """Give the events that wait for nothing."""
        return [event for event in self.events if not self._waits_for[event]]

    def due_time(self, event: AbstractEvent, completed_at: float, now: float) -> float:
        """Give the time of a ready event; an absolute time that is past becomes `now`."""
        if event.event_time is not None:
            return max(event.event_time, completed_at, now)
        return completed_at + (event.event_relative_time or 0)

    def complete(self, event: AbstractEvent, time: float) -> list[tuple[AbstractEvent, float]]:
        """Note that `event` completed at `time`; give each event that is ready now and since when."""
        ready = []
        for follower in self._followers.get(event, ()):
            latest = self._latest[follower] = max(time, self._latest.get(follower, time))
            self._waits_for[follower] -= 1
            if not self._waits_for[follower]:
                ready.append((follower, latest))
        return ready

    def check_times(self, start_time: float) -> None:
        """Refuse events that are placed before the start.

        Raises:
            EventTimeError: one is.
        """
        for event in self.events:
            if event.event_time is not None and not start_time <= event.event_time < inf:
                raise EventTimeError(
                    f"{self._where}event {event.event_id!r} is placed at {event.event_time}, before the "
                    f"start of the scenario at {start_time}; place it later or use a relative time"
                )

    def _check_ids(self) -> None:
        seen: dict[str, AbstractEvent] = {}
        for event in self.events:
            if seen.setdefault(event.event_id, event) is not event:
                raise DuplicateEventIdError(
                    f"{self._where}two events carry the id {event.event_id!r}; "
                    "give each its own with .with_id(...)"
                )

    def _link(self) -> None:
        known = set(self.events)
        for event in self.events:
            parents = [parent.in_graph() for parent in event.dependencies]
            self._waits_for[event] = len(parents)
            for parent in parents:
                if parent not in known:
                    raise UnknownPredecessorError(
                        f"{self._where}event {event.event_id!r} depends on {parent.event_id!r}, which the "
                        "scenario does not hold, so it could never run; add it to self.events"
                    )
                self._followers.setdefault(parent, []).append(event)

    def _check_delays(self) -> None:
        for event in self.events:
            if event.event_relative_time is not None and not 0 <= event.event_relative_time < inf:
                raise NegativeDelayError(
                    f"{self._where}event {event.event_id!r} has a delay of {event.event_relative_time} "
                    "seconds; a delay is 0 or more"
                )
            if getattr(event, "schedule_every_ticks", 1) < 1:
                raise EventGraphError(
                    f"{self._where}event {event.event_id!r} looks every "
                    f"{getattr(event, 'schedule_every_ticks', 1)} ticks; it must be 1 or more"
                )

    def _ordered(self) -> list[AbstractEvent]:
        """Give the events so that each comes after what it waits for; refuse a circle."""
        waits = dict(self._waits_for)
        free = [event for event in self.events if not waits[event]]
        for event in free:
            for follower in self._followers.get(event, ()):
                waits[follower] -= 1
                if not waits[follower]:
                    free.append(follower)
        if len(free) < len(self.events):
            circle = " -> ".join(repr(event.event_id) for event in _circle(set(self.events) - set(free)))
            raise CyclicEventsError(
                f"{self._where}events wait for each other in a circle, so none of them can run: {circle}; "
                "remove one of these dependencies"
            )
        return free


def reachable(events: Iterable[AbstractEvent]) -> list[AbstractEvent]:
    """List `events` and whatever follows from them, each once, in the order of discovery."""
    found: dict[AbstractEvent, None] = {}
    waiting: list[Any] = [event.in_graph() for event in reversed(list(events))]
    while waiting:
        event = waiting.pop()
        if event not in found:
            found[event] = None
            waiting.extend(follower.in_graph() for follower in reversed(event.successors))
    return list(found)


def _circle(stuck: set[AbstractEvent]) -> list[AbstractEvent]:
    """Walk backwards from a stuck event until one comes again, and give that circle."""
    event = min(stuck, key=lambda item: item.event_id)
    path: list[AbstractEvent] = []
    while event not in path:
        path.append(event)
        event = next(parent.in_graph() for parent in event.dependencies if parent.in_graph() in stuck)
    return [*path[path.index(event) :], event][::-1]
