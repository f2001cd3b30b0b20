"""The names of ``are.simulation.apps``."""

from pare.apps.apartment import ApartmentListingApp, RentAFlat
from pare.apps.base import App
from pare.apps.cab import CabApp
from pare.apps.calendar import Calendar, CalendarApp, CalendarV2
from pare.apps.city import CityApp
from pare.apps.contacts import Contacts, ContactsApp, InternalContacts
from pare.apps.email import EmailClientApp, EmailClientV2, Mail
from pare.apps.files import Files, SandboxLocalFileSystem, VirtualFileSystem, VirtualFileSystemApp
from pare.apps.messaging import MessagingApp, MessagingAppV2
from pare.apps.reminder import ReminderApp
from pare.apps.shopping import Shopping, ShoppingApp
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.compat.app_lists import ALL_APPS, INTERNAL_APPS

__all__ = [
    "ALL_APPS",
    "INTERNAL_APPS",
    "AgentUserInterface",
    "ApartmentListingApp",
    "App",
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
    "InternalContacts",
    "Mail",
    "MessagingApp",
    "MessagingAppV2",
    "ReminderApp",
    "RentAFlat",
    "SandboxLocalFileSystem",
    "Shopping",
    "ShoppingApp",
    "SystemApp",
    "VirtualFileSystem",
    "VirtualFileSystemApp",
]
