"""How much simulated time a reply takes, in every mode."""

from statistics import mean, stdev

import pytest

from pare.agents.generation import GenerationTime
from pare.llm.types import Completion, ToolCall, Usage
from tests.agents.table import READ, Model, Phone, Rules, pair


def test_tokens_are_counted_with_reasoning():
    time = GenerationTime(ttft_seconds=0.5, tokens_per_second=50)
    counted = Completion("short", usage=Usage(completion_tokens=100, reasoning_tokens=80))
    assert time.of(counted) == pytest.approx(2.5)


def test_tokens_are_estimated_where_nobody_counted():
    time = GenerationTime(ttft_seconds=0, tokens_per_second=1)
    assert time.of(Completion("x" * 9)) == 3
    assert time.of(Completion("x" * 4, reasoning="y" * 4)) == 2
    assert time.of(Completion("", (ToolCall("1", "abcd", "efgh"),))) == 2
    assert time.of(Completion("")) == 0


def test_fixed_and_measured():
    reply = Completion("a long reply", latency_seconds=7.25)
    assert GenerationTime(mode="fixed", seconds=3.0).of(reply) == 3.0
    assert GenerationTime(mode="measured").of(reply) == 7.25


def test_random_is_drawn_from_the_seed_and_the_place():
    time = GenerationTime(mode="random", seconds=5.0, spread=1.0, seed=3)
    draws = [time.of(Completion("x"), "tea", 1, "user", ordinal) for ordinal in range(400)]
    assert draws == [time.of(Completion("other"), "tea", 1, "user", ordinal) for ordinal in range(400)]
    assert draws[0] != time.of(Completion("x"), "tea", 2, "user", 0)
    assert (mean(draws), stdev(draws)) == (pytest.approx(5.0, abs=0.2), pytest.approx(1.0, abs=0.2))
    assert GenerationTime(mode="random", seconds=0.0, spread=9.0).of(Completion("x"), 1) >= 0


@pytest.mark.parametrize(
    ("mode", "time"),
    [("tokens", 0.5 + 25 / 50), ("fixed", 1.0), ("measured", 4.0)],
)
async def test_both_agents_replies_move_the_clock(mode, time):
    def reply(tool: str) -> Completion:
        text = f'Thought: x\nAction: {{"action": "{tool}"}}'
        return Completion(text, usage=Usage(completion_tokens=25), latency_seconds=4.0)

    wait = reply("PAREAgentUserInterface__wait")
    played = pair(Phone(), Model(user=[wait], observe=[wait]), Rules(generation=GenerationTime(mode=mode)))
    await played.play(max_turns=1, min_turn_seconds=0)
    assert played.table.history() == [(time, "USER", "wait"), (2 * time, "AGENT", "wait")]


async def test_malformed_replies_take_time_too():
    played = pair(Phone(), Model(observe=["?", READ, "?"]))
    await played.play(max_turns=1)
    assert [time for time, _, _ in played.table.history()] == [1.0, 3.0, 5.0]


async def test_time_does_not_depend_on_what_was_measured_unless_asked_for():
    async def seconds(latency: float) -> float:
        reply = Completion("?", latency_seconds=latency)
        played = pair(Phone(), Model(user=[reply]), Rules(generation=GenerationTime()))
        await played.play(max_turns=1, min_turn_seconds=0)
        return played.table.seconds

    assert await seconds(0.0) == await seconds(60.0)
