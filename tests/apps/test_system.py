from copy import deepcopy
from typing import Any

import pytest

from pare.apps.system import (
    LONGEST_WAIT,
    CallbacksNotSetError,
    HomeScreenSystemApp,
    InvalidTimeoutError,
    SystemApp,
    WaitForNotificationTimeout,
)
from pare.apps.user_interface import AgentUserInterface
from pare.errors import InvalidValueError, NotFoundKeyError
from pare.kernel.enums import EventType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.notifications import AGENT, VerboseNotificationSystem

START = 1_736_154_000.0  # Monday 2025-01-06 09:00 UTC


def system(start: float = START) -> SystemApp:
    with RunContext(seed=1, start_time=start).active():
        return SystemApp()


def environment(*apps: Any, duration: float | None = None) -> tuple[Environment, VerboseNotificationSystem]:
    notifications = VerboseNotificationSystem()
    config = EnvironmentConfig(start_time=START, duration=duration)
    env = Environment(config, notification_system=notifications)
    env.register_apps(list(apps))
    return env, notifications


def planned_message(app: AgentUserInterface, delay: float, content: str = "Hi") -> Event:
    with EventRegisterer.capture_mode():
        return app.send_message_to_agent(content).depends_on(None, delay)


# -- the clock -------------------------------------------------------------------------------------


def test_current_time_in_three_forms() -> None:
    app = system(START + 3 * 86_400 + 61)
    assert app.get_current_time() == {
        "current_timestamp": START + 3 * 86_400 + 61,
        "current_datetime": "2025-01-09 09:01:01",
        "current_weekday": "Thursday",
    }


def test_wait_moves_the_clock() -> None:
    app = system()
    app.wait(30)
    app.wait(0.5)
    app.wait()
    assert app.now() == START + 30.5


@pytest.mark.parametrize("seconds", [-1, LONGEST_WAIT + 1, "soon", None, float("nan"), float("inf"), []])
@pytest.mark.parametrize("tool", ["wait", "wait_for_notification"])
def test_impossible_times_to_wait_are_refused(tool: str, seconds: Any) -> None:
    app = system()
    events: list[Any] = []
    app.register_to_env("test", events.append)
    with pytest.raises(InvalidTimeoutError) as caught:
        getattr(app, tool)(seconds)
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, InvalidValueError)
    assert app.now() == START
    assert app.wait_for_notification_timeout is None
    assert [event.failed() for event in events] == [True]


def test_tools_and_state() -> None:
    app = system()
    assert [tool.name for tool in app.get_tools()] == [
        "SystemApp__get_current_time",
        "SystemApp__wait_for_notification",
    ]
    assert [tool.write_operation for tool in app.get_tools()] == [False, False]
    assert app.get_user_tools() == app.get_env_tools() == app.get_data_tools() == []
    assert app.get_state() is None
    app.load_state({"anything": 1})
    assert SystemApp("System").name == "System"


# -- waiting ---------------------------------------------------------------------------------------


def test_wait_without_environment_only_notes_the_timeout() -> None:
    app = system()
    assert app.wait_for_next_notification() is None
    assert app.wait_for_notification("10") is None
    pending = app.wait_for_notification_timeout
    assert pending == WaitForNotificationTimeout(START, 10)
    assert pending is not None
    assert pending.timeout_timestamp == START + 10
    assert app.now() == START
    assert app.get_wait_for_notification_timeout() is None
    app.time_manager.add_offset(10)
    assert app.get_wait_for_notification_timeout() is pending
    app.reset_wait_for_notification_timeout()
    assert app.get_wait_for_notification_timeout() is None
    app.wait_for_notification(5)
    app.reset()
    assert app.wait_for_notification_timeout is None


def test_wait_lasts_until_the_first_notification() -> None:
    app, interface = SystemApp(), AgentUserInterface()
    env, notifications = environment(app, interface)
    env.schedule([planned_message(interface, 20), planned_message(interface, 40)])
    env.start()
    app.wait_for_notification(60)
    assert env.current_time == START + 20
    assert [message.timestamp.timestamp() for message in notifications.inbox(AGENT).read()] == [START + 20]
    assert app.wait_for_notification_timeout is None
    log = [(e.event_time, e.event_type, e.function_name()) for e in env.event_log.list_view()]
    assert log == [
        (START, EventType.AGENT, "wait_for_notification"),
        (START + 20, EventType.ENV, "send_message_to_agent"),
    ]


