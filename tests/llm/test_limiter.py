"""The limiter as a policy: who goes next, what is paced, and how it settles at a server's limits."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from random import Random

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.llm.client import EndpointError, ErrorKind
from pare.llm.concurrency import CATCH_UP, AdaptiveLimit
from pare.llm.limiter import Limiter, LimitSettings, Pace, TokenEstimate
from pare.llm.retry import Retry
from pare.llm.types import Completion, CompletionRequest, SamplingParameters, Usage
from tests.llm.fast_clock import FastClock, SimulatedServer, keep_asking, request_of, run_fast

FAR_AWAY = 1e12


class Model:
    """Answers each call after its own time, and knows who is being answered."""

    def __init__(self, clock: FastClock, seconds: Callable[[CompletionRequest], float]) -> None:
        self.clock = clock
        self.seconds = seconds
        self.order: list[int] = []
        self.starts: list[float] = []
        self.in_flight = 0
        self.most_in_flight = 0

    async def __call__(self, request: CompletionRequest) -> Completion:
        self.order.append(request.label.ordinal)
        self.starts.append(self.clock.now())
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self.clock.sleep(self.seconds(request))
        finally:
            self.in_flight -= 1
        return Completion("reply", usage=Usage(prompt_tokens=100))


def limiter_of(complete: Model | SimulatedServer, clock: FastClock, **settings: float) -> Limiter:
    return Limiter(complete, LimitSettings.model_validate(settings), clock=clock.now, sleep=clock.sleep)


async def ask_all(complete: Limiter, numbers: range) -> list[Completion]:
    replies: list[Completion] = []

    async def ask(number: int) -> None:
        replies.append(await complete(request_of(number)))

    async with anyio.create_task_group() as group:
        for number in numbers:
            group.start_soon(ask, number)
    return replies


# --- the queue ----------------------------------------------------------------------------------------------


def test_calls_start_first_come_first_served() -> None:
    async def main(clock: FastClock) -> None:
        model = Model(clock, lambda request: 1.0 + request.label.ordinal % 3)
        limiter = limiter_of(model, clock, concurrency=3)
        await ask_all(limiter, range(50))
        assert model.order == list(range(50))
        assert model.most_in_flight == 3
        assert (limiter.queued, limiter.limit.in_flight) == (0, 0)

    run_fast(main)


def test_time_in_the_queue_is_told_and_is_no_latency() -> None:
    async def main(clock: FastClock) -> None:
        limiter = limiter_of(Model(clock, lambda _: 2.0), clock, concurrency=1)
        replies = await ask_all(limiter, range(3))
        assert [reply.effort.queued_seconds for reply in replies] == [0, 2, 4]
        assert [reply.effort.attempts for reply in replies] == [1, 1, 1]
        assert [reply.latency_seconds for reply in replies] == [0, 0, 0]

    run_fast(main)


def test_who_leaves_the_queue_holds_up_nobody() -> None:
    async def main(clock: FastClock) -> None:
        model = Model(clock, lambda _: 10.0)
        limiter = limiter_of(model, clock, concurrency=1)
        scopes = [anyio.CancelScope() for _ in range(5)]

        async def ask(number: int) -> None:
            with scopes[number]:
                await limiter(request_of(number))

        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(ask, number)
            await clock.sleep(1)
            assert limiter.queued == 4
            scopes[1].cancel()  # the first in the queue
            scopes[3].cancel()  # one behind it
            scopes[0].cancel()  # the one in flight
            await clock.sleep(1)
            assert (model.order, limiter.queued) == ([0, 2], 1)
        assert model.order == [0, 2, 4]
        assert clock.now() == 21
        assert (limiter.queued, limiter.limit.in_flight) == (0, 0)

    run_fast(main)


def test_a_turn_that_comes_with_the_cancellation_goes_to_the_next() -> None:
    async def main(clock: FastClock) -> None:
        model = Model(clock, lambda _: 1.0)
        limiter = limiter_of(model, clock, concurrency=1)

        async def ask_until(number: int, seconds: float) -> None:
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as inner:
                    inner.start_soon(limiter, request_of(number))
                    await clock.sleep(seconds)
                    scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(limiter, request_of(0))
            await clock.sleep(0)
            group.start_soon(ask_until, 1, 1.0)
            group.start_soon(ask_until, 2, 1.0)
            group.start_soon(limiter, request_of(3))
        assert model.order[-1] == 3
        assert (limiter.queued, limiter.limit.in_flight) == (0, 0)

    run_fast(main)


@given(
    st.integers(1, 5),
    st.lists(
        st.tuples(
            st.floats(0, 5),  # when it asks
            st.floats(0, 4),  # how long the answer takes
            st.one_of(st.none(), st.floats(0, 6)),  # when it is cancelled
            st.sampled_from([None, None, None, "rate_limit", "transient", "bad_request"]),
        ),
        max_size=25,
    ),
    st.booleans(),
)
def test_whatever_happens_all_are_served_in_order_and_no_slot_is_lost(
    concurrency: int,
    calls: list[tuple[float, float, float | None, ErrorKind | None]],
    is_adaptive: bool,
) -> None:
    async def main(clock: FastClock) -> None:
        model = Model(clock, lambda request: calls[request.label.ordinal][1])
        asked: list[int] = []

        async def complete(request: CompletionRequest) -> Completion:
            reply = await model(request)
            kind = calls[request.label.ordinal][3]
            if kind is not None:
                raise EndpointError(kind, "no", retry_after=1.0)
            return reply

        settings = {"initial_concurrency": concurrency} if is_adaptive else {"concurrency": concurrency}
        limiter = Limiter(
            complete, LimitSettings.model_validate(settings), clock=clock.now, sleep=clock.sleep
        )

        async def ask(number: int) -> None:
            await clock.sleep(calls[number][0])
            asked.append(number)
            with suppress(EndpointError):
                await limiter(request_of(number))

        async def ask_for_a_while(number: int) -> None:
            seconds = calls[number][2]
            async with anyio.create_task_group() as group:
                group.start_soon(ask, number)
                if seconds is not None:
                    await clock.sleep(seconds)
                    group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            for number in range(len(calls)):
                group.start_soon(ask_for_a_while, number)
        served = [number for number in asked if number in model.order]
        assert model.order == served
        assert (limiter.queued, limiter.limit.in_flight, model.in_flight) == (0, 0, 0)
        if not is_adaptive:
            assert model.most_in_flight <= concurrency

    run_fast(main)


async def test_it_works_in_real_time() -> None:
    async def answer(_request: CompletionRequest) -> Completion:
        await anyio.sleep(0.01)
        return Completion("reply")

    limiter = Limiter(answer, LimitSettings(concurrency=2, requests_per_minute=12_000))
    with anyio.fail_after(10):
        replies = await ask_all(limiter, range(20))
    assert len(replies) == 20
    assert limiter.queued == 0


# --- what is told to the limit ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "limit_after", "cuts"),
    [
        ("rate_limit", 2.0, 1),
        ("overload", 4.0, 0),
        ("transient", 4.0, 0),
        ("bad_request", 4.0, 0),
        ("content_filter", 4.0, 0),
        ("auth", 4.0, 0),
    ],
)
def test_only_a_rate_limit_cuts(kind: ErrorKind, limit_after: float, cuts: int) -> None:
    async def main(clock: FastClock) -> None:
        async def fail(_request: CompletionRequest) -> Completion:
            raise EndpointError(kind, "no")

        limiter = Limiter(fail, LimitSettings(initial_concurrency=4), clock=clock.now, sleep=clock.sleep)
        with pytest.raises(EndpointError) as caught:
            await limiter(request_of())
        assert caught.value.effort.attempts == 1
        assert isinstance(limiter.limit, AdaptiveLimit)
        assert (limiter.limit.limit, limiter.limit.cuts, limiter.limit.in_flight) == (limit_after, cuts, 0)

    run_fast(main)


def test_replies_from_a_journal_count_for_nothing() -> None:
    async def main(clock: FastClock) -> None:
        async def replay(_request: CompletionRequest) -> Completion:
            return Completion("reply", replayed=True, usage=Usage(prompt_tokens=10_000), latency_seconds=99)

        limiter = Limiter(
            replay,
            LimitSettings(requests_per_minute=1, tokens_per_minute=100, initial_concurrency=2),
            clock=clock.now,
            sleep=clock.sleep,
        )
        await ask_all(limiter, range(100))
        assert clock.now() == pytest.approx(0, abs=1e-6)
        assert isinstance(limiter.limit, AdaptiveLimit)
        assert (limiter.limit.limit, limiter.limit.latency) == (2, 1.0)

    run_fast(main)


def test_an_error_of_our_own_frees_the_slot() -> None:
    async def main(clock: FastClock) -> None:
        async def fail(_request: CompletionRequest) -> Completion:
            raise ZeroDivisionError

        limiter = Limiter(fail, LimitSettings(concurrency=1), clock=clock.now, sleep=clock.sleep)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await limiter(request_of())
        assert limiter.limit.in_flight == 0

    run_fast(main)


# --- what the user sets -------------------------------------------------------------------------------------


def most_per_minute(starts: list[float]) -> int:
    return max(sum(start <= other < start + 60 for other in starts) for start in starts)


def test_requests_per_minute_are_kept() -> None:
    async def main(clock: FastClock) -> None:
        model = Model(clock, lambda _: 0.1)
        limiter = limiter_of(model, clock, requests_per_minute=30)
        await ask_all(limiter, range(95))
        assert most_per_minute(model.starts) <= 31
        assert clock.now() == pytest.approx(94 * 2, abs=1)

    run_fast(main)


def test_tokens_per_minute_are_kept_though_calls_use_other_than_estimated() -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(
            clock, requests_per_minute=FAR_AWAY, tokens_per_minute=FAR_AWAY, completion_tokens=300
        )
        limiter = limiter_of(server, clock, tokens_per_minute=60_000)
        replies = await keep_asking(
            limiter, clock, runs=50, until=600, tokens=lambda rng: rng.randint(1, 1400)
        )
        tokens = sum(reply.usage.prompt_tokens + reply.usage.completion_tokens for reply in replies)
        assert 0.97 * 600_000 <= tokens <= 1.01 * 600_000
        for start in range(0, 540, 10):
            window = [answer.tokens for answer in server.answers if start <= answer.at < start + 60]
            assert sum(window) <= 1.05 * 60_000

    run_fast(main)


def test_refused_tokens_are_given_back() -> None:
    async def main(clock: FastClock) -> None:
        async def refuse(_request: CompletionRequest) -> Completion:
            raise EndpointError("overload", "no")

        limiter = Limiter(refuse, LimitSettings(tokens_per_minute=60), clock=clock.now, sleep=clock.sleep)
        for _ in range(10):
            with pytest.raises(EndpointError):
                await limiter(request_of(tokens=1000))
        assert clock.now() == pytest.approx(0, abs=1e-6)

    run_fast(main)


@given(
    st.floats(1, 10_000),
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 500)), min_size=1, max_size=60),
)
def test_a_pace_is_never_exceeded(per_minute: float, takes: list[tuple[float, int]]) -> None:
    now = 0.0
    pace = Pace(per_minute, lambda: now)
    taken: list[tuple[float, int]] = []
    for seconds, amount in takes:
        now += seconds
        if pace.ready_at() <= now:
            pace.take(amount)
            taken.append((now, amount))
    for first, (start, _) in enumerate(taken):
        amount = 0  # from the first up to the last, which may be as large as it likes
        for end, latest in taken[first:]:
            assert amount <= (end - start + CATCH_UP) * per_minute / 60 * (1 + 1e-9) + 1e-6
            amount += latest


def test_the_estimate_learns_how_long_replies_are() -> None:
    estimate = TokenEstimate()
    request = request_of(tokens=1000)
    assert estimate.of(request) == 1500
    for _ in range(200):
        estimate.learn(50)
    assert estimate.of(request) == pytest.approx(1050, abs=1)
    short = replace(request, sampling=SamplingParameters(max_tokens=10))
    assert estimate.of(short) == 1010


def test_settings_are_checked_and_marked_as_transport() -> None:
    with pytest.raises(ValueError, match="Did you mean 'concurrency'"):
        LimitSettings.model_validate({"concurency": 3})
    with pytest.raises(ValueError, match="greater than"):
        LimitSettings(requests_per_minute=0)
    fields = LimitSettings.model_json_schema()["properties"].values()
    assert {field["part"] for field in fields} == {"transport"}


# --- at a server's limits -----------------------------------------------------------------------------------

SMALL = "100 tokens: the requests are what is limited"
BOTH = "200 to 460 tokens: both limits are near"
LARGE = "500 to 1500 tokens: the tokens are what is limited"
SIZES: dict[str, tuple[int, int]] = {SMALL: (100, 100), BOTH: (200, 460), LARGE: (500, 1500)}


def load(size: str, *, until: float, change: float = 1.0, **server_options: object) -> SimulatedServer:
    """Let 120 runs ask until a moment; at 180 s the server's limits change by a factor."""

    async def main(clock: FastClock) -> SimulatedServer:
        server = SimulatedServer(clock, **server_options)  # type: ignore[arg-type]
        limiter = Limiter(server, clock=clock.now, sleep=clock.sleep)
        complete = Retry(limiter, clock=clock.now, sleep=clock.sleep)

        async def change_limits() -> None:
            await clock.sleep(180)
            server.set_limits(600 * change, 200_000 * change)

        async with anyio.create_task_group() as group:
            group.start_soon(change_limits)
            await keep_asking(
                complete, clock, runs=120, until=until, tokens=lambda rng: rng.randint(*SIZES[size])
            )
            group.cancel_scope.cancel()
        assert (limiter.queued, limiter.limit.in_flight, server.in_flight) == (0, 0, 0)
        return server

    return run_fast(main)


