"""Apps, events and calls in the published shapes (`hf`): everything a value, everything text.

Where the published exporter wrote ``null`` for a result of 0, False or "", this writes what it was. A
value that is neither text nor number becomes JSON text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action
from pare.kernel.calls import CompletedEvent, OracleEvent
from pare.kernel.checks import ConditionCheckAction
from pare.kernel.enums import EventType
from pare.kernel.graph import reachable
from pare.kernel.serialization import to_plain
from pare.scenarios.scenario import Scenario
from pare.traces.encoding import encoded

VERSION = "are_simulation_v1"


def exported_document(
    scenario: Scenario,
    metadata: dict[str, Any],
    completed_events: Iterable[dict[str, Any]] = (),
    logs: Iterable[Any] = (),
) -> dict[str, Any]:
    """Give a scenario, and what took place in a run of it: logs, apps as they began, the plan, calls."""
    return {
        "world_logs": [encoded(log).decode() for log in logs],
        "apps": exported_apps(scenario),
        "events": exported_events(scenario),
        "completed_events": list(completed_events),
        "version": VERSION,
        "context": None,
        "augmentation": scenario.augmentation_data or None,
        "metadata": metadata,
    }


def exported_definition(scenario: Scenario) -> dict[str, Any]:
    """Give what a scenario says of itself; noise is that of the scenario, and nothing was raised."""
    return {
        "scenario_id": scenario.scenario_id,
        "seed": scenario.seed,
        "duration": _seconds(scenario.duration),
        "time_increment_in_seconds": scenario.time_increment_in_seconds,
        "start_time": _seconds(scenario.start_time),
        "run_number": scenario.run_number,
        "hints": [_hint(hint) for hint in scenario.hints or ()],
        "config": scenario.config,
        "has_a2a_augmentation": scenario.has_a2a_augmentation,
        "has_tool_augmentation": scenario.tool_augmentation_config is not None,
        "has_env_events_augmentation": scenario.env_events_config is not None,
        "has_exception": False,
        "exception_type": None,
        "exception_message": None,
        "tags": [tag.value for tag in scenario.tags or ()],
        "hf_metadata": to_plain(getattr(scenario, "hf_metadata", None)),
    }


def exported_execution(scenario: Scenario) -> dict[str, Any] | None:
    """Give what the conditions of a scenario have to know to be made again; None where it has nothing."""
    found: dict[str, Any] | None = to_plain(getattr(scenario, "execution_metadata", None))
    return found


def _hint(hint: Any) -> dict[str, Any]:
    return {
        "hint_type": hint.hint_type.value,
        "content": hint.content,
        "associated_event_id": hint.associated_event_id,
    }


def _seconds(value: float | None) -> float | None:
    return None if value is None else float(value)


def exported_apps(scenario: Scenario) -> list[dict[str, Any]]:
    """Give the apps as they were when the scenario was initialised."""
    return [
        {
            "name": name,
            "class_name": snapshot["class_name"],
            "app_state": orjson.loads(snapshot["serialized_state"]),
        }
        for name, snapshot in (scenario._initial_apps or {}).items()
    ]


def exported_events(scenario: Scenario) -> list[dict[str, Any]]:
    """Give the plan, without validations and noise; whatever leads somewhere is in it."""
    events = (event for event in reachable(scenario.events) if not event.is_noise)
    return [exported_event(event) for event in events if event.event_type is not EventType.VALIDATION]


def exported_event(event: AbstractEvent) -> dict[str, Any]:
    """Give a planned event, with the one of its times that counts: the absolute one, if it has both."""
    time, is_oracle = event.event_time, isinstance(event, OracleEvent)
    data = {
        "class_name": type(event).__name__,
        "event_type": event.event_type.value,
        "event_time": _seconds(time),
        "event_id": event.event_id,
        "dependencies": [dependency.event_id for dependency in event.dependencies],
        "event_relative_time": _seconds(event.event_relative_time) if time is None else None,
        "action": _described_action(event) if is_oracle else exported_action(getattr(event, "action", None)),
    }
    comparator = getattr(event, "event_time_comparator", None)
    return {**data, "event_time_comparator": comparator and comparator.value} if is_oracle else data


def exported_completed(event: CompletedEvent, mode: str | None, turn: int | None) -> dict[str, Any]:
    """Give an event that took place, in the agent's `mode` and the turn `turn`, counted from 0."""
    return {
        "class_name": type(event).__name__,
        "event_type": event.event_type.value,
        "event_time": event.event_time or 0.0,
        "event_id": event.event_id,
        "dependencies": [dependency.event_id for dependency in event.dependencies],
        "event_relative_time": event.event_relative_time,
        "action": exported_action(event.action),
        "metadata": _metadata(event, mode, turn),
    }


def _metadata(event: CompletedEvent, mode: str | None, turn: int | None) -> dict[str, Any]:
    metadata = event.metadata
    value = metadata.return_value
    return {
        "return_value": as_text(value),
        "return_value_type": None if value is None else type(value).__name__,
        "exception": metadata.exception,
        "exception_stack_trace": metadata.exception_stack_trace,
        "proactive_mode": mode if event.event_type is EventType.AGENT else None,
        "turn_number": turn,
    }


def exported_action(action: Any) -> dict[str, Any] | None:
    """Give a call, or a look at the environment; None where an event has neither."""
    if isinstance(action, ConditionCheckAction):
        data = {"action_id": action.action_id, "app": None, "function": action.function_name}
        return {**data, "operation_type": None, "args": None}
    if not isinstance(action, Action):
        return None
    return {
        "action_id": action.action_id,
        "app": None if action.app is None else action.app_name,
        "function": action.function_name,
        "operation_type": action.operation_type.name if action.operation_type else None,
        "args": list(_args(action.arguments())),
    }


def _described_action(event: AbstractEvent) -> dict[str, Any] | None:
    """Give what an ideal agent would do; it has no action until it is played."""
    described = getattr(event, "action_desc", None)
    if described is None:
        return None
    data = {"action_id": "", "app": described.app, "function": described.function, "operation_type": None}
    plan = getattr(getattr(event, "planned", None), "action", None)
    return {**data, "args": list(_args(plan.arguments())) if isinstance(plan, Action) else described.args}


def _args(arguments: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in arguments.items():
        kind = None if value is None else type(value).__name__
        yield {"name": name, "value": as_text(value), "value_type": kind}


def as_text(value: Any) -> str | None:
    """Give a value as text: itself, or as JSON; None stays None."""
    if value is None:
        return None
    if type(value) in (str, int, float, bool):
        return str(value)
    text = encoded(value).decode()
    return str(orjson.loads(text)) if text.startswith('"') else text
