"""What a sweep is refused for: the line, the field, what was found, and what was meant."""

import pickle
from itertools import pairwise
from pathlib import Path

import pytest

from pare.errors import ConfigError
from pare.sweep import Problem, Selection, SweepError, load_sweep, select
from pare.sweep.document import MOST_BYTES

CATALOGUE = {"dentist_moves": ("Time",), "swim_lesson": ("Search", "Time"), "street_party": ()}

MODELS = """models:
  small: {provider: openai, model: gpt-5-mini}
  local: {provider: vllm, model: qwen3-8b, price: {prompt: 0, completion: 0}}
"""


def problems(text: str, **more) -> list[Problem]:
    settings = {"catalogue": CATALOGUE, "environ": {}, "folder": Path("/nowhere"), **more}
    with pytest.raises(SweepError) as caught:
        load_sweep(text, **settings)
    return [*caught.value.problems]


FIELDS = [
    # unknown words, and the nearest one
    ("modles: {}\n", 1, "modles", "the key 'modles' is not known. Did you mean 'models'"),
    ("base: {max_turn: 3}\n", 1, "base.max_turn", "Did you mean 'max_turns'"),
    ("grid: {fromat: [react_json]}\n", 1, "grid.fromat", "Did you mean 'format'"),
    ("zip: [{fromat: [react_json]}]\n", 1, "zip[0].fromat", "Did you mean 'format'"),
    ("include: [{sed: 1}]\n", 1, "include[0].sed", "Did you mean 'seed'"),
    ("limits: {max_concurent: 1}\n", 1, "limits.max_concurent", "'max_concurrent'"),
    ("scenarios: {tag: [Time]}\n", 1, "scenarios.tag", "Did you mean 'tags'? Known: split, ids, tags"),
    ("base:\n  user: smal\n" + MODELS, 2, "base.user", "alias 'smal' is not known. Did you mean 'small'"),
    ("grid: {proactive: [local, locla]}\n" + MODELS, 1, "grid.proactive[1]", "Did you mean 'local'"),
    ("user_model: gpt-55\n", 1, "user_model", "Did you mean 'gpt-5' or 'gpt-4o' or 'gpt-5-mini'"),
    ("models:\n  x: {provider: opnai, model: m}\n", 2, "models.x.provider", "Did you mean 'openai'"),
    ("models:\n  x: {provider: vllm, model: m, modl: m}\n", 2, "models.x.modl", "Did you mean 'model'"),
    ("models:\n  x: {provider: vllm}\n", 2, "models.x", "the field 'model' is missing"),
    ("models:\n  x: {provider: azure, model: m}\n", 2, "models.x.provider", "name yours in `endpoints`"),
    (
        "models:\n  x: {provider: vllm, model: m, endpoints: [localhost]}\n",
        2,
        "models.x.endpoints",
        "http://",
    ),
    ("models:\n  x: {provider: scripted, model: orcale}\n", 2, "models.x.model", "Did you mean 'oracle'"),
    (
        "models:\n  x: {provider: scripted, model: steps}\n",
        2,
        "models.x.model",
        "Known: oracle, random, wait",
    ),
    (
        "models:\n  x:\n    provider: vllm\n    model: m\n    sampling: {temprature: 1}\n",
        *(5, "models.x.sampling.temprature", "Did you mean 'temperature'"),
    ),
    (
        "base: {env_events_config: {env_event_seed: 1}}\n",
        1,
        "base.env_events_config.env_event_seed",
        "'env_events_seed'",
    ),
    ("base: {agent_type: observ-execute}\n", 1, "base.agent_type", "Did you mean 'observe-execute'"),
    ("base: {prompts_dir: /nowhere/at/all}\n", 1, "base.prompts_dir", "/nowhere/at/all"),
    # the wrong type
    ("runs: 0\n", 1, "runs", "must be at least 1, found the number 0"),
    ("runs: two\n", 1, "runs", "expected a whole number, found the text 'two'"),
    (
        "base:\n  seed: 1\n  max_turns: ten\n",
        3,
        "base.max_turns",
        "expected a whole number, found the text 'ten'",
    ),
    ("base: {seed: 7.0}\n", 1, "base.seed", "expected a whole number, found the number 7.0"),
    ("base: {seed: true}\n", 1, "base.seed", "expected a whole number, found true"),
    ("base: {oracle: 1}\n", 1, "base.oracle", "expected true or false, found the number 1"),
    ("base: {user: 5}\n", 1, "base.user", "expected the alias of a model, found the number 5"),
    ("base: {output_dir: 5}\n", 1, "base.output_dir", "expected text, found the number 5"),
    ("base: [1]\n", 1, "base", "expected a mapping of settings, found a list"),
    ("grid: [1]\n", 1, "grid", "expected a mapping of settings to lists of values, found a list"),
    ("grid: {seed: 1}\n", 1, "grid.seed", "expected a list of values for seed, found the number 1"),
    ("grid: {seed: [1, a]}\n", 1, "grid.seed[1]", "expected a whole number, found the text 'a'"),
    (
        "grid: {format: [react_json, tool_cals]}\n",
        1,
        "grid.format[1]",
        "found the text 'tool_cals'. Did you mean 'tool_calls'",
    ),
    ("include: [1]\n", 1, "include[0]", "expected a mapping of settings, found the number 1"),
    ("include: {seed: 1}\n", 1, "include", "expected a list of mappings of settings, found a mapping"),
    (
        "limits: {log_level: info}\n",
        1,
        "limits.log_level",
        "one of DEBUG, INFO, WARNING, ERROR, found the text 'info'. Did you mean 'INFO'",
    ),
    ("base: {tool_failure_probability: 1.5}\n", 1, "base.tool_failure_probability", "at most 1"),
    (
        "base: {tool_augmentation_config: {tool_failure_probability: 2}}\n",
        1,
        "base.tool_augmentation_config.tool_failure_probability",
        "must be at most 1, found the number 2",
    ),
    ("base: {env_events_per_min: -1}\n", 1, "base.env_events_per_min", "at least 0, found the number -1"),
    ("limits: {timeout: 0}\n", 1, "limits.timeout", "must be more than 0"),
    ("scenarios: 5\n", 1, "scenarios", "found the number 5"),
    ("scenarios: {limit: 0}\n", 1, "scenarios.limit", "at least 1"),
    ("name: a/b\n", 1, "name", "a part of file names"),
    ("models: [1]\n", 1, "models", "expected a mapping of aliases to models, found a list"),
    ("models: {a: gpt-5}\n", 1, "models.a", "a mapping with provider and model, found the text 'gpt-5'"),
    ("base: {judge_only: true}\n", 1, "base.judge_only", "not supported in this version"),
    # what YAML 1.1 would have read
    ("base: {oracle: yes}\n", 1, "base.oracle", "YAML 1.1 takes it for true: write true or false"),
    ("base: {export: Off}\n", 1, "base.export", "YAML 1.1 takes it for false"),
    ("base: {seed: 012}\n", 1, "base.seed", "base 8: write 12"),
    ("base: {seed: 0x10}\n", 1, "base.seed", "write it in base 10"),
    ("base: {max_turns: 1:30}\n", 1, "base.max_turns", "base 60 as 90: write the number"),
    ("base: {seed: '7'}\n", 1, "base.seed", "the quotes make it text: leave them out"),
    ("limits: {timeout: .inf}\n", 1, "limits.timeout", ".inf is not finite"),
    ("limits: {timeout: 1e999}\n", 1, "limits.timeout", "too large"),
    ("base: {seed: 9223372036854775808}\n", 1, "base.seed", "too large"),
    # what stands in the wrong place, or twice
    (
        "grid: {output_dir: [a, b]}\n",
        1,
        "grid.output_dir",
        "cells cannot differ in output_dir: it is display",
    ),
    ("grid: {observe_endpoint: [a, b]}\n", 1, "grid.observe_endpoint", "it is transport"),
    ("include: [{timeout: 3}]\n", 1, "include[0].timeout", "set it in `limits`"),
    ("base: {timeout: 3}\n", 1, "base.timeout", "belongs into `limits`"),
    ("limits: {max_turns: 3}\n", 1, "limits.max_turns", "belongs into `base`"),
    ("seed: 3\ngrid: {max_turns: [1, 2]}\n", 1, "seed", "belongs into `base`"),
    (
        "base: {proactive: gpt-5, observe: gpt-5}\n",
        1,
        "base.observe",
        "observe_model is set by proactive already",
    ),
    (
        "grid: {proactive: [gpt-5], observe: [gpt-5]}\n",
        1,
        "grid.observe",
        "observe_model is set by grid.proactive already",
    ),
    ("grid: {seed: [1]}\nzip: [{seed: [2]}]\n", 2, "zip[0].seed", "seed is set by grid.seed already"),
    ("timeout: 3\nlimits: {timeout_seconds: 4}\n", 2, "limits.timeout_seconds", "is set twice"),
    ("split: full\nscenarios: {split: full}\n", 1, "split", "stands in `scenarios` already"),
    ("name: a\nexperiment_name: b\n", 2, "experiment_name", "has a `name` already"),
    ("seed: 1\nname: a\nseed: 2\n", 3, "seed", "the key 'seed' stands here again, and in line 1 before"),
    ("grid: {seed: [1, 2, 1]}\n", 1, "grid.seed[2]", "the same value stands at position 0"),
    (
        "zip: [{seed: [1, 2], max_turns: [1]}]\n",
        1,
        "zip[0]",
        "must be equally long, found seed 2, max_turns 1",
    ),
    # cells
    ("grid: {seed: []}\n", 1, "grid.seed", "the list is empty"),
    ("include: [{}]\n", 1, "include[0]", "the mapping is empty"),
    ("grid: {seed: [1]}\nexclude: [{seed: 1}]\n", 2, "exclude", "all cells are excluded"),
    ("grid: {seed: [1, 2]}\nexclude:\n  - {seed: 3}\n", 3, "exclude[0]", "nothing is excluded"),
    (
        "grid: {seed: [0, 1]}\ninclude:\n  - {max_turns: 10}\n",
        *(3, "include[0]", "the cells 'seed=0' and 'max_turns=10' have the same configuration"),
    ),
    (
        "grid: {env_events_seed: [1, 2]}\n",
        1,
        "grid",
        "'env_events_seed=1' and 'env_events_seed=2' have the same",
    ),
    (
        f"grid: {{seed: {[*range(100)]}, max_turns: {[*range(1, 101)]}}}\nruns: 40\n",
        *(1, "grid", "the sweep has 1,200,000 jobs (10,000 cells of 120 runs each); at most 1,000,000"),
    ),
    (f"grid: {{seed: {[*range(101)]}, max_turns: {[*range(1, 101)]}}}\n", 1, "grid", "10,100 cells"),
    (
        MODELS + "base: {user: small, proactive: local}\nlimits: {max_cost: 3}\n",
        *(5, "limits.max_cost", "there is none of small: give each under `models`"),
    ),
    ("exclude: [{seed: 1}]\n", 1, "exclude", "neither a grid nor a zip"),
    # scenarios
    ("scenarios: {ids: [dentist_moved]}\n", 1, "scenarios.ids[0]", "Did you mean 'dentist_moves'"),
    ("scenarios:\n  - swim_lesson\n  - swim_lessen\n", 3, "scenarios[1]", "Did you mean 'swim_lesson'"),
    ("scenarios: {exclude: [swim_lessen]}\n", 1, "scenarios.exclude[0]", "Did you mean 'swim_lesson'"),
    ("scenarios: {tags: [Tyme]}\n", 1, "scenarios.tags[0]", "Did you mean 'Time'? Known: Search, Time."),
    ("split: fill\n", 1, "split", "Did you mean 'full'"),
    ("scenarios: {ids: []}\n", 1, "scenarios.ids", "the list of ids is empty"),
    ("scenarios: {tags: []}\n", 1, "scenarios.tags", "the list of tags is empty"),
    ("scenarios: {tags: [Search], exclude: [swim_lesson]}\n", 1, "scenarios", "no scenario is selected"),
    ("scenarios: {split: full, ids: [swim_lesson]}\n", 1, "scenarios.ids", "both a split and ids"),
    ("scenarios: {ids: [swim_lesson, swim_lesson]}\n", 1, "scenarios.ids[1]", "named twice, first in ids[0]"),
    (
        "scenarios: {split: ablation}\n",
        1,
        "scenarios.split",
        "ablation.txt names scenarios that are not known",
    ),
]


