"""Noise in sweeps: the same bytes in every executor and process, refused before it starts, and planned."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest

from pare.errors import ConfigError
from pare.multi_scenario_runner import MultiScenarioRunner, Workplace
from pare.multi_scenario_runner.folder import RunFolder
from pare.noise.augmentation import VARIABLE
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.scenarios.result_row import ResultRow
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from pare.sweep import SweepError, load_sweep
from pare.traces import without_wall_times
from pare.traces.reader import parsed_trace

IDS = (
    "dentist_moves_appointment",
    "book_club_finds_another_evening",
    "group_gift_before_the_code_ends",
    "lease_ends_and_a_quiet_flat_comes_up",
)
WALL = {"duration", "wall_effort", "trace"}
ORACLE = {"provider": "scripted", "model": "oracle"}
ENGINES = {f"{role}_engine_config": ORACLE for role in ("user", "observe", "execute")}

Executor = Literal["async", "sequential", "process"]

# --- the same bytes ---------------------------------------------------------------------------------------


def swept(
    path: Path, executor: Executor, ids: tuple[str, ...] = IDS, runs: int = 2, **noise: Any
) -> dict[tuple[str, int], dict[str, Any]]:
    """Run a sweep with the scripted oracle, and give its rows and traces as bytes, wall times apart."""
    folder = RunFolder(path / "run")
    folder.path.mkdir(parents=True)
    chosen = {
        "tool_augmentation_config": ToolAugmentationConfig(0.1),
        "env_events_config": EnvEventsConfig(4),
    }
    config = MultiScenarioRunnerConfig(
        executor_type=executor, workers=2, max_turns=6, **{**ENGINES, **chosen, **noise}
    )
    cell = Cell(config.scenario_config())
    jobs = [Job(name, cell, number) for number in range(1, runs + 1) for name in ids]
    anyio.run(MultiScenarioRunner(Workplace(folder=folder, store=path / "store")).run_async, config, jobs)
    rows, broken = folder.rows()
    assert not broken
    return {(row.scenario_id, row.run_number): _bytes_of(folder, row) for row in rows.values()}


def _bytes_of(folder: RunFolder, row: ResultRow) -> dict[str, Any]:
    assert row.trace is not None
    trace = (folder.path / row.trace).read_bytes()
    records = parsed_trace(trace, folder.path).records
    events = [record.data for record in records if record.kind == "event"]
    return {
        "row": row.model_dump_json(exclude=WALL),
        "trace": without_wall_times(trace),
        "outcome": row.outcome,
        "injected": row.injected_failures,
        "noise": [event["id"] for event in events if event.get("noise")],
        "told": [record.data for record in records if record.kind == "injected_failure"],
        "raised": [event["exception"] for event in events if event["exception"]],
    }


def test_a_noisy_sweep_has_the_same_bytes_in_every_executor_and_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = swept(tmp_path / "async", "async")
    monkeypatch.setenv("PYTHONHASHSEED", "4242")
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    assert len(here) == 2 * len(IDS)
    assert swept(tmp_path / "process", "process") == here
    assert swept(tmp_path / "sequential", "sequential", IDS[::-1]) == here
    assert {run["outcome"] for run in here.values()} <= {"success", "failure"}
    assert sum(run["injected"] for run in here.values()) > 0
    for run in here.values():  # failures stand in the trace, and are no events
        assert run["noise"]
        assert len(run["told"]) == run["injected"]
        assert {item["text"] for item in run["told"]}.isdisjoint(run["raised"])
    for scenario_id in IDS:
        assert here[scenario_id, 1]["noise"] != here[scenario_id, 2]["noise"]


def test_another_seed_gives_other_events_and_other_failures(tmp_path: Path) -> None:
    same = {"ids": IDS[:2], "runs": 1, "tool_augmentation_config": ToolAugmentationConfig(0.4)}
    first = swept(tmp_path / "a", "async", **same)
    events = EnvEventsConfig(4, env_events_seed=1)
    other = swept(tmp_path / "b", "async", **same, env_events_config=events)
    failing = swept(tmp_path / "c", "async", **same, seed=1)
    for key, run in first.items():
        assert other[key]["noise"] != run["noise"]
        assert failing[key]["noise"][:1] == run["noise"][:1]  # the seed of the events is their own
    assert [run["told"] for run in failing.values()] != [run["told"] for run in first.values()]


# --- refused ----------------------------------------------------------------------------------------------

MODELS = "models: {good: {provider: scripted, model: oracle}}\n"

WRONG = """base:
  env_events_config:
    num_env_events_per_minute: 5000
    n_item_events_per_product: -2
    weight_per_app_class: {EmailClientAp: 1.0, ShoppingApp: -3}
  tool_augmentation_config: {tool_failure_probability: 7}
