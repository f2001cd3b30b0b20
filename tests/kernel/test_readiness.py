"""Design, section 4, Readiness."""

import pytest

from pare.kernel.checks import AgentValidationEvent, ValidationEvent
from pare.kernel.recording import EventRegisterer
from tests.kernel.phone import Bell, Diary, armed, arrival, happened, has_entry, history, oracle, played


def test_a_fan_in_waits_for_the_latest_completion() -> None:
    diary = Diary()
    early, late = arrival(diary, "early", delay=2), arrival(diary, "late", delay=9)
    env = played([diary], [early, late, arrival(diary, "both", [early, late], 3)])
    assert happened(env) == [(2, "early"), (9, "late"), (12, "both")]


def test_a_fan_in_at_one_instant_comes_after_all_of_it_whatever_its_id() -> None:
    diary = Diary()
    x, z = arrival(diary, "x", delay=1), arrival(diary, "z", delay=1)
    env = played([diary], [x, z, arrival(diary, "a", [x, z])])
    assert happened(env) == [(1, "x"), (1, "z"), (1, "a")]


def test_a_fan_in_waits_for_completion_and_not_for_a_known_time() -> None:
    bell, diary = Bell(), Diary()
    with EventRegisterer.capture_mode():
        slow = bell.wait(10).with_id("slow").depends_on(None, 1)
    quick = arrival(diary, "quick", delay=2)
    env = played([bell, diary], [slow, quick, arrival(diary, "both", [slow, quick], 1)])
    assert happened(env) == [(1, "slow"), (2, "quick"), (12, "both")]


def test_an_event_that_failed_has_completed() -> None:
    diary = Diary()
    with EventRegisterer.capture_mode():
        bad = diary.tear("nothing").with_id("bad").depends_on(None, 1)
    env = played([diary], [bad, arrival(diary, "after", bad, 1)])
    assert happened(env) == [(1, "bad"), (2, "after")]
    record = env.event_log.find("bad")
    assert record.failed()
    assert record.metadata.exception == "there is no entry 'nothing'"
    assert record.metadata.return_value is None
    assert record.metadata.exception_stack_trace.splitlines()[-1].startswith("phone.py:")


def test_what_waits_for_a_condition_follows_when_it_held() -> None:
    diary = Diary()
    condition = has_entry("a", after=None)
    env = played([diary], [arrival(diary, "a", delay=2), condition, arrival(diary, "b", condition, 5)])
    assert history(env) == [
        (0, "CONDITION", "has-CHECK_0"),
        (1, "CONDITION", "has-CHECK_1"),
        (2, "ENV", "a"),
        (2, "CONDITION", "has-CHECK_2"),
        (7, "ENV", "b"),
    ]


def test_what_waits_for_a_condition_never_follows_when_it_timed_out() -> None:
    diary = Diary()
    condition = has_entry("a", timeout=1)
    env = played([diary], [arrival(diary, "a", delay=5), condition, arrival(diary, "b", condition)])
    assert happened(env) == [(0, "has-CHECK_0"), (1, "has-CHECK_1"), (5, "a")]
    assert env.end_reason == "condition_never_met"


def test_a_fan_in_of_a_condition_and_an_event_waits_for_the_condition() -> None:
    diary = Diary()
    ask = arrival(diary, "ask", delay=1)
    condition = has_entry("done", after=ask)
    both = arrival(diary, "both", [condition, ask])
    env = played([diary], [ask, condition, both, arrival(diary, "done", delay=3)])
    assert happened(env) == [
        (1, "ask"),
        (1, "has-CHECK_0"),
        (2, "has-CHECK_1"),
        (3, "done"),
        (3, "has-CHECK_2"),
        (3, "both"),
    ]


def test_in_agent_mode_a_fan_in_of_an_oracle_event_and_another_never_fires() -> None:
    diary = Diary()
    ask = arrival(diary, "ask", delay=5)
    done = oracle(diary, "done", ask, 2)
    events = [ask, done, arrival(diary, "both", [done, ask], 1)]
    assert happened(played([diary], events)) == [(5, "ask")]
    assert happened(played([diary], events, oracles=True)) == [(5, "ask"), (7, "done"), (8, "both")]


def test_in_agent_mode_an_oracle_event_is_not_queued_and_moves_no_clock() -> None:
    diary = Diary()
    env = armed([diary], [oracle(diary, "done", None, 2), arrival(diary, "a", delay=1)])
    assert [event.event_id for event in env.event_queue.list_view()] == ["a"]
    env.join()
    assert (happened(env), env.current_time, env.tick_count) == ([(1, "a")], 1001, 1)


def test_in_agent_mode_nothing_behind_an_oracle_event_comes() -> None:
    diary = Diary()
    done = oracle(diary, "done", None, 2)
    condition = has_entry("done", after=done)
    env = played([diary], [done, condition, arrival(diary, "thanks", condition)])
    assert (history(env), env.current_time, env.end_reason) == ([], 1000, "no_events")


