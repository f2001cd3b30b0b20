"""What a trace says in its first and its last line of the run as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pare.kernel.calls import failure
from pare.kernel.serialization import to_plain
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.validation_result import ScenarioValidationResult

_ROLES = ("user", "observe", "execute")
_LEFT_OUT = ("exception", "export_path", "duration")


def header_data(config: ScenarioRunnerConfig, scenario: Scenario) -> dict[str, Any]:
    """Give what the first line says besides the label: models, agents, limits, tags.

    Endpoints and keys are left out: where a model is served is no fact about the run.
    """
    return {
        "models": {role: _model(config, role) for role in _ROLES},
        "agent_type": config.agent_type,
        "user_type": config.user_type,
        "action_format": config.format,
        "max_turns": config.max_turns if scenario.nb_turns is None else scenario.nb_turns,
        "duration": scenario.duration,
        "generation_time": config.simulated_generation_time_mode,
        "tags": [tag.value for tag in scenario.tags or ()],
    }


def _model(config: ScenarioRunnerConfig, role: str) -> Mapping[str, Any]:
    engine = getattr(config, f"{role}_engine_config")
    alias = getattr(config, f"{role}_model_alias")
    return {"alias": alias, "model": engine.model, "provider": engine.provider}


def result_data(result: ScenarioValidationResult) -> dict[str, Any]:
    """Give what the last line says: every field of a result, and the place of an error.

    The wall time is ``wall_seconds``, as all that is a matter of the machine begins with ``wall_``; where
    the trace was exported to is left out.
    """
    names = [item.name for item in fields(result) if item.name not in _LEFT_OUT]
    values = {name: to_plain(getattr(result, name)) for name in names}
    return {**values, "error": _error(result.exception), "wall_seconds": result.duration}


def _error(error: Exception | None) -> dict[str, Any] | None:
    if error is None:
        return None
    place = failure(error).exception_stack_trace or ""
    return {"type": type(error).__name__, "message": str(error), "place": place.splitlines()}
