"""The reminder app: its tools, and the alarms at which reminders make themselves heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pare.apps.base import App, get_state_dict
from pare.apps.checks import nearest_id
from pare.apps.navigation import StatefulApp
from pare.apps.reminder.model import Reminder, as_text, as_utc, load_reminder, read_reminder
from pare.apps.system import describe_time
from pare.errors import NotFoundError, NotFoundKeyError
from pare.kernel.enums import OperationType
from pare.kernel.host import AppHost
from pare.kernel.queue import Alarm
from pare.kernel.recording import event_registered
from pare.tools.markers import app_tool

HORIZON = timedelta(weeks=12)
"""How far ahead repetitions are made, unless an app says otherwise."""

_MARK = "_rep_"


@dataclass(eq=False, repr=False)
class ReminderApp(App):
    """Reminders by id, in the order in which they were added.

    A reminder that repeats is followed by its repetitions, reminders of their own with the ids
    ``<id>_rep_1``, ``<id>_rep_2`` and so on: `max_reminder_repetitions` at most, all due before
    `max_future_datetime` (12 weeks from the simulated time at which they are made, if that is None).
    """

    name: str | None = None  # type: ignore[assignment]  # published: None asks for the class's name
    reminders: dict[str, Reminder] = field(default_factory=dict)
    max_future_datetime: datetime | None = None
    max_reminder_repetitions: int = 100

    def __post_init__(self) -> None:
        super().__init__(self.name)
        self.reminders = {key: replace(reminder) for key, reminder in self.reminders.items()}
        self._alarms: dict[str, Alarm] = {}

    # -- set-up and state -------------------------------------------------------------------------

    def connect_to_host(self, host: AppHost) -> None:
        """Ask the environment for an alarm for every reminder that has not been heard."""
        super().connect_to_host(host)
        self._set_alarms()

    def get_state(self) -> dict[str, Any]:
        """Give the reminders as plain data; due times are ISO text."""
        return get_state_dict(self, ["reminders"])

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, in place of all reminders."""
        states = state_dict.get("reminders") or {}
        self.reminders = {key: load_reminder(key, data) for key, data in states.items()}
        self._set_alarms()

    def reset(self) -> None:
        """Forget all reminders."""
        super().reset()
        self._set_alarms()

    def __getstate__(self) -> dict[str, Any]:
        """Copy everything but the connection to an environment."""
        return {**super().__getstate__(), "_alarms": {}}

    # -- tools ------------------------------------------------------------------------------------

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def add_reminder(
        self,
        title: str,
        due_datetime: str,
        description: str,
        repetition_unit: str | None = None,
        repetition_value: int | None = 1,
    ) -> str:
        """Add a reminder, which sends a notification when it is due.

        :param title: what it is about, in a few words
        :param due_datetime: when it is due, as YYYY-MM-DD HH:MM:SS in UTC
        :param description: the details; may be empty
        :param repetition_unit: second, minute, hour, day, week or month for a reminder that repeats;
            leave it out for one that does not
        :param repetition_value: how many of these units lie between two repetitions, 1 by default
        :returns: the id of the reminder
        """
        reminder = read_reminder(title, due_datetime, description, repetition_unit, repetition_value)
        reminder.reminder_id = self.new_id()
        self._put_series(reminder)
        return reminder.reminder_id

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def delete_reminder(self, reminder_id: str) -> None:
        """Delete a reminder and, if it repeats, all its repetitions.

        :param reminder_id: the id of the reminder
        """
        self._find(reminder_id)
        for found in [reminder_id, *self._repetitions_of(reminder_id)]:
            self._drop(found)

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def delete_all_reminders(self) -> None:
        """Delete all reminders and all their repetitions."""
        for reminder_id in list(self.reminders):
            self._drop(reminder_id)

    @app_tool(llm_formatter=as_text)
    @event_registered(operation_type=OperationType.READ)
    def get_due_reminders(self) -> list[Reminder]:
        """Get the reminders that are due now or were due before.

        :returns: the reminders, in the order in which they were added
        """
        moment = datetime.fromtimestamp(self.now(), UTC)
        return [replace(reminder) for reminder in self.reminders.values() if reminder.due_datetime <= moment]

    @app_tool(llm_formatter=as_text)
    @event_registered(operation_type=OperationType.READ)
    def get_all_reminders(self) -> list[Reminder]:
        """Get all reminders, past and future ones, repetitions included.

        :returns: the reminders, in the order in which they were added
        """
        return [replace(reminder) for reminder in self.reminders.values()]

    # -- for scenarios ----------------------------------------------------------------------------

    def add_reminder_repetition(self, reminder_id: str) -> str | None:
        """Add the next repetition of a reminder and give its id; None if it would lie too far ahead.

        Raises:
            NotFoundError: there is no such reminder.
            InvalidRepetitionError: it does not repeat.
        """
        first = self._find(self._first_of(reminder_id))
        numbers = [int(found.rpartition(_MARK)[2]) for found in self._repetitions_of(first.reminder_id)]
        repetition = self._repetition(first, max(numbers, default=0) + 1)
        if repetition is None:
            return None
        self._put(repetition)
        return repetition.reminder_id

    def get_current_time(self) -> dict[str, Any]:
        """Give the simulated time as a number, as text, and with its day of the week."""
        return describe_time(self.now())

    # -- repetitions ------------------------------------------------------------------------------

    def _find(self, reminder_id: str) -> Reminder:
        if reminder_id not in self.reminders:
            raise NotFoundError(_unknown(reminder_id, self.reminders))
        return self.reminders[reminder_id]

    def _put_series(self, reminder: Reminder) -> None:
        self._put(reminder)
        if reminder.repetition_unit is not None:
            for repetition in self._series(reminder):
                self._put(repetition)

    def _series(self, first: Reminder) -> Iterator[Reminder]:
        number = 1
        while (repetition := self._repetition(first, number)) is not None:
            yield repetition
            number += 1

    def _repetition(self, first: Reminder, number: int) -> Reminder | None:
        due = first.repeated(number)
        if due is None or due >= self._horizon() or number > self.max_reminder_repetitions:
            return None
        reminder_id = f"{first.reminder_id}{_MARK}{number}"
        return replace(first, reminder_id=reminder_id, due_datetime=due, time_notified=None)

    def _horizon(self) -> datetime:
        if self.max_future_datetime is not None:
            return as_utc(self.max_future_datetime)
        return datetime.fromtimestamp(self.now(), UTC) + HORIZON

    def _repetitions_of(self, reminder_id: str) -> list[str]:
        start = f"{reminder_id}{_MARK}"
        found = (key for key in self.reminders if key.startswith(start))
        return [key for key in found if key[len(start) :].replace(_MARK, "").isdecimal()]

    def _first_of(self, reminder_id: str) -> str:
        first, mark, number = reminder_id.rpartition(_MARK)
        return first if mark and number.isdecimal() and first in self.reminders else reminder_id

    # -- alarms -----------------------------------------------------------------------------------

    def _put(self, reminder: Reminder) -> None:
        self.reminders[reminder.reminder_id] = reminder
        self._set_alarm(reminder)

    def _drop(self, reminder_id: str) -> None:
        del self.reminders[reminder_id]
        self._cancel_alarm(reminder_id)

    def _set_alarms(self) -> None:
        for reminder_id in list(self._alarms):
            self._cancel_alarm(reminder_id)
        for reminder in self.reminders.values():
            self._set_alarm(reminder)

    def _set_alarm(self, reminder: Reminder) -> None:
        self._cancel_alarm(reminder.reminder_id)
        if self.host is None or reminder.already_notified:
            return
        label = f"REMINDER-{self.name}-{reminder.due_datetime.isoformat()}-{reminder.reminder_id}"
        ring = partial(self._ring, reminder.reminder_id)
        self._alarms[reminder.reminder_id] = self.host.call_at(reminder.due_datetime.timestamp(), ring, label)

    def _cancel_alarm(self, reminder_id: str) -> None:
        alarm = self._alarms.pop(reminder_id, None)
        if alarm is not None:
            alarm.cancel()

    def _ring(self, reminder_id: str) -> None:
        self._alarms.pop(reminder_id, None)
        reminder = self.reminders.get(reminder_id)
        if reminder is None or self.host is None:
            return
        reminder.time_notified = self.now()
        self.host.post_notice(f"{self.name}: a reminder is due.\n{reminder}")


