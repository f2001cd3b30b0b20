"""Notes: texts with attachments, in folders."""

from pare.apps.note.app import StatefulNotesApp
from pare.apps.note.model import FolderNameError, Note, NotesFolder, ReturnedNotes, UnknownFolderError
from pare.apps.note.states import EditNote, FolderList, NoteDetail, NoteList
from pare.apps.note.tools import NotesApp

__all__ = [
    "EditNote",
    "FolderList",
    "FolderNameError",
    "Note",
    "NoteDetail",
    "NoteList",
    "NotesApp",
    "NotesFolder",
    "ReturnedNotes",
    "StatefulNotesApp",
    "UnknownFolderError",
]
