"""The names of ``are.simulation.agents.llm.types``."""

from pare.compat.published import MessageRole

__all__ = [
    "MessageRole",
]
