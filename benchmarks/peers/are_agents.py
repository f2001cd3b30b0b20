# ruff: noqa: PLC0415 - a scenario file comes first
"""Let an agent play a scenario file so many times at a time, and print as JSON what that costs.

benchmarks/beside_are.py starts this with the Python of benchmarks/.peers/are. The endpoint comes as
LLAMA_API_BASE and LLAMA_API_KEY, which the provider `llama-api` reads. What is timed is the runner of many
scenarios, as published; a run alone goes first.
"""

import argparse
import json
import logging
from pathlib import Path
from time import perf_counter, process_time

from are_oracle import scenario_class


def played(cls, runs, in_flight):
    """Play so many runs; give the seconds of CPU and of wall time."""
    from are.simulation.multi_scenario_runner import MultiScenarioRunner
    from are.simulation.scenarios.config import MultiScenarioRunnerConfig

    config = MultiScenarioRunnerConfig(
        agent="default",
        model="fixed",
        model_provider="llama-api",
        max_turns=1,
        simulated_generation_time_mode="fixed",
        executor_type="thread",
        max_concurrent_scenarios=in_flight,
        enable_caching=False,
    )
    cpu, wall = process_time(), perf_counter()
    scenarios = []
    for number in range(1, runs + 1):
        scenario = cls(run_number=number)
        scenario.initialize()
        scenarios.append(scenario)
    result = MultiScenarioRunner().run(config, scenarios)
    seconds = process_time() - cpu, perf_counter() - wall
    if result.successful_count != runs:
        raise SystemExit(f"{result.successful_count} of {runs} succeeded: {result.scenario_results}")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--in-flight", type=int, default=20)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    cls = scenario_class(options.file)
    played(cls, 1, 1)
    print(json.dumps(played(cls, options.runs, options.in_flight)))


if __name__ == "__main__":
    main()
