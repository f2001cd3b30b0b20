"""Results as published: rows of plain values, in the columns and the order of published result files."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from pare.errors import ConfigError
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.validation_result import PAREScenarioValidationResult

PublishedRow = dict[str, Any]

EVENTS_SEED = 42
"""The seed that published names tell where there is no noise."""

COLUMNS: Mapping[str, type] = MappingProxyType({
    "base_scenario_id": str,
    "run_number": int,
    "success_numeric": float,
    "success_bool": bool,
    "status": str,
    "has_exception": bool,
    "exception_type": str,
    "exception_message": str,
    "rationale": str,
    "export_path": str,
    "run_duration": float,
    "job_duration": float,
    "user_model": str,
    "user_provider": str,
    "observe_model": str,
    "observe_provider": str,
    "execute_model": str,
    "execute_provider": str,
    "agent_type": str,
    "proactive_model": str,
    "tool_failure_probability": float,
    "num_env_events_per_minute": int,
    "proposal_count": int,
    "acceptance_count": int,
    "read_only_actions": int,
    "write_actions": int,
    "number_of_turns": int,
    "proposal_rate": float,
    "acceptance_rate": float,
})  # fmt: skip
"""The columns of a published result file, in their order, and what they hold; any of them may be None."""


class RunError(Exception):
    """What a run ended with, told by its row: "Type: message"."""


def published_row(
    scenario_id: str,
    run_number: int | None,
    result: PAREScenarioValidationResult,
    config: ScenarioRunnerConfig,
    job_duration: float | None = None,
) -> PublishedRow:
    """Give the row of a result."""
    kind, message = error_words(result.exception)
    return {
        "base_scenario_id": scenario_id,
        "run_number": run_number,
        "success_numeric": None if result.success is None else float(result.success),
        "success_bool": result.success,
        "status": status_of(result),
        "has_exception": result.exception is not None,
        "exception_type": kind,
        "exception_message": message,
        "rationale": None if result.rationale is None else str(result.rationale),
        "export_path": result.export_path,
        "run_duration": result.duration,
        "job_duration": job_duration,
        **settings_columns(config),
        "proposal_count": result.proposal_count,
        "acceptance_count": result.acceptance_count,
        "read_only_actions": result.read_only_actions,
        "write_actions": result.write_actions,
        "number_of_turns": result.number_of_turns,
        "proposal_rate": result.proposal_rate,
        "acceptance_rate": result.acceptance_rate,
    }


def status_of(result: PAREScenarioValidationResult) -> str:
    """Say in the published words what a run came to."""
    if result.success is not None:
        return "success" if result.success else "failed"
    return "no_validation" if result.exception is None else "exception"


def error_words(error: Exception | None) -> tuple[str | None, str | None]:
    """Give the type and the message of an error, also of one that its row told."""
    if error is None:
        return None, None
    if isinstance(error, RunError):
        kind, colon, message = str(error).partition(": ")
        return (kind, message) if colon else (type(error).__name__, kind)
    return type(error).__name__, str(error)


def settings_columns(config: ScenarioRunnerConfig) -> PublishedRow:
    """Give the columns that say under which settings a run was made."""
    found = {}
    for role in ("user", "observe", "execute"):
        found[f"{role}_model"] = getattr(config, f"{role}_model_alias")
        found[f"{role}_provider"] = getattr(config, f"{role}_engine_config").provider
    proactive = f"{config.agent_type}_{config.observe_model_alias}_{config.execute_model_alias}"
    rate, _, probability = noise_of(config)
    return {
        **found,
        "agent_type": config.agent_type,
        "proactive_model": proactive,
        "tool_failure_probability": probability,
        "num_env_events_per_minute": rate,
    }


def noise_of(config: ScenarioRunnerConfig) -> tuple[float, int, float]:
    """Give events a minute (a whole number, if it is one), their seed, and the share of failing calls."""
    events, tools = config.env_events_config, config.tool_augmentation_config
    rate = 0 if events is None else events.num_env_events_per_minute
    return (
        int(rate) if rate == int(rate) else rate,
        EVENTS_SEED if events is None else events.env_events_seed,
        0.0 if tools is None else float(tools.tool_failure_probability),
    )


# --- as tables of polars ------------------------------------------------------------------------------------


def polars_module() -> Any:
    """Give polars.

    Raises:
        ConfigError: it is missing.
    """
    try:
        return import_module("polars")
    except ImportError as error:
        raise ConfigError("tables need polars, which is missing: pip install 'pare[tables]'") from error


def polars_schema() -> dict[str, Any]:
    """Give the published columns with the types of polars.

    Raises:
        ConfigError: polars is missing.
    """
    polars = polars_module()
    types = {str: polars.String, int: polars.Int64, float: polars.Float64, bool: polars.Boolean}
    return {name: types[kind] for name, kind in COLUMNS.items()}


def frame_of(rows: list[PublishedRow], extra: Mapping[str, str] | None = None) -> Any:
    """Give rows as a DataFrame, with columns of text that are the same in all rows.

    Raises:
        ConfigError: polars is missing.
    """
    polars = polars_module()
    schema = {**polars_schema(), **dict.fromkeys(extra or {}, polars.String)}
    more = {name: str(value) for name, value in (extra or {}).items()}
    return polars.DataFrame([{**row, **more} for row in rows], schema=schema)
