"""One log, many readers."""

from pare.kernel.action import EventMetadata
from pare.kernel.calls import CompletedEvent
from pare.kernel.log import EventLog
from tests.kernel.phone import Diary, armed, arrival, has_entry, played


def record(name: str, time: float | None, exception: str | None = None) -> CompletedEvent:
    return CompletedEvent(event_id=name, event_time=time, metadata=EventMetadata(name, exception))


def names(events: list[CompletedEvent]) -> list[str]:
    return [event.event_id for event in events]


def test_the_view_is_ordered_by_time_then_by_order_of_completion() -> None:
    log = EventLog()
    log.put(record("c", 5))
    log.put([record("b", 3), record("a", 3), record("d", 5)])
    assert names(log.list_view()) == ["b", "a", "c", "d"]
    assert names(log.events) == ["c", "b", "a", "d"]
    log.put(record("e", 4))
    assert names(log.list_view()) == ["b", "a", "e", "c", "d"]
    assert len(log) == 5


def test_a_view_belongs_to_its_reader_and_the_events_to_the_log() -> None:
    log = EventLog.from_list_view([record("a", 1), record("b", 2)])
    view = log.list_view()
    view[0].event_id = "renamed"
    view.clear()
    assert names(log.list_view()) == ["renamed", "b"]


def test_each_cursor_reads_what_came_since_it_read_last() -> None:
    log = EventLog()
    log.put(record("a", 9))
    one, two = log.cursor(), log.cursor()
    assert (names(one.unread()), names(one.unread())) == (["a"], [])
    log.put([record("b", 3), record("c", 1)])
    assert (names(one.unread()), one.position) == (["b", "c"], 3)
    assert (names(two.unread()), two.position) == (["a", "b", "c"], 3)
    assert names(log.list_view()) == ["c", "b", "a"]


def test_find_gives_the_first_by_time() -> None:
    log = EventLog()
    late, early = record("x", 9), record("x", 2)
    log.put([late, early])
    assert log.find("x") is early
    assert log.find("y") is None
    log.put(found := record("y", 4))
    assert log.find("y") is found


def test_failed_calls_can_be_hidden() -> None:
    log = EventLog.from_list_view([record("a", 1), record("b", 2, "broken"), record("c", 3)])
    assert names(log.without_failures().list_view()) == ["a", "c"]
    assert names(log.list_view()) == ["a", "b", "c"]


def test_lines_say_what_happened_in_plain_data() -> None:
    diary = Diary("Log")
    env = armed([diary], [arrival(diary, "a", None, 2)])
    env.advance(1003)
    diary.read()
    env.join()
    assert env.event_log.lines() == [
        {
            "time": 1002.0,
            "type": "ENV",
            "id": "a",
            "app": "Log",
            "function": "arrive",
            "args": {"text": "a", "mood": "plain"},
            "return": {"number": 1, "text": "a", "place": {"page": 0}},
            "exception": None,
        },
        {
            "time": 1003.0,
            "type": "AGENT",
            "id": "AGENT-Log.read-00000000",
            "app": "Log",
            "function": "read",
            "args": {},
            "return": ["a"],
            "exception": None,
        },
    ]


def test_lines_of_checks_have_no_app_and_no_arguments() -> None:
    (line,) = played([Diary()], [has_entry("a")]).event_log.lines()
    assert {name: line[name] for name in ("type", "id", "app", "function", "args", "return")} == {
        "type": "CONDITION",
        "id": "has-CHECK_0",
        "app": None,
        "function": "<lambda>",
        "args": {},
        "return": False,
    }


def test_an_event_without_a_time_stands_first() -> None:
    log = EventLog.from_list_view([record("a", 1), record("b", None)])
    assert names(log.list_view()) == ["b", "a"]
