import base64
from copy import deepcopy
from typing import Any

import pytest

from pare.apps.checks import MAX_TEXT
from pare.apps.user_interface import (
    NO_RESPONSE_FROM_USER_DEFAULT_MESSAGE,
    AgentUserInterface,
    AUIMessage,
    PAREAgentUserInterface,
    Sender,
)
from pare.errors import InvalidValueError
from pare.kernel.enums import EnvironmentState, EventType
from pare.kernel.environment import Environment
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.toolbox import Toolbox

START = 1_736_154_000.0  # 2025-01-06 09:00 UTC


class Echo:
    def __init__(self, answer: Any = "Fine.") -> None:
        self.answer = answer
        self.heard: list[str] = []

    def reply(self, message: str) -> Any:
        self.heard.append(message)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def interface(proxy: Any = None, cls: type[AgentUserInterface] = AgentUserInterface) -> AgentUserInterface:
    with RunContext(seed=1, start_time=START).active():
        return cls(proxy)


def recorded(app: AgentUserInterface) -> list[Any]:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    return events


def brief(events: list[Any]) -> list[tuple[EventType, str | None, dict[str, Any]]]:
    return [(event.event_type, event.function_name(), event.action.arguments()) for event in events]


# -- messages --------------------------------------------------------------------------------------


def test_message_tells_when_it_was_received_and_read() -> None:
    message = AUIMessage(Sender.USER, "Hello\nthere", timestamp=START)
    assert str(message) == (
        "Received at: 2025-01-06 09:00:00\nSender: User\nMessage: Hello\nthere\nAlready read: False"
    )
    message.mark_read(START + 5)
    message.mark_read(START + 9)
    assert message.already_read
    assert str(message).splitlines()[-2:] == ["Already read: True", "Read at: 2025-01-06 09:00:05"]


def test_message_of_scenario_code_takes_the_time_of_the_run() -> None:
    with RunContext(seed=1, start_time=START).active():
        message = AUIMessage(Sender.AGENT, "x")
    assert (message.timestamp, message.id, message.attachments) == (START, None, [])


def test_there_is_a_text_for_an_answer_that_did_not_come() -> None:
    assert NO_RESPONSE_FROM_USER_DEFAULT_MESSAGE


# -- sending ---------------------------------------------------------------------------------------


def test_message_to_user_is_kept_as_read_and_recorded_once() -> None:
    app = interface()
    events = recorded(app)
    app.time_manager.add_offset(3)
    assert app.send_message_to_user("Done") is None
    (message,) = app.messages
    assert (message.sender, message.content) == (Sender.AGENT, "Done")
    assert (message.timestamp, message.time_read) == (START + 3, START + 3)
    assert brief(events) == [(EventType.AGENT, "send_message_to_user", {"content": "Done"})]


def test_message_to_agent_gives_its_seeded_id() -> None:
    app, twin = interface(), interface()
    names = ["plan.pdf"]
    events = recorded(app)
    first = app.send_message_to_agent("Read this", names)
    names.append("changed later")
    assert first == app.messages[0].id == twin.send_message_to_agent("Other words")
    assert len(first) == 32
    assert app.messages[0].attachments == ["plan.pdf"]
    assert not app.messages[0].already_read
    assert [event.event_type for event in events] == [EventType.USER]


def test_answer_of_a_proxy_is_a_message_of_the_user_but_no_event() -> None:
    proxy = Echo("Yes, do it")
    app = interface(proxy)
    events = recorded(app)
    assert app.send_message_to_user("Shall I?") == "Yes, do it"
    assert proxy.heard == ["Shall I?"]
    assert [(m.sender, m.content) for m in app.messages] == [
        (Sender.AGENT, "Shall I?"),
        (Sender.USER, "Yes, do it"),
    ]
    assert brief(events) == [(EventType.AGENT, "send_message_to_user", {"content": "Shall I?"})]
    assert app.answer_of_proxy() is app.messages[-1]


def test_answer_of_a_proxy_is_not_given_to_whoever_does_not_wait_for_it() -> None:
    app = interface(Echo("Yes"))
    app.set_wait_for_user_response(False)
    assert app.send_message_to_user("Shall I?") is None
    assert app.get_last_message_content() == "Yes"


