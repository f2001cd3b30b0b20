"""Other calls that amount to one of the oracle, and calls that undo it."""

from collections.abc import Callable
from typing import Any

from pare.apps.base import format_time
from pare.kernel.action import Action
from pare.kernel.calls import OracleEvent
from pare.testing.mutants import action_of

# --- another way ----------------------------------------------------------------------------------------


def other_way(scenario: Any, event: OracleEvent) -> list[Any]:
    """Capture other calls that amount to that of `event`; none where there is no other way."""
    action = action_of(event)
    app, args = action.app, {key: value for key, value in action.args.items() if value is not None}
    match action.function_name:
        case "reply_to_email" if not args.get("attachment_paths"):
            return [app.send_email([sender_of(scenario, args["email_id"])], "As you asked", args["content"])]
        case "edit_calendar_event":
            times = {key: args[key] for key in ("start_datetime", "end_datetime")}
            title = args.get("title") or app.events[args["event_id"]].title
            return [app.delete_calendar_event(args["event_id"]), app.add_calendar_event(title, **times)]
        case "update_reminder":
            rest = {key: args[key] for key in ("title", "due_datetime", "description")}
            return [app.delete_reminder(args["reminder_id"]), app.add_reminder(**rest)]
        case "edit_contact":
            old = app.contacts[args["contact_id"]]
            known = {key: getattr(old, key) for key in ("first_name", "last_name", "phone", "email")}
            return [app.delete_contact(old.contact_id), app.add_new_contact(**known | args["updates"])]
        case "add_to_cart":
            return [app.add_to_cart(args["item_id"]) for _ in range(args.get("quantity", 1))]
    return []


def sender_of(scenario: Any, email_id: str) -> str:
    arrivals = [getattr(item, "action", None) for item in scenario.events]
    sent = [item.args for item in arrivals if isinstance(item, Action)]
    senders = {item["email_id"]: item["sender"] for item in sent if "sender" in item}
    mails = (mail for box in scenario.emails.folders.values() for mail in box.emails)
    return (senders | {mail.email_id: mail.sender for mail in mails})[email_id]


# --- undoing --------------------------------------------------------------------------------------------


def times_of(event: Any) -> list[str]:
    return [format_time(event.start_datetime), format_time(event.end_datetime)]


def edited_back(app: Any, args: Any, made: str) -> Any:
    old = app.events[args["event_id"]]
    return app.edit_calendar_event(old.event_id, old.title, *times_of(old))


def added_again(app: Any, args: Any, made: str) -> Any:
    old = app.events[args["event_id"]]
    return app.add_calendar_event(old.title, *times_of(old))


def updated_back(app: Any, args: Any, made: str) -> Any:
    old = app.reminders[args["reminder_id"]]
    return app.update_reminder(old.reminder_id, old.title, old.description, old.due_text, None, None)


def reminded_again(app: Any, args: Any, made: str) -> Any:
    old = app.reminders[args["reminder_id"]]
    return app.add_reminder(old.title, old.due_text, old.description)


def changed_back(app: Any, args: Any, made: str) -> Any:
    old = vars(app.contacts[args["contact_id"]])
    return app.edit_contact(args["contact_id"], {key: old[key] for key in args["updates"]})


def left_again(app: Any, args: Any, made: str) -> Any:
    who = args.get("user_id") or args["participant"]
    return app.remove_participant_from_conversation(args["conversation_id"], who)


def ordered_again(app: Any, args: Any, made: str) -> Any:
    items = app.orders[args["order_id"]].order_items.items()
    return [*(app.add_to_cart(key, item.quantity) for key, item in items), app.checkout()]


def written_back(app: Any, args: Any, made: str) -> Any:
    old = next(
        folder.notes[args["note_id"]] for folder in app.folders.values() if args["note_id"] in folder.notes
    )
    return app.update_note(old.note_id, old.title, old.content)


UNDO: dict[str, Callable[[Any, Any, str], Any]] = {
    "add_calendar_event": lambda app, args, made: app.delete_calendar_event(made),
    "edit_calendar_event": edited_back,
    "delete_calendar_event": added_again,
    "add_reminder": lambda app, args, made: app.delete_reminder(made),
    "update_reminder": updated_back,
    "delete_reminder": reminded_again,
    "add_new_contact": lambda app, args, made: app.delete_contact(made),
    "edit_contact": changed_back,
    "add_participant_to_conversation": left_again,
    "add_to_cart": lambda app, args, made: app.remove_from_cart(args["item_id"], args.get("quantity") or 1),
    "remove_from_cart": lambda app, args, made: app.add_to_cart(args["item_id"], args.get("quantity") or 1),
    "checkout": lambda app, args, made: app.cancel_order(made),
    "cancel_order": ordered_again,
    "order_ride": lambda app, args, made: app.user_cancel_ride(),
    "update_note": written_back,
    "save_apartment": lambda app, args, made: app.remove_saved_apartment(args["apartment_id"]),
    "remove_saved_apartment": lambda app, args, made: app.save_apartment(args["apartment_id"]),
    "mv": lambda app, args, made: app.mv(args["path2"], args["path1"]),
}
"""What undoes a call: from its app, its arguments, and what stands for its result."""
