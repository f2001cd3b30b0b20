"""The names of ``are.simulation.scenarios.scenario_imported_from_json``."""
