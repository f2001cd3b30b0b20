from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from time import perf_counter
from typing import Any

import pytest

from pare.apps.base import App
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface, AUIMessage, PAREAgentUserInterface, Sender
from pare.errors import EnvironmentStateError, NotFoundError
from pare.kernel.clock import Clock
from pare.kernel.enums import EventType, OperationType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.events import Action, CompletedEvent, ConditionCheckEvent, Event, EventMetadata
from pare.kernel.recording import EventRegisterer, event_registered
from pare.notifications import (
    ACCEPT,
    AGENT,
    REJECT,
    USER,
    Inbox,
    Message,
    MessageType,
    NotificationSystem,
    PARENotificationSystem,
    VerboseNotificationSystem,
    VerbosityLevel,
)
from pare.tools.markers import app_tool, env_tool
from pare.tools.notices import notifies

START = 1000.0


class Colour(Enum):
    RED = "red"


def arrived(args: Mapping[str, Any]) -> str:
    return f"letter from {args['sender']} ({args['stamp']})"


def arrived_whole(args: Mapping[str, Any]) -> str:
    return f"{arrived(args)}: {args['text']}"


class PostApp(App):
    """Letters, as small as an app can be."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.letters: list[str] = []

    @notifies(user=arrived, agent=arrived_whole)
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def arrive(self, sender: str, text: str, stamp: str = "second class") -> str:
        """Let a letter arrive."""
        self.letters.append(text)
        return text

    @notifies(user=lambda args: f"lost {args['text']}")
    @env_tool()
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def lose(self, text: str) -> None:
        """Lose a letter."""
        if text not in self.letters:
            raise NotFoundError(f"there is no letter {text!r}")
        self.letters.remove(text)

    @notifies(user=lambda args: f"sent {args['text']}")
    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def send(self, text: str) -> None:
        """Send a letter."""

    @notifies(user=lambda args: "burnt", level=VerbosityLevel.HIGH, agent_calls=False)
    @app_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def burn(self, text: str) -> None:
        """Burn a letter."""

    @notifies(user=lambda args: "", agent=lambda args: args["text"])
    @env_tool()
    @event_registered(event_type=EventType.ENV)
    def whisper(self, text: str) -> None:
        """Tell the agent alone."""

    @event_registered(event_type=EventType.USER)
    def paint(self, colour: Any, *, size: float = 1.5) -> None:
        """Paint the box, a tap that notifies by no text of its own."""

    @event_registered(event_type=EventType.USER)
    def fail(self) -> None:
        """Fail."""
        raise NotFoundError("nothing there")

    @app_tool()
    @event_registered()
    def look(self) -> list[str]:
        """Look at the letters."""
        return self.letters


class SubPostApp(PostApp):
    """An app that overrides a method keeps its notice."""

    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def arrive(self, sender: str, text: str, stamp: str = "first class") -> str:
        """Let a letter arrive."""
        return text


def world(
    notifications: NotificationSystem, *more: App, duration: float | None = None
) -> tuple[Environment, PostApp, PAREAgentUserInterface]:
    config = EnvironmentConfig(start_time=START, duration=duration, oracle_mode=True)
    env = Environment(config, notification_system=notifications)
    post, interface = PostApp(), PAREAgentUserInterface()
    env.register_apps([post, interface, SystemApp(), *more])
    return env, post, interface


def told(notifications: NotificationSystem, reader: str) -> list[tuple[MessageType, str]]:
    return [(message.message_type, message.message) for message in notifications.inbox(reader).list_view()]


def planned(call: Any, delay: float, after: Any = None) -> Any:
    return call.depends_on(after, delay)


# -- inbox -----------------------------------------------------------------------------------------


def message(text: str) -> Message:
    return Message(MessageType.USER_MESSAGE, text, datetime.fromtimestamp(START, UTC))


def test_reading_moves_on_and_destroys_nothing() -> None:
    inbox, first, second = Inbox(), message("1"), message("2")
    assert (inbox.read(), inbox.has_unread(), len(inbox)) == ([], False, 0)
    inbox.put(first)
    assert (inbox.unread(), inbox.unread(), inbox.has_unread()) == ([first], [first], True)
    assert (inbox.read(), inbox.read(), inbox.has_unread()) == ([first], [], False)
    inbox.put(second)
    assert inbox.read() == [second]
    inbox.list_view().clear()
    assert inbox.list_view() == [first, second]
    assert len(inbox) == 2


def test_readers_do_not_take_from_each_other() -> None:
    notifications = NotificationSystem()
    notifications.initialize(Clock(START))
    notifications.handle_notice("for both")
    notifications.handle_notice("for the agent", AGENT)
    assert [item.message for item in notifications.inbox(AGENT).read()] == ["for both", "for the agent"]
    assert not notifications.has_unread(AGENT)
    assert notifications.has_unread(USER)
    assert told(notifications, USER) == [(MessageType.ENVIRONMENT_NOTIFICATION_USER, "for both")]


# -- what is told to whom --------------------------------------------------------------------------


def test_call_of_the_environment_is_told_to_both() -> None:
    notifications = NotificationSystem()
    env, post, _ = world(notifications)
    with EventRegisterer.capture_mode():
        env.schedule(planned(post.arrive("Ann", "Come soon"), 7))
    env.start()
    env.join()
    when = datetime.fromtimestamp(START + 7, UTC)
    assert notifications.inbox(USER).list_view()[0] == Message(
        MessageType.ENVIRONMENT_NOTIFICATION_USER, "letter from Ann (second class)", when
    )
    assert notifications.inbox(AGENT).list_view()[0] == Message(
        MessageType.ENVIRONMENT_NOTIFICATION_AGENT, "letter from Ann (second class): Come soon", when
    )


def test_call_of_the_agent_is_told_to_the_user_only() -> None:
    notifications = NotificationSystem(VerbosityLevel.HIGH)
    env, post, _ = world(notifications)
    with EventRegisterer.capture_mode():
        env.schedule(planned(post.send("planned").oracle(), 1))
    env.start()
    env.tick()
    post.send("by hand")
    post.burn("not told")
    env.join()
    sent = [(MessageType.ENVIRONMENT_NOTIFICATION_USER, f"sent {text}") for text in ("by hand", "planned")]
    assert told(notifications, USER)[:-1] == sent
    assert [kind for kind, _ in told(notifications, AGENT)] == [MessageType.ENVIRONMENT_STOP]


def test_call_is_told_at_its_level_and_above() -> None:
    for level, texts in (
        (VerbosityLevel.LOW, []),
        (VerbosityLevel.MEDIUM, ["sent x"]),
        (VerbosityLevel.HIGH, ["sent x", "burnt"]),
    ):
        notifications = NotificationSystem(level)
        env, post, _ = world(notifications)
        env.schedule([Event.from_function(post.send, text="x").delayed(1)])
        env.schedule([Event.from_function(post.burn, text="x").delayed(2)])
        env.start()
        env.advance(START + 5)
        assert [text for _, text in told(notifications, AGENT)] == texts


def test_failed_call_is_told_to_nobody() -> None:
    notifications = NotificationSystem(VerbosityLevel.HIGH)
    env, post, interface = world(notifications)
    with EventRegisterer.capture_mode():
        env.schedule(planned(post.lose("nothing"), 1))
    env.start()
    env.advance(START + 5)
    with pytest.raises(NotFoundError):
        post.fail()
    with pytest.raises(ValueError, match="must be text"):
        interface.accept_proposal(5)
    assert [event.failed() for event in env.event_log.list_view()] == [True, True, True]
    assert told(notifications, AGENT) == told(notifications, USER) == []


def test_empty_text_is_no_notice() -> None:
    notifications = NotificationSystem()
    env, post, _ = world(notifications)
    post.whisper("psst")
    notifications.handle_notice("")
    assert told(notifications, AGENT) == [(MessageType.ENVIRONMENT_NOTIFICATION_AGENT, "psst")]
    assert told(notifications, USER) == []
    assert len(env.event_log) == 1


def test_looking_is_told_to_nobody() -> None:
    notifications = NotificationSystem(VerbosityLevel.HIGH)
    _, post, interface = world(notifications)
    post.look()
    interface.wait()
    interface.get_all_messages()
    assert told(notifications, AGENT) == told(notifications, USER) == []


def test_override_keeps_the_notice_and_has_its_own_defaults() -> None:
    notifications = NotificationSystem()
    sub = SubPostApp("Post2")
    world(notifications, sub)
    sub.arrive("Bob", "Hi")
    assert told(notifications, USER) == [
        (MessageType.ENVIRONMENT_NOTIFICATION_USER, "letter from Bob (first class)")
    ]


def test_planned_call_is_told_with_its_defaults() -> None:
    notifications = NotificationSystem()
    env, post, _ = world(notifications)
    env.schedule(Event.from_function(post.arrive, text="Hi", sender="Bob").delayed(1))
    env.start()
    env.tick()
    env.advance(START + 1)
    assert told(notifications, USER)[0][1] == "letter from Bob (second class)"


# -- messages and taps -----------------------------------------------------------------------------


def test_messages_reach_the_other_side() -> None:
    notifications = NotificationSystem(VerbosityLevel.LOW)
    _, _, interface = world(notifications)
    interface.send_message_to_user("Shall I?")
    interface.accept_proposal("Please")
    interface.reject_proposal()
    file = {"base64_data": "YWJj", "mime": "text/plain"}
    interface.send_message_to_agent("Read this", ["a.txt"], [file])
    assert told(notifications, USER) == [
        (MessageType.AGENT_MESSAGE, str(AUIMessage(Sender.AGENT, "Shall I?", timestamp=START)))
    ]
    texts = [f"{ACCEPT}Please", REJECT, "Read this"]
    assert told(notifications, AGENT) == [
        (MessageType.USER_MESSAGE, str(AUIMessage(Sender.USER, text, timestamp=START, time_read=START)))
        for text in texts
    ]
    attachments = [item.attachments for item in notifications.inbox(AGENT).list_view()]
    assert attachments == [[], [], [file]]


def test_planned_acceptance_is_a_message_too() -> None:
    notifications = NotificationSystem()
    env, _, interface = world(notifications)
    with EventRegisterer.capture_mode():
        env.schedule(planned(interface.accept_proposal("Yes"), 3))
    thanks = Event.from_function(interface.send_message_to_agent, event_type=EventType.USER, content="Thanks")
    env.schedule(thanks.delayed(4))
    env.start()
    env.advance(START + 5)
    first, second = notifications.inbox(AGENT).list_view()
    assert "Message: [ACCEPT]: Yes\n" in first.message
    assert "Message: Thanks\n" in second.message
    assert second.timestamp.timestamp() == START + 4


def test_answer_of_a_proxy_reaches_the_agent() -> None:
    class Proxy:
        def reply(self, message: str) -> str:
            return f"{message} Yes."

    notifications = VerboseNotificationSystem()
    interface = AgentUserInterface(Proxy())
    env = Environment(notification_system=notifications)
    env.register_apps([interface])
    interface.set_wait_for_user_response(False)
    interface.send_message_to_user("Shall I?")
    ((kind, text),) = told(notifications, AGENT)
    assert kind is MessageType.USER_MESSAGE
    assert "Message: Shall I? Yes.\n" in text
    assert len(env.event_log) == 1


def test_tap_is_told_to_the_agent_in_the_order_of_its_signature() -> None:
    notifications = NotificationSystem(VerbosityLevel.LOW)
    env, post, _ = world(notifications)
    post.paint({"b": [1, "x"]}, size=2.0)
    env.schedule(Event.from_function(post.paint, EventType.USER, colour=Colour.RED).delayed(0))
    env.start()
    env.tick()
    assert told(notifications, AGENT) == [
        (MessageType.USER_ACTION, "PostApp__paint(colour={'b': [1, 'x']}, size=2.0)"),
        (MessageType.USER_ACTION, "PostApp__paint(colour='red', size=1.5)"),
    ]
    assert told(notifications, USER) == []


def test_tap_is_told_as_a_tap_even_where_the_call_has_a_text() -> None:
    notifications = NotificationSystem()
    env, post, _ = world(notifications)
    env.schedule(Event.from_function(post.send, EventType.USER, text="x"))
    env.start()
    env.tick()
    assert told(notifications, AGENT) == [(MessageType.USER_ACTION, "PostApp__send(text='x')")]
    assert told(notifications, USER) == []


def test_text_of_a_tap_holds_no_address_and_no_order_of_a_set() -> None:
    @dataclass
    class Mixture:
        colours: set[str]
        mixer: Any

    notifications = NotificationSystem()
    _, post, _ = world(notifications)
    post.paint(Mixture({"red", "blue", "green"}, object()))
    ((_, text),) = told(notifications, AGENT)
    assert text == (
        "PostApp__paint(colour={'colours': ['blue', 'green', 'red'], 'mixer': 'object'}, size=1.5)"
    )


def test_tap_on_a_screen_is_the_apps_and_takes_no_notice_of_the_app() -> None:
    class Screen:
        def __init__(self, app: PostApp) -> None:
            self.app = app

        @event_registered(event_type=EventType.USER)
        def send(self) -> None:
            """Send what was written, a method that the app has too, with other arguments."""

    single, pair = VerboseNotificationSystem(VerbosityLevel.HIGH), NotificationSystem(VerbosityLevel.HIGH)
    for notifications in (single, pair):
        _, post, _ = world(notifications)
        Screen(post).send()
    assert told(pair, AGENT) == [(MessageType.USER_ACTION, "PostApp__send()")]
    assert told(single, AGENT) == []


def test_user_who_waits_does_not_tap() -> None:
    notifications = NotificationSystem()
    env, _, interface = world(notifications)
    env.schedule(Event.from_function(interface.wait, EventType.USER))
    env.start()
    env.tick()
    assert len(env.event_log) == 1
    assert told(notifications, AGENT) == []


def test_checks_and_calls_without_app_are_told_to_nobody() -> None:
    notifications = NotificationSystem(VerbosityLevel.HIGH)
    env, _, _ = world(notifications)
    env.schedule(ConditionCheckEvent.from_condition(lambda env: True))
    env.schedule(Event.from_function(partial(int, "7"), EventType.USER))
    env.start()
    env.tick()
    assert len(env.event_log) == 2
    assert told(notifications, AGENT) == told(notifications, USER) == []


# -- the system ------------------------------------------------------------------------------------


def test_stop_is_told_once_to_all() -> None:
    notifications = NotificationSystem()
    env, _, _ = world(notifications)
    env.start()
    env.join()
    env.stop()
    for reader in (AGENT, USER):
        assert [kind for kind, _ in told(notifications, reader)] == [MessageType.ENVIRONMENT_STOP]


def test_system_without_clock_refuses() -> None:
    notifications = NotificationSystem()
    action = Action(PostApp().look)
    event = CompletedEvent(EventType.AGENT, START, action=action, metadata=EventMetadata())
    with pytest.raises(EnvironmentStateError, match=r"initialize\(\)") as caught:
        notifications.handle_event(event)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(EnvironmentStateError):
        notifications.handle_stop()


def test_clock_of_a_scenario_takes_over() -> None:
    notifications = NotificationSystem()
    notifications.initialize(Clock(5))
    notifications.handle_notice("a")
    notifications.initialize(Clock(9))
    notifications.handle_notice("b")
    assert [item.timestamp.timestamp() for item in notifications.inbox(USER).list_view()] == [5, 9]


def test_published_names_and_levels() -> None:
    assert PARENotificationSystem().verbosity_level is VerbosityLevel.MEDIUM
    assert VerboseNotificationSystem().verbosity_level is VerbosityLevel.MEDIUM
    assert [kind.value for kind in MessageType] == [kind.name for kind in MessageType]
    are = {"USER_MESSAGE", "ENVIRONMENT_NOTIFICATION", "ENVIRONMENT_STOP"}
    pare = {"AGENT_MESSAGE", "USER_MESSAGE", "USER_ACTION", "ENVIRONMENT_STOP"}
    pare |= {"ENVIRONMENT_NOTIFICATION_USER", "ENVIRONMENT_NOTIFICATION_AGENT"}
    assert {kind.name for kind in MessageType} == are | pare


# -- a single agent --------------------------------------------------------------------------------


def test_single_agent_waits_for_the_first_notification() -> None:
    notifications = VerboseNotificationSystem()
    env, post, _ = world(notifications, duration=None)
    system = env.get_app("SystemApp")
    with EventRegisterer.capture_mode():
        letter = planned(post.arrive("Ann", "Come soon"), 20)
        failing = planned(post.lose("nothing"), 10)
    env.schedule([letter, failing])
    env.start()
    env.advance(START + 0.5)
    system.wait_for_notification(60)
    assert env.current_time == START + 20
    assert notifications.inbox(AGENT).list_view() == [
        Message(
            MessageType.ENVIRONMENT_NOTIFICATION,
            "letter from Ann (second class): Come soon",
            datetime.fromtimestamp(START + 20, UTC),
        )
    ]
    log = [(e.event_time - START, e.event_type, e.failed()) for e in env.event_log.list_view()]
    assert log == [(0.5, EventType.AGENT, False), (10, EventType.ENV, True), (20, EventType.ENV, False)]

    notifications.inbox(AGENT).read()
    system.wait_for_notification(30)
    assert env.current_time == START + 50
    (timeout,) = notifications.inbox(AGENT).unread()
    assert timeout == Message(
        MessageType.ENVIRONMENT_NOTIFICATION,
        "SystemApp: no notification arrived within 30 seconds.",
        datetime.fromtimestamp(START + 50, UTC),
    )
    assert system.get_wait_for_notification_timeout() is None
    assert system.wait_for_notification_timeout is None

    system.wait_for_notification(30)
    assert env.current_time == START + 50
    assert notifications.inbox(USER).list_view() == []


def test_single_agent_at_low_level_gets_messages_and_the_stop() -> None:
    notifications = VerboseNotificationSystem(VerbosityLevel.LOW)
    env, post, interface = world(notifications)
    with EventRegisterer.capture_mode():
        ask: Any = interface.send_message_to_agent("Write to Ann").depends_on(None, 5)
        send: Any = post.send("Hi").oracle().depends_on(ask, 2)
        answer: Any = planned(post.arrive("Ann", "Hi you"), 0, send)
        done: Any = interface.send_message_to_user("Done").oracle()
    env.schedule([ask, send, answer, done.depends_on([send, answer], 1)])
    env.start()
    env.join()
    assert len(env.event_log) == 4
    kinds = [kind for kind, _ in told(notifications, AGENT)]
    assert kinds == [MessageType.USER_MESSAGE, MessageType.ENVIRONMENT_STOP]
    assert told(notifications, USER) == []


def test_single_agent_learns_of_a_tap_what_it_did_to_the_phone() -> None:
    notifications = VerboseNotificationSystem()
    env, post, _ = world(notifications)
    env.schedule(Event.from_function(post.send, EventType.USER, text="x"))
    env.schedule(Event.from_function(post.paint, EventType.USER, colour="red"))
    env.start()
    env.tick()
    post.send("by the agent")
    assert told(notifications, AGENT) == [(MessageType.ENVIRONMENT_NOTIFICATION, "sent x")]


# -- cost ------------------------------------------------------------------------------------------


def test_event_that_tells_nobody_costs_next_to_nothing() -> None:
    notifications = NotificationSystem()
    notifications.initialize(Clock(START))
    post = PostApp()
    action = Action(PostApp.look, {"self": post}, app=post)
    event = CompletedEvent(EventType.AGENT, START, action=action, metadata=EventMetadata())

    def seconds_for(call: Any) -> float:
        began = perf_counter()
        for _ in range(2000):
            call(event)
        return perf_counter() - began

    reference = min(seconds_for(lambda event: event.to_dict()) for _ in range(5))
    cost = min(seconds_for(notifications.handle_event) for _ in range(5))
    assert cost < reference
