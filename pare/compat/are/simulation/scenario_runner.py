"""The names of ``are.simulation.scenario_runner``."""

from pare.compat.running import ScenarioRunner

__all__ = [
    "ScenarioRunner",
]
