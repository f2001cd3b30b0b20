"""Everything that is wrong with the events of a document, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import Any

from pare.compat.json_scenarios.arguments import arg_problems
from pare.compat.json_scenarios.models import Document, Planned, WrittenEvent
from pare.compat.json_scenarios.phone import AppClasses
from pare.compat.json_scenarios.problems import Problem
from pare.errors import MOST_SUGGESTED_FROM, EventEditError, EventGraphError, nearest
from pare.kernel.clock import DEFAULT_START_TIME
from pare.kernel.enums import EventType, HintType
from pare.scenarios.conditions import ConditionFactory, condition_named
from pare.scenarios.turns import Step, in_order

CALLS = (EventType.AGENT, EventType.ENV, EventType.USER)
_TYPES = (*CALLS, EventType.CONDITION, EventType.STOP)

MOST_FOUND = 1_000
"""So many problems are looked for."""


@dataclass(frozen=True)
class PlanChecks:
    """Looks at the events of `document`; `classes` are those of its apps by name.

    Of the apps in `left_out` nothing is expected; of those that are in neither, the class is not known.
    """

    document: Document
    classes: AppClasses
    left_out: frozenset[str]
    conditions: Mapping[str, ConditionFactory]

    def problems(self) -> Iterator[Problem]:
        """Give what is wrong, in the order of the document; of a document full of mistakes the first ones."""
        return islice(self._all_problems(), MOST_FOUND)

    def _all_problems(self) -> Iterator[Problem]:
        yield from self._hint_problems()
        events, ids = self.document.events, {event.event_id for event in self.document.events}
        known, seen = ids | self.promised_ids(), set[str]()
        for place, event in enumerate(events):
            yield from self._place_problems(event, ids, seen, f"events[{place}]")
            yield from self._call_problems(event, known, f"events[{place}]")
        if len(seen) == len(events):
            yield from self._circles(ids)
        for place, item in enumerate(self.document.registered_validations):
            yield from self._place_problems(item, ids, seen, f"registered_validations[{place}]")

    @cached_property
    def _unknown(self) -> set[str]:
        """The apps whose class is not known, which was told already."""
        return {app.name for app in self.document.apps}.difference(self.classes, self.left_out)

    def promised_ids(self) -> set[str]:
        """Give the ids of the agent's events that were left out and whose results are referred to."""
        execution = self.document.metadata.execution
        return {item.parent_event_id for item in execution.placeholders} if execution else set()

    def _hint_problems(self) -> Iterator[Problem]:
        for place, hint in enumerate(self.document.metadata.definition.hints):
            if hint.hint_type not in HintType.__members__:
                words = " or ".join(HintType.__members__)
                message = f"there is no type of hint {hint.hint_type!r:.100}; use {words}"
                yield Problem(f"metadata.definition.hints[{place}].hint_type", message)

    def _place_problems(self, event: Planned, ids: set[str], seen: set[str], path: str) -> Iterator[Problem]:
        if event.event_id in seen:
            message = f"another event has the id {event.event_id!r:.200} already"
            yield Problem(f"{path}.event_id", message)
        seen.add(event.event_id)
        yield from self._link_problems(event, ids, path)
        yield from self._time_problems(event, path)

    def _link_problems(self, event: Planned, ids: set[str], path: str) -> Iterator[Problem]:
        words = ids if len(ids) <= MOST_SUGGESTED_FROM else ()
        for place, dependency in enumerate(event.dependencies):
            if dependency not in ids:
                message = f"there is no event {dependency!r:.200} to wait for.{nearest(dependency, words)}"
                yield Problem(f"{path}.dependencies[{place}]", message)

    def _time_problems(self, event: Planned, path: str) -> Iterator[Problem]:
        start = self.document.metadata.definition.start_time
        start = DEFAULT_START_TIME if start is None else start
        if event.event_relative_time is None and event.event_time is not None and event.event_time < start:
            message = f"{event.event_time} is before the start of the scenario at {start}"
            yield Problem(f"{path}.event_time", message)

    def _circles(self, ids: set[str]) -> Iterator[Problem]:
        steps = {
            event.event_id: Step(tuple(dict.fromkeys(item for item in event.dependencies if item in ids)))
            for event in self.document.events
        }
        try:
            in_order(steps)
        except EventGraphError as error:
            yield Problem("events", str(error))

    # -- calls ------------------------------------------------------------------------------------

    def _call_problems(self, event: WrittenEvent, known: set[str], path: str) -> Iterator[Problem]:
        kind = next((item for item in _TYPES if item.value == event.event_type), None)
        action = event.action
        if kind is None:
            words = [item.value for item in _TYPES]
            message = f"there is no planned event of type {event.event_type!r:.100}; use {', '.join(words)}"
            yield Problem(f"{path}.event_type", message)
        elif kind is EventType.STOP:
            return
        elif action is None or not action.function:
            yield Problem(f"{path}.action", "says no function; name one")
        elif kind is EventType.CONDITION and event.registered_event is None:
            yield from self._condition_problems(action.function, path)
        elif kind is not EventType.CONDITION:
            yield from self._function_problems(event, known, path)

    def _condition_problems(self, name: str, path: str) -> Iterator[Problem]:
        try:
            condition_named(name, self.conditions, self.document.metadata.execution)
        except EventEditError as error:
            yield Problem(f"{path}.action.function", str(error))

    def _function_problems(self, event: WrittenEvent, known: set[str], path: str) -> Iterator[Problem]:
        action: Any = event.action
        if action.app in self._unknown or (
            action.app in self.left_out and event.event_type == EventType.AGENT.value
        ):
            return
        if action.app not in self.classes:
            message = f"there is no app {action.app!r:.100}.{nearest(str(action.app), self.classes)}"
            yield Problem(f"{path}.action.app", message)
            return
        app_class: Any = self.classes[action.app]
        method = function_of(app_class, action.function)
        if method is None:
            message = f"{app_class.__name__} has no function {action.function!r:.100} that can be planned."
            yield Problem(f"{path}.action.function", message + nearest(action.function, functions(app_class)))
            return
        yield from arg_problems(action.args, method, known, f"{path}.action.args")


def function_of(app_class: type[Any], name: str) -> Any:
    """Give the method of that name whose calls are events; None if there is none."""
    method = None if name.startswith("_") else getattr(app_class, name, None)
    return method if getattr(method, "__event_registered__", False) else None


@cache
def functions(app_class: Any) -> tuple[str, ...]:
    """Name the methods of a class whose calls are events."""
    return tuple(name for name in dir(app_class) if function_of(app_class, name) is not None)
