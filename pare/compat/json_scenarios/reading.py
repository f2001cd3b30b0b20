"""From bytes to a document: limits first, then JSON, then its shape. Nothing is loaded beyond the limits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from pare.compat.json_scenarios.models import Document
from pare.compat.json_scenarios.problems import JsonScenarioError, Problem, dotted
from pare.traces.exported import VERSION

MAX_BYTES = 64 * 2**20
"""The largest file that is read."""

DEEPEST = 100
"""How deep objects and lists may be nested."""

Source = str | os.PathLike[str] | bytes


class Text(NamedTuple):
    """The bytes of a document, and where they are from."""

    data: bytes
    place: str


class Parsed(NamedTuple):
    """What JSON text stands for, whatever it is, and where it is from."""

    value: Any
    place: str

    @property
    def is_meant(self) -> bool:
        """Tell whether it is meant to be a scenario: it has a version or metadata, as every one has."""
        return isinstance(self.value, dict) and not self.value.keys().isdisjoint(("version", "metadata"))


def parsed(source: Source) -> Parsed:
    """Read the file `source`, or bytes.

    Raises:
        JsonScenarioError: it cannot be read, or is no JSON.
    """
    text = _text(source)
    return Parsed(_value(text), text.place)


def read_document(source: Source) -> tuple[Document, str]:
    """Read the file `source`, or bytes; give the document and where it is from.

    Raises:
        JsonScenarioError: it cannot be read, or is no such document; everything that is wrong with it.
    """
    value, place = parsed(source)
    return document_in(value, place), place


def document_in(value: Any, place: str) -> Document:
    """Check what was parsed.

    Raises:
        JsonScenarioError: it is no such document.
    """
    if not isinstance(value, dict):
        raise _refused(place, f"must be an object, not {type(value).__name__}")
    if is_deeper(value, DEEPEST):
        raise _refused(place, f"objects and lists are nested more than {DEEPEST} deep")
    if value.get("version", VERSION) != VERSION:
        found = f"{value['version']!r:.100}"
        raise _refused(place, f"the version {found} is not known; this reads {VERSION!r}", "version")
    try:
        return Document.model_validate(value)
    except ValidationError as error:
        raise JsonScenarioError(place, _shape_problems(error)) from None


def is_deeper(value: Any, limit: int) -> bool:
    """Tell whether objects and lists are nested more than `limit` deep."""
    level = [value]
    for _ in range(limit + 1):
        level = [item for outer in level for item in _inner(outer) if isinstance(item, (dict, list))]
        if not level:
            return False
    return True


def _inner(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value


def _shape_problems(error: ValidationError) -> Iterator[Problem]:
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        yield Problem(dotted(item["loc"]), item["msg"])


def _text(source: Source) -> Text:
    if isinstance(source, (bytes, bytearray)):
        return _limited(bytes(source), "the document")
    path = Path(source)
    try:
        return _limited(_content(path), str(path))
    except (OSError, ValueError) as error:
        if isinstance(error, JsonScenarioError):
            raise
        raise _refused(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _content(path: Path) -> bytes:
    """Read a file, and of a huge one only enough to see that it is."""
    with path.open("rb") as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _refused(str(path), "is no file")
        return file.read(MAX_BYTES + 1)


def _limited(data: bytes, place: str) -> Text:
    if len(data) > MAX_BYTES:
        raise _refused(place, f"is larger than {MAX_BYTES} bytes, the limit for a scenario")
    return Text(data.removeprefix(b"\xef\xbb\xbf"), place)


def _value(text: Text) -> Any:
    try:
        return orjson.loads(text.data)
    except orjson.JSONDecodeError as error:
        kind = "ends too early" if "unexpected end" in str(error) else "is no JSON"
        raise _refused(text.place, f"{kind}: {error}") from None


def _refused(place: str, message: str, path: str = "") -> JsonScenarioError:
    return JsonScenarioError(place, [Problem(path, message)])
