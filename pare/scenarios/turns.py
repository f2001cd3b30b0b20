"""Turns and times of a plan: who speaks when, read from the graph of events.

A turn ends with a message of the agent to the user; what waits for that message belongs to the next
one. Both are computed in the order in which events wait for each other, never in the order of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from pare.apps.base import App
from pare.errors import EventTimeError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import Event
from pare.kernel.graph import EventGraph, reachable
from pare.scenarios.links import link
from pare.scenarios.messages import is_message_to_user


class Step(NamedTuple):
    """An event as turns and times see it: ids of what it waits for, and its time or delay in seconds."""

    parents: tuple[str, ...]
    time: float | None = None
    delay: float = 0.0
    ends_turn: bool = False


def steps_of(
    events: Iterable[AbstractEvent], ends_turn: Callable[[AbstractEvent], bool] = lambda _: False
) -> dict[str, Step]:
    """Give the step of each event by its id."""
    return {event.event_id: _step(event.in_graph(), ends_turn) for event in events}


def _step(event: AbstractEvent, ends_turn: Callable[[AbstractEvent], bool]) -> Step:
    parents = tuple(dict.fromkeys(parent.event_id for parent in event.dependencies))
    return Step(parents, event.event_time, event.event_relative_time or 0.0, ends_turn(event))


def in_order(steps: Mapping[str, Step], scenario_id: str = "") -> list[str]:
    """List the ids of `steps` so that each comes after all that it waits for; ties keep their order.

    Raises:
        CyclicEventsError: steps wait for each other in a circle.
        UnknownPredecessorError: one waits for a step that is not there.
    """
    waits = {event_id: len(step.parents) for event_id, step in steps.items()}
    followers: dict[str, list[str]] = {event_id: [] for event_id in steps}
    for event_id, step in steps.items():
        for parent in step.parents:
            followers.setdefault(parent, []).append(event_id)
    order = [event_id for event_id, count in waits.items() if not count]
    for event_id in order:
        for follower in followers[event_id]:
            waits[follower] -= 1
            if not waits[follower]:
                order.append(follower)
    if len(order) < len(steps):
        _refuse(steps, scenario_id)
    return order


def _refuse(steps: Mapping[str, Step], scenario_id: str) -> None:
    """Let the kernel say what is wrong with the graph, by building it without its calls."""
    unknown = {parent for step in steps.values() for parent in step.parents}.difference(steps)
    events = {event_id: Event(event_id=event_id) for event_id in [*steps, *sorted(unknown)]}
    for event_id, step in steps.items():
        events[event_id].dependencies = [events[parent] for parent in step.parents]
    EventGraph([events[event_id] for event_id in steps], scenario_id)


def turns_of(steps: Mapping[str, Step], scenario_id: str = "") -> dict[str, int]:
    """Count the turn of each step, from 0.

    Raises:
        EventGraphError: the steps cannot be ordered.
    """
    turns: dict[str, int] = {}
    for event_id in in_order(steps, scenario_id):
        parents = steps[event_id].parents
        turn = max((turns[parent] for parent in parents), default=0)
        turns[event_id] = turn + any(steps[parent].ends_turn for parent in parents)
    return turns


def times_of(steps: Mapping[str, Step], start_time: float, scenario_id: str = "") -> dict[str, float]:
    """Add up the delays of each step, in seconds since the epoch; a step that is unknown counts as 0.

    Raises:
        EventTimeError: a step is placed before something that it waits for.
    """
    known = {
        event_id: step._replace(parents=tuple(parent for parent in step.parents if parent in steps))
        for event_id, step in steps.items()
    }
    times: dict[str, float] = {}
    for event_id in in_order(known, scenario_id):
        step = steps[event_id]
        base = max((times.get(parent, 0.0) for parent in step.parents), default=start_time)
        if step.time is not None and step.time < base:
            raise EventTimeError(
                f"scenario {scenario_id!r}: event {event_id!r} is placed at {step.time}, before what it "
                f"waits for, at {base}; place it later or give it a relative time"
            )
        times[event_id] = base + step.delay if step.time is None else step.time
    return times


class PlannedTurns:
    """The part of a scenario that reads turns and times from its plan."""

    events: list[AbstractEvent]
    apps: list[App] | None
    scenario_id: str
    start_time: float | None

    def is_send_message_to_user(self, event: AbstractEvent) -> bool:
        """Tell whether `event` is a message of the agent to the user, expected or made."""
        return is_message_to_user(event, self.apps)

    def build_event_id_to_turn_idx(self) -> dict[str, int]:
        """Give the turn of each event by its id, from 0: one more after each message to the user.

        Raises:
            EventGraphError: the events cannot be ordered.
        """
        return turns_of(self._steps(), self.scenario_id)

    def accumulate_times_from_event(
        self,
        events: list[AbstractEvent],
        event_id: str | None = None,
        new_event_time: float | None = None,
        new_event_relative_time: float | None = None,
    ) -> dict[str, float]:
        """Give the time of each of `events` by its id: the latest predecessor's time plus the delay.

        An absolute time wins over a delay. Events without predecessors count from `start_time`, and a
        predecessor that is not among `events` counts as 0. The event `event_id` takes the new values
        instead of its own.

        Raises:
            EventTimeError: an absolute time is earlier than a predecessor's.
        """
        steps = steps_of(events)
        if event_id in steps:
            delay = new_event_relative_time or 0.0
            steps[event_id] = steps[event_id]._replace(time=new_event_time, delay=delay)
        return times_of(steps, self.start_time or 0.0, self.scenario_id)

    def patch_oracle_user_message_order(self) -> None:
        """Let the message to the user of each turn wait for what else falls into its last moment.

        Without this, an oracle run takes events of one moment in the order of their ids.
        """
        steps, nodes = self._steps(), {event.event_id: event for event in self._nodes()}
        turns = turns_of(steps, self.scenario_id)
        times = times_of(steps, self.start_time or 0.0, self.scenario_id)
        messages: dict[int, str] = {}
        for event_id, step in steps.items():
            if step.ends_turn:
                messages.setdefault(turns[event_id], event_id)
        for turn, message in messages.items():
            members = [event_id for event_id in steps if turns[event_id] == turn]
            last = max(times[event_id] for event_id in members)
            for event_id in members:
                if times[event_id] == last and not steps[event_id].ends_turn:
                    link(nodes[event_id], nodes[message])

    def _nodes(self) -> list[AbstractEvent]:
        """List the plan: the events in the scenario's order, then those that only follow from them."""
        listed = [event.in_graph() for event in self.events]
        return list(dict.fromkeys(listed + reachable(listed)))

    def _steps(self) -> dict[str, Step]:
        return steps_of(self._nodes(), self.is_send_message_to_user)
