"""What a scenario is, in a line: its apps, its tags, how difficult it is by the length of its oracle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pare.apps.system import SystemApp
from pare.apps.user_interface import AgentUserInterface
from pare.kernel.calls import OracleEvent
from pare.scenarios.scenario import Scenario

Difficulty = Literal["short", "medium", "long"]

SHORT, LONG = 9, 12
"""A short oracle has at most so many events, a long one at least so many."""


@dataclass(frozen=True)
class Overview:
    """A scenario in a line. `apps` are the names of those that not every scenario has."""

    scenario_id: str
    apps: tuple[str, ...]
    tags: tuple[str, ...]
    oracle_length: int
    summary: str

    @property
    def difficulty(self) -> Difficulty:
        """How difficult it is."""
        return difficulty(self.oracle_length)


def overview(scenario: Scenario) -> Overview:
    """Look an initialised scenario over."""
    apps = [app for app in scenario.apps or () if not isinstance(app, (AgentUserInterface, SystemApp))]
    return Overview(
        scenario.scenario_id,
        tuple(app.name for app in apps),
        tuple(tag.value for tag in scenario.tags or ()),
        oracle_length(scenario),
        summary_of(type(scenario)),
    )


def oracle_length(scenario: Scenario) -> int:
    """Count the events of an initialised scenario that an ideal agent, or its user, brings about."""
    return sum(isinstance(event.in_graph(), OracleEvent) for event in scenario.events)


def difficulty(length: int) -> Difficulty:
    """Give the difficulty of a scenario whose oracle has that length."""
    if length <= SHORT:
        return "short"
    return "long" if length >= LONG else "medium"


def summary_of(scenario_class: type[Scenario]) -> str:
    """Give the first line of a scenario's own docstring; the one that dataclasses make up is none."""
    text = vars(scenario_class).get("__doc__") or ""
    return "" if text.startswith(f"{scenario_class.__name__}(") else text.strip().partition("\n")[0]
