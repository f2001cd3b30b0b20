"""What messaging by names tells the user (one line) and the agent (the whole) about a message."""

from __future__ import annotations

from pare.apps.messaging import notices
from pare.apps.messaging.notices import Args


def message_received(args: Args) -> str:
    """Say who wrote, where, and how the message begins."""
    return notices.message_received({**args, "sender_id": args["sender"]})


def message_received_in_full(args: Args) -> str:
    """Say who wrote, where, and what."""
    return notices.message_received_in_full({**args, "sender_id": args["sender"]})
