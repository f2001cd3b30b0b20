"""Load JSON scenarios: one from a file or bytes, or all files of a directory into the registry."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, cast

import orjson

from pare.compat.json_scenarios import loaded
from pare.compat.json_scenarios.checking import MOST_FOUND, PlanChecks
from pare.compat.json_scenarios.completed import completed_events
from pare.compat.json_scenarios.models import Document, WrittenApp
from pare.compat.json_scenarios.phone import AppClasses, AppRecipe, recipes_of, state_problems
from pare.compat.json_scenarios.problems import JsonScenarioError, Problem
from pare.compat.json_scenarios.reading import (
    DEEPEST,
    Source,
    document_in,
    is_deeper,
    parsed,
    read_document,
)
from pare.compat.json_scenarios.registered import ReferenceChecks, classes_named
from pare.compat.json_scenarios.scenario import JsonScenario, Written
from pare.errors import ConfigError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import CapabilityTag, Hint, HintType
from pare.kernel.run_context import RunContext
from pare.logs import get_logger
from pare.noise import parse_augmentation_data
from pare.scenarios.auto_dataclass import AutoDataclass
from pare.scenarios.scenario import ScenarioStatus
from pare.scenarios.utils.registry import ScenarioRegistry, registry

PUBLISHED_DURATION = 1000.0
"""How long a scenario lasts that does not say, in seconds; null is no limit."""


@dataclass(frozen=True)
class Apps:
    """Which apps of a document are taken: those named in `keep`, None is all, without those in `skip`.

    `classes` are app classes beside the known ones, by the names that documents have for them.
    """

    skip: tuple[str, ...] = ()
    keep: tuple[str, ...] | None = None
    classes: AppClasses | None = None

    def takes(self, name: str) -> bool:
        """Tell whether the app of that name is taken."""
        return name not in self.skip and (self.keep is None or name in self.keep)


ALL = Apps()


@dataclass(frozen=True)
class JsonTrace:
    """A document of a run: the scenario, what took place, and the logs of the agents."""

    scenario: JsonScenario
    completed_events: list[CompletedEvent]
    world_logs: list[dict[str, Any]]
    document: Document


def load_json_scenario(source: Source, *, apps: Apps = ALL) -> JsonScenario:
    """Give a fresh scenario of a file or of bytes; what took place in a run is left aside.

    Raises:
        JsonScenarioError: it is no scenario; everything that is wrong with it.
    """
    return _instance(load_json_class(source, apps=apps))


def load_json_class(source: Source, *, apps: Apps = ALL) -> type[JsonScenario]:
    """Give a class whose instances are the scenario of a file or of bytes.

    Raises:
        JsonScenarioError: it is no scenario; everything that is wrong with it.
    """
    document, place = read_document(source)
    return class_of(document, place, apps)


def load_json_trace(source: Source, *, apps: Apps = ALL) -> JsonTrace:
    """Give the scenario of a file or of bytes together with what took place in its run.

    Return values stay text, and completed events belong to apps of their own, without states.

    Raises:
        JsonScenarioError: it is no scenario, or its run cannot be read; everything that is wrong with it.
    """
    document, place = read_document(source)
    scenario = _instance(class_of(document, place, apps))
    found: list[Problem] = []
    recipes = {recipe.name: recipe for recipe in scenario.written.apps}
    events = completed_events(document.completed_events, recipes, found)
    logs = [_world_log(text, index, found) for index, text in enumerate(document.world_logs)]
    if found:
        raise JsonScenarioError(place, found)
    return JsonTrace(scenario, events, logs, document)


def load_json_dir(directory: str | os.PathLike[str], into: ScenarioRegistry = registry) -> list[str]:
    """Register the scenario of each JSON file in `directory`, and give their ids.

    Raises:
        JsonScenarioError: files are no scenarios; everything that is wrong with all of them.
    """
    ids, found = [], []
    for file in sorted(Path(directory).glob("*.json")):
        try:
            ids.append(register_json_file(into, file))
        except JsonScenarioError as error:
            found += [Problem(f"{file.name} {item.path}".rstrip(), item.message) for item in error.problems]
    if found:
        raise JsonScenarioError(str(directory), found)
    return ids


def register_json_file(into: ScenarioRegistry, file: Path) -> str:
    """Register the scenario of a file under its id, and give that.

    Raises:
        JsonScenarioError: it is no scenario.
    """
    scenario_class = load_json_class(file)
    into.register(scenario_class.scenario_id)(scenario_class)
    return scenario_class.scenario_id


def register_found(into: ScenarioRegistry, file: Path) -> str | None:
    """Register the scenario of a file that was found among others; data that is no scenario gives None.

    Raises:
        JsonScenarioError: it is meant to be a scenario, and is none.
    """
    found = parsed(file)
    if not found.is_meant:
        return None
    scenario_class = class_of(document_in(*found), found.place, ALL)
    into.register(scenario_class.scenario_id)(scenario_class)
    return scenario_class.scenario_id


# -- from a document to a class -----------------------------------------------------------------------------


def class_of(document: Document, place: str, choice: Apps) -> type[JsonScenario]:
    """Give a class whose instances are the scenario of a document from `place`.

    Raises:
        JsonScenarioError: it is no scenario; everything that is wrong with it.
    """
    written = _written(document, place, choice)
    scenario_class = _scenario_class(written, place)
    scenario = _instance(scenario_class)
    try:
        scenario.initialize()
    except Exception as error:
        reason = f"it cannot be initialised: {type(error).__name__}: {error}"
        raise JsonScenarioError(place, [Problem("", reason)]) from error
    if found := scenario.capture_problems():
        raise JsonScenarioError(place, found)
    return scenario_class


def _written(document: Document, place: str, choice: Apps) -> Written:
    found: list[Problem] = []
    taken = [app for app in document.apps if choice.takes(app.name)]
    if not taken:
        found.append(Problem("apps", "there are no apps; a scenario has at least one"))
    recipes = tuple(recipes_of(taken, choice.classes or {}, found))
    found += _state_problems(document.apps, recipes)
    left_out = frozenset(app.name for app in document.apps if not choice.takes(app.name))
    classes = {recipe.name: recipe.app_class for recipe in recipes}
    found += PlanChecks(document, classes, left_out, JsonScenario.condition_factories).problems()
    code = classes_named(document)
    found += islice(ReferenceChecks(document, code).problems(), MOST_FOUND)
    found += _augmentation_problems(document)
    if found:
        raise JsonScenarioError(place, found)
    augmentation = None if document.augmentation is None else orjson.dumps(document.augmentation)
    return Written(
        document.metadata,
        recipes,
        document.events,
        augmentation,
        document.context,
        document.registered_validations,
        code,
    )


def _state_problems(apps: Iterable[WrittenApp], recipes: Iterable[AppRecipe]) -> list[Problem]:
    places = {app.name: index for index, app in enumerate(apps)}
    with RunContext("looking at states").active():
        return list(state_problems(recipes, places))


def _augmentation_problems(document: Document) -> list[Problem]:
    try:
        if document.augmentation is not None:
            parse_augmentation_data(document.augmentation, "the data")
    except ConfigError as error:
        return [Problem("augmentation", str(error))]
    return []


def _scenario_class(written: Written, place: str) -> type[JsonScenario]:
    definition, annotation = written.metadata.definition, written.metadata.annotation
    decision = annotation.validation_decision if annotation else None
    comment = annotation.comment if annotation else None
    values: dict[str, Any] = {
        "scenario_id": definition.scenario_id,
        "seed": definition.seed or 0,
        "duration": definition.duration if "duration" in definition.model_fields_set else PUBLISHED_DURATION,
        "time_increment_in_seconds": definition.time_increment_in_seconds or 1,
        "run_number": definition.run_number,
        "config": definition.config,
        "tags": tuple(_tags(definition.tags or (), place)),
        "hints": [
            Hint(HintType[item.hint_type], item.content, item.associated_event_id)
            for item in definition.hints
        ],
        "status": ScenarioStatus.__members__.get(decision or "", ScenarioStatus.Draft),
        "comment": comment,
        "annotation_id": annotation.annotation_id if annotation else None,
        "hf_metadata": definition.hf_metadata.model_dump() if definition.hf_metadata else None,
        "augmentation_data": orjson.loads(written.augmentation or b"{}"),
        **{name: getattr(definition, name) for name in _CARRIED},
    }
    if definition.start_time is not None:
        values["start_time"] = definition.start_time
    about = {"__module__": loaded.__name__, "__qualname__": place, "__doc__": _summary(comment)}
    made: Any = AutoDataclass("JsonScenario", (JsonScenario,), {**about, **values, "written": written})
    return cast(type[JsonScenario], made)


def _summary(comment: str | None) -> str:
    """Give the first line of what is said about a scenario, as a terminal can show it."""
    line = (comment or "").strip().partition("\n")[0]
    return "".join(character for character in line if character.isprintable())


_CARRIED = (
    "has_a2a_augmentation",
    "has_tool_augmentation",
    "has_env_events_augmentation",
    "has_exception",
    "exception_type",
    "exception_message",
)


def _tags(names: Iterable[str], place: str) -> Iterable[CapabilityTag]:
    for name in names:
        if name in CapabilityTag.__members__:
            yield CapabilityTag[name]
        else:
            get_logger().warning("scenario.tag_ignored", tag=name[:100], source=place)


def _instance(scenario_class: type[JsonScenario]) -> JsonScenario:
    with RunContext(f"constructing {scenario_class.scenario_id}").active():
        return scenario_class()


def _world_log(text: str, index: int, found: list[Problem]) -> dict[str, Any]:
    """Read the log of an agent; one that does not say whose it is is nobody's."""
    try:
        log = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        found.append(Problem(f"world_logs[{index}]", f"is no JSON: {error}"))
        return {}
    if not isinstance(log, dict) or is_deeper(log, DEEPEST):
        found.append(Problem(f"world_logs[{index}]", "must be an object, and not nested deeply"))
        return {}
    return {"agent_id": "unknown", **log}
