"""Retry: what is asked again, when, and how often; and that no slot is held meanwhile."""

from collections.abc import Sequence
from itertools import pairwise

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.llm.client import PAUSING, RETRIED, EndpointError, ErrorKind
from pare.llm.limiter import Limiter, LimitSettings
from pare.llm.retry import Retry, RetrySettings
from pare.llm.types import Completion, CompletionRequest, Effort
from tests.llm.fast_clock import FastClock, request_of, run_fast

OTHERS: tuple[ErrorKind, ...] = ("context_overflow", "content_filter", "bad_request", "outage")


class Failing:
    """Raises one error after the other, then answers."""

    def __init__(self, clock: FastClock, errors: Sequence[EndpointError], seconds: float = 0.0) -> None:
        self._clock = clock
        self._errors = list(errors)
        self._seconds = seconds
        self.asked_at: list[float] = []

    async def __call__(self, _request: CompletionRequest) -> Completion:
        self.asked_at.append(self._clock.now())
        await self._clock.sleep(self._seconds)
        if self._errors:
            raise self._errors.pop(0)
        return Completion("reply")


def failures(
    count: int, kind: ErrorKind = "transient", retry_after: float | None = None
) -> list[EndpointError]:
    return [EndpointError(kind, f"failure {index}", retry_after=retry_after) for index in range(count)]


def retry_of(complete: Failing, clock: FastClock, **settings: float) -> Retry:
    return Retry(complete, RetrySettings.model_validate(settings), clock=clock.now, sleep=clock.sleep)


@pytest.mark.parametrize("kind", sorted(RETRIED))
def test_what_another_attempt_may_mend_is_asked_again(kind: ErrorKind) -> None:
    async def main(clock: FastClock) -> None:
        model = Failing(clock, failures(3, kind))
        reply = await retry_of(model, clock)(request_of())
        assert len(model.asked_at) == 4
        assert reply.effort == Effort(attempts=4, backoff_seconds=pytest.approx(clock.now()))
        assert reply.text == "reply"

    run_fast(main)


@pytest.mark.parametrize("kind", [*sorted(PAUSING), *OTHERS])
def test_what_another_attempt_cannot_mend_is_raised_at_once(kind: ErrorKind) -> None:
    async def main(clock: FastClock) -> None:
        model = Failing(clock, failures(1, kind))
        with pytest.raises(EndpointError, match="failure 0") as caught:
            await retry_of(model, clock)(request_of())
        assert caught.value.kind == kind
        assert caught.value.effort == Effort(attempts=1)
        assert model.asked_at == [0]

    run_fast(main)


