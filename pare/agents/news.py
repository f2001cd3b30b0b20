"""What has arrived, as lines for a prompt."""

from __future__ import annotations

from collections.abc import Iterable

from pare.notifications import Message


def environment_lines(notices: Iterable[Message]) -> str:
    """Give one line a notice, each with its simulated time."""
    return "\n".join(f"[{notice.timestamp:%Y-%m-%d %H:%M:%S}] {notice.message}" for notice in notices)
