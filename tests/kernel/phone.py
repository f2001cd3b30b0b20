"""A phone that one can see through: the apps, the inboxes and the plan of the kernel's tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anyio.lowlevel import checkpoint

from pare.apps.base import App
from pare.errors import NotFoundError
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.calls import Event, OracleEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import EventType, OperationType
from pare.kernel.environment import Environment, EnvironmentConfig
from pare.kernel.host import AGENT, USER
from pare.kernel.recording import EventRegisterer, event_registered
from pare.tools.markers import app_tool, env_tool, user_tool

START = 1000.0


class Diary(App):
    """Entries, which come from outside, from the agent and from the user."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.entries: list[str] = []

    def add(self, text: str) -> dict[str, Any]:
        self.entries.append(text)
        return {"number": len(self.entries), "text": text, "place": {"page": len(self.entries) // 2}}

    @env_tool()
    @event_registered(OperationType.WRITE, EventType.ENV)
    def arrive(self, text: str, mood: str = "plain") -> dict[str, Any]:
        """Receive an entry.

        :param text: the entry
        :param mood: how it sounds
        """
        return self.add(text)

    @app_tool()
    @event_registered(OperationType.WRITE)
    def write(self, text: str) -> dict[str, Any]:
        """Write an entry.

        :param text: the entry
        """
        return self.add(text)

    @user_tool()
    @event_registered(OperationType.WRITE, EventType.USER)
    def tap(self, text: str) -> dict[str, Any]:
        """Tap an entry in."""
        return self.add(text)

    @app_tool()
    @event_registered()
    def read(self) -> list[str]:
        """Read all entries."""
        return list(self.entries)

    @app_tool()
    @event_registered(OperationType.WRITE)
    def copy_last(self) -> dict[str, Any]:
        """Write the last entry once more."""
        return self.write(self.read()[-1])

    @app_tool()
    @event_registered(OperationType.WRITE)
    def tear(self, text: str) -> None:
        """Tear an entry out."""
        if text not in self.entries:
            raise NotFoundError(f"there is no entry {text!r}")
        self.entries.remove(text)

    @app_tool()
    @event_registered(OperationType.WRITE)
    async def fetch(self, text: str) -> dict[str, Any]:
        """Fetch an entry from afar."""
        await checkpoint()
        if text == "nothing":
            raise NotFoundError("nothing is there")
        return self.add(self.read()[-1] if text == "again" else text)


class Bell(App):
    """Waits and alarms, as the phone's own apps have them."""

    host: Any = None

    def connect_to_host(self, host: Any) -> None:
        self.host = host

    @app_tool()
    @event_registered()
    def wait(self, seconds: float) -> Any:
        """Wait for a notice."""
        return self.host.wait_for_notification(seconds, f"waited {seconds} s")

    @user_tool()
    @event_registered(event_type=EventType.USER)
    def user_wait(self, seconds: float) -> Any:
        """Wait for a notice, as the user."""
        return self.host.wait_for_notification(seconds, f"waited {seconds} s", USER)

    def ring_at(self, time: float, text: str = "ring") -> Any:
        return self.host.call_at(START + time, lambda: self.host.post_notice(text), text)


class Inboxes:
    """The notices of both readers: (time since the start, text)."""

    def __init__(self) -> None:
        self.unread: dict[str, list[tuple[float, str]]] = {AGENT: [], USER: []}

    def initialize(self, time_manager: Any) -> None:
        self.clock = time_manager

    def handle_event(self, event: Any) -> None:
        if event.event_type is EventType.ENV and not event.failed():
            self.handle_notice(event.event_id, AGENT)

    def handle_notice(self, text: str, reader: str | None = None) -> None:
        for name in (AGENT, USER) if reader is None else (reader,):
            self.unread[name].append((self.clock.time_passed(), text))

    def handle_stop(self) -> None:
        self.handle_notice("stop")

    def has_unread(self, reader: str) -> bool:
        return bool(self.unread[reader])

    def read(self, reader: str = AGENT) -> list[tuple[float, str]]:
        notices, self.unread[reader] = self.unread[reader], []
        return notices


@dataclass
class Plan:
    """What the kernel needs of a scenario."""

    apps: Sequence[Any]
    events: Sequence[AbstractEvent] = ()
    start_time: float | None = START
    duration: float | None = None
    time_increment_in_seconds: int = 1
    scenario_id: str = "plan"


def arrival(diary: Diary, name: str, after: Any = None, delay: float = 0) -> Event:
    """Plan that the entry `name` arrives, under that id."""
    with EventRegisterer.capture_mode():
        return diary.arrive(name).with_id(name).depends_on(after, delay)


def oracle(diary: Diary, name: str, after: Any = None, delay: float = 0) -> OracleEvent:
    """Plan that an ideal agent writes the entry `name`, under that id."""
    with EventRegisterer.capture_mode():
        return diary.write(name).oracle().with_id(name).depends_on(after, delay)


def has_entry(text: str, name: str = "has", after: Any = None, **settings: Any) -> ConditionCheckEvent:
    """Wait until the diary has the entry `text`."""
    check = ConditionCheckEvent.from_condition(lambda env: text in env.get_app("Diary").entries, **settings)
    return check.with_id(name).depends_on(after)


def armed(
    apps: Sequence[Any],
    events: Sequence[AbstractEvent] = (),
    oracles: bool = False,
    inboxes: Inboxes | None = None,
    **settings: Any,
) -> Environment:
    """Give an environment that has started and where nothing has happened yet."""
    env = Environment(EnvironmentConfig(oracle_mode=oracles), notification_system=inboxes)
    env.run(Plan(apps, events, **settings), wait_for_end=False)
    return env


def played(apps: Sequence[Any], events: Sequence[AbstractEvent] = (), **settings: Any) -> Environment:
    """Give an environment that has run to its end."""
    env = armed(apps, events, **settings)
    env.join()
    return env


def history(env: Environment) -> list[tuple[float, str, str]]:
    """Give what happened: time since the start, type, id."""
    return [(line["time"] - env.start_time, line["type"], line["id"]) for line in env.event_log.lines()]


def happened(env: Environment) -> list[tuple[float, str]]:
    """Give what happened: time since the start, id."""
    return [(time, name) for time, _, name in history(env)]
