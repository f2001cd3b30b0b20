"""Design, section 4, Order."""

from pare.kernel.abstract_event import StopEvent
from pare.kernel.calls import Event
from pare.kernel.enums import EventType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from tests.kernel.phone import (
    Bell,
    Diary,
    Inboxes,
    armed,
    arrival,
    happened,
    has_entry,
    history,
    oracle,
    played,
)


def test_what_falls_due_at_one_instant_is_taken_in_id_order() -> None:
    diary = Diary()
    env = played([diary], [arrival(diary, name, delay=5) for name in ("c", "a", "b")])
    assert history(env) == [(5, "ENV", "a"), (5, "ENV", "b"), (5, "ENV", "c")]
    assert diary.entries == ["a", "b", "c"]


def test_what_falls_due_earlier_is_taken_earlier_whatever_its_id() -> None:
    diary = Diary()
    env = played([diary], [arrival(diary, "a", delay=3), arrival(diary, "b", delay=2)])
    assert happened(env) == [(2, "b"), (3, "a")]


def test_a_follower_without_delay_runs_in_the_next_pass_of_its_instant() -> None:
    diary = Diary()
    first, last = arrival(diary, "m", delay=1), arrival(diary, "z", delay=1)
    follower = arrival(diary, "a", first)
    env = played([diary], [first, last, follower, arrival(diary, "0", follower)])
    assert happened(env) == [(1, "m"), (1, "z"), (1, "a"), (1, "0")]


def test_events_of_one_pass_are_taken_in_id_order_whoever_led_to_them() -> None:
    diary = Diary()
    one, two = arrival(diary, "1", delay=1), arrival(diary, "2", delay=1)
    env = played(
        [diary], [one, two, arrival(diary, "d", one), arrival(diary, "c", two), arrival(diary, "b", one)]
    )
    assert happened(env) == [(1, "1"), (1, "2"), (1, "b"), (1, "c"), (1, "d")]


def test_a_follower_with_a_delay_meets_the_others_of_its_instant_in_id_order() -> None:
    diary = Diary()
    first = arrival(diary, "m", delay=1)
    env = played([diary], [first, arrival(diary, "b", first, 3), arrival(diary, "a", delay=4)])
    assert happened(env) == [(1, "m"), (4, "a"), (4, "b")]


def test_stop_drops_the_rest_of_its_instant_and_all_that_comes_later() -> None:
    diary = Diary()
    stop = StopEvent().with_id("b").depends_on(None, 5)
    events = [stop, arrival(diary, "a", delay=5), arrival(diary, "c", delay=5), arrival(diary, "d", delay=9)]
    env = played([diary], events)
    assert history(env) == [(5, "ENV", "a")]
    assert (env.end_reason, env.state.value, env.current_time) == ("stopped", "STOPPED", 1005)


def test_a_call_is_stamped_at_its_start() -> None:
    diary, bell = Diary(), Bell()
    env = armed([diary, bell], [arrival(diary, "a", delay=4)])
    bell.wait(10)
    lines = [(line["time"], line["function"]) for line in env.event_log.lines()]
    assert lines == [(1000, "wait"), (1004, "arrive")]
    assert env.current_time == 1010


def test_the_log_is_appended_in_order_of_completion_and_cursors_follow_it() -> None:
    diary, bell = Diary(), Bell()
    env = armed([diary, bell], [arrival(diary, "a", delay=4)])
    cursor = env.event_log.cursor()
    bell.wait(10)
    assert [event.function_name() for event in cursor.unread()] == ["arrive", "wait"]
    assert [event.function_name() for event in env.event_log.list_view()] == ["wait", "arrive"]


def test_a_scheduled_event_that_waits_is_recorded_apart_from_what_falls_due_meanwhile() -> None:
    diary, bell = Diary(), Bell()
    with EventRegisterer.capture_mode():
        pause = bell.wait(10).with_id("pause").depends_on(None, 2)
    env = played([diary, bell], [pause, arrival(diary, "during", delay=5), arrival(diary, "after", pause, 1)])
    assert history(env) == [(2, "ENV", "pause"), (5, "ENV", "during"), (13, "ENV", "after")]
    assert [event.event_id for event in env.event_log.events] == ["during", "pause", "after"]


