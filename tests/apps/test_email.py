"""The email app: folders, what arrives, reading, writing, attachments, state."""

import base64
import copy
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pare.apps.attachments import as_base64, content_of, file_name
from pare.apps.base import App, Protocol, parse_time
from pare.apps.checks import MAX_TEXT
from pare.apps.email import (
    Email,
    EmailClientApp,
    EmailClientV2,
    EmailFolder,
    EmailFolderName,
    Mail,
    ReturnedEmails,
)
from pare.errors import InvalidValueError, ToolError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer, event_registered
from pare.kernel.run_context import RunContext
from pare.tools import Toolbox
from pare.tools.notices import VerbosityLevel, notice_of

INBOX, SENT, DRAFT, TRASH = EmailFolderName
USER = "user@meta.com"
NOW = 1000.0


class WrittenFile(io.BytesIO):
    """Hands its content over when it is closed."""

    def __init__(self, store: Callable[[bytes], None]) -> None:
        super().__init__()
        self.store = store

    def close(self) -> None:
        if not self.closed:
            self.store(self.getvalue())
        super().close()


class FilesInMemory(App):
    """A file system app whose `open` is recorded; a path with ``..`` leads out, a folder cannot be opened."""

    def __init__(self, **files: bytes) -> None:
        super().__init__("Files")
        self.files = {name.replace("__", "."): data for name, data in files.items()}
        self.folders: list[str] = []

    @event_registered(operation_type=OperationType.WRITE)
    def open(self, path: str, mode: str = "rb") -> io.BytesIO:
        if ".." in path:
            raise PermissionError(path)
        if path == "folder":
            raise IsADirectoryError(21, "Is a directory")
        if path == "odd":
            raise InvalidValueError("this file is odd")
        return WrittenFile(lambda data: self.files.update({path: data})) if "w" in mode else self._read(path)

    def exists(self, path: str) -> bool:
        return path in {"folder", "odd", *self.folders, *self.files} or ".." in path

    @event_registered(operation_type=OperationType.WRITE)
    def mkdir(self, path: str) -> None:
        self.folders.append(path)

    def _read(self, path: str) -> io.BytesIO:
        return io.BytesIO(self.files[path])


@pytest.fixture(autouse=True)
def run() -> Iterator[RunContext]:
    with RunContext(seed=1, start_time=NOW).active() as context:
        yield context


@pytest.fixture
def app() -> EmailClientApp:
    return EmailClientApp()


@pytest.fixture
def files() -> FilesInMemory:
    return FilesInMemory(a__txt=b"hello", b__bin=b"\x00\xff")


@pytest.fixture
def client(files: FilesInMemory) -> EmailClientV2:
    app = EmailClientV2("Emails")
    app.connect_to_protocols({Protocol.FILE_SYSTEM: files})
    return app


def ids(app: EmailClientApp, folder: EmailFolderName = INBOX) -> list[str]:
    return [email.email_id for email in app.folders[folder].emails]


def stored(app: EmailClientApp, email_id: str, folder: EmailFolderName = INBOX) -> Email:
    return app.folders[folder].get_email_by_id(email_id)


def put(app: EmailClientApp, email_id: str, folder: EmailFolderName = INBOX, **values: Any) -> str:
    return app.add_email(
        Email(**{"sender": "ann@x.com", "recipients": [USER], "email_id": email_id} | values), folder
    )


def refused(app: EmailClientApp, error: type[Exception], call: Callable[[], Any], text: str) -> None:
    before, draws = app.get_state(), app.rng.getstate()
    with pytest.raises(error, match=text) as caught:
        call()
    assert isinstance(caught.value, ToolError)
    assert app.get_state() == before
    assert app.rng.getstate() == draws


# --- emails and folders -------------------------------------------------------------------------------------


def test_an_email_takes_id_and_time_from_the_run() -> None:
    with RunContext(seed=5, start_time=42.0).active():
        first, second = Email(), Email(email_id="")
    with RunContext(seed=5, start_time=42.0).active():
        again = Email()
    assert first.timestamp == 42.0
    assert (len(first.email_id), len(second.email_id)) == (32, 32)
    assert again == first != second


def test_an_email_copies_its_lists_and_reads_none_as_empty() -> None:
    recipients, attachments = ["a@b.c"], {"n": b"aGk="}
    email = Email(recipients=recipients, attachments=attachments, subject=None, cc=None)  # type: ignore[arg-type]
    recipients.append("x@y.z")
    attachments.clear()
    assert (email.recipients, email.attachments, email.cc, email.subject) == (
        ["a@b.c"],
        {"n": b"aGk="},
        [],
        "",
    )
    assert Email(attachments=None).attachments == {}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"sender": "nobody"}, "sender: 'nobody' is no email address"),
        ({"sender": None}, "sender: None"),
        ({"recipients": ["a@b.c", "nobody"]}, "recipients: 'nobody'"),
        ({"recipients": "a@b.c"}, "recipients must be a list of texts, not 'a@b.c'"),
        ({"cc": ["nobody"]}, "cc: 'nobody'"),
        ({"content": 3}, "content must be text, not int"),
        ({"timestamp": "now"}, "timestamp must be a number of seconds since the epoch"),
        (
            {"timestamp": float("nan")},
            "timestamp must be a number of seconds that lies in the years 1 to 9999",
        ),
        ({"timestamp": 10**400}, "timestamp must be a number of seconds that lies in the years 1 to 9999"),
        ({"attachments": ["a.txt"]}, "attachments must map names"),
        ({"attachments": {"a.txt": 5}}, "an attachment must be base64 bytes, not 5"),
    ],
)
def test_an_email_that_cannot_be_is_refused(values: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Email(**values)


def test_a_summary_is_short() -> None:
    email = Email("ann@x.com", ["b@x.com", "c@x.com"], "Lunch", "word " * 100, timestamp=0.0)
    head, content = email.summary.rsplit("\n", 1)
    assert head == "From: ann@x.com\nTo: b@x.com, c@x.com\nDate: 1970-01-01 00:00:00\nSubject: Lunch"
    assert content.startswith("Content: word word")
    assert len(content) < 120


def test_an_email_attaches_a_local_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"hello")
    email = Email()
    email.add_attachment(str(tmp_path / "a.txt"))
    assert email.attachments == {"a.txt": base64.b64encode(b"hello")}
    with pytest.raises(ValueError, match=r"there is no file '.*b\.txt' to attach"):
        email.add_attachment(str(tmp_path / "b.txt"))
    with pytest.raises(ValueError, match="cannot be attached: Is a directory"):
        email.add_attachment(str(tmp_path))


