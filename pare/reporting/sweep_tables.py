"""The report of a sweep as sections, each a table or a list of plain texts, in the order they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pare.reporting.failures import FailureGroup, RunNote
from pare.reporting.oracle_table import duration
from pare.reporting.sweep_report import CellReport, SweepReport
from pare.reporting.untrusted import shortened
from pare.scenarios.metrics import Apart, Counts, PassRate, Rate

MOST_LISTED = 20
MOST_ROWS = 200
MOST_CELL_COLUMNS = 6
LONGEST_TEXT = 240
NOTHING = "–"
_NOTHING_APART = Apart()


@dataclass(frozen=True)
class Item:
    """A line of a list, with the command that shows more; both as written, not yet safe to print."""

    text: str
    command: str | None = None


@dataclass(frozen=True)
class Section:
    """A table, if it has `columns`, or a list of `items`. The first `left` columns hold words."""

    title: str
    note: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    left: int = 1
    items: tuple[Item, ...] = ()


def sections_of(report: SweepReport) -> Iterator[Section]:
    """Give what is told of a sweep; what there is nothing to tell of is left out."""
    sections = [
        _overview(report),
        _notes("Defects", "Errors of scenarios or of pare: these runs say nothing yet.", report.defects),
        _success(report),
        _passes(report),
        _comparisons(report),
        _behaviour(report.cells),
        _spent(report),
        _tags(report),
        _apart_counts(report.cells),
        *_apart(report),
        failures_section(report.failures),
        _scenarios(report),
    ]
    yield from (section for section in sections if section.rows or section.items)


# --- figures as words ---------------------------------------------------------------------------------------


def percent(value: float | None) -> str:
    """Give a share as percent."""
    return NOTHING if value is None else f"{100 * value:.1f} %"


def span(low: float | None, high: float | None) -> str:
    """Give an interval of shares in percent."""
    return NOTHING if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f}"


def rate_word(rate: Rate) -> str:
    """Give a rate, or say that there is none to quote."""
    return "no headline" if rate.value is None and rate.counted else percent(rate.value)


def _number(value: float | None, digits: int = 1) -> str:
    return NOTHING if value is None else f"{value:,.{digits}f}"


def _cost(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.2f}"


def outcomes_word(counts: Counts) -> str:
    """Say how many runs came to what, defects first."""
    names = ("defect", "success", "failure", "no_validation", "infrastructure")
    found = [(getattr(counts, name), name.replace("_", " ")) for name in names]
    return ", ".join(f"{number:,} {name}" for number, name in found if number) or "no runs"


def _labelled(cell: CellReport) -> str:
    name = cell.name or "(all)"
    return f"{name} (load-dependent)" if cell.summary.apart.load_dependent else name


# --- the tables ---------------------------------------------------------------------------------------------


def _overview(report: SweepReport) -> Section:
    cells, scenarios = len(report.cells), len(report.scenarios)
    lines = [
        f"{report.rows:,} runs of {scenarios:,} scenarios in {cells:,} cells: {outcomes_word(report.counts)}"
    ]
    if report.replaced:
        lines.append(f"{report.replaced:,} rows left out: a later row is of the same run")
    if report.outside:
        lines.append(f"{report.outside:,} runs left out: their cells are not told of")
    for line in report.broken_lines[:MOST_LISTED]:
        what = "torn off, left out" if line.is_torn else f"no row, left out: {line.reason}"
        lines.append(f"line {line.number} {what}")
    if len(report.broken_lines) > MOST_LISTED:
        lines.append(f"{len(report.broken_lines):,} lines in all are no rows")
    if any(cell.summary.apart.load_dependent for cell in report.cells):
        lines.append("load-dependent: generation times were measured, so load may have changed these scores")
    return Section("Sweep", items=tuple(map(Item, lines)))


def _success(report: SweepReport) -> Section:
    share = f"{100 * report.max_infrastructure_share:g} %"
    return Section(
        "Success",
        "Intervals of 95 %, clustered by scenario. Bounds: all lost runs (infrastructure, defects) failed, "
        f"or succeeded. No headline where more than {share} were lost to infrastructure.",
        ("cell", "runs", "success", "95 %", "bounds", "strict", "strict 95 %", "lost", "no verdict"),
        tuple(_success_row(cell) for cell in report.cells),
    )


def _success_row(cell: CellReport) -> tuple[str, ...]:
    counts, published, strict = cell.summary.counts, cell.summary.published, cell.summary.strict
    lost = f"{counts.infrastructure} + {counts.defect}" if counts.lost else "0"
    return (
        _labelled(cell),
        f"{counts.runs:,}",
        rate_word(published),
        span(published.low, published.high),
        span(published.bound_low, published.bound_high),
        rate_word(strict),
        span(strict.low, strict.high),
        lost,
        str(counts.no_validation),
    )


def _passes(report: SweepReport) -> Section:
    return Section(
        "Over the runs of a scenario",
        "pass@k: at least one of k runs succeeds; pass^k: all do. Estimated without bias over scenarios "
        "with at least k counted runs. In the last row of a cell, as published: percent of all scenarios.",
        ("cell", "k", "pass@k", "95 %", "pass^k", "95 %", "scenarios"),
        tuple(row for cell in report.cells for row in _pass_rows(cell)),
    )


def _pass_rows(cell: CellReport) -> Iterator[tuple[str, ...]]:
    for any_of, all_of in zip(cell.summary.pass_at, cell.summary.pass_all, strict=True):
        yield cell.name, str(any_of.k), *_pass_words(any_of), *_pass_words(all_of), f"{any_of.scenarios:,}"
    figures = cell.summary.published_figures
    if figures.total_scenarios:
        shares = (f"{figures.pass_at_k_percent:.1f} %", "", f"{figures.pass_k_percent:.1f} %", "")
        yield cell.name, "any, all", *shares, f"{figures.total_scenarios:,}"


def _pass_words(rate: PassRate) -> tuple[str, str]:
    return percent(rate.value), span(rate.low, rate.high)


def _comparisons(report: SweepReport) -> Section:
    rows = tuple(
        (
            item.second,
            item.first,
            "no headline" if item.difference is None else f"{100 * item.difference:+.1f}",
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


def _behaviour(cells: Sequence[CellReport]) -> Section:
    return Section(
        "Behaviour",
        "Means per run, over runs that came to their end. Proposals are per turn.",
        (
            *("cell", "turns", "proposals", "accepted", "95 %", "reads", "writes", "malformed"),
            *("invalid taps", "unfired", "noise", "simulated"),
        ),
        tuple(_behaviour_row(cell) for cell in cells),
    )


def _behaviour_row(cell: CellReport) -> tuple[str, ...]:
    done = cell.summary.behaviour
    simulated = done.mean_simulated_seconds
    return (
        cell.name,
        _number(done.mean_turns),
        _number(done.proposal_rate, 3),
        percent(done.acceptance.value),
        span(done.acceptance.low, done.acceptance.high),
        _number(done.mean_read_only_actions),
        _number(done.mean_write_actions),
        _number(done.mean_user_format_errors, 2),
        _number(done.mean_user_invalid_taps, 2),
        _number(done.mean_events_unfired, 2),
        _number(done.mean_noise_events_fired, 2),
        NOTHING if simulated is None else duration(simulated),
    )


def _spent(report: SweepReport) -> Section:
    spents = [(cell.name, cell.summary.spent) for cell in report.cells]
    rows = []
    for name, spent in [*spents, ("all", report.spent)]:
        for role, total in {**spent.roles, "all": spent.total}.items():
            tokens = (
                total.prompt_tokens,
                total.cached_tokens,
                total.completion_tokens,
                total.reasoning_tokens,
            )
            counted = (f"{total.calls:,}", *(f"{number:,}" for number in tokens), _cost(total.cost))
            wall = duration(spent.seconds) if role == "all" else ""
            rows.append((name, role, *counted, wall))
    return Section(
        "Calls, tokens, cost, time",
        f"Of all runs, whatever they came to; {report.spent.cached_runs:,} came from the store, "
        f"without them the cost is {_cost(report.spent.fresh_cost)}. Prompt tokens include the cached ones, "
        "completion tokens the reasoning. Wall time is summed over runs that took place beside each other.",
        ("cell", "role", "calls", "prompt", "cached", "completion", "reasoning", "cost", "wall time"),
        tuple(rows),
        left=2,
    )


def _tags(report: SweepReport) -> Section:
    names = [cell.name for cell in report.cells][:MOST_CELL_COLUMNS]
    rows = [(item.tag, *(_rate_of(item.cells.get(name)) for name in names)) for item in report.tags]
    note = "Success rate of the runs that carry a tag, with its interval of 95 %."
    return _limited(Section("Tags", note + _left_out(report), ("tag", *names), tuple(rows)))


def _rate_of(rate: Rate | None) -> str:
    if rate is None:
        return NOTHING
    return f"{rate_word(rate)} ({span(rate.low, rate.high)})" if rate.value is not None else rate_word(rate)


def _scenarios(report: SweepReport) -> Section:
    names = [cell.name for cell in report.cells][:MOST_CELL_COLUMNS]
    rows = [
        (
            item.scenario_id,
            NOTHING if item.oracle_length is None else str(item.oracle_length),
            *(_counts_word(item.cells.get(name)) for name in names),
        )
        for item in report.scenarios
    ]
    note = "Successes of counted runs; what was lost after a plus sign."
    return _limited(
        Section("Scenarios", note + _left_out(report), ("scenario", "oracle length", *names), tuple(rows))
    )


def _counts_word(counts: Counts | None) -> str:
    if counts is None:
        return NOTHING
    return f"{counts.success}/{counts.counted}" + (f" + {counts.lost}" if counts.lost else "")


def _left_out(report: SweepReport) -> str:
    more = len(report.cells) - MOST_CELL_COLUMNS
    return f" {more} more cells are in report.json." if more > 0 else ""


def _limited(section: Section) -> Section:
    more = len(section.rows) - MOST_ROWS
    if more <= 0:
        return section
    note = f"{section.note} {more:,} more rows are in report.json."
    return replace(section, note=note, rows=section.rows[:MOST_ROWS])


# --- the lists ----------------------------------------------------------------------------------------------


def _apart_counts(cells: Sequence[CellReport]) -> Section:
    found = [(cell.name, cell.summary.apart) for cell in cells]
    return Section(
        "Runs told apart",
        "They stay in the rates; the lists below name them.",
        (
            "cell",
            "ended by the user agent's model",
            "verdicts differ",
            "failed with an error",
            "unfired events",
        ),
        tuple(
            (
                name,
                f"{apart.ended_by_user:,}",
                f"{apart.verdicts_differ:,}",
                f"{apart.failed_with_error:,}",
                f"{apart.unfired:,}" + (f" ({apart.unfired_successes:,} succeeded)" if apart.unfired else ""),
            )
            for name, apart in found
            if apart != _NOTHING_APART
        ),
    )


def _apart(report: SweepReport) -> Iterator[Section]:
    yield _notes(
        "Ended by the user agent's model",
        "Failures by a refusal, an overflow, an empty reply or the token limit of the model that plays "
        "the user: they may say little of the agent.",
        report.ended_by_user,
    )
    yield _notes(
        "Verdicts differ",
        "With failed calls hidden from it, the validator says something else.",
        report.verdicts_differ,
    )
    yield _notes(
        "Failures with an error", "The validator said no, and something was raised.", report.failed_with_error
    )
    successes = sum(cell.summary.apart.unfired_successes for cell in report.cells)
    yield _notes(
        "Unfired events",
        f"Events that could have come in these runs and did not; {successes:,} of these runs succeeded.",
        report.unfired,
    )


def _notes(title: str, note: str, notes: Sequence[RunNote]) -> Section:
    items = [Item(_note_text(item), item.command) for item in notes[:MOST_LISTED]]
    return Section(f"{title} ({len(notes):,})", note, items=tuple(_with_rest(items, len(notes))))


def _note_text(note: RunNote) -> str:
    cell = f" · {note.cell}" if note.cell else ""
    return shortened(f"{note.scenario_id} · run {note.run_number}{cell} · {note.text}", LONGEST_TEXT)


def _with_rest(items: Iterable[Item], count: int) -> Iterator[Item]:
    yield from items
    if count > MOST_LISTED:
        yield Item(f"… and {count - MOST_LISTED:,} more in report.json")


def failures_section(groups: Sequence[FailureGroup]) -> Section:
    """Give the groups of failures, each with an example to look at."""
    items = [Item(_group_text(group), group.example.command) for group in groups[:MOST_LISTED]]
    note = (
        "Alike reasons are counted together, with # for numbers and ids; the command shows one of the runs."
    )
    title = f"Failures by reason ({len(groups):,})"
    return Section(title, note, items=tuple(_with_rest(items, len(groups))))


def _group_text(group: FailureGroup) -> str:
    scenarios = f"{group.scenarios} scenario{'s' * (group.scenarios != 1)}"
    return f"{group.runs:,} × {group.outcome} · {scenarios} · {shortened(group.pattern, LONGEST_TEXT)}"
