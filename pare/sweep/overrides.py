"""Lay settings from elsewhere, such as the command line, over a sweep file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pare.sweep.checking import Problems
from pare.sweep.document import Entry, Node, is_clean
from pare.sweep.keys import cell_settings, settings_of, sweep_settings
from pare.sweep.problems import Path
from pare.sweep.scalars import LARGEST

SECTIONS = ("base", "grid", "zip", "include", "exclude")
"""With any of these a file is no flat one."""

OWN_KEYS = ("name", "scenarios", "split", "limit", "runs", "models", "limits", *SECTIONS)
"""The keys at the top of a file that are no settings."""

_RIVALS = {
    "scenarios": ("split",),
    "split": ("ids",),
    "name": ("experiment_name",),
    "experiment_name": ("name",),
}
"""What else a word takes the place of."""


def lay_over(found: Problems, overrides: Mapping[str, Any]) -> None:
    """Put `overrides`, by the words of a flat file, in the place of what the document says.

    What varies between cells cannot be overridden: that is told.
    """
    root = found.document.root
    if root.value is None:
        root.value = {}
    if not isinstance(root.value, dict):
        return
    for word, value in overrides.items():
        _tell_varying(found, word)
        section = _section_of(word, root.value)
        for home in (root.value, _section(root.value, "base"), _section(root.value, "limits")):
            _take_out(home, word)
        if word in ("split", "limit") and "scenarios" in root.value:
            _make_room_in_scenarios(root.value, word)
        home = _section(root.value, section) if section else root.value
        home[word] = Entry(None, None, node_of(value))


def _section_of(word: str, root: Mapping[str, Entry]) -> str:
    if word in OWN_KEYS or not any(name in SECTIONS for name in root):
        return ""
    name = settings_of(word)[0]
    if name in cell_settings():
        return "base"
    return "limits" if name in sweep_settings() else ""


def _section(root: dict[str, Entry], name: str) -> dict[str, Entry]:
    """Give the entries of a section; those of one that is not there go nowhere unless it is made."""
    entry = root.get(name)
    if entry is None or entry.node.value is None:
        made: dict[str, Entry] = {}
        if entry is not None or any(section in root for section in SECTIONS):
            root[name] = Entry(None, None, Node(made, None, None))
        return made
    return entry.node.value if isinstance(entry.node.value, dict) else {}


def _take_out(entries: dict[str, Entry], word: str) -> None:
    """Take out what sets nothing that `word` does not set."""
    meant = {*settings_of(word), *_RIVALS.get(word, ())}
    for other in [other for other in entries if meant.issuperset(settings_of(other))]:
        del entries[other]


def _make_room_in_scenarios(root: dict[str, Entry], word: str) -> None:
    scenarios = root["scenarios"].node.value
    if isinstance(scenarios, dict):
        _take_out(scenarios, word)
    elif word == "split":
        del root["scenarios"]


def _tell_varying(found: Problems, word: str) -> None:
    for path in varying_words(found.document.root):
        if {*settings_of(str(path[-1]))} & {*settings_of(word)}:
            found.add(path, f"{word} varies here, so it cannot be overridden", at_key=True)


def varying_words(root: Node) -> Iterator[Path]:
    """Give the places of the words that vary."""
    for section in ("grid", "zip", "include"):
        entry = root.value.get(section) if isinstance(root.value, dict) else None
        value = entry.node.value if entry else None
        if isinstance(value, dict):
            yield from ((section, word) for word in value)
        elif isinstance(value, list):
            yield from _words_of_items(section, value)


def _words_of_items(section: str, items: Iterable[Node]) -> Iterator[Path]:
    for place, item in enumerate(items):
        if isinstance(item.value, dict):
            yield from ((section, place, word) for word in item.value)


def node_of(value: Any) -> Node:
    """Make a node of a plain value; it has no place in a text."""
    if isinstance(value, Mapping):
        entries = {str(key): Entry(None, None, node_of(item)) for key, item in value.items()}
        return Node(entries, None, None)
    if isinstance(value, list | tuple):
        return Node([node_of(item) for item in value], None, None)
    if value is None or isinstance(value, bool):
        return Node(value, None, None, str(value).lower(), is_plain=True)
    if isinstance(value, int | float) and abs(value) <= LARGEST:
        return Node(value, None, None, str(value), is_plain=True)
    text = "".join(letter for letter in str(value) if is_clean(letter))
    return Node(text, None, None, text, is_plain=True)
