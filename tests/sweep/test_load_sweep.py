"""What a sweep file means: cells, scenarios, models, and the order of its jobs."""

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from pare.llm.engine import EngineConfig
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.utils.registry import registry
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from pare.sweep import SweepError, load_sweep

CATALOGUE = {f"s{number}": ("Time",) if number % 2 else ("Search", "Time") for number in range(1, 7)}

MODELS = """
models:
  small: {provider: openai, model: gpt-5-mini}
  local: {provider: openai, model: qwen3-8b, endpoints: [http://127.0.0.1:8000/v1], revision: r2}
"""


def load(text: str, **more):
    return load_sweep(text, **{"catalogue": CATALOGUE, "environ": {}, "folder": Path("/nowhere"), **more})


def names(sweep) -> list[str]:
    return [cell.name for cell in sweep.cells]


# --- cells --------------------------------------------------------------------------------------------------


def test_a_grid_without_its_exceptions():
    sweep = load(f"""
name: noise-ablation
{MODELS}
runs: 4
base: {{user: small, max_turns: 12, seed: 7}}
grid: {{proactive: [small, local], format: [react_json, tool_calls]}}
exclude: [{{proactive: small, format: tool_calls}}]
limits: {{max_concurrent_scenarios: 500, timeout_seconds: 1800, max_infrastructure_share: 0.1}}
""")
    assert names(sweep) == [
        "proactive=small, format=react_json",
        "proactive=local, format=react_json",
        "proactive=local, format=tool_calls",
    ]
    last = sweep.cells[-1].config
    assert (last.user_model_alias, last.observe_model_alias, last.execute_model_alias) == (
        *("small", "local", "local"),
    )
    assert last.execute_engine_config == EngineConfig(
        provider="openai", model="qwen3-8b", endpoints=["http://127.0.0.1:8000/v1"], revision="r2"
    )
    assert (last.max_turns, last.seed, last.format) == (12, 7, "tool_calls")
    assert (sweep.name, sweep.config.experiment_name, sweep.runs) == ("noise-ablation", "noise-ablation", 4)
    assert (sweep.config.max_concurrent_scenarios, sweep.config.timeout_seconds) == (500, 1800.0)
    assert (sweep.config.max_infrastructure_share, sweep.config.seed) == (0.1, 7)
    assert len(sweep) == 3 * 6 * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("base: {seed: 1}", ["base"]),
        ("include: [{seed: 1}, {seed: 2}]", ["seed=1", "seed=2"]),
        ("grid: {seed: [1, 2]}\ninclude: [{max_turns: 3}]", ["seed=1", "seed=2", "max_turns=3"]),
        (
            "grid: {seed: [1, 2]}\nzip: [{max_turns: [3, 4], format: [react_json, tool_calls]}]",
            [
                "seed=1, max_turns=3, format=react_json",
                "seed=1, max_turns=4, format=tool_calls",
                "seed=2, max_turns=3, format=react_json",
                "seed=2, max_turns=4, format=tool_calls",
            ],
        ),
        ("zip: [{seed: [1, 2]}, {max_turns: [3]}]", ["seed=1, max_turns=3", "seed=2, max_turns=3"]),
        ("grid: {seed: [1, 2]}\nexclude: [{seed: 1}]", ["seed=2"]),
        ("base: {max_turns: 3}\ngrid: {seed: [1, 2]}\nexclude: [{seed: 1, max_turns: 3}]", ["seed=2"]),
        ("base: &b {seed: 3}\ninclude: [{<<: *b, max_turns: 2}]", ["max_turns=2, seed=3"]),
    ],
)
def test_cells(text, expected):
    assert names(load(f"{text}\n")) == expected


def test_a_role_of_its_own_goes_before_the_pair_below():
    sweep = load(f"{MODELS}\nbase: {{proactive: local}}\ngrid: {{observe: [small, local]}}\n")
    assert [cell.config.observe_model_alias for cell in sweep.cells] == ["small", "local"]
    assert {cell.config.execute_model_alias for cell in sweep.cells} == {"local"}


