"""A scripted endpoint for tests: real HTTP on a free port of this machine, in the test's own event loop."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio

from pare.llm.endpoint import Counts, Endpoint, EndpointSettings
from pare.llm.endpoint_server import listen, served
from pare.llm.scripted import ScriptedPolicy, wait


@dataclass(frozen=True, slots=True)
class ServedEndpoint:
    """An endpoint that answers at `url`, which ends in ``/v1``; `counts` tell what it has seen."""

    url: str
    counts: Counts


@asynccontextmanager
async def serve(
    models: ScriptedPolicy | Mapping[str, ScriptedPolicy] | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    **settings: Any,
) -> AsyncIterator[ServedEndpoint]:
    """Serve `models` (by default one that waits), with `settings` as `EndpointSettings` has them.

    As in ``async with serve(fixed(["hi"]), latency_seconds=0.1) as endpoint:``. Latency, limits and
    outage run on `clock` and `sleep`.
    """
    chosen = EndpointSettings(models=wait() if models is None else models, **settings)
    endpoint = Endpoint(chosen, clock=clock, sleep=sleep)
    async with served(endpoint, listen()) as url:
        yield ServedEndpoint(url, endpoint.counts)
