"""What came of a tool call, as the model reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from pare.agents.parsing import Decision
from pare.errors import ToolError
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
        arguments = read_arguments(_arguments(decision, tool))
        result = await toolbox.call_async(decision.tool, arguments)
    except ToolError as error:
        return Observation(shortened(str(error), max_characters), tool, True, arguments)
    return Observation(shortened(as_text(result), max_characters), tool, False, arguments)


def _arguments(decision: Decision, tool: AppTool | None) -> Mapping[str, Any] | str:
    """Give the arguments; a bare text is the first one."""
    text = decision.arguments
    if tool is None or not isinstance(text, str) or not tool.args or text.lstrip().startswith("{"):
        return text
    return {tool.args[0].name: text} if text.strip() else {}


def as_text(result: Any) -> str:
    """Give a result as text: itself, or as JSON."""
    if result is None or result == "":
        return NOTHING
    if isinstance(result, str):
        return result
    return orjson.dumps(to_plain(result), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()


def shortened(text: str, limit: int) -> str:
    """Cut `text` to `limit` characters, and say so."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n[cut: {len(text) - limit} more characters; ask for less at a time]"
