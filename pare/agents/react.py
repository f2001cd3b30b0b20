"""Think, act, observe: one loop for every role, with the decisions about tools and turns left to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pare.agents.formats import ActionFormat
from pare.agents.observations import Observation
from pare.agents.parsing import Decision, Malformed
from pare.agents.seat import RoleModel, Seat
from pare.agents.transcript import Transcript
from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.tools import AppTool, Toolbox


@dataclass
class Counts:
    """What a role did: calls that only looked, calls that changed something, and replies that were no use."""

    reads: int = 0
    writes: int = 0
    malformed: int = 0
    invalid: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the decision, None if the reply held none, and what came of it."""

    decision: Decision | None
    observation: Observation | None

    def succeeded(self, *functions: str) -> bool:
        """Tell whether a tool of one of these function names was called, and worked.

        Only what the phone itself offers for waiting and for talking counts, not an app's tool of that name.
        """
        observed = self.observation
        if observed is None or observed.failed or observed.tool is None:
            return False
        return observed.tool.func_name in functions and is_of_phone(observed.tool)


def is_of_phone(tool: AppTool) -> bool:
    """Tell whether a tool belongs to the conversation or to the system, not to an app for the user."""
    owner = tool.class_instance
    return isinstance(getattr(owner, "app", owner), (AgentUserInterface, SystemApp))


@dataclass
class ReactLoop:
    """A role's model, transcript and counts."""

    seat: Seat
    model: RoleModel
    format: ActionFormat
    transcript: Transcript
    counts: Counts = field(default_factory=Counts)
    malformed_in_a_row: int = 0
    recorded: int = 0
    _offered: tuple[Toolbox | None, Sequence[Mapping[str, Any]]] = (None, ())

    def begin_turn(self) -> None:
        """Forget the replies that could not be read: the limit of them is for one turn."""
        self.malformed_in_a_row = 0

    async def step(self, toolbox: Toolbox, tail: str = "") -> Step:
        """Ask once and do what was decided; a reply that cannot be read becomes an observation.

        Raises:
            RunEndedError: the run ends here.
            EndpointError: the endpoint gave no reply.
        """
        messages = self.transcript.prompt(tail)
        self._record_prompt(tail)
        completion = await self.seat.ask(self.model, messages, self._schemas(toolbox), self.format.stop)
        self.transcript.add([self.format.reply(completion)])
        read = self.format.read(completion)
        if isinstance(read, Malformed):
            return self._refuse(read)
        self.malformed_in_a_row = 0
        if self.seat.is_over:
            return Step(read, None)
        return await self._act(read, toolbox)

    def _schemas(self, toolbox: Toolbox) -> Sequence[Mapping[str, Any]]:
        """Give what goes with the request: for the same toolbox the same object, so it is written once."""
        if self._offered[0] is not toolbox:
            self._offered = toolbox, tuple(self.format.schemas(toolbox))
        return self._offered[1]

    @property
    def gave_up(self) -> bool:
        """Whether so many replies in a row could not be read that the turn ends."""
        return self.malformed_in_a_row >= self.seat.limits.max_malformed_replies

    def _record_prompt(self, tail: str) -> None:
        """Note what is new in the prompt: the messages since the last one, and what holds only now."""
        new = self.transcript.messages[self.recorded :]
        self.recorded = len(self.transcript.messages)
        told = [{"role": message.role, "content": message.content} for message in new]
        self.seat.record("prompt", self.model.role, {"messages": told, "tail": tail})

    def _refuse(self, read: Malformed) -> Step:
        self.counts.malformed += 1
        self.malformed_in_a_row += 1
        self._observe(read.complaint, read, failed=True)
        return Step(None, None)

    async def _act(self, decision: Decision, toolbox: Toolbox) -> Step:
        observation = await self.seat.act(decision, toolbox)
        self._count(observation)
        self._observe(observation.text, decision, failed=observation.failed)
        return Step(decision, observation)

    def _count(self, observation: Observation) -> None:
        if observation.tool is None:
            self.counts.invalid += 1
        elif observation.tool.write_operation:
            self.counts.writes += 1
        else:
            self.counts.reads += 1

    def _observe(self, text: str, read: Decision | Malformed, *, failed: bool) -> None:
        told = self.transcript.observation(text, failed=failed)
        self.transcript.add(self.format.observation(told, read))
        kind = "error" if failed else "observation"
        call = {"tool": read.tool, "arguments": read.arguments} if isinstance(read, Decision) else {}
        self.seat.record(kind, self.model.role, {**call, "text": text})
