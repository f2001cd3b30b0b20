"""The notes app: its tools for notes, what is attached to them, and what the screens need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from pare.apps.attachments import attach
from pare.apps.base import parse_time
from pare.apps.checks import check_text, meant_id, require_text
from pare.apps.navigation import StatefulApp
from pare.apps.note.folders import NoteFoldersApp
from pare.apps.note.model import (
    Note,
    NotesFolder,
    ReturnedNotes,
    UnknownFolderError,
    last_changed_first,
    notes_as_text,
    page_as_text,
    title_for,
)
from pare.errors import InvalidValueError, NotFoundKeyError, nearest
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, data_tool


@dataclass(eq=False, repr=False)
class NotesApp(NoteFoldersApp):
    """Notes in folders; attachments are files of `internal_fs`."""

    # -- writing ----------------------------------------------------------------------------------

    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.USER)
    def create_note_with_time(
        self,
        folder: str = "Inbox",
        title: str = "",
        content: str = "",
        pinned: bool = False,
        created_at: str | None = None,
        updated_at: str | None = None,
    ) -> str:
        """Create a note with times of its own. A folder that does not exist is made.

        :param folder: the name of the folder, default Inbox
        :param title: the title, default empty
        :param content: the text of the note, default empty
        :param pinned: whether the note is pinned, default false
        :param created_at: when it was created, as YYYY-MM-DD HH:MM:SS in UTC; now by default
        :param updated_at: when it was last changed, in the same form and not before that; when it was
            created by default
        :returns: the id of the note
        """
        created = self.now() if created_at is None else parse_time(created_at, "created_at")
        updated = created if updated_at is None else parse_time(updated_at, "updated_at")
        if updated < created:
            raise InvalidValueError(f"updated_at {updated_at!r} lies before the note was created")
        name = require_text("name of the folder", folder)
        note = self._made(title, content, pinned)
        note.created_at, note.updated_at = created, updated
        return self._put(self.folders.setdefault(name, NotesFolder(name)), note)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def create_note(
        self, folder: str = "Inbox", title: str = "", content: str = "", pinned: bool = False
    ) -> str:
        """Create a note.

        :param folder: the name of the folder, default Inbox
        :param title: the title; by default the first 50 characters of the content
        :param content: the text of the note, default empty
        :param pinned: whether the note is pinned, default false
        :returns: the id of the note
        """
        target = self._folder(folder)
        note = self._made(title, content, pinned)
        note.title = title_for(title, content)
        return self._put(target, note)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def update_note(self, note_id: str, title: str | None = None, content: str | None = None) -> str:
        """Change title or content of a note, or both. What is left out or empty stays as it is.

        :param note_id: the id of the note
        :param title: the new title
        :param content: the new text, in place of the present one
        :returns: the id of the note
        """
        note = self._note(note_id)
        new_title, new_content = check_text("title", title or ""), check_text("content", content or "")
        if not new_title.strip() and not new_content.strip():
            raise InvalidValueError("there is nothing to change; give a title, a content, or both")
        note.content = new_content if new_content.strip() else note.content
        note.title = title_for(new_title if new_title.strip() else note.title, note.content)
        note.updated_at = self.now()
        return note_id

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def delete_note(self, note_id: str) -> str:
        """Delete a note for good.

        :param note_id: the id of the note
        :returns: the id of the note
        """
        self._folder_of(note_id).remove_note(note_id)
        return note_id

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def move_note(
        self, note_id: str, source_folder_name: str = "Inbox", dest_folder_name: str = "Personal"
    ) -> str:
        """Move a note from one folder to another.

        :param note_id: the id of the note
        :param source_folder_name: the folder that it is in, default Inbox
        :param dest_folder_name: the folder to move it to, default Personal
        :returns: the id of the note
        """
        note = self._note_in(source_folder_name, note_id)
        target = self._folder(dest_folder_name)
        if target is not self.folders[source_folder_name]:
            self.folders[source_folder_name].remove_note(note_id)
            target.add_note(note)
        return note_id

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def duplicate_note(self, folder_name: str, note_id: str) -> str:
        """Copy a note, with its attachments, within its folder. The copy is titled "Copy of ...", not pinned.

        :param folder_name: the folder that the note is in
        :param note_id: the id of the note
        :returns: the id of the copy
        """
        original = self._note_in(folder_name, note_id)
        note = self._made(f"Copy of {original.title}", original.content, False)
        note.attachments = dict(original.attachments or {})
        return self._put(self.folders[folder_name], note)

    # -- reading ----------------------------------------------------------------------------------

    @app_tool(llm_formatter=str)
    @data_tool(llm_formatter=str)
    @event_registered(operation_type=OperationType.READ)
    def get_note_by_id(self, note_id: str) -> Note:
        """Read a note.

        :param note_id: the id of the note
        :returns: the note
        """
        return self._note(note_id).copy()

    @app_tool(llm_formatter=page_as_text)
    @event_registered(operation_type=OperationType.READ)
    def list_notes(self, folder: str, offset: int = 0, limit: int = 10) -> ReturnedNotes:
        """List the notes of a folder, the last changed first, a page at a time.

        :param folder: the name of the folder
        :param offset: how many notes to skip, default 0
        :param limit: how many notes to list at most, default 10
        :returns: the notes, the range of positions they have, their number and that of the whole folder
        """
        page = self._folder(folder).get_notes(offset, limit)
        page.notes = [note.copy() for note in page.notes]
        return page

    @app_tool(llm_formatter=notes_as_text)
    @event_registered(operation_type=OperationType.READ)
    def search_notes(self, query: str) -> list[Note]:
        """Find the notes of all folders whose title or content contain a text.

        :param query: the text to look for, in upper or lower case
        :returns: the notes, the last changed first
        """
        lowered = require_text("query", query).lower()
        found = (note for note in self._all_notes() if note.matches(lowered))
        return [note.copy() for note in last_changed_first(found)]

    @app_tool(llm_formatter=notes_as_text)
    @event_registered(operation_type=OperationType.READ)
    def search_notes_in_folder(self, query: str, folder_name: str) -> list[Note]:
        """Find the notes of one folder whose title or content contain a text.

        :param query: the text to look for, in upper or lower case
        :param folder_name: the name of the folder
        :returns: the notes, the last changed first
        """
        require_text("query", query)
        return [note.copy() for note in self._folder(folder_name).search_notes(query)]

    # -- attachments ------------------------------------------------------------------------------

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def add_attachment_to_note(self, note_id: str, attachment_path: str) -> str:
        """Attach a file to a note.

        :param note_id: the id of the note
        :param attachment_path: the path of a file on the phone
        :returns: the id of the note
        """
        note = self._note(note_id)
        note.add_attachment(attachment_path, self._files())
        note.updated_at = self.now()
        return note_id

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def remove_attachment(self, note_id: str, attachment: str) -> str:
        """Remove a file from a note.

        :param note_id: the id of the note
        :param attachment: the name of the attached file, as list_attachments gives it
        :returns: the id of the note
        """
        note = self._note(note_id)
        check_text("attachment", attachment)
        present = dict(note.attachments or {})
        if attachment not in present:
            hint = nearest(attachment, present)
            raise NotFoundKeyError(
                f"the note has no attachment {attachment!r:.200}.{hint} "
                f"Attachments: {', '.join(present) or 'none'}"
            )
        del present[attachment]
        note.attachments, note.updated_at = present, self.now()
        return note_id

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_attachments(self, note_id: str) -> list[str]:
        """List the files that are attached to a note.

        :param note_id: the id of the note
        :returns: the names of the files
        """
        return self._note(note_id).attachment_names

    def add_attachment(self, note: Note, attachment_path: str) -> Note:
        """Attach a file to `note`, and to what this app has under its id; give the note.

        Raises:
            InvalidValueError: no file system is connected, or the file cannot be read.
            NotFoundError: there is no such file.
        """
        note.add_attachment(attachment_path, self._files())
        stored = [folder.notes.get(note.note_id) for folder in self.folders.values()]
        for other in stored:
            if other is not None and other is not note:
                other.attachments = attach(self._files(), [attachment_path], other.attachments)
        return note

    # -- inside -----------------------------------------------------------------------------------

    def _all_notes(self) -> Iterator[Note]:
        return chain.from_iterable(folder.notes.values() for folder in self.folders.values())

    def _folder_of(self, note_id: str) -> NotesFolder:
        require_text("note_id", note_id)
        for folder in self.folders.values():
            if note_id in folder.notes:
                return folder
        known = [note.note_id for note in self._all_notes()]
        titled = (note.note_id for note in self._all_notes() if note.title == note_id)
        raise NotFoundKeyError(
            f"there is no note with the id {note_id!r:.200}.{meant_id(note_id, known, titled, 'note')} "
            "Find ids with search_notes or list_notes."
        )

    def _note(self, note_id: str) -> Note:
        return self._folder_of(note_id).notes[note_id]

    def _note_in(self, folder_name: str, note_id: str) -> Note:
        folder, present = self._folder(folder_name), self._folder_of(note_id)
        if note_id not in folder.notes:
            raise NotFoundKeyError(
                f"the note {note_id!r} is not in the folder {folder_name!r:.200}; "
                f"it is in {present.folder_name!r:.200}"
            )
        return folder.notes[note_id]

    def _made(self, title: str, content: str, pinned: bool) -> Note:
        """Give a note of now that has no id yet."""
        check_text("title", title)
        check_text("content", content)
        return Note("unnamed", title, content, pinned, created_at=self.now(), updated_at=self.now())

    def _put(self, folder: NotesFolder, note: Note) -> str:
        note.note_id = self.new_id()
        folder.add_note(note)
        return note.note_id


class NotesScreensApp(StatefulApp, NotesApp):
    """The notes app as its screens know it: what they show, and the way from one to the next."""

    def check_shown(self, note_id: str) -> str:
        """Give the name of the folder of the note that a screen shows.

        Raises:
            NotFoundKeyError: the note is gone.
        """
        for name, folder in self.folders.items():
            if note_id in folder.notes:
                return name
        raise NotFoundKeyError(f"the note {note_id!r:.200} that this screen shows has been deleted; go back")

    def check_shown_folder(self, folder_name: str) -> str:
        """Give back the name of the folder that a screen shows.

        Raises:
            UnknownFolderError: the folder is gone.
        """
        if folder_name not in self.folders:
            raise UnknownFolderError(
                f"the folder {folder_name!r:.200} that this screen shows is gone; go back"
            )
        return folder_name
