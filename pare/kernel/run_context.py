"""The run that the present code belongs to: where ids, default timestamps and randomness come from.

A data object that scenario code builds (an email without an id or a timestamp) asks the current run.
Two runs never share a counter, so the same job gives the same ids wherever and beside whatever it
runs. Outside a run there is one that never ends, whose clock stands at the epoch.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random
from typing import Any

from pare.kernel.clock import Clock
from pare.rng import RandomStream, hex_id

RunMark = tuple[tuple[Any, ...] | None, dict[str, int]]
"""How far a run's generator was drawn, and where its counters stood."""


class RunContext:
    """Counters, generator and clock of one run.

    The run number is no part of it: the same scenario and seed give the same ids in every run.
    """

    def __init__(self, seed: int | str = 0, start_time: float = 0.0) -> None:
        self.clock = Clock(start_time)
        self._numbers: dict[str, int] = {}
        self.reseed(seed)

    def reseed(self, seed: int | str) -> None:
        """Draw from the beginning of the generator that belongs to `seed`."""
        self._stream = RandomStream("run", seed)

    @property
    def rng(self) -> Random:
        """The generator of the run."""
        return self._stream.generator

    def next_number(self, series: str) -> int:
        """Give the next number of `series`, from 0 on."""
        number = self._numbers.get(series, 0)
        self._numbers[series] = number + 1
        return number

    def event_id(self, label: str) -> str:
        """Name an event `label` and a number padded so that ids sort in the order of creation."""
        return f"{label}-{self.next_number('event'):08d}"

    def hex_id(self) -> str:
        """Draw an id of 32 hexadecimal digits."""
        return hex_id(self.rng)

    def mark(self) -> RunMark:
        """Remember where counters and generator stand, for `rewind`."""
        return self._stream.mark(), dict(self._numbers)

    def rewind(self, mark: RunMark) -> None:
        """Go back to where `mark` was taken."""
        drawn, numbers = mark
        self._stream.rewind(drawn)
        self._numbers = dict(numbers)

    @contextmanager
    def active(self) -> Iterator[RunContext]:
        """Make this the current run for the block."""
        token = current.set(self)
        try:
            yield self
        finally:
            current.reset(token)


_OUTSIDE = RunContext("outside")

current: ContextVar[RunContext | None] = ContextVar("pare_run", default=None)


def current_run() -> RunContext:
    """Give the run that the present code belongs to."""
    return current.get() or _OUTSIDE


def new_id() -> str:
    """Draw an id of 32 hexadecimal digits from the current run."""
    return current_run().hex_id()


def now() -> float:
    """Give the simulated time of the current run, in seconds since the epoch."""
    return current_run().clock.now
