"""No key is written anywhere: a sweep with an endpoint that repeats the key in every way that it can."""

import json
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from pare.executors.job_runner import JobSettings
from pare.executors.wire import encode
from pare.executors.worker_process import WorkerSetup
from pare.llm.client import EndpointError
from pare.llm.engine import EngineConfig
from pare.llm.keys import Key, KeySource, looks_like_a_key
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.job import Cell
from pare.sweep.loader import load_sweep
from pare.sweep.problems import SweepError
from tests.cli.nights import Place, lines_of, place_at, wait_until
from tests.fuzz.cases import assert_linear
from tests.llm.loopback import chat, client_of, http, request, says, writes
from tests.security.echo import (
    MARK,
    SENTINEL,
    Echo,
    as_it_is,
    echoing,
    environ_of_test,
    escaped,
    model_at,
    traces_of,
)

SMALL = {"scenarios": {"split": "full", "limit": 1}, "limits": {"workers": 1, "max_retries": 0}}
SOLE = {"base": {"max_turns": 1}}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with place_at(tmp_path, **environ_of_test()) as place:
        yield place


def everything_said(place: Place) -> str:
    """Use each command that reads what a sweep left behind, and give what they print."""
    folder = place.folder()
    (trace,) = {row["trace"] for row in lines_of(folder)}
    commands = [
        ("status", folder, "--running"),
        ("report", folder),
        ("report", folder, "--failures"),
        ("report", folder, "--json"),
        ("rescore", folder),
        ("resume", folder),
    ]
    said = [place.pare("show", folder / trace)[1]] if trace else []
    said.append(place.pare("plan", place.path / "s.yaml", "--why")[1])
    return "".join([*said, *(place.pare(*words)[1] for words in commands)])


@pytest.mark.parametrize("written", [as_it_is, pytest.param(escaped, marks=pytest.mark.long)])
def test_a_key_that_replies_repeat_is_in_no_file_and_in_no_output(place: Place, written) -> None:
    echo = Echo(place, written=written)
    with echoing(echo) as url:
        sweep = place.write("s", model=model_at(url), **SMALL, **SOLE)
        code, said = place.pare("run", sweep)
        assert code == 0, said
        said += everything_said(place) if written is as_it_is else place.here("report", place.folder())[1]
    assert (echo.calls_of_runs > 0, echo.keys) == (True, {SENTINEL})
    (row,) = lines_of(place.folder())
    assert b"your key is [key], in full Bearer [key]" in (place.folder() / row["trace"]).read_bytes()
    assert ("[key]" in said) == (written is as_it_is), "only then all commands were asked"
    assert SENTINEL[:20] not in said
    assert traces_of(SENTINEL, place.path) == []


def test_a_key_is_on_no_command_line(place: Place) -> None:
    echo = Echo(place)
    with echoing(echo) as url:
        code, said = place.pare("run", place.write("s", model=model_at(url), **SMALL, **SOLE))
        assert code == 0, said
    assert b"pare.cli.worker" in echo.arguments
    assert SENTINEL[:20].encode() not in echo.arguments


@pytest.mark.parametrize("written", [as_it_is, pytest.param(escaped, marks=pytest.mark.long)])
def test_a_key_that_a_refusal_repeats_is_in_no_file_and_in_no_output(place: Place, written) -> None:
    echo = Echo(place, (400, {"content-type": f"text/{MARK}"}, f"bad {MARK} Bearer {MARK}"), written=written)
    with echoing(echo) as url:
        sweep = place.write("s", model=model_at(url), **SMALL, **SOLE)
        code, said = place.pare("run", sweep)
        assert (code, echo.keys) == (1, {SENTINEL}), said
        (row,) = lines_of(place.folder())
        assert (row["outcome"], "bad [key] [key]" in row["error"]) == ("infrastructure", True), row["error"]
        said += place.here("report", place.folder(), "--failures")[1]
    assert "bad [key]" in said
    assert SENTINEL[:20] not in said
    assert traces_of(SENTINEL, place.path) == []


