"""Screens: what the user sees of an app, and how a tap leads from one to the next.

A screen's tool does its step on the app and then says where it leads. If the step fails, nothing was
said, and the screen stays.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from typing import Any, Generic, ParamSpec, TypeVar, cast

from pare.apps.base import App
from pare.errors import PareError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType, OperationType
from pare.kernel.frames import muted
from pare.kernel.recording import event_registered
from pare.tools.app_tool import AppTool, build_tool
from pare.tools.markers import ToolAttributeName, marked_methods, user_tool

P = ParamSpec("P")
R = TypeVar("R")
AppType = TypeVar("AppType", bound="StatefulApp")


class UnboundScreenError(PareError, RuntimeError):
    """A screen was used before an app showed it."""


def pare_event_registered(
    operation_type: OperationType = OperationType.READ, event_type: EventType = EventType.USER
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a method of a screen or an app: calls of it are recorded, as the user's unless said."""
    return event_registered(operation_type, event_type)


class AppState(ABC, Generic[AppType]):
    """One screen of an app. Its user tools are offered while it is shown."""

    def __init__(self) -> None:
        self._app: AppType | None = None
        self._cached_tools: list[AppTool] | None = None

    @property
    def app(self) -> AppType:
        """The app that shows this screen."""
        if self._app is None:
            raise UnboundScreenError(f"{type(self).__name__} is shown by no app yet")
        return self._app

    def bind_to_app(self, app: AppType) -> None:
        """Belong to `app`."""
        self._app = app

    def on_enter(self) -> None:
        """Prepare to be shown for the first time; raise a ToolError to stay away."""

    def on_exit(self) -> None:
        """Clean up when another screen is shown."""

    def get_available_actions(self) -> list[AppTool]:
        """Give the user tools of this screen, by name."""
        if self._cached_tools is None:
            names = sorted(marked_methods(cast(Hashable, type(self)), ToolAttributeName.USER))
            self._cached_tools = [build_tool(self.app, name, receiver=self) for name in names]
        return list(self._cached_tools)


class StatefulApp(App):
    """An app that shows one screen at a time, above a stack of the screens that led to it.

    Concrete apps derive from it and from the app whose data they show, give a root screen, and call
    `load_root_state` when they are complete.
    """

    current_state: AppState[Any]
    navigation_stack: list[AppState[Any]]

    @abstractmethod
    def create_root_state(self) -> AppState[Any]:
        """Make the first screen."""

    def load_root_state(self) -> None:
        """Show the first screen, with nothing to go back to."""
        root = self.create_root_state()
        root.bind_to_app(self)
        root.on_enter()
        self.current_state, self.navigation_stack = root, []

    def set_current_state(self, state: AppState[Any]) -> None:
        """Show `state`; going back leads to the screen shown now.

        If `state` cannot be entered, its error is raised and the screen stays.
        """
        if state._app is None:
            state.bind_to_app(self)
        state.on_enter()
        self.current_state.on_exit()
        self.navigation_stack.append(self.current_state)
        self.current_state = state

    def close_current_state(self) -> None:
        """Show the screen that led here again; the first one if none did."""
        if not self.navigation_stack:
            self.load_root_state()
            return
        self.current_state.on_exit()
        self.current_state = self.navigation_stack.pop()

    def reset_to_root(self) -> str:
        """Show the first screen and say so."""
        self.load_root_state()
        return f"Back at the first screen, {type(self.current_state).__name__}."

    @user_tool()
    @pare_event_registered()
    def go_back(self) -> str:
        """Go back to the screen that was shown before this one.

        :returns: which screen is shown now
        """
        if not self.navigation_stack:
            return f"Already at the first screen, {type(self.current_state).__name__}."
        self.close_current_state()
        return f"Back at {type(self.current_state).__name__}."

    def add_event(self, event: Any) -> None:
        """Hand the record of a call to the environment; after a tap that succeeded, change the screen."""
        super().add_event(event)
        is_tap = isinstance(event, CompletedEvent) and event.event_type is EventType.USER
        if is_tap and not event.failed():
            with muted():
                self.handle_state_transition(event)

    def handle_state_transition(self, event: CompletedEvent) -> None:
        """React to a tap that succeeded; for apps whose screens do not say themselves where they lead."""

    def get_user_tools(self) -> list[AppTool]:
        """Give the tools of the screen that is shown, and going back where there is a way back."""
        tools = self.current_state.get_available_actions()
        return tools + super().get_user_tools() if self.navigation_stack else tools

    def load_state(self, state_dict: dict[str, Any]) -> None:
        """Take over what `get_state` gave, and show the first screen."""
        super().load_state(state_dict)
        self.load_root_state()

    def reset(self) -> None:
        """Empty the app and show the first screen."""
        super().reset()
        self.load_root_state()
