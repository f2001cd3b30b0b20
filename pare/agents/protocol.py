"""What an agent is: something that takes its turn at a phone. Users implement it for agents of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pare.agents.formats import ActionFormat
from pare.agents.prompting import Prompts
from pare.agents.react import Counts
from pare.agents.seat import RoleModel, Seat
from pare.apps.phone import Phone


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a turn came to.

    `waited` says that the agent did nothing but wait. An agent alone on the phone says with `completed`
    whether it is done for now (True) or has only paused until something happens.
    """

    waited: bool
    proposals: int = 0
    acceptances: int = 0
    completed: bool = True


class Agent(Protocol):
    """One side of a run: the user, or the assistant."""

    @property
    def counts(self) -> Mapping[str, Counts]:
        """What each role of this agent did."""

    @property
    def has_pending_proposal(self) -> bool:
        """Whether a proposal of this agent waits for an answer."""

    async def take_turn(self) -> TurnResult:
        """Do what there is to do now, through the seat.

        Raises:
            RunEndedError: the run ends here.
            EndpointError: an endpoint gave no reply.
        """


@dataclass(frozen=True)
class AgentSetup:
    """All that an agent is made from: its seat, phone, models by role, limits by role, prompts.

    `phone` is what a user taps on; None where the scenario has no home screen.
    """

    seat: Seat
    phone: Phone | None
    models: Mapping[str, RoleModel]
    max_iterations: Mapping[str, int]
    format: ActionFormat
    prompts: Prompts = field(default_factory=Prompts)
    task_description: str = ""
