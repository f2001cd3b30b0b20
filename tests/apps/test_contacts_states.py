"""The screens of the address book: where taps lead, what they show, refuse and record."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pare.apps.contacts import (
    USER_CONTACT,
    Contact,
    ContactDetail,
    ContactEdit,
    Gender,
    StatefulContactsApp,
    Status,
    UnknownContactFieldError,
)
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundKeyError, ToolError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType, OperationType
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.toolbox import Toolbox

LIST_TOOLS = ["create_contact", "list_contacts", "open_contact", "search_contacts", "view_current_user"]
DETAIL_TOOLS = ["delete_contact", "start_edit_contact", "view_contact", "go_back"]
EDIT_TOOLS = ["update_contact", "view_contact", "go_back"]


@pytest.fixture
def app() -> Iterator[StatefulContactsApp]:
    with RunContext(seed=1, start_time=1000.0).active():
        contacts = StatefulContactsApp(name="Contacts")
        contacts.add_contacts([Contact("Ann", "Lee", "a", phone="+1 555 0100"), Contact("Bob", "Ray", "b")])
        yield contacts


def screen(app: StatefulContactsApp) -> tuple[str, int]:
    return type(app.current_state).__name__, len(app.navigation_stack)


def offered(app: StatefulContactsApp) -> list[str]:
    return [tool.func_name for tool in app.get_user_tools()]


def tap(app: StatefulContactsApp, name: str, **arguments: Any) -> Any:
    """Tap as a model does, having seen that the tap is recorded, as the user's, and nothing else is."""
    events: list[CompletedEvent] = []
    app.register_to_env("tap", events.append)
    try:
        return Toolbox(app.get_user_tools()).call(f"Contacts__{name}", arguments)
    finally:
        assert [(event.event_type, event.function_name()) for event in events] == [(EventType.USER, name)]


def refused(app: StatefulContactsApp, error: type[Exception], name: str, **arguments: Any) -> str:
    """Give the text of the error of a tap, having seen that it changed nothing."""
    before = app.get_state(), app.current_state, list(app.navigation_stack)
    with pytest.raises(error) as caught:
        tap(app, name, **arguments)
    assert isinstance(caught.value, ToolError)
    assert (app.get_state(), app.current_state, app.navigation_stack) == before
    return str(caught.value)


def detail(app: StatefulContactsApp) -> StatefulContactsApp:
    tap(app, "open_contact", contact_id="a")
    return app


def form(app: StatefulContactsApp) -> StatefulContactsApp:
    tap(detail(app), "start_edit_contact")
    return app


# --- the list -----------------------------------------------------------------------------------------------


def test_the_list_comes_first(app: StatefulContactsApp) -> None:
    assert screen(app) == ("ContactsList", 0)
    assert offered(app) == LIST_TOOLS


def test_the_list_is_shown_by_pages(app: StatefulContactsApp) -> None:
    app.view_limit = 2
    page = tap(app, "list_contacts")
    assert page["contacts"] == [USER_CONTACT, app.get_contact("a")]
    assert page["metadata"] == {"range": (0, 2), "total": 3}
    assert tap(app, "list_contacts", offset=2)["contacts"] == [app.get_contact("b")]
    assert "offset" in refused(app, InvalidValueError, "list_contacts", offset=-1)
    assert screen(app) == ("ContactsList", 0)


def test_searching_stays_at_the_list(app: StatefulContactsApp) -> None:
    assert tap(app, "search_contacts", query="lee a") == [app.get_contact("a")]
    assert tap(app, "search_contacts", query="nobody") == []
    assert screen(app) == ("ContactsList", 0)


def test_looking_at_oneself_stays_at_the_list(app: StatefulContactsApp) -> None:
    assert tap(app, "view_current_user") == USER_CONTACT
    assert screen(app) == ("ContactsList", 0)


def test_looking_at_oneself_needs_a_contact_of_oneself(app: StatefulContactsApp) -> None:
    app.delete_contact(USER_CONTACT.contact_id)
    refused(app, NotFoundKeyError, "view_current_user")


