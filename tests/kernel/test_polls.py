"""Design, section 4, Polls: conditions. (test_validation.py has the validations.)"""

import pytest

from pare.errors import EventGraphError, ToolError
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.recording import EventRegisterer
from pare.tools import Toolbox
from tests.kernel.phone import Bell, Diary, armed, arrival, happened, has_entry, history, played


def never(env: object) -> bool:
    return False


def broken_at(time: float) -> ConditionCheckEvent:
    def broken(env: object) -> bool:
        raise ZeroDivisionError("broken")

    return ConditionCheckEvent.from_condition(broken).with_id("broken").depends_on(None, time)


def check(name: str, every: int = 1, timeout: int | None = None) -> ConditionCheckEvent:
    return ConditionCheckEvent.from_condition(never, every, timeout).with_id(name)


def test_a_tick_is_counted_from_when_the_event_was_due() -> None:
    env = played([Diary()], [check("late", 2, 4).depends_on(None, 0.25)])
    assert happened(env) == [(0.25, "late-CHECK_0"), (2.25, "late-CHECK_1"), (4.25, "late-CHECK_2")]


def test_a_tick_lasts_as_long_as_the_scenario_says() -> None:
    env = played([Diary()], [check("slow", 2, 4)], time_increment_in_seconds=60)
    assert happened(env) == [(0, "slow-CHECK_0"), (120, "slow-CHECK_1"), (240, "slow-CHECK_2")]


def test_every_poll_has_its_own_due_times() -> None:
    env = played([Diary()], [check("a", 3, 6), check("b", 2, 4).depends_on(None, 1.5)])
    assert happened(env) == [
        (0, "a-CHECK_0"),
        (1.5, "b-CHECK_0"),
        (3, "a-CHECK_1"),
        (3.5, "b-CHECK_1"),
        (5.5, "b-CHECK_2"),
        (6, "a-CHECK_2"),
    ]


def test_a_poll_alone_moves_the_clock_until_its_timeout_has_passed() -> None:
    env = played([Diary()], [check("a", 1, 3)])
    assert [time for time, _ in happened(env)] == [0, 1, 2, 3]
    assert (env.current_time, env.end_reason) == (1003, "condition_never_met")


def test_a_poll_looks_no_later_than_its_timeout() -> None:
    env = played([Diary()], [check("a", 2, 5)])
    assert [time for time, _ in happened(env)] == [0, 2, 4]


def test_a_poll_without_a_timeout_moves_the_clock_until_the_duration() -> None:
    env = played([Diary()], [check("a", 2)], duration=5)
    assert [time for time, _ in happened(env)] == [0, 2, 4]
    assert (env.current_time, env.end_reason) == (1005, "condition_never_met")


def test_a_timeout_beyond_the_duration_ends_at_the_duration() -> None:
    env = played([Diary()], [check("a", 1, 100)], duration=3)
    assert [time for time, _ in happened(env)] == [0, 1, 2, 3]
    assert env.current_time == 1003


def test_a_poll_with_neither_looks_once_after_the_last_event() -> None:
    diary = Diary()
    env = played([diary], [check("never", 5), arrival(diary, "a", delay=7)])
    assert happened(env) == [
        (0, "never-CHECK_0"),
        (5, "never-CHECK_1"),
        (7, "a"),
        (10, "never-CHECK_2"),
    ]
    assert (env.current_time, env.end_reason) == (1010, "condition_never_met")


def test_each_of_several_such_polls_looks_once_after_the_last_event() -> None:
    diary = Diary()
    env = played([diary], [check("x", 5), check("y", 9), arrival(diary, "a", delay=7)])
    late = [(time, name) for time, name in happened(env) if time >= 7]
    assert late == [(7, "a"), (9, "y-CHECK_1"), (10, "x-CHECK_2")]


def test_looks_of_another_poll_are_no_reason_to_look_again() -> None:
    env = played([Diary()], [check("endless", 1), check("bounded", 4, 8)])
    assert happened(env)[-1] == (8, "bounded-CHECK_2")
    assert env.current_time == 1008


def test_an_unmet_poll_goes_on_while_others_give_reason_and_is_met_at_last() -> None:
    diary = Diary()
    env = played([diary], [has_entry("a", every_tick=2), arrival(diary, "a", delay=3)])
    assert history(env) == [
        (0, "CONDITION", "has-CHECK_0"),
        (2, "CONDITION", "has-CHECK_1"),
        (3, "ENV", "a"),
        (4, "CONDITION", "has-CHECK_2"),
    ]
    assert [line["return"] for line in env.event_log.lines() if line["type"] == "CONDITION"] == [
        False,
        False,
        True,
    ]
    assert env.end_reason == "no_events"


