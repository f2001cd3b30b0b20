"""What a supervisor and its workers say to each other: JSON lines over pipes.

To a worker: ``setup`` first, then ``job``, ``hash``, ``granted``, ``refused``; the end of the pipe ends it.
From a worker: ``ready`` or ``failed``, then ``row``, ``hashes``, ``beat``, ``reserve``, ``settle`` and
``notice``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson

from pare.executors.job_runner import JobSettings
from pare.llm.engine import AcceptedParameters
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.job import Cell

Message = dict[str, Any]

LONGEST_READ = 1 << 16


def encode(message: Message) -> bytes:
    """Give a message as its line."""
    return orjson.dumps(message, option=orjson.OPT_NON_STR_KEYS) + b"\n"


async def messages(receive: Callable[[], Awaitable[bytes]]) -> AsyncIterator[Message]:
    """Read messages until `receive` gives nothing more; a torn last one is left out."""
    rest = b""
    while chunk := await receive():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield orjson.loads(line)


class Outgoing:
    """The worker's way out: the loop and the heartbeat's thread write whole lines in turn."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._turn = threading.Lock()

    def send(self, message: Message) -> None:
        """Write a message.

        Raises:
            BrokenPipeError: the supervisor is gone.
        """
        line = memoryview(encode(message))
        with self._turn:
            while line:
                line = line[os.write(self._descriptor, line) :]


# --- values over the wire -------------------------------------------------------------------------------


def cell_out(cell: Cell) -> Message:
    """Write a cell: the fields that were set, and the hash, by which the reader checks itself."""
    config = cell.config.model_dump(mode="json", include=set(ScenarioRunnerConfig.model_fields))
    return {"config": config, "settings": dict(cell.settings), "hash": cell.config_hash}


def cell_in(message: Message) -> Cell:
    """Read a cell.

    Raises:
        ValueError: it is not the cell that was written.
    """
    cell = Cell(ScenarioRunnerConfig(**message["config"]), message["settings"])
    if cell.config_hash != message["hash"]:
        raise ValueError(
            f"cell {cell.name!r} arrived with config hash {cell.config_hash}, not {message['hash']}"
        )
    return cell


def settings_out(settings: JobSettings) -> Message:
    """Write what all jobs share."""
    return settings.model_dump(mode="json")


def accepted_out(accepted: dict[str, AcceptedParameters]) -> Message:
    """Write what the preflight found."""
    return {url: [found.max_tokens_field, sorted(found.refused)] for url, found in accepted.items()}


def accepted_in(message: Message) -> dict[str, AcceptedParameters]:
    """Read what the preflight found."""
    return {url: AcceptedParameters(name, frozenset(refused)) for url, (name, refused) in message.items()}
