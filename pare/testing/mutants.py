"""Mutants of a scenario's oracle: small changes that its validator must accept, or must reject.

| kind | change | verdict |
| --- | --- | --- |
| drop_read | a READ is left out | accept |
| swap | two independent actions change places | accept |
| paraphrase | free text is said in other words | accept |
| drop_write | a WRITE is left out | reject |
| wrong_target | a WRITE goes to somebody, something or some time else | reject |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action
from pare.kernel.calls import OracleEvent
from pare.kernel.enums import OperationType
from pare.kernel.graph import EventGraph, reachable
from pare.kernel.placeholders import references
from pare.scenario_runner import ScenarioRun, play_oracle
from pare.scenarios.scenario import Scenario
from pare.testing.paraphrase import paraphrase
from pare.testing.targets import other_targets

Kind = Literal["drop_read", "swap", "paraphrase", "drop_write", "wrong_target"]
KINDS: dict[Kind, bool] = {
    "drop_read": True,
    "swap": True,
    "paraphrase": True,
    "drop_write": False,
    "wrong_target": False,
}
"""Each kind, and whether the validator must accept it."""

FREE_TEXT = ("content", "body", "description", "subject", "title")
"""Arguments whose wording is the agent's own."""

USER_INTERFACE_CALLS = ("send_message_to_user", "send_message_to_agent", "accept_proposal", "reject_proposal")


@dataclass(frozen=True)
class Mutant:
    """One change of the oracle of the scenarios that `make` gives."""

    kind: Kind
    what: str
    make: Callable[[], Scenario]
    change: Callable[[Scenario], None]

    @property
    def must_succeed(self) -> bool:
        """Whether the validator must accept it."""
        return KINDS[self.kind]

    def play(self) -> ScenarioRun:
        """Play a fresh scenario with the change."""
        scenario = self.make()
        scenario.initialize()
        self.change(scenario)
        return play_oracle(scenario)

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


def mutants(make: Callable[[], Scenario]) -> Iterator[Mutant]:
    """Give every mutant of the oracle of the scenario that `make` constructs."""
    scenario = make()
    scenario.initialize()
    oracle = oracle_events(scenario)
    for index, event in enumerate(oracle):
        yield from _drops(make, index, event, scenario)
        yield from _rewordings(make, index, event)
        yield from _retargetings(make, index, event, scenario)
    for first, second in _independent_pairs(oracle, scenario):
        yield _swap(make, first, second, oracle)


def oracle_events(scenario: Scenario) -> list[OracleEvent]:
    """Give the oracle events of an initialised scenario, in the order of its graph.

    Those that are to find their app when they happen, as `Scenario.add_event` makes them, find it now.
    """
    found = [event for event in EventGraph(scenario.events).events if isinstance(event, OracleEvent)]
    with scenario.run_context.active():
        for event in found:
            if event.planned is None:
                become(event, event.make(scenario))
    return found


def become(event: OracleEvent, call: AbstractEvent) -> None:
    """Let an oracle event stand for another captured call, at its own time and under its own id."""
    event.planned = call
    event.make_event = lambda env: call  # noqa: ARG005 - the published call
    event.action_desc = OracleEvent.action_desc_from_event(call)


def insert(event: AbstractEvent, *calls: Any) -> None:
    """Let captured calls follow `event` as oracle events, a second apart; its followers wait for the last."""
    followers, event.successors = dict.fromkeys(event.successors), []
    last = event
    for call in calls:
        last = call.oracle().depends_on(last, 1)
    for follower in followers:
        follower.dependencies = [last if item is event else item for item in follower.dependencies]
        last.successors.append(follower)


def action_of(event: AbstractEvent) -> Action:
    """Give the call that an oracle event of `oracle_events` stands for."""
    action: Action = getattr(event, "planned").action  # noqa: B009 - an oracle event always has one
    return action


def _drops(
    make: Callable[[], Scenario], index: int, event: OracleEvent, scenario: Scenario
) -> Iterator[Mutant]:
    writes = action_of(event).operation_type is OperationType.WRITE
    if not writes and users_of(event, scenario):
        return

    def change(scenario: Scenario) -> None:
        event = oracle_events(scenario)[index]
        for user in [*users_of(event, scenario), event]:
            remove(scenario, user)

    yield Mutant("drop_write" if writes else "drop_read", event.event_id, make, change)


