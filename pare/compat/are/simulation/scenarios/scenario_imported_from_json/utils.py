"""The names of ``are.simulation.scenarios.scenario_imported_from_json.utils``."""

from pare.compat.json_importing import (
    ORACLE_EVENT_CLASS_NAME,
    extract_execution_metadata,
    get_scenario_duration,
    is_oracle_event,
    load_and_preprocess_scenario_str,
    preprocess_scenario,
    preprocess_scenario_from_config,
    preprocess_scenario_str_for_execution_without_oracle,
)

__all__ = [
    "ORACLE_EVENT_CLASS_NAME",
    "extract_execution_metadata",
    "get_scenario_duration",
    "is_oracle_event",
    "load_and_preprocess_scenario_str",
    "preprocess_scenario",
    "preprocess_scenario_from_config",
    "preprocess_scenario_str_for_execution_without_oracle",
]
