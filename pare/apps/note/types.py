"""Notes and pages of notes, at their published path."""

from pare.apps.note.model import Note, ReturnedNotes

__all__ = ["Note", "ReturnedNotes"]
