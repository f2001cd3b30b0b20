"""Other targets for a call: somebody else, something else, some other time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from pare.apps.base import format_time, parse_time
from pare.errors import PareError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action
from pare.kernel.graph import EventGraph
from pare.kernel.placeholders import references
from pare.scenarios.scenario import Scenario

STRANGER = "stranger@example.net"
SOMEBODY, SOMETHING = "Somebody Else", "something else"
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
    updates = action.args.get("updates")
    if isinstance(updates, dict):
        found += [{"updates": {**updates, name: _other_value(value)}} for name, value in updates.items()]
    times = {name: _next_day(action.args[name]) for name in TIMES if action.args.get(name)}
    if moved := {name: time for name, time in times.items() if time is not None}:
        found.append(moved)
    return found


def _next_day(text: str) -> str | None:
    """Move a time on by a day; None for what is none, as a placeholder."""
    try:
        return format_time(parse_time(text) + DAY)
    except PareError:
        return None


def _other(known: Iterable[str], value: Any) -> str:
    """Give the first that `value` is not; a placeholder may stand for any of them."""
    present = [value] if isinstance(value, str) else list(value)
    if any(references(present)):
        return NO_SUCH_ID
    return next((item for item in known if item not in present), NO_SUCH_ID)


def _other_value(value: Any) -> Any:
    """Give another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return STRANGER if "@" in str(value) else SOMETHING


def _other_email(value: Any, action: Action, scenario: Scenario) -> str:
    """Give another email; for an answer one of another sender, since it may go to the same one either way."""
    folders = getattr(action.app, "folders", {}).values()
    emails = [email for folder in folders for email in folder.emails]
    answers = action.function_name.startswith("reply")
    senders = {email.email_id: email.sender for email in emails} | _senders_to_come(scenario)
    known = (mail.email_id for mail in emails if not answers or mail.sender != senders.get(value))
    return _other(known, value)


def _senders_to_come(scenario: Scenario) -> dict[str, str]:
    """Give the senders of the emails that arrive in the course of the plan, by the emails' ids."""
    planned = [_args(event) for event in EventGraph(scenario.events).events]
    return {args["email_id"]: args["sender"] for args in planned if {"email_id", "sender"} <= args.keys()}


def _args(event: AbstractEvent) -> dict[str, Any]:
    action = getattr(event, "action", None)
    return action.args if isinstance(action, Action) else {}


def _strangers(value: Any, action: Action, scenario: Scenario) -> Any:  # noqa: ARG001 - one shape for all
    return [STRANGER] if isinstance(value, (list, tuple)) else STRANGER


def _other_guests(value: Any, action: Action, scenario: Scenario) -> list[str]:  # noqa: ARG001
    return [*list(value)[1:], SOMEBODY]


def _other_person(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
    return _other(_people(action), value)


def _other_people(value: Any, action: Action, scenario: Scenario) -> list[str]:  # noqa: ARG001
    others = [] if isinstance(value, str) else list(value)[1:]
    return [*others, _other(_people(action), value)]


def _people(action: Action) -> list[str]:
    """List the ids of the people that the app knows, without the user's own."""
    user = getattr(action.app, "current_user_id", None)
    return [item for item in getattr(action.app, "id_to_name", ()) if item != user]


def _other_of(attribute: str) -> Callable[[Any, Action, Scenario], str]:
    def choose(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
        return _other(getattr(action.app, attribute, ()), value)

    return choose


_CHOICES: dict[str, Callable[[Any, Action, Scenario], Any]] = {
    "email_id": _other_email,
    "recipients": _strangers,
    "cc": _strangers,
    "attendees": _other_guests,
    "user_id": _other_person,
    "user_ids": _other_people,
    "conversation_id": _other_of("conversations"),
    "event_id": _other_of("events"),
    "contact_id": _other_of("contacts"),
    "reminder_id": _other_of("reminders"),
}
