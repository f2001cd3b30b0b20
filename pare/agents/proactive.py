"""The proactive agent: it observes, proposes, waits for the answer, and executes what was accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from pare.agents.briefing import assistant_loop, assistant_tools, conversation, tell
from pare.agents.protocol import AgentSetup, TurnResult
from pare.agents.react import Counts, ReactLoop, Step
from pare.agents.seat import RunEndedError
from pare.agents.transcript import task
from pare.apps.user_interface import AgentUserInterface
from pare.notifications import ACCEPT, REJECT, Message, MessageType
from pare.tools import AppTool, Toolbox

TURN_ENDS = ("wait", "wait_for_notification", "send_message_to_user")
NOTHING_YET = "Nothing has happened yet."


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
        conversation(self._seat)
        tools = assistant_tools(self._seat)
        self._observing = self._seat.toolbox([tool for tool in tools if _may_observe(tool)])
        self._executing = self._seat.toolbox([tool for tool in tools if not _is_wait(tool)])
        self._observer = assistant_loop(setup, "observe", "observe", self._observing)
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
        if self.mode is Mode.AWAITING_CONFIRMATION:
            answer = _answer(news)
            if answer is not None and _says(answer, ACCEPT):
                return await self._execute(answer, [item for item in news if item is not answer])
            if answer is None:
                tell(self._observer, news)
                return TurnResult(waited=True)
            self.mode, self.pending_goal = Mode.OBSERVE, None
        tell(self._observer, news)
        return await self._observe()

    async def _observe(self) -> TurnResult:
        if not self._observer.transcript.has_begun:
            self._observer.transcript.tell(NOTHING_YET)  # models answer somebody: a prompt alone is nobody
        steps = await self._steps(self._observer, self._observing, "observe")
        last = steps[-1]
        if last.succeeded("send_message_to_user"):
            self.mode, self.pending_goal = Mode.AWAITING_CONFIRMATION, _content(last)
        proposals = sum(step.succeeded("send_message_to_user") for step in steps)
        return TurnResult(waited=all(_only_waited(step) for step in steps), proposals=proposals)

    async def _execute(self, answer: Message, news: Sequence[Message]) -> TurnResult:
        self.mode = Mode.EXECUTE
        loop = assistant_loop(self._setup, "execute", "execute", self._executing)
        loop.counts = self._execute_counts
        loop.transcript.tell(
            task(f"The proposal that was accepted: {self.pending_goal}\nThe user's answer: {answer.message}")
        )
        self._share(loop, news)
        try:
            await self._steps(loop, self._executing, "execute")
        except RunEndedError as error:
            error.acceptances = 1
            raise
        finally:
            self.mode, self.pending_goal = Mode.OBSERVE, None
        return TurnResult(waited=False, acceptances=1)

    async def _steps(self, loop: ReactLoop, toolbox: Toolbox, role: str) -> list[Step]:
        """Take steps until one ends the turn, or the iterations of a turn are used up."""
        steps: list[Step] = []
        loop.begin_turn()
        for _ in range(self._setup.max_iterations[role]):
            if steps:
                self._share(loop, self._seat.news())
            steps.append(await loop.step(toolbox))
            if self._seat.is_over or loop.gave_up or steps[-1].succeeded(*TURN_ENDS):
                break
        return steps

    def _share(self, loop: ReactLoop, news: Sequence[Message]) -> None:
        """Tell what arrives while executing to the observer as well, who goes on afterwards."""
        tell(loop, news)
        if loop is not self._observer:
            tell(self._observer, news)


def _is_wait(tool: AppTool) -> bool:
    return tool.func_name == "wait" and isinstance(tool.class_instance, AgentUserInterface)


def _may_observe(tool: AppTool) -> bool:
    """Tell whether a tool only reads, or is the one that proposes."""
    return not tool.write_operation or (
        tool.func_name == "send_message_to_user" and isinstance(tool.class_instance, AgentUserInterface)
    )


def _only_waited(step: Step) -> bool:
    return step.succeeded("wait", "wait_for_notification")


def _content(step: Step) -> str:
    return str(step.observation.arguments.get("content", "")) if step.observation else ""


def _answer(news: Sequence[Message]) -> Message | None:
    """Give the latest message by which the user accepts or rejects."""
    answers = [item for item in news if _says(item, ACCEPT) or _says(item, REJECT)]
    return answers[-1] if answers else None


def _says(message: Message, token: str) -> bool:
    """Tell whether a message of the user begins with a token; further on in it, a token means nothing."""
    said = message.message.partition("\nMessage: ")[2]
    return message.message_type is MessageType.USER_MESSAGE and said.startswith(token)