@pytest.mark.parametrize("answer", ["", None])
def test_proxy_may_stay_silent(answer: Any) -> None:
    app = interface(Echo(answer))
    assert app.send_message_to_user("Anyone?") is None
    assert len(app.messages) == 1
    assert app.answer_of_proxy() is None


@pytest.mark.parametrize("answer", [ValueError("out of order"), 7, "x" * (MAX_TEXT + 1)])
def test_proxy_that_fails_leaves_the_conversation_as_it_was(answer: Any) -> None:
    app = interface(Echo(answer))
    with pytest.raises(ValueError):  # noqa: PT011 - its own error, or ours
        app.send_message_to_user("Anyone?")
    assert app.messages == []


@pytest.mark.parametrize("tool", ["send_message_to_user", "send_message_to_agent"])
@pytest.mark.parametrize("content", ["x" * (MAX_TEXT + 1), 5, None])
def test_what_is_no_message_is_refused(tool: str, content: Any) -> None:
    app = interface()
    with pytest.raises(InvalidValueError):
        getattr(app, tool)(content)
    assert app.messages == []


def test_files_of_a_message_are_checked() -> None:
    app = interface()
    good = {"base64_data": base64.b64encode(b"abc").decode(), "mime": "text/plain", "name": "a.txt"}
    app.send_message_to_agent("ok", ["a.txt"], [good])
    for bad in ("a.txt", {}, {"mime": 3}, {**good, "base64_data": "%%"}, {"mime": "text/plain"}):
        with pytest.raises(InvalidValueError):
            app.send_message_to_agent("bad", None, [bad])
    assert [message.content for message in app.messages] == ["ok"]


def test_message_without_event() -> None:
    app = interface()
    events = recorded(app)
    app.add_message_to_user("quiet")
    assert (app.get_last_message_content(), app.messages[0].already_read, events) == ("quiet", True, [])


# -- reading ---------------------------------------------------------------------------------------


def conversation() -> AgentUserInterface:
    app = interface()
    app.send_message_to_agent("one")
    app.time_manager.add_offset(10)
    app.send_message_to_user("two")
    app.send_message_to_agent("three")
    return app


def test_last_messages_of_either_side() -> None:
    app = conversation()
    last = app.get_last_message_from_user()
    assert last is not None
    assert (last.content, last.time_read) == ("three", START + 10)
    sent = app.get_last_message_from_agent()
    assert sent is not None
    assert sent.content == "two"
    assert app.get_last_message() is last
    assert app.get_last_message_content() == "three"


def test_empty_conversation() -> None:
    app = interface()
    assert app.get_last_message_from_user() is None
    assert app.get_last_message_from_agent() is None
    assert app.get_last_message() is None
    assert app.get_last_message_content() == ""
    assert app.get_last_unread_messages() == []
    assert app.get_all_messages() == []


def test_unread_messages_are_read_once() -> None:
    app = conversation()
    assert [message.content for message in app.get_last_unread_messages()] == ["one", "three"]
    assert app.get_last_unread_messages() == []
    assert all(message.already_read for message in app.messages)


def test_all_messages_come_newest_first_also_within_one_moment() -> None:
    app = conversation()
    assert [message.content for message in app.get_all_messages()] == ["three", "two", "one"]
    assert all(message.already_read for message in app.messages)
    assert [message.content for message in app.get_all_messages_from_user()] == ["three", "one"]
    assert [message.content for message in app.get_all_messages_from_agent()] == ["two"]


def test_reading_is_recorded_and_comes_as_text_for_a_model() -> None:
    app = conversation()
    events = recorded(app)
    box = Toolbox(app.get_tools())
    text = box.call("AgentUserInterface__get_last_unread_messages")
    assert text.count("Message: ") == 2
    assert "\n\n" in text
    assert box.call("AgentUserInterface__get_all_messages").count("Message: ") == 3
    assert [event.function_name() for event in events] == ["get_last_unread_messages", "get_all_messages"]


# -- tools, state, host ----------------------------------------------------------------------------


