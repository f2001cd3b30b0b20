"""An agent's place at a phone: it asks its model, acts through tools, and reads its inbox.

Simulated time passes here and nowhere else: a reply takes its generation time, and what falls due in
it happens before the chosen action, which may be stale by then, as in life.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pare.agents.generation import GenerationTime
from pare.agents.observations import Observation, observe
from pare.agents.parsing import Decision
from pare.errors import PareError
from pare.kernel.enums import EnvironmentState
from pare.kernel.environment import Environment
from pare.llm.client import Complete, EndpointError
from pare.llm.seeds import request_seed
from pare.llm.types import CallLabel, Completion, CompletionRequest, Message, SamplingParameters
from pare.notifications import Message as Notice
from pare.notifications import NotificationSystem
from pare.tools import Toolbox
from pare.tools.toolbox import NoiseHook

RunEndReason = Literal["context_overflow", "content_filter", "empty_reply", "token_limit"]


class RunEndedError(PareError):
    """A model can go no further in this run; the validator judges what there is.

    `acceptances` are those of the turn that was broken off.
    """

    acceptances = 0

    def __init__(self, reason: RunEndReason, role: str, message: str) -> None:
        super().__init__(message)
        self.reason: RunEndReason = reason
        self.role = role


@dataclass(frozen=True)
class RunLabel:
    """Which run this is."""

    scenario_id: str
    run_number: int = 1
    config_hash: str = ""
    seed: int = 0


@dataclass
class Spending:
    """What all models of a run have used together."""

    tokens: int = 0


@dataclass
class RoleModel:
    """The model of one role: where it is asked, its name on the wire, and how it draws."""

    role: str
    complete: Complete
    model: str
    sampling: SamplingParameters = field(default_factory=SamplingParameters)
    calls: int = 0
    tokens: int = 0

    async def reply(
        self,
        run: RunLabel,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        stop: tuple[str, ...],
    ) -> Completion:
        """Ask once; calls are numbered, and each has a seed of its own."""
        label = CallLabel(run.scenario_id, run.run_number, run.config_hash, self.role, self.calls)
        self.calls += 1
        sampling = SamplingParameters(
            temperature=self.sampling.temperature,
            top_p=self.sampling.top_p,
            max_tokens=self.sampling.max_tokens,
            stop=stop,
            seed=request_seed(run.seed, label),
            reasoning_effort=self.sampling.reasoning_effort,
        )
        completion = await self.complete(CompletionRequest(self.model, messages, label, sampling, tools))
        self.tokens += completion.usage.prompt_tokens + completion.usage.completion_tokens
        return completion


@dataclass(frozen=True)
class Limits:
    """What ends a turn or a run, or cuts text."""

    max_observation_chars: int = 20_000
    max_malformed_replies: int = 10
    max_tokens_per_run: int | None = None


Record = Callable[[str, str, Mapping[str, Any]], None]
"""Note that something of a kind happened at a role: for the trace."""


def record_nothing(kind: str, role: str, data: Mapping[str, Any]) -> None:
    """Note nothing."""


@dataclass
class Seat:
    """One side's place at the phone of `environment`; `reader` names its inbox.

    The seats of a run share one `spending`: its token limit is for all roles together.
    """

    environment: Environment
    notifications: NotificationSystem
    reader: str
    run: RunLabel
    generation: GenerationTime = field(default_factory=GenerationTime)
    limits: Limits = field(default_factory=Limits)
    noise: NoiseHook | None = None
    record: Record = field(default=record_nothing)
    spending: Spending = field(default_factory=Spending)

    @property
    def is_over(self) -> bool:
        """Whether the environment has ended, or its duration has passed."""
        env = self.environment
        return env.state is not EnvironmentState.RUNNING or env.current_time >= env.deadline

    def news(self) -> list[Notice]:
        """Give what has arrived since the last look; it is read now."""
        notices = self.notifications.inbox(self.reader).read()
        for notice in notices:
            self.record("notice", self.reader, {"type": notice.message_type.value, "text": notice.message})
        return notices

    def toolbox(self, tools: Sequence[Any]) -> Toolbox:
        """Give tools as this seat may call them, noise included."""
        return Toolbox(tools, self.noise)

    async def ask(
        self,
        model: RoleModel,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        stop: tuple[str, ...],
    ) -> Completion:
        """Ask `model`, and let the time pass that the reply takes; an empty reply is asked for once more.

        Raises:
            RunEndedError: the run ends here, by what the model said or could not say.
            EndpointError: the endpoint gave no reply; that is no fact about the agent.
        """
        completion = await self._ask_once(model, messages, tools, stop)
        if completion.is_empty and not self.is_over:
            completion = await self._ask_once(model, messages, tools, stop)
        if completion.is_empty and not self.is_over:
            raise RunEndedError("empty_reply", model.role, "the model said nothing, twice")
        return completion

    async def _ask_once(
        self,
        model: RoleModel,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        stop: tuple[str, ...],
    ) -> Completion:
        limit = self.limits.max_tokens_per_run
        if limit is not None and self.spending.tokens >= limit:
            raise RunEndedError("token_limit", model.role, f"the run has used its {limit} tokens")
        try:
            completion = await model.reply(self.run, messages, tools, stop)
        except EndpointError as error:
            if error.kind == "context_overflow":
                raise RunEndedError("context_overflow", model.role, str(error)) from error
            if error.kind == "content_filter":
                raise RunEndedError("content_filter", model.role, str(error)) from error
            raise
        self.record("reply", model.role, _reply_of(completion))
        self.spending.tokens += completion.usage.prompt_tokens + completion.usage.completion_tokens
        seconds = self.generation.of(
            completion, self.run.scenario_id, self.run.run_number, model.role, model.calls
        )
        await self.environment.advance_async(self.environment.current_time + seconds)
        if completion.finish_reason == "content_filter":
            raise RunEndedError("content_filter", model.role, "the provider filtered the reply")
        return completion

    async def act(self, decision: Decision, toolbox: Toolbox) -> Observation:
        """Make the call that was decided."""
        with self.environment.run_context.active():
            observation = await observe(decision, toolbox, self.limits.max_observation_chars)
        self.environment.raise_defect()
        return observation


def _reply_of(completion: Completion) -> dict[str, Any]:
    """Give a reply as a trace has it: what was said and what it took, wall time in a field of its own."""
    usage = completion.usage
    return {
        "text": completion.text,
        "reasoning": completion.reasoning,
        "calls": [{"name": call.name, "arguments": call.arguments} for call in completion.tool_calls],
        "finish": completion.finish_reason,
        "model": completion.model,
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "completion_tokens": usage.completion_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "estimated": usage.estimated,
        "wall_seconds": completion.latency_seconds,
    }
