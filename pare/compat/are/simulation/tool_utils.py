"""The names of ``are.simulation.tool_utils``."""

from pare.compat.tool_adapter import APPTOOL_ATTR_NAME, AppToolAdapter, build_tool, python_to_hf_type
from pare.kernel.enums import OperationType
from pare.tools.app_tool import AppTool, AppToolArg
from pare.tools.markers import ToolAttributeName, app_tool, data_tool, env_tool, tool_decorator, user_tool
from pare.tools.spec import adapt_type, format_type_name

__all__ = [
    "APPTOOL_ATTR_NAME",
    "AppTool",
    "AppToolAdapter",
    "AppToolArg",
    "OperationType",
    "ToolAttributeName",
    "adapt_type",
    "app_tool",
    "build_tool",
    "data_tool",
    "env_tool",
    "format_type_name",
    "python_to_hf_type",
    "tool_decorator",
    "user_tool",
]
