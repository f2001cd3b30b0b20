"""The messaging app: users, conversations, files, searches, records, notices, state."""

import io
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.apps.base import Protocol
from pare.apps.checks import MAX_TEXT, WrongTypeError
from pare.apps.messaging import (
    ConversationV2,
    FileMessageV2,
    MessageV2,
    MessagingAppMode,
    MessagingAppV2,
    NoCurrentUserError,
)
from pare.apps.messaging.patterns import pattern_matcher
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundError, ToolError
from pare.kernel.calls import CompletedEvent, Event
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.notices import VerbosityLevel, notice_of
from pare.tools.toolbox import Toolbox

USERS = {"me": "Max Muster", "a": "Ana Alba", "b": "Ben Bolt", "c": "Cy Coe"}


@pytest.fixture(autouse=True)
def run() -> Iterator[RunContext]:
    with RunContext(seed=1, start_time=1000.0).active() as context:
        yield context


def make_app(**fields: Any) -> MessagingAppV2:
    return MessagingAppV2("me", "Max Muster", "Messages", id_to_name=USERS, **fields)


def make_group(app: MessagingAppV2, *times: float) -> str:
    messages = [MessageV2("a", f"m{time}", time, f"text {time}") for time in times]
    app.add_conversation(ConversationV2(["a", "b", "me"], messages, "Trip", "trip", 500.0))
    return "trip"


def state_of(app: MessagingAppV2) -> str:
    return json.dumps(app.get_state())


class Files:
    """Files in memory; a path that ends with a slash is a folder."""

    def __init__(self, **content: bytes) -> None:
        self.content = {path.replace("_", "/", 1): data for path, data in content.items()}
        self.folders: list[str] = []

    def exists(self, path: str) -> bool:
        return path in self.content or path in self.folders

    def mkdir(self, path: str) -> None:
        self.folders.append(path)

    def open(self, path: str, mode: str) -> io.BytesIO:
        if path.startswith(".."):
            raise PermissionError(13, "Permission denied", f"/tmp/secret/{path}")
        if mode == "rb":
            return io.BytesIO(self.content[path])
        files = self

        class Writer(io.BytesIO):
            def close(self) -> None:
                files.content[path] = self.getvalue()
                super().close()

        return Writer()


# --- users --------------------------------------------------------------------------------------------------


def test_a_missing_map_is_built_from_the_other_and_the_owner_is_in_both() -> None:
    app = MessagingAppV2("me", "Max", name_to_id={"Ana": "a"})
    assert app.id_to_name == {"a": "Ana", "me": "Max"}
    assert app.name_to_id == {"Ana": "a", "Max": "me"}
    assert MessagingAppV2(id_to_name={"a": "Ana"}).name_to_id == {"Ana": "a"}


def test_the_app_stands_alone_with_defaults() -> None:
    app = MessagingAppV2()
    assert (app.name, app.current_user_id, app.mode) == ("MessagingAppV2", None, MessagingAppMode.NAME)
    assert (app.messages_view_limit, app.conversation_view_limit) == (10, 5)
    assert app.conversations == app.id_to_name == app.name_to_id == {}


def test_given_maps_and_conversations_are_copied() -> None:
    names = {"Ana": "a"}
    given_conversation = ConversationV2(["a"], [], "T", "k")
    app = MessagingAppV2(name_to_id=names, conversations={"k": given_conversation})
    app.add_users(["Ben"])
    app.add_message("k", "a", "hello")
    assert names == {"Ana": "a"}
    assert given_conversation.messages == []


def test_new_users_get_ids_and_known_ones_keep_theirs() -> None:
    app = make_app()
    app.add_users(["Ana Alba", "Dee", "Dee"])
    assert app.get_user_ids(["Ana Alba", "Dee", "Nobody"]) == ["a", app.name_to_id["Dee"], None]
    assert len(app.name_to_id["Dee"]) == 32
    assert app.get_user_names(["a", app.name_to_id["Dee"], "x"]) == ["Ana Alba", "Dee", None]


def test_contacts_have_their_phone_number_as_id() -> None:
    app = make_app(mode=MessagingAppMode.PHONE_NUMBER)
    app.add_contacts([("Ana Alba", "+1"), ("Dee", "+2")])
    assert (app.name_to_id["Ana Alba"], app.name_to_id["Dee"]) == ("a", "+2")


def test_malformed_users_are_refused_before_anything_changes() -> None:
    app = make_app()
    before = state_of(app)
    for users in ("Ana", ["Dee", ""], [1]):
        with pytest.raises(ToolError):
            app.add_users(users)  # type: ignore[arg-type]
    for contacts in ([("Dee", "+2"), ("Eve",)], [("Dee", "+2"), ("Eve", "")], ["ab"]):
        with pytest.raises(ToolError):
            app.add_contacts(contacts)  # type: ignore[arg-type]
    assert state_of(app) == before


def test_ids_and_names_are_found_exactly() -> None:
    app = make_app()
    assert (app.get_user_id("Ana Alba"), app.get_user_id("ana alba")) == ("a", None)
    assert (app.get_user_name_from_id("a"), app.get_user_name_from_id("x")) == ("Ana Alba", None)


