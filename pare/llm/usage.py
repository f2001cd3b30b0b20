"""What calls have used, per role and model, and what that costs by the user's prices.

Prompt tokens include the cached ones, completion tokens the reasoning. A price that is not known makes a cost
unknown, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from pare.llm.client import Complete, EndpointError
from pare.llm.prices import NO_PRICES, PriceTable
from pare.llm.types import NO_EFFORT, Completion, CompletionRequest, Effort, Usage

NO_USAGE = Usage()


# --- counts -------------------------------------------------------------------------------------------------


class RoleUsage(BaseModel):
    """What the calls of a role have used; `cost` is None where a price is unknown.

    `calls` counts replies, `replayed_calls` those of them that came from a journal and cost nothing again,
    `failed_calls` requests that got none. `estimated_calls` are those whose tokens the provider did not
    count. Seconds are sums; `latency_seconds` is that of the calls themselves, without any waiting.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: int = 0
    replayed_calls: int = 0
    failed_calls: int = 0
    estimated_calls: int = 0
    attempts: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    latency_seconds: float = 0.0
    queued_seconds: float = 0.0
    backoff_seconds: float = 0.0
    paused_seconds: float = 0.0
    cost: float | None = 0.0

    def __add__(self, other: RoleUsage) -> RoleUsage:
        """Give the sum; an unknown cost makes it unknown."""
        mine, others = self.model_dump(), other.model_dump()
        costs = mine.pop("cost"), others.pop("cost")
        cost = None if None in costs else sum(costs)
        return RoleUsage(cost=cost, **{name: value + others[name] for name, value in mine.items()})


@dataclass(slots=True)
class _Tally:
    """Running counts of one role and model, of calls that are all replayed or all not."""

    calls: int = 0
    failed_calls: int = 0
    estimated_calls: int = 0
    usage: Usage = NO_USAGE
    latency_seconds: float = 0.0
    effort: Effort = NO_EFFORT

    def add(self, completion: Completion) -> None:
        self.calls += 1
        self.estimated_calls += completion.usage.estimated
        self.usage = _sum(self.usage, completion.usage)
        self.latency_seconds += completion.latency_seconds
        self.effort += completion.effort


class UsageLedger:
    """Counts of all calls of a run, or of a whole sweep."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str, bool], _Tally] = {}
        self._served: dict[tuple[str, str], set[tuple[str | None, str | None]]] = {}

    def record(self, request: CompletionRequest, completion: Completion) -> None:
        """Count a reply."""
        self._tally(request, completion.replayed).add(completion)
        asked = request.label.role, request.model
        self._served.setdefault(asked, set()).add((completion.model, completion.system_fingerprint))

    def record_failure(self, request: CompletionRequest, error: EndpointError) -> None:
        """Count a request that got no reply."""
        tally = self._tally(request, is_replayed=False)
        tally.failed_calls += 1
        tally.effort += error.effort

    def served(self) -> dict[str, dict[str, list[str]]]:
        """Say by role what was asked, as what it answered, and with which fingerprints of its system.

        Keys are in alphabetical order, as the store gives them back: a row is the same bytes from there.
        """
        found: dict[str, dict[str, list[str]]] = {}
        for (role, asked), answered in sorted(self._served.items()):
            said = found.setdefault(role, {"answered": [], "asked": [], "fingerprints": []})
            said["asked"].append(asked)
            said["answered"] += sorted({model for model, _ in answered if model is not None})
            said["fingerprints"] += sorted({print_ for _, print_ in answered if print_ is not None})
        return found

    def by_role(self, prices: PriceTable = NO_PRICES, *, with_replayed: bool = True) -> dict[str, RoleUsage]:
        """Sum up the calls of each role; without the replayed ones that is what they have cost this time."""
        sums: dict[str, RoleUsage] = {}
        for (role, model, is_replayed), tally in sorted(self._tallies.items()):
            if with_replayed or not is_replayed:
                cost = prices.cost(model, tally.usage) if tally.calls else 0.0
                part = _role_usage(tally, is_replayed, cost)
                sums[role] = sums.get(role, RoleUsage()) + part
        return sums

    def total(self, prices: PriceTable = NO_PRICES, *, with_replayed: bool = True) -> RoleUsage:
        """Sum up the calls of all roles."""
        return sum(self.by_role(prices, with_replayed=with_replayed).values(), RoleUsage())

    def _tally(self, request: CompletionRequest, is_replayed: bool) -> _Tally:
        return self._tallies.setdefault((request.label.role, request.model, is_replayed), _Tally())


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        one.prompt_tokens + other.prompt_tokens,
        one.cached_tokens + other.cached_tokens,
        one.completion_tokens + other.completion_tokens,
        one.reasoning_tokens + other.reasoning_tokens,
    )


def _role_usage(tally: _Tally, is_replayed: bool, cost: float | None) -> RoleUsage:
    usage, effort = tally.usage, tally.effort
    return RoleUsage(
        calls=tally.calls,
        replayed_calls=tally.calls if is_replayed else 0,
        failed_calls=tally.failed_calls,
        estimated_calls=tally.estimated_calls,
        attempts=effort.attempts,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        completion_tokens=usage.completion_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        latency_seconds=tally.latency_seconds,
        queued_seconds=effort.queued_seconds,
        backoff_seconds=effort.backoff_seconds,
        paused_seconds=effort.paused_seconds,
        cost=cost,
    )


class Metered:
    """A policy: count in a ledger what each call has used. It belongs outside of the journal."""

    def __init__(self, complete: Complete, ledger: UsageLedger) -> None:
        self._complete = complete
        self._ledger = ledger

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`.

        Raises:
            EndpointError: there is none; that is counted as well.
        """
        try:
            completion = await self._complete(request)
        except EndpointError as error:
            self._ledger.record_failure(request, error)
            raise
        self._ledger.record(request, completion)
        return completion