def test_a_folder_is_newest_first_and_keeps_the_order_of_equal_times() -> None:
    folder = EmailFolder(INBOX)
    for email_id, time in [("b", 2), ("a", 1), ("c", 3), ("b2", 2)]:
        folder.add_email(Email(email_id=email_id, timestamp=time))
    folder.remove(folder.get_email_by_id("a"))
    folder.add_email(Email(email_id="b3", timestamp=2))
    assert [email.email_id for email in folder.emails] == ["c", "b", "b2", "b3"]


def test_a_folder_that_was_filled_by_hand_is_put_in_order_by_the_next_email() -> None:
    folder = EmailFolder(INBOX)
    folder.emails += [Email(email_id="1", timestamp=1), Email(email_id="3", timestamp=3)]
    folder.add_email(Email(email_id="2", timestamp=2))
    assert [email.email_id for email in folder.emails] == ["3", "2", "1"]


def test_a_page_says_what_it_holds() -> None:
    folder = EmailFolder(INBOX)
    for time in range(7):
        folder.add_email(Email(email_id=str(time), timestamp=time))
    assert folder.get_emails() == ReturnedEmails(folder.emails[:5], (0, 5), 5, 7)
    assert folder.get_emails(5) == ReturnedEmails(folder.emails[5:], (5, 7), 2, 7)
    assert folder.get_emails(7) == ReturnedEmails([], (7, 7), 0, 7)
    assert folder.get_emails(2, 0) == ReturnedEmails([], (2, 2), 0, 7)


def test_a_page_outside_of_the_folder_is_refused() -> None:
    folder = EmailFolder(INBOX)
    for offset, limit, error in [(1, 5, ValueError), (-1, 5, ValueError), (0, -1, ValueError)]:
        with pytest.raises(error):
            folder.get_emails(offset, limit)
    wrong: list[tuple[Any, Any]] = [("0", 5), (0, 2.5)]
    for some_offset, some_limit in wrong:
        with pytest.raises(AssertionError, match="must be a whole number"):
            folder.get_emails(some_offset, some_limit)


@pytest.mark.parametrize("error", [ValueError, IndexError])
def test_a_position_outside_of_the_folder_is_refused(error: type[Exception]) -> None:
    folder = EmailFolder(SENT)
    with pytest.raises(error, match="SENT has no email at position 0: there are no emails"):
        folder.get_email()
    folder.add_email(Email(email_id="e"))
    assert folder.get_email().email_id == "e"
    for idx in (1, 2, -1):
        with pytest.raises(error, match="positions go from 0 to 0"):
            folder.get_email(idx)
    with pytest.raises(AssertionError):
        folder.get_email("0")  # type: ignore[arg-type]


def test_an_unknown_id_names_the_nearest() -> None:
    folder = EmailFolder(INBOX)
    folder.add_email(Email(email_id="invoice-march"))
    with pytest.raises(ValueError, match=r"no email 'invoice-mach'\. Did you mean 'invoice-march'"):
        folder.get_email_by_id("invoice-mach")


# --- the app ------------------------------------------------------------------------------------------------


def test_names_fields_and_folders() -> None:
    assert [EmailClientApp().name, EmailClientV2().name, Mail().name] == [
        "EmailClientApp",
        "EmailClientV2",
        "Mail",
    ]
    app = Mail("Post", 7, {}, "me@home.org")
    assert (app.name, app.view_limit, app.user_email, list(app.folders)) == (
        "Post",
        7,
        "me@home.org",
        [*EmailFolderName],
    )
    given = EmailFolder(SENT)
    assert EmailClientApp(folders={SENT: given}).folders[SENT] is given


@pytest.mark.parametrize("address", ["", "me", "me@home", "a b@c.d", "a@b@c.d", None])
def test_an_impossible_address_of_the_user_is_refused(address: Any) -> None:
    with pytest.raises(ValueError, match="is no email address"):
        EmailClientApp(user_email=address)


def test_tools_by_role() -> None:
    app = EmailClientV2()
    assert sorted(tool.func_name for tool in app.get_tools()) == [
        *("delete_email", "download_attachments", "forward_email", "get_email_by_id", "get_email_by_index"),
        *("list_emails", "move_email", "reply_to_email", "search_emails", "send_email"),
    ]
    env = [
        "create_and_add_email",
        "reply_to_email_from_user",
        "send_email_to_user_only",
        "send_email_to_user_with_id",
    ]
    assert sorted(tool.func_name for tool in app.get_env_tools()) == env
    assert [tool.func_name for tool in app.get_data_tools()] == ["create_and_add_email_with_time"]
    assert app.get_user_tools() == []
    assert len(EmailClientApp().get_env_tools()) == 3


