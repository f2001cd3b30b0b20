"""Writing requests: a text is turned into JSON once, and copied from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from pare.llm.reading import sound

Encoded: TypeAlias = orjson.Fragment

MAX_TOOL_LISTS = 256


def encode(value: Any) -> bytes:
    """Write `value` as JSON; surrogates that no encoder takes are replaced.

    What orjson gives keeps the buffer that it was written to, kilobytes for a line: a copy is as large as
    it says, and a thousand runs keep many.
    """
    try:
        written = orjson.dumps(value)
    except orjson.JSONEncodeError:
        written = orjson.dumps(sound(value))
    return bytes(memoryview(written))


class ToolsCache:
    """Lists of tools, written once each. Only tuples are kept: a list could change unseen."""

    def __init__(self, write: Callable[[Sequence[Mapping[str, Any]]], bytes]) -> None:
        self._write = write
        self._known: dict[int, tuple[Sequence[Mapping[str, Any]], bytes]] = {}

    def encoded(self, tools: Sequence[Mapping[str, Any]]) -> Encoded:
        """Give `tools` as JSON."""
        known = self._known.get(id(tools))
        if known is None:
            known = tools, self._write(tools)
            if isinstance(tools, tuple):
                self._keep(known)
        return orjson.Fragment(known[1])

    def _keep(self, entry: tuple[Sequence[Mapping[str, Any]], bytes]) -> None:
        """Keep an entry, and with it the tuple itself: its id cannot be taken by another."""
        if len(self._known) >= MAX_TOOL_LISTS:
            del self._known[next(iter(self._known))]
        self._known[id(entry[0])] = entry
