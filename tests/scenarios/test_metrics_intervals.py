"""Intervals hold what they say, at small rates too, and never fail."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from itertools import product
from math import isfinite
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.scenarios.metrics import Interval, difference_interval, rate_interval, t_quantile
from pare.scenarios.metrics.intervals import effective_size, t_probability

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "intervals.py"
SWEEPS = 1000


def load_benchmark():
    path = BENCHMARK
    spec = spec_from_file_location("benchmark_of_intervals", path)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(path.parent))  # as it is for a program: what stands beside it can be imported
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


benchmark = load_benchmark()


# --- the quantile -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (10, 2.2281), (39, 2.0227), (120, 1.9799), (100_000, 1.9600)],
)
def test_the_quantile_is_that_of_the_tables(freedom, quantile):
    assert t_quantile(0.95, freedom) == pytest.approx(quantile, abs=5e-5)


@pytest.mark.parametrize("freedom", [1, 2, 7, 142, 399])
def test_the_quantile_is_the_inverse_of_the_probability(freedom):
    assert t_probability(t_quantile(0.96, freedom), freedom) == pytest.approx(0.96, abs=1e-9)


def test_the_quantile_has_no_step_where_it_is_worked_out_otherwise():
    assert t_quantile(0.96, 399) == pytest.approx(t_quantile(0.96, 400), abs=1e-4)


# --- coverage -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenarios", benchmark.SCENARIOS)
def test_with_one_run_the_interval_covers_every_rate(scenarios):
    rates = [0.02 + 0.96 * step / 500 for step in range(501)]
    assert min(benchmark.exact_coverage(scenarios, rate) for rate in rates) >= benchmark.MARK


@pytest.mark.parametrize("correlation", benchmark.CORRELATIONS)
def test_the_interval_of_a_rate_covers_it(correlation):
    """The benchmark looks at more cases, with more sweeps."""
    cases = product((40, 143), (2, 4), (0.02, 0.05, 0.3, 0.9))
    found = {
        (size, runs, rate): benchmark.rate_coverage(size, runs, rate, correlation, SWEEPS)[0]
        for size, runs, rate in cases
    }
    assert {case: share for case, share in found.items() if share < benchmark.MARK} == {}


def test_lost_runs_leave_the_coverage():
    found = [benchmark.uneven_coverage(40, 4, rate, 0.6, 300)[0] for rate in (0.05, 0.5)]
    assert min(found) >= benchmark.MARK


@pytest.mark.parametrize("is_any", [True, False])
def test_the_intervals_of_pass_at_2_and_of_pass_all_2_cover_them(is_any):
    cases = product((0.05, 0.5, 0.95), (0.0, 0.6, 1.0))
    found = [benchmark.pass_coverage(40, *case, is_any, 500)[0] for case in cases]
    assert min(found) >= benchmark.MARK


@pytest.mark.parametrize("correlation", [0.0, 0.4, 1.0])
def test_the_interval_of_a_difference_covers_it(correlation):
    pairs = ((0.02, 0.05), (0.1, 0.3), (0.02, 0.6))
    found = [
        benchmark.difference_coverage((40, 2), pair, correlation, alike, 300)[0]
        for pair, alike in product(pairs, (0.0, 0.9))
    ]
    assert min(found) >= benchmark.MARK


def test_a_case_below_the_mark_is_said(capsys):
    assert benchmark.print_row("40", [(0.95, 0.1), (0.92, 0.1)]) == 0.92
    assert "BELOW THE MARK" in capsys.readouterr().out


# --- shape --------------------------------------------------------------------------------------------------

CLUSTERS = st.lists(
    st.integers(0, 6).flatmap(lambda runs: st.tuples(st.integers(0, runs), st.just(runs))), max_size=30
)


@given(CLUSTERS)
def test_an_interval_of_a_rate_contains_it(clusters):
    interval = rate_interval(clusters)
    trials = sum(runs for _, runs in clusters)
    if trials == 0:
        assert interval is None
        return
    assert 0 <= interval.low <= sum(hits for hits, _ in clusters) / trials <= interval.high <= 1
    assert interval.low < interval.high


@given(CLUSTERS)
def test_failures_are_the_mirror_image_of_successes(clusters):
    one = rate_interval(clusters)
    other = rate_interval([(runs - hits, runs) for hits, runs in clusters])
    if one is not None:
        assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)


def test_copies_of_runs_prove_nothing():
    once = rate_interval([(1, 1)] * 7 + [(0, 1)] * 33)
    assert rate_interval([(5, 5)] * 7 + [(0, 5)] * 33) == once


def test_independent_runs_narrow_the_interval():
    once = rate_interval([(1, 1)] * 8 + [(0, 1)] * 32)
    more = rate_interval([(1, 4)] * 32 + [(0, 4)] * 8)
    assert more.high - more.low < 0.7 * (once.high - once.low)


@given(CLUSTERS.filter(lambda clusters: any(runs for _, runs in clusters)))
def test_the_effective_size_lies_between_that_of_copies_and_that_of_independent_runs(clusters):
    found = [(hits, runs) for hits, runs in clusters if runs]
    trials = sum(runs for _, runs in found)
    least = trials**2 / sum(runs**2 for _, runs in found)
    assert least <= effective_size(found, trials) <= trials + 1e-9


@given(st.lists(st.floats(-1, 1), max_size=40))
def test_an_interval_of_a_difference_contains_its_mean(differences):
    interval = difference_interval(differences)
    if not differences:
        assert interval is None
        return
    assert isfinite(interval.low)
    assert isfinite(interval.high)
    assert -1 <= interval.low <= sum(differences) / len(differences) + 1e-12
    assert sum(differences) / len(differences) - 1e-12 <= interval.high <= 1


@pytest.mark.parametrize("count", [1, 2, 40, 143])
def test_cells_that_agree_everywhere_may_still_differ(count):
    interval = difference_interval([0.0] * count)
    assert interval.low == -interval.high < 0
    assert 0 in interval


def test_an_interval_holds_its_ends():
    assert 0.25 in Interval(0.25, 0.5)
    assert 0.5 in Interval(0.25, 0.5)
    assert 0.51 not in Interval(0.25, 0.5)
