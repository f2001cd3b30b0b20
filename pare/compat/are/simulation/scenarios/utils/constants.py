"""The names of ``are.simulation.scenarios.utils.constants``."""

from typing import Any

from pare.scenarios.utils.registry import registry


def __getattr__(name: str) -> Any:
    if name == "ALL_SCENARIOS":
        return registry.get_all_scenarios()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
