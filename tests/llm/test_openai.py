"""What is said to a server of chat completions, and how its replies are read."""

import json

import httpx
import orjson
import pytest

from pare.llm.client import EndpointError
from pare.llm.engine import AcceptedParameters
from pare.llm.exchange import Exchange, Reply, Site
from pare.llm.openai import OpenAIClient, read_completion
from pare.llm.types import Completion, Message, SamplingParameters, ToolCall, Usage
from tests.llm.loopback import COMPLETION, chat, client_of, request, says

URL = "http://localhost/v1"
EVERYTHING = AcceptedParameters()
TOOLS = (
    {"type": "function", "function": {"name": "Mail__send", "description": "Send.", "parameters": {"a": 1}}},
)


def encoded(asked, accepted=EVERYTHING, **settings):
    client = OpenAIClient(Exchange(httpx.AsyncClient(), Site(URL)), accepted, **settings)
    return json.loads(client.encode(asked))


def read(data, asked=None, sent_bytes=400):
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return read_completion(Reply({}, body, 1.5), asked or request(), sent_bytes, URL)


# --- requests -----------------------------------------------------------------------------------------------


def test_a_request_says_what_was_asked():
    calls = (ToolCall("c1", "Mail__send", '{"to": "Ada"}'),)
    messages = [
        Message("system", "You are Ada."),
        Message("user", "Go on – ¡olé!"),
        Message("assistant", "", calls),
        Message("assistant", "Thought", calls),
        Message("tool", "sent", tool_call_id="c1"),
    ]
    sampling = SamplingParameters(0.5, 0.9, 100, ("<end>", ""), 2**63 + 5, "low")
    function = {"name": "Mail__send", "arguments": '{"to": "Ada"}'}
    call = {"id": "c1", "type": "function", "function": function}
    assert encoded(request(messages=messages, sampling=sampling, tools=TOOLS)) == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "You are Ada."},
            {"role": "user", "content": "Go on – ¡olé!"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "assistant", "content": "Thought", "tool_calls": [call]},
            {"role": "tool", "content": "sent", "tool_call_id": "c1"},
        ],
        "max_tokens": 100,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop": ["<end>"],
        "seed": 5,
        "reasoning_effort": "low",
        "tools": list(TOOLS),
    }


def test_a_finite_token_limit_is_always_sent():
    assert encoded(request()) == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 4096,
    }


def test_what_a_model_refuses_is_not_sent():
    refused = frozenset({"stop", "temperature", "seed", "top_p", "reasoning_effort"})
    sampling = SamplingParameters(0.5, 0.9, 7, ("<end>",), 5, "low")
    body = encoded(request(sampling=sampling), AcceptedParameters("max_completion_tokens", refused))
    assert sorted(body) == ["max_completion_tokens", "messages", "model"]
    assert body["max_completion_tokens"] == 7


def test_no_more_stop_sequences_are_sent_than_the_api_takes():
    stops = tuple("abcdef")
    assert encoded(request(sampling=SamplingParameters(stop=stops)))["stop"] == list("abcd")


def test_extra_fields_are_merged_into_every_request():
    body = encoded(request(), extra_body={"provider": {"order": ["x"]}, "max_tokens": 9})
    assert (body["provider"], body["max_tokens"]) == ({"order": ["x"]}, 9)


def test_a_message_is_written_once():
    message = Message("user", "long " * 100)
    encoded(request(messages=[message]))
    message.encoded["openai"] = b'{"role":"user","content":"kept"}'
    assert encoded(request(messages=[message]))["messages"] == [{"role": "user", "content": "kept"}]


def test_a_tuple_of_tools_is_written_once_and_a_list_each_time():
    client = OpenAIClient(Exchange(httpx.AsyncClient(), Site(URL)), AcceptedParameters())
    tools = ({"type": "function", "function": {"name": "a"}},)
    growing = [tools[0]]
    for asked in (tools, growing):
        client.encode(request(tools=asked))
    tools[0]["function"]["name"] = "b"
    growing.append(tools[0])
    assert json.loads(client.encode(request(tools=tools)))["tools"][0]["function"]["name"] == "a"
    assert len(json.loads(client.encode(request(tools=growing)))["tools"]) == 2


def test_many_lists_of_tools_do_not_pile_up():
    client = OpenAIClient(Exchange(httpx.AsyncClient(), Site(URL)), AcceptedParameters())
    for number in range(600):
        tools = ({"type": "function", "function": {"name": f"tool{number}"}},)
        body = json.loads(client.encode(request(tools=tools)))
        assert body["tools"][0]["function"]["name"] == f"tool{number}"
    assert len(client._tools._known) <= 256


