"""Check values against the types of fields, and say what is wrong in the words of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from pare.errors import nearest
from pare.llm.engine import EngineConfig
from pare.sweep.document import Document, Node
from pare.sweep.problems import MOST_LISTED, Path, Problem
from pare.sweep.scalars import explanation, resolve

Fault = tuple[Path, str]
"""A place within a value, and what is wrong there."""

LONGEST_QUOTE = 60
_SECRET = frozenset({"key", "headers", "query", "auth_header", "auth_scheme", "extra_body"})
_ENGINE_SPELLINGS = ("model_name", "endpoint")

_WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "path_type": "text: a path",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dataclass_type": "a mapping",
    "none_required": "nothing",
}
_KINDS = frozenset({"int_type", "float_type", "bool_type", "string_type"})
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A value as its field takes it, or what is wrong with it."""

    value: Any
    faults: Sequence[Fault]


class Problems:
    """Collects what is wrong in one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Problem] = list(document.problems)
        self._known: set[tuple[Path, str]] = set()

    def add(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Add a problem of what stands at `path`, or of the key itself; the same one is told once."""
        if (path, message) not in self._known:
            self._known.add((path, message))
            self.found.append(self.document.problem(path, message, at_key=at_key))

    def unknown(
        self, path: Path, what: str, word: str, known: Sequence[str], *, at_key: bool = False
    ) -> None:
        """Add the problem that a word is none of those known, with the nearest and, if few, all of them."""
        self.add(path, unknown(what, word, known, len(self.found)), at_key=at_key)

    def mistaken(self, path: Path, wanted: str) -> None:
        """Add the problem that something else is `wanted` at `path` than stands there."""
        self.add(path, f"expected {wanted}, found {describe(self.document.node(path))}")

    def check(self, path: Path, annotation: Any, value: Any) -> Any:
        """Give `value` as the type `annotation` takes it; None, and problems, if it does not."""
        checked = check(annotation, value)
        for place, message in checked.faults:
            whole = (*path, *place)
            self.add(whole, message.replace("{found}", _found(self.document.node(whole), whole)))
        return checked.value


def unknown(what: str, word: str, known: Sequence[str], before: int = 0) -> str:
    """Say that a word is not known, which was probably meant, and which there are if they are few."""
    meant = nearest(word, known) if before < MOST_LISTED // 2 else ""
    listed = f" Known: {', '.join(known)}." if len(known) <= 12 else ""
    none = "" if known else " There is none."
    return f"{what} {_short(word)} is not known.{meant}{listed}{none}"


def check(annotation: Any, value: Any) -> Checked:
    """Check a plain value against a type; a word is never taken for a number, nor a number for a word."""
    cleaned, faults = _without_unknown(annotation, value, ())
    adapter = _adapter(annotation)
    found: dict[Path, str] = dict(faults)
    for error in _kind_errors(adapter, cleaned):
        found[_place(error["loc"], value)] = _message(error)
    try:
        taken = adapter.validate_python(cleaned)
    except ValidationError as error:
        for item in error.errors():
            found.setdefault(_place(item["loc"], value), _message(item))
        taken = None
    return Checked(None if found else taken, list(found.items()))


def annotated(model: type[BaseModel], field: str) -> Any:
    """Give the type of a model's field, with its bounds and validators."""
    item = model.model_fields[field]
    return Annotated[(item.annotation, *item.metadata)] if item.metadata else item.annotation


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def _kind_errors(adapter: TypeAdapter[Any], value: Any) -> Iterator[Any]:
    """Give where pydantic would turn a word into a number, or a number into true."""
    try:
        adapter.validate_json(orjson.dumps(value), strict=True)
    except ValidationError as error:
        yield from (item for item in error.errors() if item["type"] in _KINDS)


def _place(location: Sequence[str | int], value: Any) -> Path:
    """Keep of a pydantic location what the value has: it also names the members of unions."""
    path: list[str | int] = []
    for part in location:
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _message(error: Any) -> str:
    kind, context = error["type"], error.get("ctx") or {}
    if kind == "missing":
        return f"the field {error['loc'][-1]!r} is missing"
    if kind == "literal_error":
        return _one_of(context["expected"], error["input"])
    if kind in _WANTED:
        return f"expected {_WANTED[kind]}, found {{found}}"
    for name, words in _BOUNDS.items():
        if name in context:
            return f"must be {words} {context[name]:g}, found {{found}}"
    if kind == "string_too_short":
        return "must not be empty"
    return str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")


def _one_of(expected: str, found: Any) -> str:
    known = expected.replace(" or ", ", ").replace("'", "").split(", ")
    meant = _nearest_in_any_case(found, known) if isinstance(found, str) else ""
    return f"expected one of {', '.join(known)}, found {{found}}.{meant}"


def _nearest_in_any_case(word: str, known: Sequence[str]) -> str:
    same = [other for other in known if other.casefold() == word.casefold()]
    return nearest(same[0] if same else word, known, limit=1)


# --- fields that are not known ------------------------------------------------------------------------------


def _without_unknown(annotation: Any, value: Any, path: Path) -> tuple[Any, list[Fault]]:
    """Take out the keys that no field has, at every depth, and say so of each."""
    kind = _kind_with_fields(annotation)
    if kind is None or not isinstance(value, Mapping):
        return value, []
    types = _types_of(kind)
    known = [*types, *(_ENGINE_SPELLINGS if kind is EngineConfig else ())]
    kept, faults = {}, []
    for name, item in value.items():
        if name in known:
            kept[name], inner = _without_unknown(types.get(name), item, (*path, name))
            faults += inner
        else:
            faults.append(((*path, name), unknown("the field", name, known, len(faults))))
    return kept, faults


def _kind_with_fields(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _kind_with_fields(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next(filter(None, map(_kind_with_fields, get_args(annotation))), None)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model or (isinstance(annotation, type) and is_dataclass(annotation)) else None


def _types_of(kind: Any) -> dict[str, Any]:
    if issubclass(kind, BaseModel):
        return {name: item.annotation for name, item in kind.model_fields.items()}
    return {item.name: item.type for item in fields(kind)}


# --- what was found -----------------------------------------------------------------------------------------


def describe(node: Node | None) -> str:
    """Say what stands somewhere, and why it is not what it looks like."""
    if node is None or node.value is None:
        return "nothing"
    if isinstance(node.value, dict | list):
        return "a mapping" if isinstance(node.value, dict) else "a list"
    if isinstance(node.value, bool):
        return node.written
    if not isinstance(node.value, str):
        return f"the number {_short(node.written, quoted=False)}"
    return f"the text {_short(node.value)}{_reason(node)}"


def _reason(node: Node) -> str:
    if node.is_plain:
        reason = explanation(node.written)
    else:
        is_text = isinstance(resolve(node.written), str)
        reason = "" if is_text else "the quotes make it text: leave them out"
    return f" ({reason})" if reason else ""


def _found(node: Node | None, path: Path) -> str:
    """Describe what stands at `path`, but never show what may be a key."""
    is_secret = any(part in _SECRET for part in path)
    return "something else (not shown: it may be a key)" if is_secret and node else describe(node)


def _short(text: str, *, quoted: bool = True) -> str:
    cut = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return repr(cut) if quoted else cut