def test_creating_a_contact_stays_at_the_list(app: StatefulContactsApp) -> None:
    facts = {
        "gender": "female",
        "age": 41,
        "nationality": "Irish",
        "city_living": "Cork",
        "country": "Ireland",
    }
    facts |= {
        "status": "Employed",
        "job": "pilot",
        "description": "flies",
        "phone": "1",
        "email": "c@d.example",
    }
    contact_id = tap(app, "create_contact", first_name="Cia", last_name="Day", address="1 Quay", **facts)
    facts |= {"gender": Gender.FEMALE, "status": Status.EMPLOYED}
    assert app.contacts[contact_id] == Contact("Cia", "Day", contact_id, address="1 Quay", **facts)
    assert screen(app) == ("ContactsList", 0)


def test_a_contact_that_is_not_valid_is_not_created(app: StatefulContactsApp) -> None:
    assert "'a'" in refused(app, InvalidValueError, "create_contact", first_name="ann", last_name="LEE")
    refused(app, InvalidValueError, "create_contact", first_name="", last_name="")
    refused(app, InvalidValueError, "create_contact", first_name="C", last_name="D", age=0)
    refused(app, InvalidValueError, "create_contact", first_name="C", last_name="D", gender="cat")
    refused(app, InvalidValueError, "create_contact", first_name="C", last_name="D", job="x" * 100_001)


# --- one contact --------------------------------------------------------------------------------------------


def test_opening_a_contact_leads_to_it(app: StatefulContactsApp) -> None:
    assert tap(app, "open_contact", contact_id="a") == app.get_contact("a")
    assert screen(app) == ("ContactDetail", 1)
    assert offered(app) == DETAIL_TOOLS
    assert tap(app, "view_contact") == app.get_contact("a")
    assert screen(app) == ("ContactDetail", 1)


def test_a_contact_that_is_not_there_is_not_opened(app: StatefulContactsApp) -> None:
    assert "'a'" in refused(app, NotFoundKeyError, "open_contact", contact_id="Ann Lee")
    refused(app, InvalidValueError, "open_contact", contact_id="")
    refused(app, InvalidValueError, "open_contact", contact_id="x" * 100_001)


def test_going_back_leads_from_the_form_to_the_list(app: StatefulContactsApp) -> None:
    form(app)
    tap(app, "go_back")
    assert screen(app) == ("ContactDetail", 1)
    tap(app, "go_back")
    assert screen(app) == ("ContactsList", 0)


def test_deleting_a_contact_leads_back(app: StatefulContactsApp) -> None:
    assert "Ann Lee" in tap(detail(app), "delete_contact")
    assert screen(app) == ("ContactsList", 0)
    assert "a" not in app.contacts


def test_deleting_a_contact_without_a_way_back_leads_to_the_list(app: StatefulContactsApp) -> None:
    detail(app).navigation_stack.clear()
    app.current_state.delete_contact()
    assert screen(app) == ("ContactsList", 0)


# --- the form -----------------------------------------------------------------------------------------------


def test_editing_leads_to_the_form(app: StatefulContactsApp) -> None:
    assert tap(detail(app), "start_edit_contact") == app.get_contact("a")
    assert screen(app) == ("ContactEdit", 2)
    assert offered(app) == EDIT_TOOLS
    assert tap(app, "view_contact") == app.get_contact("a")
    assert screen(app) == ("ContactEdit", 2)


def test_an_update_leads_back_to_the_contact(app: StatefulContactsApp) -> None:
    message = tap(form(app), "update_contact", updates={"age": 41, "phone": None})
    assert message == "Contact a was changed: age, phone."
    assert screen(app) == ("ContactDetail", 1)
    assert tap(app, "view_contact") == Contact("Ann", "Lee", "a", age=41)


def test_an_update_that_is_not_valid_leaves_the_form_open(app: StatefulContactsApp) -> None:
    form(app)
    assert "'phone'" in refused(app, UnknownContactFieldError, "update_contact", updates={"fone": "1"})
    refused(app, InvalidValueError, "update_contact", updates={})
    refused(app, InvalidValueError, "update_contact", updates={"job": "pilot", "age": 101})
    refused(app, InvalidArgumentsError, "update_contact", updates={"age": "many"})
    refused(app, InvalidValueError, "update_contact", updates={"first_name": None})


# --- contacts that are gone ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["view_contact", "start_edit_contact", "delete_contact"])
def test_a_contact_that_is_gone_can_only_be_left(app: StatefulContactsApp, name: str) -> None:
    detail(app).delete_contact("a")
    assert refused(app, NotFoundKeyError, name).endswith("go back")
    tap(app, "go_back")
    assert screen(app) == ("ContactsList", 0)


