"""The published path of the environment with a home screen, which lives in `pare.compat.environment`."""

from pare.compat.environment import StateAwareEnvironmentWrapper

__all__ = ["StateAwareEnvironmentWrapper"]
