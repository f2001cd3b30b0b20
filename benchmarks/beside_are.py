"""Oracle runs and an agent's runs, beside meta-agents-research-environments (ARE), on the same files.

The files of peers/scenarios are written against ``are.simulation`` and load unmodified in both: here
through the alias (`pare.compat`). They are played by their oracle in two ways, each with the same program
in both: as users do, through `ScenarioRunner`, and by hand through `Environment`, which is less. A figure
is the median of several runs in a few processes of its own, CPU time of all its threads. pare and ARE
take turns.

Then one of them is played by a single agent, many at a time, against a local endpoint that answers after
half a second what is known beforehand: eleven calls a run. ARE's own runner of many has a thread for
each; a run takes it two seconds longer than its calls, since its clock ticks in real time. The endpoint
is reached by the provider `llama-api`, whose address is taken from the environment.

Run it as `python benchmarks/beside_are.py`, after `make bench-peers`.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from figures import Figure, add_json_option, report

HERE = Path(__file__).parent
PEERS = HERE / "peers"
PEER_PYTHON = HERE / ".peers" / "are" / "bin" / "python"
ORACLE_FILES = ("plants", "errands", "inbox", "assembly_line")
AGENT_FILE = PEERS / "scenarios" / "watering.py"
PLANTS = 10
MARK_TIMES = 10.0

Costs = dict[tuple[str, str], list[tuple[float, float, int]]]
"""Seconds of CPU, of wall time, and log entries of each run, by way and scenario."""


# --- oracle runs --------------------------------------------------------------------------------------------


def oracle_costs(processes: int, rounds: int, has_peer: bool) -> tuple[Costs, Costs]:
    """Give what oracle runs cost here and in ARE; the two take turns."""
    own: Costs = defaultdict(list)
    peer: Costs = defaultdict(list)
    contestants: list[tuple[Costs, list[str | Path]]] = [
        (own, [sys.executable, PEERS / "are_oracle.py", "--alias"])
    ]
    if has_peer:
        contestants.append((peer, [PEER_PYTHON, PEERS / "are_oracle.py"]))
    for _ in range(processes):
        for costs, command in contestants:
            for key, runs in played([*command, "--rounds", str(rounds)]):
                costs[key] += runs
    return own, peer


def played(command: list[str | Path]) -> Iterator[tuple[tuple[str, str], list[tuple[float, float, int]]]]:
    files = [PEERS / "scenarios" / f"{name}.py" for name in ORACLE_FILES]
    for way, scenarios in said([*command, *files]).items():
        for name, runs in scenarios.items():
            yield (way, name), runs


def said(command: list[str | Path], environment: dict[str, str] | None = None) -> Any:
    """Give the JSON that a program prints last."""
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=1200,
        env={**os.environ, **(environment or {})},
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stderr.strip()[-1000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def oracle_figures(own: Costs, peer: Costs) -> list[Figure]:
    figures = []
    print(f"{'CPU and wall time of an oracle run':38}{'pare':>22}{'ARE':>22}{'ARE / pare':>12}")
    for (way, name), runs in own.items():
        mine, theirs = milliseconds(runs), milliseconds(peer[way, name])
        times = theirs[0] / mine[0] if theirs else None
        length = own["Environment", name][0][2]
        shown = "".join(f"{pair[0]:>12.2f}{pair[1]:>7.2f} ms" for pair in (mine, theirs) if pair)
        print(f"{way:16}{name:16}{length:6}{shown}" + (f"{times:>11.1f}x" if times else ""))
        what = f"oracle run of {name}, {length} log entries"
        value = theirs[0] if theirs else None
        figures.append(Figure(f"{what}, by {way}, CPU", mine[0], "ms", peer="ARE", peer_value=value))
        if way == "ScenarioRunner" and times:
            figures.append(Figure(f"{what}, ARE / pare", times, "times", MARK_TIMES, more_is_better=True))
    return figures


def milliseconds(runs: list[tuple[float, float, int]]) -> list[float]:
    """Give the medians of CPU and of wall time; of no runs nothing."""
    return [median(run[item] for run in runs) * 1e3 for item in (0, 1)] if runs else []


# --- runs of an agent ---------------------------------------------------------------------------------------


def texts() -> list[str]:
    """Give what the model says, call by call."""
    calls = [("BalconyApp__water", {"plant": f"plant-{number}"}) for number in range(PLANTS)]
    calls.append(("AgentUserInterface__send_message_to_user", {"content": "All are watered"}))
    return [
        "Thought: this one next.\nAction:\n"
        + json.dumps({"action": name, "action_input": arguments})
        + "<end_action>"
        for name, arguments in calls
    ]


@contextlib.contextmanager
def server(latency: float) -> Iterator[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts(), file)
        file.flush()
        command = [sys.executable, HERE / "llm_server.py", "--latency", str(latency), "--turns", file.name]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
            assert process.stdin
            process.stdin.close()


def own_agents(url: str, runs: int, in_flight: int) -> tuple[float, float]:
    """Let pare's single agent play; give the seconds of CPU and of wall time."""
    from pare.compat import install  # noqa: PLC0415 - and what comes after it is imported through it

    install()
    sys.path.insert(0, str(PEERS))
    from are_oracle import scenario_class  # noqa: PLC0415

    from pare.multi_scenario_runner import MultiScenarioRunner, Workplace  # noqa: PLC0415
    from pare.scenarios.config import MultiScenarioRunnerConfig  # noqa: PLC0415

    cls = scenario_class(AGENT_FILE)
    limits = {"initial_concurrency": in_flight, "max_concurrency": in_flight}
    engine = {"provider": "openai", "model": "fixed", "endpoints": [url], "limits": limits}
    config = MultiScenarioRunnerConfig(
        agent_type="default",
        execute_engine_config=engine,
        max_turns=1,
        simulated_generation_time_mode="fixed",
        max_concurrent_scenarios=in_flight,
        log_to_file=False,
    )

    def play(count: int) -> tuple[float, float]:
        with tempfile.TemporaryDirectory() as directory:
            cpu, wall = process_time(), perf_counter()
            scenarios = [cls(run_number=number) for number in range(1, count + 1)]
            result = MultiScenarioRunner(Workplace(store=Path(directory) / "store")).run(config, scenarios)
            seconds = process_time() - cpu, perf_counter() - wall
        if result.successful_count != count:
            raise SystemExit(f"{result.successful_count} of {count} succeeded: {result.description()}")
        return seconds

    play(1)
    return play(runs)


