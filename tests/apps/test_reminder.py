from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from pare.apps.base import format_time
from pare.apps.checks import MAX_TEXT
from pare.apps.reminder import EditableReminderApp, Reminder, ReminderApp
from pare.apps.reminder.model import InvalidRepetitionError, moment_after
from pare.apps.system import SystemApp
from pare.errors import InvalidValueError, NotFoundError, NotFoundKeyError
from pare.kernel.enums import EventType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.notifications import AGENT, USER, NotificationSystem
from pare.rng import derive_rng
from pare.tools.toolbox import Toolbox

START = 1_736_154_000.0  # Monday 2025-01-06 09:00 UTC


def reminders(cls: type[ReminderApp] = ReminderApp, **fields: Any) -> ReminderApp:
    with RunContext(seed=1, start_time=START).active():
        return cls(name="Reminders", **fields)


def editable() -> EditableReminderApp:
    app = reminders(EditableReminderApp)
    assert isinstance(app, EditableReminderApp)
    return app


def at(seconds: float) -> str:
    return format_time(START + seconds)


def dues(app: ReminderApp) -> list[str]:
    return [f"{reminder.due_datetime:%m-%d}" for reminder in app.reminders.values()]


def environment(app: ReminderApp) -> tuple[Environment, NotificationSystem]:
    notifications = NotificationSystem()
    env = Environment(EnvironmentConfig(start_time=START, duration=None), notification_system=notifications)
    env.register_apps([app, SystemApp()])
    return env, notifications


def heard(notifications: NotificationSystem) -> list[tuple[float, str]]:
    """List (seconds after the start, title) of the reminders that were heard."""
    messages = notifications.inbox(AGENT).list_view()
    return [
        (message.timestamp.timestamp() - START, line.removeprefix("Title: "))
        for message in messages
        for line in message.message.splitlines()
        if line.startswith("Title: ")
    ]


# -- the data --------------------------------------------------------------------------------------


def test_reminder_reads_as_text_and_is_in_utc() -> None:
    zone = timezone(timedelta(hours=2))
    reminder = Reminder("r", "Rent", datetime(2025, 1, 6, 11, tzinfo=zone), "to Ann")
    assert str(reminder) == "Title: Rent\nDescription: to Ann\nDue date: 2025-01-06 09:00:00"
    assert reminder.due_datetime == datetime.fromtimestamp(START, UTC)
    assert Reminder("r", "Rent", datetime(2025, 1, 6, 9), "").due_datetime == reminder.due_datetime  # noqa: DTZ001
    assert not reminder.already_notified
    reminder.time_notified = START
    assert reminder.already_notified


@pytest.mark.parametrize(
    ("first", "amount", "unit", "expected"),
    [
        ("2025-01-31", 1, "month", "2025-02-28"),
        ("2025-01-31", 2, "month", "2025-03-31"),
        ("2023-11-30", 3, "month", "2024-02-29"),
        ("2025-12-15", 1, "month", "2026-01-15"),
        ("2025-01-15", 23, "month", "2026-12-15"),
        ("2025-01-31", 2, "week", "2025-02-14"),
        ("2025-01-31", 48, "hour", "2025-02-02"),
        ("9999-12-31", 1, "month", None),
        ("9999-12-31", 1, "day", None),
        ("2025-01-31", 10**30, "second", None),
        ("2025-01-31", 10**30, "month", None),
    ],
)
def test_calendar_arithmetic(first: str, amount: int, unit: str, expected: str | None) -> None:
    moment = moment_after(datetime.fromisoformat(first).replace(tzinfo=UTC), amount, unit)
    assert moment == (None if expected is None else datetime.fromisoformat(expected).replace(tzinfo=UTC))


# -- adding ----------------------------------------------------------------------------------------


