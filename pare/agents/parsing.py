"""Read what a model decided: one tool call, or what was wrong with its reply.

Nothing here raises on any text: a reply is untrusted, and what is wrong with it becomes an observation
that tells the model how to do better.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from pare.llm.types import Completion

END_OF_ACTION = "<end_action>"
STOP_SEQUENCES = (END_OF_ACTION, "\nObservation:")
"""Where a reply ends. A line break cannot stand in JSON text: no argument is cut off by the second one."""

DEEPEST = 64
"""Arguments may be nested so far; no tool takes more, and much more would break readers of traces."""

_ACTION = re.compile(r"\bAction\s*:", re.IGNORECASE)
_ACTION_OBJECT = re.compile(r"\bAction\s*:\s*(?:```[a-zA-Z]*\s*)?(?=\{)", re.IGNORECASE)
_THOUGHT = re.compile(r"^\s*Thought\s*:", re.IGNORECASE)
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_TOKEN = re.compile(_STRING + r"|[{}]", re.DOTALL)
_TEXT = re.compile(_STRING, re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]")

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
    """Read a reply of the form ``Thought: … Action: {"action": …, "action_input": …}<end_action>``.

    The word ``Action:`` in a thought or an argument is no second action.
    """
    text = text.split(END_OF_ACTION, 1)[0]
    mark = _ACTION_OBJECT.search(text) or _only(_ACTION, text)
    if mark is None:
        return Malformed(f"{_problem(text)} in your reply; exactly one is needed. {FORMAT_ADVICE}")
    start = text.find("{", mark.end())
    blob = _object(text, start) if start >= 0 else ""
    if not blob:
        return Malformed(f"the action is no JSON object. {FORMAT_ADVICE}")
    further = len(_ACTION_OBJECT.findall(text, start + len(blob)))
    if further:
        return Malformed(
            f"there are {further + 1} actions in your reply; exactly one is needed. {FORMAT_ADVICE}"
        )
    return _read_action(blob, _THOUGHT.sub("", text[: mark.start()]).strip())


def _only(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Give the match of `pattern` if there is exactly one."""
    found = list(islice(pattern.finditer(text), 2))
    return found[0] if len(found) == 1 else None


def _problem(text: str) -> str:
    count = len(_ACTION.findall(text))
    return f"there are {count} actions" if count else "there is no `Action:`"


def _object(text: str, start: int) -> str:
    """Give the JSON object that begins at `start`, up to its closing brace, or else the last one there is."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if not depth:
            return text[start : token.end()]
    return text[start : text.rfind("}") + 1]


def _read_action(blob: str, thought: str) -> Decision | Malformed:
    try:
        action = _loads(blob)
    except orjson.JSONDecodeError as error:
        return Malformed(f"the action is not valid JSON: {error}. {FORMAT_ADVICE}")
    if is_deep(action):
        return Malformed(f"the action is nested more than {DEEPEST} deep. {FORMAT_ADVICE}")
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


def _loads(blob: str) -> Any:
    """Read JSON; a raw line break or tab in a text stands for itself, as many models write it."""
    try:
        return orjson.loads(blob)
    except orjson.JSONDecodeError:
        mended = _TEXT.sub(lambda text: _CONTROL.sub(_escaped, text[0]), blob)
        if mended == blob:
            raise
        return orjson.loads(mended)


def _escaped(character: re.Match[str]) -> str:
    return f"\\u{ord(character[0]):04x}"


def is_deep(value: Any) -> bool:
    """Tell whether `value`, read from JSON, is nested more than `DEEPEST` deep."""
    level = [value]
    for _ in range(DEEPEST):
        level = [item for node in level for item in _items(node)]
        if not level:
            return False
    return True


def _items(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


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
