"""A cheap endpoint for benchmarks: OpenAI's chat completions, replies that are known beforehand, a latency.

It is a bare asyncio protocol, so that on two cores it does not compete with what is measured. Run it
as `python benchmarks/llm_server.py --latency 1.0`; it prints its port and ends with its parent. Without
more every call gets the same reply. With `--replies`, a JSON file has one for each call, by scenario, role
and step, which the headers of the call name. With `--turns`, it has a list of texts, of which a call gets the
one that has as many before it as the agent has spoken in its prompt.
"""

import argparse
import asyncio
import contextlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

FIXED: dict[str, Any] = {
    "id": "x",
    "object": "chat.completion",
    "model": "fixed",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Thought: the calendar first.\nAction:\n"
                '{"action": "Calendar__search_events", "action_input": {"query": "dentist"}}<end_action>',
            },
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 2300, "completion_tokens": 38, "total_tokens": 2338},
}
LABEL = re.compile(rb"\r\nx-pare-(scenario|role|step): *([^\r]+)", re.IGNORECASE)

SPOKEN = re.compile(rb'"role": ?"assistant"')

Answer = Callable[[bytes, bytes], bytes]
"""Gives the response to a request with this head and body."""


class Connection(asyncio.Protocol):
    """One connection, kept alive."""

    def __init__(self, latency: float, answer: Answer) -> None:
        self.latency = latency
        self.answer = answer
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.received[:end])
            total = end + 4 + content_length(head)
            if len(self.received) < total:
                return
            body = bytes(self.received[end + 4 : total])
            del self.received[:total]
            asyncio.get_running_loop().call_later(self.latency, self.write, self.answer(head, body))

    def write(self, response: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(response)


def content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def response(body: object, status: bytes = b"200 OK") -> bytes:
    content = orjson.dumps(body)
    length = str(len(content)).encode()
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: "
    return head + length + b"\r\n\r\n" + content


def fixed() -> Answer:
    known = response(FIXED)
    return lambda _head, _body: known


def by_label(file: Path) -> Answer:
    replies = orjson.loads(file.read_bytes())
    responses = {key.encode(): response(reply) for key, reply in replies.items()}
    unknown = response({"error": {"message": "no reply is known for this call"}}, b"404 Not Found")

    def answer(head: bytes, _body: bytes) -> bytes:
        label = {name.lower(): value for name, value in LABEL.findall(head)}
        key = b" ".join(label.get(name, b"") for name in (b"scenario", b"role", b"step"))
        return responses.get(key, unknown)

    return answer


def by_turn(file: Path) -> Answer:
    texts = orjson.loads(file.read_bytes())
    message = FIXED["choices"][0]
    responses = [
        response(FIXED | {"choices": [message | {"message": {"role": "assistant", "content": text}}]})
        for text in texts
    ]
    return lambda _head, body: responses[min(len(SPOKEN.findall(body)), len(responses) - 1)]


async def main(latency: float, answer: Answer) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(latency, answer), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    parent_gone = loop.run_in_executor(None, sys.stdin.read)
    async with server:
        await parent_gone


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--replies", type=Path, help="JSON file: replies by 'scenario role step'")
    parser.add_argument("--turns", type=Path, help="JSON file: a list of texts, one for each turn")
    options = parser.parse_args()
    chosen = fixed()
    if options.replies:
        chosen = by_label(options.replies)
    elif options.turns:
        chosen = by_turn(options.turns)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(options.latency, chosen))
