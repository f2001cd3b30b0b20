"""Let what a task fails of arrive under its own name, for callers that catch it by that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ungrouped() -> Iterator[None]:
    """Raise what a task of the block has failed of as itself, not as a group; the first stands for all."""
    failure: BaseException | None = None
    try:
        yield
    except BaseExceptionGroup as failures:
        failure = failures
        while isinstance(failure, BaseExceptionGroup):
            failure = failure.exceptions[0]
    if failure is not None:
        raise failure
