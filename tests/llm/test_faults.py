"""What a client makes of every way in which an endpoint can fail, over real HTTP."""

import asyncio
import gzip
import json
import shutil
import socket
import ssl
import subprocess
import traceback
from contextlib import ExitStack, contextmanager, suppress
from time import monotonic

import anyio
import pytest

from pare.llm.client import EndpointError
from pare.llm.connect import connect
from pare.llm.engine import EngineConfig
from pare.llm.exchange import Exchange, Site
from pare.llm.transport import Timeouts, open_client
from tests.llm.loopback import (
    COMPLETION,
    KEY,
    QUICK,
    chat,
    client_of,
    http,
    never_ends,
    request,
    says,
    says_nothing,
    serve,
    trickles,
    writes,
    writes_and_closes,
    writes_and_resets,
)

BODY = json.dumps(chat()).encode()
CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
HOUR = "Mon, 06 Jan 2025 09:00:00 GMT"


def refusal(text="no", **fields):
    return {"error": {"message": text} | fields}


def written(error):
    """Everything of ours that a log or a terminal could show of an error, local variables included."""
    stack = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    ours = [frame for frame in stack if "/pare/llm/" in frame.filename]
    assert ours
    return f"{error!r} {error} {[(frame.line, frame.locals) for frame in ours]}"


async def failure(*answers, **settings):
    """Ask once; give the error and how many requests the server got."""
    async with client_of(*answers, **settings) as (complete, server):
        with pytest.raises(EndpointError) as caught:
            await complete(request())
        assert KEY not in written(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
        assert caught.value.effort.attempts == server.attempts
        return caught.value, server.attempts


async def failure_at(url, **environ):
    """Ask an endpoint that is not there once; give the error."""
    engine = EngineConfig(provider="openai", model="m", endpoints=url)
    async with connect(engine, url, environ={"OPENAI_API_KEY": KEY} | environ, timeouts=QUICK) as complete:
        with pytest.raises(EndpointError) as caught:
            await complete(request())
        return caught.value


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind", "retry_after"),
    [
        (says(429, refusal(), {"Retry-After": "7"}), "rate_limit", 7.0),
        (says(429, refusal()), "rate_limit", None),
        (
            says(429, refusal(), {"Retry-After": "Mon, 06 Jan 2025 09:01:30 GMT", "Date": HOUR}),
            "rate_limit",
            90.0,
        ),
        (says(429, refusal(code="insufficient_quota"), {"Retry-After": "7"}), "quota", None),
        (says(402, refusal("Insufficient credits")), "quota", None),
        (says(400, refusal("Your credit balance is too low to access the API")), "quota", None),
        (says(500, refusal()), "transient", None),
        (says(500, b"<html><style>p {}</style><h1>Oops</h1></html>"), "transient", None),
        (says(502, b""), "transient", None),
        (says(503, refusal(), {"retry-after-ms": "1500"}), "overload", 1.5),
        (says(529, refusal(type="overloaded_error")), "overload", None),
        (says(400, refusal(code="context_length_exceeded")), "context_overflow", None),
        (says(413, refusal()), "context_overflow", None),
        (says(400, refusal(code="content_filter", param="prompt")), "content_filter", None),
        (says(404, refusal("The model `m` does not exist")), "model_gone", None),
        (says(405, b""), "model_gone", None),
        (says(401, refusal()), "auth", None),
        (says(403, refusal()), "auth", None),
        (says(422, {"detail": [{"msg": "field required", "input": "it was flagged"}]}), "bad_request", None),
        (says(307, b"", {"Location": "https://elsewhere.test/v1?token=secret"}), "model_gone", None),
        (says(304, b""), "model_gone", None),
        (says(101, b""), "transient", None),
        (writes_and_resets(http(429, b"{}", {"Retry-After": "3"})[:-1]), "rate_limit", 3.0),
    ],
)
async def test_a_refusal_has_a_kind(answer, kind, retry_after):
    error, attempts = await failure(answer)
    assert (error.kind, error.retry_after, attempts) == (kind, retry_after, 1)
    assert "secret" not in str(error)


async def test_a_redirect_is_not_followed():
    async with serve(COMPLETION) as elsewhere:
        error, attempts = await failure(says(307, b"", {"Location": elsewhere.url + "/chat/completions"}))
        assert (error.kind, attempts, elsewhere.attempts) == ("model_gone", 1, 0)
        assert "redirects to" in str(error)