def test_a_look_up_takes_similar_names_best_first() -> None:
    app = MessagingAppV2(name_to_id={"Johnny Doe": "1", "John Doe": "2", "Zoe Quux": "3"})
    assert app.lookup_user_id("John Doe") == {"John Doe": "2"}
    assert list(app.lookup_user_id("jon doe").items()) == [("John Doe", "2"), ("Johnny Doe", "1")]
    assert app.lookup_user_id("xyzzy") == {}
    with pytest.raises(InvalidValueError):
        app.lookup_user_id(" ")


def test_default_titles_name_the_others_in_order() -> None:
    app = make_app()
    assert app.get_default_title(["b", "me", "a", "unknown"]) == "Ana Alba, Ben Bolt"
    assert app.get_default_title(["me", "unknown"]) == "unknown"
    phone = make_app(mode=MessagingAppMode.PHONE_NUMBER)
    assert phone.get_default_title(["b", "+99", "me"]) == "+99, Ben Bolt"


def test_default_titles_need_the_owner() -> None:
    with pytest.raises(AssertionError, match="nobody owns this phone"):
        MessagingAppV2().get_default_title(["a"])
    with pytest.raises(NoCurrentUserError, match="has no name"):
        MessagingAppV2("me").get_default_title(["a"])


# --- data ---------------------------------------------------------------------------------------------------


def test_participants_keep_their_order_without_repetition() -> None:
    conversation = ConversationV2(["z", "b", "z", "a"])
    assert conversation.participant_ids == ["z", "b", "a"]
    assert conversation.title == "z, b, a"


def test_ids_and_times_come_from_the_run() -> None:
    def made() -> tuple[ConversationV2, MessageV2]:
        with RunContext(seed=7, start_time=50.0).active():
            return ConversationV2(["a"]), MessageV2("a")

    assert made() == made()
    conversation, message = made()
    assert (conversation.last_updated, message.timestamp) == (50.0, 50.0)
    assert conversation.conversation_id != message.message_id


def test_a_conversation_sums_itself_up() -> None:
    conversation = ConversationV2(["a", "b"], [MessageV2("a")], "Trip", "k", 0.0)
    assert conversation.summary == "Trip (a, b): 1 messages, last updated 1970-01-01 00:00:00"


def test_the_last_update_never_goes_back() -> None:
    conversation = ConversationV2(["a"], last_updated=10.0)
    conversation.update_last_updated(5.0)
    assert conversation.last_updated == 10.0


def test_a_date_range_includes_both_ends_to_the_second() -> None:
    messages = [MessageV2("a", str(time), time) for time in (59.0, 60.9, 61.5, 62.0)]
    conversation = ConversationV2(["a"], messages)
    found = conversation.get_messages_in_date_range("1970-01-01 00:01:00", "1970-01-01 00:01:01")
    assert [item.message_id for item in found] == ["60.9", "61.5"]
    assert conversation.get_messages_in_date_range(None, None) == messages
    with pytest.raises(InvalidValueError):
        conversation.get_messages_in_date_range("yesterday", None)


def test_the_bytes_of_a_file_stay_out_of_a_messages_text() -> None:
    assert "secret" not in repr(FileMessageV2("a", attachment=b"secret", attachment_name="n"))


# --- adding -------------------------------------------------------------------------------------------------


def test_an_added_conversation_is_a_copy() -> None:
    app, conversation = make_app(), ConversationV2(["a", "me"], [MessageV2("a")], "T", "k")
    app.add_conversations([conversation])
    app.add_message("k", "a", "more")
    assert len(conversation.messages) == 1
    assert len(app.conversations["k"].messages) == 2


def test_only_conversations_are_added() -> None:
    app = make_app()
    with pytest.raises(AssertionError):
        app.add_conversation("k")  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError):
        app.add_conversations([ConversationV2(["a"]), None])  # type: ignore[list-item]
    assert app.conversations == {}


def test_all_conversations_come_by_id() -> None:
    app = make_app()
    app.add_conversations([ConversationV2([], conversation_id=key) for key in "cab"])
    assert [item.conversation_id for item in app.get_all_conversations()] == ["a", "b", "c"]


def test_a_message_is_added_at_its_time(run: RunContext) -> None:
    app = make_app()
    make_group(app)
    app.add_message("trip", "a", "first", 700.5)
    run.clock.advance_to(1234.75)
    app.add_message("trip", "b", "second")
    app.create_and_add_message("trip", "b", "third")
    trip = app.conversations["trip"]
    assert [(item.sender_id, item.content, item.timestamp) for item in trip.messages] == [
        ("a", "first", 700.5),
        ("b", "second", 1234.75),
        ("b", "third", 1234.0),
    ]
    assert trip.last_updated == 1234.75


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("trap", "a", "x"), "no conversation 'trap'. Did you mean 'trip'"),
        (("trip", "c", "x"), "no participant 'c'"),
        (("trip", "a", "x" * (MAX_TEXT + 1)), "at most 100000"),
        (("trip", "a", None), "content must be text"),
        (("trip", "a", "x", float("nan")), "must be a number of seconds"),
    ],
)
def test_a_message_that_cannot_be_added_changes_nothing(arguments: Any, error: str) -> None:
    app = make_app()
    make_group(app)
    before = state_of(app)
    with pytest.raises(ToolError, match=error):
        app.add_message(*arguments)
    if len(arguments) == 3:
        with pytest.raises(ToolError, match=error):
            app.create_and_add_message(*arguments)
    assert state_of(app) == before