def users_of(event: AbstractEvent, scenario: Scenario) -> list[AbstractEvent]:
    """Give the events whose arguments refer to the result of `event`, or to that of such an event."""
    plan = EventGraph(scenario.events).events
    found: list[AbstractEvent] = [event]
    for source in found:
        found += [other for other in plan if _refers(other, source) and other not in found]
    return found[1:]


def _refers(other: AbstractEvent, event: AbstractEvent) -> bool:
    action = getattr(getattr(other, "planned", None) or other, "action", None)
    args = action.args if isinstance(action, Action) else {}
    texts = references({name: value for name, value in args.items() if name != "self"})
    return any(text == event.event_id or text.startswith(f"{event.event_id}.") for text in texts)


def remove(scenario: Scenario, event: AbstractEvent) -> None:
    """Leave an event out; its followers wait for what it waited for, and as long."""
    for parent in event.dependencies:
        parent.successors = [item for item in parent.successors if item is not event]
    for follower in dict.fromkeys(event.successors):
        delay = follower.event_relative_time or 0
        follower.dependencies = [item for item in follower.dependencies if item is not event]
        follower.depends_on(list(event.dependencies), delay + (event.event_relative_time or 0))
        if event.event_time is not None:
            follower.event_time = max(event.event_time + delay, follower.event_time or 0)
    scenario.events = [item for item in scenario.events if item.in_graph() is not event]


def _rewordings(make: Callable[[], Scenario], index: int, event: OracleEvent) -> Iterator[Mutant]:
    args = action_of(event).args
    worded = [name for name in FREE_TEXT if isinstance(args.get(name), str) and args[name]]
    if not worded or any(references([args[name] for name in worded])):
        return

    def change(scenario: Scenario) -> None:
        action = action_of(oracle_events(scenario)[index])
        action.args = {**action.args, **{name: paraphrase(action.args[name]) for name in worded}}

    yield Mutant("paraphrase", f"{event.event_id} ({', '.join(worded)})", make, change)


def _retargetings(
    make: Callable[[], Scenario], index: int, event: OracleEvent, scenario: Scenario
) -> Iterator[Mutant]:
    action = action_of(event)
    if action.operation_type is not OperationType.WRITE:
        return
    for other in other_targets(action, scenario):

        def change(scenario: Scenario, other: dict[str, Any] = other) -> None:
            action = action_of(oracle_events(scenario)[index])
            action.args = {**action.args, **other}

        said = ", ".join(f"{name}={value!r}" for name, value in other.items())
        yield Mutant("wrong_target", f"{event.event_id} with {said}", make, change)


def _independent_pairs(oracle: list[OracleEvent], scenario: Scenario) -> Iterator[tuple[int, int]]:
    for (first, one), (second, other) in pairwise(enumerate(oracle)):
        if other.dependencies == [one] and independent(one, other) and _in_reach(one, other, scenario):
            yield first, second


def _in_reach(one: AbstractEvent, other: AbstractEvent, scenario: Scenario) -> bool:
    """Tell whether `one` comes early enough in the place of `other`, and what `other` uses as well."""
    after = reachable([other])
    sources = [event for event in EventGraph(scenario.events).events if _refers(other, event)]
    return all(user in after for user in users_of(one, scenario)) and all(
        one in reachable([source]) for source in sources
    )


def independent(one: OracleEvent, other: OracleEvent) -> bool:
    """Tell whether neither call can matter to the other.

    That is so for two READs, and for calls on different apps; messages and answers between user and
    agent have their place in a conversation, and a call that uses a result needs it.
    """
    actions = action_of(one), action_of(other)
    if any(action.function_name in USER_INTERFACE_CALLS for action in actions):
        return False
    if _refers(one, other) or _refers(other, one):
        return False
    reads = [action.operation_type is not OperationType.WRITE for action in actions]
    return all(reads) or actions[0].app is not actions[1].app


def _swap(make: Callable[[], Scenario], first: int, second: int, oracle: list[OracleEvent]) -> Mutant:
    def change(scenario: Scenario) -> None:
        events = oracle_events(scenario)
        one, other = events[first], events[second]
        for name in ("event_id", "make_event", "planned", "action_desc"):
            mine, theirs = getattr(one, name), getattr(other, name)
            setattr(one, name, theirs)
            setattr(other, name, mine)

    return Mutant("swap", f"{oracle[first].event_id} and {oracle[second].event_id}", make, change)
