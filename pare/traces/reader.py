"""Read traces: a whole file, or one that still grows. What is torn is left out, what is unknown is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from math import inf
from pathlib import Path
from typing import Any, Self

import orjson

from pare.traces.encoding import encoded
from pare.traces.files import TraceError, live_path

FORMAT = 1
HEADER, RESULT = "header", "result"

EXPORTED = {"world_logs", "per_agent_interaction_histories"}
"""What is told by a key of theirs: the formats `hf` and `lite`."""

LARGEST_FILE_BYTES = 1 << 30
"""A trace is a few megabytes at most: what is larger was not written by a run, and is not read."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line: number `seq`, simulated time `t` in seconds since the epoch, turn, kind, role, data.

    `wall` is the wall time in seconds since the epoch, None where it was taken out.
    """

    seq: int
    t: float
    turn: int
    kind: str
    role: str
    data: Mapping[str, Any]
    wall: float | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A run as it was recorded: the header, what happened, and what it came to.

    `result` is None for a run that was cut off, or still goes on; `is_torn` says that a last line was
    left out because its end is missing.
    """

    header: Record
    records: tuple[Record, ...]
    result: Record | None
    is_torn: bool = False

    @classmethod
    def of(cls, records: list[Record], is_torn: bool = False) -> Self:
        """Sort the records of a file, of which the first is the header; the last result counts."""
        results = [record for record in records if record.kind == RESULT]
        rest = tuple(record for record in records[1:] if record.kind != RESULT)
        return cls(records[0], rest, results[-1] if results else None, is_torn)


def read_trace(path: Path) -> Trace:
    """Read the trace at `path`.

    Raises:
        TraceError: it cannot be read, or holds something else; the text names the path and the line.
    """
    if path.exists() and not path.is_file():
        raise TraceError(f"cannot read the trace {path}: it is no file")
    try:
        is_huge = path.stat().st_size > LARGEST_FILE_BYTES
        data = b"" if is_huge else path.read_bytes()
    except OSError as error:
        raise TraceError(f"cannot read the trace {path}: {error.strerror or error}") from error
    if is_huge:
        raise TraceError(f"{path} is no trace: it is larger than {LARGEST_FILE_BYTES} bytes")
    return parsed_trace(data, path)


def parsed_trace(data: bytes, path: Path) -> Trace:
    """Read what a trace file holds; `path` is for the words of errors.

    Raises:
        TraceError: it is no trace, or a line is damaged.
    """
    lines = TraceLines(path)
    records = lines.feed(data)
    is_torn = not lines.take_rest(records)
    if not records:
        raise TraceError(f"{path} is no trace of pare: it is empty")
    return Trace.of(records, is_torn)


class TraceLines:
    """Turns bytes, as they come, into records; `path` is for the words of errors."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = b""
        self._number = 0

    def feed(self, data: bytes) -> list[Record]:
        """Give the records of the lines that are complete now.

        Raises:
            TraceError: a line is not what a trace holds.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [self._record(line) for line in lines]

    def take_rest(self, records: list[Record]) -> bool:
        """Append a last line that lacks nothing but its end; False if it lacks more."""
        if not self._rest:
            return True
        try:
            records.append(self._record(self._rest))
        except TraceError:
            if self._number == 1:
                raise
            return False
        return True

    def _record(self, line: bytes) -> Record:
        self._number += 1
        try:
            record = record_of(line)
            if self._number == 1:
                _check_header(record)
        except ValueError as error:
            what = "is no trace of pare" if self._number == 1 else "is damaged"
            raise TraceError(f"{self._path}, line {self._number}, {what}: {error}") from None
        return record


def record_of(line: bytes) -> Record:
    """Read one line.

    Raises:
        ValueError: it is not what a trace holds.
    """
    value = _decoded(line)
    if not isinstance(value, dict):
        raise ValueError(f"an object is expected, not {type(value).__name__}")
    if not EXPORTED.isdisjoint(value):
        raise ValueError("it is an export for other programs; the trace itself ends in .jsonl")
    record = Record(
        seq=_typed(value, "seq", int),
        t=_number(value, "t"),
        turn=_typed(value, "turn", int),
        kind=_typed(value, "kind", str),
        role=_typed(value, "role", str),
        data=_typed(value, "data", dict),
        wall=None if value.get("wall") is None else _number(value, "wall"),
    )
    if record.seq < 0:
        raise ValueError("seq is below 0")
    return record


def _check_header(record: Record) -> None:
    if record.kind != HEADER:
        raise ValueError(f"a header is expected, not {record.kind!r:.40}")
    written = record.data.get("format")
    if type(written) is not int:
        raise ValueError("the header names no format")
    if written > FORMAT:
        raise ValueError(f"it has format {written:.6g}, of a newer pare; this one reads format {FORMAT}")


def _decoded(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:  # a lone surrogate, which a model may write and orjson refuses
        reason = str(error)
    try:
        return json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ValueError(f"it is not JSON: {reason}") from None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _typed(value: dict[str, Any], name: str, kind: type[Any]) -> Any:
    if name not in value:
        raise ValueError(f"{name!r} is missing")
    if type(value[name]) is not kind:
        raise ValueError(f"{name!r} is of type {type(value[name]).__name__}, not {kind.__name__}")
    return value[name]


def _number(value: dict[str, Any], name: str) -> float:
    number = value.get(name)
    if isinstance(number, (int, float)) and not isinstance(number, bool) and abs(number) < inf:
        with suppress(OverflowError):
            return float(number)
    raise ValueError(f"{name!r} is no number")


def without_wall_times(data: bytes) -> bytes:
    """Give the lines of a trace without wall times: equal bytes for runs with equal replies.

    Raises:
        TraceError: `data` is no trace.
    """
    trace = parsed_trace(data, Path("trace"))
    records = [trace.header, *trace.records, *([trace.result] if trace.result else [])]
    return b"".join(_without_wall(record) for record in records)


def _without_wall(record: Record) -> bytes:
    data = {name: item for name, item in record.data.items() if not name.startswith("wall_")}
    fields = (record.seq, record.t, record.turn, record.kind, record.role, data)
    return encoded(fields) + b"\n"


class GrowingTrace:
    """A trace that is still written, or will be: `path`, or the live file beside it, whichever is newer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BufferedReader | None = None
        self._lines = TraceLines(path)

    @property
    def is_there(self) -> bool:
        """Whether there is something to read."""
        return self._file is not None

    def read(self) -> list[Record]:
        """Give the records that came since the last look; the first is the header.

        Raises:
            TraceError: it cannot be read, or is no trace.
        """
        try:
            self._file = self._file or self._opened()
            data = self._file.read() if self._file else b""
        except OSError as error:
            raise TraceError(f"cannot read the trace {self._path}: {error.strerror or error}") from error
        return self._lines.feed(data)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _opened(self) -> BufferedReader | None:
        found = [path for path in (live_path(self._path), self._path) if path.exists()]
        if not found:
            return None
        newest = max(found, key=lambda path: path.stat().st_mtime_ns)
        if not newest.is_file():
            raise TraceError(f"cannot read the trace {newest}: it is no file")
        return newest.open("rb")