# --- writing ------------------------------------------------------------------------------------------------


def test_a_first_message_starts_a_conversation_and_the_next_continues_it() -> None:
    app = make_app()
    first = app.send_message("a", "Hi")
    assert app.send_message(user_id="a", content="Again") == first
    conversation = app.conversations[first]
    assert (conversation.title, conversation.participant_ids) == ("Ana Alba", ["a", "me"])
    assert [(item.sender_id, item.content) for item in conversation.messages] == [
        ("me", "Hi"),
        ("me", "Again"),
    ]
    assert len(first) == 32
    assert conversation.last_updated == conversation.messages[0].timestamp == 1000.0


def test_a_titled_conversation_of_two_is_not_written_to() -> None:
    app = make_app()
    app.add_conversation(ConversationV2(["a", "me"], title="Work", conversation_id="k"))
    assert app.send_message("a", "Hi") != "k"
    app.add_conversation(ConversationV2(["me", "b"], title="Ben Bolt", conversation_id="l"))
    assert app.send_message("b", "Hi") == "l"


def test_who_shares_a_conversation_can_be_written_to() -> None:
    app = make_app()
    app.add_conversation(ConversationV2(["stranger", "me"], conversation_id="k"))
    conversation_id = app.send_message("stranger", "Hi")
    assert app.send_message("stranger", "Again") == conversation_id


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        (("x", "Hi"), NotFoundError, "lookup_user_id"),
        (("Ana Alba", "Hi"), NotFoundError, "the name of 'a'"),
        (("", "Hi"), NotFoundError, "no user with the id ''"),
        (("me", "Hi"), InvalidValueError, "your own id"),
        (("a", " "), InvalidValueError, "content must not be empty"),
        (("a",), InvalidValueError, "content must not be empty"),
        (("a", "x" * (MAX_TEXT + 1)), InvalidValueError, "100001 characters"),
        (("a", "Hi", "a.txt"), InvalidValueError, "no file system"),
    ],
)
def test_a_message_that_cannot_be_sent_changes_nothing(
    arguments: Any, error: type[Exception], text: str
) -> None:
    app = make_app()
    with pytest.raises(error, match=text):
        app.send_message(*arguments)
    assert app.conversations == {}


def test_sending_needs_an_owner() -> None:
    app = MessagingAppV2(id_to_name=USERS, conversations={"k": ConversationV2(["a", "b", "c"])})
    for send in (lambda: app.send_message("a", "Hi"), lambda: app.post_message("k", "Hi")):
        with pytest.raises(AssertionError, match="current_user_id"):
            send()


def test_a_group_is_written_to_and_a_pair_is_not() -> None:
    app = make_app()
    assert app.send_message_to_group_conversation(make_group(app), "Hi") == "trip"
    assert app.conversations["trip"].messages[-1].content == "Hi"
    pair = app.send_message("a", "Hi")
    with pytest.raises(ValueError, match="2 participants"):
        app.send_message_to_group_conversation(pair, "Hi")
    with pytest.raises(ValueError, match="no conversation 'x'"):
        app.send_message_to_group_conversation("x", "Hi")


def test_any_conversation_can_be_posted_to() -> None:
    app = make_app()
    pair = app.send_message("a", "Hi")
    assert app.post_message(pair, "More") == pair
    assert [item.content for item in app.conversations[pair].messages] == ["Hi", "More"]
    with pytest.raises(ValueError, match="no conversation"):
        app.post_message("x", "More")
    assert app.get_tool("post_message") is None


def test_a_group_is_started_with_the_owner() -> None:
    app = make_app()
    conversation = app.conversations[app.create_group_conversation(["b", "a", "b"])]
    assert (conversation.participant_ids, conversation.title) == (["b", "a", "me"], "Ana Alba, Ben Bolt")
    assert app.conversations[app.create_group_conversation(["b", "a"], "Trip")].title == "Trip"


@pytest.mark.parametrize("users", [[], ["a"], ["a", "me"], ["a", "a"], ["a", "x"], "ab"])
def test_a_group_that_cannot_be_started_changes_nothing(users: Any) -> None:
    app = make_app()
    with pytest.raises(ToolError):
        app.create_group_conversation(users)
    with pytest.raises(InvalidValueError):
        app.create_group_conversation(["a", "b"], "  ")
    assert app.conversations == {}


