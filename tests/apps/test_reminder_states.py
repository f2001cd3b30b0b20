"""The screens of the reminder app: where taps lead, what they show, refuse and record."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from pare.apps.base import format_time
from pare.apps.checks import MAX_TEXT
from pare.apps.reminder import EditReminder, ReminderDetail, ReminderDraft, StatefulReminderApp
from pare.apps.reminder.model import InvalidRepetitionError
from pare.errors import InvalidValueError, NotFoundKeyError, ToolError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType, OperationType
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.toolbox import Toolbox

START = 1_736_154_000.0  # Monday 2025-01-06 09:00 UTC
LIST_TOOLS = [
    *("create_new", "list_all_reminders", "list_due_reminders", "list_upcoming_reminders", "open_reminder"),
]
DETAIL_TOOLS = ["delete", "edit", "go_back"]
EDIT_TOOLS = [
    *("cancel", "save", "set_description", "set_due_datetime", "set_repetition", "set_title", "go_back"),
]


def at(seconds: float) -> str:
    return format_time(START + seconds)


@pytest.fixture
def app() -> Iterator[StatefulReminderApp]:
    """Give an app with a reminder that is due, `Rent`, and one that will be, `Jog`."""
    with RunContext(seed=1, start_time=START).active():
        reminders = StatefulReminderApp(name="Reminders")
        reminders.add_reminder("Rent", at(0), "to Ann")
        reminders.add_reminder("Jog", at(60), "")
        yield reminders


def id_of(app: StatefulReminderApp, title: str) -> str:
    return next(key for key, reminder in app.reminders.items() if reminder.title == title)


def screen(app: StatefulReminderApp) -> tuple[str, int]:
    return type(app.current_state).__name__, len(app.navigation_stack)


def offered(app: StatefulReminderApp) -> list[str]:
    return [tool.func_name for tool in app.get_user_tools()]


def draft_of(app: StatefulReminderApp) -> ReminderDraft | None:
    return app.current_state.draft if isinstance(app.current_state, EditReminder) else None


def tap(app: StatefulReminderApp, name: str, **arguments: Any) -> Any:
    """Tap as a model does, having seen that the tap is recorded, as the user's, and nothing else is."""
    events: list[CompletedEvent] = []
    app.register_to_env("tap", events.append)
    try:
        return Toolbox(app.get_user_tools()).call(f"Reminders__{name}", arguments)
    finally:
        assert [(event.event_type, event.function_name()) for event in events] == [(EventType.USER, name)]


def refused(app: StatefulReminderApp, error: type[Exception], name: str, **arguments: Any) -> str:
    """Give the text of the error of a tap, having seen that it changed nothing."""
    before = app.get_state(), app.current_state, list(app.navigation_stack), draft_of(app)
    with pytest.raises(error) as caught:
        tap(app, name, **arguments)
    assert isinstance(caught.value, ToolError)
    assert (app.get_state(), app.current_state, app.navigation_stack, draft_of(app)) == before
    return str(caught.value)


def detail(app: StatefulReminderApp, title: str = "Rent") -> StatefulReminderApp:
    tap(app, "open_reminder", reminder_id=id_of(app, title))
    return app


def form(app: StatefulReminderApp, title: str = "Rent") -> StatefulReminderApp:
    tap(detail(app, title), "edit")
    return app


def new_form(app: StatefulReminderApp) -> StatefulReminderApp:
    tap(app, "create_new")
    return app


# --- the list -----------------------------------------------------------------------------------------------


def test_the_list_comes_first(app: StatefulReminderApp) -> None:
    assert screen(app) == ("ReminderList", 0)
    assert offered(app) == LIST_TOOLS


def test_lists_are_told_apart_by_the_time_now(app: StatefulReminderApp) -> None:
    shown = app.current_state
    assert [item.title for item in shown.list_all_reminders()] == ["Rent", "Jog"]
    assert [item.title for item in shown.list_due_reminders()] == ["Rent"]
    assert [item.title for item in shown.list_upcoming_reminders()] == ["Jog"]
    app.time_manager.advance_to(START + 60)
    assert [item.title for item in shown.list_due_reminders()] == ["Rent", "Jog"]
    assert shown.list_upcoming_reminders() == []
    assert screen(app) == ("ReminderList", 0)