@pytest.mark.parametrize(
    ("name", "arguments"), [("view_contact", {}), ("update_contact", {"updates": {"age": 2}})]
)
def test_a_form_for_a_contact_that_is_gone_can_only_be_left(
    app: StatefulContactsApp, name: str, arguments: dict[str, Any]
) -> None:
    form(app).delete_contact("a")
    assert refused(app, NotFoundKeyError, name, **arguments).endswith("go back")
    tap(app, "go_back")
    assert screen(app) == ("ContactDetail", 1)


# --- the user's own contact ---------------------------------------------------------------------------------


def test_every_app_has_a_user_of_its_own(app: StatefulContactsApp) -> None:
    other = StatefulContactsApp(name="Contacts")
    assert list(other.contacts.values()) == [USER_CONTACT]
    mine = app.contacts[USER_CONTACT.contact_id]
    assert mine is not other.contacts[USER_CONTACT.contact_id]
    mine.phone = "changed"
    assert other.get_current_user_details() == USER_CONTACT != mine


def test_the_user_of_a_scenario_owns_the_phone(app: StatefulContactsApp) -> None:
    app.add_contact(Contact("Uma", "Day", "u", is_user=True))
    app.add_contact(Contact("Vic", "Day", "v", is_user=True))
    assert app.get_current_user_details().contact_id == "u"
    assert tap(app, "view_current_user").contact_id == "u"
    assert tap(app, "list_contacts")["contacts"][0] == USER_CONTACT
    app.delete_contact("u")
    app.delete_contact("v")
    assert app.get_current_user_details() == USER_CONTACT


def test_contacts_given_at_the_start_follow_the_user() -> None:
    given = {"z": Contact("Zoe", "Fox", "z")}
    app = StatefulContactsApp(contacts=given)
    assert app.name == "StatefulContactsApp"
    assert list(app.contacts) == [USER_CONTACT.contact_id, "z"]
    assert list(given) == ["z"]


# --- state, records, roles ----------------------------------------------------------------------------------


def test_loading_a_state_shows_the_list_and_is_the_identity(app: StatefulContactsApp) -> None:
    tap(form(app), "update_contact", updates={"email": "ann@example.com"})
    app.delete_contact(USER_CONTACT.contact_id)
    saved = app.get_state()
    other = StatefulContactsApp(name="Contacts")
    other.add_contact(Contact("Old", "One", "o"))
    tap(other, "open_contact", contact_id="o")
    other.load_state(saved)
    assert other.get_state() == saved
    assert screen(other) == ("ContactsList", 0)


def test_resetting_leaves_the_user_and_shows_the_list(app: StatefulContactsApp) -> None:
    form(app).reset()
    assert list(app.contacts.values()) == [USER_CONTACT]
    assert screen(app) == ("ContactsList", 0)


@pytest.mark.parametrize(
    ("reach", "writes"),
    [(lambda app: app, {"create_contact"}), (detail, {"delete_contact"}), (form, {"update_contact"})],
)
def test_taps_that_change_contacts_are_writes(
    app: StatefulContactsApp, reach: Callable[[StatefulContactsApp], StatefulContactsApp], writes: set[str]
) -> None:
    tools = reach(app).get_user_tools()
    assert {tool.func_name for tool in tools if tool.write_operation} == writes


def test_a_tap_is_recorded_with_its_screen_and_operation(app: StatefulContactsApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    form(app)
    at = app.current_state
    tap(app, "update_contact", updates={"age": 50})
    action = events[-1].action
    assert isinstance(at, ContactEdit)
    assert (action.app, action.class_name, action.app_name) == (app, "StatefulContactsApp", "Contacts")
    assert action.args == {"self": at, "updates": {"age": 50}}
    assert action.operation_type is OperationType.WRITE


def test_a_planned_tap_is_not_made(app: StatefulContactsApp) -> None:
    detail(app)
    with EventRegisterer.capture_mode():
        event = app.current_state.delete_contact()
    assert isinstance(event, Event)
    assert event.event_type is EventType.ENV
    assert isinstance(app.current_state, ContactDetail)
    assert "a" in app.contacts


def test_the_agents_calls_move_no_screen(app: StatefulContactsApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    app.get_contact("a")
    app.edit_contact("a", {"age": 30})
    app.delete_contact("a")
    assert {event.event_type for event in events} == {EventType.AGENT}
    assert screen(app) == ("ContactsList", 0)
