"""What is said to Anthropic's API, and how its replies are read."""

import json

import httpx
import pytest

from pare.llm.anthropic import AnthropicClient, read_completion
from pare.llm.client import EndpointError
from pare.llm.engine import AcceptedParameters
from pare.llm.exchange import Exchange, Reply, Site
from pare.llm.types import Completion, Message, SamplingParameters, ToolCall, Usage
from tests.llm.loopback import KEY, client_of, request, says

URL = "http://localhost/v1"
EVERYTHING = AcceptedParameters()
MESSAGE = {
    "type": "message",
    "model": "claude",
    "content": [{"type": "text", "text": "hello"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 5, "output_tokens": 2},
}


def encoded(asked, accepted=EVERYTHING, **settings):
    client = AnthropicClient(Exchange(httpx.AsyncClient(), Site(URL)), accepted, **settings)
    return json.loads(client.encode(asked))


def read(asked=None, **changes):
    body = json.dumps(MESSAGE | changes).encode()
    return read_completion(Reply({}, body, 1.5), asked or request(), 400, URL)


def text(said):
    return {"type": "text", "text": said}


def test_a_request_says_what_was_asked():
    messages = [
        Message("system", "You are Ada."),
        Message("system", "Be brief."),
        Message("user", "Go on."),
        Message("assistant", "Sending. ", (ToolCall("c1", "f", '{"a": 1}'), ToolCall("c2", "g", "{broken"))),
        Message("tool", "sent", tool_call_id="c1"),
        Message("tool", "what?", tool_call_id="c2"),
        Message("system", "A notice."),
        Message("assistant", ""),
    ]
    sampling = SamplingParameters(0.5, 0.9, 100, ("<end>", " \n"), 5, None)
    tools = ({"type": "function", "function": {"name": "f", "description": "d", "parameters": {"x": 1}}},)
    assert encoded(request(messages=messages, sampling=sampling, tools=tools)) == {
        "model": "m",
        "system": [text("You are Ada."), text("Be brief.")],
        "messages": [
            {"role": "user", "content": [text("Go on.")]},
            {
                "role": "assistant",
                "content": [
                    text("Sending."),
                    {"type": "tool_use", "id": "c1", "name": "f", "input": {"a": 1}},
                    {
                        "type": "tool_use",
                        "id": "c2",
                        "name": "g",
                        "input": {"unreadable_arguments": "{broken"},
                    },
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "c1", "content": "sent"},
                    {"type": "tool_result", "tool_use_id": "c2", "content": "what?"},
                    text("A notice."),
                ],
            },
        ],
        "max_tokens": 100,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop_sequences": ["<end>"],
        "tools": [{"name": "f", "description": "d", "input_schema": {"x": 1}}],
    }


def test_a_tool_without_parameters_has_an_empty_schema():
    body = encoded(request(tools=[{"name": "f"}]))
    assert body["tools"] == [
        {"name": "f", "description": "", "input_schema": {"type": "object", "properties": {}}}
    ]


def test_what_a_model_refuses_is_not_sent():
    sampling = SamplingParameters(0.5, 0.9, 7, ("<end>",))
    accepted = AcceptedParameters(refused=frozenset({"stop", "temperature", "top_p"}))
    body = encoded(request(sampling=sampling), accepted, extra_body={"thinking": {"type": "disabled"}})
    assert sorted(body) == ["max_tokens", "messages", "model", "thinking"]


def test_a_message_is_written_once():
    message = Message("user", "hi")
    encoded(request(messages=[message]))
    message.encoded["anthropic"] = b'{"type":"text","text":"kept"}'
    assert encoded(request(messages=[message]))["messages"] == [{"role": "user", "content": [text("kept")]}]


async def test_a_message_goes_over_http():
    async with client_of(says(200, MESSAGE), provider="anthropic", label_headers=True) as (complete, server):
        completion = await complete(request())
        received = server.received[0]
        assert (completion.text, received.target) == ("hello", "/v1/messages")
        assert received.headers["x-api-key"] == KEY
        assert received.headers["anthropic-version"] == "2023-06-01"
        assert received.headers["x-pare-role"] == "user"
        assert repr(complete) == f"AnthropicClient('{server.url}')"


def test_a_reply_is_read():
    assert read() == Completion(
        text="hello",
        raw_finish_reason="end_turn",
        usage=Usage(5, 0, 2),
        model="claude",
        latency_seconds=1.5,
    )


@pytest.mark.parametrize("content", [None, [], ""])
def test_no_content_is_an_empty_reply(content):
    assert read(content=content).is_empty
    assert read(content=content, stop_reason="max_tokens").is_truncated


def test_thinking_and_tool_calls_are_told_from_text():
    content = [
        {"type": "thinking", "thinking": "hm"},
        {"type": "redacted_thinking", "data": "xyz"},
        text("Calling."),
        {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}},
    ]
    completion = read(content=content, stop_reason="tool_use")
    assert (completion.text, completion.reasoning, completion.finish_reason) == (
        "Calling.",
        "hm",
        "tool_calls",
    )
    assert completion.tool_calls == (ToolCall("t1", "f", '{"a":1}'),)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("refusal", "content_filter"),
        ("pause", "unknown"),
    ],
)
def test_a_stop_reason_is_read_as_far_as_it_is_known(word, reason):
    assert read(stop_reason=word).finish_reason == reason


def test_stop_sequences_are_applied_on_our_side():
    asked = request(sampling=SamplingParameters(stop=("ll",)))
    assert read(asked).text == "he"


@pytest.mark.parametrize(
    ("usage", "read_as"),
    [
        (None, Usage(100, 0, 2, 0, estimated=True)),
        ({"input_tokens": 5}, Usage(5, 0, 2, 0, estimated=True)),
        (
            {
                "input_tokens": 5,
                "cache_read_input_tokens": 90,
                "cache_creation_input_tokens": 3,
                "output_tokens": 4,
            },
            Usage(98, 90, 4),
        ),
    ],
)
def test_tokens_of_the_cache_are_tokens_of_the_prompt(usage, read_as):
    assert read(usage=usage).usage == read_as


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{}", "transient"),
        (b"[]", "transient"),
        (b'{"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}', "overload"),
    ],
)
def test_what_is_no_message_is_said(data, kind):
    with pytest.raises(EndpointError, match=URL) as caught:
        read_completion(Reply({}, data, 1.5), request(), 400, URL)
    assert caught.value.kind == kind
