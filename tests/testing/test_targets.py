"""What a mutant says in other words, and whom or what it is aimed at instead."""

from types import SimpleNamespace
from typing import Any

import pytest

from pare.apps import (
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulMessagingApp,
    StatefulReminderApp,
)
from pare.apps.email import Email
from pare.kernel.action import Action
from pare.kernel.recording import EventRegisterer
from pare.scenarios import Scenario
from pare.testing import paraphrase
from pare.testing.paraphrase import facts
from pare.testing.targets import NO_SUCH_ID, SOMEBODY, SOMETHING, STRANGER, other_targets
from tests.kernel.phone import Diary

WORDS = "The order for Ana is 12 loaves, due at 15:30."


def test_a_paraphrase_has_the_facts_and_no_other_words() -> None:
    assert facts(WORDS) == ["Ana", "12", "15:30"]
    assert facts('Dr. Osei wrote. Tell "Ben Ray" (ben@example.org), and/or BBC: it\'s 5 €!') == [
        "Osei",
        "Ben",
        "Ray",
        "ben@example.org",
        "and/or",
        "BBC",
        "5",
    ]
    said = paraphrase(WORDS)
    assert all(fact in said for fact in facts(WORDS))
    assert {"order", "loaves", "due"}.isdisjoint(said.split())
    assert paraphrase("Yes") == paraphrase("") == "something was said"


def phone() -> SimpleNamespace:
    """Give apps with two of everything."""
    apps = SimpleNamespace(
        mail=StatefulEmailApp(name="Emails"),
        calendar=StatefulCalendarApp(name="Calendar"),
        contacts=StatefulContactsApp(name="Contacts"),
        chats=StatefulMessagingApp(name="Chats"),
        reminders=StatefulReminderApp(name="Reminders"),
        ids={},
    )
    apps.chats.add_contacts([("Ana", "ana"), ("Ben", "ben"), ("Cleo", "cleo")])
    for number, day in enumerate(("2025-01-08", "2025-01-09")):
        apps.mail.add_email(Email(email_id=f"mail-{number}", sender="a@example.org", content="x"))
        apps.ids["event", number] = apps.calendar.add_calendar_event(
            title="x", start_datetime=f"{day} 10:00:00", end_datetime=f"{day} 11:00:00"
        )
        apps.ids["contact", number] = apps.contacts.add_new_contact(first_name=f"A{number}", last_name="B")
        apps.ids["chat", number] = apps.chats.create_group_conversation(["ana", "ben"], f"t{number}")
        apps.ids["reminder", number] = apps.reminders.add_reminder(f"r{number}", f"{day} 10:00:00", "")
    return apps


def aimed(app: Any, function: str, **args: Any) -> list[dict[str, Any]]:
    return other_targets(Action(getattr(app, function), args, app=app), Scenario())


def test_another_thing_of_the_same_kind_is_chosen() -> None:
    apps = phone()
    for app, function, name, kind in (
        (apps.calendar, "delete_calendar_event", "event_id", "event"),
        (apps.contacts, "delete_contact", "contact_id", "contact"),
        (apps.chats, "post_message", "conversation_id", "chat"),
        (apps.reminders, "delete_reminder", "reminder_id", "reminder"),
    ):
        known = set(getattr(app, f"{name.removesuffix('_id')}s"))
        for value in (str(apps.ids[kind, 0]), str(apps.ids[kind, 1])):
            (other,) = aimed(app, function, **{name: value})
            assert other[name] in known - {value}
            assert aimed(app, function, **{name: value}) == [other]
    assert aimed(apps.mail, "delete_email", email_id="mail-0") == [{"email_id": "mail-1"}]


def test_an_answer_goes_to_another_sender() -> None:
    """With an answer to another email of the same sender, the same person would have it."""
    mail = StatefulEmailApp(name="Emails")
    for email_id, sender in (("first", "a@x.org"), ("other", "b@x.org"), ("second", "a@x.org")):
        mail.add_email(Email(email_id=email_id, sender=sender))
    assert aimed(mail, "reply_to_email", email_id="first", content="c") == [{"email_id": "other"}]
    assert aimed(mail, "reply_to_email", email_id="other", content="c") == [{"email_id": "first"}]
    assert aimed(mail, "delete_email", email_id="first") == [{"email_id": "other"}]
    assert aimed(mail, "delete_email", email_id="other") == [{"email_id": "first"}]
    mail.delete_future_data(-1)
    mail.add_email(Email(email_id="first", sender="a@x.org"))
    mail.add_email(Email(email_id="second", sender="a@x.org"))
    assert aimed(mail, "reply_to_email", email_id="first", content="c") == [{"email_id": NO_SUCH_ID}]
    assert aimed(mail, "delete_email", email_id="first") == [{"email_id": "second"}]


