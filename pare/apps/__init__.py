"""The apps of the phone."""

from pare.apps.base import App
from pare.apps.calendar import Calendar, CalendarApp, CalendarV2, StatefulCalendarApp
from pare.apps.contacts import Contacts, ContactsApp, InternalContacts, StatefulContactsApp
from pare.apps.email import EmailClientApp, EmailClientV2, Mail, StatefulEmailApp
from pare.apps.messaging import MessagingAppV2, StatefulMessagingApp
from pare.apps.navigation import AppState, StatefulApp
from pare.apps.reminder import ReminderApp, StatefulReminderApp
from pare.apps.system import HomeScreenSystemApp, SystemApp
from pare.apps.user_interface import AgentUserInterface, PAREAgentUserInterface
from pare.tools.markers import user_tool

__all__ = [
    "ALL_APPS",
    "AgentUserInterface",
    "App",
    "AppState",
    "Calendar",
    "CalendarApp",
    "CalendarV2",
    "Contacts",
    "ContactsApp",
    "EmailClientApp",
    "EmailClientV2",
    "HomeScreenSystemApp",
    "InternalContacts",
    "Mail",
    "MessagingAppV2",
    "PAREAgentUserInterface",
    "ReminderApp",
    "StatefulApp",
    "StatefulCalendarApp",
    "StatefulContactsApp",
    "StatefulEmailApp",
    "StatefulMessagingApp",
    "StatefulReminderApp",
    "SystemApp",
    "user_tool",
]

ALL_APPS: list[type[App]] = [
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulMessagingApp,
    StatefulReminderApp,
]
"""The apps of a whole phone."""
