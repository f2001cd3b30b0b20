"""The apps of the phone."""

from pare.apps.apartment import ApartmentListingApp, RentAFlat, StatefulApartmentApp
from pare.apps.base import App
from pare.apps.cab import CabApp, StatefulCabApp
from pare.apps.calendar import Calendar, CalendarApp, CalendarV2, StatefulCalendarApp
from pare.apps.city import CityApp
from pare.apps.contacts import Contacts, ContactsApp, InternalContacts, StatefulContactsApp
from pare.apps.email import EmailClientApp, EmailClientV2, Mail, StatefulEmailApp
from pare.apps.files import Files, SandboxLocalFileSystem, VirtualFileSystem, VirtualFileSystemApp
from pare.apps.messaging import MessagingApp, MessagingAppV2, StatefulMessagingApp
from pare.apps.navigation import AppState, StatefulApp
from pare.apps.note import StatefulNotesApp
from pare.apps.reminder import ReminderApp, StatefulReminderApp
from pare.apps.shopping import Shopping, ShoppingApp, StatefulShoppingApp
from pare.apps.system import HomeScreenSystemApp, SystemApp
from pare.apps.user_interface import AgentUserInterface, PAREAgentUserInterface
from pare.tools.markers import user_tool

__all__ = [
    "ALL_APPS",
    "AgentUserInterface",
    "ApartmentListingApp",
    "App",
    "AppState",
    "CabApp",
    "Calendar",
    "CalendarApp",
    "CalendarV2",
    "CityApp",
    "Contacts",
    "ContactsApp",
    "EmailClientApp",
    "EmailClientV2",
    "Files",
    "HomeScreenSystemApp",
    "InternalContacts",
    "Mail",
    "MessagingApp",
    "MessagingAppV2",
    "PAREAgentUserInterface",
    "ReminderApp",
    "RentAFlat",
    "SandboxLocalFileSystem",
    "Shopping",
    "ShoppingApp",
    "StatefulApartmentApp",
    "StatefulApp",
    "StatefulCabApp",
    "StatefulCalendarApp",
    "StatefulContactsApp",
    "StatefulEmailApp",
    "StatefulMessagingApp",
    "StatefulNotesApp",
    "StatefulReminderApp",
    "StatefulShoppingApp",
    "SystemApp",
    "VirtualFileSystem",
    "VirtualFileSystemApp",
    "user_tool",
]

ALL_APPS: list[type[App]] = [
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulApartmentApp,
    StatefulCabApp,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulMessagingApp,
    StatefulNotesApp,
    StatefulReminderApp,
    StatefulShoppingApp,
]
"""The apps of a whole phone."""
