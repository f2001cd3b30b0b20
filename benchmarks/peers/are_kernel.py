"""Run so many events in meta-agents-research-environments, and print its speed on one line.

benchmarks/kernel.py starts this with the Python of benchmarks/.peers/are. As there, the events are
built before the clock starts, and what is timed is the whole run. A small run goes first, so that
nothing is timed that happens only once in a process.
"""

import gc
import sys
from dataclasses import dataclass, field
from time import perf_counter

from are.simulation.apps import App
from are.simulation.environment import Environment, EnvironmentConfig
from are.simulation.tool_utils import OperationType, app_tool
from are.simulation.types import EnvironmentState, Event, event_registered

WARM_UP = 100


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
    """Give the delays that benchmarks/kernel.py gives."""
    return [float(number * 7919 % count) for number in range(count)]


def run(count: int) -> float:
    """Give the seconds of wall time that one run takes."""
    counter = Counter()
    environment = Environment(EnvironmentConfig(oracle_mode=True, queue_based_loop=True, duration=None))
    environment.register_apps([counter])
    events = [
        Event.from_function(counter.add, key="a").depends_on(None, delay_seconds=delay)
        for delay in delays(count)
    ]
    gc.collect()
    started = perf_counter()
    environment.schedule(events)
    environment.start()
    environment.join()
    seconds = perf_counter() - started
    logged, counted = environment.get_event_log_size(), counter.counts.get("a", 0)
    if (logged, counted, environment.state) != (count, count, EnvironmentState.STOPPED):
        raise SystemExit(
            f"of {count} events {logged} were logged, {counted} took effect: {environment.state}"
        )
    return seconds


def main() -> None:
    count = int(sys.argv[1])
    run(WARM_UP)
    seconds = run(count)
    print(f"{count / seconds:.1f} events/s {seconds / count * 1e6:.2f} µs/event")


if __name__ == "__main__":
    main()
