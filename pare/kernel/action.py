"""A call of an app's function, as a value that can be planned, executed and recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pare.kernel.enums import OperationType
from pare.kernel.run_context import RunContext, current_run
from pare.kernel.serialization import to_plain


class Action:
    """Call `function` with `args`, on `app` where it belongs to one.

    In a captured call `args` hold every bound argument, ``self`` and defaults included, and
    `function` is the undecorated method. `resolved_args` are the arguments as they were executed,
    placeholders replaced; empty until then.
    """

    __slots__ = ("action_id", "app", "args", "function", "operation_type", "resolved_args")

    def __init__(  # noqa: PLR0913 - the published signature
        self,
        function: Callable[..., Any],
        args: dict[str, Any] | None = None,
        resolved_args: dict[str, Any] | None = None,
        app: Any = None,
        action_id: str | None = None,
        operation_type: OperationType | None = OperationType.READ,
        tool_metadata: Any = None,  # noqa: ARG002 - published; ours is looked up, never stored
    ) -> None:
        self.function = function
        self.args = {} if args is None else args
        self.resolved_args = {} if resolved_args is None else resolved_args
        self.app = app if app is not None else _owner(function)
        self.operation_type = operation_type
        self.action_id = action_id or self._new_id()

    def _new_id(self) -> str:
        run: RunContext | None = getattr(self.app, "run", None)
        run = run or current_run()
        number: int = run.next_number("action")
        return f"{self.class_name}.{self.function_name}-{number:08d}"

    @property
    def function_name(self) -> str:
        """The name of the function; of the inner one for a ``functools.partial``."""
        name: str | None = getattr(self.function, "__name__", None)
        if name is None and isinstance(self.function, partial):
            name = getattr(self.function.func, "__name__", None)
        if name is None:
            raise ValueError(f"{self.function!r} has no name")
        return name

    @property
    def class_name(self) -> str:
        """The class of the app, or ``NoneType`` without one."""
        name: str = self.app.__class__.__name__
        return name

    @property
    def app_name(self) -> str:
        """The name of the app instance, which also prefixes its tools."""
        return str(getattr(self.app, "name", None) or self.class_name)

    @property
    def tool_metadata(self) -> Any:
        """The agent tool that this action calls, or None."""
        get_tool = getattr(self.app, "get_tool", None)
        return get_tool(self.function_name) if get_tool else None

    def arguments(self) -> dict[str, Any]:
        """Give the arguments as executed (as planned before that), without ``self``."""
        args = self.resolved_args or self.args
        return {name: value for name, value in args.items() if name != "self"}

    def resolved(self, args: dict[str, Any]) -> Action:
        """Give this action with `args` as its resolved arguments; the plan stays as it is."""
        action = object.__new__(Action)
        action.function = self.function
        action.args = self.args
        action.resolved_args = args
        action.app = self.app
        action.operation_type = self.operation_type
        action.action_id = self.action_id
        return action

    def execute(self) -> Any:
        """Call the function with the resolved arguments, or with the planned ones."""
        args = self.resolved_args or self.args
        if "self" not in args:
            return self.function(**args)
        rest = dict(args)
        return self.function(rest.pop("self"), **rest)

    def execute_on_app(self, app: Any) -> Any:
        """Call the function on another `app`."""
        self.app = app
        if "self" in self.args:
            self.args = {**self.args, "self": app}
        return self.execute()

    def to_dict(self) -> dict[str, Any]:
        """Give the action as plain data, without ``self``."""
        return {
            "class_name": self.class_name,
            "app_name": self.app_name,
            "function_name": self.function_name,
            "args": _without_self(self.args),
            "resolved_args": _without_self(self.resolved_args),
            "operation_type": self.operation_type.value if self.operation_type else None,
            "action_id": self.action_id,
        }

    def __str__(self) -> str:
        return f"{self.class_name}.{self.function_name}({self.arguments()})"


def _owner(function: Callable[..., Any]) -> Any:
    """Give the app that a bound method belongs to, or None."""
    owner = getattr(function, "__self__", None)
    return owner if hasattr(owner, "add_event") else None


def _without_self(args: dict[str, Any]) -> dict[str, Any]:
    return {name: to_plain(value) for name, value in args.items() if name != "self"}


@dataclass
class ActionDescription:
    """An action in words: `app` name, `function` name, `args` as ``{name, value, value_type}``."""

    app: str
    function: str
    args: list[dict[str, Any]]


@dataclass
class EventMetadata:
    """What came of an event."""

    return_value: Any = None
    exception: str | None = None
    exception_stack_trace: str | None = None
    completed: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Give the metadata as plain data."""
        return {
            "return_value": to_plain(self.return_value),
            "exception": self.exception,
            "exception_stack_trace": self.exception_stack_trace,
            "completed": self.completed,
        }

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> EventMetadata:
        """Read what `to_dict` wrote."""
        return cls(**d)
