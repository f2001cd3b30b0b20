"""The screens of the notes app: where taps lead, what they show, refuse and record."""

import copy
import io
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from pare.apps.note import EditNote, FolderList, Note, NoteDetail, NoteList, StatefulNotesApp
from pare.errors import InvalidValueError, NotFoundKeyError, ToolError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType, OperationType
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.toolbox import Toolbox

START = 1_736_154_000.0  # Monday 2025-01-06 09:00 UTC
LIST_TOOLS = ["list_folders", "list_notes", "new_note", "open", "search"]
DETAIL_TOOLS = [
    *("add_attachment", "delete", "duplicate", "edit", "list_attachments", "move", "refresh"),
    *("remove_attachment", "go_back"),
]


class Files:
    """A file system on which every file but `gone` is there."""

    def exists(self, path: str) -> bool:
        return path != "gone"

    def open(self, path: str, mode: str) -> io.BytesIO:
        return io.BytesIO(b"hi")

    def mkdir(self, path: str) -> None:
        """A folder needs no making."""


@pytest.fixture
def app() -> Iterator[StatefulNotesApp]:
    """Give an app with `old` and `new` in the Inbox, and `job` in a folder of its own, Trips."""
    with RunContext(seed=1, start_time=START).active():
        notes = StatefulNotesApp(name="Notes", internal_fs=Files())
        notes.folders["Inbox"].add_note(Note("old", "Shopping", "milk", created_at=10.0, updated_at=20.0))
        notes.folders["Inbox"].add_note(Note("new", "Lunch", "at noon", created_at=30.0, updated_at=30.0))
        notes.new_folder("Trips")
        notes.folders["Trips"].add_note(Note("job", "Packing", "by noon", attachments={"a.txt": b"aGk="}))
        yield notes


def shown(app: StatefulNotesApp) -> tuple[str, Any, int]:
    screen = app.current_state
    what = getattr(screen, "note_id", None) or getattr(screen, "folder", None)
    return type(screen).__name__, what, len(app.navigation_stack)


def offered(app: StatefulNotesApp) -> list[str]:
    return [tool.func_name for tool in app.get_user_tools()]


def tap(app: StatefulNotesApp, name: str, **arguments: Any) -> Any:
    """Give what a tap returned, having seen that it is recorded, as the user's, and nothing else is."""
    events: list[CompletedEvent] = []
    app.register_to_env("tap", events.append)
    try:
        Toolbox(app.get_user_tools()).call(f"Notes__{name}", arguments)
    finally:
        assert [(event.event_type, event.function_name()) for event in events] == [(EventType.USER, name)]
    return events[0].metadata.return_value


def refused(app: StatefulNotesApp, error: type[Exception], name: str, **arguments: Any) -> str:
    """Give the text of the error of a tap, having seen that it changed nothing."""
    before = app.get_state(), app.current_state, list(app.navigation_stack)
    with pytest.raises(error) as caught:
        tap(app, name, **arguments)
    assert isinstance(caught.value, ToolError)
    assert (app.get_state(), app.current_state, app.navigation_stack) == before
    return str(caught.value)


def ids(notes: list[Note]) -> list[str]:
    return [note.note_id for note in notes]


def detail(app: StatefulNotesApp, note_id: str = "job") -> StatefulNotesApp:
    tap(app, "open", note_id=note_id)
    return app


# --- the app ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("pare.apps.note", ["EditNote", "FolderList", "Note", "NoteDetail", "NoteList", "StatefulNotesApp"]),
        ("pare.apps.note.app", ["Note", "NotesFolder", "ReturnedNotes", "StatefulNotesApp"]),
        ("pare.apps.note.states", ["EditNote", "FolderList", "NoteDetail", "NoteList"]),
        ("pare.apps.note.types", ["Note", "ReturnedNotes"]),
    ],
)
def test_published_names_are_importable(path: str, names: list[str]) -> None:
    assert [name for name in names if not hasattr(import_module(path), name)] == []


def test_loading_and_resetting_show_the_inbox(app: StatefulNotesApp) -> None:
    state = detail(app).get_state()
    app.load_state(copy.deepcopy(state))
    assert (shown(app), app.get_state()) == (("NoteList", "Inbox", 0), state)
    detail(app).reset()
    assert shown(app) == ("NoteList", "Inbox", 0)
    assert app.folders["Inbox"].notes == {}


def test_what_the_agent_does_moves_no_screen(app: StatefulNotesApp) -> None:
    before = detail(app).current_state
    app.create_note(title="T")
    app.delete_note("job")
    assert app.current_state is before
    assert shown(app) == ("NoteDetail", "job", 1)