def test_an_engine_in_a_cell_does_not_keep_the_alias_below():
    engine = "{provider: vllm, model: a/b}"
    sweep = load(f"{MODELS}\nbase: {{user: small}}\ninclude: [{{user_engine_config: {engine}}}]\n")
    config = sweep.cells[0].config
    assert (config.user_model_alias, config.user_engine_config.model) == ("b", "a/b")


def test_agents_alone_have_their_own_limit():
    assert load("base: {agent_type: default}\n").cells[0].config.execute_max_iterations == 80


# --- noise --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "tools", "events"),
    [
        ("tool_failure_probability: 0.2", ToolAugmentationConfig(0.2), None),
        ("tool_failure_probability: 0", None, None),
        ("tool_failure_probability: null", None, None),
        ("tool_augmentation_config: {tool_failure_probability: 0.3}", ToolAugmentationConfig(0.3), None),
        (
            "tool_augmentation_config: {apply_tool_name_augmentation: false}\n  tool_failure_probability: 0",
            ToolAugmentationConfig(0.0, apply_tool_name_augmentation=False),
            None,
        ),
        ("env_events_per_min: 4", None, EnvEventsConfig(4, 42)),
        ("num_env_events_per_minute: 0.5\n  env_events_seed: 3", None, EnvEventsConfig(0.5, 3)),
        ("env_events_per_min: 0\n  env_events_seed: 3", None, None),
        ("env_events_config: {num_env_events_per_minute: 4}", None, EnvEventsConfig(4, 0)),
        ("env_events_config: {}\n  env_events_seed: 9", None, EnvEventsConfig(10, 9)),
        ("env_events_config: null", None, None),
    ],
)
def test_noise(written, tools, events):
    config = load(f"base:\n  {written}\n").cells[0].config
    assert (config.tool_augmentation_config, config.env_events_config) == (tools, events)


def test_a_whole_noise_configuration_in_a_cell_replaces_parts_below():
    sweep = load("base: {tool_failure_probability: 0.5}\ninclude: [{tool_augmentation_config: null}]\n")
    assert sweep.cells[0].config.tool_augmentation_config is None


# --- a flat file --------------------------------------------------------------------------------------------


def test_the_spellings_of_the_command_line():
    sweep = load("""
split: full
observe_model: qwen3-8b
observe_provider: openai
observe_endpoint: http://127.0.0.1:8000/v1
execute_model: org/qwen3-8b
execute_provider: vllm
user_model: gpt-5-mini
max_turns: 9
user_max_iterations: 2
observe_max_iterations: 3
execute_max_iterations: 4
tool_failure_probability: 0.1
env_events_per_min: 2
env_events_seed: 5
runs: 3
max_concurrent: 20
timeout: 600
executor_type: process
results_dir: results
output_dir: traces
export: true
export_format: lite
experiment_name: flat
log_level: DEBUG
no_cache: true
oracle: false
limit: 4
""")
    (cell,) = sweep.cells
    config = cell.config
    assert config.observe_engine_config == EngineConfig(
        provider="openai", model="qwen3-8b", endpoints=("http://127.0.0.1:8000/v1",)
    )
    assert config.execute_engine_config == EngineConfig(provider="vllm", model="org/qwen3-8b")
    assert (config.user_model_alias, config.observe_model_alias, config.execute_model_alias) == (
        *("gpt-5-mini", "qwen3-8b", "qwen3-8b"),
    )
    assert (config.user_max_iterations, config.observe_max_iterations, config.execute_max_iterations) == (
        2,
        3,
        4,
    )
    assert (config.export, config.trace_dump_format, config.output_dir) == (True, "lite", Path("traces"))
    assert (config.tool_augmentation_config, config.env_events_config) == (
        ToolAugmentationConfig(0.1),
        EnvEventsConfig(2, 5),
    )
    many = sweep.config
    assert (many.max_concurrent_scenarios, many.timeout_seconds, many.executor_type) == (20, 600.0, "process")
    assert (many.enable_caching, many.log_level, many.experiment_name) == (False, "DEBUG", "flat")
    assert (sweep.results_dir, sweep.runs, sweep.scenario_ids) == (
        Path("results"),
        3,
        ("s1", "s2", "s3", "s4"),
    )
    assert (sweep.name, sweep.selection.split) == ("flat", "full")


