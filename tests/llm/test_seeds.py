"""Each call of each run has a seed of its own, the same on every machine."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pare.llm.seeds import request_seed
from pare.llm.types import CallLabel

LABEL = CallLabel("mail_from_ana", 1, "c0ffee", "user", 0)


def test_a_seed_is_the_same_everywhere():
    assert request_seed(42, LABEL) == 8294332199520157


def test_no_two_calls_share_a_seed():
    labels = [
        CallLabel(scenario, run, "", role, ordinal)
        for scenario in map("scenario_{}".format, range(40))
        for run in range(1, 6)
        for role in ("user", "observe", "execute")
        for ordinal in range(50)
    ]
    seeds = {request_seed(seed, label) for label in labels for seed in (0, 1, -1)}
    assert len(seeds) == 3 * len(labels)
    assert all(0 <= seed < 2**53 for seed in seeds)


@given(st.integers(), st.integers(0, 2**31), st.integers(1, 2**31))
def test_two_runs_differ_even_in_the_lowest_32_bits(seed, run, distance):
    one, two = (replace(LABEL, run_number=number) for number in (run, run + distance))
    assert request_seed(seed, one) % 2**32 != request_seed(seed, two) % 2**32


def test_parts_do_not_run_into_each_other():
    tricky = [("a", "b\x1fc"), ("a\x1fb", "c"), ("a", "b"), ("\ud800", ""), ("ab", "")]
    seeds = {request_seed(1, replace(LABEL, scenario_id=name, role=role)) for name, role in tricky}
    assert len(seeds) == len(tricky)


def test_step_and_config_hash_do_not_count():
    assert request_seed(1, LABEL) == request_seed(1, replace(LABEL, step="3", config_hash="x"))
