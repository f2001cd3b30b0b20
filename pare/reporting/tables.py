"""Tables for the terminal: one that is too wide goes on below, with its first columns again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from pare.reporting.sections import Section
from pare.reporting.untrusted import safe

GAP = 2
SHARE_OF_WORDS = 0.6
"""So much of the width the first columns, which hold words, have at most if figures stand beside them."""

NARROWEST = 6


def print_table(section: Section, console: Console) -> None:
    """Print the table of a section: figures are never broken, words may be."""
    rows = [[one_line(value) for value in row] for row in section.rows]
    columns = [one_line(name) for name in section.columns]
    left = _word_widths(columns, rows, section.left, console.width)
    figures = _figure_widths(columns, rows, section.left, console.width - sum(left) - GAP * len(left))
    for number, block in enumerate(blocks_of(figures, console.width - sum(left) - GAP * len(left))):
        if number:
            console.print()
        chosen = [*range(section.left), *(section.left + place for place in block)]
        widths = [*left, *(figures[place] for place in block)]
        console.print(_table([columns[place] for place in chosen], rows, chosen, widths, section.left))


def _word_widths(columns: Sequence[str], rows: Sequence[Sequence[str]], left: int, width: int) -> list[int]:
    """Give the widths of the first columns: what they need, as far as there is room."""
    needed = [_longest(columns[place], rows, place) for place in range(left)]
    room = width if left == len(columns) else int(width * SHARE_OF_WORDS)
    while sum(needed) + GAP * (left - 1) > room and max(needed) > NARROWEST:
        needed[needed.index(max(needed))] -= 1
    return needed


def _longest(name: str, rows: Sequence[Sequence[str]], place: int) -> int:
    return max([cell_len(name), *(cell_len(row[place]) for row in rows)])


def _figure_widths(columns: Sequence[str], rows: Sequence[Sequence[str]], left: int, room: int) -> list[int]:
    """Give the widths of the other columns; their names are broken where there is no room for them."""
    places = range(left, len(columns))
    wide = [_longest(columns[place], rows, place) for place in places]
    if sum(wide) + GAP * (len(wide) - 1) <= room:
        return wide
    words = [max(columns[place].replace("95 %", "95_%").split() or [""], key=cell_len) for place in places]
    return [_longest(word, rows, place) for word, place in zip(words, places, strict=True)]


def blocks_of(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Give the places of columns that fit beside each other, at least one at a time."""
    block: list[int] = []
    used = 0
    for place, width in enumerate(widths):
        if block and used + GAP + width > room:
            yield block
            block, used = [], 0
        used += width + GAP * bool(block)
        block.append(place)
    if block or not widths:
        yield block


def _table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    chosen: Sequence[int],
    widths: Sequence[int],
    left: int,
) -> Table:
    table = Table(box=SIMPLE, pad_edge=False, show_edge=False, padding=(0, GAP - 1, 0, 0))
    for index, name in enumerate(columns):
        justify: JustifyMethod = "left" if index < left else "right"
        table.add_column(Text(name), overflow="fold", justify=justify, width=widths[index])
    for row in rows:
        table.add_row(*(Text(row[place]) for place in chosen))
    return table


def one_line(text: str) -> str:
    """Give a text as one line that a terminal shows and does not obey."""
    return safe(text).replace("\n", " ")
