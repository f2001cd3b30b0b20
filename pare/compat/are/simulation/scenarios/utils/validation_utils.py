"""The names of ``are.simulation.scenarios.utils.validation_utils``."""

from pare.compat.running import get_last_message_from_agent

__all__ = [
    "get_last_message_from_agent",
]