def test_add_reminder_gives_its_seeded_id_and_is_recorded() -> None:
    app, twin = reminders(), reminders()
    events: list[Any] = []
    app.register_to_env("test", events.append)
    reminder_id = app.add_reminder("Rent", at(60), "to Ann")
    assert reminder_id == twin.add_reminder("Other", at(5), "")
    assert app.reminders == {
        reminder_id: Reminder(reminder_id, "Rent", datetime.fromtimestamp(START + 60, UTC), "to Ann")
    }
    (event,) = events
    assert (event.event_type, event.function_name()) == (EventType.AGENT, "add_reminder")
    assert event.metadata.return_value == reminder_id
    assert event.action.arguments() == {
        "title": "Rent",
        "due_datetime": at(60),
        "description": "to Ann",
        "repetition_unit": None,
        "repetition_value": 1,
    }


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"title": ""}, "title"),
        ({"title": 5}, "title.*int"),
        ({"title": "x" * (MAX_TEXT + 1)}, str(MAX_TEXT)),
        ({"description": "x" * (MAX_TEXT + 1)}, str(MAX_TEXT)),
        ({"due_datetime": "tomorrow"}, "YYYY-MM-DD"),
        ({"due_datetime": "2025-02-30 10:00:00"}, "YYYY-MM-DD"),
        ({"repetition_unit": "days"}, "Did you mean 'day'"),
        ({"repetition_unit": ""}, "Units: second, minute"),
        ({"repetition_unit": "day", "repetition_value": 0}, "not every 0"),
        ({"repetition_unit": "day", "repetition_value": -3}, "not every -3"),
        ({"repetition_unit": "day", "repetition_value": 1.5}, "not every 1.5"),
    ],
)
@pytest.mark.parametrize("tool", ["add_reminder", "update_reminder"])
def test_what_cannot_be_a_reminder_is_refused(tool: str, values: dict[str, Any], text: str) -> None:
    app = editable()
    known = app.add_reminder("Rent", at(60), "to Ann", "day")
    before, drawn = app.get_state(), app.rng.getstate()
    good = {"title": "T", "due_datetime": at(1), "description": "D"}
    good |= {"repetition_unit": None, "repetition_value": 1}
    given: dict[str, Any] = good | values | ({"reminder_id": known} if tool == "update_reminder" else {})
    with pytest.raises(InvalidValueError, match=text):
        getattr(app, tool)(**given)
    assert app.get_state() == before
    assert app.rng.getstate() == drawn


def test_bad_repetition_is_an_assertion_error_too() -> None:
    assert issubclass(InvalidRepetitionError, AssertionError)


# -- repetitions -----------------------------------------------------------------------------------


def test_repetitions_are_flat_and_end_after_twelve_weeks() -> None:
    app = reminders()
    first = app.add_reminder("Jog", at(0), "", "week", 2)
    assert list(app.reminders) == [first, *(f"{first}_rep_{number}" for number in range(1, 6))]
    assert dues(app) == ["01-06", "01-20", "02-03", "02-17", "03-03", "03-17"]
    assert {reminder.repetition_unit for reminder in app.reminders.values()} == {"week"}


def test_monthly_repetitions_keep_to_the_end_of_the_month() -> None:
    app = reminders(max_future_datetime=datetime(2025, 7, 1))  # noqa: DTZ001 - taken to be in UTC
    app.add_reminder("Rent", "2025-01-31 08:00:00", "", "month", None)
    assert dues(app) == ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30"]


def test_there_are_at_most_so_many_repetitions() -> None:
    app = reminders()
    app.add_reminder("Breathe", at(0), "", "second")
    assert len(app.reminders) == 101
    few = reminders(max_reminder_repetitions=2)
    few.add_reminder("Breathe", at(0), "", "second")
    assert len(few.reminders) == 3


def test_repetition_beyond_the_calendar_is_none() -> None:
    app = reminders(max_future_datetime=datetime.max.replace(tzinfo=UTC))
    app.add_reminder("Late", "9999-12-31 00:00:00", "", "day")
    assert len(app.reminders) == 1


def test_next_repetition_can_be_added() -> None:
    app = reminders(max_reminder_repetitions=1)
    first = app.add_reminder("Jog", at(0), "", "week")
    app.max_reminder_repetitions = 3
    assert app.add_reminder_repetition(first) == f"{first}_rep_2"
    assert app.add_reminder_repetition(f"{first}_rep_1") == f"{first}_rep_3"
    assert app.add_reminder_repetition(first) is None
    assert dues(app) == ["01-06", "01-13", "01-20", "01-27"]


def test_repetition_of_what_does_not_repeat_is_refused() -> None:
    app = reminders()
    once = app.add_reminder("Once", at(0), "")
    with pytest.raises(InvalidRepetitionError, match="does not repeat"):
        app.add_reminder_repetition(once)
    with pytest.raises(NotFoundError):
        app.add_reminder_repetition("nothing")