@dataclass(eq=False, repr=False)
class EditableReminderApp(ReminderApp):
    """Reminders that can be changed after they were added."""

    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def update_reminder(
        self,
        reminder_id: str,
        title: str,
        description: str,
        due_datetime: str,
        repetition_unit: str | None,
        repetition_value: int | None,
    ) -> str:
        """Change a reminder; its repetitions are made anew. Give all values, also those that stay.

        :param reminder_id: the id of the reminder; with the id of a repetition, only that one changes
        :param title: what it is about, in a few words
        :param description: the details; may be empty
        :param due_datetime: when it is due, as YYYY-MM-DD HH:MM:SS in UTC
        :param repetition_unit: second, minute, hour, day, week or month, or null if it does not repeat
        :param repetition_value: how many of these units lie between two repetitions, or null for 1
        :returns: the id of the reminder
        """
        old = self._find(reminder_id)
        reminder = read_reminder(title, due_datetime, description, repetition_unit, repetition_value)
        reminder.reminder_id = reminder_id
        if reminder.due_datetime == old.due_datetime:
            reminder.time_notified = old.time_notified
        if self._first_of(reminder_id) != reminder_id:
            self._put(reminder)
            return reminder_id
        for repetition in self._repetitions_of(reminder_id):
            self._drop(repetition)
        self._put_series(reminder)
        return reminder_id

    def get_reminder_with_id(self, reminder_id: str) -> Reminder:
        """Give a reminder.

        Raises:
            NotFoundKeyError: there is no such reminder.
        """
        if reminder_id not in self.reminders:
            raise NotFoundKeyError(_unknown(reminder_id, self.reminders))
        return replace(self.reminders[reminder_id])


class ReminderScreensApp(StatefulApp, EditableReminderApp):
    """The reminder app as its screens know it: what they show, and the way from one to the next."""

    def check_shown(self, reminder_id: str) -> None:
        """Check that the reminder that a screen shows is still there.

        Raises:
            NotFoundKeyError: it is not.
        """
        if reminder_id not in self.reminders:
            raise NotFoundKeyError(
                f"the reminder {reminder_id!r} that this screen shows has been deleted; go back"
            )


def _unknown(reminder_id: object, known: dict[str, Reminder]) -> str:
    return f"there is no reminder with the id {reminder_id!r}.{nearest_id(reminder_id, known)}"
