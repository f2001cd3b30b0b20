"""A server's rate limit: so much per minute, refilled evenly, never more than a minute's worth in store."""

from __future__ import annotations

from collections.abc import Callable


class TokenBucket:
    """Holds what may still be taken; `per_minute` of it flows in, and as much fits in at most."""

    def __init__(self, per_minute: float, clock: Callable[[], float]) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._level = float(per_minute)
        self._at = clock()

    @property
    def level(self) -> float:
        """What may be taken now; below 0 after more was taken than there was."""
        now = self._clock()
        self._level = min(self.per_minute, self._level + (now - self._at) * self.per_minute / 60)
        self._at = now
        return self._level

    def wait_for(self, amount: float) -> float:
        """Give the seconds until `amount` may be taken, 0 for now; a full bucket lets everything pass."""
        missing = min(amount, self.per_minute) - self.level
        return max(0.0, missing * 60 / self.per_minute)

    def wait_until_full(self) -> float:
        """Give the seconds until the bucket is full."""
        return self.wait_for(self.per_minute)

    def take(self, amount: float) -> None:
        """Take `amount`, also where there is less."""
        self._level = self.level - amount