def test_what_is_no_unicode_is_sent_all_the_same():
    assert encoded(request("half of a smile: \ud83d"))["messages"][0]["content"].startswith("half of a smile")


async def test_headers_query_and_key_go_with_every_call():
    settings = {"headers": {"X-Team": "a"}, "query": {"api-version": "2024-10-21"}, "auth_header": "api-key"}
    async with client_of(COMPLETION, **settings) as (complete, server):
        await complete(request())
        received = server.received[0]
        assert received.target == "/v1/chat/completions?api-version=2024-10-21"
        assert received.headers["x-team"] == "a"
        assert received.headers["api-key"].startswith("sk-test")
        assert received.headers["content-type"] == "application/json"
        assert "authorization" not in received.headers
        assert not [name for name in received.headers if name.startswith("x-pare")]


async def test_only_scripted_endpoints_learn_which_run_it_is():
    async with client_of(COMPLETION, provider="scripted") as (complete, server):
        await complete(request())
        labels = {name: text for name, text in server.received[0].headers.items() if "pare-" in name}
        expected = {"scenario": "scenario", "run": "1", "role": "user", "step": "0"}
        assert labels == {f"x-pare-{name}": text for name, text in expected.items()}


def test_a_client_shows_no_more_than_its_url():
    client = OpenAIClient(Exchange(httpx.AsyncClient(), Site(URL)), AcceptedParameters())
    assert repr(client) == f"OpenAIClient('{URL}')"


# --- replies ------------------------------------------------------------------------------------------------


def test_a_reply_is_read():
    assert read(chat(system_fingerprint="fp")) == Completion(
        text="hello",
        raw_finish_reason="stop",
        usage=Usage(12, 0, 3, 0),
        model="m-2025",
        system_fingerprint="fp",
        latency_seconds=1.5,
    )


@pytest.mark.parametrize(
    ("content", "text", "reasoning"),
    [
        (None, "", ""),
        (7, "", ""),
        (["a", {"type": "text", "text": "b"}, {"type": "image"}, None, {"text": 3}], "ab", ""),
        ({"type": "text", "text": "b"}, "b", ""),
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"text": "b"}], "b", "hm"),
        ("<think>hm</think>\n\nb", "b", "hm"),
        ("\n<Thinking>hm</Thinking><think>so</think>b", "b", "hm\nso"),
        ("hm, so</think>b", "b", "hm, so"),
        ("<think>hm", "", "hm"),
        ("<think></think>b", "b", ""),
        ("b <think>not at the start</think>", "b <think>not at the start</think>", ""),
        ("Thought: I see.\nAction: {}", "Thought: I see.\nAction: {}", ""),
    ],
)
def test_content_is_told_from_reasoning(content, text, reasoning):
    completion = read(chat(content))
    assert (completion.text, completion.reasoning) == (text, reasoning)


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning", "thinking", "reasoning_details"])
def test_reasoning_is_found_whatever_its_field_is_called(name):
    said = [{"type": "reasoning.text", "text": "hm"}] if name == "reasoning_details" else "hm"
    assert read(chat("b", **{name: said})).reasoning == "hm"


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("stop", "stop"),
        ("eos", "stop"),
        ("LENGTH", "length"),
        ("function_call", "tool_calls"),
        ("SAFETY", "content_filter"),
        ("banana", "unknown"),
        (None, "unknown"),
        (3, "unknown"),
    ],
)
def test_a_finish_reason_is_read_as_far_as_it_is_known(word, reason):
    completion = read(chat(finish_reason=word))
    assert completion.finish_reason == reason
    assert completion.raw_finish_reason == (word if isinstance(word, str) else None)


@pytest.mark.parametrize("content", ["", None, " \n", "<think>I was still thinking"])
def test_an_empty_reply_of_full_length_is_truncated(content):
    completion = read(chat(content, finish_reason="length"))
    assert completion.is_truncated
    assert completion.is_empty


def test_stop_sequences_are_applied_on_our_side():
    asked = request(sampling=SamplingParameters(stop=("<end>", "Observation:")))
    completion = read(chat("a Observation: b <end> c", finish_reason="length"), asked)
    assert (completion.text, completion.finish_reason) == ("a ", "stop")
    unstopped = read(chat("<think>the <end> is near</think>a"), asked)
    assert (unstopped.text, unstopped.reasoning) == ("a", "the <end> is near")
    filtered = read(chat("a<end>", finish_reason="content_filter"), asked)
    assert (filtered.text, filtered.finish_reason) == ("a", "content_filter")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ("{broken", "{broken"),
        ({"a": 1}, '{"a":1}'),
        (None, "{}"),
        ("", "{}"),
        ([1], "[1]"),
    ],
)
def test_arguments_of_a_tool_call_are_text_or_an_object(arguments, text):
    call = {"id": "c7", "type": "function", "function": {"name": "f", "arguments": arguments}}
    completion = read(chat(None, tool_calls=[call]))
    assert completion.tool_calls == (ToolCall("c7", "f", text),)
    assert completion.finish_reason == "tool_calls"


