"""The screens of the calendar: what each offers, does, refuses and leads to."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pare.apps.base import parse_time
from pare.apps.calendar import (
    AgendaView,
    CalendarEvent,
    CalendarV2,
    EditDraft,
    EditEvent,
    EventDetail,
    StatefulCalendarApp,
)
from pare.apps.checks import MAX_TEXT
from pare.apps.phone import Phone
from pare.apps.system import HomeScreenSystemApp
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundError, ToolError
from pare.kernel.enums import EventType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools import Toolbox
from pare.tools.notices import notice_of

TODAY, TOMORROW = "2025-01-06 00:00:00", "2025-01-07 00:00:00"
START = parse_time("2025-01-06 09:00:00")
AGENDA, DETAIL, EDIT = "AgendaView", "EventDetail", "EditEvent"
AGENDA_TOOLS = [
    *("add_calendar_event_by_attendee", "filter_by_attendee", "filter_by_tag", "get_all_tags"),
    *("get_calendar_events_by_tag", "list_events", "open_event_by_id", "open_event_by_index"),
    *("read_today_calendar_events", "search_events", "set_day", "start_create_event"),
]
DETAIL_TOOLS = ["delete", "delete_by_attendee", "edit_event", "list_attendees", "refresh", "go_back"]
EDIT_TOOLS = [
    *("add_attendee", "discard", "remove_attendee", "save", "set_attendees", "set_description"),
    *("set_location", "set_tag", "set_time_range", "set_title", "go_back"),
]


def add(app: CalendarV2, event_id: str, hour: int, day: int = 6, **details: Any) -> None:
    start = f"2025-01-{day:02d} {hour:02d}:00:00"
    end = f"2025-01-{day:02d} {hour:02d}:30:00"
    app.set_calendar_event(
        {"event_id": event_id, "title": event_id.title(), "start_datetime": start, "end_datetime": end}
        | details
    )


@pytest.fixture
def app() -> Iterator[StatefulCalendarApp]:
    """Today (in the order of adding): lunch, standup; tomorrow: review."""
    with RunContext(seed=1, start_time=START).active():
        app = StatefulCalendarApp("Calendar")
        add(app, "lunch", 12, tag="food", attendees=["Ann Lee", "Bob Ray"], location="Cafe")
        add(app, "standup", 9, tag="work", attendees=["Bob Ray"], description="daily")
        add(app, "review", 10, day=7, tag="work", attendees=["Ann Lee"])
        yield app


def tap(app: StatefulCalendarApp, tool: str, **arguments: Any) -> Any:
    """Tap what is offered now, and see that this is one event, the user's, and no other."""
    events: list[Any] = []
    app.register_to_env("tap", events.append)
    try:
        return Toolbox(app.get_user_tools()).call(f"{app.name}__{tool}", arguments)
    finally:
        found = [(event.event_type, event.function_name(), event.app_name()) for event in events]
        assert found == [(EventType.USER, tool, app.name)]


def shown(app: StatefulCalendarApp) -> tuple[str, int]:
    return type(app.current_state).__name__, len(app.navigation_stack)


def screen(app: StatefulCalendarApp) -> tuple[Any, list[Any], Any, Any]:
    draft = getattr(app.current_state, "draft", None)
    return app.current_state, list(app.navigation_stack), copy.deepcopy(draft), app.get_state()


def refused(app: StatefulCalendarApp, tool: str, **arguments: Any) -> str:
    """Give the text of the error of a tap, having seen that it left screen, draft and data as they were."""
    before = screen(app)
    with pytest.raises(ToolError) as caught:
        tap(app, tool, **arguments)
    assert screen(app) == before
    return str(caught.value)


def offered(app: StatefulCalendarApp) -> list[str]:
    return [tool.func_name for tool in app.get_user_tools()]


def ids(events: list[CalendarEvent]) -> list[str]:
    return [event.event_id for event in events]


def agenda(app: StatefulCalendarApp) -> tuple[str, str, str | None, str | None]:
    view = app.current_state
    return view.start_datetime, view.end_datetime, view.tag_filter, view.attendee_filter


# --- the app ------------------------------------------------------------------------------------------------


