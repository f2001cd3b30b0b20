"""`pare benchmark run` with scripted agents, which need no key; its files, and reports on them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pare.cli.main import app
from pare.errors import ConfigError
from pare.scenarios.published_rows import COLUMNS

ROLES = ("user", "observe", "execute")
SCENARIO = "dentist_moves_appointment"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARE_CACHE_DIR", str(tmp_path / "store"))


def invoke(*arguments):
    return CliRunner().invoke(app, ["benchmark", *map(str, arguments)], env={"COLUMNS": "120"})


def run(model, *options):
    models = [part for role in ROLES for part in (f"--{role}-model", model, f"--{role}-provider", "scripted")]
    return invoke("run", "--executor-type", "thread", *models, *options)


def run_file(file, *options):
    """Run what a file says, in this process from the beginning on."""
    return invoke("run", "--executor-type", "async", "--config", file, *options)


def flat_file(**settings):
    models = {f"{role}_{word}": value for role in ROLES for word, value in MODEL.items()}
    told = {**models, "executor_type": "async", "scenarios": SCENARIO, **settings}
    lines = [f"{name}: {json.dumps(value)}" for name, value in told.items() if value is not None]
    Path("flat.yaml").write_text("\n".join(lines) + "\n")
    return "flat.yaml"


MODEL = {"model": "oracle", "provider": "scripted"}


def results(pattern="results/*/*_result.json"):
    return {path.as_posix(): json.loads(path.read_text()) for path in Path().glob(pattern)}


# --- what is played and told --------------------------------------------------------------------------------


@pytest.mark.parametrize("action_format", ["react_json", "tool_calls"])
def test_the_oracle_succeeds(action_format):
    done = run("oracle", "--limit", "3", "--format", action_format)
    assert (done.exit_code, done.exception) == (0, None)
    assert "total 3, success 3, failed 0, exceptions 0" in done.output
    assert "full report: pare report results/benchmark-" in done.output


def test_failures_are_told_with_their_reasons():
    done = run("wait", "--scenarios", SCENARIO)
    assert done.exit_code == 1
    assert f"failure {SCENARIO}: not met: appointment moved" in done.output
    assert "total 1, success 0, failed 1, exceptions 0" in done.output


def test_what_is_wrong_with_endpoints_is_said_before_anything_runs(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    done = invoke("run", "--user-model", "m", "--user-provider", "nowhere", "--limit", "1")
    assert isinstance(done.exception, ConfigError)
    assert "nowhere" in str(done.exception)


def test_no_key_and_no_endpoint_is_asked_for_an_oracle(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert invoke("run", "--oracle", "-s", SCENARIO).exit_code == 0


# --- the published files ------------------------------------------------------------------------------------


def test_the_published_files_are_written_at_their_names():
    noise = ["-tfp", "0.5", "-epm", "2", "--env-events-seed", "7"]
    run("oracle", "-s", SCENARIO, "-r", 2, "-mt", 3, "-omi", 2, "-n", "mine", *noise)
    base = "results/mine_custom_user_oracle_mt_3_umi_1_omi_2_emi_10"
    names = f"{base}/obs_oracle_exec_oracle_enmi_2_es_7_tfp_0.5"
    [(path, rows)] = results().items()
    assert path == f"{names}_result.json"
    assert [list(row) for row in rows] == [list(COLUMNS)] * 2
    assert [row["run_number"] for row in rows] == [1, 2]
    told = {"tool_failure_probability": 0.5, "num_env_events_per_minute": 2, "user_provider": "scripted"}
    assert rows[0].items() >= told.items()
    assert rows[0]["proactive_model"] == "observe-execute_oracle_oracle"
    assert "Runs:                 2 (k = 2)" in Path(f"{names}_report.txt").read_text()


def test_without_noise_names_say_so_and_the_split_is_named():
    run("wait", "--split", "full", "--limit", 1)
    [path] = results()
    assert "/benchmark_full_user_wait_mt_10_umi_1_omi_5_emi_10/" in path
    assert path.endswith("/obs_wait_exec_wait_enmi_0_es_42_tfp_0.0_result.json")


def test_a_second_run_comes_from_the_store_unless_it_must_not():
    run("wait", "-s", SCENARIO)
    assert "1 from the store" in run("wait", "-s", SCENARIO).output
    assert "from the store" not in run("wait", "-s", SCENARIO, "--no-cache").output


def test_traces_and_exports_go_to_the_output_directory_also_of_stored_runs():
    run("oracle", "-s", SCENARIO)
    done = run("oracle", "-s", SCENARIO, "--export", "--output-dir", "out")
    assert "1 from the store" in done.output
    [row] = next(iter(results().values()))
    base = "out/benchmark_custom_user_oracle_mt_10_umi_1_omi_5_emi_10"
    place = f"{base}/obs_oracle_exec_oracle_enmi_0_es_42_tfp_0.0"
    assert row["export_path"] == str(Path(place, f"{SCENARIO}_run_1.json").absolute())
    assert json.loads(Path(row["export_path"]).read_text())["metadata"]
    assert Path(place, f"{SCENARIO}_run_1.jsonl").is_file()


# --- a file of settings -------------------------------------------------------------------------------------


def test_an_option_goes_before_the_file_and_that_before_the_default():
    file = flat_file(max_turns=4, runs=2, results_dir="elsewhere", experiment_name="filed")
    assert run_file(file, "--max-turns", 5).exit_code == 0
    [(path, rows)] = results("elsewhere/*/*_result.json").items()
    assert "/filed_custom_user_oracle_mt_5_umi_1_omi_5_emi_10/" in path
    assert len(rows) == 2


def test_a_file_that_names_no_experiment_has_the_default():
    assert run_file(flat_file(oracle=True)).exit_code == 0
    assert all("/benchmark_custom_" in path for path in results())


def test_a_split_on_the_command_line_takes_the_place_of_ids_in_the_file():
    assert run_file(flat_file(oracle=True), "--split", "ablation", "-l", 1).exit_code == 0
    [path] = results()
    assert "/benchmark_ablation_" in path


def test_unknown_keys_of_a_file_are_errors():
    done = invoke("run", "--config", flat_file(max_turn=4))
    assert isinstance(done.exception, ConfigError)
    assert "Did you mean 'max_turns'" in str(done.exception)
    assert "flat.yaml:" in str(done.exception)


def test_a_grid_is_for_another_command():
    Path("grid.yaml").write_text("base: {oracle: true}\ngrid: {max_turns: [1, 2]}\n")
    done = run_file("grid.yaml")
    assert "2 cells: use it with pare run" in str(done.exception)


# --- reports on many ----------------------------------------------------------------------------------------


def test_reports_put_the_files_of_a_directory_together_by_models_and_noise():
    for order, noise in enumerate(([], ["-tfp", "0.5"])):
        run("wait", "-s", SCENARIO, *noise, *(["-epm", "1"] if order else []))
    [folder] = {Path(path).parent for path in results()}
    done = invoke("report", "-d", folder, "-s", "custom")
    assert (done.exit_code, done.exception) == (0, None)
    assert done.output == (folder / "combined_report.txt").read_text()
    assert done.output.index("tool failures 0.0") < done.output.index("tool failures 0.5")
    assert "Split: custom" in done.output
    first = json.loads((folder / "combined_result.json").read_text())
    assert len(first) == 2
    assert invoke("report", "-d", folder).exit_code == 0
    assert json.loads((folder / "combined_result.json").read_text()) == first
    for _ in range(2):  # what lies below counts where a directory has none of its own
        assert invoke("report", "-d", folder.parent).exit_code == 0
        assert json.loads((folder.parent / "combined_result.json").read_text()) == first


@pytest.mark.parametrize("content", ["{}", "[1]", '[{"status": "success"}]', "nonsense"])
def test_a_file_that_is_no_result_file_is_refused(content):
    Path("odd_result.json").write_text(content)
    done = invoke("report", "-d", ".")
    assert done.exit_code == 1
    assert "odd_result.json" in done.output


def test_without_a_directory_or_files_there_is_no_report():
    assert invoke("report", "-d", "nowhere").exit_code == 1
    assert invoke("report", "-d", ".").exit_code == 1
