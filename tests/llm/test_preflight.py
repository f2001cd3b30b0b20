"""Before anything runs every endpoint is asked, and all that is wrong is said at once."""

import json
from contextlib import AsyncExitStack

import pytest

from pare.errors import ConfigError
from pare.llm.connect import Network
from pare.llm.engine import AcceptedParameters, EngineConfig
from pare.llm.preflight import EndpointFacts, Preflight, listed_models
from pare.llm.probing import PROBE_STOP
from pare.llm.transport import Timeouts
from tests.llm.loopback import KEY, chat, http, says, serve, writes
from tests.llm.test_faults import free_port

ENVIRON = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY}
MODELS = says(200, {"data": [{"id": "m"}, {"id": "m-large"}]})
ALL = {"temperature": 0, "top_p": 0.5, "seed": 3, "stop": ["<end>"], "reasoning_effort": "low"}


class Waiting:
    """A clock that moves when somebody sleeps."""

    def __init__(self):
        self.now = 100.0
        self.sleeps = []

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.now += seconds


def preflight(**settings):
    timeouts = Timeouts(connect=1, pool=1, read=1, total=2)
    return Preflight(**({"environ": ENVIRON, "timeouts": timeouts} | settings))


def engine(url=None, **fields):
    found = {"endpoints": url} if url else {}
    return EngineConfig.model_validate({"provider": "openai", "model": "m"} | found | fields)


def routes(ask, models=MODELS):
    """Answer the list of models, and what is asked of them."""

    async def answer(received, writer):
        chosen = models if received.target.endswith("/models") else ask
        await chosen(received, writer)

    return answer


def refusing(*names, text="Unsupported parameter: '{}' is not supported with this model.", **fields):
    """Answer, unless one of the parameters `names` is sent: then name the first."""

    async def answer(received, writer):
        sent = [name for name in names if name in received.json]
        error = {"message": text.format(*sent[:1] or "-"), "type": "invalid_request_error"} | fields
        if error.get("param"):
            error["param"] = sent[0] if sent else None
        chosen = says(400, {"error": error}) if sent else says(200, chat("OK"))
        await chosen(received, writer)

    return answer


async def report_of(*answers, wait=None, **fields):
    """Check one engine called "a" whose server answers so; give the report and the server."""
    async with serve(*answers) as server:
        return await preflight(**(wait or {}))({"a": engine(server.url, **fields)}), server


def only_problem(report):
    assert len(report.problems) == 1, report
    assert report.facts == ()
    return report.problems[0]


# --- what is accepted ---------------------------------------------------------------------------------------


async def test_an_endpoint_that_takes_everything_says_so():
    said = chat("OK", system_fingerprint="fp7")
    report, server = await report_of(routes(says(200, said)), sampling=ALL)
    accepted = AcceptedParameters("max_completion_tokens")
    assert report.problems == ()
    assert report.facts == (EndpointFacts("a", server.url, "m", "m-2025", "fp7", accepted),)
    assert [received.target for received in server.received] == ["/v1/models", "/v1/chat/completions"]
    sent = server.received[1].json
    assert {name: sent[name] for name in ALL} == ALL
    report.raise_for_problems()


async def test_stop_and_seed_are_asked_for_since_every_run_sends_them():
    _, server = await report_of(routes(says(200, chat())))
    sent = server.received[1].json
    assert (sent["stop"], sent["seed"], "temperature" in sent) == (list(PROBE_STOP), 1, False)


@pytest.mark.parametrize(
    ("names", "provider", "field", "refused"),
    [
        (["max_tokens"], "vllm", "max_completion_tokens", []),
        (["max_completion_tokens"], "openai", "max_tokens", []),
        (["stop"], "openai", "max_completion_tokens", ["stop"]),
        (["temperature", "seed"], "openai", "max_completion_tokens", ["seed", "temperature"]),
        (["max_tokens", *ALL], "vllm", "max_completion_tokens", sorted(ALL)),
    ],
)
async def test_parameters_that_a_model_refuses_are_found(names, provider, field, refused):
    report, server = await report_of(routes(refusing(*names)), provider=provider, sampling=ALL)
    assert report.problems == ()
    assert report.facts[0].accepted == AcceptedParameters(field, frozenset(refused))
    assert report.facts[0].notes == tuple(f"refuses {name!r}, which is not sent" for name in refused)
    assert server.attempts == 2 + len(names)


