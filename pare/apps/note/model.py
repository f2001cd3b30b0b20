"""What the notes app holds: notes, the folders that keep them, the pages of a listing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nlargest
from math import inf
from operator import attrgetter
from typing import Any

from pare.apps.attachments import WithAttachments, attachments_of
from pare.apps.base import format_time
from pare.apps.checks import (
    WrongTypeError,
    check_flag,
    check_time,
    item_at,
    optional_text,
    page_within,
)
from pare.apps.entries import read_entries, shape_problems, unknown_fields
from pare.errors import InvalidValueError, NotFoundError, NotFoundKeyError
from pare.kernel.run_context import new_id, now

DEFAULT_FOLDERS = ("Inbox", "Personal", "Work")
"""The folders that are always there."""

MAX_TITLE_FROM_CONTENT = 50
"""How much of its content an untitled note has as its title."""

_last_changed = attrgetter("updated_at")


class UnknownFolderError(NotFoundError, NotFoundKeyError):
    """There is no folder of that name."""


class FolderNameError(InvalidValueError, KeyError):
    """A folder cannot be made, renamed or deleted under that name."""


@dataclass
class Note(WithAttachments):
    """A note; `attachments` map file names to base64 bytes, times are in seconds since the epoch.

    Raises:
        InvalidValueError: a field is of the wrong type, or a time that no calendar has.
    """

    note_id: str
    title: str
    content: str
    pinned: bool = False
    attachments: dict[str, bytes] | None = field(default_factory=dict, repr=False)
    created_at: float = field(default_factory=now)
    updated_at: float = field(default_factory=now)

    def __post_init__(self) -> None:
        self.note_id = optional_text("note_id", self.note_id) or new_id()
        self.title = optional_text("title", self.title, most=inf)
        self.content = optional_text("content", self.content, most=inf)
        self.pinned = check_flag("pinned", self.pinned)
        self.attachments = attachments_of(self.attachments)
        self.created_at = check_time("created_at", self.created_at)
        self.updated_at = check_time("updated_at", self.updated_at)

    @property
    def attachment_names(self) -> list[str]:
        """The names of the attached files."""
        return list(self.attachments or {})

    def matches(self, lowered: str) -> bool:
        """Tell whether title or content contain `lowered`, in any case."""
        return lowered in self.title.lower() or lowered in self.content.lower()

    def copy(self) -> Note:
        """Give a copy that shares nothing which can change; what was checked once is not checked again."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, attachments=dict(self.attachments or {}))
        return twin

    def __str__(self) -> str:
        lines = [f"Id: {self.note_id}", f"Title: {self.title}", f"Content: {self.content}"]
        lines.append(f"Pinned: {'yes' if self.pinned else 'no'}")
        if self.attachments:
            lines.append(f"Attachments: {', '.join(self.attachments)}")
        times = (("Created", self.created_at), ("Updated", self.updated_at))
        return "\n".join([*lines, *(f"{what}: {format_time(time)} UTC" for what, time in times)])


@dataclass
class ReturnedNotes:
    """A page of a folder: its notes, where it starts and ends, how many it and the folder have."""

    notes: list[Note]
    notes_range: tuple[int, int]
    total_returned_notes: int
    total_notes: int


class NotesFolder:
    """A folder: `notes` by id, in the order in which they came; what it lists is the last changed first."""

    def __init__(self, folder_name: str) -> None:
        self.folder_name = folder_name
        self.notes: dict[str, Note] = {}

    def add_note(self, note: Note) -> None:
        """Put a note here, in place of one with the same id.

        Raises:
            WrongTypeError: it is no note.
        """
        if not isinstance(note, Note):
            raise WrongTypeError(f"a Note is needed, not {type(note).__name__}")
        self.notes[note.note_id] = note

    def remove_note(self, note_id: str) -> bool:
        """Take a note out, and tell whether it was here."""
        return self.notes.pop(note_id, None) is not None

    def get_notes(self, offset: int = 0, limit: int = 5) -> ReturnedNotes:
        """Give up to `limit` notes from position `offset` on; at the end of the folder an empty page.

        Raises:
            WrongTypeError: one of them is no whole number.
            InvalidValueError: one is below zero, or `offset` is beyond the end.
        """
        total = len(self.notes)
        first, last = page_within(offset, limit, total, f"notes of {self.folder_name}")
        page = nlargest(last, self.notes.values(), key=_last_changed)[first:]
        return ReturnedNotes(page, (first, last), len(page), total)

    def get_note(self, idx: int) -> Note:
        """Give the note at position `idx`; 0 is the one that was changed last.

        Raises:
            PositionError: there is none.
        """
        return item_at(last_changed_first(self.notes.values()), idx, "note", self.folder_name)

    def get_note_by_id(self, note_id: str) -> Note | None:
        """Give the note of that id, or None."""
        return self.notes.get(note_id)

    def search_notes(self, query: str) -> list[Note]:
        """Give the notes whose title or content contain `query`, in any case."""
        lowered = query.lower()
        return last_changed_first(note for note in self.notes.values() if note.matches(lowered))

    def get_state(self) -> dict[str, Any]:
        """Give the folder as plain data."""
        notes = {note_id: note.get_state() for note_id, note in self.notes.items()}
        return {"folder_name": self.folder_name, "notes": notes}

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Hold the notes of a state instead of the present ones, in its order.

        Raises:
            InvalidValueError: a note is wrong; none was taken over then.
        """
        self.notes = read_entries(state_dict.get("notes") or {}, "note", note_from, InvalidValueError)
        self.folder_name = state_dict.get("folder_name") or self.folder_name


def last_changed_first(notes: Iterable[Note]) -> list[Note]:
    """Give notes from the one that was changed last; those of one time stay in their order."""
    return sorted(notes, key=_last_changed, reverse=True)


def title_for(title: str, content: str) -> str:
    """Give the title of a note: an untitled one has the beginning of its content."""
    return title if title.strip() else content[:MAX_TITLE_FROM_CONTENT]


# -- state ----------------------------------------------------------------------------------------


def note_from(note_id: str, state: Any) -> Note:
    """Read a note from a state, in which it has the id `note_id`; what is missing gets its default.

    Raises:
        InvalidValueError: it is no note.
    """
    problems = shape_problems(note_id, state, "a note")
    problems = problems or unknown_fields(state, Note.__dataclass_fields__, "a note")
    if problems:
        raise InvalidValueError("; ".join(problems))
    given = {name: value for name, value in state.items() if value is not None}
    return Note(**{"title": "", "content": "", **given, "note_id": note_id})


def folder_from(name: str, state: Any) -> NotesFolder:
    """Read a folder called `name` from a state.

    Raises:
        InvalidValueError: it is no folder, or one of its notes is wrong.
    """
    if problems := shape_problems(name, state, "a folder"):
        raise InvalidValueError("; ".join(problems))
    folder = NotesFolder(name)
    folder.load_state({**state, "folder_name": name})
    return folder


# -- as a model reads them ------------------------------------------------------------------------


def notes_as_text(notes: Iterable[Note]) -> str:
    """Give notes one after the other, without the bytes of their attachments."""
    return "\n\n".join(map(str, notes)) or "There are none."


def page_as_text(page: ReturnedNotes) -> str:
    """Give a page of notes, and say which part of the folder it is."""
    first, end = page.notes_range
    if not page.notes:
        return f"There are no notes from position {first} to {end} of {page.total_notes}."
    return f"Notes {first + 1} to {end} of {page.total_notes}:\n\n{notes_as_text(page.notes)}"
