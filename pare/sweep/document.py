"""A YAML text as a tree in which everything knows its place; nothing in it is ever constructed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from pare.llm.keys import key_like
from pare.sweep.problems import Path, Problem, SweepError, dotted
from pare.sweep.scalars import Scalar, resolve

MOST_BYTES = 512 * 1024
MOST_NODES = 100_000
"""Aliases count as what they stand for."""
DEEPEST = 40

OVERRIDES = "overrides"
"""Stands for the name of the file where something came from outside of it."""

_STANDARD = "tag:yaml.org,2002:"
_KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


@dataclass(slots=True, eq=False)
class Node:
    """A value and where it begins: a scalar, a list of nodes, or a mapping of entries by key.

    What did not come from a text has no line and no column. `written` is the text of a scalar, `is_plain`
    says that it stood without quotes. `size` counts the nodes in it.
    """

    value: Scalar | list[Node] | dict[str, Entry]
    line: int | None
    column: int | None
    written: str = ""
    is_plain: bool = False
    size: int = 1

    def plain(self) -> Any:
        """Give the data alone."""
        if isinstance(self.value, dict):
            return {key: entry.node.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What a key stands for, and where the key itself stands."""

    line: int | None
    column: int | None
    node: Node


@dataclass(slots=True)
class Document:
    """A tree, its name, and what is wrong with its text."""

    source: str
    root: Node
    problems: list[Problem] = field(default_factory=list)

    def node(self, path: Path) -> Node | None:
        """Give what stands at `path`, if anything does."""
        node, rest = self._walk(path)
        return None if rest else node

    def problem(self, path: Path, message: str, *, at_key: bool = False) -> Problem:
        """Make a problem of `path`; it is placed at the nearest thing above it that is there."""
        place: Node | Entry = self._walk(path)[0]
        if at_key:
            owner, rest = self._walk(path[:-1])
            if not rest and isinstance(owner.value, dict):
                place = owner.value.get(str(path[-1]), place)
        source = OVERRIDES if place.line is None else self.source
        return Problem(message, dotted(path), place.line, place.column, source)

    def _walk(self, path: Path) -> tuple[Node, Path]:
        node = self.root
        for depth, part in enumerate(path):
            child = _child(node, part)
            if child is None:
                return node, path[depth:]
            node = child
        return node, ()


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(node.value, dict):
        entry = node.value.get(part) if isinstance(part, str) else None
        return entry.node if entry else None
    if isinstance(node.value, list) and isinstance(part, int) and 0 <= part < len(node.value):
        return node.value[part]
    return None


def read_document(text: str, source: str) -> Document:
    """Read YAML. Duplicate keys, foreign tags and the like are among the document's problems.

    Raises:
        SweepError: the text is no YAML, or unreasonably large or deep.
    """
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise SweepError([Problem(f"the text has more than {MOST_BYTES // 1024} KiB", source=source)])
    if (found := key_like(text)) is not None:  # told alone: other problems may quote it
        raise SweepError([_key_at(found, text, source)])
    try:
        return _Builder(text, source).document()
    except yaml.reader.ReaderError as error:
        raise SweepError([_unreadable(error, text, source)]) from None
    except yaml.MarkedYAMLError as error:
        raise SweepError([_malformed(error, source)]) from None
    except (ValueError, OverflowError, IndexError) as error:  # escapes and versions beyond all numbers
        if isinstance(error, SweepError):
            raise
        raise SweepError([Problem(f"the text is no YAML: {error}", source=source)]) from None


def _key_at(position: int, text: str, source: str) -> Problem:
    line, column = _place_of(position, text)
    message = "what stands here looks like an API key, and this text is kept: name its source in `key`"
    return Problem(message, "", line, column, source)


def _place_of(position: int, text: str) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _unreadable(error: yaml.reader.ReaderError, text: str, source: str) -> Problem:
    line, column = _place_of(error.position, text)
    message = f"the character {text[error.position : error.position + 1]!a} cannot stand in YAML"
    return Problem(message, "", line, column, source)