def test_a_queue_that_holds_only_unfounded_polls_counts_as_empty() -> None:
    diary = Diary()
    env = armed([diary], [check("never")])
    assert env.has_reason()
    env.tick()
    assert not env.has_reason()
    diary.write("the agent acts")
    assert env.has_reason()


def test_the_queue_names_its_next_item_that_is_no_poll() -> None:
    diary = Diary()
    env = armed([diary], [check("never"), arrival(diary, "a", delay=30), arrival(diary, "b", delay=20)])
    assert env.event_queue.next_time() == 1000
    assert env.event_queue.next_item_time() == 1020


def test_what_a_condition_calls_is_not_recorded() -> None:
    diary = Diary()
    peek = ConditionCheckEvent.from_condition(lambda env: bool(diary.read())).with_id("peek")
    env = played([diary], [peek, arrival(diary, "a", delay=1)])
    assert history(env) == [
        (0, "CONDITION", "peek-CHECK_0"),
        (1, "ENV", "a"),
        (1, "CONDITION", "peek-CHECK_1"),
    ]


def test_a_truthy_answer_is_recorded_as_true() -> None:
    diary = Diary()
    env = played([diary], [ConditionCheckEvent.from_condition(lambda env: "yes").with_id("x")])
    assert [line["return"] for line in env.event_log.lines()] == [True]


def test_overdue_looks_are_taken_at_their_own_times() -> None:
    env = armed([Diary()], [check("a", 2, 10)])
    env.time_manager.add_offset(5)
    env.tick()
    assert happened(env) == [(0, "a-CHECK_0"), (2, "a-CHECK_1"), (4, "a-CHECK_2")]
    assert env.current_time == 1005


def test_a_condition_that_raises_reaches_the_caller() -> None:
    env = armed(
        [Diary()], [ConditionCheckEvent.from_condition(lambda env: env.get_app("Nowhere")).with_id("x")]
    )
    with pytest.raises(KeyError, match="no app 'Nowhere'"):
        env.join()


def test_a_condition_that_raises_while_a_scheduled_event_waits_reaches_the_caller() -> None:
    bell, diary = Bell(), Diary()
    with EventRegisterer.capture_mode():
        pause = bell.wait(10).with_id("pause").depends_on(None, 1)
    env = armed([bell, diary], [pause, broken_at(3), arrival(diary, "later", delay=5)])
    with pytest.raises(ZeroDivisionError, match="broken"):
        env.join()
    assert (happened(env), env.state.value) == ([(1, "pause")], "STOPPED")


def test_a_condition_that_raises_while_the_agent_waits_reaches_the_caller() -> None:
    bell, diary = Bell(), Diary()
    env = armed([bell, diary], [broken_at(3), arrival(diary, "later", delay=5)])
    with pytest.raises(ToolError, match="broken"):
        Toolbox(bell.get_tools()).call("Bell__wait", {"seconds": 10})
    assert (env.state.value, env.current_time) == ("STOPPED", 1003)
    with pytest.raises(ZeroDivisionError, match="broken"):
        env.join()


@pytest.mark.parametrize("every", [0, -1])
def test_a_poll_that_never_lets_time_pass_is_refused(every: int) -> None:
    with pytest.raises(EventGraphError, match="'stuck-CHECK_0'"):
        armed([Diary()], [check("stuck", every)])


def test_the_id_of_a_look_counts_the_looks() -> None:
    assert check("abc").event_id == "abc-CHECK_0"
    assert check("CHECK_7-abc").event_id == "CHECK_0-abc"
    following = check("abc", 3).at_absolute_time(10)
    following.check(None)
    again = following.get_next_check_event(2)
    assert (again.event_id, again.event_time) == ("abc-CHECK_1", 16)
    assert following.event_id == "abc-CHECK_0"


def test_depends_on_sets_ticks_and_timeout_of_a_condition() -> None:
    condition = check("x").depends_on(None, 3, schedule_every_ticks=4, timeout=9)
    assert (condition.event_relative_time, condition.schedule_every_ticks, condition.timeout) == (3, 4, 9)
    assert condition.depends_on(None).timeout == 9
    assert (condition.schedule(2).schedule_every_ticks, condition.timeout) == (2, None)
