"""When noise arrives: a Poisson process over the time that a scenario lasts."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from pare.errors import ConfigError

MOST_PER_MINUTE = 1_000
"""The highest rate of events in a minute; more is a slip of the pen."""

MOST_EVENTS = 100_000
"""How many events noise may be expected to bring to one scenario; more is one as well."""

RESOLUTION = 0.001
"""The least time between two arrivals, in seconds. What is finer than that differs between machines."""


def arrival_times(rng: Random, rate_per_minute: float, seconds: float) -> Iterator[float]:
    """Draw the times of arrival, in seconds from 0 up to and without `seconds`; each comes once.

    Raises:
        ConfigError: more than `MOST_EVENTS` are to be expected.
    """
    if reason := excess(rate_per_minute, seconds):
        raise ConfigError(reason)
    return _times(rng, rate_per_minute / 60, seconds)


def excess(rate_per_minute: float, seconds: float) -> str:
    """Say why a rate is too much for a scenario that lasts `seconds`; "" if it is not."""
    expected = rate_per_minute * seconds / 60
    if expected <= MOST_EVENTS:
        return ""
    return (
        f"{rate_per_minute:g} events per minute over {seconds:g} seconds would be about {expected:,.0f} "
        f"events of noise; at most {MOST_EVENTS:,} are planned: lower num_env_events_per_minute"
    )


def _times(rng: Random, rate: float, seconds: float) -> Iterator[float]:
    exact, last = 0.0, 0.0
    while rate > 0:
        exact += rng.expovariate(rate)
        last = round(max(exact, last + RESOLUTION), 3)
        if last >= seconds:
            return
        yield last
