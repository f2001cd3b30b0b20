"""The screens of the email app: what each offers, does, refuses and leads to."""

import copy
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pare.apps.base import Protocol, parse_time
from pare.apps.checks import MAX_TEXT
from pare.apps.email import (
    ComposeDraft,
    ComposeEmail,
    Email,
    EmailClientApp,
    EmailDetail,
    EmailFolderName,
    MailboxView,
    ReturnedEmails,
    StatefulEmailApp,
)
from pare.apps.phone import Phone
from pare.apps.system import HomeScreenSystemApp
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.enums import EventType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools import Toolbox
from pare.tools.notices import notice_of

INBOX, SENT, DRAFT, TRASH = EmailFolderName
USER, ANN, BOB = "john@pare.com", "ann@x.com", "bob@x.com"
MAILBOX, DETAIL, COMPOSE = "MailboxView", "EmailDetail", "ComposeEmail"
MAILBOX_TOOLS = [
    *("list_emails", "open_email_by_id", "open_email_by_index", "search_emails"),
    *("start_compose", "switch_folder"),
]
DETAIL_TOOLS = [
    *("delete", "download_attachments", "forward", "move", "refresh", "reply", "start_compose_reply"),
    "go_back",
]
COMPOSE_TOOLS = [
    *("add_recipient", "attach_file", "discard_draft", "save_draft", "send_composed_email"),
    *("set_body", "set_cc", "set_recipients", "set_subject", "go_back"),
]


class Files:
    """A file system in memory; a folder exists but cannot be opened."""

    def __init__(self) -> None:
        self.saved: dict[str, io.BytesIO] = {}

    def exists(self, path: str) -> bool:
        return path in {"a.txt", "folder"}

    def mkdir(self, path: str) -> None: ...

    def open(self, path: str, mode: str = "rb") -> io.BytesIO:
        if path == "folder":
            raise IsADirectoryError(21, "Is a directory")
        return self.saved.setdefault(path, io.BytesIO()) if "w" in mode else io.BytesIO(b"text")


@pytest.fixture
def app() -> Iterator[StatefulEmailApp]:
    """Three emails in the INBOX, newest first: third (Bob), second (Ann, with a file), first (Ann)."""
    with RunContext(seed=1, start_time=1000.0).active():
        app = StatefulEmailApp("Emails", internal_fs=Files())
        app.add_email(Email(ANN, [USER], "Lunch", "At noon?", "first", timestamp=100.0))
        app.add_email(
            Email(
                ANN, [USER], "Plan", "see file", "second", attachments={"a.txt": b"dGV4dA=="}, timestamp=200.0
            )
        )
        app.add_email(Email(BOB, [USER], "Party", "lunch too", "third", timestamp=300.0))
        yield app


def tap(app: StatefulEmailApp, tool: str, **arguments: Any) -> Any:
    """Tap what is offered now, and see that this is one event, the user's, and no other."""
    events: list[Any] = []
    app.register_to_env("tap", events.append)
    try:
        return Toolbox(app.get_user_tools()).call(f"{app.name}__{tool}", arguments)
    finally:
        found = [(event.event_type, event.function_name(), event.app_name()) for event in events]
        assert found == [(EventType.USER, tool, app.name)]


def shown(app: StatefulEmailApp) -> tuple[str, int]:
    return type(app.current_state).__name__, len(app.navigation_stack)


def screen(app: StatefulEmailApp) -> tuple[Any, list[Any], Any, Any]:
    draft = getattr(app.current_state, "draft", None)
    return app.current_state, list(app.navigation_stack), copy.deepcopy(draft), app.get_state()


def refused(app: StatefulEmailApp, tool: str, **arguments: Any) -> str:
    """Give the text of the error of a tap, having seen that it left screen, draft and data as they were."""
    before = screen(app)
    with pytest.raises(ToolError) as caught:
        tap(app, tool, **arguments)
    assert screen(app) == before
    return str(caught.value)


def offered(app: StatefulEmailApp) -> list[str]:
    return [tool.func_name for tool in app.get_user_tools()]


def ids(emails: list[Email]) -> list[str]:
    return [email.email_id for email in emails]


def ids_in(app: StatefulEmailApp, folder: EmailFolderName) -> list[str]:
    return ids(app.folders[folder].emails)


