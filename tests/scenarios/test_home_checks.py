"""What validators look for in chats by name, notes, flats and files, on phones that a run has changed."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from pare.apps import (
    MessagingApp,
    PAREAgentUserInterface,
    StatefulApartmentApp,
    StatefulCalendarApp,
    StatefulEmailApp,
    StatefulNotesApp,
)
from pare.apps.files import SandboxLocalFileSystem, VirtualFileSystem
from pare.apps.messaging import FileMessage
from pare.kernel.environment import Environment
from pare.kernel.recording import EventRegisterer
from pare.scenarios import Scenario
from pare.scenarios.home_checks import (
    Letters,
    amount,
    answers,
    chat,
    file_at,
    in_turn,
    saved_flats,
    stayed,
)

ANA, BEN, CLEO = "Ana Ray", "Ben Okoro", "Cleo Diaz"
FLAT = {"location": "x", "zip_code": "1", "price": 1.0, "bedrooms": 1, "bathrooms": 1, "square_footage": 1}


class Phone(Scenario):
    """A phone with one of everything."""

    files_class: Any = SandboxLocalFileSystem

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.aui = PAREAgentUserInterface()
        self.mail = StatefulEmailApp(name="Emails", user_email="me@example.org")
        self.chats = MessagingApp(name="Chats")
        self.chats.add_conversations(
            [
                chat(
                    "trio",
                    [ANA, BEN],
                    (ANA, "2025-01-05 12:00:00", "Hello"),
                    ("Me", "2025-01-05 13:00:00", "Hi"),
                ),
                chat("ana", [ANA]),
            ]
        )
        self.notes = StatefulNotesApp(name="Notes")
        self.note = self.notes.create_note("Work", "Plan", "- 12 nails")
        self.flats = StatefulApartmentApp(name="Apartment")
        self.flats.load_apartments_from_dict(
            {
                "oak": {"name": "Oak", "property_type": "House", "saved": True} | FLAT,
                "elm": {"name": "Elm", "property_type": "House"} | FLAT,
            }
        )
        self.calendar = StatefulCalendarApp(name="Calendar")
        self.lunch = self.calendar.add_calendar_event("Lunch", "2025-01-08 12:00:00", "2025-01-08 13:00:00")
        self.files = self.files_class(name="Files")
        self.files.create_file("/docs/a.txt", "first")
        self.apps = [
            self.aui,
            self.mail,
            self.chats,
            self.notes,
            self.flats,
            self.calendar,
            self.files,
        ]


def after(*calls: Callable[[Any], Any], files_class: Any = SandboxLocalFileSystem) -> tuple[Any, Environment]:
    """Make calls as the agent, a minute apart."""
    phone = Phone(duration=3600)
    phone.files_class = files_class
    phone.initialize()
    env = Environment()
    env.run(phone, wait_for_end=False)
    for call in calls:
        env.time_manager.add_offset(60)
        call(phone)
    return phone, env


def test_a_plan_follows_its_first_event_and_the_user_takes_time() -> None:
    phone, _ = after()
    with EventRegisterer.capture_mode():
        first = phone.chats.create_and_add_message("ana", ANA, "Now?").depends_on(None, 10)
        plan = in_turn(first, phone.aui.send_message_to_user("Shall I?"), phone.aui.accept_proposal("Yes."))
    assert [event.dependencies for event in plan] == [[first], [plan[0]]]
    assert [event.event_relative_time for event in plan] == [3, 30]


def test_an_amount_is_written_in_several_ways() -> None:
    assert amount(1450) == ("1450", "1,450", "1.450", "1 450", "1'450")
    assert amount(87) == ("87",)


def test_what_the_user_said_while_accepting_is_known() -> None:
    _, env = after(
        lambda s: s.aui.accept_proposal("The late one."), lambda s: s.aui.reject_proposal("Not that.")
    )
    assert answers(env) == "The late one."


# --- letters --------------------------------------------------------------------------------------------


def test_nothing_was_written_before_the_run() -> None:
    letters = Letters(after()[1])
    assert (letters.all, letters.readers()) == ([], set())
    assert not letters.tell(ANA)


def test_letters_are_emails_and_chats() -> None:
    letters = Letters(
        after(
            lambda s: s.chats.send_message("trio", "At 12:30."),
            lambda s: s.mail.send_email(["a@example.org"], "Lunch", "At one."),
            lambda s: s.chats.create_and_add_message("ana", ANA, "Fine."),
        )[1]
    )
    assert letters.readers() == {ANA, BEN, "a@example.org"}
    assert letters.readers("12:30") == {ANA, BEN}
    assert letters.tell(ANA, "12:30")
    assert not letters.tell(BEN, "one")
    assert letters.places(BEN) == [0]
    assert letters.places("a@example.org") == [1]
    assert [item.text for item in letters.to(ANA)] == ["At 12:30."]


def test_who_left_a_chat_has_read_it_and_who_left_before_has_not() -> None:
    letters = Letters(
        after(
            lambda s: s.chats.remove_participant_from_conversation("trio", BEN),
            lambda s: s.chats.add_participant_to_conversation("trio", CLEO),
            lambda s: s.chats.send_message("trio", "At 12:30."),
            lambda s: s.chats.remove_participant_from_conversation("trio", CLEO),
        )[1]
    )
    assert letters.readers() == {ANA, CLEO}


def test_files_go_with_emails_and_chats() -> None:
    letters = Letters(
        after(
            lambda s: s.mail.send_email(["A@example.org"], "x", "y", attachment_paths=["/docs/a.txt"]),
            lambda s: s.chats.send_attachment("ana", "/docs/a.txt"),
        )[1]
    )
    assert letters.bring("a@example.org", b"first")
    assert letters.bring(ANA, b"first")
    assert not letters.bring(ANA, b"second")
    assert not letters.bring(BEN, b"first")
    assert [item.files for item in letters.all] == [(b"first",), (b"first",)]


def test_a_file_that_came_was_not_sent() -> None:
    phone, env = after(
        lambda s: s.mail.send_email_to_user_with_id("in", "a@example.org", attachment_paths=["/docs/a.txt"])
    )
    phone.chats.conversations["ana"].messages.append(FileMessage(ANA, attachment=b"x", attachment_name="x"))
    assert Letters(env).all == []
    assert base64.b64decode(phone.mail.get_email_by_id("in").attachments["a.txt"]) == b"first"


# --- flats, files, and what stayed ----------------------------------------------------------------------


def test_saved_flats_are_those_that_can_still_be_rented() -> None:
    assert saved_flats(after()[1]) == {"Oak"}
    assert saved_flats(after(lambda s: s.flats.save_apartment("elm"))[1]) == {"Oak", "Elm"}
    assert saved_flats(after(lambda s: s.flats.remove_saved_apartment("oak"))[1]) == set()
    assert saved_flats(after(lambda s: s.flats.delete_apartment("oak"))[1]) == set()


@pytest.mark.parametrize("files_class", [SandboxLocalFileSystem, VirtualFileSystem])
def test_a_file_is_found_where_it_was_moved_to(files_class: Any) -> None:
    _, env = after(lambda s: s.files.mv("/docs/a.txt", "/b.txt"), files_class=files_class)
    assert (file_at(env, "/docs/a.txt"), file_at(env, "/b.txt")) == (None, b"first")
    assert file_at(env, "/docs") is None


def test_without_files_there_is_none() -> None:
    env = Environment()
    assert file_at(env, "/docs/a.txt") is None


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda s: s.notes.update_note(s.note, content="- 13 nails"), "note"),
        (lambda s: s.notes.move_note(s.note, "Work", "Personal"), "note"),
        (lambda s: s.notes.delete_note(s.note), "note"),
        (lambda s: s.notes.add_attachment_to_note(s.note, "/docs/a.txt"), "note"),
        (lambda s: s.calendar.delete_calendar_event(s.lunch), "lunch"),
        (lambda s: s.chats.add_participant_to_conversation("ana", BEN), "ana"),
        (lambda s: s.files.rm("/docs/a.txt"), "/docs/a.txt"),
        (lambda s: s.files.create_file("/docs/a.txt", "second"), "/docs/a.txt"),
    ],
)
def test_a_change_is_noticed_unless_it_was_asked_for(call: Callable[[Any], Any], name: str) -> None:
    phone, env = after(call)
    assert not stayed(phone, env)
    assert stayed(phone, env, getattr(phone, name, name))


def test_what_came_in_later_is_free() -> None:
    phone, env = after(
        lambda s: s.notes.create_note(title="New"),
        lambda s: s.files.create_file("/docs/b.txt", "new"),
        lambda s: s.chats.send_message("ana", "Hello"),
        lambda s: s.calendar.add_calendar_event("New", "2025-01-09 12:00:00", "2025-01-09 13:00:00"),
    )
    assert stayed(phone, env)
