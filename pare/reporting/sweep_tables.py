"""The report of a sweep as sections, each a table or a list of plain texts, in the order they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from pare.reporting.labels import Labels, has_legend, labels_of
from pare.reporting.levels import LEVELS, NoiseLevel
from pare.reporting.sections import Item, Section
from pare.reporting.sweep_lists import apart_counts, apart_lists, failures_section, notes
from pare.reporting.sweep_report import CellReport, SweepReport
from pare.reporting.wording import (
    NOTHING,
    cost_word,
    counted,
    duration,
    number,
    outcomes_word,
    percent,
    points,
    rate_word,
    span,
)
from pare.scenarios.metrics import Counts, PassRate, Rate

T = TypeVar("T")

MOST_BROKEN = 20
MOST_ROWS = 200
MOST_CELL_COLUMNS = 12

_LEVEL_WORDS = dict.fromkeys(LEVELS, "events a minute") | {"tool_failure_probability": "tool failures"}


def sections_of(report: SweepReport) -> Iterator[Section]:
    """Give what is told of a sweep; what there is nothing to tell of is left out."""
    labels = labels_of([cell.name for cell in report.cells])
    sections = [
        overview(report),
        legend(report, labels),
        notes(
            "Defects", "Errors of scenarios or of pare: these runs say nothing yet.", report.defects, labels
        ),
        success(report, labels),
        _levels(report.levels, labels),
        _passes(report, labels),
        _comparisons(report, labels),
        _behaviour(report.cells, labels),
        _spent(report, labels),
        _tags(report, labels),
        apart_counts(report.cells, labels),
        *apart_lists(report, labels),
        failures_section(report.failures, labels),
        _scenarios(report, labels),
    ]
    yield from (section for section in sections if section.rows or section.items)


# --- the tables ---------------------------------------------------------------------------------------------


def headline(report: SweepReport) -> str:
    """Say in a line how many runs came to what."""
    sizes = f"{counted(report.rows, 'run')} of {counted(len(report.scenarios), 'scenario')}"
    return f"{sizes} in {counted(len(report.cells), 'cell')}: {outcomes_word(report.counts)}"


def overview(report: SweepReport) -> Section:
    """Say what the sweep came to, and what of it is left out."""
    lines = [headline(report)]
    if report.replaced:
        lines.append(f"{report.replaced:,} rows left out: a later row is of the same run")
    if report.outside:
        lines.append(f"{report.outside:,} runs left out: their cells are not told of")
    for line in report.broken_lines[:MOST_BROKEN]:
        what = "torn off, left out" if line.is_torn else f"no row, left out: {line.reason}"
        lines.append(f"line {line.number} {what}")
    if len(report.broken_lines) > MOST_BROKEN:
        lines.append(f"{len(report.broken_lines):,} lines in all are no rows")
    if any(cell.summary.apart.load_dependent for cell in report.cells):
        lines.append("load-dependent: generation times were measured, so load may have changed these scores")
    return Section("Sweep", items=tuple(map(Item, lines)))


def legend(report: SweepReport, labels: Labels) -> Section:
    """Say which cell each label stands for; nothing where they go by their names."""
    rows = [(labels[cell.name], cell.name) for cell in report.cells] if has_legend(labels) else []
    return Section("Cells", columns=("cell", "settings"), rows=tuple(rows), left=2)


def success(report: SweepReport, labels: Labels) -> Section:
    """Tell how often the runs of each cell succeed."""
    is_lost = any(cell.summary.counts.lost for cell in report.cells)
    share = f"{100 * report.max_infrastructure_share:g} %"
    lost = (
        " Bounds: all lost runs (infrastructure + defects) failed, or succeeded. No headline where more than "
        f"{share} were lost to infrastructure."
    )
    columns = ("cell", "runs", "success", "95 %", "strict", "95 %", "no verdict", "lost", "bounds")
    return Section(
        "Success",
        "Intervals of 95 %, clustered by scenario." + lost * is_lost,
        columns if is_lost else columns[:-1],
        tuple(_success_row(cell, labels)[: len(columns) - (not is_lost)] for cell in report.cells),
    )


def _success_row(cell: CellReport, labels: Labels) -> tuple[str, ...]:
    counts, published, strict = cell.summary.counts, cell.summary.published, cell.summary.strict
    return (
        labelled(cell, labels),
        f"{counts.runs:,}",
        rate_word(published),
        span(published.low, published.high),
        rate_word(strict),
        span(strict.low, strict.high),
        f"{counts.no_validation:,}",
        lost_word(counts),
        span(published.bound_low, published.bound_high),
    )


def labelled(cell: CellReport, labels: Labels) -> str:
    """Name a cell, and say that load could change its scores."""
    return labels[cell.name] + " (load-dependent)" * bool(cell.summary.apart.load_dependent)


def lost_word(counts: Counts) -> str:
    """Say how many runs were lost, to infrastructure and to defects."""
    return f"{counts.infrastructure:,} + {counts.defect:,}" if counts.lost else "0"


def _levels(levels: Sequence[NoiseLevel], labels: Labels) -> Section:
    return Section(
        "Success by level of noise",
        "Cells that differ in their noise alone. Differences are in percentage points to the cell without "
        "noise, over the scenarios of both.",
        ("noise", "cell", "success", "95 %", "difference", "95 %"),
        tuple(_level_row(item, labels) for item in levels),
        left=2,
    )


def _level_row(item: NoiseLevel, labels: Labels) -> tuple[str, ...]:
    noise = ", ".join(f"{_LEVEL_WORDS[word]} {value}" for word, value in item.level.items() if value)
    rate = (rate_word(item.rate), span(item.rate.low, item.rate.high))
    against = item.difference
    difference = (NOTHING, NOTHING)
    if against is not None:
        difference = (points(against.difference), span(against.low, against.high))
    return noise or "none", labels[item.cell], *rate, *difference


def _passes(report: SweepReport, labels: Labels) -> Section:
    return Section(
        "Over the runs of a scenario",
        "pass@k: at least one of k runs succeeds; pass^k: all do. Estimated without bias over scenarios "
        "with at least k counted runs. In the last row of a cell, as published: percent of all scenarios.",
        ("cell", "k", "pass@k", "95 %", "pass^k", "95 %", "scenarios"),
        tuple(row for cell in report.cells for row in _pass_rows(cell, labels[cell.name])),
    )


def _pass_rows(cell: CellReport, label: str) -> Iterator[tuple[str, ...]]:
    for any_of, all_of in zip(cell.summary.pass_at, cell.summary.pass_all, strict=True):
        yield label, str(any_of.k), *_pass_words(any_of), *_pass_words(all_of), f"{any_of.scenarios:,}"
    figures = cell.summary.published_figures
    if figures.total_scenarios:
        shares = (f"{figures.pass_at_k_percent:.1f} %", "", f"{figures.pass_k_percent:.1f} %", "")
        yield label, "any, all", *shares, f"{figures.total_scenarios:,}"


def _pass_words(rate: PassRate) -> tuple[str, str]:
    return percent(rate.value), span(rate.low, rate.high)


def _comparisons(report: SweepReport, labels: Labels) -> Section:
    rows = tuple(
        (
            labels[item.second],
            labels[item.first],
            points(item.difference),
            span(item.low, item.high),
            f"{item.better:,}",
            f"{item.worse:,}",
            f"{item.scenarios:,}",
        )
        for item in report.comparisons
    )
    return Section(
        "Differences",
        "Percentage points by which a cell succeeds more often than another, over the scenarios of both. "
        "Each interval holds for itself: of twenty such pairs one may leave out 0 by chance.",
        ("cell", "against", "difference", "95 %", "better", "worse", "scenarios"),
        rows,
        left=2,
    )


def _behaviour(cells: Sequence[CellReport], labels: Labels) -> Section:
    return Section(
        "Behaviour",
        "Means per run, over runs that came to their end. Proposals are per turn.",
        (
            *("cell", "turns", "proposals", "accepted", "95 %", "reads", "writes", "malformed"),
            *("invalid taps", "unfired", "noise", "simulated"),
        ),
        tuple(_behaviour_row(cell, labels[cell.name]) for cell in cells),
    )


def _behaviour_row(cell: CellReport, label: str) -> tuple[str, ...]:
    done = cell.summary.behaviour
    simulated = done.mean_simulated_seconds
    return (
        label,
        number(done.mean_turns),
        number(done.proposal_rate, 3),
        percent(done.acceptance.value),
        span(done.acceptance.low, done.acceptance.high),
        number(done.mean_read_only_actions),
        number(done.mean_write_actions),
        number(done.mean_user_format_errors, 2),
        number(done.mean_user_invalid_taps, 2),
        number(done.mean_events_unfired, 2),
        number(done.mean_noise_events_fired, 2),
        NOTHING if simulated is None else duration(simulated),
    )


def _spent(report: SweepReport, labels: Labels) -> Section:
    spents = [(labels[cell.name], cell.summary.spent) for cell in report.cells]
    reasons = bool(report.spent.total.reasoning_tokens)
    rows = []
    for name, spent in [*spents, ("all", report.spent)]:
        for role, total in {**spent.roles, "all": spent.total}.items():
            tokens = [total.prompt_tokens, total.cached_tokens, total.completion_tokens]
            tokens += [total.reasoning_tokens] * reasons
            figures = (f"{total.calls:,}", *(f"{count:,}" for count in tokens), cost_word(total.cost))
            wall = duration(spent.seconds) if role == "all" else ""
            rows.append((name, role, *figures, wall))
    return Section(
        "Calls, tokens, cost, time",
        f"Of all runs, whatever they came to; {report.spent.cached_runs:,} came from the store, "
        f"without them the cost is {cost_word(report.spent.fresh_cost)}. Prompt tokens include the cached "
        "ones, completion tokens the reasoning. Wall time is summed over runs that took place beside each "
        "other.",
        (
            *("cell", "role", "calls", "prompt", "cached", "completion", *["reasoning"] * reasons),
            *("cost", "wall time"),
        ),
        tuple(rows),
        left=2,
    )


# --- by tag and by scenario ---------------------------------------------------------------------------------


def _tags(report: SweepReport, labels: Labels) -> Section:
    rows = [(item.tag, *_each(report, item.cells, _rate_of)) for item in report.tags]
    note = "Success rate of the runs that carry a tag, with its interval of 95 %."
    return _limited(Section("Tags", note, ("tag", *_cell_columns(report, labels)), tuple(rows)), report)


def _each(report: SweepReport, found: dict[str, T], word: Callable[[T | None], str]) -> list[str]:
    return [word(found.get(cell.name)) for cell in report.cells[:MOST_CELL_COLUMNS]]


def _cell_columns(report: SweepReport, labels: Labels) -> list[str]:
    return [labels[cell.name] for cell in report.cells[:MOST_CELL_COLUMNS]]


def _rate_of(rate: Rate | None) -> str:
    if rate is None:
        return NOTHING
    return (
        f"{rate_word(rate)} ({span(rate.low, rate.high, 0)})" if rate.value is not None else rate_word(rate)
    )


def _scenarios(report: SweepReport, labels: Labels) -> Section:
    rows = [
        (
            item.scenario_id,
            NOTHING if item.oracle_length is None else str(item.oracle_length),
            *_each(report, item.cells, _counts_word),
        )
        for item in report.scenarios
    ]
    note = "Successes of counted runs; what was lost after a plus sign."
    columns = ("scenario", "oracle length", *_cell_columns(report, labels))
    return _limited(Section("Scenarios", note, columns, tuple(rows)), report)


def _counts_word(counts: Counts | None) -> str:
    if counts is None:
        return NOTHING
    return f"{counts.success}/{counts.counted}" + (f" + {counts.lost}" if counts.lost else "")


def _limited(section: Section, report: SweepReport) -> Section:
    """Say what of a table is left to the file."""
    note = section.note
    cells, rows = len(report.cells) - MOST_CELL_COLUMNS, len(section.rows) - MOST_ROWS
    note += f" {cells:,} more cells are in report.json." * (cells > 0)
    note += f" {rows:,} more rows are in report.json." * (rows > 0)
    return replace(section, note=note, rows=section.rows[:MOST_ROWS])
