"""Turns of a user and an assistant, and the jumps of the clock between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pare.agents.protocol import Agent, TurnResult
from pare.agents.seat import RunEndedError, RunEndReason
from pare.kernel.enums import EnvironmentState
from pare.kernel.environment import Environment
from pare.kernel.host import AGENT, USER
from pare.notifications import NotificationSystem

TurnsEnd = Literal["max_turns", "stopped", "failed", "duration", "idle"] | RunEndReason


@dataclass
class Turns:
    """How far a run has come. `role` names who ended it, where a model did."""

    number: int = 0
    proposals: int = 0
    acceptances: int = 0
    ended: TurnsEnd | None = None
    role: str | None = None
    message: str = ""


@dataclass(frozen=True)
class TurnLoop:
    """A turn is the user's, then the assistant's, and lasts at least `min_turn_seconds` of simulated time."""

    environment: Environment
    notifications: NotificationSystem
    user: Agent
    assistant: Agent
    max_turns: int | None
    min_turn_seconds: float = 5.0

    async def play(self) -> Turns:
        """Take turns until the run ends, and say how it did.

        Raises:
            EndpointError: an endpoint gave no reply.
        """
        turns = Turns()
        try:
            while turns.ended is None:
                await self._turn(turns)
        except RunEndedError as error:
            turns.ended, turns.role, turns.message = error.reason, error.role, str(error)
        return turns

    async def _turn(self, turns: Turns) -> None:
        env = self.environment
        began = env.current_time
        results = [await self.user.take_turn()]
        if not self._is_over():
            results.append(await self.assistant.take_turn())
        turns.number += 1
        turns.proposals += sum(result.proposals for result in results)
        turns.acceptances += sum(result.acceptances for result in results)
        if env.state is EnvironmentState.RUNNING:
            await env.advance_async(max(env.current_time, began + self.min_turn_seconds))
        turns.ended = self._end(turns) or await self._pass_idle_time(results)

    def _is_over(self) -> bool:
        env = self.environment
        return env.state is not EnvironmentState.RUNNING or env.current_time >= env.deadline

    def _end(self, turns: Turns) -> TurnsEnd | None:
        state = self.environment.state
        if state is EnvironmentState.FAILED:
            return "failed"
        if state is not EnvironmentState.RUNNING:
            return "stopped"
        if self._is_over():
            return "duration"
        return "max_turns" if self.max_turns is not None and turns.number >= self.max_turns else None

    async def _pass_idle_time(self, results: list[TurnResult]) -> TurnsEnd | None:
        """After a turn in which nobody had anything to do, go on to the scenario's next event."""
        idle = all(result.waited for result in results) and not self._is_awaited()
        if not idle:
            return None
        if not await self.environment.jump_async():
            return self._end(Turns()) or "idle"
        return None

    def _is_awaited(self) -> bool:
        """Tell whether somebody has something to react to: an unread notice, or a proposal."""
        unread = any(self.notifications.has_unread(reader) for reader in (AGENT, USER))
        return unread or self.assistant.has_pending_proposal
