"""The names of ``are.simulation.types``."""

from pare.compat.priority_queue import PriorityQueue
from pare.compat.published import ExecutionMetadata, PlaceholderMetadata, SimulatedGenerationTimeConfig
from pare.compat.tool_adapter import APPTOOL_ATTR_NAME
from pare.kernel.clock import Clock as TimeManager
from pare.kernel.environment import AbstractEnvironment
from pare.kernel.events import (
    AbstractEvent,
    Action,
    ActionDescription,
    AgentActionValidator,
    AgentValidationEvent,
    CapabilityTag,
    CompletedEvent,
    CompletedOracleEvent,
    ConditionCheckAction,
    ConditionCheckEvent,
    EnvironmentState,
    EnvironmentType,
    Event,
    EventMetadata,
    EventTimeComparator,
    EventType,
    Hint,
    HintType,
    OperationType,
    OracleEvent,
    StopEvent,
    ValidationEvent,
    ValidationException,
    ValidationResult,
)
from pare.kernel.log import EventLog
from pare.kernel.queue import EventQueue
from pare.kernel.recording import EventRegisterer, disable_events, event_registered
from pare.scenarios.augmentation import ScenarioGUIConfig, ToolAugmentationConfig
from pare.tools.app_tool import AppTool

__all__ = [
    "APPTOOL_ATTR_NAME",
    "AbstractEnvironment",
    "AbstractEvent",
    "Action",
    "ActionDescription",
    "AgentActionValidator",
    "AgentValidationEvent",
    "AppTool",
    "CapabilityTag",
    "CompletedEvent",
    "CompletedOracleEvent",
    "ConditionCheckAction",
    "ConditionCheckEvent",
    "EnvironmentState",
    "EnvironmentType",
    "Event",
    "EventLog",
    "EventMetadata",
    "EventQueue",
    "EventRegisterer",
    "EventTimeComparator",
    "EventType",
    "ExecutionMetadata",
    "Hint",
    "HintType",
    "OperationType",
    "OracleEvent",
    "PlaceholderMetadata",
    "PriorityQueue",
    "ScenarioGUIConfig",
    "SimulatedGenerationTimeConfig",
    "StopEvent",
    "TimeManager",
    "ToolAugmentationConfig",
    "ValidationEvent",
    "ValidationException",
    "ValidationResult",
    "disable_events",
    "event_registered",
]
