"""The closed vocabularies of the simulation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class EventType(Enum):
    """Who or what an event comes from."""

    AGENT = "AGENT"
    ENV = "ENV"
    CONDITION = "CONDITION"
    VALIDATION = "VALIDATION"
    USER = "USER"
    STOP = "STOP"


class EventTimeComparator(Enum):
    """How the time of an oracle event is compared with an agent's."""

    LESS_THAN = "LESS_THAN"
    GREATER_THAN = "GREATER_THAN"
    EQUAL = "EQUAL"


class OperationType(Enum):
    """Whether a tool only looks (READ) or changes something (WRITE)."""

    READ = "read"
    WRITE = "write"


class EnvironmentState(Enum):
    """Where an environment is in its life."""

    SETUP = "SETUP"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"
    PAUSED = "PAUSED"
    FAILED = "FAILED"


class EnvironmentType(Enum):
    """What an environment is driven from."""

    UNKNOWN = "UNKNOWN"
    CLI = "CLI"
    GUI = "GUI"


class HintType(Enum):
    """What kind of event a hint belongs to."""

    TASK_HINT = "TASK_HINT"
    ENVIRONMENT_HINT = "ENVIRONMENT_HINT"


class CapabilityTag(Enum):
    """What a scenario asks of an agent."""

    Planning = "Planning"
    Memory = "Memory"
    Collaboration = "Collaboration"
    Exploration = "Exploration"
    UnitTest = "UnitTest"
    PromptInjection = "PromptInjection"
    Universe = "Universe"
    Safety = "Safety"
    Adaptability = "Adaptability"
    Ambiguity = "Ambiguity"
    Execution = "Execution"
    Search = "Search"
    Time = "Time"
    Security = "Security"

    @classmethod
    def gaia2_capabilities(cls) -> list[CapabilityTag]:
        """List the tags that GAIA2 reports on, in its order."""
        return [cls.Ambiguity, cls.Adaptability, cls.Execution, cls.Search, cls.Time]


@dataclass
class Hint:
    """A hint of type `hint_type` for the event with id `associated_event_id`."""

    hint_type: HintType
    content: str
    associated_event_id: str
