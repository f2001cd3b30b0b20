"""What the calendar tells the user and the agent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pare.tools.notices import excerpt

_LINE = 200


def added_for_user(args: Mapping[str, Any]) -> str:
    """Tell in one line who added which event, and when it starts."""
    who, title = excerpt(str(args.get("who_add")), _LINE), excerpt(str(args.get("title", "Event")), _LINE)
    return f"{who} added the calendar event {title!r}, starting {args.get('start_datetime') or 'now'}"


def added_for_agent(args: Mapping[str, Any]) -> str:
    """Tell all that is known about the event that was added."""
    details = {
        "Starts": args.get("start_datetime") or "now",
        "Ends": args.get("end_datetime") or "one hour from now",
        "Description": args.get("description"),
        "Location": args.get("location"),
        "Attendees": ", ".join(map(str, args.get("attendees") or ())),
    }
    lines = [f"{name}: {value}" for name, value in details.items() if value]
    return "\n".join(
        [f"{args.get('who_add')} added the calendar event {args.get('title', 'Event')!r}", *lines]
    )


def deleted(args: Mapping[str, Any]) -> str:
    """Tell in one line who deleted which event."""
    who = excerpt(str(args.get("who_delete")), _LINE)
    return f"{who} deleted the calendar event {excerpt(str(args.get('event_id')), _LINE)!r}"
