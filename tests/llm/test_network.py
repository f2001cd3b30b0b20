"""The way to endpoints can be another one than sockets, and its clock another than the machine's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest

from pare.errors import ConfigError
from pare.llm.connect import Network
from pare.llm.endpoint import Endpoint, EndpointSettings
from pare.llm.engine import EngineConfig
from pare.llm.factory import CallPolicies, open_alias
from pare.llm.preflight import Preflight
from pare.llm.scripted import fixed
from pare.llm.transport import LeanClient, Timeouts
from pare.multi_scenario_runner import MultiScenarioRunner, Workplace
from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.testing.fast_clock import FastClock, run_fast
from tests.llm.fast_clock import request_of

URL = "http://model.test/v1"


def endpoint_on(clock: FastClock, **settings: Any) -> tuple[Endpoint, Network]:
    """Give an endpoint of this process and the way to it."""
    chosen = EndpointSettings(models=fixed(["hello"]), **settings)
    endpoint = Endpoint(chosen, clock=clock.now, sleep=clock.sleep)

    @asynccontextmanager
    async def open_client(url: str, *, timeouts: Timeouts, **_: Any) -> AsyncIterator[LeanClient]:
        assert url == URL
        yield LeanClient(httpx.ASGITransport(endpoint.app), timeouts)

    return endpoint, Network(open_client, clock.now)


def engine(**limits: float) -> EngineConfig:
    found = {"provider": "vllm", "model": "scripted", "endpoints": URL, "limits": limits}
    return EngineConfig.model_validate(found)


def test_calls_are_paced_and_timed_by_the_clock_of_the_network() -> None:
    async def main(clock: FastClock) -> list[tuple[str, float, float]]:
        endpoint, network = endpoint_on(clock, latency_seconds=0.25)
        found = []
        async with open_alias("m", engine(requests_per_minute=6), CallPolicies(network=network)) as complete:
            for number in range(3):
                reply = await complete(request_of(number))
                found.append((reply.text, reply.latency_seconds, clock.now()))
        assert endpoint.counts.replied == 3
        return found

    texts, latencies, moments = zip(*run_fast(main), strict=True)
    assert texts == ("hello",) * 3
    assert latencies == pytest.approx([0.25] * 3)
    assert moments == pytest.approx([0.25, 10.25, 20.25], abs=0.1)


def test_a_refusal_is_backed_off_from_on_that_clock() -> None:
    async def main(clock: FastClock) -> float:
        endpoint, network = endpoint_on(clock, requests_per_minute=1)
        async with open_alias("m", engine(), CallPolicies(network=network)) as complete:
            first, second = await complete(request_of(0)), await complete(request_of(1))
        assert (first.effort.attempts, second.effort.attempts) == (1, 2)
        assert endpoint.counts.refused == {"rate_limit_exceeded": 1}
        return clock.now()

    assert 60 <= run_fast(main) <= 62


def test_the_preflight_goes_that_way_as_well() -> None:
    async def main(clock: FastClock) -> None:
        endpoint, network = endpoint_on(clock, latency_seconds=2)
        report = await Preflight(network=network)({"m": engine()})
        report.raise_for_problems()
        assert [facts.served_model for facts in report.facts] == ["scripted"]
        assert (endpoint.counts.replied, clock.now()) == (1, 2)

    run_fast(main)


def test_worker_processes_cannot_take_it() -> None:
    async def main(clock: FastClock) -> None:
        _, network = endpoint_on(clock)
        config = MultiScenarioRunnerConfig(executor_type="process", oracle=True)
        jobs = [Job("dentist_moves_appointment", Cell(config.scenario_config()), 1)]
        with pytest.raises(ConfigError, match="network of their own"):
            await MultiScenarioRunner(Workplace(network=network)).run_async(config, jobs)
        await anyio.lowlevel.checkpoint()

    run_fast(main)
