"""What others wrote, inside of Markdown: shown as it is, never markup, a link or a mention."""

from __future__ import annotations

import re

from pare.reporting.untrusted import safe

_MARKUP = re.compile(r"[\\`*_\[\]|~#$]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "\n": " "})
_STARTS = re.compile(r"^(\s*)([-+](?=[-\s]|$)|[0-9]+(?=[.)](?:\s|$)))")
_LINKS = re.compile(r"(?i)\b(https?|ftp|xmpp|mailto|www)([:.])")


def inline(text: str) -> str:
    """Give `text` as one line of Markdown that shows it as it is, also as a cell of a table."""
    escaped = _MARKUP.sub(r"\\\g<0>", safe(text)).translate(_ENTITIES)
    linked = _LINKS.sub(lambda found: f"{found[1]}&#{ord(found[2])};", escaped)
    return _STARTS.sub(_escaped_start, linked)


def _escaped_start(found: re.Match[str]) -> str:
    """Escape what would begin a list."""
    mark = found[2]
    return f"{found[1]}\\{mark}" if mark in "-+" else f"{found[1]}&#{ord(mark[0])};{mark[1:]}"


def code(text: str) -> str:
    """Give `text` as one line of code."""
    shown = safe(text).replace("\n", " ")
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence, edge = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{edge}{shown}{edge}{fence}"
