"""What validators look for in the apps: who was written to, what is planned, and what stayed as it was.

People are email addresses, or their names in messages and chats. Times are ``YYYY-MM-DD HH:MM:SS`` in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import orjson

from pare.apps.attachments import content_of
from pare.apps.base import App, parse_time
from pare.apps.calendar import CalendarApp
from pare.apps.contacts import ContactsApp
from pare.apps.email import Email
from pare.apps.email.mailbox import MailboxApp
from pare.apps.messaging import MessagingApp, MessagingAppV2
from pare.apps.messaging.by_name_model import OWNER, Conversation, FileMessage, Message
from pare.apps.reminder import ReminderApp
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType
from pare.scenarios.checks import Fact, calls, mentions, mentions_number
from pare.scenarios.scenario import Scenario
from pare.scenarios.starting_point import snapshot

KEPT_FIELDS = {
    "events": ("start_datetime", "end_datetime"),
    "reminders": ("due_datetime",),
    "contacts": ("first_name", "last_name", "phone", "email", "address"),
    "conversations": ("participant_ids", "participants"),
}
"""By the name of a collection in the state of its app: what about an entry is not to change unasked."""

AppT = TypeVar("AppT", bound=App)


# --- who was written to ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """An email or a message of the user's: its place in the log, its time, who reads it, what it says.

    Who was taken out of a conversation later has read it, and so has who was added. `files` are the
    contents of what went with it.
    """

    place: int
    time: float
    readers: frozenset[str]
    text: str
    files: tuple[bytes, ...] = ()


def written(env: Any) -> list[Written]:
    """Give all emails and messages that the user, or the agent in the user's name, sent during the run.

    They are found by the calls that sent them, so that nobody can hide one by moving it.
    """
    return list(env.event_log.worked_out(written, partial(_written, env)))


def _written(env: Any) -> list[Written]:
    sent = [
        (place, event)
        for place, event in env.event_log.acted()
        if isinstance(event.metadata.return_value, str)  # an id; what only looked gave none
    ]
    return list(_found(env, sent)) if sent else []


def written_to(env: Any, *people: str) -> list[Written]:
    """Give what the user has written where any of `people` reads it."""
    return [item for item in written(env) if not item.readers.isdisjoint(people)]


def wrote(env: Any, person: str, *facts: Fact) -> bool:
    """Tell whether the user has written `facts`, at once or bit by bit, where `person` reads it."""
    texts = [item.text for item in written_to(env, person)]
    return bool(texts) and mentions("\n".join(texts), *facts)


def readers(env: Any, *facts: Fact) -> set[str]:
    """Give all, the user apart, who read something of the user's that mentions `facts`."""
    return {person for item in written(env) if mentions(item.text, *facts) for person in item.readers}


# --- what is planned and known --------------------------------------------------------------------------


def planned(env: Any, start: str, end: str | None = None) -> bool:
    """Tell whether a calendar event starts then, and ends then if `end` is given."""
    wanted = (parse_time(start), None if end is None else parse_time(end))
    return any(
        (event.start_datetime, None if end is None else event.end_datetime) == wanted
        for app in _apps(env, CalendarApp)
        for event in app.events.values()
    )


def reminded(env: Any, first: str, last: str, *besides: str) -> bool:
    """Tell whether a reminder, those with the ids `besides` apart, is due from `first` to `last`."""
    return any(
        parse_time(first) <= reminder.due_datetime.timestamp() <= parse_time(last)
        for app in _apps(env, ReminderApp)
        for key, reminder in app.reminders.items()
        if key not in besides
    )


def contact_has(env: Any, name: str, phone: str = "", email: str = "", address: str = "") -> bool:
    """Tell whether a contact of that whole name has what is given; a phone number in any format."""
    return any(
        contact.full_name.casefold() == name.casefold()
        and (not phone or mentions_number(contact.phone, phone))
        and (not email or (contact.email or "").strip().casefold() == email.casefold())
        and (not address or mentions(contact.address or "", address))
        for app in _apps(env, ContactsApp)
        for contact in app.contacts.values()
    )


# --- what stayed ----------------------------------------------------------------------------------------