def compose_with(app: StatefulEmailApp, **fields: Any) -> None:
    tap(app, "start_compose")
    for name, value in fields.items():
        tap(app, f"set_{name}", **{name: value})


# --- the app ------------------------------------------------------------------------------------------------


def test_the_user_has_an_address_unless_another_is_given() -> None:
    assert StatefulEmailApp().user_email == USER
    assert StatefulEmailApp("Emails", user_email="user@meta.com").user_email == "user@meta.com"
    assert StatefulEmailApp().name == "StatefulEmailApp"
    with pytest.raises(ValueError, match="no email address"):
        StatefulEmailApp(user_email="john")


def test_reset_empties_the_app_shows_the_inbox_and_keeps_the_address(app: StatefulEmailApp) -> None:
    other, files = StatefulEmailApp(user_email=ANN), app.internal_fs
    for item in (app, other):
        item.send_email([BOB])
        tap(item, "switch_folder", folder_name="SENT")
        item.reset()
        assert shown(item) == (MAILBOX, 0)
        assert not item.folders[SENT].emails
    assert (app.user_email, other.user_email, app.internal_fs) == (USER, ANN, files)


def test_the_state_of_the_app_is_the_plain_apps_state(app: StatefulEmailApp) -> None:
    tap(app, "open_email_by_index", index=0)
    state = json.loads(json.dumps(app.get_state()))
    loaded, plain = StatefulEmailApp(), EmailClientApp()
    tap(loaded, "start_compose")
    loaded.load_state(state)
    plain.load_state(state)
    assert loaded.get_state() == plain.get_state() == state
    assert shown(loaded) == (MAILBOX, 0)


def test_a_copy_has_screens_of_its_own(app: StatefulEmailApp) -> None:
    compose_with(app, subject="One")
    other = copy.deepcopy(app)
    tap(other, "set_subject", subject="Two")
    tap(other, "discard_draft")
    assert shown(app) == (COMPOSE, 1)
    assert app.current_state.draft.subject == "One"


def test_what_the_agent_and_the_environment_do_moves_no_screen(app: StatefulEmailApp) -> None:
    tap(app, "open_email_by_id", email_id="first")
    before = app.current_state
    app.delete_email("first")
    app.send_email_to_user_with_id("new", ANN)
    assert app.current_state is before
    assert shown(app) == (DETAIL, 1)


def test_the_notices_of_the_plain_app_hold(app: StatefulEmailApp) -> None:
    args = {"sender": ANN, "subject": "Hi", "content": "x" * 30, "email_id": "e"}
    for name in ("send_email_to_user_only", "send_email_to_user_with_id", "reply_to_email_from_user"):
        notice = notice_of(StatefulEmailApp, name)
        assert notice is not None
        assert f"{'x' * 20}…" in notice.user(args)
        assert "x" * 30 in notice.agent(args)
    created = notice_of(StatefulEmailApp, "create_and_add_email")
    assert created is not None
    assert f"{ANN}, {BOB}" in created.agent({**args, "recipients": [ANN, BOB]})


# --- the mailbox --------------------------------------------------------------------------------------------


def test_the_inbox_is_the_first_screen(app: StatefulEmailApp) -> None:
    assert shown(app) == (MAILBOX, 0)
    assert app.current_state.folder == "INBOX"
    assert offered(app) == MAILBOX_TOOLS


def test_a_mailbox_takes_the_name_of_a_folder_in_any_case() -> None:
    names: list[Any] = ["INBOX", "", None, "sent", SENT, " Trash "]
    assert [MailboxView(name).folder for name in names] == ["INBOX"] * 3 + ["SENT"] * 2 + ["TRASH"]
    assert EmailDetail("id", "sent").folder_name == "SENT"
    with pytest.raises(ValueError, match="Folders: INBOX, SENT, DRAFT, TRASH"):
        MailboxView("Spam")


def test_emails_are_listed_a_page_at_a_time(app: StatefulEmailApp) -> None:
    page = tap(app, "list_emails", offset=1, limit=1)
    assert (ids(page.emails), page.emails_range, page.total_emails) == (["second"], (1, 2), 3)
    assert ids(tap(app, "list_emails").emails) == ["third", "second", "first"]
    assert "0 or more" in refused(app, "list_emails", offset=-1)
    assert "beyond the 3 emails" in refused(app, "list_emails", offset=4)
    assert shown(app) == (MAILBOX, 0)