def test_a_captured_tap_is_a_plan(app: StatefulNotesApp) -> None:
    before = app.get_state()
    with EventRegisterer.capture_mode():
        planned: Any = app.current_state.new_note()
    assert isinstance(planned, Event)
    assert (app.get_state(), shown(app)) == (before, ("NoteList", "Inbox", 0))


def test_taps_that_change_notes_are_writing() -> None:
    def write(screen: type[Any]) -> set[str]:
        marks = {name: getattr(member, "__operation_type__", None) for name, member in vars(screen).items()}
        return {name for name, operation in marks.items() if operation is OperationType.WRITE}

    assert write(NoteList) == {"new_note"}
    assert write(EditNote) == {"update"}
    assert write(FolderList) == set()
    assert write(NoteDetail) == {
        *("add_attachment", "remove_attachment", "delete", "edit", "duplicate", "move"),
    }


# --- the notes of a folder ----------------------------------------------------------------------------------


def test_the_inbox_comes_first(app: StatefulNotesApp) -> None:
    assert shown(app) == ("NoteList", "Inbox", 0)
    assert offered(app) == LIST_TOOLS


def test_notes_are_listed_and_searched_in_the_folder_that_is_shown(app: StatefulNotesApp) -> None:
    page = tap(app, "list_notes", offset=0, limit=1)
    assert (ids(page.notes), page.notes_range, page.total_notes) == (["new"], (0, 1), 2)
    assert ids(tap(app, "list_notes").notes) == ["new", "old"]
    assert ids(tap(app, "search", keyword="NOON")) == ["new"]
    assert shown(app) == ("NoteList", "Inbox", 0)


def test_a_user_reads_notes_as_text(app: StatefulNotesApp) -> None:
    toolbox = Toolbox(app.get_user_tools())
    assert toolbox.call("Notes__list_notes").startswith("Notes 1 to 2 of 2:\n\nId: new\nTitle: Lunch\n")
    assert toolbox.call("Notes__search", {"keyword": "absent"}) == "There are none."
    assert toolbox.call("Notes__open", {"note_id": "job"}) == str(app.get_note_by_id("job"))


def test_a_note_of_any_folder_is_opened(app: StatefulNotesApp) -> None:
    assert tap(app, "open", note_id="job").title == "Packing"
    assert shown(app) == ("NoteDetail", "job", 1)
    assert offered(app) == DETAIL_TOOLS
    tap(app, "go_back")
    assert shown(app) == ("NoteList", "Inbox", 0)


def test_a_new_note_is_written_in_a_form(app: StatefulNotesApp) -> None:
    note_id = tap(app, "new_note")
    assert app.folders["Inbox"].notes[note_id].content == ""
    assert shown(app) == ("EditNote", note_id, 1)
    assert offered(app) == ["update", "go_back"]
    assert tap(app, "update", title="", content="Buy stamps") == note_id
    assert shown(app) == ("NoteDetail", note_id, 2)
    note = app.get_note_by_id(note_id)
    assert (note.title, note.content, note.created_at) == ("Buy stamps", "Buy stamps", START)


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("open", {"note_id": "odl"}, NotFoundKeyError),
        ("open", {"note_id": ""}, InvalidValueError),
        ("list_notes", {"offset": 3}, InvalidValueError),
        ("list_notes", {"limit": -1}, InvalidValueError),
        ("search", {"keyword": " "}, InvalidValueError),
    ],
)
def test_a_list_refuses(
    app: StatefulNotesApp, name: str, arguments: dict[str, Any], error: type[Exception]
) -> None:
    refused(app, error, name, **arguments)


def test_a_folder_that_is_gone_can_be_left(app: StatefulNotesApp) -> None:
    tap(app, "list_folders")
    tap(app, "open", folder="Trips")
    app.rename_folder("Trips", "Journeys")
    for name, arguments in (("list_notes", {}), ("new_note", {}), ("search", {"keyword": "x"})):
        assert "go back" in refused(app, KeyError, name, **arguments)
    tap(app, "go_back")
    assert tap(app, "list_folders")[-1] == "Journeys"


# --- the folders --------------------------------------------------------------------------------------------