@pytest.mark.parametrize(
    "settings",
    [
        {"text": "Unsupported value", "param": "x"},
        {"text": "Unsupported value: `{}` does not support 0 with this model"},
        {"text": "the field {} is not permitted"},
        {"text": "'{}' is not supported. Only temperatures of 'max_completion_tokens' models are."},
    ],
)
async def test_the_refused_parameter_is_found_wherever_it_is_named(settings):
    report, _ = await report_of(routes(refusing("temperature", **settings)), sampling=ALL)
    assert report.facts[0].accepted.refused == {"temperature"}


async def test_a_refusal_that_names_nothing_is_tried_without_each():
    report, _ = await report_of(routes(refusing("seed", text="Bad request")), sampling=ALL)
    assert report.facts[0].accepted.refused == {"seed"}


async def test_several_refusals_that_name_nothing_leave_out_all():
    report, _ = await report_of(routes(refusing("seed", "stop", text="Bad request")), sampling=ALL)
    assert report.facts[0].accepted.refused == set(ALL)


async def test_a_request_that_is_refused_whatever_is_left_out_is_a_problem():
    report, server = await report_of(routes(refusing("messages", text="Bad request")), sampling=ALL)
    assert only_problem(report).text == "HTTP 400: Bad request"
    assert server.attempts == 8


@pytest.mark.parametrize(("provider", "limit"), [("vllm", "max_tokens"), ("openai", "max_completion_tokens")])
async def test_a_token_limit_above_the_models_is_a_problem(provider, limit):
    text = "max_tokens is too large: 99999. This model supports at most 16384 completion tokens."
    report, _ = await report_of(routes(refusing(limit, text=text)), provider=provider)
    assert "at most 16384" in only_problem(report).text


async def test_a_model_that_takes_neither_name_of_the_limit_is_a_problem():
    report, _ = await report_of(routes(refusing("max_tokens", "max_completion_tokens")), provider="vllm")
    assert "is not supported" in only_problem(report).text


async def test_anthropics_api_is_asked_in_its_own_way():
    message = {"model": "claude", "content": [{"type": "text", "text": "OK"}], "stop_reason": "end_turn"}

    error = {"type": "invalid_request_error", "message": "`temperature` is deprecated for this model."}

    async def ask(received, writer):
        is_refused = "temperature" in received.json
        chosen = says(400, {"type": "error", "error": error}) if is_refused else says(200, message)
        await chosen(received, writer)

    report, server = await report_of(routes(ask), provider="anthropic", sampling={"temperature": 0.5})
    assert report.facts[0].served_model == "claude"
    assert report.facts[0].accepted.refused == {"temperature"}
    assert [received.target for received in server.received] == ["/v1/models", *["/v1/messages"] * 2]


# --- what is wrong ------------------------------------------------------------------------------------------


