"""A cheap endpoint for benchmarks: OpenAI's chat completions, a fixed reply after a fixed latency.

It is a bare asyncio protocol, so that on two cores it does not compete with what is measured. Run it
as `python benchmarks/llm_server.py --latency 1.0`; it prints its port and ends with its parent.
"""

import argparse
import asyncio
import contextlib
import sys

import orjson

REPLY = orjson.dumps(
    {
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
)
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    + str(len(REPLY)).encode()
    + b"\r\n\r\n"
    + REPLY
)


class FixedReply(asyncio.Protocol):
    """One connection, kept alive."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            total = end + 4 + content_length(bytes(self.received[:end]))
            if len(self.received) < total:
                return
            del self.received[:total]
            asyncio.get_running_loop().call_later(self.latency, self.answer)

    def answer(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(RESPONSE)


def content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def main(latency: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: FixedReply(latency), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    parent_gone = loop.run_in_executor(None, sys.stdin.read)
    async with server:
        await parent_gone


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency", type=float, default=1.0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(parser.parse_args().latency))
