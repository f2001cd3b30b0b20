"""Short labels for cells whose names are long, so that tables stay narrow: A, B, C and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_uppercase

LONGEST_NAME = 16
"""Where a name is longer than this, all cells go by labels."""

UNNAMED = "(all)"

Labels = Mapping[str, str]
"""What each cell is called in tables and lists, by its name."""


def labels_of(names: Sequence[str]) -> Labels:
    """Give each cell what it is called: its name, or a letter where some name is long."""
    if all(len(name) <= LONGEST_NAME for name in names):
        return {name: name or UNNAMED for name in names}
    return {name: letters(place) for place, name in enumerate(names)}


def has_legend(labels: Labels) -> bool:
    """Tell whether labels need to be explained."""
    return any(label not in (name, UNNAMED) for name, label in labels.items())


def letters(place: int) -> str:
    """Give the letters of a place from 0 on, as spreadsheets count: A to Z, AA, AB and so on."""
    more, last = divmod(place, len(ascii_uppercase))
    return (letters(more - 1) if more else "") + ascii_uppercase[last]
