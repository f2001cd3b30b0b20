"""Tools: methods of apps that an agent, a user, the environment or the data set may call."""

from pare.kernel.enums import OperationType
from pare.tools.app_tool import AppTool, AppToolArg
from pare.tools.markers import (
    ToolAttributeName,
    app_tool,
    data_tool,
    env_tool,
    tool_decorator,
    user_tool,
)
from pare.tools.notices import VerbosityLevel, notifies
from pare.tools.toolbox import Toolbox

__all__ = [
    "AppTool",
    "AppToolArg",
    "OperationType",
    "ToolAttributeName",
    "Toolbox",
    "VerbosityLevel",
    "app_tool",
    "data_tool",
    "env_tool",
    "notifies",
    "tool_decorator",
    "user_tool",
]
