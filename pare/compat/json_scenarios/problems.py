"""What is wrong with a JSON scenario: all of it at once, each with its place and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pare.errors import ScenarioError, shown

MOST_LISTED = 100
"""So many problems are listed in a text; of further ones only the number is said."""

LONGEST_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at `path`, as in ``events[3].action.args[0].value``; empty for the whole document."""

    path: str
    message: str

    def __str__(self) -> str:
        message = shown(self.message, LONGEST_MESSAGE)
        return f"{shown(self.path)}: {message}" if self.path else message


class JsonScenarioError(ScenarioError, ValueError):
    """A JSON scenario is refused, or a scenario cannot be written as one. `problems` are all that were found.

    `source` is the file, or whatever else the document is from.
    """

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(_text(source, self.problems))

    def __reduce__(self) -> tuple[type[JsonScenarioError], tuple[str, tuple[Problem, ...]]]:
        """Give what it is made of, so that another process can raise it."""
        return type(self), (self.source, self.problems)


def _text(source: str, problems: Sequence[Problem]) -> str:
    if len(problems) == 1:
        return f"{source}: {problems[0]}"
    lines = [f"{source}: {len(problems)} problems", *(f"  {item}" for item in problems[:MOST_LISTED])]
    if len(problems) > MOST_LISTED:
        lines.append(f"  and {len(problems) - MOST_LISTED} more")
    return "\n".join(lines)


def dotted(path: Sequence[str | int]) -> str:
    """Write a path as people do: names after dots, positions in brackets."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
