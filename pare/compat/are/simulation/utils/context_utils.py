"""The names of ``are.simulation.utils.context_utils``."""

from pare.compat.conveniences import conditional_context_manager

__all__ = [
    "conditional_context_manager",
]