def test_phone_numbers_need_a_digit() -> None:
    app = make_app(mode=MessagingAppMode.PHONE_NUMBER)
    assert app.create_group_conversation(["+1 555", "a"])
    with pytest.raises(ValueError, match="no phone number in 'x'"):
        app.create_group_conversation(["+1 555", "x"])


def test_participants_come_and_go_and_default_titles_follow() -> None:
    app = make_app()
    group = app.create_group_conversation(["a", "b"])
    assert app.add_participant_to_conversation(group, "c") == group
    assert app.conversations[group].title == "Ana Alba, Ben Bolt, Cy Coe"
    assert app.remove_participant_from_conversation(group, "a") == group
    assert app.conversations[group].title == "Ben Bolt, Cy Coe"
    assert app.conversations[group].participant_ids == ["b", "me", "c"]


def test_other_titles_do_not_follow_but_joined_ids_do() -> None:
    app = make_app()
    make_group(app)
    app.add_participant_to_conversation("trip", "c")
    assert app.conversations["trip"].title == "Trip"
    app.add_conversation(ConversationV2(["a", "me"], conversation_id="k"))
    app.add_participant_to_conversation("k", "b")
    assert app.conversations["k"].title == "a, me, b"


def test_participants_that_cannot_come_or_go_change_nothing() -> None:
    app = make_app()
    make_group(app)
    before = state_of(app)
    for conversation_id, user_id in (("x", "c"), ("trip", "a"), ("trip", "nobody")):
        with pytest.raises(ToolError):
            app.add_participant_to_conversation(conversation_id, user_id)
    for conversation_id, user_id in (("x", "a"), ("trip", "c")):
        with pytest.raises(ToolError):
            app.remove_participant_from_conversation(conversation_id, user_id)
    assert state_of(app) == before


def test_a_title_changes() -> None:
    app = make_app()
    assert app.change_conversation_title(make_group(app), "Holidays") == "trip"
    for arguments in (("trip", ""), ("x", "y"), ("trip", "x" * (MAX_TEXT + 1))):
        with pytest.raises(ToolError):
            app.change_conversation_title(*arguments)
    assert app.conversations["trip"].title == "Holidays"


# --- files --------------------------------------------------------------------------------------------------


def test_a_file_is_sent_and_saved() -> None:
    app = make_app()
    files: Any = Files(docs_plan=b"\x00plan")
    app.connect_to_protocols({})
    app.connect_to_protocols({Protocol.FILE_SYSTEM: files})
    conversation_id = app.send_message("a", attachment_path="docs/plan")
    message = app.conversations[conversation_id].messages[0]
    assert message == FileMessageV2("me", message.message_id, 1000.0, "", b"\x00plan", "plan")
    assert app.download_attachment(conversation_id, message.message_id) == "Downloads/plan"
    assert app.download_attachment(conversation_id, message.message_id, "") == "plan"
    assert files.content == {"docs/plan": b"\x00plan", "Downloads/plan": b"\x00plan", "plan": b"\x00plan"}
    assert files.folders == ["Downloads/"]


def test_a_file_that_cannot_be_read_sends_nothing() -> None:
    app, files = make_app(), Files(docs_plan=b"plan")
    app.internal_fs = files
    files.folders.append("../etc/passwd")
    with pytest.raises(ValueError, match="no file 'docs/x'"):
        app.send_message("a", "Hi", "docs/x")
    with pytest.raises(InvalidValueError) as error:
        app.send_message("a", "Hi", "../etc/passwd")
    assert str(error.value) == "'../etc/passwd' cannot be attached: Permission denied"
    assert app.conversations == {}


def test_a_files_name_leads_nowhere_else() -> None:
    app, files = make_app(), Files()
    app.internal_fs = files
    message = FileMessageV2("a", "m", attachment=b"x", attachment_name="../../etc/passwd")
    app.add_conversation(ConversationV2(["a"], [message], conversation_id="k"))
    assert app.download_attachment("k", "m", "in") == "in/passwd"
    with pytest.raises(InvalidValueError, match="cannot be saved"):
        app.download_attachment("k", "m", "../x")


def test_what_cannot_be_downloaded_is_named() -> None:
    app = make_app()
    make_group(app, 1.0)
    app.conversations["trip"].messages.append(FileMessageV2("a", "f", attachment=b"", attachment_name="n"))
    for arguments, text in (
        (("x", "f"), "no conversation 'x'"),
        (("trip", "g"), "no message 'g'"),
        (("trip", "m1.0"), "no file attached"),
        (("trip", "f"), "no file system"),
    ):
        with pytest.raises(ValueError, match=text):
            app.download_attachment(*arguments)


# --- reading ------------------------------------------------------------------------------------------------


def test_conversations_are_found_by_exactly_their_members() -> None:
    app = make_app()
    make_group(app)
    pair = app.send_message("a", "Hi")
    assert app.get_existing_conversation_ids(["b", "a"]) == ["trip"]
    assert app.get_existing_conversation_ids(["a", "me"]) == [pair]
    assert app.get_existing_conversation_ids(["x"]) == []
    with pytest.raises(InvalidArgumentsError):
        app.get_existing_conversation_ids("a")  # type: ignore[arg-type]


