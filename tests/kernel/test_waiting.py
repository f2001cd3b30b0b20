"""Design, section 4, The clock and Waiting, as far as they are the kernel's: waits and alarms."""

import pytest

from pare.kernel.abstract_event import StopEvent
from pare.kernel.calls import Event
from pare.kernel.enums import EventType
from pare.kernel.environment import Environment
from pare.kernel.recording import EventRegisterer
from tests.kernel.phone import Bell, Diary, Inboxes, Plan, armed, arrival, happened, has_entry, oracle, played


def test_a_wait_moves_the_clock_to_the_first_notice() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    env = armed(
        [diary, bell], [arrival(diary, "a", None, 20), arrival(diary, "b", None, 30)], inboxes=inboxes
    )
    env.advance(1000.5)
    bell.wait(60)
    assert (env.current_time, inboxes.read()) == (1020, [(20, "a")])
    assert happened(env) == [(0.5, "AGENT-Bell.wait-00000000"), (20, "a")]


def test_a_wait_returns_at_once_if_a_notice_is_unread() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    env = armed([diary, bell], [arrival(diary, "a", None, 5), arrival(diary, "b", None, 30)], inboxes=inboxes)
    env.advance(1010)
    bell.wait(60)
    assert (env.current_time, inboxes.read()) == (1010, [(5, "a")])


def test_what_is_due_now_is_processed_before_a_wait() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    env = armed([diary, bell], [arrival(diary, "a"), arrival(diary, "b", None, 30)], inboxes=inboxes)
    bell.wait(60)
    assert (env.current_time, inboxes.read()) == (1000, [(0, "a")])


def test_a_wait_takes_the_whole_instant_of_its_notice() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    first = arrival(diary, "a", None, 5)
    env = armed(
        [diary, bell], [first, arrival(diary, "b", first), arrival(diary, "c", None, 5)], inboxes=inboxes
    )
    bell.wait(60)
    assert (env.current_time, inboxes.read()) == (1005, [(5, "a"), (5, "c"), (5, "b")])


def test_a_wait_without_a_notice_ends_at_its_timeout_and_says_so() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    env = armed([diary, bell], [arrival(diary, "a", None, 60)], inboxes=inboxes)
    bell.wait(30)
    assert (env.current_time, inboxes.read()) == (1030, [(30, "waited 30 s")])
    bell.wait(0)
    assert (env.current_time, inboxes.read()) == (1030, [(30, "waited 0 s")])


def test_a_notice_at_the_timeout_is_the_notice() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    env = armed([diary, bell], [arrival(diary, "a", None, 30)], inboxes=inboxes)
    bell.wait(30)
    assert (env.current_time, inboxes.read()) == (1030, [(30, "a")])


def test_a_wait_looks_into_the_callers_own_inbox() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    env = armed([diary, bell], [arrival(diary, "a", None, 20)], inboxes=inboxes)
    bell.user_wait(60)
    assert (env.current_time, inboxes.read("user"), inboxes.read("agent")) == (
        1060,
        [(60, "waited 60 s")],
        [(20, "a")],
    )


def test_a_failed_event_ends_no_wait() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    with EventRegisterer.capture_mode():
        bad = diary.tear("nothing").with_id("bad").depends_on(None, 10)
    env = armed([diary, bell], [bad, arrival(diary, "a", None, 20)], inboxes=inboxes)
    bell.wait(60)
    assert (env.current_time, inboxes.read()) == (1020, [(20, "a")])


def test_a_wait_goes_no_further_than_the_duration() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    env = armed([diary, bell], [arrival(diary, "a", None, 20)], inboxes=inboxes, duration=10)
    bell.wait(60)
    assert (env.current_time, inboxes.read()) == (1010, [])
    env.join()
    assert (env.current_time, env.end_reason) == (1010, "duration")


def test_a_wait_that_ends_with_the_duration_ends_with_its_notice() -> None:
    bell, inboxes = Bell(), Inboxes()
    env = armed([bell], inboxes=inboxes, duration=10)
    bell.wait(10)
    assert (env.current_time, inboxes.read()) == (1010, [(10, "waited 10 s")])


def test_a_wait_ends_with_the_run() -> None:
    for inboxes in (Inboxes(), None):
        diary, bell = Diary(), Bell()
        stop = StopEvent().depends_on(None, 10)
        env = armed([diary, bell], [stop, arrival(diary, "a", None, 20)], inboxes=inboxes)
        bell.wait(60)
        assert (env.current_time, env.state.value) == (1010, "STOPPED")
        assert inboxes is None or inboxes.read() == [(10, "stop")]
        bell.wait(60)
        assert env.current_time == 1010


def test_a_wait_ends_where_the_run_is_paused() -> None:
    diary, bell = Diary(), Bell()
    env = Environment()
    pause = Event.from_function(env.pause).with_id("pause").depends_on(None, 10)
    env.run(Plan([diary, bell], [pause, arrival(diary, "a", None, 20)]), wait_for_end=False)
    bell.wait(60)
    assert (env.current_time, env.state.value, diary.entries) == (1010, "PAUSED", [])


