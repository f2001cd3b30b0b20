"""A limit on what a sweep may cost: a call is made only if its worst case is still covered."""

from __future__ import annotations

from typing import Protocol

import anyio

from pare.llm.client import Complete, EndpointError
from pare.llm.prices import Price
from pare.llm.types import Completion, CompletionRequest

CHARACTERS_PER_TOKEN = 2
"""Fewer than any tokeniser makes of prose: the worst case of a prompt."""


class BudgetExhaustedError(EndpointError):
    """The next call could cost more than is left."""

    def __init__(self, limit: float) -> None:
        super().__init__("budget", f"the budget of {limit:g} is used up")


class Reserves(Protocol):
    """Whatever covers the cost of calls: the budget itself, or the way to it."""

    async def reserve(self, amount: float) -> None:
        """Set `amount` aside for a call.

        Raises:
            BudgetExhaustedError: that much is not left, and will not be.
        """

    def settle(self, amount: float, cost: float) -> None:
        """Give back what was set aside, and count what the call has cost."""


class Budget:
    """What a sweep may spend. Calls in flight hold their worst case; who finds too little left waits."""

    def __init__(self, limit: float, spent: float = 0.0) -> None:
        self.limit = limit
        self.spent = spent
        self.reserved = 0.0
        self._in_flight = 0
        self._changed = anyio.Event()

    async def reserve(self, amount: float) -> None:
        """Set `amount` aside for a call.

        Raises:
            BudgetExhaustedError: that much is not left, though no call is in flight.
        """
        while self.spent + self.reserved + amount > self.limit:
            if not self._in_flight:  # `reserved` may keep the rounding errors of its sums
                raise BudgetExhaustedError(self.limit)
            await self._changed.wait()
        self.reserved += amount
        self._in_flight += 1

    def settle(self, amount: float, cost: float) -> None:
        """Give back what was set aside, and count what the call has cost."""
        self._in_flight -= 1
        self.reserved = max(0.0, self.reserved - amount) if self._in_flight else 0.0
        self.spent += cost
        self._changed.set()
        self._changed = anyio.Event()


class Budgeted:
    """A policy inside of the journal, so that a replayed call costs nothing."""

    def __init__(self, complete: Complete, price: Price, budget: Reserves) -> None:
        self._complete = complete
        self._price = price
        self._budget = budget

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the completion of `request`; a call that fails is taken to cost nothing.

        Raises:
            BudgetExhaustedError: its worst case is not covered.
            EndpointError: there is no reply.
        """
        worst = self._price.worst(_characters(request) / CHARACTERS_PER_TOKEN, request.sampling.max_tokens)
        await self._budget.reserve(worst)
        cost = 0.0
        try:
            completion = await self._complete(request)
            known = self._price.cost(completion.usage)
            cost = worst if known is None else known
            return completion
        except anyio.get_cancelled_exc_class():
            cost = worst  # it may have been answered
            raise
        finally:
            self._budget.settle(worst, cost)


def _characters(request: CompletionRequest) -> int:
    return sum(len(message.content) for message in request.messages) + sum(map(_size, request.tools))


def _size(schema: object) -> int:
    return len(str(schema))
