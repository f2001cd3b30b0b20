"""Keep results the moment they are there: in the store, in the folder, and their traces in both."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
from anyio import CapacityLimiter, to_thread

from pare.llm.journal_lines import RunKey
from pare.logs import get_logger
from pare.multi_scenario_runner.folder import RunFolder
from pare.multi_scenario_runner.served import SERVED, Hashes, Served, as_stored, marked, stored_trace
from pare.scenarios.job import Job
from pare.scenarios.result_row import ResultRow
from pare.scenarios.utils.caching import ResultStore, StoreError
from pare.traces.files import run_name


def keep_lease(_job: Job) -> None:
    """Leave the lease of a job as it is."""


@dataclass
class Committer:
    """Writes rows in a thread, one at a time. What the disk refuses is counted in `lost`; `problem` says why.

    `release` is called in the same thread when a row is kept. Without a store only the folder is written,
    and the other way round. `kept` collects the rows for who has no folder to read them from.
    """

    hashes: Mapping[str, Hashes]
    store: ResultStore | None = None
    folder: RunFolder | None = None
    lost: int = 0
    problem: str = ""
    release: Callable[[Job], None] = keep_lease
    kept: list[ResultRow] | None = None
    _served: list[tuple[Job, Served]] = field(default_factory=list)
    _turn: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))

    async def keep(self, job: Job, row: ResultRow) -> None:
        """Keep the row of a run that has just finished; it is on the disk when this returns."""
        row = marked(row, self.hashes[job.scenario_id])
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(partial(self._keep, job, row), limiter=self._turn)

    def keep_served(self, job: Job, served: Served) -> None:
        """Keep a row of the store in the folder with the next `flush`."""
        self._served.append((job, served))
        if self.kept is not None:
            self.kept.append(served.row)

    async def flush(self) -> None:
        """Write the rows of the store into the folder."""
        served, self._served = self._served, []
        if served and self.folder is not None:
            await to_thread.run_sync(partial(self._write_served, served), limiter=self._turn)

    def _keep(self, job: Job, row: ResultRow) -> None:
        trace, row = self._placed(row)
        if self.kept is not None:
            self.kept.append(row)
        if self.store is not None and row.outcome in SERVED:
            try:
                self.store.put(as_stored(job, row, self.hashes[job.scenario_id]))
                self._share_trace(trace, stored_trace(self.store.path, RunKey(*job.key)))
            except StoreError as error:
                self._lose(job, error)
        if self.folder is not None:
            try:
                self.folder.append([row])
            except OSError as error:
                self._lose(job, error)
        self.release(job)

    def _placed(self, row: ResultRow) -> tuple[Path | None, ResultRow]:
        """Name the trace relative to the folder."""
        if row.trace is None or self.folder is None:
            return Path(row.trace) if row.trace else None, row
        trace = Path(row.trace)
        with suppress(ValueError):
            relative = trace.absolute().relative_to(self.folder.path.absolute())
            return trace, row.model_copy(update={"trace": str(relative)})
        return trace, row

    def _write_served(self, served: list[tuple[Job, Served]]) -> None:
        assert self.folder is not None
        rows = []
        for job, found in served:
            row = marked(found.row, self.hashes[job.scenario_id])
            rows.append(row.model_copy(update={"trace": self._trace_from_store(job, found.key)}))
        try:
            self.folder.append(rows)
        except OSError as error:
            self._lose(served[0][0], error)

    def _trace_from_store(self, job: Job, key: RunKey) -> str | None:
        """Put the trace of a stored run into the folder, and name it."""
        assert self.store is not None
        assert self.folder is not None
        name = f"{run_name(job.scenario_id, job.run_number)}.jsonl"
        place = self.folder.traces / job.cell.config_hash / name
        if not self._share_trace(stored_trace(self.store.path, key), place):
            return None
        return str(place.relative_to(self.folder.path))

    def _share_trace(self, source: Path | None, place: Path) -> bool:
        """Give a file a second name, or copy it where that is not possible."""
        if source is None:
            return False
        try:
            _link(source, place)
        except FileNotFoundError:
            return False
        except OSError as error:
            get_logger().warning("trace.not_shared", place=str(place), error=str(error))
            return False
        return True

    def _lose(self, job: Job, error: Exception) -> None:
        self.lost += 1
        self.problem = str(error)
        get_logger().error("result.not_kept", scenario=job.scenario_id, run=job.run_number, error=str(error))


def _link(source: Path, place: Path) -> None:
    """Link `source` to `place`, whose directory may be missing, in the place of an earlier file."""
    try:
        os.link(source, place)
    except FileNotFoundError:
        if not source.exists():
            raise
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, place)
    except FileExistsError:
        place.unlink(missing_ok=True)
        os.link(source, place)
    except OSError:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
