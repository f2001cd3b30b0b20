"""The two ways in which a model names its action: JSON in the text, or a native tool call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from pare.agents.parsing import STOP_SEQUENCES, Decision, Malformed, parse_react_json, parse_tool_calls
from pare.llm.types import Completion, Message
from pare.tools import Toolbox

FormatName = Literal["react_json", "tool_calls"]

NO_TEXT = "(no text)"
"""Stands for a reply that consists of a native call where none can be made: providers refuse an empty one."""

NOT_MADE = "This call was not made: one call a step."


class ActionFormat(Protocol):
    """How tools are told to a model, and how its reply and the observation after it look."""

    stop: tuple[str, ...]
    protocol_prompt: str
    """The prompt file that explains the protocol."""

    def describe(self, toolbox: Toolbox) -> str:
        """Tell the tools in the text of a prompt; empty where they go with the request."""

    def schemas(self, toolbox: Toolbox) -> Sequence[Mapping[str, Any]]:
        """Give the tools that go with the request."""

    def read(self, completion: Completion) -> Decision | Malformed:
        """Read what was decided."""

    def reply(self, completion: Completion) -> Message:
        """Give the reply as a message of the transcript."""

    def observation(self, text: str, read: Decision | Malformed) -> list[Message]:
        """Give what the model observes, as messages."""


class ReactJson:
    """Thought, action as JSON, end marker: for any model that writes text."""

    stop: tuple[str, ...] = STOP_SEQUENCES
    protocol_prompt: str = "protocol_react_json"

    def describe(self, toolbox: Toolbox) -> str:
        """Tell the tools, one after the other."""
        return toolbox.describe()

    def schemas(self, toolbox: Toolbox) -> Sequence[Mapping[str, Any]]:  # noqa: ARG002 - one shape for both
        """Give none: they are in the text."""
        return ()

    def read(self, completion: Completion) -> Decision | Malformed:
        """Read the action from the text."""
        return parse_react_json(completion.text)

    def reply(self, completion: Completion) -> Message:
        """Give the text."""
        return Message("assistant", completion.text if completion.text.strip() else NO_TEXT)

    def observation(self, text: str, read: Decision | Malformed) -> list[Message]:  # noqa: ARG002
        """Give one message from the user's side."""
        return [Message("user", text)]


class ToolCalls:
    """Native tool calls; the first of a reply counts."""

    stop: tuple[str, ...] = ()
    protocol_prompt: str = "protocol_tool_calls"

    def describe(self, toolbox: Toolbox) -> str:  # noqa: ARG002 - one shape for both
        """Tell nothing: the tools go with the request."""
        return ""

    def schemas(self, toolbox: Toolbox) -> Sequence[Mapping[str, Any]]:
        """Give the JSON schemas."""
        return toolbox.schemas()

    def read(self, completion: Completion) -> Decision | Malformed:
        """Read the first call."""
        return parse_tool_calls(completion)

    def reply(self, completion: Completion) -> Message:
        """Give the text and the calls."""
        return Message("assistant", completion.text, completion.tool_calls)

    def observation(self, text: str, read: Decision | Malformed) -> list[Message]:
        """Answer every call, as the protocol wants; without one, speak from the user's side."""
        if isinstance(read, Decision) and read.call_id is not None:
            answers = [Message("tool", text, tool_call_id=read.call_id)]
            return answers + [Message("tool", NOT_MADE, tool_call_id=other) for other in read.others]
        if isinstance(read, Malformed) and read.call_ids:
            return [Message("tool", text, tool_call_id=call_id) for call_id in read.call_ids]
        return [Message("user", text)]


FORMATS: dict[FormatName, ActionFormat] = {"react_json": ReactJson(), "tool_calls": ToolCalls()}
