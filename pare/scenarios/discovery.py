"""Find scenario modules: the bundled ones, those of named directories, and entry points."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

DIRECTORIES_VARIABLE = "PARE_SCENARIOS_DIR"
ENTRY_POINT_GROUPS = ("pare.scenarios", "are.simulation.scenarios")

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "benchmark"


@dataclass(frozen=True)
class Failure:
    """A place where scenarios were expected, and why none came from it."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


def discover(registry: Any) -> list[Failure]:
    """Import every scenario module that can be found, so that it registers; give what failed."""
    failures: list[Failure] = []
    for directory in _directories(failures):
        for file in sorted(directory.glob("*.py")):
            if not file.name.startswith("_"):
                failures += _attempt(str(file), lambda file=file: registry.adopt(import_file(file)))
    for point in _entry_points():
        place = f"entry point {point.name!r} ({point.value})"
        failures += _attempt(place, lambda point=point: point.load()(registry))
    return failures


def import_file(file: Path) -> ModuleType:
    """Import a scenario file under a name of its own; modules beside it can be imported by it."""
    if file.parent == _BUNDLED:
        return import_module(f"pare.scenarios.benchmark.{file.stem}")
    _forget_namesakes(file.parent)
    beside_others = sys.modules.get(file.stem)
    if beside_others is not None and _is_at(beside_others, file):
        return beside_others
    name = f"scenario_file_{blake2b(str(file).encode(), digest_size=6).hexdigest()}_{file.stem}"
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError("it cannot be imported as a Python module")
    module = module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(file.parent))
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.path.remove(str(file.parent))
    return module


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


def _attempt(place: str, load: Any) -> list[Failure]:
    try:
        load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it raises is reported, never skipped
        return [Failure(place, f"{type(error).__name__}: {error}")]
    return []


def _directories(failures: list[Failure]) -> Iterator[Path]:
    names = [part.strip() for part in os.environ.get(DIRECTORIES_VARIABLE, "").split(",") if part.strip()]
    if not names:
        yield _BUNDLED
    for name in names:
        candidates = [Path(name)] if Path(name).is_absolute() else [Path.cwd() / name, _PACKAGE / name]
        found = next((path for path in candidates if path.is_dir()), None)
        if found is None:
            tried = " nor ".join(str(path) for path in candidates)
            failures.append(Failure(f"{DIRECTORIES_VARIABLE}={name}", f"there is no directory {tried}"))
        else:
            yield found.resolve()


def _entry_points() -> Iterator[EntryPoint]:
    for group in ENTRY_POINT_GROUPS:
        yield from entry_points(group=group)
