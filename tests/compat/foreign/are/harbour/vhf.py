"""A radio as an app, for the scenarios of this package."""

from dataclasses import dataclass, field
from typing import Any

from are.simulation.apps.app import App
from are.simulation.tool_utils import OperationType, app_tool, data_tool, env_tool
from are.simulation.types import EventRegisterer, EventType, event_registered
from are.simulation.utils import get_state_dict, type_check


@dataclass
class RadioApp(App):
    name: str | None = None
    channel: int = 16
    heard: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__(self.name)

    def get_state(self) -> dict[str, Any]:
        return get_state_dict(self, ["channel", "heard", "said"])

    def load_state(self, state_dict: dict[str, Any]):
        self.channel = state_dict["channel"]
        self.heard = state_dict["heard"]
        self.said = state_dict["said"]

    def reset(self):
        super().reset()
        self.channel, self.heard, self.said = 16, [], []

    @type_check
    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def tune(self, channel: int) -> int:
        """
        Tune to a channel.
        :param channel: its number, from 1 to 88
        :returns: the channel that was tuned to before
        """
        if not 1 <= channel <= 88:
            raise ValueError(f"no channel {channel}")
        before, self.channel = self.channel, channel
        return before

    @app_tool()
    @EventRegisterer.event_registered(operation_type=OperationType.WRITE)
    def say(self, words: str) -> str:
        """
        Say something on the channel.

        Args:
            words: what to say

        Returns:
            what was said, with the channel
        """
        self.said.append(words)
        return f"{self.channel}: {words}"

    @EventRegisterer.event_registered(operation_type=OperationType.READ)
    def listen(self) -> list[str]:
        """Give what was heard."""
        return list(self.heard)

    listen = app_tool(llm_formatter=lambda heard: " / ".join(heard))(listen)

    @env_tool()
    @type_check
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def call_in(self, ship: str, words: str) -> None:
        """
        A ship calls.
        :param ship: its name
        :param words: what it says
        """
        self.heard.append(f"{ship}: {words}")
