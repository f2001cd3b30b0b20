# ruff: noqa: PLC0415 - what is imported depends on what --alias does first
"""Play scenario files by their oracle, and print as JSON what each run costs.

benchmarks/beside_are.py starts this twice: with the Python of benchmarks/.peers/are, and with that of
pare and `--alias`, where ``are.simulation`` is pare's. What is timed is the same in both: construct,
initialise, run, validate. A run of each file goes first, so that nothing is timed that happens only once
in a process.
"""

import argparse
import gc
import json
import logging
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from time import perf_counter, process_time


def scenario_class(file):
    """Import a scenario file, and give the scenario that it registers."""
    from are.simulation.scenarios.scenario import Scenario

    spec = spec_from_file_location(f"benchmark_{file.stem}", file)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    (found,) = (
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Scenario) and item is not Scenario
    )
    return found


def by_runner(scenario):
    """Play a scenario as users do; give whether it succeeded, and its log's length where that can be seen."""
    from are.simulation.scenario_runner import ScenarioRunner
    from are.simulation.scenarios.config import ScenarioRunnerConfig

    return ScenarioRunner().run(ScenarioRunnerConfig(oracle=True), scenario), None


def by_hand(scenario):
    """Play a scenario through an environment alone."""
    from are.simulation.environment import Environment, EnvironmentConfig

    config = EnvironmentConfig(oracle_mode=True, queue_based_loop=True, start_time=scenario.start_time)
    environment = Environment(config)
    environment.run(scenario)
    return scenario.validate(environment), environment


WAYS = {"ScenarioRunner": by_runner, "Environment": by_hand}


def played(cls, play):
    """Play one oracle run; give its seconds of CPU, of wall time, and the length of its log."""
    cpu, wall = process_time(), perf_counter()
    scenario = cls()
    scenario.initialize()
    result, environment = play(scenario)
    seconds = process_time() - cpu, perf_counter() - wall
    if result.success is not True:
        raise SystemExit(f"{cls.scenario_id}: {result}")
    return *seconds, len(environment.event_log.list_view()) if environment else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alias", action="store_true", help="let are.simulation be pare's")
    options = parser.parse_args()
    if options.alias:
        from pare.compat import install

        install()
    logging.disable(logging.CRITICAL)
    classes = {file.stem: scenario_class(file) for file in options.files}
    runs = {way: {name: [] for name in classes} for way in WAYS}
    for number in range(options.rounds + 1):
        gc.collect()
        for way, play in WAYS.items():
            for name, cls in classes.items():
                run = played(cls, play)
                if number:  # round 0 is the warm-up
                    runs[way][name].append(run)
    print(json.dumps(runs))


if __name__ == "__main__":
    main()
