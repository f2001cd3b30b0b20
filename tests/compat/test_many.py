"""Runners of many, and results that are stored, under the published names of both projects."""

import json
from pathlib import Path
from typing import Any

import pytest
from are.simulation.apps import AgentUserInterface, CalendarApp
from are.simulation.multi_scenario_runner import (
    MultiScenarioRunner,
    ScenarioTimeoutError,
    extract_scenario_id_and_run_number,
    maybe_run_scenario,
    process_scenario,
)
from are.simulation.scenario_runner import ScenarioRunner
from are.simulation.scenarios import Scenario
from are.simulation.scenarios.config import MultiScenarioRunnerConfig, ScenarioRunnerConfig
from are.simulation.scenarios.utils import caching as are_caching
from are.simulation.scenarios.validation_result import (
    MultiScenarioValidationResult,
    ScenarioValidationResult,
)
from are.simulation.types import EventRegisterer

from pare.compat.json_scenarios import export_json_scenario
from pare.errors import ConfigError
from pare.multi_scenario_runner import maybe_run_scenario as maybe_run_with_two
from pare.multi_scenario_runner import process_scenario as process_with_two
from pare.multi_scenario_runner.results import PAREMultiScenarioValidationResult
from pare.scenario_runner import TwoAgentScenarioRunner
from pare.scenarios import config as pare_config
from pare.scenarios.registration import register_pare_scenarios
from pare.scenarios.utils import caching
from pare.scenarios.utils.registry import ScenarioRegistry
from pare.scenarios.validation_result import PAREScenarioValidationResult


class Greeting(Scenario):
    """The agent says hello."""

    scenario_id: str = "greeting"
    start_time: float | None = 0
    duration: float | None = 60
    words: str = "hello"

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.apps = [AgentUserInterface(), CalendarApp()]

    def build_events_flow(self) -> None:
        aui = self.get_typed_app(AgentUserInterface)
        with EventRegisterer.capture_mode():
            ask: Any = aui.send_message_to_agent(content="Say hello")
            answer: Any = aui.send_message_to_user(content=self.words)
        ask.depends_on(None, delay_seconds=1)
        self.events = [ask, answer.oracle().depends_on(ask, delay_seconds=1)]

    def validate(self, env: Any) -> ScenarioValidationResult:
        said = [event.action.args["content"] for event in env.event_log.list_view()]
        return ScenarioValidationResult(success="hello" in said, rationale=f"{len(said)} messages")


class Broken(Greeting):
    scenario_id: str = "broken"

    def validate(self, env: Any) -> ScenarioValidationResult:
        raise ZeroDivisionError


