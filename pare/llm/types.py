"""What is said to a model and what comes back, whatever the provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "unknown"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A native tool call of a model; `arguments` is the JSON text that it wrote, valid or not."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message of a conversation.

    A "tool" message answers the call `tool_call_id`. Messages are compared by identity and never
    change, so a client may encode each once and keep the bytes (in `encoded`, by provider).
    """

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    encoded: dict[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class CallLabel:
    """Which call of which run this is: the key of its journal entry, and what its seed derives from.

    Scenario id, run number and config hash name the job; `ordinal` counts the calls of a role from 0.
    """

    scenario_id: str
    run_number: int
    config_hash: str
    role: str
    ordinal: int
    step: str = ""


@dataclass(frozen=True, slots=True)
class SamplingParameters:
    """How a model draws its reply; None leaves a parameter to the provider, `max_tokens` is finite."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int = 4096
    stop: tuple[str, ...] = ()
    seed: int | None = None
    reasoning_effort: str | None = None


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """Ask the model `model` (its name on the wire) to go on after `messages`.

    `tools` are schemas of native tool calls, as ``AppTool.to_open_ai`` gives them.
    """

    model: str
    messages: Sequence[Message]
    label: CallLabel
    sampling: SamplingParameters = SamplingParameters()
    tools: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a call. `estimated` says that the provider did not count and we did, from the text."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Effort:
    """What it took to get a reply, or to fail: attempts that were sent, and seconds that were waited.

    `queued_seconds` passed in the limiter's queue, `backoff_seconds` between attempts, `paused_seconds`
    while the endpoint was away.
    """

    attempts: int = 1
    queued_seconds: float = 0.0
    backoff_seconds: float = 0.0
    paused_seconds: float = 0.0

    def __add__(self, other: Effort) -> Effort:
        """Give the sum of both."""
        return Effort(
            self.attempts + other.attempts,
            self.queued_seconds + other.queued_seconds,
            self.backoff_seconds + other.backoff_seconds,
            self.paused_seconds + other.paused_seconds,
        )


NO_EFFORT = Effort(attempts=0)
"""Nothing sent, nothing waited: where sums begin."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A reply. `latency_seconds` is that of the call itself: no time in a queue or a back-off.

    `model` is what the server says has answered; `raw_finish_reason` is its own word. `replayed` says
    that the reply was read from a journal. `effort` is filled in by the policies around the client.
    """

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning: str = ""
    finish_reason: FinishReason = "stop"
    raw_finish_reason: str | None = None
    usage: Usage = Usage()
    model: str | None = None
    system_fingerprint: str | None = None
    latency_seconds: float = 0.0
    replayed: bool = False
    effort: Effort = Effort()

    @property
    def is_truncated(self) -> bool:
        """Whether the reply was cut off before it said anything."""
        return self.finish_reason == "length" and not self.text.strip() and not self.tool_calls

    @property
    def is_empty(self) -> bool:
        """Whether the reply says nothing."""
        return not self.text.strip() and not self.tool_calls

    def after(self, spent: Effort) -> Completion:
        """Give the same reply with the effort that was `spent` before it added to its own."""
        return self if spent == NO_EFFORT else replace(self, effort=spent + self.effort)
