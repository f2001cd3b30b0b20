"""The published call that registers scenarios; a registry does it by itself when it is first asked."""

from __future__ import annotations

from pare.scenarios.utils.registry import ScenarioRegistry


def register_pare_scenarios(registry: ScenarioRegistry) -> None:
    """Register all scenarios that can be found, unless that has been done.

    What could not be imported is told by ``registry.failures``.
    """
    _ = registry.ids