def test_emails_are_searched_in_the_folder_that_is_shown(app: StatefulEmailApp) -> None:
    assert ids(tap(app, "search_emails", query="LUNCH")) == ["third", "first"]
    tap(app, "switch_folder", folder_name="TRASH")
    assert tap(app, "search_emails", query="lunch") == []


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ({"min_date": "1970-01-01 00:03:20"}, ["third", "second"]),
        ({"max_date": "1970-01-01 00:03:20"}, ["second", "first"]),
        ({"min_date": "1970-01-01T00:03:20", "max_date": "1970-01-01T01:03:20+01:00"}, ["second"]),
        ({"min_date": "1970-01-01", "max_date": "1970-01-01"}, ["third", "second", "first"]),
        ({"min_date": "1970-01-02"}, []),
        ({"max_date": "1969-12-31"}, []),
        ({"min_date": None, "max_date": None}, ["third", "second", "first"]),
    ],
)
def test_a_search_takes_dates(app: StatefulEmailApp, dates: dict[str, Any], found: list[str]) -> None:
    assert ids(tap(app, "search_emails", query="", **dates)) == found


@pytest.mark.parametrize("dates", [{"min_date": "soon"}, {"max_date": ""}, {"max_date": "2025-02-30"}])
def test_a_search_says_how_to_write_a_date(app: StatefulEmailApp, dates: dict[str, str]) -> None:
    text = refused(app, "search_emails", query="", **dates)
    [(name, value)] = dates.items()
    assert f"{name}: {value!r} is no date" in text
    assert "YYYY-MM-DD HH:MM:SS in UTC, or as YYYY-MM-DD for a whole day, or leave it out" in text


@pytest.mark.parametrize(
    ("limit", "number"),
    [({}, 10), ({"limit": 2}, 2), ({"limit": 0}, 0), ({"limit": None}, 15), ({"limit": -1}, 15)],
)
def test_a_search_has_a_limit(app: StatefulEmailApp, limit: dict[str, Any], number: int) -> None:
    for _ in range(12):
        app.send_email_to_user_only(ANN)
    assert len(tap(app, "search_emails", query="", **limit)) == number


def test_an_email_is_opened_by_its_id(app: StatefulEmailApp) -> None:
    email = tap(app, "open_email_by_id", email_id="second")
    assert (email.email_id, email.is_read) == ("second", True)
    assert shown(app) == (DETAIL, 1)
    assert (app.current_state.email_id, app.current_state.folder_name) == ("second", "INBOX")
    assert app.current_state.email is email
    assert offered(app) == DETAIL_TOOLS


def test_an_email_is_opened_by_its_position(app: StatefulEmailApp) -> None:
    app.send_email([ANN], "Sent")
    tap(app, "switch_folder", folder_name="sent")
    email = tap(app, "open_email_by_index", index=0)
    assert email.subject == "Sent"
    assert (app.current_state.email_id, app.current_state.folder_name) == (email.email_id, "SENT")
    assert shown(app) == (DETAIL, 2)


def test_what_is_not_there_is_not_opened(app: StatefulEmailApp) -> None:
    assert "Did you mean 'third'" in refused(app, "open_email_by_id", email_id="thrid")
    assert "go from 0 to 2" in refused(app, "open_email_by_index", index=3)
    assert "no email at position -1" in refused(app, "open_email_by_index", index=-1)
    assert not any(email.is_read for email in app.folders[INBOX].emails)


def test_another_folder_is_shown(app: StatefulEmailApp) -> None:
    app.delete_email("first")
    listed = tap(app, "switch_folder", folder_name="trash")
    assert isinstance(listed, ReturnedEmails)
    assert ids(listed.emails) == ["first"]
    assert (app.current_state.folder, shown(app)) == ("TRASH", (MAILBOX, 1))
    assert offered(app) == [*MAILBOX_TOOLS, "go_back"]
    tap(app, "go_back")
    assert (app.current_state.folder, shown(app)) == ("INBOX", (MAILBOX, 0))
    assert "no folder 'Spam'" in refused(app, "switch_folder", folder_name="Spam")