def test_the_agenda_of_today_is_the_first_screen(app: StatefulCalendarApp) -> None:
    assert shown(app) == (AGENDA, 0)
    assert agenda(app) == (TODAY, TOMORROW, None, None)
    assert offered(app) == AGENDA_TOOLS
    app.time_manager.now = parse_time("2025-01-07 23:59:59")
    app.load_root_state()
    assert agenda(app) == (TOMORROW, "2025-01-08 00:00:00", None, None)


def test_reset_empties_the_calendar_and_shows_today(app: StatefulCalendarApp) -> None:
    tap(app, "set_day", date="2025-01-07")
    app.reset()
    assert (app.events, app.name, shown(app)) == ({}, "Calendar", (AGENDA, 0))
    assert StatefulCalendarApp().name == "StatefulCalendarApp"


def test_the_state_of_the_app_is_the_plain_apps_state(app: StatefulCalendarApp) -> None:
    tap(app, "open_event_by_index", index=0)
    state = json.loads(json.dumps(app.get_state()))
    loaded, plain = StatefulCalendarApp(), CalendarV2()
    tap(loaded, "start_create_event")
    loaded.load_state(state)
    plain.load_state(state)
    assert loaded.get_state() == plain.get_state() == state
    assert shown(loaded) == (AGENDA, 0)


def test_a_copy_has_screens_of_its_own(app: StatefulCalendarApp) -> None:
    tap(app, "start_create_event")
    other = copy.deepcopy(app)
    tap(other, "add_attendee", attendee="Ann Lee")
    tap(other, "discard")
    assert shown(app) == (EDIT, 1)
    assert app.current_state.draft == EditDraft()


def test_what_the_agent_and_the_environment_do_moves_no_screen(app: StatefulCalendarApp) -> None:
    tap(app, "open_event_by_id", event_id="lunch")
    before = app.current_state
    app.delete_calendar_event_by_attendee("lunch", "Ann Lee")
    app.add_calendar_event("new")
    assert app.current_state is before
    assert shown(app) == (DETAIL, 1)


def test_the_notices_of_the_plain_app_hold() -> None:
    args = {"who_add": "Ann", "title": "Lunch", "start_datetime": TODAY, "end_datetime": TOMORROW}
    added = notice_of(StatefulCalendarApp, "add_calendar_event_by_attendee")
    deleted = notice_of(StatefulCalendarApp, "delete_calendar_event_by_attendee")
    assert added is not None
    assert deleted is not None
    assert all(word in added.user(args) for word in ("Ann", "Lunch", TODAY))
    details = {"description": "soup", "location": "Cafe", "attendees": ["Bob"]}
    assert all(word in added.agent(args | details) for word in (TOMORROW, "soup", "Cafe", "Bob"))
    assert all(word in deleted.agent({"event_id": "e1", "who_delete": "Bob"}) for word in ("e1", "Bob"))


# --- the agenda ---------------------------------------------------------------------------------------------


def test_the_events_of_the_agenda_are_listed(app: StatefulCalendarApp) -> None:
    listed = tap(app, "list_events")
    assert (ids(listed["events"]), listed["range"], listed["total"]) == (["lunch", "standup"], (0, 2), 2)
    assert shown(app) == (AGENDA, 0)
    assert "0 or more" in refused(app, "list_events", offset=-1)
    assert "0 or more" in refused(app, "list_events", limit=-1)


def test_pages_filters_and_positions_reach_all_events_of_the_agenda(app: StatefulCalendarApp) -> None:
    for number in range(25):
        add(app, f"e{number}", 13, tag="late", attendees=["Zoe"])
    page = tap(app, "list_events", offset=20, limit=5)
    assert (ids(page["events"]), page["range"], page["total"]) == (
        [f"e{number}" for number in range(18, 23)],
        (20, 25),
        27,
    )
    assert len(tap(app, "search_events", query="zoe")) == 25
    assert tap(app, "open_event_by_index", index=26).event_id == "e24"
    tap(app, "go_back")
    assert len(tap(app, "filter_by_tag", tag="late")) == 25
    page = tap(app, "list_events", offset=20)
    assert (ids(page["events"]), page["total"]) == ([f"e{number}" for number in range(20, 25)], 25)


def test_an_event_that_reaches_into_the_day_is_shown(app: StatefulCalendarApp) -> None:
    app.set_calendar_event(
        {"event_id": "night", "start_datetime": "2025-01-05 23:00:00", "end_datetime": "2025-01-06 00:01:00"}
    )
    app.set_calendar_event(
        {"event_id": "before", "start_datetime": "2025-01-05 23:00:00", "end_datetime": TODAY}
    )
    app.set_calendar_event({"event_id": "after", "start_datetime": TOMORROW, "end_datetime": TOMORROW})
    assert ids(tap(app, "list_events")["events"]) == ["lunch", "standup", "night"]


