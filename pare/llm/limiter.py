"""A policy that keeps to the limits of an endpoint, first come, first served.

How many calls are in flight is found out (`AdaptiveLimit`) or set by the user, who may also set how many
requests and tokens go out per minute.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from math import inf

import anyio

from pare.llm.client import Complete, EndpointError, ErrorKind
from pare.llm.concurrency import CATCH_UP, AdaptiveLimit, ConcurrencyLimit, EndedCall, FixedLimit, Outcome
from pare.llm.limit_settings import NO_LIMITS, LimitSettings
from pare.llm.types import Completion, CompletionRequest, Effort

__all__ = ["AdaptiveLimit", "FixedLimit", "LimitSettings", "Limiter", "Pace", "TokenEstimate"]

# --- the pace that the user sets ----------------------------------------------------------------------------


class Pace:
    """So much per minute, evenly: each start moves the next one away by what it takes."""

    def __init__(self, per_minute: float, clock: Callable[[], float]) -> None:
        self._seconds_each = 60 / per_minute
        self._clock = clock
        self._next_start = -inf

    def ready_at(self) -> float:
        """Say when the next start is allowed."""
        return self._next_start

    def take(self, amount: float) -> None:
        """Count a start now that takes `amount`."""
        self._next_start = max(self._next_start, self._clock() - CATCH_UP) + amount * self._seconds_each

    def settle(self, difference: float) -> None:
        """Count `difference` more (or less, below 0) than was taken for a start."""
        self._next_start += difference * self._seconds_each


CHARACTERS_PER_TOKEN = 4
INITIAL_COMPLETION_TOKENS = 500
LATEST_REPLY_WEIGHT = 0.05


class TokenEstimate:
    """How many tokens a call will take, before it is made: its text, and replies as long as the last ones."""

    def __init__(self) -> None:
        self._completion_tokens = float(INITIAL_COMPLETION_TOKENS)

    def of(self, request: CompletionRequest) -> float:
        """Estimate the tokens of prompt and reply."""
        characters = sum(len(message.content) for message in request.messages)
        reply = min(self._completion_tokens, request.sampling.max_tokens)
        return characters / CHARACTERS_PER_TOKEN + reply

    def learn(self, completion_tokens: int) -> None:
        """Take the length of a reply into account."""
        self._completion_tokens += LATEST_REPLY_WEIGHT * (completion_tokens - self._completion_tokens)


# --- the policy ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Call:
    """A call in flight: when it started, and the tokens that were taken for it."""

    started: float
    tokens: float


SHORTEST_WAIT = 1e-6
"""Seconds that nobody waits for; a sum of floats may miss its moment by less."""

LONGEST_WAIT = 1.0
"""Seconds after which the first in the queue looks again, since limits change."""


class Limiter:
    """A policy: let calls through first come, first served, as the limits of the endpoint allow.

    Retry and outage belong outside, so that a call that waits for either holds no slot.
    """

    def __init__(
        self,
        complete: Complete,
        settings: LimitSettings = NO_LIMITS,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._complete = complete
        self._clock = clock
        self._sleep = sleep
        self.limit = _concurrency_limit(settings, clock)
        self._requests = _pace(settings.requests_per_minute, clock)
        self._tokens = _pace(settings.tokens_per_minute, clock)
        self._estimate = TokenEstimate()
        self._queue: OrderedDict[object, anyio.Event] = OrderedDict()
        self._released = anyio.Event()

    @property
    def queued(self) -> int:
        """How many calls wait for their turn."""
        return len(self._queue)

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`, when its turn has come.

        Raises:
            EndpointError: the call failed; how often it was sent and how long it waited is in `effort`.
        """
        arrived = self._clock()
        await self._wait_for_turn()
        call = self._start(request)
        waited = Effort(attempts=0, queued_seconds=call.started - arrived)
        completion: Completion | None = None
        failure: EndpointError | None = None
        try:
            completion = await self._complete(request)
        except EndpointError as error:
            failure = error
            error.effort += waited
            raise
        finally:
            self._end(call, completion, failure)
        return completion.after(waited)

    async def _wait_for_turn(self) -> None:
        """Queue; who is first waits for the limits, who is behind for being first.

        Nothing is awaited between the return and the count of the start, so a turn cannot be lost.
        """
        if not self._queue and self._wait_seconds() <= 0:
            return
        place, is_first = object(), anyio.Event()
        self._queue[place] = is_first
        self._call_first()
        try:
            await is_first.wait()
            while (seconds := self._wait_seconds()) > 0:
                await self._wait(seconds)
        finally:
            del self._queue[place]
            self._call_first()

    def _call_first(self) -> None:
        for is_first in self._queue.values():
            is_first.set()
            break

    def _wait_seconds(self) -> float:
        """Say how long the next call has to wait, with infinity for the end of another one."""
        paces = [pace.ready_at() for pace in (self._requests, self._tokens) if pace is not None]
        seconds = max(self.limit.ready_at(), *paces, -inf) - self._clock()
        return seconds if seconds > SHORTEST_WAIT else 0.0

    async def _wait(self, seconds: float) -> None:
        if seconds == inf:
            self._released = anyio.Event()
            await self._released.wait()
        else:
            await self._sleep(min(seconds, LONGEST_WAIT))

    def _start(self, request: CompletionRequest) -> _Call:
        tokens = 0.0
        if self._tokens is not None:
            tokens = self._estimate.of(request)
            self._tokens.take(tokens)
        if self._requests is not None:
            self._requests.take(1)
        return _Call(self.limit.start(), tokens)

    def _end(self, call: _Call, completion: Completion | None, failure: EndpointError | None) -> None:
        outcome = _outcome(completion, failure)
        seconds = self._clock() - call.started
        if completion is not None and completion.latency_seconds:
            seconds = completion.latency_seconds
        retry_after = (failure.retry_after if failure else None) or 0.0
        self.limit.end(EndedCall(outcome, call.started, seconds, retry_after))
        self._settle(call, outcome, completion)
        self._released.set()

    def _settle(self, call: _Call, outcome: Outcome, completion: Completion | None) -> None:
        """Replace what was taken for a call by what it has used; what is cancelled is taken to be used."""
        if outcome == "unsent" and self._requests is not None:
            self._requests.settle(-1)
        if self._tokens is None or (completion is None and outcome == "neutral"):
            return
        used = 0
        if completion is not None and not completion.replayed:
            used = completion.usage.prompt_tokens + completion.usage.completion_tokens
            self._estimate.learn(completion.usage.completion_tokens)
        self._tokens.settle(used - call.tokens)


def _outcome(completion: Completion | None, failure: EndpointError | None) -> Outcome:
    if completion is not None:
        return "unsent" if completion.replayed else "success"
    return "neutral" if failure is None else _OUTCOMES.get(failure.kind, "neutral")


_OUTCOMES: Mapping[ErrorKind, Outcome] = {
    "rate_limit": "rate_limit",
    "overload": "failure",
    "transient": "failure",
    "outage": "unsent",
}


def _concurrency_limit(settings: LimitSettings, clock: Callable[[], float]) -> ConcurrencyLimit:
    if settings.concurrency is not None:
        return FixedLimit(settings.concurrency, clock)
    return AdaptiveLimit(clock, initial=settings.initial_concurrency, maximum=settings.max_concurrency)


def _pace(per_minute: float | None, clock: Callable[[], float]) -> Pace | None:
    return None if per_minute is None else Pace(per_minute, clock)