def test_a_place_in_a_cell_of_an_alias():
    config = load(f"{MODELS}\nobserve: local\nobserve_endpoint: http://there/v1\n").cells[0].config
    assert config.observe_engine_config.urls == ("http://there/v1",)
    assert (config.observe_engine_config.revision, config.observe_model_alias) == ("r2", "local")


def test_an_oracle_sweep():
    assert load("oracle: true\n").cells[0].config.oracle


def test_limits_of_display_reach_every_cell():
    sweep = load("grid: {seed: [1, 2]}\nlimits: {output_dir: traces, export: true}\n")
    assert {(cell.config.output_dir, cell.config.export) for cell in sweep.cells} == {(Path("traces"), True)}


# --- values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        ("timeout: 1e3", "timeout_seconds", 1000.0),
        ("seed: 1e3", "seed", 1000),
        ("seed: -7", "seed", -7),
        ("max_observation_chars: 10_000", "max_observation_chars", 10_000),
        ("min_turn_seconds: .5", "min_turn_seconds", 0.5),
        ("max_turns: null", "max_turns", None),
        ("max_turns: ~", "max_turns", None),
        ("export: True", "export", True),
        ("output_dir: on", "output_dir", Path("on")),
        ("output_dir: 2025-01-06", "output_dir", Path("2025-01-06")),
        ("output_dir: 'no'", "output_dir", Path("no")),
        ("output_dir: !!str 12", "output_dir", Path("12")),
        ("user_model_alias: yes", "user_model_alias", "yes"),
        ("seed: !!int 12", "seed", 12),
    ],
)
def test_values_are_read_as_they_are_written(written, field, value):
    assert getattr(load(f"{written}\n").config, field) == value


def test_keys_are_words():
    models = "models: {on: {provider: scripted, model: wait}, 7: {provider: scripted, model: wait}}"
    sweep = load(f"{models}\ngrid: {{proactive: [on, '7']}}\n")
    assert names(sweep) == ["proactive=on", "proactive=7"]


# --- models -------------------------------------------------------------------------------------------------


def test_models_of_the_sweep_go_before_the_file_and_that_before_the_well_known(tmp_path):
    (tmp_path / "configs").mkdir()
    mine = "gpt-5: {provider: vllm, model: mine}\nsmall: {provider: vllm, model: file}\n"
    (tmp_path / "configs" / "models.yaml").write_text(mine)
    sweep = load(f"{MODELS}\nuser: small\nobserve: gpt-5\nexecute: claude-4.5-haiku\n", folder=tmp_path)
    config = sweep.cells[0].config
    assert (config.user_engine_config.model, config.observe_engine_config.model) == ("gpt-5-mini", "mine")
    assert config.execute_engine_config.provider == "anthropic"


def test_the_environment_names_the_file_of_models(tmp_path):
    (tmp_path / "other.yaml").write_text("mine: {provider: vllm, model: m}\n")
    sweep = load("user: mine\n", folder=tmp_path, environ={"PARE_MODELS_FILE": "other.yaml"})
    assert sweep.cells[0].config.user_engine_config.model == "m"


