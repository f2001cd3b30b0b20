"""What is known of jobs before they are run: results of the store that are still valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anyio import to_thread
from pydantic import ValidationError

from pare.errors import ConfigError, shown
from pare.llm.journal_lines import RunKey
from pare.scenario_runner.table import roles_of
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.scenarios.result_row import ResultRow
from pare.scenarios.utils.caching import ResultStore, StoredResult

SERVED = ("success", "failure", "no_validation")
"""The outcomes that are facts about the agent: only these are stored, and served."""

OF_THE_SWEEP = ("cell", "settings", "cached", "trace")
"""What a row says of the sweep that it is part of; the rest is stored."""


@dataclass(frozen=True)
class Hashes:
    """What identifies a scenario: its own hash, that of its validator, and the parts of the first."""

    scenario: str
    validator: str
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Served:
    """A row out of the store, and the name of its trace there."""

    row: ResultRow
    key: RunKey


@dataclass(frozen=True)
class Drift:
    """A cell whose stored results come from other models than it names today."""

    cell: Cell
    role: str
    stored: str
    now: str

    def __str__(self) -> str:
        alias = getattr(self.cell.config, f"{self.role}_model_alias")
        return f"{self.cell.name}: {alias!r} was {self.stored!r} in the store and is {self.now!r} now"


class DriftError(ConfigError):
    """The store would serve results of other models than are named today."""

    def __init__(self, drifts: Sequence[Drift]) -> None:
        listed = "\n".join(f"  {drift}" for drift in drifts)
        super().__init__(
            f"stored results come from other models than the aliases name today:\n{listed}\n"
            "Take them all the same with --accept-drift, or give the models a new `revision`."
        )
        self.drifts = tuple(drifts)


@dataclass
class Shelf:
    """Looks jobs up in the store; without one nothing is found. `drifts` collects other models' results.

    A result of an earlier validator is not served: its run is scored anew from its journal.
    """

    store: ResultStore | None
    hashes: Mapping[str, Hashes]
    accepts_drift: bool = True
    drifts: dict[tuple[str, str, str], Drift] = field(default_factory=dict)
    rescored: int = 0

    @property
    def is_refused(self) -> bool:
        """Tell whether other models' results were found, which are not accepted."""
        return bool(self.drifts) and not self.accepts_drift

    async def find(self, jobs: Sequence[Job]) -> dict[Job, Served]:
        """Give what can be served of `jobs`.

        Raises:
            StoreError: the store cannot be used.
        """
        return await to_thread.run_sync(self.find_now, jobs) if self.store is not None and jobs else {}

    def find_now(self, jobs: Sequence[Job]) -> dict[Job, Served]:
        """Do what `find` does, and block.

        Raises:
            StoreError: the store cannot be used.
        """
        if self.store is None:
            return {}
        keys = [RunKey(*job.key) for job in jobs]
        stored = self.store.get_many(keys)
        found = {}
        for job, key in zip(jobs, keys, strict=True):
            row = self._row(job, stored.get(key, ()))
            if row is not None:
                found[job] = Served(row, key)
        return found

    def is_valid(self, job: Job, row: ResultRow) -> bool:
        """Tell whether a row of an earlier start still stands."""
        hashes = self.hashes[job.scenario_id]
        return row.outcome in SERVED and row.scenario_hash == _both(hashes)

    def _row(self, job: Job, stored: Sequence[StoredResult]) -> ResultRow | None:
        hashes = self.hashes[job.scenario_id]
        entry = next((item for item in stored if item.scenario_hash == hashes.scenario), None)
        if entry is None:
            return None
        if entry.validator_hash != hashes.validator:
            self.rescored += 1
            return None
        self._note_drift(job, entry)
        try:
            row = ResultRow.model_validate({
                **entry.result,
                "cell": job.cell.name,
                "settings": dict(job.cell.settings),
                "cached": True,
            })  # fmt: skip
        except ValidationError:
            return None
        is_its_own = (row.scenario_id, row.run_number) == (job.scenario_id, job.run_number)
        return row if is_its_own and row.outcome in SERVED else None

    def _note_drift(self, job: Job, entry: StoredResult) -> None:
        for role in roles_of(job.cell.config):
            said: Any = entry.fingerprint.get(role)
            asked = said.get("asked") if isinstance(said, dict) else None
            now = model_of(job.cell.config, role)
            for model in asked if isinstance(asked, list) else ():
                if model != now:
                    drift = Drift(job.cell, role, shown(str(model)), now)
                    self.drifts[job.cell.name, role, drift.stored] = drift


def model_of(config: ScenarioRunnerConfig, role: str) -> str:
    """Give the name on the wire of the model of a role."""
    name: str = getattr(config, f"{role}_engine_config").model
    return name


def _both(hashes: Hashes) -> str:
    return f"{hashes.scenario}.{hashes.validator}"


def as_stored(job: Job, row: ResultRow, hashes: Hashes) -> StoredResult:
    """Give a row as the store keeps it."""
    plain = row.model_dump(mode="json", exclude=set(OF_THE_SWEEP))
    parts = {"scenario_parts": dict(hashes.parts), "identity": job.cell.identity}
    return StoredResult(
        scenario_id=job.scenario_id,
        run_number=job.run_number,
        config_hash=job.cell.config_hash,
        scenario_hash=hashes.scenario,
        validator_hash=hashes.validator,
        fingerprint=plain["fingerprint"],
        result=plain | parts,
    )


def stored_trace(store: Path, key: RunKey) -> Path:
    """Name the file of a run's trace beside the store."""
    return store / "traces" / key.file_name


def marked(row: ResultRow, hashes: Hashes) -> ResultRow:
    """Give a row that says which scenario and validator it is of."""
    return row.model_copy(update={"scenario_hash": _both(hashes)})
