"""Which app is in front, which ones wait in the background, and what the user can tap now."""

from __future__ import annotations

from collections.abc import Mapping

from pare.apps.base import App
from pare.apps.navigation import StatefulApp
from pare.apps.user_interface import AgentUserInterface
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundKeyError, nearest
from pare.tools.app_tool import AppTool


class Phone:
    """The apps of an environment behind one screen; the home screen `home` is in front at first.

    An app is in front, in the background, or closed, and never two of them.
    """

    def __init__(self, apps: Mapping[str, App], home: App) -> None:
        self._apps = apps
        self.home = home
        self.active_app: App = home
        self.background_apps: list[App] = []

    def go_home(self) -> str:
        """Bring the home screen to the front."""
        if self.active_app is self.home:
            return "You are already on the home screen."
        self._bring_to_front(self.home)
        return "Switched to home screen."

    def open_app(self, app_name: str) -> str:
        """Bring an app to the front at its first screen; one that is in front already stays as it is.

        Raises:
            NotFoundKeyError: there is no such app.
            InvalidArgumentsError: it has no screens.
        """
        app = self._find(app_name)
        if app is self.active_app:
            return f"{app_name} is the active app already."
        app.load_root_state()
        self._bring_to_front(app)
        return f"Opened {app_name} App."

    def switch_app(self, app_name: str) -> str:
        """Bring an app from the background to the front, at the screen where it was left.

        Raises:
            NotFoundKeyError: there is no such app.
            InvalidArgumentsError: it has no screens.
            InvalidValueError: it is not open.
        """
        app = self._find(app_name)
        if app is self.active_app:
            return f"App {app_name} is already active."
        if app not in self.background_apps:
            waiting = ", ".join(item.name for item in self.background_apps if item is not self.home)
            raise InvalidValueError(
                f"App {app_name} is not open. You have to open it first, from the home screen. "
                f"Open apps: {waiting or 'none'}."
            )
        self._bring_to_front(app)
        return f"Switched to {app_name} App successfully."

    def user_tools(self) -> list[AppTool]:
        """Give what the user can tap now: messages to the agent, navigation, the screen in front."""
        tools: list[AppTool] = []
        for app in self._apps.values():
            if isinstance(app, AgentUserInterface):
                tools += app.get_user_tools()
        at_home = self.active_app is self.home
        tools += [tool for tool in self.home.get_user_tools() if at_home or tool.func_name != "open_app"]
        return tools if at_home else tools + self.active_app.get_user_tools()

    def _find(self, app_name: str) -> StatefulApp:
        app = self._apps.get(app_name)
        with_screens = [name for name, item in self._apps.items() if isinstance(item, StatefulApp)]
        if app is None:
            raise NotFoundKeyError(
                f"App {app_name} is not available.{nearest(app_name, with_screens)} "
                f"Apps: {', '.join(with_screens)}."
            )
        if not isinstance(app, StatefulApp):
            raise InvalidArgumentsError(
                f"App {app_name} has no screens to open. Apps: {', '.join(with_screens)}."
            )
        return app

    def _bring_to_front(self, app: App) -> None:
        self.background_apps = [item for item in self.background_apps if item is not app]
        self.background_apps.append(self.active_app)
        self.active_app = app
