"""The time of a simulation: a run's clock, divided into ticks, between a start and perhaps an end."""

from __future__ import annotations

from math import ceil, inf

from pare.kernel.run_context import RunContext


class Timeline:
    """Simulated time in seconds since the epoch; ticks last `time_increment_in_seconds`."""

    def __init__(self, run: RunContext, tick_seconds: float = 1) -> None:
        self.run_context = run
        self.time_manager = run.clock
        self.time_increment_in_seconds = tick_seconds
        self.duration: float | None = None

    @property
    def start_time(self) -> float:
        """Where the clock started, in seconds since the epoch."""
        return self.time_manager.start_time

    @property
    def current_time(self) -> float:
        """The simulated time, in seconds since the epoch."""
        return self.time_manager.now

    @property
    def tick_count(self) -> int:
        """The number of ticks that have begun since the start."""
        return ceil(self.time_manager.time_passed() / self.time_increment_in_seconds)

    @property
    def deadline(self) -> float:
        """When the duration of the scenario ends; infinite without one."""
        return inf if self.duration is None else self.start_time + self.duration
