"""Scenarios of the benchmark, at their published place: by id, by a file of ids, or by split."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from pare.compat.conveniences import CountableIterator
from pare.errors import ConfigError
from pare.scenarios.scenario import Scenario
from pare.scenarios.utils.registry import registry
from pare.sweep.selection import Selection, select, split_directories


class Split(str, Enum):  # noqa: UP042 - its text is that of the member, as published
    """The published splits."""

    FULL = "full"
    ABLATION = "ablation"


def get_splits_dir() -> Path:
    """Give the directory of files of splits: the first that there is, of those that are looked into."""
    return next(directory for directory in split_directories() if directory.is_dir())


def load_scenario_ids_from_file(file_path: str | Path) -> list[str]:
    """Give the ids of a file: one in each line, comments after #.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        lines = Path(file_path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file_path} cannot be read: {error}") from error
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def load_scenarios_from_registry(
    scenario_ids: list[str] | None = None, limit: int | None = None
) -> CountableIterator[Scenario]:
    """Make scenarios one by one: those named, or all, up to `limit`.

    Raises:
        SweepError: an id is unknown or named twice.
    """
    ids = None if scenario_ids is None else tuple(scenario_ids)
    return _made(_selected(Selection(ids=ids, limit=limit)))


def load_scenarios_by_split(split: Split, limit: int | None = None) -> CountableIterator[Scenario]:
    """Make the scenarios of a split one by one, up to `limit`.

    Raises:
        SweepError: the split is unknown, or names scenarios that are.
    """
    return _made(_selected(Selection(split=Split(split).value, limit=limit)))


def _selected(selection: Selection) -> Sequence[str]:
    return select(selection, dict.fromkeys(registry.get_all_scenarios(), ()))


def _made(ids: Sequence[str]) -> CountableIterator[Scenario]:
    return CountableIterator(map(registry.create, ids), len(ids))
