"""The tools that an agent or a user may call now: find, validate, let noise act, call.

This is one of the three borders at which exceptions are caught: whatever a tool raises becomes a
ToolError whose text is the observation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import CoroutineType
from typing import Any

import orjson

from pare.errors import AsyncToolError, InvalidArgumentsError, ToolError, UnknownCallError, nearest
from pare.kernel.execution import discard
from pare.tools.app_tool import AppTool

NoiseHook = Callable[[AppTool, Mapping[str, Any]], None]
"""Looks at a valid call before it is made, and may raise a ToolError in its place."""


class Toolbox:
    """Tools by their public name."""

    def __init__(self, tools: Iterable[AppTool], noise: NoiseHook | None = None) -> None:
        self.tools = {tool._public_name: tool for tool in tools}
        self._noise = noise

    def find(self, name: str) -> AppTool:
        """Give the tool of that public name.

        Raises:
            UnknownCallError: it is not offered now.
        """
        tool = self.tools.get(name)
        if tool is None:
            offered = ", ".join(self.tools)
            raise UnknownCallError(
                f"there is no tool {name!r} now.{nearest(name, self.tools)} Tools: {offered}"
            )
        return tool

    def call(self, name: str, arguments: Mapping[str, Any] | str | None = None) -> Any:
        """Call a tool with arguments as a model gives them: an object, or JSON text of one.

        Raises:
            ToolError: the call was not valid or failed; its text is written for the model.
            AsyncToolError: the tool is an ``async def``; use `call_async`.
        """
        tool, result = self._begin(name, arguments)
        if type(result) is CoroutineType:
            discard(result)
            raise AsyncToolError(f"{name} is an `async def` tool; call it with Toolbox.call_async")
        return formatted(tool, result)

    async def call_async(self, name: str, arguments: Mapping[str, Any] | str | None = None) -> Any:
        """Call a tool, and await it where it is an ``async def``.

        Raises:
            ToolError: as for `call`.
        """
        tool, result = self._begin(name, arguments)
        if type(result) is CoroutineType:
            try:
                result = await result
            except Exception as error:
                raise as_tool_error(tool, error) from error
        return formatted(tool, result)

    def schemas(self) -> list[dict[str, Any]]:
        """Give the tools for a request with native tool calls."""
        return [tool.to_open_ai() for tool in self.tools.values()]

    def describe(self) -> str:
        """Give the tools as text, for a prompt."""
        return "\n".join(describe(tool) for tool in self.tools.values())

    def _begin(self, name: str, arguments: Mapping[str, Any] | str | None) -> tuple[AppTool, Any]:
        tool = self.find(name)
        valid = tool.spec.validated(read_arguments(arguments))
        if self._noise is not None:
            self._noise(tool, valid)
        try:
            return tool, getattr(tool.class_instance, tool.spec.function_name)(**valid)
        except Exception as error:
            raise as_tool_error(tool, error) from error


def formatted(tool: AppTool, result: Any) -> Any:
    """Give a result as the model reads it.

    Raises:
        ToolError: the tool's formatter failed.
    """
    try:
        return tool.formatted(result)
    except Exception as error:
        raise as_tool_error(tool, error) from error


def as_tool_error(tool: AppTool, error: Exception) -> ToolError:
    """Give what a tool raised as a ToolError, with its own words."""
    if isinstance(error, ToolError):
        return error
    return ToolError(f"{tool._public_name} failed: {str(error) or type(error).__name__}")


def read_arguments(arguments: Mapping[str, Any] | str | None) -> Mapping[str, Any]:
    """Give the arguments of a call as a mapping; none, and empty text, are no arguments.

    Raises:
        InvalidArgumentsError: they are neither an object nor JSON text of one.
    """
    if isinstance(arguments, str):
        try:
            arguments = orjson.loads(arguments) if arguments.strip() else {}
        except orjson.JSONDecodeError as error:
            raise InvalidArgumentsError(f"the arguments are not JSON: {error}") from None
    if arguments is None:
        return {}
    if not isinstance(arguments, Mapping):
        raise InvalidArgumentsError(
            f"the arguments are of type {type(arguments).__name__}; an object of names and values is expected"
        )
    return arguments


def describe(tool: AppTool) -> str:
    """Give one tool as text: name, what it does, each argument, the result."""
    return f"- {tool._public_name}: {tool._public_description}{tool.spec.details}"
