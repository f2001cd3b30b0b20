"""How many calls an endpoint gets at once: found out, or set by the user. State machines without I/O.

`AdaptiveLimit` begins as in TCP's slow start: the limit doubles with each round that used it, until the
server says that it is too much. From then on a rate limit cuts the limit by a factor, at most once per
episode, and rounds that used it raise it by a constant step. Calls then start evenly, `limit` per latency,
so that fractions of a call count and no burst is refused for being one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf
from typing import Literal, Protocol

Outcome = Literal["success", "rate_limit", "failure", "neutral", "unsent"]
"""How a call ended, to a limit: "failure" is a 5xx or a broken connection, "neutral" says nothing about the
load (a refused prompt, a cancelled call), "unsent" was never sent (a reply from a journal, an outage)."""


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that is over: `seconds` is the latency of a success, `retry_after` what a refusal asks for."""

    outcome: Outcome
    started: float
    seconds: float = 0.0
    retry_after: float = 0.0


class ConcurrencyLimit(Protocol):
    """How many calls may be in flight."""

    @property
    def limit(self) -> float:
        """The present limit."""
        ...

    @property
    def in_flight(self) -> int:
        """How many calls are in flight."""
        ...

    def ready_at(self) -> float:
        """Say when the next call may start: infinity if one has to end first."""
        ...

    def start(self) -> float:
        """Count a call that starts now, and give its start time."""
        ...

    def end(self, call: EndedCall, /) -> None:
        """Count the end of a call."""
        ...


