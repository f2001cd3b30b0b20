"""The names of ``are.simulation.scenarios``."""

from pare.scenarios.scenario import Scenario

__all__ = [
    "Scenario",
]
