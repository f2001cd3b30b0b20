"""Whatever an endpoint answers is a completion or a named error, a model's text is a call or a complaint."""

import asyncio
import json
from collections.abc import Mapping
from math import isfinite
from random import Random
from typing import Any, NamedTuple, get_args

import httpx
import orjson
import pytest
from hypothesis import strategies as st

from pare.agents.formats import FORMATS
from pare.agents.observations import Observation, observe
from pare.agents.parsing import DEEPEST, Decision, Malformed, parse_react_json
from pare.apps.base import App
from pare.kernel.environment import Environment
from pare.kernel.recording import event_registered
from pare.llm import anthropic, openai
from pare.llm.client import RETRIED, EndpointError, ErrorKind
from pare.llm.digest import encode_json
from pare.llm.exchange import Exchange, Reply, Site
from pare.llm.failures import http_failure
from pare.llm.journal_lines import Entry, decoded_entry
from pare.llm.prices import Price
from pare.llm.reading import MOST_TOKENS
from pare.llm.retry_after import retry_after_seconds
from pare.llm.types import (
    CallLabel,
    Completion,
    CompletionRequest,
    FinishReason,
    Message,
    SamplingParameters,
    Usage,
)
from pare.tools import Toolbox, app_tool
from tests.fuzz.cases import (
    LONG_CASES,
    PARTS,
    SCALARS,
    as_json,
    assert_linear,
    assert_shown,
    changed,
    flipped,
    in_long_mode,
    in_parts,
    run_cases,
    some,
    spliced,
    values_of,
)

URL = "http://127.0.0.1:1/v1"
LONGEST_MESSAGE = 1_000
LONGEST_OBSERVATION = 2_000
ASKED = CompletionRequest(
    "m",
    [Message("system", "Bake.")],
    CallLabel("scenario", 1, "c0ffee", "user", 0),
    SamplingParameters(stop=("<end_action>",)),
)

# --- what is changed ----------------------------------------------------------------------------------------

