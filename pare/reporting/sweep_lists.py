"""The lists of a report: runs that are told apart, and failures by reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pare.reporting.failures import FailureGroup, RunNote
from pare.reporting.labels import Labels
from pare.reporting.sections import Item, Section
from pare.reporting.sweep_report import CellReport, SweepReport
from pare.reporting.untrusted import shortened
from pare.reporting.wording import counted
from pare.scenarios.metrics import Apart

MOST_LISTED = 20
LONGEST_TEXT = 240
_NOTHING_APART = Apart()


def apart_counts(cells: Sequence[CellReport], labels: Labels) -> Section:
    """Tell of how many runs each cell has lists."""
    found = [(labels[cell.name], cell.summary.apart) for cell in cells]
    return Section(
        "Runs told apart",
        "They stay in the rates; the lists below name them.",
        ("cell", "by user's model", "verdicts differ", "with an error", "unfired events"),
        tuple(
            (
                label,
                f"{apart.ended_by_user:,}",
                f"{apart.verdicts_differ:,}",
                f"{apart.failed_with_error:,}",
                f"{apart.unfired:,}" + (f" ({apart.unfired_successes:,} succeeded)" if apart.unfired else ""),
            )
            for label, apart in found
            if apart != _NOTHING_APART
        ),
    )


def apart_lists(report: SweepReport, labels: Labels) -> Iterator[Section]:
    """Give the lists of runs that say something other than their verdicts."""
    yield notes(
        "Ended by the user agent's model",
        "Failures by a refusal, an overflow, an empty reply or the token limit of the model that plays "
        "the user: they may say little of the agent.",
        report.ended_by_user,
        labels,
    )
    yield notes(
        "Verdicts differ",
        "With failed calls hidden from it, the validator says something else.",
        report.verdicts_differ,
        labels,
    )
    yield notes(
        "Failures with an error",
        "The validator said no, and something was raised.",
        report.failed_with_error,
        labels,
    )
    successes = sum(cell.summary.apart.unfired_successes for cell in report.cells)
    yield notes(
        "Unfired events",
        f"Events that could have come in these runs and did not; {successes:,} of these runs succeeded.",
        report.unfired,
        labels,
    )
    if report.without_noise:
        yield without_noise(report)


def without_noise(report: SweepReport) -> Section:
    """Name the scenarios that have none of the apps that noise goes to."""
    return Section(
        "Without noise",
        "Events of noise were asked for, and these scenarios have none of the apps that they go to.",
        items=tuple(Item(scenario_id) for scenario_id in report.without_noise),
    )


def notes(title: str, note: str, found: Sequence[RunNote], labels: Labels) -> Section:
    """List runs, each with the command that shows it."""
    items = [Item(_note_text(item, labels), item.command) for item in found[:MOST_LISTED]]
    return Section(f"{title} ({len(found):,})", note, items=tuple(_with_rest(items, len(found))))


def _note_text(note: RunNote, labels: Labels) -> str:
    cell = f" · {labels.get(note.cell, note.cell)}" if note.cell else ""
    return shortened(f"{note.scenario_id} · run {note.run_number}{cell} · {note.text}", LONGEST_TEXT)


def _with_rest(items: Iterable[Item], count: int) -> Iterator[Item]:
    yield from items
    if count > MOST_LISTED:
        yield Item(f"… and {count - MOST_LISTED:,} more in report.json")


def failures_section(groups: Sequence[FailureGroup], labels: Labels | None = None) -> Section:
    """Give the groups of failures, each with an example to look at."""
    items = [
        Item(shortened(group_text(group, labels), LONGEST_TEXT), group.example.command)
        for group in groups[:MOST_LISTED]
    ]
    note = (
        "Alike reasons are counted together, with # for numbers and ids; the command shows one of the runs."
    )
    title = f"Failures by reason ({len(groups):,})"
    return Section(title, note, items=tuple(_with_rest(items, len(groups))))


def group_text(group: FailureGroup, labels: Labels | None = None) -> str:
    """Say how many runs failed alike, in which cells, and why."""
    parts = [f"{group.runs:,} × {group.outcome}", counted(group.scenarios, "scenario")]
    if labels and len(labels) > 1:
        parts.append(", ".join(label for name, label in labels.items() if name in group.cells))
    return " · ".join([*parts, group.pattern])
