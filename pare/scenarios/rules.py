"""The rules that an added or edited event must keep, and the switches of the rules."""

from __future__ import annotations

from collections.abc import Iterable

from pare.errors import EventEditError, UnknownPredecessorError, nearest
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.enums import EventType
from pare.scenarios.messages import MESSAGE_TO_AGENT, MESSAGE_TO_USER, MESSAGES, message_of
from pare.scenarios.turns import PlannedTurns, Step, times_of, turns_of

SPECIAL_RULE_FOR_SEND_MESSAGE_TO_USER = True
"""Only events of the environment and messages to the agent follow a message to the user."""

ORACLE_EVENT_DEPENDENCY_REQUIRED = True
"""An event of the agent has a predecessor."""

SPECIAL_RULE_FOR_SEND_MESSAGE_EVENTS = True
"""All messages between user and agent are connected."""

ENVIRONMENT_EVENT_DEPENDENCY_REQUIRED = True
"""An event of the environment has one predecessor, which is not the agent's work."""

EVENT_TIME_VALIDATION_REQUIRED = True
"""The message to the user is the last event of its turn."""

_BEFORE_ENV = (EventType.ENV, EventType.USER, EventType.CONDITION)


class PlanRules(PlannedTurns):
    """The part of a scenario that says which events may be added to its plan."""

    def validate_predecessors(
        self,
        predecessor_event_ids: list[str],
        function_name: str,
        event_type: EventType,
        events: list[AbstractEvent],
    ) -> None:
        """Insist that an event of this type and function may follow these predecessors.

        Raises:
            EventEditError: it may not.
            UnknownPredecessorError: a predecessor is not among `events`.
        """
        subject = self._subject(function_name)
        if ORACLE_EVENT_DEPENDENCY_REQUIRED and event_type is EventType.AGENT and not predecessor_event_ids:
            raise EventEditError(
                f"{subject} is the agent's, so something must lead to it; give at least one predecessor"
            )
        requires_one = ENVIRONMENT_EVENT_DEPENDENCY_REQUIRED and event_type is EventType.ENV
        if requires_one and len(predecessor_event_ids) != 1:
            raise EventEditError(
                f"{subject} is the environment's and has {len(predecessor_event_ids)} predecessors; "
                "give exactly one"
            )
        predecessors = [self._predecessor(event_id, events, subject) for event_id in predecessor_event_ids]
        if requires_one:
            self._check_before_env(predecessors[0], subject)
        if SPECIAL_RULE_FOR_SEND_MESSAGE_TO_USER and event_type is not EventType.ENV:
            self._check_after_message(predecessors, function_name)

    def filter_connected_events(
        self, predecessor_event_ids: list[str], events: list[AbstractEvent]
    ) -> list[AbstractEvent]:
        """Give those of `events` that no chain of links, in whatever direction, joins to the named ones."""
        wanted = set(predecessor_event_ids)
        waiting = [event.in_graph() for event in events if event.event_id in wanted]
        connected = set(waiting)
        while waiting:
            event = waiting.pop()
            neighbours = {node.in_graph() for node in event.dependencies + event.successors}
            waiting += neighbours - connected
            connected |= neighbours
        return [event for event in events if event.in_graph() not in connected]

    def validate_events_dag_aui_single_branch(
        self,
        predecessor_event_ids: list[str],
        function_name: str,
        events: list[AbstractEvent],
        event_id: str | None = None,
    ) -> None:
        """Insist that all messages between user and agent stay connected; other functions are free.

        Raises:
            EventEditError: one of `events` is a message in another branch.
        """
        if not SPECIAL_RULE_FOR_SEND_MESSAGE_EVENTS or function_name not in MESSAGES:
            return
        branch = predecessor_event_ids if event_id is None else [*predecessor_event_ids, event_id]
        for event in self.filter_connected_events(branch, events):
            if message_of(event, self.apps):
                raise EventEditError(
                    f"{self._subject(function_name, event_id)} would begin a second conversation beside "
                    f"that of event {event.event_id!r}; choose a predecessor that is connected with it"
                )

    def validate_events_dag_message_to_user_time(
        self,
        predecessor_event_ids: list[str],
        function_name: str,
        new_event_relative_time: float | None = None,
        new_event_time: float | None = None,
        event_id: str | None = None,
    ) -> None:
        """Insist that the message to the user stays the last event of its turn.

        Free are events without predecessors or without a time, and turns in which no event has a delay
        of more than a second.

        Raises:
            EventEditError: the predecessors are of different turns, or the message is not the last.
            UnknownPredecessorError: a predecessor is not in the plan.
        """
        if not EVENT_TIME_VALIDATION_REQUIRED or not predecessor_event_ids:
            return
        subject, own_id = self._subject(function_name, event_id), event_id or f"new {function_name}"
        planned = self._nodes()
        for predecessor in predecessor_event_ids:
            self._predecessor(predecessor, planned, subject)
        parents, delay = tuple(predecessor_event_ids), new_event_relative_time or 0.0
        step = Step(parents, new_event_time, delay, function_name == MESSAGE_TO_USER)
        steps = {**self._steps(), own_id: step}
        turn = self._others_of_turn(steps, own_id, subject)
        has_delays = any(other.time is not None or other.delay not in (0, 1) for other in turn.values())
        if has_delays and (new_event_time or new_event_relative_time):
            self._check_last_message(own_id, turn, steps, subject)

    def _others_of_turn(self, steps: dict[str, Step], own_id: str, subject: str) -> dict[str, Step]:
        """Give the steps of the turn that the predecessors of `own_id` are in, without it."""
        turns = turns_of(steps, self.scenario_id)
        found = {parent: turns[parent] for parent in steps[own_id].parents}
        if len(set(found.values())) > 1:
            listed = ", ".join(f"{parent!r} is in turn {turn}" for parent, turn in found.items())
            raise EventEditError(
                f"{subject} has predecessors of different turns ({listed}); choose those of one turn"
            )
        turn = set(found.values()).pop()
        return {key: step for key, step in steps.items() if turns[key] == turn and key != own_id}

    def _check_last_message(
        self, own_id: str, turn: dict[str, Step], steps: dict[str, Step], subject: str
    ) -> None:
        """Compare the time of `own_id` with those of the others of its turn."""
        times = times_of(steps, self.start_time or 0.0, self.scenario_id)
        step, latest = steps[own_id], max(times[key] for key in turn)
        if step.ends_turn and times[own_id] < latest:
            raise EventEditError(
                f"{subject} comes at {times[own_id]}, before its turn is over at {latest}; "
                "a message to the user is the last event of its turn: give it a later time"
            )
        message = next((key for key in turn if turn[key].ends_turn), None)
        if step.ends_turn or message is None or message in step.parents:
            return
        if times[own_id] > times[message]:
            raise EventEditError(
                f"{subject} comes at {times[own_id]}, after the message to the user {message!r} at "
                f"{times[message]}, which ends the turn; give it an earlier time, or let it follow that"
            )

    def _check_before_env(self, predecessor: AbstractEvent, subject: str) -> None:
        if predecessor.event_type not in _BEFORE_ENV and not self.is_send_message_to_user(predecessor):
            raise EventEditError(
                f"{subject} is the environment's and cannot follow {predecessor.event_id!r}, the agent's; "
                "choose a message to the user, or an event of the environment, the user, or a condition"
            )

    def _check_after_message(self, predecessors: Iterable[AbstractEvent], function_name: str) -> None:
        for predecessor in predecessors:
            if function_name != MESSAGE_TO_AGENT and self.is_send_message_to_user(predecessor):
                raise EventEditError(
                    f"{self._subject(function_name)} cannot follow {predecessor.event_id!r}, a message to "
                    f"the user that ends a turn; only {MESSAGE_TO_AGENT} and events of the environment can"
                )

    def _predecessor(self, event_id: str, events: list[AbstractEvent], subject: str) -> AbstractEvent:
        found = find(event_id, events)
        if found is None:
            raise UnknownPredecessorError(
                f"{subject} depends on {event_id!r}, which the scenario does not hold; add that event "
                f"first, or name another.{nearest(event_id, [event.event_id for event in events])}"
            )
        return found

    def _subject(self, function_name: str, event_id: str | None = None) -> str:
        event = f"event {event_id!r} ({function_name})" if event_id else f"the new event {function_name!r}"
        return f"scenario {self.scenario_id!r}: {event}"


def find(event_id: str, events: Iterable[AbstractEvent]) -> AbstractEvent | None:
    """Give the event of that id, as it stands in the graph; None if there is none."""
    return next((event.in_graph() for event in events if event.event_id == event_id), None)
