"""The limits as state machines: no loop, no waiting, a clock that is set by hand."""

from collections.abc import Callable
from itertools import pairwise
from math import inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.llm.concurrency import (
    DEEP_CUT,
    GENTLE_CUT,
    LONGEST_HOLD,
    SHORTEST_ROUND,
    SLACK,
    STEP_SHARE,
    AdaptiveLimit,
    EndedCall,
    FixedLimit,
    Outcome,
)


class HandClock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def limit_of(clock: Callable[[], float], initial: int = 8, maximum: int = 1000) -> AdaptiveLimit:
    return AdaptiveLimit(clock, initial=initial, maximum=maximum)


def round_of(limit: AdaptiveLimit, clock: HandClock, outcome: Outcome = "success", calls: int = 0) -> None:
    """Send as many calls as the limit allows (or `calls`), a second each; a moment later all have ended."""
    starts = []
    for _ in range(calls or limit.slots):
        clock.now = max(clock.now, limit.ready_at())
        starts.append(limit.start())
    for started in starts:
        clock.now = max(clock.now, started + 1)
        limit.end(EndedCall(outcome, started, 1.0))


def rounds_until(limit: AdaptiveLimit, clock: HandClock, target: float) -> int:
    for count in range(10_000):
        if limit.limit >= target:
            return count
        round_of(limit, clock)
    raise AssertionError(f"the limit stays at {limit.limit}")


def refuse(limit: AdaptiveLimit, clock: HandClock, retry_after: float = 0.0) -> None:
    """Send a call that is refused at once."""
    clock.now = max(clock.now, limit.ready_at())
    started = limit.start()
    clock.now += 0.05
    limit.end(EndedCall("rate_limit", started, 0.0, retry_after))


def accept(limit: AdaptiveLimit, clock: HandClock) -> None:
    round_of(limit, clock, calls=1)


def cut(limit: AdaptiveLimit, clock: HandClock) -> None:
    """Meet a rate limit for the first time, and wait until that is over."""
    refuse(limit, clock)
    clock.now += 1.01
    accept(limit, clock)


# --- growth -------------------------------------------------------------------------------------------------


def test_slow_start_doubles_with_each_round_up_to_the_maximum() -> None:
    clock = HandClock()
    limit, seen = limit_of(clock, maximum=100), []
    for _ in range(6):
        seen.append(limit.limit)
        round_of(limit, clock)
    assert seen == [8, 16, 32, 64, 100, 100]
    assert limit.is_slow_start
    assert limit.interval == 0


def test_calls_beyond_the_limit_wait_for_the_end_of_another() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=2)
    first = limit.start()
    assert limit.ready_at() == -inf
    limit.start()
    assert limit.ready_at() == inf
    limit.end(EndedCall("success", first, 1.0))
    assert limit.ready_at() == -inf


def test_a_limit_that_is_not_used_does_not_grow() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=10)
    for _ in range(20):
        round_of(limit, clock, calls=7)
    assert limit.limit == 10
    for _ in range(2):
        round_of(limit, clock, calls=8)
    assert limit.limit == 20


def test_after_the_first_cut_the_limit_grows_by_a_constant_step() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=100)
    cut(limit, clock)
    rounds_until(limit, clock, 86)
    seen = []
    for _ in range(4):
        seen.append(limit.limit)
        round_of(limit, clock, calls=limit.slots)
    steps = {round(later - earlier, 6) for earlier, later in pairwise(seen)}
    assert steps <= {STEP_SHARE * 100, 2 * STEP_SHARE * 100}


def test_a_low_limit_grows_no_faster_than_a_round_has_calls() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=4)
    cut(limit, clock)
    rounds_until(limit, clock, 0.8 * 4)
    before = limit.limit
    clock.now += 5
    for _ in range(SHORTEST_ROUND):
        accept(limit, clock)
    assert limit.limit <= before + STEP_SHARE * 4