async def test_all_that_is_wrong_is_said_at_once():
    async with AsyncExitStack() as stack:
        fine = await stack.enter_async_context(serve(routes(says(200, chat()))))
        page = await stack.enter_async_context(
            serve(writes(http(200, b"<html>Hello</html>", kind="text/html")))
        )
        locked = await stack.enter_async_context(serve(says(401, {"error": {"message": "bad key"}})))
        closed = f"http://127.0.0.1:{free_port()}/v1"
        report = await preflight()({
            "fine": engine(fine.url),
            "typo": engine(provider="opnai"),
            "keyless": engine(provider="groq"),
            "nowhere": engine(provider="azure"),
            "no-url": engine("localhost:8000/v1"),
            "page": engine(page.url),
            "locked": engine(locked.url),
            "closed": engine(closed, provider="vllm"),
            "gone": engine(fine.url, model="m-lage"),
            "scripted": engine(provider="scripted"),
        })  # fmt: skip
    found = {problem.alias: (problem.url, problem.variable, problem.text) for problem in report.problems}
    assert list(found) == ["typo", "keyless", "nowhere", "no-url", "page", "locked", "closed"]
    assert found["typo"][2].startswith("unknown provider 'opnai'. Did you mean 'openai'")
    assert found["keyless"][:2] == ("https://api.groq.com/openai/v1", "GROQ_API_KEY")
    assert "set the environment variable GROQ_API_KEY" in found["keyless"][2]
    assert found["nowhere"][1:] == (
        "AZURE_API_KEY",
        "azure has no endpoint of its own: name one in `endpoints`",
    )
    assert "no HTTP URL" in found["no-url"][2]
    assert found["page"][2].startswith("answers, but is no LLM endpoint: the answer is no JSON")
    assert found["locked"][2].startswith(
        "the key is refused (HTTP 401: bad key): set the environment variable"
    )
    assert found["closed"][2].startswith("nothing listens there")
    assert {facts.alias for facts in report.facts} == {"fine", "gone"}
    assert report.facts[1].notes == ("does not list the model 'm-lage'. Did you mean 'm-large'?",)
    with pytest.raises(ConfigError) as caught:
        report.raise_for_problems()
    lines = str(caught.value).splitlines()
    assert len(lines) == 7
    assert lines[1].startswith("keyless at https://api.groq.com/openai/v1: no key")
    assert lines[1].endswith("[key: GROQ_API_KEY]")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (says(404, {"error": {"message": "The model `m` does not exist"}}), "does not offer the model 'm'."),
        (
            says(403, {"error": {"message": "nope"}}),
            "the key is refused (HTTP 403: nope): set the environment",
        ),
        (says(402, {"error": {"message": "pay"}}), "HTTP 402: pay"),
        (
            says(307, b"", {"Location": "https://a.org/v2"}),
            "answers, but is no LLM endpoint: HTTP 307: redirects",
        ),
        (says(200, {"status": "ok"}), "answers, but is no LLM endpoint: the answer is JSON, but no chat"),
        (says(200, chat() | {"choices": []}), "answers, but is no LLM endpoint: the answer holds no choice"),
        (writes(b"220 mail\r\n"), "answers, but is no LLM endpoint: what answers does not speak HTTP"),
        (says(407, b""), "HTTP 407: the proxy of HTTP_PROXY"),
        (says(500, b""), "HTTP 500: no explanation"),
    ],
)
async def test_what_is_wrong_is_explained(ask, said):
    report, server = await report_of(routes(ask), model="m")
    problem = only_problem(report)
    assert problem.text.startswith(said)
    assert (problem.alias, problem.url, problem.variable) == ("a", server.url, "OPENAI_API_KEY")


async def test_a_model_that_is_gone_is_told_with_the_nearest_that_is_not():
    gone = says(404, {"error": {"message": "not found"}})
    report, _ = await report_of(routes(gone), model="m-lage")
    assert "does not offer the model 'm-lage'. Did you mean 'm-large'?" in only_problem(report).text


async def test_a_server_without_the_api_is_told_from_one_without_the_model():
    missing = says(404, {"detail": "Not Found"})
    report, _ = await report_of(missing)
    text = "answers, but is no LLM endpoint: HTTP 404: Not Found"
    assert only_problem(report).text == text
    async with serve(missing) as server:
        root = server.url.removesuffix("/v1")
        report = await preflight()({"a": engine(root)})
    assert only_problem(report).text == f"{text}; its URL may have to end in /v1"


@pytest.mark.parametrize(
    "models",
    [
        says(404, b""),
        says(403, {"error": "no"}),
        says(200, b"<html>"),
        says(200, {"data": []}),
        says(500, b""),
    ],
)
async def test_an_endpoint_may_hide_its_models(models):
    report, _ = await report_of(routes(says(200, chat()), models))
    assert (report.problems, report.facts[0].notes) == ((), ())