def test_a_search_stays_within_agenda_and_filters(app: StatefulCalendarApp) -> None:
    assert ids(tap(app, "search_events", query="ann")) == ["lunch"]
    tap(app, "filter_by_tag", tag="work")
    assert ids(tap(app, "search_events", query="")) == ["standup"]
    assert tap(app, "search_events", query="ann") == []


def test_an_event_is_opened_by_its_id_also_from_another_day(app: StatefulCalendarApp) -> None:
    event = tap(app, "open_event_by_id", event_id="review")
    assert event.title == "Review"
    assert (app.current_state.event_id, app.current_state.event) == ("review", event)
    assert shown(app) == (DETAIL, 1)
    assert offered(app) == DETAIL_TOOLS


def test_an_event_is_opened_by_its_position_as_it_is_listed(app: StatefulCalendarApp) -> None:
    tap(app, "filter_by_tag", tag="work")
    assert tap(app, "open_event_by_index", index=0).event_id == "standup"
    assert (app.current_state.event_id, shown(app)) == ("standup", (DETAIL, 2))


def test_what_is_not_there_is_not_opened(app: StatefulCalendarApp) -> None:
    assert "no calendar event has the id 'lynch'" in refused(app, "open_event_by_id", event_id="lynch")
    assert "must not be empty" in refused(app, "open_event_by_id", event_id="")
    assert "go from 0 to 1" in refused(app, "open_event_by_index", index=2)
    assert "position -1" in refused(app, "open_event_by_index", index=-1)
    tap(app, "set_day", date="2025-01-08")
    assert "no events" in refused(app, "open_event_by_index", index=0)


def test_a_position_is_a_number_and_a_wrong_one_an_index_error(app: StatefulCalendarApp) -> None:
    with pytest.raises(IndexError):
        app.current_state.open_event_by_index(7)
    with pytest.raises(InvalidArgumentsError):
        app.current_state.open_event_by_index("first")


def test_the_agenda_is_filtered_by_tag_then_by_attendee(app: StatefulCalendarApp) -> None:
    add(app, "call", 15, tag="work", attendees=["Ann Lee"])
    assert ids(tap(app, "filter_by_tag", tag="work")) == ["standup", "call"]
    assert agenda(app) == (TODAY, TOMORROW, "work", None)
    assert ids(tap(app, "filter_by_attendee", attendee="ann LEE")) == ["call"]
    assert agenda(app) == (TODAY, TOMORROW, "work", "ann LEE")
    assert ids(tap(app, "list_events")["events"]) == ["call"]
    assert shown(app) == (AGENDA, 2)
    assert offered(app) == [*AGENDA_TOOLS, "go_back"]
    assert tap(app, "filter_by_tag", tag="none such") == []
    tap(app, "go_back")
    tap(app, "go_back")
    assert agenda(app) == (TODAY, TOMORROW, "work", None)
    assert tap(app, "filter_by_attendee", attendee="Ann") == []


def test_a_filter_needs_a_name(app: StatefulCalendarApp) -> None:
    assert "tag must not be empty" in refused(app, "filter_by_tag", tag="")
    assert "attendee must not be empty" in refused(app, "filter_by_attendee", attendee=" ")


def test_an_event_is_added_for_another(app: StatefulCalendarApp) -> None:
    event_id = tap(
        app,
        "add_calendar_event_by_attendee",
        who_add="Ann Lee",
        title="Tea",
        start_datetime="2025-01-06 16:00:00",
        end_datetime="2025-01-06 17:00:00",
        tag="food",
        description="Earl Grey",
        location="Cafe",
        attendees=["Bob Ray"],
    )
    event = app.events[event_id]
    assert (event.title, event.attendees) == ("Created by Ann Lee: Tea", ["Bob Ray", "Ann Lee"])
    assert (event.tag, event.location, event.start_datetime) == ("food", "Cafe", START + 7 * 3600)
    assert shown(app) == (AGENDA, 0)
    assert "who_add must not be empty" in refused(app, "add_calendar_event_by_attendee", who_add="")
    assert "after its end" in refused(
        app, "add_calendar_event_by_attendee", who_add="Ann", start_datetime=TOMORROW, end_datetime=TODAY
    )


