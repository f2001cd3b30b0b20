"""What a journal's file holds: JSON lines, each with a checksum that covers all lines before it too.

The first line names the run that the file belongs to. Nothing but JSON is ever read, so a file that
somebody changed can be wrong, but it cannot run anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from pare.llm.client import EndpointError, ErrorKind
from pare.llm.digest import encode_json
from pare.llm.types import CallLabel, Completion, Effort

FORMAT = 1
HEAD, MIDDLE, TAIL = b'{"sum":"', b'","entry":', b"}"
SUM_BYTES = 8
SUM_END = len(HEAD) + 2 * SUM_BYTES
PAYLOAD_START = SUM_END + len(MIDDLE)

LARGEST_NUMBER = 1e15

Fault = Literal["torn", "damaged", "foreign"]


class RunKey(NamedTuple):
    """The run that a journal belongs to."""

    scenario_id: str
    run_number: int
    config_hash: str

    @classmethod
    def of(cls, label: CallLabel) -> RunKey:
        """Name the run that a call is part of."""
        return cls(label.scenario_id, label.run_number, label.config_hash)

    @property
    def file_name(self) -> str:
        """A short file name of plain letters, which no other run has, with its shard before the slash."""
        digest = blake2b(encode_json(tuple(self)), digest_size=16).hexdigest()
        slug = re.sub(r"[^a-z0-9]+", "_", self.scenario_id[:200].lower(), flags=re.ASCII)[:60].strip("_")
        return f"{digest[:2]}/{digest[2:]}.{slug or 'scenario'}.jsonl"


class CallKey(NamedTuple):
    """A call within its run: calls of a role are counted from 0."""

    role: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """An endpoint's final word on a request, other than a reply: it would not change on another day."""

    kind: ErrorKind
    message: str
    status: int | None = None
    cause: str = ""
    effort: Effort = field(default_factory=Effort)

    @classmethod
    def of(cls, error: EndpointError) -> Refusal:
        """Keep what `error` says."""
        return cls(error.kind, str(error), error.status, error.cause, error.effort)

    def as_error(self) -> EndpointError:
        """Give the error again."""
        error = EndpointError(self.kind, self.message, status=self.status, cause=self.cause)
        error.effort = self.effort
        return error


@dataclass(frozen=True, slots=True)
class Entry:
    """What was asked, by its digest, and what came back: a reply or a refusal."""

    role: str
    ordinal: int
    step: str
    digest: str
    reply: Completion | None = None
    refusal: Refusal | None = None

    @property
    def key(self) -> CallKey:
        """The call that this was."""
        return CallKey(self.role, self.ordinal)


@dataclass(slots=True)
class Contents:
    """The sound part of a file: its entries in order, where it ends, and what is wrong after it."""

    entries: dict[CallKey, Entry] = field(default_factory=dict)
    size: int = 0
    last_sum: bytes = b""
    fault: Fault | None = None


class UnreadableLineError(ValueError):
    """A line is not what was written, or not something that a journal holds."""


def line_of(payload: bytes, last_sum: bytes) -> bytes:
    """Give the line that holds `payload` and follows the line with the checksum `last_sum`."""
    return b"".join((HEAD, checksum(payload, last_sum), MIDDLE, payload, TAIL, b"\n"))


def checksum(payload: bytes, last_sum: bytes) -> bytes:
    """Give the checksum of a line, in hexadecimal digits; that of the first line follows ``b""``."""
    return blake2b(last_sum + payload, digest_size=SUM_BYTES).hexdigest().encode()


def sum_of(line: bytes) -> bytes:
    """Read the checksum that a line claims."""
    return line[len(HEAD) : SUM_END]


def header_of(key: RunKey) -> bytes:
    """Give the payload of the first line of the journal of `key`."""
    return encode_json({"journal": FORMAT, **key._asdict()})


def read_contents(data: bytes, key: RunKey) -> Contents:
    """Read what `data`, the bytes of a file, holds of the journal of `key`, up to the first fault.

    A last line without its end is "torn", which a killed process leaves behind. Anything else that is
    wrong is "damaged", and "foreign" where already the first line is not that of this run. A last line
    that lacks nothing but its line feed counts (`size` is then that of `data` plus one).
    """
    contents = Contents()
    header = line_of(header_of(key), b"")
    if not data.startswith(header):
        torn = header.startswith(data) and data
        contents.fault = "torn" if torn else "foreign" if data else None
        return contents
    contents.size, contents.last_sum = len(header), sum_of(header)
    *lines, rest = data[len(header) :].split(b"\n")
    for line in lines:
        if not _take_line(contents, line):
            contents.fault = "damaged"
            return contents
    if rest and not _take_line(contents, rest):
        contents.fault = "torn"
    return contents


def _take_line(contents: Contents, line: bytes) -> bool:
    try:
        entry = decoded_entry(checked_payload(line, contents.last_sum))
    except UnreadableLineError:
        return False
    if entry.key in contents.entries:
        return False
    contents.entries[entry.key] = entry
    contents.size += len(line) + 1
    contents.last_sum = sum_of(line)
    return True


def payloads_in(data: bytes) -> list[bytes]:
    """Give what the lines of a sound file hold, apart from its first line."""
    return [_payload(line) for line in data.split(b"\n")[1:] if line]


def _payload(line: bytes) -> bytes:
    return line[PAYLOAD_START : -len(TAIL)]


def checked_payload(line: bytes, last_sum: bytes) -> bytes:
    """Give what `line` holds, if it is as it was written.

    Raises:
        UnreadableLineError: it is not, or does not follow the line with the checksum `last_sum`.
    """
    payload = _payload(line)
    if line + b"\n" != line_of(payload, last_sum):
        raise UnreadableLineError
    return payload


def decoded_entry(payload: bytes) -> Entry:
    """Make the entry that `payload` describes.

    Raises:
        UnreadableLineError: it describes none.
    """
    try:
        entry: Entry = _entry_type().validate_python(_decoded(payload))
    except (ValidationError, ValueError, RecursionError) as error:
        raise UnreadableLineError(str(error)) from None
    if (entry.reply is None) == (entry.refusal is None):
        raise UnreadableLineError("neither reply nor refusal, or both")
    if not all(0 <= number < LARGEST_NUMBER for number in _numbers_in(entry)):
        raise UnreadableLineError("a number that no run has counted")
    return entry


def _numbers_in(entry: Entry) -> Iterator[float]:
    """Give what an entry counts and times: with others time would run backwards, or costs be below 0."""
    yield entry.ordinal
    for said in (entry.reply, entry.refusal):
        if said is not None:
            effort = said.effort
            yield from (effort.attempts, effort.queued_seconds, effort.backoff_seconds, effort.paused_seconds)
    if entry.reply is not None:
        usage = entry.reply.usage
        yield from (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens, usage.reasoning_tokens)
        yield entry.reply.latency_seconds


def _decoded(payload: bytes) -> Mapping[str, Any]:
    try:
        decoded = orjson.loads(payload)
    except orjson.JSONDecodeError:  # a lone surrogate, which a model may write and orjson refuses
        decoded = json.loads(payload, parse_constant=_refuse_constant)
    if not isinstance(decoded, dict):
        raise UnreadableLineError("no object")
    return decoded


def _refuse_constant(name: str) -> float:
    raise UnreadableLineError(name)


@cache
def _entry_type() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)