def test_recent_conversations_come_newest_first_with_newest_messages() -> None:
    app = make_app()
    for key, updated in (("old", 1.0), ("new", 3.0), ("mid", 2.0)):
        messages = [MessageV2("a", f"{key}{time}", time) for time in (2.0, 1.0, 3.0)]
        app.add_conversation(ConversationV2(["a"], messages, key, key, updated))
    assert [item.title for item in app.list_recent_conversations()] == ["new", "mid", "old"]
    (page,) = app.list_recent_conversations(1, 1, 1, 1)
    assert (page.title, [item.message_id for item in page.messages]) == ("mid", ["mid2.0"])
    assert [item.timestamp for item in app.conversations["mid"].messages] == [2.0, 1.0, 3.0]
    page.messages.clear()
    assert len(app.conversations["mid"].messages) == 3
    assert app.list_recent_conversations(3) == []


def test_messages_of_one_time_come_last_stored_first() -> None:
    app = make_app()
    app.add_conversation(ConversationV2(["a"], [MessageV2("a", key) for key in "xyz"], conversation_id="k"))
    assert [item.message_id for item in app.read_conversation("k")["messages"]] == ["z", "y", "x"]


@pytest.mark.parametrize(
    "arguments",
    [(-1,), (0, -1), (0, 6), (2,), (0, 5, -1), (0, 5, 0, -1), (0, 5, 0, 11)],
)
def test_a_page_beyond_the_limits_is_refused(arguments: Any) -> None:
    app = make_app()
    make_group(app)
    with pytest.raises(ValueError, match=r"limit|offset"):
        app.list_recent_conversations(*arguments)
    with pytest.raises(ValueError, match=r"limit|offset"):
        app.list_conversations_by_participant("a", *arguments)


def test_a_participants_conversations_are_paged_among_themselves() -> None:
    app = make_app()
    make_group(app, 1.0, 2.0)
    app.add_conversation(ConversationV2(["aa", "me"], conversation_id="k"))
    (only,) = app.list_conversations_by_participant("a", limit_recent_messages_per_conversation=1)
    assert (only.conversation_id, [item.timestamp for item in only.messages]) == ("trip", [2.0])
    assert app.list_conversations_by_participant("a", 1) == []
    with pytest.raises(InvalidValueError, match="beyond the 1 such"):
        app.list_conversations_by_participant("a", 2)
    assert app.list_conversations_by_participant("c") == []
    with pytest.raises(NotFoundError):
        app.list_conversations_by_participant("nobody")


def test_a_conversation_is_read_page_by_page() -> None:
    app = make_app()
    make_group(app, 60.0, 61.0, 62.0, 63.0)
    page = app.read_conversation("trip", 1, 2)
    assert [item.timestamp for item in page["messages"]] == [62.0, 61.0]
    assert page["metadata"] == {
        "message_range": (1, 3),
        "conversation_length": 4,
        "conversation_id": "trip",
        "conversation_title": "Trip",
    }
    assert app.read_conversation("trip", 4)["metadata"]["message_range"] == (4, 4)


def test_a_conversation_is_read_between_dates() -> None:
    app = make_app()
    make_group(app, 60.0, 61.0, 62.0, 63.0)
    page = app.read_conversation("trip", min_date="1970-01-01 00:01:01", max_date="1970-01-01 00:01:02")
    assert [item.timestamp for item in page["messages"]] == [62.0, 61.0]
    assert page["metadata"]["conversation_length"] == 2


@pytest.mark.parametrize(
    "arguments",
    [("x",), ("trip", 5), ("trip", -1), ("trip", 0, -1), ("trip", 0, 1, "soon"), ("trip", 0, 1, None, "")],
)
def test_what_cannot_be_read_is_named(arguments: Any) -> None:
    app = make_app()
    make_group(app, 1.0)
    with pytest.raises(ValueError, match=r"no conversation|offset|limit|no date"):
        app.read_conversation(*arguments)


# --- searching ----------------------------------------------------------------------------------------------


def searchable() -> MessagingAppV2:
    app = make_app()
    make_group(app, 60.0)
    app.add_conversation(ConversationV2(["c", "me"], [MessageV2("c", "n", 90.0, "Room 12b?")], "Cy", "cy"))
    return app


@pytest.mark.parametrize(
    ("query", "found"),
    [("TEXT 60", ["trip"]), ("tRIP", ["trip"]), ("me", ["trip", "cy"]), ("room", ["cy"]), ("xyz", [])],
)
def test_a_text_is_found_in_messages_titles_and_ids(query: str, found: list[str]) -> None:
    assert searchable().search(query) == found
    assert searchable().regex_search(query) == found


