"""Which scenarios: by split, id and tag, out of a catalogue."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from pare.llm.strict import StrictModel
from pare.scenarios.utils.registry import registry
from pare.sweep import problems
from pare.sweep.checking import unknown
from pare.sweep.problems import Problem, SweepError, dotted

SPLITS_VARIABLE = "PARE_BENCHMARK_SPLITS_DIR"
SPLITS = Path("data/splits")
ALL = "*"
"""Stands in a split's file for all scenarios."""

MOST_NAMED = 10

_PACKAGED = Path(__file__).parents[1] / "scenarios" / "splits"

Catalogue = Mapping[str, tuple[str, ...]]
"""The tags of each scenario, by its id."""

Report = Callable[[problems.Path, str], None]


class Selection(StrictModel):
    """Which scenarios: those of `split` or of `ids`, else all; of them those with any of `tags`.

    `exclude` leaves out ids, and `limit` all but the first.
    """

    split: str | None = None
    ids: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    limit: int | None = Field(None, ge=1)


ALL_SCENARIOS = Selection()
"""Whatever there is."""


def select(
    selection: Selection, catalogue: Catalogue, splits: Sequence[Path] | None = None
) -> tuple[str, ...]:
    """Give the ids of the selected scenarios: in the order of `ids`, else in that of `catalogue`.

    The files of splits are looked for in the directories `splits`, by default `split_directories()`.

    Raises:
        SweepError: an id, a tag or the split is unknown, an id is named twice, or nothing is selected.
    """
    found: list[Problem] = []

    def report(path: problems.Path, message: str) -> None:
        found.append(Problem(message, dotted(path), source="selection"))

    ids = selected(selection, catalogue, split_directories() if splits is None else splits, report)
    if found:
        raise SweepError(found)
    return ids


def selected(
    selection: Selection, catalogue: Catalogue, splits: Sequence[Path], report: Report
) -> tuple[str, ...]:
    """Do what `select` does, and give problems to `report`."""
    before = _Counting(report)
    if selection.split is not None and selection.ids is not None:
        before(("ids",), "both a split and ids are named: leave one of them out")
    ids = _ids(selection, catalogue, splits, before)
    ids = _with_tags(ids, selection.tags, catalogue, before)
    _check_ids("exclude", selection.exclude, catalogue, before)
    left_out = frozenset(selection.exclude)
    rest = tuple(scenario_id for scenario_id in ids if scenario_id not in left_out)[: selection.limit]
    if not (rest or before.count):
        before((), "no scenario is selected")
    return rest


class _Counting:
    """Hands problems on, and counts them."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.count = 0

    def __call__(self, path: problems.Path, message: str) -> None:
        self.count += 1
        self._report(path, message)


def _ids(
    selection: Selection, catalogue: Catalogue, splits: Sequence[Path], report: _Counting
) -> Iterable[str]:
    if selection.ids is not None:
        if not selection.ids:
            report(("ids",), "the list of ids is empty: no scenario is selected")
        return _check_ids("ids", selection.ids, catalogue, report)
    if selection.split is not None:
        return _split(selection.split, catalogue, splits, report)
    if not catalogue:
        report((), "there are no scenarios to select from")
    return catalogue


def _check_ids(field: str, ids: Sequence[str], catalogue: Catalogue, report: _Counting) -> list[str]:
    """Tell which ids are unknown or named again, and give the others."""
    known, first = [], dict[str, int]()
    words = list(catalogue)
    for place, scenario_id in enumerate(ids):
        if scenario_id in first:
            report(
                (field, place),
                f"the scenario {scenario_id!r} is named twice, first in {field}[{first[scenario_id]}]",
            )
        elif scenario_id not in catalogue:
            report((field, place), unknown("the scenario", scenario_id, words, report.count))
        else:
            known.append(scenario_id)
        first.setdefault(scenario_id, place)
    return known


def _with_tags(
    ids: Iterable[str], tags: Sequence[str] | None, catalogue: Catalogue, report: _Counting
) -> list[str]:
    if tags is None:
        return list(ids)
    if not tags:
        report(("tags",), "the list of tags is empty: no scenario is selected")
    there = sorted({tag for own in catalogue.values() for tag in own})
    for place, tag in enumerate(tags):
        if tag not in there:
            report(("tags", place), unknown("the tag", tag, there, report.count))
    wanted = frozenset(tags)
    return [scenario_id for scenario_id in ids if wanted.intersection(catalogue[scenario_id])]


# --- splits -------------------------------------------------------------------------------------------------


def split_directories(
    environ: Mapping[str, str] = os.environ, folder: Path | None = None
) -> tuple[Path, ...]:
    """Give where files of splits are looked for: what the environment names, ``data/splits``, our own.

    Raises:
        SweepError: the environment names what is no directory.
    """
    base = folder or Path()
    named = environ.get(SPLITS_VARIABLE)
    if named and not (base / named).is_dir():
        raise SweepError(
            [Problem(f"{SPLITS_VARIABLE} names {named}, which is no directory", source="environment")]
        )
    return (*((base / named,) if named else ()), base / SPLITS, _PACKAGED)


def _split(name: str, catalogue: Catalogue, splits: Sequence[Path], report: _Counting) -> list[str]:
    files = _split_files(splits)
    if name not in files:
        report(("split",), unknown("the split", name, sorted(files)))
        return []
    try:
        lines = files[name].read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        report(("split",), f"the file {files[name]} of the split cannot be read: {error}")
        return []
    ids = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return list(catalogue) if ids == [ALL] else _of_split(files[name], ids, catalogue, report)


def _split_files(splits: Sequence[Path]) -> dict[str, Path]:
    """Give the files of splits by name; that of an earlier directory counts."""
    return {file.stem: file for directory in reversed(splits) for file in sorted(directory.glob("*.txt"))}


def _of_split(file: Path, ids: list[str], catalogue: Catalogue, report: _Counting) -> list[str]:
    twice = [scenario_id for scenario_id, count in Counter(ids).items() if count > 1]
    missing = [scenario_id for scenario_id in dict.fromkeys(ids) if scenario_id not in catalogue]
    if twice:
        report(("split",), f"{file} names scenarios twice: {_some(twice)}")
    if missing:
        report(("split",), f"{file} names scenarios that are not known: {_some(missing)}")
    wanted = frozenset(ids)
    return [scenario_id for scenario_id in catalogue if scenario_id in wanted]


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else ""
    return ", ".join(words[:MOST_NAMED]) + more


# --- the catalogue ------------------------------------------------------------------------------------------


def registered(sources: Sequence[Path], report: Report) -> dict[str, tuple[str, ...]]:
    """Give the catalogue of the scenarios in the directories `sources`, or of all that can be found.

    What could not be imported, or took the id of another, goes to `report`.
    """
    ids = registry.load(sources) if sources else None
    for failure in [*registry.failures, *(registry.replaced if sources else ())]:
        report(("dirs",), f"not all scenarios can be loaded: {failure}")
    if ids is None:
        ids = [] if registry.failures else list(registry.get_all_scenarios())
    return {scenario_id: _tags(registry.get_scenario(scenario_id)) for scenario_id in ids}


def _tags(scenario_class: Any) -> tuple[str, ...]:
    tags = getattr(scenario_class, "tags", ())
    return tuple(str(getattr(tag, "value", tag)) for tag in tags or ())