def test_far_above_the_limit_that_was_refused_the_steps_double() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=100)
    cut(limit, clock)
    to_known = rounds_until(limit, clock, 110)
    to_double = rounds_until(limit, clock, 220)
    assert to_known > to_double > 5


def test_a_deep_cut_is_followed_by_a_quick_return_to_a_gentle_one() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=100)
    cut(limit, clock)
    assert limit.limit == DEEP_CUT * 100
    assert rounds_until(limit, clock, 80) <= 4


# --- cuts ---------------------------------------------------------------------------------------------------


def test_an_episode_has_one_cut() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=32)
    starts = [limit.start() for _ in range(32)]
    clock.now = 1.0
    for started in starts[:3]:
        limit.end(EndedCall("success", started, 1.0))
    for started in starts[3:]:
        limit.end(EndedCall("rate_limit", started))
    assert (limit.cuts, limit.limit) == (1, 16)
    refuse(limit, clock)
    refuse(limit, clock)
    assert (limit.cuts, limit.limit) == (1, 16)


def test_refusals_go_on_to_cut_only_when_something_was_accepted_since() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=32)
    refuse(limit, clock)
    for _ in range(20):
        clock.now += 2
        refuse(limit, clock)
    assert (limit.cuts, limit.limit) == (1, 16)
    accept(limit, clock)
    refuse(limit, clock)
    assert limit.cuts == 2


def test_a_cut_near_the_limit_that_was_refused_last_is_gentle() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=100)
    cut(limit, clock)
    rounds_until(limit, clock, 95)
    before = limit.limit
    refuse(limit, clock)
    assert limit.limit == pytest.approx(before * GENTLE_CUT)


def test_a_cut_far_above_it_is_deep_again() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=10)
    cut(limit, clock)
    rounds_until(limit, clock, 40)
    before = limit.limit
    refuse(limit, clock)
    assert limit.limit == pytest.approx(before * DEEP_CUT)


def test_cuts_that_follow_a_deep_one_at_once_are_deep() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=512)
    refuse(limit, clock)
    for expected in (256, 128, 64):
        assert limit.limit == expected
        clock.now += 0.1
        accept(limit, clock)
        refuse(limit, clock)


def test_successes_in_a_cooldown_do_not_count() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=8)
    refuse(limit, clock)
    cut_at = clock.now
    for _ in range(200):
        clock.now = cut_at + 0.5
        limit.end(EndedCall("success", limit.start(), 1.0))
    assert limit.limit == 4
    clock.now = cut_at + 1.01
    starts = [limit.start() for _ in range(4)]
    for started in starts:
        limit.end(EndedCall("success", started, 1.0))
    assert limit.limit > 4


def test_a_failure_pauses_growth_without_a_cut() -> None:
    clock = HandClock()
    limit = limit_of(clock)
    round_of(limit, clock)
    assert limit.limit == 16
    round_of(limit, clock, "failure")
    for _ in range(4):
        clock.now += 0.2
        starts = [limit.start() for _ in range(16)]
        for started in starts:
            limit.end(EndedCall("success", started, 0.2))
    assert (limit.limit, limit.cuts) == (16, 0)
    clock.now += 1
    round_of(limit, clock)
    assert limit.limit == 32


@pytest.mark.parametrize("outcome", ["neutral", "unsent"])
def test_what_says_nothing_of_the_load_counts_for_nothing(outcome: Outcome) -> None:
    clock = HandClock()
    limit = limit_of(clock)
    for _ in range(10):
        round_of(limit, clock, outcome)
    assert (limit.limit, limit.in_flight, limit.cuts) == (8, 0, 0)


def test_a_limit_that_was_deeply_cut_still_sends_a_call_now_and_then() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=4)
    for _ in range(100):
        refuse(limit, clock)
        clock.now += 5
        accept(limit, clock)
    assert 0 < limit.limit < 0.1
    assert limit.interval <= 30


def test_the_round_after_a_cut_does_not_inherit_successes() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=8)
    starts = [limit.start() for _ in range(8)]
    clock.now = 1
    for started in starts[:7]:
        limit.end(EndedCall("success", started, 1.0))
    limit.end(EndedCall("rate_limit", starts[7]))
    clock.now = 2.01
    accept(limit, clock)
    assert limit.limit == 4