def test_dates_limit_the_messages_searched() -> None:
    app = searchable()
    for search in (app.search, app.regex_search):
        assert search("room", min_date="1970-01-01 00:01:30") == ["cy"]
        assert search("room", max_date="1970-01-01 00:01:29") == []
        assert search("cy", max_date="1970-01-01 00:00:01") == ["cy"]
        assert search("room", "1970-01-01", "1970-01-01") == ["cy"]
        assert search("room", "1970-01-02") == search("room", None, "1969-12-31") == []
        with pytest.raises(InvalidValueError, match=r"min_date: '1970' is no date; .* or as YYYY-MM-DD"):
            search("room", "1970")
        with pytest.raises(InvalidValueError, match="query must not be empty"):
            search("")


@pytest.mark.parametrize(
    "pattern",
    [
        r"room \d+",
        r"^room\s*(?:12|13)b\?$",
        r"(?i)ROOM",
        r"(?P<what>r[oO(+*]{2}m)",
        r"ro+m.*b|z{1,3}",
        r"(room( \d+)?)",
        r"[]r]oom",
        r"(?<=o)om(?! 13)",
        r"(?i:room) [[1]",
        r"(ro{2}m)",
        r"\.?o{2}m \d{2}b\?",
    ],
)
def test_a_pattern_is_found(pattern: str) -> None:
    assert searchable().regex_search(pattern) == ["cy"]


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "*a",
        "[a",
        "a{2,1}",
        "a{99999999999999999999}",
        "a" * 201,
        "(a+)+b",
        "((a+)b)*",
        "(a|a)*b",
        "(a?){30}",
        "(?:a{50}){50}",
        "(a*){2,}",
        "a*a*a*a*b",
        "a?" * 30 + "a" * 30,
        "(a|a)" * 40,
        r"(a)\1",
        "(?P<x>a)(?P=x)",
        "(a)?(?(1)b|c)",
        "(?#()a",
        "(?x)(a+ # ( \n)+",
        "(?ix:a+)",
        "[(]((a+))+",
    ],
)
def test_a_pattern_that_is_wrong_or_slow_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidValueError):
        searchable().regex_search(pattern)


def test_the_more_a_pattern_leaves_open_the_less_of_a_text_is_searched() -> None:
    assert pattern_matcher("x")("a" * 9_999 + "x")
    assert not pattern_matcher("x")("a" * 10_000 + "x")
    assert pattern_matcher("x+y+")("a" * 900 + "xy")
    assert not pattern_matcher("x+y+")("a" * 1_000 + "xy")
    assert pattern_matcher("x+y+z+")("a" * 190 + "xyz")
    assert not pattern_matcher("x+y+z+")("a" * 200 + "xyz")


@given(
    st.sampled_from([".*", ".*?", ".*+"]), st.text("ab.()|?*+^$\n", max_size=6), st.text("ab\n", max_size=6)
)
def test_a_pattern_that_begins_with_anything_finds_the_same(lead: str, rest: str, text: str) -> None:
    try:
        matches = pattern_matcher(lead + rest)
    except InvalidValueError:
        return
    assert matches(text) is (re.search(lead + rest, text) is not None)


@given(st.text("ab()[]|?*+{}\\1,x:=!<>P#^ -", max_size=12))
def test_any_pattern_works_or_is_refused(pattern: str) -> None:
    try:
        matches = pattern_matcher(pattern)
    except InvalidValueError:
        return
    matches("aaaaaaaaaaaaaaaaaaaa!")


def test_a_big_phone_is_searched_quickly() -> None:
    app = make_app()
    for number in range(100):
        messages = [MessageV2("a", f"{number}.{item}", 1.0, "See you there at noon") for item in range(100)]
        app.add_conversation(ConversationV2(["a", "me"], messages, "T", f"k{number}"))
    for search in (app.search, app.regex_search):
        assert min(_seconds(lambda search=search: search("absent")) for _ in range(3)) < 0.1


def _seconds(call: Any) -> float:
    started = process_time()
    call()
    return process_time() - started


# --- tools, records, notices --------------------------------------------------------------------------------


def test_the_tools_by_role() -> None:
    app = make_app()
    assert {tool.func_name for tool in app.get_tools()} == {
        *("get_user_id", "get_user_name_from_id", "lookup_user_id", "send_message"),
        *("send_message_to_group_conversation", "create_group_conversation", "get_existing_conversation_ids"),
        *("list_recent_conversations", "list_conversations_by_participant", "download_attachment"),
        *("read_conversation", "add_participant_to_conversation", "remove_participant_from_conversation"),
        *("change_conversation_title", "search", "regex_search"),
    }
    assert {tool.func_name for tool in app.get_env_tools()} == {
        *("create_group_conversation", "create_and_add_message", "add_participant_to_conversation"),
        *("remove_participant_from_conversation", "change_conversation_title"),
    }
    assert (app.get_user_tools(), app.get_data_tools()) == ([], [])


def test_every_argument_and_result_is_described() -> None:
    app = make_app()
    for tool in app.get_tools() + app.get_env_tools():
        assert all(arg.description for arg in tool.args), tool.name
        assert tool.return_description or tool.return_type == "None", tool.name


def test_writing_tools_say_that_they_write() -> None:
    app = make_app()
    writing = ("send", "create", "add", "remove", "change", "download")
    for tool in app.get_tools():
        assert tool.write_operation is tool.func_name.startswith(writing), tool.name


