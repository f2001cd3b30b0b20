"""What the notes app tells the user and the agent about a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def folder_deleted(args: Mapping[str, Any]) -> str:
    """Say which folder was deleted."""
    return f"The notes folder {args['folder_name']} was deleted"
