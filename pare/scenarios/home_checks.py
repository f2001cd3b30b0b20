"""What scenarios of flats, notes, chats and files share: how they plan the oracle, and what they look for.

People are email addresses, or their names in chats and messages. Notes are looked at by
`pare.scenarios.shop_checks`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import orjson

from pare.apps.apartment import ApartmentListingApp
from pare.apps.base import parse_time
from pare.apps.files import SandboxLocalFileSystem, VirtualFileSystem
from pare.apps.messaging.by_name_model import OWNER, Conversation, Message
from pare.scenarios.app_checks import Written, kept, written
from pare.scenarios.checks import Fact, calls, mentions
from pare.scenarios.scenario import Scenario

SECONDS_TO_ACT, SECONDS_TO_ANSWER = 3, 30


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


class Letters:
    """All that the user, or the agent in the user's name, wrote during a run, looked up once."""

    def __init__(self, env: Any) -> None:
        self.all = written(env)

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
        return any(content in item.files for item in self.to(person))


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

    These are what `app_checks.kept` looks at, notes with folder and text, and files with their contents.
    What came in later is free.
    """
    for name, initial in (scenario._initial_apps or {}).items():
        now = dict(_entries(env.get_app(name).get_state() or {}))
        before = _entries(orjson.loads(initial["serialized_state"]) or {})
        if any(now.get(key) != entry for key, entry in before if key not in besides):
            return False
    return kept(scenario, env, *besides)


# --- inside ---------------------------------------------------------------------------------------------


def _is_saved(app: ApartmentListingApp, apartment_id: str) -> bool:
    return app.apartments[apartment_id].saved or apartment_id in app.saved_apartments


def _entries(state: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the notes and files of a state, by the ids of the notes and the paths of the files."""
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