@pytest.mark.parametrize("says_retry_after", [True, False])
@pytest.mark.parametrize("burst_seconds", [5, 60])
@pytest.mark.parametrize("size", SIZES)
def test_it_settles_within_a_minute_and_sustains_the_capacity(
    size: str, burst_seconds: float, says_retry_after: bool
) -> None:
    server = load(size, until=360, burst_seconds=burst_seconds, says_retry_after=says_retry_after)
    assert server.used_share(60, 360) >= 0.92
    assert server.refused_share(60, 360) < 0.02


@pytest.mark.parametrize("says_retry_after", [True, False])
@pytest.mark.parametrize("change", [2.0, 0.5])
@pytest.mark.parametrize("size", [SMALL, BOTH])
def test_it_recovers_when_the_limit_changes(size: str, change: float, says_retry_after: bool) -> None:
    server = load(size, until=420, change=change, burst_seconds=5, says_retry_after=says_retry_after)
    assert server.used_share(240, 420) >= 0.92
    assert server.refused_share(240, 420) < 0.02


def test_it_settles_where_latencies_vary() -> None:
    rng = Random(1)
    server = load(BOTH, until=360, burst_seconds=10, latency=lambda: rng.lognormvariate(-0.32, 0.8))
    assert server.used_share(60, 360) >= 0.92
    assert server.refused_share(60, 360) < 0.02


def test_it_settles_where_refusals_take_as_long_as_replies() -> None:
    server = load(BOTH, until=360, refusal_seconds=1.0)
    assert server.used_share(60, 360) >= 0.92
    assert server.refused_share(60, 360) < 0.02


def test_without_a_rate_limit_all_are_soon_in_flight() -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(clock, requests_per_minute=FAR_AWAY, tokens_per_minute=FAR_AWAY)
        limiter = Limiter(server, clock=clock.now, sleep=clock.sleep)
        await keep_asking(limiter, clock, runs=1000, until=10)
        assert server.most_in_flight == 1000
        assert sum(6 <= answer.at < 10 for answer in server.answers) >= 0.95 * 4000

    run_fast(main)
