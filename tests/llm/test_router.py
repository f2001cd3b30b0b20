"""Several endpoints behind one alias: balance, homes, failover, and one model."""

from collections import Counter

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.errors import ConfigError
from pare.llm.client import EndpointError, ErrorKind
from pare.llm.outage import Outage, OutageSettings
from pare.llm.retry import Retry
from pare.llm.router import MOST_RUNS, ReplicaMismatchError, Router, check_models
from pare.llm.types import Completion, CompletionRequest
from tests.llm.fast_clock import FastClock, SimulatedServer, request_of, run_fast


class Named(SimulatedServer):
    """A server without limits that writes down which run it has served, and when."""

    served: list[tuple[str, int]]

    async def _answer(self, request: CompletionRequest) -> Completion:
        reply = await super()._answer(request)
        self.served.append((request.label.scenario_id, request.label.ordinal))
        return reply


def server_of(clock: FastClock, **options: object) -> Named:
    server = Named(clock, 1e12, 1e12, **options)  # type: ignore[arg-type]
    server.served = []
    return server


def outages_of(clock: FastClock, servers: list[Named], **settings: float) -> list[Outage]:
    return [
        Outage(
            server,
            OutageSettings.model_validate(settings),
            endpoint=f"endpoint-{index}",
            clock=clock.now,
            sleep=clock.sleep,
        )
        for index, server in enumerate(servers)
    ]


def chain_of(clock: FastClock, servers: list[Named], **settings: float) -> tuple[Retry, Router, list[Outage]]:
    outages = outages_of(clock, servers, **settings)
    router = Router(outages)
    return Retry(router, clock=clock.now, sleep=clock.sleep), router, outages


async def run_all(ask: Retry, runs: int, calls: int) -> list[Completion]:
    replies: list[Completion] = []

    async def run(name: str) -> None:
        replies.extend([await ask(request_of(number, scenario=name)) for number in range(calls)])

    async with anyio.create_task_group() as group:
        for index in range(runs):
            group.start_soon(run, f"run-{index}")
    return replies


def runs_of(server: Named) -> set[str]:
    return {name for name, _ in server.served}


def test_runs_are_shared_out_and_stay() -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock) for _ in range(3)]
        ask, router, _ = chain_of(clock, servers)
        await run_all(ask, runs=30, calls=5)
        assert [len(runs_of(server)) for server in servers] == [10, 10, 10]
        assert [server.most_in_flight for server in servers] == [10, 10, 10]
        assert router.outstanding == {"endpoint-0": 0, "endpoint-1": 0, "endpoint-2": 0}

    run_fast(main)


def test_a_new_run_goes_to_the_endpoint_with_the_fewest_calls() -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock, latency=lambda: 100.0), server_of(clock, latency=lambda: 1.0)]
        ask, router, _ = chain_of(clock, servers)
        async with anyio.create_task_group() as group:
            for index in range(9):
                group.start_soon(ask, request_of(scenario=f"run-{index}"))
                await clock.sleep(2)
            assert router.outstanding["endpoint-0"] == 1
        assert [len(server.served) for server in servers] == [1, 8]

    run_fast(main)


def test_a_run_moves_when_its_endpoint_goes_away_and_no_call_waits() -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock, away=(10.5, 300)), server_of(clock)]
        ask, router, _outages = chain_of(clock, servers)
        replies = await run_all(ask, runs=20, calls=40)
        assert len(replies) == 800
        # One call each is broken off; a few back off before the fifth failure, at most two seconds.
        assert clock.now() <= 40 + 1 + 2 + 1
        assert len(runs_of(servers[1])) == 20
        assert runs_of(servers[0]) == {f"run-{index}" for index in range(0, 20, 2)}
        assert servers[0].counts(15)["transient"] <= 5  # probes
        attempts = sum(reply.effort.attempts for reply in replies)
        assert attempts == servers[0].counts().total() + servers[1].counts().total()
        assert set(router.outstanding.values()) == {0}

    run_fast(main)


def test_an_endpoint_that_is_back_gets_new_runs_and_the_others_stay() -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock, away=(10.5, 30)), server_of(clock)]
        ask, _, outages = chain_of(clock, servers)
        async with anyio.create_task_group() as group:
            group.start_soon(run_all, ask, 10, 80)
            await clock.sleep(50)
            assert outages[0].is_up
            before = len(servers[0].served)
            await clock.sleep(5)
            assert len(servers[0].served) == before
            for index in range(8):
                group.start_soon(ask, request_of(scenario=f"late-{index}"))
            await clock.sleep(2)
            assert len(servers[0].served) == before + 8

    run_fast(main)


@pytest.mark.parametrize("kind", ["quota", "auth", "model_gone"])
def test_what_a_person_must_mend_at_one_endpoint_stops_no_run(kind: ErrorKind) -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock, away=(10.5, 1e9), away_kind=kind), server_of(clock)]
        ask, _, outages = chain_of(clock, servers)
        replies = await run_all(ask, runs=10, calls=30)
        assert len(replies) == 300
        assert clock.now() <= 30 + 1 + 0.1
        assert (outages[0].health.state, outages[1].is_up) == ("paused", True)

    run_fast(main)


