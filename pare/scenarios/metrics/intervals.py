"""Intervals of 95 % for rates and differences whose runs come in clusters: the runs of a scenario.

Runs of one scenario resemble each other, so a sweep knows less than its number of runs suggests. How much
less is estimated from the spread between scenarios. ``benchmarks/intervals.py`` measures how often these
intervals contain the true value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import atan, cos, inf, pi, sin, sqrt, tan
from statistics import NormalDist

LEVEL = 0.95

RATE_LEVEL = 0.96
"""The level of the t-quantile for rates. Near 0 and 1 Wilson's interval covers less than its level says, with
few scenarios down to 92 %: a little more keeps it above 93 %."""

_LARGE = 400
"""Degrees of freedom from which on the t-distribution is taken as a normal one with a correction."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        """Tell whether `value` lies within."""
        return self.low <= value <= self.high


def rate_interval(clusters: Iterable[tuple[float, float]], most: float = inf) -> Interval | None:
    """Give the interval of a rate from (successes, trials) of each scenario; None without trials.

    It is Wilson's, on the effective number of trials, which lies between that of the scenarios and `most`
    (default: all trials).
    """
    found = [(hits, trials) for hits, trials in clusters if trials > 0]
    if not found:
        return None
    trials = sum(weight for _, weight in found)
    rate = sum(hits for hits, _ in found) / trials
    size = effective_size(found, trials if most == inf else most)
    return _wilson(rate, size, t_quantile(RATE_LEVEL, max(len(found) - 1, 1)))


def effective_size(clusters: Sequence[tuple[float, float]], most: float) -> float:
    """Estimate how many independent trials the clusters are worth: rate (1 - rate) / variance of the rate.

    Half a scenario that always succeeds and half a scenario that never does are added: where next to
    nothing succeeded or failed, the spread between scenarios says little, and the estimate goes towards
    the number of scenarios.
    """
    count, trials = len(clusters), sum(weight for _, weight in clusters)
    mean = trials / count
    rate = (sum(hits for hits, _ in clusters) + mean / 2) / (trials + mean)
    squares = sum((hits - rate * weight) ** 2 for hits, weight in clusters)
    squares += mean**2 * (rate**2 + (1 - rate) ** 2) / 2
    variance = squares / (trials + mean) ** 2 * (count + 1) / count
    size = rate * (1 - rate) / variance * count / (count + 1)
    least = trials**2 / sum(weight**2 for _, weight in clusters)
    return max(min(size, most), least)


def _wilson(rate: float, size: float, quantile: float) -> Interval:
    square = quantile**2 / size
    centre = (rate + square / 2) / (1 + square)
    half = sqrt(square * (rate * (1 - rate) + square / 4)) / (1 + square)
    return Interval(min(max(centre - half, 0.0), rate), max(min(centre + half, 1.0), rate))


def difference_interval(differences: Sequence[float]) -> Interval | None:
    """Give the interval of the mean of differences between rates, one a scenario; None without any.

    A scenario that only the one cell solves and one that only the other solves are added, so that a
    few scenarios without a difference do not prove that there is none.
    """
    if not differences:
        return None
    count, total = len(differences), sum(differences)
    size = count + 2
    centre = total / size
    variance = (sum(item * item for item in differences) + 2) / size - centre * centre
    half = t_quantile(LEVEL, max(count - 1, 1)) * sqrt(max(variance, 0.0) / (size - 1))
    mean = total / count
    return Interval(max(min(centre - half, mean), -1.0), min(max(centre + half, mean), 1.0))


@lru_cache(maxsize=1024)
def t_quantile(level: float, freedom: int) -> float:
    """Give t such that Student's t with `freedom` degrees lies within ±t with probability `level`."""
    if freedom >= _LARGE:
        z = NormalDist().inv_cdf((1 + level) / 2)
        return z + (z**3 + z) / (4 * freedom)
    low, high = 0.0, pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < level else (low, middle)
    return sqrt(freedom) * tan(low)


def t_probability(t: float, freedom: int) -> float:
    """Give the probability that Student's t with `freedom` degrees lies within ±t."""
    return _within(atan(t / sqrt(freedom)), freedom)


def _within(angle: float, freedom: int) -> float:
    """Sum up the finite series of the distribution (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    is_odd, square = freedom % 2 == 1, cos(angle) ** 2
    term, total = cos(angle) if is_odd else 1.0, 0.0
    for index in range(1 if is_odd else 0, freedom - 1, 2):
        total += term
        term *= square * (index + 1) / (index + 2)
    return 2 / pi * (angle + sin(angle) * total) if is_odd else sin(angle) * total
