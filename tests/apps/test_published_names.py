"""The names of the apps stand at the paths at which scenarios, app tests and users import them."""

from importlib import import_module

import pytest

from pare.apps import ALL_APPS
from pare.apps.base import App
from pare.apps.navigation import StatefulApp

PUBLISHED = {
    "pare.apps": [
        *("ALL_APPS", "App", "AppState", "HomeScreenSystemApp", "PAREAgentUserInterface", "StatefulApp"),
        *("StatefulCalendarApp", "StatefulContactsApp", "StatefulEmailApp", "StatefulMessagingApp"),
        *("StatefulReminderApp", "user_tool"),
        *("AgentUserInterface", "Calendar", "CalendarApp", "CalendarV2", "Contacts", "ContactsApp"),
        *("EmailClientApp", "EmailClientV2", "InternalContacts", "Mail", "MessagingAppV2", "ReminderApp"),
        *("SystemApp", "StatefulApartmentApp", "StatefulCabApp", "StatefulNotesApp", "StatefulShoppingApp"),
        *("ApartmentListingApp", "CabApp", "CityApp", "MessagingApp", "RentAFlat", "Shopping", "ShoppingApp"),
        *("Files", "SandboxLocalFileSystem", "VirtualFileSystem", "VirtualFileSystemApp"),
    ],
    "pare.apps.apartment": ["Apartment", "StatefulApartmentApp"],
    "pare.apps.apartment.app": ["StatefulApartmentApp"],
    "pare.apps.apartment.states": [
        *("ApartmentDetail", "ApartmentFavorites", "ApartmentHome", "ApartmentSearch"),
    ],
    "pare.apps.cab": ["Ride", "StatefulCabApp"],
    "pare.apps.cab.app": ["StatefulCabApp"],
    "pare.apps.cab.states": ["CabHome", "CabQuotationDetail", "CabRideDetail", "CabServiceOptions"],
    "pare.apps.core": ["AppState", "StatefulApp"],
    "pare.apps.tool_decorators": ["APPTOOL_ATTR_NAME", "pare_event_registered", "user_tool"],
    "pare.apps.system": ["HomeScreenSystemApp"],
    "pare.apps.proactive_aui": ["PAREAgentUserInterface"],
    "pare.apps.calendar": ["AgendaView", "EditDraft", "EditEvent", "EventDetail", "StatefulCalendarApp"],
    "pare.apps.calendar.app": ["DATETIME_FORMAT", "StatefulCalendarApp"],
    "pare.apps.calendar.states": ["DATETIME_FORMAT", "AgendaView", "EditDraft", "EditEvent", "EventDetail"],
    "pare.apps.contacts": ["ContactDetail", "ContactEdit", "ContactsList", "StatefulContactsApp"],
    "pare.apps.contacts.app": ["USER_CONTACT", "StatefulContactsApp"],
    "pare.apps.contacts.states": ["ContactDetail", "ContactEdit", "ContactsList"],
    "pare.apps.email": ["ComposeEmail", "EmailDetail", "MailboxView", "StatefulEmailApp"],
    "pare.apps.email.app": ["StatefulEmailApp"],
    "pare.apps.email.states": ["ComposeDraft", "ComposeEmail", "EmailDetail", "MailboxView"],
    "pare.apps.messaging.app": ["StatefulMessagingApp"],
    "pare.apps.messaging.states": ["ConversationList", "ConversationOpened"],
    "pare.apps.note": ["EditNote", "FolderList", "Note", "NoteDetail", "NoteList", "StatefulNotesApp"],
    "pare.apps.note.app": ["Note", "NotesFolder", "ReturnedNotes", "StatefulNotesApp"],
    "pare.apps.note.states": ["EditNote", "FolderList", "NoteDetail", "NoteList"],
    "pare.apps.note.types": ["Note", "ReturnedNotes"],
    "pare.apps.reminder": ["EditReminder", "ReminderDetail", "ReminderList", "StatefulReminderApp"],
    "pare.apps.reminder.app": ["StatefulReminderApp"],
    "pare.apps.reminder.states": ["EditReminder", "ReminderDetail", "ReminderDraft", "ReminderList"],
    "pare.apps.shopping": [
        *("CartView", "OrderDetailView", "OrderListView", "ProductDetail", "ShoppingHome", "VariantDetail"),
        *("CartItem", "Item", "Order", "Product", "ProductListResult", "ProductMetadata"),
        "StatefulShoppingApp",
    ],
    "pare.apps.shopping.app": ["StatefulShoppingApp"],
    "pare.apps.shopping.states": [
        *("CartView", "OrderDetailView", "OrderListView", "ProductDetail", "ShoppingHome", "VariantDetail"),
    ],
}


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in PUBLISHED.items() for name in names]
)
def test_a_published_name_is_importable(path: str, name: str) -> None:
    assert hasattr(import_module(path), name)


@pytest.mark.parametrize("app", [app for app in ALL_APPS if issubclass(app, StatefulApp)])
def test_an_app_with_screens_lives_at_its_published_path(app: type[App]) -> None:
    folder = app.__name__.removeprefix("Stateful").removesuffix("App").lower()
    folder = {"notes": "note"}.get(folder, folder)
    assert app.__module__ == f"pare.apps.{folder}.app"


@pytest.mark.parametrize("app", ALL_APPS)
def test_an_app_shows_its_class_and_its_name(app: type[App]) -> None:
    made = app()
    assert repr(made) == f"{app.__name__}({made.name!r})"
    made.name = "Mine"
    assert repr(made) == f"{app.__name__}('Mine')"


def test_all_apps_are_those_that_the_package_exports() -> None:
    package = import_module("pare.apps")
    with_screens = {name for name in package.__all__ if name.startswith("Stateful")} - {"StatefulApp"}
    assert {app.__name__ for app in ALL_APPS} == with_screens | {
        "HomeScreenSystemApp",
        "PAREAgentUserInterface",
    }


def test_the_marker_of_tools_is_the_attribute_that_tools_have() -> None:
    email, markers = import_module("pare.apps.email"), import_module("pare.apps.tool_decorators")
    assert getattr(email.EmailClientApp.send_email, markers.APPTOOL_ATTR_NAME) is True
