"""The apartment listing: what its tools do, find, refuse, record and tell."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pare.apps.apartment import Apartment, ApartmentDataError, ApartmentListingApp, RentAFlat
from pare.apps.checks import MAX_TEXT, WrongTypeError
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools import Toolbox
from pare.tools.notices import NoticeTexts, VerbosityLevel, notice_of

LOFT: dict[str, Any] = {
    "name": "Sunny Loft",
    "location": "Zürich, Kreis 4",
    "zip_code": "8004",
    "price": 1800.0,
    "number_of_bedrooms": 2,
    "number_of_bathrooms": 1,
    "square_footage": 900,
    "property_type": "Loft",
    "furnished_status": "Furnished",
    "floor_level": "Upper floors",
    "pet_policy": "Pets allowed",
    "lease_term": "1 year",
    "amenities": ["Gym", "Parking"],
}
PLAIN: dict[str, Any] = {
    "name": "Plain Flat",
    "location": "Basel",
    "zip_code": "4051",
    "price": 1200,
    "number_of_bedrooms": 1,
    "number_of_bathrooms": 1,
    "square_footage": 500,
}


@pytest.fixture
def app() -> Iterator[ApartmentListingApp]:
    with RunContext(seed=1, start_time=1000.0).active():
        yield ApartmentListingApp(name="Apartment")


@pytest.fixture
def events(app: ApartmentListingApp) -> list[CompletedEvent]:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    return events


@pytest.fixture
def loft(app: ApartmentListingApp) -> str:
    return app.add_new_apartment(**LOFT)


@pytest.fixture
def plain(app: ApartmentListingApp, loft: str) -> str:
    return app.add_new_apartment(**PLAIN)


def refused(app: ApartmentListingApp, error: type[Exception], call: Callable[[], Any]) -> str:
    """Give the text of the error that `call` raises, having seen that it changed nothing."""
    before, draws = app.get_state(), app.rng.getstate()
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, ToolError)
    assert (app.get_state(), app.rng.getstate()) == (before, draws)
    return str(caught.value)


def named(found: dict[str, Apartment]) -> list[str]:
    return [apartment.name for apartment in found.values()]


# --- the data -----------------------------------------------------------------------------------------------


def an_apartment(**fields: Any) -> Apartment:
    return Apartment(
        **{"name": "Flat", "location": "Bern", "zip_code": "3000", "price": 900.0, "bedrooms": 1}
        | {"bathrooms": 1, "property_type": "Flat", "square_footage": 400}
        | fields
    )


def test_an_apartment_takes_its_id_from_the_run() -> None:
    with RunContext(seed=1).active():
        apartment = an_apartment()
    with RunContext(seed=1).active():
        assert an_apartment() == apartment
    assert len(apartment.apartment_id) == 32
    assert (apartment.furnished_status, apartment.amenities, apartment.saved) == ("", [], False)


def test_apartments_share_no_list() -> None:
    amenities = ["Gym"]
    an_apartment(amenities=amenities).amenities.append("Pool")  # type: ignore[union-attr]  # it is a list
    assert amenities == ["Gym"]
    assert an_apartment(amenities=None).amenities == []


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": None}, WrongTypeError),
        ({"zip_code": 8004}, WrongTypeError),
        ({"price": -1}, InvalidValueError),
        ({"price": float("nan")}, InvalidValueError),
        ({"bedrooms": "2"}, WrongTypeError),
        ({"square_footage": True}, WrongTypeError),
        ({"pet_policy": 5}, WrongTypeError),
        ({"location": "x" * (MAX_TEXT + 1)}, InvalidValueError),
        ({"amenities": "Gym"}, WrongTypeError),
        ({"amenities": [5]}, WrongTypeError),
        ({"saved": "yes"}, WrongTypeError),
    ],
)
def test_an_apartment_that_is_not_valid_cannot_be_made(
    fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        an_apartment(**fields)


def test_an_app_starts_empty_under_its_name(app: ApartmentListingApp) -> None:
    assert (app.name, app.apartments, app.saved_apartments) == ("Apartment", {}, [])
    assert ApartmentListingApp().name == "ApartmentListingApp"
    assert RentAFlat().name == "RentAFlat"
    assert RentAFlat("Mine").name == "Mine"
    assert issubclass(RentAFlat, ApartmentListingApp)


def test_apps_share_nothing_that_they_are_given() -> None:
    apartments, saved = {"a": an_apartment(apartment_id="a")}, ["a"]
    app = ApartmentListingApp("Apartment", apartments, saved)
    app.remove_saved_apartment("a")
    app.delete_apartment("a")
    assert (list(apartments), saved) == (["a"], ["a"])


# --- the listing --------------------------------------------------------------------------------------------


def test_an_apartment_is_added_with_all_that_is_known(app: ApartmentListingApp, loft: str) -> None:
    assert len(loft) == 32
    apartment = app.get_apartment_details(loft)
    assert apartment is app.apartments[loft]
    assert apartment == Apartment(
        "Sunny Loft",
        "Zürich, Kreis 4",
        "8004",
        1800.0,
        2,
        1,
        "Loft",
        900,
        "Furnished",
        "Upper floors",
        "Pets allowed",
        "1 year",
        loft,
        ["Gym", "Parking"],
    )


def test_what_need_not_be_known_is_empty(app: ApartmentListingApp, plain: str) -> None:
    apartment = app.get_apartment_details(plain)
    assert (apartment.property_type, apartment.lease_term, apartment.amenities) == ("", "", [])
    nothing = dict.fromkeys(("furnished_status", "floor_level", "pet_policy", "lease_term"))
    assert app.apartments[app.add_new_apartment(**PLAIN, **nothing)].pet_policy == ""


def test_amenities_are_not_shared_with_who_gave_them(app: ApartmentListingApp) -> None:
    amenities = ["Gym"]
    apartment_id = app.add_new_apartment(**PLAIN, amenities=amenities)
    amenities.append("Pool")
    assert app.apartments[apartment_id].amenities == ["Gym"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": ""}, InvalidValueError),
        ({"location": " "}, InvalidValueError),
        ({"price": -1.0}, InvalidValueError),
        ({"price": float("inf")}, InvalidValueError),
        ({"number_of_bedrooms": -1}, InvalidValueError),
        ({"number_of_bathrooms": None}, WrongTypeError),
        ({"square_footage": "large"}, WrongTypeError),
        ({"property_type": 5}, WrongTypeError),
        ({"lease_term": "x" * (MAX_TEXT + 1)}, InvalidValueError),
        ({"amenities": "Gym"}, WrongTypeError),
        ({"amenities": ["x" * (MAX_TEXT + 1)]}, InvalidValueError),
    ],
)
def test_what_is_no_apartment_is_not_added(
    app: ApartmentListingApp, fields: dict[str, Any], error: type[Exception]
) -> None:
    refused(app, error, lambda: app.add_new_apartment(**LOFT | fields))


def test_a_price_is_changed(app: ApartmentListingApp, loft: str) -> None:
    before = app.get_apartment_details(loft)
    assert app.update_apartment(loft, 1500) == f"Apartment {loft} (Sunny Loft) costs 1500 a month now."
    assert app.get_apartment_details(loft).price == 1500
    assert before.price == 1800, "what was told before stays as it was told"
    refused(app, InvalidValueError, lambda: app.update_apartment(loft, -1))
    refused(app, WrongTypeError, lambda: app.update_apartment(loft, "free"))


def test_a_deleted_apartment_is_gone(app: ApartmentListingApp, loft: str, plain: str) -> None:
    assert app.delete_apartment(loft) is None
    assert list(app.list_all_apartments()) == [plain]


def test_all_apartments_are_listed_as_they_are_now(app: ApartmentListingApp, loft: str, plain: str) -> None:
    listed = app.list_all_apartments()
    assert listed == {loft: app.apartments[loft], plain: app.apartments[plain]}
    app.delete_apartment(loft)
    assert list(listed) == [loft, plain]


@pytest.mark.parametrize(
    "call",
    [
        lambda app, given: app.get_apartment_details(given),
        lambda app, given: app.save_apartment(given),
        lambda app, given: app.remove_saved_apartment(given),
        lambda app, given: app.update_apartment(given, 5.0),
        lambda app, given: app.delete_apartment(given),
    ],
)
def test_an_unknown_id_is_named(app: ApartmentListingApp, loft: str, call: Callable[..., Any]) -> None:
    assert loft in refused(app, NotFoundError, lambda: call(app, f"{loft[:-1]}!"))
    assert f"has the id '{loft}'" in refused(app, NotFoundError, lambda: call(app, "sunny loft"))
    refused(app, InvalidValueError, lambda: call(app, ""))
    refused(app, WrongTypeError, lambda: call(app, 5))


# --- the saved ones -----------------------------------------------------------------------------------------


def test_apartments_are_saved_in_order(app: ApartmentListingApp, loft: str, plain: str) -> None:
    before = app.get_apartment_details(plain)
    for apartment_id in (plain, loft, plain):
        assert app.save_apartment(apartment_id) is None
    assert app.saved_apartments == [plain, loft]
    assert app.list_saved_apartments() == {plain: app.apartments[plain], loft: app.apartments[loft]}
    assert list(app.list_saved_apartments()) == [plain, loft]
    assert list(app.apartments) == [loft, plain]
    assert [item.saved for item in app.apartments.values()] == [True, True]
    assert not before.saved


def test_a_saved_apartment_is_removed(app: ApartmentListingApp, loft: str) -> None:
    app.save_apartment(loft)
    assert app.remove_saved_apartment(loft) is None
    assert (app.saved_apartments, app.list_saved_apartments()) == ([], {})
    assert not app.apartments[loft].saved
    assert "is not saved" in refused(app, NotFoundError, lambda: app.remove_saved_apartment(loft))


def test_a_saved_apartment_that_is_gone_is_not_listed_and_can_be_removed(
    app: ApartmentListingApp, loft: str, plain: str
) -> None:
    app.save_apartment(loft)
    app.save_apartment(plain)
    app.delete_apartment(loft)
    assert app.saved_apartments == [loft, plain]
    assert list(app.list_saved_apartments()) == [plain]
    assert list(app.search_apartments(saved_only=True)) == [plain]
    refused(app, NotFoundError, lambda: app.save_apartment(loft))
    app.remove_saved_apartment(loft)
    assert app.saved_apartments == [plain]


def test_what_a_scenario_marks_as_saved_is_saved(app: ApartmentListingApp, loft: str, plain: str) -> None:
    app.apartments[loft].saved = True
    app.saved_apartments.append(plain)
    assert list(app.list_saved_apartments()) == [plain, loft]
    app.remove_saved_apartment(loft)
    app.remove_saved_apartment(plain)
    assert app.list_saved_apartments() == {}


def test_a_model_is_told_that_an_apartment_was_saved_or_removed(app: ApartmentListingApp, loft: str) -> None:
    toolbox = Toolbox(app.get_tools())
    assert "now" in toolbox.call("Apartment__save_apartment", {"apartment_id": loft})
    assert "not among" in toolbox.call("Apartment__remove_saved_apartment", {"apartment_id": loft})


# --- searches -----------------------------------------------------------------------------------------------

BOTH, FIRST, SECOND = ["Sunny Loft", "Plain Flat"], ["Sunny Loft"], ["Plain Flat"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, BOTH),
        ({"name": "LOFT"}, FIRST),
        ({"location": "zürich"}, FIRST),
        ({"location": "nowhere"}, []),
        ({"zip_code": "8004"}, FIRST),
        ({"zip_code": "800"}, []),
        ({"min_price": 1200}, BOTH),
        ({"min_price": 1200.5}, FIRST),
        ({"max_price": 1800}, BOTH),
        ({"max_price": 1799.5}, SECOND),
        ({"min_price": 1300, "max_price": 1500}, []),
        ({"number_of_bedrooms": 2}, FIRST),
        ({"number_of_bedrooms": 3}, []),
        ({"number_of_bathrooms": 1}, BOTH),
        ({"property_type": "loft"}, FIRST),
        ({"property_type": "lof"}, []),
        ({"square_footage": 500}, BOTH),
        ({"square_footage": 501}, FIRST),
        ({"furnished_status": "furnished"}, BOTH),
        ({"furnished_status": "Unfurnished"}, SECOND),
        ({"pet_policy": "PETS ALLOWED"}, BOTH),
        ({"lease_term": "6 months"}, SECOND),
        ({"floor_level": "Upper floors"}, FIRST),
        ({"floor_level": "upper floors"}, []),
        ({"amenities": ["gym", "PARKING"]}, FIRST),
        ({"amenities": ["gym", "pool"]}, []),
        ({"name": "", "min_price": 0, "number_of_bedrooms": 0, "amenities": []}, BOTH),
        ({"saved_only": True}, SECOND),
        ({"saved_only": True, "name": "loft"}, []),
        ({"name": "sunny", "zip_code": "8004", "property_type": "Loft", "max_price": 2000}, FIRST),
    ],
)
def test_a_search_finds_what_fits_everything_given(
    app: ApartmentListingApp, loft: str, plain: str, filters: dict[str, Any], found: list[str]
) -> None:
    app.save_apartment(plain)
    assert named(app.search_apartments(**filters)) == found


def test_a_search_gives_apartments_by_the_ids_of_the_listing(app: ApartmentListingApp) -> None:
    app.apartments["mine"] = an_apartment(apartment_id="other")
    assert list(app.search_apartments(name="flat")) == ["mine"]


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"name": 5}, WrongTypeError),
        ({"zip_code": 8004}, WrongTypeError),
        ({"min_price": "cheap"}, WrongTypeError),
        ({"max_price": -1}, InvalidValueError),
        ({"number_of_bedrooms": float("nan")}, InvalidValueError),
        ({"square_footage": -5}, InvalidValueError),
        ({"pet_policy": "x" * (MAX_TEXT + 1)}, InvalidValueError),
        ({"amenities": "Gym"}, WrongTypeError),
    ],
)
def test_what_cannot_be_searched_for_is_refused(
    app: ApartmentListingApp, loft: str, filters: dict[str, Any], error: type[Exception]
) -> None:
    refused(app, error, lambda: app.search_apartments(**filters))


WORDS = st.sampled_from(["", "Gym", "gym", "Pool", "ß", "SS"])


@given(
    listed=st.lists(
        st.tuples(WORDS, WORDS, st.integers(0, 3), st.lists(WORDS, max_size=2)), min_size=1, max_size=5
    ),
    word=WORDS,
    number=st.integers(0, 3),
    amenities=st.lists(WORDS, max_size=2),
)
def test_a_search_agrees_with_its_definition(
    listed: list[tuple[str, str, int, list[str]]], word: str, number: int, amenities: list[str]
) -> None:
    app = ApartmentListingApp()
    for at, (name, status, price, has) in enumerate(listed):
        app.apartments[str(at)] = an_apartment(
            name=name, furnished_status=status, price=price, amenities=has, apartment_id=str(at)
        )
    expected = [
        item
        for item in app.apartments.values()
        if word.casefold() in item.name.casefold()
        and (not word or not item.furnished_status or item.furnished_status.casefold() == word.casefold())
        and item.price >= number
        and all(wanted.casefold() in [has.casefold() for has in item.amenities or []] for wanted in amenities)
    ]
    found = app.search_apartments(name=word, furnished_status=word, min_price=number, amenities=amenities)
    assert list(found.values()) == expected


# --- state --------------------------------------------------------------------------------------------------


def test_state_has_the_published_shape(app: ApartmentListingApp, loft: str) -> None:
    app.save_apartment(loft)
    state = app.get_state()
    assert state == {
        "apartments": {
            loft: {
                "name": "Sunny Loft",
                "location": "Zürich, Kreis 4",
                "zip_code": "8004",
                "price": 1800.0,
                "bedrooms": 2,
                "bathrooms": 1,
                "property_type": "Loft",
                "square_footage": 900,
                "furnished_status": "Furnished",
                "floor_level": "Upper floors",
                "pet_policy": "Pets allowed",
                "lease_term": "1 year",
                "apartment_id": loft,
                "amenities": ["Gym", "Parking"],
                "saved": True,
            }
        },
        "saved_apartments": [loft],
    }
    assert orjson.loads(orjson.dumps(state)) == state


def test_saving_and_loading_is_the_identity(app: ApartmentListingApp, loft: str, plain: str) -> None:
    app.apartments["mine"] = an_apartment(saved=True)
    gone = app.add_new_apartment(**PLAIN)
    app.save_apartment(gone)
    app.save_apartment(loft)
    app.delete_apartment(gone)
    app.update_apartment(plain, 5)
    app.saved_apartments.append(plain)
    saved = app.get_state()
    other = RentAFlat()
    other.save_apartment(other.add_new_apartment(**LOFT))
    other.load_state(deepcopy(saved))
    assert other.get_state() == saved
    assert list(other.list_saved_apartments()) == list(app.list_saved_apartments()) == [loft, plain, "mine"]


def test_a_published_state_can_be_loaded(app: ApartmentListingApp) -> None:
    fields = {key: value for key, value in vars(an_apartment(apartment_id="x")).items() if value}
    app.load_state(
        {"apartments": {"a": {**fields, "lease_term": None, "rating": 5}}, "saved_apartments": ["a"]}
    )
    assert app.apartments == {"a": an_apartment(apartment_id="a", saved=True)}
    app.load_state({})
    assert app.get_state() == {"apartments": {}, "saved_apartments": []}


@pytest.mark.parametrize(
    ("state", "error", "text"),
    [
        ({"apartments": ["a"]}, InvalidValueError, "must be an object of ids"),
        ({"apartments": {"a": 5}}, InvalidValueError, "an apartment must be an object"),
        ({"apartments": {"a": {"name": "Flat"}}}, InvalidValueError, "location must be text"),
        ({"apartments": {"a": {"name": "Flat"}}}, InvalidValueError, "price must be a number"),
        ({"saved_apartments": "a"}, WrongTypeError, "saved_apartments must be a list"),
    ],
)
def test_a_state_that_is_wrong_is_not_loaded(
    app: ApartmentListingApp, loft: str, state: Any, error: type[Exception], text: str
) -> None:
    assert text in refused(app, error, lambda: app.load_state(state))


def test_apartments_are_loaded_from_a_file(app: ApartmentListingApp, loft: str, tmp_path: Path) -> None:
    path = tmp_path / "apartments.json"
    fields = {key: value for key, value in vars(an_apartment()).items() if key != "apartment_id"}
    path.write_bytes(orjson.dumps({"a": fields, loft: fields}))
    app.load_apartments_from_file(str(path))
    assert named(app.apartments) == ["Flat", "Flat"]
    assert [item.apartment_id for item in app.apartments.values()] == [loft, "a"]


def test_a_file_that_cannot_be_read_changes_nothing(app: ApartmentListingApp, tmp_path: Path) -> None:
    path = tmp_path / "apartments.json"
    assert "No such file" in refused(app, ApartmentDataError, lambda: app.load_apartments_from_file(path))
    path.write_text("[")
    refused(app, ApartmentDataError, lambda: app.load_apartments_from_file(path))
    path.write_bytes(orjson.dumps({"a": {"rent": 5}, "b": {"saved": 1}}))
    text = refused(app, ApartmentDataError, lambda: app.load_apartments_from_file(path))
    assert "2 of 2 apartments are wrong" in text
    assert "no field 'rent'" in text


def test_resetting_forgets_apartments_and_keeps_the_name(app: ApartmentListingApp, loft: str) -> None:
    app.save_apartment(loft)
    app.reset()
    assert (app.name, app.get_state()) == ("Apartment", {"apartments": {}, "saved_apartments": []})


# --- tools, records, notices --------------------------------------------------------------------------------

AGENT_TOOLS = [
    *("list_all_apartments", "get_apartment_details", "save_apartment", "remove_saved_apartment"),
    *("list_saved_apartments", "search_apartments"),
]
ENV_TOOLS = ["add_new_apartment", "update_apartment", "delete_apartment"]


@pytest.mark.parametrize("kind", [ApartmentListingApp, RentAFlat])
def test_tools_are_offered_by_role(kind: type[ApartmentListingApp]) -> None:
    app = kind()
    assert [tool.func_name for tool in app.get_tools()] == AGENT_TOOLS
    assert [tool.func_name for tool in app.get_env_tools()] == ENV_TOOLS
    assert [tool.func_name for tool in app.get_data_tools()] == ENV_TOOLS + AGENT_TOOLS
    writes = {tool.func_name for tool in app.get_data_tools() if tool.write_operation}
    assert writes == {*ENV_TOOLS, "save_apartment", "remove_saved_apartment"}


def test_tools_describe_their_arguments(app: ApartmentListingApp) -> None:
    for tool in app.get_data_tools():
        assert tool.function_description
        assert all(arg.description for arg in tool.args), tool.name


def test_a_call_is_one_event_of_its_type(app: ApartmentListingApp, events: list[CompletedEvent]) -> None:
    apartment_id = app.add_new_apartment(**PLAIN)
    app.save_apartment(apartment_id)
    app.search_apartments(saved_only=True)
    assert [(event.event_type, event.function_name(), event.action.operation_type) for event in events] == [
        (EventType.ENV, "add_new_apartment", OperationType.WRITE),
        (EventType.AGENT, "save_apartment", OperationType.WRITE),
        (EventType.AGENT, "search_apartments", OperationType.READ),
    ]
    assert events[1].action.args == {"self": app, "apartment_id": apartment_id}


def test_a_planned_call_is_not_made(app: ApartmentListingApp, loft: str) -> None:
    with EventRegisterer.capture_mode():
        event: Any = app.delete_apartment(loft)
    assert event.event_type is EventType.ENV
    assert event.action.args["apartment_id"] == loft
    assert loft in app.apartments


def texts(name: str) -> NoticeTexts:
    notice = notice_of(RentAFlat, name)
    assert notice is not None
    assert (notice.level, notice.agent_calls) == (VerbosityLevel.HIGH, True)
    return notice


def test_a_new_apartment_is_told() -> None:
    notice = texts("add_new_apartment")
    assert notice.user(LOFT) == "New apartment: Sunny Loft in Zürich, Kreis 4 for 1800.0 a month"
    assert notice.agent(LOFT).splitlines() == [
        "New apartment: Sunny Loft in Zürich, Kreis 4 for 1800.0 a month",
        "Zip code: 8004",
        "Bedrooms: 2",
        "Bathrooms: 1",
        "Square feet: 900",
        "Type: Loft",
        "Furnished: Furnished",
        "Floor: Upper floors",
        "Pets: Pets allowed",
        "Lease: 1 year",
        "Amenities: Gym, Parking",
    ]
    assert notice.agent(PLAIN).splitlines()[-1] == "Square feet: 500"
    assert "\n" not in notice.user(LOFT | {"name": "Two\nlines"})


def test_a_changed_price_and_a_deleted_apartment_are_told() -> None:
    changed, deleted = texts("update_apartment"), texts("delete_apartment")
    assert changed.user({"apartment_id": "a", "new_price": 5.0}) == "Apartment a costs 5.0 a month now"
    assert deleted.user({"apartment_id": "a"}) == "Apartment a is not available any more"
    assert changed.user is changed.agent
    assert deleted.user is deleted.agent


def test_only_these_calls_are_told() -> None:
    told = {name for name in (*AGENT_TOOLS, *ENV_TOOLS) if notice_of(ApartmentListingApp, name)}
    assert told == set(ENV_TOOLS)
