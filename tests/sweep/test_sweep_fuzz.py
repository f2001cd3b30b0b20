"""Whatever a sweep file holds, it is read or refused by name."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pare.sweep import Sweep, SweepError, from_resolved, load_sweep, resolved

CATALOGUE = {"alpha": ("Time",), "beta": ("Search", "Time"), "gamma": ()}

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
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=25,
)
FILES = st.dictionaries(WORDS, TREES, max_size=7)
SNIPPETS = st.sampled_from(
    [
        *"{}[]:,-&*!|>'\"#%@?~ \n\t\0",
        "&a",
        "*a",
        "!!int",
        "yes",
        "012",
        "1:30",
        "1e3",
        "\\ud800",
        ".inf",
        "- ",
        ": ",
    ]
)


@st.composite
def edited(draw: st.DrawFn) -> str:
    """Give the example with some pieces cut out, put in or put elsewhere."""
    text = EXAMPLE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.one_of(SNIPPETS, WORDS, st.text(max_size=5))) + text[end:]
    return text


TEXTS = st.one_of(
    st.text(max_size=60).map(lambda text: f"{text}\n"),
    st.lists(st.one_of(SNIPPETS, WORDS), max_size=25).map(lambda parts: "".join(parts) + "\n"),
    edited(),
    FILES.map(lambda tree: json.dumps(tree, indent=1) + "\n"),
)


OVERRIDES = st.one_of(st.just({}), st.dictionaries(WORDS, TREES, max_size=2))


def load(text: str, overrides: dict, folder: Path) -> Sweep | SweepError:
    try:
        return load_sweep(text, catalogue=CATALOGUE, folder=folder, environ={}, overrides=overrides)
    except SweepError as error:
        return error


def check(text: str, overrides: dict, folder: Path) -> None:
    sweep = load(text, overrides, folder)
    if isinstance(sweep, SweepError):
        assert sweep.problems
        assert str(sweep)
        return
    assert sweep.cells
    kept = json.loads(json.dumps(resolved(sweep)))
    assert resolved(from_resolved(kept)) == kept
    assert next(sweep.jobs()).scenario_id in CATALOGUE


@given(text=TEXTS, overrides=OVERRIDES)
@settings(max_examples=150)
@example(text=EXAMPLE, overrides={})
@example(text='a: "\\Uffffffff"\n', overrides={})
@example(text="%YAML 99999999999999999999.1\n---\na: 1\n", overrides={})
@example(text="? [a]\n: 1\n", overrides={})
@example(text="*a\n", overrides={})
@example(text="- " * 200 + "\n", overrides={})
@example(text="[" * 5000 + "\n", overrides={})
def test_only_sweep_errors_come_out(
    text: str, overrides: dict, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check(text, overrides, tmp_path_factory.getbasetemp())


@pytest.mark.long
@given(text=TEXTS, overrides=OVERRIDES)
@settings(max_examples=20_000)
def test_only_sweep_errors_come_out_of_many(
    text: str, overrides: dict, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check(text, overrides, tmp_path_factory.getbasetemp())
