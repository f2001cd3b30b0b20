"""The names of ``are.simulation.agents.are_simulation_agent_config``."""

from pare.compat.config import LLMEngineConfig

__all__ = [
    "LLMEngineConfig",
]
