"""Recorded events per second of the kernel, beside a bare heap loop and SimPy in the same run.

The events are built before the clock starts. What is timed is the whole run: checking the graph,
queueing, executing a tool, recording it, the log. The garbage collector runs as Python ships it
(policy "default"), or is frozen and switched off for the timed part (policy "off", `--gc off`); the
figures of both peers follow the same policy.

Run it as `python benchmarks/kernel.py`. Every figure is the median of several rounds in which the
contestants take turns, of CPU time of this process.
"""

import argparse
import gc
import heapq
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import process_time

import simpy

from pare.apps.base import App
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.events import Event, OperationType
from pare.kernel.recording import event_registered
from pare.tools import app_tool

SIZES = (1_000, 10_000, 100_000)
PEER_SIZES = (1_000, 4_000)
PEER_PYTHON = Path(__file__).parent / ".peers" / "are" / "bin" / "python"
PEER_PROGRAM = Path(__file__).parent / "peers" / "are_kernel.py"


@dataclass(eq=False)
class Counter(App):
    """An app with one cheap tool."""

    name: str | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.name)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def add(self, key: str, amount: int = 1) -> int:
        """Add to a counter."""
        self.counts[key] = self.counts.get(key, 0) + amount
        return self.counts[key]


def delays(count: int) -> list[float]:
    """Give delays in no order, most of them different."""
    return [float(number * 7919 % count) for number in range(count)]


def prepare_pare(count: int) -> Callable[[], int]:
    counter = Counter()
    environment = Environment(EnvironmentConfig(duration=None))
    environment.register_apps([counter])
    events = [
        Event.from_function(counter.add, key="a").depends_on(None, delay_seconds=delay) for delay in delays(count)
    ]

    def run() -> int:
        environment.schedule(events)
        environment.start()
        environment.join()
        return len(environment.event_log)

    return run


def prepare_heap(count: int) -> Callable[[], int]:
    counts: dict[str, int] = {}
    queue: list[tuple[float, int]] = []
    log: list[tuple[float, int]] = []

    def run() -> int:
        for serial, delay in enumerate(delays(count)):
            heapq.heappush(queue, (delay, serial))
        while queue:
            entry = heapq.heappop(queue)
            counts["a"] = counts.get("a", 0) + 1
            log.append(entry)
        return len(log)

    return run


def prepare_simpy(count: int) -> Callable[[], int]:
    log: list[float] = []

    def run() -> int:
        environment = simpy.Environment()
        for delay in delays(count):
            environment.timeout(delay).callbacks.append(lambda _event: log.append(environment.now))
        environment.run()
        return len(log)

    return run


CONTESTANTS = {"pare": prepare_pare, "heap loop": prepare_heap, "SimPy": prepare_simpy}


def cost(prepare: Callable[[int], Callable[[], int]], count: int, collect: bool) -> float:
    """Give microseconds of CPU per event of one run."""
    run = prepare(count)
    gc.collect()
    if not collect:
        gc.freeze()
        gc.disable()
    started = process_time()
    done = run()
    seconds = process_time() - started
    gc.enable()
    gc.unfreeze()
    if done != count:
        raise SystemExit(f"{done} of {count} events took place")
    return seconds / count * 1e6


def compare(rounds: int, collect: bool) -> dict[str, dict[int, float]]:
    costs: dict[str, dict[int, list[float]]] = {name: {size: [] for size in SIZES} for name in CONTESTANTS}
    for _ in range(rounds):
        for size in SIZES:
            for name, prepare in CONTESTANTS.items():
                costs[name][size].append(cost(prepare, size, collect))
    return {name: {size: median(values) for size, values in sizes.items()} for name, sizes in costs.items()}


def show(medians: dict[str, dict[int, float]], policy: str) -> None:
    print(f"CPU per event, garbage collector {policy}")
    print(f"{'':12}" + "".join(f"{size:>24,}" for size in SIZES) + f"{'largest / smallest':>22}")
    for name, sizes in medians.items():
        cells = "".join(f"{value:>10.2f} µs {1e6 / value:>8,.0f}/s" for value in sizes.values())
        print(f"{name:12}{cells}{sizes[SIZES[-1]] / sizes[SIZES[0]]:>21.2f}x")


def show_are() -> None:
    if not PEER_PYTHON.exists():
        print("\nmeta-agents-research-environments is not installed in benchmarks/.peers/are: not measured")
        return
    print("\nmeta-agents-research-environments, wall time of its own queue loop")
    for size in PEER_SIZES:
        done = subprocess.run(
            [PEER_PYTHON, PEER_PROGRAM, str(size)], capture_output=True, text=True, check=False, timeout=300
        )
        print(f"{size:>12,}  {done.stdout.strip() or done.stderr.strip()[-300:]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--gc", choices=("default", "off"), nargs="*", default=["default", "off"])
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, median of {options.rounds} rounds\n")
    for policy in options.gc:
        show(compare(options.rounds, policy == "default"), policy)
        print()
    show_are()


if __name__ == "__main__":
    main()