def test_every_tool_says_what_user_ids_are_on_this_phone() -> None:
    names, phones = make_app(), make_app(mode="PHONE_NUMBER")
    for tool in names.get_tools() + names.get_env_tools():
        assert "internal ids" in tool.to_open_ai()["function"]["description"], tool.name
    for tool in phones.get_tools() + phones.get_env_tools():
        assert "are phone numbers" in tool._public_description, tool.name
    tool = names.get_tool("search")
    assert tool is not None
    assert tool._public_description.startswith(tool.function_description)
    names.load_state(phones.get_state())
    assert all("are phone numbers" in tool._public_description for tool in names.get_tools())
    names.reset()
    assert all("internal ids" in tool._public_description for tool in names.get_tools())


def test_a_model_may_call_a_tool() -> None:
    app = make_app()
    toolbox = Toolbox(app.get_tools())
    conversation_id = toolbox.call("Messages__send_message", '{"user_id": "a", "content": "Hi"}')
    page = toolbox.call("Messages__read_conversation", {"conversation_id": conversation_id})
    assert page["messages"][0].content == "Hi"
    with pytest.raises(ToolError, match="'user_ids': Input should be a valid list"):
        toolbox.call("Messages__create_group_conversation", {"user_ids": "a"})


def recorded(app: MessagingAppV2) -> list[CompletedEvent]:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    return events


def test_a_call_is_one_record_with_its_arguments() -> None:
    app = make_app()
    make_group(app)
    events = recorded(app)
    app.send_message_to_group_conversation("trip", "Hi")
    app.create_and_add_message("trip", "a", "Yo")
    app.add_message("trip", "a", "Yes")
    app.search("Hi")
    app.add_conversation(ConversationV2(["a"], conversation_id="k"))
    calls = [(item.event_type, item.function_name(), item.action.operation_type) for item in events]
    assert calls == [
        (EventType.AGENT, "send_message_to_group_conversation", OperationType.WRITE),
        (EventType.ENV, "create_and_add_message", OperationType.WRITE),
        (EventType.ENV, "add_message", OperationType.WRITE),
        (EventType.AGENT, "search", OperationType.READ),
        (EventType.AGENT, "add_conversation", OperationType.WRITE),
    ]
    assert events[0].action.arguments() == {
        "conversation_id": "trip",
        "content": "Hi",
        "attachment_path": None,
    }
    assert (events[0].event_time, events[0].metadata.return_value) == (1000.0, "trip")


def test_a_failed_call_is_recorded_as_failed_and_plain_methods_are_not() -> None:
    app = make_app()
    make_group(app)
    events = recorded(app)
    with pytest.raises(ToolError):
        app.send_message("nobody", "Hi")
    app.add_users(["Dee"])
    app.post_message("trip", "Hi")
    app.get_all_conversations()
    assert [(item.function_name(), item.failed()) for item in events] == [("send_message", True)]


def test_several_conversations_are_recorded_one_by_one() -> None:
    app = make_app()
    events = recorded(app)
    app.add_conversations([ConversationV2(["a"]), ConversationV2(["b"])])
    assert [item.function_name() for item in events] == ["add_conversation"] * 2


def test_a_captured_call_is_planned() -> None:
    app = make_app()
    make_group(app)
    conversation = ConversationV2(["a"], conversation_id="k")
    with EventRegisterer.capture_mode():
        event: Any = app.create_and_add_message("trip", "a", "Hi")  # type: ignore[func-returns-value]
        adding: Any = app.add_conversation(conversation)  # type: ignore[func-returns-value]
    assert isinstance(event, Event)
    assert (event.event_type, event.action.arguments()["content"]) == (EventType.ENV, "Hi")
    assert app.conversations["trip"].messages == []
    assert not event.execute().failed()
    assert app.conversations["trip"].messages[0].content == "Hi"
    adding.execute()
    app.add_message("k", "a", "more")
    assert conversation.messages == []


@pytest.mark.parametrize(
    ("function", "args", "user", "agent"),
    [
        (
            "create_and_add_message",
            {"conversation_id": "k", "sender_id": "a", "content": "One two three four five\nsix"},
            "New message from a in conversation k: One two three four f…",
            "New message from a in conversation k: One two three four five\nsix",
        ),
        (
            "create_group_conversation",
            {"user_ids": ["a", "b"], "title": "Trip"},
            *["New group conversation with a, b, titled 'Trip'"] * 2,
        ),
        (
            "create_group_conversation",
            {"user_ids": ["a", "b"], "title": None},
            *["New group conversation with a, b"] * 2,
        ),
        (
            "add_participant_to_conversation",
            {"conversation_id": "k", "user_id": "a"},
            *["a was added to conversation k"] * 2,
        ),
        (
            "remove_participant_from_conversation",
            {"conversation_id": "k", "user_id": "a"},
            *["a was removed from conversation k"] * 2,
        ),
        (
            "change_conversation_title",
            {"conversation_id": "k", "title": "Trip"},
            *["Conversation k is now titled 'Trip'"] * 2,
        ),
    ],
)
def test_notices_tell_the_user_in_short_and_the_agent_in_full(
    function: str, args: dict[str, Any], user: str, agent: str
) -> None:
    notice = notice_of(MessagingAppV2, function)
    assert notice is not None
    assert (notice.user(args), notice.agent(args)) == (user, agent)
    medium = function == "create_and_add_message"
    assert notice.level is (VerbosityLevel.MEDIUM if medium else VerbosityLevel.HIGH)


