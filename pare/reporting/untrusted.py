"""What others wrote (models, apps, scenarios, files) as text for a terminal: shown, never obeyed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import category

from pare.reporting.wording import printable
from pare.traces.encoding import encoded

_JOINERS = "\u200c\u200d"
"""The invisible characters that words and emoji need."""


def safe(text: str) -> str:
    """Write control characters and invisible ones, such as those that turn text round, as escapes."""
    lines = printable(text.replace("\r\n", "\n").replace("\t", "    "))
    return "".join(_visible(character) for character in lines)


def _visible(character: str) -> str:
    hidden = category(character) in ("Cf", "Zl", "Zp") and character not in _JOINERS
    return character.encode("unicode_escape").decode() if hidden else character


def text_of(data: Mapping[str, Any], name: str) -> str:
    """Give the value of `name` as text, whatever it is; "" where there is none."""
    return text_in(data.get(name))


def text_in(value: Any) -> str:
    """Give a value as text: itself, or as JSON; "" for None."""
    if value is None:
        return ""
    return value if isinstance(value, str) else encoded(value).decode()


def shortened(text: str, limit: int) -> str:
    """Cut `text` to `limit` characters, and say how many are left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … ({len(text) - limit:,} more)"


def moment(t: float) -> str:
    """Give a simulated time (seconds since the epoch) as date and time of day."""
    try:
        return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return f"t = {t:.6g}"


def elapsed(seconds: float) -> str:
    """Give a length of simulated time to a tenth of a second."""
    if abs(seconds) >= 1e9:
        return f"{seconds:.3g} s"
    tenths = round(abs(seconds) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{f'{days}d ' if days else ''}{hours}:{minutes:02d}:{rest // 10:02d}.{rest % 10}"