def test_tools_by_role() -> None:
    app = interface()
    names = ["send_message_to_user", "get_last_message_from_user", "get_last_unread_messages"]
    names += ["get_last_message_from_agent", "get_all_messages"]
    assert [tool.func_name for tool in app.get_tools()] == names
    assert [tool.func_name for tool in app.get_data_tools()] == names
    assert [tool.func_name for tool in app.get_user_tools()] == ["send_message_to_agent"]
    assert app.get_env_tools() == []
    assert [tool.write_operation for tool in app.get_tools()] == [True, False, False, False, False]


def test_captured_message_is_planned_and_not_sent() -> None:
    app = interface()
    with EventRegisterer.capture_mode():
        event = app.send_message_to_agent(content="Later")
    assert isinstance(event, Event)
    assert event.event_type is EventType.ENV
    assert event.action.arguments()["content"] == "Later"
    assert app.messages == []


def test_state_is_taken_over_as_it_was() -> None:
    app = conversation()
    app.get_last_message_from_user()
    state = app.get_state()
    other = interface()
    other.send_message_to_user("forgotten")
    other.load_state(state)
    assert other.get_state() == state
    assert other.messages == app.messages
    assert state["messages"][0] == {
        "sender": "User",
        "content": "one",
        "attachments": [],
        "timestamp": START,
        "time_read": None,
        "id": app.messages[0].id,
    }


def test_state_may_leave_out_what_has_a_default() -> None:
    app = interface()
    app.load_state({"messages": [{"sender": "AGENT", "content": "hi"}]})
    assert app.messages == [AUIMessage(Sender.AGENT, "hi", timestamp=START)]
    app.load_state({})
    assert app.messages == []


def test_state_with_an_unknown_sender_is_refused() -> None:
    app = conversation()
    with pytest.raises(InvalidValueError, match=r"'Robot'.*User or Agent"):
        app.load_state({"messages": [{"sender": "Robot", "content": "hi"}]})
    assert len(app.messages) == 3


def test_reset_keeps_the_proxy() -> None:
    app = interface(Echo())
    app.send_message_to_user("hi")
    app.reset()
    assert app.messages == []
    assert app.send_message_to_user("hi") == "Fine."


def test_environment_can_be_paused_where_there_is_one() -> None:
    app = interface()
    app.set_cli(False)
    assert not app.is_cli
    app.pause_env()
    app.resume_env()
    env = Environment()
    env.register_apps([app])
    env.start()
    app.pause_env()
    assert env.state is EnvironmentState.PAUSED
    copy = deepcopy(app)
    copy.resume_env()
    assert env.state is EnvironmentState.PAUSED
    app.resume_env()
    assert env.state is EnvironmentState.RUNNING


# -- the proactive agent's -------------------------------------------------------------------------


def test_proposals_are_accepted_and_rejected_by_message() -> None:
    app = PAREAgentUserInterface()
    events = recorded(app)
    accepted, rejected = app.accept_proposal("Please"), app.reject_proposal()
    assert [message.id for message in app.messages] == [accepted, rejected]
    assert [(message.sender, message.content) for message in app.messages] == [
        (Sender.USER, "Please"),
        (Sender.USER, ""),
    ]
    assert brief(events) == [
        (EventType.USER, "accept_proposal", {"content": "Please"}),
        (EventType.USER, "reject_proposal", {"content": ""}),
    ]
    for answer in (app.accept_proposal, app.reject_proposal):
        with pytest.raises(InvalidValueError):
            answer("x" * (MAX_TEXT + 1))


def test_waiting_changes_nothing() -> None:
    app = PAREAgentUserInterface()
    events = recorded(app)
    assert isinstance(app.wait(), str)
    assert brief(events) == [(EventType.AGENT, "wait", {})]
    assert app.messages == []


def test_tools_of_the_proactive_interface() -> None:
    app = PAREAgentUserInterface()
    assert app.name == "PAREAgentUserInterface"
    user = [tool.func_name for tool in app.get_user_tools()]
    assert user == ["accept_proposal", "reject_proposal", "send_message_to_agent"]
    agent = [tool.func_name for tool in app.get_tools()]
    assert agent[:2] == ["wait", "send_message_to_user"]
    assert len(agent) == 6
