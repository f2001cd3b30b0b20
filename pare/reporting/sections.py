"""The parts of a report, before they are shown: tables and lists of plain texts."""

from __future__ import annotations

from dataclasses import dataclass


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