def test_today_and_tags_are_those_of_the_whole_calendar(app: StatefulCalendarApp) -> None:
    tap(app, "set_day", date="2025-01-07")
    tap(app, "filter_by_tag", tag="work")
    before = app.current_state
    assert ids(tap(app, "read_today_calendar_events")) == ["lunch", "standup"]
    assert tap(app, "get_all_tags") == ["food", "work"]
    assert ids(tap(app, "get_calendar_events_by_tag", tag="work")) == ["standup", "review"]
    assert "tag must not be empty" in refused(app, "get_calendar_events_by_tag", tag="")
    assert app.current_state is before


def test_another_day_is_shown_with_the_same_filters(app: StatefulCalendarApp) -> None:
    tap(app, "filter_by_tag", tag="work")
    tap(app, "filter_by_attendee", attendee="Ann Lee")
    assert tap(app, "set_day", date="2025-01-07") == {
        "start_datetime": TOMORROW,
        "end_datetime": "2025-01-08 00:00:00",
    }
    assert agenda(app) == (TOMORROW, "2025-01-08 00:00:00", "work", "Ann Lee")
    assert ids(tap(app, "list_events")["events"]) == ["review"]
    assert shown(app) == (AGENDA, 3)


@pytest.mark.parametrize("date", ["tomorrow", "", "2025-02-30", "06.01.2025", "9999-12-31", TODAY, "x" * 999])
def test_a_day_that_is_none_is_not_shown(app: StatefulCalendarApp, date: str) -> None:
    text = refused(app, "set_day", date=date)
    assert "write it as YYYY-MM-DD" in text
    assert len(text) < 300


def test_early_days_are_shown(app: StatefulCalendarApp) -> None:
    assert tap(app, "set_day", date="0999-12-31")["end_datetime"] == "1000-01-01 00:00:00"


@pytest.mark.parametrize(("start", "end"), [("today", TOMORROW), (TODAY, "2025-01-07"), (TOMORROW, TODAY)])
def test_an_agenda_needs_a_range_of_time(start: str, end: str) -> None:
    with pytest.raises(InvalidValueError):
        AgendaView(start_datetime=start, end_datetime=end)


def test_a_new_event_is_started(app: StatefulCalendarApp) -> None:
    assert tap(app, "start_create_event") == "draft_started"
    assert shown(app) == (EDIT, 1)
    assert app.current_state.draft == EditDraft()
    assert offered(app) == EDIT_TOOLS


# --- an event -----------------------------------------------------------------------------------------------


@pytest.fixture
def opened(app: StatefulCalendarApp) -> StatefulCalendarApp:
    """Show the event `lunch`."""
    tap(app, "open_event_by_id", event_id="lunch")
    return app


def test_an_event_that_is_not_there_is_not_entered(app: StatefulCalendarApp) -> None:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    before = screen(app)
    for state in (EventDetail("nobody"), EditEvent(EditDraft(event_id="nobody"))):
        with pytest.raises(NotFoundError, match="'nobody' is not in the calendar"):
            app.set_current_state(state)
        assert screen(app) == before
    app.set_current_state(EventDetail("lunch"))
    app.set_current_state(EditEvent(EditDraft(event_id="lunch")))
    assert shown(app) == (EDIT, 2)
    assert events == []


def test_an_event_is_refreshed(opened: StatefulCalendarApp) -> None:
    opened.edit_calendar_event("lunch", title="Brunch")
    assert tap(opened, "refresh").title == "Brunch"
    assert shown(opened) == (DETAIL, 1)


def test_attendees_are_listed(opened: StatefulCalendarApp) -> None:
    names = tap(opened, "list_attendees")
    assert names == ["Ann Lee", "Bob Ray"]
    names.clear()
    assert opened.events["lunch"].attendees == ["Ann Lee", "Bob Ray"]
    assert shown(opened) == (DETAIL, 1)


def test_an_event_is_deleted_and_the_agenda_shown(opened: StatefulCalendarApp) -> None:
    assert "lunch" in tap(opened, "delete")
    assert list(opened.events) == ["standup", "review"]
    assert shown(opened) == (AGENDA, 0)


