"""The published path of the user interface, which lives in `pare.apps.user_interface`."""

from pare.apps.user_interface import PAREAgentUserInterface

__all__ = ["PAREAgentUserInterface"]