def test_every_argument_of_a_tool_is_described() -> None:
    app = EmailClientV2()
    for tool in [*app.get_tools(), *app.get_env_tools(), *app.get_data_tools()]:
        assert tool.function_description
        assert tool.return_description
        assert all(arg.description for arg in tool.args), tool.name


# --- what arrives -------------------------------------------------------------------------------------------


def test_an_added_email_is_a_copy(app: EmailClientApp) -> None:
    email = Email(email_id="e", recipients=["a@b.c"])
    assert app.add_email(email) == "e"
    app.get_email_by_id("e")
    email.recipients.append("x@y.z")
    assert not email.is_read
    assert stored(app, "e").is_read
    assert stored(app, "e").recipients == ["a@b.c"]
    assert app.add_email(email=email, folder_name=DRAFT) == "e"
    assert ids(app, DRAFT) == ["e"]


@pytest.mark.parametrize("args", [("an email", INBOX), (Email(email_id="e"), "INBOX")])
def test_only_an_email_can_be_added_and_only_to_a_folder(app: EmailClientApp, args: tuple[Any, Any]) -> None:
    refused(app, AssertionError, lambda: app.add_email(*args), "an Email and an EmailFolderName are needed")


def test_emails_for_the_user_arrive_in_the_inbox(app: EmailClientApp) -> None:
    assert app.send_email_to_user(Email(email_id="e")) == "e"
    new = app.send_email_to_user_only("bob@x.com", "Hi", "there")
    assert len(new) == 32
    expected = Email("bob@x.com", [USER], "Hi", "there", new, timestamp=NOW)
    assert stored(app, new) == expected
    assert ids(app) == ["e", new]


def test_ids_depend_on_seed_and_name_alone() -> None:
    def first(seed: int, name: str) -> str:
        app = EmailClientApp(name)
        app.set_seed(seed)
        return app.send_email_to_user_only("bob@x.com")

    assert first(1, "A") == first(1, "A")
    assert len({first(1, "A"), first(2, "A"), first(1, "B")}) == 3


def test_a_recipient_replies_to_the_user(client: EmailClientV2) -> None:
    sent = client.send_email(["bob@x.com", "ann@x.com"], "Plan", "?")
    reply = client.reply_to_email_from_user("bob@x.com", sent, "yes", ["a.txt"])
    email = stored(client, reply)
    assert (email.sender, email.recipients, email.subject, email.content) == (
        "bob@x.com",
        [USER],
        "Re: Plan",
        "yes",
    )
    assert (email.parent_id, email.timestamp, email.is_read) == (sent, NOW, False)
    assert email.attachments == {"a.txt": base64.b64encode(b"hello")}


def test_only_a_recipient_of_a_sent_email_replies(app: EmailClientApp) -> None:
    sent = app.send_email(["bob@x.com"], "Plan")
    put(app, "in")
    reply = app.reply_to_email_from_user
    refused(
        app, ValueError, lambda: reply("eve@x.com", sent), "'eve@x.com' did not get that email; .*: bob@x.com"
    )
    refused(app, ValueError, lambda: reply("ann@x.com", "in"), "email 'in' is not in SENT but in INBOX")
    refused(app, ValueError, lambda: reply("bob@x.com", "no"), "SENT has no email 'no'")


def test_an_email_is_created_in_any_folder(app: EmailClientApp) -> None:
    new = app.create_and_add_email("bob@x.com", ["c@x.com"], "s", "c", "draft")
    assert stored(app, new, DRAFT) == Email("bob@x.com", ["c@x.com"], "s", "c", new, timestamp=NOW)
    bare = app.create_and_add_email("bob@x.com")
    assert (stored(app, bare).recipients, stored(app, bare).is_read) == ([], False)
    for error in (ValueError, KeyError):
        call = lambda: app.create_and_add_email("bob@x.com", folder_name="SPAM")  # noqa: E731
        refused(app, error, call, "there is no folder 'SPAM'. Folders: INBOX, SENT, DRAFT, TRASH")


def test_an_email_is_created_with_a_time_of_its_own(app: EmailClientApp) -> None:
    new = app.create_and_add_email_with_time("bob@x.com", [USER], "s", "c", "1970-01-02 00:00:01", "TRASH")
    assert stored(app, new, TRASH) == Email(
        "bob@x.com", [USER], "s", "c", new, timestamp=86_401.0, is_read=True
    )
    app.time_manager.advance_to(2000.0)
    assert stored(app, app.create_and_add_email_with_time("bob@x.com")).timestamp == 2000.0
    call = app.create_and_add_email_with_time
    refused(app, ValueError, lambda: call("bob@x.com", email_time="tomorrow"), "YYYY-MM-DD HH:MM:SS")
    refused(app, ValueError, lambda: call("bob@x.com", folder_name=""), "there is no folder ''")


def test_an_email_arrives_under_a_given_id(client: EmailClientV2) -> None:
    call = client.send_email_to_user_with_id
    assert call("mail-1", "bob@x.com", "s", "c", ["a.txt"]) == "mail-1"
    attachments = {"a.txt": base64.b64encode(b"hello")}
    expected = Email("bob@x.com", [USER], "s", "c", "mail-1", attachments=attachments, timestamp=NOW)
    assert stored(client, "mail-1") == expected
    refused(client, ValueError, lambda: call("", "bob@x.com"), "email_id must not be empty")
    refused(client, ValueError, lambda: call("m", "bob"), "sender: 'bob'")
    refused(
        client, ValueError, lambda: call("m", "bob@x.com", attachment_paths=["no"]), "there is no file 'no'"
    )


