"""What a call of an LLM endpoint costs in CPU, beside a bare aiohttp loop in the same run.

A thousand runs are in flight; each makes calls one after the other, with a prompt of 9 kB that grows by
turns. The endpoint is a process of its own on loopback and answers after a second. pare goes through
all its policies (client, limiter, outage, retry) with the journal on; the bare loop encodes the same
prompt, posts it, and reads the reply. They take turns; figures are medians of the rounds. The garbage
collector is set for both as pare's commands set it (`pare.scenario_runner.garbage.rare_collections`).

Run it as `python benchmarks/llm.py`.
"""

import argparse
import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import aiohttp
import anyio
import orjson
from figures import Figure, add_json_option, report

from pare.llm.engine import EngineConfig
from pare.llm.factory import CallPolicies, open_alias
from pare.llm.journal import Journal, RunKey
from pare.llm.limiter import LimitSettings
from pare.llm.types import CallLabel, CompletionRequest, Message
from pare.scenario_runner.garbage import rare_collections

SYSTEM = "You are a proactive assistant on a phone. " * 200
TURN = "[OUTPUT OF STEP 1] Observation: an email about the meeting on Thursday at 15:30, in full. " * 7
MARK_MILLISECONDS = 0.75
MARK_THROUGHPUT = 0.9


@contextlib.contextmanager
def server(latency: float) -> Iterator[str]:
    program = Path(__file__).parent / "llm_server.py"
    command = [sys.executable, program, "--latency", str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        assert process.stdin
        process.stdin.close()


async def bare(url: str, runs: int, calls: int) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:

        async def run() -> None:
            messages = [{"role": "system", "content": SYSTEM}]
            for _ in range(calls):
                messages.append({"role": "user", "content": TURN})
                body = orjson.dumps({"model": "fixed", "messages": messages, "max_tokens": 4096})
                headers = {"Content-Type": "application/json"}
                async with session.post(f"{url}/chat/completions", data=body, headers=headers) as response:
                    reply = orjson.loads(await response.read())
                text = reply["choices"][0]["message"]["content"]
                messages.append({"role": "assistant", "content": text})

        for _ in range(runs):
            group.create_task(run())


async def through_pare(url: str, runs: int, calls: int) -> None:
    engine = EngineConfig(provider="openai", model="fixed", endpoints=(url,))
    limits = LimitSettings(initial_concurrency=runs, max_concurrency=runs)
    with tempfile.TemporaryDirectory() as directory:
        journal = Journal(Path(directory) / "journal")
        policies = CallPolicies(limits=limits, journal=journal)
        async with open_alias("fixed", engine, policies) as complete:

            async def run(number: int) -> None:
                async with journal.run(RunKey("benchmark", number, "hash")):
                    messages = [Message("system", SYSTEM)]
                    for ordinal in range(calls):
                        messages.append(Message("user", TURN))
                        label = CallLabel("benchmark", number, "hash", "user", ordinal)
                        completion = await complete(CompletionRequest("fixed", list(messages), label))
                        messages.append(Message("assistant", completion.text))

            async with anyio.create_task_group() as group:
                for number in range(runs):
                    group.start_soon(run, number)


CONTESTANTS: dict[str, Callable[[str, int, int], Awaitable[None]]] = {
    "bare aiohttp": bare,
    "pare, all policies": through_pare,
}


async def measure(
    contestant: Callable[[str, int, int], Awaitable[None]], *args: object
) -> tuple[float, float]:
    wall, cpu = perf_counter(), process_time()
    await contestant(*args)
    return perf_counter() - wall, process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000, help="runs in flight")
    parser.add_argument("--calls", type=int, default=6, help="calls of each run")
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    add_json_option(parser)
    options = parser.parse_args()
    total = options.runs * options.calls
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in CONTESTANTS}
    with server(options.latency) as url, rare_collections():
        for _ in range(options.rounds):
            for name, contestant in CONTESTANTS.items():
                figures[name].append(anyio.run(measure, contestant, url, options.runs, options.calls))
    print(
        f"{options.runs} runs in flight, {options.calls} calls each, {options.latency} s latency, "
        f"median of {options.rounds} rounds"
    )
    rates = {name: total / median(wall for wall, _ in values) for name, values in figures.items()}
    for name, values in figures.items():
        cpu = median(cpu for _, cpu in values) / total * 1000
        print(f"{name:22}{cpu:8.3f} ms of CPU a call {rates[name]:10,.0f} calls/s")
    cost = median(cpu for _, cpu in figures["pare, all policies"]) / total * 1000
    ratio = rates["pare, all policies"] / rates["bare aiohttp"]
    bare_cost = median(cpu for _, cpu in figures["bare aiohttp"]) / total * 1000
    in_flight, peer = f"{options.runs:,} in flight", "bare aiohttp"
    found = [
        Figure(f"a call, {in_flight}, CPU", cost, "ms", MARK_MILLISECONDS, peer=peer, peer_value=bare_cost),
        Figure(
            f"calls, {in_flight}, share of the bare loop's",
            100 * ratio,
            "%",
            100 * MARK_THROUGHPUT,
            more_is_better=True,
        ),
        Figure(
            f"calls, {in_flight}",
            rates["pare, all policies"],
            "/s",
            more_is_better=True,
            peer=peer,
            peer_value=rates["bare aiohttp"],
        ),
    ]
    report("llm", found, options.json)


if __name__ == "__main__":
    main()
