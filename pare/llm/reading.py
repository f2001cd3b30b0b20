"""Reading replies as servers write them, not as their documentation says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from pare.llm.types import FinishReason, ToolCall

CHARACTERS_PER_TOKEN = 4
"""The rule of thumb that stands in where a server does not count."""

MOST_TOKENS = 10**8
"""No call takes more: a server that says so has not counted, and sums over a sweep stay within bounds."""

LONGEST_NAME = 200

_FINISH_REASONS: Mapping[str, FinishReason] = {
    **dict.fromkeys(("stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete"), "stop"),
    **dict.fromkeys(("length", "max_tokens", "model_length", "model_context_window_exceeded"), "length"),
    **dict.fromkeys(("tool_calls", "function_call", "tool_use"), "tool_calls"),
    **dict.fromkeys(("content_filter", "refusal", "safety", "recitation", "sensitive"), "content_filter"),
}

_TAGS = "think|thinking|thought|reasoning"
_OPENED = re.compile(rf"<({_TAGS})>", re.IGNORECASE)
_OPENED_FIRST = re.compile(rf"\s*<({_TAGS})>", re.IGNORECASE)
_CLOSED = re.compile(rf"</({_TAGS})>", re.IGNORECASE)


def read_json(body: bytes) -> Any:
    """Read JSON; what a strict reader refuses (lone surrogates, NaN, bad UTF-8) is read as far as it goes.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return sound(json.loads(body.decode(errors="replace"), strict=False))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def sound(value: Any) -> Any:
    """Replace the surrogates in the texts of `value` that no encoder takes."""
    if isinstance(value, str):
        return sound_text(value)
    if isinstance(value, list):
        return [sound(item) for item in value]
    if isinstance(value, dict):
        return {sound_text(key): sound(item) for key, item in value.items()}
    return value


def sound_text(text: str) -> str:
    """Give `text` with the surrogates joined or replaced that no encoder takes."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def text_in(content: Any) -> str:
    """Join the text in a message's content: null, text, a part, or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        content = [content]
    return "".join(_text_parts(content)) if isinstance(content, list) else ""


def _text_parts(parts: Iterable[Any]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping) and not is_thinking(part):
            text = part.get("text") or part.get("refusal")
            yield text if isinstance(text, str) else ""


def is_thinking(part: Mapping[str, Any]) -> bool:
    """Say whether a part of a message's content is reasoning."""
    kind = part.get("type")
    return isinstance(kind, str) and ("thinking" in kind or "reasoning" in kind)


def thinking_in(content: Any) -> str:
    """Join the reasoning among the parts of a message's content."""
    if not isinstance(content, list):
        return ""
    parts = (part for part in content if isinstance(part, Mapping) and is_thinking(part))
    values = (part.get("thinking") or part.get("text") or part.get("summary") for part in parts)
    return "\n".join(filter(None, map(text_in, values)))


def split_thinking(text: str) -> tuple[str, str]:
    """Part inline reasoning from what is said: give the reasoning and the rest.

    It stands between tags at the start. A template may have written the opening tag into the prompt, so
    that only the closing one is seen; and a reply that was cut off may lack the closing one.
    """
    thoughts: list[str] = []
    start = 0
    while opened := _OPENED_FIRST.match(text, start):
        closed = _CLOSED.search(text, opened.end())
        thoughts.append(text[opened.end() : closed.start() if closed else None].strip())
        start = closed.end() if closed else len(text)
    text = text[start:]
    if not thoughts and (closed := _CLOSED.search(text)) and not _OPENED.search(text, 0, closed.start()):
        thoughts.append(text[: closed.start()].strip())
        text = text[closed.end() :]
    return "\n".join(filter(None, thoughts)), text.lstrip() if thoughts else text


def cut_at_stop(text: str, stops: Sequence[str]) -> str | None:
    """Give `text` up to the first stop sequence in it; None if it has none."""
    places = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return text[: min(places)] if places else None


def finish_reason(word: Any) -> FinishReason:
    """Give our word for a server's reason to end; an unknown one is "unknown"."""
    return _FINISH_REASONS.get(word.lower(), "unknown") if isinstance(word, str) else "unknown"


def tool_call(index: int, call_id: Any, name: Any, arguments: Any) -> ToolCall:
    """Make a tool call; `arguments` may be text, an object or nothing."""
    if not isinstance(arguments, str):
        arguments = _written({} if arguments is None else arguments)
    call_id = call_id if isinstance(call_id, str) and call_id else f"call_{index}"
    return ToolCall(call_id, name if isinstance(name, str) else "", arguments or "{}")


def _written(arguments: Any) -> str:
    """Write arguments as JSON; what cannot be written, being too deep or too large, is no object."""
    try:
        return orjson.dumps(arguments).decode()
    except TypeError:
        return "{arguments that are nested too deeply, or hold a number that is too large}"


def conclude(text: str, has_calls: bool, word: Any, stops: Sequence[str]) -> tuple[str, FinishReason]:
    """Apply the stop sequences to `text`; give what is left and why the reply ended.

    A reply that went past a stop sequence ended there, whatever its server says.
    """
    cut = cut_at_stop(text, stops)
    reason = finish_reason(word)
    if cut is not None and reason != "content_filter":
        reason = "stop"
    if has_calls and reason in {"stop", "unknown"}:
        reason = "tool_calls"
    return text if cut is None else cut, reason


def count(value: Any) -> int | None:
    """Read a number of tokens; None if it is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and 0 <= value <= MOST_TOKENS else None


def name_in(value: Any) -> str | None:
    """Read a short text, as names and codes are; of a long one the beginning. None if it is none."""
    return value[:LONGEST_NAME] if isinstance(value, str) else None


def estimated_tokens(characters: int) -> int:
    """Estimate the tokens in a text of so many characters."""
    return -(-characters // CHARACTERS_PER_TOKEN)
