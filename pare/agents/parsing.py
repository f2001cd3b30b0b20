"""Read what a model decided: one tool call, or what was wrong with its reply.

Nothing here raises on any text: a reply is untrusted, and what is wrong with it becomes an observation
that tells the model how to do better.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from pare.llm.types import Completion

END_OF_ACTION = "<end_action>"
STOP_SEQUENCES = (END_OF_ACTION, "Observation:")

_ACTION = re.compile(r"Action\s*:", re.IGNORECASE)
_THOUGHT = re.compile(r"^\s*Thought\s*:", re.IGNORECASE)
_FENCE = re.compile(r"^\s*```[a-zA-Z]*\s*|\s*```\s*$")

FORMAT_ADVICE = (
    "Write `Thought:` and your reasoning, then `Action:` and one JSON object "
    '{"action": "<tool>", "action_input": {...}}, then `<end_action>`.'
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Call `tool` with `arguments`, an object, or the text that the model gave in place of one.

    `call_id` is that of a native tool call; `others` are the ids of calls beyond the first, which are
    not made.
    """

    tool: str
    arguments: Mapping[str, Any] | str
    thought: str = ""
    call_id: str | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Malformed:
    """No decision: `complaint` says what was wrong and what is expected, for the model."""

    complaint: str
    call_ids: tuple[str, ...] = ()


def parse_react_json(text: str) -> Decision | Malformed:
    """Read a reply of the form ``Thought: … Action: {"action": …, "action_input": …}<end_action>``."""
    parts = _ACTION.split(text.split(END_OF_ACTION, 1)[0])
    if len(parts) != 2:
        problem = "there is no `Action:`" if len(parts) == 1 else f"there are {len(parts) - 1} actions"
        return Malformed(f"{problem} in your reply; exactly one is needed. {FORMAT_ADVICE}")
    thought = _THOUGHT.sub("", parts[0]).strip()
    blob = _FENCE.sub("", parts[1].strip())
    start, end = blob.find("{"), blob.rfind("}")
    if start < 0 or end < start:
        return Malformed(f"the action is no JSON object. {FORMAT_ADVICE}")
    return _read_action(blob[start : end + 1], thought)


def _read_action(blob: str, thought: str) -> Decision | Malformed:
    try:
        action = orjson.loads(blob)
    except orjson.JSONDecodeError as error:
        return Malformed(f"the action is not valid JSON: {error}. {FORMAT_ADVICE}")
    tool = action.get("action") if isinstance(action, dict) else None
    if not isinstance(tool, str) or not tool.strip():
        return Malformed(f'the action names no tool: "action" must be the name of one. {FORMAT_ADVICE}')
    arguments = action.get("action_input")
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, (dict, str)):
        kind = type(arguments).__name__
        return Malformed(f'"action_input" must be an object of arguments, not a {kind}. {FORMAT_ADVICE}')
    return Decision(tool.strip(), arguments, thought)


def parse_tool_calls(completion: Completion) -> Decision | Malformed:
    """Read a reply with native tool calls; the first is the decision."""
    if not completion.tool_calls:
        return Malformed("you called no tool; call exactly one tool in every step")
    first, *others = completion.tool_calls
    if not first.name.strip():
        return Malformed("the tool call names no tool", tuple(call.id for call in completion.tool_calls))
    return Decision(
        tool=first.name.strip(),
        arguments=first.arguments or {},
        thought=completion.text.strip(),
        call_id=first.id,
        others=tuple(call.id for call in others),
    )