def test_own_messages_are_not_noticed() -> None:
    assert notice_of(MessagingAppV2, "send_message") is None


# --- state --------------------------------------------------------------------------------------------------


def lived_in() -> MessagingAppV2:
    app = make_app()
    app.internal_fs = Files(docs_plan=b"\x00plan")
    app.add_users(["Dee"])
    make_group(app, 3.0, 1.0, 2.0)
    app.send_message("a", "Hi", "docs/plan")
    group = app.create_group_conversation(["a", "b"])
    app.add_participant_to_conversation(group, "c")
    app.change_conversation_title(group, "Us")
    app.create_and_add_message(group, "b", "Yo")
    app.add_conversation(ConversationV2(["c"], [FileMessageV2("c")], conversation_id="k"))
    return app


def test_the_state_has_the_published_shape() -> None:
    app = make_app()
    make_group(app, 1.0)
    message = {"sender_id": "a", "message_id": "m1.0", "timestamp": 1.0, "content": "text 1.0"}
    assert app.get_state() == {
        "conversations": {
            "trip": {
                "participant_ids": ["a", "b", "me"],
                "messages": [message],
                "title": "Trip",
                "conversation_id": "trip",
                "last_updated": 500.0,
            }
        },
        "messages_view_limit": 10,
        "conversation_view_limit": 5,
        "mode": "NAME",
        "name_to_id": {name: user_id for user_id, name in USERS.items()},
        "id_to_name": USERS,
        "current_user_id": "me",
        "current_user_name": "Max Muster",
    }


def test_saving_and_loading_is_the_identity_and_replaces_everything() -> None:
    app, other = lived_in(), make_app(mode=MessagingAppMode.PHONE_NUMBER)
    other.add_conversation(ConversationV2(["x"], conversation_id="gone"))
    other.load_state(json.loads(state_of(app)))
    assert state_of(other) == state_of(app)
    assert other.conversations == app.conversations
    other.load_state(json.loads(state_of(other)))
    assert state_of(other) == state_of(app)


def test_a_file_in_the_state_is_base64_text() -> None:
    state = lived_in().get_state()
    files = [item for value in state["conversations"].values() for item in value["messages"]]
    assert [item["attachment"] for item in files if "attachment" in item] == ["AHBsYW4=", None]


def test_a_state_may_leave_out_what_has_a_default() -> None:
    app = make_app()
    app.load_state({})
    assert app.get_state() == MessagingAppV2().get_state()
    app.load_state({"name_to_id": {"Ana": "a"}, "conversations": {"k": {"participant_ids": ["a"]}}})
    assert app.id_to_name == {"a": "Ana"}
    assert (app.conversations["k"].conversation_id, app.conversations["k"].title) == ("k", "a")


def test_a_broken_file_in_a_state_is_refused_and_changes_nothing() -> None:
    app = lived_in()
    before, state = state_of(app), app.get_state()
    state["conversations"]["k"]["messages"][0]["attachment"] = "?"
    state["mode"] = "PHONE_NUMBER"
    with pytest.raises(InvalidValueError, match="base64"):
        app.load_state(state)
    assert state_of(app) == before


def test_conversations_in_the_form_of_the_state_are_added() -> None:
    app = make_app()
    make_group(app)
    app.load_conversations_from_dict({"k": {"participant_ids": ["a"], "conversation_id": "k"}})
    assert list(app.conversations) == ["trip", "k"]


def test_a_conversation_loads_its_own_state() -> None:
    conversation = ConversationV2(["x"])
    app = make_app()
    make_group(app, 1.0)
    conversation.load_state(app.get_state()["conversations"]["trip"])
    assert conversation == app.conversations["trip"]


def test_a_reset_app_is_empty_and_keeps_its_name_and_files() -> None:
    app = lived_in()
    files = app.internal_fs
    app.reset()
    assert app.get_state() == MessagingAppV2().get_state()
    assert (app.name, app.internal_fs) == ("Messages", files)


def test_the_same_seed_gives_the_same_state() -> None:
    def lived() -> str:
        with RunContext(seed=3, start_time=5.0).active():
            app = lived_in()
            app.set_seed(4)
            app.send_message("b", "Hi", "docs/plan")
            return state_of(app)

    assert lived() == lived()


def test_a_copied_app_goes_its_own_way() -> None:
    app = lived_in()
    twin = deepcopy(app)
    twin.send_message("b", "Hi")
    assert len(twin.conversations) == len(app.conversations) + 1
