"""Tools of apps under the published names of what surrounds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pare.tools.app_tool import AppTool
from pare.tools.app_tool import build_tool as tool_of
from pare.tools.markers import ToolAttributeName

APPTOOL_ATTR_NAME = ToolAttributeName.APP.value
"""The attribute by which a tool of the agent is known."""

python_to_hf_type = {"int": "integer", "float": "number", "str": "string", "bool": "boolean"}
"""The words of a tool's description for Python types; whatever else is ``any``."""


class AppToolAdapter:
    """A tool of an app as an agent of another framework holds it."""

    additional_hints: ClassVar[str] = ""

    def __init__(self, app_tool: AppTool) -> None:
        self.app_tool = app_tool
        self.name = app_tool._public_name
        self.output_type = _word(app_tool.return_type)
        self.description = f"Acts on app {app_tool.app_name}: {app_tool._public_description}"
        if self.output_type == "any":
            self.description += f" Returns: {app_tool.return_type}"
        self.inputs = {arg.name: _described(arg) for arg in app_tool.args}

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the tool."""
        return self.app_tool(*args, **kwargs)

    __call__ = forward


def _word(type_name: str | None) -> str:
    return python_to_hf_type.get(type_name or "None", "any")


def _described(arg: Any) -> dict[str, Any]:
    description = {"type": _word(arg.arg_type), "description": arg.description}
    return {**description, "default": arg.default} if arg.has_default else description


def build_tool(app: Any, func: Callable[..., Any], failure_probability: float | None = None) -> AppTool:
    """Make the tool of a method of `app`.

    Raises:
        ValueError: the method has no docstring.
    """
    tool = tool_of(app, func.__name__)
    tool.failure_probability = failure_probability
    return tool
