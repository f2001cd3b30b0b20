"""The names of ``are.simulation.data_handler.models``."""

from pare.compat.json_scenarios.models import Annotation as ExportedTraceAnnotationMetadata
from pare.compat.json_scenarios.models import Definition as ExportedTraceDefinitionMetadata
from pare.compat.json_scenarios.models import Document as ExportedTrace
from pare.compat.json_scenarios.models import Execution as ExportedExecutionMetadata
from pare.compat.json_scenarios.models import Metadata as ExportedTraceMetadata
from pare.compat.json_scenarios.models import Simulation as ExportedTraceSimulationMetadata
from pare.compat.json_scenarios.models import WrittenAction as ExportedAction
from pare.compat.json_scenarios.models import WrittenApp as ExportedApp
from pare.compat.json_scenarios.models import WrittenArg as ExportedActionArg
from pare.compat.json_scenarios.models import WrittenCompletedEvent as ExportedCompletedEvent
from pare.compat.json_scenarios.models import WrittenDataset as ExportedHuggingFaceMetadata
from pare.compat.json_scenarios.models import WrittenEvent as ExportedEvent
from pare.compat.json_scenarios.models import WrittenHint as ExportedHint
from pare.compat.json_scenarios.models import WrittenOutcome as ExportedEventMetadata
from pare.compat.json_scenarios.models import WrittenPlaceholder as ExportedPlaceholderMetadata
from pare.traces.exported import VERSION as TRACE_V1_VERSION

__all__ = [
    "TRACE_V1_VERSION",
    "ExportedAction",
    "ExportedActionArg",
    "ExportedApp",
    "ExportedCompletedEvent",
    "ExportedEvent",
    "ExportedEventMetadata",
    "ExportedExecutionMetadata",
    "ExportedHint",
    "ExportedHuggingFaceMetadata",
    "ExportedOracleEvent",
    "ExportedPlaceholderMetadata",
    "ExportedTrace",
    "ExportedTraceAnnotationMetadata",
    "ExportedTraceDefinitionMetadata",
    "ExportedTraceMetadata",
    "ExportedTraceSimulationMetadata",
]

ExportedOracleEvent = ExportedEvent
"""One model is for both: the comparator of any other event is None."""
