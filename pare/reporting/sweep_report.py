"""The report of a sweep: one frozen value, made from rows in any order, the same every time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pare.errors import ConfigError, nearest
from pare.reporting.failures import FailureGroup, RunNote, failure_groups, note_of, reason_of
from pare.reporting.levels import NoiseLevel, noise_levels
from pare.scenarios.metrics import (
    MAX_INFRASTRUCTURE_SHARE,
    Comparison,
    Counts,
    Rate,
    Spent,
    Summary,
    compared,
    counts_of,
    success_rate,
    summary_of,
)
from pare.scenarios.metrics.rates import has_headline
from pare.scenarios.metrics.summary import (
    ended_by_user,
    failed_with_error,
    has_unfired,
    spent_by,
    verdicts_differ,
)
from pare.scenarios.result_row import BrokenLine, ResultRow
from pare.traces.encoding import encoded

FORMAT = 1
"""Counts up when a key of report.json changes its meaning or goes."""

NO_TAG = "(no tag)"


@dataclass(frozen=True, slots=True)
class CellReport:
    """A cell of the sweep: its varied settings, and all figures of its runs.

    Without `has_headline` too many runs were lost to infrastructure for a rate to stand for all.
    """

    name: str
    settings: dict[str, Any]
    has_headline: bool
    summary: Summary


@dataclass(frozen=True, slots=True)
class TagReport:
    """A tag: in each cell the success rate of the runs that carry it; a run can carry several."""

    tag: str
    cells: dict[str, Rate]


@dataclass(frozen=True, slots=True)
class ScenarioReport:
    """A scenario: what its runs came to, in each cell."""

    scenario_id: str
    tags: tuple[str, ...]
    oracle_length: int | None
    cells: dict[str, Counts]


@dataclass(frozen=True, slots=True)
class SweepReport:
    """A sweep as a whole.

    `replaced` rows are left out, since a later row is of the same run; `outside` are runs of cells that are
    not told of. `defects` and the lists after it tell single runs apart; `failures` groups them by reason.
    `without_noise` are scenarios which none of the noise that was asked for can reach.
    """

    format: int
    max_infrastructure_share: float
    rows: int
    replaced: int
    outside: int
    broken_lines: tuple[BrokenLine, ...]
    counts: Counts
    spent: Spent
    defects: tuple[RunNote, ...]
    cells: tuple[CellReport, ...]
    comparisons: tuple[Comparison, ...]
    levels: tuple[NoiseLevel, ...]
    tags: tuple[TagReport, ...]
    scenarios: tuple[ScenarioReport, ...]
    verdicts_differ: tuple[RunNote, ...]
    ended_by_user: tuple[RunNote, ...]
    failed_with_error: tuple[RunNote, ...]
    unfired: tuple[RunNote, ...]
    without_noise: tuple[str, ...]
    failures: tuple[FailureGroup, ...]


def report_of(
    rows: Iterable[ResultRow],
    cells: Sequence[str] | None = None,
    *,
    baseline: str | None = None,
    max_infrastructure_share: float = MAX_INFRASTRUCTURE_SHARE,
    folder: Path | None = None,
    broken: Iterable[BrokenLine] = (),
) -> SweepReport:
    """Make the report of `rows`; of two rows of one run the later one counts.

    `cells` are the cells to tell of, in this order (default: all, by name); those after `baseline` are
    compared with it alone. Relative traces are taken from `folder`. `broken` is read after `rows`, so that
    it may be filled while they are read.

    Raises:
        ConfigError: there is no cell of the name `baseline`.
    """
    given = list(rows)
    kept = latest_rows(given)
    by_cell = _by_cell(kept, cells)
    if baseline is not None and baseline not in by_cell:
        raise ConfigError(f"there is no cell {baseline!r} to compare with.{nearest(baseline, by_cell)}")
    told = [row for found in by_cell.values() for row in found]

    def notes(holds: Callable[[ResultRow], bool], text: Callable[[ResultRow], str]) -> tuple[RunNote, ...]:
        return tuple(note_of(row, text(row), folder) for row in told if holds(row))

    return SweepReport(
        FORMAT,
        max_infrastructure_share,
        rows=len(told),
        replaced=len(given) - len(kept),
        outside=len(kept) - len(told),
        broken_lines=tuple(broken),
        counts=counts_of(told),
        spent=spent_by(told),
        defects=notes(lambda row: row.outcome == "defect", reason_of),
        cells=tuple(_cell(name, found, max_infrastructure_share) for name, found in by_cell.items()),
        comparisons=tuple(compared(by_cell, baseline, max_infrastructure_share)),
        levels=noise_levels(by_cell, max_infrastructure_share),
        tags=_tags(by_cell, max_infrastructure_share),
        scenarios=_scenarios(by_cell),
        verdicts_differ=notes(verdicts_differ, _both_verdicts),
        ended_by_user=notes(ended_by_user, lambda row: f"{row.end_reason}: {row.end_message or ''}"),
        failed_with_error=notes(failed_with_error, lambda row: row.error or ""),
        unfired=notes(has_unfired, lambda row: ", ".join(row.events_unfired)),
        without_noise=tuple(sorted({row.scenario_id for row in told if row.noise_events_planned == 0})),
        failures=failure_groups(told, folder),
    )


def json_of(report: SweepReport) -> bytes:
    """Give the report as JSON; `docs/metrics.md` documents its keys, which are the names of the fields."""
    return orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n"


def latest_rows(rows: Iterable[ResultRow]) -> list[ResultRow]:
    """Give the last row of each run, sorted by cell, scenario and run number."""
    found = {row.key: row for row in rows}
    return [found[key] for key in sorted(found)]


def _by_cell(rows: Iterable[ResultRow], cells: Sequence[str] | None) -> dict[str, list[ResultRow]]:
    found: dict[str, list[ResultRow]] = defaultdict(list)
    for row in rows:
        found[row.cell].append(row)
    return {name: found.get(name, []) for name in (found if cells is None else cells)}


def _cell(name: str, rows: list[ResultRow], max_share: float) -> CellReport:
    settings = rows[0].settings if rows else {}
    is_told = has_headline(counts_of(rows), max_share)
    return CellReport(name, orjson.loads(encoded(settings)), is_told, summary_of(rows, max_share))


def _tags(by_cell: Mapping[str, list[ResultRow]], max_share: float) -> tuple[TagReport, ...]:
    found: dict[str, dict[str, list[ResultRow]]] = defaultdict(lambda: defaultdict(list))
    for cell, rows in by_cell.items():
        for row in rows:
            for tag in dict.fromkeys(row.tags) or (NO_TAG,):
                found[tag][cell].append(row)
    return tuple(
        TagReport(tag, {name: success_rate(rows, "published", max_share) for name, rows in cells.items()})
        for tag, cells in sorted(found.items())
    )


def _scenarios(by_cell: Mapping[str, list[ResultRow]]) -> tuple[ScenarioReport, ...]:
    found: dict[str, dict[str, list[ResultRow]]] = defaultdict(lambda: defaultdict(list))
    for cell, rows in by_cell.items():
        for row in rows:
            found[row.scenario_id][cell].append(row)
    return tuple(_scenario(scenario_id, cells) for scenario_id, cells in sorted(found.items()))


def _scenario(scenario_id: str, cells: Mapping[str, list[ResultRow]]) -> ScenarioReport:
    some = next(iter(cells.values()))[0]
    counts = {name: counts_of(rows) for name, rows in cells.items()}
    return ScenarioReport(scenario_id, some.tags, some.oracle_length, counts)


def _both_verdicts(row: ResultRow) -> str:
    names = {True: "success", False: "failure", None: "none"}
    return f"published {row.outcome}, strict {names[row.strict_success]}"