def test_polls_are_taken_on_the_way_and_end_no_wait() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    condition = has_entry("a", every_tick=4)
    env = armed([diary, bell], [condition, arrival(diary, "b", condition, 1)], inboxes=inboxes)
    env.advance(1001)
    bell.wait(10)
    assert (env.current_time, inboxes.read()) == (1011, [(11, "waited 10 s")])
    diary.write("a")
    bell.wait(10)
    assert (env.current_time, inboxes.read()) == (1013, [(13, "b")])


def test_a_wait_without_a_notification_system_lets_its_time_pass() -> None:
    diary, bell = Diary(), Bell()
    env = armed([diary, bell], [arrival(diary, "a", None, 20)])
    bell.wait(30)
    assert (env.current_time, diary.entries) == (1030, ["a"])


def test_an_event_that_falls_due_in_a_wait_may_wait_itself() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    nap = Event.from_function(bell.user_wait, EventType.USER, seconds=50).with_id("nap").depends_on(None, 5)
    env = armed([diary, bell], [nap, arrival(diary, "a", nap, 1)], inboxes=inboxes)
    bell.wait(10)
    assert (happened(env), env.current_time) == ([(0, "AGENT-Bell.wait-00000000"), (5, "nap")], 1055)
    env.join()
    assert happened(env)[2:] == [(56, "a")]


def test_oracle_events_wait_too() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    with EventRegisterer.capture_mode():
        wait = bell.wait(30).oracle().with_id("wait").depends_on(None, 1)
    events = [wait, arrival(diary, "a", None, 11), oracle(diary, "done", wait, 1)]
    env = played([diary, bell], events, oracles=True, inboxes=inboxes)
    assert happened(env) == [(1, "wait"), (11, "a"), (12, "done")]


# --- alarms -------------------------------------------------------------------------------------------------


def test_an_alarm_is_jumped_to_gives_a_notice_and_is_not_logged() -> None:
    bell, inboxes = Bell(), Inboxes()
    env = armed([bell], inboxes=inboxes)
    bell.ring_at(40, "lunch")
    env.join()
    assert (happened(env), env.current_time, inboxes.read("user")) == (
        [],
        1040,
        [(40, "lunch"), (40, "stop")],
    )


def test_an_alarm_ends_a_wait_of_either_reader() -> None:
    bell, inboxes = Bell(), Inboxes()
    env = armed([bell], inboxes=inboxes)
    bell.ring_at(40, "lunch")
    bell.wait(60)
    assert (env.current_time, inboxes.read("agent")) == (1040, [(40, "lunch")])
    bell.user_wait(60)
    assert (env.current_time, inboxes.read("user")) == (1040, [(40, "lunch")])


def test_an_alarm_for_the_past_rings_now() -> None:
    bell, inboxes = Bell(), Inboxes()
    env = armed([bell], inboxes=inboxes)
    env.advance(1010)
    bell.ring_at(5)
    env.tick()
    assert (inboxes.read(), env.current_time) == ([(10, "ring")], 1010)


def test_a_cancelled_alarm_does_not_ring_and_moves_no_clock() -> None:
    bell, inboxes = Bell(), Inboxes()
    env = armed([bell], inboxes=inboxes)
    bell.ring_at(5).cancel()
    bell.ring_at(3, "tea")
    env.join()
    assert (inboxes.read(), env.current_time) == ([(3, "tea"), (3, "stop")], 1003)


def test_alarms_take_their_place_among_the_events_of_their_instant() -> None:
    diary, bell, inboxes = Diary(), Bell(), Inboxes()
    env = armed([diary, bell], [arrival(diary, "a", None, 5), arrival(diary, "c", None, 5)], inboxes=inboxes)
    bell.ring_at(5, "b")
    env.join()
    assert inboxes.read() == [(5, "a"), (5, "b"), (5, "c"), (5, "stop")]


def test_alarms_of_one_instant_and_label_ring_in_the_order_of_asking() -> None:
    bell, heard = Bell(), []
    env = armed([bell])
    for number in range(3):
        env.call_at(1004, lambda number=number: heard.append(number), "same")
    env.join()
    assert heard == [0, 1, 2]


def test_what_an_alarm_calls_is_not_recorded_and_may_ask_for_the_next() -> None:
    diary, bell = Diary(), Bell()
    env = armed([diary, bell])

    def ring() -> None:
        diary.write(f"at {env.time_manager.time_passed():g}")
        if env.current_time < 1015:
            env.call_at(env.current_time + 5, ring, "again")

    env.call_at(1005, ring, "first")
    env.join()
    assert (diary.entries, happened(env)) == (["at 5", "at 10", "at 15"], [])


def test_an_alarm_is_dropped_by_the_end_of_the_run() -> None:
    bell, inboxes = Bell(), Inboxes()
    env = armed([bell], inboxes=inboxes, duration=10)
    bell.ring_at(40, "lunch")
    env.join()
    assert (env.current_time, env.end_reason, inboxes.read()) == (1010, "duration", [(10, "stop")])


def test_a_notice_without_a_notification_system_goes_nowhere() -> None:
    bell = Bell()
    env = armed([bell])
    bell.ring_at(4)
    env.join()
    assert env.current_time == 1004


def test_a_reminder_that_broke_reaches_the_caller() -> None:
    env = armed([Bell()])
    env.call_at(1003, lambda: 1 // 0, "broken")
    with pytest.raises(ZeroDivisionError):
        env.join()
    assert env.state.value == "STOPPED"