# -- deleting --------------------------------------------------------------------------------------


def test_deleting_a_reminder_deletes_its_repetitions() -> None:
    app = reminders()
    daily, other = app.add_reminder("Jog", at(0), "", "day"), app.add_reminder("Rent", at(0), "")
    app.delete_reminder(f"{daily}_rep_7")
    assert f"{daily}_rep_7" not in app.reminders
    app.delete_reminder(daily)
    assert list(app.reminders) == [other]


def test_only_repetitions_are_deleted_along() -> None:
    names = ["rent", "rent_rep_1", "rent_rep_1_rep_1", "rent_rep_", "rent_rep_air", "rent2_rep_1"]
    due = datetime.fromtimestamp(START, UTC)
    app = reminders(reminders={name: Reminder(name, name, due, "") for name in names})
    app.delete_reminder("rent")
    assert list(app.reminders) == names[3:]


def test_unknown_reminder_is_refused_with_the_nearest_id() -> None:
    app = reminders()
    reminder_id = app.add_reminder("Rent", at(0), "")
    with pytest.raises(NotFoundError, match=f"Did you mean '{reminder_id}'") as caught:
        app.delete_reminder(reminder_id[:-1])
    assert isinstance(caught.value, ValueError)
    with pytest.raises(NotFoundError):
        app.delete_reminder("")
    assert list(app.reminders) == [reminder_id]


def test_all_reminders_are_deleted() -> None:
    app = reminders()
    app.add_reminder("Jog", at(0), "", "day")
    app.delete_all_reminders()
    app.delete_all_reminders()
    assert app.reminders == {}


# -- looking ---------------------------------------------------------------------------------------


def test_due_reminders_are_those_whose_time_has_come() -> None:
    app = reminders()
    for title, seconds in (("later", 61), ("now", 60), ("before", -5)):
        app.add_reminder(title, at(seconds), "")
    app.time_manager.add_offset(60)
    assert [reminder.title for reminder in app.get_due_reminders()] == ["now", "before"]
    assert [reminder.title for reminder in app.get_all_reminders()] == ["later", "now", "before"]


def test_what_was_looked_at_does_not_change_afterwards() -> None:
    app = reminders()
    app.add_reminder("Rent", at(60), "")
    (seen,) = app.get_all_reminders()
    seen.title = "changed"
    assert app.get_all_reminders()[0].title == "Rent"


def test_model_reads_reminders_as_text() -> None:
    app = reminders()
    first = app.add_reminder("Rent", at(0), "to Ann")
    second = app.add_reminder("Jog", at(60), "")
    assert Toolbox(app.get_tools()).call("Reminders__get_all_reminders") == (
        f"Id: {first}\nTitle: Rent\nDescription: to Ann\nDue date: 2025-01-06 09:00:00\n\n"
        f"Id: {second}\nTitle: Jog\nDescription: \nDue date: 2025-01-06 09:01:00"
    )


def test_tools_by_role() -> None:
    app = reminders()
    names = [
        "add_reminder",
        "delete_reminder",
        "delete_all_reminders",
        "get_due_reminders",
        "get_all_reminders",
    ]
    assert [tool.func_name for tool in app.get_tools()] == names
    assert [tool.write_operation for tool in app.get_tools()] == [True, True, True, False, False]
    assert app.get_user_tools() == app.get_env_tools() == app.get_data_tools() == []
    assert [tool.func_name for tool in editable().get_tools()] == ["update_reminder", *names]
    assert app.get_current_time()["current_weekday"] == "Monday"
    assert ReminderApp().name == "ReminderApp"


def test_captured_reminder_is_planned_and_not_added() -> None:
    app = reminders()
    with EventRegisterer.capture_mode():
        event = app.add_reminder("Rent", at(60), "")
    assert isinstance(event, Event)
    assert app.reminders == {}


# -- changing --------------------------------------------------------------------------------------


def test_update_makes_repetitions_anew_and_is_the_agents_call() -> None:
    app = editable()
    reminder_id = app.add_reminder("Jog", at(0), "", "week")
    events: list[Any] = []
    app.register_to_env("test", events.append)
    assert app.update_reminder(reminder_id, "Run", "fast", at(60), "month", 1) == reminder_id
    assert {reminder.title for reminder in app.reminders.values()} == {"Run"}
    assert dues(app) == ["01-06", "02-06", "03-06"]
    assert [(e.event_type, e.function_name()) for e in events] == [(EventType.AGENT, "update_reminder")]
    app.update_reminder(reminder_id, "Run", "fast", at(60), None, None)
    assert list(app.reminders) == [reminder_id]


