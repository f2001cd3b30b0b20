"""The scenarios that this installation knows, by id.

They come from the bundled benchmark (or the directories that ``PARE_SCENARIOS_DIR`` names in its
place), from distributions that declare an entry point, and from files that were imported.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from pare.errors import ScenarioImportError, UnknownScenarioError, nearest
from pare.kernel.run_context import RunContext
from pare.logs import get_logger
from pare.scenarios.discovery import Failure, discover, discover_installed
from pare.scenarios.scenario import Scenario

ScenarioClass = TypeVar("ScenarioClass", bound=type[Scenario])

SCENARIO_ENTRY_POINT_GROUP = "pare.scenarios"


class ScenarioRegistry:
    """Scenario classes by id, in the order of registration; what can be found is found on first use.

    `before_import` is called before scenario modules are imported: whoever knows what these need to be
    importable (as `pare.compat.install` does) hands it over.
    """

    before_import: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self) -> None:
        self._scenarios: dict[str, type[Scenario]] = {}
        self._code: dict[str, type[Scenario]] = {}
        self._installed: dict[str, type[Scenario]] | None = None
        self._failures: list[Failure] = []
        self._replaced: list[Failure] = []
        self._discovered = False

    def register(self, scenario_id: str) -> Callable[[ScenarioClass], ScenarioClass]:
        """Register a class under `scenario_id`; a later class of that id takes its place.

        Raises:
            TypeError: it is no subclass of Scenario.
        """

        def decorate(cls: ScenarioClass) -> ScenarioClass:
            if not _is_scenario(cls):
                raise TypeError(f"{cls!r} is registered as {scenario_id!r} but is no subclass of Scenario")
            former = self._scenarios.get(scenario_id)
            if former is not None and _place(former) != _place(cls):
                get_logger().warning(
                    "scenario.replaced", scenario_id=scenario_id, former=_place(former), by=_place(cls)
                )
                reason = f"registers {scenario_id!r}, which {_place(former)} had registered before"
                self._replaced.append(Failure(_place(cls), reason))
            cls.scenario_id = scenario_id
            cls._registered_as = scenario_id  # type: ignore[attr-defined]  # a mark for `adopt`
            self._scenarios[scenario_id] = cls
            if _is_code(cls):
                self._code[scenario_id] = cls
            return cls

        return decorate

    def adopt(self, module: ModuleType) -> None:
        """Register what `module` registered when it was first imported, if it was forgotten since."""
        classes = {
            vars(item).get("_registered_as"): item for item in vars(module).values() if _is_scenario(item)
        }
        for scenario_id, cls in classes.items():
            if scenario_id is not None and scenario_id not in self._scenarios:
                self.register(scenario_id)(cls)

    def get_scenario(self, scenario_id: str) -> type[Scenario]:
        """Give the class of that id.

        Raises:
            UnknownScenarioError: there is none; the nearest ids are named.
            ScenarioImportError: there is none, and modules failed to import that might hold it.
        """
        self._discover()
        if scenario_id in self._scenarios:
            return self._scenarios[scenario_id]
        self._complain(f"there is no scenario {scenario_id!r} among those that could be imported")
        raise UnknownScenarioError(
            f"there is no scenario {scenario_id!r} among {len(self._scenarios)} registered ones."
            f"{nearest(scenario_id, self._scenarios)}"
        )

    def get_all_scenarios(self) -> dict[str, type[Scenario]]:
        """Give every class by id.

        Raises:
            ScenarioImportError: a module failed to import, so the set would be smaller than meant.
        """
        self._discover()
        self._complain("not all scenarios could be imported")
        return self._scenarios

    def code_of(self, scenario_id: str) -> type[Scenario] | None:
        """Give the class in Python of that id, also where a file that was read has taken its place.

        What is installed is known here whatever directories are loaded. None: there is no such class.
        """
        self._discover()
        if scenario_id not in self._code and self._installed is None:
            self._installed = self._load_aside()
        return self._code.get(scenario_id) or (self._installed or {}).get(scenario_id)

    def create(self, scenario_id: str, **fields: Any) -> Scenario:
        """Make a scenario of that id; what its constructor builds takes ids from a run of its own."""
        scenario_class = self.get_scenario(scenario_id)
        with RunContext(f"constructing {scenario_id}").active():
            return scenario_class(**fields)

    def load(self, directories: Sequence[str | Path]) -> list[str]:
        """Forget what is known, import the scenarios of `directories` in its place, and give their ids.

        What could not be imported is told by `failures`, and ids that were taken twice by `replaced`.
        """
        self._scenarios.clear()
        self._code.clear()
        self._replaced.clear()
        self._discovered = True
        self._failures = discover(self, directories)
        return list(self._scenarios)

    @property
    def ids(self) -> list[str]:
        """The ids of the scenarios that could be imported, also where others could not."""
        self._discover()
        return list(self._scenarios)

    @property
    def failures(self) -> list[Failure]:
        """The modules that could not be imported, and why."""
        self._discover()
        return list(self._failures)

    @property
    def replaced(self) -> list[Failure]:
        """The classes that took an id which another one had."""
        self._discover()
        return list(self._replaced)

    def reset(self) -> None:
        """Forget everything; discovery starts anew on the next use."""
        self.__init__()  # type: ignore[misc]

    def _discover(self) -> None:
        if not self._discovered:
            self._discovered = True  # modules that are being imported may ask for a scenario
            try:
                self._failures = discover(self)
            except BaseException:
                self._discovered = False
                raise

    def _load_aside(self) -> dict[str, type[Scenario]]:
        """Import what is installed without taking it into the scenarios that are loaded."""
        loaded = self._scenarios, self._code, self._replaced
        self._scenarios, self._code, self._replaced = {}, {}, []
        try:
            discover_installed(self)
            return self._code
        finally:
            self._scenarios, self._code, self._replaced = loaded

    def _complain(self, beginning: str) -> None:
        if self._failures:
            listed = "\n".join(f"  {failure}" for failure in self._failures)
            raise ScenarioImportError(f"{beginning}:\n{listed}")


def _is_scenario(item: Any) -> bool:
    return isinstance(item, type) and issubclass(item, Scenario)


def _is_code(cls: type[Scenario]) -> bool:
    """Tell whether a scenario was written in Python; one that was read says itself what its source is."""
    return not hasattr(cls, "source_parts")


def _place(cls: type[Scenario]) -> str:
    """Name file and class: a file that others import is imported twice, and does not replace itself."""
    module = sys.modules.get(cls.__module__)
    return f"{getattr(module, '__file__', None) or cls.__module__}::{cls.__qualname__}"


registry = ScenarioRegistry()


def register_scenario(scenario_id: str) -> Callable[[ScenarioClass], ScenarioClass]:
    """Register a scenario class under `scenario_id`; see ScenarioRegistry.register."""
    return registry.register(scenario_id)
