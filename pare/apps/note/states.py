"""The screens of the notes app: the notes of a folder, one note, the form for it, and the folders."""

from __future__ import annotations

from pare.apps.checks import require_text
from pare.apps.navigation import AppState, pare_event_registered
from pare.apps.note.model import Note, ReturnedNotes, notes_as_text, page_as_text
from pare.apps.note.tools import NotesScreensApp
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool


class NoteList(AppState[NotesScreensApp]):
    """The notes of a folder; the first screen is that of the Inbox."""

    def __init__(self, folder: str = "Inbox") -> None:
        super().__init__()
        self.folder = require_text("folder", folder)

    def on_enter(self) -> None:
        """Stay away from a folder that is not there."""
        self._shown()

    @user_tool(llm_formatter=page_as_text)
    @pare_event_registered(OperationType.READ)
    def list_notes(self, offset: int = 0, limit: int = 10) -> ReturnedNotes:
        """List the notes of the folder that is shown, the last changed first, a page at a time.

        :param offset: how many notes to skip, default 0
        :param limit: how many notes to list at most, default 10
        :returns: the notes, the range of positions they have, their number and that of the whole folder
        """
        return self.app.list_notes(self._shown(), offset, limit)

    @user_tool(llm_formatter=str)
    @pare_event_registered(OperationType.READ)
    def open(self, note_id: str) -> Note:
        """Open a note, of whatever folder.

        :param note_id: the id of the note, as listing or searching shows it
        :returns: the note
        """
        note = self.app.get_note_by_id(note_id)
        self.app.set_current_state(NoteDetail(note_id))
        return note

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def new_note(self) -> str:
        """Add an empty note to the folder that is shown, and open the form in which it is written.

        :returns: the id of the note
        """
        note_id = self.app.create_note(self._shown())
        self.app.set_current_state(EditNote(note_id))
        return note_id

    @user_tool(llm_formatter=notes_as_text)
    @pare_event_registered(OperationType.READ)
    def search(self, keyword: str) -> list[Note]:
        """Find the notes of the folder that is shown whose title or content contain a text.

        :param keyword: the text to look for, in upper or lower case
        :returns: the notes, the last changed first
        """
        require_text("keyword", keyword)
        return self.app.search_notes_in_folder(keyword, self._shown())

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_folders(self) -> list[str]:
        """Show the folders, of which one can be opened then.

        :returns: the names of all folders
        """
        folders = self.app.list_folders()
        self.app.set_current_state(FolderList())
        return folders

    def _shown(self) -> str:
        return self.app.check_shown_folder(self.folder)


class OneNote(AppState[NotesScreensApp]):
    """A screen that shows the note with the id `note_id`."""

    def __init__(self, note_id: str) -> None:
        super().__init__()
        self.note_id = note_id

    def on_enter(self) -> None:
        """Stay away from a note that is not there."""
        self._folder()

    def _folder(self) -> str:
        """Give the name of the note's folder, wherever it was moved."""
        return self.app.check_shown(self.note_id)


class NoteDetail(OneNote):
    """The note with the id `note_id`."""

    @user_tool(llm_formatter=str)
    @pare_event_registered(OperationType.READ)
    def refresh(self) -> Note:
        """Look at the note that is shown, as it is now.

        :returns: the note
        """
        self._folder()
        return self.app.get_note_by_id(self.note_id)

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_attachments(self) -> list[str]:
        """List the files that are attached to this note.

        :returns: the names of the files
        """
        self._folder()
        return self.app.list_attachments(self.note_id)

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def add_attachment(self, attachment_path: str) -> str:
        """Attach a file to this note.

        :param attachment_path: the path of a file on the phone
        :returns: the id of the note
        """
        self._folder()
        return self.app.add_attachment_to_note(self.note_id, attachment_path)

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def remove_attachment(self, attachment: str) -> str:
        """Remove a file from this note.

        :param attachment: the name of the attached file, as list_attachments gives it
        :returns: the id of the note
        """
        self._folder()
        return self.app.remove_attachment(self.note_id, attachment)

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def delete(self) -> str:
        """Delete this note for good, and go back one screen.

        :returns: the id of the note
        """
        self._folder()
        self.app.delete_note(self.note_id)
        self.app.close_current_state()
        return self.note_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def edit(self) -> str:
        """Open the form in which title and content of this note can be changed.

        :returns: the id of the note
        """
        self.app.set_current_state(EditNote(self.note_id))
        return self.note_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def duplicate(self) -> str:
        """Copy this note, with its attachments, within its folder, and show the copy.

        :returns: the id of the copy
        """
        copy_id = self.app.duplicate_note(self._folder(), self.note_id)
        self.app.set_current_state(NoteDetail(copy_id))
        return copy_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def move(self, dest_folder_name: str) -> str:
        """Move this note to another folder, and show that folder.

        :param dest_folder_name: the name of the folder
        :returns: the id of the note
        """
        self.app.move_note(self.note_id, self._folder(), dest_folder_name)
        self.app.set_current_state(NoteList(dest_folder_name))
        return self.note_id


class EditNote(OneNote):
    """The form in which the note with the id `note_id` is written."""

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def update(self, title: str, content: str) -> str:
        """Write title and content of the note, and show it. What is empty stays as it is.

        :param title: the title; an untitled note has the first 50 characters of its content
        :param content: the text of the note, in place of the present one
        :returns: the id of the note
        """
        self._folder()
        self.app.update_note(self.note_id, title, content)
        self.app.set_current_state(NoteDetail(self.note_id))
        return self.note_id


class FolderList(AppState[NotesScreensApp]):
    """The folders."""

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def list_folders(self) -> list[str]:
        """List the folders.

        :returns: the names of all folders, in the order in which they were made
        """
        return self.app.list_folders()

    @user_tool(llm_formatter=notes_as_text)
    @pare_event_registered(OperationType.READ)
    def open(self, folder: str) -> list[Note]:
        """Show the notes of a folder.

        :param folder: the name of the folder
        :returns: all notes of the folder, the last changed first
        """
        notes = self.app.open_folder(folder)
        self.app.set_current_state(NoteList(folder))
        return notes
