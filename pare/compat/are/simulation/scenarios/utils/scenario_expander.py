"""The names of ``are.simulation.scenarios.utils.scenario_expander``."""

from pare.compat.running import start_simulation_condition
from pare.scenarios.utils.scenario_expander import DEFAULT_HORIZON as ENV_EVENT_DEFAULT_HORIZON
from pare.scenarios.utils.scenario_expander import (
    EnvEventsConfig,
    EnvEventsExpander,
    default_weight_per_app_class,
)

__all__ = [
    "ENV_EVENT_DEFAULT_HORIZON",
    "ENV_EVENT_EXPANSION_TAG",
    "EnvEventsConfig",
    "EnvEventsExpander",
    "default_weight_per_app_class",
    "start_simulation_condition",
]

ENV_EVENT_EXPANSION_TAG = "env_expansion"
"""How the ids of events that are noise begin in the published framework."""
