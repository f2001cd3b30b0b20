"""The screens of the reminder app: the list, one reminder, and the form in which one is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pare.apps.base import parse_time
from pare.apps.checks import check_text, require_text
from pare.apps.navigation import AppState, pare_event_registered
from pare.apps.reminder.model import Reminder, as_text, check_repetition
from pare.apps.reminder.tools import ReminderScreensApp
from pare.kernel.enums import OperationType
from pare.tools.markers import user_tool


@dataclass
class ReminderDraft:
    """A reminder as it is being written; `due_datetime` is text, as ``YYYY-MM-DD HH:MM:SS`` in UTC."""

    title: str = ""
    description: str = ""
    due_datetime: str = ""
    repetition_unit: str | None = None
    repetition_value: int | None = None


class ReminderList(AppState[ReminderScreensApp]):
    """The first screen: all reminders."""

    @user_tool(llm_formatter=as_text)
    @pare_event_registered(OperationType.READ)
    def list_all_reminders(self) -> list[Reminder]:
        """List all your reminders, past and future ones, repetitions included.

        :returns: the reminders with their ids, in the order in which they were added
        """
        return self.app.get_all_reminders()

    @user_tool(llm_formatter=as_text)
    @pare_event_registered(OperationType.READ)
    def list_upcoming_reminders(self) -> list[Reminder]:
        """List the reminders that will be due later than now.

        :returns: the reminders with their ids, in the order in which they were added
        """
        moment = datetime.fromtimestamp(self.app.now(), UTC)
        return [reminder for reminder in self.app.get_all_reminders() if reminder.due_datetime > moment]

    @user_tool(llm_formatter=as_text)
    @pare_event_registered(OperationType.READ)
    def list_due_reminders(self) -> list[Reminder]:
        """List the reminders that are due now or were due before.

        :returns: the reminders with their ids, in the order in which they were added
        """
        return self.app.get_due_reminders()

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def open_reminder(self, reminder_id: str) -> Reminder:
        """Open a reminder, which can be edited or deleted there.

        :param reminder_id: the id of the reminder, as the lists show it
        :returns: the reminder
        """
        reminder = self.app.get_reminder_with_id(reminder_id)
        self.app.set_current_state(ReminderDetail(reminder_id))
        return reminder

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def create_new(self) -> ReminderDraft:
        """Open an empty form for a new reminder; it is added when the form is saved.

        :returns: the empty draft
        """
        self.app.set_current_state(EditReminder())
        return ReminderDraft()


class ReminderDetail(AppState[ReminderScreensApp]):
    """The reminder with the id `reminder_id`."""

    def __init__(self, reminder_id: str) -> None:
        super().__init__()
        self.reminder_id = reminder_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def edit(self) -> str:
        """Open the form in which this reminder can be changed.

        :returns: the id of the reminder
        """
        self.app.check_shown(self.reminder_id)
        self.app.set_current_state(EditReminder(self.reminder_id))
        return self.reminder_id

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def delete(self) -> str:
        """Delete this reminder and, if it repeats, all its repetitions; the list is shown then.

        :returns: a sentence that says which reminder was deleted
        """
        self.app.check_shown(self.reminder_id)
        title = self.app.reminders[self.reminder_id].title
        self.app.delete_reminder(self.reminder_id)
        self.app.load_root_state()
        return f"Reminder {self.reminder_id} ({title}) was deleted."


class EditReminder(AppState[ReminderScreensApp]):
    """The form in which the reminder with the id `reminder_id` is changed, or a new one is written."""

    def __init__(self, reminder_id: str | None = None) -> None:
        super().__init__()
        self.reminder_id = reminder_id
        self.draft = ReminderDraft()

    def on_enter(self) -> None:
        """Take the values of the reminder into the draft."""
        reminder = self.app.reminders.get(self.reminder_id or "")
        if reminder is not None:
            self.draft = ReminderDraft(
                title=reminder.title,
                description=reminder.description,
                due_datetime=reminder.due_text,
                repetition_unit=reminder.repetition_unit,
                repetition_value=reminder.repetition_value,
            )

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def set_title(self, title: str) -> ReminderDraft:
        """Write the title of the reminder into the form.

        :param title: what it is about, in a few words
        :returns: the draft as it is now
        """
        return self._changed(title=require_text("title", title))

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def set_description(self, description: str) -> ReminderDraft:
        """Write the details of the reminder into the form.

        :param description: the details; may be empty
        :returns: the draft as it is now
        """
        return self._changed(description=check_text("description", description))

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def set_due_datetime(self, due_datetime: str) -> ReminderDraft:
        """Write into the form when the reminder is due.

        :param due_datetime: when it is due, as YYYY-MM-DD HH:MM:SS in UTC
        :returns: the draft as it is now
        """
        parse_time(due_datetime, "due_datetime")
        return self._changed(due_datetime=due_datetime)

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def set_repetition(self, unit: str | None, value: int | None = None) -> ReminderDraft:
        """Write into the form how often the reminder repeats.

        :param unit: second, minute, hour, day, week or month, or null if it does not repeat
        :param value: how many of these units lie between two repetitions, 1 by default
        :returns: the draft as it is now
        """
        check_repetition(unit, value)
        return self._changed(repetition_unit=unit, repetition_value=value)

    @user_tool()
    @pare_event_registered(OperationType.WRITE)
    def save(self) -> str:
        """Keep what the form says: change the reminder, or add the new one. It needs a title and a due time.

        :returns: the id of the reminder, which is shown then
        """
        reminder_id = self._add() if self.reminder_id is None else self._update(self.reminder_id)
        self.app.set_current_state(ReminderDetail(reminder_id))
        return reminder_id

    @user_tool()
    @pare_event_registered(OperationType.READ)
    def cancel(self) -> str:
        """Leave the form without keeping what it says.

        :returns: a sentence that says what is shown then
        """
        if self.reminder_id is None:
            self.app.load_root_state()
            return "The new reminder was not added. The list of reminders is shown."
        self.app.check_shown(self.reminder_id)
        self.app.set_current_state(ReminderDetail(self.reminder_id))
        return f"Reminder {self.reminder_id} was not changed. It is shown."

    def _changed(self, **values: str | int | None) -> ReminderDraft:
        """Change the draft, and give a copy that later changes leave alone."""
        self.draft = replace(self.draft, **values)  # type: ignore[arg-type]  # fields of the draft
        return replace(self.draft)

    def _add(self) -> str:
        draft = self.draft
        return self.app.add_reminder(
            draft.title, draft.due_datetime, draft.description, draft.repetition_unit, draft.repetition_value
        )

    def _update(self, reminder_id: str) -> str:
        draft = self.draft
        self.app.check_shown(reminder_id)
        return self.app.update_reminder(
            reminder_id,
            draft.title,
            draft.description,
            draft.due_datetime,
            draft.repetition_unit,
            draft.repetition_value,
        )
