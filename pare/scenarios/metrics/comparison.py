"""Two cells beside each other, scenario by scenario: what is hard for both drops out of the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pare.scenarios.metrics.intervals import difference_interval
from pare.scenarios.metrics.rates import MAX_INFRASTRUCTURE_SHARE, counts_of, has_headline, verdict_of
from pare.scenarios.result_row import ResultRow

MOST_PAIRS = 15
"""Above so many pairs, cells are compared with the first one only."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The success rate of `second` minus that of `first`, over the scenarios that both have counted runs of.

    `difference` is the mean over scenarios, with its interval of 95 %. `better` counts the scenarios where
    `second` succeeds more often, `worse` those where it does less often. All but the counts are None without
    common scenarios, or where one of the cells lost too much to infrastructure.
    """

    first: str
    second: str
    scenarios: int
    better: int
    worse: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def scenario_rates(rows: Iterable[ResultRow]) -> dict[str, float]:
    """Give the success rate of each scenario that has counted runs."""
    found: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        success = verdict_of(row)
        if success is not None:
            found[row.scenario_id].append(success)
    return {scenario: sum(verdicts) / len(verdicts) for scenario, verdicts in found.items()}


def compared(
    cells: Mapping[str, Sequence[ResultRow]],
    baseline: str | None = None,
    max_infrastructure_share: float = MAX_INFRASTRUCTURE_SHARE,
) -> list[Comparison]:
    """Compare every two cells; if there are many, or one is named, all others with that one."""
    rates = {name: scenario_rates(rows) for name, rows in cells.items()}
    headline = {
        name for name, rows in cells.items() if has_headline(counts_of(rows), max_infrastructure_share)
    }
    return [
        _comparison((first, rates[first]), (second, rates[second]), {first, second} <= headline)
        for first, second in pairs_of(list(cells), baseline)
    ]


def pairs_of(names: Sequence[str], baseline: str | None = None) -> list[tuple[str, str]]:
    """Give the pairs that are compared."""
    pairs = list(combinations(names, 2))
    if baseline is None and len(pairs) <= MOST_PAIRS:
        return pairs
    first = names[0] if baseline is None else baseline
    return [(first, name) for name in names if name != first]


def _comparison(
    first: tuple[str, Mapping[str, float]], second: tuple[str, Mapping[str, float]], is_told: bool
) -> Comparison:
    (one, ones), (other, others) = first, second
    differences = [others[scenario] - rate for scenario, rate in ones.items() if scenario in others]
    better, worse = sum(item > 0 for item in differences), sum(item < 0 for item in differences)
    interval = difference_interval(differences) if is_told else None
    if interval is None:
        return Comparison(one, other, len(differences), better, worse)
    mean = sum(differences) / len(differences)
    return Comparison(one, other, len(differences), better, worse, mean, interval.low, interval.high)
