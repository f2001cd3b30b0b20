"""Figures, outcomes and texts as words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:  # 0.4 s that a reader of traces need not wait for
    from pare.scenarios.metrics import Counts, Rate
    from pare.scenarios.validation_result import Outcome

NOTHING = "–"

STYLES: dict[Outcome, str] = {
    "success": "green",
    "failure": "red",
    "defect": "bold red",
    "no_validation": "yellow",
    "infrastructure": "magenta",
}

_DEFECTS_FIRST = ("defect", "success", "failure", "no_validation", "infrastructure")


def printable(text: str) -> str:
    """Write what a terminal would obey (control characters) and what cannot be encoded as escapes."""
    return "".join(
        character.encode("unicode_escape").decode()
        if category(character) in ("Cc", "Cs") and character != "\n"
        else character
        for character in text
    )


def duration(seconds: float) -> str:
    """Give a time span as days and hours:minutes:seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return (f"{days} d " if days else "") + f"{hours:d}:{minutes:02d}:{rest:02d}"


def percent(value: float | None) -> str:
    """Give a share as percent."""
    return NOTHING if value is None else f"{100 * value:.1f} %"


def span(low: float | None, high: float | None, digits: int = 1) -> str:
    """Give an interval of shares in percent."""
    if low is None or high is None:
        return NOTHING
    return f"{100 * low:.{digits}f} to {100 * high:.{digits}f}"


def points(difference: float | None) -> str:
    """Give a difference of shares in percentage points, or say that there is none to quote."""
    return "no headline" if difference is None else f"{100 * difference:+.1f}"


def rate_word(rate: Rate) -> str:
    """Give a rate, or say that there is none to quote."""
    return "no headline" if rate.value is None and rate.counted else percent(rate.value)


def number(value: float | None, digits: int = 1) -> str:
    """Give a figure, if there is one."""
    return NOTHING if value is None else f"{value:,.{digits}f}"


def cost_word(value: float | None) -> str:
    """Give a cost, or say that a price is missing."""
    return "unknown" if value is None else f"{value:,.2f}"


def counted(count: int, word: str) -> str:
    """Give a number with its word, which has an s in the plural."""
    return f"{count:,} {word}{'s' * (count != 1)}"


def outcomes_word(counts: Counts) -> str:
    """Say how many runs came to what, defects first."""
    found = [(getattr(counts, name), name.replace("_", " ")) for name in _DEFECTS_FIRST]
    return ", ".join(f"{count:,} {name}" for count, name in found if count) or "no runs"