grid:
  tool_failure_probability: [0, 1.5, -0.1, .nan]
  num_env_events_per_minute: [-1, 1001, .inf]
"""

SILENT = "base: {env_events_config: {num_env_events_per_minute: 0, weight_per_app_class: {}}}\n"

FAULTS = {
    "4:32: base.env_events_config.num_env_events_per_minute": "must be at most 1000, found the number 5000",
    "5:32: base.env_events_config.n_item_events_per_product": "must be at least 0, found the number -2",
    "6:43: base.env_events_config.weight_per_app_class.EmailClientAp": "Did you mean 'EmailClientApp'",
    "6:61: base.env_events_config.weight_per_app_class.ShoppingApp": "must be at least 0",
    "7:56: base.tool_augmentation_config.tool_failure_probability": "must be at most 1, found the number 7",
    "9:33: grid.tool_failure_probability[1]": "must be at most 1, found the number 1.5",
    "9:38: grid.tool_failure_probability[2]": "must be at least 0, found the number -0.1",
    "9:44: grid.tool_failure_probability[3]": "not finite",
    "10:31: grid.num_env_events_per_minute[0]": "must be at least 0, found the number -1",
    "10:35: grid.num_env_events_per_minute[1]": "must be at most 1000, found the number 1001",
    "10:41: grid.num_env_events_per_minute[2]": "not finite",
}


def refused(text: str) -> list[str]:
    with pytest.raises(SweepError) as caught:
        load_sweep(MODELS + text, catalogue={"dentist_moves_appointment": ()}, environ={}, folder=Path("/no"))
    return [str(problem) for problem in caught.value.problems]


def pare_run(path: Path, text: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Start ``pare run`` on a sweep in an empty directory."""
    (path / "noisy.yaml").write_text(MODELS + text)
    return subprocess.run(
        [sys.executable, "-m", "pare", "run", "noisy.yaml", "--executor-type", "async"],
        cwd=path,
        env={"PATH": "", "PARE_CACHE_DIR": str(path / "store"), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def assert_nothing_started(path: Path, done: subprocess.CompletedProcess[str]) -> None:
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert not (path / "runs").exists()
    assert not (path / "store").exists()


def test_all_that_is_wrong_is_said_at_once_with_its_place(tmp_path: Path) -> None:
    done = pare_run(tmp_path, WRONG)
    assert_nothing_started(tmp_path, done)
    problems = done.stderr.removeprefix("error: ").splitlines()
    assert len(problems) == len(FAULTS), done.stderr
    for problem, (place, reason) in zip(problems, FAULTS.items(), strict=True):
        assert problem.startswith(f"noisy.yaml:{place}: ")
        assert reason in problem


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("base: {env_events_config: {weight_per_app_class: {Mail: 0}}}", "2:27: base.env_events_config"),
        ("base: {env_events_config: {weight_per_app_class: {}}}", "2:27: base.env_events_config"),
        (
            SILENT + "grid: {num_env_events_per_minute: [0, 4], seed: [1, 2]}",
            "3:39: grid.num_env_events_per_minute[1]",
        ),
    ],
)
def test_events_without_any_weight_are_refused(text: str, place: str) -> None:
    (problem,) = refused(text)
    assert problem.startswith(f"sweep:{place}: weight_per_app_class gives no class of apps a weight")


LONG = """
from pare.apps import HomeScreenSystemApp, StatefulEmailApp
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario

@register_scenario("noise_goes_on_for_months")
class Long(PAREScenario):
    duration = 3_600_000

    def init_and_populate_apps(self, *args, **kwargs):
        self.apps = [HomeScreenSystemApp(), StatefulEmailApp(name="Emails")]
"""


