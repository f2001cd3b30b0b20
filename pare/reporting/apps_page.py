"""The page docs/apps.md: what is on the phone, read from the apps themselves."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pare.apps
from pare.apps.base import App
from pare.apps.navigation import AppState, StatefulApp
from pare.kernel.run_context import RunContext
from pare.reporting.notice_samples import sample_of
from pare.tools.markers import ToolAttributeName, marked_methods
from pare.tools.notices import NoticeTexts, Text, notice_of
from pare.tools.spec import AppToolArg, ToolSpec, spec_of

Screen = type[AppState[Any]]

_INTRODUCTION = """\
# The apps of the phone

`make docs` writes this page from the code; whoever wants to change it changes the apps.

A **tap** is a tool of the user. The user is offered those of the user interface, those of the home screen
(`open_app` only there), and those of the screen in front. A **tool** is offered whatever is in front: to the
*agent*; to the *environment*, for what happens to the phone by a scenario's plan; or as *data*, to fill an
app beforehand. The kind, READ or WRITE, is how a call is recorded. A model sees a tool as
`<name of the app>__<tool>`, with its whole docstring. An app without taps cannot be opened by the user.

A **notice** is what a call tells at a verbosity of its level and above. A call of the environment tells both
readers, a call of the agent tells the user. `‹sender›` stands for the argument `sender`, `‹content›…` for the
beginning of `content`. At every verbosity the readers are told of messages to them, the agent also of the
user's taps, and both of reminders that are due and of the end."""

_ROLES = {
    ToolAttributeName.APP: "agent",
    ToolAttributeName.ENV: "environment",
    ToolAttributeName.DATA: "data",
}


def apps_page() -> str:
    """Give the page: every app of the phone with its screens, tools and notices."""
    with RunContext("apps page").active():
        apps = [make() for make in [*phone_apps(), *plain_apps()]]
    parts = [_INTRODUCTION, _overview(apps), *chain.from_iterable(map(_section, apps))]
    return "\n\n".join(parts) + "\n"


def phone_apps() -> list[type[App]]:
    """Give the classes exported by `pare.apps` that a user can touch, but for those that others complete."""
    touched = [app for app in _exported() if _names(app, ToolAttributeName.USER)]
    complete = [cls for cls in touched if not any(cls in other.__mro__[1:] for other in touched)]
    return sorted(complete, key=lambda cls: (issubclass(cls, StatefulApp), cls.__name__))


def plain_apps() -> list[type[App]]:
    """Give the classes exported by `pare.apps` that no user touches, each under its first name.

    A class that an app of the user completes is not among them.
    """
    completed = {base for app in phone_apps() for base in app.__mro__}
    plain = [app for app in _exported() if app not in completed]
    others = {*_exported()} - {App}
    return sorted((app for app in plain if others.isdisjoint(app.__mro__[1:])), key=lambda cls: cls.__name__)


def _exported() -> list[type[App]]:
    exported = [getattr(pare.apps, name) for name in pare.apps.__all__]
    apps = [item for item in exported if isinstance(item, type) and issubclass(item, App)]
    return list(dict.fromkeys(apps))  # one may have two names


def screens_of(app: App) -> list[Screen]:
    """Give the screens of an app, the first one first.

    They are those of its package; one that others derive from counts only if the package exports it.
    """
    if not isinstance(app, StatefulApp):
        return []
    package = sys.modules[type(app).__module__.rpartition(".")[0]]
    screens = [kind for kind in _kinds_of(AppState) if kind.__module__.startswith(f"{package.__name__}.")]
    bases = {base for screen in screens for base in screen.__mro__[1:]}
    shown = [screen for screen in screens if screen not in bases or hasattr(package, screen.__name__)]
    return sorted(shown, key=lambda screen: screen is not type(app.current_state))


def _kinds_of(screen: Screen) -> Iterator[Screen]:
    for kind in screen.__subclasses__():
        yield kind
        yield from _kinds_of(kind)