ACTION = (
    'Thought: hungry\nAction: {"action": "Oven__bake", '
    '"action_input": {"what": "rye", "minutes": 5}}<end_action>'
)
OPENAI: dict[str, Any] = {
    "id": "1",
    "model": "m-2025",
    "system_fingerprint": "fp",
    "choices": [
        {
            "finish_reason": "tool_calls",
            "message": {
                "role": "assistant",
                "content": ACTION,
                "reasoning_content": "hm",
                "tool_calls": [
                    {"id": "c1", "function": {"name": "Oven__bake", "arguments": '{"what": "rye"}'}},
                    {"id": "c2", "function": {"name": "Oven__peek", "arguments": {"deep": [1]}}},
                ],
            },
        }
    ],
    "usage": {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "total_tokens": 20,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 3},
    },
}
PLAIN: dict[str, Any] = {
    "choices": [{"finish_reason": "stop", "message": {"content": f"<think>so</think>{ACTION}"}}]
}
ANTHROPIC: dict[str, Any] = {
    "model": "c-2025",
    "stop_reason": "tool_use",
    "content": [
        {"type": "thinking", "thinking": "hm"},
        {"type": "text", "text": ACTION},
        {"type": "tool_use", "id": "t1", "name": "Oven__bake", "input": {"what": "rye", "minutes": 3}},
    ],
    "usage": {"input_tokens": 9, "cache_read_input_tokens": 3, "output_tokens": 7},
}
ERRORS: list[Any] = [
    {"error": {"message": "Rate limit reached", "type": "tokens", "code": "rate_limit_exceeded"}},
    {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    {
        "error": {
            "message": "bad",
            "param": "temperature",
            "code": "unsupported_parameter",
            "innererror": {"code": "x"},
        }
    },
    {"detail": [{"msg": "field required", "loc": ["body"], "input": "prompt"}]},
    [{"error": {"code": 503, "status": "UNAVAILABLE", "message": "later"}}],
    {"error": "model not found"},
]
BODIES = [OPENAI, OPENAI, PLAIN, ANTHROPIC, ANTHROPIC, *ERRORS]
HEADERS = {
    "date": "Mon, 06 Jan 2025 09:00:00 GMT",
    "retry-after": "Mon, 06 Jan 2025 09:00:07 GMT",
    "retry-after-ms": "20",
    "x-ratelimit-reset-requests": "6m0s",
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset": "1736154010",
    "anthropic-ratelimit-tokens-reset": "2025-01-06T09:01:00Z",
    "anthropic-ratelimit-tokens-remaining": "0",
    "location": "https://user:word@other.example/v2?key=1",
    "content-type": "application/json; charset=utf-8",
    "content-length": "20",
}
STATUSES = (
    200,
    200,
    201,
    204,
    299,
    300,
    302,
    400,
    401,
    403,
    404,
    407,
    408,
    413,
    422,
    429,
    451,
    500,
    503,
    529,
    599,
    999,
)

TEXTS = st.sampled_from(
    [
        "Action:",
        "Thought:",
        "Observation:",
        "<end_action>",
        "<think>",
        "</think>",
        "</thought>",
        "```json\n",
        "```",
        '{"action": "Oven__burn"}',
        '"action_input": ',
        "{",
        "}",
        '"',
        "\\",
        "\n",
        " ",
        "\x00",
        "\x1b[2J",
        "\ud800",
        "\u2028",
        "null",
        "-1",
        "1e999",
        "9" * 40,
        "[" * 80,
        '{"a":' * 80,
        "Oven__",
        " " * 50,
        ACTION,
    ]
)
NUMBERS = st.sampled_from(
    [
        0,
        -1,
        True,
        1.5,
        1e12,
        1e15,
        1e300,
        2**31,
        2**63,
        10**30,
        10**400,
        float("inf"),
        float("nan"),
        "12",
        None,
    ]
)
VALUES = values_of(SCALARS | TEXTS | NUMBERS) | NUMBERS
TIMES = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "1e400",
        "nan",
        "1e300",
        "1_0",
        "٣",
        "6m",
        "1d2h3m4s5ms",
        "9" * 400 + "s",
        "1" * 99 + "h",
        "0x1",
        "Mon, 99 Foo 0000",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Sat, 01 Jan 0001 00:00:00 +2359",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "9" * 5000,
        "253402300800000",
        "1e308",
        "-0",
        "2025-01-06",
        "\x1b[2J",
        "x" * 5000,
    ]
)
PIECES = TEXTS | TIMES | st.text(max_size=4)


class Parts(NamedTuple):
    """What the cases of a batch are made of."""

    values: list[Any]
    pieces: list[str]
    times: list[str]


PARTS_OF_CASES = st.builds(Parts, some(VALUES), some(PIECES), some(TIMES | st.text(max_size=12)))


class Case(NamedTuple):
    """An answer of an endpoint."""

    status: int
    headers: dict[str, str]
    body: bytes


def make(parts: Parts, rng: Random) -> Case:
    headers = {name: text for name, text in HEADERS.items() if rng.random() < 0.5}
    for name in rng.sample(sorted(HEADERS), rng.randrange(3)):
        headers[name] = (
            rng.choice(parts.times) if rng.random() < 0.7 else spliced(rng, HEADERS[name], parts.pieces)
        )
    return Case(rng.choice(STATUSES) if rng.random() < 0.4 else 200, headers, body_of(parts, rng))


def body_of(parts: Parts, rng: Random) -> bytes:
    body = rng.choice(BODIES)
    kind = rng.randrange(10)
    if kind < 5:
        return as_json(changed(rng, body, parts.values))
    if kind < 8:
        text = spliced(rng, ACTION, parts.pieces)
        return as_json(
            {"choices": [{"message": {"content": text}}], "content": [{"type": "text", "text": text}]}
        )
    if kind == 8:
        return flipped(rng, as_json(body))
    return str(spliced(rng, json.dumps(body), parts.pieces)).encode(errors="replace")


