"""Every example sweep can be read, and every split holds what is there."""

from pathlib import Path

import pytest

from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.scenario_expander import EnvEventsConfig
from pare.sweep import Selection, load_sweep, select
from pare.sweep.models import WELL_KNOWN, load_models
from pare.sweep.selection import registered

ROOT = Path(__file__).parents[1]
SWEEPS = sorted(file for file in (ROOT / "configs").glob("*.yaml") if file.name != "models.yaml")
BUNDLED = ROOT / "pare" / "scenarios" / "benchmark"

CELLS = {"full-benchmark": 2, "local-model": 2, "noise-ablation": 6, "overnight": 6, "quickstart": 2}


@pytest.fixture(scope="module")
def catalogue() -> dict[str, tuple[str, ...]]:
    problems: list[str] = []
    found = registered((BUNDLED,), lambda path, message: problems.append(message))
    assert problems == []
    return found


@pytest.mark.parametrize("file", SWEEPS, ids=lambda file: file.stem)
def test_an_example_is_a_sweep(file, catalogue):
    sweep = load_sweep(file, catalogue=catalogue, folder=ROOT, environ={})
    assert sweep.name == file.stem
    assert len(sweep.cells) == CELLS[file.stem]
    assert len(sweep) == len(sweep.cells) * len(sweep.scenario_ids) * sweep.runs > 0


def test_the_noise_ablation_has_every_level_once_and_one_cell_in_silence(catalogue):
    sweep = load_sweep(ROOT / "configs" / "noise-ablation.yaml", catalogue=catalogue, folder=ROOT, environ={})
    levels = [
        (cell.settings["tool_failure_probability"], cell.settings["num_env_events_per_minute"])
        for cell in sweep.cells
    ]
    assert levels == [(0, 0), (0, 4), (0.1, 0), (0.1, 4), (0.4, 0), (0.4, 4)]
    assert len({cell.config_hash for cell in sweep.cells}) == len(levels)
    quiet = {name: getattr(sweep.cells[0].config, name) for name in sweep.cells[0].config.model_fields_set}
    never = {"tool_augmentation_config": None, "env_events_config": None}
    for silence in (
        never,
        {"tool_augmentation_config": ToolAugmentationConfig(0.0), "env_events_config": EnvEventsConfig(0)},
        {"tool_augmentation_config": ToolAugmentationConfig(0.0, False, False), "noise_seed_scope": "sweep"},
    ):
        config = ScenarioRunnerConfig(**{**quiet, **never, **silence})
        assert config.get_config_hash() == sweep.cells[0].config_hash


def test_the_example_models_come_on_top_of_those_well_known():
    models = load_models(ROOT / "configs" / "models.yaml")
    assert {"oracle", "wait", "random", "qwen3-8b", "gpt-5-azure", *WELL_KNOWN} == {*models}


def test_the_full_split_is_everything(catalogue):
    assert select(Selection(split="full"), catalogue) == tuple(catalogue)


def test_the_ablation_split_holds_a_part_of_the_known_scenarios(catalogue):
    ids = select(Selection(split="ablation"), catalogue)
    assert 0 < len(ids) <= len(catalogue) / 2