def test_what_follows_a_call_that_waited_counts_from_its_end() -> None:
    bell, diary = Bell(), Diary()
    with EventRegisterer.capture_mode():
        pause = bell.wait(10).with_id("pause").depends_on(None, 2)
    env = played([bell, diary], [pause, arrival(diary, "b", pause), arrival(diary, "a", delay=12)])
    assert happened(env) == [(2, "pause"), (12, "a"), (12, "b")]


def test_unnamed_ids_end_in_a_zero_padded_counter_of_the_run() -> None:
    with RunContext(7).active():
        diary = Diary("Log")
        with EventRegisterer.capture_mode():
            captured = [diary.arrive("a"), diary.write("b")]
        made = Event.from_function(diary.tap, EventType.USER, text="c")
        stop = StopEvent()
    ids = [event.event_id for event in [*captured, made, stop]]
    assert ids == [
        "ENV-Log.arrive-00000000",
        "ENV-Log.write-00000001",
        "USER-Log.tap-00000002",
        "StopEvent-STOP-00000003",
    ]


def test_unnamed_calls_of_one_function_keep_the_order_of_creation() -> None:
    diary = Diary()
    with EventRegisterer.capture_mode():
        events = [diary.arrive(str(number)).depends_on(None, 1) for number in range(120)]
    played([diary], list(reversed(events)))
    assert diary.entries == [str(number) for number in range(120)]


def test_a_call_outside_the_plan_is_named_by_type_app_function_and_counter() -> None:
    diary = Diary("Log")
    env = armed([diary])
    diary.write("a")
    diary.tap("b")
    ids = [event.event_id for event in env.event_log.events]
    assert ids == ["AGENT-Log.write-00000000", "USER-Log.tap-00000001"]


def test_types_are_as_played() -> None:
    diary = Diary()
    with EventRegisterer.capture_mode():
        captured = diary.tap("captured").with_id("captured").depends_on(None, 1)
        expected = diary.tap("expected").oracle().with_id("expected").depends_on(None, 2)
    planned = Event.from_function(diary.arrive, EventType.USER, text="planned").with_id("planned")
    env = armed([diary], [captured, expected, planned.depends_on(None, 3)], oracles=True)
    diary.write("agent")
    diary.tap("user")
    env.join()
    assert history(env) == [
        (0, "AGENT", "AGENT-Diary.write-00000000"),
        (0, "USER", "USER-Diary.tap-00000001"),
        (1, "ENV", "captured"),
        (2, "AGENT", "expected"),
        (3, "USER", "planned"),
    ]


def test_a_poll_is_taken_among_the_events_of_its_instant_by_its_id() -> None:
    diary = Diary()
    first = arrival(diary, "m", delay=1)
    env = played(
        [diary], [first, has_entry("m", "c", first), arrival(diary, "b", first), arrival(diary, "d", first)]
    )
    assert history(env) == [(1, "ENV", "m"), (1, "ENV", "b"), (1, "CONDITION", "c-CHECK_0"), (1, "ENV", "d")]


def test_an_overdue_event_runs_at_the_next_tick_under_its_own_time() -> None:
    diary = Diary()
    first = arrival(diary, "a", delay=2)
    env = armed([diary], [first, arrival(diary, "c", first, 4), arrival(diary, "b", delay=5)])
    env.time_manager.add_offset(7)
    env.tick()
    assert happened(env) == [(2, "a"), (5, "b"), (6, "c")]
    assert [event.event_id for event in env.event_log.events] == ["a", "b", "c"]
    assert env.current_time == 1007


def test_a_run_without_anything_ends_where_it_started() -> None:
    env = played([Diary()], inboxes=Inboxes())
    assert (history(env), env.current_time, env.end_reason) == ([], 1000, "no_events")


def test_oracle_events_keep_their_order_among_the_others() -> None:
    diary = Diary()
    ask = arrival(diary, "ask", delay=5)
    answer = oracle(diary, "answer", ask, 2)
    env = played([diary], [ask, answer, arrival(diary, "thanks", answer, 1)], oracles=True)
    assert history(env) == [(5, "ENV", "ask"), (7, "AGENT", "answer"), (8, "ENV", "thanks")]
