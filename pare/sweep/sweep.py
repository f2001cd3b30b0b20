"""A sweep: cells, scenarios, runs, and the jobs that they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pare.rng import derive_seed
from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.sweep.selection import ALL_SCENARIOS, Selection


@dataclass(frozen=True)
class Sweep:
    """What is to be run, as read from `text`.

    `config` holds `base` and the limits of all runs together, each cell its own settings. `scenario_ids`
    is what `selection` selected, of the directories `sources` or, without any, of all that is found.
    """

    name: str
    config: MultiScenarioRunnerConfig
    cells: tuple[Cell, ...]
    scenario_ids: tuple[str, ...]
    selection: Selection = ALL_SCENARIOS
    runs: int = 1
    sources: tuple[Path, ...] = ()
    results_dir: Path | None = None
    text: str = ""

    def __len__(self) -> int:
        """Give the number of jobs."""
        return self.count()

    def count(self, scenario_ids: Sequence[str] | None = None) -> int:
        """Give the number of jobs with these scenarios, by default the sweep's own."""
        ids = self.scenario_ids if scenario_ids is None else scenario_ids
        return len(ids) * len(self.cells) * self.runs

    def jobs(self, scenario_ids: Sequence[str] | None = None) -> Iterator[Job]:
        """Make the jobs one by one, so that a night cut short leaves a balanced table.

        All first runs come before any second one; scenarios are shuffled by the seed, and each is run in
        every cell before the next begins.
        """
        ids = self.shuffled(self.scenario_ids if scenario_ids is None else scenario_ids)
        for run_number in range(1, self.runs + 1):
            for scenario_id in ids:
                for cell in self.cells:
                    yield Job(scenario_id, cell, run_number)

    def shuffled(self, scenario_ids: Sequence[str]) -> list[str]:
        """Shuffle ids by the seed; two of them keep their order whatever else is selected."""
        seed = self.config.seed
        return sorted(scenario_ids, key=lambda item: (derive_seed("sweep order", seed, item), item))
