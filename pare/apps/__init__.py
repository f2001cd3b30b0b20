"""The apps of the phone."""

from pare.apps.base import App
from pare.apps.calendar import CalendarApp, CalendarV2, StatefulCalendarApp
from pare.apps.contacts import ContactsApp, StatefulContactsApp
from pare.apps.email import EmailClientApp, EmailClientV2, StatefulEmailApp
from pare.apps.messaging import MessagingAppV2, StatefulMessagingApp
from pare.apps.reminder import ReminderApp, StatefulReminderApp
from pare.apps.system import HomeScreenSystemApp, SystemApp
from pare.apps.user_interface import AgentUserInterface, PAREAgentUserInterface

__all__ = [
    "AgentUserInterface",
    "App",
    "CalendarApp",
    "CalendarV2",
    "ContactsApp",
    "EmailClientApp",
    "EmailClientV2",
    "HomeScreenSystemApp",
    "MessagingAppV2",
    "PAREAgentUserInterface",
    "ReminderApp",
    "StatefulCalendarApp",
    "StatefulContactsApp",
    "StatefulEmailApp",
    "StatefulMessagingApp",
    "StatefulReminderApp",
    "SystemApp",
]
