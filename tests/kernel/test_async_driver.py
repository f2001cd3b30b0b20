"""The asynchronous driver takes the same steps; `async def` tools are awaited."""

from itertools import pairwise

import pytest
from anyio import CancelScope, create_task_group
from anyio.lowlevel import checkpoint

from pare.errors import AsyncToolError, ToolError
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.recording import EventRegisterer
from pare.tools import Toolbox
from tests.kernel.phone import (
    Bell,
    Diary,
    Inboxes,
    Plan,
    armed,
    arrival,
    happened,
    has_entry,
    history,
    played,
)


def fetching(
    diary: Diary, name: str, after: object = None, delay: float = 0, text: str | None = None
) -> object:
    with EventRegisterer.capture_mode():
        return diary.fetch(text or name).with_id(name).depends_on(after, delay)


async def driven(apps: list, events: list, inboxes: Inboxes | None = None, **settings: object) -> Environment:
    env = Environment(EnvironmentConfig(oracle_mode=True), notification_system=inboxes)
    await env.run_async(Plan(apps, events, **settings))
    return env


async def test_both_drivers_give_the_same_log() -> None:
    logs = []
    for drive in (driven, played):
        diary, bell = Diary(), Bell()
        first = arrival(diary, "a", None, 2)
        with EventRegisterer.capture_mode():
            pause = bell.wait(10).with_id("pause").depends_on(first, 1)
        events = [
            first,
            pause,
            arrival(diary, "b", None, 5),
            has_entry("c", timeout=30),
            arrival(diary, "c", pause),
        ]
        result = drive([diary, bell], events)
        env = result if isinstance(result, Environment) else await result
        logs.append((env.event_log.lines(), env.current_time, env.end_reason, env.state))
    assert logs[0] == logs[1]


async def test_an_async_tool_is_awaited_and_recorded() -> None:
    diary = Diary()
    first = fetching(diary, "first", None, 2)
    env = await driven([diary], [first, fetching(diary, "again", first, 1), arrival(diary, "last", first)])
    assert history(env) == [(2, "ENV", "first"), (2, "ENV", "last"), (3, "ENV", "again")]
    assert diary.entries == ["first", "last", "last"]
    assert env.event_log.find("first").metadata.return_value["number"] == 1


async def test_an_async_tool_that_fails_is_recorded_and_the_run_goes_on() -> None:
    diary = Diary()
    bad = fetching(diary, "bad", None, 1, "nothing")
    env = await driven([diary], [bad, arrival(diary, "after", bad, 1)])
    assert [(line["id"], line["exception"]) for line in env.event_log.lines()] == [
        ("bad", "nothing is there"),
        ("after", None),
    ]


async def test_an_async_oracle_event_is_awaited() -> None:
    diary = Diary()
    env = await driven([diary], [fetching(diary, "a").oracle().with_id("o").depends_on(None, 2)])
    assert (history(env), diary.entries) == ([(2, "AGENT", "o")], ["a"])


async def test_a_direct_call_of_an_async_tool_is_recorded_when_it_has_been_awaited() -> None:
    diary = Diary()
    env = armed([diary])
    pending = diary.fetch("a")
    assert len(env.event_log) == 0
    assert (await pending)["text"] == "a"
    with pytest.raises(ValueError, match="nothing is there"):
        await diary.fetch("nothing")
    await diary.fetch("again")
    diary.write("b")
    assert [(line["function"], line["exception"]) for line in env.event_log.lines()] == [
        ("fetch", None),
        ("fetch", "nothing is there"),
        ("fetch", None),
        ("write", None),
    ]


async def test_what_an_async_tool_is_cancelled_in_is_no_event() -> None:
    diary = Diary()
    env = armed([diary])
    with CancelScope() as scope:
        scope.cancel()
        await diary.fetch("a")
    assert (scope.cancelled_caught, len(env.event_log), EventRegisterer.is_active()) == (True, 0, True)


def test_the_synchronous_driver_refuses_an_async_tool() -> None:
    diary = Diary()
    env = armed([diary], [fetching(diary, "a", None, 1), arrival(diary, "later", None, 2)])
    with pytest.raises(AsyncToolError, match="only the asynchronous driver"):
        env.join()
    assert (happened(env), env.state.value) == ([], "STOPPED")


