"""Prompts are files, ours or the user's; this fills in what is known when a run begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from pare.agents.formats import ActionFormat
from pare.errors import ConfigError

PromptName = Literal["user", "observe", "execute", "default"]

OUR_PROMPTS = Path(__file__).parent / "prompts"

ELEMENTS: dict[PromptName, tuple[str, ...]] = {
    "user": ("<<task_description>>", "<<available_apps>>", "<<curent_time_description>>"),
    "observe": (
        "<<tool_descriptions>>",
        "<<notification_system_description>>",
        "<<curent_time_description>>",
    ),
    "execute": (
        "<<tool_descriptions>>",
        "<<notification_system_description>>",
        "<<curent_time_description>>",
    ),
    "default": ("<<tool_descriptions>>", "<<curent_time_description>>"),
}
"""What a prompt file must hold, whoever wrote it."""


@dataclass(frozen=True)
class Prompts:
    """The prompt files of `directory`, and ours where it has none of that name.

    Raises:
        ConfigError: a file lacks an element; all such files are named.
    """

    directory: Path | None = None

    def __post_init__(self) -> None:
        problems = [problem for name in ELEMENTS for problem in self._missing(name)]
        if problems:
            raise ConfigError("; ".join(problems))

    def text(self, name: str) -> str:
        """Give the text of a prompt file."""
        return self._path(name).read_text(encoding="utf-8")

    def digest(self) -> str:
        """Give a digest of all files by content: part of what identifies a run."""
        names = [*ELEMENTS, "protocol_react_json", "protocol_tool_calls"]
        return blake2b("\x1f".join(self.text(name) for name in names).encode(), digest_size=12).hexdigest()

    def filled(self, name: PromptName, action_format: ActionFormat, values: Mapping[str, str]) -> str:
        """Give a prompt with the protocol of the format and `values` in place of their marks."""
        text = self.text(name).replace("<<protocol>>", self.text(action_format.protocol_prompt).strip())
        for mark, value in values.items():
            text = text.replace(f"<<{mark}>>", value)
        return text.strip()

    def _path(self, name: str) -> Path:
        own = self.directory / f"{name}.md" if self.directory else None
        return own if own is not None and own.is_file() else OUR_PROMPTS / f"{name}.md"

    def _missing(self, name: PromptName) -> list[str]:
        text = self.text(name)
        lacking = [mark for mark in ELEMENTS[name] if mark not in text]
        return [f"{self._path(name)} lacks {', '.join(lacking)}"] if lacking else []


def hour(timestamp: float) -> str:
    """Give a simulated time as the prompts have it: ``YYYY-MM-DD HH``."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H")
