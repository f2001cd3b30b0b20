"""API keys: read where the user keeps them, sent to the endpoint, and shown to nobody."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

import anyio
from pydantic import BeforeValidator, Field, model_validator

from pare.errors import ConfigError
from pare.llm.strict import StrictModel

COMMAND_SECONDS = 60.0
"""How long a command that prints a key may take."""

SECONDS_BETWEEN_READS = 5.0
"""A key that was refused is not read again sooner: a thousand calls are refused at once."""


LEAST_SECRET_CHARACTERS = 16
"""A shorter key is a word such as EMPTY, which servers without keys are sent and replies may hold."""

HIDDEN = "[key]"
"""Stands where a key was."""

_LIKE_A_KEY = re.compile(r"\b(?:sk|pk|rk|gsk|xai|hf|fw|AIza)[-_]?[\w*.-]{8,}|\bBearer\s+\S+")
_LIKE_A_WHOLE_KEY = re.compile(
    r"\b(?:sk-(?=[\w-]{0,64}\d)[\w-]{16,}"
    r"|(?:gsk_|xai-|hf_|fw_|AKIA)(?=[A-Za-z]{0,64}\d)[A-Za-z0-9]{16,}"
    r"|AIza(?=[\w-]{0,64}\d)[\w-]{30,}"
    r"|Bearer\s{1,9}(?=[\w.-]{0,64}\d)[\w.-]{16,})"
)
_ESCAPED_IN_JSON = {"/": rb"\\?/", '"': rb'\\"', "\\": rb"\\\\"}


class MissingKeyError(ConfigError):
    """No key can be had from where it should come."""


def _words(value: object) -> object:
    return tuple(shlex.split(value)) if isinstance(value, str) else value


class Key:
    """A key that shows nothing of itself: `text` is for the header, and for nothing else."""

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def is_secret(self) -> bool:
        """Whether it is long enough to be no common word."""
        return len(self.text) >= LEAST_SECRET_CHARACTERS

    def hidden_in(self, data: bytes) -> bytes:
        """Give `data` without the key, also where JSON writes characters of it as escapes."""
        data = data.replace(self.text.encode(), HIDDEN.encode())
        return self._in_json.sub(HIDDEN.encode(), data) if b"\\" in data else data

    @cached_property
    def _in_json(self) -> re.Pattern[bytes]:
        return re.compile(b"".join(map(_written_in_json, self.text)))

    def __repr__(self) -> str:
        return "<key>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and other.text == self.text

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a key is not stored: hand on its source")


def _written_in_json(character: str) -> bytes:
    """Give the pattern of a character of ASCII as a JSON text may hold it."""
    plain = _ESCAPED_IN_JSON.get(character) or re.escape(character.encode())
    return rb"(?:%b|\\u00(?i:%02x))" % (plain, ord(character))


def without_key(text: str, key: Key | None = None) -> str:
    """Give `text` without `key`, and without anything else that looks like one: servers like to repeat it."""
    known = text if key is None else text.replace(key.text, HIDDEN)
    return _LIKE_A_KEY.sub(HIDDEN, known)


def key_like(text: str) -> int | None:
    """Give where in `text`, which somebody wrote down, a whole key seems to stand; None if none does."""
    found = _LIKE_A_WHOLE_KEY.search(text)
    return None if found is None else found.start()


def looks_like_a_key(text: str) -> bool:
    """Tell whether a whole key seems to stand in `text`."""
    return key_like(text) is not None


class KeySource(StrictModel):
    """Where a key comes from: one of an environment variable, a file, or a command that prints it.

    A variable that the environment lacks is looked for in the file `env_file`. A command is run without
    a shell.
    """

    env: str | None = Field(None, min_length=1)
    env_file: Path = Path(".env")
    file: Path | None = None
    command: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if sum(map(bool, (self.env, self.file, self.command))) != 1:
            raise ValueError("name one source of the key: env, file or command")
        if any(map(looks_like_a_key, (self.env or "", str(self.file or ""), *self.command))):
            raise ValueError("this is a key itself, and what stands here is stored: name where it is kept")
        return self

    def __str__(self) -> str:
        """Say where the key comes from, as in "set …"."""
        if self.env:
            return f"the environment variable {self.env} (or {self.env} in {self.env_file})"
        return f"the file {self.file}" if self.file else f"the command {shlex.join(self.command)!r}"


class ApiKey:
    """A key that is read when it is first needed, and again when it was refused.

    Where it `is_optional`, a missing one is None: an endpoint of the user's own may ask for none.
    Neither its text nor its repr nor its pickle holds the key.
    """

    def __init__(
        self,
        source: KeySource,
        *,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
        is_optional: bool = False,
    ) -> None:
        self.source = source
        self._environ = environ
        self._clock = clock
        self._is_optional = is_optional
        self._value: Key | None = None
        self._is_read = False
        self._renewed_at: float | None = None
        self._lock = anyio.Lock()

    def __repr__(self) -> str:
        return f"ApiKey({self.source})"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a key is not stored: hand on its source")

    async def value(self) -> Key | None:
        """Give the key, as it was read last.

        Raises:
            MissingKeyError: there is none, and one is needed.
        """
        if not self._is_read:
            async with self._lock:
                if not self._is_read:
                    self._value = await self._read(refused=None)
                    self._is_read = True
        return self._value

    async def renew(self, refused: Key | None) -> bool:
        """Read the key again since `refused` was; say whether there is another now.

        Calls that were refused at the same time share one reading.
        """
        async with self._lock:
            if self._value != refused:
                return True
            if self._renewed_at is not None and self._clock() - self._renewed_at < SECONDS_BETWEEN_READS:
                return False
            try:
                self._value = await self._read(refused)
            except MissingKeyError:
                return False
            finally:
                self._renewed_at = self._clock()
            return self._value != refused

    async def _read(self, refused: Key | None) -> Key | None:
        """Read the first key that was not refused; the refused one if there is no other."""
        found = [sendable(text, self.source) for text in await self._candidates() if text]
        if not found and not self._is_optional:
            raise MissingKeyError(f"no key: set {self.source}")
        return next((key for key in found if key != refused), found[0] if found else None)

    async def _candidates(self) -> list[str]:
        source = self.source
        if source.env:
            in_file = dotenv_value(await _text_of(source.env_file), source.env)
            return [self._environ.get(source.env, "").strip(), in_file]
        if source.file:
            return [(await _text_of(source.file)).strip()]
        return [await _output_of(source.command)]


def sendable(key: str, source: KeySource) -> Key:
    """Make a key of the text `key` if a header can carry it; the message never shows it.

    Raises:
        MissingKeyError: it is no printable ASCII, or there is more than one line or word.
    """
    if not key.isascii() or not key.isprintable() or " " in key:
        raise MissingKeyError(f"what {source} gives is no key: it has spaces, lines or special characters")
    return Key(key)


def dotenv_value(text: str, name: str) -> str:
    """Give the value of `name` in the text of a ``.env`` file; "" if it is not there. The last one wins."""
    value = ""
    for line in text.splitlines():
        left, equals, right = line.strip().removeprefix("export ").partition("=")
        if equals and left.strip() == name:
            value = _unquoted(right.strip())
    return value


def _unquoted(text: str) -> str:
    for quote in "\"'":
        if text.startswith(quote) and (end := text.find(quote, 1)) > 0:
            return text[1:end]
    return text.partition(" #")[0].strip()


async def _text_of(path: Path) -> str:
    """Read a file, outside of the loop; one that is missing or unreadable is empty."""
    try:
        return await (await anyio.Path(path).expanduser()).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, RuntimeError):  # RuntimeError: ~ of a user that is not there
        return ""


async def _output_of(command: tuple[str, ...]) -> str:
    """Give the first line that `command` prints; nothing if it fails or takes too long."""
    try:
        with anyio.fail_after(COMMAND_SECONDS):
            done = await anyio.run_process(
                command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            )
    except (OSError, TimeoutError):
        return ""
    lines = done.stdout.decode(errors="replace").split("\n") if done.returncode == 0 else [""]
    return lines[0].strip()
