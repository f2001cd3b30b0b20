"""The journal: every reply that was paid for is on file before it is used, and is never asked for twice.

A run has a file of its own, open as long as it runs. Each reply is one append, which survives a killed
process; the file is synced when the run finishes. A run that starts again is given its recorded replies as
long as it asks what was asked then. At the first request that differs, the rest of the record is set aside:
the file is renamed beside itself, and what was still true stays in its place.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, Self

import anyio
from anyio import to_thread
from anyio.lowlevel import checkpoint

from pare.llm.client import Complete, EndpointError, ErrorKind
from pare.llm.digest import request_digest, tools_digest
from pare.llm.journal_file import JournalError, JournalFile, SetAside
from pare.llm.journal_lines import CallKey, Entry, Refusal, RunKey
from pare.llm.types import CallLabel, Completion, CompletionRequest
from pare.logs import get_logger

__all__ = ["Journal", "JournalError", "Journaled", "RunJournal", "RunKey", "SetAside"]

FINAL: frozenset[ErrorKind] = frozenset({"context_overflow", "content_filter"})
"""Kinds that end a run for good, so that they are part of its record like a reply."""

LONGEST_SYNC_SECONDS = 60.0


class RunJournal:
    """The record of one run: what is replayed, and where new replies go; `Journal.run` opens it.

    `replayed` and `recorded` count the calls that the file answered and those that were written to it.
    """

    def __init__(self, file: JournalFile, longest_sync_seconds: float = LONGEST_SYNC_SECONDS) -> None:
        self._file = file
        self._longest_sync_seconds = longest_sync_seconds
        self._untaken = file.entries
        self._used: set[CallKey] = set()
        self._tools: dict[str, tuple[Sequence[Mapping[str, Any]], bytes]] = {}
        self._is_open = True
        self.replayed = 0
        self.recorded = 0

    @property
    def key(self) -> RunKey:
        """The run that this is the record of."""
        return self._file.key

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    @property
    def set_aside(self) -> SetAside | None:
        """What was set aside last, and why; None if nothing was."""
        return self._file.set_aside

    @property
    def untaken(self) -> int:
        """How many recorded calls have not been asked for yet; none are left when a run is repeated."""
        return len(self._untaken)

    def run_of(self, label: CallLabel) -> Self:
        """Give this journal, if the call is part of its run.

        Raises:
            JournalError: it is not.
        """
        if RunKey.of(label) != self.key:
            raise JournalError(f"a call of {RunKey.of(label)} cannot use the journal of {self.key}")
        return self

    def digest_of(self, request: CompletionRequest) -> str:
        """Give the digest of `request`; that of a role's tools is kept while they are the same tuple."""
        tools, role = request.tools, request.label.role
        known = self._tools.get(role)
        if known is None or known[0] is not tools:
            known = tools, tools_digest(tools)
            if isinstance(tools, tuple):  # a list could change unseen
                self._tools[role] = known
        return request_digest(request, known[1])

    def take(self, label: CallLabel, digest: str) -> Entry | None:
        """Give what is recorded for a call, if that asked the same; None if it is to be made.

        At the first call that asks something else, the rest of the record is set aside.

        Raises:
            JournalError: this call was answered before, or the rest could not be set aside.
        """
        key = self._unused(label)
        entry = self._untaken.get(key)
        if entry is None:
            return None
        if entry.digest != digest:
            self._file.keep_only(self._used, key)
            self._untaken.clear()
            return None
        del self._untaken[key]
        self._used.add(key)
        self.replayed += 1
        return entry

    def record(self, label: CallLabel, digest: str, answer: Completion | Refusal) -> None:
        """Write what a call was answered.

        Raises:
            JournalError: it could not be written, this call was answered before, or the journal is closed.
        """
        key = self._unused(label)
        reply = answer if isinstance(answer, Completion) else None
        refusal = answer if isinstance(answer, Refusal) else None
        self._file.append(Entry(key.role, key.ordinal, label.step, digest, reply, refusal))
        self._used.add(key)
        self.recorded += 1

    async def aclose(self) -> None:
        """Sync and close the file, in a thread; neither cancellation nor a slow disk leaves it open."""
        if not self._is_open:
            return
        self._is_open = False
        problem: object = f"not done after {self._longest_sync_seconds} s"
        with anyio.move_on_after(self._longest_sync_seconds, shield=True):
            try:
                await to_thread.run_sync(self._file.close, abandon_on_cancel=True)
                return
            except OSError as error:
                problem = error
        get_logger().error("journal.sync_failed", path=str(self.path), error=str(problem))

    def _unused(self, label: CallLabel) -> CallKey:
        if not self._is_open:
            raise JournalError(f"the journal of {self.key} is closed")
        key = CallKey(label.role, label.ordinal)
        if key in self._used:
            raise JournalError(f"call {key.ordinal} of {key.role} was answered before, in {self.key}")
        return key