def test_an_event_is_deleted_for_an_attendee(opened: StatefulCalendarApp) -> None:
    assert "Did you mean 'Ann Lee'" in refused(opened, "delete_by_attendee", who_delete="Ann")
    assert "must not be empty" in refused(opened, "delete_by_attendee", who_delete="")
    assert "by Ann Lee" in tap(opened, "delete_by_attendee", who_delete="Ann Lee")
    assert "lunch" not in opened.events
    assert shown(opened) == (AGENDA, 0)


def test_an_event_is_edited_as_a_draft(opened: StatefulCalendarApp) -> None:
    result = tap(opened, "edit_event")
    assert result == {
        "draft": {
            "event_id": "lunch",
            "title": "Lunch",
            "start_datetime": "2025-01-06 12:00:00",
            "end_datetime": "2025-01-06 12:30:00",
            "tag": "food",
            "description": None,
            "location": "Cafe",
            "attendees": ["Ann Lee", "Bob Ray"],
        }
    }
    assert shown(opened) == (EDIT, 2)
    result["draft"]["attendees"].clear()
    tap(opened, "add_attendee", attendee="Zoe")
    assert opened.current_state.draft.attendees == ["Ann Lee", "Bob Ray", "Zoe"]
    assert opened.events["lunch"].attendees == ["Ann Lee", "Bob Ray"]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("refresh", {}),
        ("delete", {}),
        ("delete_by_attendee", {"who_delete": "Ann Lee"}),
        ("list_attendees", {}),
        ("edit_event", {}),
    ],
)
def test_an_event_that_is_gone_asks_to_go_back(
    opened: StatefulCalendarApp, tool: str, arguments: dict[str, Any]
) -> None:
    opened.delete_calendar_event("lunch")
    text = refused(opened, tool, **arguments)
    assert text == "event 'lunch' is not in the calendar (any more); go back to the agenda"
    tap(opened, "go_back")
    assert shown(opened) == (AGENDA, 0)


def test_going_home_works_when_the_event_is_gone(opened: StatefulCalendarApp) -> None:
    home = HomeScreenSystemApp()
    phone = Phone({"System": home, "Calendar": opened}, home)
    phone.open_app("Calendar")
    assert shown(opened) == (AGENDA, 0)
    tap(opened, "open_event_by_id", event_id="lunch")
    opened.delete_calendar_event("lunch")
    phone.go_home()
    phone.switch_app("Calendar")
    assert shown(opened) == (DETAIL, 1)


# --- an event that is written -------------------------------------------------------------------------------


@pytest.fixture
def new(app: StatefulCalendarApp) -> StatefulCalendarApp:
    """Show a new event."""
    tap(app, "start_create_event")
    return app


@pytest.fixture
def edited(opened: StatefulCalendarApp) -> StatefulCalendarApp:
    """Show the event `lunch` as a draft."""
    tap(opened, "edit_event")
    return opened


def test_a_draft_is_written(new: StatefulCalendarApp) -> None:
    start, end = "2025-01-06 16:00:00", "2025-01-06 17:00:00"
    assert tap(new, "set_title", title="Tea") == {"title": "Tea"}
    assert tap(new, "set_time_range", start_datetime=start, end_datetime=end) == {
        "start_datetime": start,
        "end_datetime": end,
    }
    assert tap(new, "set_tag", tag="food") == {"tag": "food"}
    assert tap(new, "set_description", description="Earl Grey") == {"description": "Earl Grey"}
    assert tap(new, "set_location", location="Cafe") == {"location": "Cafe"}
    assert tap(new, "set_attendees", attendees=["Ann"]) == {"attendees": ["Ann"]}
    assert tap(new, "add_attendee", attendee="Bob") == {"attendees": ["Ann", "Bob"]}
    assert tap(new, "add_attendee", attendee="Bob") == {"attendees": ["Ann", "Bob"]}
    assert tap(new, "remove_attendee", attendee="Ann") == {"attendees": ["Bob"]}
    assert shown(new) == (EDIT, 1)
    assert new.current_state.draft == EditDraft("Tea", start, end, "food", "Earl Grey", "Cafe", ["Bob"])
    assert len(new.events) == 3


def test_what_is_optional_can_be_emptied(edited: StatefulCalendarApp) -> None:
    assert tap(edited, "set_tag", tag=None) == {"tag": None}
    assert tap(edited, "set_description", description="") == {"description": None}
    assert tap(edited, "set_location", location=None) == {"location": None}
    assert tap(edited, "set_attendees", attendees=[]) == {"attendees": []}


