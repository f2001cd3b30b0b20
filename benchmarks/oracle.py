"""What an oracle run costs, and what starting up costs, each beside the mark that it is held to.

An oracle run is construct, initialise, run and validate; its cost is CPU time of this process. In
each round every bundled scenario runs once; a warm-up round goes first. A scenario's figure is its
median over the rounds. The mean is taken per round, and its median given, so that it contains what the
garbage collector costs from time to time: it runs as Python ships it, and once before each round.

Start-up is wall time, the median of several processes that take turns with a bare interpreter.

Run it as `python benchmarks/oracle.py`.
"""

import argparse
import gc
import subprocess
import sys
from pathlib import Path
from statistics import mean, median
from time import perf_counter, process_time

from figures import Figure, add_json_option, report

from pare.scenario_runner import play_oracle
from pare.scenarios.utils.registry import registry

BUNDLED = "pare.scenarios.benchmark."
SLOWEST = 5
ORACLE_MARK = 0.001
IMPORT_MARK = 0.1
HELP_MARK = 0.3
COMMANDS: dict[str, list[str | Path]] = {
    "bare interpreter": [sys.executable, "-c", "pass"],
    "import pare": [sys.executable, "-c", "import pare"],
    "pare --help": [Path(sys.executable).with_name("pare"), "--help"],
}


def oracle_cost(scenario_id: str) -> float:
    """Give seconds of CPU of one oracle run."""
    started = process_time()
    run = play_oracle(registry.create(scenario_id))
    seconds = process_time() - started
    if run.outcome != "success":
        raise SystemExit(f"{scenario_id}: {run.outcome}: {run.result.rationale or run.result.exception}")
    return seconds


def oracle_costs(rounds: int) -> dict[str, list[float]]:
    """Give the seconds of CPU of each bundled scenario in each round."""
    ids = [name for name, cls in registry.get_all_scenarios().items() if cls.__module__.startswith(BUNDLED)]
    if not ids:
        raise SystemExit("no bundled scenario is registered")
    costs: dict[str, list[float]] = {scenario_id: [] for scenario_id in ids}
    for number in range(rounds + 1):
        gc.collect()
        for scenario_id in ids:
            seconds = oracle_cost(scenario_id)
            if number:  # round 0 is the warm-up
                costs[scenario_id].append(seconds)
    return costs


def start_costs(starts: int) -> dict[str, float]:
    """Give the median seconds of wall time of each command, after a warm-up."""
    costs: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(starts + 1):
        for name, command in COMMANDS.items():
            started = perf_counter()
            subprocess.run(command, capture_output=True, check=True, timeout=60)
            seconds = perf_counter() - started
            if number:  # round 0 is the warm-up
                costs[name].append(seconds)
    return {name: median(values) for name, values in costs.items()}


def against(seconds: float, mark: float, inclusive: bool = False) -> str:
    met = seconds <= mark if inclusive else seconds < mark
    words = "at most" if inclusive else "under"
    return f"{seconds * 1e3:>8.2f} ms   mark: {words} {mark * 1e3:g} ms: {'met' if met else 'MISSED'}"


def show_oracle(costs: dict[str, list[float]]) -> None:
    each = {scenario_id: median(values) for scenario_id, values in costs.items()}
    average = median(mean(values) for values in zip(*costs.values(), strict=True))
    print(f"CPU per oracle run, {len(each)} bundled scenarios")
    print(f"{'mean':44}{against(average, ORACLE_MARK, inclusive=True)}")
    print(f"{'median':44}{median(each.values()) * 1e3:>8.2f} ms")
    print("slowest")
    for scenario_id in sorted(each, key=lambda name: each[name], reverse=True)[:SLOWEST]:
        print(f"  {scenario_id:42}{each[scenario_id] * 1e3:>8.2f} ms")


def show_start(costs: dict[str, float], starts: int) -> None:
    bare = costs["bare interpreter"]
    print(f"Start-up, wall time, median of {starts} processes")
    print(f"{'bare interpreter':44}{bare * 1e3:>8.2f} ms")
    print(f"{'import pare, over a bare interpreter':44}{against(costs['import pare'] - bare, IMPORT_MARK)}")
    print(f"{'pare --help':44}{against(costs['pare --help'], HELP_MARK)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--starts", type=int, default=10, help="processes started of each kind, or 0")
    add_json_option(parser)
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, median of {options.rounds} rounds\n")
    oracle = oracle_costs(options.rounds)
    show_oracle(oracle)
    average = median(mean(values) for values in zip(*oracle.values(), strict=True))
    what = f"an oracle run, mean of {len(oracle)} bundled, CPU"
    figures = [Figure(what, average * 1e3, "ms", ORACLE_MARK * 1e3)]
    if options.starts:
        start = start_costs(options.starts)
        print()
        show_start(start, options.starts)
        figures += start_figures(start)
    report("oracle", figures, options.json)


def start_figures(start: dict[str, float]) -> list[Figure]:
    bare = start["bare interpreter"]
    return [
        Figure(
            "import pare, beyond a bare interpreter, wall",
            (start["import pare"] - bare) * 1e3,
            "ms",
            IMPORT_MARK * 1e3,
        ),
        Figure(
            "pare --help, wall",
            start["pare --help"] * 1e3,
            "ms",
            HELP_MARK * 1e3,
            peer="a bare interpreter",
            peer_value=bare * 1e3,
        ),
    ]


if __name__ == "__main__":
    main()
