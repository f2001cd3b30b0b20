"""The user agent: one screen at a time, and what is announced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pare.agents.news import environment_lines
from pare.agents.prompting import hour
from pare.agents.protocol import AgentSetup, TurnResult
from pare.agents.react import Counts, ReactLoop
from pare.agents.transcript import Transcript, block, task
from pare.apps.navigation import StatefulApp
from pare.apps.user_interface import PAREAgentUserInterface
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import event_registered
from pare.notifications import Message, MessageType
from pare.tools import AppTool
from pare.tools.app_tool import build_tool

HIDDEN = "send_message_to_agent"


class WaitingUser:
    """The hand of the user that does nothing: waiting is a tap of the user's, not a call of the agent's."""

    def __init__(self, app: PAREAgentUserInterface) -> None:
        self.app = app

    @event_registered(OperationType.READ, EventType.USER)
    def wait(self) -> str:
        """Do nothing now and let time pass.

        :returns: a confirmation
        """
        return "You wait."


class UserAgent:
    """A model in the place of the phone's owner."""

    def __init__(self, setup: AgentSetup) -> None:
        self._setup = setup
        self._phone = setup.phone
        self._max_iterations = setup.max_iterations["user"]
        self._interface = _interface(setup)
        self._wait = build_tool(self._interface, "wait", receiver=WaitingUser(self._interface))
        system = setup.prompts.filled("user", setup.format, self._values())
        self._loop = ReactLoop(setup.seat, setup.models["user"], setup.format, Transcript(system))

    @property
    def counts(self) -> Mapping[str, Counts]:
        """What the user did."""
        return {"user": self._loop.counts}

    @property
    def has_pending_proposal(self) -> bool:
        """Whether a proposal waits; the assistant knows, not the user."""
        return False

    async def take_turn(self) -> TurnResult:
        """Tap until waiting, or until the iterations of a turn are used up."""
        steps = []
        for _ in range(self._max_iterations):
            self._tell_news()
            toolbox = self._setup.seat.toolbox(self._tools())
            step = await self._loop.step(toolbox, self._screen(toolbox.describe()))
            steps.append(step)
            if self._setup.seat.is_over or self._loop.gave_up or step.succeeded("wait"):
                break
        return TurnResult(waited=all(step.succeeded("wait") for step in steps))

    def _tell_news(self) -> None:
        news = self._setup.seat.news()
        said = [notice.message for notice in news if notice.message_type is MessageType.AGENT_MESSAGE]
        if said:
            self._loop.transcript.tell(task("\n".join(said)))
        if lines := environment_lines(_others(news)):
            self._loop.transcript.tell(block("Environment notifications updates:", lines))

    def _tools(self) -> Sequence[AppTool]:
        tools = [tool for tool in self._phone.user_tools() if tool.func_name != HIDDEN]
        return [*tools[:2], self._wait, *tools[2:]]

    def _screen(self, tools: str) -> str:
        app = self._phone.active_app
        name = app.name
        if isinstance(app, StatefulApp):
            name += f", screen {type(app.current_state).__name__}"
        described = self._setup.format.describe(self._setup.seat.toolbox(self._tools())) and tools
        offered = block("Available Actions from current state:", described) + "\n\n" if described else ""
        return offered + block("Current app state:", name)

    def _values(self) -> dict[str, str]:
        apps: dict[str, Any] = self._setup.seat.environment.apps
        names = [f"- {app.name}" for app in apps.values() if isinstance(app, StatefulApp)]
        return {
            "task_description": self._setup.task_description,
            "available_apps": "\n".join(names) or "none",
            "curent_time_description": hour(self._setup.seat.environment.current_time),
            "notification_system_description": "",
            "agent_reminder_description": "",
        }


def _interface(setup: AgentSetup) -> PAREAgentUserInterface:
    interface: PAREAgentUserInterface = setup.seat.environment.get_app_with_class(PAREAgentUserInterface)
    return interface


def _others(news: Sequence[Message]) -> list[Message]:
    left_out = (MessageType.AGENT_MESSAGE, MessageType.ENVIRONMENT_STOP)
    return [notice for notice in news if notice.message_type not in left_out]
