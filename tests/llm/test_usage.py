"""What calls have used and what that costs: an unknown price is unknown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.llm.client import EndpointError
from pare.llm.prices import Price, PriceTable
from pare.llm.types import Completion, CompletionRequest, Effort, Usage
from pare.llm.usage import Metered, RoleUsage, UsageLedger
from tests.llm.fast_clock import request_of

PRICES = PriceTable.model_validate({
    "model": {"prompt": 2.0, "cached_prompt": 0.5, "completion": 8.0},
    "uncached": {"prompt": 2.0, "completion": 8.0},
})  # fmt: skip

REPLY = Completion(
    "reply",
    usage=Usage(prompt_tokens=1000, cached_tokens=400, completion_tokens=200, reasoning_tokens=150),
    latency_seconds=1.5,
    effort=Effort(attempts=3, queued_seconds=2.0, backoff_seconds=4.0, paused_seconds=8.0),
)


def of_model(model: str, role: str = "user") -> CompletionRequest:
    return replace(request_of(role=role), model=model)


def test_a_cost_takes_cached_tokens_at_their_own_price() -> None:
    assert PRICES.cost("model", REPLY.usage) == pytest.approx((600 * 2 + 400 * 0.5 + 200 * 8) / 1e6)


def test_an_unknown_price_is_unknown_and_not_free() -> None:
    assert PRICES.cost("another", REPLY.usage) is None
    assert PriceTable().cost("model", REPLY.usage) is None
    assert PRICES.cost("uncached", REPLY.usage) is None
    without_cache = replace(REPLY.usage, cached_tokens=0)
    assert PRICES.cost("uncached", without_cache) == pytest.approx((1000 * 2 + 200 * 8) / 1e6)


def test_a_price_of_zero_is_known() -> None:
    free = PriceTable.model_validate({"model": {"prompt": 0, "completion": 0, "cached_prompt": 0}})
    assert free.cost("model", REPLY.usage) == 0


def test_bad_prices_are_refused() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        Price(prompt=-1, completion=1)
    with pytest.raises(ValueError, match="Did you mean 'completion'"):
        PriceTable.model_validate({"model": {"prompt": 1, "completions": 1}})
    with pytest.raises(ValueError, match="required"):
        PriceTable.model_validate({"model": {"prompt": 1}})


def test_calls_are_summed_up_by_role() -> None:
    ledger = UsageLedger()
    ledger.record(of_model("model", "user"), REPLY)
    ledger.record(of_model("model", "user"), REPLY)
    ledger.record(of_model("model", "observe"), replace(REPLY, usage=replace(REPLY.usage, estimated=True)))
    by_role = ledger.by_role(PRICES)
    assert list(by_role) == ["observe", "user"]
    assert by_role["user"] == RoleUsage(
        calls=2,
        attempts=6,
        prompt_tokens=2000,
        cached_tokens=800,
        completion_tokens=400,
        reasoning_tokens=300,
        latency_seconds=3.0,
        queued_seconds=4.0,
        backoff_seconds=8.0,
        paused_seconds=16.0,
        cost=PRICES.cost("model", Usage(2000, 800, 400)),
    )
    assert by_role["observe"].estimated_calls == 1
    assert ledger.total(PRICES).calls == 3
    assert ledger.total(PRICES).cost == pytest.approx(0.009)


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    ledger = UsageLedger()
    ledger.record(of_model("model"), REPLY)
    ledger.record(of_model("another"), REPLY)
    ledger.record(of_model("model", "observe"), REPLY)
    by_role = ledger.by_role(PRICES)
    assert by_role["user"].cost is None
    assert by_role["observe"].cost is not None
    assert ledger.total(PRICES).cost is None
    assert ledger.total().cost is None


def test_nothing_used_costs_nothing() -> None:
    assert UsageLedger().total() == RoleUsage()
    assert UsageLedger().by_role() == {}
    assert RoleUsage().cost == 0


def test_a_reply_without_tokens_at_an_unknown_price_is_unknown() -> None:
    ledger = UsageLedger()
    ledger.record(of_model("another"), Completion(""))
    assert ledger.total(PRICES).cost is None


def test_replayed_calls_are_part_of_a_run_but_cost_nothing_again() -> None:
    ledger = UsageLedger()
    ledger.record(of_model("model"), replace(REPLY, replayed=True))
    ledger.record(of_model("model"), REPLY)
    total, this_time = ledger.total(PRICES), ledger.total(PRICES, with_replayed=False)
    assert (total.calls, total.replayed_calls) == (2, 1)
    assert (this_time.calls, this_time.replayed_calls) == (1, 0)
    assert total.cost == pytest.approx(0.006)
    assert this_time.cost == pytest.approx(0.003)


async def test_the_policy_counts_replies_and_failures() -> None:
    ledger = UsageLedger()
    error = EndpointError("outage", "away")
    error.effort = Effort(attempts=4, paused_seconds=600)
    outcomes: list[Completion | EndpointError] = [REPLY, error]

    async def answer(_request: CompletionRequest) -> Completion:
        outcome = outcomes.pop(0)
        if isinstance(outcome, EndpointError):
            raise outcome
        return outcome

    metered = Metered(answer, ledger)
    assert await metered(of_model("model")) is REPLY
    with pytest.raises(EndpointError, match="away"):
        await metered(of_model("model"))
    total = ledger.total(PRICES)
    assert (total.calls, total.failed_calls, total.attempts, total.paused_seconds) == (1, 1, 7, 608)
    assert total.cost == pytest.approx(0.003)


def test_a_summary_can_be_written_and_read() -> None:
    ledger = UsageLedger()
    ledger.record(of_model("another"), REPLY)
    total = ledger.total()
    assert RoleUsage.model_validate_json(total.model_dump_json()) == total
    assert total.model_dump()["cost"] is None


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20))
def test_the_order_of_calls_does_not_change_the_cost(uses: list[tuple[int, int, int]]) -> None:
    def cost(ordered: list[tuple[int, int, int]]) -> float | None:
        ledger = UsageLedger()
        for prompt, cached, completion in ordered:
            usage = Usage(prompt + cached, cached, completion)
            ledger.record(of_model("model"), Completion("", usage=usage))
        return ledger.total(PRICES).cost

    assert cost(uses) == cost(uses[::-1])
