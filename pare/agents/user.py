"""The user agent: one screen at a time, and what is announced."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

from pare.agents.news import IN_SILENCE, environment_lines, notified_tools
from pare.agents.prompting import hour
from pare.agents.protocol import AgentSetup, TurnResult
from pare.agents.react import Counts, ReactLoop
from pare.agents.transcript import Transcript, block, task
from pare.apps.navigation import StatefulApp
from pare.apps.phone import Phone
from pare.apps.user_interface import AgentUserInterface, PAREAgentUserInterface
from pare.errors import UnknownAppError
from pare.kernel.action import Action
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import recorded
from pare.notifications import Message, MessageType
from pare.tools import AppTool, Toolbox
from pare.tools.app_tool import build_tool

HIDDEN = "send_message_to_agent"


class WaitingUser:
    """The hand of the user that does nothing: the same call as an agent's wait, but a tap of the user's."""

    def __init__(self, app: PAREAgentUserInterface) -> None:
        self.app = app

    def wait(self) -> str:
        """Do nothing now and let time pass.

        :returns: a confirmation
        """
        inner = inspect.unwrap(type(self.app).wait)
        action = Action(inner, {"self": self.app}, app=self.app, operation_type=OperationType.READ)
        return str(recorded(action, EventType.USER))


class UserAgent:
    """A model in the place of the phone's owner."""

    def __init__(self, setup: AgentSetup) -> None:
        self._setup = setup
        self._phone = _phone(setup)
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
        self._loop.begin_turn()
        for _ in range(self._max_iterations):
            self._tell_news()
            toolbox = self._setup.seat.toolbox(self._tools())
            step = await self._loop.step(toolbox, self._screen(toolbox))
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
        return self._with_wait(self._phone.user_tools())

    def _with_wait(self, tools: Sequence[AppTool]) -> list[AppTool]:
        """Put the wait behind the answers to a proposal, which come first."""
        offered = [tool for tool in tools if not _is_hidden(tool)]
        return [*offered[:2], self._wait, *offered[2:]]

    def _screen(self, toolbox: Toolbox) -> str:
        app = self._phone.active_app
        name = app.name
        if isinstance(app, StatefulApp):
            name += f", screen {type(app.current_state).__name__}"
        described = self._setup.format.describe(toolbox)
        offered = block("Available Actions from current state:", described) + "\n\n" if described else ""
        return offered + block("Current app state:", name)

    def _values(self) -> dict[str, str]:
        seat = self._setup.seat
        level = seat.notifications.verbosity_level
        heard = [app.name for app in seat.environment.apps.values() if notified_tools([app], level)]
        return {
            "task_description": self._setup.task_description,
            "available_apps": self._available_apps(),
            "curent_time_description": hour(seat.environment.start_time),
            "notification_system_description": f"Announced: what arrives in {', '.join(heard) or 'no app'}.",
            "agent_reminder_description": "",
        }

    def _available_apps(self) -> str:
        """Name the apps that can be opened, and describe what is always at hand."""
        apps = self._setup.seat.environment.apps.values()
        names = [f"- {app.name}" for app in apps if isinstance(app, StatefulApp)]
        tools = [*self._interface.get_user_tools(), *self._phone.home.get_user_tools()]
        described = Toolbox(self._with_wait(tools)).describe()
        return "\n".join(names or ["none"]) + f"\n\nTools of the phone itself:\n{described}"


def _is_hidden(tool: AppTool) -> bool:
    return tool.func_name == HIDDEN and isinstance(tool.class_instance, AgentUserInterface)


def _phone(setup: AgentSetup) -> Phone:
    """Give the screen that the user taps on.

    Raises:
        UnknownAppError: there is none.
    """
    if setup.phone is None:
        raise UnknownAppError(
            f"scenario {setup.seat.run.scenario_id!r} has no HomeScreenSystemApp; a user agent needs one"
        )
    return setup.phone


def _interface(setup: AgentSetup) -> PAREAgentUserInterface:
    """Give the conversation with the assistant.

    Raises:
        UnknownAppError: there is none on the phone.
    """
    environment = setup.seat.environment
    interface: PAREAgentUserInterface | None = environment.get_app_with_class(PAREAgentUserInterface)
    if interface is None:
        raise UnknownAppError(
            f"scenario {setup.seat.run.scenario_id!r} has no PAREAgentUserInterface; a user agent needs one"
        )
    return interface


def _others(news: Sequence[Message]) -> list[Message]:
    return [notice for notice in news if notice.message_type not in IN_SILENCE]
