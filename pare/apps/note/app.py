"""The notes app of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.note.model import Note, NotesFolder, ReturnedNotes
from pare.apps.note.states import NoteList
from pare.apps.note.tools import NotesScreensApp

__all__ = ["Note", "NotesFolder", "ReturnedNotes", "StatefulNotesApp"]


class StatefulNotesApp(NotesScreensApp):
    """The notes app as the user taps through it; the first screen is the Inbox."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def create_root_state(self) -> NoteList:
        """Make the first screen: the Inbox."""
        return NoteList()
