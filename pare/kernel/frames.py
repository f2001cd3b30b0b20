"""Whether the calls that the present code makes are recorded, captured, or left alone.

The state follows the task (a ContextVar), not the thread, so that a thousand scenarios can share a
loop. It is two flags: MUTED, the call just runs; CAPTURING, the call becomes a planned event instead
of running. MUTED wins.
"""

from __future__ import annotations

from contextvars import ContextVar

RECORDING, MUTED, CAPTURING = 0, 1, 2

frame: ContextVar[int] = ContextVar("pare_frame", default=RECORDING)


class Frame:
    """A block in a state. Each poll enters one; a generator would cost four times as much."""

    __slots__ = ("_state", "_token")

    def __init__(self, state: int) -> None:
        self._state = state

    def __enter__(self) -> None:
        self._token = frame.set(self._state)

    def __exit__(self, *error: object) -> None:
        frame.reset(self._token)


def entered(state: int) -> Frame:
    """Put a block into `state`, and back into the former one after it."""
    return Frame(state)


def muted() -> Frame:
    """Let the calls of a block run without a record."""
    return Frame(frame.get() | MUTED)


def capturing() -> Frame:
    """Turn the calls of a block into planned events."""
    return Frame(frame.get() | CAPTURING)
