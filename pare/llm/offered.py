"""The tools that a request offers, read from the request itself, and arguments that they would take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from random import Random
from typing import Any

from pare.llm.types import CompletionRequest, Message

TOOL_NAME = re.compile(r"[^\W_][\w-]*?__[A-Za-z]\w*")
CURRENT_ACTIONS = "Available Actions from current state:"
"""How the message begins that tells a user agent what its present screen offers."""

WORD = re.compile(r"[\w@.+:-]{3,40}")
WORDS = ("hello", "tomorrow", "Ana", "dentist", "2025-01-06 10:00:00")
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool by its public name; `parameters` is the JSON schema of its arguments, {} where unknown."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


ToolsOf = Callable[[CompletionRequest], Sequence[OfferedTool]]
"""How a scripted policy learns what it may call."""


def offered_tools(request: CompletionRequest) -> Sequence[OfferedTool]:
    """Give the tools of `request`: the native ones, else those that its prompt names.

    In a prompt these are all words of the form ``App__tool`` in the system messages and in the last
    message that lists the actions of the current screen; their arguments are unknown.
    """
    if request.tools:
        return [_native(tool) for tool in request.tools]
    names = (name for message in _telling(request.messages) for name in _names_in(message))
    return [OfferedTool(name) for name in dict.fromkeys(names)]


def _native(tool: Mapping[str, Any]) -> OfferedTool:
    function = tool.get("function", tool)
    return OfferedTool(str(function.get("name", "")), function.get("parameters") or {})


def _telling(messages: Sequence[Message]) -> Iterator[Message]:
    yield from (message for message in messages if message.role == "system")
    for message in reversed(messages):
        if message.role == "user" and CURRENT_ACTIONS in message.content[:200]:
            yield message
            return


def _names_in(message: Message) -> list[str]:
    """Find the names of tools in a message, once for all requests that hold it."""
    known = message.encoded.get("tool names")
    if known is None:
        names = dict.fromkeys(TOOL_NAME.findall(message.content))
        known = message.encoded["tool names"] = "\n".join(names).encode("utf-8", "surrogatepass")
    return known.decode("utf-8", "surrogatepass").split("\n") if known else []


def random_arguments(tool: OfferedTool, rng: Random, words: Sequence[str] = WORDS) -> dict[str, Any]:
    """Draw arguments that fit the schema of `tool`; optional ones are given every other time.

    Texts are drawn from `words`, so that ids which the conversation names can be hit.
    """
    value = _Draw(rng, words, tool.parameters.get("$defs", {})).value({"type": "object", **tool.parameters})
    return value if isinstance(value, dict) else {}


def words_of(request: CompletionRequest) -> Sequence[str]:
    """Give words to draw texts from: those of the last message, and a few that always fit."""
    last = request.messages[-1].content[-2000:] if request.messages else ""
    return (*WORDS, *WORD.findall(last))


@dataclass(frozen=True, slots=True)
class _Draw:
    """Draws values that fit JSON schemas; what is nested too deeply, or not understood, becomes a word."""

    rng: Random
    words: Sequence[str]
    definitions: Mapping[str, Any]

    def value(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if choices := schema.get("enum"):
            return self.rng.choice(choices)
        if depth > DEEPEST:
            return None
        if choices := schema.get("anyOf") or schema.get("oneOf"):
            return self.value(self.rng.choice(choices), depth + 1)
        return self._typed(schema, depth)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        return self.definitions.get(name, {}) if name else schema

    def _typed(self, schema: Mapping[str, Any], depth: int) -> Any:
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return [self.value(schema.get("items", {}), depth + 1) for _ in range(self.rng.randint(1, 2))]
        if kind in ("integer", "number"):
            return self._number(schema, whole=kind == "integer")
        if kind == "boolean":
            return self.rng.random() < 0.5
        return None if kind == "null" else self.rng.choice(self.words)

    def _number(self, schema: Mapping[str, Any], *, whole: bool) -> float:
        low = schema.get("minimum", 0)
        high = schema.get("maximum", low + 10)
        return self.rng.randint(ceil(low), int(high)) if whole else round(self.rng.uniform(low, high), 2)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        return {
            name: self.value(part, depth + 1)
            for name, part in schema.get("properties", {}).items()
            if name in required or self.rng.random() < 0.5
        }
