"""A server that lives on a clock that jumps: for tests of whatever waits.

Minutes cost milliseconds, and the same test takes the same course each time; see `pare.testing.fast_clock`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import ceil
from random import Random

import anyio

from pare.llm.client import EndpointError, ErrorKind
from pare.llm.types import CallLabel, Completion, CompletionRequest, Message, Usage
from pare.testing.fast_clock import DeadlockError, FastClock, run_fast

__all__ = [
    "DeadlockError",
    "FastClock",
    "SimulatedServer",
    "keep_asking",
    "request_of",
    "run_fast",
    "tokens_of",
]

# --- requests -----------------------------------------------------------------------------------------------


def request_of(
    number: int = 0, *, tokens: int = 100, scenario: str = "scenario", role: str = "user"
) -> CompletionRequest:
    """Make the request `number` of a run, with a prompt of about `tokens`."""
    label = CallLabel(scenario, 1, "config", role, number)
    return CompletionRequest("model", (Message("user", "word" * tokens),), label)


def tokens_of(request: CompletionRequest) -> int:
    return sum(len(message.content) for message in request.messages) // 4


# --- the server ---------------------------------------------------------------------------------------------


class TokenBucket:
    """Holds up to `seconds` worth of `per_minute`, and is filled evenly."""

    def __init__(self, per_minute: float, seconds: float, clock: FastClock) -> None:
        self._clock = clock
        self._seconds = seconds
        self.rate = per_minute / 60
        self.level = self.rate * seconds
        self._filled_at = clock.now()

    def set_rate(self, per_minute: float) -> None:
        self.fill()
        self.rate = per_minute / 60
        self.level = min(self.level, self.rate * self._seconds)

    def fill(self) -> None:
        now = self._clock.now()
        self.level = min(self.level + (now - self._filled_at) * self.rate, self.rate * self._seconds)
        self._filled_at = now

    def missing_seconds(self, amount: float) -> float:
        """Say how long it takes until `amount` is there."""
        self.fill()
        return max(0.0, (amount - self.level) / self.rate)


@dataclass
class Answered:
    """One attempt as the server saw it: when it came, what became of it, what it took."""

    at: float
    kind: ErrorKind | None
    tokens: int


@dataclass
class SimulatedServer:
    """An endpoint with limits: `Complete` for a client, on a fast clock.

    A request within the limits is answered after `latency` seconds, one above them refused after
    `refusal_seconds`, with a Retry-After in whole seconds if `says_retry_after`. Each bucket holds
    `burst_seconds` worth of its rate. From `away[0]` to `away[1]` there is nobody: attempts fail with
    `away_kind` after `away_latency`, also those that are being answered when it begins.
    """

    clock: FastClock
    requests_per_minute: float = 600
    tokens_per_minute: float = 200_000
    burst_seconds: float = 60
    says_retry_after: bool = True
    latency: Callable[[], float] = lambda: 1.0
    refusal_seconds: float = 0.05
    completion_tokens: int = 0
    model: str = "model"
    away: tuple[float, float] = (0.0, 0.0)
    away_kind: ErrorKind = "transient"
    away_latency: float = 0.0
    answers: list[Answered] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    most_in_flight_while_away: int = 0

    def __post_init__(self) -> None:
        self.requests = TokenBucket(self.requests_per_minute, self.burst_seconds, self.clock)
        self.tokens = TokenBucket(self.tokens_per_minute, self.burst_seconds, self.clock)

    def set_limits(self, requests_per_minute: float, tokens_per_minute: float) -> None:
        self.requests.set_rate(requests_per_minute)
        self.tokens.set_rate(tokens_per_minute)

    @property
    def is_away(self) -> bool:
        return self.away[0] <= self.clock.now() < self.away[1]

    async def __call__(self, request: CompletionRequest) -> Completion:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        if self.is_away:
            self.most_in_flight_while_away = max(self.most_in_flight_while_away, self.in_flight)
        try:
            return await self._answer(request)
        finally:
            self.in_flight -= 1

    async def _answer(self, request: CompletionRequest) -> Completion:
        tokens = tokens_of(request) + self.completion_tokens
        if self.is_away:
            await self._fail_away(tokens)
        missing = max(self.requests.missing_seconds(1), self.tokens.missing_seconds(tokens))
        if missing > 1e-9:
            await self._refuse(tokens, missing)
        self.requests.level -= 1
        self.tokens.level -= tokens
        answer = Answered(self.clock.now(), None, tokens)
        self.answers.append(answer)
        latency = self.latency()
        await self.clock.sleep(latency)
        if self.is_away:
            answer.kind = self.away_kind
            raise EndpointError(self.away_kind, "the connection broke")
        usage = Usage(prompt_tokens=tokens - self.completion_tokens, completion_tokens=self.completion_tokens)
        return Completion("reply", usage=usage, model=self.model, latency_seconds=latency)

    async def _fail_away(self, tokens: int) -> None:
        self.answers.append(Answered(self.clock.now(), self.away_kind, tokens))
        await self.clock.sleep(self.away_latency)
        raise EndpointError(self.away_kind, "nobody is there")

    async def _refuse(self, tokens: int, missing: float) -> None:
        self.answers.append(Answered(self.clock.now(), "rate_limit", tokens))
        await self.clock.sleep(self.refusal_seconds)
        retry_after = float(ceil(missing)) if self.says_retry_after else None
        raise EndpointError("rate_limit", "too many requests", status=429, retry_after=retry_after)

    # What it saw, from one moment to another

    def counts(self, start: float = 0.0, end: float = float("inf")) -> Counter[ErrorKind | None]:
        return Counter(answer.kind for answer in self.answers if start <= answer.at < end)

    def used_share(self, start: float, end: float) -> float:
        """Share of what the tighter limit allows from `start` to `end` that was used."""
        taken = [answer for answer in self.answers if answer.kind is None and start <= answer.at < end]
        requests = len(taken) / (self.requests.rate * (end - start))
        tokens = sum(answer.tokens for answer in taken) / (self.tokens.rate * (end - start))
        return max(requests, tokens)

    def refused_share(self, start: float, end: float) -> float:
        counts = self.counts(start, end)
        return counts["rate_limit"] / max(counts.total(), 1)


async def keep_asking(
    complete: Callable[[CompletionRequest], Awaitable[Completion]],
    clock: FastClock,
    *,
    runs: int,
    until: float,
    tokens: Callable[[Random], int] = lambda rng: 100,
) -> list[Completion]:
    """Let `runs` runs ask one call after the other until a moment, and give their replies."""
    replies: list[Completion] = []

    async def run(name: str) -> None:
        rng, number = Random(name), 0
        while clock.now() < until:
            request = request_of(number, tokens=tokens(rng), scenario=name)
            replies.append(await complete(request))
            number += 1

    async with anyio.create_task_group() as group:
        for index in range(runs):
            group.start_soon(run, f"run-{index}")
        await clock.sleep(until - clock.now())
        group.cancel_scope.cancel()
    return replies
