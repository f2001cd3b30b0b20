"""Scenarios: the model, the registry, and the bundled benchmark."""

from pare.scenarios.scenario import PAREScenario, Scenario, ScenarioStatus
from pare.scenarios.validation_result import ScenarioValidationResult

__all__ = ["PAREScenario", "Scenario", "ScenarioStatus", "ScenarioValidationResult"]
