"""Runs of scenarios, at their published place."""

from __future__ import annotations

from collections.abc import Iterator

from pare.compat.conveniences import CountableIterator
from pare.scenarios.scenario import Scenario


def multiply_scenarios_iterator(
    scenarios_iterator: CountableIterator[Scenario], num_runs: int
) -> CountableIterator[Scenario]:
    """Give each scenario `num_runs` times, fresh, with run numbers from 1 on; once they are as they came."""
    total = scenarios_iterator.total_count
    runs = _runs(scenarios_iterator, num_runs) if num_runs > 1 else iter(scenarios_iterator)
    return CountableIterator(runs, None if total is None else total * max(num_runs, 1))


def _runs(scenarios: Iterator[Scenario], num_runs: int) -> Iterator[Scenario]:
    for scenario in scenarios:
        for number in range(1, num_runs + 1):
            made = type(scenario)()
            made.scenario_id, made.run_number = scenario.scenario_id, number
            yield made
