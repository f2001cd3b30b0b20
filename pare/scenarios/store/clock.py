"""The wall clock, for what is no part of a run: when a result was written, who is alive."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> float:
    """Give the time in seconds since 1970."""
    return time.time()


def timestamp() -> str:
    """Give the time as ISO text in UTC, always of the same length, so that texts sort as times do."""
    return datetime.fromtimestamp(now(), UTC).isoformat(timespec="microseconds")
