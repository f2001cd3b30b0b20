"""An endpoint in a process of its own that answers as the oracle does, keeps books, and fails when told to.

What it says is a function of the request: each call of each run has its own token counts, which come from the
seed that it sends. The books tell what was answered in full, what was cut off, and who was gone by then.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection as Pipe
from typing import Any, NamedTuple
from urllib.parse import unquote

import orjson

from pare.llm.endpoint_wire import Refused, read_request, written_completion
from pare.llm.scripted import answer_as_server
from pare.llm.transport import allow_open_files
from pare.scenario_runner.oracle_policy import oracle

HEADER = re.compile(r"\r\n([\w-]+): *([^\r]*)")
FALSE_REPLY_SHARE = 0.5
"""How much of its body a reply has that is cut off."""

JUST_ANSWERED_SECONDS = 2.0
"""So long may a reply be under way between the endpoint and the file that it is recorded in."""

TOKENS_BY_SEED = 7


class Call(NamedTuple):
    """A call as its headers name it."""

    scenario: str
    run: int
    role: str
    step: str


@dataclass(frozen=True)
class Manners:
    """How the endpoint behaves: seconds of latency, calls a second it takes, shares of calls that fail."""

    latency: float = 1.0
    per_second: float | None = None
    errors: float = 0.0
    resets: float = 0.0
    truncated: float = 0.0
    hangs: float = 0.0


@dataclass
class Books:
    """What the endpoint was asked, and what came of it."""

    answered: Counter[Call] = field(default_factory=Counter)
    abandoned: Counter[Call] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    by_second: Counter[int] = field(default_factory=Counter)
    most_in_flight: int = 0


class Endpoint:
    """The state of the endpoint, which all its connections share."""

    def __init__(self, manners: Manners, seed: int) -> None:
        self.manners = manners
        self.books = Books()
        self.key: str | None = None
        self.rng = random.Random(seed)
        self.pending: dict[Connection, Call] = {}
        self.connections: set[Connection] = set()
        self.just_answered: dict[tuple[str, int], float] = {}
        self._policy = oracle()
        self._admitted_at = 0.0

    def in_flight(self) -> int:
        """Count the calls that were taken and not answered, or whose answer may not have been read yet."""
        now = time.monotonic()
        recent = sum(now - at < JUST_ANSWERED_SECONDS for at in self.just_answered.values())
        return len(self.pending) + recent

    def refusal(self, headers: dict[str, str]) -> tuple[str, bytes] | None:
        """Say how a call is refused, and why, if it is."""
        if self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
            return "key", refused_with("401 Unauthorized", "Incorrect API key provided.")
        if self.manners.per_second is not None:
            now = time.monotonic()
            if now < self._admitted_at:
                return "rate", refused_with("429 Too Many Requests", "Slow down.", "Retry-After: 1\r\n")
            self._admitted_at = max(self._admitted_at, now - 1) + 1 / self.manners.per_second
        return None

    def failure(self) -> str | None:
        """Draw whether a call fails, and how."""
        draw = self.rng.random()
        for name in ("errors", "resets", "truncated", "hangs"):
            draw -= getattr(self.manners, name)
            if draw < 0:
                return name
        return None

    def answer(self, headers: dict[str, str], body: bytes) -> bytes:
        """Give the reply to a request: what the oracle does, with tokens that its seed tells."""
        try:
            request = read_request(body, headers)
        except Refused as refused:
            return response(refused.body, f"{refused.status} Refused")
        written = written_completion(answer_as_server(self._policy, request), 0)
        more = (request.sampling.seed or 0) % TOKENS_BY_SEED
        for name in ("completion_tokens", "total_tokens"):
            written["usage"][name] += more
        return response(written)


class Connection(asyncio.Protocol):
    """One connection, kept alive; a call at a time."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.endpoint.connections.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self.endpoint.connections.discard(self)
        call = self.endpoint.pending.pop(self, None)
        if call is not None:
            self.endpoint.books.abandoned[call] += 1

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:end].decode("latin-1")
            headers = {name.lower(): unquote(text) for name, text in HEADER.findall(head)}
            total = end + 4 + int(headers.get("content-length", 0))
            if len(self.received) < total:
                return
            body = bytes(self.received[end + 4 : total])
            del self.received[:total]
            self.take(headers, body)

    def take(self, headers: dict[str, str], body: bytes) -> None:
        """Refuse a call, fail it, or answer it after the latency."""
        endpoint, call = self.endpoint, call_of(headers)
        refusal = endpoint.refusal(headers)
        if refusal is not None:
            endpoint.books.refused[refusal[0]] += 1
            self.transport.write(refusal[1])
            return
        loop, failure = asyncio.get_running_loop(), endpoint.failure()
        latency = endpoint.manners.latency * endpoint.rng.uniform(0.8, 1.2)
        if failure is not None:
            endpoint.books.refused[failure] += 1
            loop.call_later(latency, self.fail, failure, headers, body)
            return
        if call is not None:
            endpoint.just_answered.pop(call[:2], None)
            endpoint.pending[self] = call
            endpoint.books.most_in_flight = max(endpoint.books.most_in_flight, len(endpoint.pending))
        loop.call_later(latency, self.reply, call, headers, body)

    def reply(self, call: Call | None, headers: dict[str, str], body: bytes) -> None:
        """Answer a call in full, if its caller is still there."""
        if self.transport.is_closing():
            return
        self.transport.write(self.endpoint.answer(headers, body))
        if call is None:
            return
        del self.endpoint.pending[self]
        now = time.monotonic()
        self.endpoint.books.answered[call] += 1
        self.endpoint.books.by_second[int(now)] += 1
        self.endpoint.just_answered[call[:2]] = now

    def fail(self, how: str, headers: dict[str, str], body: bytes) -> None:
        """Fail a call; one that hangs is left to its caller."""
        if self.transport.is_closing() or how == "hangs":
            return
        if how == "errors":
            self.transport.write(refused_with("500 Internal Server Error", "The server had an error."))
        elif how == "resets":
            self.transport.abort()
        else:
            whole = self.endpoint.answer(headers, body)
            self.transport.write(whole[: int(len(whole) * FALSE_REPLY_SHARE)])
            self.transport.close()


