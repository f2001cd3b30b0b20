"""Reports of published results, at their published place: of rows, or of a DataFrame of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pare.scenarios.metrics.published import Figures, published_statistics
from pare.scenarios.metrics.published_text import Weights, published_json, published_text
from pare.scenarios.multi_result import PAREMultiScenarioValidationResult
from pare.scenarios.published_rows import PublishedRow, frame_of

ConfigKey = tuple[str, str, float, int]
"""User model, proactive model, share of failing calls, events a minute."""


def calculate_statistics(df: Any) -> dict[str, Figures]:
    """Give the figures of results: "global" ones, and of proposals and actions "pas_metrics"."""
    return published_statistics(_rows_of(df))


def generate_validation_report(df: Any, split: str = "full", weight_per_app_class: Weights = None) -> str:
    """Give the report of results as text, by models and noise."""
    return published_text(_rows_of(df), split, weight_per_app_class)


def generate_json_stats_report(
    df: Any, split: str = "full", weight_per_app_class: Weights = None
) -> dict[str, Any]:
    """Give the report of results as plain JSON, by models and noise."""
    return published_json(_rows_of(df), split, weight_per_app_class)


def combine_results_to_dataframe(results: Mapping[ConfigKey, PAREMultiScenarioValidationResult]) -> Any:
    """Give the rows of several results as one DataFrame.

    Raises:
        ConfigError: polars is missing.
    """
    return frame_of([row for result in results.values() for row in result.rows()])


def _rows_of(df: Any) -> list[PublishedRow]:
    """Give the rows of a DataFrame; anything else is a collection of rows already."""
    rows: Iterable[PublishedRow] = df.to_dicts() if hasattr(df, "to_dicts") else df
    return list(rows)
