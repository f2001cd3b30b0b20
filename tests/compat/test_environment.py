"""Environments and notification systems under their published names."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from are.simulation.apps import AgentUserInterface, EmailClientApp, SystemApp
from are.simulation.environment import Environment, EnvironmentConfig
from are.simulation.notification_system import (
    BaseNotificationSystem,
    Message,
    MessageQueue,
    MessageType,
    NotificationSystem,
    NotificationSystemConfig,
    VerboseNotificationSystem,
    VerbosityLevel,
    get_args,
    get_content_for_message,
    get_notification_tools,
)
from are.simulation.types import Event

from pare.apps import HomeScreenSystemApp, PAREAgentUserInterface, StatefulContactsApp, StatefulEmailApp
from pare.environment import StateAwareEnvironmentWrapper
from pare.errors import EnvironmentStateError, UnknownAppError
from pare.notification_system import (
    PAREMessageType,
    PARENotificationSystem,
    get_content_for_environment_message,
)


def mailed(notices: Any = None) -> tuple[Environment, EmailClientApp]:
    mail = EmailClientApp()
    env = Environment(EnvironmentConfig(start_time=100), notification_system=notices)
    env.register_apps([mail, AgentUserInterface(), SystemApp()])
    arrives = Event.from_function(mail.create_and_add_email, sender="a@b.c", subject="Hello").depends_on(
        None, 5
    )
    env.schedule(arrives.with_id("arrives"))
    return env, mail


# --- configuration --------------------------------------------------------------------------------------


def test_states_are_dumped_into_a_directory_at_start_and_end(tmp_path: Path) -> None:
    from are.simulation.scenarios import Scenario

    class Quiet(Scenario):
        start_time: float | None = 50
        duration: float | None = 60

        def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
            self.apps = [AgentUserInterface()]

        def build_events_flow(self) -> None:
            aui = self.get_typed_app(AgentUserInterface)
            self.events = [Event.from_function(aui.send_message_to_agent, content="Hi").depends_on(None, 5)]

    scenario, folder = Quiet(), tmp_path / "states"
    scenario.initialize()
    env = Environment(EnvironmentConfig(oracle_mode=True, dump_dir=str(folder)))
    env.run(scenario)
    env.finish()
    states = {path.name: json.loads(path.read_text()) for path in folder.iterdir()}
    assert {
        name: (state["current_time"], len(state["apps"][0]["messages"])) for name, state in states.items()
    } == {
        "initial_state.jsonl": (50, 0),
        "final_state.jsonl": (55, 1),
    }


def test_a_configuration_that_cannot_be_is_refused() -> None:
    for settings in ({"dump_dir": "x"}, {"queue_based_loop": True}):
        with pytest.raises(ValueError, match="oracle_mode=True"):
            EnvironmentConfig(**settings)  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        EnvironmentConfig(time_increment_in_seconds=0)
    config = EnvironmentConfig(wait_for_user_input_timeout=3, verbose=False)
    assert (config.duration, config.start_time, config.verbose) == (60, None, False)


# --- notifications --------------------------------------------------------------------------------------


def test_an_environment_notifies_of_user_messages_unless_told_otherwise() -> None:
    env, _ = mailed()
    assert isinstance(env.notification_system, NotificationSystem)
    env.start()
    env.get_app("AgentUserInterface").send_message_to_agent("Hi")
    env.join()
    kinds = [item.message_type for item in env.notification_system.message_queue.list_view()]
    assert kinds == [MessageType.USER_MESSAGE, MessageType.ENVIRONMENT_STOP]


def test_a_system_notifies_of_the_calls_that_its_configuration_names() -> None:
    for tools, count in (
        ({"EmailClientApp": ["create_and_add_email"]}, 1),
        ({"EmailClientApp": ["send_email"]}, 0),
    ):
        notices = BaseNotificationSystem(NotificationSystemConfig(tools))
        env, _ = mailed(notices)
        env.start()
        env.join()
        kinds = [item.message_type for item in notices.message_queue.list_view()]
        assert kinds.count(MessageType.ENVIRONMENT_NOTIFICATION) == count


def test_an_event_can_be_turned_into_a_message_by_hand() -> None:
    notices = VerboseNotificationSystem()
    with pytest.raises(EnvironmentStateError):
        notices.get_current_time()
    env, mail = mailed(notices)
    assert notices.get_next_notification_time() is None
    env.start()
    env.join()
    arrived = env.event_log.list_view()[0]
    message = notices.convert_to_message(arrived)
    assert message is not None
    assert (message.message, message.timestamp) == (
        get_content_for_message(arrived),
        datetime.fromtimestamp(105, UTC),
    )
    assert "a@b.c" in str(get_content_for_environment_message(arrived))
    assert get_content_for_environment_message(arrived, "agent") == message.message
    assert (get_args(arrived)["sender"], notices.get_next_notification_time()) == ("a@b.c", 105)
    mail.list_emails()
    assert notices.convert_to_message(env.event_log.list_view()[-1]) is None
    notices.clear()
    assert notices.message_queue.list_view() == []


def test_the_calls_that_notify_are_listed_by_level() -> None:
    low, medium, high = (get_notification_tools(level) for level in VerbosityLevel)
    assert low == {}
    assert set(medium["EmailClientApp"]) >= {"create_and_add_email", "send_email_to_user_only"}
    assert medium["Mail"] == medium["Emails"] == medium["EmailClientApp"]
    assert set(medium) <= set(high)
    with pytest.raises(ValueError, match="4"):
        get_notification_tools(4)  # type: ignore[arg-type]


def test_taking_messages_out_of_a_queue_leaves_those_to_come() -> None:
    queue = MessageQueue()
    times = [datetime.fromtimestamp(second, UTC) for second in (1, 2, 3)]
    for moment in times:
        queue.put(Message(MessageType.USER_MESSAGE, str(moment.second), moment))
    assert queue.has_new_messages(times[0])
    assert [item.message for item in queue.get_by_timestamp(times[1])] == ["1", "2"]
    assert (queue.has_new_messages(times[1]), [item.message for item in queue.list_view()]) == (False, ["3"])
    assert not queue.has_environment_stop_message()


# --- a home screen --------------------------------------------------------------------------------------


def test_an_environment_with_a_home_screen_knows_the_app_in_front() -> None:
    env = StateAwareEnvironmentWrapper(notification_system=PARENotificationSystem())
    assert (env.active_app, env.background_apps, env.get_user_tools()) == (None, [], [])
    system, emails = HomeScreenSystemApp(name="System"), StatefulEmailApp(name="Emails")
    env.register_apps([PAREAgentUserInterface(), system, emails, StatefulContactsApp(name="Contacts")])
    env.set_proactive_context_getter(None)
    assert env.active_app is system
    assert system.open_app("Emails") == "Opened Emails App."
    assert (env.active_app, env.background_apps) == (emails, [system])
    names = [tool.name for tool in env.get_user_tools()]
    assert names[:2] == ["PAREAgentUserInterface__accept_proposal", "PAREAgentUserInterface__reject_proposal"]
    assert "System__open_app" not in names
    assert names[-1].startswith("Emails__")
    assert PAREMessageType.USER_ACTION.value == "USER_ACTION"


def test_a_home_screen_is_needed_where_one_is_asked_for() -> None:
    with pytest.raises(UnknownAppError, match="there is no HomeScreenSystemApp among the apps"):
        StateAwareEnvironmentWrapper().register_apps([SystemApp()])
