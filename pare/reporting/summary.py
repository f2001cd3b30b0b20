"""What a sweep came to, on a screen: a row for each cell, the most frequent failures, and commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console

from pare.reporting.failures import near_command
from pare.reporting.labels import Labels, labels_of
from pare.reporting.sections import Item, Section
from pare.reporting.sweep_lists import group_text
from pare.reporting.sweep_render import print_sections
from pare.reporting.sweep_report import CellReport, SweepReport
from pare.reporting.sweep_tables import headline, labelled, legend, lost_word
from pare.reporting.wording import NOTHING, number, rate_word, span

MOST_CELLS = 12
MOST_FAILURES = 3
NARROWEST = 40


def print_summary(report: SweepReport, console: Console | None = None) -> None:
    """Print what fits a screen: cells, and the most frequent failures, defects first."""
    console = console or Console(highlight=False)
    print_sections(summary_of(report, console.width), console)


def summary_of(report: SweepReport, width: int) -> Iterator[Section]:
    """Give the sections of a summary, with texts of one line of `width`."""
    labels = labels_of([cell.name for cell in report.cells])
    shown = replace(report, cells=report.cells[:MOST_CELLS])
    yield _cells(report, labels)
    if (explained := legend(shown, labels)).rows:
        yield replace(explained, title="")
    if report.failures:
        yield _failures(report, labels, max(width, NARROWEST))


def _cells(report: SweepReport, labels: Labels) -> Section:
    more = len(report.cells) - MOST_CELLS
    return Section(
        headline(report),
        f"{more:,} more cells are in the full report." if more > 0 else "",
        ("cell", "runs", "success", "95 %", "strict", "lost", "cost", "time/run"),
        tuple(_row(cell, labels) for cell in report.cells[:MOST_CELLS]),
    )


def _row(cell: CellReport, labels: Labels) -> tuple[str, ...]:
    counts, rate, spent = cell.summary.counts, cell.summary.published, cell.summary.spent
    return (
        labelled(cell, labels),
        f"{counts.runs:,}",
        rate_word(rate),
        span(rate.low, rate.high),
        rate_word(cell.summary.strict),
        lost_word(counts),
        number(spent.total.cost, 2),
        NOTHING if spent.mean_seconds is None else f"{spent.mean_seconds:,.1f} s",
    )


def _failures(report: SweepReport, labels: Labels, width: int) -> Section:
    groups = report.failures
    shown = groups[:MOST_FAILURES]
    of_all = f", {len(shown)} of {len(groups):,} reasons" if len(groups) > len(shown) else ""
    first = "defects first, then the most frequent" if groups[0].outcome == "defect" else "the most frequent"
    return Section(
        f"Failures ({first}{of_all})",
        items=tuple(
            Item(_cut(group_text(group, labels), width - 2), near_command(group.example.trace))
            for group in shown
        ),
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"
