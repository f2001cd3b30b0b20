"""What has arrived, and what is announced at all, as lines for a prompt."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import cache
from typing import Any, cast

from pare.apps.base import App
from pare.notifications import Message, MessageType, VerbosityLevel
from pare.tools.notices import notice_of

IN_SILENCE = (MessageType.USER_MESSAGE, MessageType.AGENT_MESSAGE, MessageType.ENVIRONMENT_STOP)
"""What is no line among the notices: messages are tasks, and a stop ends the run."""


def environment_lines(notices: Iterable[Message]) -> str:
    """Give one line a notice, each with its simulated time."""
    return "\n".join(f"[{notice.timestamp:%Y-%m-%d %H:%M:%S}] {notice.message}" for notice in notices)


def notified_tools(apps: Iterable[App], level: VerbosityLevel) -> list[str]:
    """Name the functions whose calls are announced at a level, as ``<app>__<function>``."""
    return [f"{app.name}__{name}" for app in apps for name in _notifying(cast(Hashable, type(app)), level)]


@cache
def _notifying(app_class: Any, level: VerbosityLevel) -> tuple[str, ...]:
    marked = ((name, notice_of(app_class, name)) for name in dir(app_class))
    return tuple(name for name, texts in marked if texts is not None and texts.level <= level)
