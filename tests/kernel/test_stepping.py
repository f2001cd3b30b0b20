"""The synchronous face: tick, advance, pause and resume; the clock moves when it is told to."""

import pytest

from pare.errors import EnvironmentStateError
from pare.kernel.abstract_event import StopEvent
from pare.kernel.calls import Event
from pare.kernel.enums import EnvironmentState
from pare.kernel.environment import Environment
from tests.kernel.phone import Diary, Plan, armed, arrival, happened, has_entry, played


def state(env: Environment) -> tuple[str, float, str | None]:
    return env.state.value, env.current_time - env.start_time, env.end_reason


def test_tick_processes_what_is_due_now_with_what_follows_at_once() -> None:
    diary = Diary()
    first = arrival(diary, "a")
    env = armed([diary], [first, arrival(diary, "b", first), arrival(diary, "c", first, 1)])
    env.tick()
    assert (happened(env), state(env)) == ([(0, "a"), (0, "b")], ("RUNNING", 0, None))
    env.tick()
    assert happened(env) == [(0, "a"), (0, "b")]


def test_moving_the_clock_alone_processes_nothing() -> None:
    diary = Diary()
    env = armed([diary], [arrival(diary, "a", None, 2)])
    env.time_manager.add_offset(3)
    assert (happened(env), env.current_time) == ([], 1003)
    env.tick()
    assert (happened(env), env.current_time) == ([(2, "a")], 1003)


def test_advance_takes_each_event_at_its_time_and_moves_the_clock_there() -> None:
    seen = []
    diary = Diary()
    event = Event.from_function(lambda: seen.append(env.current_time)).with_id("look").depends_on(None, 2)
    env = armed([diary], [event, arrival(diary, "b", None, 5), arrival(diary, "c", None, 9)])
    env.advance(1005)
    assert (happened(env), seen, env.current_time) == ([(2, "look"), (5, "b")], [1002], 1005)
    env.advance(1008.5)
    assert env.current_time == 1008.5
    env.advance(1003)
    assert env.current_time == 1008.5
    env.advance()
    assert (happened(env)[2:], state(env)) == ([(9, "c")], ("RUNNING", 9, None))


def test_what_fell_due_while_an_agent_was_thinking_comes_before_its_action() -> None:
    diary = Diary()
    first = arrival(diary, "a", None, 2)
    env = armed([diary], [first, arrival(diary, "b", first, 1), arrival(diary, "c", None, 3.5)])
    env.advance(1003)
    diary.write("the agent's")
    env.join()
    assert happened(env) == [(2, "a"), (3, "b"), (3, "AGENT-Diary.write-00000000"), (3.5, "c")]
    assert diary.entries == ["a", "b", "the agent's", "c"]


def test_advance_goes_no_further_than_the_duration() -> None:
    diary = Diary()
    env = armed([diary], [arrival(diary, "a", None, 10), arrival(diary, "b", None, 10.5)], duration=10)
    env.advance(1030)
    assert (happened(env), env.current_time) == ([(10, "a")], 1010)


def test_advance_stops_the_clock_at_a_stop() -> None:
    diary = Diary()
    env = armed([diary], [StopEvent().depends_on(None, 2), arrival(diary, "b", None, 5)])
    env.advance(1010)
    assert (happened(env), state(env)) == ([], ("STOPPED", 2, None))
    env.advance(1020)
    assert env.current_time == 1002


def test_advance_takes_polls_that_are_no_reason_of_their_own() -> None:
    env = armed([Diary()], [has_entry("a", every_tick=2)])
    env.advance(1005)
    assert happened(env) == [(0, "has-CHECK_0"), (2, "has-CHECK_1"), (4, "has-CHECK_2")]


def test_while_paused_nothing_happens() -> None:
    diary = Diary()
    env = armed([diary], [arrival(diary, "a", None, 2)])
    env.pause()
    env.pause()
    env.advance(1010)
    assert (happened(env), state(env), env.time_manager.is_paused) == ([], ("PAUSED", 0, None), True)
    with pytest.raises(EnvironmentStateError, match="in state PAUSED; nothing would happen"):
        env.join()
    env.resume()
    env.resume()
    assert (env.state.value, env.time_manager.is_paused) == ("RUNNING", False)
    env.join()
    assert happened(env) == [(2, "a")]


def test_resume_with_offset_lets_that_time_pass() -> None:
    diary = Diary()
    first = arrival(diary, "a", None, 2)
    env = armed([diary], [first, arrival(diary, "b", first, 3), arrival(diary, "c", None, 9)])
    env.resume_with_offset(50)
    assert env.current_time == 1000
    env.pause()
    env.resume_with_offset(6.5)
    assert (happened(env), state(env)) == ([(2, "a"), (5, "b")], ("RUNNING", 6.5, None))
    env.pause()
    env.resume_with_offset(0)
    assert env.current_time == 1006.5


def test_pause_and_resume_are_for_a_running_environment() -> None:
    env = Environment()
    env.pause()
    env.resume()
    assert env.state is EnvironmentState.SETUP
    env = played([Diary()])
    env.pause()
    env.resume()
    assert env.state is EnvironmentState.STOPPED


def test_an_event_that_pauses_the_run_leaves_it_to_be_resumed() -> None:
    diary = Diary()
    env = Environment()
    pause = Event.from_function(env.pause).with_id("pause").depends_on(None, 2)
    env.run(Plan([diary], [pause, arrival(diary, "a", None, 5)]), wait_for_end=False)
    env.join()
    assert (happened(env), state(env)) == ([(2, "pause")], ("PAUSED", 2, None))
    env.resume()
    env.join()
    assert (happened(env), state(env)) == ([(2, "pause"), (5, "a")], ("STOPPED", 5, "no_events"))
