"""HTTP for a thousand calls at once: httpx's interface over aiohttp's connections.

httpx's own transport spends 8 to 15 ms of CPU per call at a thousand connections and httpx's client adds
cookies, redirects and auth flows, which no endpoint needs: `open_client` gives a client without either.
"""

from __future__ import annotations

import io
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, fields
from math import inf
from typing import Any, cast

import aiohttp
import anyio
import httpx

from pare.errors import ConfigError
from pare.llm.proxies import proxy_for, tls_context

if sys.platform != "win32":
    import resource

MAX_CONNECTIONS = 4096
KEEPALIVE_IDLE_SECONDS = 30.0
"""A connection that nobody used for so long is closed."""

UNLIMITED_MEANS = 10_240
"""How many files macOS opens at most where it says that there is no limit."""

MAX_HEADER_BYTES = 64 * 1024
"""Gateways send long headers."""

LARGE_BODY_BYTES = 512 * 1024
"""Above a mebibyte aiohttp warns that the loop stands still while a body is written."""

PROBE_AFTER_SECONDS, PROBE_EVERY_SECONDS, PROBES = 60, 20, 4
"""TCP keepalive: a peer that went away without a word is found out after 140 seconds."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that the parts of a call may take, all of them finite; `total` is the whole call.

    `connect` includes TLS, `pool` is the wait for a free connection, `read` the time without a byte:
    a reply that is not streamed says nothing until all of it was generated.
    """

    connect: float = 30.0
    pool: float = 60.0
    read: float = 600.0
    total: float = 900.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 < value < inf:
                raise ConfigError(f"timeout {field.name!r} must be a finite number of seconds, not {value}")

    @property
    def httpx(self) -> httpx.Timeout:
        """These limits in httpx's words."""
        return httpx.Timeout(connect=self.connect, pool=self.pool, read=self.read, write=self.read)


DEFAULT_TIMEOUTS = Timeouts()


