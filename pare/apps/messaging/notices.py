"""What the messaging app tells the user (one line) and the agent (the whole) about a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pare.tools.notices import excerpt

Args = Mapping[str, Any]


def message_received(args: Args) -> str:
    """Say who wrote, where, and how the message begins."""
    return f"{_message_head(args)}: {excerpt(args['content'])}"


def message_received_in_full(args: Args) -> str:
    """Say who wrote, where, and what."""
    return f"{_message_head(args)}: {args['content']}"


def _message_head(args: Args) -> str:
    return f"New message from {args['sender_id']} in conversation {args['conversation_id']}"


def group_created(args: Args) -> str:
    """Say who is in a new group, and its title if it was given one."""
    title = f", titled {args['title']!r}" if args.get("title") else ""
    return f"New group conversation with {', '.join(args['user_ids'])}{title}"


def participant_added(args: Args) -> str:
    """Say who joined which conversation."""
    return f"{args['user_id']} was added to conversation {args['conversation_id']}"


def participant_removed(args: Args) -> str:
    """Say who left which conversation."""
    return f"{args['user_id']} was removed from conversation {args['conversation_id']}"


def title_changed(args: Args) -> str:
    """Say which conversation has a new title."""
    return f"Conversation {args['conversation_id']} is now titled {args['title']!r}"
