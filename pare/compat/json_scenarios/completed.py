"""What took place in a run, from a document: completed events that can be read, judged and written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from pare.apps.base import App
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.compat.json_scenarios.arguments import value_of
from pare.compat.json_scenarios.checking import function_of
from pare.compat.json_scenarios.models import WrittenAction, WrittenArg, WrittenCompletedEvent
from pare.compat.json_scenarios.phone import AppRecipe
from pare.compat.json_scenarios.problems import Problem
from pare.errors import EventEditError, ScenarioError, nearest
from pare.kernel.action import Action, EventMetadata
from pare.kernel.calls import CompletedEvent
from pare.kernel.checks import ConditionCheckAction
from pare.kernel.enums import EventType, OperationType
from pare.kernel.run_context import RunContext

_ALWAYS_THERE: tuple[type[App], ...] = (SystemApp, AgentUserInterface)


def completed_events(
    events: Iterable[WrittenCompletedEvent], recipes: Mapping[str, AppRecipe], found: list[Problem]
) -> list[CompletedEvent]:
    """Give the events that took place; what cannot be read is put into `found`."""
    with RunContext("what took place").active():
        apps: dict[str, App] = {item.__name__: item() for item in _ALWAYS_THERE}
        apps |= {name: AppRecipe(name, recipe.app_class, None).make() for name, recipe in recipes.items()}
        read = [
            _completed(event, apps, f"completed_events[{place}]", found) for place, event in enumerate(events)
        ]
    return [event for event in read if event is not None]


def _completed(
    event: WrittenCompletedEvent, apps: Mapping[str, App], path: str, found: list[Problem]
) -> CompletedEvent | None:
    if event.event_type not in EventType.__members__:
        found.append(Problem(f"{path}.event_type", f"there is no type of event {event.event_type!r:.100}"))
        return None
    action = event.action
    if action is not None and action.app is not None and action.app not in apps:
        message = f"there is no app {action.app!r:.100}.{nearest(action.app, apps)}"
        found.append(Problem(f"{path}.action.app", message))
        return None
    outcome = event.metadata
    return CompletedEvent(
        event_type=EventType[event.event_type],
        event_time=event.event_time,
        event_id=event.event_id,
        event_relative_time=event.event_relative_time,
        action=None if action is None else _action(action, apps),
        metadata=EventMetadata()
        if outcome is None
        else EventMetadata(outcome.return_value, outcome.exception, outcome.exception_stack_trace),
    )


def _action(action: WrittenAction, apps: Mapping[str, App]) -> Action | ConditionCheckAction:
    name = action.function or ""
    if action.app is None:
        return ConditionCheckAction(_named(name, _holds), action.action_id)
    app = apps[action.app]
    method = function_of(type(app), name)
    operations = OperationType.__members__
    return Action(
        _named(name, _cannot_be_made_again) if method is None else getattr(app, name),
        {arg.name: _value(arg) for arg in action.args or ()},
        app=app,
        action_id=action.action_id or None,
        operation_type=operations.get((action.operation_type or "").upper()),
    )


def _value(arg: WrittenArg) -> Any:
    """Read an argument; what is no value of its type stays text."""
    try:
        return value_of(arg.value, arg.value_type)
    except EventEditError:
        return arg.value


def _named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Give what can be called like `function` under a name of its own: that is what a log shows."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    call.__name__ = name
    return call


def _holds(*args: Any, **kwargs: Any) -> bool:  # noqa: ARG001 - takes what any call takes
    return True


def _cannot_be_made_again(*args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG001 - takes what any call takes
    raise ScenarioError("this call was read from a file and cannot be made again")
