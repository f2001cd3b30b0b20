"""Whom or what a mutant is aimed at instead: flats, notes' folders, files, people who are known by name."""

from types import SimpleNamespace
from typing import Any

import pytest

from pare.apps import MessagingApp, StatefulApartmentApp, StatefulEmailApp, StatefulNotesApp
from pare.apps.files import SandboxLocalFileSystem, VirtualFileSystem
from pare.apps.messaging import Conversation
from pare.kernel.action import Action
from pare.scenarios import Scenario
from pare.testing.targets import NO_SUCH_ID, SOMEBODY, other_targets

SIZE = {"bedrooms": 1, "bathrooms": 1, "square_footage": 1}
FLAT = {"name": "x", "location": "x", "zip_code": "1", "price": 1.0, "property_type": "House"} | SIZE


def phone(files_class: Any = SandboxLocalFileSystem) -> Any:
    """Give apps with two of everything."""
    apps = SimpleNamespace(
        flats=StatefulApartmentApp(name="Apartment"),
        notes=StatefulNotesApp(name="Notes"),
        mail=StatefulEmailApp(name="Emails"),
        chats=MessagingApp(name="Chats"),
        files=files_class(name="Files"),
    )
    apps.flats.load_apartments_from_dict({"oak": FLAT, "elm": FLAT})
    apps.chats.add_conversations(
        [
            Conversation(["Ana", "Me"], conversation_id="a"),
            Conversation(["Ben", "Ana", "Me"], conversation_id="b"),
        ]
    )
    for path in ("/docs/a.txt", "/docs/b.txt", "/old/c.txt"):
        apps.files.create_file(path, path)
    return apps


def aimed(apps: Any, app: Any, function: str, **args: Any) -> list[dict[str, Any]]:
    scenario = Scenario(apps=list(vars(apps).values()))
    return other_targets(Action(getattr(app, function), args, app=app), scenario)


def test_another_flat_is_saved() -> None:
    apps = phone()
    assert aimed(apps, apps.flats, "save_apartment", apartment_id="oak") == [{"apartment_id": "elm"}]
    assert aimed(apps, apps.flats, "save_apartment", apartment_id="{{new}}") == [{"apartment_id": NO_SUCH_ID}]


def test_another_folder_is_chosen() -> None:
    apps = phone()
    assert aimed(apps, apps.notes, "create_note", folder="Inbox") == [{"folder": "Personal"}]
    assert aimed(apps, apps.notes, "move_note", dest_folder_name="Work") == [{"dest_folder_name": "Inbox"}]
    assert aimed(apps, apps.mail, "move_email", dest_folder_name="INBOX") == [{"dest_folder_name": "SENT"}]


def test_somebody_else_takes_part() -> None:
    apps = phone()
    function = "add_participant_to_conversation"
    assert aimed(apps, apps.chats, function, participant="Ana") == [{"participant": "Ben"}]
    assert aimed(apps, apps.chats, "create_conversation", participants=["Ana", "Cleo"]) == [
        {"participants": ["Cleo", "Ben"]}
    ]
    empty = MessagingApp(name="Empty")
    assert aimed(apps, empty, function, participant="Ana") == [{"participant": SOMEBODY}]


@pytest.mark.parametrize("files_class", [SandboxLocalFileSystem, VirtualFileSystem])
def test_another_file_is_taken_and_put_elsewhere(files_class: Any) -> None:
    apps = phone(files_class)
    assert aimed(apps, apps.mail, "send_email", attachment_paths=["docs/a.txt"]) == [
        {"attachment_paths": ["/docs/b.txt"]}
    ]
    assert aimed(apps, apps.files, "rm", path="/docs/b.txt") == [{"path": "/docs/a.txt"}]
    assert aimed(apps, apps.files, "mv", path1="/docs/a.txt", path2="/docs/d.txt") == [
        {"path1": "/docs/b.txt"},
        {"path2": "/old/d.txt"},
    ]
