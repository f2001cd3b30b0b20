"""The screens of the apartment listing: where taps lead, what they show, refuse and record."""

from collections.abc import Iterator
from typing import Any

import pytest

from pare.apps.apartment import (
    ApartmentDetail,
    ApartmentFavorites,
    ApartmentHome,
    ApartmentListingApp,
    ApartmentSearch,
    StatefulApartmentApp,
)
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.toolbox import Toolbox

START = 1_736_154_000.0  # Monday 2025-01-06 09:00 UTC


@pytest.fixture
def app() -> Iterator[StatefulApartmentApp]:
    """Give an app with the apartments `Loft`, which is saved, and `Flat`."""
    with RunContext(seed=1, start_time=START).active():
        listing = StatefulApartmentApp(name="Apartment")
        listing.add_new_apartment("Loft", "Bern", "3000", 1800.0, 2, 1, 900, "Loft", amenities=["Gym"])
        listing.add_new_apartment("Flat", "Basel", "4051", 900.0, 1, 1, 400)
        listing.save_apartment(id_of(listing, "Loft"))
        yield listing


def id_of(app: StatefulApartmentApp, name: str) -> str:
    return next(key for key, apartment in app.apartments.items() if apartment.name == name)


def screen(app: StatefulApartmentApp) -> tuple[str, int]:
    return type(app.current_state).__name__, len(app.navigation_stack)


def offered(app: StatefulApartmentApp) -> list[str]:
    return [tool.func_name for tool in app.get_user_tools()]


def tap(app: StatefulApartmentApp, name: str, /, **arguments: Any) -> Any:
    """Tap as a model does, having seen that the tap is recorded, as the user's, and nothing else is."""
    events: list[CompletedEvent] = []
    app.register_to_env("tap", events.append)
    try:
        return Toolbox(app.get_user_tools()).call(f"Apartment__{name}", arguments)
    finally:
        assert [(event.event_type, event.function_name()) for event in events] == [(EventType.USER, name)]


def refused(app: StatefulApartmentApp, error: type[Exception], name: str, /, **arguments: Any) -> str:
    """Give the text of the error of a tap, having seen that it changed nothing."""
    before = app.get_state(), app.current_state, list(app.navigation_stack)
    with pytest.raises(error) as caught:
        tap(app, name, **arguments)
    assert isinstance(caught.value, ToolError)
    assert (app.get_state(), app.current_state, app.navigation_stack) == before
    return str(caught.value)


def detail(app: StatefulApartmentApp, name: str) -> StatefulApartmentApp:
    tap(app, "view_apartment", apartment_id=id_of(app, name))
    return app


# --- the first screen ---------------------------------------------------------------------------------------


def test_the_home_screen_comes_first(app: StatefulApartmentApp) -> None:
    assert screen(app) == ("ApartmentHome", 0)
    assert offered(app) == ["list_apartments", "open_favorites", "open_search", "view_apartment"]
    assert isinstance(app, ApartmentListingApp)
    assert StatefulApartmentApp().name == "StatefulApartmentApp"


def test_all_apartments_are_listed(app: StatefulApartmentApp) -> None:
    assert [item.name for item in tap(app, "list_apartments").values()] == ["Loft", "Flat"]
    assert screen(app) == ("ApartmentHome", 0)


def test_the_search_is_opened(app: StatefulApartmentApp) -> None:
    assert "search" in tap(app, "open_search")
    assert screen(app) == ("ApartmentSearch", 1)
    assert offered(app) == ["search", "view_apartment", "go_back"]


def test_the_favorites_are_opened(app: StatefulApartmentApp) -> None:
    assert [item.name for item in tap(app, "open_favorites").values()] == ["Loft"]
    assert screen(app) == ("ApartmentFavorites", 1)
    assert offered(app) == ["view_apartment", "go_back"]


@pytest.mark.parametrize("way", [None, "open_search", "open_favorites"])
def test_an_apartment_is_opened_from_every_list(app: StatefulApartmentApp, way: str | None) -> None:
    if way:
        tap(app, way)
    depth, flat = len(app.navigation_stack), id_of(app, "Flat")
    assert tap(app, "view_apartment", apartment_id=flat) == app.apartments[flat]
    assert screen(app) == ("ApartmentDetail", depth + 1)
    assert isinstance(app.current_state, ApartmentDetail)
    assert app.current_state.apartment_id == flat
    assert offered(app) == ["save", "unsave", "go_back"]


@pytest.mark.parametrize("way", [None, "open_search", "open_favorites"])
def test_an_apartment_that_is_not_there_is_not_opened(app: StatefulApartmentApp, way: str | None) -> None:
    if way:
        tap(app, way)
    assert id_of(app, "Loft") in refused(app, NotFoundError, "view_apartment", apartment_id="loft")
    refused(app, InvalidValueError, "view_apartment", apartment_id="")


