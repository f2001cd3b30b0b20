"""The names of ``are.simulation.scenarios.utils.import_utils``."""

from pare.compat.running import import_scenario

__all__ = [
    "import_scenario",
]
