"""Scenarios as JSON files in the published format: load them, write them, register them.

A scenario that is read can be run like any other. What is wrong with a file is told at once, each problem
with its place; see `docs/json-scenarios.md`.
"""

from pare.compat.json_scenarios.exporting import (
    JsonFormat,
    export_json_scenario,
    export_without_oracle,
    left_out,
)
from pare.compat.json_scenarios.loading import (
    Apps,
    JsonTrace,
    load_json_class,
    load_json_dir,
    load_json_scenario,
    load_json_trace,
    register_found,
    register_json_file,
)
from pare.compat.json_scenarios.problems import JsonScenarioError, Problem
from pare.compat.json_scenarios.scenario import JsonScenario

__all__ = [
    "Apps",
    "JsonFormat",
    "JsonScenario",
    "JsonScenarioError",
    "JsonTrace",
    "Problem",
    "export_json_scenario",
    "export_without_oracle",
    "left_out",
    "load_json_class",
    "load_json_dir",
    "load_json_scenario",
    "load_json_trace",
    "register_found",
    "register_json_file",
]
