"""What took place, as the entries of a world log: the published form, next to what agents note."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pare.kernel.action import Action
from pare.kernel.calls import CompletedEvent
from pare.kernel.run_context import new_id
from pare.kernel.serialization import to_plain

NOBODY = "unknown"
"""The agent id of an action: the environment notes it, whoever made the call."""


@dataclass
class BaseAgentLog:
    """An entry of a world log, at a simulated time in seconds since the epoch; its id comes from the run."""

    log_type: ClassVar[str] = ""

    timestamp: float
    id: str = field(default_factory=new_id, kw_only=True)
    agent_id: str

    def get_type(self) -> str:
        """Name the kind of entry."""
        return self.log_type

    def get_content_for_llm(self) -> str | None:
        """Give what a model reads of this entry; None for nothing."""
        return getattr(self, "content", None)

    def get_attachments_for_llm(self) -> list[Any]:
        """Give the files that a model sees with this entry."""
        return list(getattr(self, "attachments", ()))

    def to_dict(self) -> dict[str, Any]:
        """Give the entry as plain data."""
        values: dict[str, Any] = to_plain(vars(self))
        return {**values, "log_type": self.get_type()}

    def serialize(self) -> str:
        """Give the entry as JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> BaseAgentLog:
        """Read what `to_dict` gave.

        Raises:
            ValueError: it names no kind of entry, or one that is not known.
        """
        values = dict(d)
        kinds = {kind.log_type: kind for kind in _kinds(BaseAgentLog)}
        kind = kinds.get(values.pop("log_type", ""))
        if kind is None:
            raise ValueError(f"there is no log of type {d.get('log_type')!r}; there is {', '.join(kinds)}")
        return kind(**values)


@dataclass
class ActionLog(BaseAgentLog):
    """A call that was made: what went in, what came out."""

    log_type: ClassVar[str] = "action"

    content: str
    input: dict[str, Any]
    event_type: str
    output: Any
    action_name: str
    app_name: str
    exception: str | None = None
    exception_stack_trace: str | None = None

    def get_content_for_llm(self) -> str | None:
        """Give nothing: a model reads the observation of its call instead."""
        return None


def _kinds(cls: type[BaseAgentLog]) -> Iterator[type[BaseAgentLog]]:
    for kind in cls.__subclasses__():
        yield kind
        yield from _kinds(kind)


def action_log(event: CompletedEvent) -> ActionLog | None:
    """Give the entry of a call; None for a check."""
    action = event.action
    if not isinstance(action, Action):
        return None
    return ActionLog(
        timestamp=event.event_time or 0.0,
        id=event.event_id,
        agent_id=NOBODY,
        content=f"{action.class_name}: {action.function_name}",
        input=action.arguments(),
        event_type=event.event_type.value,
        output=event.metadata.return_value,
        action_name=action.function_name,
        app_name=action.app_name,
        exception=event.metadata.exception,
        exception_stack_trace=event.metadata.exception_stack_trace,
    )
