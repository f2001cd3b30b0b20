"""Why runs failed: alike reasons together, each with a run to look at."""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pare.scenarios.result_row import ResultRow
from pare.scenarios.validation_result import Outcome

LONGEST_REASON = 400
"""Characters of a reason that are read: reasons that begin with so many alike ones are alike."""

NO_REASON = "(no reason given)"

_IDS = re.compile(r"\b(?=[0-9a-fA-F-]*[0-9])[0-9a-fA-F]{6,}(?:-[0-9a-fA-F]+)*\b")
_DIGITS = re.compile(r"[0-9]+")
_RUNS_OF_MARKS = re.compile(r"#(?:[-:.,/T+ ]?#)+")

_RANKS: dict[Outcome, int] = {"defect": 0, "failure": 1, "infrastructure": 2}


@dataclass(frozen=True, slots=True)
class RunNote:
    """A run that is told apart, with what is to say of it; `command` shows it, if it has a trace."""

    cell: str
    scenario_id: str
    run_number: int
    outcome: Outcome
    text: str
    trace: str | None
    command: str | None


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Runs that came to the same outcome for alike reasons: `pattern`, with # for numbers and ids."""

    outcome: Outcome
    pattern: str
    runs: int
    scenarios: int
    cells: dict[str, int]
    example: RunNote


def failure_groups(rows: Iterable[ResultRow], folder: Path | None = None) -> tuple[FailureGroup, ...]:
    """Group what failed or was lost by reason: defects first, then the most frequent."""
    found: dict[tuple[Outcome, str], list[ResultRow]] = defaultdict(list)
    for row in rows:
        if row.outcome in _RANKS:
            found[row.outcome, pattern_of(reason_of(row))].append(row)
    groups = (_group(outcome, pattern, alike, folder) for (outcome, pattern), alike in found.items())
    return tuple(sorted(groups, key=lambda group: (_RANKS[group.outcome], -group.runs, group.pattern)))


def _group(outcome: Outcome, pattern: str, rows: list[ResultRow], folder: Path | None) -> FailureGroup:
    cells = Counter(row.cell for row in rows)
    scenarios = {row.scenario_id for row in rows}
    first = min(rows, key=lambda row: (row.trace is None, row.key))
    note = note_of(first, reason_of(first), folder)
    return FailureGroup(outcome, pattern, len(rows), len(scenarios), dict(sorted(cells.items())), note)


def reason_of(row: ResultRow) -> str:
    """Say why a run came to its outcome, in one line: the validator's words, or what was raised."""
    if row.outcome in ("defect", "infrastructure"):
        told = _error_of(row) or row.rationale or _end_of(row)
    else:
        told = row.rationale or _error_of(row) or _end_of(row)
    return " ".join((told or NO_REASON)[:LONGEST_REASON].split()) or NO_REASON


def _error_of(row: ResultRow) -> str:
    place = ", ".join(filter(None, (row.error_stage, row.error_kind)))
    return f"{row.error or ''}{f' ({place})' if place else ''}".strip()


def _end_of(row: ResultRow) -> str:
    """Say how a run ended that has no rationale."""
    if not row.end_reason:
        return ""
    role = f", by the model of {row.end_role}" if row.end_role else ""
    return f"ended: {row.end_reason}{role}{f': {row.end_message}' if row.end_message else ''}"


def pattern_of(reason: str) -> str:
    """Write # for ids, numbers, and dates made of them."""
    marked = _DIGITS.sub("#", _IDS.sub("#", reason))
    return _RUNS_OF_MARKS.sub("#", marked)


def note_of(row: ResultRow, text: str, folder: Path | None = None) -> RunNote:
    """Tell a run apart; a relative trace is taken from `folder`."""
    trace = None if row.trace is None else str(folder / row.trace if folder else Path(row.trace))
    command = None if trace is None else show_command(trace)
    return RunNote(row.cell, row.scenario_id, row.run_number, row.outcome, text, trace, command)


def near_command(trace: str | None) -> str | None:
    """Give the command that shows a trace, with its path from here if that is shorter."""
    return None if trace is None else show_command(min(trace, os.path.relpath(trace), key=len))


def show_command(trace: str) -> str:
    """Give the command that shows a trace, ready for a shell."""
    return f"pare show {'-- ' if trace.startswith('-') else ''}{shlex.quote(trace)}"


def trace_of(command: str | None) -> str | None:
    """Give the trace that a command of `show_command` shows."""
    return None if command is None else shlex.split(command)[-1]