# --- reading ------------------------------------------------------------------------------------------------


def test_a_folder_is_listed(app: EmailClientApp) -> None:
    for number in range(12):
        put(app, str(number), timestamp=number)
    page = app.list_emails()
    assert ([email.email_id for email in page.emails][:2], page.emails_range) == (["11", "10"], (0, 10))
    assert (page.total_returned_emails, page.total_emails) == (10, 12)
    assert app.list_emails("inbox", offset=11, limit=5).emails_range == (11, 12)
    assert app.list_emails("SENT").emails == []
    refused(app, ValueError, lambda: app.list_emails(offset=13), "offset 13 is beyond the 12 emails of INBOX")
    refused(app, KeyError, lambda: app.list_emails("OUTBOX"), "there is no folder 'OUTBOX'")


def test_an_email_is_read_by_id(app: EmailClientApp) -> None:
    put(app, "e")
    put(app, "t", TRASH)
    assert not stored(app, "e").is_read
    assert app.get_email_by_id("e") == stored(app, "e")
    assert stored(app, "e").is_read
    assert app.get_email_by_id("t", "trash").email_id == "t"
    refused(app, ValueError, lambda: app.get_email_by_id("t"), "email 't' is not in INBOX but in TRASH")
    refused(app, ValueError, lambda: app.get_email_by_id("none"), "INBOX has no email 'none'")
    refused(app, ValueError, lambda: app.get_email_by_id("e", "x"), "there is no folder 'x'")


def test_an_email_is_read_by_position(app: EmailClientApp) -> None:
    put(app, "old", timestamp=1)
    put(app, "new", timestamp=2)
    assert app.get_email_by_index(1).email_id == "old"
    assert [email.is_read for email in app.folders[INBOX].emails] == [False, True]
    refused(app, ValueError, lambda: app.get_email_by_index(2), "positions go from 0 to 1")


@pytest.mark.parametrize("query", ["ANN@", "User@Meta", "pLAn", "garden", ""])
def test_a_search_looks_everywhere(app: EmailClientApp, query: str) -> None:
    put(app, "e", subject="The plan", content="Come to the Garden")
    put(app, "other", SENT, subject="The plan")
    assert [email.email_id for email in app.search_emails(query)] == ["e"]


def test_a_search_finds_newest_first_and_not_across_fields(app: EmailClientApp) -> None:
    for number in (1, 3, 2):
        put(app, str(number), timestamp=number, subject="s", content="t")
    assert [email.email_id for email in app.search_emails("s")] == ["3", "2", "1"]
    assert app.search_emails("st") == []
    assert app.search_emails("s", "DRAFT") == []
    refused(app, ValueError, lambda: app.search_emails(5), "query must be text")  # type: ignore[arg-type]
    refused(app, KeyError, lambda: app.search_emails("s", "all"), "there is no folder 'all'")


# --- writing ------------------------------------------------------------------------------------------------


def test_an_email_is_sent(client: EmailClientV2) -> None:
    recipients = ["bob@x.com"]
    new = client.send_email(recipients, "s", "c", ["ann@x.com"], ["a.txt", "b.bin", "a.txt"])
    recipients.clear()
    attachments = {"a.txt": base64.b64encode(b"hello"), "b.bin": base64.b64encode(b"\x00\xff")}
    expected = Email(USER, ["bob@x.com"], "s", "c", new, None, ["ann@x.com"], attachments, NOW)
    assert stored(client, new, SENT) == expected
    assert stored(client, client.send_email(cc=["ann@x.com"]), SENT).recipients == []


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "the email has no recipients"),
        ({"recipients": []}, "the email has no recipients"),
        ({"recipients": ["bob"]}, "recipients: 'bob' is no email address"),
        ({"recipients": ["bob@x.com"], "cc": ["ann"]}, "cc: 'ann'"),
        ({"recipients": ["bob@x.com"], "content": "x" * (MAX_TEXT + 1)}, "the content has 100001 characters"),
        ({"recipients": ["bob@x.com"], "subject": "x" * (MAX_TEXT + 1)}, "the subject has 100001 characters"),
        ({"recipients": ["bob@x.com"], "attachment_paths": ["a.txt", "c.txt"]}, "there is no file 'c.txt'"),
        ({"recipients": ["bob@x.com"], "attachment_paths": "a.txt"}, "attachment_paths must be a list"),
        ({"recipients": ["bob@x.com"], "attachment_paths": ["../x"]}, "cannot be attached: PermissionError"),
        ({"recipients": ["bob@x.com"], "attachment_paths": ["folder"]}, "cannot be attached: Is a directory"),
        ({"recipients": ["bob@x.com"], "attachment_paths": ["odd"]}, "this file is odd"),
    ],
)
def test_an_email_that_cannot_be_sent_changes_nothing(
    client: EmailClientV2, values: dict[str, Any], text: str
) -> None:
    refused(client, ValueError, lambda: client.send_email(**values), text)


def test_files_of_one_name_are_both_attached(client: EmailClientV2, files: FilesInMemory) -> None:
    files.files["docs/a.txt"] = b"other"
    new = client.send_email(["bob@x.com"], attachment_paths=["a.txt", "docs/a.txt"])
    assert list(stored(client, new, SENT).attachments or {}) == ["a.txt", "a (2).txt"]


def test_an_email_is_forwarded(app: EmailClientApp) -> None:
    put(app, "e", subject="Plan", content="one\ntwo", cc=["c@x.com"], attachments={"a.txt": b"aGk="})
    new = app.forward_email("e", ["bob@x.com"])
    expected = Email(USER, ["bob@x.com"], "FWD: Plan", "> one\ntwo", new, "e", [], {"a.txt": b"aGk="}, NOW)
    assert stored(app, new, SENT) == expected
    assert stored(app, "e").is_read
    assert stored(app, new, SENT).attachments is not stored(app, "e").attachments


def test_the_longest_email_can_be_forwarded_and_replied_to(app: EmailClientApp) -> None:
    new = app.create_and_add_email("bob@x.com", subject="s" * MAX_TEXT, content="c" * MAX_TEXT)
    assert len(stored(app, app.forward_email(new, ["a@b.c"]), SENT).content) == MAX_TEXT + 2
    assert len(stored(app, app.reply_to_email(new), SENT).subject) == MAX_TEXT + 4
    refused(
        app,
        ValueError,
        lambda: app.reply_to_email(new, content="c" * (MAX_TEXT + 1)),
        "the content has 100001",
    )


def test_an_email_that_cannot_be_forwarded_changes_nothing(app: EmailClientApp) -> None:
    put(app, "e")
    refused(app, ValueError, lambda: app.forward_email("e"), "no recipients to forward to")
    refused(app, ValueError, lambda: app.forward_email("e", ["bob"]), "recipients: 'bob'")
    refused(app, ValueError, lambda: app.forward_email("e", ["b@x.com"], "SENT"), "not in SENT but in INBOX")


def test_a_reply_goes_to_the_sender_alone(client: EmailClientV2) -> None:
    put(client, "e", recipients=[USER, "c@x.com"], cc=["d@x.com"], subject="Plan")
    new = client.reply_to_email("e", content="ok", attachment_paths=["a.txt"])
    attachments = {"a.txt": base64.b64encode(b"hello")}
    expected = Email(USER, ["ann@x.com"], "Re: Plan", "ok", new, "e", [], attachments, NOW)
    assert stored(client, new, SENT) == expected
    assert not stored(client, "e").is_read
    refused(client, ValueError, lambda: client.reply_to_email("no"), "INBOX has no email 'no'")


def test_a_reply_to_an_own_email_goes_to_the_other_side(app: EmailClientApp) -> None:
    put(app, "e")
    first = app.reply_to_email("e")
    second = app.reply_to_email(first, "SENT")
    app.delete_email("e")
    third = app.reply_to_email(second, "SENT")
    assert [stored(app, new, SENT).recipients for new in (second, third)] == [["ann@x.com"]] * 2


def test_a_thread_without_another_side_ends() -> None:
    app = EmailClientApp()
    put(app, "lost", SENT, sender=USER, recipients=["b@x.com"], parent_id="gone")
    put(app, "loop", SENT, sender=USER, recipients=["b@x.com"], parent_id="loop")
    for email_id in ("lost", "loop"):
        assert stored(app, app.reply_to_email(email_id, "SENT"), SENT).recipients == [USER]


def test_an_email_is_moved(app: EmailClientApp) -> None:
    put(app, "e")
    assert app.move_email("e") == "e"
    assert (ids(app), ids(app, DRAFT)) == ([], ["e"])
    assert app.move_email("e", "draft", "draft") == "e"
    refused(app, ValueError, lambda: app.move_email("e"), "email 'e' is not in INBOX but in DRAFT")
    refused(app, KeyError, lambda: app.move_email("e", "DRAFT", "ARCHIVE"), "there is no folder 'ARCHIVE'")


def test_a_deleted_email_goes_to_the_trash_and_stays_there(app: EmailClientApp) -> None:
    put(app, "e")
    put(app, "f")
    for email_id in ("e", "f"):
        assert app.delete_email(email_id) == email_id
    assert app.delete_email("e", "TRASH") == "e"
    assert (ids(app), ids(app, TRASH)) == ([], ["e", "f"])
    refused(app, ValueError, lambda: app.delete_email("e"), "email 'e' is not in INBOX but in TRASH")


def test_future_data_is_dropped(app: EmailClientApp) -> None:
    for time in (1, 2, 3):
        put(app, str(time), timestamp=time)
    app.delete_future_data(2)
    put(app, "1.5", timestamp=1.5)
    assert ids(app) == ["2", "1.5", "1"]
    refused(app, ValueError, lambda: app.delete_future_data("2"), "must be a number")  # type: ignore[arg-type]


# --- attachments --------------------------------------------------------------------------------------------


def test_attachments_are_saved(client: EmailClientV2, files: FilesInMemory) -> None:
    put(client, "e", attachments={"x.txt": base64.b64encode(b"x"), "raw": b"no base64!"})
    assert client.download_attachments("e") == ["Downloads/x.txt", "Downloads/raw"]
    assert client.download_attachments("e", path_to_save="/docs") == ["/docs/x.txt", "/docs/raw"]
    assert (files.files["Downloads/x.txt"], files.files["/docs/raw"]) == (b"x", b"no base64!")
    assert files.folders == ["Downloads/", "/docs"]
    put(client, "plain")
    assert client.download_attachments("plain") == []
    refused(client, ValueError, lambda: client.download_attachments("no"), "INBOX has no email 'no'")
    refused(
        client, ValueError, lambda: client.download_attachments("e", path_to_save=".."), "cannot be saved"
    )


