"""Anthropic's messages API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, takewhile
from typing import Any

import orjson

from pare.llm.encoding import Encoded, ToolsCache, encode
from pare.llm.engine import AcceptedParameters
from pare.llm.exchange import Exchange, Reply
from pare.llm.labels import label_headers
from pare.llm.reading import (
    conclude,
    count,
    estimated_tokens,
    name_in,
    split_thinking,
    text_in,
    thinking_in,
    tool_call,
)
from pare.llm.replies import raise_error_in, read_object, refuse
from pare.llm.types import Completion, CompletionRequest, Effort, Message, ToolCall, Usage

PATH = "/messages"
VERSION_HEADER = ("anthropic-version", "2023-06-01")


class AnthropicClient:
    """Ask one endpoint for messages.

    `accepted` says which parameters are sent, `extra_body` is merged into every request, and with
    `sends_labels` headers name scenario, run, role and step.
    """

    def __init__(
        self,
        exchange: Exchange,
        accepted: AcceptedParameters,
        *,
        extra_body: Mapping[str, Any] | None = None,
        sends_labels: bool = False,
    ) -> None:
        self._exchange = exchange
        self._accepted = accepted
        self._extra_body = dict(extra_body or {})
        self._sends_labels = sends_labels
        self._tools = ToolsCache(encoded_tools)

    def __repr__(self) -> str:
        return f"AnthropicClient({self._exchange.site.url!r})"

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`.

        Raises:
            EndpointError: there is none.
        """
        body = self.encode(request)
        labels = label_headers(request.label) if self._sends_labels else ()
        reply = await self._exchange.post(PATH, body, labels)
        return read_completion(reply, request, len(body), self._exchange.site.url)

    def encode(self, request: CompletionRequest) -> bytes:
        """Write `request` as JSON; messages and tools that were written before are copied."""
        system = list(takewhile(lambda message: message.role == "system", request.messages))
        body: dict[str, Any] = {
            "model": request.model,
            "messages": list(_turns(request.messages[len(system) :])),
            **sampling_fields(request, self._accepted),
        }
        if system:
            body["system"] = orjson.Fragment(_listed(map(encoded_blocks, system)))
        if request.tools:
            body["tools"] = self._tools.encoded(request.tools)
        body.update(self._extra_body)
        return encode(body)


def sampling_fields(request: CompletionRequest, accepted: AcceptedParameters) -> dict[str, Any]:
    """Give the sampling parameters that are set and accepted, as the API names them.

    It knows neither seed nor reasoning effort, and takes no stop sequence of spaces alone.
    """
    sampling = request.sampling
    values = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop": [stop for stop in sampling.stop if stop.strip()] or None,
    }
    chosen = {
        "stop_sequences" if name == "stop" else name: value
        for name, value in values.items()
        if value is not None and name not in accepted.refused
    }
    return {"max_tokens": sampling.max_tokens, **chosen}


# --- messages -----------------------------------------------------------------------------------------------


def _turns(messages: Iterable[Message]) -> Iterable[Encoded]:
    """Give the messages by turns: those of one side that follow each other are one."""
    for role, side in groupby(messages, lambda message: message.role == "assistant"):
        blocks = _listed(map(encoded_blocks, side))
        if blocks != b"[]":
            name = b"assistant" if role else b"user"
            yield orjson.Fragment(b'{"role":"' + name + b'","content":' + blocks + b"}")


def _listed(blocks: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(filter(None, blocks)) + b"]"


def encoded_blocks(message: Message) -> bytes:
    """Give the content blocks of a message as JSON, written once, without the brackets around them."""
    known = message.encoded.get("anthropic")
    if known is None:
        known = message.encoded["anthropic"] = encode(_blocks(message))[1:-1]
    return known


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role == "tool":
        result = {"type": "tool_result", "tool_use_id": message.tool_call_id, "content": message.content}
        return [result]
    # The API refuses empty texts, and an assistant's text that ends in white space.
    text = message.content.rstrip() if message.role == "assistant" else message.content
    blocks: list[dict[str, Any]] = [{"type": "text", "text": text}] if text.strip() else []
    return blocks + [_call_block(call) for call in message.tool_calls]


def _call_block(call: ToolCall) -> dict[str, Any]:
    """Give a call as a block, whose input has to be an object: what is none is put into one."""
    try:
        arguments = orjson.loads(call.arguments)
    except orjson.JSONDecodeError:
        arguments = None
    is_object = isinstance(arguments, dict)
    return {
        "type": "tool_use",
        "id": call.id,
        "name": call.name,
        "input": arguments if is_object else {"unreadable_arguments": call.arguments},
    }


def encoded_tools(tools: Sequence[Mapping[str, Any]]) -> bytes:
    """Write tools, given in OpenAI's form, in Anthropic's."""
    return encode([_tool(tool.get("function", tool)) for tool in tools])


def _tool(function: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": function["name"],
        "description": function.get("description", ""),
        "input_schema": function.get("parameters") or {"type": "object", "properties": {}},
    }


# --- replies ------------------------------------------------------------------------------------------------


def read_completion(reply: Reply, request: CompletionRequest, sent_bytes: int, url: str) -> Completion:
    """Read the reply to `request`, which took `sent_bytes`.

    Raises:
        EndpointError: it is no message.
    """
    data = read_object(reply, url)
    raise_error_in(data, url)
    if "content" not in data and "stop_reason" not in data:
        refuse(url, "not_completion", "the answer is JSON, but no message")
    content = data.get("content")
    thoughts, said = split_thinking(text_in(content))
    reasoning = "\n".join(filter(None, (thinking_in(content), thoughts)))
    calls = _calls(content)
    word = data.get("stop_reason")
    text, finish = conclude(said, bool(calls), word, request.sampling.stop)
    written = len(said) + len(reasoning) + sum(len(call.arguments) for call in calls)
    return Completion(
        text=text,
        tool_calls=calls,
        reasoning=reasoning,
        finish_reason=finish,
        raw_finish_reason=name_in(word),
        usage=read_usage(data.get("usage"), sent_bytes, written),
        model=name_in(data.get("model")),
        latency_seconds=reply.seconds,
        effort=Effort(attempts=reply.attempts),
    )


def _calls(content: Any) -> tuple[ToolCall, ...]:
    parts = content if isinstance(content, list) else []
    uses = [part for part in parts if isinstance(part, dict) and part.get("type") == "tool_use"]
    return tuple(
        tool_call(index, use.get("id"), use.get("name"), use.get("input")) for index, use in enumerate(uses)
    )


def read_usage(usage: Any, sent_bytes: int, written_characters: int) -> Usage:
    """Read how many tokens a call took; what the server did not count is estimated and flagged.

    Tokens that were read from or written to the provider's cache are counted apart from the input's.
    """
    usage = usage if isinstance(usage, dict) else {}
    cached = count(usage.get("cache_read_input_tokens")) or 0
    fresh = (count(usage.get(name)) or 0 for name in ("input_tokens", "cache_creation_input_tokens"))
    prompt = sum(fresh) + cached
    completion = count(usage.get("output_tokens"))
    is_estimated = not prompt or completion is None or (not completion and written_characters > 0)
    return Usage(
        prompt or estimated_tokens(sent_bytes),
        cached,
        completion or estimated_tokens(written_characters),
        0,
        is_estimated,
    )
