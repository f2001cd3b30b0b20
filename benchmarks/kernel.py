"""Recorded events per second of the kernel, beside a bare heap loop and SimPy in the same run.

The events are built before the clock starts. What is timed is the whole run: checking the graph,
queueing, executing a tool, recording it, the log. The garbage collector runs as Python ships it
(policy "default"), or is frozen and switched off for the timed part (policy "off", `--gc off`); the
figures of the heap loop and SimPy follow the same policy.

Run it as `python benchmarks/kernel.py`. Every figure is the median of several rounds in which the
contestants take turns, of CPU time of this process.

Where `make bench-peers` has installed it, meta-agents-research-environments is measured as well, in a
process of its own and so in wall time, as is pare beside it. `--peer-rounds`, by default one, says how
many of its runs there are.
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
from time import perf_counter, process_time

import simpy
from figures import Figure, add_json_option, report

from pare.apps.base import App
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.events import Event, OperationType
from pare.kernel.recording import event_registered
from pare.tools import app_tool

SIZES = (1_000, 10_000, 100_000)
PEER_PYTHON = Path(__file__).parent / ".peers" / "are" / "bin" / "python"
PEER_PROGRAM = Path(__file__).parent / "peers" / "are_kernel.py"
MARK_GROWTH = 1.67
"""A hundred times the events may cost log(100,000) / log(1,000) as much each: O(log n), gc aside."""


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
        Event.from_function(counter.add, key="a").depends_on(None, delay_seconds=delay)
        for delay in delays(count)
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


def cost(
    prepare: Callable[[int], Callable[[], int]],
    count: int,
    collect: bool,
    clock: Callable[[], float] = process_time,
) -> float:
    """Give microseconds per event of one run, of CPU unless another clock is given."""
    run = prepare(count)
    gc.collect()
    if not collect:
        gc.freeze()
        gc.disable()
    started = clock()
    done = run()
    seconds = clock() - started
    gc.enable()
    gc.unfreeze()
    if done != count:
        raise SystemExit(f"{done} of {count} events took place")
    return seconds / count * 1e6


def compare(rounds: int, collect: bool, sizes: tuple[int, ...]) -> dict[str, dict[int, float]]:
    costs: dict[str, dict[int, list[float]]] = {name: {size: [] for size in sizes} for name in CONTESTANTS}
    for _ in range(rounds):
        for size in sizes:
            for name, prepare in CONTESTANTS.items():
                costs[name][size].append(cost(prepare, size, collect))
    return {name: {size: median(values) for size, values in each.items()} for name, each in costs.items()}


def show(medians: dict[str, dict[int, float]], policy: str) -> None:
    print(f"CPU per event, garbage collector {policy}")
    show_table(medians, tuple(medians["pare"]))


def show_table(medians: dict[str, dict[int, float]], sizes: tuple[int, ...]) -> None:
    print(f"{'':12}" + "".join(f"{size:>24,}" for size in sizes) + f"{'largest / smallest':>22}")
    for name, costs in medians.items():
        cells = "".join(f"{costs[size]:>10,.2f} µs {1e6 / costs[size]:>8,.0f}/s" for size in sizes)
        print(f"{name:12}{cells}{costs[sizes[-1]] / costs[sizes[0]]:>21.2f}x")


def are_cost(count: int) -> float:
    """Give microseconds of wall time per event of one run of the peer."""
    command: list[str | Path] = [PEER_PYTHON, "-X", "utf8", PEER_PROGRAM, str(count)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=1200)
    if done.returncode:
        raise SystemExit(f"{PEER_PROGRAM.name} {count}: {done.stderr.strip()[-300:]}")
    _rate, _, microseconds, _ = done.stdout.split()
    return float(microseconds)


def show_are(rounds: int, peer_rounds: int, sizes: tuple[int, ...]) -> list[Figure]:
    if not PEER_PYTHON.exists():
        print("meta-agents-research-environments is not installed (make bench-peers): not measured")
        return [Figure("an event beside ARE, wall", None, "µs", note="ARE is not installed")]
    print("Wall time per event, garbage collector default; ARE is meta-agents-research-environments")
    own, peer = {}, {}
    for size in sizes:
        peer[size] = median(are_cost(size) for _ in range(peer_rounds))
        own[size] = median(cost(prepare_pare, size, True, perf_counter) for _ in range(rounds))
    show_table({"pare": own, "ARE": peer}, sizes)
    print(f"{'ARE / pare':12}" + "".join(f"{peer[size] / own[size]:>23,.0f}x" for size in sizes))
    return [
        Figure(f"an event of {size:,}, wall", own[size], "µs", peer="ARE", peer_value=peer[size])
        for size in sizes
    ]


def figures_of(medians: dict[str, dict[int, float]], policy: str) -> list[Figure]:
    costs = medians["pare"]
    smallest, *_, largest = costs
    figures = [
        Figure(
            f"an event of {largest:,}, CPU, gc {policy}",
            costs[largest],
            "µs",
            peer=peer,
            peer_value=each[largest],
        )
        for peer, each in medians.items()
        if peer != "pare"
    ]
    growths = {name: each[largest] / each[smallest] for name, each in medians.items()}
    growth = Figure(
        f"an event of {largest:,} beside one of {smallest:,}, gc {policy}",
        growths["pare"],
        "times",
        MARK_GROWTH if policy == "off" else None,
        peer="heap loop",
        peer_value=growths["heap loop"],
    )
    return [*figures, growth]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, help="two or more, from small to large"
    )
    parser.add_argument("--peer-rounds", type=int, default=1)
    parser.add_argument("--peer-sizes", type=int, nargs="*", default=[500, 1_500], help="4,000 takes minutes")
    parser.add_argument("--gc", choices=("default", "off"), nargs="*", default=["default", "off"])
    add_json_option(parser)
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, median of {options.rounds} rounds\n")
    figures: list[Figure] = []
    for policy in options.gc:
        medians = compare(options.rounds, policy == "default", tuple(options.sizes))
        show(medians, policy)
        print()
        figures += figures_of(medians, policy)
    if options.peer_rounds:
        figures += show_are(options.rounds, options.peer_rounds, tuple(options.peer_sizes))
    report("kernel", figures, options.json)


if __name__ == "__main__":
    main()