def test_no_name_of_an_attachment_leads_out_of_the_folder(client: EmailClientV2) -> None:
    names = ["../../x", "/etc/x", "..\\x", "..", "a\n\0b", ""]
    put(client, "e", attachments=dict.fromkeys(names, b"aGk="))
    saved = ["x", "x (2)", "x (3)", "attachment", "ab", "attachment (2)"]
    assert client.download_attachments("e", path_to_save="d") == [f"d/{name}" for name in saved]


def test_a_file_name_is_free_and_plain() -> None:
    assert file_name("a/b.tar.gz/", {"b.tar.gz", "b.tar (2).gz"}) == "b.tar (3).gz"


@pytest.mark.parametrize("kind", [EmailClientApp, EmailClientV2, Mail])
def test_every_app_attaches_and_saves_files_of_its_file_system(
    kind: type[EmailClientApp], files: FilesInMemory
) -> None:
    app = kind()
    app.connect_to_protocols({Protocol.FILE_SYSTEM: files})
    sent = app.send_email(["bob@x.com"], attachment_paths=["a.txt"])
    assert app.download_attachments(sent, "SENT", "new") == ["new/a.txt"]
    assert files.files["new/a.txt"] == b"hello"
    app.reset()
    assert app.internal_fs is files


@pytest.mark.parametrize("kind", [EmailClientApp, EmailClientV2, Mail])
def test_without_a_file_system_nothing_is_attached_or_saved(
    kind: type[EmailClientApp], tmp_path: Path
) -> None:
    app = kind()
    app.connect_to_protocols({})
    put(app, "e", attachments={"x": b"aGk="})
    (tmp_path / "a.txt").write_bytes(b"hello")
    paths = [str(tmp_path / "a.txt")]
    text = f"no file system is connected to {app.name}"
    refused(app, InvalidValueError, lambda: app.send_email(["a@b.c"], attachment_paths=paths), text)
    refused(app, InvalidValueError, lambda: app.reply_to_email("e", attachment_paths=paths), text)
    refused(
        app, InvalidValueError, lambda: app.download_attachments("e", path_to_save=str(tmp_path / "d")), text
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert app.send_email(["a@b.c"], attachment_paths=[])


def test_without_a_file_system_no_scenario_attaches_through_the_app() -> None:
    app = EmailClientV2()
    put(app, "e")
    text = "no file system is connected"
    refused(app, InvalidValueError, lambda: app.add_attachment(stored(app, "e"), "a.txt"), text)


def test_a_scenario_attaches_a_file_before_or_after_adding(client: EmailClientV2) -> None:
    email = Email(email_id="e")
    client.add_attachment(email, "a.txt")
    client.add_email(email)
    client.add_attachment(email, "b.bin")
    client.add_attachment(stored(client, "e"), "a.txt")
    assert list(email.attachments or {}) == ["a.txt", "b.bin"]
    assert list(stored(client, "e").attachments or {}) == ["a.txt", "b.bin", "a (2).txt"]


def test_the_file_system_is_not_recorded_nor_captured(client: EmailClientV2, files: FilesInMemory) -> None:
    events: list[Any] = []
    files.register_to_env("test", events.append)
    with EventRegisterer.capture_mode():
        client.add_attachment(email := Email(), "a.txt")
    client.send_email(["bob@x.com"], attachment_paths=["a.txt"])
    assert email.attachments == {"a.txt": base64.b64encode(b"hello")}
    assert events == []


def test_raw_bytes_are_content_too() -> None:
    assert (content_of(b"aGk="), content_of(b"hi!")) == (b"hi", b"hi!")
    assert (as_base64(b"aGk="), as_base64(b"hi!")) == ("aGk=", base64.b64encode(b"hi!").decode())
    given: dict[str, Any] = {"a": "aGk=", "b": bytearray(b"aGk=")}
    assert Email(attachments=given).attachments == {"a": b"aGk=", "b": b"aGk="}


# --- recording, capture, notices ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "event_type", "operation", "args"),
    [
        (lambda app: app.send_email_to_user_only("b@x.com"), EventType.ENV, OperationType.WRITE,
         {"sender": "b@x.com", "subject": "", "content": ""}),
        (lambda app: app.send_email_to_user_with_id("i", "b@x.com"), EventType.ENV, OperationType.WRITE,
         {"email_id": "i", "sender": "b@x.com", "subject": "", "content": "", "attachment_paths": None}),
        (lambda app: app.reply_to_email_from_user("b@x.com", "sent"), EventType.ENV, OperationType.WRITE,
         {"sender": "b@x.com", "email_id": "sent", "content": "", "attachment_paths": None}),
        (lambda app: app.create_and_add_email("b@x.com"), EventType.ENV, OperationType.WRITE,
         {"sender": "b@x.com", "recipients": None, "subject": "", "content": "", "folder_name": "INBOX"}),
        (lambda app: app.create_and_add_email_with_time("b@x.com", folder_name="SENT"), EventType.AGENT,
         OperationType.WRITE, {"sender": "b@x.com", "recipients": None, "subject": "", "content": "",
                               "email_time": None, "folder_name": "SENT"}),
        (lambda app: app.add_email(Email(email_id="x")), EventType.AGENT, OperationType.WRITE,
         {"email": Email(email_id="x", timestamp=NOW), "folder_name": INBOX}),
        (lambda app: app.send_email_to_user(Email(email_id="x")), EventType.AGENT, OperationType.WRITE,
         {"email": Email(email_id="x", timestamp=NOW)}),
        (lambda app: app.list_emails(), EventType.AGENT, OperationType.READ,
         {"folder_name": "INBOX", "offset": 0, "limit": 10}),
        (lambda app: app.get_email_by_id("e"), EventType.AGENT, OperationType.READ,
         {"email_id": "e", "folder_name": "INBOX"}),
        (lambda app: app.get_email_by_index(0), EventType.AGENT, OperationType.READ,
         {"idx": 0, "folder_name": "INBOX"}),
        (lambda app: app.send_email(["b@x.com"]), EventType.AGENT, OperationType.WRITE,
         {"recipients": ["b@x.com"], "subject": "", "content": "", "cc": None, "attachment_paths": None}),
        (lambda app: app.forward_email("e", ["b@x.com"]), EventType.AGENT, OperationType.WRITE,
         {"email_id": "e", "recipients": ["b@x.com"], "folder_name": "INBOX"}),
        (lambda app: app.download_attachments("e"), EventType.AGENT, OperationType.WRITE,
         {"email_id": "e", "folder_name": "INBOX", "path_to_save": "Downloads/"}),
        (lambda app: app.reply_to_email("e"), EventType.AGENT, OperationType.WRITE,
         {"email_id": "e", "folder_name": "INBOX", "content": "", "attachment_paths": None}),
        (lambda app: app.move_email("e"), EventType.AGENT, OperationType.WRITE,
         {"email_id": "e", "source_folder_name": "INBOX", "dest_folder_name": "DRAFT"}),
        (lambda app: app.delete_email("e"), EventType.AGENT, OperationType.WRITE,
         {"email_id": "e", "folder_name": "INBOX"}),
        (lambda app: app.search_emails("e"), EventType.AGENT, OperationType.READ,
         {"query": "e", "folder_name": "INBOX"}),
    ],
)  # fmt: skip
def test_a_call_is_one_event(
    client: EmailClientV2,
    call: Callable[[EmailClientV2], Any],
    event_type: EventType,
    operation: OperationType,
    args: dict[str, Any],
) -> None:
    put(client, "e")
    put(client, "sent", SENT, sender=USER, recipients=["b@x.com"])
    events: list[Any] = []
    client.register_to_env("test", events.append)
    result = call(client)
    [event] = events
    assert (event.event_type, event.event_time, event.action.operation_type) == (event_type, NOW, operation)
    assert {name: value for name, value in event.get_args().items() if name != "self"} == args
    assert event.metadata.return_value == result
    assert not event.failed()


