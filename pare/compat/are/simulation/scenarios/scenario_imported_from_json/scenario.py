"""The names of ``are.simulation.scenarios.scenario_imported_from_json.scenario``."""

from pare.compat.app_lists import ALL_APPS
from pare.compat.json_importing import get_apps
from pare.compat.json_scenarios import JsonScenario as ScenarioImportedFromJson

__all__ = [
    "ALL_APPS",
    "ScenarioImportedFromJson",
    "get_apps",
]
