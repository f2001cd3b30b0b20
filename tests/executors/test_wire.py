"""What goes over the wire arrives as it was: messages in any pieces, and cells with every field."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from pare.executors.job_runner import JobSettings
from pare.executors.wire import (
    Message,
    Outgoing,
    accepted_in,
    accepted_out,
    cell_in,
    cell_out,
    encode,
    messages,
    settings_out,
)
from pare.llm.engine import AcceptedParameters, EngineConfig
from pare.llm.types import SamplingParameters
from pare.scenarios.config import MultiScenarioRunnerConfig, ScenarioRunnerConfig
from pare.scenarios.job import Cell
from tests.scenarios.test_hashing import ALIASES, CHANGES, ENGINE_CHANGES, NOISY

# --- messages -------------------------------------------------------------------------------------------

SAID: list[Message] = [
    {"kind": "row", "id": 1, "text": "line\nbreak ä \u2028"},
    {"kind": "beat", "ticks": 7, "doing": []},
    {"kind": "row", "long": "x" * 200_000},
]


def receiving(chunks: Iterable[bytes]) -> Any:
    left = iter([*chunks, b""])

    async def receive() -> bytes:
        return next(left)

    return receive


async def heard(chunks: Iterable[bytes]) -> list[Message]:
    found: AsyncIterator[Message] = messages(receiving(chunks))
    return [message async for message in found]


@pytest.mark.parametrize("size", [1, 7, 65536, 10**6])
async def test_messages_arrive_whole_in_whatever_pieces(size: int) -> None:
    data = b"".join(map(encode, SAID[:2] if size == 1 else SAID))
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert await heard(pieces) == SAID[: 2 if size == 1 else 3]


@pytest.mark.parametrize("cut", [1, 10, 30])
async def test_a_torn_last_message_is_left_out(cut: int) -> None:
    data = encode(SAID[0]) + encode(SAID[1])
    assert await heard([data[:-cut]]) == SAID[:1]


async def test_a_line_that_is_no_message_is_an_error() -> None:
    with pytest.raises(ValueError, match="unexpected"):
        await heard([b"Traceback (most recent call last):\n"])


def test_threads_write_whole_lines_in_turn() -> None:
    reading, writing = os.pipe()
    out = Outgoing(writing)
    texts = [chr(ord("a") + number) * 100_000 for number in range(4)]
    threads = [threading.Thread(target=out.send, args=({"text": text},)) for text in texts]
    for thread in threads:
        thread.start()
    data = b""
    while data.count(b"\n") < 4:
        data += os.read(reading, 1 << 20)
    for thread in threads:
        thread.join()
    os.close(writing)
    os.close(reading)
    assert sorted(orjson.loads(line)["text"] for line in data.splitlines()) == texts


def test_whoever_writes_hears_that_the_reader_is_gone() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        Outgoing(writing).send({})
    os.close(writing)


# --- cells ----------------------------------------------------------------------------------------------


def sent(cell: Cell) -> Cell:
    return cell_in(orjson.loads(encode(cell_out(cell))))


def check_same(one: ScenarioRunnerConfig, other: ScenarioRunnerConfig) -> None:
    assert one.get_config_hash() == other.get_config_hash()
    for name in ScenarioRunnerConfig.model_fields:
        assert getattr(one, name) == getattr(other, name), name


@pytest.mark.parametrize("name", [name for name in CHANGES if name in ScenarioRunnerConfig.model_fields])
def test_every_setting_arrives(name: str) -> None:
    config = ScenarioRunnerConfig(**{**ALIASES, **NOISY, name: CHANGES[name]})
    assert getattr(config, name) != getattr(ScenarioRunnerConfig(), name)
    check_same(sent(Cell(config)).config, config)


@pytest.mark.parametrize("name", ENGINE_CHANGES)
def test_every_setting_of_an_engine_arrives(name: str) -> None:
    engine = EngineConfig.model_validate({"provider": "x", "model": "m", name: ENGINE_CHANGES[name]})
    config = ScenarioRunnerConfig(user_engine_config=engine)
    arrived = sent(Cell(config)).config
    check_same(arrived, config)
    assert arrived.user_engine_config == engine
    assert hash(arrived.user_engine_config) == hash(engine)


@pytest.mark.parametrize(
    "changes",
    [
        {"agent_type": "default"},
        {"user_engine_config": EngineConfig(provider="x", model="m", sampling=SamplingParameters(1, 1))},
        {"user_engine_config": {"provider": "x", "model_name": "a/b", "endpoint": "http://localhost:1"}},
        {"env_events_config": {"num_env_events_per_minute": 3, "weight_per_app_class": {"MessagingApp": 2}}},
        {"prompts_dir": Path("pare/agents/prompts")},
        {"seed": 2**63 - 1},
    ],
)
def test_spellings_arrive_as_what_they_mean(changes: Any) -> None:
    config = ScenarioRunnerConfig(**changes)
    check_same(sent(Cell(config)).config, config)


def test_a_cell_arrives_with_its_name() -> None:
    cell = Cell(MultiScenarioRunnerConfig(max_turns=3).scenario_config(), {"max_turns": 3, "model": "a"})
    arrived = sent(cell)
    assert (arrived.name, arrived.config_hash) == ("max_turns=3, model=a", cell.config_hash)
    assert dict(arrived.settings) == dict(cell.settings)


def test_a_cell_that_is_another_one_here_is_refused() -> None:
    message = cell_out(Cell(ScenarioRunnerConfig()))
    message["config"]["max_turns"] = 3
    with pytest.raises(ValueError, match="arrived with config hash"):
        cell_in(message)


def test_what_all_jobs_share_arrives() -> None:
    settings = JobSettings(
        timeout_seconds=3, journal_dir=Path("/j"), traces_dir=Path("/t"), fresh=True, replay_only=True
    )
    assert JobSettings(**orjson.loads(encode(settings_out(settings)))) == settings
    assert settings.model_fields_set == JobSettings.model_fields.keys()
    accepted = {"http://a/v1": AcceptedParameters("max_completion_tokens", frozenset({"stop", "top_p"}))}
    arrived = accepted_in(orjson.loads(encode(accepted_out(accepted))))
    assert [asdict(item) for item in arrived.values()] == [asdict(item) for item in accepted.values()]