def call_of(headers: dict[str, str]) -> Call | None:
    """Read the labels of a call; None for what is no call of a run, as a question before the sweep."""
    if headers.get("x-pare-scenario", "preflight") == "preflight":
        return None
    run = int(headers["x-pare-run"])
    return Call(headers["x-pare-scenario"], run, headers["x-pare-role"], headers["x-pare-step"])


def response(body: object, status: str = "200 OK", more: str = "") -> bytes:
    content = orjson.dumps(body)
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n{more}\r\n"
    )
    return head.encode() + content


def refused_with(status: str, text: str, more: str = "") -> bytes:
    return response({"error": {"message": text, "type": "server_error", "code": None}}, status, more)


# --- the process ----------------------------------------------------------------------------------------


class Desk:
    """The endpoint as the one sees it who started it; each method is a question to its process."""

    def __init__(self, manners: Manners, seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=serve, args=(other, manners, seed), daemon=True)
        self._process.start()
        other.close()
        self.calm = manners
        self.url = f"http://127.0.0.1:{self._pipe.recv()}/v1"

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.join(10)
        self._process.kill()

    def _ask(self, name: str, *arguments: object) -> Any:
        self._pipe.send((name, arguments))
        return self._pipe.recv()

    def behave(self, **manners: Any) -> None:
        """Behave as at first, apart from these manners."""
        self._ask("behave", replace(self.calm, **manners))

    def require(self, key: str) -> None:
        """Refuse all keys but this one."""
        self._ask("require", key)

    def go_away(self) -> None:
        """Close the listening socket and all connections."""
        self._ask("go_away")

    def come_back(self) -> None:
        """Listen again, at the same port."""
        self._ask("come_back")

    def in_flight(self) -> int:
        return int(self._ask("in_flight"))

    def answered(self) -> int:
        return int(self._ask("answered"))

    def by_second(self) -> Counter[int]:
        """Give how many calls were answered in each second of the monotonic clock."""
        return self._ask("by_second")  # type: ignore[no-any-return]

    def books(self) -> Books:
        return self._ask("whole_books")  # type: ignore[no-any-return]


class _Process:
    """The endpoint's own side of the desk."""

    def __init__(self, pipe: Pipe, endpoint: Endpoint) -> None:
        self.pipe = pipe
        self.endpoint = endpoint
        self.port = 0
        self.server: asyncio.Server | None = None
        self.is_over = asyncio.Event()
        self.turn = asyncio.Lock()

    async def run(self) -> None:
        await self.come_back()
        self.pipe.send(self.port)
        loop = asyncio.get_running_loop()
        loop.add_reader(self.pipe.fileno(), self.hear)
        await self.is_over.wait()
        loop.remove_reader(self.pipe.fileno())
        await self.go_away()

    def hear(self) -> None:
        try:
            name, arguments = self.pipe.recv()
        except EOFError:
            self.is_over.set()
            return
        self.task = asyncio.ensure_future(self.do(name, arguments))

    async def do(self, name: str, arguments: tuple[Any, ...]) -> None:
        self.pipe.send(await getattr(self, name)(*arguments))

    async def come_back(self) -> None:
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(
            lambda: Connection(self.endpoint), "127.0.0.1", self.port, backlog=4096, reuse_address=True
        )
        self.port = self.server.sockets[0].getsockname()[1]

    async def go_away(self) -> None:
        if self.server is not None:
            self.server.close()
        self.endpoint.books.refused["away"] += len(self.endpoint.pending)
        self.endpoint.pending.clear()
        for connection in list(self.endpoint.connections):
            connection.transport.abort()

    async def behave(self, manners: Manners) -> None:
        self.endpoint.manners = manners

    async def require(self, key: str) -> None:
        self.endpoint.key = key

    async def in_flight(self) -> int:
        return self.endpoint.in_flight()

    async def answered(self) -> int:
        return self.endpoint.books.answered.total()

    async def by_second(self) -> Counter[int]:
        return self.endpoint.books.by_second

    async def whole_books(self) -> Books:
        return self.endpoint.books


def serve(pipe: Pipe, manners: Manners, seed: int) -> None:
    """Serve until the other end of the pipe is closed."""
    allow_open_files(8192)

    async def run() -> None:
        await _Process(pipe, Endpoint(manners, seed)).run()

    asyncio.run(run())
