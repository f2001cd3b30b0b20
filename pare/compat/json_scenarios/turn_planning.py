"""Turns of a conversation: what follows a message of the agent waits for the message an agent really sends.

A plan says "after this message to the user, that happens". In a run with agents the planned message never
comes; so a condition counts the messages that do come, and what followed the planned one follows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pare.apps.base import App
from pare.compat.published import ExecutionMetadata, PlaceholderMetadata
from pare.errors import EventGraphError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action
from pare.kernel.calls import CompletedEvent, OracleEvent
from pare.kernel.checks import Condition, ConditionCheckEvent
from pare.kernel.enums import EventType
from pare.kernel.placeholders import references
from pare.logs import get_logger
from pare.scenarios.conditions import read_condition_name
from pare.scenarios.links import link
from pare.scenarios.messages import MESSAGE_TO_USER, message_of
from pare.scenarios.turns import steps_of, turns_of

KIND = "wrapped_condition"

Trigger = Callable[[Any, int], tuple[bool, Mapping[str, str]]]
"""Judges the turn before the one it is given; gives whether to go on, and ids of oracle events by those of
the agent's events that stand for them."""

EndsTurn = Callable[[AbstractEvent], bool]


def condition_name(turn_idx: int, scenario_id: str) -> str:
    """Name the condition of a turn as it is written down."""
    return f"{KIND}__turn_idx_{turn_idx}__scenario_id_{scenario_id}"


def turn_condition(trigger: Trigger, turn_idx: int, scenario_id: str) -> Condition:
    """Give the condition that the agent has sent `turn_idx` messages to the user.

    When it holds, the agent's events take the ids that `trigger` gives them, so that placeholders find
    them; where the trigger says no, the run stops.
    """

    def condition(env: Any) -> bool:
        if sum(map(_is_message, env.event_log.events)) < turn_idx:
            return False
        goes_on, oracle_ids = trigger(env, turn_idx)
        for event in env.event_log.events:
            if not event.failed():
                event.event_id = oracle_ids.get(event.event_id, event.event_id)
        if not goes_on:
            env.stop()
        return True

    condition.__name__ = condition_name(turn_idx, scenario_id)
    return condition


def _is_message(event: CompletedEvent) -> bool:
    return event.event_type is EventType.AGENT and message_of(event) == MESSAGE_TO_USER


def trigger_of(metadata: ExecutionMetadata) -> Trigger:
    """Give a trigger that always goes on.

    The last call that the agent made of a tool in a turn stands for the planned one.
    """
    if metadata.has_placeholder_conflicts:
        get_logger().warning("scenario.placeholders_ambiguous")

    def trigger(env: Any, turn_idx: int) -> tuple[bool, Mapping[str, str]]:  # noqa: ARG001 - the published call
        calls = dict(_calls(env.event_log.list_view()))
        found = {(item.parent_tool_name, item.parent_turn_idx): item for item in metadata.placeholders}
        return True, {calls[key]: item.parent_event_id for key, item in found.items() if key in calls}

    return trigger


def _calls(events: Iterable[CompletedEvent]) -> Iterator[tuple[tuple[str, int], str]]:
    """Give the id of each call of the agent's, by tool and turn."""
    turn = 0
    for event in events:
        if event.event_type is EventType.AGENT and not event.failed():
            yield (f"{event.app_name()}__{event.function_name()}", turn), event.event_id
            turn += _is_message(event)


def condition_again(name: str, metadata: Any) -> Condition:
    """Make the condition of that name from what was written down of the oracle."""
    known = read_condition_name(name)
    return turn_condition(trigger_of(metadata), known.turn_idx, known.scenario_id)


# -- what has to be known of the oracle ---------------------------------------------------------------------


def execution_metadata_of(events: Iterable[AbstractEvent], turns: Mapping[str, int]) -> ExecutionMetadata:
    """Tell which arguments stand for results of the agent's events, so that no oracle is needed for them."""
    nodes = list(events)
    oracles = {event.event_id: event for event in nodes if isinstance(event, OracleEvent)}
    tools = Counter((_tool_of(event), turns.get(event_id, 0)) for event_id, event in oracles.items())
    found = []
    for event in nodes:
        for parent in _referred(event, oracles):
            tool, turn = _tool_of(oracles[parent]), turns.get(parent, 0)
            place = turns.get(event.event_id, 0)
            found.append(PlaceholderMetadata(tool, turn, parent, place, event.event_id))
    conflicts = any(tools[item.parent_tool_name, item.parent_turn_idx] > 1 for item in found)
    return ExecutionMetadata(conflicts, found)


