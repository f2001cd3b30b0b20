"""Cells that differ in their noise alone, beside the one of them that has none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pare.scenarios.metrics import Comparison, Rate, compared, success_rate
from pare.scenarios.result_row import ResultRow
from pare.traces.encoding import encoded

LEVELS = ("tool_failure_probability", "env_events_per_min", "num_env_events_per_minute")
"""The settings that say how much noise there is."""


@dataclass(frozen=True, slots=True)
class NoiseLevel:
    """A cell among those that differ from it in their noise alone.

    `level` are the settings that say how much noise there is, `rate` is the success rate. `difference` is
    to the cell of the same other settings without noise; that cell itself has None.
    """

    cell: str
    level: dict[str, Any]
    rate: Rate
    difference: Comparison | None


def noise_levels(cells: Mapping[str, Sequence[ResultRow]], max_share: float) -> tuple[NoiseLevel, ...]:
    """Give the cells that have a counterpart without noise, and these, the quietest first."""
    return tuple(level for alike in _alike(cells) for level in _levels(alike, max_share))


def _alike(cells: Mapping[str, Sequence[ResultRow]]) -> Iterator[dict[str, Sequence[ResultRow]]]:
    """Group the cells that have runs by the settings that are no noise."""
    found: dict[bytes, dict[str, Sequence[ResultRow]]] = defaultdict(dict)
    for name, rows in cells.items():
        if rows:
            others = {word: value for word, value in rows[0].settings.items() if word not in LEVELS}
            found[encoded(dict(sorted(others.items())))][name] = rows
    yield from found.values()


def _levels(cells: Mapping[str, Sequence[ResultRow]], max_share: float) -> Iterator[NoiseLevel]:
    levels = {name: _level(rows[0].settings) for name, rows in cells.items()}
    quiet = next((name for name, level in levels.items() if level and not any(level.values())), None)
    if quiet is None or len(levels) < 2:
        return
    against = {item.second: item for item in compared(cells, quiet, max_share)}
    for name in sorted(levels, key=lambda name: _amounts(levels[name])):
        rate = success_rate(cells[name], "published", max_share)
        yield NoiseLevel(name, levels[name], rate, against.get(name))


def _level(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {word: settings[word] for word in LEVELS if word in settings}


def _amounts(level: Mapping[str, Any]) -> list[float]:
    return [float(value) if isinstance(value, int | float) else 0.0 for value in level.values()]
