"""Published rows, figures and reports, under their names and at their places."""

import json
from importlib.util import find_spec

import pytest

from pare.benchmark.report_stats import (
    calculate_statistics,
    combine_results_to_dataframe,
    generate_json_stats_report,
    generate_validation_report,
)
from pare.benchmark.scenario_executor import multiply_scenarios_iterator
from pare.benchmark.scenario_loader import (
    Split,
    get_splits_dir,
    load_scenario_ids_from_file,
    load_scenarios_by_split,
    load_scenarios_from_registry,
)
from pare.errors import ConfigError
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.published_rows import COLUMNS, RunError, polars_schema
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from pare.scenarios.validation_result import PAREMultiScenarioValidationResult, PAREScenarioValidationResult

needs_polars = pytest.mark.skipif(find_spec("polars") is None, reason="polars is missing")


def result(success, exception=None, **more):
    return PAREScenarioValidationResult(success, exception, **more)


def many(**settings):
    found = PAREMultiScenarioValidationResult(MultiScenarioRunnerConfig(**settings), duration=9.0)
    found.add_result(result(True, duration=2.0, proposal_count=2, number_of_turns=4), "dentist", 1)
    found.add_result(result(False, duration=4.0, acceptance_count=0, write_actions=3), "dentist", 2)
    found.add_result(result(True, proposal_count=2, acceptance_count=1, number_of_turns=4), "rent", 1)
    found.add_result(result(None, RunError("KeyError: 'x': y")), "rent", 2)
    return found


# --- rows ---------------------------------------------------------------------------------------------------


def test_rows_have_the_published_columns_in_their_order():
    noise = {"tool_augmentation_config": ToolAugmentationConfig(0.2), "env_events_config": EnvEventsConfig(3)}
    rows = many(**noise).rows()
    assert all(list(row) == list(COLUMNS) for row in rows)
    assert [row["status"] for row in rows] == ["success", "failed", "success", "exception"]
    assert [row["success_numeric"] for row in rows] == [1.0, 0.0, 1.0, None]
    assert (rows[3]["exception_type"], rows[3]["exception_message"]) == ("KeyError", "'x': y")
    assert rows[0]["proactive_model"] == "observe-execute_gpt-5_gpt-5"
    assert (rows[0]["tool_failure_probability"], rows[0]["num_env_events_per_minute"]) == (0.2, 3)
    assert (rows[0]["job_duration"], rows[0]["proposal_rate"], rows[2]["acceptance_rate"]) == (9.0, 0.5, 0.5)


def test_an_exception_that_is_there_tells_its_type():
    found = PAREMultiScenarioValidationResult(MultiScenarioRunnerConfig())
    found.add_result(result(False, ValueError("late")), "dentist")
    found.add_result(result(None), "rent")
    first, second = found.rows()
    assert (first["status"], first["has_exception"], first["exception_type"]) == (
        "failed",
        True,
        "ValueError",
    )
    assert (second["status"], second["run_number"]) == ("no_validation", None)
    assert found.success_rate_updated() == found.success_rate == 0.0


# --- figures ------------------------------------------------------------------------------------------------


def test_the_figures_are_the_published_ones():
    told = calculate_statistics(many().rows())
    figures = told["global"]
    assert (figures["total_runs"], figures["validated_runs"], figures["exception_runs"]) == (4, 3, 1)
    assert figures["success_rate"] == pytest.approx(200 / 3)
    assert figures["success_rate_std"] == pytest.approx(70.7107, abs=1e-3)  # 100 in run 1, 0 in run 2
    assert figures["success_rate_sem"] == pytest.approx(50.0)
    low, high = figures["success_rate_interval"]
    assert 0 <= low < figures["success_rate"] < high <= 100
    assert (figures["pass_at_k"], figures["pass_at_k_percent"]) == (2, 100.0)
    assert (figures["pass_k"], figures["pass_k_percent"]) == (1, 50.0)
    assert (figures["total_scenarios"], figures["k"], figures["job_duration"]) == (2, 2, 9.0)
    assert (figures["avg_run_duration"], figures["avg_run_duration_std"]) == (3.0, pytest.approx(2**0.5))
    behaviour = told["pas_metrics"]
    assert (behaviour["total_proposals"], behaviour["total_acceptances"], behaviour["total_turns"]) == (
        4,
        1,
        8,
    )
    assert (behaviour["aggregate_proposal_rate"], behaviour["aggregate_proposal_rate_std"]) == (0.5, 0.0)
    assert (behaviour["aggregate_acceptance_rate"], behaviour["aggregate_acceptance_rate_sem"]) == (0.25, 0.0)
    assert (behaviour["avg_write_actions"], behaviour["avg_write_actions_sem"]) == (0.75, pytest.approx(0.75))


