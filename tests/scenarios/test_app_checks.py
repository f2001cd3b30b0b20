"""What validators look for in the apps, on phones that a run has changed."""

from collections.abc import Callable
from typing import Any

import pytest

from pare.apps import (
    MessagingApp,
    StatefulCalendarApp,
    StatefulContactsApp,
    StatefulEmailApp,
    StatefulMessagingApp,
    StatefulReminderApp,
)
from pare.apps.email import Email, EmailFolderName
from pare.apps.files import SandboxLocalFileSystem
from pare.apps.messaging import Conversation, ConversationV2, MessageV2
from pare.kernel.environment import Environment
from pare.scenarios import Scenario
from pare.scenarios.app_checks import (
    Written,
    contact_has,
    kept,
    planned,
    readers,
    reminded,
    written,
    written_to,
    wrote,
)

NOON, ONE = "2025-01-08 12:00:00", "2025-01-08 13:00:00"
ANA, BEN = "Ana Ray", "Ben Okoro"


class Phone(Scenario):
    """A phone with one of everything."""

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.mail = StatefulEmailApp(name="Emails", user_email="Me@example.org")
        self.mail.add_email(Email(email_id="news", sender="a@example.org", content="old"))
        self.mail.add_email(Email(email_id="mine", sender="Me@example.org"), EmailFolderName.SENT)
        self.chats = StatefulMessagingApp(
            name="Chats",
            current_user_id="me",
            current_user_name="John Doe",
            id_to_name={"ana": ANA, "ben": BEN, "cleo": "Cleo"},
        )
        message = MessageV2(sender_id="me", content="old")
        for key, members in (("trio", ["me", "ana", "ben"]), ("chat", ["me", "ana"])):
            self.chats.add_conversation(
                ConversationV2(members, [message], title=key, conversation_id=key, last_updated=0)
            )
        self.named = MessagingApp(name="Named")
        self.named.add_conversation(Conversation([ANA, "Me"], conversation_id="duo"))
        self.files = SandboxLocalFileSystem(name="Files")
        self.calendar = StatefulCalendarApp(name="Calendar")
        self.lunch = self.calendar.add_calendar_event("Lunch", NOON, ONE)
        self.reminders = StatefulReminderApp(name="Reminders")
        self.bread = self.reminders.add_reminder("Bread", NOON, "")
        self.contacts = StatefulContactsApp(name="Contacts")
        self.ana = self.contacts.add_new_contact("Ana", "Ray", phone="01632-960117", email="a@example.org")
        self.apps = [
            *(self.mail, self.chats, self.named, self.files),
            *(self.calendar, self.reminders, self.contacts),
        ]


def after(*calls: Callable[[Any], Any]) -> tuple[Any, Environment]:
    """Make calls as the agent, a minute apart."""
    phone = Phone(duration=3600)
    phone.initialize()
    env = Environment()
    env.run(phone, wait_for_end=False)
    for call in calls:
        env.time_manager.add_offset(60)
        call(phone)
    return phone, env


# --- who was written to ---------------------------------------------------------------------------------


def test_nothing_is_written_before_the_run() -> None:
    assert written(after()[1]) == []


def test_emails_are_written_in_three_ways() -> None:
    _, env = after(
        lambda phone: phone.mail.send_email(
            ["B@example.org"], "s", "new", ["c@example.org", "me@Example.org"]
        ),
        lambda phone: phone.mail.reply_to_email("news", content="answer"),
        lambda phone: phone.mail.forward_email("news", ["d@example.org"]),
    )
    start = env.start_time
    assert written(env) == [
        Written(0, start + 60, frozenset({"b@example.org", "c@example.org"}), "s\nnew"),
        Written(1, start + 120, frozenset({"a@example.org"}), "Re: \nanswer"),
        Written(2, start + 180, frozenset({"d@example.org"}), "FWD: \n> old"),
    ]


def test_messages_are_written_to_one_or_to_many() -> None:
    _, env = after(
        lambda phone: phone.chats.send_message("cleo", "hello"),
        lambda phone: phone.chats.send_message_to_group_conversation("trio", "all"),
        lambda phone: phone.chats.create_and_add_message("chat", "ana", "from Ana"),
    )
    assert [(item.readers, item.text) for item in written(env)] == [
        ({"Cleo"}, "hello"),
        ({ANA, BEN}, "all"),
    ]


