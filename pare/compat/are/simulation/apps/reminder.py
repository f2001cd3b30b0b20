"""The names of ``are.simulation.apps.reminder``."""

from pare.apps.reminder import Reminder, ReminderApp

__all__ = [
    "Reminder",
    "ReminderApp",
]
