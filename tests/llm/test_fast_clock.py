"""The clock and the server that the tests of the policies stand on."""

import time

import anyio
import pytest

from pare.llm.client import EndpointError
from pare.llm.types import Completion, CompletionRequest
from tests.llm.fast_clock import DeadlockError, FastClock, SimulatedServer, keep_asking, request_of, run_fast


def test_an_hour_takes_no_time() -> None:
    async def main(clock: FastClock) -> float:
        await clock.sleep(3600)
        return clock.now()

    began = time.perf_counter()
    assert run_fast(main) == 3600
    assert time.perf_counter() - began < 5


def test_tasks_wake_in_the_order_of_their_moments() -> None:
    woken: list[tuple[float, str]] = []

    async def main(clock: FastClock) -> None:
        async def sleeper(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append((clock.now(), name))

        async with anyio.create_task_group() as group:
            for name, seconds in (("c", 3), ("a", 1), ("b", 2)):
                group.start_soon(sleeper, name, seconds)

    run_fast(main)
    assert woken == [(1, "a"), (2, "b"), (3, "c")]


def test_tasks_that_wait_for_each_other_are_found_out() -> None:
    cleaned_up: list[str] = []

    async def main(_clock: FastClock) -> None:
        try:
            await anyio.Event().wait()
        finally:
            cleaned_up.append("yes")

    with pytest.raises(DeadlockError):
        run_fast(main)
    assert cleaned_up == ["yes"]


@pytest.mark.parametrize("says_retry_after", [True, False])
def test_the_server_keeps_to_its_limits(says_retry_after: bool) -> None:
    async def main(clock: FastClock) -> None:
        server = SimulatedServer(
            clock, requests_per_minute=60, burst_seconds=2, says_retry_after=says_retry_after
        )
        refusals: list[EndpointError] = []

        async def ask() -> None:
            try:
                await server(request_of())
            except EndpointError as error:
                refusals.append(error)

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(ask)
        assert [(error.kind, error.status) for error in refusals] == [("rate_limit", 429)]
        assert refusals[0].retry_after == (1.0 if says_retry_after else None)
        assert server.counts() == {None: 2, "rate_limit": 1}
        assert (clock.now(), server.most_in_flight, server.in_flight) == (1, 3, 0)
        await server(request_of())
        assert server.counts()[None] == 3

    run_fast(main)


def test_the_same_load_takes_the_same_course() -> None:
    async def main(clock: FastClock) -> list[tuple[float, str | None]]:
        server = SimulatedServer(clock)

        async def patiently(request: CompletionRequest) -> Completion:
            try:
                return await server(request)
            except EndpointError:
                await clock.sleep(1)
                return await server(request)

        await keep_asking(patiently, clock, runs=9, until=20, tokens=lambda rng: rng.randint(1, 900))
        return [(answer.at, answer.kind) for answer in server.answers]

    assert run_fast(main) == run_fast(main)
