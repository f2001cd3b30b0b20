"""The event loop of a command: uvloop's where it is installed, and a collector that suits many runs."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_on_loop(function: Callable[..., Awaitable[Result]], *args: Any) -> Result:
    """Await ``function(*args)`` on a loop of its own."""
    import anyio

    calm_collector()
    return anyio.run(function, *args, backend_options={"use_uvloop": find_spec("uvloop") is not None})


def calm_collector() -> None:
    """Leave what has been imported out of collections, and collect less often.

    A thousand runs hold millions of objects that live as long as they do; looking through them at
    Python's own rate costs a quarter of the CPU of a call.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
