"""The file of one run's journal: opened and locked once, appended to, set aside, synced at the end."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Container
from dataclasses import dataclass
from io import FileIO
from itertools import count
from pathlib import Path
from typing import Literal

from pare.errors import PareError
from pare.llm.digest import encode_json
from pare.llm.journal_lines import (
    CallKey,
    Contents,
    Entry,
    RunKey,
    header_of,
    line_of,
    payloads_in,
    read_contents,
    sum_of,
)
from pare.logs import get_logger

if sys.platform != "win32":
    import fcntl

Reason = Literal["mismatch", "damaged", "foreign", "fresh"]

LARGEST_FILE_BYTES = 1 << 30
"""A journal is a few megabytes at most: what is larger was not written by a run, and is not read."""

NO_LOCKS = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK})
"""What a file system without locks says; the lease of the job has to do there."""


class JournalError(PareError):
    """A journal cannot be read or written, or is used against its rules."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was set aside: why, where it is now, how many entries stayed, and at which call it began."""

    reason: Reason
    path: Path
    kept: int
    call: CallKey | None = None


class JournalFile:
    """The open file of the journal of `key`; `entries` are those that it held when it was opened."""

    def __init__(self, path: Path, key: RunKey, *, fresh: bool = False) -> None:
        """Open the file at `path`, or make it; blocks, so that a thread should do it.

        Raises:
            JournalError: it cannot be opened, or another run has it open.
        """
        self.path, self.key = path, key
        self.set_aside: SetAside | None = None
        self._size, self._last_sum = 0, b""
        try:
            _make_directories(path.parent)
            self._file = _opened(path)
            try:
                self.entries = self._read(fresh)
            except BaseException:
                self._file.close()
                raise
        except OSError as error:
            raise JournalError(f"cannot open the journal {path}: {_reason(error)}") from error
        self._keys = list(self.entries)

    def append(self, entry: Entry) -> None:
        """Write `entry` at the end; it is on file, though not yet synced, when this returns.

        Raises:
            JournalError: it could not be written; nothing of it stays.
        """
        line = line_of(encode_json(entry), self._last_sum)
        try:
            self._write(line)
        except OSError as error:
            raise JournalError(f"cannot write to the journal {self.path}: {_reason(error)}") from error
        self._last_sum = sum_of(line)
        self._keys.append(entry.key)

    def keep_only(self, kept: Container[CallKey], call: CallKey) -> None:
        """Set the file aside because of `call`; the entries of the calls that are `kept` stay in a new one.

        Raises:
            JournalError: the disk refuses.
        """
        try:
            self._file.seek(0)
            entries = zip(self._keys, payloads_in(self._file.read()), strict=True)
            payloads = [payload for key, payload in entries if key in kept]
            self._begin_anew("mismatch", payloads, call)
        except OSError as error:
            raise JournalError(f"cannot set aside the journal {self.path}: {_reason(error)}") from error
        self._keys = [key for key in self._keys if key in kept]

    def close(self) -> None:
        """Sync and close the file; blocks, so that a thread should do it.

        Raises:
            OSError: the disk refuses; the file is closed all the same.
        """
        try:
            os.fsync(self._file.fileno())
        finally:
            self._file.close()
        _sync_directory(self.path.parent)

    def _read(self, fresh: bool) -> dict[CallKey, Entry]:
        is_huge = os.fstat(self._file.fileno()).st_size > LARGEST_FILE_BYTES
        data = b"" if is_huge else self._file.read()
        contents = Contents(fault="foreign") if is_huge else read_contents(data, self.key)
        if fresh and contents.entries:
            self._begin_anew("fresh", [])
            return {}
        if contents.fault in ("damaged", "foreign"):
            self._begin_anew(contents.fault, payloads_in(data[: contents.size]))
            return contents.entries
        self._go_on_after(contents, len(data))
        return contents.entries

    def _go_on_after(self, contents: Contents, size: int) -> None:
        """Continue behind the sound part: what is torn is cut off, what is missing is written."""
        self._size, self._last_sum = min(contents.size, size), contents.last_sum
        if contents.fault == "torn":
            get_logger().info("journal.line_cut", path=str(self.path), bytes=size - self._size)
            self._file.truncate(self._size)
        if contents.size > size:
            self._write(b"\n")
        elif not contents.size:
            self._write_all([])

    def _write_all(self, payloads: list[bytes]) -> None:
        """Fill the empty file with its header and `payloads`."""
        lines, self._last_sum = [], b""
        for payload in (header_of(self.key), *payloads):
            lines.append(line_of(payload, self._last_sum))
            self._last_sum = sum_of(lines[-1])
        self._size = 0
        self._write(b"".join(lines))

    def _write(self, data: bytes) -> None:
        """Append all of `data`, or nothing."""
        try:
            written = self._file.write(data)
        except OSError:
            written = 0
            raise
        finally:
            if written != len(data):
                self._file.truncate(self._size)
        if written != len(data):
            raise OSError(None, "the disk is full")
        self._size += len(data)

    def _begin_anew(self, reason: Reason, payloads: list[bytes], call: CallKey | None = None) -> None:
        """Rename the file beside itself and go on in a new one, which holds `payloads`.

        Whenever the process dies in here, the old file is under one name or the other, or both.
        """
        before, part = (self._file, self._size, self._last_sum), self.path.with_suffix(".part")
        part.unlink(missing_ok=True)
        self._file = _opened(part)
        try:
            self._write_all(payloads)
            aside = _named_aside(self.path)
            part.replace(self.path)
        except OSError:
            self._file.close()
            self._file, self._size, self._last_sum = before
            raise
        before[0].close()
        self.set_aside = SetAside(reason, aside, len(payloads), call)
        _say(self.set_aside, self.key)


def _say(set_aside: SetAside, key: RunKey) -> None:
    log = get_logger()
    say = log.info if set_aside.reason == "fresh" else log.warning
    call = set_aside.call._asdict() if set_aside.call else {}
    say(
        "journal.set_aside",
        reason=set_aside.reason,
        path=str(set_aside.path),
        kept=set_aside.kept,
        scenario=key.scenario_id,
        run=key.run_number,
        **call,
    )


def _make_directories(shard: Path) -> None:
    shard.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shard.mkdir(mode=0o700, exist_ok=True)


def _opened(path: Path) -> FileIO:
    """Open and lock a regular file, made if it is missing; that it was not replaced meanwhile is checked.

    Raises:
        JournalError: another run has it open.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    while True:
        file = os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0)
        try:
            _lock(file, path)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except FileNotFoundError:
            pass
        except BaseException:
            file.close()
            raise
        file.close()


def _lock(file: FileIO, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        raise OSError(None, "it is no regular file")
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalError(f"the journal {path} is in use: the same run is under way elsewhere") from None
        except OSError as error:
            if error.errno not in NO_LOCKS:
                raise


def _named_aside(path: Path) -> Path:
    """Give the file at `path` another name beside it; it keeps the first until that is replaced."""
    for number in count(1):
        aside = path.with_suffix(f".aside-{number}.jsonl")
        try:
            os.link(path, aside)
        except FileExistsError:
            continue
        except OSError:  # a file system without hard links
            path.rename(aside)
        return aside
    raise AssertionError


def _sync_directory(directory: Path) -> None:
    if sys.platform != "win32":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
