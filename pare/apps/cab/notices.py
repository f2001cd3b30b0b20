"""What the cab app tells the user and the agent about a ride, in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pare.tools.notices import excerpt

_LINE = 200


def cancelled(args: Mapping[str, Any]) -> str:
    """Say who cancelled the ride, and the message if there is one."""
    return f"The ride was cancelled by the {args.get('who_cancel', 'driver')}{_message(args)}"


def cancelled_by_user(args: Mapping[str, Any]) -> str:  # noqa: ARG001 - a notice takes the arguments
    """Say that the user cancelled the ride."""
    return "The ride was cancelled by the user"


def status_changed(args: Mapping[str, Any]) -> str:
    """Say the new status of the ride, and the message if there is one."""
    return f"The ride is now {args.get('status')}{_message(args)}"


def ended(args: Mapping[str, Any]) -> str:  # noqa: ARG001 - a notice takes the arguments
    """Say that the ride is over."""
    return "The ride was completed"


def _message(args: Mapping[str, Any]) -> str:
    message = args.get("message")
    return f": {excerpt(str(message), _LINE)}" if message else ""
