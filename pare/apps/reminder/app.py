"""The reminder app of the phone: the tools and the screens together."""

from __future__ import annotations

from pare.apps.reminder.states import ReminderList
from pare.apps.reminder.tools import ReminderScreensApp

__all__ = ["StatefulReminderApp"]


class StatefulReminderApp(ReminderScreensApp):
    """The reminder app as the user taps through it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.load_root_state()

    def create_root_state(self) -> ReminderList:
        """Make the first screen."""
        return ReminderList()
