"""Whether the calls that the present code makes are recorded, captured, or left alone.

The state follows the task (a ContextVar), not the thread, so that a thousand scenarios can share a
loop. It is two flags: MUTED, the call just runs; CAPTURING, the call becomes a planned event instead
of running. MUTED wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

RECORDING, MUTED, CAPTURING = 0, 1, 2

frame: ContextVar[int] = ContextVar("pare_frame", default=RECORDING)


@contextmanager
def entered(state: int) -> Iterator[None]:
    """Put the block into `state`, and back into the former one after it."""
    token = frame.set(state)
    try:
        yield
    finally:
        frame.reset(token)


@contextmanager
def muted() -> Iterator[None]:
    """Let the calls of the block run without a record."""
    with entered(frame.get() | MUTED):
        yield


@contextmanager
def capturing() -> Iterator[None]:
    """Turn the calls of the block into planned events."""
    with entered(frame.get() | CAPTURING):
        yield