async def test_a_refused_key_is_read_again_and_the_request_sent_once_more(tmp_path):
    file = tmp_path / "key"
    file.write_text("old\n")

    async def refuse(received, writer):
        file.write_text("new\n")
        await says(401, refusal())(received, writer)

    async with client_of(refuse, COMPLETION, key={"file": file}) as (complete, server):
        completion = await complete(request())
        sent = [received.headers["authorization"] for received in server.received]
        assert (completion.text, completion.effort.attempts) == ("hello", 2)
        assert sent == ["Bearer old", "Bearer new"]
        assert (await complete(request())).effort.attempts == 1


async def test_a_renewed_key_that_is_refused_as_well_is_two_attempts(tmp_path):
    file = tmp_path / "key"
    file.write_text("old\n")

    async def refuse(received, writer):
        file.write_text("new\n")
        await says(401, refusal("Incorrect API key provided: new"))(received, writer)

    error, attempts = await failure(refuse, key={"file": file})
    assert (error.kind, error.status, attempts) == ("auth", 401, 2)
    assert str(error).endswith("Incorrect API key provided: [key]")


async def test_a_missing_key_sends_nothing():
    async with client_of(COMPLETION, environ={}, key={"env": "NO_SUCH_KEY"}) as (complete, server):
        with pytest.raises(EndpointError, match="set the environment variable NO_SUCH_KEY") as caught:
            await complete(request())
        assert (caught.value.kind, caught.value.cause) == ("auth", "no_key")
        assert (caught.value.effort.attempts, server.attempts) == (0, 0)


async def test_keys_that_a_server_repeats_are_not_shown():
    said = f"Incorrect key {KEY}, or sk-proj-****************wxyz in Bearer abcdefgh"
    error, _ = await failure(says(401, refusal(said)))
    assert str(error).endswith("Incorrect key [key], or [key] in [key]")


# --- answers that are none ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (writes_and_resets(b""), "reset_before_headers"),
        (writes_and_closes(b""), "reset_before_headers"),
        (writes_and_resets(http(200, BODY)[:30]), "reset_before_headers"),
        (writes_and_resets(http(200, BODY)[:-20]), "reset_after_headers"),
        (writes_and_closes(http(200, BODY)[:-20]), "reset_after_headers"),
        (writes_and_resets(CHUNKED + b"5\r\n{'x':\r\n"), "reset_after_headers"),
        (writes_and_closes(CHUNKED + b"5\r\n{'x':\r\n"), "reset_after_headers"),
        (writes(b"SSH-2.0-OpenSSH_9.6\r\n"), "not_http"),
        (says(200, BODY[:-20]), "not_json"),
        (says(200, b""), "not_json"),
        (says(200, b"<html>Welcome to the hotel</html>", {"content-type": "text/html"}), "not_json"),
        (says(200, b"[" * 100_000), "not_json"),
        (says(200, b'"hello"'), "not_completion"),
        (says(200, {"status": "ok"}), "not_completion"),
        (says(200, chat() | {"choices": []}), "no_choices"),
        (says(200, chat() | {"choices": [None]}), "no_choices"),
        (says(200, b'{"x": "' + b"y" * 10_000_000 + b'"}'), "body_too_large"),
        (writes(CHUNKED + b"%x\r\n" % 10_000_000 + b"y" * 10_000_000 + b"\r\n0\r\n\r\n"), "body_too_large"),
        (never_ends(b"y" * 300_000), "body_too_large"),
        (says(200, gzip.compress(b" " * 50_000_000), {"content-encoding": "gzip"}), "body_too_large"),
    ],
)
async def test_a_broken_answer_is_transient(answer, cause):
    error, attempts = await failure(answer)
    assert (error.kind, error.cause, attempts) == ("transient", cause, 1)


@pytest.mark.parametrize(
    ("answer", "timeouts", "cause"),
    [
        (says_nothing, Timeouts(read=0.1, total=5), "read_timeout"),
        (says_nothing, Timeouts(read=5, total=0.1), "deadline"),
        (trickles(http(200, BODY), every=0.02), Timeouts(read=1, total=0.3), "deadline"),
        (never_ends(), Timeouts(read=1, total=0.3), "deadline"),
    ],
)
async def test_a_slow_answer_ends_in_time(answer, timeouts, cause):
    with anyio.fail_after(10):
        error, attempts = await failure(answer, timeouts=timeouts)
    assert (error.kind, error.cause, attempts) == ("transient", cause, 1)


async def test_a_slow_answer_that_ends_is_read():
    async with client_of(trickles(http(200, BODY), every=0.001, size=20)) as (complete, _):
        assert (await complete(request())).text == "hello"


async def test_a_wrong_content_type_does_not_matter_if_it_is_json():
    async with client_of(says(200, chat(), {"content-type": "text/plain"})) as (complete, _):
        assert (await complete(request())).text == "hello"


