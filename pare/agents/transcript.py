"""What an agent has been told and has said: a list that only grows.

A prompt is the transcript and, at its end, what holds only now (the screen and its tools). So a step
costs its own size, and a provider's prefix cache holds all that came before.
"""

from __future__ import annotations

from collections.abc import Iterable

from pare.llm.types import Message

FENCE = "***"


class Transcript:
    """Messages in the order in which they were said."""

    def __init__(self, system: str) -> None:
        self.messages: list[Message] = [Message("system", system)]
        self.steps = 0

    @property
    def has_begun(self) -> bool:
        """Whether there is more than the system prompt."""
        return len(self.messages) > 1

    def add(self, messages: Iterable[Message]) -> None:
        """Append messages."""
        self.messages.extend(messages)

    def tell(self, text: str) -> None:
        """Append what the agent is told."""
        self.messages.append(Message("user", text))

    def prompt(self, tail: str = "") -> list[Message]:
        """Give what to send: everything, and `tail`, which is not kept."""
        return [*self.messages, Message("user", tail)] if tail else list(self.messages)

    def observation(self, text: str, *, failed: bool) -> str:
        """Give an observation or error its number, in the form that readers of traces know."""
        self.steps += 1
        kind = "ERROR" if failed else "Observation"
        advice = "\nNow try again, in another way if need be." if failed else ""
        return f"[OUTPUT OF STEP {self.steps}] {kind}:\n{FENCE}\n{text}\n{FENCE}{advice}"


def block(heading: str, text: str) -> str:
    """Give a heading and a fenced text."""
    return f"{heading}\n{FENCE}\n{text}\n{FENCE}"


def task(text: str) -> str:
    """Give a task as an agent is told it."""
    return f"[TASK]:\n{text}"
