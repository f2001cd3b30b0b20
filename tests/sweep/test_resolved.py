"""A sweep is kept as plain JSON, comes back the same, and tells what another one changed."""

import json
from pathlib import Path

import pytest

from pare.sweep import Difference, SweepError, differences, from_resolved, load_sweep, resolved

CATALOGUE = {"s1": (), "s2": (), "s3": ()}

TEXT = """
name: night
scenarios: {ids: [s1, s2]}
runs: 2
models:
  small: {provider: openai, model: gpt-5-mini, price: {prompt: 1, completion: 2}, headers: {x-team: a}}
  local: {provider: vllm, model: qwen3-8b, endpoints: [http://a/v1, http://b/v1], extra_body: {top_k: 5}}
base: {user: small, seed: 7, tool_failure_probability: 0.1, output_dir: traces}
grid: {proactive: [small, local]}
limits: {timeout_seconds: 60, results_dir: results}
"""


def load(text: str = TEXT):
    return load_sweep(text, catalogue=CATALOGUE, environ={}, folder=Path("/nowhere"))


def kept(sweep):
    return json.loads(json.dumps(resolved(sweep)))


def test_what_is_kept_makes_the_same_sweep():
    sweep = load()
    again = from_resolved(kept(sweep))
    assert [(cell.config, cell.settings) for cell in again.cells] == [
        (cell.config, cell.settings) for cell in sweep.cells
    ]
    assert (again.config, again.scenario_ids, again.selection) == (
        sweep.config,
        ("s1", "s2"),
        sweep.selection,
    )
    assert (again.results_dir, again.sources, again.runs) == (Path("results"), (), 2)
    assert (again.name, again.text) == ("night", TEXT)
    assert [job.key for job in again.jobs()] == [job.key for job in sweep.jobs()]
    assert differences(kept(sweep), again) == []


CELLS = SMALL, LOCAL = ("proactive=small", "proactive=local")
BOTH, ONE = ["http://a/v1", "http://b/v1"], ["http://b/v1"]


def changed(kind, field, old, new):
    return [Difference(kind, field, old, new)]


def changed_in(cells, kind, field, old, new):
    return [Difference(kind, field, old, new, cell) for cell in cells]


def changed_in_agents(kind, field, old, new):
    names = [f"{role}_engine_config.{field}" for role in ("observe", "execute")]
    return [Difference(kind, name, old, new, LOCAL) for name in names]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("runs: 2", "runs: 3", changed("runs", "runs", 2, 3)),
        (
            *("[s1, s2]", "[s2, s3]"),
            changed("scenario", "scenario", "s1", None) + changed("scenario", "scenario", None, "s3"),
        ),
        ("seconds: 60", "seconds: 90", changed("transport", "timeout_seconds", 60.0, 90.0)),
        ("name: night", "name: day", changed("display", "experiment_name", "night", "day")),
        ("dir: results", "dir: out", changed("display", "results_dir", "results", "out")),
        ("http://a/v1, ", "", changed_in_agents("transport", "endpoints", BOTH, ONE)),
        ("top_k: 5", "top_k: 6", changed_in_agents("identity", "extra_body", {"top_k": 5}, {"top_k": 6})),
        ("seed: 7", "seed: 8", changed_in(CELLS, "identity", "seed", 7, 8)),
        ("dir: traces", "dir: out", changed_in(CELLS, "display", "output_dir", "traces", "out")),
        ("[small, local]", "[small]", changed("cell", "cell", LOCAL, None)),
        ("[small, local]", "[local, gpt-5, small]", changed("cell", "cell", None, "proactive=gpt-5")),
        # what is the same under another name is the same
        (
            "{proactive: [small, local]}",
            "{execute: [local], observe: [local]}\ninclude: [{proactive: small}]",
            [],
        ),
        ("tool_failure_probability: 0.1", "tool_augmentation_config: {}", []),
    ],
)
def test_differences(old, new, expected):
    assert old in TEXT
    assert differences(kept(load()), load(TEXT.replace(old, new))) == expected


def test_changed_prompts_are_another_identity(tmp_path):
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    file = prompts / "protocol_react_json.md"
    file.write_text("Answer in JSON.")
    text = f"base: {{prompts_dir: {prompts}}}\n"
    before = kept(load(text))
    other = tmp_path / "other"
    other.mkdir()
    (other / file.name).write_text("Answer in JSON, please.")
    found = differences(before, load(f"base: {{prompts_dir: {other}}}\n"))
    assert [(difference.kind, difference.field) for difference in found] == [
        ("transport", "prompts_dir"),
        ("identity", "prompts"),
    ]


def test_a_difference_is_a_line():
    texts = [
        str(difference)
        for difference in differences(load(), load(TEXT.replace("7", "8", 1).replace("[s1, s2]", "[s1]")))
    ]
    assert texts[0] == "scenario s2 removed"
    assert str(Difference("identity", "seed", 7, 8, "a=1")) == "seed in cell 'a=1': 7 is now 8 (identity)"
    assert str(Difference("cell", "cell", None, "a=1")) == "cell a=1 added"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 0}, "version 0 of resolved sweeps cannot be read"),
        ({"config": {"seed": "x"}}, "damaged"),
        ({"cells": [{}]}, "damaged"),
    ],
)
def test_what_cannot_be_taken_up(change, message):
    with pytest.raises(SweepError, match=message):
        from_resolved({**kept(load()), **change})


def test_a_cell_that_is_another_one_now_is_refused():
    data = kept(load())
    data["cells"][0]["hash"] = "0" * 16
    with pytest.raises(SweepError, match="the cell 'proactive=small' had config hash 0000000000000000"):
        from_resolved(data)