def test_odd_tool_calls_are_read_as_far_as_they_go():
    calls = [None, {"function": {"name": None}}, {"name": "g", "arguments": "{}"}, {"id": 3, "function": "x"}]
    completion = read(chat(None, tool_calls=calls))
    expected = (ToolCall("call_0", "", "{}"), ToolCall("call_1", "g", "{}"), ToolCall("call_2", "", "{}"))
    assert completion.tool_calls == expected
    assert read(chat("x", tool_calls="none")).tool_calls == ()


def test_the_older_api_has_one_function_call():
    completion = read(chat(None, function_call={"name": "f", "arguments": "{}"}))
    assert completion.tool_calls == (ToolCall("call_0", "f", "{}"),)


def test_a_refusal_is_content_that_was_filtered():
    completion = read(chat(None, refusal="I cannot help with that."))
    assert (completion.text, completion.finish_reason) == ("I cannot help with that.", "content_filter")


def test_a_text_completion_is_read_as_well():
    assert read({"choices": [{"text": "hello"}]}).text == "hello"
    assert read({"choices": [{"message": "odd"}]}).is_empty


@pytest.mark.parametrize(
    ("usage", "read_as"),
    [
        (None, Usage(100, 0, 2, 0, estimated=True)),
        ("many", Usage(100, 0, 2, 0, estimated=True)),
        ({}, Usage(100, 0, 2, 0, estimated=True)),
        ({"prompt_tokens": 9}, Usage(9, 0, 2, 0, estimated=True)),
        ({"prompt_tokens": 9, "completion_tokens": 0}, Usage(9, 0, 2, 0, estimated=True)),
        ({"prompt_tokens": "9", "completion_tokens": True}, Usage(100, 0, 2, 0, estimated=True)),
        ({"prompt_tokens": 9.0, "completion_tokens": -1}, Usage(9, 0, 2, 0, estimated=True)),
        ({"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}, Usage(9, 0, 4)),
        ({"prompt_tokens": 9, "completion_tokens": 4, "prompt_cache_hit_tokens": 5}, Usage(9, 5, 4)),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 4,
                "total_tokens": 20,
                "prompt_tokens_details": {"cached_tokens": 6},
                "completion_tokens_details": {"reasoning_tokens": 7},
            },
            Usage(9, 6, 11, 7),
        ),
    ],
)
def test_tokens_that_a_server_does_not_count_are_estimated_and_flagged(usage, read_as):
    assert read(chat(usage=usage)).usage == read_as


def test_an_empty_reply_of_no_tokens_is_no_estimate():
    usage = {"prompt_tokens": 9, "completion_tokens": 0}
    assert read(chat("", usage=usage)).usage == Usage(9, 0, 0, 0)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (rb'"half \ud83d smile"', "half � smile"),
        (b'"a\x00\x1fb"', "a\x00\x1fb"),
        (b'"caf\xe9"', "caf�"),
        (rb'"\ud83d\ude00"', "😀"),
    ],
)
def test_json_that_is_not_quite_is_read(raw, text):
    body = b'{"choices": [{"message": {"content": %b}, "logprobs": [NaN, Infinity]}]}' % raw
    completion = read(body)
    assert completion.text == text
    orjson.dumps(completion.text)


def test_numbers_and_lists_where_text_belongs_do_no_harm():
    completion = read(chat(model=7, system_fingerprint=["x"]))
    assert (completion.model, completion.system_fingerprint) == (None, None)


@pytest.mark.parametrize("data", [[], {}, {"choices": None}, {"choices": []}, {"error": "out of memory"}])
def test_what_is_no_completion_is_said(data):
    with pytest.raises(EndpointError, match=URL):
        read(data)


async def test_a_completion_comes_back_over_http():
    usage = {"prompt_tokens": 5, "completion_tokens": 1}
    async with client_of(says(200, chat("ok", usage=usage))) as (complete, server):
        completion = await complete(request())
        assert (completion.text, completion.usage) == ("ok", Usage(5, 0, 1))
        assert 0 < completion.latency_seconds < 5
        assert server.received[0].json["max_completion_tokens"] == 4096
