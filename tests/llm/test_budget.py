"""A budget: the worst case of every call is covered before it is made."""

import anyio
import pytest

from pare.llm.budget import Budget, Budgeted, BudgetExhaustedError
from pare.llm.prices import Price
from pare.llm.types import Completion, Usage
from tests.llm.loopback import request

PRICE = Price(prompt=1e6, completion=1e6)
"""A token costs 1."""


async def test_what_is_left_is_lent_and_what_is_not_is_refused():
    budget = Budget(10)
    await budget.reserve(6)
    budget.settle(6, 2)
    await budget.reserve(8)
    budget.settle(8, 8)
    with pytest.raises(BudgetExhaustedError, match="the budget of 10 is used up"):
        await budget.reserve(0.1)
    assert (budget.spent, budget.reserved) == (10, 0)


async def test_who_finds_too_little_waits_for_calls_in_flight():
    budget, granted = Budget(10), []

    async def ask():
        await budget.reserve(6)
        granted.append(budget.spent)

    await budget.reserve(6)
    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        assert granted == []
        budget.settle(6, 1)
    assert granted == [1]


async def test_rounding_errors_keep_nobody_waiting():
    budget = Budget(1.0)
    amounts = [0.1, 0.2, 0.3]
    for amount in amounts:
        await budget.reserve(amount)
    for amount in (0.1, 0.2, 0.3):
        budget.settle(amount, amount)
    with anyio.fail_after(1), pytest.raises(BudgetExhaustedError):
        await budget.reserve(0.5)


@pytest.mark.parametrize(("usage", "spent"), [(Usage(3, 0, 4), 7), (Usage(3, 3, 4), 61)])
async def test_a_call_costs_what_it_used_or_its_worst_case_where_that_is_unknown(usage, spent):
    async def answer(_request):
        return Completion("hi", usage=usage)

    budget = Budget(1000)
    await Budgeted(answer, PRICE, budget)(request("x" * 21, sampling=_sampling(50)))
    assert (budget.spent, budget.reserved) == (spent if spent == 7 else 60.5, 0)


async def test_a_call_that_fails_costs_nothing_and_one_that_is_cancelled_its_worst_case():
    async def fail(_request):
        raise OSError("no network")

    async def hang(_request):
        await anyio.sleep_forever()

    budget = Budget(1000)
    with pytest.raises(OSError, match="no network"):
        await Budgeted(fail, PRICE, budget)(request("xx", sampling=_sampling(50)))
    assert budget.spent == 0
    with anyio.move_on_after(0.01):
        await Budgeted(hang, PRICE, budget)(request("xx", sampling=_sampling(50)))
    assert (budget.spent, budget.reserved) == (51, 0)


async def test_a_call_whose_worst_case_is_not_covered_is_not_made():
    calls = []

    async def answer(asked):
        calls.append(asked)
        return Completion("hi", usage=Usage(1, 0, 9))

    budgeted = Budgeted(answer, PRICE, Budget(100))
    asked = request("xx", sampling=_sampling(49))
    for _ in range(6):
        await budgeted(asked)
    with pytest.raises(BudgetExhaustedError):
        await budgeted(asked)
    assert len(calls) == 6


def _sampling(tokens):
    from pare.llm.types import SamplingParameters

    return SamplingParameters(max_tokens=tokens)
