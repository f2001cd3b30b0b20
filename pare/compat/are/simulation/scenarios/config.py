"""The names of ``are.simulation.scenarios.config``."""

from pare.compat.config import (
    DEFAULT_APP_AGENT,
    DEFAULT_MODEL,
    DEFAULT_PROVIDER,
    DEFAULT_SCENARIO_TIMEOUT,
    MAX_SCENARIO_DURATION,
    MAX_TIME_SCENARIO_DURATION,
    HuggingFaceConfig,
    MultiScenarioRunnerConfig,
    ScenarioRunnerConfig,
)

__all__ = [
    "DEFAULT_APP_AGENT",
    "DEFAULT_MODEL",
    "DEFAULT_PROVIDER",
    "DEFAULT_SCENARIO_TIMEOUT",
    "MAX_SCENARIO_DURATION",
    "MAX_TIME_SCENARIO_DURATION",
    "HuggingFaceConfig",
    "MultiScenarioRunnerConfig",
    "ScenarioRunnerConfig",
]
