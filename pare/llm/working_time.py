"""How long a run has worked, and what it waits for: its time limit counts work, not waiting.

A call of a model is waiting, but for the time in which a request of it is under way at an endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

import anyio

from pare.llm.client import Complete
from pare.llm.types import Completion, CompletionRequest

_current: ContextVar[WorkingTime | None] = ContextVar("working_time", default=None)


class WorkingTime:
    """The working time of one run; `limited` cancels the run when `limit_seconds` of it are used up."""

    def __init__(self, limit_seconds: float | None = None) -> None:
        self._left = inf if limit_seconds is None else limit_seconds
        self._since: float | None = None
        self._scope = anyio.CancelScope()
        self.doing = "simulation"

    @property
    def has_expired(self) -> bool:
        """Whether the limit was reached, and the run cancelled for it."""
        return self._scope.cancelled_caught

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Limit the block; it ends quietly when the limit is reached, and `has_expired` says so."""
        token = _current.set(self)
        try:
            with self._scope:
                self._go_on("simulation")
                yield
        finally:
            _current.reset(token)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Stop the clock within the block."""
        self._pause(what)
        try:
            yield
        finally:
            self._go_on("simulation")

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Let the clock run on within a block of `waiting`."""
        before = self.doing
        self._go_on(what)
        try:
            yield
        finally:
            self._pause(before)

    def _pause(self, what: str) -> None:
        if self._since is not None:
            self._left -= anyio.current_time() - self._since
            self._since = None
        self._scope.deadline = inf
        self.doing = what

    def _go_on(self, what: str) -> None:
        if self._since is None:
            self._since = anyio.current_time()
        self._scope.deadline = self._since + self._left
        self.doing = what


class Waiting:
    """The outermost policy of a run's calls: from here on it waits for its turn at `alias`."""

    def __init__(self, complete: Complete, work: WorkingTime, alias: str) -> None:
        self._complete = complete
        self._work = work
        self._what = f"a turn at {alias}"

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`.

        Raises:
            EndpointError: there is none.
        """
        with self._work.waiting(self._what):
            return await self._complete(request)


class Working:
    """The innermost policy, around a client: the request is under way at `endpoint`."""

    def __init__(self, complete: Complete, endpoint: str) -> None:
        self._complete = complete
        self._what = f"a reply from {endpoint}"

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`.

        Raises:
            EndpointError: there is none.
        """
        work = _current.get()
        if work is None:
            return await self._complete(request)
        with work.working(self._what):
            return await self._complete(request)
