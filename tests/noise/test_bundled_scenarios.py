"""The bundled scenarios under noise: solvable, the same everywhere, and lost when every tool fails."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from pare.traces.reader import Record, parsed_trace
from tests.noise.worlds import noise_of, played_with_noise

IDS = sorted(registry.get_all_scenarios())

ORACLES = """
import json, sys
from pare.scenario_runner import play_oracle
from pare.scenarios.utils.registry import registry
from pare.scenarios.utils.scenario_expander import EnvEventsConfig

document = {}
for name in sorted(registry.get_all_scenarios()):
    scenario = registry.create(name)
    scenario.env_events_config = EnvEventsConfig(4)
    run = play_oracle(scenario)
    log = run.environment.event_log
    document[name] = [run.outcome, log.count_noise(), log.lines(), log.to_dict()]
sys.stdout.buffer.write(json.dumps(document).encode())
"""


def oracles(**environ: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", ORACLES], capture_output=True, env={**os.environ, **environ}, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def test_every_oracle_succeeds_under_noise_and_the_logs_are_the_same_everywhere() -> None:
    import json

    here = oracles(TZ="UTC", PYTHONHASHSEED="1")
    there = oracles(TZ="Pacific/Chatham", PYTHONHASHSEED="4242")
    assert here == there
    runs = json.loads(here)
    assert list(runs) == IDS
    assert {run[0] for run in runs.values()} == {"success"}
    assert min(run[1] for run in runs.values()) > 0
    failed = [line for run in runs.values() for line in run[2] if line.get("noise") and line["exception"]]
    assert failed == []


@pytest.mark.parametrize("scenario_id", IDS)
async def test_with_tools_that_always_fail_nothing_is_won(scenario_id: str) -> None:
    config = ScenarioRunnerConfig(tool_augmentation_config=ToolAugmentationConfig(1.0))
    result, _ = await played_with_noise(scenario_id, config)
    assert (result.outcome, result.success, result.exception) == ("failure", False, None)
    assert result.injected_failures > 0


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


async def test_events_alone_leave_the_scripted_oracle_its_success(tmp_path: Path) -> None:
    config = ScenarioRunnerConfig(env_events_config=EnvEventsConfig(4), output_dir=tmp_path)
    for scenario_id in IDS[:6]:
        result, scenario = await played_with_noise(scenario_id, config)
        assert result.injected_failures == 0
        assert (result.outcome, result.strict_success) == ("success", True)
        events = [record for record in records_of(result) if record.kind == "event"]
        marked = [record.data["id"] for record in events if record.data.get("noise")]
        assert marked
        assert set(marked) <= {event.event_id for event in noise_of(scenario)}


def records_of(result: Any) -> list[Record]:
    path = Path(result.export_path)
    return parsed_trace(path.read_bytes(), path).records


def without_wall_time(result: Any) -> list[Any]:
    found = []
    for record in records_of(result):
        data = {name: value for name, value in record.data.items() if not name.startswith("wall_")}
        found.append((record.t, record.turn, record.kind, record.role, data))
    return found


def test_a_noisy_sweep_is_the_same_twice_and_failures_stand_in_the_trace_only(tmp_path: Path) -> None:
    async def sweep(directory: Path, ids: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        config = ScenarioRunnerConfig(
            tool_augmentation_config=ToolAugmentationConfig(0.4),
            env_events_config=EnvEventsConfig(4),
            output_dir=directory,
        )

        async def play(scenario_id: str, run: int) -> None:
            result, _ = await played_with_noise(scenario_id, config, run)
            found[f"{scenario_id} {run}"] = (result.outcome, result.injected_failures, without_wall_time(result))

        async with anyio.create_task_group() as group:
            for scenario_id in ids:
                for run in (1, 2):
                    group.start_soon(play, scenario_id, run)
        return found

    ids = IDS[:5]
    first, second = anyio.run(sweep, tmp_path / "a", ids), anyio.run(sweep, tmp_path / "b", ids[::-1])
    assert sorted(first) == sorted(second)
    for name, run in first.items():
        assert run == second[name], name
    for _, failures, records in first.values():
        injected = [data for _, _, kind, _, data in records if kind == "injected_failure"]
        assert len(injected) == failures
        logged = [data for _, _, kind, _, data in records if kind == "event" and data["exception"]]
        assert [data for data in logged if data["exception"] in {item["text"] for item in injected}] == []
    assert sum(failures for _, failures, _ in first.values()) > 0
    assert first[f"{ids[0]} 1"] != first[f"{ids[0]} 2"]