class FixedLimit:
    """The limit that the user sets; nothing changes it."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self.limit: float = limit
        self.in_flight = 0
        self._clock = clock

    def ready_at(self) -> float:
        """Say when the next call may start: at once, or (infinity) when one has ended."""
        return -inf if self.in_flight < self.limit else inf

    def start(self) -> float:
        """Count a call that starts now."""
        self.in_flight += 1
        return self._clock()

    def end(self, _call: EndedCall, /) -> None:
        """Count the end of a call, however it ended."""
        self.in_flight -= 1


INITIAL_LATENCY = 1.0
"""Seconds that a call is taken to need before one has succeeded."""

LATEST_WEIGHT = 0.01
"""Of the latest call in a moving average; the first hundred count alike."""

SLACK = 1.25
"""Calls start evenly and end when they do: this many times the mean may be in flight at a moment."""

USED_SHARE = 0.8
"""Share of the limit that a round must have had in flight at once for the limit to grow."""

SHORTEST_ROUND = 10
"""Successes, so that a low limit does not grow into the next refusal within a few calls."""

STEP_SHARE = 0.01
"""Growth per round near the limit that was refused last, as a share of that."""

SEARCH_SHARE = 0.1
"""The largest growth per round away from it."""

NEAR = (0.8, 1.1)
"""Shares of the limit that was refused last that count as near it. Above, the step doubles each round."""

GENTLE_CUT = 0.85
"""Factor of a cut near the limit that was refused last."""

DEEP_CUT = 0.5
"""Factor of a cut far above it, as after slow start, and of those that follow such a cut at once."""

FAR = 1.5
"""Share of the limit that was refused last from which on a cut is deep."""

SHORTEST_COOLDOWN = 1.0
"""Seconds; an average latency, if that is longer."""

LONGEST_INTERVAL = 30.0
"""Seconds between two starts at the lowest limit."""

LONGEST_HOLD = 60.0
"""Seconds that a Retry-After can hold back the calls of the whole endpoint."""

CATCH_UP = 0.02
"""Seconds that a start may be late without the next one being late as well: timers are coarse."""


@dataclass(slots=True)
class _Round:
    """As many successes as the limit allows at once, and the most calls that were in flight meanwhile."""

    most_in_flight: int
    successes: int = 0


class AdaptiveLimit:
    """Find out how many calls an endpoint takes at once. Pure: the clock is handed in, nothing waits.

    `limit` is a mean, and no whole number: calls start `interval` apart, and at most `slots` are in flight.
    Before the first rate limit they start as they come, at most `limit` of them.
    """

    def __init__(self, clock: Callable[[], float], *, initial: float = 16, maximum: int = 1000) -> None:
        self.limit = float(min(initial, maximum))
        self.in_flight = 0
        self.latency = INITIAL_LATENCY
        self.cuts = 0
        self._maximum = maximum
        self._clock = clock
        self._round = _Round(0)
        self._successes = 0
        self._refused_limit = inf
        self._step = 0.0
        self._factor = 1.0
        self._cut_at = -inf
        self._accepted_at = -inf
        self._episode_until = -inf
        self._cooldown_until = -inf
        self._next_start = -inf
        self._held_until = -inf

    @property
    def slots(self) -> int:
        """How many calls may be in flight at this moment."""
        return min(ceil(self.limit * (1.0 if self.is_slow_start else SLACK)), self._maximum)

    @property
    def is_slow_start(self) -> bool:
        """Whether no rate limit was met yet."""
        return self.cuts == 0

    @property
    def interval(self) -> float:
        """Seconds from one start to the next; none before the first rate limit."""
        return 0.0 if self.is_slow_start else min(self.latency / self.limit, LONGEST_INTERVAL)

    def ready_at(self) -> float:
        """Say when the next call may start: infinity if one has to end first."""
        return max(self._next_start, self._held_until) if self.in_flight < self.slots else inf

    def start(self) -> float:
        """Count a call that starts now, and give its start time."""
        now, interval = self._clock(), self.interval
        self.in_flight += 1
        self._round.most_in_flight = max(self._round.most_in_flight, self.in_flight)
        if interval:
            self._next_start = max(self._next_start, now - CATCH_UP) + interval
        return now

    def end(self, call: EndedCall, /) -> None:
        """Count the end of a call, and learn from it."""
        self.in_flight -= 1
        match call.outcome:
            case "success":
                self._succeed(call)
            case "rate_limit":
                self._refuse(call)
            case "failure":
                self._cool_down(self._clock() + self._cooldown)
            case "unsent":
                self._next_start -= self.interval
            case "neutral":
                pass

    def _succeed(self, call: EndedCall) -> None:
        self._successes += 1
        self.latency += max(1 / self._successes, LATEST_WEIGHT) * (call.seconds - self.latency)
        self._accepted_at = max(self._accepted_at, call.started)
        if self._clock() < self._cooldown_until:
            return
        self._round.successes += 1
        if self._round.successes >= self._round_size:
            if self._round.most_in_flight >= USED_SHARE * self.limit:
                self._grow()
            self._round = _Round(self.in_flight)

    @property
    def _round_size(self) -> int:
        return max(ceil(self.limit), SHORTEST_ROUND if self._is_near else 1)

    @property
    def _is_near(self) -> bool:
        return NEAR[0] <= self.limit / self._refused_limit <= NEAR[1]

    def _grow(self) -> None:
        if self.is_slow_start:
            self._step = self.limit
        elif self._is_near:
            self._step = STEP_SHARE * self._refused_limit
        elif self.limit < self._refused_limit:
            self._step = SEARCH_SHARE * self._refused_limit
        else:
            self._step = min(2 * self._step, SEARCH_SHARE * self.limit)
        self.limit = min(self.limit + self._step, float(self._maximum))

    def _refuse(self, call: EndedCall) -> None:
        """Cut the limit, unless this refusal is of the episode of the last cut.

        An episode lasts for a cooldown at least, and until a call sent since has succeeded: where nothing is
        accepted, a lower limit would not help. If a call sent since is refused in it, the Retry-After counts
        for the whole endpoint.
        """
        now = self._clock()
        if call.started <= self._cut_at:
            return
        if now >= self._episode_until and self._accepted_at >= self._cut_at:
            self._cut(now)
        elif call.retry_after:
            self._episode_until = self._held_until = now + min(call.retry_after, LONGEST_HOLD)
            self._cool_down(self._held_until)

    def _cut(self, now: float) -> None:
        self._factor = self._factor_of_cut(now)
        self._refused_limit = self.limit
        self.limit = max(self.limit * self._factor, min(self.latency / LONGEST_INTERVAL, self.limit))
        self.cuts += 1
        self._cut_at = now
        self._episode_until = now + self._cooldown
        self._next_start = max(self._next_start, now)
        self._cool_down(self._episode_until)

    def _factor_of_cut(self, now: float) -> float:
        is_far = self.is_slow_start or self.limit > FAR * self._refused_limit
        is_next = now < self._cut_at + 2 * self._cooldown
        return DEEP_CUT if is_far or (is_next and self._factor == DEEP_CUT) else GENTLE_CUT

    @property
    def _cooldown(self) -> float:
        return max(self.latency, SHORTEST_COOLDOWN)

    def _cool_down(self, until: float) -> None:
        self._cooldown_until = max(self._cooldown_until, until)
        self._round = _Round(self.in_flight)
