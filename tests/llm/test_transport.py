"""The way to an endpoint: proxies and certificates as the environment says, limits that are finite."""

import sys

import httpx
import pytest

from pare.errors import ConfigError
from pare.llm.proxies import is_http_url, proxy_for, tls_context, without_credentials
from pare.llm.transport import DEFAULT_TIMEOUTS, LeanClient, Timeouts, allow_open_files, open_client
from tests.llm.loopback import COMPLETION, says, serve

URL = "http://api.example.org:8000/v1"


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTP_PROXY": "http://p:1"}, "http://p:1"),
        ({"http_proxy": "p:1", "HTTP_PROXY": "http://q:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, None),
        ({"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ({"HTTP_PROXY": " "}, None),
    ],
)
def test_the_proxy_of_the_scheme_is_used(environ, proxy):
    assert proxy_for(URL, environ) == proxy


def test_https_has_a_proxy_of_its_own():
    assert proxy_for("https://a.org/v1", {"HTTPS_PROXY": "https://p:1", "HTTP_PROXY": "q"}) == "https://p:1"


@pytest.mark.parametrize(
    ("words", "url", "is_exempt"),
    [
        ("*", URL, True),
        ("example.org", URL, True),
        (".example.org", URL, True),
        ("*.example.org", URL, True),
        ("other.org, API.Example.ORG", URL, True),
        ("api.example.org:8000", URL, True),
        ("api.example.org:80", URL, False),
        ("api.example.org:80", "http://api.example.org/v1", True),
        ("ample.org", URL, False),
        ("", URL, False),
        ("127.0.0.1", "http://127.0.0.1:8000", True),
        ("127.0.0.0/8", "http://127.1.2.3:8000", True),
        ("10.0.0.0/8", "http://127.1.2.3:8000", False),
        ("localhost", "http://localhost:8000", True),
        ("::1", "http://[::1]:8000", True),
        ("[::1]", "http://[::1]:8000", True),
        ("::2", "http://[::1]:8000", False),
    ],
)
def test_no_proxy_names_hosts_domains_ports_and_networks(words, url, is_exempt):
    assert (proxy_for(url, {"HTTP_PROXY": "p:1", "NO_PROXY": words}) is None) is is_exempt


@pytest.mark.parametrize("proxy", ["socks5://me:word@p:1", "http://", "ftp://p"])
def test_a_proxy_that_is_none_is_refused(proxy):
    with pytest.raises(ConfigError, match="cannot be used") as caught:
        proxy_for(URL, {"HTTP_PROXY": proxy})
    assert "word@" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "a", "a:1", "ftp://a", "http://", "http:///v1", "http://[::1/v1", "http://a:x"]
)
def test_what_is_no_url_is_refused(url):
    assert not is_http_url(url)
    with pytest.raises(ConfigError, match="no HTTP URL"):
        proxy_for(url, {})


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_cannot_be_read_are_refused(name, tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("no certificate")
    if name == "SSL_CERT_FILE":
        for path in (broken, tmp_path / "missing"):
            with pytest.raises(ConfigError, match=f"{name}=.*no certificates"):
                tls_context({name: str(path)})
    else:
        assert tls_context({name: str(tmp_path)}).get_ca_certs() == []


def test_public_authorities_are_trusted_by_default():
    assert tls_context({}).get_ca_certs()


def test_what_is_shown_of_a_url_holds_no_secrets():
    assert without_credentials("https://me:word@a.org:1/v1?key=secret#x") == "https://a.org:1/v1"


@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan")])
@pytest.mark.parametrize("name", ["connect", "pool", "read", "total"])
def test_every_timeout_is_finite(name, value):
    with pytest.raises(ConfigError, match=name):
        Timeouts(**{name: value})


def test_every_timeout_of_httpx_is_finite_as_well():
    assert all(DEFAULT_TIMEOUTS.httpx.as_dict().values())


async def test_a_client_is_an_httpx_client_without_cookies():
    reply = says(200, {"a": 1}, {"Set-Cookie": "a=b; Path=/"})
    async with serve(reply) as server, open_client(server.url, environ={}) as client:
        assert isinstance(client, httpx.AsyncClient)
        for _ in range(2):
            response = await client.get(f"{server.url}/models", params={"q": "1"})
            assert response.json() == {"a": 1}
        assert server.received[1].target == "/v1/models?q=1"
        assert "cookie" not in server.received[1].headers


async def test_a_closed_client_sends_nothing():
    async with serve(COMPLETION) as server:
        async with open_client(server.url, environ={}) as client:
            await client.aclose()
            with pytest.raises(RuntimeError, match="closed"):
                await client.get(server.url)
        assert server.attempts == 0


async def test_a_client_takes_any_transport():
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={}))
    async with LeanClient(transport, DEFAULT_TIMEOUTS) as client:
        assert (await client.post("http://a/v1", content=b"x")).json() == {}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of open files")
def test_the_limit_of_open_files_is_raised_as_far_as_allowed():
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = min(256, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (low, hard))
    try:
        allow_open_files(100)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(612, hard)
        allow_open_files(1)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(612, hard)
        allow_open_files(10**9)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == (10_240 if hard < 0 else hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
