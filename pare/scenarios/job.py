"""What a sweep is made of: cells of settings, and the runs of scenarios in each. All are values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from pare.scenarios.config import ScenarioRunnerConfig


@dataclass(frozen=True, eq=False)
class Cell:
    """One point of a grid: the settings that vary, by name, and the whole configuration they make.

    A sweep makes each of its cells once: they are compared by identity.
    """

    config: ScenarioRunnerConfig
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """The settings that vary, in words; "base" where none does."""
        return ", ".join(f"{name}={value}" for name, value in self.settings.items()) or "base"

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What the hash of the configuration covers, as plain JSON."""
        plain: dict[str, Any] = orjson.loads(orjson.dumps(self.config.identity()))
        return plain

    @cached_property
    def config_hash(self) -> str:
        """The hash of the configuration."""
        return self.config.get_config_hash()


@dataclass(frozen=True, slots=True)
class Job:
    """One run of one scenario in one cell; run numbers start at 1.

    The scenario is known by its id: whoever runs the job makes it, fresh.
    """

    scenario_id: str
    cell: Cell
    run_number: int = 1

    @property
    def key(self) -> tuple[str, int, str]:
        """What tells this run from all others: scenario id, run number, config hash."""
        return self.scenario_id, self.run_number, self.cell.config_hash

    def __str__(self) -> str:
        return f"{self.scenario_id} (run {self.run_number}, {self.cell.name})"
