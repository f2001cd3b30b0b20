"""The page about the apps is as the code would write it now, and leaves nothing out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import pare.apps
from pare.apps.base import App
from pare.apps.navigation import AppState, StatefulApp
from pare.reporting.apps_page import apps_page, phone_apps, screens_of
from pare.reporting.notice_samples import sample_of
from pare.tools import AppToolArg, ToolAttributeName
from pare.tools.markers import marked_methods
from pare.tools.notices import excerpt, notice_of

PAGE = Path(__file__).parents[2] / "docs" / "apps.md"


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == apps_page(), "out of date: run `make docs`"


def test_the_page_is_the_same_every_time():
    assert apps_page() == apps_page()


def test_every_exported_app_with_screens_is_a_phone_app():
    exported = {item for item in vars(pare.apps).values() if isinstance(item, type)} - {StatefulApp}
    with_screens = {item for item in exported if issubclass(item, StatefulApp)}
    always_there = {pare.apps.PAREAgentUserInterface, pare.apps.HomeScreenSystemApp}
    assert set(phone_apps()) == with_screens | always_there


@pytest.mark.parametrize("app_class", phone_apps())
def test_every_tool_of_an_app_is_named(app_class):
    app = app_class()
    flat = [*app.get_tools(), *app.get_env_tools(), *app.get_data_tools(), *app.get_user_tools()]
    names = {tool.func_name for tool in flat} | set(marked_methods(app_class, ToolAttributeName.USER))
    assert {name for name in names if f"| `{name}(" not in section(app_class)} == set()


@pytest.mark.parametrize("app_class", phone_apps())
def test_every_screen_is_shown_with_its_taps(app_class):
    shown = screens_of(app_class())
    for screen in defined_screens(app_class):
        for name in marked_methods(screen, ToolAttributeName.USER):
            assert any(f"| `{name}(" in part(app_class, kind) for kind in shown if issubclass(kind, screen))
    for screen in shown:
        taps = set(re.findall(r"^\| `(\w+)\(", part(app_class, screen), re.MULTILINE))
        assert taps == set(marked_methods(screen, ToolAttributeName.USER))


@pytest.mark.parametrize("app_class", phone_apps())
def test_every_notice_is_shown(app_class):
    notices = {name: notice_of(app_class, name) for name in dir(app_class)}
    notifying = {name: notice.level.name for name, notice in notices.items() if notice is not None}
    shown = re.findall(r"^\| `(\w+)` \| (LOW|MEDIUM|HIGH) \|", section(app_class), re.MULTILINE)
    assert dict(shown) == notifying


def test_a_first_screen_comes_first():
    for app_class in phone_apps():
        app = app_class()
        if isinstance(app, StatefulApp):
            assert screens_of(app)[0] is type(app.current_state)


def test_a_screen_that_somebody_else_derives_from_stays():
    [app] = [cls() for cls in phone_apps() if cls.__name__ == "StatefulEmailApp"]
    before = screens_of(app)
    type("TestScreen", (before[-1],), {})
    assert screens_of(app) == before


def test_every_table_has_rows_of_one_width():
    for table in re.findall(r"(?:^\|.*\n)+", apps_page(), re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table


# -- samples of notices ---------------------------------------------------------------------------


@dataclass
class Fare:
    amount: float
    currency: str


def sample(text: Any, **hints: Any) -> str | None:
    return sample_of(text, [AppToolArg(name, "", None, type_obj=hint) for name, hint in hints.items()])


def test_a_value_stands_for_itself():
    assert sample(lambda args: f"from {args['sender']}: {args.get('subject')}", sender=str, subject=None) == (
        "from ‹sender›: ‹subject›"
    )


def test_a_value_that_is_cut_shows_it():
    def text(args: Mapping[str, Any]) -> str:
        return f"{excerpt(args['longer_than_an_excerpt_is'])}, {args['a'][:10]}, {args['a']!r}"

    assert sample(text, a=str, longer_than_an_excerpt_is=str) == "‹longer_than_an_excerpt_is›…, ‹a›…, '‹a›'"


def test_a_list_has_one_value():
    assert sample(lambda args: ", ".join(args["names"]), names=list[str]) == "‹names›"
    assert sample(lambda args: ", ".join(args["names"] or ()), names=list[str] | None) == "‹names›"


def test_the_form_of_a_number_is_left_out():
    assert sample(lambda args: f"{args['amount']:.2f} {round(args['amount'], 1)}", amount=float) == (
        "‹amount› ‹amount›"
    )


def test_an_object_has_its_fields():
    assert sample(lambda args: f"{args['fare'].amount:.2f} {args['fare'].currency}", fare=Fare) == (
        "‹fare.amount› ‹fare.currency›"
    )


def test_a_text_that_calculates_has_no_sample():
    assert sample(lambda args: str(args["amount"] / 100), amount=int) is None


# -- the page in parts ----------------------------------------------------------------------------


def section(app_class: type[App]) -> str:
    return apps_page().partition(f"\n## {app_class.__name__}\n")[2].partition("\n## ")[0]


def part(app_class: type[App], screen: type) -> str:
    return re.split(rf"\n### `{screen.__name__}`.*\n", section(app_class))[1].partition("\n### ")[0]


def defined_screens(app_class: type[App]) -> list[type]:
    package = app_class.__module__.rpartition(".")[0]
    found = [screen for screen in descendants(AppState) if screen.__module__.startswith(f"{package}.")]
    return found if issubclass(app_class, StatefulApp) else []


def descendants(kind: type) -> Iterator[type]:
    for found in kind.__subclasses__():
        yield found
        yield from descendants(found)
