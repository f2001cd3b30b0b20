"""Small functions that scenario files and apps import under published names."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from types import NoneType
from typing import Any, ClassVar, Generic, TypeVar, get_args, get_origin, get_type_hints

from pare.compat.type_check import is_optional_type
from pare.kernel.frames import muted
from pare.kernel.serialization import to_plain
from pare.rng import hex_id

T = TypeVar("T")

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")


def uuid_hex(rng: Random) -> str:
    """Draw an id of 32 hexadecimal digits from `rng`."""
    return hex_id(rng)


def make_serializable(value: Any) -> Any:
    """Give `value` as dicts, lists, strings and numbers."""
    return to_plain(value)


class EnumEncoder(json.JSONEncoder):
    """Writes enums by their values, and whatever else is no JSON as plain data."""

    def default(self, o: Any) -> Any:
        """Give an object as plain data."""
        return to_plain(o)


class SkippableDeepCopy:
    """Objects whose copies leave the fields out that are named here; these become None."""

    _skip_deepcopy_fields: ClassVar[list[str]] = []
    _skip_pickle_fields: ClassVar[list[str]] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = object.__new__(type(self))
        memo[id(self)] = twin
        for name, value in vars(self).items():
            setattr(twin, name, None if name in self._skip_deepcopy_fields else copy.deepcopy(value, memo))
        return twin

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | dict.fromkeys(self._skip_pickle_fields)


def from_dict(cls: type[T], data: dict[str, Any]) -> T:
    """Build a dataclass from plain data, also what it holds; enums are given by name."""
    hints = get_type_hints(cls)
    known = {item.name for item in fields(cls) if item.init}  # type: ignore[arg-type]  # a dataclass
    return cls(**{name: _built(hints[name], value) for name, value in data.items() if name in known})


def _built(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if is_optional_type(hint):
        hint = next(item for item in get_args(hint) if item is not NoneType)
    origin, args = get_origin(hint), get_args(hint)
    if origin is list:
        return [_built(args[0], item) for item in value]
    if origin is dict:
        return {_built(args[0], key): _built(args[1], item) for key, item in value.items()}
    if isinstance(hint, type) and issubclass(hint, Enum) and not isinstance(value, hint):
        return hint[str(value).upper()]
    is_nested = isinstance(hint, type) and is_dataclass(hint) and isinstance(value, dict)
    return from_dict(hint, value) if is_nested else value


def get_function_name(function: Callable[..., Any]) -> str:
    """Name a function; the inner one of a ``functools.partial``."""
    return get_function_name(function.func) if isinstance(function, partial) else function.__name__


def truncate_string(text: str, max_length: int = 100) -> str:
    """Give at most `max_length` characters of `text`, the last three of them dots where it goes on."""
    return text if len(text) <= max_length else text[: max(0, max_length - 3)] + "..."


def strip_app_name_prefix(name: str, app_name: str | None = None) -> str:
    """Give the name of a tool without that of its app."""
    return name.split("__", 1)[-1] if app_name is None else name.removeprefix(f"{app_name}__")


def batched(iterable: Iterable[T], n: int) -> Iterator[tuple[T, ...]]:
    """Give `iterable` in tuples of `n`; the last one may be shorter."""
    items = iter(iterable)
    while batch := tuple(islice(items, n)):
        yield batch


def save_jsonl(rows: Iterable[Any], path: str | Path) -> None:
    """Write each row as a line of JSON."""
    lines = [json.dumps(to_plain(row), ensure_ascii=False) + "\n" for row in rows]
    Path(path).write_text("".join(lines), encoding="utf-8")


def conditional_context_manager(
    condition: bool, manager: AbstractContextManager[Any]
) -> AbstractContextManager[Any]:
    """Give `manager` if the condition holds, else one that does nothing."""
    return manager if condition else nullcontext()


class CountableIterator(Generic[T]):
    """An iterator that may know how many items it gives."""

    def __init__(self, iterator: Iterator[T], total_count: int | None = None) -> None:
        self.iterator = iterator
        self.total_count = total_count

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        return next(self.iterator)

    def __len__(self) -> int:
        if self.total_count is None:
            raise TypeError("the number of items is not known")
        return self.total_count


def expand_env_vars(value: Any, allowed: list[str] | None = None) -> Any:
    """Replace ``${NAME}`` and ``${NAME:-default}`` in texts, also inside lists and dicts.

    Only the `allowed` names are, if they are given. An unknown name without a default stays.
    """
    if isinstance(value, dict):
        return {key: expand_env_vars(item, allowed) for key, item in value.items()}
    if isinstance(value, list):
        return [expand_env_vars(item, allowed) for item in value]
    return _VARIABLE.sub(partial(_expanded, allowed), value) if isinstance(value, str) else value


def _expanded(allowed: list[str] | None, match: re.Match[str]) -> str:
    if allowed is not None and match["name"] not in allowed:
        return match[0]
    return os.environ.get(match["name"], match[0] if match["default"] is None else match["default"])


FOLDERS = (
    *("Applications", "Desktop", "Documents", "Downloads", "Music"),
    *("Pictures", "Public", "Templates", "Videos"),
)
"""The folders of a home that has just been made."""


def default_fs_folders(fs: Any) -> None:
    """Make the usual folders in a file system; those that are there stay."""
    with muted():
        for name in FOLDERS:
            fs.makedirs(name, exist_ok=True)
