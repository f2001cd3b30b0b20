"""The file app of the phone: an agent's tools for the files of a sandbox, in which nothing leads out."""

from __future__ import annotations

import os
from abc import ABCMeta
from typing import IO, Any

from pare.apps.files.disk import READ
from pare.apps.files.documents import text_of_document
from pare.apps.files.model import FileMissingError, FolderNotEmptyError, folder_of, joined, locate
from pare.apps.files.opened import describe_opened, opened
from pare.apps.files.stored import StoredFilesApp
from pare.apps.files.tree import drawing
from pare.errors import InvalidValueError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool

MAX_SHOWN = 100_000
"""How many characters of a file cat shows a model."""


def readable(content: bytes) -> str:
    """Give what a file holds as a model reads it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return f"These are {len(content)} bytes that are no text; read_document gives the text of a document."
    if len(text) <= MAX_SHOWN:
        return text
    return f"{text[:MAX_SHOWN]}\n[{MAX_SHOWN} of {len(text)} characters are shown]"


class SandboxLocalFileSystem(StoredFilesApp):
    """Files and folders of the phone, under paths that begin at its own root ``/``."""

    # -- tools ------------------------------------------------------------------------------------

    @app_tool(llm_formatter=describe_opened)
    @event_registered(operation_type=OperationType.WRITE)
    def open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,  # noqa: ARG002 - published
        cache_options: dict[str, Any] | None = None,  # noqa: ARG002 - published
        compression: str | None = None,
        **kwargs: Any,
    ) -> IO[Any]:
        """Open a file. To see what is in it use cat, or read_document for a document.

        :param path: the file, such as /documents/report.txt
        :param mode: rb to read (the default), wb to replace the file or make a new one, ab to write at its
            end, xb to make a new one; r, w, a and x are the same for text
        :param block_size: not used; leave it out
        :param cache_options: not used; leave it out
        :param compression: not supported; leave it out
        :returns: the open file
        """
        return opened(self._disk, locate(path), mode, compression, kwargs)

    @app_tool(llm_formatter=readable)
    @event_registered(operation_type=OperationType.READ)
    def cat(self, path: str, recursive: bool = False, on_error: str = "raise", **kwargs: Any) -> str | bytes:  # noqa: ARG002 - published
        """Get the content of a file. For PDF, Office and HTML files use read_document.

        :param path: the file, such as /documents/report.txt
        :param recursive: not used; only one file can be read at a time
        :param on_error: raise, omit or return; one file that cannot be read is always an error
        :returns: the content
        """
        if on_error not in {"raise", "omit", "return"}:
            raise InvalidValueError(f"on_error must be raise, omit or return, not {on_error!r:.50}")
        return self._disk.read(locate(path))

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def mkdir(self, path: str, create_parents: bool = True, **kwargs: Any) -> None:  # noqa: ARG002 - published
        """Make a folder.

        :param path: the folder, such as /documents/invoices
        :param create_parents: whether to make the folders above it as well, true by default
        """
        place = locate(path)
        if not create_parents and self._disk.kind(place) is None and not self.isdir(folder_of(place)):
            raise FileMissingError(f"there is no folder {folder_of(place)!r}; create_parents makes it")
        self._disk.make_folders(place)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Make a folder and the folders above it.

        :param path: the folder, such as /documents/invoices/2025
        :param exist_ok: whether the folder may be there already, false by default
        """
        self._disk.make_folders(locate(path), exist_ok)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def mv(
        self,
        path1: str,
        path2: str,
        recursive: bool = False,  # noqa: ARG002 - published
        maxdepth: int | None = None,
        **kwargs: Any,  # noqa: ARG002 - published
    ) -> None:
        """Move or rename a file or folder. A file that is at the new path is replaced.

        :param path1: what to move
        :param path2: its new path; if that is a folder, it is moved into it
        :param recursive: not used; a folder is always moved with all that is in it
        :param maxdepth: not supported; leave it out
        """
        _check_no_depth(maxdepth)
        source, target = locate(path1), locate(path2)
        if self._disk.kind(target) == "directory" and target != source:
            target = locate(joined(target, source.rpartition("/")[2]))
        elif str(path2).endswith("/") and target != source:
            raise FileMissingError(f"there is no folder {target!r} to move to; mkdir makes one")
        self._disk.move(source, target)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def ls(self, path: str = ".", detail: bool = False, **kwargs: Any) -> list[str | dict[str, Any]]:  # noqa: ARG002 - published
        """List what is in a folder.

        :param path: the folder, the root by default
        :param detail: whether to give name, size in bytes and type of each instead of its path
        :returns: the paths, sorted; that of a file if the path is one of a file
        """
        place = locate(path)
        paths = [place]
        if self._disk.require(place)[0] == "directory":
            self._disk.permit(place, READ)
            paths = [joined(place, name) for name in self._disk.names(place)]
        return [self._info(item) if detail else item for item in paths]

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def rm(self, path: str, recursive: bool = False, maxdepth: int | None = None) -> None:
        """Remove a file, or a folder with all that is in it.

        :param path: what to remove
        :param recursive: whether it may be a folder, false by default
        :param maxdepth: not supported; leave it out
        """
        _check_no_depth(maxdepth)
        place = locate(path)
        if self._disk.require(place)[0] == "directory" and not recursive:
            raise InvalidValueError(f"{place!r} is a folder; recursive removes it with all that is in it")
        self._disk.remove(place)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def exists(self, path: str, **kwargs: Any) -> bool:  # noqa: ARG002 - published
        """Check whether there is a file or folder.

        :param path: the file or folder
        :returns: whether it is there
        """
        return self._disk.kind(locate(path)) is not None

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def display(self, path: str) -> bool:
        """Show a file to the user.

        :param path: the file
        :returns: whether it is there
        """
        return self._disk.kind(locate(path)) is not None

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002 - published
        """Get the name, the size in bytes and the type of a file or folder.

        :param path: the file or folder
        :returns: name, size, and type, which is file or directory
        """
        return self._info(locate(path))

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def tree(self, path: str = ".") -> str:
        """Draw a folder with all files and folders in it.

        :param path: the folder, the root by default
        :returns: the drawing; names of folders end with a slash
        """
        place = locate(path)
        self._disk.require(place, "directory")
        self._disk.permit(place, READ)
        return drawing(self._disk, place)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def read_document(self, file_path: str, max_lines: int | None = 20) -> str:
        """Read the text of a document: PDF, docx, xlsx, pptx, HTML, or a text such as txt, md, csv or json.

        :param file_path: the document, such as /documents/report.pdf
        :param max_lines: how many lines to read from the beginning, 20 by default; null reads all of them
        :returns: the text, with a last line that says so if there is more
        """
        path = locate(file_path)
        return text_of_document(path, self._disk.read(path), max_lines)

    # -- for scenarios ----------------------------------------------------------------------------

    def rmdir(self, path: str) -> None:
        """Remove an empty folder.

        Raises:
            NoFolderError: it is a file.
            InvalidValueError: something is in it.
        """
        place = locate(path)
        self._disk.require(place, "directory")
        if self._disk.names(place):
            raise FolderNotEmptyError(f"{place!r} is not empty; rm with recursive removes all")
        self._disk.remove(place)

    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def create_file(self, path: str, content: str | bytes = "") -> str:
        """Write a file, in place of what was there; folders above it are made. Give its path."""
        if isinstance(content, str):
            self.write_text(path, content)
        else:
            self.write_bytes(path, content)
        return locate(path)

    @event_registered(operation_type=OperationType.WRITE)
    def set_permissions(self, path: str, permission: int | str) -> None:
        """Set the permissions of a file or folder, as 0o644 or as the text "644".

        Without any permission to read it cannot be read, without any to write it cannot be changed.

        Raises:
            InvalidValueError: there are no such permissions.
        """
        place = locate(path)
        self._disk.require(place)
        self._disk.permissions[place] = _permission(permission)

    def _info(self, path: str) -> dict[str, Any]:
        kind, size = self._disk.require(path)
        return {"name": path, "size": size, "type": kind}


class Files(SandboxLocalFileSystem):
    """The file app under its short name."""

    def __init__(self, name: str | None = None, sandbox_dir: str | os.PathLike[str] | None = None) -> None:
        super().__init__(name, sandbox_dir)


FinalMeta = ABCMeta
"""The published metaclass; this file system needs none."""


def _check_no_depth(maxdepth: Any) -> None:
    if maxdepth is not None:
        raise InvalidValueError("maxdepth is not supported; leave it out")


def _permission(value: Any) -> int:
    try:
        number = int(value, 8) if isinstance(value, str) else value
    except ValueError:
        number = -1
    if type(number) is not int or not 0 <= number <= 0o777:
        raise InvalidValueError(f"{value!r:.50} are no permissions; write them as 0o644 or as '644'")
    return number
