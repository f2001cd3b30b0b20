"""Ask again where that may help: later, a finite number of times, and within a deadline."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import anyio
from pydantic import Field
from pydantic.config import JsonDict

from pare.llm.client import RETRIED, Complete, EndpointError
from pare.llm.strict import StrictModel
from pare.llm.types import NO_EFFORT, Completion, CompletionRequest, Effort
from pare.rng import derive_rng

_TRANSPORT: JsonDict = {"part": "transport"}


class RetrySettings(StrictModel):
    """How long a call is tried.

    The n-th wait is drawn from 0 to `base_seconds` times 2 to the n-1, at most `max_backoff_seconds`.
    `max_attempts` counts failures other than rate limits, which say that the endpoint is alive.
    `deadline_seconds` counts asking and backing off, but neither our own queue nor an outage, which has a
    limit of its own: no attempt begins after it.
    """

    max_attempts: int = Field(20, ge=1, json_schema_extra=_TRANSPORT)
    base_seconds: float = Field(1.0, gt=0, json_schema_extra=_TRANSPORT)
    max_backoff_seconds: float = Field(60.0, gt=0, json_schema_extra=_TRANSPORT)
    deadline_seconds: float = Field(3600.0, gt=0, json_schema_extra=_TRANSPORT)


DEFAULT_RETRIES = RetrySettings()


class Retry:
    """A policy: after a rate limit, an overload or a broken connection, ask again.

    It belongs outside of the limiter: a call that backs off holds no slot. The other kinds are raised at
    once; those that only a person can mend never come here while an outage policy is inside.
    """

    def __init__(
        self,
        complete: Complete,
        settings: RetrySettings = DEFAULT_RETRIES,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._complete = complete
        self._settings = settings
        self._clock = clock
        self._sleep = sleep

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`; its `effort` tells the attempts and the waits.

        Raises:
            EndpointError: the last failure, with the effort of all attempts.
        """
        began, progress = self._clock(), _Progress()
        while True:
            try:
                completion = await self._complete(request)
            except EndpointError as error:
                progress.count(error)
                wait = self._backoff(request, error, progress)
                if self._is_over(error, progress, self._clock() - began + wait):
                    error.effort = progress.effort
                    raise
            else:
                return completion.after(progress.effort)
            await self._sleep(wait)
            progress.effort += Effort(attempts=0, backoff_seconds=wait)

    def _backoff(self, request: CompletionRequest, error: EndpointError, progress: _Progress) -> float:
        """Draw a wait; after what the server asks for, which is obeyed in full, it is a short one."""
        label, failures = request.label, progress.failures
        rng = derive_rng(
            *("back-off", label.config_hash, label.scenario_id, label.run_number),
            *(label.role, label.ordinal, failures),
        )
        base, longest = self._settings.base_seconds, self._settings.max_backoff_seconds
        if error.retry_after is not None:
            return error.retry_after + rng.random() * min(base, longest)
        return rng.random() * min(base * 2.0 ** min(failures - 1, 60), longest)

    def _is_over(self, error: EndpointError, progress: _Progress, seconds: float) -> bool:
        """Say whether the error is final; `seconds` will have passed when the next attempt could begin."""
        effort = progress.effort
        busy = seconds - effort.queued_seconds - effort.paused_seconds
        has_attempts = progress.failures - progress.rate_limits < self._settings.max_attempts
        return error.kind not in RETRIED or not has_attempts or busy > self._settings.deadline_seconds


class _Progress:
    """What a call has been through."""

    def __init__(self) -> None:
        self.effort = NO_EFFORT
        self.failures = 0
        self.rate_limits = 0

    def count(self, error: EndpointError) -> None:
        self.effort += error.effort
        self.failures += 1
        self.rate_limits += error.kind == "rate_limit"
