"""What scenarios of flats, notes, chats and files share: how they plan the oracle, and what they look for.

People are email addresses, or their names in chats and messages. Notes are looked at by
`pare.scenarios.shop_checks`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from pare.apps.apartment import ApartmentListingApp
from pare.apps.attachments import content_of
from pare.apps.base import parse_time
from pare.apps.email.mailbox import MailboxApp
from pare.apps.files import SandboxLocalFileSystem, VirtualFileSystem
from pare.apps.messaging import MessagingApp
from pare.apps.messaging.by_name_model import OWNER, Conversation, FileMessage, Message
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType
from pare.scenarios.app_checks import KEPT_FIELDS, Written, written
from pare.scenarios.checks import Fact, calls, mentions
from pare.scenarios.scenario import Scenario

SECONDS_TO_ACT, SECONDS_TO_ANSWER = 3, 30
WRITERS = (EventType.AGENT, EventType.USER)


# --- plans ----------------------------------------------------------------------------------------------


def chat(
    conversation_id: str, people: list[str], *lines: tuple[str, str, str], title: str = ""
) -> Conversation:
    """Make a chat of the user with `people`; a line is who wrote (by name), when, and what."""
    messages = [
        Message(sender, f"{conversation_id}-{number}", parse_time(time), text)
        for number, (sender, time, text) in enumerate(lines)
    ]
    last = max((message.timestamp for message in messages), default=0.0)
    return Conversation([*people, OWNER], messages, title, conversation_id, last)


def in_turn(first: Any, *captured: Any) -> list[Any]:
    """Let captured calls follow `first`, and each other, as oracle events; the user takes time to answer.

    `first` may be a list of events, all of which come before.
    """
    plan: list[Any] = []
    for call in captured:
        answers = call.action.function_name == "accept_proposal"
        delay = SECONDS_TO_ANSWER if answers else SECONDS_TO_ACT
        plan.append(call.oracle().depends_on(plan[-1] if plan else first, delay_seconds=delay))
    return plan


# --- facts ----------------------------------------------------------------------------------------------


def amount(number: int) -> tuple[str, ...]:
    """Give spellings of a whole number: 1450 is also 1,450, 1.450, 1 450 and 1'450."""
    grouped = f"{number:,}"
    return tuple(dict.fromkeys([str(number), *(grouped.replace(",", mark) for mark in ",. '")]))


def answers(env: Any) -> str:
    """Give what the user said while accepting proposals; it may settle what was left open."""
    return "\n".join(str(event.get_args().get("content", "")) for event in calls(env, "accept_proposal"))


# --- who was written to ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """A file that was sent: who got it, and what is in it."""

    readers: frozenset[str]
    content: bytes


class Letters:
    """All that the user, or the agent in the user's name, wrote during a run, looked up once.

    These are emails, messages, and chats of people who are known by their names; `files` went with them.
    """

    def __init__(self, env: Any) -> None:
        chats = _chats(env)
        self.all: list[Written] = [*written(env), *(item for item, _ in chats)]
        self.files: list[Sent] = [*_mailed_files(env), *(file for _, file in chats if file is not None)]

    def to(self, *people: str) -> list[Written]:
        """Give what any of `people` reads."""
        return [item for item in self.all if not item.readers.isdisjoint(people)]

    def places(self, *people: str) -> list[int]:
        """Give the places in the log at which any of `people` was written to."""
        return [item.place for item in self.to(*people)]

    def tell(self, person: str, *facts: Fact) -> bool:
        """Tell whether `facts` were written, at once or bit by bit, where `person` reads it."""
        texts = [item.text for item in self.to(person)]
        return bool(texts) and mentions("\n".join(texts), *facts)

    def readers(self, *facts: Fact) -> set[str]:
        """Give all, the user apart, who read something that mentions `facts`."""
        return {person for item in self.all if mentions(item.text, *facts) for person in item.readers}

    def bring(self, person: str, content: bytes) -> bool:
        """Tell whether a file with that content was sent to `person`."""
        return any(file.content == content and person in file.readers for file in self.files)


# --- flats and files ------------------------------------------------------------------------------------


def saved_flats(env: Any) -> set[str]:
    """Give the names of the apartments that can be rented and are saved."""
    apps = (app for app in env.apps.values() if isinstance(app, ApartmentListingApp))
    return {flat.name for app in apps for key, flat in app.apartments.items() if _is_saved(app, key)}