def _malformed(error: yaml.MarkedYAMLError, source: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    reason = " ".join(filter(None, (error.context, error.problem)))
    if "found character '\\t'" in reason:
        reason += " (indent with spaces)"
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    return Problem(f"the text is no YAML: {reason}", "", line, column, source)


class _Builder:
    """Builds a tree from the events of PyYAML's safe loader, without constructing anything."""

    def __init__(self, text: str, source: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._source = source
        self._problems: list[Problem] = []
        self._anchors: dict[str, Node | None] = {}
        self._count = 0

    def document(self) -> Document:
        next(self._events)
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return Document(self._source, Node(None, 1, 1))
        root = self._node(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._refused(after, (), "a second document begins here: a sweep is one")
        return Document(self._source, root, self._problems)

    def _refused(self, event: Any, path: Path, message: str) -> SweepError:
        return SweepError([*self._problems, self._problem(event, path, message)])

    def _problem(self, event: Any, path: Path, message: str) -> Problem:
        mark = event.start_mark
        return Problem(message, dotted(path), mark.line + 1, mark.column + 1, self._source)

    def _say(self, event: Any, path: Path, message: str) -> None:
        self._problems.append(self._problem(event, path, message))

    def _grow(self, event: Any, path: Path, size: int) -> None:
        self._count += size
        if self._count > MOST_NODES:
            raise self._refused(event, path, f"more than {MOST_NODES} values, aliases counted in full")

    def _node(self, event: Any, path: Path) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        self._grow(event, path, 1)
        if len(path) > DEEPEST:
            raise self._refused(event, path, f"nested more than {DEEPEST} deep")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, path)
        else:
            is_list = isinstance(event, yaml.SequenceStartEvent)
            self._check_tag(event, path, "seq" if is_list else "map")
            node = self._list(event, path) if is_list else self._mapping(event, path)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any, path: Path) -> Node:
        name = event.anchor
        if name not in self._anchors:
            raise self._refused(
                event, path, f"the alias *{name} stands for nothing: there is no &{name} above"
            )
        node = self._anchors[name]
        if node is None:
            raise self._refused(event, path, f"the alias *{name} stands within what it stands for")
        self._grow(event, path, node.size)
        return node

    def _scalar(self, event: Any, path: Path) -> Node:
        text, is_plain = event.value, not event.style
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        value: Scalar = resolve(text) if is_plain else text
        if event.tag not in (None, "!"):
            value = self._tagged(event, path)
        elif event.tag == "!":
            value = text
        if not is_clean(text):
            self._say(event, path, "the text holds control characters or half characters")
            value = ""
        return Node(value, line, column, text, is_plain)

    def _tagged(self, event: Any, path: Path) -> Scalar:
        name = event.tag.removeprefix(_STANDARD)
        if name == "str" or not event.tag.startswith(_STANDARD) or name not in _KINDS:
            if name != "str":
                self._say(event, path, f"the tag {_tag(event.tag)} is refused: leave it out")
            return str(event.value)
        value = resolve(event.value)
        if not isinstance(value, _KINDS[name]) or (isinstance(value, bool) and name != "bool"):
            self._say(event, path, f"{event.value!r} is no {_tag(event.tag)}")
        return value

    def _check_tag(self, event: Any, path: Path, name: str) -> None:
        if event.tag not in (None, "!", _STANDARD + name):
            self._say(event, path, f"the tag {_tag(event.tag)} is refused: leave it out")

    def _list(self, start: Any, path: Path) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        size = 1 + sum(item.size for item in items)
        return Node(items, start.start_mark.line + 1, start.start_mark.column + 1, size=size)

    def _mapping(self, start: Any, path: Path) -> Node:
        entries: dict[str, Entry] = {}
        merged: list[tuple[Any, Node]] = []
        size = 1
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, path)
            node = self._node(next(self._events), (*path, key))
            size += 1 + node.size
            if key == "<<" and not event.style:
                merged.append((event, node))
            elif key in entries:
                first = entries[key].line
                self._say(
                    event, (*path, key), f"the key {key!r} stands here again, and in line {first} before"
                )
            else:
                entries[key] = Entry(event.start_mark.line + 1, event.start_mark.column + 1, node)
        for event, node in merged:
            self._merge(event, path, node, entries)
        return Node(entries, start.start_mark.line + 1, start.start_mark.column + 1, size=size)

    def _key(self, event: Any, path: Path) -> str:
        """Give a key as it is written: no key is anything but text."""
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refused(event, path, "a key must be a word")
        self._grow(event, path, 1)
        if not is_clean(event.value):
            raise self._refused(event, path, "the key holds control characters or half characters")
        return str(event.value)

    def _merge(self, event: Any, path: Path, node: Node, entries: dict[str, Entry]) -> None:
        for item in node.value if isinstance(node.value, list) else [node]:
            if not isinstance(item.value, dict):
                self._say(event, (*path, "<<"), "<< takes a mapping, or a list of mappings")
                return
            for key, entry in item.value.items():
                entries.setdefault(key, entry)


def _tag(tag: str) -> str:
    return tag.replace(_STANDARD, "!!")


def is_clean(text: str) -> bool:
    """Tell whether a text holds neither control characters nor halves of characters."""
    return not any(
        (ord(letter) < 32 and letter not in "\t\n\r") or 0xD800 <= ord(letter) <= 0xDFFF for letter in text
    )