def test_an_empty_email_is_started(app: StatefulEmailApp) -> None:
    assert tap(app, "start_compose") == "compose_started"
    assert shown(app) == (COMPOSE, 1)
    assert app.current_state.draft == ComposeDraft()
    assert offered(app) == COMPOSE_TOOLS


# --- an email -----------------------------------------------------------------------------------------------


@pytest.fixture
def opened(app: StatefulEmailApp) -> StatefulEmailApp:
    """Show the email `second`, which has a file."""
    tap(app, "open_email_by_id", email_id="second")
    return app


def test_an_email_that_is_entered_is_read_and_unrecorded(app: StatefulEmailApp) -> None:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    app.set_current_state(EmailDetail("first"))
    assert app.current_state.email.is_read
    before = screen(app)
    with pytest.raises(NotFoundError, match="go back: INBOX has no email 'nobody'"):
        app.set_current_state(EmailDetail("nobody"))
    assert screen(app) == before
    assert events == []


def test_an_email_is_refreshed(opened: StatefulEmailApp) -> None:
    opened.current_state.email.is_read = False
    email = tap(opened, "refresh")
    assert (email.email_id, email.is_read) == ("second", True)
    assert shown(opened) == (DETAIL, 1)


def test_an_email_is_replied_to_at_once(opened: StatefulEmailApp) -> None:
    email_id = tap(opened, "reply", content="Yes", attachment_paths=["a.txt"])
    sent = opened.get_email_by_id(email_id, "SENT")
    assert (sent.recipients, sent.subject, sent.content, sent.parent_id) == (
        [ANN],
        "Re: Plan",
        "Yes",
        "second",
    )
    assert list(sent.attachments or {}) == ["a.txt"]
    assert shown(opened) == (DETAIL, 1)
    assert "no file 'b.txt'" in refused(opened, "reply", attachment_paths=["b.txt"])
    assert str(MAX_TEXT) in refused(opened, "reply", content="x" * (MAX_TEXT + 1))


def test_an_email_is_forwarded(opened: StatefulEmailApp) -> None:
    sent = opened.get_email_by_id(tap(opened, "forward", recipients=[BOB]), "SENT")
    assert (sent.recipients, sent.subject, sent.content) == ([BOB], "FWD: Plan", "> see file")
    assert list(sent.attachments or {}) == ["a.txt"]
    assert shown(opened) == (DETAIL, 1)
    assert "at least one" in refused(opened, "forward", recipients=[])
    assert "must contain an @" in refused(opened, "forward", recipients=["bob"])


def test_an_email_is_moved_and_the_list_is_shown(opened: StatefulEmailApp) -> None:
    assert "no folder 'Spam'" in refused(opened, "move", destination_folder="Spam")
    assert tap(opened, "move", destination_folder="draft") == "second"
    assert ids_in(opened, DRAFT) == ["second"]
    assert shown(opened) == (MAILBOX, 0)


def test_an_email_is_deleted_and_the_list_is_shown(opened: StatefulEmailApp) -> None:
    assert tap(opened, "delete") == "second"
    assert (ids_in(opened, INBOX), ids_in(opened, TRASH)) == (["third", "first"], ["second"])
    assert shown(opened) == (MAILBOX, 0)


def test_attachments_are_downloaded(opened: StatefulEmailApp) -> None:
    assert tap(opened, "download_attachments", path_to_save="Downloads/") == ["Downloads/a.txt"]
    assert shown(opened) == (DETAIL, 1)
    opened.internal_fs = None
    assert "no file system" in refused(opened, "download_attachments", path_to_save="Downloads/")


def test_a_reply_is_started(opened: StatefulEmailApp) -> None:
    assert tap(opened, "start_compose_reply") == {
        "draft": {
            "recipients": [ANN],
            "subject": "Re: Plan",
            "body": "",
            "reply_to": "second",
            "folder_name": "INBOX",
        }
    }
    assert shown(opened) == (COMPOSE, 2)
    assert opened.current_state.draft == ComposeDraft(
        [ANN], subject="Re: Plan", reply_to="second", reply_to_folder="INBOX",
        default_recipients=[ANN], default_subject="Re: Plan",
    )  # fmt: skip