LONG = "x" * (MAX_TEXT + 1)


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("set_title", {"title": " "}, "title must not be empty"),
        ("set_title", {"title": LONG}, "title has 100001 characters"),
        ("set_time_range", {"start_datetime": TOMORROW, "end_datetime": TODAY}, "after its end"),
        ("set_time_range", {"start_datetime": "noon", "end_datetime": TODAY}, "'noon' is no date and time"),
        ("set_time_range", {"start_datetime": TODAY, "end_datetime": ""}, "'' is no date and time"),
        ("set_tag", {"tag": LONG}, "tag has"),
        ("set_description", {"description": LONG}, "description has"),
        ("set_location", {"location": LONG}, "location has"),
        ("set_attendees", {"attendees": ["Ann", ""]}, "attendees[1] must not be empty"),
        ("set_attendees", {"attendees": [LONG]}, "attendees[0] has"),
        ("add_attendee", {"attendee": ""}, "attendee must not be empty"),
        ("remove_attendee", {"attendee": "Ann"}, "'Ann' is not among the attendees: Ann Lee, Bob Ray."),
        ("remove_attendee", {"attendee": ""}, "attendee must not be empty"),
    ],
)
def test_what_no_event_can_have_is_not_taken(
    edited: StatefulCalendarApp, tool: str, arguments: dict[str, Any], words: str
) -> None:
    assert words in refused(edited, tool, **arguments)


def test_attendees_are_a_list(new: StatefulCalendarApp) -> None:
    with pytest.raises(InvalidArgumentsError, match="list of names, not str"):
        new.current_state.set_attendees("Ann")


def test_a_draft_is_shared_with_no_other_screen(app: StatefulCalendarApp) -> None:
    draft = EditDraft(attendees=["Ann"])
    screens = [EditEvent(draft), EditEvent(draft)]
    app.set_current_state(screens[0])
    tap(app, "add_attendee", attendee="Bob")["attendees"].clear()
    given = ["Zoe"]
    tap(app, "add_attendee", attendee="Cat")
    assert screens[0].draft.attendees == ["Ann", "Bob", "Cat"]
    app.current_state.set_attendees(given)
    given.clear()
    assert screens[0].draft.attendees == ["Zoe"]
    assert screens[1].draft == draft == EditDraft(attendees=["Ann"])


def test_a_new_event_is_saved_and_the_agenda_shown(new: StatefulCalendarApp) -> None:
    tap(new, "set_title", title="Tea")
    tap(
        new,
        "set_time_range",
        start_datetime="2025-01-06 16:00:00",
        end_datetime="2025-01-06 17:00:00",
    )
    tap(new, "set_tag", tag="food")
    tap(new, "add_attendee", attendee="Ann Lee")
    event = new.events[tap(new, "save")]
    assert (event.title, event.tag, event.attendees) == ("Tea", "food", ["Ann Lee"])
    assert (event.start_datetime, event.end_datetime) == (START + 7 * 3600, START + 8 * 3600)
    assert (event.description, event.location) == (None, None)
    assert shown(new) == (AGENDA, 0)


def test_a_new_event_without_anything_is_now(new: StatefulCalendarApp) -> None:
    event = new.events[tap(new, "save")]
    assert (event.title, event.start_datetime, event.end_datetime) == ("Event", START, START + 3600)


def test_a_changed_event_is_saved_and_shown(edited: StatefulCalendarApp) -> None:
    before = edited.events["lunch"]
    tap(edited, "set_title", title="Brunch")
    tap(
        edited,
        "set_time_range",
        start_datetime="2025-01-07 11:00:00",
        end_datetime="2025-01-07 12:00:00",
    )
    assert tap(edited, "save") == "lunch"
    event = edited.events["lunch"]
    assert (event.title, event.start_strftime) == ("Brunch", "Tuesday, 2025-01-07 11:00:00")
    assert (event.tag, event.location, event.attendees) == (before.tag, before.location, before.attendees)
    assert list(edited.events) == ["lunch", "standup", "review"]
    assert shown(edited) == (DETAIL, 1)
    assert tap(edited, "refresh").title == "Brunch"