ORACLE = ScenarioRunnerConfig(oracle=True)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Counting(ScenarioRunner):
    """Counts its runs."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = 0

    def run(self, *args: Any, **kwargs: Any) -> ScenarioValidationResult:
        self.runs += 1
        return super().run(*args, **kwargs)


# --- many -----------------------------------------------------------------------------------------------


def test_many_scenarios_give_a_result_each(tmp_path: Path) -> None:
    config = MultiScenarioRunnerConfig(oracle=True, output_dir=str(tmp_path / "out"))
    scenarios = [Greeting(run_number=1), Greeting(run_number=2, words="no"), Broken()]
    found = MultiScenarioRunner().run(config, scenarios)
    assert list(found.scenario_results) == [("greeting", 1), ("greeting", 2), ("broken", None)]
    assert [item.success for item in found.scenario_results.values()] == [True, False, None]
    assert (found.successful_count, found.failed_count, found.exception_count) == (1, 1, 1)
    assert found.success_rate() == pytest.approx(100 / 3)
    assert "1 successful, 1 failed, 1 with an exception, 0 without a verdict" in found.description()
    lines = [json.loads(line) for line in (tmp_path / "out" / "output.jsonl").read_text().splitlines()]
    assert [(line["task_id"], line["score"]) for line in lines] == [
        ("greeting", 1.0),
        ("greeting", 0.0),
        ("broken", None),
    ]
    assert lines[0]["metadata"]["scenario_id"] == "greeting"
    assert lines[2]["metadata"]["exception_type"] == "ZeroDivisionError"


def test_results_become_a_table() -> None:
    pytest.importorskip("polars")
    found = MultiScenarioValidationResult(MultiScenarioRunnerConfig())
    found.add_result(ScenarioValidationResult(True), "a", 1)
    found.add_result(ScenarioValidationResult(None), "b")
    table = found.to_polars({"noise": "none"})
    assert table["status"].to_list() == ["success", "no_validation"]
    assert table["noise"].to_list() == ["none", "none"]
    assert found.no_validation_count == 1
    assert MultiScenarioValidationResult(found.run_config).success_rate() == 0


def test_with_nobody_at_the_phone_and_with_events_that_stand_beside() -> None:
    config = MultiScenarioRunnerConfig(executor_type="sequential")
    assert process_scenario((Greeting(), None), config).success is False
    assert process_scenario((Greeting(), []), config).rationale == "0 messages"
    with pytest.raises(ConfigError, match="there are no scenarios to run"):
        MultiScenarioRunner().run(config, [])
    with pytest.raises(ConfigError, match="object builds agents of another framework"):
        MultiScenarioRunner(agent_builder=object())


def test_a_text_is_the_json_of_a_scenario() -> None:
    text = export_json_scenario(Greeting()).decode()
    assert extract_scenario_id_and_run_number(text) == ("greeting", None)
    assert extract_scenario_id_and_run_number((Greeting(run_number=3), None)) == ("greeting", 3)
    found = MultiScenarioRunner().run_with_events(MultiScenarioRunnerConfig(oracle=True), [text])
    assert list(found.scenario_results) == [("greeting", None)]


def test_a_run_that_takes_too_long_has_no_verdict() -> None:
    config = MultiScenarioRunnerConfig(oracle=True, timeout_seconds=0, enable_caching=False)
    result = process_scenario((Greeting(), None), config)
    assert (result.success, type(result.exception)) == (None, ScenarioTimeoutError)


# --- results in the store -------------------------------------------------------------------------------


def test_a_result_is_served_until_the_scenario_changes() -> None:
    runner, again = Counting(), Greeting()
    scenarios = (Greeting(), Greeting(), again, again)
    results = [maybe_run_scenario(runner, ORACLE, item, None) for item in scenarios]
    assert (runner.runs, [item.success for item in results]) == (1, [True] * 4)
    assert maybe_run_scenario(runner, ORACLE, Greeting(seed=1), None).success is True
    maybe_run_scenario(runner, ORACLE, Greeting(run_number=2), None)
    maybe_run_scenario(runner, ScenarioRunnerConfig(oracle=True, max_turns=2), Greeting(), None)
    maybe_run_scenario(runner, ORACLE, Greeting(), None, enable_caching=False)
    assert runner.runs == 5
    assert are_caching.get_cache_stats()["file_count"] == 4
    are_caching.clear_cache()
    assert are_caching.maybe_load_cached_result(ORACLE, Greeting()) is None


def test_what_is_no_verdict_of_an_agent_is_not_kept() -> None:
    runner = Counting()
    for _ in range(2):
        maybe_run_scenario(runner, ORACLE, Broken(), None)
        maybe_run_scenario(runner, ScenarioRunnerConfig(), Greeting(), None)
        maybe_run_scenario(runner, ORACLE, Greeting(), [])
    assert (runner.runs, are_caching.get_cache_stats()["file_count"]) == (6, 0)
    assert are_caching.maybe_load_cached_result(ScenarioRunnerConfig(), Greeting()) is None


def test_a_runner_of_many_is_served_as_well(cache: Path) -> None:
    config = MultiScenarioRunnerConfig(oracle=True)
    first, second = (MultiScenarioRunner().run(config, [Greeting()]) for _ in range(2))
    assert first.scenario_results["greeting", None].duration == (
        second.scenario_results["greeting", None].duration
    )
    assert are_caching.get_cache_stats()["cache_dir"] == str(cache)


def test_a_store_that_cannot_be_used_costs_no_result(cache: Path) -> None:
    cache.write_text("in the way")
    runner = Counting()
    assert maybe_run_scenario(runner, ORACLE, Greeting(), None).success is True
    assert maybe_run_scenario(runner, ORACLE, Greeting(), None).success is True
    assert runner.runs == 2


def test_a_run_has_an_id() -> None:
    digits = ORACLE.get_config_hash()
    assert are_caching.get_run_id(Greeting(), None) == "greeting"
    assert are_caching.get_run_id(Greeting(run_number=2), ORACLE) == f"greeting_run_2_{digits}"
    ours = pare_config.ScenarioRunnerConfig(oracle=True)
    assert caching.get_run_id(Greeting(), ours) == f"greeting_{ours.get_config_hash()}"


def test_a_result_in_plain_values_comes_back() -> None:
    result = ScenarioValidationResult(False, KeyError("x"), "there", "why")
    kept = are_caching.CachedScenarioResult.from_scenario_result(result, Greeting(run_number=4), ORACLE)
    assert are_caching.CachedScenarioResult.from_json(kept.to_json()) == kept
    back = kept.to_scenario_result()
    assert (back.success, back.export_path, back.rationale) == (False, "there", "why")
    assert str(back.exception) == "KeyError: 'x'"
    ours = pare_config.ScenarioRunnerConfig()
    counted = PAREScenarioValidationResult(True, proposal_count=2, acceptance_count=1, number_of_turns=3)
    full = caching.CachedScenarioResult.from_scenario_result(counted, Greeting(), ours)
    assert (full.run_number, full.config_hash, full.exception_type) == (None, ours.get_config_hash(), None)
    again = caching.CachedScenarioResult.from_json(full.to_json()).to_scenario_result()
    assert (again.proposal_count, again.acceptance_rate, again.outcome) == (2, 0.5, "success")


def test_results_with_two_agents_are_stored_by_the_same_rules(tmp_path: Path) -> None:
    config = pare_config.ScenarioRunnerConfig(oracle=True)
    runs: list[str] = []

    class Noted(TwoAgentScenarioRunner):
        def run(self, config: Any, scenario: Any) -> ScenarioValidationResult:
            runs.append(scenario.scenario_id)
            return super().run(config, scenario)

    for _ in range(2):
        assert maybe_run_with_two(Noted(), config, Greeting()).success is True
    assert runs == ["greeting"]
    exported = pare_config.ScenarioRunnerConfig(oracle=True, export=True, output_dir=tmp_path)
    assert exported.get_config_hash() == config.get_config_hash()
    maybe_run_with_two(Noted(), exported, Greeting())
    assert runs == ["greeting", "greeting"]
    (tmp_path / "trace.json").write_text("{}")
    counted = PAREScenarioValidationResult(True, export_path=str(tmp_path / "trace.json"), proposal_count=2)
    caching.write_cached_result(exported, Greeting(), counted)
    served = maybe_run_with_two(Noted(), exported, Greeting())
    assert isinstance(served, PAREScenarioValidationResult)
    assert (len(runs), served.proposal_count, served.export_path) == (2, 2, counted.export_path)
    caching.write_cached_result(config, Greeting(), PAREScenarioValidationResult(None, OSError("gone")))
    assert caching.maybe_load_cached_result(config, Greeting()) == served


def test_the_other_published_names() -> None:
    assert (pare_config.MAX_SCENARIO_DURATION, pare_config.ScenarioRunnerConfig().max_scenario_duration) == (
        600,
        600,
    )
    assert PAREMultiScenarioValidationResult(pare_config.MultiScenarioRunnerConfig()).success_rate == 0
    config = pare_config.MultiScenarioRunnerConfig(oracle=True, log_to_file=False)
    assert process_with_two(Greeting(), config).success is True
    own = ScenarioRegistry()
    register_pare_scenarios(own)
    assert "dentist_moves_appointment" in own.get_all_scenarios()
