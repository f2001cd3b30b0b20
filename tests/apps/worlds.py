"""A phone full of data, and arguments for its tools: sensible ones, and everything else."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from pare.apps import (
    HomeScreenSystemApp,
    PAREAgentUserInterface,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulMessagingApp,
    StatefulReminderApp,
)
from pare.apps.contacts import Contact
from pare.apps.email import Email
from pare.apps.messaging import ConversationV2, MessageV2
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
    "app_name": ["Emails", "Calendar", "Contacts", "Messages", "Reminders", "System"],
    "folder_name": ["INBOX", "sent", "DRAFT", "TRASH"],
    "destination_folder": ["TRASH", "draft"],
    "source_folder_name": ["INBOX", "SENT"],
    "dest_folder_name": ["INBOX", "SENT"],
    "unit": ["day", "month", "hour"],
    "repetition_unit": ["day", "month", None],
    "sender": ["ana@example.org", "ben@example.org"],
    "who_add": ["Ana"],
    "who_delete": ["Ana", "Ben"],
    "query": ["a", "lunch", ".*"],
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


APPS = {
    "Emails": emails,
    "Calendar": calendar,
    "Contacts": contacts,
    "Messages": messages,
    "Reminders": reminders,
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


def value_for(name: str, arg_type: str, known: dict[str, list[Any]]) -> st.SearchStrategy[Any]:
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
