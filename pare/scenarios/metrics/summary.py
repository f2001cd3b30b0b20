"""All figures of a set of runs in one value: rates, what the agents did, and what it took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pare.scenarios.metrics.intervals import rate_interval
from pare.scenarios.metrics.rates import (
    MAX_INFRASTRUCTURE_SHARE,
    Counts,
    PassRate,
    PublishedFigures,
    Rate,
    counts_of,
    has_headline,
    pass_rates,
    published_figures,
    success_rate,
)
from pare.scenarios.result_row import ResultRow, RoleUse

NORMAL_ENDS = frozenset({"max_turns", "stopped", "failed", "duration", "idle"})
"""Ends of a run that no model's refusal, overflow, empty reply or token limit has brought about."""


_NO_RATE = Rate()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What was done in the runs that came to their end; means are per run.

    `proposal_rate` is proposals per turn, `acceptance` the share of proposals that was accepted.
    """

    runs: int = 0
    proposals: int = 0
    acceptances: int = 0
    turns: int = 0
    proposal_rate: float | None = None
    acceptance: Rate = _NO_RATE
    mean_turns: float | None = None
    mean_read_only_actions: float | None = None
    mean_write_actions: float | None = None
    mean_user_format_errors: float | None = None
    mean_user_invalid_taps: float | None = None
    mean_events_unfired: float | None = None
    mean_noise_events_fired: float | None = None
    mean_simulated_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RoleTotal:
    """What the calls of a role have used in all runs; `cost` is None where a price is unknown."""

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cost: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What all runs have used, whatever they came to.

    `total` sums up the roles, `fresh_cost` leaves out runs that came from the store. `seconds` are wall
    seconds, summed over runs that took place beside each other.
    """

    roles: dict[str, RoleTotal]
    total: RoleTotal
    fresh_cost: float | None
    cached_runs: int
    seconds: float
    mean_seconds: float | None
    simulated_seconds: float


