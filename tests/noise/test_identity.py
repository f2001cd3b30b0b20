"""What of noise is part of the config hash: what can act, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from pare.noise.augmentation import VARIABLE
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.scenario_expander import EnvEventsConfig


def hash_of(tools: Any = None, events: Any = None, **settings: Any) -> str:
    config = ScenarioRunnerConfig(tool_augmentation_config=tools, env_events_config=events, **settings)
    return config.get_config_hash()


def test_noise_that_never_acts_is_no_noise() -> None:
    quiet = hash_of()
    assert hash_of(ToolAugmentationConfig(0.0)) == quiet
    assert hash_of(ToolAugmentationConfig(0, False, False)) == quiet
    assert hash_of(events=EnvEventsConfig(0)) == quiet
    assert hash_of(events=EnvEventsConfig(0.0, env_events_seed=7)) == quiet
    assert hash_of(events=EnvEventsConfig(0, weight_per_app_class={})) == quiet
    assert hash_of(noise_seed_scope="sweep") == quiet


def test_every_setting_that_acts_counts() -> None:
    hashes = [
        hash_of(),
        hash_of(ToolAugmentationConfig(0.1)),
        hash_of(ToolAugmentationConfig(0.2)),
        hash_of(ToolAugmentationConfig(0.1), noise_seed_scope="sweep"),
        hash_of(ToolAugmentationConfig(0.1), EnvEventsConfig(4)),
        hash_of(events=EnvEventsConfig(4)),
        hash_of(events=EnvEventsConfig(5)),
        hash_of(events=EnvEventsConfig(4, 1)),
        hash_of(events=EnvEventsConfig(4, n_message_events_per_conversation=3)),
        hash_of(events=EnvEventsConfig(4, n_item_events_per_product=3)),
        hash_of(events=EnvEventsConfig(4, weight_per_app_class={"EmailClientApp": 1.0})),
        hash_of(events=EnvEventsConfig(4), noise_seed_scope="sweep"),
    ]
    assert len(set(hashes)) == len(hashes)


def test_how_a_setting_is_written_does_not_count() -> None:
    assert hash_of(events=EnvEventsConfig(4)) == hash_of(events=EnvEventsConfig(4.0))
    assert hash_of(ToolAugmentationConfig(1)) == hash_of(ToolAugmentationConfig(1.0))
    one, other = (
        {"EmailClientApp": 1.0, "ShoppingApp": 2.0},
        {"ShoppingApp": 2, "EmailClientApp": 1, "Mail": 0.0},
    )
    assert hash_of(events=EnvEventsConfig(4, weight_per_app_class=one)) == hash_of(
        events=EnvEventsConfig(4, weight_per_app_class=other)
    )
    # The bundled data renames nothing, so whether it may does not matter.
    assert hash_of(ToolAugmentationConfig(0.1)) == hash_of(ToolAugmentationConfig(0.1, False, False))


def test_the_data_counts_when_noise_is_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet, noisy = hash_of(), hash_of(events=EnvEventsConfig(4))
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"apps": []}))
    monkeypatch.setenv(VARIABLE, str(path))
    assert hash_of() == quiet
    assert hash_of(events=EnvEventsConfig(4)) != noisy


def test_other_names_are_noise_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"tool_names_mapping": {"Mail__go": "Mail__run"}}))
    monkeypatch.setenv(VARIABLE, str(path))
    assert hash_of(ToolAugmentationConfig(0.0)) != hash_of()
    assert hash_of(ToolAugmentationConfig(0.0, apply_tool_name_augmentation=False)) == hash_of()
