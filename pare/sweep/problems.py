"""What is wrong with a sweep file: all of it at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pare.errors import ConfigError, shown

Path = tuple[str | int, ...]
"""Keys of mappings and positions in lists, from the top of a document."""

MOST_LISTED = 100
"""So many problems are listed; of further ones only the number is said."""


LONGEST_SOURCE = 300
LONGEST_MESSAGE = 800
"""A message quotes what stands in the file, which may be a text without end."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: where it stands, and what was found, is allowed and was probably meant.

    Line and column count from 1; both are None where a text has no such place. `path` is dotted, as in
    ``grid.format[1]``; empty for the whole.
    """

    message: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    source: str = "sweep"

    def __str__(self) -> str:
        """Give one line that editors and people can follow."""
        numbers = [str(number) for number in (self.line, self.column) if number is not None]
        place = ":".join((shown(self.source, LONGEST_SOURCE), *numbers))
        return ": ".join(filter(None, (place, shown(self.path), shown(self.message, LONGEST_MESSAGE))))


class SweepError(ConfigError):
    """A sweep is refused. `problems` are all that were found, in the order of the text."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(_text(self.problems))

    def __reduce__(self) -> tuple[type[SweepError], tuple[Sequence[Problem]]]:
        """Give what it is made of, so that another process can raise it."""
        return type(self), (self.problems,)


def _text(problems: Sequence[Problem]) -> str:
    lines = [str(problem) for problem in problems[:MOST_LISTED]]
    if len(problems) > MOST_LISTED:
        lines.append(f"and {len(problems) - MOST_LISTED} more problems")
    return "\n".join(lines)


def dotted(path: Sequence[str | int]) -> str:
    """Write a path as people do: names after dots, positions in brackets."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