def test_a_validation_completes_when_its_milestones_are_achieved() -> None:
    diary = Diary()
    watch = ValidationEvent(milestones=[lambda env: "a" in diary.entries]).with_id("watch").schedule(1, 9)
    env = played([diary], [watch, arrival(diary, "a", delay=2), arrival(diary, "b", watch, 3)])
    assert happened(env) == [(0, "watch"), (1, "watch"), (2, "a"), (2, "watch"), (5, "b")]


def test_a_validation_with_milestones_and_minefields_completes_before_its_timeout() -> None:
    diary = Diary()
    watch = ValidationEvent(
        milestones=[lambda env: "a" in diary.entries],
        minefields=[lambda env: "bad" in diary.entries],
    )
    watch.with_id("watch").schedule(1, 5)
    env = played([diary], [watch, arrival(diary, "a", delay=1), arrival(diary, "b", watch, 1)])
    assert happened(env) == [
        (0, "watch"),
        (1, "a"),
        (1, "watch"),
        (2, "b"),
        (2, "watch"),
        (3, "watch"),
        (4, "watch"),
    ]


def test_a_validation_with_minefields_only_completes_when_its_timeout_passes() -> None:
    diary = Diary()
    watch = ValidationEvent(minefields=[lambda env: "bad" in diary.entries]).with_id("watch").schedule(1, 3)
    env = played([diary], [watch, arrival(diary, "b", watch, 1)])
    assert happened(env) == [(0, "watch"), (1, "watch"), (2, "watch"), (3, "b")]


def test_an_agent_validation_completes_when_its_milestones_are_achieved() -> None:
    diary = Diary()
    watch = AgentValidationEvent(milestones=[lambda env, event: event.function_name() == "write"])
    watch.with_id("watch")
    env = armed([diary], [watch, arrival(diary, "b", watch, 2)])
    env.advance(1003)
    diary.write("done")
    env.join()
    assert happened(env) == [(3, "AGENT-Diary.write-00000000"), (5, "b")]


def test_an_agent_validation_with_minefields_only_completes_when_its_timeout_passes() -> None:
    diary = Diary()
    watch = AgentValidationEvent(minefields=[lambda env, event: event.function_name() == "tear"], timeout=4)
    watch.with_id("watch").depends_on(None, 1)
    env = played([diary], [watch, arrival(diary, "b", watch, 1)])
    assert happened(env) == [(6, "b")]


def test_an_agent_validation_without_anything_to_watch_completes_at_once() -> None:
    diary = Diary()
    watch = AgentValidationEvent().with_id("watch").depends_on(None, 1)
    assert happened(played([diary], [watch, arrival(diary, "b", watch, 1)])) == [(2, "b")]


def test_an_absolute_time_that_is_past_runs_now_and_is_stamped_now() -> None:
    diary = Diary()
    first = arrival(diary, "first", delay=5)
    env = played([diary], [first, arrival(diary, "late", first).at_absolute_time(1003)])
    assert happened(env) == [(5, "first"), (5, "late")]


def test_an_absolute_time_that_is_past_when_its_waiting_predecessor_completes_is_stamped_then() -> None:
    bell, diary = Bell(), Diary()
    with EventRegisterer.capture_mode():
        pause = bell.wait(10).with_id("pause").depends_on(None, 1)
    env = played([bell, diary], [pause, arrival(diary, "late", pause).at_absolute_time(1003)])
    assert happened(env) == [(1, "pause"), (11, "late")]


def test_an_absolute_time_to_come_is_kept_by_a_follower() -> None:
    diary = Diary()
    first = arrival(diary, "first", delay=5)
    env = played([diary], [first, arrival(diary, "late", first, 1).at_absolute_time(1030)])
    assert happened(env) == [(5, "first"), (30, "late")]


def test_a_predecessor_that_is_named_twice_is_waited_for_once() -> None:
    diary = Diary()
    first = arrival(diary, "first", delay=1)
    follower = arrival(diary, "second", [first, first]).depends_on(first, 2)
    assert happened(played([diary], [first, follower])) == [(1, "first"), (3, "second")]


def test_an_event_that_is_only_reached_through_another_runs() -> None:
    diary = Diary()
    first = arrival(diary, "first", delay=1)
    arrival(diary, "second", first, 1)
    assert happened(played([diary], [first])) == [(1, "first"), (2, "second")]


@pytest.mark.parametrize("oracles", [True, False])
def test_the_plan_is_not_changed_by_running_it(oracles: bool) -> None:
    diary = Diary()
    ask = arrival(diary, "ask", delay=1)
    done = oracle(diary, "done", ask, 2)
    condition = has_entry("done", after=ask, timeout=4)
    watch = ValidationEvent(milestones=[lambda env: "ask" in diary.entries]).with_id("watch").schedule(1, 5)
    events = [ask, done, condition, arrival(diary, "thanks", [condition, done]), watch]
    before = [event.to_dict() for event in events]
    first = played([diary], events, oracles=oracles)
    assert [event.to_dict() for event in events] == before
    diary.entries.clear()
    second = played([diary], events, oracles=oracles)
    assert first.event_log.lines() == second.event_log.lines()
