"""Sections of a report for the terminal, for a text file, and as Markdown."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from pare.reporting.failures import FailureGroup, near_command, trace_of
from pare.reporting.markdown import code, inline
from pare.reporting.sections import Item, Section
from pare.reporting.sweep_lists import failures_section
from pare.reporting.sweep_report import SweepReport
from pare.reporting.sweep_tables import sections_of
from pare.reporting.tables import one_line, print_table
from pare.reporting.untrusted import safe

WIDTH = 140
"""Columns of report.txt."""

NARROWEST = 20


def print_report(report: SweepReport, console: Console | None = None) -> None:
    """Print a report, as wide as the console is and with paths from here; without a terminal no colours."""
    print_sections(map(nearer, sections_of(report)), console or Console(highlight=False))


def print_failures(groups: Sequence[FailureGroup], console: Console | None = None) -> None:
    """Print why runs failed, alike reasons together."""
    section = failures_section(groups)
    if not section.items:
        section = replace(section, items=(Item("no run failed"),))
    print_sections([nearer(section)], console or Console(highlight=False))


def nearer(section: Section) -> Section:
    """Give a section whose commands name traces from here, where that is shorter."""
    items = (replace(item, command=near_command(trace_of(item.command))) for item in section.items)
    return replace(section, items=tuple(items))


def print_sections(sections: Iterable[Section], console: Console) -> None:
    """Print sections one below the other."""
    for section in sections:
        if section.title:
            console.print(Text(safe(section.title), "bold"))
        if section.note:
            console.print(Text(safe(section.note), "dim"))
        if section.columns:
            print_table(section, console)
        for item in section.items:
            _print_item(item, console)
        console.print()


def _print_item(item: Item, console: Console) -> None:
    """Print a line of a list; a command is never broken, so that it can be copied."""
    text = Text(one_line(item.text))
    lines = text.wrap(console, max(console.width - 2, NARROWEST), overflow="fold")
    for index, line in enumerate(lines):
        line.rstrip()
        console.print(Text("  " if index else "• ").append_text(line), soft_wrap=True)
    if item.command:
        console.print(Text(f"    {one_line(item.command)}", "cyan"), soft_wrap=True)


def text_of(report: SweepReport, width: int = WIDTH) -> str:
    """Give a report as plain text, `width` columns wide."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, color_system=None, force_terminal=False, highlight=False, legacy_windows=False
    )
    print_sections(sections_of(report), console)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


# --- Markdown -----------------------------------------------------------------------------------------------


def markdown_of(report: SweepReport) -> str:
    """Give a report as Markdown; what others wrote shows as it is."""
    return "\n".join(_markdown_lines(sections_of(report))).rstrip("\n") + "\n"


def _markdown_lines(sections: Iterable[Section]) -> Iterator[str]:
    for level, section in enumerate(sections):
        yield from (f"{'##' if level else '#'} {inline(section.title)}", "")
        if section.note:
            yield from (inline(section.note), "")
        yield from _markdown_table(section)
        for item in section.items:
            command = f"<br>{code(item.command)}" if item.command else ""
            yield f"- {inline(item.text)}{command}"
        yield ""


def _markdown_table(section: Section) -> Iterator[str]:
    if not section.columns:
        return
    yield _markdown_row(section.columns)
    yield "|" + "".join(
        " --- |" if index < section.left else " ---: |" for index in range(len(section.columns))
    )
    yield from map(_markdown_row, section.rows)


def _markdown_row(values: Iterable[str]) -> str:
    return "| " + " | ".join(map(inline, values)) + " |"
