"""The events of a scenario: the names that scenario code imports."""

from pare.errors import ValidationException
from pare.kernel.abstract_event import AbstractEvent, StopEvent
from pare.kernel.action import Action, ActionDescription, EventMetadata
from pare.kernel.calls import CompletedEvent, CompletedOracleEvent, Event, OracleEvent
from pare.kernel.checks import (
    AgentActionValidator,
    AgentValidationEvent,
    ConditionCheckAction,
    ConditionCheckEvent,
    ValidationEvent,
    ValidationResult,
)
from pare.kernel.enums import (
    CapabilityTag,
    EnvironmentState,
    EnvironmentType,
    EventTimeComparator,
    EventType,
    Hint,
    HintType,
    OperationType,
)

__all__ = [
    "AbstractEvent",
    "Action",
    "ActionDescription",
    "AgentActionValidator",
    "AgentValidationEvent",
    "CapabilityTag",
    "CompletedEvent",
    "CompletedOracleEvent",
    "ConditionCheckAction",
    "ConditionCheckEvent",
    "EnvironmentState",
    "EnvironmentType",
    "Event",
    "EventMetadata",
    "EventTimeComparator",
    "EventType",
    "Hint",
    "HintType",
    "OperationType",
    "OracleEvent",
    "StopEvent",
    "ValidationEvent",
    "ValidationException",
    "ValidationResult",
]
