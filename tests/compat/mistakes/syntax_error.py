"""The colon is missing."""

from are.simulation.scenarios.scenario import Scenario


class Mistake(Scenario)
    start_time: float | None = 0
