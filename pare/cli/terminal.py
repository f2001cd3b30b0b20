"""Printing that nothing stops: a closed terminal or a dead pipe costs the lines, not the sweep."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


class Unbreakable:
    """A text stream over `stream` that goes quiet when nobody reads it any more."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.is_broken = False

    def write(self, text: str) -> int:
        """Write `text`, or drop it."""
        if not self.is_broken:
            try:
                return self._stream.write(text)
            except (OSError, ValueError):
                self.is_broken = True
            except UnicodeEncodeError:
                return self.write(text.encode("ascii", "backslashreplace").decode())
        return len(text)

    def flush(self) -> None:
        """Flush, or go quiet."""
        if not self.is_broken:
            try:
                self._stream.flush()
            except (OSError, ValueError):
                self.is_broken = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def unbreakable_console(*, stderr: bool = False) -> Console:
    """Give a console on standard output or error that outlives its terminal."""
    from rich.console import Console

    stream: Any = Unbreakable(sys.stderr if stderr else sys.stdout)
    return Console(file=stream, highlight=False)