@pytest.mark.parametrize(("text", "line", "path", "message"), FIELDS)
def test_one_problem(text, line, path, message):
    (problem,) = problems(text)
    assert (problem.path, problem.line) == (path, line)
    assert message in problem.message
    assert problem.source == "sweep"


BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefg")
)

TEXTS = [
    ("a: [1\n", 2, "the text is no YAML"),
    ("a:\n\t- 1\n", 2, "indent with spaces"),
    ("a: 1\n---\nb: 2\n", 2, "a second document begins here"),
    ("seed: !!python/object/apply:os.system [ls]\n", 1, "the tag !!python/object/apply:os.system is refused"),
    ("seed: !mine 3\n", 1, "the tag !mine is refused"),
    ("seed: !!timestamp 2025-01-06\n", 1, "the tag !!timestamp is refused"),
    ("base: !!set {seed: 1}\n", 1, "the tag !!set is refused"),
    ("seed: !!int x\n", 1, "'x' is no !!int"),
    ("seed: *a\n", 1, "there is no &a above"),
    ("base: &a {seed: *a}\n", 1, "stands within what it stands for"),
    ("base: {<<: 3}\n", 1, "<< takes a mapping"),
    ("? [1]\n: 2\n", 1, "a key must be a word"),
    ("name: \"\\ud800\"\n", 1, "half characters"),
    ("name: \"a\\0b\"\n", 1, "control characters"),
    ("name: \"\\Uffffffff\"\n", None, "the text is no YAML"),
    ("name: a\x01b\n", 1, "cannot stand in YAML"),
    ("- 1\n- 2\n", 1, "expected a mapping of settings, found a list"),
    ("base: " + "[" * 60 + "]" * 60 + "\n", 1, "nested more than 40 deep"),
    ("# " + "x" * MOST_BYTES + "\n", None, "512 KiB"),
    (BOMB, 6, "more than 100000 values"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "message"), TEXTS)
