"""The names of ``are.simulation.data_handler.importer``."""

from pare.compat.json_importing import JsonScenarioImporter
from pare.traces.exported import VERSION as TRACE_V1_VERSION

__all__ = [
    "TRACE_V1_VERSION",
    "JsonScenarioImporter",
]
