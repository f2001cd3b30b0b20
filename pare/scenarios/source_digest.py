"""The source of a scenario as a value: what counts in it, without comments, layout and Python's version.

It comes in two parts. The validator is the body of `validate` and what only it uses; the scenario is all
the rest of the module, and of the local modules beside it that it imports. A local module that only the
validator uses is a part of the validator as a whole.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import cast

VALIDATE = "validate"

_BUNDLED = Path(__file__).parent / "benchmark"
_PARE = Path(__file__).parents[1]

_IGNORED = {"ctx", "kind", "type_comment", "type_ignores", "type_params"}
"""Fields of syntax trees that say nothing here, or that only some versions of Python have."""

_DOCUMENTED = {ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef}
_NOTED = {ast.Name, ast.Attribute, ast.Import, ast.ImportFrom}

_PARSING = Lock()
"""Seen with CPython 3.11.7: threads that parse at a time may raise SystemError (recursion depth mismatch)."""


@dataclass(frozen=True)
class SourceParts:
    """Normalised source: of the scenario, and of its validator."""

    scenario: str = ""
    validator: str = ""


def source_parts(cls: type) -> SourceParts:
    """Give the source of a scenario class in its two parts; both are empty where there is none."""
    try:
        found = inspect.getsourcefile(cls)
    except TypeError:
        return SourceParts()
    if found is None or not Path(found).is_file():
        return SourceParts()
    inherited = frozenset(name for base in cls.__mro__[1:] for name in (*vars(base), *_annotated(base)))
    return _parts_of(Path(found), cls.__qualname__, inherited)


def files_beside(file: Path) -> set[Path]:
    """Give the files beside a module that it imports, and those that these import.

    Raises:
        SyntaxError: one of them is no Python.
    """
    whole = _Piece(frozenset(), frozenset(), frozenset(_Reading(_parsed(file)).imports), "")
    return _closure(file, [whole])


def _annotated(cls: type) -> Iterable[str]:
    names: Iterable[str] = vars(cls).get("__annotations__", ())
    return names


@cache
def _parts_of(file: Path, class_name: str, inherited: frozenset[str]) -> SourceParts:
    """Divide a module; what both parts use belongs to the scenario."""
    pieces = list(_pieces(_parsed(file), class_name, inherited))
    validating = [piece for piece in pieces if f"{class_name}.{VALIDATE}" in piece.names]
    others = [piece for piece in pieces if piece not in validating]
    for_validator = _reachable(validating, others)
    roots = [piece for piece in others if piece.is_root or piece not in for_validator]
    for_scenario = _reachable(roots, others)
    only_validator = [piece for piece in for_validator if piece not in for_scenario]
    modules = _closure(file, for_scenario)
    return SourceParts(
        _joined(for_scenario, modules), _joined(only_validator, _closure(file, only_validator) - modules)
    )


def _joined(pieces: Iterable[_Piece], modules: Iterable[Path]) -> str:
    """Put statements in an order of their own, so that moving one changes nothing."""
    texts = sorted(piece.text for piece in pieces)
    return "\n".join([*texts, *(f"{path.name}: {normalised(_parsed(path))}" for path in sorted(modules))])


@cache
def _parsed(file: Path) -> ast.Module:
    source = file.read_bytes()
    with _PARSING:
        return ast.parse(source)


# --- statements -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Piece:
    """A statement of a module or class: the names it defines, those it uses, and what it imports.

    A root counts for the scenario whoever uses it: the base class does, or the registry.
    """

    names: frozenset[str]
    uses: frozenset[str]
    imports: frozenset[str]
    text: str
    is_root: bool = False


def _pieces(module: ast.Module, class_name: str, inherited: frozenset[str]) -> Iterator[_Piece]:
    """Take a module apart, and the scenario class in it; a member is known as ``<class>.<name>``."""
    for statement in _undocumented(module.body):
        if isinstance(statement, ast.ClassDef) and statement.name == class_name:
            yield from _members(statement, inherited)
        else:
            read = _Reading(statement)
            yield _Piece(_defined(statement, read), frozenset(read.used), frozenset(read.imports), read.text)


def _members(cls: ast.ClassDef, inherited: frozenset[str]) -> Iterator[_Piece]:
    head = _Reading([*cls.bases, *cls.keywords, *cls.decorator_list])
    text = f"{cls.name}: {head.text}"
    yield _Piece(frozenset({cls.name}), frozenset(head.used), frozenset(), text, is_root=True)
    for member in _undocumented(cls.body):
        read = _Reading(member)
        names = _defined(member, read)
        yield _Piece(
            frozenset(f"{cls.name}.{name}" for name in names),
            frozenset(read.used) | {f"{cls.name}.{name}" for name in read.attributes},
            frozenset(read.imports),
            f"{cls.name}: {read.text}",
            bool(names & inherited),
        )


def _undocumented(body: list[ast.stmt]) -> list[ast.stmt]:
    """Leave out a docstring: that of a scenario or a module says nothing to a model."""
    return body[1:] if body and _docstring(body[0]) is not None else body


def _docstring(statement: ast.stmt) -> str | None:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _defined(statement: ast.stmt, read: _Reading) -> frozenset[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return frozenset({statement.name})
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return frozenset((name.asname or name.name).partition(".")[0] for name in statement.names)
    return frozenset(read.stored)


def _reachable(roots: Iterable[_Piece], pieces: Iterable[_Piece]) -> list[_Piece]:
    """Give `roots` and all of `pieces` that they use, directly or not."""
    found = list(roots)
    rest = [piece for piece in pieces if piece not in found]
    for piece in found:  # grows on the way
        used = [other for other in rest if other.names & piece.uses]
        found += used
        rest = [other for other in rest if other not in used]
    return found


# --- modules beside the scenario ------------------------------------------------------------------------


def _closure(file: Path, pieces: Iterable[_Piece]) -> set[Path]:
    """Give the files beside a scenario that its `pieces` import, and those that these import."""
    found: set[Path] = set()
    todo = [path for piece in pieces for path in _resolved(file.parent, piece.imports)]
    while todo:
        path = todo.pop()
        if path not in found and path != file:
            found.add(path)
            todo += _resolved(path.parent, _Reading(_parsed(path)).imports)
    return found


def _resolved(directory: Path, names: Iterable[str]) -> Iterator[Path]:
    """Find the files of modules seen from `directory`, be they named from the top of its package.

    What `pare` itself brings is no part of a scenario: the semantics version stands for it.
    """
    for name in names:
        parts = tuple(name.lstrip(".").split("."))
        dots = len(name) - len(name.lstrip("."))
        above = [directory, *directory.parents]
        if dots:
            bases = above[dots - 1 : dots]
        else:
            bases = [directory, *(base for base in above[1:] if directory.is_relative_to(base / parts[0]))]
        for file in (file for base in bases for file in _files(base, parts)):
            if not file.is_relative_to(_PARE) or file.is_relative_to(_BUNDLED):
                yield file


def _files(directory: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    """Give the file of each package and module on the way to a name."""
    place = directory
    for part in parts:
        place /= part
        for candidate in (place.with_name(f"{part}.py"), place / "__init__.py"):
            if candidate.is_file():
                yield candidate


# --- syntax trees ---------------------------------------------------------------------------------------


def normalised(node: object) -> str:
    """Write a syntax tree so that only what it means counts, and all versions of Python agree."""
    return _Reading(node).text


class _Reading:
    """A syntax tree read once: its normalised text, and the names in it.

    `imports` are modules and what may be one, wherever in it they are imported; relative ones with dots.
    """

    def __init__(self, node: object) -> None:
        self.used: set[str] = set()
        self.stored: set[str] = set()
        self.attributes: set[str] = set()
        self.imports: set[str] = set()
        self.text = self._write(node)

    def _write(self, node: object) -> str:
        kind = type(node)
        if kind is list:
            return f"[{','.join(map(self._write, cast(list[object], node)))}]"
        if not isinstance(node, ast.AST):
            return f"{kind.__name__}:{node!a}"  # a repr depends on Python's version of Unicode
        if kind in _NOTED:
            self._note(node)
        parts = [kind.__name__, "("]
        for name in node._fields:
            value = getattr(node, name, None)
            if name in _IGNORED or value is None or value == []:
                continue
            if name == "body" and kind in _DOCUMENTED:
                text = _docstring(value[0])
                if text is not None:
                    parts += [] if kind is ast.Module else ["doc=", ascii(inspect.cleandoc(text)), ","]
                    value = value[1:]
            if kind is ast.JoinedStr:  # Python 3.12 ends a format in an empty text
                value = [part for part in value if getattr(part, "value", None) != ""]
            parts += [name, "=", self._write(value), ","]
        return "".join([*parts, ")"])

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            (self.stored if isinstance(node.ctx, ast.Store) else self.used).add(node.id)
        elif isinstance(node, ast.Attribute):
            self.attributes.add(node.attr)
        elif isinstance(node, ast.Import):
            self.imports.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (f"{node.module}." if node.module else "")
            self.imports.update(f"{origin}{name.name}" for name in node.names)