def test_a_model_reads_in_the_lists_what_it_needs_to_open_a_reminder(app: StatefulReminderApp) -> None:
    rent, jog = app.reminders.values()
    assert tap(app, "list_all_reminders") == (
        f"Id: {rent.reminder_id}\nTitle: Rent\nDescription: to Ann\nDue date: 2025-01-06 09:00:00\n\n"
        f"Id: {jog.reminder_id}\nTitle: Jog\nDescription: \nDue date: 2025-01-06 09:01:00"
    )
    assert tap(app, "list_due_reminders").startswith(f"Id: {rent.reminder_id}\n")
    assert tap(app, "list_upcoming_reminders").startswith(f"Id: {jog.reminder_id}\n")
    app.delete_all_reminders()
    assert tap(app, "list_upcoming_reminders") == "There are none."


def test_what_a_list_shows_stays_as_it_was(app: StatefulReminderApp) -> None:
    shown = app.current_state.list_upcoming_reminders()
    shown[0].title = "changed"
    assert [item.title for item in app.reminders.values()] == ["Rent", "Jog"]


def test_opening_a_reminder_leads_to_it(app: StatefulReminderApp) -> None:
    reminder_id = id_of(app, "Rent")
    assert tap(app, "open_reminder", reminder_id=reminder_id) == app.get_reminder_with_id(reminder_id)
    assert screen(app) == ("ReminderDetail", 1)
    assert offered(app) == DETAIL_TOOLS


def test_a_reminder_that_is_not_there_is_not_opened(app: StatefulReminderApp) -> None:
    reminder_id = id_of(app, "Rent")
    assert reminder_id in refused(app, NotFoundKeyError, "open_reminder", reminder_id=reminder_id[:-1])
    refused(app, NotFoundKeyError, "open_reminder", reminder_id="")


# --- one reminder -------------------------------------------------------------------------------------------


def test_deleting_a_reminder_leads_to_the_list(app: StatefulReminderApp) -> None:
    reminder_id = id_of(app, "Rent")
    form(app)
    tap(app, "save")
    assert screen(app) == ("ReminderDetail", 3)
    assert tap(app, "delete") == f"Reminder {reminder_id} (Rent) was deleted."
    assert screen(app) == ("ReminderList", 0)
    assert [item.title for item in app.reminders.values()] == ["Jog"]


def test_deleting_a_reminder_deletes_its_repetitions(app: StatefulReminderApp) -> None:
    app.add_reminder("Tea", at(60), "", "week", 1)
    assert len(app.reminders) > 10
    tap(detail(app, "Tea"), "delete")
    assert [item.title for item in app.reminders.values()] == ["Rent", "Jog"]


def test_editing_leads_to_a_form_with_what_the_reminder_says(app: StatefulReminderApp) -> None:
    app.add_reminder("Tea", at(90), "green", "week", 2)
    assert tap(detail(app, "Tea"), "edit") == id_of(app, "Tea")
    assert screen(app) == ("EditReminder", 2)
    assert offered(app) == EDIT_TOOLS
    assert draft_of(app) == ReminderDraft("Tea", "green", "2025-01-06 09:01:30", "week", 2)


def test_going_back_leads_from_the_form_to_the_list(app: StatefulReminderApp) -> None:
    form(app)
    tap(app, "go_back")
    assert screen(app) == ("ReminderDetail", 1)
    tap(app, "go_back")
    assert screen(app) == ("ReminderList", 0)


# --- the form -----------------------------------------------------------------------------------------------


def test_a_new_reminder_starts_with_an_empty_form(app: StatefulReminderApp) -> None:
    shown = tap(app, "create_new")
    assert shown == draft_of(app) == ReminderDraft()
    assert shown is not draft_of(app)
    assert screen(app) == ("EditReminder", 1)
    assert offered(app) == EDIT_TOOLS
    assert len(app.reminders) == 2