def test_a_reply_to_ones_own_reply_goes_to_the_other_side(opened: StatefulEmailApp) -> None:
    tap(opened, "reply", content="Yes")
    tap(opened, "go_back")
    tap(opened, "switch_folder", folder_name="SENT")
    tap(opened, "open_email_by_index", index=0)
    assert tap(opened, "start_compose_reply")["draft"]["recipients"] == [ANN]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("refresh", {}),
        ("reply", {}),
        ("forward", {"recipients": [BOB]}),
        ("move", {"destination_folder": "SENT"}),
        ("delete", {}),
        ("download_attachments", {"path_to_save": "x"}),
        ("start_compose_reply", {}),
    ],
)
def test_an_email_that_is_gone_asks_to_go_back(
    opened: StatefulEmailApp, tool: str, arguments: dict[str, Any]
) -> None:
    opened.delete_email("second")
    text = refused(opened, tool, **arguments)
    assert text == "the opened email cannot be shown, go back: email 'second' is not in INBOX but in TRASH"
    tap(opened, "go_back")
    assert shown(opened) == (MAILBOX, 0)


def test_going_home_works_when_the_email_is_gone(opened: StatefulEmailApp) -> None:
    home = HomeScreenSystemApp()
    phone = Phone({"System": home, "Emails": opened}, home)
    phone.open_app("Emails")
    assert shown(opened) == (MAILBOX, 0)
    tap(opened, "open_email_by_id", email_id="second")
    opened.delete_email("second")
    phone.go_home()
    phone.switch_app("Emails")
    assert shown(opened) == (DETAIL, 1)


# --- an email that is written -------------------------------------------------------------------------------


def test_a_draft_is_written(app: StatefulEmailApp) -> None:
    tap(app, "start_compose")
    assert tap(app, "set_recipients", recipients=[ANN]) == {"recipients": [ANN]}
    assert tap(app, "add_recipient", recipient=BOB) == {"recipients": [ANN, BOB]}
    assert tap(app, "add_recipient", recipient=BOB) == {"recipients": [ANN, BOB]}
    assert tap(app, "set_cc", cc=["c@x.com"]) == {"cc": ["c@x.com"]}
    assert tap(app, "set_subject", subject="Hi") == {"subject": "Hi"}
    assert tap(app, "set_body", body="Hello") == {"body": "Hello"}
    assert tap(app, "attach_file", attachment_path="a.txt") == {"attachments": ["a.txt"]}
    assert tap(app, "attach_file", attachment_path="a.txt") == {"attachments": ["a.txt"]}
    assert shown(app) == (COMPOSE, 1)
    assert app.current_state.draft == ComposeDraft([ANN, BOB], ["c@x.com"], "Hi", "Hello", ["a.txt"])


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("set_recipients", {"recipients": [ANN, "bob"]}, "recipients: 'bob' is no email address"),
        ("add_recipient", {"recipient": ""}, "recipient: '' is no email address"),
        ("add_recipient", {"recipient": "@" * (MAX_TEXT + 1)}, "Shorten it"),
        ("set_cc", {"cc": ["nobody"]}, "cc: 'nobody' is no email address"),
        ("set_subject", {"subject": "x" * (MAX_TEXT + 1)}, "the subject has 100001 characters"),
        ("set_body", {"body": "x" * (MAX_TEXT + 1)}, "the body has 100001 characters"),
        ("attach_file", {"attachment_path": " "}, "attachment_path must not be empty"),
        ("attach_file", {"attachment_path": "b.txt"}, "there is no file 'b.txt'"),
        ("attach_file", {"attachment_path": "folder"}, "Is a directory"),
        ("send_composed_email", {}, "no recipients"),
    ],
)
def test_what_cannot_be_sent_is_not_taken(
    app: StatefulEmailApp, tool: str, arguments: dict[str, Any], words: str
) -> None:
    compose_with(app, subject="Hi")
    assert words in refused(app, tool, **arguments)


def test_without_a_file_system_a_path_is_taken_and_sending_tells(app: StatefulEmailApp) -> None:
    app.internal_fs = None
    compose_with(app, recipients=[ANN])
    assert tap(app, "attach_file", attachment_path="b.txt") == {"attachments": ["b.txt"]}
    assert "no file system is connected" in refused(app, "send_composed_email")
    assert "no file system is connected" in refused(app, "save_draft")


