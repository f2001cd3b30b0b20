"""A tool as it is offered: a method of one app instance, with its public name and description."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, cast

from pare.tools.spec import AppToolArg, ToolSpec, spec_of

__all__ = ["AppTool", "AppToolArg"]


@dataclass(eq=False, slots=True)
class AppTool:
    """The method `spec.function_name` of `class_instance`, an app or a screen of one.

    The public name and description are what a model sees; noise may change them, for this instance
    alone.
    """

    spec: ToolSpec
    class_instance: Any
    app_name: str
    class_name: str
    _public_name: str
    _public_description: str
    failure_probability: float | None = None

    @property
    def name(self) -> str:
        """The app's name and the function's, joined by two underscores."""
        return f"{self.app_name}__{self.spec.function_name}"

    @property
    def func_name(self) -> str:
        """The name of the function."""
        return self.spec.function_name

    @property
    def function(self) -> Callable[..., Any]:
        """The unbound method."""
        method: Callable[..., Any] = getattr(type(self.class_instance), self.spec.function_name)
        return method

    @property
    def function_description(self) -> str:
        """The description that the docstring gives."""
        return self.spec.description

    @property
    def args(self) -> list[AppToolArg]:
        """The arguments, in order."""
        return list(self.spec.args)

    @property
    def arg_descriptions(self) -> dict[str, str | None]:
        """The description of each argument."""
        return {arg.name: arg.description for arg in self.spec.args}

    @property
    def return_type(self) -> str | None:
        """The type of the result, as text."""
        return self.spec.return_type

    @property
    def return_description(self) -> str | None:
        """What the result is."""
        return self.spec.return_description

    @property
    def write_operation(self) -> bool | None:
        """Whether the tool changes something; None for a method that is not recorded."""
        return self.spec.write_operation

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method; a result with a formatter comes as text."""
        result = getattr(self.class_instance, self.spec.function_name)(*args, **kwargs)
        return self.formatted(result)

    def formatted(self, result: Any) -> Any:
        """Give a result as the model reads it."""
        formatter = getattr(self.function, "llm_formatter", None)
        return result if formatter is None else formatter(result)

    def to_metadata_dict(self) -> dict[str, Any]:
        """Give the description of the tool as plain data."""
        return {
            "name": self.name,
            "description": self.function_description,
            "args": [
                {
                    "name": arg.name,
                    "type": arg.arg_type,
                    "description": arg.description,
                    "has_default": arg.has_default,
                    "default": arg.default,
                }
                for arg in self.spec.args
            ],
            "return_type": self.return_type,
            "return_description": self.return_description,
            "write_operation": bool(self.write_operation),
            "role": "",
        }

    def to_open_ai(self) -> dict[str, Any]:
        """Give the tool for a native tool call: public name, description, JSON schema of the arguments."""
        return {
            "type": "function",
            "function": {
                "name": self._public_name,
                "description": self._public_description,
                "parameters": self.spec.parameters,
            },
        }


def build_tool(app: Any, function_name: str, receiver: Any = None, description: str | None = None) -> AppTool:
    """Make the tool of a method of `app`, or of `receiver`, a screen of it.

    Raises:
        ValueError: the method has no docstring.
    """
    owner = app if receiver is None else receiver
    spec = spec_of(cast(Hashable, type(owner)), function_name)
    name = f"{app.name}__{function_name}"
    return AppTool(spec, owner, app.name, type(app).__name__, name, description or spec.description)