def test_a_form_is_filled_in_tap_by_tap(app: StatefulReminderApp) -> None:
    new_form(app)
    shown = [
        tap(app, "set_title", title="Tea"),
        tap(app, "set_description", description="green"),
        tap(app, "set_due_datetime", due_datetime=at(90)),
        tap(app, "set_repetition", unit="week"),
        tap(app, "set_repetition", unit="day", value=2),
        tap(app, "set_repetition", unit=None),
        tap(app, "set_description", description=""),
    ]
    assert shown == [
        ReminderDraft("Tea"),
        ReminderDraft("Tea", "green"),
        ReminderDraft("Tea", "green", at(90)),
        ReminderDraft("Tea", "green", at(90), "week"),
        ReminderDraft("Tea", "green", at(90), "day", 2),
        ReminderDraft("Tea", "green", at(90)),
        ReminderDraft("Tea", "", at(90)),
    ]
    assert screen(app) == ("EditReminder", 1)
    assert len(app.reminders) == 2


def test_what_cannot_be_kept_does_not_get_into_the_form(app: StatefulReminderApp) -> None:
    form(app)
    refused(app, InvalidValueError, "set_title", title=" ")
    refused(app, InvalidValueError, "set_title", title="x" * (MAX_TEXT + 1))
    refused(app, InvalidValueError, "set_description", description="x" * (MAX_TEXT + 1))
    assert "YYYY-MM-DD" in refused(app, InvalidValueError, "set_due_datetime", due_datetime="tomorrow")
    refused(app, InvalidValueError, "set_due_datetime", due_datetime="")
    assert "'week'" in refused(app, InvalidRepetitionError, "set_repetition", unit="weekly")
    refused(app, InvalidRepetitionError, "set_repetition", unit="day", value=0)


def test_saving_a_new_reminder_adds_and_shows_it(app: StatefulReminderApp) -> None:
    new_form(app)
    tap(app, "set_title", title="Tea")
    tap(app, "set_due_datetime", due_datetime=at(90))
    reminder_id = tap(app, "save")
    reminder = app.reminders[reminder_id]
    assert (reminder.title, reminder.description, reminder.due_text) == ("Tea", "", at(90))
    assert (reminder.repetition_unit, reminder.repetition_value) == (None, 1)
    assert screen(app) == ("ReminderDetail", 2)
    assert app.current_state.reminder_id == reminder_id
    assert len(app.reminders) == 3


def test_saving_a_reminder_that_repeats_adds_its_repetitions(app: StatefulReminderApp) -> None:
    app.max_future_datetime = datetime(2025, 1, 9, 12, tzinfo=UTC)
    new_form(app)
    tap(app, "set_title", title="Tea")
    tap(app, "set_due_datetime", due_datetime=at(60))
    tap(app, "set_repetition", unit="day")
    reminder_id = tap(app, "save")
    assert list(app.reminders)[2:] == [reminder_id, *(f"{reminder_id}_rep_{number}" for number in (1, 2, 3))]


def test_saving_changes_a_reminder_and_shows_it(app: StatefulReminderApp) -> None:
    reminder_id = id_of(app, "Rent")
    form(app)
    tap(app, "set_title", title="Rent!")
    tap(app, "set_due_datetime", due_datetime=at(3600))
    assert tap(app, "save") == reminder_id
    reminder = app.reminders[reminder_id]
    assert (reminder.title, reminder.description, reminder.due_text) == ("Rent!", "to Ann", at(3600))
    assert screen(app) == ("ReminderDetail", 3)
    assert len(app.reminders) == 2


def test_a_form_that_is_not_complete_cannot_be_saved(app: StatefulReminderApp) -> None:
    new_form(app)
    assert "title" in refused(app, InvalidValueError, "save")
    tap(app, "set_title", title="Tea")
    assert "YYYY-MM-DD" in refused(app, InvalidValueError, "save")


def test_cancelling_a_new_reminder_leads_to_the_list(app: StatefulReminderApp) -> None:
    new_form(app)
    tap(app, "set_title", title="Tea")
    assert "not added" in tap(app, "cancel")
    assert screen(app) == ("ReminderList", 0)
    assert len(app.reminders) == 2


def test_cancelling_a_change_leads_to_the_reminder(app: StatefulReminderApp) -> None:
    reminder_id = id_of(app, "Rent")
    form(app)
    tap(app, "set_title", title="changed")
    assert "not changed" in tap(app, "cancel")
    assert screen(app) == ("ReminderDetail", 3)
    assert isinstance(app.current_state, ReminderDetail)
    assert app.current_state.reminder_id == reminder_id
    assert app.reminders[reminder_id].title == "Rent"


