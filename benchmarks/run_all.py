"""Run all benchmarks one after the other, print one table, and write it to RESULTS.md.

Each is a process of its own, with fewer rounds than it has by default, so that all of them take about ten
minutes; `--full` leaves them their defaults. Before each the load of the machine is noted, and how long a
loop in pure Python takes: where that differs between two benchmarks, other work was in the way. Ratios
are within one benchmark's run, and on the same work. A benchmark that fails is a row too, and the exit
code is 1 then; a missed mark is a row that says so.

Run it as `make bench`, or as `python benchmarks/run_all.py kernel llm` for some of them.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from json import loads
from pathlib import Path
from time import perf_counter

from figures import Figure, figure_of, machine, number, speed

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
BRIEF: dict[str, list[str]] = {
    "kernel": ["--rounds", "3"],
    "oracle": ["--rounds", "10"],
    "apps": ["--calls", "30", "--searches", "5"],
    "llm": ["--rounds", "2"],
    "agents": ["--rounds", "1"],
    "sweep": ["--rounds", "1", "--worker-runs", "1500", "--cancellations", "10"],
    "footprint": [],
    "intervals": ["--sweeps", "0"],
    "beside_are": [],
    "beside_inspect": [],
}
"""The benchmarks in their order, and what makes each of them brief."""

PEERS = {"are": "meta-agents-research-environments", "inspect": "inspect-ai"}


@dataclass(frozen=True)
class Place:
    """What the machine was doing at a moment."""

    load: float = field(default_factory=lambda: os.getloadavg()[0])
    loop: float = field(default_factory=speed)


@dataclass(frozen=True)
class Benchmark:
    """A benchmark that was run."""

    name: str
    figures: list[Figure]
    place: Place
    seconds: float


def run(name: str, options: list[str]) -> Benchmark:
    """Run a benchmark, which prints its own report, and read its figures."""
    print(f"== {name}", flush=True)
    place, started = Place(), perf_counter()
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "figures.json"
        command = [sys.executable, HERE / f"{name}.py", *options, "--json", file]
        code = subprocess.run(command, check=False).returncode
        if file.exists():
            figures = [figure_of(item) for item in loads(file.read_text(encoding="utf-8"))["figures"]]
        else:
            figures = [Figure(f"{name}.py", None, "", note=f"FAILED with exit code {code}")]
    print(flush=True)
    return Benchmark(name, figures, place, perf_counter() - started)


# --- the page -----------------------------------------------------------------------------------------------


def page(done: list[Benchmark], end: Place, brief: bool) -> Iterator[str]:
    figures = [figure for item in done for figure in item.figures]
    missed = sum(figure.met is False for figure in figures)
    yield "# Benchmarks"
    yield ""
    yield "Written by `make bench`. Each benchmark's file says what it measures and how. A peer was measured"
    yield "in the same run as pare, on the same work; above 1, pare is that many times better."
    yield ""
    yield from (f"- {line}" for line in conditions(done, end, brief))
    yield f"- Marks: {sum(figure.met is not None for figure in figures)}, of which missed: {missed}"
    yield "- Whole nights have tables of their own: [a bad one](SOAK.txt) by `make soak`, [one on a clock"
    yield "  that jumps](NIGHT.txt) by `make rehearsal`"
    yield ""
    yield from table(done)
    yield ""
    yield "What else the machine had to do, as each benchmark began:"
    yield ""
    yield "| Benchmark | Load | Loop in pure Python | It took |"
    yield "|---|--:|--:|--:|"
    for item in done:
        yield f"| {item.name} | {item.place.load:.1f} | {item.place.loop:.0f} ms | {item.seconds:.0f} s |"


def conditions(done: list[Benchmark], end: Place, brief: bool) -> Iterator[str]:
    yield f"Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC{', brief rounds' if brief else ''}"
    yield f"Machine: {machine()}"
    yield f"Load (one minute): {done[0].place.load:.1f} before, {end.load:.1f} after"
    yield f"Python {platform.python_version()}, pare {version('pare')}, " + ", ".join(peers())


def peers() -> Iterator[str]:
    """Name the peers and their versions."""
    yield from (f"{name} {version(name)}" for name in ("aiohttp", "simpy"))
    for folder, name in PEERS.items():
        found = sorted((HERE / ".peers" / folder).glob("lib/python*/site-packages/*.dist-info"))
        names = [item.name.removesuffix(".dist-info").replace("_", "-").rpartition("-") for item in found]
        yield next((f"{name} {number}" for one, _, number in names if one == name), f"{name} not installed")


def table(done: list[Benchmark]) -> Iterator[str]:
    yield "| Benchmark | What | pare | Mark | | Peer | Times better |"
    yield "|---|---|--:|---|---|---|--:|"
    for item in done:
        for place, figure in enumerate(item.figures):
            yield f"| {'' if place else item.name} | {' | '.join(cells(figure))} |"


def cells(figure: Figure) -> Iterator[str]:
    yield figure.what
    yield figure.note if figure.value is None else f"{number(figure.value)} {figure.unit}"
    yield figure.mark_text()
    yield figure.verdict()
    yield (
        f"{figure.peer}: {number(figure.peer_value)} {figure.unit}"
        if figure.peer_value
        else figure.peer or ""
    )
    yield f"{number(figure.ratio)}" if figure.ratio else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*BRIEF, []], help="only these")
    parser.add_argument("--full", action="store_true", help="as many rounds as each has by default")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the page is written")
    options = parser.parse_args()
    names = options.names or list(BRIEF)
    done = [run(name, [] if options.full else BRIEF[name]) for name in names]
    text = "\n".join(page(done, Place(), not options.full)) + "\n"
    options.results.write_text(text, encoding="utf-8")
    print(text)
    if any("FAILED" in figure.note for item in done for figure in item.figures):
        sys.exit(1)


if __name__ == "__main__":
    main()
