"""The garbage collector, at a pace that suits a thousand runs in one process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (20_000, 20, 50)
"""So many new objects, and so many younger collections, before the next one; Python's are 700, 10, 10."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for garbage less often within the block, and never in what existed before it.

    A thousand runs hold millions of objects that live as long as they do: looking through them at
    Python's own pace costs a quarter of the CPU of a call. Whoever has turned the collector off, or made
    it slower than this, is left alone.
    """
    before = gc.get_threshold()
    if before[0]:
        gc.collect()
        gc.freeze()
        gc.set_threshold(*map(max, before, THRESHOLDS))
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if before[0]:
            gc.unfreeze()
