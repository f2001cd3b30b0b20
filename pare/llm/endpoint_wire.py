"""What a scripted endpoint reads and writes: OpenAI's chat completions, as far as agents use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import unquote

from pydantic import BaseModel, Field, ValidationError

from pare.llm.labels import ROLE, RUN, SCENARIO, STEP
from pare.llm.types import (
    CallLabel,
    Completion,
    CompletionRequest,
    Message,
    Role,
    SamplingParameters,
    ToolCall,
)

DEFAULT_MAX_TOKENS = 4096


class Refused(Exception):  # noqa: N818 - an answer like others, not an error of the endpoint
    """The endpoint answers with an error object: `status`, and what stands in it."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


class _Function(BaseModel):
    name: str
    arguments: str = "{}"


class _Call(BaseModel):
    id: str = ""
    function: _Function


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[dict[str, Any]] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None


class _Body(BaseModel):
    model: str
    messages: list[_Message] = Field(min_length=1)
    tools: list[dict[str, Any]] | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    stop: str | list[str] | None = None
    seed: int | None = None
    reasoning_effort: str | None = None
    stream: bool | None = None


def read_request(
    body: bytes, headers: Mapping[str, str], refused_parameters: frozenset[str] = frozenset()
) -> CompletionRequest:
    """Read the body of a call and the headers that label it; parameters beyond those of agents are ignored.

    A step that is no number, or none at all, makes the ordinal the count of the replies so far.

    Raises:
        Refused: it is no request for a chat completion, or asks for what is not offered.
    """
    try:
        said = _Body.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Refused(400, "invalid_request", f"{where}: {first['msg']}", param=where or None) from None
    for name in sorted(refused_parameters & said.model_fields_set):
        text = f"Unsupported parameter: '{name}' is not supported with this model."
        raise Refused(400, "unsupported_parameter", text, param=name)
    if said.stream:
        raise Refused(400, "unsupported_value", "This endpoint does not stream.", param="stream")
    messages = tuple(map(_message, said.messages))
    return CompletionRequest(
        said.model, messages, _label(headers, messages), _sampling(said), tuple(said.tools or ())
    )


def _message(said: _Message) -> Message:
    role: Role = "system" if said.role == "developer" else said.role
    calls = tuple(
        ToolCall(call.id, call.function.name, call.function.arguments) for call in said.tool_calls or ()
    )
    content = said.content or ""
    if not isinstance(content, str):
        content = "\n".join(str(part["text"]) for part in content if "text" in part)
    return Message(role, content, calls, said.tool_call_id)


def _sampling(said: _Body) -> SamplingParameters:
    return SamplingParameters(
        temperature=said.temperature,
        top_p=said.top_p,
        max_tokens=said.max_completion_tokens or said.max_tokens or DEFAULT_MAX_TOKENS,
        stop=(said.stop,) if isinstance(said.stop, str) else tuple(said.stop or ()),
        seed=said.seed,
        reasoning_effort=said.reasoning_effort,
    )


def _label(headers: Mapping[str, str], messages: tuple[Message, ...]) -> CallLabel:
    step = unquote(headers.get(STEP, ""))
    replies = sum(message.role == "assistant" for message in messages)
    return CallLabel(
        scenario_id=unquote(headers.get(SCENARIO, "")),
        run_number=_number(headers.get(RUN, ""), 0),
        config_hash="",
        role=unquote(headers.get(ROLE, "")),
        ordinal=_number(step, replies),
        step=step,
    )


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else otherwise


def written_completion(completion: Completion, number: int) -> dict[str, Any]:
    """Give the body of the reply `completion`, the `number`th of this endpoint."""
    message: dict[str, Any] = {"role": "assistant", "content": completion.text or None}
    if completion.reasoning:
        message["reasoning_content"] = completion.reasoning
    if completion.tool_calls:
        message["tool_calls"] = [_written_call(call) for call in completion.tool_calls]
    finish = completion.finish_reason
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 0,
        "model": completion.model,
        "system_fingerprint": completion.system_fingerprint or "pare",
        "choices": [
            {
                "index": 0,
                "message": message,
                "finish_reason": completion.raw_finish_reason if finish == "unknown" else finish,
            }
        ],
        "usage": _written_usage(completion),
    }


def _written_call(call: ToolCall) -> dict[str, Any]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _written_usage(completion: Completion) -> dict[str, Any]:
    usage = completion.usage
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }
