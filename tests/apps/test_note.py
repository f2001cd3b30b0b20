"""The notes app: folders, notes, attachments, records, notices, state."""

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.apps.base import Protocol
from pare.apps.checks import MAX_TEXT, PositionError, WrongTypeError
from pare.apps.note import (
    FolderNameError,
    Note,
    NotesApp,
    NotesFolder,
    StatefulNotesApp,
    UnknownFolderError,
)
from pare.apps.note.model import notes_as_text, page_as_text
from pare.errors import InvalidValueError, NotFoundError, NotFoundKeyError, ToolError
from pare.kernel.calls import CompletedEvent, Event
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.notices import VerbosityLevel, notice_of
from pare.tools.toolbox import Toolbox


@pytest.fixture(autouse=True)
def run() -> Iterator[RunContext]:
    with RunContext(seed=1, start_time=1000.0).active() as context:
        yield context


class Files:
    """Files in memory."""

    def __init__(self, **content: bytes) -> None:
        self.content = content

    def exists(self, path: str) -> bool:
        return path in self.content

    def open(self, path: str, mode: str) -> io.BytesIO:
        return io.BytesIO(self.content[path])

    def mkdir(self, path: str) -> None:
        """A folder needs no making."""


@pytest.fixture
def app() -> NotesApp:
    """Give an app with `old` and `new` in the Inbox, `job` in Work, and an empty folder of its own."""
    notes = NotesApp(name="Notes", internal_fs=Files(plan=b"\x00plan"))
    notes.folders["Inbox"].add_note(Note("old", "Shopping", "milk and Brötchen", False, {}, 10.0, 20.0))
    notes.folders["Inbox"].add_note(Note("new", "Lunch", "at noon", True, {"a.txt": b"aGk="}, 30.0, 30.0))
    notes.folders["Work"].add_note(Note("job", "Report", "due at NOON", created_at=5.0, updated_at=25.0))
    notes.new_folder("Trips")
    return notes


def state_of(app: NotesApp) -> str:
    return json.dumps(app.get_state())


def ids(notes: list[Note]) -> list[str]:
    return [note.note_id for note in notes]


# --- data ---------------------------------------------------------------------------------------------------


def test_a_note_gets_id_and_times_from_the_run() -> None:
    def made() -> Note:
        with RunContext(seed=7, start_time=50.0).active():
            return Note("", "T", "C", attachments=None)

    assert made() == made()
    assert (made().created_at, made().updated_at, len(made().note_id)) == (50.0, 50.0, 32)
    assert made().attachments == {}


def test_a_note_shows_all_but_the_bytes_of_attachments() -> None:
    note = Note("k", "T", "C", True, {"a.txt": b"c2VjcmV0", "b.txt": b""}, 0.0, 60.0)
    assert str(note) == (
        "Id: k\nTitle: T\nContent: C\nPinned: yes\nAttachments: a.txt, b.txt\n"
        "Created: 1970-01-01 00:00:00 UTC\nUpdated: 1970-01-01 00:01:00 UTC"
    )
    assert "c2VjcmV0" not in repr(note)
    assert "Attachments" not in str(Note("k", "T", "C"))


@pytest.mark.parametrize(
    "fields",
    [{"title": 5}, {"pinned": "yes"}, {"created_at": "noon"}, {"updated_at": 1e20}, {"attachments": [1]}],
)
def test_a_note_of_wrong_fields_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        Note(**{"note_id": "k", "title": "T", "content": "C", **fields})


def test_an_author_attaches_files_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"hi")
    note = Note("k", "T", "C")
    note.add_attachment(str(tmp_path / "a.txt"))
    note.add_attachment(str(tmp_path / "a.txt"))
    assert note.attachments == {"a.txt": b"aGk=", "a (2).txt": b"aGk="}
    for path, error in ((5, TypeError), ("", ValueError), (str(tmp_path / "b.txt"), ValueError)):
        with pytest.raises(error):
            note.add_attachment(path)  # type: ignore[arg-type]


def test_a_folder_lists_the_last_changed_first_across_pages(app: NotesApp) -> None:
    folder = app.folders["Inbox"]
    folder.add_note(Note("mid", "Mid", "", created_at=25.0, updated_at=25.0))
    page = folder.get_notes(0, 2)
    assert (ids(page.notes), page.notes_range) == (["new", "mid"], (0, 2))
    assert (page.total_returned_notes, page.total_notes) == (2, 3)
    assert ids(folder.get_notes(2).notes) == ["old"]
    assert (ids(folder.get_notes(3).notes), folder.get_notes(3).notes_range) == ([], (3, 3))
    assert [folder.get_note(index).note_id for index in range(3)] == ["new", "mid", "old"]


def test_a_folder_keeps_finds_and_drops_notes() -> None:
    folder = NotesFolder("F")
    note = Note("k", "Lunch", "x")
    folder.add_note(note)
    assert (folder.get_note_by_id("k"), folder.get_note_by_id("j")) == (note, None)
    assert (folder.search_notes("LUN"), folder.search_notes("y")) == ([note], [])
    assert (folder.remove_note("k"), folder.remove_note("k")) == (True, False)
    with pytest.raises(TypeError):
        folder.add_note("k")  # type: ignore[arg-type]
    with pytest.raises(PositionError):
        folder.get_note(0)
    with pytest.raises(TypeError):
        folder.get_notes("0")  # type: ignore[arg-type]
    for offset in (-1, 1):
        with pytest.raises(ValueError, match="offset"):
            folder.get_notes(offset)


def test_a_folder_saves_and_loads_its_notes(app: NotesApp) -> None:
    folder = NotesFolder("F")
    folder.add_note(Note("gone", "", ""))
    folder.load_state(app.folders["Inbox"].get_state())
    assert folder.get_state() == app.folders["Inbox"].get_state()
    assert (folder.folder_name, list(folder.notes)) == ("Inbox", ["old", "new"])


def test_notes_and_pages_read_as_text(app: NotesApp) -> None:
    assert notes_as_text([]) == "There are none."
    page = app.list_notes("Inbox", 1, 5)
    assert page_as_text(page) == f"Notes 2 to 2 of 2:\n\n{page.notes[0]}"
    assert page_as_text(app.list_notes("Trips")) == "There are no notes from position 0 to 0 of 0."


# --- folders ------------------------------------------------------------------------------------------------


def test_some_folders_are_always_there() -> None:
    assert NotesApp().list_folders() == ["Inbox", "Personal", "Work"] == NotesApp().default_folders
    mine = NotesFolder("Mine")
    assert NotesApp(folders={"Mine": mine}).list_folders() == ["Mine", "Inbox", "Personal", "Work"]
    assert (NotesApp().name, StatefulNotesApp().name, NotesApp().view_limit) == ("note", "note", 5)


def test_folders_are_made_renamed_and_deleted(app: NotesApp) -> None:
    app.move_note("old", "Inbox", "Trips")
    assert app.rename_folder("Trips", "Journeys") == "Journeys"
    assert app.new_folder("Zoo") == "Zoo"
    assert app.list_folders() == ["Inbox", "Personal", "Work", "Journeys", "Zoo"]
    assert (app.folders["Journeys"].folder_name, ids(app.open_folder("Journeys"))) == ("Journeys", ["old"])
    assert app.delete_folder("Journeys") == "Journeys"
    assert app.list_folders() == ["Inbox", "Personal", "Work", "Zoo"]
    with pytest.raises(KeyError):
        app.get_note_by_id("old")


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "error", "text"),
    [
        ("new_folder", ("Trips",), KeyError, "there is a folder 'Trips' already"),
        ("new_folder", (" ",), InvalidValueError, "must not be empty"),
        ("new_folder", ("x" * (MAX_TEXT + 1),), InvalidValueError, "at most 100000"),
        ("delete_folder", ("Trip",), KeyError, "no folder 'Trip'. Did you mean 'Trips'.*Folders: Inbox, "),
        ("delete_folder", ("Inbox",), KeyError, "Cannot delete default folder 'Inbox'"),
        ("rename_folder", ("Work", "Job"), KeyError, "Cannot rename default folder 'Work'"),
        ("rename_folder", ("x", "Job"), UnknownFolderError, "no folder 'x'"),
        ("rename_folder", ("Trips", "Work"), FolderNameError, "already"),
        ("rename_folder", ("Trips", ""), InvalidValueError, "must not be empty"),
        ("create_note", ("x",), KeyError, "no folder 'x'"),
        ("create_note", (["Inbox"],), TypeError, "must be text"),
        ("create_note", ("Inbox", "T", "x" * (MAX_TEXT + 1)), InvalidValueError, "content has 100001"),
        ("create_note", ("Inbox", "T", "C", "yes"), WrongTypeError, "pinned must be true or false"),
        ("create_note_with_time", ("",), InvalidValueError, "must not be empty"),
        ("create_note_with_time", ("New", 5), WrongTypeError, "title must be text"),
        ("create_note_with_time", ("New", "", "", False, "noon"), ValueError, "created_at: 'noon' is no"),
        ("create_note_with_time", ("New", "", "", False, None, "noon"), ValueError, "updated_at: 'noon'"),
        (
            *("create_note_with_time", ("New", "", "", False, None, "1970-01-01 00:00:00"), ValueError),
            "before the note was created",
        ),
        ("get_note_by_id", (5,), TypeError, "note_id must be text"),
        ("get_note_by_id", ("",), ValueError, "note_id must not be empty"),
        ("get_note_by_id", ("odl",), KeyError, "Did you mean 'old'"),
        ("get_note_by_id", ("Lunch",), KeyError, "The note has the id 'new'"),
        ("update_note", ("x", "T"), KeyError, "no note with the id 'x'"),
        ("update_note", ("old",), ValueError, "nothing to change"),
        ("update_note", ("old", " ", ""), ValueError, "nothing to change"),
        ("update_note", ("old", "x" * (MAX_TEXT + 1)), InvalidValueError, "at most 100000"),
        ("delete_note", ("x",), NotFoundKeyError, "search_notes or list_notes"),
        ("list_notes", ("x",), ValueError, "no folder 'x'"),
        ("list_notes", ("Inbox", 3), ValueError, "beyond the 2 notes of Inbox"),
        ("list_notes", ("Inbox", 0, -1), ValueError, "limit must be 0 or more"),
        ("search_notes", (" ",), InvalidValueError, "query must not be empty"),
        ("search_notes_in_folder", ("x", "y"), KeyError, "no folder 'y'"),
        ("search_notes_in_folder", ("", "Inbox"), InvalidValueError, "query must not be empty"),
        ("move_note", ("x", "Inbox", "Work"), KeyError, "no note"),
        ("move_note", ("old", "x", "Work"), KeyError, "no folder 'x'"),
        ("move_note", ("old", "Inbox", "x"), KeyError, "no folder 'x'"),
        ("move_note", ("old", "Work", "Inbox"), KeyError, "not in the folder 'Work'; it is in 'Inbox'"),
        ("duplicate_note", ("Work", "old"), KeyError, "not in the folder 'Work'"),
        ("duplicate_note", ("x", "old"), KeyError, "no folder 'x'"),
        ("add_attachment_to_note", ("x", "plan"), KeyError, "no note"),
        ("add_attachment_to_note", ("old", "gone"), NotFoundError, "no file 'gone'"),
        ("add_attachment_to_note", ("old", ""), ValueError, "must not be empty"),
        ("remove_attachment", ("x", "a.txt"), KeyError, "no note"),
        ("remove_attachment", ("new", "b.txt"), KeyError, "no attachment 'b.txt'. Did you mean 'a.txt'"),
        ("remove_attachment", ("old", "b.txt"), KeyError, "Attachments: none"),
        ("remove_attachment", ("new", None), TypeError, "attachment must be text"),
        ("list_attachments", ("x",), KeyError, "no note"),
        ("open_folder", ("x",), KeyError, "no folder 'x'"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    app: NotesApp, name: str, arguments: tuple[Any, ...], error: type[Exception], text: str
) -> None:
    before = state_of(app)
    with pytest.raises(error, match=text) as caught:
        getattr(app, name)(*arguments)
    assert isinstance(caught.value, ToolError)
    assert state_of(app) == before


def test_files_need_a_file_system(app: NotesApp) -> None:
    other = NotesApp()
    note_id = other.create_note(content="x")
    with pytest.raises(InvalidValueError, match="no file system is connected to note"):
        other.add_attachment_to_note(note_id, "plan")
    other.connect_to_protocols({Protocol.FILE_SYSTEM: app.internal_fs})
    assert other.add_attachment_to_note(note_id, "plan") == note_id


# --- notes --------------------------------------------------------------------------------------------------


def test_a_note_is_created_now(app: NotesApp) -> None:
    note_id = app.create_note("Work", "Plan", "step 1", True)
    note = app.folders["Work"].notes[note_id]
    assert note == Note(note_id, "Plan", "step 1", True, {}, 1000.0, 1000.0)
    assert len(note_id) == 32


def test_an_untitled_note_is_called_by_its_beginning(app: NotesApp) -> None:
    note_id = app.create_note(content="x" * 60, title=" ")
    assert app.get_note_by_id(note_id).title == "x" * 50
    assert app.get_note_by_id(app.create_note()).title == ""


def test_a_note_is_created_with_times_of_its_own(app: NotesApp, run: RunContext) -> None:
    first = app.create_note_with_time(
        folder="Recipes",
        content="Dal",
        pinned=True,
        created_at="1970-01-01 00:01:00",
        updated_at="1970-01-01 00:02:00",
    )
    assert app.list_folders()[-1] == "Recipes"
    assert app.get_note_by_id(first) == Note(first, "", "Dal", True, {}, 60.0, 120.0)
    second = app.create_note_with_time(title="T", created_at="1970-01-01 00:01:00")
    assert app.get_note_by_id(second).updated_at == 60.0
    run.clock.advance_to(1500.0)
    assert app.get_note_by_id(app.create_note_with_time()).created_at == 1500.0


@pytest.mark.parametrize(
    ("title", "content", "expected"),
    [
        ("T", None, ("T", "milk and Brötchen")),
        (None, "C", ("Shopping", "C")),
        ("T", "C", ("T", "C")),
        (" ", "C", ("Shopping", "C")),
        ("T", "", ("T", "milk and Brötchen")),
    ],
)
def test_an_update_leaves_what_is_blank(
    app: NotesApp, title: str | None, content: str | None, expected: tuple[str, str]
) -> None:
    assert app.update_note("old", title, content) == "old"
    note = app.get_note_by_id("old")
    assert (note.title, note.content) == expected
    assert (note.created_at, note.updated_at) == (10.0, 1000.0)


def test_an_update_gives_an_untitled_note_a_title(app: NotesApp) -> None:
    note_id = app.create_note()
    app.update_note(note_id, content="y" * 60)
    assert app.get_note_by_id(note_id).title == "y" * 50


def test_a_note_is_deleted(app: NotesApp) -> None:
    assert app.delete_note("job") == "job"
    assert app.folders["Work"].notes == {}


def test_a_note_moves_as_it_is(app: NotesApp) -> None:
    before = app.get_note_by_id("old")
    assert app.move_note("old") == "old"
    assert (list(app.folders["Inbox"].notes), list(app.folders["Personal"].notes)) == (["new"], ["old"])
    assert app.get_note_by_id("old") == before
    app.move_note("old", "Personal", "Personal")
    assert list(app.folders["Personal"].notes) == ["old"]


def test_a_copy_of_a_note_is_a_note_of_its_own(app: NotesApp) -> None:
    copy_id = app.duplicate_note("Inbox", "new")
    copied = app.folders["Inbox"].notes[copy_id]
    assert copied == Note(copy_id, "Copy of Lunch", "at noon", False, {"a.txt": b"aGk="}, 1000.0, 1000.0)
    app.remove_attachment(copy_id, "a.txt")
    assert app.list_attachments("new") == ["a.txt"]


def test_what_is_read_is_a_copy(app: NotesApp) -> None:
    before = state_of(app)
    read = [app.get_note_by_id("new"), *app.list_notes("Inbox").notes, *app.search_notes("noon")]
    for note in [*read, *app.open_folder("Inbox"), *app.search_notes_in_folder("noon", "Inbox")]:
        note.title = "?"
        note.attachments = {}
    assert state_of(app) == before


def test_notes_are_listed_by_pages(app: NotesApp) -> None:
    page = app.list_notes("Inbox", 0, 1)
    assert (ids(page.notes), page.notes_range) == (["new"], (0, 1))
    assert (page.total_returned_notes, page.total_notes) == (1, 2)
    assert ids(app.list_notes(folder="Inbox", offset=1).notes) == ["old"]
    assert ids(app.open_folder("Inbox")) == ["new", "old"]


def test_searches_look_at_title_and_content_whatever_the_case(app: NotesApp) -> None:
    assert ids(app.search_notes("noon")) == ["new", "job"]
    assert ids(app.search_notes("BRÖTCHEN")) == ["old"]
    assert ids(app.search_notes("report")) == ["job"]
    assert ids(app.search_notes_in_folder("noon", "Work")) == ["job"]
    assert app.search_notes("absent") == []


def test_searching_ten_thousand_notes_is_quick() -> None:
    app = NotesApp()
    for number in range(10_000):
        app.folders["Inbox"].add_note(Note(str(number), f"Lunch {number}", "shall we meet at Zoë's " * 10))
    for call in (lambda: app.search_notes("absent"), lambda: app.list_notes("Inbox", 50)):
        assert min(_seconds(call) for _ in range(3)) < 0.1


def _seconds(call: Any) -> float:
    started = process_time()
    call()
    return process_time() - started


# --- attachments --------------------------------------------------------------------------------------------


def test_files_are_attached_and_removed(app: NotesApp) -> None:
    assert app.add_attachment_to_note("new", "plan") == "new"
    assert app.list_attachments(note_id="new") == ["a.txt", "plan"]
    note = app.get_note_by_id("new")
    assert ((note.attachments or {})["plan"], note.updated_at) == (b"AHBsYW4=", 1000.0)
    assert app.remove_attachment("new", "a.txt") == "new"
    assert app.list_attachments("new") == ["plan"]
    assert app.remove_attachment("new", attachment="plan") == "new"
    assert (app.list_attachments("new"), app.list_attachments("old")) == ([], [])


def test_a_scenario_attaches_to_the_note_it_holds(app: NotesApp) -> None:
    read, stored = app.get_note_by_id("old"), app.folders["Work"].notes["job"]
    assert app.add_attachment(read, "plan") is read
    assert app.add_attachment(stored, "plan") is stored
    assert (read.attachment_names, app.list_attachments("old")) == (["plan"], ["plan"])
    assert app.list_attachments("job") == ["plan"]


# --- tools, records, notices --------------------------------------------------------------------------------


def test_the_tools_by_role(app: NotesApp) -> None:
    write = {
        *("new_folder", "delete_folder", "rename_folder", "create_note", "update_note", "delete_note"),
        *("move_note", "duplicate_note", "add_attachment_to_note", "remove_attachment"),
    }
    read = {
        *("get_note_by_id", "list_notes", "list_folders", "search_notes", "search_notes_in_folder"),
        "list_attachments",
    }
    agent = {tool.func_name: tool.write_operation for tool in app.get_tools()}
    assert agent == dict.fromkeys(write, True) | dict.fromkeys(read, False)
    assert [tool.func_name for tool in app.get_env_tools()] == ["delete_folder"]
    assert {tool.func_name for tool in app.get_data_tools()} == {"create_note_with_time", "get_note_by_id"}
    assert app.get_user_tools() == []
    assert all(arg.description for tool in app.get_tools() for arg in tool.args)


def test_a_call_is_one_record_of_its_kind(app: NotesApp) -> None:
    events = list[CompletedEvent]()
    app.register_to_env("test", events.append)
    app.duplicate_note("Inbox", "old")
    app.create_note_with_time(title="T")
    with pytest.raises(KeyError):
        app.delete_note("x")
    assert [(event.event_type, event.function_name(), event.failed()) for event in events] == [
        (EventType.AGENT, "duplicate_note", False),
        (EventType.USER, "create_note_with_time", False),
        (EventType.AGENT, "delete_note", True),
    ]
    assert events[0].action.arguments() == {"folder_name": "Inbox", "note_id": "old"}


def test_a_captured_call_is_a_plan(app: NotesApp) -> None:
    before = state_of(app)
    with EventRegisterer.capture_mode():
        planned: Any = app.create_note(title="T")
    assert isinstance(planned, Event)
    assert planned.action.operation_type is OperationType.WRITE
    assert planned.action.arguments() == {"folder": "Inbox", "title": "T", "content": "", "pinned": False}
    assert state_of(app) == before


def test_a_model_reads_notes_without_the_bytes_of_files(app: NotesApp) -> None:
    toolbox = Toolbox(app.get_tools())
    assert toolbox.call("Notes__get_note_by_id", {"note_id": "new"}) == str(app.get_note_by_id("new"))
    assert "Attachments: a.txt" in toolbox.call("Notes__list_notes", {"folder": "Inbox"})
    assert toolbox.call("Notes__search_notes", {"query": "x y z"}) == "There are none."


def test_a_deleted_folder_is_noticed() -> None:
    notice = notice_of(StatefulNotesApp, "delete_folder")
    assert notice is not None
    assert notice.level is VerbosityLevel.HIGH
    assert notice.user({"folder_name": "Trips"}) == "The notes folder Trips was deleted"
    assert notice.agent is notice.user
    assert notice_of(StatefulNotesApp, "create_note") is None


# --- state --------------------------------------------------------------------------------------------------


def test_the_state_has_the_published_shape(app: NotesApp) -> None:
    state = app.get_state()
    assert list(state) == ["view_limit", "folders"]
    assert state["folders"]["Trips"] == {"folder_name": "Trips", "notes": {}}
    assert state["folders"]["Inbox"]["notes"]["new"] == {
        "note_id": "new",
        "title": "Lunch",
        "content": "at noon",
        "pinned": True,
        "attachments": {"a.txt": "aGk="},
        "created_at": 30.0,
        "updated_at": 30.0,
    }


@given(
    st.lists(
        st.sampled_from(
            [
                ("create_note", "Inbox", "T"),
                ("create_note_with_time", "Mine", "T", "C", True),
                ("duplicate_note", "Inbox", "old"),
                ("move_note", "old"),
                ("add_attachment_to_note", "new", "plan"),
                ("update_note", "new", "T"),
                ("delete_note", "old"),
                ("rename_folder", "Trips", "Zoo"),
                ("delete_folder", "Mine"),
            ]
        )
    )
)
def test_saving_and_loading_is_the_identity_after_anything(calls: list[tuple[Any, ...]]) -> None:
    app = NotesApp("Notes", internal_fs=Files(plan=b"hi"), view_limit=7)
    app.folders["Inbox"].add_note(Note("old", "Old", "x", attachments={"raw": b"hello", "b64": b"aGk="}))
    app.folders["Inbox"].add_note(Note("new", "New", "y"))
    for name, *arguments in [("new_folder", "Trips"), *calls]:
        with suppress(ToolError):
            getattr(app, name)(*arguments)
    other = StatefulNotesApp()
    other.create_note(title="gone")
    other.load_state(json.loads(state_of(app)))
    assert state_of(other) == state_of(app)


def test_a_state_may_leave_out_what_has_a_default(app: NotesApp) -> None:
    app.load_state({})
    assert app.get_state() == NotesApp().get_state()
    app.load_state({"folders": {"Mine": {"notes": {"k": {"title": "T", "attachments": None}}}}})
    assert app.list_folders() == ["Mine", "Inbox", "Personal", "Work"]
    assert app.get_note_by_id("k") == Note("k", "T", "", False, {}, 1000.0, 1000.0)


@pytest.mark.parametrize(
    ("folders", "text"),
    [
        ([], "must be an object of ids"),
        ({"Mine": 5}, "a folder must be an object"),
        ({"Mine": {"notes": {"k": 5}}}, "a note must be an object"),
        ({"Mine": {"notes": {"k": {"titel": "T"}}}}, "no field 'titel'. Did you mean 'title'"),
        ({"Mine": {"notes": {"k": {"created_at": "noon"}}}}, "created_at must be a number"),
    ],
)
def test_a_broken_state_is_refused_and_changes_nothing(app: NotesApp, folders: Any, text: str) -> None:
    before = state_of(app)
    state = {"folders": {"Good": {}, **folders} if folders else [1]}
    with pytest.raises(InvalidValueError, match=text):
        app.load_state(state)
    assert state_of(app) == before


def test_a_reset_app_is_empty_and_keeps_its_name_and_files(app: NotesApp) -> None:
    files = app.internal_fs
    app.reset()
    assert app.get_state() == NotesApp().get_state()
    assert (app.name, app.internal_fs) == ("Notes", files)


def test_the_same_seed_gives_the_same_state(app: NotesApp) -> None:
    twin = deepcopy(app)
    for item in (app, twin):
        item.set_seed(4)
        item.duplicate_note("Inbox", item.create_note(content="x"))
    assert state_of(twin) == state_of(app)
    twin.delete_note("old")
    assert "old" in app.folders["Inbox"].notes