def test_what_is_given_or_shown_is_no_part_of_the_draft(app: StatefulEmailApp) -> None:
    draft = ComposeDraft([ANN], [BOB], attachments=["a.txt"], default_recipients=[ANN])
    screens = [ComposeEmail(draft), ComposeEmail(draft)]
    app.set_current_state(screens[0])
    tap(app, "add_recipient", recipient=BOB)
    given = [BOB]
    app.current_state.set_cc(given)["cc"].append(ANN)
    given.append(USER)
    assert (screens[0].draft.recipients, screens[0].draft.cc) == ([ANN, BOB], [BOB])
    assert (
        screens[1].draft == draft == ComposeDraft([ANN], [BOB], "", "", ["a.txt"], default_recipients=[ANN])
    )


def test_an_email_is_sent(app: StatefulEmailApp) -> None:
    compose_with(app, recipients=[ANN], cc=[BOB], subject="Hi", body="Hello")
    tap(app, "attach_file", attachment_path="a.txt")
    email_id = tap(app, "send_composed_email")
    sent = app.get_email_by_id(email_id, "SENT")
    assert (sent.sender, sent.recipients, sent.cc) == (USER, [ANN], [BOB])
    assert (sent.subject, sent.content, sent.attachments) == ("Hi", "Hello", {"a.txt": b"dGV4dA=="})
    assert (sent.timestamp, sent.parent_id) == (1000.0, None)
    assert shown(app) == (MAILBOX, 0)


def test_a_written_reply_is_sent_and_the_email_shown_again(opened: StatefulEmailApp) -> None:
    tap(opened, "start_compose_reply")
    tap(opened, "set_body", body="Yes")
    tap(opened, "add_recipient", recipient=BOB)
    tap(opened, "set_cc", cc=["c@x.com"])
    tap(opened, "attach_file", attachment_path="a.txt")
    sent = opened.get_email_by_id(tap(opened, "send_composed_email"), "SENT")
    assert (sent.recipients, sent.cc, sent.subject) == ([ANN, BOB], ["c@x.com"], "Re: Plan")
    assert (sent.content, sent.parent_id, list(sent.attachments or {})) == ("Yes", "second", ["a.txt"])
    assert shown(opened) == (DETAIL, 1)


def test_a_reply_is_sent_although_its_email_was_moved(opened: StatefulEmailApp) -> None:
    tap(opened, "start_compose_reply")
    opened.delete_email("second")
    assert opened.get_email_by_id(tap(opened, "send_composed_email"), "SENT").parent_id == "second"


def test_a_reply_to_what_is_gone_is_refused(opened: StatefulEmailApp) -> None:
    tap(opened, "start_compose_reply")
    opened.delete_future_data(150.0)
    assert "'second', which the draft replies to, is gone; go back" in refused(opened, "send_composed_email")


def test_a_draft_is_kept(app: StatefulEmailApp) -> None:
    compose_with(app, recipients=[ANN], cc=[BOB], subject="Hi", body="Hello")
    tap(app, "attach_file", attachment_path="a.txt")
    email_id = tap(app, "save_draft")
    kept = app.folders[DRAFT].emails[0]
    assert (kept.email_id, kept.sender, kept.recipients, kept.cc) == (email_id, USER, [ANN], [BOB])
    assert (kept.subject, kept.content, list(kept.attachments or {})) == ("Hi", "Hello", ["a.txt"])
    assert (kept.is_read, kept.parent_id, kept.timestamp) == (False, None, 1000.0)
    assert shown(app) == (MAILBOX, 0)


def test_a_draft_without_anything_is_kept(app: StatefulEmailApp) -> None:
    tap(app, "start_compose")
    tap(app, "save_draft")
    assert app.folders[DRAFT].emails[0].recipients == []


def test_a_draft_is_discarded(opened: StatefulEmailApp) -> None:
    tap(opened, "start_compose_reply")
    written = opened.current_state
    before = opened.get_state()
    assert tap(opened, "discard_draft") == "draft_discarded"
    assert written.draft == ComposeDraft()
    assert opened.get_state() == before
    assert shown(opened) == (DETAIL, 1)


