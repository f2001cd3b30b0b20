"""The apps that a document names: which classes they are, and how they get their states."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from pare.apps import ALL_APPS as PHONE_APPS
from pare.apps.base import App
from pare.apps.cab import CabApp
from pare.apps.city import CityApp
from pare.apps.email import EmailClientV2
from pare.apps.files import SandboxLocalFileSystem, VirtualFileSystem
from pare.apps.messaging import MessagingAppV2
from pare.apps.reminder import ReminderApp
from pare.apps.system import SystemApp
from pare.compat.app_lists import ALL_APPS
from pare.compat.json_scenarios.models import WrittenApp
from pare.compat.json_scenarios.problems import Problem
from pare.errors import nearest

AppClasses = Mapping[str, type[App]]

OTHER_NAMES: AppClasses = {
    "Cabs": CabApp,
    "Chats": MessagingAppV2,
    "City": CityApp,
    "Emails": EmailClientV2,
    "FileSystem": SandboxLocalFileSystem,
    "Messages": MessagingAppV2,
    "Reminders": ReminderApp,
    "System": SystemApp,
    "VirtualFiles": VirtualFileSystem,
}
"""Names that published files give to apps without saying their class."""

KNOWN: AppClasses = {
    **OTHER_NAMES,
    **{item.__name__: item for item in (*ALL_APPS, *PHONE_APPS) if item is not App},
}
"""What a class name in a document stands for."""


@dataclass(frozen=True, slots=True)
class AppRecipe:
    """How to make an app: its name, its class, and its state as JSON text; None without a state."""

    name: str
    app_class: type[App]
    state: bytes | None

    def make(self, sandbox_dir: str | os.PathLike[str] | None = None) -> App:
        """Make the app; files are kept in `sandbox_dir`."""
        app = self._empty(sandbox_dir)
        if self.state is not None:
            app.load_state(orjson.loads(self.state))
        return app

    def _empty(self, sandbox_dir: str | os.PathLike[str] | None) -> App:
        settings: dict[str, Any] = {} if self.name == self.app_class.__name__ else {"name": self.name}
        if issubclass(self.app_class, SandboxLocalFileSystem) and sandbox_dir is not None:
            settings["sandbox_dir"] = sandbox_dir
        return self.app_class(**settings)


def recipes_of(apps: Iterable[WrittenApp], more: AppClasses, found: list[Problem]) -> Iterator[AppRecipe]:
    """Give a recipe for each app; one whose class is not known, or whose name is taken, is put into `found`.

    `more` are classes beside the known ones.
    """
    classes, names = {**KNOWN, **more}, set[str]()
    for place, app in enumerate(apps):
        if app.name in names:
            found.append(Problem(f"apps[{place}].name", f"another app is called {app.name!r} already"))
        names.add(app.name)
        word = app.class_name or app.name
        if word in classes:
            yield AppRecipe(app.name, classes[word], _packed(app.app_state))
        else:
            field = "class_name" if app.class_name else "name"
            message = f"there is no app class {word!r:.100}.{nearest(word, classes)}"
            found.append(Problem(f"apps[{place}].{field}", message))


def _packed(state: dict[str, Any] | None) -> bytes | None:
    return None if state is None else orjson.dumps(state)


def state_problems(recipes: Iterable[AppRecipe], places: Mapping[str, int]) -> Iterator[Problem]:
    """Make each app once and tell which cannot be made; `places` are the positions of apps by name."""
    for recipe in recipes:
        try:
            recipe.make().get_state()
        except Exception as error:  # noqa: BLE001 - whatever an app says of its state is a finding
            reason = f"{recipe.app_class.__name__} cannot take this state: {type(error).__name__}: {error}"
            yield Problem(f"apps[{places[recipe.name]}].app_state", reason)
