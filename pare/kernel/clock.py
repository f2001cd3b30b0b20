"""The simulated clock: it moves when it is told to, and never by itself."""

from __future__ import annotations

DEFAULT_START_TIME = 1_736_154_000.0
"""2025-01-06 09:00 UTC, where a scenario without a start time begins."""


class Clock:
    """Simulated time, in seconds since the epoch.

    Nothing sleeps to let it pass and nothing reads the machine's clock to know it.
    """

    __slots__ = ("is_paused", "now", "start_time")

    def __init__(self, start_time: float = 0.0) -> None:
        self.start_time = float(start_time)
        self.now = self.start_time
        self.is_paused = False

    def time(self) -> float:
        """Give the present simulated time."""
        return self.now

    def time_passed(self) -> float:
        """Give the seconds since the start."""
        return self.now - self.start_time

    def real_time_passed(self) -> float:
        """Give the seconds that have passed by themselves: none."""
        return 0.0

    def advance_to(self, moment: float) -> None:
        """Move to `moment`; a moment in the past leaves the clock where it is."""
        if moment > self.now:
            self.now = float(moment)

    def add_offset(self, seconds: float) -> None:
        """Move on by `seconds`."""
        self.now += seconds

    def set_offset(self, seconds: float) -> None:
        """Move to `seconds` after the start."""
        self.now = self.start_time + seconds

    def reset(self, start_time: float | None = None) -> None:
        """Go back to the start, or to a new `start_time`."""
        self.start_time = self.start_time if start_time is None else float(start_time)
        self.now = self.start_time
        self.is_paused = False

    def pause(self) -> None:
        """Mark the clock as paused; it stands still between moves anyway."""
        self.is_paused = True

    def resume(self) -> None:
        """Take the mark of `pause` away."""
        self.is_paused = False
