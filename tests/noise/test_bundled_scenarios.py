"""The bundled scenarios under noise: solvable, the same everywhere, and lost when every tool fails."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson

from pare.scenario_runner import play_oracle
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry
from pare.scenarios.utils.scenario_expander import EnvEventsConfig, PAREEnvEventsExpander
from pare.traces import without_wall_times
from pare.traces.reader import Record, parsed_trace
from tests.noise.worlds import noise_of, oracle_logs, played_with_noise

ROOT = Path(__file__).parents[2]

IDS = sorted(registry.get_all_scenarios())

QUIET = ["driver_cancels_before_the_train"]
"""Scenarios without an app that environmental events come to."""

ELSEWHERE = """
import sys
from tests.noise.worlds import oracle_logs
sys.stdout.buffer.write(oracle_logs(10))
"""


def test_every_oracle_succeeds_under_noise_and_the_logs_are_the_same_everywhere() -> None:
    here = oracle_logs(10)
    environ = {**os.environ, "TZ": "Pacific/Chatham", "PYTHONHASHSEED": "4242"}
    command = [sys.executable, "-c", ELSEWHERE]
    there = subprocess.run(command, capture_output=True, env=environ, cwd=ROOT, check=False)
    assert (there.returncode, there.stderr) == (0, b"")
    assert there.stdout == here
    runs = json.loads(here)
    assert list(runs) == IDS
    assert [name for name, run in runs.items() if run["outcome"] != "success"] == []
    assert [name for name, run in runs.items() if run["noise"] == 0] == QUIET
    lines = [line for run in runs.values() for line in run["lines"] if line.get("noise")]
    assert [line for line in lines if line["exception"]] == []
    counts = Counter(line["function"] for line in lines)
    brought = {"create_and_add_email", "create_and_add_message", "add_new_apartment"}
    assert {*counts} == brought | {"add_product", "add_item_to_product", "add_discount_code"}


def test_events_reach_every_scenario_but_the_quiet_ones() -> None:
    expander = PAREEnvEventsExpander(EnvEventsConfig(10))
    reached = []
    for scenario_id in IDS:
        scenario = registry.create(scenario_id)
        scenario.initialize()
        reached += [scenario_id] if expander.reaches(scenario) else []
        assert bool(expander.events_for(scenario)) is expander.reaches(scenario)
    assert reached == [scenario_id for scenario_id in IDS if scenario_id not in QUIET]


async def oracle_log(scenario_id: str, **noise: Any) -> bytes:
    """Play a scenario by its oracle under a configuration, and give its log as bytes."""
    scenario = registry.create(scenario_id)
    scenario.set_noise(ScenarioRunnerConfig(oracle=True, **noise))
    run = play_oracle(scenario)
    assert run.outcome == "success"
    return orjson.dumps(run.environment.event_log.to_dict())


async def test_failing_tools_leave_the_oracle_alone_and_levels_of_0_leave_everything() -> None:
    silence = {
        "tool_augmentation_config": ToolAugmentationConfig(0.0),
        "env_events_config": EnvEventsConfig(0, env_events_seed=7),
    }
    for scenario_id in IDS:
        log = await oracle_log(scenario_id)
        assert await oracle_log(scenario_id, tool_augmentation_config=ToolAugmentationConfig(0.3)) == log
        if scenario_id in IDS[::4]:
            assert await oracle_log(scenario_id, **silence) == log


async def test_with_tools_that_always_fail_nothing_is_won() -> None:
    config = ScenarioRunnerConfig(tool_augmentation_config=ToolAugmentationConfig(1.0))
    for scenario_id in IDS:
        result, _ = await played_with_noise(scenario_id, config)
        assert (result.outcome, result.success, result.exception) == ("failure", False, None), scenario_id
        assert result.injected_failures > 0, scenario_id


async def test_events_cost_no_turns_and_no_time_and_are_told() -> None:
    """What comes beside the task is on the way to the next event of the scenario's own, and no stop on it."""
    quiet = ScenarioRunnerConfig(max_turns=None)
    noisy = quiet.model_copy(update={"env_events_config": EnvEventsConfig(30)})
    for scenario_id in IDS[-4:]:
        plain, _ = await played_with_noise(scenario_id, quiet)
        result, scenario = await played_with_noise(scenario_id, noisy)
        for name in ("outcome", "number_of_turns", "simulated_seconds", "end_reason", "proposal_count"):
            assert getattr(result, name) == getattr(plain, name), (scenario_id, name)
        told = sum(result.usage[role]["prompt_tokens"] for role in result.usage)
        assert told > sum(plain.usage[role]["prompt_tokens"] for role in plain.usage)
        assert len(noise_of(scenario)) > 100


async def test_events_alone_leave_the_scripted_oracle_its_success() -> None:
    config = ScenarioRunnerConfig(env_events_config=EnvEventsConfig(4))
    lost, quiet = [], []
    for scenario_id in IDS:
        result, _ = await played_with_noise(scenario_id, config)
        lost += [] if result.outcome == "success" and result.strict_success else [scenario_id]
        quiet += [] if result.noise_events_fired else [scenario_id]
        assert result.injected_failures == 0
    assert lost == []
    assert quiet == QUIET


async def test_levels_of_0_leave_traces_as_they_are_byte_for_byte(tmp_path: Path) -> None:
    never = ToolAugmentationConfig(0.0), EnvEventsConfig(0, env_events_seed=7)
    for scenario_id in IDS[:6]:
        traces = []
        for place, (tools, events) in {"silent": (None, None), "never": never}.items():
            config = ScenarioRunnerConfig(
                tool_augmentation_config=tools, env_events_config=events, output_dir=tmp_path / place
            )
            result, _ = await played_with_noise(scenario_id, config)
            traces.append(trace_of(result))
        assert traces[0] == traces[1]
        assert traces[0]


async def test_noise_is_marked_in_the_trace(tmp_path: Path) -> None:
    config = ScenarioRunnerConfig(env_events_config=EnvEventsConfig(4), output_dir=tmp_path)
    result, scenario = await played_with_noise(IDS[0], config)
    events = [record for record in records_of(result) if record.kind == "event"]
    marked = [record.data["id"] for record in events if record.data.get("noise")]
    assert len(marked) == result.noise_events_fired > 0
    assert set(marked) <= {event.event_id for event in noise_of(scenario)}


def trace_of(result: Any) -> bytes:
    return without_wall_times(Path(result.export_path).read_bytes())


def records_of(result: Any) -> list[Record]:
    path = Path(result.export_path)
    return parsed_trace(path.read_bytes(), path).records