def test_a_failed_call_is_one_failed_event(app: EmailClientApp) -> None:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    with pytest.raises(ValueError, match="INBOX has no email"):
        app.delete_email("none")
    [event] = events
    assert event.action.function_name == "delete_email"
    assert event.metadata.exception == "INBOX has no email 'none'."


def test_a_captured_call_does_nothing_until_it_is_executed(client: EmailClientV2) -> None:
    email = Email(email_id="given")
    with EventRegisterer.capture_mode():
        event: Any = client.send_email_to_user_with_id("later", "bob@x.com", content="hi")
        adding: Any = client.add_email(email)
    assert isinstance(event, Event)
    assert event.event_type is EventType.ENV
    assert ids(client) == []
    assert event.execute().metadata.return_value == "later"
    adding.execute()
    client.get_email_by_id("given")
    assert ids(client) == ["later", "given"]
    assert not email.is_read


@pytest.mark.parametrize(
    ("function", "user", "agent"),
    [
        ("send_email_to_user_only", "New email from bob@x.com: The plan - Dear all, this is th…",
         "New email from bob@x.com\nSubject: The plan\n\nDear all,\nthis is the plan."),
        ("send_email_to_user_with_id", "New email from bob@x.com: The plan - Dear all, this is th…",
         "New email from bob@x.com\nSubject: The plan\n\nDear all,\nthis is the plan."),
        ("reply_to_email_from_user", "bob@x.com replied to your email: Dear all, this is th…",
         "bob@x.com replied to the user's email e1:\n\nDear all,\nthis is the plan."),
        ("create_and_add_email", "New email from bob@x.com: The plan - Dear all, this is th…",
         "New email from bob@x.com to a@b.c, d@e.f\nSubject: The plan\n\nDear all,\nthis is the plan."),
    ],
)  # fmt: skip
def test_what_arrives_is_told(function: str, user: str, agent: str) -> None:
    notice = notice_of(EmailClientV2, function)
    assert notice is not None
    args = {
        "sender": "bob@x.com",
        "email_id": "e1",
        "recipients": ["a@b.c", "d@e.f"],
        "subject": "The plan",
        "content": "Dear all,\nthis is the plan.",
    }
    assert notice.user(args) == user
    assert notice.user(args | {"subject": "The\n plan"}) == user
    assert notice.agent(args) == agent
    assert notice.level is VerbosityLevel.MEDIUM


USER_ARGS = {"sender": "bob@x.com", "email_id": "e1"}


def test_a_notice_needs_the_given_arguments_only() -> None:
    create, only = (
        notice_of(EmailClientApp, name) for name in ("create_and_add_email", "send_email_to_user_only")
    )
    assert create is not None
    assert only is not None
    assert create.agent(USER_ARGS) == "New email from bob@x.com to nobody\nSubject: (no subject)\n\n"
    assert create.agent(USER_ARGS | {"recipients": "{{e}}"}).startswith("New email from bob@x.com to {{e}}\n")
    assert only.user(USER_ARGS | {"content": None}) == "New email from bob@x.com: (no subject) -"


def test_nothing_else_is_told() -> None:
    tools = [*EmailClientV2().get_tools(), *EmailClientV2().get_data_tools()]
    assert all(notice_of(EmailClientV2, tool.func_name) is None for tool in tools)


