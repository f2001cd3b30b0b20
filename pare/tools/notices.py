"""The marker that says what a call tells the readers of the phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])
Text = Callable[[Mapping[str, Any]], str]


class VerbosityLevel(IntEnum):
    """How much of what happens is notified."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True)
class NoticeTexts:
    """What a call tells the user and the agent, from the arguments of the call.

    It is told at verbosity `level` and above; an agent's own call is told only if `agent_calls`.
    """

    user: Text
    agent: Text
    level: VerbosityLevel
    agent_calls: bool


def notifies(
    user: Text,
    agent: Text | None = None,
    level: VerbosityLevel = VerbosityLevel.MEDIUM,
    agent_calls: bool = True,
) -> Callable[[Method], Method]:
    """Mark a method whose calls make a notice: one short line for the user, the whole for the agent.

    Put it outermost. `user` and `agent` take the arguments of the call; `agent` is `user` unless given.
    """

    def mark(method: Method) -> Method:
        method.__notice__ = NoticeTexts(user, agent or user, level, agent_calls)  # type: ignore[attr-defined]
        return method

    return mark


def notice_of(owner: Any, function_name: str) -> NoticeTexts | None:
    """Give the texts of a method of a class, also where a subclass overrides it; None without any."""
    return _notice_of(owner, function_name)


@cache
def _notice_of(owner: Any, function_name: str) -> NoticeTexts | None:
    for cls in owner.__mro__:
        notice: NoticeTexts | None = getattr(vars(cls).get(function_name), "__notice__", None)
        if notice is not None:
            return notice
    return None


def excerpt(text: str, limit: int = 20) -> str:
    """Give the first `limit` characters of `text` in one line, with an ellipsis where it goes on."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit]}…"
