"""The calendar: what its tools do, refuse, record and tell."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.apps.calendar import (
    DATETIME_FORMAT,
    DEFAULT_DURATION_HOURS,
    DISPLAY_FORMAT,
    Calendar,
    CalendarApp,
    CalendarDataError,
    CalendarEvent,
    CalendarV2,
    UnknownCalendarEventError,
)
from pare.apps.checks import MAX_TEXT, WrongTypeError
from pare.errors import InvalidArgumentsError, InvalidValueError, ToolError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.kernel.serialization import to_plain
from pare.tools import Toolbox
from pare.tools.notices import NoticeTexts, VerbosityLevel, notice_of

NOON = "2025-01-06 12:00:00"
ONE = "2025-01-06 13:00:00"
TWO = "2025-01-06 14:00:00"
NOON_SECONDS = 1_736_164_800.0


@pytest.fixture
def app() -> Iterator[CalendarV2]:
    with RunContext(seed=1, start_time=1000.0).active():
        yield CalendarV2()


def titles(events: list[CalendarEvent]) -> list[str]:
    return [event.title for event in events]


def refused(app: CalendarApp, error: type[Exception], call: Callable[[], Any]) -> str:
    """Give the text of the error that `call` raises, having seen that it changed nothing."""
    before = app.get_state()
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, ToolError)
    assert app.get_state() == before
    return str(caught.value)


# --- the data -----------------------------------------------------------------------------------------------


def test_constants_are_the_published_ones() -> None:
    assert DATETIME_FORMAT == "%Y-%m-%d %H:%M:%S"
    assert DISPLAY_FORMAT == "%A, %Y-%m-%d %H:%M:%S"
    assert DEFAULT_DURATION_HOURS == 1


def test_an_event_takes_id_and_times_from_the_run() -> None:
    with RunContext(seed=1, start_time=1000.0).active():
        event = CalendarEvent()
    with RunContext(seed=1, start_time=1000.0).active():
        assert CalendarEvent() == event
    assert len(event.event_id) == 32
    assert (event.title, event.start_datetime, event.end_datetime) == ("Event", 1000.0, 4600.0)
    assert event.attendees == []


def test_an_event_gives_its_times_as_text_weekday_first() -> None:
    event = CalendarEvent(start_datetime=0, end_datetime=NOON_SECONDS, start_strftime="stale")
    assert event.start_strftime == "Thursday, 1970-01-01 00:00:00"
    assert event.end_strftime == "Monday, 2025-01-06 12:00:00"


def test_an_event_copies_its_attendees() -> None:
    names = ["Ann"]
    event = CalendarEvent(attendees=names)
    names.append("Bob")
    assert event.attendees == ["Ann"]


def test_the_summary_names_what_is_known() -> None:
    event = CalendarEvent(
        title="Lunch", start_datetime=0, end_datetime=60, location="Cafe", attendees=["Ann", "Bob"]
    )
    assert event.summary.splitlines() == [
        "Lunch",
        "Thursday, 1970-01-01 00:00:00 to Thursday, 1970-01-01 00:01:00",
        "Location: Cafe",
        "Attendees: Ann, Bob",
    ]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"start_datetime": 2.0, "end_datetime": 1.0}, ValueError),
        ({"start_datetime": "2025-01-06 12:00:00"}, AssertionError),
        ({"start_datetime": "2025-01-06 12:00:00"}, WrongTypeError),
        ({"end_datetime": None}, AssertionError),
        ({"end_datetime": True}, AssertionError),
        ({"end_datetime": float("nan")}, ValueError),
        ({"end_datetime": 10**5000}, ValueError),
        ({"title": None}, InvalidArgumentsError),
        ({"event_id": ""}, InvalidValueError),
        ({"location": 5}, InvalidArgumentsError),
        ({"description": "x" * (MAX_TEXT + 1)}, InvalidValueError),
        ({"attendees": "Ann"}, InvalidArgumentsError),
        ({"attendees": ["Ann", None]}, InvalidArgumentsError),
    ],
)
def test_an_event_refuses_what_is_no_event(fields: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        CalendarEvent(**fields)
    assert isinstance(caught.value, ToolError)


def test_an_event_may_take_no_time() -> None:
    assert CalendarEvent(start_datetime=5, end_datetime=5).end_datetime == 5


# --- the app ------------------------------------------------------------------------------------------------


def test_the_apps_are_named_as_published() -> None:
    assert CalendarApp().name == "CalendarApp"
    assert CalendarV2().name == "CalendarV2"
    assert Calendar().name == "Calendar"
    assert Calendar(name="Mine").name == "Mine"


def test_the_app_copies_the_mapping_that_it_is_given() -> None:
    event = CalendarEvent(event_id="a")
    given_events = {"a": event}
    app = CalendarApp(events=given_events)
    app.delete_calendar_event("a")
    assert given_events == {"a": event}


@pytest.mark.parametrize(("cls", "counts"), [(CalendarApp, (8, 0, 2, 4)), (CalendarV2, (9, 0, 2, 5))])
def test_tools_have_the_published_roles(cls: type[CalendarApp], counts: tuple[int, ...]) -> None:
    app = cls()
    tools = app.get_tools(), app.get_user_tools(), app.get_env_tools(), app.get_data_tools()
    assert tuple(len(group) for group in tools) == counts


def test_every_argument_of_every_tool_is_described() -> None:
    for tool in CalendarV2().get_tools() + CalendarV2().get_env_tools():
        assert tool.function_description
        assert tool.return_description
        assert all(tool.arg_descriptions.values()), tool.name
        assert tool.to_open_ai()["function"]["parameters"]["type"] == "object"


def test_tools_that_change_something_are_writes() -> None:
    app = CalendarV2()
    writes = [tool.func_name for tool in app.get_tools() + app.get_env_tools() if tool.write_operation]
    assert writes == [
        "edit_calendar_event",
        "add_calendar_event",
        "delete_calendar_event",
        "add_calendar_event_by_attendee",
        "delete_calendar_event_by_attendee",
    ]


# --- add ----------------------------------------------------------------------------------------------------


def test_an_event_is_added_with_all_details(app: CalendarV2) -> None:
    event_id = app.add_calendar_event("Lunch", NOON, ONE, "food", "Pasta", "Cafe", ["Ann"])
    event = app.get_calendar_event(event_id)
    assert event == CalendarEvent(
        event_id=event_id,
        title="Lunch",
        start_datetime=NOON_SECONDS,
        end_datetime=NOON_SECONDS + 3600,
        tag="food",
        description="Pasta",
        location="Cafe",
        attendees=["Ann"],
    )


def test_an_event_without_times_takes_an_hour_from_now(app: CalendarV2) -> None:
    app.time_manager.add_offset(500.0)
    event = app.get_calendar_event(app.add_calendar_event())
    assert (event.title, event.start_datetime, event.end_datetime) == ("Event", 1500.0, 5100.0)


def test_ids_depend_on_the_seed_alone() -> None:
    def ids(seed: int) -> list[str]:
        app = CalendarApp()
        app.set_seed(seed)
        return [app.add_calendar_event() for _ in range(3)]

    assert ids(1) == ids(1)
    assert len({*ids(1), *ids(2)}) == 6


def test_a_refused_event_draws_no_id() -> None:
    first, second = CalendarApp(), CalendarApp()
    with pytest.raises(ToolError):
        first.add_calendar_event(start_datetime="soon")
    with pytest.raises(ToolError):
        first.add_calendar_event(start_datetime=ONE, end_datetime=NOON)
    assert first.add_calendar_event() == second.add_calendar_event()


@pytest.mark.parametrize(
    ("kwargs", "error"),
    [
        ({"start_datetime": "tomorrow"}, ValueError),
        ({"start_datetime": ""}, ValueError),
        ({"end_datetime": "2025-02-30 00:00:00"}, ValueError),
        ({"start_datetime": 5}, ValueError),
        ({"start_datetime": ONE, "end_datetime": NOON}, ValueError),
        ({"start_datetime": ONE}, ValueError),
        ({"title": 5}, TypeError),
        ({"title": "x" * (MAX_TEXT + 1)}, ValueError),
        ({"attendees": "Ann"}, TypeError),
        ({"attendees": [1]}, TypeError),
    ],
)
def test_a_wrong_event_is_not_added(app: CalendarV2, kwargs: dict[str, Any], error: type[Exception]) -> None:
    refused(app, error, lambda: app.add_calendar_event(**kwargs))
    refused(app, error, lambda: app.add_calendar_event_by_attendee("Bob", **kwargs))


def test_the_refusal_of_a_start_without_an_end_says_what_to_do(app: CalendarV2) -> None:
    text = refused(app, ValueError, lambda: app.add_calendar_event(start_datetime=ONE))
    assert "2025-01-06 13:00:00" in text
    assert "without an end_datetime ends one hour from now" in text


def test_an_event_added_by_another_names_that_person(app: CalendarV2) -> None:
    names = ["Ann"]
    event_id = app.add_calendar_event_by_attendee(
        "Bob", "Lunch", NOON, ONE, description="Pasta", attendees=names
    )
    event = app.get_calendar_event(event_id)
    assert event.title == "Created by Bob: Lunch"
    assert event.description == "Created by Bob: Pasta"
    assert event.attendees == ["Ann", "Bob"]
    assert names == ["Ann"]


def test_a_creator_who_attends_already_is_listed_once(app: CalendarV2) -> None:
    event = app.get_calendar_event(app.add_calendar_event_by_attendee("Bob", attendees=["Bob", "Ann"]))
    assert event.attendees == ["Bob", "Ann"]
    assert event.description == "Created by Bob"


@pytest.mark.parametrize(("who", "error"), [("", ValueError), (" ", ValueError), (None, TypeError)])
def test_a_creator_needs_a_name(app: CalendarV2, who: Any, error: type[Exception]) -> None:
    refused(app, error, lambda: app.add_calendar_event_by_attendee(who))


def test_a_note_that_makes_the_title_too_long_is_refused(app: CalendarV2) -> None:
    title = "x" * MAX_TEXT
    refused(app, ValueError, lambda: app.add_calendar_event_by_attendee("Bob", title))


# --- set ----------------------------------------------------------------------------------------------------


def test_a_set_event_is_a_copy_under_its_own_id(app: CalendarV2) -> None:
    event = CalendarEvent(event_id="a", title="Lunch", attendees=["Ann"])
    app.set_calendar_event(event)
    event.title = "changed"
    event.attendees.append("Bob")
    assert app.get_calendar_event("a").title == "Lunch"
    assert app.get_calendar_event("a").attendees == ["Ann"]


def test_a_set_event_replaces_one_with_its_id(app: CalendarV2) -> None:
    app.set_calendar_event(CalendarEvent(event_id="a", title="old"))
    app.set_calendar_event(CalendarEvent(event_id="a", title="new"))
    assert titles(list(app.events.values())) == ["new"]


def test_an_event_may_be_set_as_plain_data(app: CalendarV2) -> None:
    app.set_calendar_event({"event_id": "a", "title": "Lunch", "start_datetime": NOON, "end_datetime": ONE})
    app.set_calendar_event({"title": "Nameless", "start_datetime": 0})
    lunch, nameless = app.events.values()
    assert (lunch.event_id, lunch.start_datetime) == ("a", NOON_SECONDS)
    assert len(nameless.event_id) == 32
    assert (nameless.start_datetime, nameless.end_datetime) == (0, 4600.0)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"titel": "Lunch"}, ["no field 'titel'", "Did you mean 'title'?"]),
        ({"start_datetime": "soon", "title": 5}, ["'soon' is no date and time", "title must be text"]),
        ({"event_id": "", "attendees": "Ann"}, ["event_id is empty", "attendees must be a list of names"]),
        (None, ["an object of its fields, not NoneType"]),
    ],
)
def test_wrong_data_is_not_set(app: CalendarV2, entry: Any, words: list[str]) -> None:
    text = refused(app, CalendarDataError, lambda: app.set_calendar_event(entry))
    assert all(word in text for word in words)
    refused(app, TypeError, lambda: app.set_calendar_event(entry))
    refused(app, ValueError, lambda: app.set_calendar_event(entry))


# --- get and delete -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError, IndexError, UnknownCalendarEventError])
def test_an_unknown_id_is_refused_everywhere(app: CalendarV2, error: type[Exception]) -> None:
    app.add_calendar_event("Lunch")
    refused(app, error, lambda: app.get_calendar_event("none"))
    refused(app, error, lambda: app.delete_calendar_event("none"))
    refused(app, error, lambda: app.delete_calendar_event_by_attendee("none", "Ann"))
    refused(app, error, lambda: app.edit_calendar_event("none", title="x"))


def test_an_unknown_id_that_is_a_title_is_answered_with_the_id(app: CalendarV2) -> None:
    event_id = app.add_calendar_event("Lunch")
    text = refused(app, ValueError, lambda: app.get_calendar_event("Lunch"))
    assert f"of that title has the id {event_id!r}" in text


def test_an_unknown_id_that_is_nearly_right_is_answered_with_the_right_one(app: CalendarV2) -> None:
    event_id = app.add_calendar_event("Lunch")
    text = refused(app, ValueError, lambda: app.get_calendar_event(event_id[:-2]))
    assert f"Did you mean {event_id!r}?" in text


@pytest.mark.parametrize(("event_id", "error"), [(None, TypeError), (["a"], TypeError), ("", ValueError)])
def test_an_id_must_be_text(app: CalendarV2, event_id: Any, error: type[Exception]) -> None:
    refused(app, error, lambda: app.get_calendar_event(event_id))


def test_an_event_is_deleted(app: CalendarV2) -> None:
    event_id = app.add_calendar_event("Lunch")
    assert app.delete_calendar_event(event_id) == f"Event {event_id} (Lunch) was deleted."
    assert app.events == {}


def test_an_attendee_may_delete_an_event(app: CalendarV2) -> None:
    event_id = app.add_calendar_event("Lunch", attendees=["Ann Lee"])
    message = app.delete_calendar_event_by_attendee(event_id, "Ann Lee")
    assert message == f"Event {event_id} (Lunch) was deleted by Ann Lee."
    assert app.events == {}


def test_nobody_else_may_delete_an_event(app: CalendarV2) -> None:
    event_id = app.add_calendar_event("Lunch", attendees=["Ann Lee"])
    text = refused(app, ValueError, lambda: app.delete_calendar_event_by_attendee(event_id, "Ann Li"))
    assert "attendees are: Ann Lee. Did you mean 'Ann Lee'?" in text
    empty = app.add_calendar_event("Alone")
    text = refused(app, ValueError, lambda: app.delete_calendar_event_by_attendee(empty, "Ann"))
    assert "attendees are: nobody." in text
    refused(app, ValueError, lambda: app.delete_calendar_event_by_attendee(empty, ""))


# --- list and search ----------------------------------------------------------------------------------------


def test_a_range_gives_what_overlaps_it_in_the_order_of_adding(app: CalendarV2) -> None:
    app.add_calendar_event("later", "2025-01-06 12:59:59", "2025-01-06 15:00:00")
    app.add_calendar_event("ends at the start", "2025-01-06 11:00:00", NOON)
    app.add_calendar_event("earlier", "2025-01-06 11:00:00", "2025-01-06 12:00:01")
    app.add_calendar_event("starts at the end", ONE, TWO)
    app.add_calendar_event("around", "2025-01-01 00:00:00", "2025-02-01 00:00:00")
    result = app.get_calendar_events_from_to(NOON, ONE)
    assert titles(result["events"]) == ["later", "earlier", "around"]
    assert (result["range"], result["total"]) == ((0, 3), 3)


@pytest.mark.parametrize(
    ("offset", "limit", "found", "bounds"),
    [(0, 2, ["0", "1"], (0, 2)), (2, 2, ["2"], (2, 3)), (9, 2, [], (9, 3)), (0, 0, [], (0, 0))],
)
def test_a_range_comes_in_pages(
    app: CalendarV2, offset: int, limit: int, found: list[str], bounds: tuple[int, int]
) -> None:
    for number in range(3):
        app.add_calendar_event(str(number), NOON, ONE)
    result = app.get_calendar_events_from_to(NOON, ONE, offset, limit)
    assert result == {"events": result["events"], "range": bounds, "total": 3}
    assert titles(result["events"]) == found


def test_a_page_has_ten_events_by_default(app: CalendarV2) -> None:
    for _ in range(12):
        app.add_calendar_event("x", NOON, ONE)
    assert len(app.get_calendar_events_from_to(NOON, ONE)["events"]) == 10


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ((ONE, NOON), ValueError),
        (("x", NOON), ValueError),
        ((NOON, None), ValueError),
        ((NOON, ONE, -1), ValueError),
        ((NOON, ONE, 0, -1), ValueError),
        ((NOON, ONE, "0"), TypeError),
        ((NOON, ONE, 0, True), TypeError),
    ],
)
def test_a_wrong_range_is_refused(app: CalendarV2, args: tuple[Any, ...], error: type[Exception]) -> None:
    refused(app, error, lambda: app.get_calendar_events_from_to(*args))


def test_today_gives_the_whole_list_of_the_day(app: CalendarV2) -> None:
    app.time_manager.advance_to(NOON_SECONDS)
    app.add_calendar_event("yesterday", "2025-01-05 23:00:00", "2025-01-06 00:00:00")
    app.add_calendar_event("over midnight", "2025-01-05 23:00:00", "2025-01-06 00:00:01")
    for _ in range(11):
        app.add_calendar_event("today", NOON, ONE)
    app.add_calendar_event("tomorrow", "2025-01-07 00:00:00", "2025-01-07 01:00:00")
    assert titles(app.read_today_calendar_events()) == ["over midnight"] + ["today"] * 11


def test_tags_come_once_in_the_order_of_their_first_event(app: CalendarV2) -> None:
    for tag in ("work", None, "fun", "work", ""):
        app.add_calendar_event(tag=tag)
    assert app.get_all_tags() == ["work", "fun"]


def test_events_are_found_by_their_exact_tag(app: CalendarV2) -> None:
    app.add_calendar_event("a", tag="work")
    app.add_calendar_event("b", tag="Work")
    assert titles(app.get_calendar_events_by_tag("work")) == ["a"]
    assert app.get_calendar_events_by_tag("wor") == []
    refused(app, ValueError, lambda: app.get_calendar_events_by_tag(""))
    refused(app, TypeError, lambda: app.get_calendar_events_by_tag(None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("LUNCH", ["Lunch"]),
        ("pasta", ["Lunch"]),
        ("cafe", ["Lunch", "Dinner at the CAFE"]),
        ("ann lee", ["Lunch"]),
        ("", ["Lunch", "Dinner at the CAFE"]),
        ("lunchpasta", []),
        ("none", []),
    ],
)
def test_a_search_looks_at_title_description_location_and_attendees(
    app: CalendarV2, query: str, found: list[str]
) -> None:
    app.add_calendar_event("Lunch", description="Pasta", location="Cafe", attendees=["Bob", "Ann Lee"])
    app.add_calendar_event("Dinner at the CAFE")
    assert titles(app.search_events(query)) == found


def test_a_search_needs_text(app: CalendarV2) -> None:
    refused(app, TypeError, lambda: app.search_events(None))  # type: ignore[arg-type]


# --- edit ---------------------------------------------------------------------------------------------------


def test_an_edit_changes_what_is_given_and_leaves_the_rest(app: CalendarV2) -> None:
    event_id = app.add_calendar_event("Lunch", NOON, ONE, "food", "Pasta", "Cafe", ["Ann"])
    before = app.get_calendar_event(event_id)
    message = app.edit_calendar_event(
        event_id, title="Late lunch", start_datetime=ONE, end_datetime=TWO, tag=""
    )
    assert message == f"Event {event_id} was changed: start_datetime, end_datetime, title."
    after = app.get_calendar_event(event_id)
    assert after == replace(
        before, title="Late lunch", start_datetime=NOON_SECONDS + 3600, end_datetime=NOON_SECONDS + 7200
    )
    assert after.start_strftime == "Monday, 2025-01-06 13:00:00"


def test_an_edit_replaces_texts_and_attendees(app: CalendarV2) -> None:
    event_id = app.add_calendar_event("Lunch", attendees=["Ann"])
    names = ["Bob"]
    app.edit_calendar_event(event_id, tag="t", description="d", location="l", attendees=names)
    names.append("Cid")
    event = app.get_calendar_event(event_id)
    assert (event.tag, event.description, event.location, event.attendees) == ("t", "d", "l", ["Bob"])


def test_an_edit_leaves_what_was_read_before_as_it_was(app: CalendarV2) -> None:
    event_id = app.add_calendar_event("Lunch")
    read = app.get_calendar_event(event_id)
    app.edit_calendar_event(event_id, title="Dinner")
    assert read.title == "Lunch"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"title": "new", "start_datetime": TWO}, ValueError),
        ({"title": "new", "end_datetime": "soon"}, ValueError),
        ({"title": "new", "attendees": "Ann"}, TypeError),
        ({"title": 5}, TypeError),
        ({}, ValueError),
        ({"title": "", "attendees": []}, ValueError),
    ],
)
def test_a_wrong_edit_changes_nothing(
    app: CalendarV2, changes: dict[str, Any], error: type[Exception]
) -> None:
    event_id = app.add_calendar_event("Lunch", NOON, ONE)
    refused(app, error, lambda: app.edit_calendar_event(event_id, **changes))


# --- load and state -----------------------------------------------------------------------------------------


def test_events_are_loaded_in_place_of_those_that_were_there(app: CalendarV2) -> None:
    app.add_calendar_event("old")
    app.load_calendar_events_from_dict(
        {
            "a": {"title": "Lunch", "start_datetime": NOON, "end_datetime": NOON_SECONDS + 60, "tag": None},
            "b": {},
        }
    )
    lunch, empty = app.events.values()
    assert (lunch.event_id, lunch.start_datetime, lunch.end_datetime) == (
        "a",
        NOON_SECONDS,
        NOON_SECONDS + 60,
    )
    assert (empty.event_id, empty.title, empty.start_datetime) == ("b", "Event", 1000.0)


def test_every_problem_of_a_load_is_named_and_nothing_changes(app: CalendarV2) -> None:
    app.add_calendar_event("old")
    entries: dict[Any, Any] = {
        "a": {"start_datetime": TWO, "end_datetime": ONE},
        "b": {"start_datetime": "soon", "titel": "x"},
        "c": "Lunch",
        "d": {"title": "right"},
        5: {},
    }
    text = refused(app, CalendarDataError, lambda: app.load_calendar_events_from_dict(entries))
    assert text.startswith("4 of 5 calendar events are wrong, none was loaded.")
    assert "event 'a': the event would start" in text
    assert (
        "event 'b': an event has no field 'titel'. Did you mean 'title'?; start_datetime: 'soon' is no date"
        in text
    )
    assert "event 'c': an event must be an object of its fields, not str" in text
    assert "event 5: the id of an event must be text" in text


def test_events_must_come_as_an_object(app: CalendarV2) -> None:
    refused(app, CalendarDataError, lambda: app.load_calendar_events_from_dict([]))  # type: ignore[arg-type]


def test_events_are_loaded_from_a_file(app: CalendarV2, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_bytes(orjson.dumps({"a": {"title": "Lunch"}}))
    app.load_calendar_events_from_file(str(path))
    assert titles(list(app.events.values())) == ["Lunch"]


@pytest.mark.parametrize("content", [None, b"{", b"\xff", b"[]", b'{"a": {"start_datetime": "x"}}'])
def test_a_file_that_cannot_be_loaded_changes_nothing(
    app: CalendarV2, tmp_path: Path, content: bytes | None
) -> None:
    app.add_calendar_event("old")
    path = tmp_path / "events.json"
    if content is not None:
        path.write_bytes(content)
    refused(app, CalendarDataError, lambda: app.load_calendar_events_from_file(path))


def test_the_state_has_the_published_shape(app: CalendarV2) -> None:
    app.set_calendar_event(
        CalendarEvent(event_id="a", start_datetime=0.0, end_datetime=60.0, attendees=["Ann"])
    )
    assert app.get_state() == {
        "events": {
            "a": {
                "event_id": "a",
                "title": "Event",
                "start_datetime": 0.0,
                "end_datetime": 60.0,
                "tag": None,
                "description": None,
                "location": None,
                "attendees": ["Ann"],
                "start_strftime": "Thursday, 1970-01-01 00:00:00",
                "end_strftime": "Thursday, 1970-01-01 00:01:00",
            }
        }
    }


def test_the_state_follows_times_that_were_set_by_hand(app: CalendarV2) -> None:
    event_id = app.add_calendar_event()
    app.events[event_id].start_datetime = 0.0
    state = app.get_state()
    assert state["events"][event_id]["start_strftime"] == "Thursday, 1970-01-01 00:00:00"
    assert reloaded(state) == state


def test_loading_a_state_replaces_everything(app: CalendarV2) -> None:
    app.add_calendar_event("old")
    app.load_state({"events": {"a": {"title": "new", "unheard_of": 1}}})
    assert titles(list(app.events.values())) == ["new"]
    app.load_state({})
    assert app.events == {}


def test_a_wrong_state_changes_nothing(app: CalendarV2) -> None:
    app.add_calendar_event("old")
    refused(app, CalendarDataError, lambda: app.load_state({"events": {"a": {"title": 5}}}))
    refused(app, CalendarDataError, lambda: app.load_state({"events": {"a": None}}))
    refused(app, CalendarDataError, lambda: app.load_state({"events": ["a"]}))


def test_reset_empties_the_calendar(app: CalendarV2) -> None:
    app.add_calendar_event()
    app.reset()
    assert app.get_state() == {"events": {}}
    assert app.name == "CalendarV2"


def reloaded(state: dict[str, Any]) -> dict[str, Any]:
    other = CalendarV2()
    other.load_state(orjson.loads(orjson.dumps(state)))
    return other.get_state()


OPERATIONS = st.tuples(
    st.sampled_from(["add", "by attendee", "edit", "delete", "leave"]),
    st.integers(0, 9),
    st.text(max_size=8),
    st.integers(-5, 50),
)


@given(st.lists(OPERATIONS, max_size=30))
def test_a_state_survives_saving_after_any_operations(operations: list[tuple[str, int, str, int]]) -> None:
    with RunContext(seed=1, start_time=1000.0).active():
        app = CalendarV2()
    for kind, number, text, hours in operations:
        app.time_manager.add_offset(60.0)
        before = app.get_state()
        try:
            operate(app, kind, number, text, hours)
        except ToolError:
            assert app.get_state() == before
    assert reloaded(app.get_state()) == app.get_state()


def operate(app: CalendarV2, kind: str, number: int, text: str, hours: int) -> None:
    ids = list(app.events) or ["none"]
    event_id = ids[number % len(ids)]
    end = f"1970-01-01 {hours:02d}:00:00"
    match kind:
        case "add":
            app.add_calendar_event(text, end_datetime=end, tag=text, attendees=[text])
        case "by attendee":
            app.add_calendar_event_by_attendee(text, text, end_datetime=end)
        case "edit":
            app.edit_calendar_event(event_id, title=text, end_datetime=end)
        case "delete":
            app.delete_calendar_event(event_id)
        case _:
            app.delete_calendar_event_by_attendee(event_id, text)


# --- records and notices ------------------------------------------------------------------------------------


CALLS: list[tuple[str, dict[str, Any], EventType, OperationType]] = [
    ("add_calendar_event", {"title": "x"}, EventType.AGENT, OperationType.WRITE),
    ("add_calendar_event_by_attendee", {"who_add": "Bob"}, EventType.ENV, OperationType.WRITE),
    ("set_calendar_event", {"event": {"title": "x"}}, EventType.AGENT, OperationType.WRITE),
    ("get_calendar_event", {"event_id": "a"}, EventType.AGENT, OperationType.READ),
    ("delete_calendar_event", {"event_id": "a"}, EventType.AGENT, OperationType.WRITE),
    (
        "delete_calendar_event_by_attendee",
        {"event_id": "a", "who_delete": "Ann"},
        EventType.ENV,
        OperationType.WRITE,
    ),
    (
        "get_calendar_events_from_to",
        {"start_datetime": NOON, "end_datetime": ONE},
        EventType.AGENT,
        OperationType.READ,
    ),
    ("read_today_calendar_events", {}, EventType.AGENT, OperationType.READ),
    ("get_all_tags", {}, EventType.AGENT, OperationType.READ),
    ("get_calendar_events_by_tag", {"tag": "x"}, EventType.AGENT, OperationType.READ),
    ("search_events", {"query": "x"}, EventType.AGENT, OperationType.READ),
    ("edit_calendar_event", {"event_id": "a", "title": "x"}, EventType.AGENT, OperationType.WRITE),
]


@pytest.mark.parametrize(("name", "kwargs", "event_type", "operation"), CALLS)
def test_a_direct_call_is_one_event(
    app: CalendarV2, name: str, kwargs: dict[str, Any], event_type: EventType, operation: OperationType
) -> None:
    app.set_calendar_event(CalendarEvent(event_id="a", attendees=["Ann"]))
    events: list[Any] = []
    app.register_to_env("test", events.append)
    result = getattr(app, name)(**kwargs)
    (event,) = events
    assert (event.event_type, event.event_time) == (event_type, 1000.0)
    assert (event.action.function_name, event.action.operation_type) == (name, operation)
    assert kwargs.items() <= event.get_args().items()
    assert event.get_args()["self"] is app
    assert event.metadata.return_value == result
    assert orjson.dumps(to_plain(event.metadata.return_value))


def test_a_failed_call_is_one_event_too(app: CalendarV2) -> None:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    with pytest.raises(ValueError, match="no calendar event"):
        app.get_calendar_event("none")
    assert [event.failed() for event in events] == [True]


def test_loading_is_not_recorded(app: CalendarV2) -> None:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    app.load_calendar_events_from_dict({"a": {}})
    assert events == []


def test_a_captured_call_is_planned_and_its_arguments_stay_as_given(app: CalendarV2) -> None:
    names = ["Ann"]
    with EventRegisterer.capture_mode():
        planned: Any = app.add_calendar_event_by_attendee("Bob", attendees=names)
    assert app.events == {}
    assert planned.event_type is EventType.ENV
    assert planned.action.arguments()["who_add"] == "Bob"
    done = planned.execute()
    assert app.get_calendar_event(done.metadata.return_value).attendees == ["Ann", "Bob"]
    assert planned.action.arguments()["attendees"] == names == ["Ann"]


def test_a_call_through_the_toolbox_works(app: CalendarV2) -> None:
    toolbox = Toolbox(app.get_tools())
    event_id = toolbox.call("CalendarV2__add_calendar_event", '{"title": "Lunch", "attendees": ["Ann"]}')
    assert toolbox.call("CalendarV2__get_calendar_event", {"event_id": event_id}).title == "Lunch"


def notice(name: str) -> NoticeTexts:
    texts = notice_of(CalendarV2, name)
    assert texts is not None
    assert texts.level is VerbosityLevel.MEDIUM
    return texts


def test_the_notice_of_an_added_event_is_short_for_the_user_and_whole_for_the_agent() -> None:
    texts = notice("add_calendar_event_by_attendee")
    args = {
        "who_add": "Bob",
        "title": "Lunch\nand more",
        "start_datetime": NOON,
        "end_datetime": ONE,
        "tag": None,
        "description": "Pasta",
        "location": "Cafe",
        "attendees": ["Ann", "Cid"],
    }
    assert texts.user(args) == f"Bob added the calendar event 'Lunch and more', starting {NOON}"
    assert texts.agent(args).splitlines() == [
        "Bob added the calendar event 'Lunch\\nand more'",
        f"Starts: {NOON}",
        f"Ends: {ONE}",
        "Description: Pasta",
        "Location: Cafe",
        "Attendees: Ann, Cid",
    ]


def test_the_notice_of_an_added_event_does_without_what_was_not_given() -> None:
    texts = notice("add_calendar_event_by_attendee")
    assert texts.user({"who_add": "Bob"}) == "Bob added the calendar event 'Event', starting now"
    assert texts.agent({"who_add": "Bob", "attendees": None}).splitlines() == [
        "Bob added the calendar event 'Event'",
        "Starts: now",
        "Ends: one hour from now",
    ]


def test_the_notice_of_a_deleted_event_is_the_same_for_both() -> None:
    texts = notice("delete_calendar_event_by_attendee")
    args = {"event_id": "a", "who_delete": "Ann"}
    assert texts.user(args) == texts.agent(args) == "Ann deleted the calendar event 'a'"


def test_other_calls_make_no_notice() -> None:
    silent = {name for name, *_ in CALLS} - {
        "add_calendar_event_by_attendee",
        "delete_calendar_event_by_attendee",
    }
    assert all(notice_of(CalendarV2, name) is None for name in silent)
