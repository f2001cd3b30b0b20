"""What a request asks, as one short text: equal for equal requests, whoever sends them and when."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import orjson

from pare.llm.types import CompletionRequest, Message

DIGEST_BYTES = 16


def encode_json(value: Any) -> bytes:
    """Give `value` as compact JSON with sorted keys; dataclasses count as objects.

    What orjson refuses (a lone surrogate, a huge integer) is written by the standard library, escaped.

    Raises:
        TypeError: `value` holds something that is no JSON.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    fields = getattr(type(value), "__dataclass_fields__", None)
    return value if fields is None else {name: _plain(getattr(value, name)) for name in fields}


def request_digest(request: CompletionRequest, tools: bytes | None = None) -> str:
    """Digest model, messages, tools and sampling of `request` (32 hexadecimal digits); not its label.

    A message's own digest is made once and kept with it, so that a step costs its own size, not the
    history's. `tools` may be given as `tools_digest` made it.
    """
    state = blake2b(digest_size=DIGEST_BYTES)
    head = (request.model, request.sampling, len(request.messages))
    state.update(blake2b(encode_json(head), digest_size=DIGEST_BYTES).digest())
    state.update(tools_digest(request.tools) if tools is None else tools)
    for message in request.messages:
        state.update(message.encoded.get("digest") or _message_digest(message))
    return state.hexdigest()


def tools_digest(tools: Sequence[Mapping[str, Any]]) -> bytes:
    """Digest the schemas of native tool calls; their order counts, the order of their keys does not."""
    return blake2b(encode_json(tools) if tools else b"", digest_size=DIGEST_BYTES).digest()


def _message_digest(message: Message) -> bytes:
    calls = [(call.id, call.name, call.arguments) for call in message.tool_calls]
    said = encode_json((message.role, message.content, calls, message.tool_call_id))
    digest = message.encoded["digest"] = blake2b(said, digest_size=DIGEST_BYTES).digest()
    return digest
