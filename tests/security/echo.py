"""An endpoint that gives away the key it was sent, and what is found of it in files and processes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal

from pare.llm.endpoint import Endpoint, EndpointSettings
from pare.llm.endpoint_server import listen, served
from pare.llm.labels import SCENARIO
from pare.llm.scripted import ScriptedPolicy, fixed
from tests.cli.nights import Place

SENTINEL = "sk-sentinel-0123456789/abcdefghijklmnop"
"""A key; the slash in it is one of the characters that JSON may write as an escape."""

MARK = "ECHO"
"""Stands in a scripted reply where the key that came with the request is put."""

Refusal = tuple[int, dict[str, str], str]
"""Status, headers and message of an answer; MARK stands for the key in all of them."""


def message_to_user(content: str) -> str:
    """Give the reply of a model that says `content` to its user."""
    action = {"action": "PAREAgentUserInterface__send_message_to_user", "action_input": {"content": content}}
    return f"Thought: {content}\nAction:\n{json.dumps(action)}<end_action>"


TALKATIVE = fixed([message_to_user(f"your key is {MARK}, in full Bearer {MARK}")])


def escaped(text: str) -> str:
    """Write each character as JSON's longest escape."""
    return "".join(f"\\u{ord(character):04X}" for character in text)


def as_it_is(text: str) -> str:
    return text


class Echo:
    """Wraps an endpoint's application; runs get `refusal`, if there is one, and so does what goes before them
    if `is_rude`. The key stands in answers as `written` has it. `arguments` are the command lines of the
    processes of `place`, as they were at the first call of a run.
    """

    def __init__(
        self,
        place: Place,
        refusal: Refusal | None = None,
        *,
        is_rude: bool = False,
        written: Callable[[str], str] = as_it_is,
    ) -> None:
        self.place, self.refusal, self.is_rude, self.written = place, refusal, is_rude, written
        self.calls_of_runs = 0
        self.arguments = b""
        self.keys: set[str] = set()

    def around(self, app: Any) -> Any:
        async def answer(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            key = headers["authorization"].removeprefix("Bearer ")
            self.keys.add(key)
            of_run = headers.get(SCENARIO, "preflight") != "preflight"
            if of_run and not self.calls_of_runs:
                self.arguments = b"".join(map(command_line, self.place.processes()))
            self.calls_of_runs += of_run
            if self.refusal is not None and (of_run or self.is_rude):
                await self._refuse(send, key)
            else:
                await app(scope, receive, self._echoing(send, key))

        return answer

    async def _refuse(self, send: Any, key: str) -> None:
        assert self.refusal is not None
        status, headers, message = self.refusal
        body = json.dumps({"error": {"message": message, "code": message, "param": message}})
        body = body.replace(MARK, self.written(key))
        named = {"content-type": "application/json", "content-length": str(len(body)), **headers}
        raw = [(name.encode(), value.replace(MARK, key).encode()) for name, value in named.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body.encode()})

    def _echoing(self, send: Any, key: str) -> Any:
        start: dict[str, Any] = {}

        async def echo(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body = message.get("body", b"").replace(MARK.encode(), self.written(key).encode())
            kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            extra = [(b"content-length", b"%d" % len(body)), (b"x-key", key.encode())]
            await send({**start, "headers": kept + extra})
            await send({**message, "body": body})

        return echo


@contextmanager
def echoing(echo: Echo, policy: ScriptedPolicy = TALKATIVE) -> Iterator[str]:
    """Serve a scripted model that gives keys away, and give its URL."""
    endpoint = Endpoint(EndpointSettings(models=policy))
    endpoint.app = echo.around(endpoint.app)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(served(endpoint, listen())) as url,
    ):
        yield url


def command_line(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def traces_of(key: str, folder: Path) -> list[Path]:
    """Give the files below `folder` that hold a part of the key, or are named by one."""
    parts = (key[:20].encode(), key[-14:].encode(), escaped(key[:20]).encode())
    return [
        path
        for path in folder.rglob("*")
        if key[:20] in path.name or (path.is_file() and any(part in path.read_bytes() for part in parts))
    ]


def model_at(url: str) -> dict[str, Any]:
    """Give the fields of a model that is asked at `url` with the key of the place."""
    return {
        "provider": "openai",
        "model": "m",
        "endpoints": [url],
        "key": {"env": "SECRET_OF_TEST"},
        "label_headers": True,
    }


def environ_of_test() -> dict[str, str]:
    return {"SECRET_OF_TEST": SENTINEL, "OPENAI_API_KEY": SENTINEL}


def readable_by_others(folder: Path) -> list[Path]:
    """Give what others than the user may look into or change, of a folder and all in it."""
    return [path for path in (folder, *folder.rglob("*")) if os.lstat(path).st_mode & 0o077]
