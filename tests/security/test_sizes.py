"""What is too large, too deep or no text: a call or a run ends by name, and the next one is as ever."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pare.llm.client import EndpointError
from pare.llm.exchange import MAX_BODY_BYTES
from pare.llm.journal_lines import RunKey, read_contents
from pare.llm.reading import split_thinking
from pare.llm.scripted import fixed
from pare.llm.types import Completion, ToolCall
from tests.cli.nights import Place, counting_endpoint, lines_of, place_at
from tests.llm.loopback import COMPLETION, chat, client_of, http, never_ends, request, says, writes
from tests.security.echo import message_to_user

HUNDRED_MB = 100_000_000
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
LESS_DEEP = "[" * 1_000 + "]" * 1_000
DIGITS = "9" * 100_000


def body(**message: str) -> bytes:
    """Give a completion whose message has fields that are JSON as it is written."""
    fields = ", ".join(f'"{name}": {written}' for name, written in message.items())
    return f'{{"choices": [{{"message": {{{fields}}}, "finish_reason": "stop"}}], "n": NaN}}'.encode()


def a_call(arguments: str) -> bytes:
    return body(tool_calls=f'[{{"id": "c", "function": {{"name": "f", "arguments": {arguments}}}}}]')


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (writes(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % HUNDRED_MB), "body_too_large"),
        (never_ends(b"x" * 1_000_000), "body_too_large"),
        (says(200, chat("x" * MAX_BODY_BYTES)), "body_too_large"),
        (writes(http(200, b"{}", {f"x-{number}": "y" * 1_000 for number in range(200)})), "not_http"),
        (writes(b"HTTP/1.1 200 OK\r\nx-flood: " + b"y" * 1_000_000 + b"\r\n\r\n"), "not_http"),
        (writes(b"HTTP/1.1 200 OK\r\ncontent-length: " + b"9" * 5_000 + b"\r\n\r\n"), ""),
        (writes(b"HTTP/1.1 " + b"2" * 100_000 + b" OK\r\n\r\n"), "not_http"),
        (says(200, DEEP), "not_json"),
        (says(200, body(content=DIGITS)), "not_json"),
        (says(200, body(content=LESS_DEEP)), "not_json"),
        (says(400, DEEP), "http_400"),
        (says(400, f'{{"error": {{"message": {LESS_DEEP}}}}}'.encode()), "http_400"),
        (says(400, LESS_DEEP.encode()), "http_400"),
        (says(500, b"<script " * 100_000), "http_500"),
        (says(429, b"{}", {"retry-after": DIGITS[:5_000], "x-ratelimit-reset": "nan"}), "http_429"),
        (says(302, b"", {"location": "http://[::1/x"}), "http_302"),
        (says(400, {"error": {"message": "a\x00\x1b[2J\ud800\u202e", "param": "\x1b"}}), "http_400"),
    ],
)
async def test_an_answer_beyond_all_bounds_is_a_named_error(answer, cause: str) -> None:
    async with client_of(answer, COMPLETION) as (complete, _):
        with pytest.raises(EndpointError) as caught:
            await complete(request())
        assert (caught.value.cause == cause or not cause, caught.value.retry_after) == (True, None)
        assert (len(str(caught.value)) < 1_000, str(caught.value).isprintable()) == (True, True)
        assert (await complete(request())).text == "hello"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (body(content='"a\\u0000b"'), "a\0b"),
        (body(content='"\\ud800x"'), "\ufffdx"),
        (body(content="NaN"), ""),
        (body(content='"x"', reasoning_details="[" * 200 + "]" * 200), "x"),
        (json.dumps(chat("<think></think>" * 100_000 + "done")).encode(), "done"),
        (json.dumps(chat("x" * 1_000_000)).encode(), "x" * 1_000_000),
    ],
)
async def test_an_odd_reply_is_read_as_far_as_it_is_text(answer: bytes, text: str) -> None:
    async with client_of(says(200, answer)) as (complete, _):
        assert (await complete(request())).text == text


@pytest.mark.parametrize("arguments", ["[" * 300 + "]" * 300, "1" + "0" * 40, '{"a": NaN}', '"{"'])
async def test_arguments_that_no_tool_takes_are_text(arguments: str) -> None:
    async with client_of(says(200, a_call(arguments))) as (complete, _):
        (call,) = (await complete(request())).tool_calls
    assert (call.name, isinstance(call.arguments, str), len(call.arguments) > 0) == ("f", True, True)


def test_reasoning_is_parted_in_one_pass() -> None:
    thoughts, rest = split_thinking("<think>a</think>" * 200_000 + "said")
    assert (len(thoughts), rest) == (2 * 200_000 - 1, "said")


@pytest.mark.parametrize("line", [DEEP, b'{"sum":"0", "entry":' + DIGITS.encode(), b"\x00" * 1_000_000])
def test_a_journal_beyond_all_bounds_is_foreign(line: bytes) -> None:
    found = read_contents(line + b"\n", RunKey("a", 1, "c"))
    assert (found.fault, found.entries) == ("foreign", {})


# --- runs ---------------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with place_at(tmp_path) as place:
        yield place


def call_with(arguments: str) -> Completion:
    call = ToolCall("c", "PAREAgentUserInterface__send_message_to_user", arguments)
    return Completion(text="", tool_calls=(call,), finish_reason="tool_calls")


@pytest.mark.parametrize("form", ["react_json", "tool_calls"])
def test_a_run_of_hostile_replies_has_an_outcome_and_the_sweep_goes_on(place: Place, form: str) -> None:
    arguments = [
        *("{}", "[" * 5_000, '{"content": ' * 300 + "1" + "}" * 300, f'{{"content": {DIGITS}}}'),
        *('{"content": NaN}', '{"content": "a\\u0000\\ud800"}', '{"content": "' + "x" * 500_000 + '"}'),
        *('{"__class__": 1, "self": 2}', "\x00", '{"content": 1e999}'),
    ]
    replies = [call_with(text) for text in arguments]
    if form == "react_json":
        action = '{{"action": "PAREAgentUserInterface__send_message_to_user", "action_input": {}}}'
        texts = [f"Action:\n{action.format(text)}<end_action>" for text in arguments]
        replies = [Completion(text=text) for text in (*texts, "", "x" * 1_000_000, message_to_user("\0"))]
    with counting_endpoint(fixed(replies)) as desk:
        sweep = place.write(
            "s",
            url=desk.url,
            model={"model": "m"},
            scenarios={"split": "full", "limit": 3},
            limits={"executor_type": "async", "max_retries": 0},
            base={"format": form, "user_max_iterations": 20, "observe_max_iterations": 20, "max_turns": 2},
        )
        code, said = place.here("run", sweep)
    assert code == 0, said
    assert {row["outcome"] for row in lines_of(place.folder())} <= {"success", "failure"}
    assert (len(lines_of(place.folder())), desk.total > 20) == (3, True)


async def test_a_large_request_is_sent_whole() -> None:
    text = "x" * 3_000_000
    async with client_of(COMPLETION) as (complete, server):
        await complete(request(text))
    assert server.received[0].json["messages"] == [{"role": "user", "content": text}]
    assert server.received[0].headers["content-length"] == str(len(server.received[0].body))