# --- what holds ---------------------------------------------------------------------------------------------


class Oven(App):
    """Takes what it is given."""

    @app_tool()
    @event_registered()
    def bake(self, what: str, minutes: int = 10) -> str:
        """Bake something.

        :param what: the dough
        :param minutes: how long
        """
        assert isinstance(what, str)
        assert isinstance(minutes, int)
        return f"{what} after {minutes}"

    @app_tool()
    @event_registered()
    def peek(self) -> list[str]:
        """Look inside."""
        return ["bread"]


def kitchen() -> Toolbox:
    environment, oven = Environment(), Oven()
    environment.register_apps([oven])
    environment.start()
    return Toolbox(oven.get_tools())


def check(case: Case, toolbox: Toolbox) -> None:
    wait = retry_after_seconds(case.headers)
    assert wait is None or (isfinite(wait) and wait >= 0)
    if 200 <= case.status < 300:
        for read in (openai.read_completion, anthropic.read_completion):
            check_reply(read, case, toolbox)
    else:
        check_error(http_failure(case.status, case.headers, case.body, URL))


def check_error(error: EndpointError) -> None:
    assert error.kind in get_args(ErrorKind)
    assert str(error).startswith(f"{URL}: ")
    assert_shown(str(error), LONGEST_MESSAGE)
    assert "\n" not in str(error)
    assert error.retry_after is None or error.kind in RETRIED


def check_reply(read: Any, case: Case, toolbox: Toolbox) -> None:
    try:
        completion = read(Reply(case.headers, case.body, 1.0), ASKED, 100, URL)
    except EndpointError as error:
        check_error(error)
        check_unreadable(error)
        return
    check_usage(completion.usage)
    assert completion.finish_reason in get_args(FinishReason)
    for name in (completion.model, completion.raw_finish_reason, completion.system_fingerprint):
        assert name is None or len(name) <= 200
    entry = Entry("user", 0, "", "d", completion)
    assert decoded_entry(encode_json(entry)) == entry
    for format_name in FORMATS:
        check_decision(format_name, completion, toolbox)


def check_unreadable(error: EndpointError) -> None:
    """Check that a reply that cannot be read is asked for again, unless it says itself what is wrong."""
    assert error.cause == "error_in_reply" or (error.kind, error.retry_after) == ("transient", None)


def check_usage(usage: Usage) -> None:
    numbers = (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens, usage.reasoning_tokens)
    assert all(type(number) is int and 0 <= number <= 3 * MOST_TOKENS for number in numbers)
    assert usage.cached_tokens <= usage.prompt_tokens
    assert usage.reasoning_tokens <= usage.completion_tokens


def check_decision(format_name: Any, completion: Completion, toolbox: Toolbox) -> None:
    """Check that a reply gives a call or a complaint, and can be sent back with what came of it."""
    action_format = FORMATS[format_name]
    read = action_format.read(completion)
    if isinstance(read, Malformed):
        text = read.complaint
        assert text
        assert len(text) <= LONGEST_MESSAGE
    else:
        assert read.tool == read.tool.strip() != ""
        observation = asked(read, toolbox)
        assert observation.failed or observation.tool is not None
        assert len(observation.text) <= LONGEST_OBSERVATION + 100
        text = observation.text
    for message in (action_format.reply(completion), *action_format.observation(text, read)):
        assert isinstance(orjson.loads(orjson.dumps(openai.encoded_message(message))), dict)
        assert isinstance(orjson.loads(b"[" + anthropic.encoded_blocks(message) + b"]"), list)


def asked(decision: Decision, toolbox: Toolbox) -> Observation:
    """Make a call; its tools wait for nothing."""
    try:
        observe(decision, toolbox, LONGEST_OBSERVATION).send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    raise AssertionError("it waits")


