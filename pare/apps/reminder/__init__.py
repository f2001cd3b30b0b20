"""Reminders: notes that make themselves heard at a time, once or again and again."""

from pare.apps.reminder.app import EditableReminderApp, ReminderApp
from pare.apps.reminder.model import Reminder
from pare.apps.reminder.states import (
    EditReminder,
    ReminderDetail,
    ReminderDraft,
    ReminderList,
    StatefulReminderApp,
)

__all__ = [
    "EditReminder",
    "EditableReminderApp",
    "Reminder",
    "ReminderApp",
    "ReminderDetail",
    "ReminderDraft",
    "ReminderList",
    "StatefulReminderApp",
]