def test_a_screen_of_an_apartment_that_is_not_there_is_not_entered(app: StatefulApartmentApp) -> None:
    with pytest.raises(NotFoundError):
        app.set_current_state(ApartmentDetail("nowhere"))
    assert screen(app) == ("ApartmentHome", 0)


# --- the other screens --------------------------------------------------------------------------------------


def test_an_apartment_is_saved(app: StatefulApartmentApp) -> None:
    detail(app, "Flat")
    for _ in range(2):
        assert "saved" in tap(app, "save")
        assert [item.name for item in app.list_saved_apartments().values()] == ["Loft", "Flat"]
        assert screen(app) == ("ApartmentDetail", 1)
    assert app.current_state.save() is None


def test_an_apartment_is_taken_off_the_saved_ones(app: StatefulApartmentApp) -> None:
    detail(app, "Loft")
    assert "not among" in tap(app, "unsave")
    assert app.list_saved_apartments() == {}
    assert screen(app) == ("ApartmentDetail", 1)
    assert "is not saved" in refused(app, NotFoundError, "unsave")


@pytest.mark.parametrize("name", ["save", "unsave"])
def test_an_apartment_that_is_gone_can_only_be_left(app: StatefulApartmentApp, name: str) -> None:
    detail(app, "Loft").delete_apartment(id_of(app, "Loft"))
    assert refused(app, NotFoundError, name).endswith("go back")
    tap(app, "go_back")
    assert screen(app) == ("ApartmentHome", 0)


def test_a_search_shows_what_it_finds(app: StatefulApartmentApp) -> None:
    tap(app, "open_search")
    assert [item.name for item in tap(app, "search", location="ba", max_price=1000).values()] == ["Flat"]
    assert [item.name for item in tap(app, "search").values()] == ["Loft", "Flat"]
    everything = {
        "name": "loft",
        "location": "bern",
        "zip_code": "3000",
        "min_price": 1800,
        "max_price": 1800,
        "number_of_bedrooms": 2,
        "number_of_bathrooms": 1,
        "property_type": "loft",
        "square_footage": 900,
        "furnished_status": "Furnished",
        "floor_level": None,
        "pet_policy": "No pets",
        "lease_term": "1 year",
        "amenities": ["gym"],
    }
    assert [item.name for item in tap(app, "search", **everything).values()] == ["Loft"]
    assert tap(app, "search", **everything | {"floor_level": "Ground floor"}) == {}
    assert screen(app) == ("ApartmentSearch", 1)
    refused(app, InvalidValueError, "search", min_price=-1)


def test_going_back_leads_home_step_by_step(app: StatefulApartmentApp) -> None:
    tap(app, "open_favorites")
    detail(app, "Loft")
    tap(app, "go_back")
    assert screen(app) == ("ApartmentFavorites", 1)
    tap(app, "go_back")
    assert screen(app) == ("ApartmentHome", 0)


# --- state, records, roles ----------------------------------------------------------------------------------


def test_loading_a_state_shows_the_first_screen_and_is_the_identity(app: StatefulApartmentApp) -> None:
    saved = app.get_state()
    detail(app, "Loft").load_state(saved)
    assert app.get_state() == saved
    assert screen(app) == ("ApartmentHome", 0)


def test_resetting_forgets_all_and_shows_the_first_screen(app: StatefulApartmentApp) -> None:
    detail(app, "Loft").reset()
    assert app.get_state() == {"apartments": {}, "saved_apartments": []}
    assert screen(app) == ("ApartmentHome", 0)


def test_writes_are_what_is_published_as_such(app: StatefulApartmentApp) -> None:
    writes = set()
    loft = ApartmentDetail(id_of(app, "Loft"))
    for shown in (ApartmentHome(), ApartmentSearch(), ApartmentFavorites(), loft):
        app.set_current_state(shown)
        writes |= {(screen(app)[0], tool.func_name) for tool in app.get_user_tools() if tool.write_operation}
    assert writes == {("ApartmentDetail", "save"), ("ApartmentDetail", "unsave")}


def test_a_planned_tap_is_not_made(app: StatefulApartmentApp) -> None:
    detail(app, "Flat")
    with EventRegisterer.capture_mode():
        event: Any = app.current_state.save()
    assert isinstance(event, Event)
    assert event.event_type is EventType.ENV
    assert not app.apartments[id_of(app, "Flat")].saved


def test_agent_and_world_move_no_screen(app: StatefulApartmentApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    app.get_apartment_details(id_of(app, "Flat"))
    app.delete_apartment(id_of(app, "Flat"))
    assert [event.event_type for event in events] == [EventType.AGENT, EventType.ENV]
    assert screen(app) == ("ApartmentHome", 0)