def test_a_folder_is_chosen_from_all(app: StatefulNotesApp) -> None:
    assert tap(app, "list_folders") == ["Inbox", "Personal", "Work", "Trips"]
    assert shown(app) == ("FolderList", None, 1)
    assert offered(app) == ["list_folders", "open", "go_back"]
    assert tap(app, "list_folders") == ["Inbox", "Personal", "Work", "Trips"]
    assert shown(app) == ("FolderList", None, 1)
    assert "Folders: Inbox" in refused(app, KeyError, "open", folder="trips")
    assert ids(tap(app, "open", folder="Trips")) == ["job"]
    assert shown(app) == ("NoteList", "Trips", 2)
    assert offered(app) == [*LIST_TOOLS, "go_back"]
    assert ids(tap(app, "list_notes").notes) == ["job"]


# --- a note -------------------------------------------------------------------------------------------------


def test_a_note_is_looked_at_as_it_is_now(app: StatefulNotesApp) -> None:
    detail(app)
    app.update_note("job", "Unpacking")
    assert tap(app, "refresh").title == "Unpacking"
    assert tap(app, "list_attachments") == ["a.txt"]
    assert shown(app) == ("NoteDetail", "job", 1)


def test_files_are_attached_and_removed(app: StatefulNotesApp) -> None:
    assert tap(detail(app), "add_attachment", attachment_path="docs/plan.txt") == "job"
    assert tap(app, "remove_attachment", attachment="a.txt") == "job"
    assert app.list_attachments("job") == ["plan.txt"]
    assert shown(app) == ("NoteDetail", "job", 1)
    assert "no file 'gone'" in refused(app, ValueError, "add_attachment", attachment_path="gone")
    assert "Attachments: plan.txt" in refused(app, KeyError, "remove_attachment", attachment="x")


def test_a_deleted_note_leads_back(app: StatefulNotesApp) -> None:
    assert tap(detail(app), "delete") == "job"
    assert shown(app) == ("NoteList", "Inbox", 0)
    assert app.folders["Trips"].notes == {}


def test_a_note_is_edited(app: StatefulNotesApp) -> None:
    assert tap(detail(app), "edit") == "job"
    assert shown(app) == ("EditNote", "job", 2)
    assert "nothing to change" in refused(app, ValueError, "update", title=" ", content="")
    assert tap(app, "update", title="T", content="") == "job"
    assert shown(app) == ("NoteDetail", "job", 3)
    assert (app.get_note_by_id("job").title, app.get_note_by_id("job").content) == ("T", "by noon")


def test_a_copy_of_a_note_is_shown(app: StatefulNotesApp) -> None:
    copy_id = tap(detail(app), "duplicate")
    assert shown(app) == ("NoteDetail", copy_id, 2)
    assert list(app.folders["Trips"].notes) == ["job", copy_id]
    tap(app, "delete")
    assert shown(app) == ("NoteDetail", "job", 1)


def test_a_moved_note_leads_to_its_folder(app: StatefulNotesApp) -> None:
    detail(app)
    assert "no folder 'work'" in refused(app, KeyError, "move", dest_folder_name="work")
    app.move_note("job", "Trips", "Inbox")
    assert tap(app, "move", dest_folder_name="Work") == "job"
    assert shown(app) == ("NoteList", "Work", 2)
    assert list(app.folders["Work"].notes) == ["job"]


def test_a_note_that_is_gone_can_only_be_left(app: StatefulNotesApp) -> None:
    detail(app)
    app.delete_note("job")
    taps: dict[str, dict[str, Any]] = {name: {} for name in DETAIL_TOOLS if name != "go_back"}
    taps["add_attachment"] = {"attachment_path": "plan"}
    taps["remove_attachment"] = {"attachment": "a.txt"}
    taps["move"] = {"dest_folder_name": "Work"}
    for name, arguments in taps.items():
        assert "go back" in refused(app, NotFoundKeyError, name, **arguments)
    tap(app, "go_back")
    assert shown(app) == ("NoteList", "Inbox", 0)


def test_a_form_for_a_note_that_is_gone_can_only_be_left(app: StatefulNotesApp) -> None:
    tap(detail(app), "edit")
    app.delete_folder("Trips")
    assert "go back" in refused(app, NotFoundKeyError, "update", title="T", content="C")
    tap(app, "go_back")
    tap(app, "go_back")
    assert shown(app) == ("NoteList", "Inbox", 0)


@pytest.mark.parametrize("screen", [NoteDetail("x"), EditNote("x"), NoteList("x")])
def test_a_screen_of_nothing_is_not_entered(app: StatefulNotesApp, screen: Any) -> None:
    with pytest.raises(NotFoundKeyError, match="go back"):
        app.set_current_state(screen)
    assert shown(app) == ("NoteList", "Inbox", 0)
