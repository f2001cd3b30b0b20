"""The names of ``are.simulation.scenarios.utils.env_utils``."""

from pare.compat.conveniences import expand_env_vars

__all__ = [
    "expand_env_vars",
]
