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
    """Give the logger of the program; it writes nowhere until `configure_logging` was called."""
    import structlog  # noqa: PLC0415 - 30 ms that most imports of pare never need

    logger: structlog.stdlib.BoundLogger = structlog.get_logger()
    return logger


def configure_logging(level: str = "WARNING") -> None:
    """Write log lines of `level` (one of `LEVELS`) and above to standard error."""
    import structlog  # noqa: PLC0415

    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