# --- pace ---------------------------------------------------------------------------------------------------


def test_after_a_rate_limit_calls_start_evenly() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=20)
    cut(limit, clock)
    starts = []
    clock.now += 10
    for _ in range(9):
        clock.now = max(clock.now, limit.ready_at())
        starts.append(limit.start())
    gaps = [later - earlier for earlier, later in pairwise(starts[1:])]
    assert gaps == pytest.approx([limit.latency / limit.limit] * 7)


def test_a_little_more_than_the_mean_may_be_in_flight() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=16)
    assert limit.slots == 16
    refuse(limit, clock)
    assert limit.slots == 8 * SLACK


def test_a_call_that_was_not_sent_gives_its_moment_back() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=16)
    cut(limit, clock)
    clock.now += 10
    first = limit.start()
    assert limit.ready_at() > clock.now
    limit.end(EndedCall("unsent", first))
    assert limit.ready_at() <= clock.now


def test_a_retry_after_of_a_call_sent_after_the_cut_holds_all_back() -> None:
    clock = HandClock()
    limit = limit_of(clock, initial=16)
    refuse(limit, clock, retry_after=20)
    assert limit.ready_at() < clock.now + 1
    clock.now += 0.1
    refuse(limit, clock, retry_after=20)
    assert limit.ready_at() == clock.now + 20
    refuse(limit, clock, retry_after=3600)
    assert limit.ready_at() == clock.now + LONGEST_HOLD
    assert limit.cuts == 1
    assert limit.limit == 8


# --- whatever happens ---------------------------------------------------------------------------------------

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["start", "success", "success", "rate_limit", "failure", "neutral", "unsent"]),
        st.floats(0, 5),
        st.floats(0, 90),
        st.integers(0, 10),
    ),
    max_size=300,
)


@given(st.integers(1, 50), st.integers(1, 60), EVENTS)
def test_bounds_hold_and_nobody_waits_for_ever(
    initial: int, maximum: int, events: list[tuple[str, float, float, int]]
) -> None:
    clock = HandClock()
    limit = limit_of(clock, initial, maximum)
    in_flight: list[float] = []
    for what, seconds, retry_after, index in events:
        clock.now += seconds
        if what == "start" or not in_flight:
            if limit.ready_at() <= clock.now:
                in_flight.append(limit.start())
                assert limit.in_flight <= limit.slots <= maximum
        else:
            started = in_flight.pop(index % len(in_flight))
            limit.end(EndedCall(what, started, clock.now - started, retry_after))  # type: ignore[arg-type]
        assert limit.in_flight == len(in_flight)
        assert 0 < limit.limit <= maximum
        assert limit.slots >= 1
        # Who waits either waits for a call that is in flight, or for a moment that is not far.
        waits_for_a_call = limit.ready_at() == inf and in_flight
        assert waits_for_a_call or limit.ready_at() <= clock.now + max(LONGEST_HOLD, 31)


@given(st.integers(0, 1000))
def test_what_is_learned_is_a_function_of_what_happened(seed: int) -> None:
    def course() -> list[float]:
        rng, clock = Random(seed), HandClock()
        limit, seen = limit_of(clock), []
        for _ in range(30):
            round_of(limit, clock, rng.choice(["success", "success", "success", "rate_limit", "failure"]))
            seen.append(limit.limit)
        return seen

    assert course() == course()


def test_a_fixed_limit_stays_whatever_the_server_says() -> None:
    clock = HandClock()
    limit = FixedLimit(3, clock)
    for _ in range(5):
        starts = [limit.start() for _ in range(3)]
        assert limit.ready_at() == inf
        for started in starts:
            limit.end(EndedCall("rate_limit", started, 0.0, 5.0))
        assert limit.ready_at() == -inf
    assert (limit.limit, limit.in_flight) == (3, 0)
