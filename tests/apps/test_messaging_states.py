"""The screens of the messaging app: where taps lead, what they show, refuse and record."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pare.apps.base import Protocol
from pare.apps.messaging import (
    ConversationOpened,
    ConversationV2,
    FileMessageV2,
    MessageV2,
    MessagingAppMode,
    StatefulMessagingApp,
)
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType, OperationType
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.notices import VerbosityLevel, notice_of
from pare.tools.toolbox import Toolbox

LIST_TOOLS = ["list_recent_conversations", "open_conversation", "search_conversations"]
OPENED_TOOLS = ["read_messages", "send_message", "go_back"]
DATES = {"min_date": "1970-01-01 00:03:20", "max_date": "1970-01-01 00:05:00"}  # 200 to 300 seconds


@pytest.fixture
def app() -> Iterator[StatefulMessagingApp]:
    """Give an app with a conversation between two, `pair`, and a younger one in a group, `group`."""
    with RunContext(seed=1, start_time=1000.0).active():
        messages = StatefulMessagingApp(name="Messages")
        messages.add_contacts([("Ana Alba", "a"), ("Ben Bolt", "b")])
        me = messages.current_user_id or ""
        pair = [MessageV2("a", f"p{time}", time, f"hello {time:.0f}") for time in (100.0, 200.0, 300.0)]
        group = [MessageV2("b", "g1", 400.0, "Hello, both")]
        messages.add_conversation(ConversationV2([me, "a"], pair, "Ana Alba", "pair", 300.0))
        messages.add_conversation(ConversationV2([me, "a", "b"], group, "Trip", "group", 400.0))
        yield messages


def screen(app: StatefulMessagingApp) -> tuple[str, int]:
    return type(app.current_state).__name__, len(app.navigation_stack)


def offered(app: StatefulMessagingApp) -> list[str]:
    return [tool.func_name for tool in app.get_user_tools()]


def state_of(app: StatefulMessagingApp) -> str:
    return json.dumps(app.get_state())


def tap(app: StatefulMessagingApp, name: str, **arguments: Any) -> Any:
    """Tap as a model does, having seen that the tap is recorded, as the user's, and nothing else is."""
    events: list[CompletedEvent] = []
    app.register_to_env("tap", events.append)
    try:
        return Toolbox(app.get_user_tools()).call(f"Messages__{name}", arguments)
    finally:
        assert [(event.event_type, event.function_name()) for event in events] == [(EventType.USER, name)]


def refused(app: StatefulMessagingApp, error: type[Exception], name: str, **arguments: Any) -> str:
    """Give the text of the error of a tap, having seen that it changed nothing."""
    before = state_of(app), app.current_state, list(app.navigation_stack)
    with pytest.raises(error) as caught:
        tap(app, name, **arguments)
    assert isinstance(caught.value, ToolError)
    assert (state_of(app), app.current_state, app.navigation_stack) == before
    return str(caught.value)


def opened(app: StatefulMessagingApp, conversation_id: str = "pair") -> StatefulMessagingApp:
    tap(app, "open_conversation", conversation_id=conversation_id)
    return app


def ids(page: dict[str, Any]) -> list[str]:
    return [message.message_id for message in page["messages"]]


# --- the list -----------------------------------------------------------------------------------------------


def test_the_conversations_come_first(app: StatefulMessagingApp) -> None:
    assert screen(app) == ("ConversationList", 0)
    assert offered(app) == LIST_TOOLS


def test_the_list_shows_the_last_updated_first(app: StatefulMessagingApp) -> None:
    found = tap(app, "list_recent_conversations")
    assert [item.conversation_id for item in found] == ["group", "pair"]
    page = {"offset_recent_messages_per_conversation": 1, "limit_recent_messages_per_conversation": 1}
    [pair] = tap(app, "list_recent_conversations", offset=1, limit=1, **page)
    assert [message.message_id for message in pair.messages] == ["p200.0"]
    assert screen(app) == ("ConversationList", 0)


def test_a_page_of_the_list_that_is_not_there_is_refused(app: StatefulMessagingApp) -> None:
    refused(app, InvalidValueError, "list_recent_conversations", offset=3)
    refused(app, InvalidValueError, "list_recent_conversations", limit=6)
    refused(app, InvalidValueError, "list_recent_conversations", limit_recent_messages_per_conversation=11)


def test_searching_stays_at_the_list(app: StatefulMessagingApp) -> None:
    assert tap(app, "search_conversations", query="HELLO") == ["pair", "group"]
    assert tap(app, "search_conversations", query="HELLO", limit=1) == ["pair"]
    assert tap(app, "search_conversations", query="hello 1", **DATES) == []
    assert tap(app, "search_conversations", query="hello 2", **DATES) == ["pair"]
    assert screen(app) == ("ConversationList", 0)


def test_a_search_that_is_not_valid_is_refused(app: StatefulMessagingApp) -> None:
    refused(app, InvalidValueError, "search_conversations", query=" ")
    refused(app, InvalidValueError, "search_conversations", query="x", limit=-1)
    assert "YYYY-MM-DD" in refused(
        app, InvalidValueError, "search_conversations", query="x", min_date="today"
    )


