"""The folders of the notes app: what they are called, and what is saved of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pare.apps.attachments import AttachmentsApp, FileSystem
from pare.apps.checks import check_text, require_text
from pare.apps.entries import read_entries
from pare.apps.note import notices
from pare.apps.note.model import (
    DEFAULT_FOLDERS,
    FolderNameError,
    Note,
    NotesFolder,
    UnknownFolderError,
    folder_from,
    last_changed_first,
)
from pare.errors import InvalidValueError, nearest
from pare.kernel.enums import OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, env_tool
from pare.tools.notices import VerbosityLevel, excerpt, notifies


@dataclass(eq=False, repr=False)
class NoteFoldersApp(AttachmentsApp):
    """Folders of notes, some of which are always there; attachments are files of `internal_fs`."""

    name: str | None = None  # type: ignore[assignment]  # published; App makes it a str
    view_limit: int = 5
    folders: dict[str, NotesFolder] = field(default_factory=dict)
    internal_fs: FileSystem | None = None

    def __post_init__(self) -> None:
        super().__init__(self.name or "note")
        self.default_folders = list(DEFAULT_FOLDERS)
        self.folders = self._completed(self.folders)

    def get_state(self) -> dict[str, Any]:
        """Give view limit and folders as plain data; the bytes of attachments as base64 text."""
        folders = {name: folder.get_state() for name, folder in self.folders.items()}
        return {"view_limit": self.view_limit, "folders": folders}

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Hold the notes of a state instead of the present ones."""
        states = state_dict.get("folders") or {}
        self.folders = self._completed(read_entries(states, "folder", folder_from, InvalidValueError))
        self.view_limit = state_dict.get("view_limit", 5)

    def reset(self) -> None:
        """Forget all notes, and all folders but those that are always there."""
        super().reset()
        self.folders = self._completed({})

    def open_folder(self, folder: str) -> list[Note]:
        """Give all notes of a folder, the last changed first.

        Raises:
            UnknownFolderError: there is no such folder.
        """
        return [note.copy() for note in last_changed_first(self._folder(folder).notes.values())]

    # -- tools ------------------------------------------------------------------------------------

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def new_folder(self, folder_name: str) -> str:
        """Make a new, empty folder for notes.

        :param folder_name: the name of the folder; no folder may have it yet
        :returns: the name of the folder
        """
        self._check_free(folder_name)
        self.folders[folder_name] = NotesFolder(folder_name)
        return folder_name

    @notifies(user=notices.folder_deleted, level=VerbosityLevel.HIGH)
    @app_tool()
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def delete_folder(self, folder_name: str) -> str:
        """Delete a folder and all notes in it. Inbox, Personal and Work cannot be deleted.

        :param folder_name: the name of the folder
        :returns: the name of the folder
        """
        self._folder(folder_name)
        self._check_own(folder_name, "delete")
        del self.folders[folder_name]
        return folder_name

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def rename_folder(self, folder: str, new_folder: str) -> str:
        """Give a folder a new name. Inbox, Personal and Work cannot be renamed.

        :param folder: the present name of the folder
        :param new_folder: the new name; no folder may have it yet
        :returns: the new name of the folder
        """
        renamed = self._folder(folder)
        self._check_own(folder, "rename")
        self._check_free(new_folder)
        renamed.folder_name = new_folder
        self.folders = {item.folder_name: item for item in self.folders.values()}
        return new_folder

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def list_folders(self) -> list[str]:
        """List the folders.

        :returns: the names of all folders, in the order in which they were made
        """
        return list(self.folders)

    # -- inside -----------------------------------------------------------------------------------

    def _folder(self, folder_name: str) -> NotesFolder:
        check_text("name of the folder", folder_name)
        if folder_name not in self.folders:
            hint = nearest(folder_name, self.folders)
            names = excerpt(", ".join(self.folders), 500)
            raise UnknownFolderError(f"there is no folder {folder_name!r:.200}.{hint} Folders: {names}")
        return self.folders[folder_name]

    def _check_free(self, folder_name: str) -> None:
        require_text("name of the folder", folder_name)
        if folder_name in self.folders:
            raise FolderNameError(f"there is a folder {folder_name!r:.200} already; give another name")

    def _check_own(self, folder_name: str, verb: str) -> None:
        if folder_name in self.default_folders:
            always = ", ".join(self.default_folders)
            raise FolderNameError(
                f"Cannot {verb} default folder {folder_name!r}; these always stay: {always}"
            )

    def _completed(self, folders: Mapping[str, NotesFolder]) -> dict[str, NotesFolder]:
        missing = [name for name in self.default_folders if name not in folders]
        return {**folders, **{name: NotesFolder(name) for name in missing}}