def test_what_was_emptied_is_empty_when_saved(edited: StatefulCalendarApp) -> None:
    tap(edited, "set_tag", tag=None)
    tap(edited, "set_location", location=None)
    tap(edited, "set_attendees", attendees=[])
    tap(edited, "save")
    event = edited.events["lunch"]
    assert (event.title, event.tag, event.location, event.attendees) == ("Lunch", None, None, [])


def test_saving_keeps_what_others_changed_meanwhile(edited: StatefulCalendarApp) -> None:
    tap(edited, "set_title", title="Brunch")
    edited.edit_calendar_event("lunch", title="Dinner", location="Bar", attendees=["Zoe"])
    tap(edited, "save")
    event = edited.events["lunch"]
    assert (event.title, event.location, event.attendees) == ("Brunch", "Bar", ["Zoe"])


def test_saving_without_a_change_changes_nothing(app: StatefulCalendarApp) -> None:
    app.events["lunch"].start_datetime += 0.25
    before = app.get_state()
    tap(app, "open_event_by_id", event_id="lunch")
    tap(app, "edit_event")
    assert tap(app, "save") == "lunch"
    assert app.get_state() == before


def test_a_change_that_no_longer_fits_is_refused(edited: StatefulCalendarApp) -> None:
    tap(
        edited,
        "set_time_range",
        start_datetime="2025-01-06 12:15:00",
        end_datetime="2025-01-06 12:30:00",
    )
    app_event = edited.events["lunch"]
    app_event.end_datetime = app_event.start_datetime
    assert "after its end" in refused(edited, "save")


def test_saving_what_is_gone_is_refused(edited: StatefulCalendarApp) -> None:
    edited.delete_calendar_event("lunch")
    assert "not in the calendar (any more); go back" in refused(edited, "save")
    assert tap(edited, "discard") == "draft_discarded"
    assert shown(edited) == (DETAIL, 1)


def test_a_draft_that_is_handed_over_keeps_what_it_leaves_out(app: StatefulCalendarApp) -> None:
    app.set_current_state(EditEvent(EditDraft(event_id="lunch", location="Bar")))
    assert tap(app, "save") == "lunch"
    event = app.events["lunch"]
    assert (event.title, event.location, event.tag) == ("Lunch", "Bar", "food")
    assert event.attendees == ["Ann Lee", "Bob Ray"]


def test_a_draft_is_discarded(edited: StatefulCalendarApp) -> None:
    tap(edited, "set_title", title="Brunch")
    written, before = edited.current_state, edited.get_state()
    assert tap(edited, "discard") == "draft_discarded"
    assert (written.draft, edited.get_state()) == (EditDraft(), before)
    assert shown(edited) == (DETAIL, 1)


def test_the_event_that_is_shown_after_saving_is_the_saved_one(opened: StatefulCalendarApp) -> None:
    opened.set_current_state(EditEvent())
    event_id = tap(opened, "save")
    assert tap(opened, "refresh").event_id == event_id
    assert shown(opened) == (DETAIL, 1)


def test_a_screen_that_nothing_led_to_leads_to_the_first(new: StatefulCalendarApp) -> None:
    new.navigation_stack.clear()
    tap(new, "save")
    assert shown(new) == (AGENDA, 0)


# --- recording ----------------------------------------------------------------------------------------------


def test_what_changes_data_is_a_write(opened: StatefulCalendarApp) -> None:
    found: dict[str, bool | None] = {}
    for state in (opened.create_root_state(), EventDetail("lunch"), EditEvent()):
        opened.set_current_state(state)
        found |= {tool.func_name: tool.write_operation for tool in state.get_available_actions()}
    writes = {"add_calendar_event_by_attendee", "delete", "delete_by_attendee", "save"}
    assert {name for name, changes in found.items() if changes} == writes
    assert None not in found.values()


def test_a_tap_is_recorded_with_its_arguments_and_screen(app: StatefulCalendarApp) -> None:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    view = app.current_state
    view.filter_by_tag("work")
    (event,) = events
    assert event.get_args()["tag"] == "work"
    assert (event.action.app, event.app_class_name()) == (app, "StatefulCalendarApp")
    assert event.action.args["self"] is view
    assert not event.failed()


def test_a_captured_tap_leads_nowhere(app: StatefulCalendarApp) -> None:
    captured: Callable[..., Any] = app.current_state.start_create_event
    with EventRegisterer.capture_mode():
        event = captured()
    assert event.event_type is EventType.ENV
    assert shown(app) == (AGENDA, 0)
