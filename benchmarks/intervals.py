"""How often the intervals of 95 % contain the true value, over thousands of sweeps that never were.

A sweep is simulated as scenarios with success probabilities from a beta distribution with mean `rate`, and
runs of each. The correlation of two runs of a scenario is the distribution's: at 0 all scenarios are alike,
at 1 each always succeeds or always fails. In rows marked "≤4 u" a third of four runs is lost at random. The
difference of two cells is simulated with scenarios of which a share (`alike`) is as hard for both. For one
run a scenario the coverage is worked out exactly, for 2,001 rates, as rates that are chosen could be lucky.

The mark is 93 % in every case; below it the exit code is 1. Seeds are fixed: the table is the same every
time.

Run it as `python benchmarks/intervals.py` (two minutes). Few `--sweeps` find cases below the mark by chance;
with `--sweeps 0` only what is exact is worked out.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cache
from itertools import product
from math import comb, exp, lgamma
from time import perf_counter
from typing import TypeVar

from figures import Figure, add_json_option, report

from pare.scenarios.metrics.intervals import Interval, difference_interval, rate_interval
from pare.scenarios.metrics.rates import chance_of_all, chance_of_any

Sweep = TypeVar("Sweep", bound=Hashable)

MARK = 0.93
SWEEPS = 4000
SCENARIOS = (40, 60, 143)
RUNS = (1, 2, 3, 4)
RATES = (0.02, 0.025, 0.035, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.965, 0.975, 0.98)
PASS_RATES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98)
CORRELATIONS = (0.0, 0.1, 0.3, 0.6, 1.0)
PAIRS = ((0.02, 0.02), (0.02, 0.05), (0.05, 0.1), (0.1, 0.3), (0.5, 0.5), (0.02, 0.6), (0.95, 0.98))
ALIKE = (0.0, 0.5, 0.9)


def chances(rate: float, correlation: float, runs: int) -> list[float]:
    """Give the probabilities of 0 to `runs` successes of a scenario: binomial, beta-binomial, or 0/1."""
    if correlation == 0:
        return [comb(runs, hits) * rate**hits * (1 - rate) ** (runs - hits) for hits in range(runs + 1)]
    if correlation == 1:
        return [1 - rate, *[0.0] * (runs - 1), rate]
    a, b = (share * (1 - correlation) / correlation for share in (rate, 1 - rate))
    return [
        comb(runs, hits) * exp(log_beta(hits + a, runs - hits + b) - log_beta(a, b))
        for hits in range(runs + 1)
    ]


def log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def simulated(
    sweeps: int, draw: Callable[[], Sweep], interval: Callable[[Sweep], Interval | None]
) -> Iterator[tuple[Interval, int]]:
    """Draw sweeps, and give each different one's interval and how often it was drawn."""
    for sweep, times in Counter(draw() for _ in range(sweeps)).items():
        found = interval(sweep)
        if found is not None:
            yield found, times


def judged(found: Iterator[tuple[Interval, int]], truth: float, sweeps: int) -> tuple[float, float]:
    """Give the share of intervals that contain the truth, and their mean width."""
    hits = width = 0.0
    for interval, times in found:
        hits += times * (interval.low - 1e-12 <= truth <= interval.high + 1e-12)
        width += times * (interval.high - interval.low)
    return hits / sweeps, width / sweeps


def rate_coverage(
    scenarios: int, runs: int, rate: float, correlation: float, sweeps: int
) -> tuple[float, float]:
    """Give coverage and mean width of the interval of a rate."""
    rng = random.Random(f"{scenarios} {runs} {rate} {correlation}")
    weights, values = chances(rate, correlation, runs), range(runs + 1)

    def draw() -> tuple[int, ...]:
        hits = rng.choices(values, weights, k=scenarios)
        return tuple(hits.count(value) for value in values)

    def interval(counts: tuple[int, ...]) -> Interval | None:
        return rate_interval([(hits, runs) for hits, count in enumerate(counts) for _ in range(count)])

    return judged(simulated(sweeps, draw, interval), rate, sweeps)