def test_what_the_user_taps_is_written_as_well() -> None:
    def tap(phone: Any) -> None:
        phone.mail.current_state.start_compose()
        phone.mail.current_state.set_recipients(["b@example.org"])
        phone.mail.current_state.set_body("tapped")
        phone.mail.current_state.send_composed_email()

    def keep(phone: Any) -> None:
        phone.mail.current_state.start_compose()
        phone.mail.current_state.set_recipients(["b@example.org"])
        phone.mail.current_state.save_draft()

    def chat(phone: Any) -> None:
        phone.chats.current_state.open_conversation("trio")
        phone.chats.current_state.send_message("tapped")

    assert [item.text for item in written(after(tap, keep, chat)[1])] == ["\ntapped", "tapped"]


@pytest.mark.parametrize("folder", ["TRASH", "DRAFT", "INBOX"])
def test_an_email_cannot_be_hidden(folder: str) -> None:
    def send(phone: Any) -> None:
        phone.sent = phone.mail.send_email(["b@example.org"], "", "secret")

    _, env = after(send, lambda phone: phone.mail.move_email(phone.sent, "SENT", folder))
    assert readers(env, "secret") == {"b@example.org"}
    assert len(written(env)) == 1


def test_who_left_has_read_what_was_said_before() -> None:
    _, env = after(
        lambda phone: phone.chats.send_message_to_group_conversation("trio", "one"),
        lambda phone: phone.chats.remove_participant_from_conversation("trio", "ben"),
        lambda phone: phone.chats.post_message("trio", "unrecorded"),
        lambda phone: phone.chats.add_participant_to_conversation("trio", "cleo"),
        lambda phone: phone.chats.send_message_to_group_conversation("trio", "two"),
    )
    assert readers(env, "one") == {ANA, BEN, "Cleo"}
    assert readers(env, "two") == {ANA, "Cleo"}


def test_a_call_that_failed_wrote_nothing() -> None:
    def fail(phone: Any) -> None:
        with pytest.raises(ValueError, match="no user"):
            phone.chats.send_message("nobody", "hello")

    assert written(after(fail)[1]) == []


def test_facts_may_reach_somebody_bit_by_bit() -> None:
    _, env = after(
        lambda phone: phone.chats.send_message("ana", "On Friday"),
        lambda phone: phone.chats.send_message_to_group_conversation("trio", "at 15:30"),
    )
    assert wrote(env, ANA, "Friday", "15:30") is True
    assert wrote(env, BEN, "Friday", "15:30") is False
    assert (wrote(env, BEN), wrote(env, "Cleo")) == (True, False)
    assert [item.place for item in written_to(env, ANA)] == [0, 1]
    assert [item.place for item in written_to(env, BEN, "Cleo")] == [1]
    assert (readers(env), readers(env, "Friday"), readers(env, "Monday")) == ({ANA, BEN}, {ANA}, set())


def test_chats_of_people_without_ids_are_written_as_well() -> None:
    def prepare(phone: Any) -> None:
        phone.named.create_and_add_message("duo", ANA, "from Ana")

    phone, env = after(
        prepare,
        lambda phone: phone.named.send_message("duo", "to Ana"),
        lambda phone: phone.named.add_participant_to_conversation("duo", BEN),
        lambda phone: phone.named.send_message("duo", "to both"),
        lambda phone: phone.named.remove_participant_from_conversation("duo", BEN),
        lambda phone: phone.named.send_message("duo", "to Ana again"),
    )
    assert [(item.place, item.readers, item.text) for item in written(env)] == [
        (1, {ANA, BEN}, "to Ana"),  # who is added reads what was said before
        (3, {ANA, BEN}, "to both"),
        (5, {ANA}, "to Ana again"),
    ]
    assert wrote(env, ANA, "both", "again") is True
    assert readers(env, "both") == {ANA, BEN}
    assert kept(phone, env) is True


