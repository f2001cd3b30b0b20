"""How a run is made."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ScenarioRunnerConfig(BaseModel):
    """The settings of one run. With `oracle` the scenario's own oracle events are played, no agents."""

    model_config = ConfigDict(extra="forbid")

    oracle: bool = False
