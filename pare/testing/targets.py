"""Other targets for a call: somebody else, something else, some other time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from pare.apps.base import format_time, parse_time
from pare.apps.messaging.by_name_model import OWNER
from pare.errors import PareError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action
from pare.kernel.graph import EventGraph
from pare.kernel.placeholders import references
from pare.scenarios.scenario import Scenario

STRANGER = "stranger@example.net"
SOMEBODY, SOMETHING, SOMEWHERE = "Somebody Else", "something else", "somewhere else"
NO_SUCH_ID = "no-such-id"
DAY = timedelta(days=1).total_seconds()

TIMES = ("start_datetime", "end_datetime", "due_datetime", "ride_time")


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


def _other_participant(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
    return _other(_named_people(action), value) if _named_people(action) else SOMEBODY


def _other_participants(value: Any, action: Action, scenario: Scenario) -> list[str]:
    return [*list(value)[1:], _other_participant(value, action, scenario)]


def _named_people(action: Action) -> list[str]:
    """List the people that an app knows by their names alone, without the user."""
    chats = getattr(action.app, "conversations", {}).values()
    return [name for chat in chats for name in getattr(chat, "participants", ()) if name != OWNER]


def _other_folder(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
    """Give another folder of notes or emails."""
    return _other((str(getattr(name, "value", name)) for name in getattr(action.app, "folders", ())), value)


def _other_file(value: Any, action: Action, scenario: Scenario) -> Any:  # noqa: ARG001
    """Give another file in place of a path, or of the first of several."""
    several = isinstance(value, (list, tuple))
    present = [_absolute(path) for path in (value if several else [value])]
    other = _other(_paths(scenario, "get_file_paths_list"), present)
    return [*list(value)[1:], other] if several else other


def _other_place(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
    """Give the path of a file of that name, or of a folder, in another folder."""
    folder, _, name = str(value).rpartition("/")
    other = _other(_paths(scenario, "get_folder_paths_list"), [_absolute(folder), _absolute(value)])
    return f"{other}/{name}"


def _paths(scenario: Scenario, listing: str) -> list[str]:
    apps = [getattr(app, "sandbox_fs", app) for app in scenario.apps or ()]
    return [path for app in apps for path in getattr(app, listing, list)()]


def _absolute(path: Any) -> str:
    return f"/{str(path).strip('/')}"


def _other_of(attribute: str) -> Callable[[Any, Action, Scenario], str]:
    def choose(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
        return _other(getattr(action.app, attribute, ()), value)

    return choose


def _other_item(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
    """Give another item of the shop, one that is available if there is one; to remove, one of the cart."""
    products = getattr(action.app, "products", {}).values()
    items = [item for product in products for item in product.variants.values()]
    known = [item.item_id for item in sorted(items, key=lambda item: not item.available)]
    in_cart = getattr(action.app, "cart", ()) if action.function_name.startswith("remove") else ()
    return _other([*in_cart, *known], value)


def _other_code(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
    codes = getattr(action.app, "discount_codes", {}).values()
    return _other([code for of_item in codes for code in of_item], value)


def _other_note(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
    folders = getattr(action.app, "folders", {}).values()
    return _other([note_id for folder in folders for note_id in folder.notes], value)


def _somewhere(value: Any, action: Action, scenario: Scenario) -> str:  # noqa: ARG001
    return SOMEWHERE


def _one_more(value: Any, action: Action, scenario: Scenario) -> Any:  # noqa: ARG001
    return _other_value(value)


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
    "item_id": _other_item,
    "product_id": _other_of("products"),
    "order_id": _other_of("orders"),
    "quantity": _one_more,
    "discount_code": _other_code,
    "note_id": _other_note,
    "service_type": _other_of("d_service_config"),
    "start_location": _somewhere,
    "end_location": _somewhere,
    "apartment_id": _other_of("apartments"),
    "participant": _other_participant,
    "participants": _other_participants,
    "folder": _other_folder,
    "dest_folder_name": _other_folder,
    "attachment_path": _other_file,
    "attachment_paths": _other_file,
    "filepath": _other_file,
    "path": _other_file,
    "path1": _other_file,
    "path2": _other_place,
}