# -- parts of the page ----------------------------------------------------------------------------


def _overview(apps: Iterable[App]) -> str:
    rows = []
    for app in apps:
        name = type(app).__name__
        screens = ", ".join(f"`{screen.__name__}`" for screen in screens_of(app))
        rows.append([f"[{name}](#{name.lower()})", _sentence(type(app)), screens])
    return _table(["app", "what it is", "screens"], rows)


def _section(app: App) -> Iterator[str]:
    yield f"## {type(app).__name__}\n\n{_sentence(type(app))}"
    for number, screen in enumerate(screens_of(app)):
        first = " (first)" if number == 0 else ""
        yield f"### `{screen.__name__}`{first}\n\n{_sentence(screen)}\n\n{_taps(screen)}"
    if _names(type(app), ToolAttributeName.USER):
        yield f"### {_APP_TAPS[isinstance(app, StatefulApp)]}\n\n{_taps(type(app))}"
    yield from _flat_tools(type(app))
    yield from _notices(type(app))


_APP_TAPS = {True: "Every screen but the first", False: "Taps"}


def _taps(owner: type) -> str:
    specs = [_spec(owner, name) for name in _names(owner, ToolAttributeName.USER)]
    rows = [[signature(spec), _operation(spec), _first_line(spec)] for spec in specs]
    return _table(["tap", "kind", "what it does"], rows)


def _flat_tools(app: type[App]) -> Iterator[str]:
    roles: dict[str, list[str]] = {}
    for attribute, role in _ROLES.items():
        for name in _names(app, attribute):
            roles.setdefault(name, []).append(role)
    specs = [_spec(app, name) for name in roles]
    rows = [
        [signature(spec), ", ".join(roles[spec.function_name]), _operation(spec), _first_line(spec)]
        for spec in specs
    ]
    if rows:
        yield "### Tools\n\n" + _table(["tool", "for", "kind", "what it does"], rows)


def _notices(app: Any) -> Iterator[str]:
    rows = []
    for name in dict.fromkeys(name for cls in app.__mro__ for name in vars(cls)):
        notice = notice_of(app, name)
        if notice is not None:
            rows.append([f"`{name}`", notice.level.name, *_told(notice, _spec(app, name).args)])
    if rows:
        yield "### Notices\n\n" + _table(["tool", "level", "the user is told", "the agent is told"], rows)


def _told(notice: NoticeTexts, args: Iterable[AppToolArg]) -> tuple[str, str]:
    def cell(text: Text) -> str:
        return sample_of(text, args) or f"*{_sentence(text) or 'depends on the values'}*"

    user = cell(notice.user) + ("" if notice.agent_calls else "<br>*not of calls of the agent*")
    return user, "the same" if notice.agent is notice.user else cell(notice.agent)


# -- cells ----------------------------------------------------------------------------------------


def signature(spec: ToolSpec) -> str:
    """Give the call of a tool as code, without the None of arguments that need not be given."""
    return f"`{spec.function_name}({', '.join(map(_argument, spec.args))})`"


def _argument(arg: AppToolArg) -> str:
    if not arg.has_default:
        return f"{arg.name}: {arg.arg_type}"
    kind = arg.arg_type.removesuffix(" | None") if arg.default is None else arg.arg_type
    return f"{arg.name}: {kind} = {arg.default!r}"


def _operation(spec: ToolSpec) -> str:
    return {True: "WRITE", False: "READ", None: ""}[spec.write_operation]


def _first_line(spec: ToolSpec) -> str:
    return spec.description.partition("\n")[0]


def _sentence(described: object) -> str:
    return " ".join((inspect.getdoc(described) or "").partition("\n\n")[0].split())


def _spec(owner: Any, name: str) -> ToolSpec:
    return spec_of(owner, name)


def _names(owner: Any, attribute: ToolAttributeName) -> tuple[str, ...]:
    return marked_methods(owner, attribute)


def _table(head: list[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")
