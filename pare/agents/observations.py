"""What came of a tool call, as the model reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from pare.agents.parsing import DEEPEST, Decision, is_deep
from pare.errors import InvalidArgumentsError, ToolError
from pare.kernel.serialization import to_plain
from pare.tools import AppTool, Toolbox
from pare.tools.toolbox import read_arguments

NOTHING = "Done; there is nothing to show."


@dataclass(frozen=True, slots=True)
class Observation:
    """The text of a result or error of `tool` with `arguments`; None if there is no tool of that name."""

    text: str
    tool: AppTool | None
    failed: bool
    arguments: Mapping[str, Any] = field(default_factory=dict)


async def observe(decision: Decision, toolbox: Toolbox, max_characters: int) -> Observation:
    """Make the call that was decided; whatever comes of it is an observation."""
    tool = toolbox.tools.get(decision.tool)
    arguments: Mapping[str, Any] = {}
    try:
        arguments = _arguments(decision, toolbox.find(decision.tool))
        result = await toolbox.call_async(decision.tool, arguments)
    except ToolError as error:
        return Observation(shortened(str(error), max_characters), tool, True, arguments)
    return Observation(shortened(as_text(result), max_characters), tool, False, arguments)


def _arguments(decision: Decision, tool: AppTool) -> Mapping[str, Any]:
    """Read the arguments; a bare text is the first one.

    Raises:
        InvalidArgumentsError: they are no object, or nested so deeply that no tool could take them.
    """
    text = decision.arguments
    is_bare = isinstance(text, str) and bool(tool.args) and not text.lstrip().startswith("{")
    if is_bare:
        return {} if str(text).strip() in ("", "null") else {tool.args[0].name: text}
    arguments = read_arguments(text)
    if is_deep(arguments):
        raise InvalidArgumentsError(f"the arguments are nested more than {DEEPEST} deep")
    return arguments


def as_text(result: Any) -> str:
    """Give a result as text: itself, or as JSON."""
    if result is None or result == "":
        return NOTHING
    if isinstance(result, str):
        return result
    plain = to_plain(result)
    try:
        return orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:  # a number of more than 64 bits, or a text that is no Unicode
        return json.dumps(plain, indent=2, ensure_ascii=False)


def shortened(text: str, limit: int) -> str:
    """Cut `text` to `limit` characters, and say so."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n[cut: {len(text) - limit} more characters; ask for less at a time]"
