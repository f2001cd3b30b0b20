"""A raw HTTP server on loopback, which answers as it is told to, byte by byte if need be."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pare.llm.connect import EndpointClient, connect
from pare.llm.engine import EngineConfig
from pare.llm.transport import Timeouts
from pare.llm.types import CallLabel, CompletionRequest, Message

KEY = "sk-test-0123456789abcdef"


@dataclass
class Received:
    """A request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """Where the server is and what it received; it gives its answers in order, the last one for ever."""

    url: str
    port: int
    answers: list[Answer]
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    @property
    def attempts(self) -> int:
        return len(self.received)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while request := await read_request(reader):
                answer = self.answers[min(len(self.received), len(self.answers) - 1)]
                self.received.append(request)
                await answer(request, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # also cancellation, at the end of the test: asyncio 3.11 would log it
        finally:
            writer.close()


async def read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, target, headers, body)


@asynccontextmanager
async def serve(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve `answers` in order until the end of the block."""
    tasks: set[asyncio.Task[None]] = set()
    server = Server("", 0, list(answers))

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        await server.converse(reader, writer)

    listening = await asyncio.start_server(converse, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.port}/v1"
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listening.wait_closed()


# --- answers ------------------------------------------------------------------------------------------------


def http(
    status: int, body: bytes, headers: dict[str, str] | None = None, kind: str = "application/json"
) -> bytes:
    """Write a response."""
    fields = {"content-type": kind, "content-length": str(len(body))} | (headers or {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode() + body


def says(status: int, data: Any, headers: dict[str, str] | None = None) -> Answer:
    """Answer with `data` as JSON, or with the text or bytes that it is."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return writes(http(status, body, headers))


def writes(raw: bytes) -> Answer:
    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return answer


def writes_and_resets(raw: bytes) -> Answer:
    """Write, then break the connection with a reset."""

    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        await asyncio.sleep(0.02)
        peer = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        raise ConnectionResetError

    return answer


def writes_and_closes(raw: bytes) -> Answer:
    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        raise ConnectionResetError

    return answer


def trickles(raw: bytes, every: float, size: int = 1) -> Answer:
    """Write a few bytes at a time."""

    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        for start in range(0, len(raw), size):
            writer.write(raw[start : start + size])
            await writer.drain()
            await asyncio.sleep(every)

    return answer


def never_ends(chunk: bytes = b"x" * 1000) -> Answer:
    """Begin an answer and go on for ever."""

    async def answer(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        while True:
            writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            await writer.drain()
            await asyncio.sleep(0.02)

    return answer


async def says_nothing(request: Received, writer: asyncio.StreamWriter) -> None:
    """Take the request and wait for ever."""
    await asyncio.Event().wait()


# --- completions --------------------------------------------------------------------------------------------


def chat(content: Any = "hello", **changes: Any) -> dict[str, Any]:
    """Give a chat completion; `changes` go into its message, its choice or itself, whoever has the field."""
    message: dict[str, Any] = {"role": "assistant", "content": content}
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": "stop"}
    data: dict[str, Any] = {
        "id": "c1",
        "model": "m-2025",
        "choices": [choice],
        "usage": {"prompt_tokens": 12, "completion_tokens": 3},
    }
    for name, value in changes.items():
        owner = data if name in {*data, "system_fingerprint"} else choice if name in choice else message
        owner[name] = value
    return data


COMPLETION = says(200, chat())


def request(text: str = "hi", **changes: Any) -> CompletionRequest:
    fields: dict[str, Any] = {
        "model": "m",
        "messages": [Message("user", text)],
        "label": CallLabel("scenario", 1, "hash", "user", 0),
    }
    return CompletionRequest(**(fields | changes))


QUICK = Timeouts(connect=2, pool=2, read=2, total=5)


@asynccontextmanager
async def client_of(
    *answers: Answer,
    timeouts: Timeouts = QUICK,
    environ: dict[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
    **engine: Any,
) -> AsyncIterator[tuple[EndpointClient, Server]]:
    """Serve `answers` and open a client of that server."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serve(*answers, tls=tls))
        config = EngineConfig.model_validate(
            {"provider": "openai", "model": "m", "endpoints": server.url} | engine
        )
        given = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY} if environ is None else environ
        opened = connect(config, server.url, environ=given, timeouts=timeouts)
        yield await stack.enter_async_context(opened), server