async def test_a_compressed_answer_is_read():
    packed = says(200, gzip.compress(BODY), {"content-encoding": "gzip"})
    async with client_of(packed) as (complete, server):
        assert (await complete(request())).text == "hello"
        assert server.received[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(("code", "kind"), [(429, "rate_limit"), (503, "overload"), ("x", "transient")])
async def test_an_error_in_a_reply_with_status_200_is_one(code, kind):
    in_reply, _ = await failure(says(200, refusal("busy", code=code)))
    broken = chat()
    broken["choices"][0]["error"] = {"message": "busy", "code": code}
    in_choice, _ = await failure(says(200, broken))
    assert (in_reply.kind, in_choice.kind) == (kind, kind)


# --- connections --------------------------------------------------------------------------------------------


async def test_a_refused_connection_is_told_from_others():
    error = await failure_at(f"http://127.0.0.1:{free_port()}/v1")
    assert (error.kind, error.cause) == ("transient", "refused")


async def test_an_unknown_host_is_told_from_others():
    error = await failure_at("http://no-such-host.invalid/v1")
    assert (error.kind, error.cause) == ("transient", "dns")


@contextmanager
def full_socket():
    """A socket that listens, but whose queue is full: nobody gets through."""
    with socket.socket() as listening, ExitStack() as stack:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        with suppress(TimeoutError):
            for _ in range(20):
                stack.enter_context(socket.create_connection(listening.getsockname(), timeout=0.1))
        yield listening.getsockname()


async def test_a_connection_that_does_not_come_about_is_told_from_others():
    with full_socket() as (host, port):
        url = f"http://{host}:{port}/v1"
        async with open_client(url, environ={}) as client:
            exchange = Exchange(client, Site(url), timeouts=Timeouts(connect=0.2))
            with pytest.raises(EndpointError) as caught:
                await exchange.get("/models")
    assert (caught.value.kind, caught.value.cause) == ("transient", "connect_timeout")


async def test_a_used_up_pool_is_told_from_a_slow_connection():
    async with (
        serve(says_nothing) as server,
        open_client(server.url, environ={}, max_connections=1) as client,
    ):
        exchange = Exchange(client, Site(server.url), timeouts=Timeouts(pool=0.1, read=0.4))
        causes = []

        async def ask():
            with pytest.raises(EndpointError) as caught:
                await exchange.get("/models")
            causes.append((caught.value.kind, caught.value.cause))

        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            group.start_soon(ask)
        assert causes == [("transient", "pool"), ("transient", "read_timeout")]


async def test_every_way_to_end_a_call_gives_its_connection_back():
    answers = [
        writes_and_resets(b""),
        says(500, b""),
        never_ends(b"y" * 300_000),
        says_nothing,
        says_nothing,
        says(200, {}),
    ]
    async with serve(*answers) as server, open_client(server.url, environ={}, max_connections=1) as client:
        exchange = Exchange(client, Site(server.url), timeouts=Timeouts(pool=1, read=0.1, total=2))
        for _ in range(3):
            with pytest.raises(EndpointError):
                await exchange.post("/x", b"{}")
        with anyio.move_on_after(0.05) as scope:
            await exchange.post("/x", b"{}")
        assert scope.cancelled_caught
        with pytest.raises(EndpointError, match="no answer in time"):
            await exchange.post("/x", b"{}")
        assert (await exchange.post("/x", b"{}")).body == b"{}"


async def test_a_wait_for_a_connection_is_no_latency():
    async def slowly(received, writer):
        await asyncio.sleep(0.2)
        await says(200, {})(received, writer)

    async with serve(slowly) as server, open_client(server.url, environ={}, max_connections=1) as client:
        exchange = Exchange(client, Site(server.url), timeouts=QUICK)
        unexplained = []

        async def ask():
            start = monotonic()
            reply = await exchange.get("/models")
            unexplained.append(monotonic() - start - reply.seconds)

        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            group.start_soon(ask)
        assert unexplained[0] < 0.1
        assert unexplained[1] > 0.15, "the second waited for the first"


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again():
    async with client_of(writes_and_closes(http(200, BODY)), COMPLETION) as (complete, server):
        await complete(request())
        await asyncio.sleep(0.05)
        await complete(request())
        assert (server.attempts, server.connections) == (2, 2)


async def test_calls_share_connections():
    async with client_of(COMPLETION) as (complete, server):
        for _ in range(5):
            await complete(request())
        assert (server.attempts, server.connections) == (5, 1)


async def test_peers_that_go_away_without_a_word_are_found_out():
    kept = []
    async with serve(COMPLETION) as server, open_client(server.url, environ={}) as client:
        response = await client.get(server.url)
        assert response.status_code == 200
        session = client._lean_transport._session
        for pool in session.connector._conns.values():
            kept += [protocol.transport.get_extra_info("socket") for protocol, _ in pool]
        assert [peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) for peer in kept] == [1]
        if hasattr(socket, "TCP_KEEPIDLE"):
            assert kept[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60


# --- proxies and certificates -------------------------------------------------------------------------------


async def test_a_proxy_is_asked_in_the_place_of_the_endpoint():
    async with serve(COMPLETION) as proxy:
        url = "http://models.invalid/v1"
        engine = EngineConfig(provider="openai", model="m", endpoints=url)
        environ = {"OPENAI_API_KEY": KEY, "HTTP_PROXY": f"http://me:word@127.0.0.1:{proxy.port}"}
        async with connect(engine, url, environ=environ, timeouts=QUICK) as complete:
            assert (await complete(request())).text == "hello"
        assert proxy.received[0].target == "http://models.invalid/v1/chat/completions"
        assert proxy.received[0].headers["proxy-authorization"].startswith("Basic ")


async def test_no_proxy_goes_past_it():
    async with serve(says(500, b"")) as proxy:
        environ = {"HTTP_PROXY": f"127.0.0.1:{proxy.port}", "NO_PROXY": "example.org,127.0.0.0/8"}
        async with client_of(COMPLETION, environ=environ) as (complete, server):
            await complete(request())
        assert (proxy.attempts, server.attempts) == (0, 1)


@pytest.mark.parametrize(
    ("scheme", "answer", "kind", "cause"),
    [
        ("http", says(407, b""), "auth", "proxy_auth"),
        ("https", says(407, b""), "auth", "proxy_auth"),
        ("https", says(502, b""), "transient", "proxy"),
        ("https", writes_and_closes(b""), "transient", "reset_before_headers"),
    ],
)
async def test_a_proxy_that_refuses_is_named(scheme, answer, kind, cause):
    async with serve(answer) as proxy:
        environ = {f"{scheme.upper()}_PROXY": f"http://me:password@127.0.0.1:{proxy.port}"}
        error = await failure_at(f"{scheme}://models.invalid/v1", **environ)
        assert (error.kind, error.cause, proxy.attempts) == (kind, cause, 1)
        assert "password@" not in str(error)


async def test_a_proxy_that_is_away_is_named():
    error = await failure_at("http://models.invalid/v1", HTTP_PROXY=f"http://127.0.0.1:{free_port()}")
    assert (error.kind, error.cause) == ("transient", "proxy")
    assert "NO_PROXY" in str(error)


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that nobody has signed but itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command, which makes the certificate, is not installed")
    file, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", key, "-out", file], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return file, context


async def test_a_bad_certificate_is_refused(certificate):
    error, attempts = await failure_of_tls(certificate[1])
    assert (error.kind, error.cause, attempts) == ("auth", "certificate", 0)
    assert "SSL_CERT_FILE" in str(error)


async def failure_of_tls(context):
    async with client_of(COMPLETION, tls=context) as (complete, server):
        with pytest.raises(EndpointError) as caught:
            await complete(request())
        return caught.value, server.attempts


async def test_a_certificate_of_ones_own_is_trusted_if_named(certificate):
    environ = {"SSL_CERT_FILE": str(certificate[0])}
    async with client_of(COMPLETION, tls=certificate[1], environ=environ) as (complete, _):
        assert (await complete(request())).text == "hello"


async def test_plain_text_where_tls_is_spoken_is_told():
    async def greet(reader, writer):
        writer.write(b"220 this is mail\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        error = await failure_at(f"https://127.0.0.1:{port}/v1")
    assert (error.kind, error.cause) == ("transient", "tls")


async def test_https_goes_through_a_tunnel_of_the_proxy(certificate):
    targets = []

    async def pump(reader, writer):
        with suppress(ConnectionError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def tunnel(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        targets.append(head.split(b"\r\n")[0].decode())
        far = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        async with asyncio.TaskGroup() as group:
            group.create_task(pump(reader, far[1]))
            group.create_task(pump(far[0], writer))

    async with (
        serve(COMPLETION, tls=certificate[1]) as server,
        await asyncio.start_server(tunnel, "127.0.0.1", 0) as proxy,
    ):
        engine = EngineConfig(provider="openai", model="m", endpoints=server.url)
        address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        environ = {"OPENAI_API_KEY": KEY, "HTTPS_PROXY": address, "SSL_CERT_FILE": str(certificate[0])}
        async with connect(engine, server.url, environ=environ, timeouts=QUICK) as complete:
            assert (await complete(request())).text == "hello"
            assert (await complete(request())).text == "hello"
        assert targets == [f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"]
        assert server.received[0].headers["authorization"] == f"Bearer {KEY}"
        await asyncio.sleep(0.05)