def exact_coverage(scenarios: int, rate: float) -> float:
    """Work out the coverage of the interval of a rate with one run a scenario."""
    chances_of_hits = chances(rate, 0.0, scenarios)
    return sum(
        chance
        for chance, interval in zip(chances_of_hits, intervals_of(scenarios), strict=True)
        if rate in interval
    )


@cache
def intervals_of(scenarios: int) -> list[Interval]:
    """Give the interval for each number of successes with one run a scenario."""
    outcomes = ([(1, 1)] * hits + [(0, 1)] * (scenarios - hits) for hits in range(scenarios + 1))
    return [interval for interval in map(rate_interval, outcomes) if interval is not None]


def uneven_coverage(
    scenarios: int, runs: int, rate: float, correlation: float, sweeps: int
) -> tuple[float, float]:
    """Give coverage and mean width where a third of the runs is lost at random."""
    rng = random.Random(f"uneven {scenarios} {runs} {rate} {correlation}")
    weights = {left: chances(rate, correlation, left) for left in range(1, runs + 1)}
    kept = [comb(runs, left) * 2**left for left in range(1, runs + 1)]

    def draw() -> tuple[tuple[int, int], ...]:
        left = rng.choices(range(1, runs + 1), kept, k=scenarios)
        return tuple(sorted((rng.choices(range(count + 1), weights[count])[0], count) for count in left))

    return judged(simulated(sweeps, draw, rate_interval), rate, sweeps)


def pass_coverage(
    scenarios: int, rate: float, correlation: float, is_any: bool, sweeps: int
) -> tuple[float, float]:
    """Give coverage and mean width of the interval of pass@2, or of pass^2, from four runs."""
    rng = random.Random(f"pass {scenarios} {rate} {correlation} {is_any}")
    weights, estimate = chances(rate, correlation, 4), chance_of_any if is_any else chance_of_all
    both = rate * rate + correlation * rate * (1 - rate)
    values = [estimate(hits, 4, 2) for hits in range(5)]

    def draw() -> tuple[float, ...]:
        return tuple(sorted(rng.choices(values, weights, k=scenarios)))

    def interval(sweep: tuple[float, ...]) -> Interval | None:
        return rate_interval([(value, 1) for value in sweep], 4 * scenarios)

    return judged(simulated(sweeps, draw, interval), 2 * rate - both if is_any else both, sweeps)


def probability(rng: random.Random, rate: float, correlation: float) -> float:
    """Draw the success probability of a scenario."""
    if correlation in (0, 1):
        return rate if correlation == 0 else float(rng.random() < rate)
    a, b = (share * (1 - correlation) / correlation for share in (rate, 1 - rate))
    return rng.betavariate(a, b)


def difference_coverage(
    size: tuple[int, int], rates: tuple[float, float], correlation: float, alike: float, sweeps: int
) -> tuple[float, float]:
    """Give coverage and mean width of the interval of a paired difference; `size` is scenarios and runs."""
    scenarios, runs = size
    rng = random.Random(f"{size} {rates} {correlation} {alike}")

    def scenario() -> float:
        one = probability(rng, rates[0], correlation)
        other = one if rng.random() < alike else probability(rng, rates[1], correlation)
        return sum((rng.random() < other) - (rng.random() < one) for _ in range(runs)) / runs

    def draw() -> tuple[float, ...]:
        return tuple(sorted(scenario() for _ in range(scenarios)))

    return judged(simulated(sweeps, draw, difference_interval), (1 - alike) * (rates[1] - rates[0]), sweeps)


# --- the tables ---------------------------------------------------------------------------------------------


