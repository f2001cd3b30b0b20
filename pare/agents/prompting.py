"""Prompts are files, ours or the user's; this fills in what is known when a run begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from pare.agents.formats import ActionFormat
from pare.errors import ConfigError, nearest

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


FILES = (*ELEMENTS, "protocol_react_json", "protocol_tool_calls")
"""All prompt files, without their ending."""

_MARK = re.compile(r"<<(\w+)>>")


@dataclass(frozen=True)
class Prompts:
    """The prompt files of `directory`, and ours where it has none of that name; they are read once.

    Raises:
        ConfigError: there is no such directory, it holds a file that is no prompt, or a file lacks an
            element; all such files are named.
    """

    directory: Path | None = None
    texts: Mapping[str, str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        own = {} if self.directory is None else _texts_in(self.directory)
        object.__setattr__(self, "texts", {**_our_texts(), **own})
        problems = [problem for name in ELEMENTS for problem in self._missing(name)]
        if problems:
            raise ConfigError("; ".join(problems))

    def text(self, name: str) -> str:
        """Give the text of a prompt file."""
        return self.texts[name]

    def digest(self) -> str:
        """Give a digest of all files by content: part of what identifies a run."""
        return _digest_of(tuple(self.text(name) for name in FILES))

    def filled(self, name: PromptName, action_format: ActionFormat, values: Mapping[str, str]) -> str:
        """Give a prompt with the protocol of the format and `values` in place of their marks."""
        text = self.text(name).replace("<<protocol>>", self.text(action_format.protocol_prompt).strip())
        return _MARK.sub(lambda mark: values.get(mark[1], mark[0]), text).strip()

    def _missing(self, name: PromptName) -> list[str]:
        lacking = [mark for mark in ELEMENTS[name] if mark not in self.text(name)]
        if not lacking:
            return []
        return [f"{(self.directory or OUR_PROMPTS) / f'{name}.md'} lacks {', '.join(lacking)}"]


@lru_cache(maxsize=8)
def _digest_of(texts: tuple[str, ...]) -> str:
    return blake2b("\x1f".join(texts).encode(), digest_size=12).hexdigest()


@cache
def _our_texts() -> Mapping[str, str]:
    return _texts_in(OUR_PROMPTS)


def _texts_in(directory: Path) -> dict[str, str]:
    """Read the prompt files of a directory.

    Raises:
        ConfigError: there is no such directory, or it has other Markdown files than prompts.
    """
    if not directory.is_dir():
        raise ConfigError(f"there is no directory {directory} of prompts")
    files = {file.stem: file for file in sorted(directory.glob("*.md")) if file.stem != "README"}
    known = f"the prompt files are {', '.join(f'{name}.md' for name in FILES)}"
    if unknown := [f"{name}.md{nearest(name, FILES)}" for name in files if name not in FILES]:
        raise ConfigError(f"{directory} holds what is no prompt: {', '.join(unknown)}; {known}")
    if not files:
        raise ConfigError(f"{directory} holds no prompt; {known}")
    return {name: _read(file) for name, file in files.items()}


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error


def hour(timestamp: float) -> str:
    """Give a simulated time as the prompts have it: ``YYYY-MM-DD HH``."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H")
