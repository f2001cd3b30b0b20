"""Runs that share a process, and apps of one class, leave each other alone.

Fifty runs take turns, one step each, in an order that is shuffled and always the same: oracle runs of
the bundled scenarios, from their construction on, and phones in agent mode on which a user taps and an
agent calls tools by a script. Each must come out as it does when it runs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from copy import deepcopy
from dataclasses import dataclass, is_dataclass
from enum import Enum
from functools import cache, partial
from itertools import cycle, islice
from random import Random
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import pytest

import pare.apps
from pare.apps.base import App
from pare.apps.navigation import StatefulApp
from pare.errors import ToolError
from pare.kernel.environment import Environment
from pare.kernel.run_context import RunContext
from pare.scenario_runner import oracle_environment, validated
from pare.scenarios.utils.registry import registry
from pare.tools import AppTool, Toolbox
from pare.tools.spec import ToolSpec
from tests.apps.worlds import APPS, home_of, phone_with

RUNS = 50
PHONES = 15

Outcome = dict[str, Any]
Play = Generator[None, None, Outcome]

BUNDLED = sorted(
    scenario_id
    for scenario_id, scenario in registry.get_all_scenarios().items()
    if scenario.__module__.startswith("pare.scenarios.benchmark.")
)


# -- runs, a step at a time -----------------------------------------------------------------------


@dataclass(frozen=True)
class OracleRun:
    """A bundled scenario, from its construction to its verdict."""

    scenario_id: str

    def play(self) -> Play:
        scenario = registry.create(self.scenario_id)
        yield
        scenario.initialize()
        yield
        environment = oracle_environment()
        environment.load_scenario(scenario)
        yield
        yield from steps_of(environment)
        environment.finish()
        verdict = validated(scenario, environment)
        return outcome_of(environment) | {"seen": (verdict.success, verdict.rationale)}


@dataclass(frozen=True)
class ScriptedPhone:
    """A phone with some apps, on which the script is played; what is not there, or not shown, is refused."""

    names: tuple[str, ...]
    seed: int

    def play(self) -> Play:
        environment = phone_with(*self.names, seed=self.seed)
        seen: list[Any] = []
        yield
        for who, tool, arguments in SCRIPT:
            if who == "time passes":
                yield from steps_of(environment, until=environment.current_time + arguments["seconds"])
            else:
                seen.append(observed(environment, who, tool, arguments))
                seen.append([item.name for item in home_of(environment).phone.user_tools()])
            yield
        return outcome_of(environment) | {"seen": seen}


def steps_of(environment: Environment, until: float | None = None) -> Iterator[None]:
    """Take a step of the environment each time, up to a moment, or as long as there is a reason."""
    while True:
        steps = environment.steps() if until is None else environment.due_steps(until)
        with environment.run_context.active():
            taken = list(islice(steps, 1))
        environment.exhaust(iter(taken))
        if not taken:
            break
        yield
    if until is not None:
        environment.advance(until)


def observed(environment: Environment, who: str, name: str, arguments: dict[str, Any]) -> Any:
    tools = {tool.func_name if who == "user" else tool.name: tool for tool in offered(environment, who)}
    if name not in tools:
        return f"{name} is not there"
    try:
        with environment.run_context.active():
            return str(Toolbox([tools[name]]).call(tools[name].name, deepcopy(arguments)))
    except ToolError as error:
        return f"{type(error).__name__}: {error}"


def offered(environment: Environment, who: str) -> list[AppTool]:
    if who == "user":
        return home_of(environment).phone.user_tools()
    if who == "world":
        return [tool for app in environment.apps.values() for tool in app.get_env_tools()]
    return environment.get_tools()


# What the user does on the screen, the agent and the world from wherever.
SCRIPT: list[tuple[str, str, dict[str, Any]]] = [
    ("user", "send_message_to_agent", {"content": "Please plan lunch."}),
    ("user", "open_app", {"app_name": "Emails"}),
    ("user", "list_emails", {}),
    ("user", "open_email_by_id", {"email_id": "mail-1"}),
    ("user", "start_compose_reply", {}),
    ("user", "set_body", {"body": "At noon?"}),
    ("user", "add_recipient", {"recipient": "ben@example.org"}),
    ("world", "Emails__send_email_to_user_only", {"sender": "ana@example.org", "subject": "Well?"}),
    ("agent", "Emails__search_emails", {"query": "lunch"}),
    ("user", "go_home", {}),
    ("user", "open_app", {"app_name": "Calendar"}),
    ("user", "start_create_event", {}),
    ("user", "set_title", {"title": "Lunch with Ana"}),
    ("user", "add_attendee", {"attendee": "Ana"}),
    ("agent", "Calendar__add_calendar_event", {"title": "Walk", "attendees": ["Ben"]}),
    ("user", "add_attendee", {"attendee": "Ben"}),
    ("user", "save", {}),
    ("user", "set_day", {"date": "2025-01-06"}),
    ("user", "list_events", {}),
    ("world", "Calendar__delete_calendar_event_by_attendee", {"event_id": "event-1", "who_delete": "Ana"}),
    ("agent", "Calendar__edit_calendar_event", {"event_id": "event-1", "title": "Gone"}),
    ("user", "switch_app", {"app_name": "Emails"}),
    ("user", "send_composed_email", {}),
    ("user", "go_home", {}),
    ("user", "open_app", {"app_name": "Contacts"}),
    ("agent", "Contacts__add_new_contact", {"first_name": "Cleo", "last_name": "Diaz"}),
    ("user", "open_contact", {"contact_id": "contact-1"}),
    ("user", "start_edit_contact", {}),
    ("user", "update_contact", {"updates": {"phone": "555 0100", "age": 41}}),
    ("user", "go_home", {}),
    ("user", "open_app", {"app_name": "Messages"}),
    ("user", "open_conversation", {"conversation_id": "chat-1"}),
    ("user", "send_message", {"content": "Noon it is."}),
    (
        "world",
        "Messages__create_and_add_message",
        {"conversation_id": "chat-1", "sender_id": "ana", "content": "OK"},
    ),
    ("agent", "Messages__create_group_conversation", {"user_ids": ["ana", "ben"]}),
    ("agent", "Messages__lookup_user_id", {"user_name": "ruiz"}),
    ("user", "read_messages", {}),
    ("user", "go_home", {}),
    ("user", "open_app", {"app_name": "Reminders"}),
    ("user", "create_new", {}),
    ("user", "set_title", {"title": "Book a table"}),
    ("user", "set_due_datetime", {"due_datetime": "2025-01-06 11:00:00"}),
    (
        "agent",
        "Reminders__add_reminder",
        {"title": "Cake", "due_datetime": "2025-01-06 10:30:00", "description": ""},
    ),
    ("user", "save", {}),
    ("time passes", "", {"seconds": 5000}),
    ("user", "edit", {}),
    ("user", "set_description", {"description": "for three"}),
    ("agent", "System__wait_for_notification", {"timeout": 600}),
    ("agent", "PAREAgentUserInterface__send_message_to_user", {"content": "Shall I book a table?"}),
    ("user", "accept_proposal", {"content": "Yes."}),
    ("agent", "PAREAgentUserInterface__get_all_messages", {}),
    ("user", "go_home", {}),
    ("user", "open_app", {"app_name": "Shopping"}),
    ("user", "view_product", {"product_id": "product-1"}),
    ("world", "Shopping__add_item_to_product", {"product_id": "product-1", "price": 9.5}),
    ("user", "view_variant", {"item_id": "item-1"}),
    ("user", "add_to_cart", {"quantity": 2}),
    ("agent", "Shopping__search_product", {"product_name": "lamp"}),
    ("user", "checkout", {"discount_code": "SAVE10"}),
    ("agent", "Shopping__add_to_cart", {"item_id": "item-2"}),
    ("world", "Shopping__update_order_status", {"order_id": "order-1", "status": "delivered"}),
    ("agent", "Shopping__list_orders", {}),
    ("user", "go_home", {}),
    ("user", "open_app", {"app_name": "Cab"}),
    ("user", "open_current_ride", {}),
    ("world", "Cab__update_ride_status", {"status": "DELAYED"}),
    ("agent", "Cab__get_current_ride_status", {}),
    ("user", "cancel_ride", {}),
    ("user", "list_rides", {"start_location": "Home", "end_location": "Office"}),
    ("user", "get_quotation", {"service_type": "Van"}),
    ("user", "order_ride", {}),
    ("agent", "Cab__get_ride_history", {}),
    ("user", "go_home", {}),
    ("user", "open_app", {"app_name": "Notes"}),
    ("user", "new_note", {}),
    ("user", "update", {"title": "Menu", "content": "soup, cake"}),
    ("agent", "Notes__create_note", {"folder": "Work", "title": "Guests", "content": "Ana, Ben"}),
    ("user", "duplicate", {}),
    ("user", "move", {"dest_folder_name": "Trips"}),
    ("agent", "Notes__search_notes", {"query": "cake"}),
    ("agent", "Notes__rename_folder", {"folder": "Trips", "new_folder": "Journeys"}),
    ("user", "go_home", {}),
    ("user", "open_app", {"app_name": "Apartment"}),
    ("user", "view_apartment", {"apartment_id": "flat-2"}),
    ("user", "save", {}),
    (
        "world",
        "Apartment__add_new_apartment",
        {
            "name": "Attic",
            "location": "Bern",
            "zip_code": "3001",
            "price": 700.0,
            "number_of_bedrooms": 1,
            "number_of_bathrooms": 1,
            "square_footage": 300,
        },
    ),
    ("agent", "Apartment__search_apartments", {"amenities": ["gym"], "saved_only": True}),
    (
        "world",
        "City__add_crime_rate",
        {"zip_code": "3001", "violent_crime_rate": 1, "property_crime_rate": 2},
    ),
    ("agent", "City__get_crime_rate", {"zip_code": "3001"}),
    ("agent", "Chats__create_conversation", {"participants": ["Cleo"]}),
    (
        "world",
        "Chats__create_and_add_message",
        {"conversation_id": "chat-2", "sender": "Ben", "content": "OK"},
    ),
    ("agent", "Chats__send_message", {"conversation_id": "chat-2", "content": "See you."}),
    ("agent", "Chats__list_recent_conversations", {}),
    ("agent", "Files__mv", {"path1": "/Trips/plan.md", "path2": "/menu.md"}),
    ("agent", "Files__read_document", {"file_path": "/menu.md"}),
    ("agent", "Files__open", {"path": "/new.txt", "mode": "w"}),
    ("agent", "Files__tree", {}),
    ("agent", "Disk__mkdir", {"path": "/Trips"}),
    ("agent", "Notes__add_attachment_to_note", {"note_id": "note-1", "attachment_path": "/menu.txt"}),
    ("agent", "Chats__send_attachment", {"conversation_id": "chat-2", "filepath": "/menu.txt"}),
    ("agent", "Disk__rm", {"path": "/menu.txt"}),
    ("agent", "Disk__ls", {}),
    ("user", "go_home", {}),
    ("user", "open_app", {"app_name": "Emails"}),
    ("user", "start_compose", {}),
    ("time passes", "", {"seconds": 90_000}),
]


def outcome_of(environment: Environment) -> Outcome:
    notifications: Any = environment.notification_system
    apps = environment.apps
    run = environment.run_context
    return {
        "lines": environment.event_log.lines(),
        "inboxes": {reader: notifications.inbox(reader).list_view() for reader in ("agent", "user")},
        "tools": [described(tool) for app in apps.values() for tool in all_tools(app)],
        "states": deepcopy({name: app.get_state() for name, app in apps.items()}),
        "clock": (environment.current_time, environment.state, environment.end_reason),
        "next ids": (
            {name: app.new_id() for name, app in apps.items()},
            run.hex_id(),
            run.event_id("next"),
            run.next_number("action"),
        ),
    }


def all_tools(app: App) -> list[AppTool]:
    return [*app.get_tools(), *app.get_user_tools(), *app.get_env_tools(), *app.get_data_tools()]


def described(tool: AppTool) -> Any:
    return tool.name, tool._public_description, deepcopy((tool.to_open_ai(), tool.to_metadata_dict()))


# -- alone and in turn ----------------------------------------------------------------------------

ASPECTS = ("seen", "lines", "inboxes", "tools", "states", "clock", "next ids")


def jobs() -> list[OracleRun | ScriptedPhone]:
    """Give fifty runs, more if that many scenarios are bundled; most of them are there several times."""
    phones = [
        ScriptedPhone(tuple(APPS), 0),
        ScriptedPhone(tuple(APPS), 1),
        ScriptedPhone(("Emails", "Reminders"), 0),
        ScriptedPhone(("Calendar", "Messages", "Contacts"), 2),
        ScriptedPhone(("Shopping", "Notes", "Chats", "Files"), 3),
        ScriptedPhone(("Cab", "Apartment", "City", "Disk"), 4),
    ]
    scenarios = max(RUNS - PHONES, len(BUNDLED))
    return [
        *map(OracleRun, islice(cycle(BUNDLED), scenarios)),
        *islice(cycle(phones), PHONES),
    ]


@cache
def alone(job: OracleRun | ScriptedPhone) -> Outcome:
    play = job.play()
    while True:
        try:
            next(play)
        except StopIteration as end:
            return end.value


@cache
def in_turn() -> list[Outcome]:
    """Let every run take a step, and again, in another order each time, until all have ended."""
    rng = Random("in turn")
    outcomes: dict[int, Outcome] = {}
    plays = {number: job.play() for number, job in enumerate(jobs())}
    while plays:
        for number in rng.sample(sorted(plays), len(plays)):
            try:
                next(plays[number])
            except StopIteration as end:
                outcomes[number] = end.value
                del plays[number]
    return [outcomes[number] for number in range(len(outcomes))]


def test_fifty_runs_take_turns():
    assert len(jobs()) >= RUNS
    assert len(in_turn()) == len(jobs())
    assert {job.scenario_id for job in jobs() if isinstance(job, OracleRun)} == set(BUNDLED)


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_run_among_others_is_as_it_is_alone(aspect):
    for job, outcome in zip(jobs(), in_turn(), strict=True):
        assert outcome[aspect] == alone(job)[aspect], job


def test_runs_leave_nothing_behind():
    before = {job: alone(job) for job in jobs()}
    in_turn()
    alone.cache_clear()
    assert {job: alone(job) for job in reversed(jobs())} == before


def test_the_script_does_what_it_says():
    seen = alone(ScriptedPhone(tuple(APPS), 0))["seen"][::2]
    played = [entry[:2] for entry in SCRIPT if entry[0] != "time passes"]
    refused = [
        (entry, text)
        for entry, text in zip(played, seen, strict=True)
        if "not there" in text or "Error" in text
    ]
    assert [entry for entry, _ in refused] == [("agent", "Calendar__edit_calendar_event")]


# -- what apps share ------------------------------------------------------------------------------

EXPORTED = [
    item
    for item in (getattr(pare.apps, name) for name in pare.apps.__all__)
    if isinstance(item, type) and issubclass(item, App) and item not in (App, StatefulApp)
]
UNCHANGING = (str, bytes, int, float, complex, type, Enum, FunctionType, BuiltinFunctionType, ModuleType)


@pytest.mark.parametrize("app_class", EXPORTED)
def test_two_apps_of_a_class_share_nothing_that_can_change(app_class):
    run = RunContext(7)
    with run.active():
        one, other = app_class(), app_class()
    for app in (one, other):
        all_tools(app)
    assert shared_by(one, other, but=run) == []


def test_two_phones_share_nothing_that_can_change():
    one, other = (played_phone(seed) for seed in (0, 1))
    assert shared_by(one, other) == []


@pytest.mark.parametrize("app_class", EXPORTED)
def test_two_apps_of_a_class_share_no_tools(app_class):
    with RunContext(7).active():
        one, other = app_class(), app_class()
    assert {id(tool) for tool in all_tools(one)} & {id(tool) for tool in all_tools(other)} == set()
    before = [described(tool) for tool in all_tools(other)]
    for tool in all_tools(one):
        tool._public_name = tool._public_description = "changed"
    one.set_failure_probability(1.0)
    assert [described(tool) for tool in all_tools(other)] == before
    assert all(tool.failure_probability is None for tool in all_tools(other))


@pytest.mark.parametrize(
    ("name", "opening", "writing"),
    [
        ("Emails", [("start_compose", {})], [("add_recipient", "ben@example.org"), ("set_subject", "Noon")]),
        ("Calendar", [("start_create_event", {})], [("add_attendee", "Ana"), ("set_title", "Noon")]),
        ("Reminders", [("create_new", {})], [("set_title", "Noon"), ("set_description", "Cake")]),
    ],
)
def test_two_apps_of_a_class_share_no_drafts(name, opening, writing):
    one, other = APPS[name](), APPS[name]()
    for app in (one, other):
        for tap, arguments in opening:
            getattr(app.current_state, tap)(**arguments)
    blank = deepcopy(other.current_state.draft)
    for tap, value in writing:
        getattr(one.current_state, tap)(value)
    assert one.current_state.draft != blank
    assert other.current_state.draft == blank
    third = APPS[name]()
    for tap, arguments in opening:
        getattr(third.current_state, tap)(**arguments)
    assert third.current_state.draft == blank


def test_things_that_are_shared_are_found():
    shared = ["a"]
    with RunContext(7).active():
        one, other = APPS["Emails"](), APPS["Emails"]()
    for app in (one, other):
        app.folders = {**app.folders, "shared": (shared,)}
    assert shared_by(one, other, but=one.run) == [shared]


def played_phone(seed: int) -> Environment:
    environment = phone_with(*APPS, seed=seed)
    for who, tool, arguments in SCRIPT:
        if who == "time passes":
            environment.advance(environment.current_time + arguments["seconds"])
        else:
            observed(environment, who, tool, arguments)
    return environment


def shared_by(one: Any, other: Any, but: Any = None) -> list[Any]:
    """Give what can be changed and is reached from both, except through `but`."""
    left, right, allowed = reached_from(one), reached_from(other), reached_from(but)
    common = left.keys() & right.keys() - allowed.keys()
    return [left[key] for key in common if can_change(left[key])]


def reached_from(start: Any) -> dict[int, Any]:
    """Give all objects that `start` leads to, by identity; specs of tools are shared on purpose."""
    found: dict[int, Any] = {}
    waiting = [start]
    while waiting:
        item = waiting.pop()
        if item is None or isinstance(item, (*UNCHANGING, ToolSpec)) or id(item) in found:
            continue
        found[id(item)] = item
        waiting += parts_of(item)
    return found


def parts_of(item: Any) -> Iterator[Any]:
    if isinstance(item, MethodType):
        yield item.__self__
    if isinstance(item, partial):
        yield from (item.func, item.args, item.keywords)
    if isinstance(item, dict):
        yield from item.keys()
        yield from item.values()
    elif isinstance(item, (list, tuple, set, frozenset)):
        yield from item
    yield from vars(item).values() if hasattr(item, "__dict__") else ()
    for kind in type(item).__mro__:
        names = getattr(kind, "__slots__", ())
        yield from (getattr(item, name, None) for name in ([names] if isinstance(names, str) else names))


def can_change(item: Any) -> bool:
    frozen = is_dataclass(item) and type(item).__dataclass_params__.frozen
    return not frozen and not isinstance(item, (tuple, frozenset, MethodType, Callable))
