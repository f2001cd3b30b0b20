"""The folder of a sweep: its settings, results, traces and logs, in the hands of one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from pare.errors import ConfigError
from pare.scenarios.result_row import BrokenLine, ResultRow, line_of, read_rows
from pare.traces.files import replace_file

RunId = tuple[str, int, str]
"""Scenario id, run number and config hash."""


class FolderError(ConfigError):
    """A run folder cannot be used."""


def new_folder(runs: Path, name: str, now: datetime | None = None) -> Path:
    """Make the folder of a new sweep below `runs`: ``<name>-<time>``, with a number if there is one.

    Only the user may look into it, as into the journals: it holds what models were asked and replied.

    Raises:
        FolderError: the disk refuses.
    """
    moment = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S")
    try:
        runs.mkdir(parents=True, exist_ok=True)
        for ending in ("", *(f"-{number}" for number in range(2, 1000))):
            with suppress(FileExistsError):
                (runs / f"{name}-{moment}{ending}").mkdir(mode=0o700)
                return runs / f"{name}-{moment}{ending}"
    except OSError as error:
        raise FolderError(f"no run folder can be made in {runs}: {error.strerror or error}") from error
    raise FolderError(f"{runs} has a thousand folders of this second")


def find_folder(run: str, runs: Path = Path("runs")) -> Path:
    """Find a run folder by its path, its name below `runs`, or the beginning of one name: the latest.

    Raises:
        FolderError: there is none.
    """
    for place in (Path(run), runs / run):
        if (place / "sweep.json").is_file() or (place / "results.jsonl").is_file():
            return place
    alike = sorted(path for path in runs.glob(f"{run}-*") if path.is_dir())
    if alike:
        return alike[-1]
    known = ", ".join(sorted(path.name for path in runs.glob("*-*"))[-5:]) or "none"
    raise FolderError(f"there is no run {run!r}, here or in {runs}; the latest there: {known}")


class RunFolder:
    """A sweep's folder. `locked` keeps others out; readers need no lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.traces = path / "traces"
        self.logs = path / "logs"
        self._lock: int | None = None
        self._results: int | None = None

    @property
    def results(self) -> Path:
        """The rows, one per finished run."""
        return self.path / "results.jsonl"

    # --- in use

    def lock(self) -> None:
        """Take the folder.

        Raises:
            FolderError: another process has it, or it cannot be written.
        """
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise FolderError(f"{self.path} cannot be written: {error.strerror or error}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise FolderError(f"{self.path} is in use by process {holder}") from None
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._lock = descriptor

    def unlock(self) -> None:
        """Give the folder back."""
        for descriptor in (self._lock, self._results):
            if descriptor is not None:
                os.close(descriptor)
        self._lock = self._results = None

    @property
    def holder(self) -> int | None:
        """Which process has the folder now; None if none has."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            with suppress(ValueError):
                return int(os.read(descriptor, 20))
            return -1
        finally:
            os.close(descriptor)
        return None

    # --- rows

    def append(self, rows: Iterable[ResultRow]) -> None:
        """Append rows, whole.

        Raises:
            OSError: the disk refuses.
        """
        if self._results is None:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._results = os.open(self.results, flags, 0o644)
            _end_line(self._results)
        data = b"".join(map(_line_of, rows))
        written = os.write(self._results, data)
        if written < len(data):
            os.ftruncate(self._results, os.fstat(self._results).st_size - written)
            raise OSError(28, "no space left on device", str(self.results))

    def rows(self) -> tuple[dict[RunId, ResultRow], list[BrokenLine]]:
        """Read the rows, of each run the last one; and the lines that are none.

        Raises:
            FolderError: they cannot be read.
        """
        broken: list[BrokenLine] = []
        found: dict[RunId, ResultRow] = {}
        if self.results.exists():
            try:
                for row in read_rows(self.results, broken.append):
                    found[row.scenario_id, row.run_number, row.config_hash or ""] = row
            except OSError as error:
                raise FolderError(f"{self.results} cannot be read: {error.strerror or error}") from error
        return found, broken

    # --- small files

    def write_json(self, name: str, value: Mapping[str, Any]) -> None:
        """Write a small file, all or nothing.

        Raises:
            TraceError: the disk refuses.
        """
        replace_file(
            self.path / name, orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
        )

    def read_json(self, name: str) -> dict[str, Any] | None:
        """Read a small file; None if there is none that can be read."""
        try:
            value = orjson.loads((self.path / name).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        return value if isinstance(value, dict) else None


def _line_of(row: ResultRow) -> bytes:
    """Give the line of a row; one that comes from the store is made of JSON, which is written as it is."""
    if row.cached:
        with suppress(TypeError):  # a text or a number that only the long way can write
            return orjson.dumps(row.model_dump()) + b"\n"
    return line_of(row)


def _end_line(descriptor: int) -> None:
    """End a torn last line, so that the next row begins one."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        os.write(descriptor, b"\n")