def run(cases: int) -> None:
    toolbox = kitchen()
    run_cases(PARTS_OF_CASES, make, lambda case: check(case, toolbox), cases=cases, batch=25)


def test_a_reply_is_a_completion_or_a_named_error() -> None:
    run(1_000)


@in_long_mode
@in_parts
def test_each_of_many_replies_is_a_completion_or_a_named_error(part: int) -> None:
    run(LONG_CASES // PARTS)


@pytest.mark.parametrize("body", BODIES)
def test_what_is_changed_is_sound_before(body: Any) -> None:
    toolbox = kitchen()
    read = anthropic.read_completion if "stop_reason" in body else openai.read_completion
    case = Case(200 if body in (OPENAI, PLAIN, ANTHROPIC) else 429, HEADERS, as_json(body))
    check(case, toolbox)
    if case.status == 200:
        completion = read(Reply({}, case.body, 1.0), ASKED, 100, URL)
        assert asked(FORMATS["react_json"].read(completion), toolbox).text == "rye after 5"


# --- over HTTP ----------------------------------------------------------------------------------------------


def exchanged(case: Case) -> Reply | EndpointError:
    """Send a request to an endpoint that answers with `case`."""

    def answer(request: httpx.Request) -> httpx.Response:
        headers = [(name, text.encode(errors="replace")) for name, text in case.headers.items()]
        return httpx.Response(case.status, headers=headers, stream=httpx.ByteStream(case.body))

    async def ask() -> Reply | EndpointError:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            try:
                return await Exchange(client, Site(URL)).post("/chat/completions", b"{}")
            except EndpointError as error:
                return error

    return asyncio.run(ask())


def check_exchange(case: Case) -> None:
    result = exchanged(case)
    if isinstance(result, EndpointError):
        check_error(result)
    else:
        assert (result.body, 200 <= case.status < 300) == (case.body, True)


def test_an_answer_over_http_is_a_reply_or_a_named_error() -> None:
    run_cases(PARTS_OF_CASES, make, check_exchange, cases=100, batch=10)


# --- sizes --------------------------------------------------------------------------------------------------


def said(text: str) -> bytes:
    return as_json({"choices": [{"message": {"content": text}}]})


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "<think>",
        "</think>",
        "<think></think>",
        "</think",
        "<",
        "Action:",
        "Action: ",
        "Action:{",
        '{"',
        "```",
        '\\"',
    ],
)
@pytest.mark.parametrize("end", ["", "</think>", 'Action: {"action": "'])
def test_the_time_to_read_a_text_grows_with_its_size(text: str, end: str) -> None:
    def read(body: bytes) -> None:
        completion = openai.read_completion(Reply({}, body, 1.0), ASKED, 100, URL)
        parse_react_json(completion.text)

    assert_linear(read, lambda size: said(text * size + end), size=5_000)


@pytest.mark.parametrize("text", ["<", "<script>", "sk-sk", "Bearer ", "model ", "api key ", " ", "\x00"])
def test_the_time_to_read_a_refusal_grows_with_its_size(text: str) -> None:
    assert_linear(
        lambda body: http_failure(400, {}, body, URL), lambda size: (text * size).encode(), size=2_000
    )


@pytest.mark.parametrize("text", ["1", "1m", "1 ", " ", "1.", "Mon, ", "2025-"])
@pytest.mark.parametrize("name", ["retry-after", "x-ratelimit-reset-tokens", "retry-after-ms", "date"])
def test_the_time_to_read_a_header_grows_with_its_size(name: str, text: str) -> None:
    def read(headers: Mapping[str, str]) -> None:
        retry_after_seconds(headers)

    assert_linear(read, lambda size: {"retry-after": "Mon", name: text * size}, size=1_000)