def _referred(event: AbstractEvent, oracles: Mapping[str, OracleEvent]) -> Iterator[str]:
    action = getattr(event, "action", None)
    if isinstance(event, OracleEvent) or not isinstance(action, Action):
        return
    for text in references(action.arguments()):
        parts = text.split(".")
        readings = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
        parent = next((item for item in readings if item in oracles), None)
        if parent is not None:
            yield parent


def _tool_of(event: OracleEvent) -> str:
    words = event.action_desc
    return f"{words.app}__{words.function}" if words else ""


# -- the plan -----------------------------------------------------------------------------------------------


def plan_turns(
    nodes: list[AbstractEvent],
    turns: Mapping[str, int],
    ends_turn: EndsTurn,
    conditions: Callable[[int], Condition],
) -> list[ConditionCheckEvent]:
    """Let what follows the messages that end turns wait for conditions; give these."""
    made: list[ConditionCheckEvent] = []
    for turn in range(1, max(turns.values(), default=0) + 1):
        ends = [node for node in nodes if turns[node.event_id] == turn - 1 and ends_turn(node)]
        followers = _followers(ends)
        if followers:
            check = ConditionCheckEvent.from_condition(conditions(turn))
            check.event_id = f"condition_turn_{turn}-CHECK_0"
            check.depends_on(made[-1] if made else None)
            for follower in followers:
                _take_from(follower, ends)
                link(check, follower)
            made.append(check)
    return made


def _followers(ends: Iterable[AbstractEvent]) -> list[AbstractEvent]:
    nodes = dict.fromkeys(item.in_graph() for end in ends for item in end.successors)
    return [node for node in nodes if not isinstance(node, OracleEvent)]


def _take_from(follower: AbstractEvent, ends: list[AbstractEvent]) -> None:
    follower.dependencies[:] = [item for item in follower.dependencies if item.in_graph() not in ends]
    for end in ends:
        end.successors[:] = [item for item in end.successors if item.in_graph() is not follower]


def waiting_for_oracles(nodes: Iterable[AbstractEvent]) -> list[str]:
    """Name the events that wait for the agent's planned ones, and so never come in a run with agents."""
    return [
        node.event_id
        for node in nodes
        if not isinstance(node, OracleEvent)
        and any(isinstance(item.in_graph(), OracleEvent) for item in node.dependencies)
    ]


class Turns:
    """The part of a JSON scenario that plans its turns."""

    events: list[AbstractEvent]
    apps: list[App] | None
    scenario_id: str
    execution_metadata: ExecutionMetadata | None
    event_id_to_turn_idx: dict[str, int] | None

    def add_turn_conditions(self, trigger: Trigger | None, ends_turn: EndsTurn) -> list[str]:
        """Plan the turns once; give the ids of events that wait for the oracle all the same.

        Without a trigger every turn goes on, and placeholders find the agent's calls by tool and turn.
        """
        nodes = self._nodes()  # type: ignore[attr-defined]  # a scenario's
        turns = turns_of(steps_of(nodes, ends_turn), self.scenario_id)
        self.event_id_to_turn_idx = turns
        if self.execution_metadata is None:
            self.execution_metadata = execution_metadata_of(nodes, turns)
        judge, own_id = trigger or trigger_of(self.execution_metadata), self.scenario_id
        made = plan_turns(nodes, turns, ends_turn, lambda turn: turn_condition(judge, turn, own_id))
        self.events.extend(made)
        return waiting_for_oracles(nodes)


def refuse_waiting(ids: list[str], scenario_id: str) -> None:
    """Insist that no event waits for the oracle.

    Raises:
        EventGraphError: one does.
    """
    if ids:
        raise EventGraphError(
            f"scenario {scenario_id!r}: {', '.join(map(repr, ids))} wait for events of the oracle that end "
            "no turn, so they never come in a run with agents; let them follow a message to the user"
        )
