"""Write a scenario down as JSON: what can be read again as the same scenario, or a clear error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import orjson

from pare.compat.json_scenarios.arguments import value_of
from pare.compat.json_scenarios.checking import PlanChecks
from pare.compat.json_scenarios.loading import JsonTrace, load_json_scenario
from pare.compat.json_scenarios.models import WrittenValidation
from pare.compat.json_scenarios.naming import References, naming_problems, references_of, whole_of
from pare.compat.json_scenarios.planning import LeftOutEvent
from pare.compat.json_scenarios.problems import JsonScenarioError, Problem
from pare.compat.json_scenarios.reading import Source, document_in
from pare.compat.json_scenarios.registered import DEFINITION
from pare.compat.json_scenarios.scenario import JsonScenario
from pare.errors import EventEditError
from pare.kernel.abstract_event import AbstractEvent, StopEvent
from pare.kernel.action import Action
from pare.kernel.calls import OracleEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import EventType
from pare.kernel.environment import Environment
from pare.kernel.graph import reachable
from pare.scenarios.scenario import Scenario, ScenarioStatus
from pare.traces.encoding import encoded
from pare.traces.export import interactions
from pare.traces.exported import (
    as_text,
    exported_completed,
    exported_definition,
    exported_document,
    exported_event,
    exported_execution,
)

JsonFormat = Literal["hf", "lite"]


def export_json_scenario(
    scenario: Scenario,
    environment: Environment | None = None,
    *,
    format: JsonFormat = "hf",  # noqa: A002 - the word that commands and configurations have for it
    trace: JsonTrace | None = None,
) -> bytes:
    """Give a scenario as JSON text, with what took place in `environment` or `trace`, if one is given.

    `hf` is what `load_json_scenario` reads; `lite` only names the scenario and, of a trace, what its
    agents saw and said. A scenario that was not initialised is.

    Raises:
        JsonScenarioError: parts of the plan are Python code or values that JSON has no form for; all of them.
        ValueError: there is no such format.
    """
    if format not in ("hf", "lite"):
        raise ValueError(f"there is no format {format!r} of JSON scenarios; there are hf and lite")
    scenario.initialize()
    if format == "lite":
        return encoded(_lite(scenario, environment, trace))
    data = _document(scenario, environment, trace)
    found = [*_plan_problems(scenario), *_reading_problems(scenario, data)]
    if not found:
        found = _named(scenario, data)
    if found:
        unique = {item.path: item for item in reversed(found)}
        raise JsonScenarioError(f"scenario {scenario.scenario_id!r}", reversed(unique.values()))
    return encoded(data)


def export_without_oracle(source: Source, *, strip: bool = False) -> bytes:
    """Give the document `source` so that agents can play it without its oracle: with its turns planned.

    What has to be known of the oracle is written beside the plan. With `strip` the oracle's events are left
    out, as in a file for tests whose solutions are kept secret.

    Raises:
        JsonScenarioError: `source` is no scenario.
        EventGraphError: an event waits for an event of the oracle that ends no turn.
    """
    scenario = load_json_scenario(source)
    scenario.initialize()
    scenario.initialize_turns()
    text = export_json_scenario(scenario)
    if not strip:
        return text
    data = orjson.loads(text)
    data["events"] = [item for item in data["events"] if item["event_type"] != EventType.AGENT.value]
    return encoded(data)


def left_out(scenario: Scenario) -> list[str]:
    """Say what of a scenario no file holds or names, beside what `export_json_scenario` refuses."""
    scenario.initialize()
    data, found, no_place = _document(scenario, None, None), [], ["gui_config"]
    references = references_of(scenario)
    _named(scenario, data)
    if "registered_scenario" not in data["metadata"]["definition"]:
        no_place = ["additional_system_prompt", "nb_turns", *no_place]
        if not isinstance(scenario, JsonScenario) and type(scenario).validate is not Scenario.validate:
            found.append("validate(), the validator: it is Python code")
    events = reachable(scenario.events)
    watched = [event.event_id for event in events if _is_validation(event) and event not in references]
    if watched:
        found.append(f"milestones and minefields: {', '.join(watched)}")
    found += [f"{name}: {getattr(scenario, name)!r:.60}" for name in no_place if getattr(scenario, name)]
    return found


# -- documents ----------------------------------------------------------------------------------------------


def _document(scenario: Scenario, environment: Environment | None, trace: JsonTrace | None) -> dict[str, Any]:
    events = environment.event_log.list_view() if environment else []
    completed = [exported_completed(event, None, None) for event in events]
    data = exported_document(scenario, _metadata(scenario, environment), completed)
    references = references_of(scenario)
    data["events"] = [
        exported_event(event) | _reference(event, references) for event in _to_be_written(scenario)
    ]
    if watches := [event for event in _in_order(scenario) if _is_validation(event) and event in references]:
        data["registered_validations"] = [
            _validation(event) | _reference(event, references) for event in watches
        ]
    if isinstance(scenario, JsonScenario):
        data["context"] = scenario.written.context
    if trace is not None:
        data["completed_events"] = [event.model_dump() for event in trace.document.completed_events]
        data["world_logs"] = list(trace.document.world_logs)
    return data


def _to_be_written(scenario: Scenario) -> list[AbstractEvent]:
    """Give the plan without what no file holds; a scenario that was read keeps the order of its file."""
    events = (event for event in _in_order(scenario) if not _is_validation(event))
    return [event for event in events if not isinstance(event, LeftOutEvent)]


def _in_order(scenario: Scenario) -> list[AbstractEvent]:
    events = reachable(scenario.events)
    if isinstance(scenario, JsonScenario):
        places = {event: place for place, event in enumerate(scenario.events)}
        events.sort(key=lambda event: places.get(event, len(places)))
    return events


def _reference(event: AbstractEvent, references: References) -> dict[str, Any]:
    return {"registered_event": references[event].model_dump()} if event in references else {}


def _validation(event: AbstractEvent) -> dict[str, Any]:
    written = exported_event(event)
    return {name: written[name] for name in WrittenValidation.model_fields if name in written}


def _metadata(scenario: Scenario, environment: Environment | None) -> dict[str, Any]:
    written = scenario.written.metadata if isinstance(scenario, JsonScenario) else None
    simulation = written.simulation if written else None
    definition = exported_definition(scenario)
    if whole := whole_of(scenario):
        definition["registered_scenario"] = whole
    if isinstance(scenario, JsonScenario) and environment is None:
        definition |= {name: getattr(scenario, name) for name in _FLAGS if getattr(scenario, name)}
    return {
        "definition": definition,
        "simulation": simulation.model_dump() if simulation else None,
        "annotation": _annotation(scenario, environment),
        "execution": exported_execution(scenario),
        "runner_config": written.runner_config if written else None,
    }


_FLAGS = (
    "has_tool_augmentation",
    "has_env_events_augmentation",
    "has_exception",
    "exception_type",
    "exception_message",
)


def _annotation(scenario: Scenario, environment: Environment | None) -> dict[str, Any]:
    """Give what is said of a scenario: its status, unless a file said a word that is no status."""
    annotation = scenario.written.metadata.annotation if isinstance(scenario, JsonScenario) else None
    decision = annotation.validation_decision if annotation else None
    known = ScenarioStatus.__members__.get(decision or "", ScenarioStatus.Draft)
    is_kept = annotation is not None and known is scenario.status
    return {
        "annotation_id": scenario.annotation_id,
        "annotator": annotation.annotator if annotation else None,
        "validation_decision": decision if is_kept else scenario.status.name,
        "comment": scenario.comment,
        "date": environment.current_time if environment else annotation.date if annotation else 0.0,
    }


def _lite(scenario: Scenario, environment: Environment | None, trace: JsonTrace | None) -> dict[str, Any]:
    metadata = _metadata(scenario, environment)
    simulation = metadata["simulation"] or {}
    facts = {
        "model_id": simulation.get("model_id"),
        "main_agent_type": simulation.get("agent_id"),
        "validation_decision": metadata["annotation"]["validation_decision"],
        "validation_rationale": scenario.comment,
        "run_duration": environment.current_time - environment.start_time if environment else None,
    }
    return interactions(scenario.scenario_id, facts, trace.world_logs if trace else ())


# -- what cannot be written ---------------------------------------------------------------------------------


def _named(scenario: Scenario, data: dict[str, Any]) -> list[Problem]:
    """Tell why what `data` names of registered scenarios is not what `scenario` has.

    A validator that cannot be named is left out of `data`.
    """
    definition = data["metadata"]["definition"]
    found = naming_problems(scenario, data)
    if any(item.path == DEFINITION for item in found):
        del definition["registered_scenario"]
        found = naming_problems(scenario, data)
    return found


def _plan_problems(scenario: Scenario) -> Iterator[Problem]:
    """Tell what of the plan has no form in JSON."""
    references = references_of(scenario)
    for place, event in enumerate(_to_be_written(scenario)):
        path = f"events[{place}]"
        for number, dependency in enumerate(event.dependencies):
            if _is_validation(dependency):
                message = f"{event.event_id!r} waits for {dependency.event_id!r}, which no file can hold"
                yield Problem(f"{path}.dependencies[{number}]", message)
        if event in references:
            continue
        if isinstance(event, ConditionCheckEvent):
            yield from _condition_problems(event, scenario, path)
        elif not isinstance(event, StopEvent):
            yield from _call_problems(event, path)


def _is_validation(event: AbstractEvent) -> bool:
    return event.event_type is EventType.VALIDATION


def _condition_problems(event: ConditionCheckEvent, scenario: Scenario, path: str) -> Iterator[Problem]:
    name = event.action.function_name
    if name.split("__", 1)[0] not in scenario.condition_factories:
        message = (
            f"the condition of {event.event_id!r} is Python code ({name}), which no file can hold; it can be "
            "named if its scenario is registered: put @register_scenario(ID) on the class"
        )
        yield Problem(f"{path}.action.function", message)


def _call_problems(event: AbstractEvent, path: str) -> Iterator[Problem]:
    action = getattr(getattr(event, "planned", None) or event, "action", None)
    if isinstance(event, OracleEvent) and event.action_desc is None:
        message = f"the call of {event.event_id!r} is made by Python code, which no file can hold"
        yield Problem(f"{path}.action", message)
    if isinstance(action, Action):
        for place, (name, value) in enumerate(action.arguments().items()):
            if not _comes_back(value):
                kind = type(value).__name__
                message = f"{name!r} of {event.event_id!r} is of type {kind}, for which JSON has no form"
                yield Problem(f"{path}.action.args[{place}].value", message)


def _comes_back(value: Any) -> bool:
    """Tell whether a value can be read again as it was."""
    try:
        read = value_of(as_text(value), None if value is None else type(value).__name__)
    except EventEditError:
        return False
    return type(read) is type(value) and bool(read == value)


def _reading_problems(scenario: Scenario, data: dict[str, Any]) -> Iterable[Problem]:
    """Tell why what would be written could not be read."""
    try:
        document = document_in(orjson.loads(encoded(data)), "the document")
    except JsonScenarioError as error:
        return error.problems
    classes = {app.name: type(app) for app in scenario.apps or ()}
    return PlanChecks(document, classes, frozenset(), scenario.condition_factories).problems()
