"""Read from a sweep file which scenarios are to be run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pare.sweep import problems
from pare.sweep.checking import Problems, annotated
from pare.sweep.problems import Problem, SweepError
from pare.sweep.selection import ALL_SCENARIOS, Catalogue, Selection, registered, selected, split_directories

LISTS = ("ids", "tags", "exclude", "dirs")
FIELDS = ("split", "ids", "tags", "exclude", "limit", "dirs")


@dataclass(frozen=True)
class Surroundings:
    """What a sweep file is read among: the scenarios that there are, the directory of work, the environment.

    Without a `catalogue` the scenarios are looked for.
    """

    catalogue: Catalogue | None = None
    folder: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


@dataclass(frozen=True)
class Chosen:
    """The scenarios of a sweep: which, how they were selected, and out of which directories.

    What is wrong `elsewhere` is no fault of the sweep file.
    """

    ids: tuple[str, ...] = ()
    selection: Selection = ALL_SCENARIOS
    sources: tuple[Path, ...] = ()
    elsewhere: tuple[Problem, ...] = ()


def choose(found: Problems, surroundings: Surroundings) -> Chosen:
    """Read `scenarios`, `split` and `limit`, and select; what is wrong is told."""
    before = len(found.found)
    values, paths = _read(found, surroundings.folder)
    names = found.check(paths["dirs"], tuple[str, ...], values.pop("dirs")) if "dirs" in values else ()
    sources = tuple(_directory(name, surroundings.folder) for name in names or ())
    selection = _selection(found, values, paths)

    def report(path: problems.Path, message: str) -> None:
        start = paths.get(str(path[0]), ("scenarios",)) if path else ("scenarios",)
        found.add((*start, *path[1:]), message)

    try:
        splits = split_directories(surroundings.environ, surroundings.folder)
    except SweepError as error:
        return Chosen(selection=selection, sources=sources, elsewhere=error.problems)
    catalogue = surroundings.catalogue
    if catalogue is None:
        catalogue = registered(sources, report)
    if len(found.found) > before:
        return Chosen(selection=selection, sources=sources)
    return Chosen(selected(selection, catalogue, splits, report), selection, sources)


def _read(found: Problems, folder: Path | None) -> tuple[dict[str, Any], dict[str, problems.Path]]:
    """Give the fields of a selection as they are written, and where each stands."""
    values, paths = _scenarios(found, folder)
    for word in ("split", "limit"):
        node = found.document.node((word,))
        if node is None or node.value is None:
            continue
        if word in paths:
            found.add((word,), f"{word} stands in `scenarios` already: leave one of them out", at_key=True)
        values[word], paths[word] = node.plain(), (word,)
    return values, paths


def _scenarios(found: Problems, folder: Path | None) -> tuple[dict[str, Any], dict[str, problems.Path]]:
    path: problems.Path = ("scenarios",)
    node = found.document.node(path)
    if node is None or node.value is None:
        return {}, {}
    if isinstance(node.value, str):
        return {"ids": _ids_of(found, node.value, folder)}, {"ids": path}
    if isinstance(node.value, list):
        return {"ids": node.plain()}, {"ids": path}
    if not isinstance(node.value, dict):
        found.mistaken(path, "a mapping with split, ids, tags, dirs or exclude")
        return {}, {}
    for word in node.value:
        if word not in FIELDS:
            found.unknown((*path, word), "the key", word, FIELDS, at_key=True)
    values = {word: _listed(word, item) for word, item in node.plain().items() if word in FIELDS}
    given = {word: value for word, value in values.items() if value is not None}
    return given, {word: (*path, word) for word in given}


def _listed(word: str, value: Any) -> Any:
    return [value] if word in LISTS and isinstance(value, str) else value


def _ids_of(found: Problems, text: str, folder: Path | None) -> list[str]:
    """Give the ids of a text: one, several with commas between, or those of a file."""
    file = (folder or Path()) / text
    try:
        if not file.is_file():
            return [part.strip() for part in text.split(",") if part.strip()]
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        found.add(("scenarios",), f"the file {text!r} cannot be read: {error}")
        return []
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _selection(found: Problems, values: Mapping[str, Any], paths: Mapping[str, problems.Path]) -> Selection:
    """Check each field of a selection at its place; what is refused is left out."""
    checked = {
        word: found.check(paths[word], annotated(Selection, word), value) for word, value in values.items()
    }
    return Selection(**{word: value for word, value in checked.items() if value is not None})


def _directory(name: Any, folder: Path | None) -> Path:
    """Give a directory as it is there; one that is not is looked for where scenarios are found."""
    path = (folder or Path()) / str(name)
    return path.resolve() if path.exists() else Path(str(name))
