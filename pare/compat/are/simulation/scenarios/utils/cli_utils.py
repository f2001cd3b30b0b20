"""The names of ``are.simulation.scenarios.utils.cli_utils``."""

from pare.compat.running import run_and_validate

__all__ = [
    "run_and_validate",
]