def print_rates(sizes: Sequence[int], sweeps: int) -> float:
    """Print the coverage of rates, a row for each size and correlation; give the lowest."""
    print(f"rates: coverage in %, mean width in brackets; {sweeps} sweeps a case\n")
    print("scenarios runs corr " + "".join(f"{rate:>12}" for rate in RATES) + "   lowest")
    lowest = 1.0
    for scenarios, runs, correlation in product(sizes, RUNS, CORRELATIONS):
        if runs > 1 or correlation == 0:  # of one run each, the correlation makes no difference
            row = [rate_coverage(scenarios, runs, rate, correlation, sweeps) for rate in RATES]
            lowest = min(lowest, print_row(f"{scenarios:9} {runs:4} {correlation:4}", row))
    for scenarios, correlation in product(sizes, CORRELATIONS):
        row = [uneven_coverage(scenarios, 4, rate, correlation, sweeps // 4) for rate in RATES]
        lowest = min(lowest, print_row(f"{scenarios:9} ≤4 u {correlation:4}", row))
    return lowest


def print_passes(sizes: Sequence[int], sweeps: int) -> float:
    """Print the coverage of pass@2 and pass^2 of four runs; give the lowest."""
    print(f"\npass@2 and pass^2 of four runs; {sweeps} sweeps a case\n")
    print("scenarios      corr " + "".join(f"{rate:>12}" for rate in PASS_RATES) + "   lowest")
    lowest = 1.0
    for scenarios, is_any, correlation in product(sizes, (True, False), CORRELATIONS):
        row = [pass_coverage(scenarios, rate, correlation, is_any, sweeps) for rate in PASS_RATES]
        name = "any" if is_any else "all"
        lowest = min(lowest, print_row(f"{scenarios:9} {name:>4} {correlation:4}", row))
    return lowest


def print_exact(sizes: Sequence[int], rates: int) -> float:
    """Print the lowest coverage over a dense grid of rates, one run a scenario; give it."""
    print(f"\nrates, one run a scenario, exact: the lowest of {rates:,} rates from 0.02 to 0.98\n")
    grid = [0.02 + 0.96 * step / (rates - 1) for step in range(rates)]
    found = {scenarios: min((exact_coverage(scenarios, rate), rate) for rate in grid) for scenarios in sizes}
    for scenarios, (coverage, rate) in found.items():
        print(f"{scenarios:9}   {100 * coverage:.2f} at {rate:.4f}")
    return min(coverage for coverage, _ in found.values())


def print_differences(sizes: Sequence[int], sweeps: int) -> float:
    """Print the coverage of paired differences; give the lowest."""
    print(f"\ndifferences of two cells; {sweeps} sweeps a case\n")
    print("scenarios runs corr alike " + "".join(f"{f'{a} {b}':>12}" for a, b in PAIRS) + "   lowest")
    lowest = 1.0
    for scenarios, runs, correlation, alike in product(sizes, (1, 4), (0.0, 0.4, 1.0), ALIKE):
        row = [difference_coverage((scenarios, runs), pair, correlation, alike, sweeps) for pair in PAIRS]
        lowest = min(lowest, print_row(f"{scenarios:9} {runs:4} {correlation:4} {alike:5}", row))
    return lowest


def print_row(label: str, row: list[tuple[float, float]]) -> float:
    lowest = min(coverage for coverage, _ in row)
    cells = "".join(f"{f'{100 * coverage:.1f} ({width:.3f})':>13}"[:13].rjust(12) for coverage, width in row)
    print(f"{label} {cells}   {100 * lowest:.1f}{'  BELOW THE MARK' if lowest < MARK else ''}", flush=True)
    return lowest


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sweeps", type=int, default=SWEEPS, help="simulated sweeps a case")
    parser.add_argument("--scenarios", type=int, nargs="+", default=SCENARIOS, help="sizes of the sweeps")
    parser.add_argument("--rates", type=int, default=2001, help="rates whose coverage is worked out exactly")
    add_json_option(parser)
    options = parser.parse_args()
    sweeps = options.sweeps
    started = perf_counter()
    sizes = options.scenarios
    lowest = print_exact(sizes, options.rates)
    if sweeps:
        lowest = min(
            lowest,
            print_rates(sizes, sweeps),
            print_passes(sizes, sweeps // 4),
            print_differences(sizes[::2], max(sweeps // 4, 100)),
        )
    print(
        f"\nlowest coverage {100 * lowest:.1f} %, mark {100 * MARK:.0f} %; {perf_counter() - started:.0f} s"
    )
    how = f"{sweeps:,} sweeps a case" if sweeps else "exact, one run each"
    figure = Figure(
        f"intervals of 95 %, lowest coverage, {how}",
        100 * lowest,
        "%",
        100 * MARK,
        more_is_better=True,
    )
    report("intervals", [figure], options.json)
    return int(lowest < MARK)


if __name__ == "__main__":
    sys.exit(main())