# --- one conversation ---------------------------------------------------------------------------------------


def test_opening_a_conversation_leads_to_it_and_shows_who_wrote_what(app: StatefulMessagingApp) -> None:
    page = tap(app, "open_conversation", conversation_id="pair")
    assert ids(page) == ["p300.0", "p200.0", "p100.0"]
    assert page["metadata"] == {
        "message_range": (0, 3),
        "conversation_length": 3,
        "conversation_id": "pair",
        "conversation_title": "Ana Alba",
        "names": {app.current_user_id: "John Doe", "a": "Ana Alba"},
    }
    assert screen(app) == ("ConversationOpened", 1)
    assert offered(app) == OPENED_TOOLS


def test_names_include_those_who_left_and_ids_stand_for_themselves(app: StatefulMessagingApp) -> None:
    app.remove_participant_from_conversation("group", "b")
    app.conversations["group"].participant_ids.append("unnamed")
    names = tap(app, "open_conversation", conversation_id="group")["metadata"]["names"]
    assert list(names.values()) == ["John Doe", "Ana Alba", "unnamed", "Ben Bolt"]


def test_a_conversation_opens_at_a_page(app: StatefulMessagingApp) -> None:
    assert ids(tap(app, "open_conversation", conversation_id="pair", offset=1, limit=1)) == ["p200.0"]


def test_twenty_messages_are_shown_on_opening(app: StatefulMessagingApp) -> None:
    for _ in range(30):
        app.add_message("pair", "a", "again")
    assert len(tap(app, "open_conversation", conversation_id="pair")["messages"]) == 20
    assert len(tap(app, "read_messages")["messages"]) == 10


def test_a_conversation_that_is_not_there_is_not_opened(app: StatefulMessagingApp) -> None:
    assert "'pair'" in refused(app, NotFoundError, "open_conversation", conversation_id="pear")
    refused(app, NotFoundError, "open_conversation", conversation_id="")
    refused(app, InvalidValueError, "open_conversation", conversation_id="pair", offset=4)
    refused(app, InvalidValueError, "open_conversation", conversation_id="pair", limit=-1)


def test_reading_stays_in_the_conversation(app: StatefulMessagingApp) -> None:
    opened(app)
    assert ids(tap(app, "read_messages", offset=1, limit=1)) == ["p200.0"]
    page = tap(app, "read_messages", **DATES)
    assert ids(page) == ["p300.0", "p200.0"]
    assert page["metadata"]["names"]["a"] == "Ana Alba"
    assert screen(app) == ("ConversationOpened", 1)


def test_reading_what_is_not_there_is_refused(app: StatefulMessagingApp) -> None:
    opened(app)
    refused(app, InvalidValueError, "read_messages", offset=4)
    refused(app, InvalidValueError, "read_messages", max_date="1970-13-01 00:00:00")


@pytest.mark.parametrize("conversation_id", ["pair", "group", "alone"])
def test_a_reply_goes_to_a_conversation_of_any_size(app: StatefulMessagingApp, conversation_id: str) -> None:
    app.add_conversation(ConversationV2([app.current_user_id or ""], [], "Notes", "alone", 0.0))
    opened(app, conversation_id)
    assert tap(app, "send_message", content="On my way") == conversation_id
    message = app.conversations[conversation_id].messages[-1]
    assert (message.sender_id, message.timestamp, message.content) == (
        app.current_user_id,
        1000.0,
        "On my way",
    )
    assert app.conversations[conversation_id].last_updated == 1000.0
    assert tap(app, "read_messages")["messages"][0] == message
    assert screen(app) == ("ConversationOpened", 1)


def test_a_file_can_be_sent(app: StatefulMessagingApp) -> None:
    class Files:
        def exists(self, path: str) -> bool:
            return path == "docs/plan.txt"

        def open(self, path: str, mode: str) -> Any:
            import io

            return io.BytesIO(b"first, coffee")

    app.connect_to_protocols({Protocol.FILE_SYSTEM: Files()})
    opened(app)
    tap(app, "send_message", content="", attachment_path="docs/plan.txt")
    message = app.conversations["pair"].messages[-1]
    assert isinstance(message, FileMessageV2)
    assert (message.attachment_name, message.attachment) == ("plan.txt", b"first, coffee")
    refused(app, NotFoundError, "send_message", content="see", attachment_path="docs/none.txt")


def test_a_message_that_is_not_valid_is_not_sent(app: StatefulMessagingApp) -> None:
    opened(app)
    refused(app, InvalidValueError, "send_message", content="")
    refused(app, InvalidValueError, "send_message", content="x" * 100_001)
    refused(app, InvalidValueError, "send_message", content="see", attachment_path="docs/plan.txt")


def test_going_back_leads_to_the_list(app: StatefulMessagingApp) -> None:
    tap(opened(app), "go_back")
    assert screen(app) == ("ConversationList", 0)


