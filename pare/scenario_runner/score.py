"""What a scenario's oracle does, as phases that agents can follow: look, propose, accept, carry out.

It is read off an oracle run, so that placeholders stand resolved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pare.errors import ConfigError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import CompletedEvent, OracleEvent
from pare.kernel.enums import EventType, OperationType
from pare.kernel.graph import EventGraph
from pare.kernel.host import AGENT
from pare.kernel.serialization import to_plain
from pare.scenario_runner.oracle import oracle_environment
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry

PROPOSE, ACCEPT, REJECT = "send_message_to_user", "accept_proposal", "reject_proposal"


@dataclass(frozen=True)
class Call:
    """A tool call of the oracle."""

    tool: str
    function: str
    arguments: dict[str, Any]
    writes: bool

    @property
    def content(self) -> str:
        """What it says, for a message."""
        return str(self.arguments.get("content", ""))


@dataclass
class Phase:
    """One proposal: the notices that lead to it, the looks before it, the answer, and what follows."""

    notices: list[str] = field(default_factory=list)
    observe: list[Call] = field(default_factory=list)
    answer: Call | None = None
    execute: list[Call] = field(default_factory=list)

    @property
    def proposal(self) -> str:
        """The text of the proposal."""
        return self.observe[-1].content if self.observe else ""

    @property
    def is_turned_down(self) -> bool:
        """Whether the user rejects it."""
        return self.answer is not None and self.answer.function == REJECT


@cache
def score_of(scenario_id: str) -> tuple[Phase, ...]:
    """Give the phases of a registered scenario's oracle.

    Raises:
        RegistryError: there is no such scenario.
        ConfigError: its oracle proposes nothing.
    """
    scenario = registry.create(scenario_id)
    notices, records = _play(scenario)
    phases = [phase for phase in _phases(scenario, records, notices) if phase.observe or phase.execute]
    if not phases:
        raise ConfigError(f"the oracle of scenario {scenario_id!r} does nothing that agents could follow")
    return tuple(phases)


def _play(scenario: Scenario) -> tuple[dict[str, list[str]], dict[str, CompletedEvent]]:
    """Play the oracle; give what each event told the agent, and the record of each event."""
    environment = oracle_environment()
    system: Any = environment.notification_system
    inbox = system.inbox(AGENT)
    notices: dict[str, list[str]] = {}

    def note(event: CompletedEvent) -> None:
        notices[event.event_id] = [notice.message for notice in inbox.read()]

    environment.subscribe(note)
    scenario.initialize()
    environment.run(scenario)
    return notices, {event.event_id: event for event in environment.event_log.list_view()}


def _phases(
    scenario: Scenario, records: dict[str, CompletedEvent], notices: dict[str, list[str]]
) -> Iterator[Phase]:
    order = list(records)
    graph = EventGraph(scenario.events)
    oracle = [event for event in graph.events if isinstance(event, OracleEvent) and event.event_id in records]
    oracle.sort(key=lambda event: order.index(event.event_id))
    told = _reachable_notices(graph, notices)
    phase = Phase()
    for event in oracle:
        call = _call(records[event.event_id])
        if phase.answer is not None and (phase.is_turned_down or _begins_anew(event, oracle, records)):
            yield phase
            phase = Phase()
        if phase.answer is None and call.function not in (ACCEPT, REJECT):
            phase.observe.append(call)
            phase.notices += [text for text in _texts_before(event, told) if text not in phase.notices]
        elif phase.answer is None:
            phase.answer = call
        else:
            phase.execute.append(call)
    yield phase


def _begins_anew(
    event: OracleEvent, oracle: Sequence[OracleEvent], records: dict[str, CompletedEvent]
) -> bool:
    """Tell whether `event` is the first look of a further proposal: only looks lie between it and that."""
    rest = [_call(records[item.event_id]) for item in oracle[oracle.index(event) :]]
    proposal = next((place for place, call in enumerate(rest) if call.writes), None)
    if proposal is None or rest[proposal].function != PROPOSE:
        return False
    return len(rest) > proposal + 1 and rest[proposal + 1].function == ACCEPT


def _reachable_notices(graph: EventGraph, notices: dict[str, list[str]]) -> dict[AbstractEvent, list[str]]:
    """Give, for each event of the world that can come in agent mode, what it tells the agent."""
    closed: set[AbstractEvent] = set()
    told: dict[AbstractEvent, list[str]] = {}
    for event in graph.order:
        if isinstance(event, OracleEvent) or any(dep.in_graph() in closed for dep in event.dependencies):
            closed.add(event)
        elif event.event_type in (EventType.ENV, EventType.USER):
            told[event] = notices.get(event.event_id, [])
    return told


def _texts_before(event: AbstractEvent, told: dict[AbstractEvent, list[str]]) -> Iterator[str]:
    """Give what the events of the world that lead to `event` tell, in any number of steps."""
    waiting, seen = [event], set()
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            yield from told.get(current, ())
            waiting += [parent.in_graph() for parent in current.dependencies]


def _call(record: CompletedEvent) -> Call:
    action = record.action
    arguments = {name: to_plain(value) for name, value in action.arguments().items()}
    return Call(
        f"{action.app_name}__{action.function_name}",
        action.function_name,
        arguments,
        action.operation_type is OperationType.WRITE,
    )
