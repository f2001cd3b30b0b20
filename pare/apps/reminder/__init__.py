"""Reminders: notes that make themselves heard at a time, once or again and again."""

from pare.apps.reminder.app import StatefulReminderApp
from pare.apps.reminder.model import Reminder
from pare.apps.reminder.states import (
    EditReminder,
    ReminderDetail,
    ReminderDraft,
    ReminderList,
)
from pare.apps.reminder.tools import EditableReminderApp, ReminderApp

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