def test_what_is_no_text_of_a_sweep(text, line, message):
    found = problems(text)
    assert any(message in problem.message and problem.line == line for problem in found), found


def test_all_problems_are_told_at_once_in_the_order_of_the_text():
    found = problems("""
runs: none
modles: {}
models:
  small: {provider: opnai, model: m}
base: {user: smal, max_turns: 010}
grid: {format: [react_json, tool_cals], seed: []}
scenarios: {ids: [dentist_moved]}
limits: {timeout: soon}
""")
    assert [(problem.line, problem.path) for problem in found] == [
        (2, "runs"),
        (3, "modles"),
        (5, "models.small.provider"),
        (6, "base.user"),
        (6, "base.max_turns"),
        (7, "grid.format[1]"),
        (7, "grid.seed"),
        (8, "scenarios.ids[0]"),
        (9, "limits.timeout"),
    ]


def test_a_problem_is_a_line_to_follow(tmp_path):
    file = tmp_path / "night.yaml"
    file.write_text("base:\n  max_turns: ten\n")
    (problem,) = problems(file)
    assert str(problem) == f"{file}:2:14: base.max_turns: expected a whole number, found the text 'ten'"


def test_the_error_is_a_refused_configuration_that_other_processes_can_raise():
    error = SweepError([Problem("no", "a.b", 1, 2), Problem("never")])
    assert isinstance(error, ConfigError)
    assert str(error) == "sweep:1:2: a.b: no\nsweep: never"
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems


