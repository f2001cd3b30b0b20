"""What more of everything costs: events, scenarios in flight, queued jobs, entries of the store.

Each point of a curve is measured in a process of its own, so that its memory is its own; the points of
the store are one store as it grows. The plots go to docs/performance/, the numbers and a profile of a
model's call into docs/performance.md, between its marks.

Run it as `make bench-curves`, or as `python benchmarks/curves.py events store` for some of the curves.
"""

import argparse
import contextlib
import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import agents
import anyio
import kernel
import sweep
from figures import number
from plots import Panel, write
from run_all import Place
from sampling import sampled

from pare.scenario_runner.garbage import rare_collections
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.store.entry import StoredResult
from pare.scenarios.utils.caching import ResultStore

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "performance.md"
LATENCY = 0.5
PROFILED = 300
LAST = 500
"""So many entries are written and read at each size of the store."""

Row = dict[str, float]


# --- points -------------------------------------------------------------------------------------------------


def events(size: int) -> Row:
    """Play so many events of one app."""
    before = sweep.megabytes()
    with rare_collections():
        run = kernel.prepare_pare(size)
        started = process_time()
        assert run() == size
        seconds = process_time() - started
    return {"µs of CPU an event": seconds / size * 1e6, "MB": sweep.megabytes() - before}


def in_flight(size: int) -> Row:
    """Have so many scenarios in flight, each with two agents."""
    script, config = anyio.run(agents.recorded, "react_json"), ScenarioRunnerConfig()
    load = agents.Load(size, size)
    with agents.server(LATENCY, script) as url:
        agents.measured(config, url, agents.Load(1, 1))
        found = agents.measured(config, url, load)
    calls = script.calls(load.ids)
    return {
        "ms of CPU a call": found.cpu / calls * 1e3,
        "calls/s": calls / found.wall,
        "seconds": found.wall,
        "MB a scenario": found.megabytes / size,
    }


def queued(size: int) -> Row:
    """Make so many jobs and queue them."""
    started = process_time()
    megabytes = sweep.queued(size)
    return {"seconds of CPU": process_time() - started, "MB": megabytes}


def profile() -> Row:
    """Give the share of each package in the CPU of calls, most first."""
    script, config = anyio.run(agents.recorded, "react_json"), ScenarioRunnerConfig()
    with agents.server(LATENCY, script) as url:
        agents.measured(config, url, agents.Load(50, 50))
        with sampled() as counts:
            agents.measured(config, url, agents.Load(2 * PROFILED, PROFILED))
    total = sum(counts.values())
    return {name: 100 * samples / total for name, samples in counts.most_common()}


def store(sizes: list[int]) -> Iterator[tuple[int, Row]]:
    """Fill a store; at each size give what the last entries cost."""
    with tempfile.TemporaryDirectory() as directory, rare_collections():
        entry = real_entry(Path(directory))
        with ResultStore(Path(directory) / "grown") as grown:
            numbers = count(1)
            for size in sizes:
                done = grown.status().entries
                with unsynced(grown):
                    for _ in range(size - LAST - done):
                        grown.put(numbered(entry, next(numbers)))
                last = [numbered(entry, next(numbers)) for _ in range(LAST)]
                writes = [cost(lambda item=item: grown.put(item)) for item in last]
                reads = [cost(lambda item=item: grown.get(item.key, item.scenario_hash)) for item in last]
                yield (
                    size,
                    {
                        "µs of CPU to write": median(cpu for cpu, _ in writes) * 1e6,
                        "µs to write": median(wall for _, wall in writes) * 1e6,
                        "µs of CPU to read": median(cpu for cpu, _ in reads) * 1e6,
                        "MB on disk": grown.status().bytes / 1e6,
                        "s of CPU to list": cost(grown.runs)[0],
                    },
                )


@contextlib.contextmanager
def unsynced(grown: ResultStore) -> Iterator[None]:
    """Let writes not wait for the disk, as they do otherwise: a store is filled in minutes, not hours."""

    def pragma(value: int) -> None:
        grown._database.use(lambda cache: cache.connection.execute(f"PRAGMA synchronous = {value}"))

    (kept,) = grown._database.use(lambda cache: cache.connection.execute("PRAGMA synchronous").fetchone())
    pragma(0)
    yield
    pragma(kept)


