"""What the user and the agent are told when an email arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pare.tools.notices import excerpt


def arrived_for_user(args: Mapping[str, Any]) -> str:
    """Give sender, subject and the beginning of the content in one line."""
    return _line(f"New email from {_value(args, 'sender')}: {_subject(args)} - {_beginning(args)}")


def arrived_for_agent(args: Mapping[str, Any]) -> str:
    """Give sender, subject and the whole content."""
    return f"New email from {_value(args, 'sender')}\nSubject: {_subject(args)}\n\n{_value(args, 'content')}"


def reply_for_user(args: Mapping[str, Any]) -> str:
    """Give the sender and the beginning of the content in one line."""
    return _line(f"{_value(args, 'sender')} replied to your email: {_beginning(args)}")


def reply_for_agent(args: Mapping[str, Any]) -> str:
    """Give the sender, the id of the email that was replied to, and the whole content."""
    sender, email_id = _value(args, "sender"), _value(args, "email_id")
    return f"{sender} replied to the user's email {email_id}:\n\n{_value(args, 'content')}"


def created_for_agent(args: Mapping[str, Any]) -> str:
    """Give sender, recipients, subject and the whole content."""
    recipients = args.get("recipients") or []
    to = ", ".join(map(str, recipients)) if isinstance(recipients, (list, tuple)) else str(recipients)
    head = f"New email from {_value(args, 'sender')} to {to or 'nobody'}"
    return f"{head}\nSubject: {_subject(args)}\n\n{_value(args, 'content')}"


def _value(args: Mapping[str, Any], name: str) -> str:
    value = args.get(name)
    return "" if value is None else str(value)


def _subject(args: Mapping[str, Any]) -> str:
    return _value(args, "subject") or "(no subject)"


def _beginning(args: Mapping[str, Any]) -> str:
    return excerpt(_value(args, "content"))


def _line(text: str) -> str:
    return " ".join(text.split())
