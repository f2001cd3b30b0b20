"""The figures of published reports, under their names, over rows of published result files.

Intervals of 95 % stand beside them: they are clustered by scenario, as everywhere here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from pare.scenarios.metrics.intervals import Interval, rate_interval

Row = Mapping[str, Any]
Figures = dict[str, Any]

GROUPED_BY = ("user_model", "proactive_model", "tool_failure_probability", "num_env_events_per_minute")

_SUMS = {
    "total_proposals": "proposal_count",
    "total_acceptances": "acceptance_count",
    "total_turns": "number_of_turns",
    "total_read_only_actions": "read_only_actions",
    "total_write_actions": "write_actions",
}
_STATUSES = {
    "success_runs": "success",
    "failed_runs": "failed",
    "exception_runs": "exception",
    "no_validation_runs": "no_validation",
}


def published_groups(rows: Iterable[Row]) -> list[tuple[tuple[Any, ...], list[Row]]]:
    """Group rows by models and noise, in the order of these."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row.get(name) for name in GROUPED_BY)].append(row)
    return sorted(groups.items(), key=lambda group: [_sortable(value) for value in group[0]])


def _sortable(value: Any) -> tuple[float, str]:
    return (float(value), "") if isinstance(value, int | float) else (0.0, value or "")


def published_statistics(rows: Sequence[Row]) -> dict[str, Figures]:
    """Give the figures of rows of one group: "global" ones, and of proposals and actions "pas_metrics"."""
    return {
        "global": {**_counts(rows), **_success(rows), **_over_runs(rows), **_times(rows)},
        "pas_metrics": _behaviour(rows),
    }


def _counts(rows: Sequence[Row]) -> Figures:
    statuses = Counter(row["status"] for row in rows)
    return {
        "total_runs": len(rows),
        "validated_runs": len(_validated(rows)),
        **{name: statuses[status] for name, status in _STATUSES.items()},
    }


def _validated(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["success_numeric"] is not None]


def _success(rows: Sequence[Row]) -> Figures:
    def rate(chosen: Sequence[Row]) -> float | None:
        found = [row["success_numeric"] for row in _validated(chosen)]
        return 100 * mean(found) if found else None

    interval = rate_interval([(sum(verdicts), len(verdicts)) for verdicts in _verdicts(rows).values()])
    return {
        "success_rate": rate(rows) or 0.0,
        **_spread("success_rate", rows, rate),
        "success_rate_interval": _percents(interval),
    }


def _verdicts(rows: Iterable[Row]) -> dict[str, list[float]]:
    """Give the verdicts of each scenario that has any."""
    found: dict[str, list[float]] = defaultdict(list)
    for row in _validated(rows):
        found[row["base_scenario_id"]].append(row["success_numeric"])
    return found


def _percents(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [100 * interval.low, 100 * interval.high]


def _over_runs(rows: Sequence[Row]) -> Figures:
    """Count the scenarios with any success, and with successes only among their validated runs."""
    runs, verdicts = Counter(row["base_scenario_id"] for row in rows), _verdicts(rows).values()
    without = [False] * (len(runs) - len(verdicts))
    any_hit = [any(each) for each in verdicts] + without
    all_hit = [all(each) for each in verdicts] + without
    share = 100 / len(runs) if runs else 0.0
    return {
        "pass_at_k": sum(any_hit),
        "pass_at_k_percent": sum(any_hit) * share,
        "pass_at_k_interval": _percents(rate_interval([(hit, 1) for hit in any_hit])),
        "pass_k": sum(all_hit),
        "pass_k_percent": sum(all_hit) * share,
        "pass_k_interval": _percents(rate_interval([(hit, 1) for hit in all_hit])),
        "total_scenarios": len(runs),
        "k": max(runs.values(), default=1),
    }


def _times(rows: Sequence[Row]) -> Figures:
    durations = [row["run_duration"] for row in rows if row["run_duration"] is not None]
    jobs = [row["job_duration"] for row in rows if row["job_duration"] is not None]
    return {
        "avg_run_duration": mean(durations) if durations else 0.0,
        "avg_run_duration_std": _deviation(durations),
        "job_duration": mean(jobs) if jobs else 0.0,
    }


def _behaviour(rows: Sequence[Row]) -> Figures:
    """Sum up proposals, turns and actions, and give their rates with the spread over run numbers."""
    figures: Figures = {name: _sum(rows, column) for name, column in _SUMS.items()}
    ratios = {
        "aggregate_proposal_rate": _ratio("proposal_count", "number_of_turns"),
        "aggregate_acceptance_rate": _ratio("acceptance_count", "proposal_count"),
        "avg_read_only_actions": _average("read_only_actions"),
        "avg_write_actions": _average("write_actions"),
    }
    for name, ratio in ratios.items():
        figures |= {name: ratio(rows) or 0.0, **_spread(name, rows, ratio)}
    return figures


def _sum(rows: Iterable[Row], column: str) -> int:
    return sum(row[column] or 0 for row in rows)


def _ratio(over: str, under: str) -> Callable[[Sequence[Row]], float | None]:
    return lambda rows: _sum(rows, over) / _sum(rows, under) if _sum(rows, under) else None


def _average(column: str) -> Callable[[Sequence[Row]], float | None]:
    return lambda rows: _sum(rows, column) / len(rows) if rows else None


def _spread(name: str, rows: Sequence[Row], figure: Callable[[Sequence[Row]], float | None]) -> Figures:
    """Give the standard deviation of a figure over run numbers, and the error of their mean."""
    runs: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row["run_number"] is not None:
            runs[row["run_number"]].append(row)
    found = [value for value in map(figure, runs.values()) if value is not None]
    deviation = _deviation(found)
    return {f"{name}_std": deviation, f"{name}_sem": deviation / len(found) ** 0.5 if found else 0.0}


def _deviation(values: Sequence[float]) -> float:
    return stdev(values) if len(values) > 1 else 0.0