def test_an_async_tool_that_falls_due_in_a_synchronous_wait_reaches_the_caller() -> None:
    diary, bell = Diary(), Bell()
    env = armed([diary, bell], [fetching(diary, "a", None, 5), arrival(diary, "later", None, 7)])
    with pytest.raises(ToolError, match="async def"):
        Toolbox(bell.get_tools()).call("Bell__wait", {"seconds": 10})
    with pytest.raises(AsyncToolError):
        env.join()
    assert diary.entries == []


def test_an_async_tool_that_falls_due_in_the_wait_of_a_scheduled_event_reaches_the_caller() -> None:
    diary, bell = Diary(), Bell()
    with EventRegisterer.capture_mode():
        pause = bell.wait(10).with_id("pause").depends_on(None, 1)
    env = armed([diary, bell], [pause, fetching(diary, "a", None, 5)])
    with pytest.raises(AsyncToolError):
        env.join()
    assert diary.entries == []


async def test_a_wait_is_awaited_and_async_tools_fall_due_in_it() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    with EventRegisterer.capture_mode():
        wait = bell.wait(30).oracle().with_id("wait").depends_on(None, 1)
    events = [wait, fetching(diary, "a", None, 11), arrival(diary, "after", wait, 1)]
    env = await driven([diary, bell], events, inboxes)
    assert history(env) == [(1, "AGENT", "wait"), (11, "ENV", "a"), (12, "ENV", "after")]
    assert [event.event_id for event in env.event_log.events] == ["a", "wait", "after"]


async def test_a_condition_that_raises_in_an_awaited_wait_reaches_the_caller() -> None:
    bell = Bell()
    with EventRegisterer.capture_mode():
        wait = bell.wait(30).with_id("wait")
    broken = ConditionCheckEvent.from_condition(lambda env: 1 // 0).depends_on(None, 3)
    with pytest.raises(ZeroDivisionError):
        await driven([bell], [wait, broken])


async def test_the_driver_can_be_cancelled_between_steps() -> None:
    diary = Diary()
    env = Environment()
    with CancelScope() as scope:
        env.subscribe(lambda event: scope.cancel() if len(env.event_log) == 100 else None)
        await env.run_async(Plan([diary], [has_entry("never")], duration=1_000_000))
    assert scope.cancelled_caught
    assert 100 <= len(env.event_log) < 200
    assert (env.state.value, EventRegisterer.is_active()) == ("RUNNING", True)


async def test_a_long_wait_can_be_cancelled() -> None:
    bell = Bell()
    env = Environment()
    with EventRegisterer.capture_mode():
        wait = bell.wait(1_000_000).with_id("wait").depends_on(None, 1)
    with CancelScope() as scope:
        env.subscribe(lambda event: scope.cancel() if len(env.event_log) == 100 else None)
        await env.run_async(Plan([bell, Diary()], [wait, has_entry("never")]))
    assert scope.cancelled_caught
    assert 100 <= len(env.event_log) < 200


async def test_environments_share_the_loop() -> None:
    turns: list[str] = []

    async def run(name: str) -> None:
        env = Environment()
        env.subscribe(lambda event: turns.append(name))
        await env.run_async(Plan([Diary()], [has_entry("never")], duration=200))

    async with create_task_group() as group:
        for name in "ab":
            group.start_soon(run, name)
    assert sorted(turns) == ["a"] * 201 + ["b"] * 201
    changes = sum(one != two for one, two in pairwise(turns))
    assert changes >= 8


async def test_environments_on_one_loop_keep_their_runs_and_frames_apart() -> None:
    async def run(names: str) -> list[tuple[float, str, str]]:
        diary = Diary()
        chain, last = [], None
        for number, name in enumerate(names):
            last = fetching(diary, f"{number}{name}", last, 1)
            chain.append(last)
        env = await driven([diary], chain)
        await checkpoint()
        diary.write("done")
        logs[names] = history(env)
        return logs[names]

    logs: dict[str, list] = {}
    async with create_task_group() as group:
        for names in ("abc", "defg"):
            group.start_soon(run, names)
    together = dict(logs)
    for names in ("abc", "defg"):
        assert await run(names) == together[names]
    assert together["abc"][-1] == (3, "AGENT", "AGENT-Diary.write-00000000")
