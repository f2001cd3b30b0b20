"""The garbage collector, at a pace that suits a thousand runs in one process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG_OBJECTS = 5_000
"""So many new objects there are before the next look at them; Python's default is 700."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for garbage less often within the block.

    A call that waits for its reply holds about a hundred objects, and none of them is garbage: at
    Python's own pace every few calls make the collector walk over all that are waiting, for a sixth of
    the CPU. Whoever has turned the collector off, or made it slower than this, is left alone.
    """
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], YOUNG_OBJECTS), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
