"""The import alias: ``are.simulation.x`` is `pare.compat.are.simulation.x`, the same module object."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from pare.errors import PareError, nearest

ALIAS = "are"
HOME = f"{__package__}.{ALIAS}"


class AliasError(PareError, ImportError):
    """The alias cannot serve a name."""


class RealPackageLoadedError(AliasError):
    """The real package is loaded already, so some modules would be its own and others ours."""


class UnknownAliasModuleError(AliasError, ModuleNotFoundError):
    """The alias has no module of that name."""


class _AliasLoader(Loader):
    """Gives the module that an alias stands for, as it is."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002 - what importlib calls
        """Import the home of the alias."""
        module = import_module(self._home)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Take back the spec that importlib has just set: the module is where it was."""
        module.__spec__ = self._spec


def _read_json(registry: Any, file: Path) -> None:
    """Register the scenario of a JSON file, if it is one."""
    from pare.compat.json_scenarios import register_found  # noqa: PLC0415 - install() imports nothing

    register_found(registry, file)


class _AliasFinder:
    """Finds ``are`` and what is below it; it also reads scenario files that are no modules."""

    scenario_readers: ClassVar = {".json": _read_json}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - what importlib calls
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Give the spec of an alias; None for any other module.

        Raises:
            UnknownAliasModuleError: the alias has no such module.
        """
        if fullname.partition(".")[0] != ALIAS:
            return None
        home = HOME + fullname.removeprefix(ALIAS)
        found = find_spec(home)
        if found is None:
            raise UnknownAliasModuleError(_unknown(fullname), name=fullname)
        spec = ModuleSpec(fullname, _AliasLoader(home), origin=found.origin)
        spec.submodule_search_locations = found.submodule_search_locations
        return spec


def install() -> None:
    """Make ``are.simulation`` importable; a second call does nothing.

    Raises:
        RealPackageLoadedError: the real package is loaded; nothing is changed.
    """
    if is_installed():
        return
    loaded = [name for name in sys.modules if name.partition(".")[0] == ALIAS]
    if loaded:
        place = getattr(sys.modules[loaded[0]], "__file__", None) or "an unknown place"
        raise RealPackageLoadedError(
            f"the package {ALIAS!r} is loaded already, from {place}; classes of two packages would be mixed. "
            "Call pare.compat.install() before anything imports it, or leave it out of this process"
        )
    sys.meta_path.insert(0, _AliasFinder())


def is_installed() -> bool:
    """Tell whether the alias is installed."""
    return any(isinstance(finder, _AliasFinder) for finder in sys.meta_path)


def _unknown(fullname: str) -> str:
    from pkgutil import iter_modules  # noqa: PLC0415 - for the message alone

    parent, _, child = fullname.rpartition(".")
    there = [item.name for item in iter_modules(import_module(HOME + parent.removeprefix(ALIAS)).__path__)]
    return f"pare has no counterpart of {fullname}.{nearest(child, there)} {parent} has: {', '.join(there)}"