def test_waits_grow_with_full_jitter_up_to_the_longest() -> None:
    async def main(clock: FastClock) -> list[float]:
        model = Failing(clock, failures(12))
        await retry_of(model, clock, base_seconds=1, max_backoff_seconds=8)(request_of())
        asked = model.asked_at
        return [later - earlier for earlier, later in pairwise(asked)]

    waits = run_fast(main)
    bounds = [1, 2, 4] + [8] * 9
    assert all(0 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    assert len(set(waits)) == 12
    assert max(waits) > 4
    assert run_fast(main) == waits


def test_two_runs_do_not_wait_in_step() -> None:
    async def main(clock: FastClock) -> None:
        waits = set()
        for number in range(20):
            before = clock.now()
            await retry_of(Failing(clock, failures(1)), clock)(request_of(number))
            waits.add(round(clock.now() - before, 9))
        assert len(waits) == 20

    run_fast(main)


@pytest.mark.parametrize("retry_after", [0.0, 7.0])
def test_what_the_server_asks_for_is_obeyed_on_the_request_itself(retry_after: float) -> None:
    async def main(clock: FastClock) -> None:
        model = Failing(clock, failures(1, "rate_limit", retry_after))
        await retry_of(model, clock)(request_of())
        assert retry_after <= clock.now() <= retry_after + 1

    run_fast(main)


def test_it_gives_up_after_the_last_attempt_and_tells_what_that_took() -> None:
    async def main(clock: FastClock) -> None:
        model = Failing(clock, failures(9))
        with pytest.raises(EndpointError, match="failure 4") as caught:
            await retry_of(model, clock, max_attempts=5)(request_of())
        assert len(model.asked_at) == 5
        assert caught.value.effort.attempts == 5
        assert caught.value.effort.backoff_seconds == pytest.approx(clock.now())

    run_fast(main)


def test_rate_limits_are_no_failed_attempts() -> None:
    async def main(clock: FastClock) -> None:
        model = Failing(clock, [*failures(30, "rate_limit", 1.0), *failures(2, "overload")])
        reply = await retry_of(model, clock, max_attempts=3)(request_of())
        assert reply.effort.attempts == 33

    run_fast(main)


@pytest.mark.parametrize("kind", sorted(RETRIED))
def test_no_attempt_begins_after_the_deadline(kind: ErrorKind) -> None:
    async def main(clock: FastClock) -> None:
        model = Failing(clock, failures(10_000, kind), seconds=3)
        with pytest.raises(EndpointError) as caught:
            await retry_of(model, clock, max_attempts=10_000, deadline_seconds=300)(request_of())
        assert caught.value.kind == kind
        assert model.asked_at[-1] <= 300
        assert clock.now() <= 303

    run_fast(main)


def test_a_wait_that_the_deadline_forbids_is_not_begun() -> None:
    async def main(clock: FastClock) -> None:
        model = Failing(clock, failures(1, "rate_limit", 7200.0))
        with pytest.raises(EndpointError):
            await retry_of(model, clock, deadline_seconds=3600)(request_of())
        assert clock.now() == 0

    run_fast(main)


def test_time_in_the_queue_and_in_an_outage_is_outside_the_deadline() -> None:
    async def main(clock: FastClock) -> None:
        errors = failures(1)
        errors[0].effort = Effort(queued_seconds=500, paused_seconds=400)
        model = Failing(clock, errors, seconds=905)
        reply = await retry_of(model, clock, deadline_seconds=10)(request_of())
        assert reply.effort.queued_seconds == 500
        assert reply.effort.paused_seconds == 400
        assert reply.effort.attempts == 2

    run_fast(main)


def test_a_slot_is_free_while_a_call_backs_off() -> None:
    async def main(clock: FastClock) -> None:
        refusal = EndpointError("rate_limit", "later", retry_after=100.0)
        answered_at: dict[int, float] = {}

        async def answer(request: CompletionRequest) -> Completion:
            number = request.label.ordinal
            if number == 0 and clock.now() < 50:
                raise refusal
            await clock.sleep(1)
            answered_at[number] = clock.now()
            return Completion("reply")

        limiter = Limiter(answer, LimitSettings(concurrency=1), clock=clock.now, sleep=clock.sleep)
        retry = Retry(limiter, clock=clock.now, sleep=clock.sleep)
        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(retry, request_of(number))
            await clock.sleep(10)
            assert answered_at == {1: 1, 2: 2}
            assert (limiter.limit.in_flight, limiter.queued) == (0, 0)
        assert 101 <= answered_at[0] <= 102

    run_fast(main)


def test_a_cancelled_wait_ends_at_once() -> None:
    async def main(clock: FastClock) -> None:
        model = Failing(clock, failures(1, "rate_limit", 100.0))
        with anyio.move_on_after(5) as scope:
            await retry_of(model, clock)(request_of())
        assert scope.cancelled_caught
        assert (clock.now(), len(model.asked_at)) == (5, 1)

    run_fast(main)


def test_other_errors_pass() -> None:
    async def main(clock: FastClock) -> None:
        async def fail(_request: CompletionRequest) -> Completion:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await Retry(fail, clock=clock.now, sleep=clock.sleep)(request_of())

    run_fast(main)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*sorted(RETRIED), "bad_request"]), st.one_of(st.none(), st.floats(0, 1e6))
        ),
        max_size=60,
    ),
    st.integers(1, 30),
    st.floats(1, 5000),
)
def test_it_always_ends_and_counts_every_attempt(
    errors: list[tuple[ErrorKind, float | None]], max_attempts: int, deadline: float
) -> None:
    async def main(clock: FastClock) -> None:
        model = Failing(clock, [EndpointError(kind, "no", retry_after=after) for kind, after in errors])
        retry = retry_of(model, clock, max_attempts=max_attempts, deadline_seconds=deadline)
        try:
            effort = (await retry(request_of())).effort
        except EndpointError as error:
            effort = error.effort
        assert effort.attempts == len(model.asked_at)
        assert effort.backoff_seconds == pytest.approx(clock.now())
        assert clock.now() <= deadline
        others = [kind for kind, _ in errors[: effort.attempts] if kind != "rate_limit"]
        assert len(others) <= max_attempts

    run_fast(main)


def test_settings_are_marked_as_transport() -> None:
    fields = RetrySettings.model_json_schema()["properties"].values()
    assert {field["part"] for field in fields} == {"transport"}