def test_a_model_calls_with_json(client: EmailClientV2) -> None:
    toolbox = Toolbox(client.get_tools())
    new = toolbox.call("Emails__send_email", '{"recipients": ["bob@x.com"], "subject": "Hi"}')
    assert stored(client, new, SENT).subject == "Hi"
    with pytest.raises(TypeError, match="there is no argument 'to'"):
        toolbox.call("Emails__send_email", {"to": ["bob@x.com"]})


# --- state --------------------------------------------------------------------------------------------------


def test_the_state_has_the_published_shape(app: EmailClientApp) -> None:
    put(app, "e", subject="s", content="c", attachments={"a.txt": b"aGk=", "raw": b"hi!"}, timestamp=5.0)
    empty: dict[str, Any] = {name: {"folder_name": name, "emails": []} for name in ("SENT", "DRAFT", "TRASH")}
    email = {
        "sender": "ann@x.com",
        "recipients": [USER],
        "subject": "s",
        "content": "c",
        "email_id": "e",
        "parent_id": None,
        "cc": [],
        "attachments": {"a.txt": "aGk=", "raw": base64.b64encode(b"hi!").decode()},
        "timestamp": 5.0,
        "is_read": False,
    }
    state = app.get_state()
    assert state == {
        "user_email": USER,
        "view_limit": 5,
        "folders": {"INBOX": {"folder_name": "INBOX", "emails": [email]}, **empty},
    }
    assert list(state["folders"]) == ["INBOX", "SENT", "DRAFT", "TRASH"]
    assert list(state["folders"]["INBOX"]["emails"][0]) == list(email)


def test_saving_and_loading_is_the_identity(client: EmailClientV2) -> None:
    for number in range(20):
        client.time_manager.advance_to(NOW + number // 3)
        client.create_and_add_email(f"p{number}@x.com", [USER], f"s{number}")
    client.get_email_by_index(3)
    client.forward_email(ids(client)[4], ["bob@x.com"])
    client.send_email(["bob@x.com"], attachment_paths=["a.txt", "b.bin"])
    client.delete_email(ids(client)[0])
    client.create_and_add_email_with_time("old@x.com", email_time="1970-01-01 00:00:09")
    saved = json.loads(json.dumps(client.get_state()))
    other = EmailClientV2(user_email="other@x.com")
    put(other, "gone")
    other.load_state(saved)
    assert json.dumps(other.get_state()) == json.dumps(saved) == json.dumps(client.get_state())
    assert other.folders[SENT].emails == client.folders[SENT].emails


def test_a_state_keeps_its_order_until_an_email_comes(app: EmailClientApp) -> None:
    emails = [{"email_id": str(time), "sender": "a@b.c", "timestamp": time} for time in (1, 3, 2)]
    app.load_state({"folders": {"INBOX": {"emails": emails}}})
    assert ids(app) == ["1", "3", "2"]
    put(app, "2.5", timestamp=2.5)
    assert ids(app) == ["3", "2.5", "2", "1"]


def test_a_partial_state_is_loaded_and_replaces_all() -> None:
    app = EmailClientApp(user_email="me@x.com", view_limit=3)
    put(app, "gone", TRASH)
    app.load_state(
        {"folders": {"SENT": {"emails": [{"sender": "a@b.c", "attachments": None}]}, "DRAFT": None}}
    )
    assert (app.user_email, app.view_limit, ids(app, TRASH)) == ("me@x.com", 3, [])
    [email] = app.folders[SENT].emails
    assert (len(email.email_id), email.timestamp, email.attachments) == (32, NOW, {})
    app.load_state({"user_email": "you@x.com", "view_limit": 9})
    assert (app.user_email, app.view_limit, ids(app, SENT)) == ("you@x.com", 9, [])


@pytest.mark.parametrize(
    ("state", "error", "text"),
    [
        ({"user_email": "nobody"}, ValueError, "is no email address"),
        ({"folders": {"SPAM": {}}}, KeyError, "there is no folder 'SPAM'"),
        ({"folders": {"INBOX": {"emails": [{"colour": 1}]}}}, TypeError, "an email has no 'colour'"),
        ({"folders": {"INBOX": {"emails": [{"sender": "x"}]}}}, ValueError, "sender: 'x'"),
    ],
)
def test_a_wrong_state_changes_nothing(
    app: EmailClientApp, state: dict[str, Any], error: type[Exception], text: str
) -> None:
    put(app, "e")
    refused(app, error, lambda: app.load_state(state), text)


def test_a_reset_empties_the_folders_and_keeps_the_file_system(
    client: EmailClientV2, files: FilesInMemory
) -> None:
    client.load_state({"user_email": "me@x.com", "view_limit": 9})
    put(client, "e")
    client.reset()
    assert (client.name, client.user_email, client.view_limit) == ("Emails", USER, 5)
    assert client.get_state() == EmailClientV2().get_state()
    assert client.internal_fs is files


def test_a_copied_app_goes_its_own_way(client: EmailClientV2) -> None:
    put(client, "e")
    twin = copy.deepcopy(client)
    twin.delete_email("e")
    assert (ids(client), ids(twin)) == (["e"], [])


def test_ten_thousand_emails_stay_in_order(app: EmailClientApp) -> None:
    for number in range(10_000):
        put(app, str(number), timestamp=float(number * 7919 % 10_007))
    times = [email.timestamp for email in app.folders[INBOX].emails]
    assert times == sorted(times, reverse=True)
    assert parse_time("1970-01-01 00:00:00") == times[-1]