def test_update_of_a_repetition_changes_only_that_one() -> None:
    app = editable()
    first = app.add_reminder("Jog", at(0), "", "week", 4)
    app.update_reminder(f"{first}_rep_1", "Run", "", at(0), "week", 1)
    assert [reminder.title for reminder in app.reminders.values()] == ["Jog", "Run", "Jog"]


def test_update_of_an_unknown_reminder_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no reminder with the id 'x'"):
        editable().update_reminder("x", "Run", "", at(0), None, None)


def test_reminder_by_id() -> None:
    app = editable()
    reminder_id = app.add_reminder("Jog", at(0), "")
    assert app.get_reminder_with_id(reminder_id) == app.reminders[reminder_id]
    with pytest.raises(NotFoundKeyError, match="no reminder with the id 'x'") as caught:
        app.get_reminder_with_id("x")
    assert isinstance(caught.value, KeyError)


# -- state -----------------------------------------------------------------------------------------


def test_state_holds_everything_and_is_taken_over_as_it_was() -> None:
    app = reminders()
    reminder_id = app.add_reminder("Jog", at(0), "slowly", "month", 2)
    app.reminders[reminder_id].time_notified = START + 1
    state = app.get_state()
    assert state["reminders"][reminder_id] == {
        "reminder_id": reminder_id,
        "title": "Jog",
        "due_datetime": "2025-01-06T09:00:00+00:00",
        "description": "slowly",
        "repetition_unit": "month",
        "repetition_value": 2,
        "time_notified": START + 1,
    }
    other = reminders()
    other.add_reminder("forgotten", at(0), "")
    other.load_state(state)
    assert other.get_state() == state
    assert other.reminders == app.reminders


def test_state_survives_many_operations() -> None:
    rng, app = derive_rng("operations"), editable()
    for step in range(200):
        ids = list(app.reminders)
        chosen = rng.choice(ids) if ids else None
        if chosen is None or rng.random() < 0.4:
            app.add_reminder(f"t{step}", at(step), "", rng.choice([None, "week", "month"]), rng.randint(1, 9))
        elif rng.random() < 0.5:
            app.delete_reminder(chosen)
        else:
            app.update_reminder(chosen, "u", "", at(-step), rng.choice([None, "day"]), 30)
        other = editable()
        other.load_state(app.get_state())
        assert other.get_state() == app.get_state()


def test_state_may_leave_out_what_has_a_default() -> None:
    app = reminders()
    app.load_state({"reminders": {"r": {"title": "Rent", "due_datetime": "2025-01-06T09:00:00Z"}}})
    assert app.reminders == {"r": Reminder("r", "Rent", datetime.fromtimestamp(START, UTC), "")}
    app.load_state({})
    assert app.reminders == {}


@pytest.mark.parametrize("due", [{}, {"due_datetime": "soon"}, {"due_datetime": 5}])
def test_state_without_a_due_time_is_refused(due: dict[str, Any]) -> None:
    app = reminders()
    app.add_reminder("Rent", at(0), "")
    with pytest.raises(InvalidValueError, match="'r' is due at"):
        app.load_state({"reminders": {"r": {"title": "Rent", **due}}})
    assert len(app.reminders) == 1


def test_reminders_of_scenario_code_are_not_shared() -> None:
    mine = Reminder("r", "Rent", datetime.fromtimestamp(START, UTC), "")
    given = {"r": mine}
    app = reminders(reminders=given)
    app.reminders["r"].title = "changed"
    app.delete_all_reminders()
    assert (given, mine.title) == ({"r": mine}, "Rent")


# -- alarms ----------------------------------------------------------------------------------------


def test_due_reminder_is_heard_by_both_and_not_logged() -> None:
    app = reminders()
    reminder_id = app.add_reminder("Rent", at(60), "to Ann")
    env, notifications = environment(app)
    env.start()
    env.advance(START + 59)
    assert heard(notifications) == []
    env.advance(START + 100)
    for reader in (AGENT, USER):
        (message,) = notifications.inbox(reader).read()
        assert message.message == (
            "Reminders: a reminder is due.\nTitle: Rent\nDescription: to Ann\nDue date: 2025-01-06 09:01:00"
        )
        assert message.timestamp.timestamp() == START + 60
    assert app.reminders[reminder_id].time_notified == START + 60
    assert len(env.event_log) == 0


