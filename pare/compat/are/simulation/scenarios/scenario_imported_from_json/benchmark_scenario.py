"""The names of ``are.simulation.scenarios.scenario_imported_from_json.benchmark_scenario``."""

from pare.compat.json_importing import build_event_id_to_turn_idx
from pare.compat.json_scenarios import JsonScenario as BenchmarkScenarioImportedFromJson

__all__ = [
    "BenchmarkScenarioImportedFromJson",
    "build_event_id_to_turn_idx",
]
