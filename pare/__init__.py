"""pare: benchmark LLM agents in simulated worlds.

Names are imported when they are first used, so that ``import pare`` costs nothing.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Environment": "pare.kernel.environment",
    "EnvironmentConfig": "pare.kernel.environment",
    "PAREScenario": "pare.scenarios",
    "Scenario": "pare.scenarios",
    "ScenarioRunnerConfig": "pare.scenarios.config",
    "ScenarioValidationResult": "pare.scenarios",
    "TwoAgentScenarioRunner": "pare.scenario_runner",
    "register_scenario": "pare.scenarios.utils.registry",
    "registry": "pare.scenarios.utils.registry",
}

__all__ = list(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pare' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