def kept(scenario: Scenario, env: Any, *besides: str) -> bool:
    """Tell whether what the user had is as it was, entries with the ids `besides` apart.

    These are the events of calendars with their times, reminders with theirs, contacts with name, phone
    number and addresses, and conversations with their participants. What came in later is free.
    """
    for name, initial in (scenario._initial_apps or {}).items():
        app = env.get_app(name)
        if not any(hasattr(app, kind) for kind in KEPT_FIELDS):
            continue
        now = snapshot(app)
        if now == initial:
            continue
        entries = _entries(now)
        before = _entries(initial).items()
        if any(entries.get(key) != entry for key, entry in before if key not in besides):
            return False
    return True


# --- inside ---------------------------------------------------------------------------------------------


def _apps(env: Any, kind: type[AppT]) -> list[AppT]:
    return [app for app in env.apps.values() if isinstance(app, kind)]


def _found(env: Any, sent: Iterable[tuple[int, CompletedEvent]]) -> Iterator[Written]:
    """Give what the calls in `sent` sent. Conditions ask at every look, so each app is read once for all."""
    emails, chats = _own_emails(env), _own_chats(env)
    for place, event in sent:
        key = event.metadata.return_value
        if key in emails:
            yield from _email(place, event, *emails[key])
        elif key in chats:
            yield _chat(env, place, event, *chats[key])
        else:
            yield from _messages(env, place, event)


def _own_emails(env: Any) -> dict[str, tuple[MailboxApp, Email]]:
    """Give the emails that have the user as their sender, by their ids."""
    return {
        email.email_id: (app, email)
        for app in _apps(env, MailboxApp)
        for folder in app.folders.values()
        for email in folder.emails
        if email.sender == app.user_email
    }


def _email(place: int, event: CompletedEvent, app: MailboxApp, email: Email) -> Iterator[Written]:
    """Give the email that a call sent: it returned its id, at the time that the email has."""
    if event.function_name() != "save_draft" and email.timestamp == event.event_time:
        addresses = {address.casefold() for address in (*email.recipients, *email.cc)}
        people = frozenset(addresses - {app.user_email.casefold()})
        files = tuple(content_of(data) for data in (email.attachments or {}).values())
        yield Written(place, email.timestamp, people, f"{email.subject}\n{email.content}", files)


def _own_chats(env: Any) -> dict[str, tuple[Conversation, Message]]:
    """Give what the user has said among people who are known by their names alone, by the messages' ids."""
    return {
        message.message_id: (conversation, message)
        for app in _apps(env, MessagingApp)
        for conversation in app.conversations.values()
        for message in conversation.messages
        if message.sender == OWNER
    }


def _chat(
    env: Any, place: int, event: CompletedEvent, conversation: Conversation, message: Message
) -> Written:
    """Give the message that a call sent: it returned its id."""
    removed = _removed(env, conversation.conversation_id, event.event_time or 0.0)
    people = frozenset({*conversation.participants, *removed} - {OWNER})
    attached = message.attachment if isinstance(message, FileMessage) else None
    files = () if attached is None else (attached,)
    return Written(place, message.timestamp, people, message.content, files)


def _messages(env: Any, place: int, event: CompletedEvent) -> Iterator[Written]:
    """Give the message that a call sent: it returned the conversation's id, at the time of the message."""
    for app in _apps(env, MessagingAppV2):
        conversation = app.conversations.get(event.metadata.return_value)
        if conversation is None:
            continue
        removed = _removed(env, conversation.conversation_id, event.event_time or 0.0)
        ids = {*conversation.participant_ids, *removed} - {app.current_user_id}
        people = frozenset(app.id_to_name.get(user_id, user_id) for user_id in ids)
        for message in conversation.messages:
            if (message.sender_id, message.timestamp) == (app.current_user_id, event.event_time):
                yield Written(place, message.timestamp, people, message.content)


def _removed(env: Any, conversation_id: str, since: float) -> set[str]:
    """Give who was taken out of a conversation since then: by id, or by name where people have none."""
    removals = calls(env, "remove_participant_from_conversation", *EventType)
    return {
        event.get_args().get("user_id") or event.get_args()["participant"]
        for event in removals
        if event.get_args().get("conversation_id") == conversation_id and (event.event_time or 0.0) >= since
    }


def _entries(taken: dict[str, Any]) -> dict[str, list[Any]]:
    """Give what of an app's snapshot is not to change unasked, by the ids of the entries."""
    state = orjson.loads(taken["serialized_state"]) or {}
    return {
        key: [_ordered(entry.get(name)) for name in names]
        for kind, names in KEPT_FIELDS.items()
        for key, entry in (state.get(kind) or {}).items()
    }


def _ordered(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
