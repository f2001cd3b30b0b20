"""What happens while an endpoint is away: who waits, who asks for it, and what that costs."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.llm.client import PAUSING, EndpointError, ErrorKind
from pare.llm.health import Admission, EndpointHealth, OutageSettings
from pare.llm.limiter import Limiter, LimitSettings
from pare.llm.outage import EndpointNotice, Outage
from pare.llm.retry import Retry
from pare.llm.types import Completion, CompletionRequest, Effort
from tests.llm.fast_clock import FastClock, SimulatedServer, keep_asking, request_of, run_fast

# --- the state machine --------------------------------------------------------------------------------------


class HandClock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def health_of(clock: HandClock, **settings: float) -> EndpointHealth:
    return EndpointHealth(OutageSettings.model_validate(settings), clock)


def admitted(health: EndpointHealth, probe: Admission | None = None) -> Admission:
    admission = health.admit(probe)
    assert admission is not None
    return admission


def fail(health: EndpointHealth, times: int, kind: ErrorKind = "transient") -> None:
    for admission in [admitted(health) for _ in range(times)]:
        health.fail(admission, kind, "no")


def probe_of(health: EndpointHealth) -> Admission:
    probe = health.start_probe()
    assert probe is not None
    return admitted(health, probe)


def test_failures_in_a_row_take_an_endpoint_down() -> None:
    health = health_of(HandClock(), failures=3)
    fail(health, 2)
    health.answer(admitted(health))
    fail(health, 2, "overload")
    assert health.is_up
    fail(health, 1)
    assert (health.state, health.kind) == ("down", "transient")


@pytest.mark.parametrize("kind", ["rate_limit", "context_overflow", "content_filter", "bad_request"])
def test_a_refusal_of_the_request_shows_that_the_endpoint_works(kind: ErrorKind) -> None:
    health = health_of(HandClock(), failures=2)
    fail(health, 1)
    fail(health, 1, kind)
    fail(health, 1)
    assert health.is_up


@pytest.mark.parametrize("kind", sorted(PAUSING))
def test_what_a_person_must_mend_pauses_at_once(kind: ErrorKind) -> None:
    health = health_of(HandClock())
    fail(health, 1, kind)
    assert (health.state, health.kind, health.message) == ("paused", kind, "no")


def test_one_probe_at_a_time_at_growing_intervals() -> None:
    clock = HandClock()
    health = health_of(clock, failures=1, first_probe_seconds=1, probe_seconds=5)
    fail(health, 1)
    asked = []
    while len(asked) < 6:
        assert health.start_probe() is None
        assert health.admit(None) is None
        clock.now = health.next_change_at
        asked.append(clock.now)
        probe = probe_of(health)
        assert health.start_probe() is None
        health.fail(probe, "transient", "still away")
    assert asked == [1, 3, 7, 12, 17, 22]


def test_a_probe_that_is_answered_ends_the_outage() -> None:
    clock = HandClock()
    health = health_of(clock, failures=1)
    fail(health, 1)
    clock.now = 1
    health.answer(probe_of(health))
    assert (health.state, health.kind, health.seconds_away) == ("up", None, 0)
    assert health.admit(None) is not None


def test_calls_of_an_earlier_state_say_nothing() -> None:
    clock = HandClock()
    health = health_of(clock, failures=2)
    early = [admitted(health) for _ in range(10)]
    fail(health, 2)
    health.answer(early[0])
    assert not health.is_up
    health.fail(early[1], "auth", "the old key")
    assert health.state == "down"
    clock.now = 1
    health.answer(probe_of(health))
    for admission in early[2:]:
        health.fail(admission, "auth", "the old key")
    assert health.is_up


def test_a_cancelled_probe_is_followed_by_the_next_at_once() -> None:
    clock = HandClock()
    health = health_of(clock, failures=1)
    fail(health, 1)
    clock.now = 1
    probe = probe_of(health)
    clock.now = 1.5
    health.abandon(probe)
    assert health.is_probe_due
    second = probe_of(health)
    health.abandon(probe)
    assert health.start_probe() is None
    health.answer(second)
    assert health.is_up


def test_a_paused_endpoint_is_asked_seldom_and_at_once_when_resumed() -> None:
    clock = HandClock()
    health = health_of(clock, paused_probe_seconds=60)
    fail(health, 1, "quota")
    assert health.next_change_at == 60
    clock.now = 5
    health.resume()
    probe = probe_of(health)
    health.resume()
    assert health.start_probe() is None
    health.fail(probe, "quota", "still none")
    assert health.next_change_at == 65
    clock.now = 65
    health.fail(probe_of(health), "transient", "gone as well")
    assert (health.state, health.kind, health.next_change_at) == ("paused", "quota", 125)


def test_an_outage_can_turn_into_a_pause() -> None:
    clock = HandClock()
    health = health_of(clock, failures=1, max_outage_seconds=100)
    fail(health, 1)
    clock.now = 50
    health.fail(probe_of(health), "auth", "no such key")
    assert (health.state, health.kind) == ("paused", "auth")
    clock.now = 99
    assert not health.has_expired
    clock.now = 100
    assert health.has_expired


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["ask", "answer", "transient", "overload", "rate_limit", "auth", "abandon", "resume"]
            ),
            st.floats(0, 30),
            st.integers(0, 9),
        ),
        max_size=200,
    )
)
def test_there_is_never_more_than_one_probe_and_always_a_next_one(
    events: list[tuple[str, float, int]],
) -> None:
    clock = HandClock()
    health = health_of(clock, failures=2, max_outage_seconds=200)
    in_flight: list[tuple[Admission, bool]] = []
    for what, seconds, index in events:
        clock.now += seconds
        if what == "resume":
            health.resume()
        elif what == "ask" or not in_flight:
            probe = None if health.is_up else health.start_probe()
            admission = health.admit(probe)
            if admission is not None:
                in_flight.append((admission, probe is not None))
        else:
            admission, _ = in_flight.pop(index % len(in_flight))
            if what == "answer":
                health.answer(admission)
            elif what == "abandon":
                health.abandon(admission)
            else:
                health.fail(admission, what, "no")  # type: ignore[arg-type]
        if not health.is_up:
            probes = [admission for admission, is_probe in in_flight if is_probe]
            current = [admission for admission in probes if admission.epoch == health.epoch]
            assert len(current) <= 1
            assert current or health.next_change_at <= clock.now + 61


# --- the policy ---------------------------------------------------------------------------------------------


class Stack:
    """Retry around outage around limiter around a model, as a chain stands."""

    def __init__(
        self,
        clock: FastClock,
        complete: Callable[[CompletionRequest], object],
        *,
        concurrency: int | None = None,
        **settings: float,
    ) -> None:
        self.notices: list[EndpointNotice] = []
        self.limiters: list[Limiter] = []
        limits = LimitSettings(concurrency=concurrency)

        def through(inner):  # type: ignore[no-untyped-def]
            limiter = Limiter(inner, limits, clock=clock.now, sleep=clock.sleep)
            self.limiters.append(limiter)
            return limiter

        self.outage = Outage(
            complete,  # type: ignore[arg-type]
            OutageSettings.model_validate(settings),
            endpoint="local",
            through=through,
            on_change=self.notices.append,
            clock=clock.now,
            sleep=clock.sleep,
        )
        self.ask = Retry(self.outage, clock=clock.now, sleep=clock.sleep)

    @property
    def limiter(self) -> Limiter:
        return self.limiters[0]

    @property
    def states(self) -> list[str]:
        return [notice.state for notice in self.notices]


@pytest.mark.parametrize("concurrency", [None, 20])
@pytest.mark.parametrize("away_kind", ["transient", "overload"])
@pytest.mark.parametrize("away_latency", [0.0, 0.3])
def test_an_endpoint_that_is_away_for_a_minute_costs_a_minute_and_a_probe_interval(
    away_kind: ErrorKind, away_latency: float, concurrency: int | None
) -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(
            clock,
            requests_per_minute=1e9,
            tokens_per_minute=1e12,
            away=(10.5, 70.5),
            away_kind=away_kind,
            away_latency=away_latency,
        )
        stack = Stack(clock, server, concurrency=concurrency, probe_seconds=10)
        finished: list[float] = []
        replies: list[Completion] = []

        async def run(number: int) -> None:
            replies.extend(
                [await stack.ask(request_of(call, scenario=f"run-{number}")) for call in range(40)]
            )
            finished.append(clock.now())

        async def watch() -> None:
            await clock.sleep(20)
            while clock.now() < 70:
                assert stack.limiter.queued == 0
                assert server.in_flight == stack.limiter.limit.in_flight <= 1
                assert stack.outage.waiting + server.in_flight == 20
                await clock.sleep(0.25)

        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(run, number)
            group.start_soon(watch)
        # Without the outage each run takes 40 s; the calls that it broke off are made anew, which takes a
        # second more, and so does the probe that finds the endpoint back.
        assert 100 <= max(finished) <= 100 + 10 + 2 + away_latency
        assert len(replies) == 20 * 40
        assert stack.states == ["down", "up"]
        sent = server.counts()
        assert sent[None] == 20 * 40
        probes = server.counts(12 + away_latency, 70.5)[away_kind]
        assert 5 <= probes <= 9
        assert sum(reply.effort.attempts for reply in replies) == sent.total()
        waits = [reply.effort.paused_seconds for reply in replies if reply.effort.paused_seconds]
        assert len(waits) == 20
        assert all(50 <= wait <= 72 for wait in waits)
        assert (stack.outage.waiting, stack.limiter.queued, stack.limiter.limit.in_flight) == (0, 0, 0)

    run_fast(main)


def test_calls_that_queue_for_a_slot_are_not_sent_to_an_endpoint_that_went_away() -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(clock, requests_per_minute=1e9, tokens_per_minute=1e12, away=(0.5, 30))
        stack = Stack(clock, server, concurrency=10)
        await_all: list[Completion] = []

        async def ask(number: int) -> None:
            await_all.append(await stack.ask(request_of(number)))

        async with anyio.create_task_group() as group:
            for number in range(500):
                group.start_soon(ask, number)
            await clock.sleep(5)
            assert stack.outage.waiting >= 499
            assert server.counts(1.5)["transient"] <= 10
        assert len(await_all) == 500
        # 10 were broken off, a few more were sent before the fifth had failed, the rest are probes.
        assert server.counts()["transient"] <= 10 + 5 + 8
        assert sum(reply.effort.attempts for reply in await_all) == server.counts().total()

    run_fast(main)


def test_after_the_longest_outage_calls_fail_with_a_kind_of_their_own() -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(clock, away=(0, 1e9))
        stack = Stack(clock, server, max_outage_seconds=600)
        errors: list[EndpointError] = []

        async def ask(number: int) -> None:
            with pytest.raises(EndpointError) as caught:
                await stack.ask(request_of(number))
            errors.append(caught.value)

        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(ask, number)
        assert {error.kind for error in errors} == {"outage"}
        assert str(errors[0]) == "local has been away for 600 s: nobody is there"
        assert 600 <= clock.now() <= 616
        assert sum(error.effort.attempts for error in errors) == server.counts().total()
        assert all(590 <= error.effort.paused_seconds <= 616 for error in errors)
        # Whoever comes later fails at once, but for one probe per interval.
        before = server.counts().total()
        for number in range(10):
            with pytest.raises(EndpointError):
                await stack.ask(request_of(number))
        assert server.counts().total() <= before + 1
        assert clock.now() <= 616

    run_fast(main)


def test_an_endpoint_that_comes_back_after_all_is_found() -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(clock, away=(0, 1000))
        stack = Stack(clock, server, max_outage_seconds=600)
        with pytest.raises(EndpointError):
            await stack.ask(request_of())
        await clock.sleep(1000)
        assert (await stack.ask(request_of())).text == "reply"
        assert stack.states == ["down", "up"]

    run_fast(main)


@pytest.mark.parametrize("kind", sorted(PAUSING))
def test_runs_stay_pending_until_a_person_has_mended_it(kind: ErrorKind) -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(clock, away=(5, 2990), away_kind=kind)
        stack = Stack(clock, server, concurrency=8, paused_probe_seconds=100, max_outage_seconds=4000)
        replies: list[Completion] = []

        async def run(name: str) -> None:
            replies.extend([await stack.ask(request_of(number, scenario=name)) for number in range(20)])

        async with anyio.create_task_group() as group:
            for number in range(8):
                group.start_soon(run, f"run-{number}")
            await clock.sleep(2995)
            assert stack.notices == [EndpointNotice("local", "paused", kind, "the connection broke")]
            assert stack.outage.waiting == 8
            assert stack.limiter.limit.in_flight == 0
            assert server.counts(10)[kind] == 29  # one every 100 s
            stack.outage.resume()
            await clock.sleep(1.5)
            assert stack.states == ["paused", "up"]
        assert len(replies) == 160
        assert server.most_in_flight == 8
        assert server.most_in_flight_while_away <= 8

    run_fast(main)


def test_a_mended_endpoint_is_noticed_without_being_told() -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(clock, away=(0, 90), away_kind="auth")
        stack = Stack(clock, server)
        reply = await stack.ask(request_of())
        assert clock.now() == 121
        assert reply.effort == Effort(attempts=3, paused_seconds=120)
        assert stack.states == ["paused", "up"]

    run_fast(main)


@pytest.mark.parametrize("kind", sorted(PAUSING))
def test_a_pause_that_nobody_mends_ends_in_its_own_kind(kind: ErrorKind) -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(clock, away=(0, 1e9), away_kind=kind)
        stack = Stack(clock, server, max_outage_seconds=600)
        with pytest.raises(EndpointError, match="local has been away for 600 s") as caught:
            await stack.ask(request_of())
        assert caught.value.kind == kind
        assert 600 <= clock.now() <= 661

    run_fast(main)


def test_a_late_refusal_of_the_old_key_is_asked_again() -> None:
    async def main(clock: FastClock) -> None:
        latencies = {0: 1.0, 1: 200.0}
        asked: list[int] = []

        async def answer(request: CompletionRequest) -> Completion:
            number = request.label.ordinal
            asked.append(number)
            is_old = clock.now() < 50
            await clock.sleep(latencies[number] if is_old else 1.0)
            if is_old:
                raise EndpointError("auth", "the old key")
            return Completion("reply")

        stack = Stack(clock, answer)
        async with anyio.create_task_group() as group:
            for number in range(2):
                group.start_soon(stack.ask, request_of(number))
        assert asked == [0, 1, 0, 1]
        assert clock.now() == 201
        assert stack.states == ["paused", "up"]

    run_fast(main)


def test_a_few_failures_are_the_retry_policys_own() -> None:
    async def main(clock: FastClock) -> None:
        count = 0

        async def answer(_request: CompletionRequest) -> Completion:
            nonlocal count
            count += 1
            if count % 4:
                raise EndpointError("transient", "no")
            return Completion("reply")

        stack = Stack(clock, answer)
        for number in range(10):
            reply = await stack.ask(request_of(number))
            assert reply.effort.attempts == 4
            assert reply.effort.paused_seconds == 0
        assert stack.notices == []

    run_fast(main)


def test_replies_from_a_journal_do_not_end_an_outage() -> None:
    async def main(clock: FastClock) -> None:
        replayed = Completion("reply", replayed=True)
        answers: list[Completion | None] = [None, replayed, None, None]

        async def answer(_request: CompletionRequest) -> Completion:
            reply = answers.pop(0)
            if reply is None:
                raise EndpointError("transient", "no")
            return reply

        outage = Outage(answer, OutageSettings(failures=2), clock=clock.now, sleep=clock.sleep)
        for _ in range(3):
            with anyio.move_on_after(0.5):
                with suppress(EndpointError):
                    await outage(request_of())
        assert not outage.is_up

    run_fast(main)


def test_whoever_keeps_the_time_may_leave() -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(clock, away=(0, 100))
        stack = Stack(clock, server, failures=1, first_probe_seconds=30, probe_seconds=30)
        scopes = [anyio.CancelScope() for _ in range(6)]
        done: list[int] = []

        async def ask(number: int) -> None:
            with scopes[number]:
                await stack.ask(request_of(number))
                done.append(number)

        async with anyio.create_task_group() as group:
            for number in range(6):
                group.start_soon(ask, number)
            for number in range(5):
                await clock.sleep(7)
                scopes[number].cancel()
            await clock.sleep(1)
            assert stack.outage.waiting == 1
        assert done == [5]
        assert clock.now() == 121
        assert stack.outage.waiting == 0

    run_fast(main)


def test_a_cancelled_probe_is_taken_over() -> None:
    async def main(clock: FastClock) -> None:
        is_back = False

        async def answer(_request: CompletionRequest) -> Completion:
            if not is_back and clock.now() < 1:
                raise EndpointError("transient", "no")
            await clock.sleep(1 if is_back else 1000)
            return Completion("reply")

        stack = Stack(clock, answer, failures=1)
        scopes = [anyio.CancelScope() for _ in range(3)]

        async def ask(number: int) -> None:
            with scopes[number]:
                await stack.ask(request_of(number))

        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(ask, number)
            await clock.sleep(5)
            assert (stack.outage.waiting, stack.limiter.limit.in_flight) == (2, 1)
            is_back = True
            for scope in scopes[:2]:
                scope.cancel()
                await clock.sleep(0.1)
        assert 6 <= clock.now() <= 6.5
        assert stack.states == ["down", "up"]
        assert (stack.outage.waiting, stack.limiter.limit.in_flight) == (0, 0)

    run_fast(main)


def test_an_error_of_our_own_in_a_probe_leaves_the_next_one_free() -> None:
    async def main(clock: FastClock) -> None:
        errors: Sequence[Exception] = [EndpointError("transient", "no"), ZeroDivisionError()]
        left = list(errors)

        async def answer(_request: CompletionRequest) -> Completion:
            if left:
                raise left.pop(0)
            return Completion("reply")

        stack = Stack(clock, answer, failures=1)
        with pytest.raises(ZeroDivisionError):
            await stack.ask(request_of())
        assert (await stack.ask(request_of())).text == "reply"
        assert stack.states == ["down", "up"]

    run_fast(main)


def test_without_trouble_it_adds_nothing() -> None:
    async def main(clock: FastClock) -> None:
        reply = Completion("reply")

        async def answer(_request: CompletionRequest) -> Completion:
            return reply

        stack = Stack(clock, answer)
        assert await stack.ask(request_of()) is reply
        assert stack.notices == []

    run_fast(main)


def test_a_bad_night_costs_time_and_no_replies() -> None:
    """A rate limit, an outage, and a quota that runs out, in one night of 100 runs."""

    async def main(clock: FastClock) -> None:
        server = SimulatedServer(clock, away=(120, 240))
        stack = Stack(clock, server, probe_seconds=10)

        async def renew_quota() -> None:
            await clock.sleep(300)
            server.away, server.away_kind = (300, 400), "quota"
            await clock.sleep(101)
            stack.outage.resume()

        async with anyio.create_task_group() as group:
            group.start_soon(renew_quota)
            replies = await keep_asking(stack.ask, clock, runs=100, until=600)
        assert stack.states == ["down", "up", "paused", "up"]
        assert len(replies) + stack.limiter.limit.in_flight >= 0.92 * 10 * (600 - 120 - 100 - 20)
        assert server.refused_share(60, 600) < 0.02
        assert server.most_in_flight_while_away < 20

    run_fast(main)


def test_settings_are_marked_as_transport() -> None:
    fields = OutageSettings.model_json_schema()["properties"].values()
    assert {field["part"] for field in fields} == {"transport"}
