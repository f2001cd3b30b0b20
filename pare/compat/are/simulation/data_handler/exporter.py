"""The names of ``are.simulation.data_handler.exporter``."""

from pare.compat.json_exporting import JsonScenarioExporter
from pare.traces.exported import VERSION as TRACE_V1_VERSION

__all__ = [
    "TRACE_V1_VERSION",
    "JsonScenarioExporter",
]
