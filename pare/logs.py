"""structlog, set up once, at the edge of the program.

Events are named ``noun.verb_past`` and carry keys; scenario and run are bound by contextvars.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import structlog

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


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


def configure_logging(level: str = "WARNING") -> None:
    """Write log lines of `level` (one of `LEVELS`) and above to standard error."""
    import structlog  # noqa: PLC0415

    structlog.configure(**_settings(level))


def _settings(level: str) -> dict[str, Any]:
    import structlog  # noqa: PLC0415

    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
    ]
    return {
        "processors": processors,
        "wrapper_class": structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        "logger_factory": lambda *_: structlog.PrintLogger(sys.stderr),  # as it is when a line is written
    }
