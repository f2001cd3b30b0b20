"""The names of ``are.simulation.tool_box``."""

from pare.tools.toolbox import Toolbox

__all__ = [
    "Toolbox",
]
