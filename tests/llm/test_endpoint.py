"""A scripted endpoint answers over HTTP as a provider would, and fails as it is told to."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import asynccontextmanager, contextmanager
from time import perf_counter

import anyio
import httpx
import pytest

from pare.cli.endpoint import key_in, read_list, served_models
from pare.errors import ConfigError
from pare.llm import scripted
from pare.llm.endpoint import EndpointSettings, Faults
from pare.llm.endpoint_server import listen, loopback_address, url_of
from pare.llm.types import Completion, ToolCall, Usage
from pare.testing.endpoint import serve

TOOL = {
    "type": "function",
    "function": {
        "name": "Mail__send",
        "parameters": {"type": "object", "properties": {"to": {"type": "string"}}},
    },
}
LABELS = {"x-pare-scenario": "k%C3%BCche", "x-pare-run": "3", "x-pare-role": "user", "x-pare-step": "2"}


def body(text="hello", **changes):
    return {"model": "m", "messages": [{"role": "user", "content": text}]} | changes


@asynccontextmanager
async def client_of(models=None, **settings):
    """Serve, and give a way to ask, and the counts."""
    async with (
        serve(models, **settings) as endpoint,
        httpx.AsyncClient(base_url=endpoint.url, timeout=5) as client,
    ):

        async def ask(said=None, headers=None, **changes):
            sent = body(**changes) if said is None else said
            return await client.post("/chat/completions", json=sent, headers=headers)

        ask.client, ask.url = client, endpoint.url
        yield ask, endpoint.counts


def error_in(answer):
    return answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["param"]


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


# --- replies ------------------------------------------------------------------------------------------------


async def test_a_reply_looks_like_a_providers():
    reply = Completion("hi", reasoning="hm", usage=Usage(7, 3, 2, 1))
    async with client_of(scripted.fixed([reply])) as (ask, counts):
        answer = await ask()
    assert answer.json() == {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "system_fingerprint": "pare",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "hi", "reasoning_content": "hm"},
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 7,
            "completion_tokens": 2,
            "total_tokens": 9,
            "prompt_tokens_details": {"cached_tokens": 3},
            "completion_tokens_details": {"reasoning_tokens": 1},
        },
    }
    assert (counts.received, counts.replied, counts.in_flight, counts.most_in_flight) == (1, 1, 0, 1)


async def test_native_calls_are_answered_natively():
    async with client_of(scripted.random(1)) as (ask, _):
        answer = await ask(tools=[TOOL])
        choice = answer.json()["choices"][0]
    (call,) = choice["message"]["tool_calls"]
    assert (choice["finish_reason"], call["type"], call["function"]["name"]) == (
        "tool_calls",
        "function",
        "Mail__send",
    )
    assert isinstance(json.loads(call["function"]["arguments"]), dict)


async def test_the_policy_sees_the_request_as_it_was_made():
    seen = []

    def policy(request):
        seen.append(request)
        return Completion("", finish_reason="unknown", raw_finish_reason="odd")

    said = {
        "model": "m",
        "messages": [
            {"role": "developer", "content": "be good"},
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image"}, {"text": "b"}]},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{"}}],
            },
            {"role": "tool", "tool_call_id": "1", "content": "done"},
        ],
        "temperature": 0.5,
        "max_completion_tokens": 9,
        "stop": "END",
        "seed": 4,
        "logprobs": True,
    }
    async with client_of(policy) as (ask, _):
        answer = await ask(said, LABELS)
        await ask(said | {"stop": ["a", "b"]}, {"x-pare-run": "many", "x-pare-step": "2/1"})
    first, second = seen
    assert [(message.role, message.content) for message in first.messages] == [
        *(("system", "be good"), ("user", "a\nb"), ("assistant", ""), ("tool", "done")),
    ]
    assert first.messages[2].tool_calls == (ToolCall("1", "f", "{"),)
    assert first.messages[3].tool_call_id == "1"
    sampling = first.sampling
    assert (sampling.temperature, sampling.max_tokens, sampling.stop, sampling.seed) == (0.5, 9, ("END",), 4)
    label = first.label
    assert (label.scenario_id, label.run_number, label.role, label.ordinal) == ("küche", 3, "user", 2)
    assert (second.label.run_number, second.label.ordinal, second.label.step) == (0, 1, "2/1")
    assert second.sampling.stop == ("a", "b")
    assert answer.json()["choices"][0]["finish_reason"] == "odd"


async def test_models_are_listed_and_chosen_by_name():
    models = {"one": scripted.fixed(["1"]), "two": scripted.fixed(["2"])}
    async with client_of(models) as (ask, _):
        listed = await ask.client.get("/models")
        said = [(await ask(model=name)).json()["choices"][0]["message"]["content"] for name in models]
        assert error_in(await ask(model="three")) == (404, "model_not_found", "model")
    assert [model["id"] for model in listed.json()["data"]] == ["one", "two"]
    assert said == ["1", "2"]


async def test_a_policy_alone_answers_for_every_name():
    async with client_of() as (ask, _):
        answer = await ask(model="whatever")
        listed = await ask.client.get("/models")
    assert "wait" in answer.json()["choices"][0]["message"]["content"]
    assert [model["id"] for model in listed.json()["data"]] == ["scripted"]


async def test_the_client_gets_what_a_model_in_the_process_gives():
    from pare.llm.connect import client_for, open_exchange
    from pare.llm.engine import EngineConfig
    from pare.llm.types import CallLabel, CompletionRequest, Message

    policy = scripted.random(5)
    async with serve(policy) as endpoint:
        engine = EngineConfig(provider="scripted", model="random", endpoints=[endpoint.url])
        async with open_exchange(engine, endpoint.url) as exchange:
            ask = client_for(engine, exchange, engine.default_parameters)
            for ordinal in range(3):
                messages = [Message("system", "A__b or C__d"), Message("user", "Go.")]
                label = CallLabel("küche/1", 2, "c", "user", ordinal)
                request = CompletionRequest("random", messages, label)
                over_http, within = await ask(request), await scripted.ScriptedModel(policy)(request)
                assert (over_http.text, over_http.usage) == (within.text, within.usage)


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "param"),
    [
        ({}, "model"),
        ({"model": "m", "messages": []}, "messages"),
        ({"model": "m", "messages": [{"role": "robot", "content": ""}]}, "messages.0.role"),
        (body(max_tokens=0), "max_tokens"),
        (body(temperature="hot"), "temperature"),
        (body(stream=True), "stream"),
        ([], None),
    ],
    ids=str,
)
async def test_a_bad_request_is_explained(said, param):
    async with client_of() as (ask, counts):
        answer = await ask(said)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert answer.json()["error"]["message"]
    assert counts.refused.total() == 1


async def test_what_is_no_json_is_refused():
    async with client_of() as (ask, _):
        answer = await ask.client.post("/chat/completions", content=b"\xff{")
        assert (await ask.client.get("/chat/completions")).status_code == 405
    assert error_in(answer)[:2] == (400, "invalid_request")


async def test_a_parameter_can_be_refused():
    async with client_of(faults=Faults(refused_parameters=frozenset({"seed"}))) as (ask, _):
        refused, taken = await ask(seed=3), await ask(temperature=1)
    assert error_in(refused) == (400, "unsupported_parameter", "seed")
    assert taken.status_code == 200


async def test_a_request_of_absurd_size_is_refused_unread():
    async with client_of() as (ask, _):
        port = httpx.URL(ask.url).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n{")
        line = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        await writer.wait_closed()
    assert b"413" in line


async def test_a_key_can_be_required(capfd):
    async with client_of(key="s3cret") as (ask, counts):
        for headers in (
            None,
            {"authorization": "Bearer s3cre"},
            {"authorization": "Bearer é".encode()},
            {"api-key": ""},
        ):
            assert error_in(await ask(headers=headers))[:2] == (401, "invalid_api_key")
        assert (await ask.client.get("/models")).status_code == 401
        for headers in ({"authorization": "Bearer s3cret"}, {"api-key": "s3cret"}):
            assert (await ask(headers=headers)).status_code == 200
    assert "s3cret" not in repr(EndpointSettings(models=scripted.wait(), key="s3cret")) + repr(counts)
    assert capfd.readouterr() == ("", "")


async def test_rate_limits_refuse_and_recover():
    clock = Clock()
    async with client_of(requests_per_minute=2, tokens_per_minute=600, clock=clock) as (ask, counts):
        first, second, third = [await ask() for _ in range(3)]
        assert [answer.status_code for answer in (first, second, third)] == [200, 200, 429]
        assert first.headers["x-ratelimit-limit-requests"] == "2"
        assert first.headers["x-ratelimit-remaining-requests"] == "1"
        assert first.headers["x-ratelimit-reset-requests"] == "30.000s"
        assert int(first.headers["x-ratelimit-remaining-tokens"]) < 600
        assert (third.headers["retry-after"], third.headers["retry-after-ms"]) == ("30", "30000")
        assert third.headers["x-ratelimit-remaining-requests"] == "0"
        assert third.json()["error"]["type"] == "requests"
        clock.now = 29.9
        assert (await ask()).headers["retry-after"] == "1"
        clock.now = 30
        assert (await ask()).status_code == 200
    assert (counts.replied, counts.refused["rate_limit_exceeded"]) == (3, 2)


async def test_tokens_are_limited_too():
    clock = Clock()
    async with client_of(tokens_per_minute=600, clock=clock) as (ask, _):
        assert (await ask(text="x" * 4000)).status_code == 200  # more than fits, but the bucket was full
        refused = await ask()
        assert (refused.status_code, refused.json()["error"]["type"]) == (429, "tokens")
        clock.now += float(refused.headers["retry-after-ms"]) / 1000
        assert (await ask()).status_code == 200


# --- faults -------------------------------------------------------------------------------------------------


async def test_faults_come_in_the_shares_that_were_set():
    faults = Faults(errors=0.2, rate_limits=0.3, drops=0.1)
    async with client_of(faults=faults, seed=7) as (ask, counts):
        seen = []
        for _ in range(200):
            try:
                seen.append((await ask()).status_code)
            except httpx.TransportError:
                seen.append(0)
    shares = {status: seen.count(status) / len(seen) for status in (0, 200, 429, 500)}
    assert sum(shares.values()) == 1
    assert shares == {
        0: pytest.approx(0.1, abs=0.06),
        200: pytest.approx(0.4, abs=0.1),
        429: pytest.approx(0.3, abs=0.1),
        500: pytest.approx(0.2, abs=0.1),
    }
    assert counts.refused["connection_dropped"] == seen.count(0)


async def test_a_dropped_connection_says_nothing_and_leaves_the_others_alone():
    async with client_of(scripted.fixed(["slow"]), latency_seconds=0.3) as (ask, _):
        slow = asyncio.create_task(ask())
        await asyncio.sleep(0.1)
        async with client_of(faults=Faults(drops=1)) as (ask_dropping, counts):
            for _ in range(3):
                with pytest.raises(httpx.RemoteProtocolError):
                    await ask_dropping()
        assert counts.refused["connection_dropped"] == 3
        assert (await slow).status_code == 200


async def test_an_outage_begins_and_ends():
    clock = Clock()
    async with client_of(clock=clock, faults=Faults(outage_after=10, outage_seconds=60)) as (ask, _):
        statuses = []
        for clock.now in (0, 9.9, 10, 69.9, 70):
            statuses.append((await ask()).status_code)
    assert statuses == [200, 200, 503, 503, 200]


@pytest.mark.parametrize("wrong", [{"errors": 0.6, "drops": 0.5}, {"errors": -0.1}])
def test_impossible_shares_are_refused(wrong):
    with pytest.raises(ConfigError, match="shares of faults"):
        Faults(**wrong)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"requests_per_minute": 0}, "rate limit must be above 0"),
        ({"tokens_per_minute": -5}, "rate limit must be above 0"),
        ({"latency_seconds": -1}, "below 0"),
    ],
)
def test_impossible_settings_are_refused(wrong, said):
    with pytest.raises(ConfigError, match=said):
        EndpointSettings(models=scripted.wait(), **wrong)


# --- time and connections -----------------------------------------------------------------------------------


async def test_jitter_lies_around_the_latency_and_repeats():
    async def latencies():
        slept = []

        async def sleep(seconds):
            slept.append(seconds)

        async with client_of(sleep=sleep, latency_seconds=1, jitter_seconds=0.5, seed=3) as (ask, _):
            for _ in range(5):
                await ask()
        return slept

    first = await latencies()
    assert first == await latencies()
    assert len(set(first)) == 5
    assert all(0.5 <= seconds <= 1.5 for seconds in first)


async def test_a_thousand_calls_wait_at_once():
    async with serve(scripted.fixed(["hi"]), latency_seconds=1.0) as endpoint:
        port = httpx.URL(endpoint.url).port
        start = perf_counter()
        statuses = await asyncio.gather(*(raw_call(port) for _ in range(1000)))
        seconds = perf_counter() - start
    assert set(statuses) == {b"HTTP/1.1 200 OK\r\n"}
    assert endpoint.counts.most_in_flight > 500
    assert seconds < 10


async def raw_call(port):
    """Call as cheaply as can be: client and server share this core."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = json.dumps(body()).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(said)}\r\n\r\n"
    writer.write(head.encode() + said)
    try:
        return await reader.readline()
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_client_that_goes_away_does_no_harm(capfd):
    async with client_of(latency_seconds=0.2) as (ask, counts):
        port = httpx.URL(ask.url).port
        for said in (b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{",):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.close()
            await writer.wait_closed()
        with pytest.raises(httpx.ReadTimeout):
            await ask.client.post("/chat/completions", json=body(), timeout=0.05)
        assert (await ask()).status_code == 200
        await asyncio.sleep(0.2)
    assert (counts.refused["client_disconnected"], counts.in_flight) == (1, 0)
    assert capfd.readouterr() == ("", "")


async def test_who_stops_serving_does_not_wait_for_slow_replies(capfd):
    async with httpx.AsyncClient(timeout=5) as client:
        start = perf_counter()
        async with serve(latency_seconds=60) as endpoint:
            calls = [
                asyncio.create_task(client.post(f"{endpoint.url}/chat/completions", json=body()))
                for _ in range(5)
            ]
            await asyncio.sleep(0.3)
            assert endpoint.counts.in_flight == 5
        answers = await asyncio.gather(*calls)
    assert [error_in(answer)[:2] for answer in answers] == [(503, "shutting_down")] * 5
    assert perf_counter() - start < 3
    assert capfd.readouterr() == ("", "")


async def test_a_cancelled_test_closes_its_endpoint():
    with anyio.move_on_after(0.2) as scope:
        async with serve() as endpoint:
            port = httpx.URL(endpoint.url).port
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_what_fails_within_is_raised_as_it_is():
    with pytest.raises(ZeroDivisionError):
        async with serve():
            raise ZeroDivisionError
    with pytest.raises(ExceptionGroup, match="two"):
        async with serve():
            raise ExceptionGroup("two", [ZeroDivisionError(), KeyError()])


async def test_a_reply_takes_a_few_milliseconds():
    async with client_of() as (ask, _):
        await ask()
        start = perf_counter()
        for _ in range(10):
            await ask()
    assert perf_counter() - start < 0.3  # Nagle's algorithm alone would take 0.4 s


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_a_loopback_address_is_taken(host):
    assert loopback_address(host) == ("127.0.0.1" if host == "localhost" else host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "", "localhost.example.org"])
def test_no_other_address_is_taken(host):
    with pytest.raises(ConfigError, match="this machine only"):
        listen(host)


def test_a_port_that_is_taken_is_said():
    with listen() as taken:
        taken.listen()
        with pytest.raises(ConfigError, match="--port 0 takes a free one"):
            listen(port=taken.getsockname()[1])


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
def test_an_ipv6_address_stands_in_brackets():
    try:
        listener = listen("::1")
    except ConfigError:
        pytest.skip("there is no IPv6 loopback here")
    with listener:
        assert re.fullmatch(r"http://\[::1\]:\d+/v1", url_of(listener))


# --- the command --------------------------------------------------------------------------------------------

COMMAND = [sys.executable, "-c", "from pare.cli import main; main()", "endpoint", "--port", "0"]


@contextmanager
def command(*options, **environment):
    """Run ``pare endpoint`` as a process that can be interrupted; give it and its base URL."""
    process = subprocess.Popen(
        [*COMMAND, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
        found = re.search(r"http://\S+/v1", line)
        assert found, line + process.stderr.read()
        yield process, found[0]
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate(timeout=10)


def test_the_command_serves_until_it_is_interrupted(tmp_path):
    (tmp_path / "replies.json").write_text('["one", "two"]')
    (tmp_path / "steps.json").write_text('[{"tool": "A__b"}]')
    options = [
        "--replies",
        tmp_path / "replies.json",
        "--steps",
        tmp_path / "steps.json",
        "--model",
        "gpt-4o=fixed",
    ]
    with (
        command(*options, "--key-variable", "MY_KEY", MY_KEY="s3cret") as (process, url),
        httpx.Client(base_url=url, headers={"authorization": "Bearer s3cret"}) as client,
    ):
        listed = [model["id"] for model in client.get("/models").json()["data"]]
        assert listed == ["wait", "random", "fixed", "steps", "gpt-4o"]
        answers = [client.post("/chat/completions", json=body(model=name)).json() for name in listed]
        said = [answer["choices"][0]["message"]["content"] for answer in answers]
        assert said[2] == said[4] == "one"
        assert '"A__b"' in said[3]
        assert client.post("/chat/completions", json=body(), headers={"authorization": ""}).status_code == 401
        process.send_signal(signal.SIGINT)
        out, err = process.stdout.read(), process.stderr.read()
        assert process.wait(10) == 0
    assert err == ""
    assert f"curl {url}/chat/completions" in out
    assert out.endswith("ended\n")
    assert "s3cret" not in out


def test_an_interrupt_ends_the_command_while_calls_wait():
    with command("--latency", "60") as (process, url):
        with socket.create_connection(("127.0.0.1", httpx.URL(url).port)) as connection:
            said = json.dumps(body(model="wait")).encode()
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(said)}\r\n\r\n"
            connection.sendall(head.encode() + said)
            threading.Event().wait(0.3)
            start = perf_counter()
            process.send_signal(signal.SIGINT)
            connection.settimeout(10)
            assert b"503" in connection.recv(1000)
        assert process.stderr.read() == ""
        assert process.wait(10) == 0
    assert perf_counter() - start < 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "this machine only"),
        (["--errors", "0.7", "--drops", "0.7"], "shares of faults"),
    ],
)
def test_the_command_refuses_what_cannot_be(options, said):
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("renamed", "said"),
    [
        ("gpt-4o", "must be NAME=POLICY"),
        ("=wait", "must be NAME=POLICY"),
        ("gpt-4o=radnom", "Did you mean 'random'? There are: wait, random"),
        ("gpt-4o=steps", "It needs --steps."),
        ("gpt-4o=fixed", "It needs --replies."),
    ],
)
def test_a_wrong_model_is_explained(renamed, said):
    with pytest.raises(ConfigError, match=re.escape(said)):
        served_models(0, None, None, [renamed])


def test_wrong_files_and_variables_are_explained(tmp_path):
    file = tmp_path / "replies.json"
    with pytest.raises(ConfigError, match="cannot read"):
        read_list(file)
    for text, said in (("[", "cannot read"), ("{}", "must hold a JSON list")):
        file.write_text(text)
        with pytest.raises(ConfigError, match=said):
            read_list(file)
    with pytest.raises(ConfigError, match="PARE_NO_SUCH_KEY is not set"):
        key_in("PARE_NO_SUCH_KEY")
    assert (read_list(None), key_in(None)) == (None, None)


def test_the_command_line_starts_without_the_server():
    heavy = "{'uvicorn', 'starlette', 'pydantic', 'httpx', 'anyio'}"
    code = f"import pare.cli.main, sys; print({heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "set()\n"