def test_what_the_scenarios_and_the_data_refuse_is_said_at_once_too(tmp_path: Path) -> None:
    (tmp_path / "long").mkdir()
    (tmp_path / "long" / "months.py").write_text(LONG)
    (tmp_path / "own.json").write_text('{"scenarios": []}')
    text = (
        "scenarios: {dirs: [long]}\nbase: {user: good, proactive: good}\ngrid: {env_events_per_min: [1, 10]}"
    )
    done = pare_run(tmp_path, text, **{VARIABLE: "own.json"})
    assert_nothing_started(tmp_path, done)
    data, rate = done.stderr.removeprefix("error: ").splitlines()
    assert data.startswith("noisy.yaml:4:7: grid: ")
    assert data.partition("own.json: ")[2].startswith("is no augmentation data: it has none of apps")
    assert rate.startswith("noisy.yaml:4:32: grid.env_events_per_min[1]: too much for the scenario")
    assert "'noise_goes_on_for_months'" in rate
    assert "about 600,000 events of noise; at most 100,000" in rate


DATA = {
    "missing": (None, "own.json', and there is no such file"),
    "not JSON": ("{'apps'", "own.json: is no JSON"),
    "of another schema": ('{"scenarios": []}', "own.json: is no augmentation data: it has none of apps"),
    "broken": ('{"apps": [{"app_state": {}}, {"name": "Mail"}, 3]}', "own.json: 2 broken items"),
}


@pytest.mark.parametrize("kind", DATA)
def test_data_that_cannot_be_used_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    text, reason = DATA[kind]
    file = tmp_path / "own.json"
    if text is not None:
        file.write_text(text)
    monkeypatch.setenv(VARIABLE, str(file))
    for words in ("base: {env_events_per_min: 4}", "base: {tool_failure_probability: 0.1}"):
        (problem,) = refused(words)
        assert problem.startswith("sweep:2:")
        assert reason in problem
    load_sweep(MODELS + "base: {env_events_per_min: 0}", catalogue={"a": ()}, environ={}, folder=tmp_path)
    config = MultiScenarioRunnerConfig(**ENGINES, env_events_config=EnvEventsConfig(4))
    with pytest.raises(ConfigError, match=r"own\.json"):
        config.get_config_hash()
    with pytest.raises(ConfigError, match=r"own\.json"):
        MultiScenarioRunner(Workplace(store=tmp_path / "store")).run(config, [_dentist()])


def _dentist() -> Any:
    from pare.scenarios.utils.registry import registry

    return registry.create("dentist_moves_appointment")


# --- planned ----------------------------------------------------------------------------------------------


def planned(path: Path, monkeypatch: pytest.MonkeyPatch, parts: Mapping[str, Any]) -> list[str]:
    from typer.testing import CliRunner

    from pare.cli.main import app

    monkeypatch.setenv("PARE_CACHE_DIR", str(path / "store"))
    base = {"user": "good", "proactive": "good", **parts.get("base", {})}
    document = {"models": {"good": ORACLE}, **parts, "base": base}
    (path / "noisy.yaml").write_text(json.dumps(document))
    result = CliRunner().invoke(app, ["plan", str(path / "noisy.yaml")], catch_exceptions=False)
    assert result.exit_code == 0
    return [line for line in result.stdout.splitlines() if line.startswith("no noise")]


def test_a_plan_names_the_scenarios_to_which_no_noise_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = ["driver_cancels_before_the_train", "dentist_moves_appointment", "group_gift_before_the_code_ends"]
    shop = {"num_env_events_per_minute": 4, "weight_per_app_class": {"StatefulShoppingApp": 1.0}}
    grid = {"env_events_per_min": [0, 4]}
    assert planned(tmp_path, monkeypatch, {"scenarios": ids, "grid": grid}) == [f"no noise for: {ids[0]}"]
    both = {"scenarios": ids, "grid": grid, "include": [{"env_events_config": shop}]}
    everywhere, in_one = planned(tmp_path, monkeypatch, both)
    assert everywhere == f"no noise for: {ids[0]}"
    assert in_one.startswith("no noise in env_events_config=")
    assert in_one.endswith(f" for: {ids[1]}")


def test_a_plan_without_noise_says_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ["driver_cancels_before_the_train"]
    assert planned(tmp_path, monkeypatch, {"scenarios": ids, "base": {"tool_failure_probability": 0.1}}) == []
    assert planned(tmp_path, monkeypatch, {"scenarios": ids, "base": {"env_events_per_min": 0}}) == []