def test_very_many_problems_are_counted():
    found = problems(f"scenarios: {[f'swim_lessen_{number}' for number in range(5_000)]}\n")
    assert len(found) == 5_000
    assert str(SweepError(found)).endswith("\nand 4900 more problems")


@pytest.mark.parametrize(
    "text",
    [
        "models:\n  x: {provider: vllm, model: m, key: sk-very-secret}\n",
        "models:\n  x: {provider: vllm, model: m, headers: sk-very-secret}\n",
        "models:\n  x: {provider: vllm, model: m, headers: {Authorization: sk-very-secret}}\n",
        "models:\n  x: {provider: vllm, model: m, query: {key: sk-very-secret}}\n",
        "models:\n  x: {provider: vllm, model: m, key: {environ: sk-very-secret}}\n",
        "models:\n  x: {provider: vllm, model: m, key: {env: [sk-very-secret]}}\n",
    ],
)
def test_no_key_is_shown(text):
    assert "secret" not in str(problems(text))


def test_the_file_of_models_is_named(tmp_path):
    (tmp_path / "m.yaml").write_text("good: {provider: vllm, model: m}\nbad: {provider: vllm}\n")
    text = "user: bad\nobserve: good\nexecute: gpt-5\n"
    found = problems(text, folder=tmp_path, environ={"PARE_MODELS_FILE": "m.yaml"})
    assert [(problem.source, problem.line, problem.path) for problem in found] == [
        ("sweep", 1, "user"),
        (str(tmp_path / "m.yaml"), 2, "bad"),
    ]
    assert "is refused" in found[0].message


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"PARE_MODELS_FILE": "missing.yaml"}, "No such file"),
        ({"PARE_BENCHMARK_SPLITS_DIR": "missing"}, "no directory"),
    ],
)
def test_what_the_environment_names_must_be_there(environ, message):
    (problem,) = problems("split: full\n", environ=environ)
    assert message in problem.message


@pytest.mark.parametrize("name", ["missing.yaml", "", "a\0b", "x" * 5000])
def test_a_file_that_cannot_be_read(name):
    (problem,) = problems(name)
    assert "cannot be read" in problem.message


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    (problem,) = problems(tmp_path / "a.yaml")
    assert "no UTF-8" in problem.message


def test_a_split_that_names_a_scenario_twice(tmp_path):
    (tmp_path / "odd.txt").write_text("swim_lesson\nswim_lesson\ngone\n")
    with pytest.raises(SweepError) as caught:
        select(Selection(split="odd"), CATALOGUE, [tmp_path])
    assert [problem.path for problem in caught.value.problems] == ["split", "split"]
    assert "twice: swim_lesson" in str(caught.value)
    assert "not known: gone" in str(caught.value)


def test_select_tells_all_problems():
    with pytest.raises(SweepError) as caught:
        select(Selection(ids=("swim_lessen", "street_party", "street_party"), tags=("Tyme",)), CATALOGUE)
    assert [problem.path for problem in caught.value.problems] == ["ids[0]", "ids[2]", "tags[0]"]
