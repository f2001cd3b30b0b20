"""The names of ``are.simulation.apps.app``."""

from pare.apps.base import App, Protocol, ToolType
from pare.compat.published import get_base_method_doc
from pare.kernel.clock import Clock as TimeManager
from pare.tools.app_tool import AppTool
from pare.tools.markers import ToolAttributeName

__all__ = [
    "App",
    "AppTool",
    "Protocol",
    "TimeManager",
    "ToolAttributeName",
    "ToolType",
    "get_base_method_doc",
]