# --- scenarios ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("seed: 1", "s1 s2 s3 s4 s5 s6"),
        ("scenarios: {split: full}", "s1 s2 s3 s4 s5 s6"),
        ("scenarios: {ids: [s3, s1]}", "s3 s1"),
        ("scenarios: {tags: [Search]}", "s2 s4 s6"),
        ("scenarios: {tags: Search, exclude: s4, limit: 1}", "s2"),
        ("scenarios: {split: full, tags: [Search], exclude: [s2]}", "s4 s6"),
        ("scenarios: [s5, s2]", "s5 s2"),
        ("scenarios: s5", "s5"),
        ("scenarios: s5, s2", "s5 s2"),
        ("split: full\nlimit: 2", "s1 s2"),
        ("scenarios: {exclude: [s1]}\nlimit: 2", "s2 s3"),
    ],
)
def test_selection(written, ids):
    assert load(f"{written}\n").scenario_ids == tuple(ids.split())


def test_ids_from_a_file(tmp_path):
    (tmp_path / "ids.txt").write_text("# mine\ns2\n\n  s4\n")
    assert load("scenarios: ids.txt\n", folder=tmp_path).scenario_ids == ("s2", "s4")


def test_splits_are_found_in_the_environment_first_and_then_in_the_working_directory(tmp_path):
    for name, text in (("mine", "s1\n"), ("data/splits", "# both\ns2\ns3\n")):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "half.txt").write_text(text)
    (tmp_path / "data/splits/other.txt").write_text("s6\n")
    environ = {"PARE_BENCHMARK_SPLITS_DIR": "mine"}
    assert load("split: half\n", folder=tmp_path).scenario_ids == ("s2", "s3")
    assert load("split: half\n", folder=tmp_path, environ=environ).scenario_ids == ("s1",)
    assert load("split: other\n", folder=tmp_path, environ=environ).scenario_ids == ("s6",)


@pytest.fixture
def empty_registry():
    """Let a test load directories, and others find the registry as it was."""
    state = dict(vars(registry))
    registry.reset()
    yield
    vars(registry).update(state)