def test_reminder_ends_a_wait() -> None:
    app = reminders()
    app.add_reminder("Rent", at(60), "")
    env, notifications = environment(app)
    env.start()
    env.get_app("SystemApp").wait_for_notification(600)
    assert env.current_time == START + 60
    assert heard(notifications) == [(60, "Rent")]


def test_reminder_is_a_reason_to_move_the_clock() -> None:
    app = reminders()
    app.add_reminder("Rent", at(3600), "")
    env, notifications = environment(app)
    env.start()
    env.join()
    assert heard(notifications) == [(3600, "Rent")]
    assert env.end_reason == "no_events"


def test_past_reminders_are_heard_at_once_unless_they_were() -> None:
    app = reminders(max_reminder_repetitions=2)
    old = app.add_reminder("old", at(-100), "")
    app.add_reminder("b", at(-10), "")
    app.add_reminder("a", at(-20), "", "minute")
    app.reminders[old].time_notified = START - 100
    env, notifications = environment(app)
    env.start()
    env.tick()
    assert heard(notifications) == [(0, "a"), (0, "b")]
    env.advance(START + 1000)
    assert heard(notifications) == [(0, "a"), (0, "b"), (40, "a"), (100, "a")]


def test_reminder_that_is_added_while_running_is_heard() -> None:
    app = reminders()
    env, notifications = environment(app)
    env.start()
    app.add_reminder("Rent", at(60), "")
    app.add_reminder("Late", at(-60), "")
    env.advance(START + 100)
    assert heard(notifications) == [(0, "Late"), (60, "Rent")]


def test_deleted_reminder_is_not_heard_and_holds_nothing_up() -> None:
    app = reminders()
    gone = app.add_reminder("Gone", at(60), "", "minute")
    env, notifications = environment(app)
    env.start()
    app.delete_reminder(gone)
    assert not env.has_reason()
    app.add_reminder("Popped", at(60), "")
    app.reminders.clear()
    env.advance(START + 9000)
    assert heard(notifications) == []


def test_changed_reminder_is_heard_at_its_new_time_only() -> None:
    app = editable()
    reminder_id = app.add_reminder("Rent", at(60), "")
    env, notifications = environment(app)
    env.start()
    app.update_reminder(reminder_id, "Rent!", "", at(90), None, None)
    env.advance(START + 100)
    assert heard(notifications) == [(90, "Rent!")]
    app.update_reminder(reminder_id, "Rent?", "", at(90), None, None)
    env.advance(START + 200)
    assert len(heard(notifications)) == 1
    app.update_reminder(reminder_id, "Rent", "", at(300), None, None)
    env.advance(START + 400)
    assert heard(notifications) == [(90, "Rent!"), (300, "Rent")]


def test_loaded_and_reset_reminders_take_their_alarms_along() -> None:
    app = reminders()
    app.add_reminder("Rent", at(60), "")
    state = app.get_state()
    env, notifications = environment(app)
    env.start()
    app.reset()
    assert (app.reminders, app.max_reminder_repetitions, app.name) == ({}, 100, "Reminders")
    assert not env.has_reason()
    app.load_state(state)
    app.load_state(state)
    env.advance(START + 100)
    assert heard(notifications) == [(60, "Rent")]


def test_copy_is_not_connected() -> None:
    app = reminders()
    app.add_reminder("Rent", at(60), "")
    env, notifications = environment(app)
    env.start()
    copy = deepcopy(app)
    copy.add_reminder("Copy", at(30), "")
    copy.delete_all_reminders()
    env.advance(START + 100)
    assert heard(notifications) == [(60, "Rent")]


def test_planned_reminder_is_heard_after_it_was_added() -> None:
    app = reminders()
    env, notifications = environment(app)
    with EventRegisterer.capture_mode():
        plan: Any = app.add_reminder("Rent", at(20), "")
    env.schedule(plan.depends_on(None, 20))
    env.start()
    env.join()
    assert heard(notifications) == [(20, "Rent")]
    assert [event.function_name() for event in env.event_log.list_view()] == ["add_reminder"]