@pytest.mark.parametrize("depth", [DEEPEST, 200, 255, 400, 900, 1_020, 5_000])
@pytest.mark.parametrize("place", ["arguments", "error", "content", "usage"])
def test_nested_replies_have_a_named_outcome(depth: int, place: str) -> None:
    deep = "[" * depth + "]" * depth
    call = '{"function":{"name":"Oven__bake","arguments":{"what":%s}}}'
    body = {
        "arguments": '{"choices":[{"message":{"tool_calls":[%s]}}]}'.replace("%s", call),
        "error": '{"error":{"message":%s,"code":429,"param":["x"]}}',
        "content": '{"choices":[{"message":{"content":%s}}],"content":%s}',
        "usage": '{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":%s}}',
    }[place].replace("%s", deep)
    for status in (200, 400, 429):
        check(Case(status, {}, body.encode()), kitchen())


# --- what was found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", ['{"what":%s}' % ("[" * 300 + "]" * 300), '{"what":%s}' % ("9" * 100)])
def test_arguments_that_cannot_be_written_reach_no_tool(arguments: str) -> None:
    message = (
        '{"x":NaN,"choices":[{"message":{"tool_calls":[{"function":{"name":"Oven__bake","arguments":%s}}]}}]}'
    )
    completion = openai.read_completion(Reply({}, (message % arguments).encode(), 1.0), ASKED, 100, URL)
    observation = asked(FORMATS["tool_calls"].read(completion), kitchen())
    assert observation.failed


def test_a_server_that_counts_absurdly_has_not_counted() -> None:
    usage = openai.read_usage(
        {"prompt_tokens": 10**13, "completion_tokens": 5, "total_tokens": 10**14}, 400, 20
    )
    assert usage == Usage(100, 0, 5, 0, estimated=True)


def test_a_part_of_the_tokens_is_no_more_than_all() -> None:
    details = {
        "prompt_tokens_details": {"cached_tokens": 90},
        "completion_tokens_details": {"reasoning_tokens": 70},
    }
    usage = openai.read_usage({"prompt_tokens": 10, "completion_tokens": 5, **details}, 400, 20)
    assert usage == Usage(10, 10, 5, 5)
    assert Price(prompt=1, completion=1, cached_prompt=0.1).cost(usage) > 0


def test_what_a_server_says_is_short_and_printable_in_an_error() -> None:
    body = as_json({"error": {"message": "a\x1b[31m\x00b", "param": "x" * 3_000}})
    said = str(http_failure(400, {}, body, URL))
    assert_shown(said, 400)
    with pytest.raises(EndpointError) as refused:
        openai.read_completion(Reply({"content-type": "x" * 9_000}, b"?", 1.0), ASKED, 100, URL)
    assert_shown(str(refused.value), 400)


def test_a_stream_of_events_that_nobody_asked_for_is_asked_for_again() -> None:
    body = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n'
    for read in (openai.read_completion, anthropic.read_completion):
        with pytest.raises(EndpointError) as refused:
            read(Reply({"content-type": "text/event-stream"}, body, 1.0), ASKED, 100, URL)
        assert (refused.value.kind, refused.value.cause) == ("transient", "not_json")


def test_a_wait_is_finite() -> None:
    assert retry_after_seconds({"x-ratelimit-reset-requests": "9" * 400 + "s"}) is None


def test_a_length_of_thousands_of_digits_is_too_large() -> None:
    answer = exchanged(Case(200, {"content-length": "9" * 5_000}, b"{}"))
    assert isinstance(answer, EndpointError)
    assert answer.cause == "body_too_large"


def test_names_that_a_server_gives_are_cut() -> None:
    body = as_json({**OPENAI, "model": "m" * 5_000, "system_fingerprint": "f" * 5_000})
    completion = openai.read_completion(Reply({}, body, 1.0), ASKED, 100, URL)
    assert (completion.model, completion.system_fingerprint) == ("m" * 200, "f" * 200)