def test_the_sender_of_an_email_may_stand_in_the_plan() -> None:
    mail = StatefulEmailApp(name="Emails")
    for email_id, sender in (("old", "a@x.org"), ("other", "b@x.org")):
        mail.add_email(Email(email_id=email_id, sender=sender))
    with EventRegisterer.capture_mode():
        arrives: Any = mail.send_email_to_user_with_id("new", "a@x.org", "s", "c")
    plan = Scenario(apps=[mail], events=[arrives])
    action = Action(mail.reply_to_email, {"email_id": "new", "content": "c"}, app=mail)
    assert other_targets(action, plan) == [{"email_id": "other"}]


def test_a_placeholder_may_stand_for_anything_that_is_there() -> None:
    apps = phone()
    assert aimed(apps.mail, "reply_to_email", email_id="{{read.email_id}}") == [{"email_id": NO_SUCH_ID}]
    assert aimed(apps.chats, "create_group_conversation", user_ids=["{{who}}", "ana"]) == [
        {"user_ids": ["ana", NO_SUCH_ID]}
    ]


def test_somebody_else_is_chosen() -> None:
    apps = phone()
    assert aimed(apps.mail, "send_email", recipients=["a@x.org"], subject="s") == [{"recipients": [STRANGER]}]
    assert aimed(apps.mail, "send_email", recipients=["a@x.org"], cc=["b@x.org", "c@x.org"]) == [
        {"recipients": [STRANGER]},
        {"cc": [STRANGER]},
    ]
    assert aimed(apps.mail, "send_email", cc=[], recipients=None) == []
    assert aimed(apps.chats, "send_message", user_id="ana", content="x") == [{"user_id": "ben"}]
    assert aimed(apps.chats, "create_group_conversation", user_ids=["ana", "ben"]) == [
        {"user_ids": ["ben", "cleo"]}
    ]


def test_somebody_else_is_invited() -> None:
    apps = phone()
    assert aimed(apps.calendar, "add_calendar_event", title="x", attendees=["Ana B", "Ben C"]) == [
        {"attendees": ["Ben C", SOMEBODY]}
    ]
    assert aimed(apps.calendar, "add_calendar_event", title="x", attendees=None) == []


def test_each_update_gets_another_value() -> None:
    updates = {"phone": "12", "email": "a@x.org", "age": 41, "is_user": False}
    assert aimed(phone().contacts, "edit_contact", updates=updates) == [
        {"updates": {**updates, "phone": SOMETHING}},
        {"updates": {**updates, "email": STRANGER}},
        {"updates": {**updates, "age": 42}},
        {"updates": {**updates, "is_user": True}},
    ]
    assert aimed(phone().contacts, "edit_contact", updates="{{what}}") == []


def test_where_there_is_nobody_else_nobody_is_chosen() -> None:
    apps = phone()
    everybody = ["ana", "ben", "cleo"]
    assert aimed(apps.chats, "create_group_conversation", user_ids=everybody) == [
        {"user_ids": ["ben", "cleo", NO_SUCH_ID]}
    ]
    assert aimed(Diary(), "write", email_id="a", event_id="b", user_id="c", user_ids=["d"]) == [
        {"email_id": NO_SUCH_ID},
        {"event_id": NO_SUCH_ID},
        {"user_id": NO_SUCH_ID},
        {"user_ids": [NO_SUCH_ID]},
    ]


def test_times_move_by_a_day_together() -> None:
    apps = phone()
    assert aimed(
        apps.calendar,
        "add_calendar_event",
        title="x",
        start_datetime="2025-01-31 10:00:00",
        end_datetime="2025-01-31 11:00:00",
    ) == [{"start_datetime": "2025-02-01 10:00:00", "end_datetime": "2025-02-01 11:00:00"}]
    assert aimed(apps.reminders, "add_reminder", due_datetime="2025-01-08 10:00:00") == [
        {"due_datetime": "2025-01-09 10:00:00"}
    ]


@pytest.mark.parametrize("odd", ["{{event.start}}", "tomorrow", 5.0, None, ""])
def test_what_is_no_time_is_no_target(odd: Any) -> None:
    assert aimed(phone().reminders, "add_reminder", due_datetime=odd, title="x") == []