@pytest.mark.parametrize(("name", "arguments"), [("send_message", {"content": "x"}), ("read_messages", {})])
def test_a_conversation_that_is_gone_can_only_be_left(
    app: StatefulMessagingApp, name: str, arguments: dict[str, Any]
) -> None:
    del opened(app).conversations["pair"]
    assert refused(app, NotFoundError, name, **arguments).endswith("go back")
    tap(app, "go_back")
    assert screen(app) == ("ConversationList", 0)


# --- the owner of the phone ---------------------------------------------------------------------------------


def test_the_phone_is_john_does(app: StatefulMessagingApp) -> None:
    me = app.current_user_id
    assert app.current_user_name == "John Doe"
    assert app.name_to_id["John Doe"] == me
    assert app.id_to_name[me or ""] == "John Doe"
    assert app.mode is MessagingAppMode.NAME


def test_two_phones_built_alike_have_the_same_owner_and_share_nothing() -> None:
    first, second = StatefulMessagingApp(name="Messages"), StatefulMessagingApp(name="Messages")
    assert first.get_state() == second.get_state()
    first.add_users(["Ana Alba"])
    assert "Ana Alba" not in second.name_to_id


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({"current_user_id": "m", "current_user_name": "Max Muster"}, ("m", "Max Muster")),
        ({"current_user_id": "m"}, ("m", "John Doe")),
        ({"current_user_id": "m", "id_to_name": {"m": "Max Muster"}}, ("m", "Max Muster")),
        ({"current_user_name": "Max Muster", "name_to_id": {"Max Muster": "m"}}, ("m", "Max Muster")),
        ({"name_to_id": {"John Doe": "j"}}, ("j", "John Doe")),
    ],
)
def test_the_phone_is_whose_it_is_said_to_be(fields: dict[str, Any], owner: tuple[str, str]) -> None:
    app = StatefulMessagingApp(name="Messages", **fields)
    assert (app.current_user_id, app.current_user_name) == owner
    assert (app.name_to_id, app.id_to_name) == ({owner[1]: owner[0]}, {owner[0]: owner[1]})


# --- state, records, roles ----------------------------------------------------------------------------------


def test_loading_a_state_shows_the_list_and_is_the_identity(app: StatefulMessagingApp) -> None:
    tap(opened(app), "send_message", content="Bye")
    saved = app.get_state()
    other = StatefulMessagingApp(name="Messages")
    other.add_conversation(ConversationV2(["a"], [], "Old", "old", 0.0))
    opened(other, "old").load_state(saved)
    assert other.get_state() == saved
    assert screen(other) == ("ConversationList", 0)


def test_resetting_leaves_the_owner_and_shows_the_list(app: StatefulMessagingApp) -> None:
    me = app.current_user_id or ""
    opened(app).reset()
    assert (app.conversations, app.id_to_name, app.name_to_id) == ({}, {me: "John Doe"}, {"John Doe": me})
    assert (app.current_user_id, app.current_user_name) == (me, "John Doe")
    assert screen(app) == ("ConversationList", 0)


def test_only_sending_is_a_write(app: StatefulMessagingApp) -> None:
    assert not any(tool.write_operation for tool in app.get_user_tools())
    writes = [tool.func_name for tool in opened(app).get_user_tools() if tool.write_operation]
    assert writes == ["send_message"]


def test_taps_are_described_without_user_ids(app: StatefulMessagingApp) -> None:
    assert "internal ids" not in Toolbox(opened(app).get_user_tools()).describe()
    assert all("internal ids" in tool._public_description for tool in app.get_tools() + app.get_env_tools())


def test_a_tap_is_recorded_with_its_screen_and_operation(app: StatefulMessagingApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    opened(app)
    tap(app, "send_message", content="Hi")
    action = events[-1].action
    assert (action.app, action.class_name, action.app_name) == (app, "StatefulMessagingApp", "Messages")
    assert action.args == {"self": app.current_state, "content": "Hi", "attachment_path": None}
    assert action.operation_type is OperationType.WRITE


def test_a_planned_tap_is_not_made(app: StatefulMessagingApp) -> None:
    opened(app)
    with EventRegisterer.capture_mode():
        event = app.current_state.send_message("Hi")
    assert isinstance(event, Event)
    assert event.event_type is EventType.ENV
    assert isinstance(app.current_state, ConversationOpened)
    assert len(app.conversations["pair"].messages) == 3


def test_calls_of_others_move_no_screen(app: StatefulMessagingApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    app.read_conversation("pair")
    app.create_and_add_message("pair", "a", "More")
    assert [event.event_type for event in events] == [EventType.AGENT, EventType.ENV]
    assert screen(app) == ("ConversationList", 0)


def test_the_app_with_screens_notifies_as_the_plain_one() -> None:
    arrival = notice_of(StatefulMessagingApp, "create_and_add_message")
    assert arrival is not None
    args = {"conversation_id": "pair", "sender_id": "a", "content": "See you at the\nstation at nine"}
    assert arrival.user(args) == "New message from a in conversation pair: See you at the stati…"
    assert arrival.agent(args).endswith("See you at the\nstation at nine")
    for name in ("create_group_conversation", "change_conversation_title", "add_participant_to_conversation"):
        notice = notice_of(StatefulMessagingApp, name)
        assert notice is not None
        assert notice.level is VerbosityLevel.HIGH
