"""What `pare benchmark run` leaves in the published places, beside the run folder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from pare.multi_scenario_runner.folder import RunFolder
    from pare.reporting.published_files import PublishedPlace
    from pare.scenarios.job import Job
    from pare.scenarios.published_rows import PublishedRow
    from pare.sweep import Sweep

LONGEST_MESSAGE = 100


def publish(folder: RunFolder, sweep: Sweep) -> None:
    """Write the published files of a run folder that has any, if it holds results by now.

    Raises:
        OSError: a file cannot be written.
    """
    from pare.reporting.published_files import marked_place, published_rows, write_published

    place = marked_place(folder)
    rows = [] if place is None else published_rows(folder, place, sweep.cells[0].config)
    if place is not None and rows:
        write_published(place, rows)


def print_totals(place: PublishedPlace, rows: list[PublishedRow], console: Console) -> None:
    """Print the published totals, and a sample of each kind of exception, the most frequent first."""
    from collections import Counter

    from pare.reporting.tables import one_line

    statuses = Counter(row["status"] for row in rows)
    failed = sum(row["has_exception"] or row["status"] == "failed" for row in rows)
    kinds = Counter(row["exception_type"] for row in rows if row["has_exception"])
    told = f"total {len(rows):,}, success {statuses['success']:,}, failed {failed:,}"
    console.print(f"{told}, exceptions {kinds.total():,}", markup=False)
    for kind, count in kinds.most_common():
        sample = next(row["exception_message"] or "" for row in rows if row["exception_type"] == kind)
        console.print(f"  {count:,} × {kind}: {one_line(sample)[:LONGEST_MESSAGE]}", markup=False)
    for ending in ("_result.json", "_report.txt"):
        console.print(f"written: {os.path.relpath(place.named(ending))}", markup=False, soft_wrap=True)


# --- exports ------------------------------------------------------------------------------------------------


def export_traces(folder: RunFolder, sweep: Sweep, place: PublishedPlace, directory: Path | None) -> int:
    """Put traces and exports of a run into a directory, if one is named; tell how many exports are missing.

    A run that came from the store has no export: it is simulated once more, from its recorded replies.

    Raises:
        OSError: a file cannot be written.
    """
    missing = list(_without_export(folder, sweep))
    if missing:
        _simulate_again(folder, sweep, missing)
    if directory is not None:
        source = folder.traces / sweep.cells[0].config_hash
        for trace in filter(Path.is_file, sorted(source.rglob("*"))):
            _put(trace, place.traces(directory) / trace.relative_to(source))
    return len(list(_without_export(folder, sweep)))


def _without_export(folder: RunFolder, sweep: Sweep) -> Iterator[Job]:
    """Give the jobs that came to their end and lack an export that was asked for."""
    from pare.reporting.published_files import ENDED, export_names

    config, rows = sweep.cells[0].config, folder.rows()[0]
    for job in sweep.jobs() if config.export else ():
        row = rows.get(job.key)
        source = folder.traces / job.cell.config_hash
        is_there = all((source / name).is_file() for name in export_names(config, job))
        if row is not None and row.outcome in ENDED and not is_there:
            yield job


def _simulate_again(folder: RunFolder, sweep: Sweep, jobs: list[Job]) -> None:
    from pare.cli.loop import run_on_loop
    from pare.multi_scenario_runner import MultiScenarioRunner, Workplace

    changes = {"enable_caching": False, "output_dir": folder.traces.absolute(), "log_to_file": False}
    config = sweep.config.model_copy(update=changes)
    place = Workplace(
        sources=[str(path) for path in sweep.sources],
        command=(sys.executable, "-m", "pare.cli.worker"),
        replay_only=True,
    )
    run_on_loop(MultiScenarioRunner(place).run_async, config, jobs)


def _put(source: Path, target: Path) -> None:
    """Give a file a second name in the place of an earlier file, or copy it where that is not possible."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
