"""The apps that the published names know, as classes."""

from pare.apps.apartment import ApartmentListingApp, RentAFlat
from pare.apps.base import App
from pare.apps.cab import CabApp
from pare.apps.calendar import Calendar, CalendarApp, CalendarV2
from pare.apps.city import CityApp
from pare.apps.contacts import Contacts, ContactsApp, InternalContacts
from pare.apps.email import EmailClientApp, EmailClientV2, Mail
from pare.apps.files import Files, SandboxLocalFileSystem, VirtualFileSystem
from pare.apps.messaging import MessagingApp, MessagingAppV2
from pare.apps.reminder import ReminderApp
from pare.apps.shopping import Shopping, ShoppingApp
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface

INTERNAL_APPS: list[type[App]] = [InternalContacts]

ALL_APPS: list[type[App]] = [
    AgentUserInterface,
    ApartmentListingApp,
    App,
    CabApp,
    Calendar,
    CalendarApp,
    CalendarV2,
    CityApp,
    Contacts,
    ContactsApp,
    EmailClientApp,
    EmailClientV2,
    Files,
    InternalContacts,
    Mail,
    MessagingApp,
    MessagingAppV2,
    ReminderApp,
    RentAFlat,
    SandboxLocalFileSystem,
    Shopping,
    ShoppingApp,
    SystemApp,
    VirtualFileSystem,
]
"""The apps that a class name in a file can stand for."""
