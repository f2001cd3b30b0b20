"""What a sweep would do before it does it: what is there, what is missing, why, and what that takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from pare.llm.engine import EngineConfig
from pare.llm.journal_lines import RunKey
from pare.llm.prices import PriceTable
from pare.llm.types import Usage
from pare.multi_scenario_runner.served import Hashes, Shelf
from pare.scenarios.job import Cell, Job
from pare.scenarios.utils.caching import ResultStore, StoredResult

JOURNAL_BYTES_PER_CALL = 1_500
TRACE_BYTES_PER_CALL = 4_000
"""Measured on the bundled scenarios; a forecast of the disk is no better than its order of size."""


@dataclass(frozen=True)
class Load:
    """What an engine will be asked: calls, their tokens, and the seconds that it takes to answer them."""

    calls: float = 0.0
    tokens: float = 0.0
    latency_seconds: float = 0.0

    def __add__(self, other: Load) -> Load:
        """Give the sum of both."""
        return Load(
            self.calls + other.calls,
            self.tokens + other.tokens,
            self.latency_seconds + other.latency_seconds,
        )

    def seconds_at(self, engine: EngineConfig) -> float:
        """Give the time that this takes at the limits set for an engine's endpoints; 0 without any."""
        limits, endpoints = engine.limits, max(1, len(engine.urls))
        shares = (
            (60 * self.calls, limits.requests_per_minute),
            (60 * self.tokens, limits.tokens_per_minute),
            (self.latency_seconds, limits.concurrency),
        )
        return max((amount / limit / endpoints for amount, limit in shares if limit), default=0.0)


NO_LOAD = Load()


@dataclass
class Forecast:
    """What the missing runs will take, as far as stored runs tell; `unknown` runs have nothing like them.

    `loads` says how much of it each engine is asked.
    """

    calls: float = 0.0
    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0
    cost: float | None = 0.0
    latency_seconds: float = 0.0
    unknown: int = 0
    loads: Mapping[EngineConfig, Load] = field(default_factory=dict)

    def seconds(self, lanes: int) -> float:
        """Give the time that all takes with so many runs in flight: that of the engine which is busy longest.

        No run waits for another one here but at the limits that are set, so it is a lower bound.
        """
        busy = (load.seconds_at(engine) for engine, load in self.loads.items())
        return max(self.latency_seconds / max(lanes, 1), *busy, 0.0)

    @property
    def disk_bytes(self) -> float:
        """Journals and traces."""
        return self.calls * (JOURNAL_BYTES_PER_CALL + TRACE_BYTES_PER_CALL)

    def __add__(self, other: Forecast) -> Forecast:
        """Give the sum; an unknown cost makes it unknown."""
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Forecast(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            cost,
            self.latency_seconds + other.latency_seconds,
            self.unknown + other.unknown,
            _summed((*self.loads.items(), *other.loads.items())),
        )


@dataclass
class CellPlan:
    """The runs of a cell: served, to be scored anew, begun before without a result, and never begun."""

    cell: Cell
    served: int = 0
    rescored: int = 0
    begun: int = 0
    missing: int = 0
    forecast: Forecast = field(default_factory=Forecast)

    @property
    def to_run(self) -> int:
        """How many runs will ask models."""
        return self.begun + self.missing


@dataclass(frozen=True)
class Reason:
    """Why a run of a cell is not served although the store has one like it: the parts that differ."""

    cell: Cell
    parts: tuple[str, ...]
    runs: int


