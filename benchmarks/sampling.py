"""Where CPU goes, by package: a sample of the stack every two milliseconds of CPU time of this process.

A sample counts for the innermost frame that belongs to pare or to a package that it stands on; what the
standard library or C code does counts for who asked for it, and the event loop for itself.
"""

import contextlib
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

INTERVAL = 0.002
ROOT = str(Path(__file__).parents[1])
LOOP = "event loop (asyncio, anyio)"
PACKAGES = {
    "aiohttp": "aiohttp",
    "httpx": "httpx",
    "pydantic": "pydantic",
    "anyio": LOOP,
    "structlog": "structlog",
}


def home_of(file: str) -> str | None:
    """Name what the code of a file counts for; None for what counts for its caller."""
    if "/site-packages/" in file:
        return PACKAGES.get(file.partition("/site-packages/")[2].partition("/")[0])
    if file.startswith(f"{ROOT}/pare/"):
        return "pare/" + file.removeprefix(f"{ROOT}/pare/").partition("/")[0].removesuffix(".py")
    return LOOP if "/asyncio/" in file else None


@contextlib.contextmanager
def sampled() -> Iterator[Counter[str]]:
    """Count samples by what they are for, for the length of the block."""
    counts: Counter[str] = Counter()
    homes: dict[str, str | None] = {}

    def sample(_signal: int, frame: FrameType | None) -> None:
        while frame is not None:
            file = frame.f_code.co_filename
            if file not in homes:
                homes[file] = home_of(file)
            if (home := homes[file]) is not None:
                counts[home] += 1
                return
            frame = frame.f_back
        counts["other"] += 1

    before = signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    try:
        yield counts
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