@pytest.mark.parametrize(
    "refusal",
    [
        (307, {"location": f"http://127.0.0.1:1/{MARK}?key={MARK}"}, ""),
        pytest.param((200, {"content-type": f"text/{MARK}"}, MARK), marks=pytest.mark.long),
    ],
)
def test_a_key_that_an_outage_repeats_is_in_no_file_and_in_no_output(place: Place, refusal) -> None:
    echo = Echo(place, refusal)
    with echoing(echo) as url:
        sweep, out = place.write("s", model=model_at(url), **SMALL, **SOLE), place.path / "out"
        with out.open("w") as file, place.popen("run", sweep, stdout=file) as program:
            wait_until(lambda: echo.calls_of_runs > 0 and is_away(place), 60, "an outage")
            program.terminate()
    assert (program.returncode, echo.keys) == (143, {SENTINEL})
    told = [path for path in place.path.rglob("*") if path.is_file() and b"[key]" in path.read_bytes()]
    assert told != []
    assert traces_of(SENTINEL, place.path) == []


def is_away(place: Place) -> bool:
    """Tell whether the status of the sweep says that its endpoint is not up."""
    statuses = [json.loads(path.read_bytes()) for path in place.path.glob("runs/*/status.json")]
    return any(item["state"] != "up" for status in statuses for item in status["endpoints"].values())


@pytest.mark.parametrize(
    "status", [401, *(pytest.param(status, marks=pytest.mark.long) for status in (404, 500))]
)
def test_a_key_that_is_refused_at_the_start_is_not_shown(place: Place, status: int) -> None:
    echo = Echo(place, (status, {}, f"no such key {MARK}"), is_rude=True)
    with echoing(echo) as url:
        code, said = place.pare("run", place.write("s", model=model_at(url), **SMALL))
    assert (code, "no such key [key]" in said, echo.calls_of_runs) == (2, True, 0), said
    assert SENTINEL[:20] not in said
    assert traces_of(SENTINEL, place.path) == []


def test_workers_are_not_told_keys_over_the_wire() -> None:
    engine = EngineConfig(provider="openai", model="m", key=KeySource(env="SECRET_OF_TEST"))
    cell = Cell(ScenarioRunnerConfig(user_engine_config=engine), {})
    message = encode(WorkerSetup([cell], JobSettings()).message())
    assert b"SECRET_OF_TEST" in message
    assert SENTINEL.encode() not in message


# --- one call -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        says(401, {"error": {"message": SENTINEL}}),
        says(400, {"error": [SENTINEL]}),
        says(500, f"<html>{SENTINEL}</html>".encode()),
        says(200, {"error": {"message": SENTINEL, "code": 400}}),
        says(302, b"", {"location": f"//me:{SENTINEL}@host/{SENTINEL}"}),
        says(200, SENTINEL.encode(), {"content-type": SENTINEL}),
        writes(f"HTTP/1.1 {SENTINEL} {SENTINEL}\r\n\r\n".encode()),
        writes(f"{SENTINEL}\r\n\r\n".encode()),
        writes(http(200, b"", {SENTINEL: "x", "content-length": SENTINEL})),
    ],
)
async def test_the_error_of_a_call_holds_no_key(answer) -> None:
    async with client_of(answer, environ=environ_of_test()) as (complete, server):
        with pytest.raises(EndpointError) as caught:
            await complete(request())
        assert server.received[0].headers["authorization"] == f"Bearer {SENTINEL}"
    caught.value.__traceback__ = caught.tb.tb_next  # this function's own locals hold what the server received
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    told = "".join(shown.format()) + repr(caught.value) + repr(vars(caught.value))
    assert "EndpointError" in told
    assert SENTINEL[:20] not in told


async def test_a_reply_holds_no_key_and_is_else_as_it_was() -> None:
    said = f'é "{SENTINEL}" \\ /'
    async with client_of(says(200, chat(said)), environ=environ_of_test()) as (complete, _):
        assert (await complete(request())).text == 'é "[key]" \\ /'


async def test_a_word_in_place_of_a_key_changes_no_reply() -> None:
    async with client_of(says(200, chat("EMPTY")), environ={"OPENAI_API_KEY": "EMPTY"}) as (complete, _):
        assert (await complete(request())).text == "EMPTY"


@pytest.mark.parametrize("escape", ["\\u%04x", "\\u%04X"])
@pytest.mark.parametrize("text", ['sk-"quoted"/and\\more+1', SENTINEL])
def test_a_key_is_found_as_json_may_write_it(text: str, escape: str) -> None:
    key = Key(text)
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    spellings = [plain, plain.replace("/", "\\/"), "".join(escape % ord(character) for character in text)]
    for written in spellings:
        assert key.hidden_in(f'{{"a": "x{written}y"}}'.encode()) == b'{"a": "x[key]y"}'


# --- in the wrong place -------------------------------------------------------------------------------------


