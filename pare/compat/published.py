"""Small classes that exist for their published names alone."""

from __future__ import annotations

import base64
import os
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from inspect import cleandoc
from pathlib import Path
from typing import Any, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from pare.errors import ConfigError


@dataclass
class SimulatedGenerationTimeConfig:
    """How long a reply takes in simulated time; `seconds` are those of the mode ``fixed``."""

    mode: Literal["fixed", "measured"] = "measured"
    seconds: float | None = 1.0

    def __post_init__(self) -> None:
        if self.mode == "fixed" and self.seconds is None:
            raise ConfigError("mode 'fixed' needs seconds")


@dataclass
class PlaceholderMetadata:
    """Which argument of which event of a turn stands for the result of an agent's event."""

    parent_tool_name: str
    parent_turn_idx: int
    parent_event_id: str
    placeholder_turn_idx: int
    placeholder_event_id: str


@dataclass
class ExecutionMetadata:
    """What a scenario that was written out has to know of its placeholders to be run."""

    has_placeholder_conflicts: bool
    placeholders: list[PlaceholderMetadata]


class ScenarioMetadata(TypedDict, total=False):
    """What identifies a run of a scenario."""

    base_scenario_id: str
    run_number: int | None
    config: str | None
    has_a2a_augmentation: bool


class Attachment(BaseModel):
    """A file: its content as base64, its type, and its name."""

    model_config = ConfigDict(frozen=True)

    base64_data: bytes = Field(min_length=1)
    mime: str = Field(min_length=1)
    name: str | None = None

    @field_validator("base64_data", mode="before")
    @classmethod
    def _as_bytes(cls, value: Any) -> Any:
        return value.encode("utf-8") if isinstance(value, str) else value

    @field_serializer("base64_data")
    def _as_text(self, value: bytes) -> str:
        return value.decode("utf-8")

    def to_openai_json(self) -> dict[str, Any]:
        """Give an image as a part of a message to a model.

        Raises:
            ValueError: it is no image.
        """
        if not self.mime.startswith("image/"):
            raise ValueError(f"a file of type {self.mime} cannot be shown to a model; only images can")
        url = f"data:{self.mime};base64,{self.base64_data.decode()}"
        return {"type": "image_url", "image_url": {"url": url}}

    @property
    def content(self) -> bytes:
        """The file itself."""
        return base64.b64decode(self.base64_data)


class UserProxy(ABC):
    """Who answers in place of the user."""

    @abstractmethod
    def reply(self, message: str) -> str:
        """Answer a message of the agent; an empty text is no answer."""

    def init_conversation(self) -> str:
        """Give the first message to the agent; an empty text is none."""
        return ""


@dataclass
class AgentExecutionResult:
    """What an agent came to."""

    output: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)


class MessageRole(StrEnum):
    """Who a message to a model is from."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    TOOL_CALL = "tool-call"
    TOOL_RESPONSE = "tool-response"

    @classmethod
    def roles(cls) -> list[str]:
        """List the roles."""
        return [role.value for role in cls]


class PromptTooLongException(Exception):  # noqa: N818 - the published name
    """A prompt is longer than the model takes."""


class EmptyResponseException(Exception):  # noqa: N818 - the published name
    """A model answered nothing."""


def get_base_method_doc(cls: type, method: Any) -> str | None:
    """Give the docstring of the method that `method` of `cls` overrides; None without one."""
    inherited = (getattr(vars(base).get(method.__name__), "__doc__", None) for base in cls.__mro__[1:])
    return next((cleandoc(text) for text in inherited if text), None)


def get_data_path(default_in_repo: bool = False) -> str:  # noqa: ARG001 - no data comes with the package
    """Give the directory of data sets, which the variable DATA_PATH names.

    Raises:
        ConfigError: it names none.
    """
    path = os.environ.get("DATA_PATH")
    if not path:
        raise ConfigError("no directory of data sets is known; name one in the variable DATA_PATH")
    return str(Path(path))
