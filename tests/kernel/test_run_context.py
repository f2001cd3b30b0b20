"""Where ids, default timestamps and randomness come from, and the clock."""

import os
import subprocess
import sys

import pytest

from pare.kernel.clock import DEFAULT_START_TIME, Clock
from pare.kernel.run_context import RunContext, current_run, new_id, now
from tests.kernel.phone import Diary, armed, arrival


def test_equal_seeds_give_equal_ids() -> None:
    one, two, other = RunContext(3), RunContext(3), RunContext(4)
    assert [one.hex_id() for _ in range(3)] == [two.hex_id() for _ in range(3)]
    assert RunContext(3).hex_id() != other.hex_id()
    assert len(other.hex_id()) == 32


def test_two_runs_share_no_counter() -> None:
    one, two = RunContext(), RunContext()
    assert [one.event_id("a"), one.event_id("b"), two.event_id("a")] == [
        "a-00000000",
        "b-00000001",
        "a-00000000",
    ]
    assert [one.next_number("x"), one.next_number("x"), two.next_number("x")] == [0, 1, 0]


def test_the_current_run_is_the_one_of_the_block() -> None:
    run = RunContext(1, start_time=50.0)
    with run.active() as active:
        assert (current_run(), active, now()) == (run, run, 50.0)
        run.clock.add_offset(5)
        assert now() == 55.0
        assert new_id() == RunContext(1).hex_id()
        with RunContext(2).active() as inner:
            assert current_run() is inner
        assert current_run() is run
    assert current_run() is not run


def test_outside_a_run_the_clock_stands_at_the_epoch() -> None:
    assert now() == 0.0
    assert new_id() != new_id()


def test_a_run_can_be_rewound() -> None:
    run = RunContext(1)
    run.event_id("a")
    mark = run.mark()
    first = run.event_id("a"), run.hex_id(), run.next_number("x")
    run.event_id("b")
    run.rewind(mark)
    assert (run.event_id("a"), run.hex_id(), run.next_number("x")) == first


def test_inside_a_call_the_current_run_is_that_of_the_app() -> None:
    seen = []

    class Curious(Diary):
        def add(self, text: str) -> dict:
            seen.append(current_run())
            return super().add(text)

    diary = Curious()
    env = armed([diary], [arrival(diary, "planned", None, 2)])
    diary.write("by the agent")
    env.join()
    assert seen == [env.run_context, env.run_context]
    assert current_run() is not env.run_context


async def test_inside_an_async_call_the_current_run_is_that_of_the_app() -> None:
    seen = []

    class Curious(Diary):
        def add(self, text: str) -> dict:
            seen.append(current_run())
            return super().add(text)

    diary = Curious()
    env = armed([diary])
    outside = current_run()
    await diary.fetch("a")
    assert (seen, current_run()) == ([env.run_context], outside)


def test_the_default_start_is_a_monday_morning() -> None:
    from datetime import UTC, datetime

    assert datetime.fromtimestamp(DEFAULT_START_TIME, UTC).isoformat() == "2025-01-06T09:00:00+00:00"


def test_the_clock_moves_when_it_is_told_to() -> None:
    clock = Clock(100)
    assert not clock.is_paused
    assert (clock.time(), clock.now, clock.time_passed()) == (100.0, 100.0, 0.0)
    clock.advance_to(130)
    clock.advance_to(110)
    assert (clock.time(), clock.time_passed()) == (130.0, 30.0)
    clock.add_offset(2.5)
    assert clock.time() == 132.5
    clock.set_offset(7)
    assert clock.time() == 107.0
    clock.pause()
    assert clock.is_paused
    clock.resume()
    assert not clock.is_paused
    clock.pause()
    clock.reset()
    assert (clock.time(), clock.is_paused) == (100.0, False)
    clock.reset(5)
    assert (clock.time(), clock.start_time) == (5.0, 5.0)
    clock.reset(0)
    assert clock.time() == 0.0


SCRIPT = """
import json
from pare.kernel.calls import Event
from pare.kernel.run_context import RunContext
from tests.kernel.phone import Diary, arrival, has_entry, played
with RunContext("seed").active() as run:
    diary = Diary()
    diary.run = run
    ask = arrival(diary, run.hex_id())
    events = [ask, *(Event.from_function(diary.arrive, text=name).depends_on(ask, 1) for name in "abc")]
    env = played([diary], [*events, has_entry("c", timeout=3)])
print(json.dumps([env.event_log.lines(), env.event_log.to_dict()]))
"""


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland"])
def test_a_run_gives_the_same_bytes_in_every_process(zone: str) -> None:
    outputs = set()
    for salt in ("1", "2"):
        settings = {**os.environ, "PYTHONHASHSEED": salt, "TZ": zone}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=settings,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        outputs.add(done.stdout)
    (output,) = outputs
    assert '"time": 1001.0' in output
