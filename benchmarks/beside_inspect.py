"""The same calls of the same endpoint through pare and through inspect-ai, in the same run.

So many runs are in flight, each of which makes calls one after the other with a prompt of 9 kB that grows
by turns, as in llm.py. pare goes through all its policies with the journal on; inspect-ai has a sample
for each run and a solver that generates, with as many samples and connections at a time as there are
runs, no display, and its log in a directory that is removed. Both keep every reply on disk. The endpoint
is a process of its own on loopback. pare is measured before and after inspect-ai, and its figure is the
mean of the two.

Run it as `python benchmarks/beside_inspect.py`, after `make bench-peers`.
"""

import argparse
import json
import os
import subprocess
from pathlib import Path
from statistics import mean

import anyio
from figures import Figure, add_json_option, report
from llm import SYSTEM, TURN, measure, server, through_pare

from pare.scenario_runner.garbage import rare_collections

HERE = Path(__file__).parent
PEER_PYTHON = HERE / ".peers" / "inspect" / "bin" / "python"
PEER_PROGRAM = HERE / "peers" / "inspect_calls.py"


def through_inspect(url: str, runs: int, calls: int) -> tuple[float, float]:
    """Give the seconds of wall time and of CPU that inspect-ai takes."""
    done = subprocess.run(
        [PEER_PYTHON, PEER_PROGRAM],
        input=json.dumps([SYSTEM, TURN, runs, calls]),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=1200,
        env={**os.environ, "FIXED_BASE_URL": url, "FIXED_API_KEY": "none"},
    )
    if done.returncode:
        raise SystemExit(f"{PEER_PROGRAM.name}: {done.stderr.strip()[-1000:]}")
    wall, cpu = json.loads(done.stdout.splitlines()[-1])
    return wall, cpu


def figures_of(runs: int, calls: int, latency: float, has_peer: bool) -> list[Figure]:
    total, costs = runs * calls, {}
    with server(latency) as url, rare_collections():
        anyio.run(measure, through_pare, url, 1, 1)
        rounds = [anyio.run(measure, through_pare, url, runs, calls)]
        if has_peer:
            costs["inspect-ai"] = through_inspect(url, runs, calls)
        rounds.append(anyio.run(measure, through_pare, url, runs, calls))
    wall, cpu = [mean(pair) for pair in zip(*rounds, strict=True)]
    costs["pare"] = wall, cpu
    print(f"{runs} runs in flight, {calls} calls each, {latency} s latency")
    for name, (seconds, used) in costs.items():
        print(f"{name:14}{used / total * 1000:8.3f} ms of CPU a call {total / seconds:8,.0f} calls/s")
    peer_wall, peer_cpu = costs.get("inspect-ai", (0.0, 0.0))
    what, peer = f"{runs:,} in flight", "inspect-ai"
    peer_cost, peer_rate = (peer_cpu / total * 1e3, total / peer_wall) if peer_wall else (None, None)
    return [
        Figure(f"a call, {what}, CPU", cpu / total * 1e3, "ms", peer=peer, peer_value=peer_cost),
        Figure(f"calls, {what}", total / wall, "/s", more_is_better=True, peer=peer, peer_value=peer_rate),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=500, help="runs in flight")
    parser.add_argument("--calls", type=int, default=2, help="calls of each run")
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--alone", action="store_true", help="leave the peer out")
    add_json_option(parser)
    options = parser.parse_args()
    has_peer = PEER_PYTHON.exists() and not options.alone
    if not has_peer:
        print("inspect-ai is not measured (make bench-peers installs it)")
    figures = figures_of(options.runs, options.calls, options.latency, has_peer)
    report("beside_inspect", figures, options.json)


if __name__ == "__main__":
    main()