WRONG = [
    f"api_key: {SENTINEL}",
    f"# my key is {SENTINEL}\nuser: gpt-5",
    f"models:\n  x: {{provider: vllm, model: m, api_key: {SENTINEL}}}",
    f"models:\n  x: {{provider: vllm, model: m, key: {{env: {SENTINEL}}}}}",
    f"models:\n  x: {{provider: vllm, model: m, key: {{command: echo {SENTINEL}}}}}",
    f"models:\n  x: {{provider: vllm, model: m, headers: {{X-A: Bearer {SENTINEL}}}}}",
    f"models:\n  x: {{provider: vllm, model: m, extra_body: {{a: [{SENTINEL}]}}}}",
    f"models:\n  x: {{provider: vllm, model: m, endpoints: 'http://me:{SENTINEL}@host/v1'}}",
    f"models:\n  x: {{provider: vllm, model: m, endpoints: 'http://host/v1?key={SENTINEL}'}}",
    f"{{unclosed: {SENTINEL}",
    f"&{SENTINEL} a: *{SENTINEL}",
]
UNLIKE = "c0ffee11deadbeefc0ffee11"
"""A key that looks like none: only its place says what it is."""


@pytest.mark.parametrize("text", WRONG)
def test_a_key_in_a_sweep_file_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(SweepError, match="looks like an API key") as caught:
        load_sweep(f"{text}\n", environ={})
    assert SENTINEL[:20] not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        f"api_key: {UNLIKE}",
        f"key: {UNLIKE}",
        f"headers: {{X-Auth-Token: {UNLIKE}}}",
        f"headers: {{Ocp-Apim-Subscription-Key: {UNLIKE}}}",
        f"query: {{subscription-key: {UNLIKE}}}",
        f"extra_body: {{auth: {{api_key: {UNLIKE}}}}}",
        f"endpoints: 'http://me:{UNLIKE}@host/v1'",
        f"endpoints: 'me:{UNLIKE}@host/v1'",
        f"endpoints: 'http:///me:{UNLIKE}@host/v1'",
        f"endpoints: 'http:\\\\me:{UNLIKE}@host/v1'",
        f"endpoints: 'http://host/v1?key={UNLIKE}'",
        f"endpoints: 'http://host/v1#{UNLIKE}'",
    ],
)
def test_a_secret_in_an_engine_is_refused_by_its_place_and_not_shown(fields: str) -> None:
    with pytest.raises(SweepError) as caught:
        load_sweep(f"models:\n  x: {{provider: vllm, model: m, {fields}}}\nuser: x\n", environ={})
    assert UNLIKE[:10] not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "xai-grok-4-fast-reasoning",
        "hf_qwen2-72b-instruct-awq",
        "fw_llama-v3p1-70b-instruct",
        "Bearer authentication-token-is",
        "sk-learn-compatible-estimators",
    ],
)
def test_a_name_that_begins_as_keys_do_is_no_key(text: str) -> None:
    assert not looks_like_a_key(text)


@pytest.mark.parametrize("beginning", ["sk-", "hf_", "AIza", "Bearer ", "Bearer"])
def test_looking_for_keys_takes_a_time_that_grows_with_the_text_alone(beginning: str) -> None:
    assert_linear(looks_like_a_key, lambda size: beginning * size, 2_000)


def test_what_is_no_secret_is_taken() -> None:
    engine = EngineConfig(
        provider="openai",
        model="m",
        endpoints=("https://hf-inference-1234567890ab.example/v1",),
        headers={
            "OpenAI-Organization": "org-1",
            "X-Title": "keyboard tests",
            "HTTP-Referer": "https://a/?b",
            "Idempotency-Key": "night-7",
        },
        query={"api-version": "2024-10-21"},
        extra_body={"prompt_cache_key": "a", "max_tokens": 5},
    )
    assert len(engine.headers) == 4


def test_a_refused_configuration_does_not_quote_what_was_given() -> None:
    for wrong in ({"headers": {"Authorization": UNLIKE}}, {"api_key": UNLIKE}, {"key": UNLIKE}):
        with pytest.raises(ValueError, match="EngineConfig") as caught:
            EngineConfig(**{"provider": "openai", "model": "m", **wrong})
        assert UNLIKE not in str(caught.value)
        with pytest.raises(ValueError, match="Config") as caught:
            ScenarioRunnerConfig(user_engine_config={"provider": "openai", "model": "m", **wrong})
        assert UNLIKE not in str(caught.value)