class Planner:
    """Looks at the store for the jobs of a sweep; nothing is asked, run or written."""

    def __init__(self, store: ResultStore, hashes: Mapping[str, Hashes]) -> None:
        self._store = store
        self._shelf = Shelf(store, hashes)
        self._hashes = hashes
        self._history: dict[str, list[StoredResult]] = {}
        self._forecasts: dict[tuple[Cell, str], Forecast] = {}

    async def plan(self, jobs: Iterable[Job]) -> list[CellPlan]:
        """Give the plan of every cell, in the order of the jobs.

        Raises:
            StoreError: the store cannot be used.
        """
        plans: dict[Cell, CellPlan] = {}
        listed = list(jobs)
        before = self._shelf.rescored
        served = await self._shelf.find(listed)
        for job in listed:
            plan = plans.setdefault(job.cell, CellPlan(job.cell))
            if job in served:
                plan.served += 1
            elif self._shelf.rescored > before and self._has_old_score(job):
                plan.rescored += 1
            else:
                began = (self._store.journals / RunKey(*job.key).file_name).exists()
                plan.begun += began
                plan.missing += not began
                plan.forecast += self._forecast(job)
        return list(plans.values())

    def why(self, jobs: Iterable[Job]) -> Iterator[Reason]:
        """Say what keeps stored runs from being served: parts of the scenario, or fields of the cell."""
        counts: dict[tuple[Cell, tuple[str, ...]], int] = {}
        for job in jobs:
            if (parts := self._nearest_difference(job)) is not None:
                counts[job.cell, parts] = counts.get((job.cell, parts), 0) + 1
        for (cell, parts), count in counts.items():
            yield Reason(cell, parts, count)

    def _has_old_score(self, job: Job) -> bool:
        hashes = self._hashes[job.scenario_id]
        return any(
            entry.scenario_hash == hashes.scenario and entry.config_hash == job.cell.config_hash
            for entry in self._of(job.scenario_id)
            if entry.run_number == job.run_number
        )

    def _of(self, scenario_id: str) -> Sequence[StoredResult]:
        """Give all stored runs of a scenario."""
        found = self._history.get(scenario_id)
        if found is None:
            keys = dict.fromkeys(self._store.runs(scenario=scenario_id))
            entries = self._store.get_many(keys).values()
            found = self._history[scenario_id] = [entry for each in entries for entry in each]
        return found

    def _nearest_difference(self, job: Job) -> tuple[str, ...] | None:
        """Give the parts in which the nearest stored run differs; None where one is served or none is."""
        found = [
            (*self._scenario_parts(job, entry), *_config_parts(job, entry))
            for entry in self._of(job.scenario_id)
            if entry.run_number == job.run_number
        ]
        return (min(found, key=len) or None) if found else None

    def _scenario_parts(self, job: Job, entry: StoredResult) -> Iterator[str]:
        hashes = self._hashes[job.scenario_id]
        stored: Any = entry.result.get("scenario_parts") or {}
        if entry.scenario_hash != hashes.scenario:
            differing = [name for name, value in hashes.parts.items() if stored.get(name) != value]
            yield from (f"scenario {job.scenario_id}: {name}" for name in differing or ["content"])
        elif entry.validator_hash != hashes.validator:
            yield f"scenario {job.scenario_id}: validator"

    def _forecast(self, job: Job) -> Forecast:
        """Say what a run takes; all runs of a scenario in a cell are expected to be alike."""
        key = job.cell, job.scenario_id
        if key not in self._forecasts:
            self._forecasts[key] = self._worked_out(job)
        return self._forecasts[key]

    def _worked_out(self, job: Job) -> Forecast:
        """Take stored runs of the same scenario as a guide, of the same cell if there are any."""
        entries = self._of(job.scenario_id)
        same = [entry for entry in entries if entry.config_hash == job.cell.config_hash] or entries
        uses = [_use(entry) for entry in same]
        if not uses or job.cell.config.oracle:
            return Forecast(unknown=0 if job.cell.config.oracle else 1)
        tokens = Usage(round(fmean(use[1] for use in uses)), 0, round(fmean(use[2] for use in uses)))
        return Forecast(
            fmean(use[0] for use in uses),
            tokens.prompt_tokens,
            tokens.completion_tokens,
            _cost(job, same),
            fmean(use[3] for use in uses),
            loads=_loads(job, same),
        )


def _use(entry: StoredResult) -> tuple[float, float, float, float]:
    """Give calls, tokens and seconds of latency of a stored run."""
    usage: Any = entry.result.get("usage") or {}
    effort: Any = entry.result.get("wall_effort") or {}
    return (
        sum(role.get("calls", 0) for role in usage.values()),
        sum(role.get("prompt_tokens", 0) for role in usage.values()),
        sum(role.get("completion_tokens", 0) for role in usage.values()),
        sum(role.get("latency_seconds", 0.0) for role in effort.values()),
    )


def _loads(job: Job, entries: Sequence[StoredResult]) -> Mapping[EngineConfig, Load]:
    """Give what each engine of the job's cell would be asked, if its roles ask what they asked before."""
    return _summed(
        (getattr(job.cell.config, f"{role}_engine_config"), load)
        for entry in entries
        for role, load in _loads_by_role(entry, 1 / len(entries))
    )


def _loads_by_role(entry: StoredResult, share: float) -> Iterator[tuple[str, Load]]:
    effort: Any = entry.result.get("wall_effort") or {}
    usage: Any = entry.result.get("usage") or {}
    for role, used in usage.items():
        tokens = used.get("prompt_tokens", 0) + used.get("completion_tokens", 0)
        seconds = effort.get(role, {}).get("latency_seconds", 0.0)
        yield role, Load(share * used.get("calls", 0), share * tokens, share * seconds)


def _summed(loads: Iterable[tuple[EngineConfig, Load]]) -> Mapping[EngineConfig, Load]:
    total: dict[EngineConfig, Load] = {}
    for engine, load in loads:
        total[engine] = total.get(engine, NO_LOAD) + load
    return total


def _cost(job: Job, entries: Sequence[StoredResult]) -> float | None:
    """Price the tokens of stored runs as the cell's models are priced now; None where a price is unknown."""
    prices: PriceTable = job.cell.config.prices
    costs = []
    for entry in entries:
        usage: Any = entry.result.get("usage") or {}
        for role, used in usage.items():
            model = getattr(job.cell.config, f"{role}_engine_config").model
            cached = used.get("cached_tokens", 0)
            cost = prices.cost(model, Usage(used["prompt_tokens"], cached, used["completion_tokens"]))
            if cost is None:
                return None
            costs.append(cost)
    return sum(costs) / len(entries)


def _config_parts(job: Job, entry: StoredResult) -> Iterator[str]:
    if entry.config_hash == job.cell.config_hash:
        return
    stored: Any = entry.result.get("identity") or {}
    for name, value in job.cell.identity.items():
        if stored.get(name) != value:
            yield name
