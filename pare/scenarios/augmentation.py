"""The noise that a scenario can be run with, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ToolAugmentationConfig:
    """How tools misbehave: the probability (0 to 1) that a call fails, and whether tools are renamed."""

    tool_failure_probability: float = 0.1
    apply_tool_name_augmentation: bool = True
    apply_tool_description_augmentation: bool = True


@dataclass
class ScenarioGUIConfig:
    """How a viewer shows a scenario."""

    show_timestamps: bool = False
