"""The names of ``are.simulation.multi_scenario_runner``."""

from pare.compat.many import (
    MultiScenarioRunner,
    extract_scenario_id_and_run_number,
    maybe_run_scenario,
    process_scenario,
)
from pare.multi_scenario_runner.cached import ScenarioTimeoutError

__all__ = [
    "MultiScenarioRunner",
    "ScenarioTimeoutError",
    "extract_scenario_id_and_run_number",
    "maybe_run_scenario",
    "process_scenario",
]
