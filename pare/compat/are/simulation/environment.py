"""The names of ``are.simulation.environment``."""

from pare.apps.base import App, Protocol
from pare.apps.reminder import ReminderApp
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.compat.app_lists import INTERNAL_APPS
from pare.compat.environment import EVENT_LOOP_DELAY_S, Environment, EnvironmentConfig
from pare.compat.notices import BaseNotificationSystem, NotificationSystem
from pare.kernel.clock import Clock as TimeManager
from pare.kernel.environment import AbstractEnvironment
from pare.kernel.events import (
    AbstractEvent,
    Action,
    AgentActionValidator,
    AgentValidationEvent,
    CompletedEvent,
    ConditionCheckEvent,
    EnvironmentState,
    EnvironmentType,
    Event,
    EventType,
    OracleEvent,
    StopEvent,
    ValidationEvent,
    ValidationException,
)
from pare.kernel.log import EventLog
from pare.kernel.queue import EventQueue
from pare.kernel.recording import EventRegisterer
from pare.scenarios.scenario import AppType, Scenario
from pare.tools.app_tool import AppTool

__all__ = [
    "EVENT_LOOP_DELAY_S",
    "INTERNAL_APPS",
    "AbstractEnvironment",
    "AbstractEvent",
    "Action",
    "AgentActionValidator",
    "AgentUserInterface",
    "AgentValidationEvent",
    "App",
    "AppTool",
    "AppType",
    "BaseNotificationSystem",
    "CompletedEvent",
    "ConditionCheckEvent",
    "Environment",
    "EnvironmentConfig",
    "EnvironmentState",
    "EnvironmentType",
    "Event",
    "EventLog",
    "EventQueue",
    "EventRegisterer",
    "EventType",
    "NotificationSystem",
    "OracleEvent",
    "Protocol",
    "ReminderApp",
    "Scenario",
    "StopEvent",
    "SystemApp",
    "TimeManager",
    "ValidationEvent",
    "ValidationException",
]