def test_nothing_has_figures_of_zero():
    told = calculate_statistics([])
    figures = {**told["global"], **told["pas_metrics"]}
    assert figures.pop("k") == 1
    assert {value for name, value in figures.items() if not name.endswith("_interval")} == {0}


def test_runs_without_a_number_have_no_spread():
    rows = [{**row, "run_number": None} for row in many().rows()]
    assert calculate_statistics(rows)["global"]["success_rate_std"] == 0.0


def test_groups_come_in_the_order_of_models_and_noise():
    noises = [0.5, 0.05, None]
    rows = [
        row
        for noise in noises
        for row in many(tool_augmentation_config=noise and ToolAugmentationConfig(noise)).rows()
    ]
    told = generate_json_stats_report(rows, "ablation", {"ShoppingApp": 2.0})
    assert [item["tool_failure_probability"] for item in told["per_config_results"]] == [0.0, 0.05, 0.5]
    assert list(told["metadata"]) == ["split", "timestamp", "report_version", "weight_per_app_class"]
    assert told["metadata"].items() >= {"split": "ablation", "report_version": "1.0"}.items()
    assert json.loads(json.dumps(told)) == told
    text = generate_validation_report(rows, "ablation", {"ShoppingApp": 2.0})
    assert "Split: ablation" in text
    assert "Weights of noise: ShoppingApp 2" in text
    assert text.index("tool failures 0.05") < text.index("tool failures 0.5 ")


def test_the_text_says_what_was_not_validated():
    text = many().description("full")
    assert "Success@1:            66.7 % +/- 50.0 (STD 70.7), 95 % " in text
    assert "3 (2 success, 1 failed, 1 exception, 0 no_validation)" in text
    assert "pass^2 (all):         50.0 % (1 of 2)" in text


@needs_polars
def test_tables_of_polars_say_the_same():
    from pare.scenarios.validation_result import PARE_RESULT_SCHEMA

    frame = many().to_polars({"experiment": "mine"})
    assert frame.columns == [*COLUMNS, "experiment"]
    assert frame["experiment"].to_list() == ["mine"] * 4
    assert dict(frame.drop("experiment").schema) == PARE_RESULT_SCHEMA == polars_schema()
    assert calculate_statistics(frame) == calculate_statistics(many().rows())
    joined = combine_results_to_dataframe({("a", "b", 0.0, 0): many(), ("a", "b", 0.1, 0): many()})
    assert joined.height == 8


def test_a_name_that_is_not_published_is_not_there():
    from pare.scenarios import validation_result

    with pytest.raises(AttributeError, match="no attribute 'PARE_SCHEMA'"):
        _ = validation_result.PARE_SCHEMA


# --- loading ------------------------------------------------------------------------------------------------


def test_scenarios_are_loaded_by_id_by_file_and_by_split(tmp_path):
    (tmp_path / "ids.txt").write_text("# two\ndentist_moves_appointment\n\nsafest_quarter_for_the_daughter\n")
    ids = load_scenario_ids_from_file(tmp_path / "ids.txt")
    loaded = load_scenarios_from_registry(ids, limit=1)
    assert len(loaded) == 1
    assert [scenario.scenario_id for scenario in loaded] == ["dentist_moves_appointment"]
    assert (
        len(load_scenarios_by_split(Split.FULL)) > len(load_scenarios_by_split(Split.ABLATION, limit=2)) == 2
    )
    assert get_splits_dir().is_dir()
    with pytest.raises(ConfigError, match=r"nowhere\.txt cannot be read"):
        load_scenario_ids_from_file(tmp_path / "nowhere.txt")
    with pytest.raises(ConfigError, match="Did you mean 'dentist_moves_appointment'"):
        load_scenarios_from_registry(["dentist_moves_apointment"])


def test_runs_of_a_scenario_are_fresh_and_numbered_from_one():
    ids = ["dentist_moves_appointment"]
    runs = multiply_scenarios_iterator(load_scenarios_from_registry(ids), 2)
    assert len(runs) == 2
    first, second = runs
    assert (first.run_number, second.run_number) == (1, 2)
    assert first is not second
    [once] = multiply_scenarios_iterator(load_scenarios_from_registry(ids), 1)
    assert once.run_number is None