def file_at(env: Any, path: str) -> bytes | None:
    """Give the content of the file at a path of the phone; None without one."""
    for app in env.apps.values():
        if isinstance(app, SandboxLocalFileSystem | VirtualFileSystem):
            files = app if isinstance(app, SandboxLocalFileSystem) else app.sandbox_fs
            return files.get_file_content(path) if files.isfile(path) else None
    return None


# --- what stayed ----------------------------------------------------------------------------------------


def stayed(scenario: Scenario, env: Any, *besides: str) -> bool:
    """Tell whether what the user had is as it was, entries with the ids (files: the paths) `besides` apart.

    These are what `app_checks.kept` looks at, the members of chats, notes with folder and text, and files
    with their contents. What came in later is free.
    """
    for name, initial in (scenario._initial_apps or {}).items():
        now = dict(_entries(env.get_app(name).get_state() or {}))
        before = _entries(orjson.loads(initial["serialized_state"]) or {})
        if any(now.get(key) != entry for key, entry in before if key not in besides):
            return False
    return True


# --- inside ---------------------------------------------------------------------------------------------


def _is_saved(app: ApartmentListingApp, apartment_id: str) -> bool:
    return app.apartments[apartment_id].saved or apartment_id in app.saved_apartments


def _chats(env: Any) -> list[tuple[Written, Sent | None]]:
    """Give what the user sent in chats by name; a call that sent something returned the message's id."""
    found: list[tuple[Written, Sent | None]] = []
    own = dict(_own_messages(env))
    if not own:
        return found
    for place, event in enumerate(env.event_log.list_view()):
        message_id = event.metadata.return_value
        if isinstance(message_id, str) and message_id in own and _is_done(event):
            conversation, message = own[message_id]
            people = frozenset({*conversation.participants, *_left(env, conversation, event)} - {OWNER})
            found.append((Written(place, message.timestamp, people, message.content), _file(message, people)))
    return found


def _own_messages(env: Any) -> Iterator[tuple[str, tuple[Conversation, Message]]]:
    for app in env.apps.values():
        for conversation in app.conversations.values() if isinstance(app, MessagingApp) else ():
            for message in conversation.messages:
                if message.sender == OWNER:
                    yield message.message_id, (conversation, message)


def _left(env: Any, conversation: Conversation, event: CompletedEvent) -> set[str]:
    """Give who was taken out of a conversation after `event`: they have read it."""
    removals = calls(env, "remove_participant_from_conversation", *EventType)
    return {
        removal.get_args()["participant"]
        for removal in removals
        if removal.get_args().get("conversation_id") == conversation.conversation_id
        and "participant" in removal.get_args()
        and (removal.event_time or 0.0) >= (event.event_time or 0.0)
    }


def _file(message: Message, people: frozenset[str]) -> Sent | None:
    if not isinstance(message, FileMessage) or message.attachment is None:
        return None
    return Sent(people, message.attachment)


def _mailed_files(env: Any) -> Iterator[Sent]:
    boxes = [app for app in env.apps.values() if isinstance(app, MailboxApp)]
    attached = {
        email.email_id: (email, app)
        for app in boxes
        for folder in app.folders.values()
        for email in folder.emails
        if email.attachments
    }
    for event in env.event_log.list_view() if attached else ():
        email_id = event.metadata.return_value
        if isinstance(email_id, str) and email_id in attached and _is_done(event):
            email, app = attached[email_id]
            if event.function_name() != "save_draft" and email.sender == app.user_email:
                people = frozenset(address.casefold() for address in (*email.recipients, *email.cc))
                yield from (Sent(people, content_of(data)) for data in (email.attachments or {}).values())


def _is_done(event: CompletedEvent) -> bool:
    return event.event_type in WRITERS and not event.failed()


def _entries(state: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give what of a state is not to change unasked, by the ids of the entries or the paths of files."""
    for kind, names in KEPT_FIELDS.items():
        for key, entry in (state.get(kind) or {}).items():
            yield key, [_ordered(entry.get(name)) for name in (*names, "participants")]
    for folder in (state.get("folders") or {}).values():
        for key, note in (folder.get("notes") or {}).items() if isinstance(folder, dict) else ():
            yield key, (folder["folder_name"], note["title"], note["content"], note["attachments"])
    if isinstance(state.get("files"), dict):
        yield from _files(state["files"], "")


def _files(node: dict[str, Any], path: str) -> Iterator[tuple[str, bytes]]:
    if node["type"] == "file":
        yield path, base64.b64decode(node.get("content") or "")
    for child in node.get("children") or ():
        yield from _files(child, f"{path}/{child['name']}")


def _ordered(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
