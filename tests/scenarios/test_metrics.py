"""What a set of rows says: rates, bounds, pass@k, differences, behaviour, what it took."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.scenarios.metrics import (
    Apart,
    Behaviour,
    Counts,
    PassRate,
    Rate,
    RoleTotal,
    compared,
    counts_of,
    pass_all_k,
    pass_at_k,
    published_figures,
    scenario_rates,
    success_rate,
    summary_of,
)
from pare.scenarios.metrics.comparison import pairs_of
from pare.scenarios.metrics.rates import chance_of_all, chance_of_any
from pare.scenarios.result_row import ResultRow

NAMES = {"s": "success", "f": "failure", "n": "no_validation", "d": "defect", "i": "infrastructure"}


def runs(scenario, letters, **more):
    return [
        ResultRow(scenario_id=scenario, run_number=number, outcome=NAMES[letter], **more)
        for number, letter in enumerate(letters, start=1)
    ]


# --- rates --------------------------------------------------------------------------------------------------


def test_outcomes_are_counted():
    counts = counts_of(runs("a", "ssfndi") + runs("b", "si"))
    assert counts == Counts(runs=8, success=3, failure=1, no_validation=1, defect=1, infrastructure=2)
    assert (counts.counted, counts.lost, counts.infrastructure_share) == (4, 3, 0.25)


def test_lost_runs_are_bounds_and_runs_without_validation_are_apart():
    rate = success_rate(runs("a", "sfd") + runs("b", "snn"))
    assert (rate.value, rate.counted, rate.scenarios) == (2 / 3, 3, 2)
    assert (rate.bound_low, rate.bound_high) == (2 / 4, 3 / 4)
    assert rate.low < rate.value < rate.high


def test_above_the_share_of_infrastructure_there_is_no_headline():
    nineteen = runs("a", "s" * 10) + runs("b", "f" * 9)
    at_the_limit, above = nineteen + runs("c", "i"), nineteen + runs("c", "ii")
    assert success_rate(at_the_limit).value == 10 / 19
    rate = success_rate(above)
    assert (rate.value, rate.low, rate.high) == (None, None, None)
    assert (rate.bound_low, rate.bound_high, rate.counted) == (10 / 21, 12 / 21, 19)
    assert success_rate(above, max_infrastructure_share=0.2).value == 10 / 19
    summary = summary_of(above)
    assert (summary.pass_at, summary.pass_all) == ((), ())
    assert summary.published_figures.pass_at_k == 1


def test_defects_leave_the_headline():
    assert success_rate(runs("a", "sddd")).value == 1.0


@pytest.mark.parametrize("letters", ["", "i", "d", "n"])
def test_without_counted_runs_there_is_no_rate(letters):
    rate = success_rate(runs("a", letters))
    bounds = (0.0, 1.0) if letters in ("i", "d") and letters else (None, None)
    assert rate == Rate(None, None, None, *bounds)


def test_a_strict_verdict_that_is_unknown_is_lost():
    rows = [
        *runs("a", "s", strict_success=True),
        *runs("b", "s", strict_success=False),
        *runs("c", "s", strict_success=None),
    ]
    rate = success_rate(rows, "strict")
    assert (rate.value, rate.bound_low, rate.bound_high, rate.counted) == (1 / 2, 1 / 3, 2 / 3, 2)
    assert success_rate(rows).value == 1.0


# --- pass@k and pass^k --------------------------------------------------------------------------------------


@given(st.integers(1, 7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(1, n))))
def test_chances_are_those_of_all_choices(case):
    hits, count, k = case
    choices = list(combinations([True] * hits + [False] * (count - hits), k))
    assert chance_of_any(hits, count, k) == pytest.approx(sum(map(any, choices)) / len(choices))
    assert chance_of_all(hits, count, k) == pytest.approx(sum(map(all, choices)) / len(choices))


def test_scenarios_with_too_few_counted_runs_are_left_out():
    rows = runs("a", "ssf") + runs("b", "sfi") + runs("c", "nnn")
    assert pass_at_k(rows, 3).scenarios == 1
    assert pass_at_k(rows, 2).value == pytest.approx((1 + 1) / 2)
    assert pass_all_k(rows, 2).value == pytest.approx((1 / 3 + 0) / 2)
    assert pass_at_k(rows, 4) == PassRate(4)


def test_k_goes_on_in_powers_of_two():
    ks = [item.k for item in summary_of(runs("a", "sf" * 10)).pass_at]
    assert ks == [1, 2, 3, 4, 5, 6, 7, 8, 16, 20]


def test_pass_at_1_is_the_rate_with_its_interval_where_all_scenarios_have_equally_many_runs():
    rows = runs("a", "ssff") + runs("b", "ffff") + runs("c", "sfff")
    rate, first = success_rate(rows), pass_at_k(rows, 1)
    assert (first.value, first.scenarios) == (pytest.approx(rate.value), 3)
    assert (first.low, first.high) == (pytest.approx(rate.low), pytest.approx(rate.high))


def test_published_figures_are_over_all_scenarios():
    rows = runs("a", "sf") + runs("b", "ss") + runs("c", "si") + runs("d", "ff") + runs("e", "nd")
    figures = published_figures(rows)
    assert (figures.total_scenarios, figures.k) == (5, 2)
    assert (figures.pass_at_k, figures.pass_at_k_percent) == (3, pytest.approx(60.0))
    assert (figures.pass_k, figures.pass_k_percent) == (2, pytest.approx(40.0))
    assert published_figures([]).k == 1


# --- differences --------------------------------------------------------------------------------------------


def test_cells_are_compared_over_the_scenarios_of_both():
    one = runs("a", "sf") + runs("b", "ff") + runs("only", "ss")
    other = runs("a", "ss") + runs("b", "ff") + runs("c", "ff") + runs("only", "n")
    [pair] = compared({"one": one, "other": other})
    assert (pair.first, pair.second) == ("one", "other")
    assert (pair.scenarios, pair.better, pair.worse, pair.difference) == (2, 1, 0, 0.25)
    assert pair.low < 0 < pair.high
    assert scenario_rates(one) == {"a": 0.5, "b": 0.0, "only": 1.0}


def test_what_all_scenarios_show_is_a_difference():
    one = [row for number in range(40) for row in runs(str(number), "sffff")]
    other = [row for number in range(40) for row in runs(str(number), "sssff")]
    [pair] = compared({"one": one, "other": other})
    assert 0 < pair.low < pair.difference < pair.high


def test_cells_without_a_headline_have_no_difference():
    [pair] = compared({"one": runs("a", "sss"), "other": runs("a", "ffi")})
    assert (pair.scenarios, pair.worse, pair.difference, pair.low, pair.high) == (1, 1, None, None, None)


def test_cells_without_a_common_scenario_have_no_difference():
    [pair] = compared({"one": runs("a", "s"), "other": runs("b", "s")})
    assert (pair.scenarios, pair.difference) == (0, None)


def test_many_cells_are_compared_with_the_first_one():
    names = [str(number) for number in range(7)]
    assert len(pairs_of(names[:6])) == 15
    assert pairs_of(names) == [("0", name) for name in names[1:]]
    assert pairs_of(names[:3], "1") == [("1", "0"), ("1", "2")]
    assert pairs_of([]) == pairs_of(["0"]) == []


# --- behaviour, spending, runs apart ------------------------------------------------------------------------


def test_behaviour_is_that_of_runs_that_came_to_their_end():
    rows = [
        *runs(
            "a",
            "sf",
            proposal_count=2,
            acceptance_count=1,
            number_of_turns=8,
            read_only_actions=4,
            write_actions=1,
            events_unfired=["x"],
        ),
        *runs("b", "n", number_of_turns=4, simulated_seconds=60.0, noise_events_fired=3),
        *runs("c", "id", number_of_turns=99, proposal_count=50),
    ]
    done = summary_of(rows).behaviour
    assert (done.runs, done.turns, done.proposals, done.acceptances) == (3, 20, 4, 2)
    assert (done.proposal_rate, done.acceptance.value, done.acceptance.counted) == (0.2, 0.5, 4)
    assert (done.mean_turns, done.mean_read_only_actions) == (20 / 3, 8 / 3)
    assert (done.mean_simulated_seconds, done.mean_noise_events_fired) == (20.0, 1.0)
    assert done.mean_events_unfired == 2 / 3


def test_without_turns_and_proposals_there_are_no_rates():
    assert summary_of(runs("c", "i")).behaviour == Behaviour()
    done = summary_of(runs("a", "s")).behaviour
    assert (done.proposal_rate, done.acceptance) == (None, Rate())


def test_what_was_used_is_summed_over_all_runs():
    use = {"calls": 2, "prompt_tokens": 10, "cached_tokens": 4, "completion_tokens": 3, "cost": 0.5}
    rows = [
        *runs("a", "s", usage={"user": use, "observe": use}, duration=2.0),
        *runs("b", "i", usage={"user": use}, duration=4.0, cached=True, simulated_seconds=9.0),
    ]
    spent = summary_of(rows).spent
    assert spent.roles == {"observe": RoleTotal(2, 10, 4, 3, 0, 0.5), "user": RoleTotal(4, 20, 8, 6, 0, 1.0)}
    assert spent.total == RoleTotal(6, 30, 12, 9, 0, 1.5)
    assert (spent.fresh_cost, spent.cached_runs) == (1.0, 1)
    assert (spent.seconds, spent.mean_seconds, spent.simulated_seconds) == (6.0, 3.0, 9.0)


def test_an_unknown_price_makes_the_cost_unknown():
    rows = runs("a", "s", usage={"user": {"cost": 0.5}}) + runs("b", "s", usage={"user": {"calls": 1}})
    spent = summary_of(rows).spent
    assert (spent.total.cost, spent.roles["user"].cost, spent.total.calls) == (None, None, 1)


def test_runs_are_told_apart():
    rows = [
        *runs("a", "s", strict_success=False, events_unfired=["x"]),
        *runs("b", "f", strict_success=False, events_unfired=["x"], load_dependent=True),
        *runs("c", "f", end_role="user", end_reason="content_filter", error="KeyError: 'x'"),
        *runs("d", "f", end_role="user", end_reason="max_turns", error="ValidationException: late"),
        *runs("e", "f", end_role="observe", end_reason="content_filter"),
        *runs("f", "s", end_role="user", end_reason="content_filter"),
        *runs("g", "i", events_unfired=["x"], strict_success=True),
    ]
    expected = Apart(
        verdicts_differ=1,
        ended_by_user=1,
        failed_with_error=1,
        unfired=2,
        unfired_successes=1,
        load_dependent=1,
    )
    assert summary_of(rows).apart == expected


def test_no_rows_are_no_trouble():
    summary = summary_of([])
    assert (summary.counts, summary.published) == (Counts(), Rate())
    assert summary.spent.total == RoleTotal()
    assert compared({}) == []
