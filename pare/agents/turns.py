"""Turns, and the jumps of the clock between them: of a user and an assistant, or of an agent alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pare.agents.protocol import Agent, TurnResult
from pare.agents.seat import RunEndedError, RunEndReason
from pare.kernel.enums import EnvironmentState
from pare.kernel.environment import Environment
from pare.kernel.host import AGENT, USER
from pare.notifications import NotificationSystem

TurnsEnd = Literal["max_turns", "stopped", "failed", "duration", "idle"] | RunEndReason


def tell_nobody(_number: int) -> None:
    """Keep the beginning of a turn to oneself."""


@dataclass
class Turns:
    """How far a run has come. `role` names who ended it, where a model did."""

    number: int = 0
    proposals: int = 0
    acceptances: int = 0
    ended: TurnsEnd | None = None
    role: str | None = None
    message: str = ""

    def add(self, result: TurnResult) -> None:
        """Count what one side came to."""
        self.proposals += result.proposals
        self.acceptances += result.acceptances

    def break_off(self, error: RunEndedError) -> None:
        """Note that a model ended the run in the middle of a turn."""
        self.ended, self.role, self.message = error.reason, error.role, str(error)
        self.acceptances += error.acceptances


def end_of(environment: Environment, turns: Turns, max_turns: int | None) -> TurnsEnd | None:
    """Say why there is no further turn, or None."""
    if environment.state is EnvironmentState.FAILED:
        return "failed"
    if environment.state is not EnvironmentState.RUNNING:
        return "stopped"
    if environment.current_time >= environment.deadline:
        return "duration"
    return "max_turns" if max_turns is not None and turns.number >= max_turns else None


async def jump(
    environment: Environment, turns: Turns, max_turns: int | None, *, stop_at_noise: bool = False
) -> TurnsEnd | None:
    """Go on to the scenario's own next event; say why the run ends there, or None.

    An event that lies behind the duration never comes. With `stop_at_noise` the way ends where some is.
    """
    happened = await environment.jump_async(stop_at_noise)
    ended = end_of(environment, turns, max_turns)
    if ended is not None or happened:
        return ended
    return "idle" if environment.event_queue.next_item_time() is None else "duration"


@dataclass(frozen=True)
class TurnLoop:
    """A turn is the user's, then the assistant's, and lasts at least `min_turn_seconds` of simulated time."""

    environment: Environment
    notifications: NotificationSystem
    user: Agent
    assistant: Agent
    max_turns: int | None
    min_turn_seconds: float = 5.0
    on_turn: Callable[[int], None] = tell_nobody

    async def play(self) -> Turns:
        """Take turns until the run ends, and say how it did.

        Raises:
            EndpointError: an endpoint gave no reply.
        """
        turns = Turns()
        await self.environment.advance_async(self.environment.current_time)
        turns.ended = self._end(turns)
        try:
            while turns.ended is None:
                await self._turn(turns)
        except RunEndedError as error:
            turns.break_off(error)
        return turns

    async def _turn(self, turns: Turns) -> None:
        env = self.environment
        began, happened = env.current_time, env.happened
        self.on_turn(turns.number + 1)
        results = [await self._half(self.user, turns)]
        if self._end(turns) is None:
            results.append(await self._half(self.assistant, turns))
        turns.number += 1
        if env.state is EnvironmentState.RUNNING:
            await env.advance_async(max(env.current_time, began + self.min_turn_seconds))
        turns.ended = self._end(turns)
        if (
            turns.ended is None
            and all(result.waited for result in results)
            and not self._is_awaited(happened)
        ):
            turns.ended = await jump(env, turns, self.max_turns)

    async def _half(self, agent: Agent, turns: Turns) -> TurnResult:
        result = await agent.take_turn()
        turns.add(result)
        return result

    def _end(self, turns: Turns) -> TurnsEnd | None:
        return end_of(self.environment, turns, self.max_turns)

    def _is_awaited(self, happened: int) -> bool:
        """Tell whether somebody has something to react to: a proposal, or an unread notice of an event.

        `happened` is how much had when the turn began. If nothing has since, an unread notice is one that
        says only that a wait is over.
        """
        inboxes = map(self.notifications.inbox, (AGENT, USER))
        unread = any(inbox.has_unread_of_scenario() for inbox in inboxes)
        return self.assistant.has_pending_proposal or (unread and self.environment.happened > happened)


@dataclass(frozen=True)
class SingleAgentLoop:
    """An agent alone is woken by what is in its inbox; in between the clock runs on until something is.

    A turn is counted when the agent completes it, by a message to the user or at a limit of its own.
    """

    environment: Environment
    notifications: NotificationSystem
    agent: Agent
    max_turns: int | None = None
    on_turn: Callable[[int], None] = tell_nobody

    async def play(self) -> Turns:
        """Wake the agent until the run ends, and say how it did.

        Raises:
            EndpointError: an endpoint gave no reply.
        """
        turns = Turns()
        turns.ended = await self._until_notice(turns)
        try:
            while turns.ended is None:
                self.on_turn(turns.number + 1)
                result = await self.agent.take_turn()
                turns.add(result)
                turns.number += result.completed
                turns.ended = await self._until_notice(turns)
        except RunEndedError as error:
            turns.break_off(error)
        return turns

    async def _until_notice(self, turns: Turns) -> TurnsEnd | None:
        """Let the clock run on until there is a notice; say why none can come any more, or None."""
        await self.environment.advance_async(self.environment.current_time)
        ended = end_of(self.environment, turns, self.max_turns)
        while ended is None and not self.notifications.has_unread(AGENT):
            ended = await jump(self.environment, turns, self.max_turns, stop_at_noise=True)
        return ended
