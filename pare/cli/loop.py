"""The event loop of a command: uvloop's where it is installed, and a collector that suits many runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_on_loop(function: Callable[..., Awaitable[Result]], *args: Any) -> Result:
    """Await ``function(*args)`` on a loop of its own."""
    import anyio

    from pare.scenario_runner.garbage import rare_collections

    with rare_collections():
        return anyio.run(function, *args, backend_options={"use_uvloop": find_spec("uvloop") is not None})
