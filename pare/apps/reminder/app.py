"""The reminder app of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.navigation import StatefulApp
from pare.apps.reminder.states import ReminderList
from pare.apps.reminder.tools import EditableReminderApp
from pare.errors import NotFoundKeyError

__all__ = ["StatefulReminderApp"]


class StatefulReminderApp(StatefulApp, EditableReminderApp):
    """The reminder app as the user taps through it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def create_root_state(self) -> ReminderList:
        """Make the first screen."""
        return ReminderList()

    def check_shown(self, reminder_id: str) -> None:
        """Check that the reminder that a screen shows is still there.

        Raises:
            NotFoundKeyError: it is not.
        """
        if reminder_id not in self.reminders:
            raise NotFoundKeyError(
                f"the reminder {reminder_id!r} that this screen shows has been deleted; go back"
            )
