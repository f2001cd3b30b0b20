"""The names of ``are.simulation.agents.multimodal``."""

from pare.compat.published import Attachment

__all__ = [
    "Attachment",
]