@pytest.mark.usefixtures("empty_registry")
def test_scenarios_of_a_directory(tmp_path):
    (tmp_path / "mine").mkdir()
    source = """
from pare.kernel.enums import CapabilityTag
from pare.scenarios import PAREScenario
from pare.scenarios.utils.registry import register_scenario

@register_scenario("sweep_scenario_of_a_directory")
class Mine(PAREScenario):
    tags = (CapabilityTag.Time,)
"""
    (tmp_path / "mine" / "one.py").write_text(source)
    sweep = load("scenarios: {dirs: [mine], tags: [Time]}\n", folder=tmp_path, catalogue=None)
    assert sweep.scenario_ids == ("sweep_scenario_of_a_directory",)
    assert sweep.sources == ((tmp_path / "mine").resolve(),)
    (tmp_path / "mine" / "two.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(SweepError, match=r"two\.py: ModuleNotFoundError") as caught:
        load("scenarios: {dirs: [mine]}\n", folder=tmp_path, catalogue=None)
    assert [(problem.path, problem.line) for problem in caught.value.problems] == [("scenarios.dirs", 1)]


# --- jobs ---------------------------------------------------------------------------------------------------


def test_jobs_come_in_rounds_with_cells_side_by_side_and_scenarios_shuffled():
    sweep = load("runs: 2\nbase: {seed: 7}\ngrid: {max_turns: [1, 2]}\n")
    jobs = list(sweep.jobs())
    assert len(jobs) == len(sweep) == len({job.key for job in jobs}) == 2 * 2 * 6
    assert [job.run_number for job in jobs] == [1] * 12 + [2] * 12
    assert [job.cell for job in jobs] == [*sweep.cells] * 12
    order = [job.scenario_id for job in jobs[:12:2]]
    assert sorted(order) == sorted(CATALOGUE)
    assert order != sorted(CATALOGUE)
    assert order == [job.scenario_id for job in jobs[12::2]]


def test_another_seed_shuffles_otherwise_and_a_part_keeps_its_order():
    orders = {tuple(load(f"seed: {seed}\n").shuffled([*CATALOGUE])) for seed in range(5)}
    assert len(orders) > 1
    sweep = load("seed: 1\n")
    whole, part = sweep.shuffled([*CATALOGUE]), sweep.shuffled(["s1", "s4", "s6"])
    assert [item for item in whole if item in part] == part


def test_a_night_cut_short_leaves_every_cell_with_about_as_many_runs():
    sweep = load("runs: 3\ngrid: {max_turns: [1, 2, 3]}\n")
    counts = Counter(job.cell.name for job in islice(sweep.jobs(), 20))
    assert max(counts.values()) - min(counts.values()) <= 1


def test_jobs_are_made_one_by_one():
    ids = [f"scenario_{number}" for number in range(50_000)]
    sweep = load("runs: 20\n", catalogue=dict.fromkeys(ids, ()))
    assert len(sweep) == sweep.count(ids) == 1_000_000
    assert [job.run_number for job in islice(sweep.jobs(), 3)] == [1, 1, 1]


def test_jobs_of_other_scenarios():
    sweep = load("runs: 2\n")
    assert {job.scenario_id for job in sweep.jobs(["x"])} == {"x"}
    assert sweep.count(["x"]) == 2


# --- from files ---------------------------------------------------------------------------------------------


def test_a_file_gives_its_name(tmp_path):
    file = tmp_path / "night.yaml"
    file.write_text("\N{ZERO WIDTH NO-BREAK SPACE}seed: 3\n", encoding="utf-8")
    for source in (file, str(file)):
        sweep = load(source)
        assert (sweep.name, sweep.config.seed) == ("night", 3)
    assert sweep.text == "seed: 3\n"


# --- overrides ----------------------------------------------------------------------------------------------

SECTIONED = """base: {max_turns: 3, user: gpt-5}
grid: {seed: [1, 2]}
limits: {timeout_seconds: 5}
split: full
"""
FLAT = "max_turns: 3\ntimeout: 5\nscenarios: {ids: [s1, s2, s3]}\n"


@pytest.mark.parametrize("text", [SECTIONED, FLAT, "{}\n"])
def test_overrides_go_before_the_file(text):
    words = {
        "max_turns": 4,
        "timeout": 9,
        "scenarios": "s4,s2,s1",
        "limit": 2,
        "runs": 5,
        "user_model": "gpt-4o",
    }
    sweep = load(text, overrides=words)
    assert {cell.config.max_turns for cell in sweep.cells} == {4}
    assert {cell.config.user_model_alias for cell in sweep.cells} == {"gpt-4o"}
    assert (sweep.config.timeout_seconds, sweep.scenario_ids, sweep.runs) == (9.0, ("s4", "s2"), 5)


@pytest.mark.parametrize(
    ("scenarios", "words", "ids"),
    [
        ("{ids: [s1, s2], exclude: [s3], limit: 1}", {"split": "full", "limit": 3}, "s1 s2 s4"),
        ("[s1, s2]", {"split": "full", "limit": 3}, "s1 s2 s3"),
        ("[s1, s2]", {"limit": 1}, "s1"),
        ("{split: full, limit: 1}", {"scenarios": ["s5"]}, "s5"),
    ],
)
def test_overrides_of_scenarios(scenarios, words, ids):
    assert load(f"scenarios: {scenarios}\n", overrides=words).scenario_ids == tuple(ids.split())


def test_a_name_from_elsewhere():
    assert load("name: a\n", overrides={"experiment_name": "b"}).name == "b"
    assert load("experiment_name: a\n", overrides={"name": "b"}).name == "b"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"seed": 3}, "sweep:2:8: grid.seed: seed varies here, so it cannot be overridden"),
        ({"max_turns": "x"}, "overrides: base.max_turns: expected a whole number, found the text 'x'"),
        ({"max_turn": 3}, "overrides: max_turn: the key 'max_turn' is not known. Did you mean 'max_turns'"),
    ],
)
def test_a_wrong_override_is_named(words, message):
    with pytest.raises(SweepError) as caught:
        load(SECTIONED, overrides=words)
    assert str(caught.value).startswith(message)