def test_a_screen_that_nothing_led_to_leads_to_the_first(app: StatefulEmailApp) -> None:
    app.set_current_state(ComposeEmail(ComposeDraft([ANN])))
    app.navigation_stack.clear()
    tap(app, "send_composed_email")
    assert shown(app) == (MAILBOX, 0)


# --- replies from drafts ------------------------------------------------------------------------------------


def sent_from(app: StatefulEmailApp, draft: ComposeDraft) -> Email:
    return app.get_email_by_id(app.send_reply_from_draft(draft), "SENT")


def test_a_reply_takes_what_the_draft_has_then_defaults_then_the_email(app: StatefulEmailApp) -> None:
    full = ComposeDraft(
        [BOB], subject="Mine", reply_to="first", default_recipients=[USER], default_subject="D"
    )
    defaults = ComposeDraft(reply_to="first", default_recipients=[BOB], default_subject="D")
    bare = ComposeDraft(reply_to="first", reply_to_folder="INBOX", body="Hi")
    for draft, recipients, subject in (
        (full, [BOB], "Mine"),
        (defaults, [BOB], "D"),
        (bare, [ANN], "Re: Lunch"),
    ):
        sent = sent_from(app, draft)
        assert (sent.recipients, sent.subject, sent.parent_id) == (recipients, subject, "first")


def test_a_reply_to_the_users_own_email_goes_up_the_thread(app: StatefulEmailApp) -> None:
    own = app.reply_to_email("first", content="Yes")
    sent = sent_from(app, ComposeDraft(reply_to=own, reply_to_folder="SENT"))
    assert (sent.recipients, sent.parent_id) == ([ANN], own)


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (ComposeDraft([ANN]), InvalidValueError),
        (ComposeDraft(reply_to="nobody"), NotFoundError),
        (ComposeDraft(["bob"], reply_to="first"), InvalidValueError),
        (ComposeDraft(reply_to="first", body="x" * (MAX_TEXT + 1)), InvalidValueError),
        (ComposeDraft(reply_to="first", attachments=["b.txt"]), NotFoundError),
    ],
)
def test_a_draft_that_cannot_be_a_reply_is_refused(
    app: StatefulEmailApp, draft: ComposeDraft, error: type[Exception]
) -> None:
    before = app.get_state()
    with pytest.raises(error) as caught:
        app.send_reply_from_draft(draft)
    assert isinstance(caught.value, ValueError)
    assert app.get_state() == before


# --- recording ----------------------------------------------------------------------------------------------

WRITES = {"reply", "forward", "move", "delete", "download_attachments"} | {
    *("send_composed_email", "save_draft", "discard_draft"),
}


def test_what_changes_data_is_a_write(opened: StatefulEmailApp) -> None:
    found: dict[str, bool | None] = {}
    for state in (MailboxView(), EmailDetail("second"), ComposeEmail()):
        opened.set_current_state(state)
        found |= {tool.func_name: tool.write_operation for tool in state.get_available_actions()}
    assert {name for name, writes in found.items() if writes} == WRITES
    assert None not in found.values()


def test_a_tap_is_recorded_with_its_arguments_and_screen(app: StatefulEmailApp) -> None:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    view = app.current_state
    view.open_email_by_id("first")
    (event,) = events
    assert event.get_args()["email_id"] == "first"
    assert (event.action.app, event.app_class_name()) == (app, "StatefulEmailApp")
    assert event.action.args["self"] is view
    assert not event.failed()


def test_a_captured_tap_leads_nowhere(app: StatefulEmailApp) -> None:
    view = app.current_state
    captured: Callable[..., Any] = view.start_compose
    with EventRegisterer.capture_mode():
        event = captured()
    assert event.event_type is EventType.ENV
    assert shown(app) == (MAILBOX, 0)


def test_a_connected_file_system_is_used() -> None:
    app, files = StatefulEmailApp(), Files()
    app.connect_to_protocols({Protocol.FILE_SYSTEM: files})
    app.send_email_to_user_with_id("e", ANN, attachment_paths=["a.txt"])
    tap(app, "open_email_by_id", email_id="e")
    assert tap(app, "download_attachments", path_to_save="out") == ["out/a.txt"]
    assert list(files.saved) == ["out/a.txt"]
    assert parse_time("1970-01-01 00:00:00") == app.current_state.email.timestamp
