"""A phone full of data, and arguments for its tools: sensible ones, and everything else."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

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
from pare.apps.contacts import Contact
from pare.apps.email import Email
from pare.apps.messaging import Conversation, ConversationV2, Message, MessageV2
from pare.apps.note import Note
from pare.apps.shopping import Item, Product
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.run_context import RunContext
from pare.notifications import NotificationSystem
from pare.tools import AppTool, VerbosityLevel

START = 1_736_154_000.0
IDS = {
    "email_id": ["mail-1", "mail-2"],
    "event_id": ["event-1", "event-2"],
    "contact_id": ["contact-1", "contact-2"],
    "conversation_id": ["chat-1", "chat-2"],
    "reminder_id": [],
    "user_id": ["ana", "ben"],
    "sender_id": ["ana", "ben"],
    "app_name": [
        *("Emails", "Calendar", "Contacts", "Messages", "Reminders", "Shopping", "Cab", "Apartment", "Notes"),
        *("City", "System"),
    ],
    "folder_name": ["INBOX", "sent", "DRAFT", "TRASH", "Inbox", "Work", "Trips"],
    "folder": ["Inbox", "Work", "Trips"],
    "new_folder": ["Trips", "Ideas"],
    "destination_folder": ["TRASH", "draft"],
    "source_folder_name": ["INBOX", "SENT", "Inbox", "Work", "Trips"],
    "dest_folder_name": ["INBOX", "SENT", "Inbox", "Work"],
    "unit": ["day", "month", "hour"],
    "repetition_unit": ["day", "month", None],
    "sender": ["ana@example.org", "ben@example.org", "Ana"],
    "who_add": ["Ana"],
    "who_delete": ["Ana", "Ben"],
    "query": ["a", "lunch", ".*"],
    "product_id": ["product-1", "product-2"],
    "product_name": ["lamp", "2"],
    "item_id": ["item-1", "item-2", "item-1-sold-out"],
    "order_id": ["order-1", "order-2"],
    "discount_code": ["SAVE10", "HALF"],
    "status": [
        "shipped",
        "delivered",
        "cancelled",
        "Employed",
        "DELAYED",
        "IN_PROGRESS",
        "ARRIVED_AT_PICKUP",
    ],
    "note_id": ["note-1", "note-2"],
    "attachment": ["menu.txt"],
    "keyword": ["a", "lunch"],
    "participant": ["Ana", "Me"],
    "message_id": ["m-1", "m-2"],
    "zip_code": ["94103", "10001", "3001"],
    "apartment_id": ["flat-1", "flat-2"],
    "property_type": ["loft"],
    "start_location": ["Home", "Office"],
    "end_location": ["Office", "Airport"],
    "service_type": ["Default", "Premium", "Van"],
    "who_cancel": ["driver", "user"],
    **{name: ["/menu.txt", "/Trips/plan.md"] for name in ("attachment_path", "filepath", "file_path")},
    **{name: ["/", "/menu.txt", "/Trips", "/new/a.txt", "../.."] for name in ("path", "path1", "path2")},
    "download_path": ["/Trips", "Downloads/"],
    "path_to_save": ["/Trips"],
    "mode": ["rb", "wb", "a", "x"],
}
DATES = [
    "2025-01-06 10:00:00",
    "2025-01-07 09:30:00",
    "2025-01-06",
    "2024-12-31 23:59:59",
    "2030-02-30 00:00:00",
]
ODD_TEXTS = ["", " ", "no-such-id", "ana", "💥\u0000\x1b[31m", "x" * 200_000, "{{mail-1}}", "-1", "null"]


def emails() -> StatefulEmailApp:
    app = StatefulEmailApp(name="Emails")
    for number in (1, 2):
        app.add_email(
            Email(
                email_id=f"mail-{number}",
                sender="ana@example.org",
                recipients=[app.user_email],
                subject=f"Lunch {number}",
                content="Shall we?",
                timestamp=START - number,
            )
        )
    return app


def calendar() -> StatefulCalendarApp:
    app = StatefulCalendarApp(name="Calendar")
    for number, attendee in ((1, "Ana"), (2, "Ben")):
        app.set_calendar_event(
            {
                "event_id": f"event-{number}",
                "title": f"Lunch {number}",
                "start_datetime": START + number * 3600,
                "end_datetime": START + number * 3600 + 1800,
                "tag": "food",
                "attendees": [attendee],
            }
        )
    return app


def contacts() -> StatefulContactsApp:
    app = StatefulContactsApp(name="Contacts")
    app.add_contact(
        Contact(first_name="Ana", last_name="Ruiz", contact_id="contact-1", email="ana@example.org")
    )
    app.add_contact(Contact(first_name="Ben", last_name="Abe", contact_id="contact-2", phone="555"))
    return app


def messages() -> StatefulMessagingApp:
    app = StatefulMessagingApp(name="Messages")
    app.add_contacts([("Ana Ruiz", "ana"), ("Ben Abe", "ben")])
    for number, people in ((1, ["ana"]), (2, ["ana", "ben"])):
        app.add_conversation(
            ConversationV2(
                participant_ids=[app.current_user_id, *people],
                conversation_id=f"chat-{number}",
                messages=[
                    MessageV2(sender_id="ana", message_id=f"m-{number}", timestamp=START, content="Lunch?")
                ],
                last_updated=START,
            )
        )
    return app


def reminders() -> StatefulReminderApp:
    app = StatefulReminderApp(name="Reminders")
    app.add_reminder("Lunch", "2025-01-06 12:00:00", "bring cake")
    app.add_reminder("Bins", "2025-01-06 20:00:00", "", "day", 1)
    return app


def shopping() -> StatefulShoppingApp:
    app = StatefulShoppingApp(name="Shopping")
    for number in (1, 2):
        item_id, sold_out = f"item-{number}", f"item-{number}-sold-out"
        items = [Item(10.0 * number, True, item_id, {"color": "red"}), Item(5.0, False, sold_out)]
        variants = {item.item_id: item for item in items}
        app.products[f"product-{number}"] = Product(f"Lamp {number}", f"product-{number}", variants)
        app.add_discount_code(item_id, {"SAVE10": 10.0})
        app.add_order(f"order-{number}", "shipped", START - number, 10.0, item_id, 1)
    app.add_discount_code("item-1", {"HALF": 50.0})
    app.add_to_cart("item-1", 2)
    return app


def cab() -> StatefulCabApp:
    app = StatefulCabApp(name="Cab")
    app.add_new_ride("Default", "Home", "Office", 14.5, 20.0, START - 86_400, 14.5)
    app.order_ride("Home", "Airport", "Premium", "2025-01-06 10:00:00")
    return app


def apartments() -> StatefulApartmentApp:
    app = StatefulApartmentApp(name="Apartment")
    for number, city in ((1, "Zürich"), (2, "Bern")):
        app.apartments[f"flat-{number}"] = Apartment(
            name=f"Lunch Loft {number}",
            location=city,
            zip_code=f"300{number}",
            price=900.0 * number,
            bedrooms=number,
            bathrooms=1,
            property_type="Loft",
            square_footage=400 * number,
            pet_policy="No pets",
            apartment_id=f"flat-{number}",
            amenities=["Gym", "Parking"],
        )
    app.save_apartment("flat-1")
    return app


def notes() -> StatefulNotesApp:
    app = StatefulNotesApp(name="Notes")
    app.new_folder("Trips")
    attached = {"menu.txt": b"U291cA=="}
    app.folders["Inbox"].add_note(Note("note-1", "Lunch 1", "Shall we?", attachments=attached))
    app.folders["Trips"].add_note(Note("note-2", "Lunch 2", "bring cake", pinned=True))
    return app


def named_messages() -> MessagingApp:
    app = MessagingApp(name="Chats")
    for number, people in ((1, ["Ana"]), (2, ["Ana", "Ben"])):
        app.add_conversation(
            Conversation(
                participants=["Me", *people],
                conversation_id=f"chat-{number}",
                messages=[Message("Ana", f"m-{number}", START, "Lunch?")],
                last_updated=START,
            )
        )
    return app


def city() -> CityApp:
    app = CityApp(name="City", api_call_limit=3)
    app.add_crime_rate("94103", 8.5, 20.0)
    app.add_crime_rate("10001", 3.0, 12.25)
    return app


def files() -> SandboxLocalFileSystem:
    app = SandboxLocalFileSystem(name="Files")
    app.create_file("/menu.txt", "Soup\nCake")
    app.create_file("/Trips/plan.md", "# Lunch")
    return app


def virtual_files() -> VirtualFileSystem:
    app = VirtualFileSystem(name="Disk")
    app.create_file("/menu.txt", "Soup\nCake")
    return app


APPS: dict[str, Callable[[], App]] = {
    "Emails": emails,
    "Calendar": calendar,
    "Contacts": contacts,
    "Messages": messages,
    "Reminders": reminders,
    "Shopping": shopping,
    "Cab": cab,
    "Apartment": apartments,
    "Notes": notes,
    "Chats": named_messages,
    "City": city,
    "Files": files,
    "Disk": virtual_files,
}


def phone_with(*names: str, seed: int = 0) -> Environment:
    """Give a running environment in agent mode with user interface, home screen and the apps named."""
    run = RunContext(seed, START)
    notifications = NotificationSystem(VerbosityLevel.HIGH)
    environment = Environment(
        EnvironmentConfig(start_time=START, duration=None), notification_system=notifications
    )
    with run.active():
        apps: list[Any] = [PAREAgentUserInterface(), HomeScreenSystemApp(name="System")]
        apps += [APPS[name]() for name in names]
        for app in apps:
            app.set_seed(seed)
    environment.use_run(run)
    environment.register_apps(apps)
    environment.start()
    return environment


def home_of(environment: Environment) -> HomeScreenSystemApp:
    return environment.get_app("System")


def arguments_for(tool: AppTool, environment: Environment) -> st.SearchStrategy[dict[str, Any]]:
    """Give arguments of a tool: mostly of the right type and often of things that exist."""
    known = {**IDS, "reminder_id": reminder_ids(environment)}
    required = {
        arg.name: value_for(arg.name, str(arg.arg_type), known) for arg in tool.args if not arg.has_default
    }
    optional = {
        arg.name: value_for(arg.name, str(arg.arg_type), known) for arg in tool.args if arg.has_default
    }
    sensible = st.fixed_dictionaries(required, optional=optional)
    return st.one_of(
        sensible,
        sensible,
        sensible,
        st.dictionaries(st.sampled_from([*required, *optional, "odd"]), ODD_VALUES),
    )


def reminder_ids(environment: Environment) -> list[str]:
    return list(environment.get_app("Reminders").reminders) if environment.has_app("Reminders") else []


ODD_VALUES = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.sampled_from(ODD_TEXTS),
    st.lists(st.sampled_from(ODD_TEXTS), max_size=2),
)


AMOUNTS = st.sampled_from([0, 9.99, 25.0, 100.0, -1.0, 1e300])
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "bool | None": st.booleans(),
    "dict[str, float]": st.dictionaries(st.sampled_from(["SAVE10", "NEW", ""]), AMOUNTS, max_size=2),
    "float": AMOUNTS,
    "float | None": AMOUNTS,
}


def value_for(name: str, arg_type: str, known: dict[str, list[Any]]) -> st.SearchStrategy[Any]:
    if arg_type in BY_TYPE:
        return BY_TYPE[arg_type]
    if "dict" in arg_type:
        return st.dictionaries(st.sampled_from(["first_name", "age", "email", "odd"]), ODD_VALUES, max_size=2)
    if "list" in arg_type:
        return st.lists(
            st.one_of(st.sampled_from(["ana", "ben", "ana@example.org", "Ana"]), texts()), max_size=3
        )
    if "int" in arg_type:
        return st.one_of(st.integers(0, 3), st.sampled_from([-1, 10**9]))
    if "date" in name or "time" in name:
        return st.sampled_from(DATES)
    likely = known.get(name) or known.get(name.removesuffix("s"))
    return st.one_of(st.sampled_from(likely), st.sampled_from(likely), texts()) if likely else texts()


def texts() -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(["Lunch at noon", "Ana", "ana@example.org"]), st.sampled_from(ODD_TEXTS))


def day_of(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
