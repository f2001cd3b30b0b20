"""The file app with fewer arguments: its tools hand each call to a file system of its own."""

from __future__ import annotations

import os
from typing import IO, Any

from pare.apps.base import App, Protocol
from pare.apps.files.app import SandboxLocalFileSystem, readable
from pare.apps.files.opened import describe_opened
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool, data_tool


class VirtualFileSystem(App):
    """Files and folders of the phone, kept by `sandbox_fs`, which no environment knows."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.sandbox_fs = SandboxLocalFileSystem(self.name)

    # -- set-up and state -------------------------------------------------------------------------

    @property
    def tmpdir(self) -> str:
        """Where the files are on this machine, for code that fills the app; no tool tells it."""
        return self.sandbox_fs.tmpdir

    def get_implemented_protocols(self) -> list[Protocol]:
        """List what this app can do for others: it keeps their files."""
        return [Protocol.FILE_SYSTEM]

    def get_state(self) -> dict[str, Any]:
        """Give all files with their contents as plain data."""
        return self.sandbox_fs.get_state()

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of all files."""
        self.sandbox_fs.load_state(state_dict)

    def reset(self) -> None:
        """Remove all files."""
        super().reset()
        self.sandbox_fs.reset()

    def get_file_content(self, path: str) -> bytes:
        """Give the content of a file."""
        return self.sandbox_fs.get_file_content(path)

    def load_file_system_from_path(self, path: str | os.PathLike[str]) -> None:
        """Copy what is in a folder of this machine to the root."""
        self.sandbox_fs.load_file_system_from_path(path)

    # -- tools ------------------------------------------------------------------------------------

    @app_tool(llm_formatter=describe_opened)
    @event_registered(operation_type=OperationType.WRITE)
    def open(self, path: str, mode: str = "rb") -> IO[Any]:
        """Open a file. To see what is in it use cat.

        :param path: the file, such as /documents/report.txt
        :param mode: rb to read (the default), wb to replace the file or make a new one, ab to write at its
            end, xb to make a new one; r, w, a and x are the same for text
        :returns: the open file
        """
        return self.sandbox_fs.open(path, mode)

    @app_tool(llm_formatter=readable)
    @event_registered(operation_type=OperationType.READ)
    def cat(self, path: str) -> bytes:
        """Get the content of a file.

        :param path: the file, such as /documents/report.txt
        :returns: the content
        """
        return self.sandbox_fs.get_file_content(path)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def mkdir(self, path: str, create_recursive: bool = True) -> None:
        """Make a folder.

        :param path: the folder, such as /documents/invoices
        :param create_recursive: whether to make the folders above it as well, true by default
        """
        self.sandbox_fs.mkdir(path, create_recursive)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def mv(self, path1: str, path2: str) -> None:
        """Move or rename a file or folder. A file that is at the new path is replaced.

        :param path1: what to move
        :param path2: its new path; if that is a folder, it is moved into it
        """
        self.sandbox_fs.mv(path1, path2)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def ls(self, path: str = ".", detail: bool = False) -> list[str | dict[str, Any]]:
        """List what is in a folder.

        :param path: the folder, the root by default
        :param detail: whether to give name, size in bytes and type of each instead of its path
        :returns: the paths, sorted; that of a file if the path is one of a file
        """
        return self.sandbox_fs.ls(path, detail)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def rm(self, path: str, recursive: bool = False) -> None:
        """Remove a file, or a folder with all that is in it.

        :param path: what to remove
        :param recursive: whether it may be a folder, false by default
        """
        self.sandbox_fs.rm(path, recursive)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def rmdir(self, path: str) -> None:
        """Remove an empty folder.

        :param path: the folder
        """
        self.sandbox_fs.rmdir(path)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def exists(self, path: str) -> bool:
        """Check whether there is a file or folder.

        :param path: the file or folder
        :returns: whether it is there
        """
        return self.sandbox_fs.exists(path)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002 - published
        """Get the name, the size in bytes and the type of a file or folder.

        :param path: the file or folder
        :returns: name, size, and type, which is file or directory
        """
        return self.sandbox_fs.info(path)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def tree(self, path: str = ".") -> str:
        """Draw a folder with all files and folders in it.

        :param path: the folder, the root by default
        :returns: the drawing; names of folders end with a slash
        """
        return self.sandbox_fs.tree(path)

    @data_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def create_file(self, path: str, content: str | bytes = "") -> str:
        """Write a file, in place of what was there; folders above it are made.

        :param path: the file, such as /documents/report.txt
        :param content: what is in it, empty by default
        :returns: the path of the file
        """
        return self.sandbox_fs.create_file(path, content)


VirtualFileSystemApp = VirtualFileSystem
"""The name under which the guide of published scenarios has it."""