class Journal:
    """The journals of all runs, under a directory that only the user may read."""

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory)
        self._open: dict[RunKey, RunJournal] = {}

    def path_of(self, key: RunKey) -> Path:
        """Name the file of a run."""
        return self.directory / key.file_name

    @asynccontextmanager
    async def run(self, key: RunKey, *, fresh: bool = False) -> AsyncIterator[RunJournal]:
        """Open the journal of a run, and sync and close it at the end; `fresh` sets aside what it holds.

        Who starts a run once more after a failure does so without `fresh`, to keep what was just paid for.

        Raises:
            JournalError: it cannot be opened, or another run has it open.
        """
        if key in self._open:
            raise JournalError(f"the journal of {key} is in use: the same run is under way")
        file = await to_thread.run_sync(partial(JournalFile, self.path_of(key), key, fresh=fresh))
        run = self._open[key] = RunJournal(file)
        try:
            yield run
        finally:
            del self._open[key]
            await run.aclose()

    def run_of(self, label: CallLabel) -> RunJournal:
        """Give the open journal of the run that a call is part of.

        Raises:
            JournalError: it is not open.
        """
        run = self._open.get(RunKey.of(label))
        if run is None:
            raise JournalError(f"no journal is open for {RunKey.of(label)}")
        return run

    async def discard(self, key: RunKey) -> None:
        """Delete the journal of a run, and what was set aside of it."""
        await to_thread.run_sync(_delete, self.path_of(key))


class FindsRun(Protocol):
    """Whatever knows the journal of a call: `Journal`, or the `RunJournal` itself."""

    def run_of(self, label: CallLabel) -> RunJournal:
        """Give the journal of the run that a call is part of."""
        ...


class Journaled:
    """A policy: answer from the journal where it knows the call, else ask `complete` and record the answer.

    It belongs outside of retry and limiter, so that neither sees a replayed call.
    """

    def __init__(self, complete: Complete, journal: FindsRun) -> None:
        self._complete = complete
        self._journal = journal

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`; one from the journal says so in `replayed`.

        Raises:
            EndpointError: there is none; the final kinds are recorded, and raised again on replay.
            JournalError: the journal cannot be used.
        """
        label = request.label
        run = self._journal.run_of(label)
        digest = run.digest_of(request)
        entry = run.take(label, digest)
        if entry is not None:
            await checkpoint()
            return _replayed(entry)
        try:
            completion = await self._complete(request)
        except EndpointError as error:
            if error.kind in FINAL:
                run.record(label, digest, Refusal.of(error))
            raise
        run.record(label, digest, completion)
        return completion


def _replayed(entry: Entry) -> Completion:
    if entry.reply is not None:
        return replace(entry.reply, replayed=True)
    assert entry.refusal is not None
    raise entry.refusal.as_error()


def _delete(path: Path) -> None:
    for file in path.parent.glob(f"{path.stem}*"):
        file.unlink(missing_ok=True)