def real_entry(directory: Path) -> StoredResult:
    """Give the entry that a bundled scenario's run leaves."""
    sweep.swept(sweep.config_of("async"), 1, directory)
    (place,) = directory.glob("*/store")
    with ResultStore(place) as made:
        (key,) = made.runs()
        (entry,) = made.find(key)
        return entry


def numbered(entry: StoredResult, number: int) -> StoredResult:
    return entry.model_copy(update={"run_number": number})


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Give the seconds of CPU and of wall time of some work."""
    cpu, wall = process_time(), perf_counter()
    work()
    return process_time() - cpu, perf_counter() - wall


# --- curves -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """A quantity of which there is ever more, and what is plotted of it."""

    what: str
    sizes: list[int]
    plotted: tuple[str, ...]
    point: Callable[[int], Row] | None = None

    def rows(self, name: str) -> list[tuple[int, Row]]:
        if self.point is None:
            return list(store(self.sizes))
        return [(size, in_a_process(name, size)) for size in self.sizes]


CURVES = {
    "events": Curve(
        "events of a run", [100, 1_000, 10_000, 100_000, 300_000], ("µs of CPU an event", "MB"), events
    ),
    "in-flight": Curve(
        "scenarios in flight", [1, 10, 100, 1_000, 3_000], ("ms of CPU a call", "MB a scenario"), in_flight
    ),
    "queued": Curve("queued jobs", [1_000, 10_000, 100_000, 300_000], ("seconds of CPU", "MB"), queued),
    "store": Curve(
        "entries of the store", [1_000, 10_000, 30_000, 100_000], ("µs of CPU to write", "µs of CPU to read")
    ),
}


def in_a_process(name: str, size: int) -> Row:
    """Measure a point in a process of its own."""
    command = [sys.executable, Path(__file__), "--point", name, str(size)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=1200)
    if done.returncode:
        raise SystemExit(f"{name} {size}: {done.stderr.strip()[-1000:]}")
    found: Row = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{name} {size:,}: " + ", ".join(f"{number(value)} {what}" for what, value in found.items()),
        flush=True,
    )
    return found


def section(name: str, sizes: list[int] | None) -> str:
    """Measure a curve, plot it, and give its part of the page."""
    curve = CURVES[name]
    if sizes:
        curve = Curve(curve.what, sizes, curve.plotted, curve.point)
    before = Place()
    rows = curve.rows(name)
    panels = [
        Panel(what, curve.what, "", [(size, max(row[what], 1e-3)) for size, row in rows])
        for what in curve.plotted
    ]
    write(DOCS / "performance" / f"{name}.svg", panels)
    lines = [f"![{curve.what}](performance/{name}.svg)", "", *table(curve.what, rows), "", conditions(before)]
    return "\n".join(lines)


def table(what: str, rows: list[tuple[int, Row]]) -> Iterator[str]:
    columns = list(rows[0][1])
    yield f"| {what} | {' | '.join(columns)} |"
    yield "|--:|" + "--:|" * len(columns)
    for size, row in rows:
        yield f"| {size:,} | {' | '.join(number(row[column]) for column in columns)} |"


def profile_section() -> str:
    """Profile calls, and give that part of the page."""
    before = Place()
    shares = in_a_process("profile", PROFILED)
    rows = [f"| {name} | {share:.1f} % |" for name, share in shares.items() if share >= 0.5]
    return "\n".join(["| Where | Share of the CPU |", "|---|--:|", *rows, "", conditions(before)])


def conditions(place: Place) -> str:
    return (
        f"Load of the machine as this began: {place.load:.1f}; the loop in pure Python: {place.loop:.0f} ms."
    )


def put(name: str, text: str) -> None:
    """Put a part into the page, between its marks."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    if not after:
        raise SystemExit(f"{PAGE} has no place for {name}")
    PAGE.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*CURVES, "profile", []], help="only these")
    parser.add_argument("--sizes", type=int, nargs="*", help="other points than the usual ones")
    parser.add_argument("--point", nargs=2, metavar=("CURVE", "SIZE"), help="measure one point, print JSON")
    options = parser.parse_args()
    gc.collect()
    if options.point:
        name, size = options.point
        point = CURVES[name].point if name in CURVES else lambda _size: profile()
        print(json.dumps(point(int(size))))
        return
    for name in options.names or [*CURVES, "profile"]:
        print(f"== {name}", flush=True)
        text = profile_section() if name == "profile" else section(name, options.sizes)
        put(name, text)
        print(text, flush=True)


if __name__ == "__main__":
    main()