def test_files_went_with_what_was_written() -> None:
    _, env = after(
        lambda phone: phone.files.create_file("/a.txt", "first"),
        lambda phone: phone.mail.send_email(["b@example.org"], "s", "", attachment_paths=["/a.txt"]),
        lambda phone: phone.named.send_attachment("duo", "/a.txt"),
        lambda phone: phone.named.send_message("duo", "no file"),
    )
    assert [(item.readers, item.files) for item in written(env)] == [
        ({"b@example.org"}, (b"first",)),
        ({ANA}, (b"first",)),
        ({ANA}, ()),
    ]


# --- what is planned and known --------------------------------------------------------------------------


def test_an_event_is_planned_by_its_times() -> None:
    _, env = after()
    assert planned(env, NOON) is planned(env, NOON, ONE) is True
    assert planned(env, ONE) is planned(env, NOON, NOON) is False


def test_a_reminder_is_due_within_a_window() -> None:
    phone, env = after()
    assert reminded(env, NOON, ONE) is reminded(env, "2025-01-08 00:00:00", NOON) is True
    assert reminded(env, "2025-01-08 12:00:01", ONE) is False
    assert reminded(env, NOON, ONE, phone.bread) is False


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, True),
        ({"phone": "01632 960117", "email": "A@example.org"}, True),
        ({"phone": "01632 960118"}, False),
        ({"email": "b@example.org"}, False),
        ({"address": "Rope Street"}, False),
    ],
)
def test_a_contact_is_known_by_name(wanted: dict[str, str], expected: bool) -> None:
    _, env = after()
    assert contact_has(env, "ana ray", **wanted) is expected
    assert contact_has(env, "Ana", **wanted) is False


def test_an_address_is_known_in_part() -> None:
    _, env = after(lambda phone: phone.contacts.edit_contact(phone.ana, {"address": "9, Rope Street"}))
    assert contact_has(env, ANA, address="rope street") is True


# --- what stayed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda phone: phone.calendar.add_calendar_event("x", NOON, ONE),
        lambda phone: phone.calendar.edit_calendar_event(phone.lunch, title="Long lunch"),
        lambda phone: phone.reminders.add_reminder("x", NOON, ""),
        lambda phone: phone.contacts.edit_contact(phone.ana, {"job": "baker"}),
        lambda phone: phone.contacts.add_new_contact("Ben", "Okoro"),
        lambda phone: phone.chats.send_message("ana", "x"),
        lambda phone: phone.chats.create_group_conversation(["ana", "ben"]),
        lambda phone: phone.mail.send_email(["a@example.org"]),
    ],
)
def test_what_is_added_leaves_the_rest_as_it_was(change: Callable[[Any], Any]) -> None:
    phone, env = after(change)
    assert kept(phone, env) is True


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        (lambda phone: phone.calendar.delete_calendar_event(phone.lunch), "lunch"),
        (lambda phone: phone.calendar.edit_calendar_event(phone.lunch, end_datetime=NOON), "lunch"),
        (lambda phone: phone.reminders.delete_reminder(phone.bread), "bread"),
        (lambda phone: phone.reminders.update_reminder(phone.bread, "x", "", ONE, None, None), "bread"),
        (lambda phone: phone.contacts.edit_contact(phone.ana, {"phone": "1"}), "ana"),
        (lambda phone: phone.contacts.delete_contact(phone.ana), "ana"),
        (lambda phone: phone.chats.add_participant_to_conversation("trio", "cleo"), "trio"),
        (lambda phone: phone.chats.remove_participant_from_conversation("trio", "ben"), "trio"),
        (lambda phone: phone.named.add_participant_to_conversation("duo", BEN), "duo"),
    ],
)
def test_a_change_is_seen_unless_it_was_to_be(change: Callable[[Any], Any], entry: str) -> None:
    phone, env = after(change)
    assert kept(phone, env) is False
    assert kept(phone, env, getattr(phone, entry, entry)) is True


def test_what_is_taken_back_is_as_it_was() -> None:
    phone, env = after(
        lambda phone: phone.chats.remove_participant_from_conversation("trio", "ana"),
        lambda phone: phone.chats.add_participant_to_conversation("trio", "ana"),
    )
    assert kept(phone, env) is True


def test_a_reminder_that_was_heard_is_as_it_was() -> None:
    phone, env = after()
    phone.reminders.reminders[phone.bread].time_notified = 1.0
    assert kept(phone, env) is True
