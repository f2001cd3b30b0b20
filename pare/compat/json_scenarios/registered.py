"""Code that a document names: conditions, validations and the validator of registered scenarios.

A file holds no code and brings none. It may say that an event looks as an event of a registered scenario
does; then a fresh instance of that scenario lends its functions. That instance has a phone of its own,
which nobody plays on: it is moved to the phone of the scenario that was read, and functions that hold on to
an app of its own all the same are refused.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

from pare.apps.base import App
from pare.compat.json_scenarios.models import (
    Document,
    Planned,
    WrittenEvent,
    WrittenReference,
    WrittenValidation,
)
from pare.compat.json_scenarios.problems import Problem
from pare.errors import nearest
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.checks import AgentValidationEvent, ConditionCheckEvent, ValidationEvent
from pare.kernel.clock import DEFAULT_START_TIME
from pare.kernel.enums import EventType
from pare.kernel.graph import reachable
from pare.kernel.run_context import RunContext
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry

Classes = Mapping[str, type[Scenario]]

DEFINITION = "metadata.definition.registered_scenario"

_OF_THE_PHONE = (
    "apps",
    "events",
    "run_context",
    "duration",
    "time_increment_in_seconds",
    "_initial_apps",
    "_starting_point",
)
"""What a scenario that lends its functions takes over from the one that is played."""

_LEAVES = (str, bytes, int, float, complex, type(None), type, ModuleType, CodeType)


class RegisteredCode:
    """Fresh instances of registered scenarios, `classes` by id, that lend functions to one scenario."""

    def __init__(self, classes: Classes, seed: int, start_time: float | None) -> None:
        self._classes, self._seed, self._start_time = classes, seed, start_time
        self._made: dict[str, Scenario] = {}
        self._events: dict[str, dict[str, AbstractEvent]] = {}

    def scenario(self, scenario_id: str) -> Scenario:
        """Give the instance of that registered scenario, initialised."""
        if scenario_id not in self._made:
            with RunContext(f"constructing {scenario_id}").active():
                made = self._classes[scenario_id]()
            made.seed, made.start_time = self._seed, self._start_time
            made.initialize()
            self._made[scenario_id] = made
        return self._made[scenario_id]

    def events(self, scenario_id: str) -> Mapping[str, AbstractEvent]:
        """Give the events of that registered scenario by id."""
        if scenario_id not in self._events:
            planned = reachable(self.scenario(scenario_id).events)
            self._events[scenario_id] = {event.event_id: event for event in planned}
        return self._events[scenario_id]

    def event(self, reference: WrittenReference) -> AbstractEvent:
        """Give the event that a document names, which was checked."""
        return self.events(reference.scenario_id)[reference.event_id]

    def move_to(self, scenario: Scenario) -> None:
        """Let the instances, and all functions that are bound to them, look at the phone of `scenario`."""
        apps = {app.name: app for app in scenario.apps or ()}
        events = {event.event_id: event for event in reachable(scenario.events)}
        for scenario_id, made in self._made.items():
            places: dict[int, Any] = {id(app): apps.get(app.name) for app in made.apps or ()}
            planned = self.events(scenario_id)
            places |= {id(event): events[key] for key, event in planned.items() if key in events}
            _move(made, places)
            vars(made).update({name: getattr(scenario, name) for name in _OF_THE_PHONE})
        self._events.clear()  # they hold the phones that nobody plays on


def _move(made: Scenario, places: Mapping[int, Any]) -> None:
    """Put what has another place there into the attributes of `made`; an app that has none is taken away."""
    attributes = vars(made)
    for name, value in list(attributes.items()):
        if id(value) in places and places[id(value)] is None:
            del attributes[name]
        else:
            attributes[name] = _moved(value, places)


def _moved(value: Any, places: Mapping[int, Any]) -> Any:
    if id(value) in places:
        return value if places[id(value)] is None else places[id(value)]
    kind = type(value)
    if kind not in (dict, list, tuple, set, frozenset):
        return value
    before = list(value.values() if kind is dict else value)
    after = [_moved(item, places) for item in before]
    if all(new is old for new, old in zip(after, before, strict=True)):
        return value
    return dict(zip(value, after, strict=True)) if kind is dict else kind(after)


# -- what is wrong with what a document names ---------------------------------------------------------------


def classes_named(document: Document) -> dict[str, type[Scenario]]:
    """Give the registered scenarios that a document names, as far as there are such."""
    whole = document.metadata.definition.registered_scenario
    items: Iterable[Planned] = (*document.events, *document.registered_validations)
    references = (item.registered_event for item in items)
    names = {whole, *(reference.scenario_id for reference in references if reference is not None)}
    found = {name: registry.code_of(name) for name in sorted(name for name in names if name)}
    return {name: item for name, item in found.items() if item is not None}


class ReferenceChecks:
    """Looks at what a document names of the registered scenarios `classes`."""

    def __init__(self, document: Document, classes: Classes) -> None:
        definition = document.metadata.definition
        start = DEFAULT_START_TIME if definition.start_time is None else definition.start_time
        self._document, self._classes = document, classes
        self._code = RegisteredCode(classes, definition.seed or 0, start)
        self._reasons: dict[str, str] = {}

    def problems(self) -> Iterator[Problem]:
        """Give what is wrong, in the order of the document."""
        whole = self._document.metadata.definition.registered_scenario
        if whole is not None and (reason := self._reason_against(whole)):
            hint = "; without this key a scenario has no validator, and all else is in the file"
            yield Problem(DEFINITION, reason + hint)
        for place, event in enumerate(self._document.events):
            if event.registered_event is not None:
                path = f"events[{place}]"
                yield from self._reference_problems(event.registered_event, f"{path}.registered_event")
                yield from self._condition_problems(event, event.registered_event, path)
        for place, item in enumerate(self._document.registered_validations):
            path = f"registered_validations[{place}]"
            yield from self._reference_problems(item.registered_event, f"{path}.registered_event")
            yield from self._validation_problems(item, path)

    def _reason_against(self, scenario_id: str) -> str:
        """Say why a scenario can lend nothing; an empty text if it can."""
        if scenario_id not in self._reasons:
            self._reasons[scenario_id] = self._found_out(scenario_id)
        return self._reasons[scenario_id]

    def _found_out(self, scenario_id: str) -> str:
        if scenario_id not in self._classes:
            known = nearest(scenario_id, registry.ids)
            return (
                f"no scenario {scenario_id!r:.200} is registered: load the file of its class beside this "
                f"one, or install it.{known}"
            )
        try:
            self._code.events(scenario_id)
        except Exception as error:  # noqa: BLE001 - whatever it raises is what is wrong with it
            reason = f"{type(error).__name__}: {error}"
            return f"the registered scenario {scenario_id!r:.200} cannot be initialised: {reason}"
        return ""

    def _reference_problems(self, reference: WrittenReference, path: str) -> Iterator[Problem]:
        if reason := self._reason_against(reference.scenario_id):
            yield Problem(f"{path}.scenario_id", reason)
        elif self._event(reference) is None:
            known = self._code.events(reference.scenario_id)
            message = f"the scenario {reference.scenario_id!r} has no event {reference.event_id!r:.200}."
            yield Problem(f"{path}.event_id", message + nearest(reference.event_id, known))

    def _event(self, reference: WrittenReference) -> AbstractEvent | None:
        if self._reason_against(reference.scenario_id):
            return None
        return self._code.events(reference.scenario_id).get(reference.event_id)

    def _condition_problems(
        self, event: WrittenEvent, reference: WrittenReference, path: str
    ) -> Iterator[Problem]:
        if event.event_type != EventType.CONDITION.value:
            message = "only a condition can be one of a registered scenario; this is of type"
            yield Problem(f"{path}.registered_event", f"{message} {event.event_type!r:.100}")
            return
        found, name = self._event(reference), event.action and event.action.function
        if found is None:
            return
        if not isinstance(found, ConditionCheckEvent):
            message = f"{reference.event_id!r} of {reference.scenario_id!r} is no condition"
            yield Problem(f"{path}.registered_event.event_id", f"{message}, but {type(found).__name__}")
        elif name and name != found.action.function_name:
            message = f"{reference.event_id!r} of {reference.scenario_id!r} looks by"
            message += f" {found.action.function_name}, not by {name:.200}: one of the two has changed"
            yield Problem(f"{path}.action.function", message)

    def _validation_problems(self, item: WrittenValidation, path: str) -> Iterator[Problem]:
        reference, found = item.registered_event, self._event(item.registered_event)
        if found is not None and not isinstance(found, ValidationEvent | AgentValidationEvent):
            message = f"{reference.event_id!r} of {reference.scenario_id!r} is no validation"
            yield Problem(f"{path}.registered_event.event_id", f"{message}, but {type(found).__name__}")
        elif found is not None and type(found).__name__ != item.class_name:
            message = f"{reference.event_id!r} of {reference.scenario_id!r} is a {type(found).__name__}"
            yield Problem(f"{path}.class_name", f"{message}, not a {item.class_name:.200}")


# -- functions that would look elsewhere --------------------------------------------------------------------


def capture_problems(
    code: RegisteredCode, scenario: Scenario, named: Mapping[str, WrittenReference], whole: str | None
) -> Iterator[Problem]:
    """Tell which functions still look at another phone when `code`, a fresh one, is moved to `scenario`.

    `named` are references by the places of a document, `whole` the id of the registered scenario whose
    validator judges.
    """
    events = {path: code.event(reference) for path, reference in named.items()}
    names = {reference.scenario_id for reference in named.values()} | ({whole} if whole else set())
    lent = [app for name in names for app in code.scenario(name).apps or ()]
    phones = _Phones({id(item): (item, app.name) for app in lent for item in _data_of(app)}, scenario)
    code.move_to(scenario)
    for path, event in events.items():
        parts = [item for name, item in vars(event).items() if name not in ("successors", "dependencies")]
        if app_name := phones.captured(parts):
            yield Problem(f"{path}.registered_event", _elsewhere(repr(event.event_id), app_name))
    if whole and (app_name := phones.captured([code.scenario(whole).validate])):
        yield Problem(DEFINITION, _elsewhere("the validator", app_name))


def _data_of(app: App) -> Iterator[Any]:
    """Give the collections that an app keeps its data in."""
    return (item for item in vars(app).values() if isinstance(item, dict | list | set))


def _elsewhere(what: str, app_name: str) -> str:
    return (
        f"what {what} looks with holds on to the app {app_name!r} of the registered scenario itself, so it "
        f"would look at another phone; let it ask its environment, env.get_app({app_name!r})"
    )


class _Phones:
    """Tells the phone that is played on from others; `data` are names of apps by the ids of their data."""

    def __init__(self, data: Mapping[int, tuple[Any, str]], scenario: Scenario) -> None:
        self._data = data
        self._home = {id(item) for item in (*(scenario.apps or ()), *scenario.events)}

    def captured(self, values: Iterable[Any]) -> str | None:
        """Name another app that `values` hold, it or its data, in closures, attributes or containers."""
        waiting, seen = list(values), dict[int, Any]()
        while waiting:
            value = waiting.pop()
            if isinstance(value, _LEAVES) or id(value) in seen or id(value) in self._home:
                continue
            seen[id(value)] = value
            if id(value) in self._data:
                return self._data[id(value)][1]
            if isinstance(value, App):
                return value.name
            waiting += _held(value)
        return None


def _held(value: Any) -> Iterable[Any]:
    """Give what an object holds; of a function not the module in which it was written."""
    found = gc.get_referents(value)
    if not isinstance(value, FunctionType):
        return found
    names = (value.__globals__.get(name) for name in value.__code__.co_names)
    used = [item for item in names if isinstance(item, App | Scenario)]
    return [item for item in found if item is not value.__globals__] + used


# -- comparing ----------------------------------------------------------------------------------------------


def look_of(event: AbstractEvent) -> tuple[Any, ...]:
    """Give what an event looks with and how often, so that two plans can be compared."""
    functions: list[Any] = [event.action.function] if isinstance(event, ConditionCheckEvent) else []
    functions += [*getattr(event, "milestones", ()), *getattr(event, "minefields", ())]
    ticks, timeout = getattr(event, "schedule_every_ticks", None), getattr(event, "timeout", None)
    return type(event).__name__, ticks, timeout, [_code_in(item) for item in functions]


def _code_in(function: Callable[..., Any]) -> Any:
    inner: Any = getattr(function, "func", function)  # of a partial
    return getattr(inner, "__code__", type(inner))
