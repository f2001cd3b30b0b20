"""What an exported scenario names of registered ones, as its conditions and its validator are Python code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from pare.compat.json_scenarios.loading import Apps, class_of
from pare.compat.json_scenarios.models import WrittenReference
from pare.compat.json_scenarios.problems import JsonScenarioError, Problem
from pare.compat.json_scenarios.reading import document_in
from pare.compat.json_scenarios.registered import DEFINITION, look_of
from pare.compat.json_scenarios.scenario import JsonScenario
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import EventType
from pare.kernel.graph import reachable
from pare.kernel.run_context import RunContext
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.traces.encoding import encoded

References = dict[AbstractEvent, WrittenReference]


def whole_of(scenario: Scenario) -> str | None:
    """Give the id under which the class of a scenario is registered, or that its file named."""
    if isinstance(scenario, JsonScenario):
        return scenario.written.registered_scenario
    name: str | None = vars(type(scenario)).get("_registered_as")
    return name if name and registry.code_of(name) is type(scenario) else None


def references_of(scenario: Scenario) -> References:
    """Give what its events are called in a registered scenario, where they look by Python code."""
    if isinstance(scenario, JsonScenario):
        return scenario.registered_events
    name = whole_of(scenario)
    return {
        event: WrittenReference(scenario_id=name, event_id=event.event_id)
        for event in reachable(scenario.events)
        if name and _looks_by_code(event, scenario)
    }


def _looks_by_code(event: AbstractEvent, scenario: Scenario) -> bool:
    if not isinstance(event, ConditionCheckEvent):
        return event.event_type is EventType.VALIDATION
    return event.action.function_name.split("__", 1)[0] not in scenario.condition_factories


def naming_problems(scenario: Scenario, data: dict[str, Any]) -> list[Problem]:
    """Tell why what `data` names is not what `scenario` has: it is read, and the two are compared."""
    if not _names_something(data):
        return []
    classes = {type(app).__name__: type(app) for app in scenario.apps or ()}
    try:
        document = document_in(orjson.loads(encoded(data)), "the document")
        read_class = class_of(document, "the document", Apps(classes=classes))
    except JsonScenarioError as error:
        return list(error.problems)
    with RunContext("reading again").active():
        read = read_class()
    read.initialize()
    return list(_differences(scenario, read))


def _names_something(data: dict[str, Any]) -> bool:
    return (
        "registered_scenario" in data["metadata"]["definition"]
        or "registered_validations" in data
        or any("registered_event" in event for event in data["events"])
    )


def _differences(scenario: Scenario, read: JsonScenario) -> Iterator[Problem]:
    planned = {event.event_id: event for event in reachable(scenario.events)}
    for path, event in zip(read.written.references, read.registered_events, strict=True):
        if look_of(event) != look_of(planned[event.event_id]):
            message = f"{event.event_id!r} looks otherwise than the registered one: it was changed since"
            yield Problem(f"{path}.registered_event", f"{message}, and no file can hold how")
    if read.written.registered_scenario is None:
        return
    for name in ("additional_system_prompt", "nb_turns"):
        if getattr(scenario, name) != getattr(read, name):
            yield Problem(DEFINITION, f"{name} is another one than that of the registered scenario")
