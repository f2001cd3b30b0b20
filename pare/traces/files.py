"""The files of traces: their names, and how they get their bytes, all or none."""

from __future__ import annotations

import os
import re
import threading
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import anyio
from anyio.to_thread import run_sync

from pare.errors import PareError
from pare.logs import get_logger

SUFFIX = ".jsonl"

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class TraceError(PareError):
    """A trace cannot be read or written; the text names the file."""


def run_name(scenario_id: str, run_number: int | None = None) -> str:
    """Give the name of a run's files, without a suffix: ``<scenario id>[_run_<n>]``.

    An id that is no file name is made one, with a digest that keeps it apart from others.
    """
    name = _UNSAFE.sub("_", scenario_id)[:100].lstrip(".-") or "scenario"
    if name != scenario_id:
        digest = blake2b(scenario_id.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        name = f"{name}_{digest}"
    return name if run_number is None else f"{name}_run_{run_number}"


async def write_trace(path: Path, data: bytes) -> None:
    """Write `data` to `path` in a thread: whenever the process dies, the old file is there, or the new one.

    A run that was cancelled still gets its trace: the cancellation waits for the disk.

    Raises:
        TraceError: the disk refuses.
    """
    with anyio.CancelScope(shield=True):
        await run_sync(write_whole, path, data)


def write_whole(path: Path, data: bytes) -> None:
    """Write a trace, and remove the file that grew beside it; blocks.

    Raises:
        TraceError: the disk refuses; nothing of the data stays.
    """
    replace_file(path, data)
    remove_live_file(path)


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` beside `path`, and rename it over `path`; blocks. What is written is not synced.

    Raises:
        TraceError: the disk refuses; nothing of the data stays.
    """
    part = path.with_name(f".{path.name[:80]}.{os.getpid()}.{threading.get_ident()}")
    try:
        try:
            part.write_bytes(data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise TraceError(f"cannot write the trace {path}: {error.strerror or error}") from error


def live_path(path: Path) -> Path:
    """Give the file that grows while the run of the trace `path` goes on."""
    return path.with_name(path.name + ".part")


def remove_live_file(path: Path) -> None:
    """Remove the file that grew beside `path`, now that the whole is there."""
    live_path(path).unlink(missing_ok=True)


class LiveTrace:
    """Appends the lines of a run beside its trace `path` as they are recorded, for who wants to watch.

    Whatever the disk says, the run goes on: after an error nothing more is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = live_path(path)
        self._begun = self._failed = False

    def __call__(self, line: bytes) -> None:
        """Append a line; the first one replaces what an earlier run left."""
        if self._failed:
            return
        try:
            self._append(line)
        except OSError as error:
            self._failed = True
            get_logger().warning("trace.live_failed", path=str(self.path), reason=str(error))

    def _append(self, line: bytes) -> None:
        if not self._begun:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)
            self._begun = True
        with self.path.open("ab") as file:
            file.write(line)
