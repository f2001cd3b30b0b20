"""Reports in the published forms: as plain JSON, and as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pare.scenarios.metrics.published import (
    GROUPED_BY,
    Figures,
    Row,
    published_groups,
    published_statistics,
)

VERSION = "1.0"

Weights = Mapping[str, float] | None

_LINE = "=" * 78


def published_json(
    rows: Iterable[Row], split: str = "full", weight_per_app_class: Weights = None
) -> dict[str, Any]:
    """Give the report of rows as published: figures by models and noise, in the order of these."""
    return {
        "metadata": {
            "split": split,
            "timestamp": _now().isoformat(),
            "report_version": VERSION,
            "weight_per_app_class": None if weight_per_app_class is None else dict(weight_per_app_class),
        },
        "per_config_results": [
            {**dict(zip(GROUPED_BY, key, strict=True)), **_flat(found)}
            for key, found in published_groups(rows)
        ],
    }


def published_text(rows: Iterable[Row], split: str = "full", weight_per_app_class: Weights = None) -> str:
    """Give the report of rows as text."""
    lines = [_LINE, "PARE validation report", f"Split: {split}"]
    if weight_per_app_class:
        weights = ", ".join(f"{name} {weight:g}" for name, weight in weight_per_app_class.items())
        lines.append(f"Weights of noise: {weights}")
    lines += [f"Made: {_now():%Y-%m-%d %H:%M:%S}", _LINE]
    for key, found in published_groups(rows):
        lines += ["", *_group_lines(key, _flat(found))]
    return "\n".join(lines) + "\n"


def _now() -> datetime:
    return datetime.now().astimezone()


def _flat(rows: Sequence[Row]) -> Figures:
    figures = published_statistics(rows)
    return {**figures["global"], **figures["pas_metrics"]}


def _group_lines(key: Sequence[Any], figures: Figures) -> Iterator[str]:
    user, proactive, failing, events = key
    yield f"User {user} | proactive {proactive} | tool failures {failing} | events a minute {events}"
    yield "-" * len(_LINE)
    yield from _metadata_lines(figures)
    yield from _metric_lines(figures)


def _metadata_lines(figures: Figures) -> Iterator[str]:
    yield _line("Unique scenarios", figures["total_scenarios"])
    yield _line("Runs", f"{figures['total_runs']} (k = {figures['k']})")
    if figures["validated_runs"] < figures["total_runs"]:
        names = ("success", "failed", "exception", "no_validation")
        told = ", ".join(f"{figures[f'{name}_runs']} {name}" for name in names)
        yield _line("Validated", f"{figures['validated_runs']} ({told})")


def _metric_lines(figures: Figures) -> Iterator[str]:
    k = figures["k"]
    yield _line("Success@1", f"{_spread('success_rate', figures, ' %')}{_interval('success_rate', figures)}")
    for label, name in ((f"pass@{k} (any)", "pass_at_k"), (f"pass^{k} (all)", "pass_k")):
        share = f"{figures[f'{name}_percent']:.1f} % ({figures[name]} of {figures['total_scenarios']})"
        yield _line(label, share + _interval(name, figures))
    yield _line("Proposal rate", _spread("aggregate_proposal_rate", figures, digits=3))
    yield _line("Acceptance rate", _spread("aggregate_acceptance_rate", figures, digits=3))
    yield _line("Proposals, accepted", f"{figures['total_proposals']}, {figures['total_acceptances']}")
    yield _line("Turns", figures["total_turns"])
    yield _line("Reads a run", _spread("avg_read_only_actions", figures))
    yield _line("Writes a run", _spread("avg_write_actions", figures))
    duration, deviation = figures["avg_run_duration"], figures["avg_run_duration_std"]
    yield _line("Seconds a run", f"{duration:.1f} (STD {deviation:.1f})")
    yield _line("Seconds of the job", f"{figures['job_duration']:.1f}")


def _line(label: str, value: object) -> str:
    return f"  {label + ':':<22}{value}"


def _spread(name: str, figures: Figures, unit: str = "", digits: int = 1) -> str:
    value, error, deviation = (figures[name + ending] for ending in ("", "_sem", "_std"))
    return f"{value:.{digits}f}{unit} +/- {error:.{digits}f} (STD {deviation:.{digits}f})"


def _interval(name: str, figures: Figures) -> str:
    interval = figures[f"{name}_interval"]
    return "" if interval is None else f", 95 % {interval[0]:.1f} to {interval[1]:.1f}"
