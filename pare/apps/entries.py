"""What comes as plain objects by id, from a state, a file or a scenario: all of it is read, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import orjson

from pare.errors import ToolError, nearest

Item = TypeVar("Item")


def read_json_file(path: str | PathLike[str], what: str, error: type[ToolError]) -> Any:
    """Give what a JSON file of this machine holds; `what` is the noun for one entry of it.

    Raises:
        ToolError: the `error`, if the file cannot be read.
    """
    try:
        return orjson.loads(Path(path).read_bytes())
    except (OSError, TypeError, ValueError) as problem:
        raise error(
            f"no {what}s can be read from {str(path)!r}: {type(problem).__name__}: "
            f"{getattr(problem, 'strerror', None) or problem}"
        ) from None


def read_entries(
    entries: Any, what: str, read: Callable[[str, Any], Item], error: type[ToolError]
) -> dict[str, Item]:
    """Give what `read` makes of each id and entry, by id; `what` is the noun for one of them.

    Raises:
        ToolError: the `error`, with everything that is wrong with any of them.
    """
    if not isinstance(entries, Mapping):
        raise error(f"{what}s must be an object of ids and {what}s, not {type(entries).__name__}")
    items, problems = {}, []
    for item_id, entry in entries.items():
        try:
            items[item_id] = read(item_id, entry)
        except ToolError as problem:
            problems.append(f"{what} {item_id!r}: {problem}")
    if problems:
        head = f"{len(problems)} of {len(entries)} {what}s are wrong, none was loaded."
        raise error("\n".join([head, *problems]))
    return items


def shape_problems(item_id: Any, entry: Any, what: str) -> list[str]:
    """Tell what is wrong with the shape of an entry: `what` is an object of its fields, its id text."""
    if not isinstance(entry, Mapping):
        return [f"{what} must be an object of its fields, not {type(entry).__name__}"]
    if not isinstance(item_id, str):
        return [f"the id of {what} must be text, not {type(item_id).__name__}"]
    return []


def unknown_fields(given: Iterable[Any], names: Collection[str], what: str) -> list[str]:
    """Tell which of the names `given` are not among `names`, and which may be meant."""
    unknown = [name for name in given if name not in names]
    return [f"{what} has no field {name!r}.{nearest(str(name), names)}" for name in unknown]


def without_unknown_fields(entries: Any, names: Collection[str]) -> Any:
    """Give entries by id without the fields that are not among `names`; what is no object stays as it is."""
    if not isinstance(entries, Mapping):
        return entries
    return {item_id: _without_unknown_fields(entry, names) for item_id, entry in entries.items()}


def _without_unknown_fields(entry: Any, names: Collection[str]) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    return {name: value for name, value in entry.items() if name in names}


def completed(entry: Mapping[str, Any], names: Iterable[str], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Give all fields called `names`; a null is a missing one, and what has no default is None."""
    values = {**dict.fromkeys(names), **defaults}
    return values | {name: value for name, value in entry.items() if value is not None and name in values}
