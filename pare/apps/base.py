"""The base of all apps: a name, a state, a share in the clock, and tools by role."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import MISSING, Field
from datetime import UTC, datetime
from enum import Enum
from random import Random
from typing import Any, cast

from pare.errors import InvalidValueError
from pare.kernel.calls import CompletedEvent
from pare.kernel.clock import Clock
from pare.kernel.host import AppHost
from pare.kernel.run_context import current_run
from pare.kernel.serialization import to_plain
from pare.rng import RandomStream, hex_id
from pare.tools.app_tool import AppTool, build_tool
from pare.tools.markers import ToolAttributeName, marked_methods

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""The days of the week, from 0 on, in every locale."""


class Protocol(Enum):
    """What one app can do for another."""

    FILE_SYSTEM = "FILE_SYSTEM"


class ToolType(Enum):
    """Who tools are for."""

    APP = 1
    USER = 2
    ENV = 3
    DATA = 4


class App:
    """An app on the phone. Subclasses hold its data and mark the methods that are tools.

    Until an environment registers it, an app's clock is that of the run in which it was made. Ids
    come from `rng`, which depends on the scenario's seed and the app's name alone.
    """

    description: str | None = None

    def __init__(self, name: str | None = None, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        self.name = name or self.__class__.__name__
        self.is_state_modified = False
        self.add_event_callbacks: dict[str, Callable[[CompletedEvent], None]] = {}
        self.failure_probability: float | None = None
        self.run = current_run()
        self.time_manager: Clock = self.run.clock
        self.host: AppHost | None = None
        self._tools: dict[ToolAttributeName, list[AppTool]] = {}
        self.seed = 0
        self.stream = RandomStream("while populating", self.name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    # -- what an environment connects -------------------------------------------------------------

    def register_time_manager(self, time_manager: Clock) -> None:
        """Use the clock of an environment."""
        self.time_manager = time_manager

    def register_to_env(self, key: str, add_event: Callable[[Any], None]) -> None:
        """Hand the record of every call to `add_event`, in place of what `key` stood for before."""
        self.add_event_callbacks[key] = add_event

    def add_event(self, event: Any) -> None:
        """Hand the record of a call to whoever registered."""
        for callback in self.add_event_callbacks.values():
            callback(event)

    def connect_to_host(self, host: AppHost) -> None:
        """Take over what an environment offers: alarms, notices, waiting."""
        self.host = host

    def get_implemented_protocols(self) -> list[Protocol]:
        """List what this app can do for others."""
        return []

    def connect_to_protocols(self, protocols: dict[Protocol, Any]) -> None:
        """Take over what other apps can do."""

    # -- identity and state -----------------------------------------------------------------------

    def set_seed(self, seed: int) -> None:
        """Derive the generator anew from the scenario's `seed` and the app's name."""
        self.seed = seed
        self.stream = RandomStream("app", seed, self.name)

    @property
    def rng(self) -> Random:
        """The generator that ids are drawn from."""
        return self.stream.generator

    def new_id(self) -> str:
        """Draw an id of 32 hexadecimal digits."""
        return hex_id(self.rng)

    def now(self) -> float:
        """Give the simulated time, in seconds since the epoch."""
        return self.time_manager.now

    def app_name(self) -> str:
        """Give the name of this instance, which also prefixes its tools."""
        return self.name

    def get_state(self) -> dict[str, Any] | None:
        """Give the state as plain data; None for an app without one."""
        return None

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave."""

    def reset(self) -> None:
        """Empty the app: every data field goes back to its default, the name stays."""
        data_fields: dict[str, Field[Any]] = getattr(self, "__dataclass_fields__", {})
        for item in data_fields.values():
            if item.name != "name" and item.default_factory is not MISSING:
                setattr(self, item.name, item.default_factory())
            elif item.name != "name" and item.default is not MISSING:
                setattr(self, item.name, item.default)

    def __getstate__(self) -> dict[str, Any]:
        """Copy everything but the connection to an environment."""
        return {**self.__dict__, "add_event_callbacks": {}, "host": None, "_tools": {}}

    # -- tools ------------------------------------------------------------------------------------

    def get_tools(self) -> list[AppTool]:
        """Give the agent's tools: the subclass's first, in the order of definition."""
        return self._tools_of(ToolAttributeName.APP)

    def get_user_tools(self) -> list[AppTool]:
        """Give the user's tools."""
        return self._tools_of(ToolAttributeName.USER)

    def get_env_tools(self) -> list[AppTool]:
        """Give the tools of the environment."""
        return self._tools_of(ToolAttributeName.ENV)

    def get_data_tools(self) -> list[AppTool]:
        """Give the tools that fill the app with data."""
        return self._tools_of(ToolAttributeName.DATA)

    def get_tool(self, tool_name: str) -> AppTool | None:
        """Give the tool of that function name, whoever it is for, or None."""
        for attribute in ToolAttributeName:
            if tool_name in marked_methods(cast(Hashable, type(self)), attribute):
                return next(tool for tool in self._tools_of(attribute) if tool.func_name == tool_name)
        return None

    def get_tools_with_attribute(
        self,
        attribute: ToolAttributeName,
        tool_type: ToolType,  # noqa: ARG002 - published
    ) -> list[AppTool]:
        """Give the tools with a mark."""
        return self._tools_of(attribute)

    def set_failure_probability(self, failure_probability: float) -> None:
        """Let the agent's tools fail with this probability (0 to 1)."""
        self.failure_probability = failure_probability
        self._tools.clear()

    def _tools_of(self, attribute: ToolAttributeName) -> list[AppTool]:
        if attribute not in self._tools:
            names = marked_methods(cast(Hashable, type(self)), attribute)
            self._tools[attribute] = [self._tool(name) for name in names]
            if attribute is ToolAttributeName.APP:
                for tool in self._tools[attribute]:
                    tool.failure_probability = self.failure_probability
        return list(self._tools[attribute])

    def _tool(self, function_name: str) -> AppTool:
        return build_tool(self, function_name)

    def pause_env(self) -> None:
        """Pause the environment; it does so only where one has been connected."""

    def resume_env(self) -> None:
        """Resume the environment; it does so only where one has been connected."""


def get_state_dict(app: Any, names: Iterable[str]) -> dict[str, Any]:
    """Give the attributes `names` of an app as plain data."""
    return {name: to_plain(getattr(app, name, None)) for name in names}


def format_time(timestamp: float) -> str:
    """Give a time as ``YYYY-MM-DD HH:MM:SS`` in UTC."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(" ")[:19]


def parse_time(text: str, name: str | None = None) -> float:
    """Read ``YYYY-MM-DD HH:MM:SS`` in UTC, as seconds since the epoch; `name` is that of the argument.

    Raises:
        InvalidValueError: the text is not of that form.
    """
    try:
        if len(text) == 19 and text[4::3] == "-- ::":  # 50 times as fast
            return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    except (TypeError, ValueError, OverflowError):
        place = "" if name is None else f"{name}: "
        raise InvalidValueError(
            f"{place}{text!r:.200} is no date and time; write it as YYYY-MM-DD HH:MM:SS, in UTC"
        ) from None
