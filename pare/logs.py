"""structlog, set up once, at the edge of the program.

Events are named ``noun.verb_past`` and carry keys; scenario and run are bound by contextvars.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import structlog

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

_NO_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]")


def get_logger() -> structlog.stdlib.BoundLogger:
    """Give the logger of the program; before `configure_logging` it writes warnings to standard error."""
    import structlog  # noqa: PLC0415 - 30 ms that most imports of pare never need

    if structlog.is_configured():
        logger: structlog.stdlib.BoundLogger = structlog.get_logger()
        return logger
    settings = _settings("WARNING")
    factory = settings.pop("logger_factory")
    unconfigured: structlog.stdlib.BoundLogger = structlog.wrap_logger(factory(), **settings)
    return unconfigured


def configure_logging(level: str = "WARNING", files: LogFiles | None = None) -> None:
    """Write log lines of `level` (one of `LEVELS`) and above to standard error, and to `files` by its own."""
    import structlog  # noqa: PLC0415

    structlog.configure(**_settings(level, files))


@contextmanager
def logging_to(files: LogFiles, level: str = "WARNING") -> Iterator[None]:
    """Write log lines to `files` as well within the block; afterwards logging is as it was before."""
    import structlog  # noqa: PLC0415

    before = structlog.get_config() if structlog.is_configured() else None
    configure_logging(level, files)
    try:
        yield
    finally:
        if before is None:
            structlog.reset_defaults()
        else:
            structlog.configure(**before)


@dataclass(frozen=True)
class LogFiles:
    """Logs as JSON Lines below `directory`: one of the sweep, and one of each scenario, for all its runs.

    A line names the run and the configuration that it is of. No file is kept open, so that a thousand
    runs at once need no descriptors. A file that has
    `most_bytes` gets no more lines; a disk that refuses costs the lines.
    """

    directory: str
    level: str = "INFO"
    most_bytes: int = 5_000_000

    def path_of(self, event: Mapping[str, Any]) -> str:
        """Name the file of a log line by what is bound to it."""
        name = _NO_FILE_NAME.sub("_", str(event.get("scenario", "sweep")))[:100]
        return os.path.join(self.directory, f"{name}.jsonl")  # noqa: PTH118 - called for every line

    def write(self, event: Mapping[str, Any]) -> None:
        """Append a line, whole or not at all."""
        import orjson  # noqa: PLC0415

        line = orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS) + b"\n"
        path = self.path_of(event)
        try:
            descriptor = self._opened(path)
            try:
                if os.fstat(descriptor).st_size < self.most_bytes:
                    os.write(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError:
            return

    @staticmethod
    def _opened(path: str) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        try:
            return os.open(path, flags, 0o644)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
            return os.open(path, flags, 0o644)


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]


def _printable(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Write what a terminal would obey as escapes: a text may come from a model or an endpoint."""
    return {_escaped(name): _escaped(value) for name, value in event.items()}


def _escaped(value: Any) -> Any:
    """Escape a text; what is none is shown by its repr, which does the same."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in value
    )


class StandardError:
    """Writes lines to standard error, as it is then; where that is refused, it costs the line alone.

    Standard error may be a file, and its disk full: a run must not end because that could not be told.
    """

    def __init__(self, *_: object) -> None:
        """Take what structlog says of who logs, which is not needed."""

    def msg(self, message: str) -> None:
        """Write a line."""
        try:
            sys.stderr.write(f"{message}\n")
            sys.stderr.flush()
        except OSError:
            return

    debug = info = warning = error = critical = exception = msg


def _settings(level: str, files: LogFiles | None = None) -> dict[str, Any]:
    import structlog  # noqa: PLC0415

    shown, lowest = _number(level), min(_number(level), _number(files.level if files else level))

    def to_files(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        number = _number(event["level"])
        if files is not None and number >= _number(files.level):
            files.write(event)
        if number < shown:
            raise structlog.DropEvent
        return event

    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([to_files] if files is not None else []),
        _printable,
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
    ]
    return {
        "processors": processors,
        "wrapper_class": structlog.make_filtering_bound_logger(lowest),
        "logger_factory": StandardError,
    }
