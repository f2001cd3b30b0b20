"""The single agent: it has the phone to itself, is given tasks by message, and reports by message."""

from __future__ import annotations

from collections.abc import Mapping

from pare.agents.briefing import assistant_loop, assistant_tools, conversation, tell
from pare.agents.parsing import Decision
from pare.agents.protocol import AgentSetup, TurnResult
from pare.agents.react import Counts
from pare.tools import Toolbox

ROLE = "execute"
"""Its model and its iteration limit are those that a proactive agent executes with."""

WAITS = ("wait_for_notification", "wait")
MESSAGE = "send_message_to_user"

PAUSED = TurnResult(waited=True, completed=False)
COMPLETED = TurnResult(waited=False)


class SingleAgent:
    """A model with all tools of an assistant; what is in its inbox wakes it.

    A turn is completed by a message to the user, or at a limit, which it then tells the user. Waiting
    for a notification pauses it: iterations go on counting when the agent is woken again.
    """

    plays_alone = True

    def __init__(self, setup: AgentSetup) -> None:
        self._seat = setup.seat
        self._limit = setup.max_iterations[ROLE]
        self._conversation = conversation(setup.seat)
        self._toolbox = setup.seat.toolbox(assistant_tools(setup.seat))
        self._loop = assistant_loop(setup, ROLE, "default", self._toolbox)
        self._iterations = 0

    @property
    def counts(self) -> Mapping[str, Counts]:
        """What the agent did."""
        return {ROLE: self._loop.counts}

    @property
    def has_pending_proposal(self) -> bool:
        """Whether a proposal waits; this agent proposes nothing."""
        return False

    async def take_turn(self) -> TurnResult:
        """Work until the turn is completed, or until there is something to wait for."""
        self._loop.begin_turn()
        while True:
            tell(self._loop, self._seat.news())
            if self._iterations >= self._limit:
                return await self._stop_at(f"the limit of {self._limit} steps")
            self._iterations += 1
            step = await self._loop.step(self._toolbox)
            if step.succeeded(MESSAGE):
                return self._completed()
            if self._seat.is_over or step.succeeded(*WAITS):
                return PAUSED
            if self._loop.gave_up:
                return await self._stop_at("the limit of replies that could not be read")

    async def _stop_at(self, limit: str) -> TurnResult:
        """Tell the user, in the place of the model, that a limit was reached."""
        text = f"I stop here: {limit} was reached before I was done."
        tool = self._conversation.get_tool(MESSAGE)
        if tool is not None:
            await self._seat.act(Decision(tool.name, {"content": text}), Toolbox([tool]))
        self._loop.transcript.tell(f"You were stopped, and the user was told: {text}")
        return self._completed()

    def _completed(self) -> TurnResult:
        self._iterations = 0
        return COMPLETED
