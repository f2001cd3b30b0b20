"""The names of ``are.simulation.scenarios.validation_result``."""

from pare.compat.published import ScenarioMetadata
from pare.scenarios.validation_result import ScenarioValidationResult

__all__ = [
    "ScenarioMetadata",
    "ScenarioValidationResult",
]