def test_wait_ends_at_its_timeout_with_a_notice() -> None:
    app = SystemApp("System")
    env, notifications = environment(app)
    env.start()
    app.wait_for_notification(30)
    assert env.current_time == START + 30
    (message,) = notifications.inbox(AGENT).read()
    assert message.message == "System: no notification arrived within 30 seconds."
    assert app.wait_for_notification_timeout is None


def test_wait_returns_at_once_while_something_is_unread() -> None:
    app = SystemApp()
    env, _ = environment(app)
    env.start()
    app.wait_for_notification(30)
    app.wait_for_notification(30)
    assert env.current_time == START + 30


def test_wait_never_passes_the_duration() -> None:
    app = SystemApp()
    env, notifications = environment(app, duration=10)
    env.start()
    app.wait_for_notification(30)
    assert env.current_time == START + 10
    assert len(notifications.inbox(AGENT)) == 0


def test_pending_wait_can_be_run_later_and_ends_when_it_was_to_end() -> None:
    app = SystemApp()
    env, _ = environment(app)
    env.start()
    app.wait_for_notification_timeout = WaitForNotificationTimeout(env.current_time, 30)
    env.time_manager.add_offset(12)
    app.wait_for_next_notification()
    assert env.current_time == START + 30


async def test_wait_under_the_asynchronous_driver_is_awaited() -> None:
    app = SystemApp()
    env, notifications = environment(app)
    env.asynchronous = True
    env.start()
    waiting: Any = app.wait_for_notification(30)
    assert app.wait_for_notification_timeout is not None
    assert env.current_time == START
    await waiting
    assert env.current_time == START + 30
    assert app.wait_for_notification_timeout is None
    assert len(notifications.inbox(AGENT)) == 1
    assert [event.function_name() for event in env.event_log.list_view()] == ["wait_for_notification"]


def test_planned_wait_moves_the_clock_of_its_followers() -> None:
    app = SystemApp()
    env, _ = environment(app)
    with EventRegisterer.capture_mode():
        wait: Any = app.wait_for_notification(30)
        look: Any = app.get_current_time()
    env.schedule([wait.depends_on(None, 5), look.depends_on(wait, 1)])
    env.start()
    env.join()
    assert [event.event_time for event in env.event_log.list_view()] == [START + 5, START + 36]


def test_copy_is_not_connected() -> None:
    app = SystemApp()
    env, _ = environment(app)
    env.start()
    copy = deepcopy(app)
    copy.wait_for_notification(5)
    assert env.current_time == START


# -- the home screen -------------------------------------------------------------------------------


def test_home_screen_before_an_environment() -> None:
    app = HomeScreenSystemApp(name="System")
    for tap in (app.go_home, lambda: app.open_app("Notes"), lambda: app.switch_app("Notes")):
        with pytest.raises(CallbacksNotSetError, match="Callbacks not set") as caught:
            tap()
        assert isinstance(caught.value, RuntimeError)


def test_home_screen_does_what_it_was_told() -> None:
    app = HomeScreenSystemApp(name="System")
    events: list[Any] = []
    app.register_to_env("test", events.append)
    app.set_callbacks(lambda name: f"switch {name}", lambda name: f"open {name}", lambda: "home")
    assert [app.go_home(), app.open_app("A"), app.switch_app("B")] == ["home", "open A", "switch B"]
    assert [(event.event_type, event.function_name()) for event in events] == [
        (EventType.USER, "go_home"),
        (EventType.USER, "open_app"),
        (EventType.USER, "switch_app"),
    ]
    with pytest.raises(CallbacksNotSetError):
        deepcopy(app).go_home()


def test_home_screen_of_an_environment_knows_its_apps() -> None:
    app = HomeScreenSystemApp(name="System")
    environment(app)
    assert app.go_home() == "You are already on the home screen."
    with pytest.raises(KeyError, match="App Nothing is not available"):
        app.open_app("Nothing")


def test_error_of_a_tap_is_passed_on() -> None:
    def refuse(name: str) -> str:
        raise NotFoundKeyError(f"App {name} is not available")

    app = HomeScreenSystemApp()
    app.set_callbacks(refuse, refuse, lambda: "home")
    with pytest.raises(KeyError, match="App X is not available"):
        app.open_app("X")


def test_home_screen_tools() -> None:
    app = HomeScreenSystemApp(name="System")
    assert [tool.name for tool in app.get_user_tools()] == [
        "System__go_home",
        "System__open_app",
        "System__switch_app",
    ]
    assert [tool.func_name for tool in app.get_tools()] == ["get_current_time", "wait_for_notification"]
    assert app.get_state() is None
