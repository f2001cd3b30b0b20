"""Who is asked, who gets the key, and who can ask us."""

from pathlib import Path

import pytest

from pare.errors import ConfigError
from pare.llm.client import EndpointError
from pare.llm.endpoint_server import listen
from tests.cli.nights import place_at
from tests.llm.loopback import COMPLETION, KEY, client_of, request, says, serve


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_gets_neither_the_key_nor_the_prompt(status: int) -> None:
    async with serve(COMPLETION) as elsewhere:
        away = says(status, b"", {"Location": f"{elsewhere.url}/chat/completions"})
        async with client_of(away) as (complete, server):
            with pytest.raises(EndpointError, match="which is not followed"):
                await complete(request())
        assert (server.attempts, elsewhere.connections) == (1, 0)


async def test_a_netrc_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("netrc", ".netrc"):
        (tmp_path / name).write_text("default login me password hunter2\n")
        (tmp_path / name).chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    async with client_of(COMPLETION) as (complete, server):
        await complete(request())
    async with client_of(COMPLETION, environ={}) as (complete, keyless):
        await complete(request())
    assert server.received[0].headers["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in keyless.received[0].headers


async def test_no_cookie_is_sent_back() -> None:
    baked = says(200, {"choices": [{"message": {"content": "a"}}]}, {"set-cookie": "id=1; path=/"})
    async with client_of(baked) as (complete, server):
        await complete(request())
        await complete(request())
    assert [received.headers.get("cookie") for received in server.received] == [None, None]


async def test_only_a_proxy_that_the_environment_names_sees_a_call() -> None:
    async with serve(COMPLETION) as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        environ = {"OPENAI_API_KEY": KEY, "HTTP_PROXY": url.replace("//", "//me:hunter2@")}
        async with client_of(COMPLETION, environ=environ) as (complete, server):
            await complete(request())
        assert (proxy.attempts, server.attempts) == (1, 0)
        assert proxy.received[0].headers["authorization"] == f"Bearer {KEY}"
        async with client_of(COMPLETION, environ={**environ, "NO_PROXY": "127.0.0.1"}) as (complete, server):
            await complete(request())
        assert (proxy.attempts, server.attempts) == (1, 1)


async def test_a_key_goes_to_no_other_endpoint_than_its_engine_names() -> None:
    async with client_of(COMPLETION, provider="vllm") as (complete, server):
        await complete(request())
    assert KEY not in str(server.received[0].headers)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "example.org", "localhost.example.org"])
def test_a_server_of_ours_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ConfigError, match="this machine only"):
        listen(host)


def test_the_endpoint_command_has_no_way_around_loopback(tmp_path: Path) -> None:
    with place_at(tmp_path) as place:
        code, said = place.pare("endpoint", "--host", "0.0.0.0", "--port", "0", seconds=30)
    assert (code, "this machine only" in said) == (2, True), said
