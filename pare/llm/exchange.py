"""One request to one endpoint: key, deadline, size limit, and the error if there is no reply."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import anyio
import httpx

from pare.llm.client import EndpointError
from pare.llm.failures import http_failure, transport_failure
from pare.llm.keys import ApiKey, Key, MissingKeyError
from pare.llm.transport import DEFAULT_TIMEOUTS, Timeouts
from pare.llm.types import Effort

MAX_BODY_BYTES = 4 * 1024 * 1024

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Site:
    """Where an endpoint is and what every request to it carries besides the key."""

    url: str
    headers: Pairs = ()
    query: Pairs = ()
    auth_header: str = "Authorization"
    auth_scheme: str = "Bearer"

    def headers_with(self, key: Key | None) -> httpx.Headers:
        """Give the headers of every request, the key among them."""
        headers = httpx.Headers({
            "Accept": "application/json",
            # Replies are small: to unpack them costs more than it saves, and a small body may hold a big one.
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": "pare",
        })  # fmt: skip
        headers.update(self.headers)
        if key is not None:
            headers[self.auth_header] = f"{self.auth_scheme} {key.text}".strip()
        return headers

    def address(self, path: str) -> httpx.URL:
        """Give the URL of `path`, with the query that every request carries."""
        return httpx.URL(self.url + path).copy_merge_params(dict(self.query))


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with status 200 to 299; `seconds` went by from sending to the last byte.

    It took two `attempts` where the first key was refused.
    """

    headers: Mapping[str, str] = field(repr=False)
    body: bytes
    seconds: float
    attempts: int = 1


class Exchange:
    """Send requests to one endpoint over `client` and give the bodies of its replies.

    A refused key is read again, and where there is another the request is sent once more. The key is
    part of no error, repr or exception chain.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        site: Site,
        key: ApiKey | None = None,
        *,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.site = site
        self._client = client
        self._key = key
        self._total = timeouts.total
        self._extensions = {"timeout": timeouts.httpx.as_dict()}
        self._clock = clock
        self._addresses: dict[str, httpx.URL] = {}
        self._headers: tuple[Key | None, httpx.Headers] | None = None

    def __repr__(self) -> str:
        return f"Exchange({self.site.url!r})"

    async def post(self, path: str, body: bytes, headers: Pairs = ()) -> Reply:
        """Send `body`, which is JSON, to `path` below the endpoint's URL.

        Raises:
            EndpointError: there is no reply, or it is a refusal.
        """
        return await self._ask("POST", path, body, headers)

    async def get(self, path: str) -> Reply:
        """Ask for `path` below the endpoint's URL.

        Raises:
            EndpointError: there is no reply, or it is a refusal.
        """
        return await self._ask("GET", path, b"", ())

    async def _ask(self, method: str, path: str, body: bytes, headers: Pairs) -> Reply:
        key = await self._current_key()
        result = await self._attempt(self._request(method, path, body, headers, key), key)
        if not isinstance(result, EndpointError):
            return result
        attempts = Effort(attempts=1)
        if await self._has_another_key(result, key):
            key = await self._current_key()
            result = await self._attempt(self._request(method, path, body, headers, key), key)
            attempts = Effort(attempts=2)
        if isinstance(result, EndpointError):
            result.effort = attempts
            raise result
        return replace(result, attempts=2)

    async def _current_key(self) -> Key | None:
        if self._key is None:
            return None
        try:
            return await self._key.value()
        except MissingKeyError as error:
            said = f"{self.site.url}: {error}"
        missing = EndpointError("auth", said, cause="no_key")
        missing.effort = Effort(attempts=0)
        raise missing

    async def _has_another_key(self, error: EndpointError, refused: Key | None) -> bool:
        is_refused = error.kind == "auth" and error.status is not None and error.cause != "proxy_auth"
        return is_refused and self._key is not None and await self._key.renew(refused)

    def _request(self, method: str, path: str, body: bytes, headers: Pairs, key: Key | None) -> httpx.Request:
        address = self._addresses.get(path)
        if address is None:
            address = self._addresses[path] = self.site.address(path)
        if self._headers is None or self._headers[0] is not key:
            self._headers = key, self.site.headers_with(key)
        stream = httpx.ByteStream(body)
        request = httpx.Request(
            method, address, headers=self._headers[1], stream=stream, extensions=self._extensions
        )
        for name, value in headers:
            request.headers[name] = value
        return request

    async def _attempt(self, request: httpx.Request, key: Key | None) -> Reply | EndpointError:
        """Send `request` once. A failure is given, not raised: then no chain of causes holds the key."""
        with anyio.move_on_after(self._total):
            return await self._exchange(request, key)
        said = f"{self.site.url}: no complete answer within {self._total:g} s"
        return EndpointError("transient", said, cause="deadline")

    async def _exchange(self, request: httpx.Request, key: Key | None) -> Reply | EndpointError:
        start = self._clock()
        try:
            response = await self._client.send(request, stream=True)
        except httpx.TransportError as error:
            return transport_failure(error, self.site.url, after_headers=False, key=key)
        start += response.extensions.get("pool_seconds", 0.0)
        body: bytes | EndpointError | None
        try:
            body = await _body_of(response)
        except httpx.TransportError as error:
            body = transport_failure(error, self.site.url, after_headers=True, key=key)
        finally:
            await response.aclose()
        if not 200 <= response.status_code < 300:
            return self._refusal(response, body, key)
        if isinstance(body, EndpointError):
            return body
        if body is None:
            said = f"{self.site.url}: the answer is larger than {MAX_BODY_BYTES} bytes"
            return EndpointError("transient", said, cause="body_too_large")
        seconds = self._clock() - start
        if key is not None and key.is_secret:  # a reply is stored, and a server may repeat what it was sent
            body = key.hidden_in(body)
        return Reply(_headers_of(response, key), body, seconds)

    def _refusal(
        self, response: httpx.Response, body: bytes | EndpointError | None, key: Key | None
    ) -> EndpointError:
        """Make the error of a refusal, whose body may be missing, and may repeat the key."""
        content = body if isinstance(body, bytes) else b""
        if key is not None:
            content = key.hidden_in(content)
        headers = _headers_of(response, key)
        return http_failure(response.status_code, headers, content, self.site.url)


def _headers_of(response: httpx.Response, key: Key | None) -> httpx.Headers:
    """Give the headers of a response without the key, if it is more than a word."""
    if key is None or not key.is_secret:
        return response.headers
    sent = key.text.encode()
    if not any(sent in value for _, value in response.headers.raw):
        return response.headers
    return httpx.Headers([(name, key.hidden_in(value)) for name, value in response.headers.raw])


async def _body_of(response: httpx.Response) -> bytes | None:
    """Read a body; None if it is larger than what is accepted."""
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 100 or int(declared) > MAX_BODY_BYTES):
        return None
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.stream:  # type: ignore[union-attr]
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
