"""How often runs succeed: by verdict, and over the runs of a scenario (pass@k, pass^k)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import comb
from operator import attrgetter
from typing import Literal

from pare.scenarios.metrics.intervals import rate_interval
from pare.scenarios.result_row import ResultRow

MAX_INFRASTRUCTURE_SHARE = 0.05
"""Where more of the runs than this were lost to infrastructure, there is no headline rate."""

MOST_K = 8
"""Above so many runs a scenario, k goes on in powers of two."""

Verdict = Literal["published", "strict"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many runs came to what."""

    runs: int = 0
    success: int = 0
    failure: int = 0
    no_validation: int = 0
    defect: int = 0
    infrastructure: int = 0

    @property
    def counted(self) -> int:
        """The runs that have a verdict."""
        return self.success + self.failure

    @property
    def lost(self) -> int:
        """The runs that should have had one."""
        return self.defect + self.infrastructure

    @property
    def infrastructure_share(self) -> float:
        """The share of all runs that was lost to infrastructure; 0 without runs."""
        return self.infrastructure / self.runs if self.runs else 0.0


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with its interval of 95 %, over `counted` trials in `scenarios` scenarios.

    `bound_low` and `bound_high` are what it would be if all that is lost had failed, or succeeded. All are
    None without trials; `value`, `low` and `high` also where too much was lost to infrastructure.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None
    counted: int = 0
    scenarios: int = 0


@dataclass(frozen=True, slots=True)
class PassRate:
    """pass@k or pass^k with its interval of 95 %, over the scenarios with at least `k` counted runs."""

    k: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    scenarios: int = 0


def counts_of(rows: Iterable[ResultRow]) -> Counts:
    """Count runs by outcome."""
    found: Counter[str] = Counter(map(attrgetter("outcome"), rows))
    return Counts(runs=found.total(), **found)


def has_headline(counts: Counts, max_infrastructure_share: float = MAX_INFRASTRUCTURE_SHARE) -> bool:
    """Tell whether few enough runs were lost to infrastructure for a rate to stand for all."""
    return counts.infrastructure_share <= max_infrastructure_share


def success_rate(
    rows: Sequence[ResultRow],
    verdict: Verdict = "published",
    max_infrastructure_share: float = MAX_INFRASTRUCTURE_SHARE,
) -> Rate:
    """Give the share of successes among the counted runs; a strict verdict that is unknown is lost."""
    counts, tallies = counts_of(rows), tallies_of(rows, verdict)
    hits = sum(hit for hit, _ in tallies)
    counted = sum(trials for _, trials in tallies)
    ends = _bounds(hits, counted, counts.lost + counts.counted - counted)
    interval = rate_interval(tallies)
    if interval is None or not has_headline(counts, max_infrastructure_share):
        return Rate(None, None, None, *ends, counted, len(tallies))
    return Rate(hits / counted, interval.low, interval.high, *ends, counted, len(tallies))


def _bounds(hits: int, counted: int, lost: int) -> tuple[float | None, float | None]:
    """Give the rate if all that is lost had failed, and if it had succeeded."""
    trials = counted + lost
    return (hits / trials, (hits + lost) / trials) if trials else (None, None)


def tallies_of(rows: Iterable[ResultRow], verdict: Verdict = "published") -> list[tuple[int, int]]:
    """Give (successes, counted runs) of each scenario that has any."""
    hits: Counter[str] = Counter()
    runs: Counter[str] = Counter()
    for row in rows:
        said = verdict_of(row, verdict)
        if said is not None:
            runs[row.scenario_id] += 1
            hits[row.scenario_id] += said
    return [(hits[scenario], count) for scenario, count in runs.items()]


def verdict_of(row: ResultRow, verdict: Verdict = "published") -> bool | None:
    """Tell whether a counted run succeeded; None for others, and where a strict verdict is unknown."""
    outcome = row.outcome
    if outcome not in ("success", "failure"):
        return None
    return outcome == "success" if verdict == "published" else row.strict_success


# --- over the runs of a scenario ----------------------------------------------------------------------------


def pass_at_k(rows: Sequence[ResultRow], k: int) -> PassRate:
    """Estimate how likely at least one of `k` runs of a scenario succeeds, without bias."""
    return _over_scenarios(tallies_of(rows), k, chance_of_any)


def pass_all_k(rows: Sequence[ResultRow], k: int) -> PassRate:
    """Estimate how likely all of `k` runs of a scenario succeed (pass^k), without bias."""
    return _over_scenarios(tallies_of(rows), k, chance_of_all)


def chance_of_any(hits: int, runs: int, k: int) -> float:
    """Give the share of choices of `k` among `runs` runs that hold a success."""
    return 1 - comb(runs - hits, k) / comb(runs, k)


def chance_of_all(hits: int, runs: int, k: int) -> float:
    """Give the share of choices of `k` among `runs` runs that hold successes only."""
    return comb(hits, k) / comb(runs, k)


def _over_scenarios(
    tallies: Iterable[tuple[int, int]], k: int, chance: Callable[[int, int, int], float]
) -> PassRate:
    enough = [(hits, runs) for hits, runs in tallies if runs >= k]
    interval = rate_interval(
        [(chance(hits, runs, k), 1) for hits, runs in enough], sum(runs for _, runs in enough)
    )
    if interval is None:
        return PassRate(k)
    value = sum(chance(hits, runs, k) for hits, runs in enough) / len(enough)
    return PassRate(k, value, interval.low, interval.high, len(enough))


def pass_rates(rows: Iterable[ResultRow]) -> tuple[tuple[PassRate, ...], tuple[PassRate, ...]]:
    """Give pass@k and pass^k for each k up to the most counted runs of a scenario."""
    tallies = tallies_of(rows)
    most = max((runs for _, runs in tallies), default=0)
    ks = [k for k in range(1, most + 1) if k <= MOST_K or k == most or k & (k - 1) == 0]
    at_least_one = tuple(_over_scenarios(tallies, k, chance_of_any) for k in ks)
    return at_least_one, tuple(_over_scenarios(tallies, k, chance_of_all) for k in ks)


# --- as published -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PublishedFigures:
    """The any and all figures of published reports, under their names there; percents of all scenarios.

    `pass_at_k` counts the scenarios with a success, `pass_k` those whose counted runs all succeeded. `k` is
    the number of runs of a scenario, or the most.
    """

    total_scenarios: int
    k: int
    pass_at_k: int
    pass_at_k_percent: float
    pass_k: int
    pass_k_percent: float


def published_figures(rows: Sequence[ResultRow]) -> PublishedFigures:
    """Count scenarios with any and with only successes, as published reports do."""
    runs = Counter(row.scenario_id for row in rows)
    tallies = tallies_of(rows)
    any_hit = sum(hits > 0 for hits, _ in tallies)
    all_hit = sum(hits == counted for hits, counted in tallies)
    share = 100 / len(runs) if runs else 0.0
    k = max(runs.values(), default=1)
    return PublishedFigures(len(runs), k, any_hit, any_hit * share, all_hit, all_hit * share)