@dataclass(frozen=True, slots=True)
class Apart:
    """How many runs are told apart: each of these can say something other than its verdict.

    `unfired_successes` are those among the `unfired` (runs with events that never came) that succeeded.
    """

    verdicts_differ: int = 0
    ended_by_user: int = 0
    failed_with_error: int = 0
    unfired: int = 0
    unfired_successes: int = 0
    load_dependent: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a set of runs of one cell."""

    counts: Counts
    published: Rate
    strict: Rate
    pass_at: tuple[PassRate, ...]
    pass_all: tuple[PassRate, ...]
    published_figures: PublishedFigures
    behaviour: Behaviour
    spent: Spent
    apart: Apart


def summary_of(
    rows: Sequence[ResultRow], max_infrastructure_share: float = MAX_INFRASTRUCTURE_SHARE
) -> Summary:
    """Work out all figures of runs of one cell."""
    counts = counts_of(rows)
    is_told = has_headline(counts, max_infrastructure_share)
    at_least_one, all_of_them = pass_rates(rows) if is_told else ((), ())
    return Summary(
        counts,
        success_rate(rows, "published", max_infrastructure_share),
        success_rate(rows, "strict", max_infrastructure_share),
        at_least_one,
        all_of_them,
        published_figures(rows),
        behaviour_of(rows),
        spent_by(rows),
        apart_of(rows),
    )


# --- what was done ------------------------------------------------------------------------------------------


def behaviour_of(rows: Iterable[ResultRow]) -> Behaviour:
    """Sum up what was done, over runs that were not cut off."""
    ended = [row for row in rows if row.is_counted or row.outcome == "no_validation"]
    if not ended:
        return Behaviour()
    turns, proposals = _sum(ended, "number_of_turns"), _sum(ended, "proposal_count")
    return Behaviour(
        runs=len(ended),
        proposals=proposals,
        acceptances=_sum(ended, "acceptance_count"),
        turns=turns,
        proposal_rate=proposals / turns if turns else None,
        acceptance=acceptance_rate(ended),
        mean_turns=turns / len(ended),
        mean_read_only_actions=_sum(ended, "read_only_actions") / len(ended),
        mean_write_actions=_sum(ended, "write_actions") / len(ended),
        mean_user_format_errors=_sum(ended, "user_format_errors") / len(ended),
        mean_user_invalid_taps=_sum(ended, "user_invalid_taps") / len(ended),
        mean_events_unfired=sum(len(row.events_unfired) for row in ended) / len(ended),
        mean_noise_events_fired=_sum(ended, "noise_events_fired") / len(ended),
        mean_simulated_seconds=sum(row.simulated_seconds for row in ended) / len(ended),
    )


def _sum(rows: Iterable[ResultRow], name: str) -> int:
    return sum(getattr(row, name) for row in rows)


def acceptance_rate(rows: Iterable[ResultRow]) -> Rate:
    """Give the share of proposals that was accepted, with its interval clustered by scenario."""
    tallies: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        accepted, proposed = tallies[row.scenario_id]
        accepted += min(row.acceptance_count, row.proposal_count)
        tallies[row.scenario_id] = accepted, proposed + row.proposal_count
    found = [tally for tally in tallies.values() if tally[1]]
    interval = rate_interval(found)
    if interval is None:
        return _NO_RATE
    hits, trials = sum(hit for hit, _ in found), sum(count for _, count in found)
    return Rate(hits / trials, interval.low, interval.high, counted=trials, scenarios=len(found))


# --- what it took -------------------------------------------------------------------------------------------


def spent_by(rows: Sequence[ResultRow]) -> Spent:
    """Sum up calls, tokens, cost and time of all runs."""
    roles = _role_totals(rows)
    total, cached = added(roles.values()), sum(row.cached for row in rows)
    fresh = _role_totals(row for row in rows if not row.cached) if cached else roles
    timed = [row.duration for row in rows if row.duration is not None]
    return Spent(
        roles,
        total,
        added(fresh.values()).cost,
        cached,
        sum(timed),
        sum(timed) / len(timed) if timed else None,
        sum(row.simulated_seconds for row in rows),
    )


def _role_totals(rows: Iterable[ResultRow]) -> dict[str, RoleTotal]:
    uses: dict[str, list[RoleUse]] = defaultdict(list)
    for row in rows:
        for role, use in row.usage.items():
            uses[role].append(use)
    return {role: added(found) for role, found in sorted(uses.items())}


def added(uses: Iterable[RoleUse | RoleTotal]) -> RoleTotal:
    """Add up; a cost that is unknown makes the sum unknown."""
    calls = prompt = cached = completion = reasoning = 0
    cost: float | None = 0.0
    for use in uses:
        calls += use.calls
        prompt += use.prompt_tokens
        cached += use.cached_tokens
        completion += use.completion_tokens
        reasoning += use.reasoning_tokens
        cost = None if cost is None or use.cost is None else cost + use.cost
    return RoleTotal(calls, prompt, cached, completion, reasoning, cost)


# --- runs apart ---------------------------------------------------------------------------------------------


def verdicts_differ(row: ResultRow) -> bool:
    """Tell whether failed calls, hidden from the validator, change the verdict."""
    return row.is_counted and row.strict_success is not None and row.strict_success != _succeeded(row)


def ended_by_user(row: ResultRow) -> bool:
    """Tell whether a run failed that the model of the user agent has ended."""
    ended = row.end_reason is not None and row.end_reason not in NORMAL_ENDS
    return row.outcome == "failure" and row.end_role == "user" and ended


def failed_with_error(row: ResultRow) -> bool:
    """Tell whether a failure came with an exception other than the one that means a failure."""
    return (
        row.outcome == "failure" and row.error is not None and not row.error.startswith("ValidationException")
    )


def has_unfired(row: ResultRow) -> bool:
    """Tell whether a run that came to its end missed events that could have come."""
    return bool(row.events_unfired) and (row.is_counted or row.outcome == "no_validation")


def _succeeded(row: ResultRow) -> bool:
    return row.outcome == "success"


def apart_of(rows: Sequence[ResultRow]) -> Apart:
    """Count the runs that are told apart."""
    return Apart(
        _count(rows, verdicts_differ),
        _count(rows, ended_by_user),
        _count(rows, failed_with_error),
        _count(rows, has_unfired),
        _count(rows, lambda row: has_unfired(row) and _succeeded(row)),
        _count(rows, lambda row: row.load_dependent),
    )


def _count(rows: Iterable[ResultRow], holds: Callable[[ResultRow], bool]) -> int:
    return sum(map(holds, rows))