class _Body(httpx.AsyncByteStream):
    """The body of a response, which holds its connection until it is read or closed."""

    def __init__(self, response: aiohttp.ClientResponse, release: Callable[[], object]) -> None:
        self._response = response
        self._release: Callable[[], object] | None = release

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._response.content
        try:
            while chunk := await content.readany():
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise as_httpx_error(error) from error

    async def aclose(self) -> None:
        """Give the connection back if the body was read to its end, else close it."""
        if self._release is not None:
            release, self._release = self._release, None
            self._response.close()
            release()


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Send httpx's requests over `session`, at most `max_connections` at a time.

    Failures are raised as httpx's exceptions, with aiohttp's as their cause.
    """

    def __init__(self, session: aiohttp.ClientSession, proxy: str | None, max_connections: int) -> None:
        self._session = session
        self._proxy = proxy
        self._slots = anyio.Semaphore(max_connections, fast_acquire=True)
        self._timeout: tuple[object, aiohttp.ClientTimeout] = None, aiohttp.ClientTimeout()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, which must hold its body, and give the response when its headers are there."""
        limits = request.extensions["timeout"]
        waited = await self._take_slot(limits["pool"])
        try:
            response = await self._send(request, limits)
        except (aiohttp.ClientError, OSError) as error:
            self._slots.release()
            raise as_httpx_error(error) from error
        except BaseException:
            self._slots.release()
            raise
        return httpx.Response(
            response.status,
            headers=_decoded_headers(response),
            stream=_Body(response, self._slots.release),
            request=request,
            extensions={"pool_seconds": waited},
        )

    async def aclose(self) -> None:
        """Close all connections."""
        with anyio.CancelScope(shield=True), anyio.move_on_after(5):
            await self._session.close()

    async def _send(self, request: httpx.Request, limits: Mapping[str, float]) -> aiohttp.ClientResponse:
        return await self._session.request(
            request.method,
            str(request.url),
            data=_sent(b"".join(cast(httpx.ByteStream, request.stream))),
            headers=[(name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers.raw],
            allow_redirects=False,
            proxy=self._proxy,
            timeout=self._timeout_of(limits),
        )

    def _timeout_of(self, limits: Mapping[str, float]) -> aiohttp.ClientTimeout:
        """Translate httpx's limits; an endpoint's are the same object in all of its calls."""
        if self._timeout[0] is not limits:
            connect, read = limits["connect"], limits["read"]
            timeout = aiohttp.ClientTimeout(connect=connect, sock_connect=connect, sock_read=read)
            self._timeout = limits, timeout
        return self._timeout[1]

    async def _take_slot(self, seconds: float) -> float:
        """Wait for a free connection, for so many seconds at most; give those that it took."""
        try:
            self._slots.acquire_nowait()
        except anyio.WouldBlock:
            return await self._wait_for_slot(seconds)
        return 0.0

    async def _wait_for_slot(self, seconds: float) -> float:
        start = anyio.current_time()
        with anyio.move_on_after(seconds):
            await self._slots.acquire()
            return anyio.current_time() - start
        raise httpx.PoolTimeout(f"no connection became free within {seconds:g} s")


def _sent(body: bytes) -> bytes | io.BytesIO | None:
    """Give a body as it is sent: a large one is written bit by bit, so that other calls go on meanwhile."""
    return io.BytesIO(body) if len(body) > LARGE_BODY_BYTES else body or None


def _decoded_headers(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    """Give the headers of a body that aiohttp has decompressed."""
    if "Content-Encoding" not in response.headers:
        return cast(list[tuple[bytes, bytes]], response.raw_headers)
    return [pair for pair in response.raw_headers if pair[0].lower() != b"content-encoding"]


def as_httpx_error(error: Exception) -> httpx.TransportError:
    """Name a failure of aiohttp's in httpx's words."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            kind: type[httpx.TransportError] = httpx.ConnectTimeout
        case aiohttp.ServerTimeoutError() | TimeoutError():
            kind = httpx.ReadTimeout
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            kind = httpx.ProxyError
        case aiohttp.ClientConnectorError():
            kind = httpx.ConnectError
        case aiohttp.InvalidURL():
            kind = httpx.UnsupportedProtocol
        case aiohttp.ClientResponseError():
            kind = httpx.RemoteProtocolError
        case _:
            kind = httpx.ReadError
    # The text of a response error holds the proxy's URL, and with it user name and password.
    said = error.message if isinstance(error, aiohttp.ClientResponseError) else str(error)
    return kind(said or type(error).__name__)


class LeanClient(httpx.AsyncClient):
    """An httpx client whose call costs what its transport costs: no cookies, redirects, auth flows, hooks."""

    def __init__(self, transport: httpx.AsyncBaseTransport, timeouts: Timeouts) -> None:
        super().__init__(transport=transport, trust_env=False, timeout=timeouts.httpx)
        self._lean_transport = transport

    async def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:
        """Hand `request` to the transport; without `stream` the body is read as well."""
        if self.is_closed:
            raise RuntimeError("the client is closed")
        response = await self._lean_transport.handle_async_request(request)
        if not stream:
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response


@asynccontextmanager
async def open_client(
    url: str,
    *,
    environ: Mapping[str, str] = os.environ,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    max_connections: int = MAX_CONNECTIONS,
) -> AsyncIterator[httpx.AsyncClient]:
    """Open the one client of the endpoint at `url`: its proxy, trust and limits come from `environ`.

    Raises:
        ConfigError: the environment names a proxy or certificates that cannot be used.
    """
    proxy = proxy_for(url, environ)
    is_secure = any(address.startswith("https:") for address in (url, proxy or ""))
    allow_open_files(max_connections)
    connector = aiohttp.TCPConnector(
        limit=0,  # the transport has its own, whose exhaustion can be told from a slow connection
        ssl=tls_context(environ) if is_secure else True,
        keepalive_timeout=KEEPALIVE_IDLE_SECONDS,
        ttl_dns_cache=60,
        socket_factory=_keepalive_socket,
    )
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(),
        max_field_size=MAX_HEADER_BYTES,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
    )
    transport = AiohttpTransport(session, proxy, max_connections)
    try:
        yield LeanClient(transport, timeouts)
    finally:
        await transport.aclose()


def _keepalive_socket(address: Any) -> socket.socket:
    """Open a socket whose peer is asked from time to time whether it is still there."""
    family, kind, protocol, *_ = address
    opened = socket.socket(family=family, type=kind, proto=protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    options = (
        ("TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE", PROBE_AFTER_SECONDS),
        ("TCP_KEEPINTVL", PROBE_EVERY_SECONDS),
        ("TCP_KEEPCNT", PROBES),
    )
    for name, value in options:
        if hasattr(socket, name):
            opened.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return opened


def allow_open_files(connections: int) -> None:
    """Raise this process's limit of open files, as far as the system lets it, to hold `connections`."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (connections + 512, UNLIMITED_MEANS):
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft == resource.RLIM_INFINITY or soft >= allowed:
            return
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
            return
