"""The names of ``are.simulation.scenarios.utils.registry``."""

from pare.scenarios.utils.registry import ScenarioRegistry, register_scenario, registry

__all__ = [
    "SCENARIO_ENTRY_POINT_GROUP",
    "ScenarioRegistry",
    "register_scenario",
    "registry",
]

SCENARIO_ENTRY_POINT_GROUP = "are.simulation.scenarios"
"""Distributions that declare scenarios under this group are found, beside those of ``pare.scenarios``."""
