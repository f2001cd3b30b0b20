"""Printing that nothing stops, and that tells the terminal nothing but text.

A closed terminal or a dead pipe costs the lines, not the sweep. What is printed may come from a model, an
endpoint or a scenario: control characters are shown as escapes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str, *, err: bool = False, fg: str | None = None, nl: bool = True) -> None:
    """Print `text` on standard output, or on error, with what a terminal would obey as escapes."""
    from pare.reporting.untrusted import safe

    typer.secho(safe(text), err=err, fg=fg, nl=nl)


def say_error(error: BaseException) -> None:
    """Print a named error on standard error."""
    say(f"error: {error}", err=True, fg=typer.colors.RED)


def say_nothing() -> None:
    """Leave it unsaid."""


class Unbreakable:
    """A text stream over `stream` that goes quiet when nobody reads it; `on_break` is called then."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.is_broken = False
        self.on_break: Callable[[], None] = say_nothing

    def write(self, text: str) -> int:
        """Write `text`, or drop it."""
        if not self.is_broken:
            try:
                return self._stream.write(text)
            except UnicodeEncodeError:
                return self.write(text.encode("ascii", "backslashreplace").decode())
            except (OSError, ValueError):
                self._go_quiet()
        return len(text)

    def flush(self) -> None:
        """Flush, or go quiet."""
        if not self.is_broken:
            try:
                self._stream.flush()
            except (OSError, ValueError):
                self._go_quiet()

    def _go_quiet(self) -> None:
        """Lead what is still in the stream's buffer nowhere, so that the program ends without a fault."""
        self.is_broken = True
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
        self.on_break()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def unbreakable_streams() -> Iterator[Unbreakable]:
    """Let standard output, which is given, and error outlive their readers within the block."""
    before = sys.stdout, sys.stderr
    streams: Any = [Unbreakable(stream) for stream in before]
    sys.stdout, sys.stderr = streams
    try:
        yield streams[0]
    finally:
        for stream in streams:
            stream.flush()
        sys.stdout, sys.stderr = before


def unbreakable_console(*, stderr: bool = False) -> Console:
    """Give a console on standard output or error that outlives its terminal."""
    from rich.console import Console
    from rich.text import Text

    from pare.reporting.untrusted import safe

    class TextConsole(Console):
        """A console that shows each text as it is: texts with styles are made of `safe` ones."""

        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(safe(text), **options)

    stream: Any = Unbreakable(sys.stderr if stderr else sys.stdout)
    return TextConsole(file=stream, highlight=False)
