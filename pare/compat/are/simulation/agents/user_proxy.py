"""The names of ``are.simulation.agents.user_proxy``."""

from pare.compat.published import UserProxy

__all__ = [
    "UserProxy",
]
