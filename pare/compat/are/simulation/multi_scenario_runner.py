"""The names of ``are.simulation.multi_scenario_runner``."""

from pare.compat.many import (
    MultiScenarioRunner,
    ScenarioTimeoutError,
    extract_scenario_id_and_run_number,
    maybe_run_scenario,
    process_scenario,
)

__all__ = [
    "MultiScenarioRunner",
    "ScenarioTimeoutError",
    "extract_scenario_id_and_run_number",
    "maybe_run_scenario",
    "process_scenario",
]
