"""Other targets for a call: somebody else, something else, some other time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from pare.apps.base import format_time, parse_time
from pare.errors import PareError
from pare.kernel.action import Action
from pare.scenarios.scenario import Scenario

STRANGER = "stranger@example.net"
NO_SUCH_ID = "no-such-id"
DAY = timedelta(days=1).total_seconds()

TIMES = ("start_datetime", "end_datetime", "due_datetime")


def other_targets(action: Action, scenario: Scenario) -> list[dict[str, Any]]:
    """Give replacements of the arguments of `action` that aim it elsewhere, one dict each."""
    found = []
    for name, value in action.args.items():
        choose = _CHOICES.get(name)
        if choose is not None and value:
            found.append({name: choose(value, action, scenario)})
    if moved := {name: _next_day(action.args[name]) for name in TIMES if action.args.get(name)}:
        found.append(moved)
    return found


def _next_day(text: str) -> str:
    try:
        return format_time(parse_time(text) + DAY)
    except PareError:
        return text


def _other(known: Iterable[str], value: Any) -> str:
    return next((item for item in known if item != value), NO_SUCH_ID)


def _other_email(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001 - one shape for all
    folders = action.app.folders.values()
    return _other((email.email_id for folder in folders for email in folder.emails), value)


def _strangers(value: Any, action: Action, scenario: Scenario) -> Any:  # noqa: ARG001
    return [STRANGER] if isinstance(value, (list, tuple)) else STRANGER


def _other_person(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
    known = (item for item in action.app.id_to_name if item != action.app.current_user_id)
    return _other(known, value)


def _other_people(value: Any, action: Action, scenario: Scenario) -> list[str]:
    people = [item for item in action.app.id_to_name if item not in {action.app.current_user_id, *value}]
    return [*list(value)[1:], people[0] if people else _other_person(value, action, scenario)]


def _other_of(attribute: str) -> Callable[[Any, Action, Scenario], str]:
    def choose(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
        return _other(getattr(action.app, attribute), value)

    return choose


_CHOICES: dict[str, Callable[[Any, Action, Scenario], Any]] = {
    "email_id": _other_email,
    "recipients": _strangers,
    "user_id": _other_person,
    "user_ids": _other_people,
    "conversation_id": _other_of("conversations"),
    "event_id": _other_of("events"),
    "contact_id": _other_of("contacts"),
    "reminder_id": _other_of("reminders"),
}
