"""What a tool call costs, and what a search of a full phone costs, each beside the mark it is held to.

A call goes the whole way that an agent's call goes: `Toolbox.call` finds the tool and validates the
arguments, the app does its work, the call is recorded into a running environment, and a notification
system at HIGH tells its readers. Every tool of every app of the phone is called: the agent's and the
environment's, and the user's on each screen. The phone is small, and before each call the app is put
back to where it was, and the screen opened, outside the time that is measured. A tool's figure is the
median of many calls, each timed for itself in CPU time of this process, the clock's own call included
(a third of a microsecond). Only the tools of files, and those that attach or save one, touch a disk.

The searches look through 10,000 things of one kind for something rare. The texts have letters beyond ASCII,
which cost a multiple.

Run it as `python benchmarks/apps.py`.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import process_time
from typing import Any, TypeVar

from figures import Figure, add_json_option, report

from pare.apps import (
    App,
    CityApp,
    HomeScreenSystemApp,
    MessagingApp,
    PAREAgentUserInterface,
    SandboxLocalFileSystem,
    StatefulApartmentApp,
    StatefulCabApp,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulMessagingApp,
    StatefulNotesApp,
    StatefulReminderApp,
    StatefulShoppingApp,
    VirtualFileSystem,
)
from pare.apps.apartment import Apartment
from pare.apps.calendar import CalendarEvent
from pare.apps.contacts import Contact
from pare.apps.email import Email, EmailFolderName
from pare.apps.messaging import (
    Conversation,
    ConversationV2,
    FileMessage,
    FileMessageV2,
    Message,
    MessageV2,
)
from pare.apps.note import Note
from pare.apps.reminder import Reminder
from pare.apps.shopping import Item, Product
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.frames import muted
from pare.kernel.run_context import RunContext
from pare.notifications import AGENT, USER, NotificationSystem
from pare.reporting.apps_page import phone_apps, plain_apps, screens_of
from pare.tools import AppTool, ToolAttributeName, Toolbox, VerbosityLevel
from pare.tools.markers import marked_methods
from pare.tools.spec import spec_of

START = 1_736_154_000.0
SLOWEST = 10
MANY = 10_000
CALL_MARK = 25e-6
SEARCH_MARK = 20e-3

Arguments = dict[str, Any]
Tap = tuple[str, Arguments]

# What leads to a screen from the first one of its app.
WAYS: dict[str, list[Tap]] = {
    "EventDetail": [("open_event_by_id", {"event_id": "event-1"})],
    "EditEvent": [("open_event_by_id", {"event_id": "event-1"}), ("edit_event", {})],
    "ContactDetail": [("open_contact", {"contact_id": "contact-1"})],
    "ContactEdit": [("open_contact", {"contact_id": "contact-1"}), ("start_edit_contact", {})],
    "EmailDetail": [("open_email_by_id", {"email_id": "mail-1"})],
    "ComposeEmail": [("start_compose", {}), ("set_recipients", {"recipients": ["ana@example.org"]})],
    "ConversationOpened": [("open_conversation", {"conversation_id": "chat-1"})],
    "ReminderDetail": [("open_reminder", {"reminder_id": "reminder-1"})],
    "EditReminder": [("open_reminder", {"reminder_id": "reminder-1"}), ("edit", {})],
    "ProductDetail": [("view_product", {"product_id": "product-1"})],
    "VariantDetail": [
        ("view_product", {"product_id": "product-1"}),
        ("view_variant", {"item_id": "item-1"}),
    ],
    "CartView": [("view_cart", {})],
    "OrderListView": [("list_orders", {})],
    "OrderDetailView": [("list_orders", {}), ("view_order", {"order_id": "order-1"})],
    "CabServiceOptions": [("list_rides", {"start_location": "Home", "end_location": "Office"})],
    "CabQuotationDetail": [
        ("list_rides", {"start_location": "Home", "end_location": "Office"}),
        ("get_quotation", {"service_type": "Van"}),
    ],
    "CabRideDetail": [("open_current_ride", {})],
    "ApartmentDetail": [("view_apartment", {"apartment_id": "flat-1"})],
    "ApartmentFavorites": [("open_favorites", {})],
    "ApartmentSearch": [("open_search", {})],
    "NoteDetail": [("open", {"note_id": "note-1"})],
    "EditNote": [("open", {"note_id": "note-1"}), ("edit", {})],
    "FolderList": [("list_folders", {})],
}

# What happens to the app before the screen is shown, where a call could not be made otherwise.
FIRST: dict[str, str] = {
    "CabQuotationDetail.order_ride": "end_ride",
    "StatefulCabApp.order_ride": "end_ride",
}

# What an argument is that a tool needs.
VALUES: Arguments = {
    "apartment_id": "flat-1",
    "app_name": "Emails",
    "attachment": "menu.txt",
    "attachment_path": "Documents/menu.txt",
    "attendee": "Ana Ruiz",
    "attendees": ["Ana Ruiz", "Ben Abe"],
    "body": "Shall we meet at noon?",
    "cc": ["ben@example.org"],
    "contact_id": "contact-1",
    "content": "Shall we meet at noon?",
    "conversation_id": "chat-1",
    "date": "2025-01-07",
    "description": "Bring cake",
    "dest_folder_name": "Work",
    "destination_folder": "TRASH",
    "discount_code": {"SUMMER": 25.0},
    "due_datetime": "2025-01-07 12:00:00",
    "email_id": "mail-1",
    "end_datetime": "2025-01-06 13:00:00",
    "end_location": "Office",
    "event_id": "event-1",
    "file_path": "Documents/menu.html",
    "filepath": "Documents/menu.txt",
    "first_name": "Cleo",
    "folder": "Trips",
    "folder_name": "SENT",
    "idx": 0,
    "index": 0,
    "item_id": "item-1",
    "keyword": "lunch",
    "last_name": "Diaz",
    "location": "Harbour",
    "message_id": "message-1",
    "name": "Desk lamp",
    "new_folder": "Journeys",
    "note_id": "note-1",
    "order_id": "order-1",
    "participant": "Ana",
    "participants": ["Ana", "Ben"],
    "path": "Documents/menu.txt",
    "path1": "Documents/menu.txt",
    "path2": "Documents/lunch.txt",
    "path_to_save": "Downloads/",
    "price": 25.0,
    "product_id": "product-1",
    "product_name": "lamp",
    "query": "lunch",
    "recipient": "ben@example.org",
    "recipients": ["ben@example.org"],
    "reminder_id": "reminder-1",
    "repetition_unit": None,
    "repetition_value": None,
    "sender": "ana@example.org",
    "sender_id": "ana",
    "service_type": "Van",
    "start_datetime": "2025-01-06 12:00:00",
    "start_location": "Home",
    "subject": "Lunch",
    "tag": "food",
    "title": "Lunch",
    "unit": "day",
    "updates": {"phone": "+1 555 0100"},
    "user_id": "ana",
    "user_ids": ["ana", "ben"],
    "user_name": "Ana Ruiz",
    "who_add": "Ana Ruiz",
    "who_delete": "Ana Ruiz",
    "zip_code": "94103",
}

FLAT: Arguments = {
    "location": "zürich",
    "max_price": 1500,
    "number_of_bedrooms": 2,
    "amenities": ["gym"],
}

# What a tool is given beyond what it needs, or instead: by its name, or by screen and name.
EXTRA: dict[str, Arguments] = {
    "accept_proposal": {"content": "Yes, please."},
    "add_calendar_event": {
        "title": "Lunch",
        "start_datetime": "2025-01-06 12:00:00",
        "end_datetime": "2025-01-06 13:00:00",
    },
    "add_calendar_event_by_attendee": {"title": "Lunch", "attendees": ["Ben Abe"]},
    "add_crime_rate": {"violent_crime_rate": 8.5, "property_crime_rate": 20.0},
    "add_item_to_product": {"options": {"color": "red"}},
    "add_new_apartment": {
        "name": "Harbour Loft",
        "location": "Zürich",
        "zip_code": "8001",
        "price": 1200.0,
        "number_of_bedrooms": 2,
        "number_of_bathrooms": 1,
        "square_footage": 600,
        "amenities": ["Gym"],
    },
    "add_participant_to_conversation": {"user_id": "ben"},
    "checkout": {"discount_code": "SAVE10"},
    "create_note": {"title": "Lunch", "content": "Shall we meet at noon?"},
    "create_and_add_email": {"subject": "Lunch", "content": "Shall we meet at noon?"},
    "delete_folder": {"folder_name": "Trips"},
    "download_attachment": {"conversation_id": "chat-2"},
    "duplicate_note": {"folder_name": "Inbox"},
    "edit_calendar_event": {"title": "Long lunch"},
    "forward_email": {"recipients": ["ben@example.org"]},
    "ls": {"path": "Documents"},
    "makedirs": {"path": "Documents/2025/invoices"},
    "mkdir": {"path": "Documents/invoices"},
    "new_folder": {"folder_name": "Ideas"},
    "reject_proposal": {"content": "No, thank you."},
    "remove_participant_from_conversation": {"conversation_id": "chat-2"},
    "reply": {"content": "Yes, please."},
    "reply_to_email": {"content": "Yes, please."},
    "reply_to_email_from_user": {"email_id": "sent-1", "content": "Yes, please."},
    "rmdir": {"path": "Documents/empty"},
    "search_apartments": FLAT,
    "search_notes_in_folder": {"folder_name": "Inbox"},
    "send_email": {"recipients": ["ana@example.org"], "subject": "Lunch", "content": "Shall we?"},
    "send_email_to_user_only": {"subject": "Lunch", "content": "Shall we meet at noon?"},
    "send_email_to_user_with_id": {"email_id": "new", "subject": "Lunch", "content": "Shall we?"},
    "send_message_to_agent": {"content": "Shall we meet at noon?"},
    "send_message_to_group_conversation": {"conversation_id": "chat-2", "content": "Noon?"},
    "send_message_to_user": {"content": "Shall I book a table?"},
    "tree": {"path": "."},
    "update_apartment": {"new_price": 950.0},
    "update_crime_rate": {"new_violent_crime_rate": 9.0},
    "update_item": {"new_price": 20.0},
    "update_note": {"content": "At one, if that suits you."},
    "update_ride_status": {"status": "DELAYED"},
    "ApartmentSearch.search": FLAT,
    "MessagingApp.add_participant_to_conversation": {"participant": "Cleo"},
    "MessagingApp.create_and_add_message": {"sender": "Ana"},
    "MessagingApp.send_message": {"content": "Noon?"},
    "StatefulMessagingApp.send_message": {"content": "Noon?"},
}


# -- a phone with a little of everything ----------------------------------------------------------


def small_phone() -> Environment:
    with RunContext(0, START).active():
        apps = [
            PAREAgentUserInterface(),
            HomeScreenSystemApp("System"),
            emails(2),
            calendar(2),
            contacts(2),
            messages(2, 2),
            reminders(),
            shop(2),
            cab(),
            apartments(2),
            notes(2),
            named_messages(2, 2),
            city(),
            disk(VirtualFileSystem("Disk")),
            disk(SandboxLocalFileSystem("Files")),
        ]
    return running(apps)


def running(apps: list[App]) -> Environment:
    environment = Environment(
        EnvironmentConfig(start_time=START, duration=None),
        notification_system=NotificationSystem(VerbosityLevel.HIGH),
    )
    environment.register_apps(apps)
    environment.start()
    return environment


def emails(count: int) -> StatefulEmailApp:
    app = StatefulEmailApp("Emails")
    for folder, name, sender, recipient in (
        (EmailFolderName.INBOX, "mail", "ana@example.org", app.user_email),
        (EmailFolderName.SENT, "sent", app.user_email, "ana@example.org"),
    ):
        for number in range(1, count + 1):
            email = Email(sender, [recipient], f"Lunch {number}", prose(number, 60), f"{name}-{number}")
            email.timestamp = START - number
            app.folders[folder].add_email(email)
    return app


def calendar(count: int) -> StatefulCalendarApp:
    app = StatefulCalendarApp("Calendar")
    for number in range(1, count + 1):
        start = START + number * 3600
        app.events[f"event-{number}"] = CalendarEvent(
            f"event-{number}",
            f"Lunch {number}",
            start,
            start + 1800,
            tag="food",
            description=prose(number, 10),
            attendees=["Ana Ruiz"],
        )
    return app


def contacts(count: int) -> StatefulContactsApp:
    app = StatefulContactsApp("Contacts")
    for number in range(1, count + 1):
        first, last = person(number).split()
        email = f"{first}.{last}@example.org".lower()
        contact = Contact(first, last, f"contact-{number}", phone=f"+1 555 {number:06}", email=email)
        app.contacts[contact.contact_id] = contact
    return app


def messages(conversations: int, each: int, users: int = 2) -> StatefulMessagingApp:
    app = StatefulMessagingApp(name="Messages", current_user_id="me")
    app.add_contacts([("Ana Ruiz", "ana"), ("Ben Abe", "ben")])
    app.add_contacts([(person(number), f"user-{number}") for number in range(3, users + 1)])
    for number in range(1, conversations + 1):
        members = ["me", "ana"] if number % 2 else ["me", "ana", "ben"]
        sent = [
            MessageV2("ana", f"message-{number}-{item}", START - item, prose(number + item, 12))
            for item in range(1, each)
        ]
        sent.append(FileMessageV2("ana", "message-1", START - each, "The menu", b"Soup", "menu.txt"))
        conversation = ConversationV2(members, sent, f"Lunch {number}", f"chat-{number}", START)
        app.conversations[conversation.conversation_id] = conversation
    return app


def reminders() -> StatefulReminderApp:
    app = StatefulReminderApp("Reminders")
    for number in (1, 2):
        due = datetime.fromtimestamp(START + number * 3600, UTC)
        reminder = Reminder(f"reminder-{number}", f"Lunch {number}", due, "Bring cake")
        app.reminders[reminder.reminder_id] = reminder
    return app


def shop(count: int) -> StatefulShoppingApp:
    app = StatefulShoppingApp("Shopping")
    for number in range(1, count + 1):
        variants = {
            item_id: Item(10.0 + number, True, item_id, {"color": color})
            for item_id, color in ((f"item-{number}", "red"), (f"item-{number}-blue", "blue"))
        }
        name, product_id = f"{prose(number, 6)} lamp {number}", f"product-{number}"
        app.products[product_id] = Product(name, product_id, variants)
    app.add_discount_code("item-1", {"SAVE10": 10.0})
    app.add_order("order-1", "processed", START, 11.0, "item-1", 1)
    app.add_to_cart("item-1", 2)
    return app


def cab() -> StatefulCabApp:
    app = StatefulCabApp("Cab")
    app.add_new_ride("Default", "Home", "Office", 14.5, 20.0, START - 86_400, 14.5)
    app.order_ride("Home", "Airport", "Premium", "2025-01-06 10:00:00")
    return app


def apartments(count: int) -> StatefulApartmentApp:
    app = StatefulApartmentApp("Apartment")
    amenities = ("Gym", "Parking", "Balcony", "Elevator", "Café")
    for number in range(1, count + 1):
        app.apartments[f"flat-{number}"] = Apartment(
            name=f"{prose(number, 6)} loft {number}",
            location=("Bern", "Genève", "Zürich")[number % 3],
            zip_code=f"{3000 + number % 500}",
            price=500.0 + number % 40 * 50,
            bedrooms=1 + number % 4,
            bathrooms=1,
            property_type="Loft",
            square_footage=400 + number % 50 * 10,
            pet_policy="No pets",
            apartment_id=f"flat-{number}",
            amenities=[amenities[number % 5], amenities[number % 4]],
        )
    app.save_apartment("flat-1")
    return app


def notes(count: int) -> StatefulNotesApp:
    app = StatefulNotesApp("Notes")
    app.new_folder("Trips")
    for number in range(1, count + 1):
        attached = {"menu.txt": b"U291cA=="} if number == 1 else {}
        note = Note(f"note-{number}", f"Lunch {number}", prose(number, 60), attachments=attached)
        note.created_at = note.updated_at = START - number
        app.folders["Inbox" if number % 2 else "Trips"].add_note(note)
    return app


def named_messages(conversations: int, each: int) -> MessagingApp:
    app = MessagingApp("Chats")
    for number in range(1, conversations + 1):
        members = ["Me", "Ana"] if number % 2 else ["Me", "Ana", "Ben"]
        sent = [
            Message("Ana", f"message-{number}-{item}", START - item, prose(number + item, 12))
            for item in range(1, each)
        ]
        sent.append(FileMessage("Ana", "message-1", START - each, "The menu", b"Soup", "menu.txt"))
        chat = Conversation(members, sent, f"Lunch {number}", f"chat-{number}", START)
        app.conversations[chat.conversation_id] = chat
    return app


def city() -> CityApp:
    app = CityApp("City", api_call_limit=1_000_000)
    app.add_crime_rate("94103", 8.5, 20.0)
    return app


FileApp = TypeVar("FileApp", SandboxLocalFileSystem, VirtualFileSystem)


def disk(app: FileApp) -> FileApp:
    app.create_file("Documents/menu.txt", prose(1, 60))
    app.create_file("Documents/menu.html", f"<html><body><p>{prose(2, 60)}</p></body></html>")
    app.mkdir("Documents/empty")
    return app


SENTENCE = "shall we meet for lunch at Café Zoë near the harbour on Tuesday or would Thursday noon suit you"
WORDS = SENTENCE.split()


def prose(number: int, words: int) -> str:
    """Give so many words, other ones for another number."""
    return " ".join(WORDS[(number * 7 + index * (1 + number % 5)) % len(WORDS)] for index in range(words))


def person(number: int) -> str:
    """Give a first and a last name; 1 and 2 are those of the small phone."""
    first = ("Ana", "Ben", "Cleo", "Dragan", "Emeka", "Fatima", "Giulia", "Hanna", "Ilse", "Jun")
    last = ("Ruiz", "Abe", "Okafor", "Lindqvist", "Moreau", "Petrov", "Sato", "Tanaka", "Urban", "Weiss")
    index = number - 1
    suffix = "" if index < 10 else f"-{last[index // 10 % 10]}{chr(97 + index // 100 % 26)}{index // 2600}"
    return f"{first[index % 10]} {last[index % 10]}{suffix}"


# -- calls ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Case:
    """A call of a tool of the app `app` for `role`; the user is on a screen then, to which `way` leads."""

    app: str
    role: ToolAttributeName
    place: str
    tool: str
    arguments: Arguments
    way: tuple[Tap, ...] = ()

    def __str__(self) -> str:
        return f"{self.place}.{self.tool}"


def cases(environment: Environment) -> Iterator[Case]:
    """Give a call of every tool of every app of the phone, in every place where it can be called."""
    apps = {type(app): app for app in environment.apps.values()}
    measured = [*phone_apps(), *plain_apps()]
    if missing := [cls.__name__ for cls in measured if cls not in apps]:
        raise SystemExit(f"not measured, since the small phone is without them: {', '.join(missing)}")
    for app in (apps[cls] for cls in measured):
        screens = screens_of(app)
        for screen in screens:
            yield from cases_of(app, screen, ToolAttributeName.USER, screen.__name__, way_to(screen, screens))
        second = way_to(screens[1], screens) if screens else ()
        yield from cases_of(app, type(app), ToolAttributeName.USER, type(app).__name__, second)
        for role in (ToolAttributeName.APP, ToolAttributeName.ENV):
            yield from cases_of(app, type(app), role, type(app).__name__)


def cases_of(
    app: App, owner: type, role: ToolAttributeName, place: str, way: tuple[Tap, ...] = ()
) -> Iterator[Case]:
    for name in marked_methods(owner, role):
        extra = EXTRA.get(f"{place}.{name}") or EXTRA.get(name, {})
        arguments = {}
        for arg in spec_of(owner, name).args:
            if arg.name in extra or not arg.has_default:
                arguments[arg.name] = extra[arg.name] if arg.name in extra else VALUES[arg.name]
        yield Case(app.name, role, place, name, arguments, way)


def way_to(screen: type, screens: list[type]) -> tuple[Tap, ...]:
    if screen is screens[0]:
        return ()
    if screen.__name__ not in WAYS:
        raise SystemExit(f"not measured, since no way to the screen is known: {screen.__name__}")
    return tuple(WAYS[screen.__name__])


def call_cost(case: Case, calls: int) -> float:
    """Give the median of the seconds of CPU of `calls` calls."""
    environment = small_phone()
    state = environment.apps[case.app].get_state()
    costs = [one_call(environment, case, state) for _ in range(calls + 5)]
    return median(costs[5:])  # the first ones warm up


def one_call(environment: Environment, case: Case, state: Arguments | None) -> float:
    toolbox, name = prepared(environment, case, state), f"{case.app}__{case.tool}"
    before = len(environment.event_log)
    started = process_time()
    toolbox.call(name, case.arguments)
    seconds = process_time() - started
    [event] = environment.event_log.events[before:]
    if event.failed() or event.function_name() != case.tool:
        raise SystemExit(f"{case}: {event.function_name()}: {event.metadata.exception}")
    return seconds


def prepared(environment: Environment, case: Case, state: Arguments | None) -> Toolbox:
    """Put the app back to `state`, go to the screen, read the inboxes; give the tools."""
    app, home = environment.apps[case.app], environment.apps["System"]
    with muted():
        if state is not None:
            app.load_state(state)
        if str(case) in FIRST:
            getattr(app, FIRST[str(case)])()
        if case.role is ToolAttributeName.USER:
            show(app, home, case)
    for reader in (AGENT, USER):
        environment.notification_system.inbox(reader).read()
    return Toolbox(tools_for(environment, case.role))


def show(app: App, home: HomeScreenSystemApp, case: Case) -> None:
    home.phone.go_home()
    front = app if screens_of(app) else home
    home.phone.open_app("Emails" if front is home else app.name)
    for tap, arguments in case.way:
        getattr(app.current_state, tap)(**arguments)
    if front is home and case.tool != "go_home":
        home.phone.go_home()


def tools_for(environment: Environment, role: ToolAttributeName) -> list[AppTool]:
    if role is ToolAttributeName.USER:
        return environment.apps["System"].phone.user_tools()
    if role is ToolAttributeName.ENV:
        return [tool for app in environment.apps.values() for tool in app.get_env_tools()]
    return environment.get_tools()


def show_calls(costs: dict[Case, float]) -> None:
    print(f"CPU per tool call, {len(costs)} tools in their places")
    print(f"{'median':66}{against(median(costs.values()), CALL_MARK)}")
    print("slowest")
    for case in sorted(costs, key=lambda case: costs[case], reverse=True)[:SLOWEST]:
        print(f"  {ROLES[case.role]:12}{case!s:52}{costs[case] * 1e6:>8.1f} µs")


ROLES = {
    ToolAttributeName.APP: "agent",
    ToolAttributeName.USER: "user",
    ToolAttributeName.ENV: "environment",
}


# -- searches -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Search:
    """A search that finds `found` things."""

    tool: str
    arguments: Arguments
    found: int


SEARCHES = (
    Search("Emails__search_emails", {"query": "lunch 4711"}, 1),
    Search("Messages__search", {"query": "breakfast"}, 0),
    Search("Messages__regex_search", {"query": ".*noon.*breakfast"}, 0),
    Search("Messages__lookup_user_id", {"user_name": "Emeka Morau"}, 1000),  # everybody of that surname
    Search("Contacts__search_contacts", {"query": "555 004711"}, 1),
    Search("Calendar__search_events", {"query": "lunch 4711"}, 1),
    Search("Shopping__search_product", {"product_name": "LAMP 4711"}, 1),
    Search("Apartment__search_apartments", {"name": "loft 4711"}, 1),
    Search("Apartment__search_apartments", FLAT, 84),
    Search("Notes__search_notes", {"query": "lunch 4711"}, 1),
    Search("Chats__search", {"query": "breakfast"}, 0),
    Search("Chats__regex_search", {"query": ".*noon.*breakfast"}, 0),
)


def full_phone() -> Environment:
    with RunContext(0, START).active():
        return running(
            [
                emails(MANY),
                calendar(MANY),
                contacts(MANY),
                messages(MANY // 20, 20, MANY),
                shop(MANY),
                apartments(MANY),
                notes(MANY),
                named_messages(MANY // 20, 20),
            ]
        )


def search_cost(toolbox: Toolbox, search: Search, rounds: int) -> float:
    """Give the median of the seconds of CPU of `rounds` searches."""
    costs = []
    for _ in range(rounds + 1):
        started = process_time()
        found = toolbox.call(search.tool, search.arguments)
        costs.append(process_time() - started)
        count = found.count("Id: ") if isinstance(found, str) else len(found)  # notes come as text
        if count != search.found:
            raise SystemExit(f"{search.tool}: {count} found, not {search.found}: {str(found)[:300]}")
    return median(costs[1:])  # the first one warms up


def show_searches(costs: dict[Search, float]) -> None:
    print(f"CPU per search of {MANY:,} things of one kind")
    for search, seconds in costs.items():
        wanted = " ".join(map(str, search.arguments.values()))
        print(f"{search.tool:30}{wanted:46}{against(seconds, SEARCH_MARK)}")


def against(seconds: float, mark: float) -> str:
    unit, factor = ("µs", 1e6) if mark < 1e-3 else ("ms", 1e3)
    words = f"mark: at most {mark * factor:g} {unit}: {'met' if seconds <= mark else 'MISSED'}"
    return f"{seconds * factor:>8.1f} {unit}   {words}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--searches", type=int, default=11, help="searches of each kind, or 0")
    add_json_option(parser)
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, medians of {options.calls} calls, {options.searches} searches\n")
    calls = {case: call_cost(case, options.calls) for case in cases(small_phone())}
    show_calls(calls)
    print()
    figures = call_figures(calls)
    if options.searches:
        toolbox = Toolbox(full_phone().get_tools())
        searches = {search: search_cost(toolbox, search, options.searches) for search in SEARCHES}
        show_searches(searches)
        slowest = max(searches, key=lambda one: searches[one])
        what = f"the slowest search of {MANY:,}, {slowest.tool}, CPU"
        figures.append(Figure(what, searches[slowest] * 1e3, "ms", SEARCH_MARK * 1e3))
    report("apps", figures, options.json)


def call_figures(calls: dict[Case, float]) -> list[Figure]:
    slowest_call = max(calls, key=lambda case: calls[case])
    return [
        Figure(
            f"a tool call, median of {len(calls)} tools, CPU",
            median(calls.values()) * 1e6,
            "µs",
            CALL_MARK * 1e6,
        ),
        Figure(f"the slowest tool call, {slowest_call}, CPU", calls[slowest_call] * 1e6, "µs"),
    ]


if __name__ == "__main__":
    main()