def peer_agents(url: str, runs: int, in_flight: int) -> tuple[float, float]:
    environment = {"LLAMA_API_BASE": url, "LLAMA_API_KEY": "none", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    numbers = ["--runs", str(runs), "--in-flight", str(in_flight)]
    cpu, wall = said([PEER_PYTHON, PEERS / "are_agents.py", AGENT_FILE, *numbers], environment)
    return cpu, wall


def agent_figures(runs: int, in_flight: int, latency: float, has_peer: bool) -> list[Figure]:
    os.environ.setdefault("OPENAI_API_KEY", "none")
    with server(latency) as url:
        costs = {"pare": own_agents(url, runs, in_flight)}
        if has_peer:
            costs["ARE"] = peer_agents(url, runs, in_flight)
    calls = runs * (PLANTS + 1)
    print(f"\n{runs} runs of a single agent, {in_flight} in flight, {calls} calls, {latency} s latency")
    for name, (cpu, wall) in costs.items():
        print(f"{name:14}{cpu / calls * 1000:8.2f} ms of CPU a call {calls / wall:8,.0f} calls/s")
    cpu, wall = costs["pare"]
    peer_cpu, peer_wall = costs.get("ARE", (0.0, 0.0))
    what = f"single agent, {in_flight} in flight"
    rate, peer_rate = calls / wall, calls / peer_wall if peer_wall else None
    peer_cost = peer_cpu / calls * 1e3 if peer_cpu else None
    return [
        Figure(f"{what}, a call, CPU", cpu / calls * 1e3, "ms", peer="ARE", peer_value=peer_cost),
        Figure(f"{what}, calls", rate, "/s", more_is_better=True, peer="ARE", peer_value=peer_rate),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10, help="oracle runs of each scenario in a process")
    parser.add_argument("--processes", type=int, default=3, help="processes of each for oracle runs")
    parser.add_argument("--runs", type=int, default=100, help="runs of the agent")
    parser.add_argument("--in-flight", type=int, default=100)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--alone", action="store_true", help="leave the peer out")
    add_json_option(parser)
    options = parser.parse_args()
    has_peer = PEER_PYTHON.exists() and not options.alone
    if not has_peer:
        print("meta-agents-research-environments is not measured (make bench-peers installs it)")
    figures = oracle_figures(*oracle_costs(options.processes, options.rounds, has_peer))
    figures += agent_figures(options.runs, options.in_flight, options.latency, has_peer)
    report("beside_are", figures, options.json)


if __name__ == "__main__":
    main()
