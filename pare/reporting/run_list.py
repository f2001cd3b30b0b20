"""Single runs, one a row, and why those that did not succeed did not."""

from __future__ import annotations

from collections.abc import Sequence

from pare.reporting.failures import reason_of
from pare.reporting.sections import Item, Section
from pare.reporting.untrusted import shortened
from pare.reporting.wording import counted, duration
from pare.scenarios.result_row import ResultRow

LONGEST_REASON = 240

FIGURES = ("turns", "accepted", "writes", "simulated")


def runs_section(rows: Sequence[ResultRow], *, oracle: bool = False) -> Section:
    """List runs; the oracle takes no turns and asks nobody."""
    has_more = any(row.run_number > 1 for row in rows)
    figures = FIGURES[-1:] if oracle else FIGURES
    names = ("scenario", *(("run",) if has_more else ()), "outcome")
    scenarios = counted(len({row.scenario_id for row in rows}), "scenario")
    return Section(
        f"{'Oracle runs' if oracle else 'Runs'} of {scenarios}",
        columns=(*names, *figures),
        rows=tuple(_row(row, has_more)[: len(names)] + _figures(row)[-len(figures) :] for row in rows),
        left=len(names),
        items=tuple(_reason(row) for row in rows if row.outcome != "success"),
    )


def _row(row: ResultRow, has_more: bool) -> tuple[str, ...]:
    run = (str(row.run_number),) if has_more else ()
    return row.scenario_id, *run, row.outcome


def _figures(row: ResultRow) -> tuple[str, ...]:
    accepted = f"{row.acceptance_count} of {row.proposal_count}"
    return str(row.number_of_turns), accepted, str(row.write_actions), duration(row.simulated_seconds)


def _reason(row: ResultRow) -> Item:
    return Item(shortened(f"{row.outcome} {row.scenario_id}: {reason_of(row)}", LONGEST_REASON))
