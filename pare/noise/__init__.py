"""The two channels of noise: tools that fail or go by other names, and events that nobody asked for."""

from pare.noise.arrivals import MOST_EVENTS, MOST_PER_MINUTE, arrival_times, excess
from pare.noise.augmentation import (
    AugmentationData,
    AugmentationDataError,
    augmentation_data_path,
    load_augmentation_data,
    parse_augmentation_data,
)
from pare.noise.draws import NoiseDraws, NoiseSeedScope
from pare.noise.events import NoisePlan, has_noise_for, plan_noise
from pare.noise.failures import InjectedFailureError, ToolFailures, is_exempt, rename_tools
from pare.noise.sources import KINDS, PREFIX, Caps, known_app_classes, weight_of

__all__ = [
    "KINDS",
    "MOST_EVENTS",
    "MOST_PER_MINUTE",
    "PREFIX",
    "AugmentationData",
    "AugmentationDataError",
    "Caps",
    "InjectedFailureError",
    "NoiseDraws",
    "NoisePlan",
    "NoiseSeedScope",
    "ToolFailures",
    "arrival_times",
    "augmentation_data_path",
    "excess",
    "has_noise_for",
    "is_exempt",
    "known_app_classes",
    "load_augmentation_data",
    "parse_augmentation_data",
    "plan_noise",
    "rename_tools",
    "weight_of",
]