def test_lists_of_models_are_read_in_many_forms():
    forms = [
        {"data": [{"id": "a"}, {"id": "b"}, 3, {"id": 4}]},
        {"models": [{"name": "a"}, {"name": "b"}]},
        [{"id": "a"}, {"id": "b"}],
    ]
    assert [listed_models(json.dumps(form).encode()) for form in forms] == [{"a", "b"}] * 3
    assert [listed_models(body) for body in (b"", b"3", b"{}", b'{"data": 3}')] == [None] * 4


async def test_an_endpoint_that_wants_a_key_where_none_is_named_is_told():
    report, _ = await report_of(says(401, {"error": {"message": "who?"}}), provider="vllm")
    assert only_problem(report).text == "wants a key (HTTP 401: who?): set `key`"
    assert only_problem(report).variable == ""


async def test_a_certificate_that_cannot_be_read_is_told():
    environ = ENVIRON | {"SSL_CERT_FILE": "/nowhere.pem"}
    report = await preflight(environ=environ)({"a": engine()})
    assert only_problem(report).text.startswith("SSL_CERT_FILE=/nowhere.pem: no certificates")


async def test_what_anthropics_api_does_not_know_is_told():
    report = await preflight()({"a": engine(provider="anthropic", sampling={"reasoning_effort": "low"})})
    assert "knows no reasoning_effort" in only_problem(report).text


# --- readiness ----------------------------------------------------------------------------------------------


def waiting(seconds):
    clock = Waiting()
    patience = {"wait_seconds": seconds, "poll_seconds": 5.0}
    return clock, {**patience, "network": Network(clock=clock.clock), "sleep": clock.sleep}


async def test_an_endpoint_that_is_still_loading_is_waited_for():
    clock, wait = waiting(60)
    loading = says(503, {"error": {"message": "Loading model"}})
    busy = says(429, {"error": {"message": "slow down"}}, {"Retry-After": "7"})
    report, server = await report_of(loading, loading, MODELS, busy, says(200, chat()), wait=wait)
    assert report.problems == ()
    assert (clock.sleeps, server.attempts) == ([5.0, 5.0, 7.0], 5)


async def test_an_endpoint_that_does_not_get_ready_is_told():
    clock, wait = waiting(12)
    report = await preflight(**wait)({"a": engine(f"http://127.0.0.1:{free_port()}/v1")})
    assert only_problem(report).text.startswith("not ready after 12 s: nothing listens there")
    assert clock.sleeps == [5.0, 5.0]


async def test_no_endpoint_is_waited_for_longer_than_the_limit():
    clock, wait = waiting(12)
    report, server = await report_of(says(429, b"", {"Retry-After": "3600"}), wait=wait)
    assert only_problem(report).text.startswith("not ready after 12 s: HTTP 429")
    assert (clock.sleeps, server.attempts) == ([], 2)


async def test_what_waiting_does_not_mend_is_told_at_once():
    clock, wait = waiting(60)
    for answer in (says(401, b""), says(200, b"<html>"), writes(b"220 mail\r\n")):
        report, _ = await report_of(answer, wait=wait)
        assert not only_problem(report).text.startswith("not ready")
    assert clock.sleeps == []


# --- replicas -----------------------------------------------------------------------------------------------


async def replicas_of(first, second):
    async with serve(routes(first)) as one, serve(routes(second)) as other:
        return await preflight()({"a": engine([one.url, other.url])})


async def test_endpoints_of_one_alias_are_all_asked():
    report = await replicas_of(says(200, chat()), says(200, chat()))
    assert (len(report.facts), report.problems) == (2, ())


async def test_endpoints_of_one_alias_must_be_the_same_model():
    report = await replicas_of(says(200, chat(model="m-1")), says(200, chat(model="m-2")))
    problem = report.problems[0]
    assert (problem.alias, problem.variable) == ("a", "OPENAI_API_KEY")
    assert "m-1" in problem.text
    assert "m-2" in problem.text


async def test_endpoints_of_one_alias_must_take_the_same_parameters():
    report = await replicas_of(says(200, chat()), refusing("seed"))
    assert "not the same (accepted)" in report.problems[0].text
