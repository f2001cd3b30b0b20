"""The proactive agent: it observes, proposes, waits for the answer, and executes what was accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from pare.agents.news import environment_lines
from pare.agents.prompting import PromptName, hour
from pare.agents.protocol import AgentSetup, TurnResult
from pare.agents.react import Counts, ReactLoop, Step
from pare.agents.transcript import Transcript, block, task
from pare.apps.user_interface import PAREAgentUserInterface
from pare.notifications import ACCEPT, REJECT, Message, MessageType
from pare.tools import AppTool, Toolbox

HIDDEN = (
    "get_last_message_from_user",
    "get_last_message_from_agent",
    "get_last_unread_messages",
    "get_all_messages",
)
TURN_ENDS = ("wait", "wait_for_notification", "send_message_to_user")


class Mode(Enum):
    """Where the agent is between a look and a deed."""

    OBSERVE = "observe"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    EXECUTE = "execute"


class ProactiveAgent:
    """Two models with one inbox: one observes with tools that only read, one executes."""

    def __init__(self, setup: AgentSetup) -> None:
        self._setup = setup
        self._seat = setup.seat
        tools = [tool for tool in self._seat.environment.get_tools() if not _is_hidden(tool)]
        self._observing = self._seat.toolbox([tool for tool in tools if _may_observe(tool)])
        self._executing = self._seat.toolbox([tool for tool in tools if not _is_wait(tool)])
        self._observer = self._loop("observe", self._observing)
        self._execute_counts = Counts()
        self.mode = Mode.OBSERVE
        self.pending_goal: str | None = None

    @property
    def counts(self) -> Mapping[str, Counts]:
        """What observing and executing did."""
        return {"observe": self._observer.counts, "execute": self._execute_counts}

    @property
    def has_pending_proposal(self) -> bool:
        """Whether a proposal waits for an answer."""
        return self.mode is Mode.AWAITING_CONFIRMATION

    async def take_turn(self) -> TurnResult:
        """Observe, or look for the answer to a proposal and execute what was accepted."""
        news = self._seat.news()
        said = [notice for notice in news if notice.message_type is MessageType.USER_MESSAGE]
        if self.mode is Mode.AWAITING_CONFIRMATION:
            answer = said[-1].message if said else ""
            if ACCEPT in answer:
                return await self._execute(answer, news)
            self._tell(self._observer, news)
            if REJECT not in answer:
                return TurnResult(waited=True)
            self.mode, self.pending_goal = Mode.OBSERVE, None
        else:
            self._tell(self._observer, news)
        return await self._observe()

    async def _observe(self) -> TurnResult:
        steps = await self._steps(self._observer, self._observing, "observe")
        last = steps[-1]
        if last.succeeded("send_message_to_user"):
            self.mode, self.pending_goal = Mode.AWAITING_CONFIRMATION, _content(last)
        proposals = sum(step.succeeded("send_message_to_user") for step in steps)
        return TurnResult(waited=all(_only_waited(step) for step in steps), proposals=proposals)

    async def _execute(self, answer: str, news: Sequence[Message]) -> TurnResult:
        self.mode = Mode.EXECUTE
        loop = self._loop("execute", self._executing)
        loop.counts = self._execute_counts
        loop.transcript.tell(
            task(f"The proposal that was accepted: {self.pending_goal}\nThe user's answer: {answer}")
        )
        self._share(loop, [item for item in news if item.message_type is not MessageType.USER_MESSAGE])
        try:
            await self._steps(loop, self._executing, "execute")
        finally:
            self.mode, self.pending_goal = Mode.OBSERVE, None
        return TurnResult(waited=False, acceptances=1)

    async def _steps(self, loop: ReactLoop, toolbox: Toolbox, role: str) -> list[Step]:
        """Take steps until one ends the turn, or the iterations of a turn are used up."""
        steps: list[Step] = []
        for _ in range(self._setup.max_iterations[role]):
            if steps:
                self._share(loop, self._seat.news())
            steps.append(await loop.step(toolbox))
            if self._seat.is_over or loop.gave_up or steps[-1].succeeded(*TURN_ENDS):
                break
        return steps

    def _loop(self, role: PromptName, toolbox: Toolbox) -> ReactLoop:
        setup = self._setup
        values = {
            "tool_descriptions": setup.format.describe(toolbox),
            "curent_time_description": hour(self._seat.environment.current_time),
            "notification_system_description": _notified(toolbox),
            "agent_reminder_description": "",
            "task_description": "",
        }
        system = setup.prompts.filled(role, setup.format, values)
        return ReactLoop(self._seat, setup.models[role], setup.format, Transcript(system))

    def _share(self, loop: ReactLoop, news: Sequence[Message]) -> None:
        """Tell what arrives while executing to the observer as well, who goes on afterwards."""
        self._tell(loop, news)
        if loop is not self._observer:
            self._tell(self._observer, news)

    def _tell(self, loop: ReactLoop, news: Sequence[Message]) -> None:
        said = [item.message for item in news if item.message_type is MessageType.USER_MESSAGE]
        taps = [item for item in news if item.message_type is MessageType.USER_ACTION]
        known = (MessageType.USER_MESSAGE, MessageType.USER_ACTION, MessageType.ENVIRONMENT_STOP)
        if said:
            loop.transcript.tell(task("\n".join(said)))
        if lines := environment_lines(item for item in news if item.message_type not in known):
            loop.transcript.tell(block("Environment notifications updates:", lines))
        if taps:
            loop.transcript.tell(block("[User Actions]:", environment_lines(taps)))


def _is_hidden(tool: AppTool) -> bool:
    return tool.func_name in HIDDEN and isinstance(tool.class_instance, PAREAgentUserInterface)


def _is_wait(tool: AppTool) -> bool:
    return tool.func_name == "wait" and isinstance(tool.class_instance, PAREAgentUserInterface)


def _may_observe(tool: AppTool) -> bool:
    """Tell whether a tool only reads, or is the one that proposes."""
    return not tool.write_operation or (
        tool.func_name == "send_message_to_user" and isinstance(tool.class_instance, PAREAgentUserInterface)
    )


def _only_waited(step: Step) -> bool:
    return step.succeeded("wait", "wait_for_notification")


def _content(step: Step) -> str:
    return str(step.observation.arguments.get("content", "")) if step.observation else ""


def _notified(toolbox: Toolbox) -> str:
    apps = sorted({tool.app_name for tool in toolbox.tools.values()})
    return f"What arrives in these apps is announced: {', '.join(apps)}."
