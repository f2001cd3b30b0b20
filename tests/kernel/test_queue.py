"""The event heap by itself."""

from pare.kernel.calls import Event
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.queue import Alarm, EventQueue, Poll


def event(name: str) -> Event:
    return Event(event_id=name)


def poll(name: str, ends: bool = False) -> Poll:
    return Poll(ConditionCheckEvent.from_condition(bool).with_id(name), ends, lambda poll, time: None)


def alarm(queue: EventQueue, name: str = "alarm") -> Alarm:
    return Alarm(name, lambda: None, queue)


def drained(queue: EventQueue) -> list[tuple[float, str]]:
    taken = []
    while queue.next_time() is not None:
        time, item = queue.pop()
        taken.append((time, item.event_id))
    return taken


def test_entries_are_taken_by_time_then_id_then_order_of_arrival() -> None:
    queue = EventQueue()
    first, second = event("same"), event("same")
    for time, item in [(2, event("a")), (1, first), (1, event("b")), (1, second)]:
        queue.push(time, item)
    assert [item for _, item in queue.items()][1:3] == [first, second]
    assert drained(queue) == [(1, "b"), (1, "same"), (1, "same"), (2, "a")]


def test_what_is_pushed_for_the_present_instant_comes_in_its_next_pass() -> None:
    queue = EventQueue()
    queue.push(1, event("m"))
    queue.push(1, event("z"))
    queue.pop()
    queue.push(1, event("b"))
    queue.push(2, event("a"))
    assert queue.pop()[1].event_id == "z"
    queue.push(1, event("0"))
    assert drained(queue) == [(1, "0"), (1, "b"), (2, "a")]


def test_a_third_pass_comes_after_the_second() -> None:
    queue = EventQueue()
    queue.push(1, event("a"))
    queue.pop()
    queue.push(1, event("m"))
    queue.push(1, event("n"))
    queue.pop()
    queue.push(1, event("b"))
    assert drained(queue) == [(1, "n"), (1, "b")]


def test_what_is_pushed_for_a_past_instant_comes_first() -> None:
    queue = EventQueue()
    queue.push(5, event("m"))
    queue.push(5, event("n"))
    queue.pop()
    queue.push(3, event("overdue"))
    assert drained(queue) == [(3, "overdue"), (5, "n")]


def test_polls_are_counted_apart() -> None:
    queue = EventQueue()
    endless = poll("p")
    queue.push(1, endless)
    queue.push(4, event("a"))
    assert (queue.polls(), queue.next_item_time(), len(queue)) == ([endless], 4, 2)
    queue.pop()
    assert (queue.polls(), len(queue)) == ([], 1)


def test_a_reason_to_move_the_clock() -> None:
    queue = EventQueue()
    assert not queue.has_reason(0, bounded=False)
    queue.push(1, poll("endless"))
    assert queue.has_reason(0, bounded=False)
    queue.polls()[0].seen = 3
    assert not queue.has_reason(3, bounded=False)
    assert queue.has_reason(4, bounded=False)
    assert queue.has_reason(3, bounded=True)
    bounded = poll("bounded", ends=True)
    bounded.seen = 3
    queue.push(1, bounded)
    assert queue.has_reason(3, bounded=False)


def test_a_cancelled_alarm_is_no_entry() -> None:
    queue = EventQueue()
    first, second = alarm(queue, "first"), alarm(queue, "second")
    queue.push(1, first)
    queue.push(2, second)
    first.cancel()
    first.cancel()
    assert (queue.next_time(), queue.next_item_time(), len(queue)) == (2, 2, 1)
    assert queue.has_reason(0, bounded=False)
    assert drained(queue) == [(2, "second")]
    second.rung = True
    second.cancel()
    assert not queue.has_reason(0, bounded=False)
    queue.push(3, event("a"))
    assert queue.has_reason(0, bounded=False)


def test_a_cancelled_alarm_behind_other_entries_is_not_shown() -> None:
    queue = EventQueue()
    late = alarm(queue)
    queue.push(1, event("a"))
    queue.push(2, late)
    late.cancel()
    assert [item.event_id for _, item in queue.items()] == ["a"]
    assert queue.next_item_time() == 1
    assert len(queue) == 1


def test_an_alarm_that_is_cancelled_after_the_queue_was_cleared_costs_nothing() -> None:
    queue = EventQueue()
    gone = alarm(queue)
    queue.push(1, gone)
    queue.clear()
    gone.cancel()
    assert not queue.has_reason(0, bounded=False)
    queue.push(1, event("a"))
    assert queue.has_reason(0, bounded=False)


def test_the_view_shows_copies_with_their_due_times_and_no_alarms() -> None:
    queue = EventQueue()
    planned = event("a")
    queue.push(3, planned)
    queue.push(1, poll("p"))
    queue.push(2, alarm(queue))
    view = queue.list_view()
    assert [(item.event_time, item.event_id) for item in view] == [(1, "p-CHECK_0"), (3, "a")]
    assert (planned.event_time, [item["event_id"] for item in queue.to_dict()["future_events"]]) == (
        None,
        ["p-CHECK_0", "a"],
    )


def test_a_cleared_queue_is_empty() -> None:
    queue = EventQueue()
    queue.push(3, event("a"))
    queue.push(3, poll("p"))
    queue.clear()
    assert (len(queue), queue.next_time(), queue.polls(), queue.has_reason(0, bounded=True)) == (
        0,
        None,
        [],
        False,
    )
