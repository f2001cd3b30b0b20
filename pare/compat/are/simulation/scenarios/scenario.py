"""The names of ``are.simulation.scenarios.scenario``."""

from pare.apps.base import App
from pare.compat.app_lists import INTERNAL_APPS
from pare.kernel.environment import AbstractEnvironment
from pare.kernel.events import (
    AbstractEvent,
    CapabilityTag,
    CompletedEvent,
    EnvironmentState,
    Event,
    EventTimeComparator,
    EventType,
    Hint,
    HintType,
    OracleEvent,
)
from pare.scenarios.augmentation import ScenarioGUIConfig, ToolAugmentationConfig
from pare.scenarios.scenario import (
    ENVIRONMENT_EVENT_DEPENDENCY_REQUIRED,
    EVENT_TIME_VALIDATION_REQUIRED,
    ORACLE_EVENT_DEPENDENCY_REQUIRED,
    SPECIAL_RULE_FOR_SEND_MESSAGE_EVENTS,
    SPECIAL_RULE_FOR_SEND_MESSAGE_TO_USER,
    AutoDataclass,
    Scenario,
    ScenarioStatus,
)
from pare.scenarios.utils.scenario_expander import EnvEventsConfig, EnvEventsExpander
from pare.scenarios.validation_result import ScenarioValidationResult
from pare.tools.app_tool import AppTool

__all__ = [
    "ENVIRONMENT_EVENT_DEPENDENCY_REQUIRED",
    "EVENT_TIME_VALIDATION_REQUIRED",
    "INTERNAL_APPS",
    "ORACLE_EVENT_DEPENDENCY_REQUIRED",
    "SPECIAL_RULE_FOR_SEND_MESSAGE_EVENTS",
    "SPECIAL_RULE_FOR_SEND_MESSAGE_TO_USER",
    "AbstractEnvironment",
    "AbstractEvent",
    "App",
    "AppTool",
    "AutoDataclass",
    "CapabilityTag",
    "CompletedEvent",
    "EnvEventsConfig",
    "EnvEventsExpander",
    "EnvironmentState",
    "Event",
    "EventTimeComparator",
    "EventType",
    "Hint",
    "HintType",
    "OracleEvent",
    "Scenario",
    "ScenarioGUIConfig",
    "ScenarioStatus",
    "ScenarioValidationResult",
    "ToolAugmentationConfig",
]
