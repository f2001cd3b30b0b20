"""Scripted models: plain functions of the request instead of a language model; no key, no network.

A policy gives the reply to a request. It looks at nothing else, so the same run always gets the same
replies, in whatever process, also when it is taken up again in the middle. `ScriptedModel` lets a policy
answer like a client; ``pare endpoint`` lets it answer over HTTP.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from math import ceil
from random import Random
from typing import Any

import anyio
from pydantic import TypeAdapter, ValidationError

from pare.errors import ConfigError, nearest
from pare.llm.digest import encode_json
from pare.llm.offered import ToolsOf, offered_tools, random_arguments, words_of
from pare.llm.types import (
    Completion,
    CompletionRequest,
    Message,
    SamplingParameters,
    ToolCall,
    Usage,
)
from pare.rng import derive_rng

ScriptedPolicy = Callable[[CompletionRequest], Completion]
PolicyFactory = Callable[..., ScriptedPolicy]

WAIT = "PAREAgentUserInterface__wait"
CHARACTERS_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 4
CACHED_BLOCK_TOKENS = 128


# --- policies -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """A tool call, in the words of whatever format the request asks for."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    thought: str = "I go on."

    def reply_to(self, request: CompletionRequest) -> Completion:
        """Make the call natively where `request` offers native tools, else in the text format."""
        arguments = encode_json(self.arguments).decode()
        if not request.tools:
            action = f'{{"action": {encode_json(self.tool).decode()}, "action_input": {arguments}}}'
            return Completion(f"Thought: {self.thought}\n\nAction:\n{action}<end_action>")
        call = ToolCall(f"call_{request.label.role}_{request.label.ordinal}", self.tool, arguments)
        return Completion(self.thought, (call,), finish_reason="tool_calls")


def fixed(replies: Sequence[str | Completion]) -> ScriptedPolicy:
    """Answer with each of `replies` in turn, and again from the first; each role counts for itself.

    Raises:
        ConfigError: there are none, or one is neither text nor a completion.
    """
    said = _validated("replies", tuple[str | Completion, ...], replies)
    completions = [Completion(reply) if isinstance(reply, str) else reply for reply in said]

    def answer(request: CompletionRequest) -> Completion:
        return completions[request.label.ordinal % len(completions)]

    return answer


def wait(tools_of: ToolsOf = offered_tools) -> ScriptedPolicy:
    """Do nothing but wait, with the tool for it that the request offers."""

    def answer(request: CompletionRequest) -> Completion:
        names = [tool.name for tool in tools_of(request) if "wait" in tool.name.lower()]
        best = min(names, key=lambda name: not name.endswith("__wait"), default=WAIT)
        return Step(best, thought="There is nothing to do.").reply_to(request)

    return answer


def steps(steps: Sequence[Step | Mapping[str, Any]], then: ScriptedPolicy | None = None) -> ScriptedPolicy:
    """Make the calls `steps`, one after the other, and go on as `then` does: by default, wait.

    A step is a `Step`, or a mapping of its fields. Each role counts for itself.

    Raises:
        ConfigError: there are none, or one is no step.
    """
    calls = _validated("steps", tuple[Step, ...], steps)
    afterwards = then or wait()

    def answer(request: CompletionRequest) -> Completion:
        ordinal = request.label.ordinal
        return calls[ordinal].reply_to(request) if ordinal < len(calls) else afterwards(request)

    return answer


def random(seed: int = 0, tools_of: ToolsOf = offered_tools) -> ScriptedPolicy:
    """Call any of the offered tools, with arguments that fit its schema; drawn per call from `seed`."""
    otherwise = wait(tools_of)

    def answer(request: CompletionRequest) -> Completion:
        offered = tools_of(request)
        if not offered:
            return otherwise(request)
        rng = rng_of(request, "scripted", seed)
        tool = rng.choice(offered)
        arguments = random_arguments(tool, rng, words_of(request))
        return Step(tool.name, arguments, "I try something.").reply_to(request)

    return answer


def rng_of(request: CompletionRequest, purpose: str, seed: int) -> Random:
    """Give the generator that belongs to a call, for one purpose."""
    label = request.label
    parts = ascii(label.scenario_id), label.run_number, ascii(label.role), label.ordinal
    return derive_rng(purpose, seed, *parts)


def by_role(
    policies: Mapping[str, ScriptedPolicy], otherwise: ScriptedPolicy | None = None
) -> ScriptedPolicy:
    """Answer each role with a policy of its own, and roles that are not named with `otherwise`: wait."""
    default = otherwise or wait()

    def answer(request: CompletionRequest) -> Completion:
        return policies.get(request.label.role, default)(request)

    return answer


def _validated(name: str, kind: Any, values: object) -> Any:
    try:
        checked = _adapter(kind).validate_python(values)
    except ValidationError as error:
        raise ConfigError(f"the {name} of a scripted model are wrong: {error}") from None
    if not checked:
        raise ConfigError(f"a scripted model needs {name}; there are none")
    return checked


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