def test_forms_share_no_draft(app: StatefulReminderApp) -> None:
    new_form(app)
    tap(app, "set_title", title="Tea")
    tap(app, "go_back")
    assert draft_of(new_form(app)) == ReminderDraft()


def test_a_form_keeps_its_draft_while_another_screen_is_shown(app: StatefulReminderApp) -> None:
    form(app)
    tap(app, "set_title", title="changed")
    tap(app, "cancel")
    tap(app, "go_back")
    assert draft_of(app) == ReminderDraft("changed", "to Ann", at(0), None, 1)


def test_a_form_for_a_reminder_that_never_was_is_empty(app: StatefulReminderApp) -> None:
    app.set_current_state(EditReminder("nobody"))
    assert draft_of(app) == ReminderDraft()


# --- reminders that are gone --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["edit", "delete"])
def test_a_reminder_that_is_gone_can_only_be_left(app: StatefulReminderApp, name: str) -> None:
    detail(app).delete_all_reminders()
    assert refused(app, NotFoundKeyError, name).endswith("go back")
    tap(app, "go_back")
    assert screen(app) == ("ReminderList", 0)


@pytest.mark.parametrize("name", ["save", "cancel"])
def test_a_form_for_a_reminder_that_is_gone_can_only_be_left(app: StatefulReminderApp, name: str) -> None:
    form(app).delete_all_reminders()
    assert refused(app, NotFoundKeyError, name).endswith("go back")
    tap(app, "go_back")
    assert screen(app) == ("ReminderDetail", 1)


# --- state, records, roles ----------------------------------------------------------------------------------


def test_loading_a_state_shows_the_list_and_is_the_identity(app: StatefulReminderApp) -> None:
    app.add_reminder("Tea", at(60), "green", "month", 1)
    saved = app.get_state()
    with RunContext(seed=2, start_time=START).active():
        other = StatefulReminderApp(name="Reminders")
    other.add_reminder("Old", at(0), "")
    form(other, "Old").load_state(saved)
    assert other.get_state() == saved
    assert screen(other) == ("ReminderList", 0)


def test_resetting_forgets_all_and_shows_the_list(app: StatefulReminderApp) -> None:
    form(app).reset()
    assert app.get_state() == {"reminders": {}}
    assert screen(app) == ("ReminderList", 0)


def test_writes_are_what_is_published_as_such(app: StatefulReminderApp) -> None:
    def writes() -> set[str]:
        return {tool.func_name for tool in app.get_user_tools() if tool.write_operation}

    assert writes() == {"create_new"}
    detail(app)
    assert writes() == {"edit", "delete"}
    tap(app, "edit")
    assert writes() == {"save", "set_description", "set_due_datetime", "set_repetition", "set_title"}


def test_a_tap_is_recorded_with_its_screen_and_operation(app: StatefulReminderApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    at_form = form(app).current_state
    tap(app, "save")
    action = events[-1].action
    assert (action.app, action.class_name, action.app_name) == (app, "StatefulReminderApp", "Reminders")
    assert action.args == {"self": at_form}
    assert action.operation_type is OperationType.WRITE


def test_a_recorded_draft_is_not_changed_by_later_taps(app: StatefulReminderApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    new_form(app)
    tap(app, "set_title", title="Tea")
    tap(app, "set_title", title="Coffee")
    assert [event.metadata.return_value.title for event in events] == ["", "Tea", "Coffee"]


def test_a_planned_tap_is_not_made(app: StatefulReminderApp) -> None:
    detail(app)
    with EventRegisterer.capture_mode():
        event = app.current_state.delete()
    assert isinstance(event, Event)
    assert event.event_type is EventType.ENV
    assert screen(app) == ("ReminderDetail", 1)
    assert len(app.reminders) == 2


def test_the_agents_calls_are_the_agents_and_move_no_screen(app: StatefulReminderApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    reminder_id = id_of(app, "Rent")
    app.update_reminder(reminder_id, "Rent", "", at(0), None, None)
    app.delete_reminder(reminder_id)
    assert [event.event_type for event in events] == [EventType.AGENT, EventType.AGENT]
    assert screen(app) == ("ReminderList", 0)