def test_when_all_are_away_calls_go_to_the_first_that_is_back() -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock, away=(10.5, 500)), server_of(clock, away=(10.5, 100))]
        ask, _, outages = chain_of(clock, servers, probe_seconds=10)
        replies = await run_all(ask, runs=20, calls=30)
        assert len(replies) == 600
        # 30 s of calls, 90 s of outage, at most a probe interval, and the calls that were broken off.
        assert clock.now() <= 30 + 90 + 10 + 3
        assert not outages[0].is_up
        assert len(runs_of(servers[1])) == 20

    run_fast(main)


def test_when_all_stay_away_calls_fail_in_the_end() -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock, away=(0, 1e9)) for _ in range(2)]
        ask, router, _ = chain_of(clock, servers, max_outage_seconds=600)
        errors: list[EndpointError] = []

        async def run(index: int) -> None:
            with pytest.raises(EndpointError) as caught:
                await ask(request_of(scenario=f"run-{index}"))
            errors.append(caught.value)

        async with anyio.create_task_group() as group:
            for index in range(20):
                group.start_soon(run, index)
        assert {error.kind for error in errors} == {"outage"}
        assert clock.now() <= 640
        total = sum(server.counts().total() for server in servers)
        assert sum(error.effort.attempts for error in errors) == total
        assert set(router.outstanding.values()) == {0}

    run_fast(main)


def test_other_failures_are_left_to_retry_and_the_run_stays() -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock), server_of(clock)]
        failing = {"left": 2}

        async def flaky(request: CompletionRequest) -> Completion:
            if failing["left"]:
                failing["left"] -= 1
                raise EndpointError("transient", "no")
            return await servers[0](request)

        outages = outages_of(clock, servers)
        outages[0] = Outage(flaky, endpoint="endpoint-0", clock=clock.now, sleep=clock.sleep)
        ask = Retry(Router(outages), clock=clock.now, sleep=clock.sleep)
        reply = await ask(request_of())
        assert reply.effort.attempts == 3
        assert (len(servers[0].served), len(servers[1].served)) == (1, 0)

    run_fast(main)


def test_one_endpoint_alone_waits_as_without_a_router() -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock, away=(0, 20))]
        ask, _, _ = chain_of(clock, servers, probe_seconds=5)
        reply = await ask(request_of())
        assert reply.text == "reply"
        assert clock.now() <= 40

    run_fast(main)


def test_endpoints_must_name_one_model() -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock, model="model-a"), server_of(clock, model="model-b")]
        ask, router, _ = chain_of(clock, servers)
        assert (await ask(request_of(scenario="run-0"))).model == "model-a"
        said = "endpoint-0 names 'model-a', endpoint-1 names 'model-b'"
        async with anyio.create_task_group() as group:
            group.start_soon(ask, request_of(scenario="run-0"))
            await clock.sleep(0.1)
            for number in range(2):
                with pytest.raises(ReplicaMismatchError, match=said):
                    await ask(request_of(number, scenario="run-1"))
        assert set(router.outstanding.values()) == {0}

    run_fast(main)


def test_endpoints_that_name_none_are_no_mismatch() -> None:
    check_models({"a": "model", "b": None, "c": "model"})
    check_models({})
    with pytest.raises(ReplicaMismatchError, match="a names 'x', b names 'y'"):
        check_models({"a": "x", "b": "y", "c": None})
    assert issubclass(ReplicaMismatchError, ConfigError)


def test_a_router_needs_an_endpoint() -> None:
    with pytest.raises(ConfigError, match="at least one"):
        Router([])


def test_only_so_many_runs_are_remembered() -> None:
    async def main(clock: FastClock) -> None:
        async def answer(_request: CompletionRequest) -> Completion:
            return Completion("reply")

        router = Router([Outage(answer, endpoint="only", clock=clock.now, sleep=clock.sleep)])
        for index in range(MOST_RUNS + 10):
            await router(request_of(scenario=f"run-{index}"))
        assert len(router._homes) == MOST_RUNS

    run_fast(main)


@given(
    st.integers(1, 4),
    st.lists(
        st.tuples(
            st.integers(0, 3), st.floats(0, 60), st.floats(0.5, 60), st.sampled_from(["transient", "auth"])
        ),
        max_size=4,
    ),
    st.integers(1, 8),
)
def test_whatever_goes_away_every_call_is_answered_once(
    count: int, troubles: list[tuple[int, float, float, ErrorKind]], runs: int
) -> None:
    async def main(clock: FastClock) -> None:
        servers = [server_of(clock) for _ in range(count)]
        for index, start, seconds, kind in troubles:
            server = servers[index % count]
            server.away, server.away_kind = (start, start + seconds), kind
        ask, router, outages = chain_of(clock, servers)
        replies = await run_all(ask, runs, calls=10)
        assert len(replies) == runs * 10
        answered = Counter(entry for server in servers for entry in server.served)
        assert set(answered.values()) == {1}
        assert set(router.outstanding.values()) == {0}
        assert all(outage.waiting == 0 for outage in outages)
        attempts = sum(reply.effort.attempts for reply in replies)
        assert attempts == sum(server.counts().total() for server in servers)

    run_fast(main)