# --- by name ------------------------------------------------------------------------------------------------


class ScriptedPolicies:
    """Policies by name, for configurations; further ones can be registered."""

    def __init__(self) -> None:
        self._factories: dict[str, PolicyFactory] = {
            "fixed": fixed,
            "wait": wait,
            "steps": steps,
            "random": random,
        }

    @property
    def names(self) -> list[str]:
        """All names, in order of the alphabet."""
        return sorted(self._factories)

    def register(self, name: str, factory: PolicyFactory) -> None:
        """Add a policy; the options that a user gives become keyword arguments of `factory`.

        Raises:
            ConfigError: the name is taken.
        """
        if name in self._factories:
            raise ConfigError(f"a scripted model {name!r} is registered already")
        self._factories[name] = factory

    def create(self, name: str, **options: Any) -> ScriptedPolicy:
        """Make the policy `name`.

        Raises:
            ConfigError: the name or an option is unknown, an option is missing or has a wrong value.
        """
        factory = self._factories.get(name)
        if factory is None:
            hint = f"{nearest(name, self.names)} Known: {', '.join(self.names)}"
            raise ConfigError(f"there is no scripted model {name!r}.{hint}")
        signature = inspect.signature(factory)
        try:
            signature.bind(**options)
        except TypeError as error:
            known = ", ".join(signature.parameters) or "none"
            raise ConfigError(f"scripted model {name!r}: {error}. Options: {known}") from None
        return factory(**options)


# --- as a model ---------------------------------------------------------------------------------------------


class ScriptedModel:
    """Ends a chain of policies in place of a client: waits for the latency, and answers.

    `latency` is in seconds, or a function of the request. It is what the completion reports, to the bit.
    """

    def __init__(
        self,
        policy: ScriptedPolicy,
        latency: float | Callable[[CompletionRequest], float] = 0.0,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._policy = policy
        self._latency = latency
        self._sleep = sleep

    async def __call__(self, request: CompletionRequest) -> Completion:
        """Give the reply of the policy."""
        latency = self._latency(request) if callable(self._latency) else self._latency
        await self._sleep(latency)
        return replace(answer_as_server(self._policy, request), latency_seconds=latency)


def jittered(seconds: float, jitter: float, seed: int = 0) -> Callable[[CompletionRequest], float]:
    """Give a latency of `seconds`, more or less up to `jitter`, drawn for each call from `seed`."""

    def latency(request: CompletionRequest) -> float:
        return max(0.0, seconds + rng_of(request, "latency", seed).uniform(-jitter, jitter))

    return latency


def answer_as_server(policy: ScriptedPolicy, request: CompletionRequest) -> Completion:
    """Give what `policy` says as a server would: cut at stop sequences and `max_tokens`, and counted."""
    reply = policy(request)
    text, was_cut = cut_text(reply.text, request.sampling)
    finish = "length" if was_cut else reply.finish_reason
    said = replace(reply, text=text, finish_reason=finish, model=reply.model or request.model)
    return said if said.usage != Usage() else replace(said, usage=plausible_usage(request, said))


def cut_text(text: str, sampling: SamplingParameters) -> tuple[str, bool]:
    """Cut `text` before the first stop sequence and after `max_tokens`; say whether the latter cut it."""
    ends = [end for stop in sampling.stop if stop and (end := text.find(stop)) >= 0]
    text = text[: min(ends)] if ends else text
    most = sampling.max_tokens * CHARACTERS_PER_TOKEN
    return text[:most], len(text) > most


def plausible_usage(request: CompletionRequest, reply: Completion) -> Usage:
    """Count tokens at four characters each; what a previous call has sent already counts as cached."""
    messages = request.messages
    tools = _tokens(len(encode_json(request.tools))) if request.tools else 0
    answered = next((n for n in range(len(messages) - 1, -1, -1) if messages[n].role == "assistant"), 0)
    sent_before = sum(map(_message_tokens, messages[:answered]))
    prompt = tools + sent_before + sum(map(_message_tokens, messages[answered:]))
    cached = (tools + sent_before) // CACHED_BLOCK_TOKENS * CACHED_BLOCK_TOKENS if answered else 0
    reasoning = _tokens(len(reply.reasoning))
    said = _tokens(len(reply.text) + sum(len(call.name + call.arguments) for call in reply.tool_calls))
    return Usage(prompt, cached, said + reasoning, reasoning)


def _message_tokens(message: Message) -> int:
    calls = sum(len(call.name) + len(call.arguments) for call in message.tool_calls)
    return TOKENS_PER_MESSAGE + _tokens(len(message.content) + calls)


def _tokens(characters: int) -> int:
    return ceil(characters / CHARACTERS_PER_TOKEN)
