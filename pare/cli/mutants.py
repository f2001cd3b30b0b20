"""``pare scenarios mutants``: whether validators tell right from wrong."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pare.cli.scenarios import Directories, loaded, report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from pare.reporting.sections import Section
    from pare.testing.marks import Mark, Tally

WIDTH = 140
"""Columns without a terminal."""

NOTHING = "–"


def mutants(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of scenarios. Default: all.", metavar="[ID]...")
    ] = None,
    scenarios_dir: Directories = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Show only scenarios that misjudge a mutant.")
    ] = False,
) -> None:
    """Change the oracle of each scenario in small ways, and count what its validator says.

    Every left-out WRITE and every wrong target must be rejected; of the left-out READs, of the swaps of
    independent actions and of the paraphrases at most 1 % each. The exit code is 1 if that is missed.
    """
    from functools import partial

    from pare.errors import UnknownScenarioError, nearest
    from pare.scenarios.utils.registry import registry
    from pare.testing.marks import marks, tally

    known, failures = loaded(scenarios_dir)
    count = report(failures)
    for scenario_id in ids or ():
        if scenario_id not in known:
            raise UnknownScenarioError(f"there is no scenario {scenario_id!r}.{nearest(scenario_id, known)}")
    tallies = [tally(scenario_id, partial(registry.create, scenario_id)) for scenario_id in ids or known]
    reached = marks(tallies)
    print_tallies(tallies, reached, failed)
    if count or any(item.error for item in tallies) or not all(mark.is_reached for mark in reached):
        sys.exit(1)


def print_tallies(tallies: Sequence[Tally], reached: Sequence[Mark], failed: bool) -> None:
    """Print a row for each scenario, or for those that `failed`; what was misjudged; and the marks."""
    from pare.reporting.sweep_render import print_sections

    shown = [item for item in tallies if item.wrong or item.error] if failed else tallies
    sections = [_scenarios(shown)] if shown else []
    if any(item.wrong or item.error for item in tallies):
        sections.append(_misjudged(tallies))
    print_sections([*sections, _marks(tallies, reached)], _console())


def _console() -> Console:
    from pare.cli.terminal import unbreakable_console

    console = unbreakable_console()
    if not sys.stdout.isatty():
        console.width = WIDTH
    return console


def _scenarios(tallies: Sequence[Tally]) -> Section:
    from pare.reporting.sections import Section
    from pare.testing.mutants import KINDS

    rows = []
    for item in tallies:
        played, wrong = sum(item.played.values()), len(item.wrong)
        counts = [str(item.played.get(kind, 0)) for kind in KINDS]
        rows.append((item.scenario_id, *counts, str(played - wrong), str(wrong)))
    return Section(
        "mutants of each scenario", columns=("scenario", *KINDS, "right", "wrong"), rows=tuple(rows)
    )


def _misjudged(tallies: Sequence[Tally]) -> Section:
    from pare.reporting.sections import Item, Section

    items = [Item(f"{item.scenario_id}: {found}") for item in tallies for found in item.wrong]
    items += [Item(f"{item.scenario_id}: breaks off: {item.error}") for item in tallies if item.error]
    return Section("misjudged", items=tuple(items))


def _marks(tallies: Sequence[Tally], reached: Sequence[Mark]) -> Section:
    from pare.reporting.sections import Section
    from pare.testing.marks import MOST_REJECTED

    rows: list[tuple[str, ...]] = []
    for mark in reached:
        asked = f"at most {MOST_REJECTED:.0%} rejected" if mark.must_succeed else "all rejected"
        rate = NOTHING if mark.rejected is None else f"{mark.rejected:.1%}"
        verdict = "yes" if mark.is_reached else "NO"
        rows.append((mark.kind, asked, str(mark.played), str(mark.played - mark.wrong), rate, verdict))
    played, wrong = sum(mark.played for mark in reached), sum(mark.wrong for mark in reached)
    rows.append(("all", "", str(played), str(played - wrong), "", ""))
    columns = ("kind", "mark", "played", "right", "rejected", "reached")
    return Section(f"{len(tallies)} scenarios", columns=columns, rows=tuple(rows), left=2)
