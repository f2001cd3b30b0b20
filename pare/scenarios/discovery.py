"""Find scenario modules: the bundled ones, those of named directories, and entry points."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any

DIRECTORIES_VARIABLE = "PARE_SCENARIOS_DIR"
ENTRY_POINT_GROUPS = ("pare.scenarios", "are.simulation.scenarios")

Reader = Callable[[Any, Path], object]
"""Registers the scenarios of a file with a registry."""

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "benchmark"


@dataclass(frozen=True)
class Failure:
    """A place where scenarios were expected, and why none came from it."""

    place: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        line = "" if self.line is None else f" (line {self.line})"
        return f"{self.place}: {self.reason}{line}"


def discover(registry: Any, directories: Sequence[str | Path] | None = None) -> list[Failure]:
    """Import every scenario module that can be found, so that it registers; give what failed.

    Given `directories`, only their files are imported: those in them, and the modules of packages in
    them; a file may stand in place of a directory. `registry.before_import` is called first. Files that
    are no modules are left to the readers of import hooks, after all modules, as they may name what
    these register.
    """
    registry.before_import()
    failures: list[Failure] = []
    readers = {".py": _import_into} | readers_of_import_hooks()
    found = [
        file
        for directory in _directories(failures, directories)
        for file in scenario_files(directory, tuple(readers))
    ]
    for file in sorted(found, key=lambda file: file.suffix != ".py"):
        failures += _attempt(str(file), lambda file=file: readers[file.suffix](registry, file), file)
    return failures if directories is not None else failures + _load_entry_points(registry)


def discover_installed(registry: Any) -> list[Failure]:
    """Import what is installed, whatever directories are named; give what failed."""
    return discover(registry, [_BUNDLED]) + _load_entry_points(registry)


def _load_entry_points(registry: Any) -> list[Failure]:
    failures: list[Failure] = []
    for point in _entry_points():
        place = f"entry point {point.name!r} ({point.value})"
        failures += _attempt(place, lambda point=point: point.load()(registry))
    return failures


def readers_of_import_hooks() -> dict[str, Reader]:
    """Give what registers scenarios of files, by suffix: what import hooks have as `scenario_readers`."""
    return {
        suffix: reader
        for hook in sys.meta_path
        for suffix, reader in getattr(hook, "scenario_readers", {}).items()
    }


def _import_into(registry: Any, file: Path) -> None:
    registry.adopt(import_file(file))


def scenario_files(directory: Path, suffixes: Sequence[str] = (".py",)) -> list[Path]:
    """List the files of a directory that may hold scenarios, and those of the packages in it.

    Names that begin with an underscore or a dot hold none. A file is listed itself.
    """
    if directory.is_file():
        return [directory] if directory.suffix in suffixes else []
    found = []
    for path in sorted(directory.iterdir()):
        if path.name.startswith(("_", ".")):
            continue
        if path.suffix in suffixes and path.is_file():
            found.append(path)
        elif (path / "__init__.py").is_file():
            found += scenario_files(path, suffixes)
    return found


def import_file(file: Path) -> ModuleType:
    """Import a scenario file under a name of its own; modules beside it can be imported by it.

    A file of a package is imported as its module, so that its relative imports work.
    """
    if file.parent == _BUNDLED:
        return import_module(f"pare.scenarios.benchmark.{file.stem}")
    _forget_namesakes(file.parent)
    if (file.parent / "__init__.py").is_file():
        return _import_member(file)
    return _import_alone(file)


def _import_member(file: Path) -> ModuleType:
    top = file.parent
    while (top.parent / "__init__.py").is_file():
        top = top.parent
    name = f"scenario_package_{_digest(top)}_{top.name}"
    with _importable(top.parent), _importable(file.parent):
        if name not in sys.modules:
            _execute(name, top / "__init__.py", [str(top)])
        parts = file.relative_to(top).with_suffix("").parts
        return import_module(".".join((name, *parts)))


def _import_alone(file: Path) -> ModuleType:
    beside_others = sys.modules.get(file.stem)
    if beside_others is not None and _is_at(beside_others, file):
        return beside_others
    with _importable(file.parent):
        return _execute(f"scenario_file_{_digest(file)}_{file.stem}", file)


def _execute(name: str, file: Path, search: list[str] | None = None) -> ModuleType:
    spec = spec_from_file_location(name, file, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise ImportError("it cannot be imported as a Python module")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        for loaded in [item for item in sys.modules if item == name or item.startswith(f"{name}.")]:
            del sys.modules[loaded]
        raise
    return module


@contextmanager
def _importable(directory: Path) -> Iterator[None]:
    """Let modules of `directory` be imported by their names within the block."""
    sys.path.insert(0, str(directory))
    try:
        yield
    finally:
        sys.path.remove(str(directory))


def _digest(path: Path) -> str:
    return blake2b(str(path).encode(), digest_size=6).hexdigest()


def _forget_namesakes(directory: Path) -> None:
    """Let `directory` bring modules of its own, also where files of another directory imported a namesake.

    What can be imported without either directory (an installed package) is no such namesake.
    """
    for beside in {path.name.partition(".")[0] for path in directory.iterdir()} & sys.modules.keys():
        origin = getattr(sys.modules[beside], "__file__", None)
        if beside == "__main__" or origin is None or Path(origin).is_relative_to(directory):
            continue
        if not any(finder.find_spec(beside, None) for finder in sys.meta_path):
            for name in [name for name in sys.modules if name.partition(".")[0] == beside]:
                del sys.modules[name]


def _is_at(module: ModuleType, file: Path) -> bool:
    origin = getattr(module, "__file__", None)
    return origin is not None and Path(origin).resolve() == file


def _attempt(place: str, load: Any, file: Path | None = None) -> list[Failure]:
    try:
        load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it raises is reported, never skipped
        return [Failure(place, _reason(error), _line(error, file))]
    return []


def _reason(error: BaseException) -> str:
    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == "are":
        return f"{reason} (call pare.compat.install() before scenarios are imported)"
    return reason


def _line(error: BaseException, file: Path | None) -> int | None:
    """Give the line of `file` at which it failed, the innermost of them."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(file)]
    return lines[-1] if lines else None


def _directories(failures: list[Failure], given: Sequence[str | Path] | None) -> Iterator[Path]:
    named = os.environ.get(DIRECTORIES_VARIABLE, "").split(",") if given is None else map(str, given)
    origin = f"{DIRECTORIES_VARIABLE}=" if given is None else "scenarios directory "
    names = [part.strip() for part in named if part.strip()]
    if not names:
        yield _BUNDLED
    for name in names:
        candidates = [Path(name)] if Path(name).is_absolute() else [Path.cwd() / name, _PACKAGE / name]
        found = next((path for path in candidates if path.is_dir() or path.is_file()), None)
        if found is None:
            tried = " nor ".join(str(path) for path in candidates)
            failures.append(Failure(f"{origin}{name}", f"there is no directory {tried}"))
        else:
            yield found.resolve()


def _entry_points() -> Iterator[EntryPoint]:
    for group in ENTRY_POINT_GROUPS:
        yield from entry_points(group=group)
