"""The address book: what its tools do, refuse and record."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.apps.checks import MAX_TEXT
from pare.apps.contacts import (
    USER_CONTACT,
    Contact,
    ContactDataError,
    Contacts,
    ContactsApp,
    Gender,
    InternalContacts,
    Status,
    UnknownContactFieldError,
    user_contact,
)
from pare.errors import InvalidArgumentsError, InvalidValueError, NotFoundKeyError, ToolError
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.kernel.serialization import to_plain
from pare.tools import Toolbox
from pare.tools.notices import notice_of


@pytest.fixture
def app() -> Iterator[ContactsApp]:
    with RunContext(seed=1, start_time=1000.0).active():
        yield ContactsApp()


def ann() -> Contact:
    return Contact("Ann", "Lee", contact_id="a", age=40, phone="+1 555 0100", email="ann@example.com")


def names(contacts: list[Contact]) -> list[str]:
    return [contact.first_name for contact in contacts]


def refused(app: ContactsApp, error: type[Exception], call: Callable[[], Any]) -> str:
    """Give the text of the error that `call` raises, having seen that it changed nothing."""
    before = app.get_state()
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, ToolError)
    assert app.get_state() == before
    return str(caught.value)


# --- the data -----------------------------------------------------------------------------------------------


def test_a_contact_takes_its_id_from_the_run() -> None:
    def contact_id() -> str:
        with RunContext(seed=1).active():
            return Contact("Ann", "Lee").contact_id

    assert contact_id() == contact_id()
    assert len(contact_id()) == 32


def test_a_contact_knows_nothing_that_was_not_given() -> None:
    contact = Contact("Ann", "Lee")
    assert (contact.is_user, contact.age, contact.phone) == (False, None, None)
    assert (contact.gender, contact.status) == (Gender.UNKNOWN, Status.UNKNOWN)


@pytest.mark.parametrize(
    "word", ["female", "FEMALE", "Female", "Gender.FEMALE", " gender.female ", Gender.FEMALE]
)
def test_gender_may_be_given_as_text(word: Any) -> None:
    assert Contact("Ann", "Lee", gender=word).gender is Gender.FEMALE


@pytest.mark.parametrize("word", ["student", "Status.STUDENT", Status.STUDENT])
def test_status_may_be_given_as_text(word: Any) -> None:
    assert Contact("Ann", "Lee", status=word).status is Status.STUDENT


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"first_name": None}, ValueError),
        ({"last_name": None}, ValueError),
        ({"first_name": 5}, InvalidArgumentsError),
        ({"contact_id": ""}, InvalidValueError),
        ({"age": 0}, ValueError),
        ({"age": 101}, ValueError),
        ({"age": 10**5000}, ValueError),
        ({"age": "40"}, InvalidArgumentsError),
        ({"age": True}, InvalidArgumentsError),
        ({"gender": "fmale"}, ValueError),
        ({"gender": None}, ValueError),
        ({"gender": Status.STUDENT}, ValueError),
        ({"status": "Gender.FEMALE"}, ValueError),
        ({"is_user": "yes"}, InvalidArgumentsError),
        ({"phone": 5550100}, InvalidArgumentsError),
        ({"description": "x" * (MAX_TEXT + 1)}, InvalidValueError),
    ],
)
def test_a_contact_refuses_what_is_no_contact(fields: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        Contact(**{"first_name": "Ann", "last_name": "Lee", **fields})
    assert isinstance(caught.value, ToolError)


def test_an_unknown_word_is_answered_with_the_valid_ones() -> None:
    with pytest.raises(ValueError, match=r"Female, Male, Other, Unknown\. Did you mean 'Female'"):
        Contact("Ann", "Lee", gender="fmale")  # type: ignore[arg-type]


@pytest.mark.parametrize("age", [1, 100])
def test_the_bounds_of_an_age_are_ages(age: int) -> None:
    assert Contact("Ann", "Lee", age=age).age == age


def test_the_summary_names_what_is_known() -> None:
    contact = Contact("Ann", "", gender=Gender.FEMALE, age=40, city_living="Bern")
    assert contact.summary.splitlines() == ["Ann", "Gender: Female", "Age: 40", "City living: Bern"]


def test_each_phone_has_its_own_contact_of_the_user() -> None:
    first, second = user_contact(), user_contact()
    assert first == second == USER_CONTACT
    first.phone = "changed"
    assert second.phone == USER_CONTACT.phone == "1234567890"


def test_what_is_done_to_the_user_in_one_app_stays_there() -> None:
    first, second = ContactsApp(), ContactsApp()
    for app in (first, second):
        app.add_contact(USER_CONTACT)
    first.edit_contact(USER_CONTACT.contact_id, {"phone": "changed"})
    first.get_current_user_details().email = "changed"
    assert second.get_current_user_details() == USER_CONTACT == user_contact()


def test_the_contact_of_the_user_is_the_published_one() -> None:
    contact = user_contact()
    assert (contact.first_name, contact.last_name, contact.is_user, contact.age) == ("John", "Doe", True, 30)
    assert (contact.gender, contact.status, contact.nationality) == (Gender.MALE, Status.STUDENT, "American")
    assert (contact.email, contact.address) == ("john@pare.com", "123 Main St, Anytown, USA")


# --- the app ------------------------------------------------------------------------------------------------


def test_the_apps_are_named_as_published() -> None:
    assert ContactsApp().name == "ContactsApp"
    assert Contacts().name == "Contacts"
    assert InternalContacts().name == "InternalContacts"
    assert Contacts(name="Mine").name == "Mine"


def test_the_app_copies_the_mapping_that_it_is_given() -> None:
    given_contacts = {"a": ann()}
    ContactsApp("People", 5, given_contacts).delete_contact("a")
    assert given_contacts == {"a": ann()}


def test_tools_have_the_published_roles(app: ContactsApp) -> None:
    tools = app.get_tools(), app.get_user_tools(), app.get_env_tools(), app.get_data_tools()
    assert [len(group) for group in tools] == [7, 0, 0, 6]


def test_every_argument_of_every_tool_is_described(app: ContactsApp) -> None:
    for tool in app.get_tools():
        assert tool.function_description
        assert tool.return_description
        assert all(tool.arg_descriptions.values()), tool.name
        assert notice_of(ContactsApp, tool.func_name) is None


def test_tools_that_change_something_are_writes(app: ContactsApp) -> None:
    writes = [tool.func_name for tool in app.get_tools() if tool.write_operation]
    assert writes == ["add_new_contact", "edit_contact", "delete_contact"]


# --- list, get, search --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "length", "bounds"),
    [(0, 10, (0, 10)), (10, 2, (10, 12)), (12, 0, (12, 12)), (20, 0, (20, 12))],
)
def test_contacts_come_in_pages(app: ContactsApp, offset: int, length: int, bounds: tuple[int, int]) -> None:
    app.add_contacts([Contact(str(number), "x") for number in range(12)])
    page = app.get_contacts(offset)
    assert names(page["contacts"]) == [str(number) for number in range(offset, offset + length)]
    assert page["metadata"] == {"range": bounds, "total": 12}


def test_the_length_of_a_page_is_a_field_of_the_app() -> None:
    app = ContactsApp(view_limit=2)
    app.add_contacts([Contact(str(number), "x") for number in range(3)])
    assert names(app.get_contacts(1)["contacts"]) == ["1", "2"]


@pytest.mark.parametrize(("offset", "error"), [(-1, ValueError), ("0", TypeError), (True, TypeError)])
def test_a_wrong_offset_is_refused(app: ContactsApp, offset: Any, error: type[Exception]) -> None:
    refused(app, error, lambda: app.get_contacts(offset))


def test_a_contact_is_found_by_its_id(app: ContactsApp) -> None:
    app.add_contact(ann())
    assert app.get_contact("a") == ann()


@pytest.mark.parametrize("error", [KeyError, NotFoundKeyError])
def test_an_unknown_id_is_refused_everywhere(app: ContactsApp, error: type[Exception]) -> None:
    app.add_contact(ann())
    refused(app, error, lambda: app.get_contact("none"))
    refused(app, error, lambda: app.edit_contact("none", {"age": 5}))
    refused(app, error, lambda: app.delete_contact("none"))


def test_an_unknown_id_that_is_a_name_is_answered_with_the_id(app: ContactsApp) -> None:
    app.add_contact(ann())
    assert "of that name has the id 'a'" in refused(app, KeyError, lambda: app.get_contact("ann lee"))


def test_an_unknown_id_that_is_nearly_right_is_answered_with_the_right_one(app: ContactsApp) -> None:
    contact_id = app.add_new_contact("Ann", "Lee")
    text = refused(app, KeyError, lambda: app.get_contact(contact_id[:-2]))
    assert f"Did you mean {contact_id!r}?" in text


@pytest.mark.parametrize(
    ("contact_id", "error"), [(None, ValueError), ("", ValueError), (["a"], TypeError), (5, TypeError)]
)
def test_an_id_must_be_text(app: ContactsApp, contact_id: Any, error: type[Exception]) -> None:
    refused(app, error, lambda: app.get_contact(contact_id))


def test_the_user_is_the_first_who_is_marked_so(app: ContactsApp) -> None:
    refused(app, KeyError, app.get_current_user_details)
    app.add_contacts([ann(), Contact("Bob", "Ray", is_user=True), Contact("Cid", "Fox", is_user=True)])
    assert app.get_current_user_details().first_name == "Bob"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ANN", ["Ann", "Bob"]),
        ("ann lee", ["Ann"]),
        ("LEE ANN", ["Ann"]),
        ("0100", ["Ann"]),
        ("example.COM", ["Ann"]),
        ("", ["Ann", "Bob"]),
        ("lee ann lee", []),
        ("example.com+1", []),
    ],
)
def test_a_search_looks_at_names_phone_and_email(app: ContactsApp, query: str, found: list[str]) -> None:
    app.add_contacts([ann(), Contact("Bob", "Hannes")])
    assert names(app.search_contacts(query)) == found


def test_a_search_needs_text(app: ContactsApp) -> None:
    refused(app, TypeError, lambda: app.search_contacts(None))  # type: ignore[arg-type]


# --- add and delete -----------------------------------------------------------------------------------------


def test_an_added_contact_is_a_copy_under_its_own_id(app: ContactsApp) -> None:
    contact = ann()
    assert app.add_contact(contact) == "a"
    contact.age = 5
    assert app.get_contact("a") == ann()


def test_an_added_contact_replaces_one_with_its_id(app: ContactsApp) -> None:
    app.add_contact(ann())
    app.add_contact(Contact("Bob", "Ray", contact_id="a"))
    assert names(list(app.contacts.values())) == ["Bob"]


def test_what_is_no_contact_is_not_added(app: ContactsApp) -> None:
    refused(app, TypeError, lambda: app.add_contact({"first_name": "Ann"}))  # type: ignore[arg-type]
    refused(app, TypeError, lambda: app.add_contacts([ann(), None]))  # type: ignore[list-item]
    spoilt = ann()
    spoilt.age = 500
    refused(app, ValueError, lambda: app.add_contact(spoilt))


def test_a_new_contact_has_all_that_was_given(app: ContactsApp) -> None:
    contact_id = app.add_new_contact(
        "Ann",
        "Lee",
        "Female",
        40,
        "Swiss",
        "Bern",
        "Switzerland",
        "Employed",
        "baker",
        "sings",
        "+1 555 0100",
        "ann@example.com",
        "1 High St",
    )
    assert len(contact_id) == 32
    assert app.get_contact(contact_id) == Contact(
        first_name="Ann",
        last_name="Lee",
        contact_id=contact_id,
        gender=Gender.FEMALE,
        age=40,
        nationality="Swiss",
        city_living="Bern",
        country="Switzerland",
        status=Status.EMPLOYED,
        job="baker",
        description="sings",
        phone="+1 555 0100",
        email="ann@example.com",
        address="1 High St",
    )


def test_a_new_contact_needs_no_more_than_a_name(app: ContactsApp) -> None:
    contact = app.get_contact(app.add_new_contact("Ann", ""))
    assert (contact.gender, contact.status, contact.is_user) == (Gender.UNKNOWN, Status.UNKNOWN, False)


@pytest.mark.parametrize(
    ("kwargs", "error"),
    [
        ({"first_name": "ANN", "last_name": "lee"}, ValueError),
        ({"first_name": "", "last_name": " "}, ValueError),
        ({"first_name": None}, ValueError),
        ({"first_name": 5}, TypeError),
        ({"age": 0}, ValueError),
        ({"age": "40"}, TypeError),
        ({"gender": "x"}, ValueError),
        ({"status": "x"}, ValueError),
        ({"phone": "0" * (MAX_TEXT + 1)}, ValueError),
    ],
)
def test_a_wrong_contact_is_not_added(
    app: ContactsApp, kwargs: dict[str, Any], error: type[Exception]
) -> None:
    app.add_contact(ann())
    refused(app, error, lambda: app.add_new_contact(**{"first_name": "Bob", "last_name": "Ray", **kwargs}))


def test_a_refused_contact_draws_no_id() -> None:
    first, second = ContactsApp(), ContactsApp()
    with pytest.raises(ToolError):
        first.add_new_contact("Ann", "Lee", age=0)
    assert first.add_new_contact("Ann", "Lee") == second.add_new_contact("Ann", "Lee")


def test_a_contact_is_deleted(app: ContactsApp) -> None:
    app.add_contact(ann())
    assert app.delete_contact("a") == "Contact a (Ann Lee) was deleted."
    assert app.contacts == {}


# --- edit ---------------------------------------------------------------------------------------------------


def test_an_edit_changes_what_is_given_and_leaves_the_rest(app: ContactsApp) -> None:
    app.add_contact(ann())
    message = app.edit_contact("a", {"phone": None, "gender": "female", "contact_id": "a", "is_user": True})
    assert message == "Contact a was changed: phone, gender, contact_id, is_user."
    assert app.get_contact("a") == Contact(
        "Ann", "Lee", contact_id="a", is_user=True, gender=Gender.FEMALE, age=40, email="ann@example.com"
    )


def test_an_edit_leaves_what_was_read_before_as_it_was(app: ContactsApp) -> None:
    app.add_contact(ann())
    read = app.get_contact("a")
    app.edit_contact("a", {"age": 41})
    assert (read.age, app.get_contact("a").age) == (40, 41)


@pytest.mark.parametrize(
    ("updates", "error"),
    [
        ({"age": 41, "phon": "5"}, AttributeError),
        ({"age": 41, "phon": "5"}, UnknownContactFieldError),
        ({"summary": "x"}, AttributeError),
        ({"__class__": "x"}, AttributeError),
        ({5: "x"}, AttributeError),
        ({"phone": "5", "age": 0}, ValueError),
        ({"phone": "5", "first_name": None}, ValueError),
        ({"phone": "5", "gender": "x"}, ValueError),
        ({"phone": "5", "age": "41"}, TypeError),
        ({"contact_id": "b"}, ValueError),
        ({}, ValueError),
        ("phone=5", TypeError),
    ],
)
def test_a_wrong_edit_changes_nothing(app: ContactsApp, updates: Any, error: type[Exception]) -> None:
    app.add_contact(ann())
    refused(app, error, lambda: app.edit_contact("a", updates))


def test_an_unknown_field_is_answered_with_the_nearest_one(app: ContactsApp) -> None:
    app.add_contact(ann())
    text = refused(app, AttributeError, lambda: app.edit_contact("a", {"phon": "5"}))
    assert "no field 'phon'. Did you mean 'phone'?" in text
    assert "first_name, last_name" in text


# --- load and state -----------------------------------------------------------------------------------------


def test_the_state_has_the_published_shape(app: ContactsApp) -> None:
    app.add_contact(ann())
    assert app.get_state() == {
        "contacts": {
            "a": {
                "first_name": "Ann",
                "last_name": "Lee",
                "contact_id": "a",
                "is_user": False,
                "gender": "Unknown",
                "age": 40,
                "nationality": None,
                "city_living": None,
                "country": None,
                "status": "Unknown",
                "job": None,
                "description": None,
                "phone": "+1 555 0100",
                "email": "ann@example.com",
                "address": None,
            }
        },
        "view_limit": 10,
    }


def test_loading_a_state_replaces_everything() -> None:
    app = ContactsApp(view_limit=3)
    app.add_contact(ann())
    app.load_state({"contacts": {"b": {"first_name": "Bob", "unheard_of": 1}}, "view_limit": 5})
    assert (names(list(app.contacts.values())), app.view_limit) == (["Bob"], 5)
    app.load_state({})
    assert (app.contacts, app.view_limit) == ({}, 10)


def test_what_a_state_leaves_out_is_not_known(app: ContactsApp) -> None:
    app.load_state({"contacts": {"b": {"gender": None, "status": "Retired"}}})
    assert app.get_contact("b") == Contact("", "", contact_id="b", status=Status.RETIRED)


@pytest.mark.parametrize(
    "state",
    [
        {"contacts": {"b": {"age": 0}}},
        {"contacts": {"b": None}},
        {"contacts": ["b"]},
        {"contacts": {}, "view_limit": 0},
        {"contacts": {}, "view_limit": "5"},
    ],
)
def test_a_wrong_state_changes_nothing(app: ContactsApp, state: dict[str, Any]) -> None:
    app.add_contact(ann())
    refused(app, ToolError, lambda: app.load_state(state))


def test_contacts_are_loaded_beside_those_that_are_there(app: ContactsApp) -> None:
    app.add_contact(ann())
    app.load_contacts_from_dict({"b": {"first_name": "Bob", "last_name": "Ray", "gender": "male"}})
    assert names(list(app.contacts.values())) == ["Ann", "Bob"]
    assert app.get_contact("b").gender is Gender.MALE


def test_every_problem_of_a_load_is_named_and_nothing_changes(app: ContactsApp) -> None:
    app.add_contact(ann())
    entries: dict[Any, Any] = {
        "b": {"age": 0, "phon": "5", "gender": "x"},
        "c": "Bob",
        "d": {"first_name": "Dan"},
        5: {},
    }
    text = refused(app, ContactDataError, lambda: app.load_contacts_from_dict(entries))
    assert text.startswith("3 of 4 contacts are wrong, none was loaded.")
    assert "contact 'b': a contact has no field 'phon'. Did you mean 'phone'?; age must be from 1" in text
    assert "'x' is no gender" in text
    assert "contact 'c': a contact must be an object of its fields, not str" in text
    assert "contact 5: the id of a contact must be text, not int" in text
    refused(app, ValueError, lambda: app.load_contacts_from_dict([]))  # type: ignore[arg-type]


def test_reset_empties_the_address_book() -> None:
    app = Contacts(view_limit=3)
    app.add_contact(ann())
    app.reset()
    assert app.get_state() == {"contacts": {}, "view_limit": 10}
    assert app.name == "Contacts"


OPERATIONS = st.tuples(
    st.sampled_from(["add", "set", "edit", "delete"]),
    st.integers(0, 9),
    st.text(max_size=8),
    st.integers(-2, 105),
)


@given(st.lists(OPERATIONS, max_size=30))
def test_a_state_survives_saving_after_any_operations(operations: list[tuple[str, int, str, int]]) -> None:
    with RunContext(seed=1, start_time=1000.0).active():
        app = ContactsApp()
    for kind, number, text, age in operations:
        before = app.get_state()
        try:
            operate(app, kind, number, text, age)
        except ToolError:
            assert app.get_state() == before
    other = ContactsApp()
    other.load_state(orjson.loads(orjson.dumps(app.get_state())))
    assert other.get_state() == app.get_state()


def operate(app: ContactsApp, kind: str, number: int, text: str, age: int) -> None:
    ids = list(app.contacts) or ["none"]
    contact_id = ids[number % len(ids)]
    match kind:
        case "add":
            app.add_new_contact(text, text, age=age, gender=list(Gender)[number % 4].name)
        case "set":
            app.add_contact(Contact(text, text, contact_id=text, age=age))
        case "edit":
            app.edit_contact(contact_id, {"phone": text, "age": age})
        case _:
            app.delete_contact(contact_id)


# --- records ------------------------------------------------------------------------------------------------


CALLS: list[tuple[str, dict[str, Any], OperationType]] = [
    ("get_contacts", {"offset": 0}, OperationType.READ),
    ("get_contact", {"contact_id": "u"}, OperationType.READ),
    ("get_current_user_details", {}, OperationType.READ),
    ("add_contact", {"contact": Contact("Bob", "Ray", contact_id="b")}, OperationType.WRITE),
    ("add_new_contact", {"first_name": "Bob", "last_name": "Ray"}, OperationType.WRITE),
    ("edit_contact", {"contact_id": "u", "updates": {"age": 5}}, OperationType.WRITE),
    ("delete_contact", {"contact_id": "u"}, OperationType.WRITE),
    ("search_contacts", {"query": "x"}, OperationType.READ),
]


@pytest.mark.parametrize(("name", "kwargs", "operation"), CALLS)
def test_a_direct_call_is_one_event(
    app: ContactsApp, name: str, kwargs: dict[str, Any], operation: OperationType
) -> None:
    app.add_contact(Contact("Uma", "Day", contact_id="u", is_user=True))
    events: list[Any] = []
    app.register_to_env("test", events.append)
    result = getattr(app, name)(**kwargs)
    (event,) = events
    assert (event.event_type, event.event_time) == (EventType.AGENT, 1000.0)
    assert (event.action.function_name, event.action.operation_type) == (name, operation)
    assert kwargs.items() <= event.get_args().items()
    assert event.metadata.return_value == result
    assert orjson.dumps(to_plain(event.metadata.return_value))


def test_adding_many_is_not_recorded(app: ContactsApp) -> None:
    events: list[Any] = []
    app.register_to_env("test", events.append)
    app.add_contacts([ann()])
    assert events == []


def test_a_captured_call_is_planned_instead_of_made(app: ContactsApp) -> None:
    app.add_contact(ann())
    with EventRegisterer.capture_mode():
        planned: Any = app.edit_contact("a", {"age": 41})
    assert app.get_contact("a").age == 40
    assert (planned.event_type, planned.action.arguments()["updates"]) == (EventType.ENV, {"age": 41})
    planned.execute()
    assert app.get_contact("a").age == 41


def test_a_call_through_the_toolbox_works() -> None:
    app = Contacts()
    toolbox = Toolbox(app.get_tools())
    contact_id = toolbox.call(
        "Contacts__add_new_contact", '{"first_name": "Ann", "last_name": "Lee", "phone": 5}'
    )
    toolbox.call("Contacts__edit_contact", {"contact_id": contact_id, "updates": {"age": 40}})
    assert (app.get_contact(contact_id).age, app.get_contact(contact_id).phone) == (40, "5")
    with pytest.raises(InvalidArgumentsError):
        toolbox.call("Contacts__edit_contact", {"contact_id": contact_id, "updates": "age"})
