"""What scenarios and other apps do with the files of an app; none of it is a tool of the agent."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Self

from pare.apps.base import App, Protocol
from pare.apps.checks import check_whole
from pare.apps.files.disk import Disk
from pare.apps.files.folder import MachineFolder, Store
from pare.apps.files.model import (
    DEMO_FS_DIR,
    DEMO_FS_PATH,
    FileMissingError,
    OutsideError,
    check_length,
    check_size,
    joined,
    locate,
)
from pare.apps.files.tree import Entry, entries_of, restore, saved
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundError, nearest


class StoredFilesApp(App):
    """Real files in a temporary folder that is made at first use and removed with the app.

    The folder is made in `sandbox_dir`, where temporary files go if that is None. Of a saved state in which
    files have no contents, as published ones have none, these are read from `state_directory`, a folder of
    this machine. Neither is part of the app's state.
    """

    def __init__(
        self,
        name: str | None = None,
        sandbox_dir: str | os.PathLike[str] | None = None,
        state_directory: str | os.PathLike[str] = DEMO_FS_PATH,
    ) -> None:
        super().__init__(name)
        self.sandbox_dir = None if sandbox_dir is None else os.fspath(sandbox_dir)
        self.state_directory = os.fspath(state_directory)
        self._disk = self._empty_disk()
        self._kept: dict[str, dict[str, Any]] = {}

    def _empty_disk(self) -> Disk:
        return Disk(MachineFolder(self.sandbox_dir), Store(self.state_directory))

    @property
    def tmpdir(self) -> str:
        """Where the files are on this machine, for code that fills the app; no tool tells it."""
        return self._disk.folder.root

    def get_implemented_protocols(self) -> list[Protocol]:
        """List what this app can do for others: it keeps their files."""
        return [Protocol.FILE_SYSTEM]

    # -- state ------------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        """Give all files with their contents as plain data; ``tmpdir`` is always the root, ``/``."""
        return {"files": saved(self._disk), "tmpdir": "/"}

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of all files.

        Raises:
            InvalidStateError: it is no such state; nothing changes.
        """
        node = state_dict.get("files")
        disk = self._empty_disk()
        restore(disk, [] if node is None else list(entries_of(node)))
        self._replace(disk)

    def reset(self) -> None:
        """Remove all files; states that were saved by name stay."""
        super().reset()
        self._replace(self._empty_disk())

    def _replace(self, disk: Disk) -> None:
        former, self._disk = self._disk, disk
        former.folder.drop()

    def __getstate__(self) -> dict[str, Any]:
        """Copy the files, not the folder that they are in."""
        return {**super().__getstate__(), "_disk": self.get_state()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Put the files into a folder of their own."""
        self.__dict__.update(state)
        self._disk = self._empty_disk()
        self.load_state(state["_disk"])

    def save_file_system_state(self, state_name: str) -> None:
        """Remember all files under a name, as long as the app is there."""
        self._kept[state_name] = self.get_state()

    def load_file_system_state(self, state_name: str) -> None:
        """Go back to what was remembered; ``demo_filesystem`` is what is in `state_directory`.

        Raises:
            NotFoundError: nothing was.
        """
        if state_name in self._kept:
            self.load_state(self._kept[state_name])
        elif state_name == DEMO_FS_DIR:
            self.load_file_system_from_path(self.state_directory)
        else:
            raise NotFoundError(
                f"no state was saved as {state_name!r:.200}.{nearest(str(state_name), self._kept)}"
            )

    # -- filling ----------------------------------------------------------------------------------

    def populate(self, pop_method: Callable[[Self], Any]) -> None:
        """Let a function fill the app."""
        pop_method(self)

    def load_file_system_from_path(self, path: str | os.PathLike[str]) -> None:
        """Copy what is in a folder of this machine to the root."""
        self.load_directory_from_path(path, "/")

    def load_directory_from_path(self, from_dir: str | os.PathLike[str], to_dir: str) -> None:
        """Copy what is in a folder of this machine to a folder of the phone, over what is there.

        Raises:
            FileMissingError: there is no such folder.
            OutsideError: a link in it leads out of it.
            TooLargeError: a file is larger than what is kept.
        """
        target, source = locate(to_dir), Path(from_dir)
        if not source.is_dir():
            raise FileMissingError(f"there is no folder {source.name!r} on this machine to load files from")
        for entry in [*_entries_in(source, target)]:
            if entry.kind == "directory":
                self._disk.make_folders(entry.path, exist_ok=True)
            else:
                self._disk.write(entry.path, entry.content or b"")

    def write_bytes(self, path: str, content: bytes) -> None:
        """Put a file in place of what was there, and make the folders above it."""
        if not isinstance(content, bytes | bytearray | memoryview):
            raise InvalidArgumentsError(f"content must be text or bytes, not {type(content).__name__}")
        self._disk.write(locate(path), bytes(content))

    def write_text(self, path: str, content: str) -> None:
        """Put a text in place of what was there, as UTF-8."""
        if not isinstance(content, str):
            raise InvalidArgumentsError(f"content must be text, not {type(content).__name__}")
        try:
            self.write_bytes(path, content.encode())
        except UnicodeEncodeError:
            raise InvalidValueError("the content has characters that UTF-8 has not") from None

    def touch(self, path: str) -> None:
        """Make an empty file, unless there is one."""
        if self._disk.kind(place := locate(path)) is None:
            self._disk.write(place, b"")

    # -- looking ----------------------------------------------------------------------------------

    def isfile(self, path: str) -> bool:
        """Tell whether there is a file."""
        return self._disk.kind(locate(path)) == "file"

    def isdir(self, path: str) -> bool:
        """Tell whether there is a folder."""
        return self._disk.kind(locate(path)) == "directory"

    def get_file_content(self, path: str) -> bytes:
        """Give the content of a file."""
        return self._disk.read(locate(path))

    def read_text(self, path: str) -> str:
        """Give the content of a file that is UTF-8 text."""
        try:
            return self.get_file_content(path).decode()
        except UnicodeDecodeError:
            raise InvalidValueError(f"{path!r} is no UTF-8 text") from None

    def get_file_paths_list(self) -> list[str]:
        """List all files, sorted folder by folder."""
        return [path for path in self._disk.walk() if self._disk.kind(path) == "file"]

    def get_folder_paths_list(self) -> list[str]:
        """List all folders but the root, sorted folder by folder."""
        return [path for path in self._disk.walk() if path != "/" and self._disk.kind(path) == "directory"]

    def get_sample_files(self, k: int = 1, seed: int = 0) -> list[str]:
        """Draw `k` different files, the same ones for the same `seed`."""
        return _sample(self.get_file_paths_list(), k, seed, "files")

    def get_sample_folders(self, k: int = 1, seed: int = 0) -> list[str]:
        """Draw `k` different folders, the same ones for the same `seed`."""
        return _sample(self.get_folder_paths_list(), k, seed, "folders")


FOLDERS = (
    *("Applications", "Desktop", "Documents", "Downloads", "Music", "Pictures", "Public", "Templates"),
    "Videos",
)
"""What a home has, as published."""


def default_fs_folders(fs: Any) -> None:
    """Make the folders that a home has, in any app of files; for `populate`."""
    for name in FOLDERS:
        if not fs.exists(f"/{name}"):
            fs.mkdir(f"/{name}")


def _entries_in(source: Path, target: str) -> list[Entry]:
    """Read all that is in a folder of this machine, as what it will be below `target`."""
    entries = []
    for item in sorted(source.iterdir()):
        path = check_length(locate(joined(target, item.name)))
        if item.is_symlink() and not item.resolve().is_relative_to(source.resolve()):
            raise OutsideError(f"{item.name!r} is a link that leads out of the folder that is loaded")
        if item.is_file():
            check_size(path, item.stat().st_size)
            entries.append(Entry(path, "file", item.read_bytes()))
        elif item.is_dir() and not item.is_symlink():
            entries += [Entry(path, "directory"), *_entries_in(item, path)]
    return entries


def _sample(paths: list[str], k: int, seed: int, what: str) -> list[str]:
    if check_whole("k", k) > len(paths):
        raise InvalidValueError(f"there are {len(paths)} {what}, so {k} cannot be drawn")
    return Random(seed).sample(paths, k)
