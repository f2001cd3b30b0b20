"""Whatever a sweep file holds, it is read or refused by name."""

import json
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from pare.sweep import Sweep, SweepError, from_resolved, load_sweep, resolved
from tests.fuzz.cases import (
    LONG_CASES,
    PARTS,
    as_json,
    assert_linear,
    assert_shown,
    changed,
    in_long_mode,
    in_parts,
    run_cases,
    some,
    spliced,
)

CATALOGUE = {"alpha": ("Time",), "beta": ("Search", "Time"), "gamma": ()}
LONGEST_LINE = 1_500
MOST_LINES = 101

EXAMPLE = """
name: night
scenarios: {ids: [alpha, beta], exclude: [beta]}
runs: 2
models:
  small: {provider: openai, model: gpt-5-mini, price: {prompt: 1, completion: 2}}
  local: {provider: openai, model: qwen3-8b, sampling: {temperature: 0.5}}
base: &base {user: small, max_turns: 10, seed: 7}
grid: {proactive: [small, local], format: [react_json, tool_calls]}
zip: [{tool_failure_probability: [0, 0.1], env_events_per_min: [0, 4]}]
include: [{proactive: small, seed: 8}]
exclude: [{proactive: small, format: tool_calls}]
limits: {timeout_seconds: 1800, workers: 2}
"""

FLAT = """
experiment_name: flat
user_provider: openai
user_model: gpt-5-mini
observe_provider: openai
observe_model: gpt-5-mini
execute_provider: openai
execute_model: gpt-5-mini
scenarios: [alpha]
runs: 1
tool_failure_probability: 0.1
"""

SMALL = """
scenarios: {ids: [alpha]}
models: {m: {provider: openai, model: gpt-5-mini}}
base: {user: m, proactive: m}
grid: {seed: [1, 2], max_turns: [3, 4]}
"""

TREES = [
    {
        "name": "night",
        "scenarios": {"tags": ["Time"], "limit": 1},
        "models": {
            "m": {"provider": "openai", "model": "gpt-5-mini", "endpoints": ["http://127.0.0.1:1/v1"]}
        },
        "base": {"user": "m", "proactive": "m"},
        "grid": {"seed": [1, 2]},
        "zip": [{"max_turns": [1, 2], "format": ["react_json", "tool_calls"]}],
        "limits": {"workers": 1},
    },
    {"scenarios": {"ids": ["beta"]}, "base": {"user": "gpt-5-mini", "user_provider": "openai"}},
]

