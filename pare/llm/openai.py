"""OpenAI's chat completions, and every server that speaks them."""

from __future__ import annotations

from collections.abc import Mapping
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

PATH = "/chat/completions"
MAX_STOPS = 4
"""How many stop sequences the API takes; the others are applied on our side alone, as all are."""

SEED_BITS = 31
"""Seeds are cut to what every server takes."""


class OpenAIClient:
    """Ask one endpoint for chat completions.

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
        self._tools = ToolsCache(orjson.dumps)

    def __repr__(self) -> str:
        return f"OpenAIClient({self._exchange.site.url!r})"

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
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [encoded_message(message) for message in request.messages],
            **sampling_fields(request, self._accepted),
        }
        if request.tools:
            body["tools"] = self._tools.encoded(request.tools)
        body.update(self._extra_body)
        return encode(body)


def sampling_fields(request: CompletionRequest, accepted: AcceptedParameters) -> dict[str, Any]:
    """Give the sampling parameters that are set and accepted, as the API names them."""
    sampling = request.sampling
    values = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop": [stop for stop in sampling.stop if stop][:MAX_STOPS] or None,
        "seed": None if sampling.seed is None else sampling.seed % (1 << SEED_BITS),
        "reasoning_effort": sampling.reasoning_effort,
    }
    refused = accepted.refused
    chosen = {name: value for name, value in values.items() if value is not None and name not in refused}
    return {accepted.max_tokens_field: sampling.max_tokens, **chosen}


# --- messages -----------------------------------------------------------------------------------------------


def encoded_message(message: Message) -> Encoded:
    """Give a message as JSON, written once."""
    known = message.encoded.get("openai")
    if known is None:
        known = message.encoded["openai"] = encode(_message_fields(message))
    return orjson.Fragment(known)


def _message_fields(message: Message) -> dict[str, Any]:
    fields: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        fields["content"] = message.content or None
        fields["tool_calls"] = [_call_fields(call) for call in message.tool_calls]
    if message.tool_call_id is not None:
        fields["tool_call_id"] = message.tool_call_id
    return fields


def _call_fields(call: ToolCall) -> dict[str, Any]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


# --- replies ------------------------------------------------------------------------------------------------


def read_completion(reply: Reply, request: CompletionRequest, sent_bytes: int, url: str) -> Completion:
    """Read the reply to `request`, which took `sent_bytes`.

    Raises:
        EndpointError: it is no chat completion.
    """
    data = read_object(reply, url)
    choice = _first_choice(data, url)
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    thoughts, said = split_thinking(_said(choice, message))
    reasoning = "\n".join(filter(None, (_reasoning(message), thoughts)))
    calls = _calls(message)
    word = choice.get("finish_reason")
    text, finish = conclude(said, bool(calls), _reason(message, word), request.sampling.stop)
    written = len(said) + len(reasoning) + sum(len(call.arguments) for call in calls)
    return Completion(
        text=text,
        tool_calls=calls,
        reasoning=reasoning,
        finish_reason=finish,
        raw_finish_reason=name_in(word),
        usage=read_usage(data.get("usage"), sent_bytes, written),
        model=name_in(data.get("model")),
        system_fingerprint=name_in(data.get("system_fingerprint")),
        latency_seconds=reply.seconds,
        effort=Effort(attempts=reply.attempts),
    )


def _first_choice(data: Mapping[str, Any], url: str) -> Mapping[str, Any]:
    raise_error_in(data, url)
    choices = data.get("choices")
    if not isinstance(choices, list):
        refuse(url, "not_completion", "the answer is JSON, but no chat completion")
    if not choices or not isinstance(choices[0], dict):
        refuse(url, "no_choices", "the answer holds no choice")
    raise_error_in(choices[0], url)
    return choices[0]


def _said(choice: Mapping[str, Any], message: Mapping[str, Any]) -> str:
    return text_in(message.get("content")) or text_in(message.get("refusal")) or text_in(choice.get("text"))


def _reasoning(message: Mapping[str, Any]) -> str:
    """Give the reasoning that a server set apart, whatever it calls the field."""
    for name in ("reasoning_content", "reasoning", "thinking"):
        if text := text_in(message.get(name)):
            return text
    return thinking_in(message.get("content")) or thinking_in(message.get("reasoning_details"))


def _reason(message: Mapping[str, Any], word: Any) -> Any:
    return "refusal" if message.get("refusal") and not message.get("content") else word


def _calls(message: Mapping[str, Any]) -> tuple[ToolCall, ...]:
    """Read the tool calls, or the one function call of the older API."""
    calls = message.get("tool_calls")
    if not calls and isinstance(message.get("function_call"), dict):
        calls = [{"function": message["function_call"]}]
    calls = [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    return tuple(_call(index, call) for index, call in enumerate(calls))


def _call(index: int, call: Mapping[str, Any]) -> ToolCall:
    function = call.get("function")
    function = function if isinstance(function, dict) else call
    return tool_call(index, call.get("id"), function.get("name"), function.get("arguments"))


def read_usage(usage: Any, sent_bytes: int, written_characters: int) -> Usage:
    """Read how many tokens a call took; what the server did not count is estimated and flagged."""
    usage = usage if isinstance(usage, dict) else {}
    prompt, completion = count(usage.get("prompt_tokens")), count(usage.get("completion_tokens"))
    reasoning = _detail(usage, "completion_tokens_details", "reasoning_tokens")
    cached = _detail(usage, "prompt_tokens_details", "cached_tokens") or count(
        usage.get("prompt_cache_hit_tokens")
    )
    is_estimated = not prompt or (not completion and written_characters > 0) or completion is None
    prompt = prompt or estimated_tokens(sent_bytes)
    completion = completion or estimated_tokens(written_characters)
    # Some count hidden reasoning in the total alone.
    hidden = (count(usage.get("total_tokens")) or 0) - prompt
    completion = max(completion, hidden)
    # A part is no more than the whole: a cost below 0 would come of it.
    return Usage(prompt, min(cached or 0, prompt), completion, min(reasoning or 0, completion), is_estimated)


def _detail(usage: Mapping[str, Any], group: str, name: str) -> int | None:
    details = usage.get(group)
    return count(details.get(name)) if isinstance(details, dict) else None