KEYS = """
name scenarios split ids tags dirs exclude include runs models base grid zip limits limit user
observe proactive observe_model observe_provider small observe_endpoint format seed max_turns oracle
output_dir tool_failure_probability tool_augmentation_config env_events_config env_events_per_min
env_events_seed price key sampling provider model endpoints max_cost prompts_dir user_type
agent_type user_engine_config user_model_alias full alpha Time scripted wait no_cache <<
experiment_name results_dir weight_per_app_class headers extra_body judge_only
"""
WORDS = st.sampled_from(KEYS.split())
SCALARS = st.one_of(
    WORDS,
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.integers(-2, 12),
    st.floats(),
    st.floats(0, 1),
    st.text(max_size=8),
    st.sampled_from(["x" * 3000, "\x1b]0;x\x07", "\u202e", "a\nb", "\ud800"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=10,
)
PIECES = st.one_of(
    st.sampled_from(
        [*"{}[]:,-&*!|>'\"#%@?~ \n\t\0", "&a", "*a", "*base", "!!int", "yes", "012", "1:30", "1e3"]
    ),
    st.sampled_from(
        ["\\ud800", ".inf", "- ", ": ", "<<: *base", "!!python/object:x", "\u2028", "\x85", "\ufeff"]
    ),
    WORDS,
    st.text(max_size=5),
)
FILES = st.dictionaries(WORDS, VALUES, max_size=7)


class Parts(NamedTuple):
    """What the cases of a batch are made of."""

    pieces: list[str]
    values: list[Any]
    files: list[dict[str, Any]]
    overrides: dict[str, Any]


PARTS_OF_CASES = st.builds(
    Parts, some(PIECES), some(VALUES), some(FILES), st.just({}) | st.dictionaries(WORDS, VALUES, max_size=2)
)


class Case(NamedTuple):
    """A sweep file and what goes before it."""

    text: str
    overrides: dict[str, Any]


def make(parts: Parts, rng: Random) -> Case:
    kind = rng.randrange(10)
    if kind < 4:
        text = spliced(rng, rng.choice((EXAMPLE, FLAT, SMALL, SMALL)), parts.pieces)
    elif kind < 8:
        text = as_json(changed(rng, rng.choice(TREES), parts.values)).decode()
    elif kind < 9:
        text = as_json(rng.choice(parts.files)).decode()
    else:
        text = "".join(rng.choices(parts.pieces, k=rng.randint(0, 25)))
    return Case(f"{text}\n", parts.overrides if rng.random() < 0.3 else {})


def load(case: Case, folder: Path) -> Sweep | SweepError:
    try:
        return load_sweep(case.text, catalogue=CATALOGUE, folder=folder, environ={}, overrides=case.overrides)
    except SweepError as error:
        return error


def check(case: Case, folder: Path) -> None:
    sweep = load(case, folder)
    if isinstance(sweep, SweepError):
        assert sweep.problems
        lines = str(sweep).split("\n")
        assert len(lines) == min(len(sweep.problems), MOST_LINES)
        for line, problem in zip(lines, sweep.problems, strict=False):
            assert_shown(line, LONGEST_LINE)
            assert problem.line is None or 1 <= problem.line <= len(case.text.splitlines()) + 2
            assert line.startswith(str(problem.source)) or len(lines) == MOST_LINES
        return
    assert sweep.cells
    kept = json.loads(json.dumps(resolved(sweep)))
    assert resolved(from_resolved(kept)) == kept
    assert next(sweep.jobs()).scenario_id in CATALOGUE


def run(folder: Path, cases: int) -> None:
    run_cases(PARTS_OF_CASES, make, lambda case: check(case, folder), cases=cases)


def test_a_sweep_is_read_or_refused(tmp_path: Path) -> None:
    run(tmp_path, 240)


@in_long_mode
@in_parts
def test_each_of_many_sweeps_is_read_or_refused(part: int, tmp_path: Path) -> None:
    run(tmp_path, LONG_CASES // PARTS)


@pytest.mark.parametrize("text", [EXAMPLE, FLAT, SMALL, *map(json.dumps, TREES)])
def test_what_is_changed_is_sound_before(text: str, tmp_path: Path) -> None:
    assert isinstance(load(Case(f"{text}\n", {}), tmp_path), Sweep)


@pytest.mark.parametrize(
    "text",
    [
        'a: "\\Uffffffff"\n',
        "%YAML 99999999999999999999.1\n---\na: 1\n",
        "? [a]\n: 1\n",
        "*a\n",
        "- " * 200 + "\n",
        "[" * 5000 + "\n",
    ],
)
def test_a_text_that_once_broke_the_reader_is_refused(text: str, tmp_path: Path) -> None:
    assert isinstance(load(Case(text, {}), tmp_path), SweepError)
    check(Case(text, {}), tmp_path)


@pytest.mark.parametrize(
    "make_text",
    [
        lambda size: "x: [" + "a, " * size + "]\n",
        lambda size: "".join(f"key{n}: 1\n" for n in range(size)),
        lambda size: "scenarios: {ids: [" + "alph, " * size + "]}\n",
        lambda size: "name: " + "a " * size + "\n",
        lambda size: "name: &a b\n" + "x: [" + "*a, " * size + "]\n",
    ],
)
def test_the_time_to_refuse_a_file_grows_with_its_size(make_text: Any, tmp_path: Path) -> None:
    assert_linear(lambda text: load(Case(text, {}), tmp_path), make_text, size=60)
