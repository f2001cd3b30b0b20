"""The screens of the cab app: where taps lead, what they show, refuse and record."""

from collections.abc import Iterator
from typing import Any

import pytest

from pare.apps.cab import (
    DEFAULT_RIDE_CANCELLED_MESSAGE,
    CabApp,
    CabHome,
    CabQuotationDetail,
    CabRideDetail,
    CabServiceOptions,
    Ride,
    StatefulCabApp,
)
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType
from pare.kernel.events import Event
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.notices import notice_of
from pare.tools.toolbox import Toolbox

START = 1_736_154_000.0  # Monday 2025-01-06 09:00 UTC
NOON = "2025-01-06 12:00:00"
NOON_SECONDS = 1_736_164_800.0
WAY = {"start_location": "Home", "end_location": "Office"}


@pytest.fixture
def app() -> Iterator[StatefulCabApp]:
    with RunContext(seed=1, start_time=START).active():
        yield StatefulCabApp(name="Cab")


def screen(app: StatefulCabApp) -> tuple[str, int]:
    return type(app.current_state).__name__, len(app.navigation_stack)


def offered(app: StatefulCabApp) -> list[str]:
    return [tool.func_name for tool in app.get_user_tools()]


def tap(app: StatefulCabApp, name: str, **arguments: Any) -> Any:
    """Tap as a model does, having seen that the tap is recorded, as the user's, and nothing else is."""
    events: list[CompletedEvent] = []
    app.register_to_env("tap", events.append)
    try:
        return Toolbox(app.get_user_tools()).call(f"Cab__{name}", arguments)
    finally:
        assert [(event.event_type, event.function_name()) for event in events] == [(EventType.USER, name)]


def refused(app: StatefulCabApp, error: type[Exception], name: str, **arguments: Any) -> str:
    """Give the text of the error of a tap, having seen that it changed nothing."""
    before = app.get_state(), app.current_state, list(app.navigation_stack)
    with pytest.raises(error) as caught:
        tap(app, name, **arguments)
    assert isinstance(caught.value, ToolError)
    assert (app.get_state(), app.current_state, app.navigation_stack) == before
    return str(caught.value)


def options(app: StatefulCabApp, ride_time: str | None = None) -> StatefulCabApp:
    tap(app, "list_rides", **WAY, ride_time=ride_time)
    return app


def quotation(app: StatefulCabApp, ride_time: str | None = None) -> StatefulCabApp:
    tap(options(app, ride_time), "get_quotation", service_type="Van")
    return app


def ordered(app: StatefulCabApp) -> StatefulCabApp:
    tap(quotation(app), "order_ride")
    return app


# --- the first screen ---------------------------------------------------------------------------------------


def test_the_home_screen_comes_first(app: StatefulCabApp) -> None:
    assert screen(app) == ("CabHome", 0)
    assert offered(app) == ["get_ride_history", "list_rides", "open_current_ride"]
    assert isinstance(app, CabApp)
    assert StatefulCabApp().name == "StatefulCabApp"


def test_listing_rides_leads_to_the_services(app: StatefulCabApp) -> None:
    rides = tap(app, "list_rides", **WAY, ride_time=NOON)
    assert [ride.service_type for ride in rides] == ["Default", "Premium", "Van"]
    assert {ride.time_stamp for ride in rides} == {NOON_SECONDS}
    assert screen(app) == ("CabServiceOptions", 1)
    shown = app.current_state
    assert isinstance(shown, CabServiceOptions)
    assert (shown.start_location, shown.end_location, shown.ride_time) == ("Home", "Office", NOON)


@pytest.mark.parametrize(
    "arguments",
    [
        {"start_location": "", "end_location": "Office"},
        {"start_location": "Home", "end_location": " "},
        {**WAY, "ride_time": "at noon"},
        {"start_location": "Home", "end_location": "x" * 200_000},
    ],
)
def test_rides_that_cannot_be_are_not_listed(app: StatefulCabApp, arguments: dict[str, Any]) -> None:
    refused(app, InvalidValueError, "list_rides", **arguments)


def test_the_history_is_shown_where_it_is_asked_for(app: StatefulCabApp) -> None:
    for number in range(3):
        app.add_new_ride("Van", "Home", f"Place {number}", 5.0)
    page = tap(app, "get_ride_history", offset=1, limit=1)
    assert (list(page["rides"]), page["range"], page["total"]) == ([1], (1, 2), 3)
    assert screen(app) == ("CabHome", 0)
    refused(app, InvalidValueError, "get_ride_history", offset=-1)


def test_the_ride_under_way_is_opened(app: StatefulCabApp) -> None:
    booked = app.order_ride("Home", "Office", "Van")
    assert tap(app, "open_current_ride") == booked
    assert screen(app) == ("CabRideDetail", 1)
    assert offered(app) == ["cancel_ride", "go_back"]


def test_without_a_ride_none_is_opened(app: StatefulCabApp) -> None:
    assert "no ride" in refused(app, NotFoundError, "open_current_ride")


# --- services and quotations --------------------------------------------------------------------------------


def test_services_are_listed_by_name(app: StatefulCabApp) -> None:
    options(app).d_service_config["Bike"] = {}
    assert tap(app, "list_service_types") == ["Bike", "Default", "Premium", "Van"]
    assert screen(app) == ("CabServiceOptions", 1)
    assert offered(app) == ["get_quotation", "list_service_types", "go_back"]


def test_choosing_a_service_leads_to_its_quotation(app: StatefulCabApp) -> None:
    quoted = tap(options(app, NOON), "get_quotation", service_type="Van")
    assert (quoted.service_type, quoted.time_stamp, quoted.status) == ("Van", NOON_SECONDS, None)
    assert screen(app) == ("CabQuotationDetail", 2)
    assert offered(app) == ["order_ride", "show_quotation", "go_back"]
    assert tap(app, "show_quotation") == quoted
    assert screen(app) == ("CabQuotationDetail", 2)


def test_a_service_that_is_not_there_is_not_chosen(app: StatefulCabApp) -> None:
    text = refused(options(app), InvalidValueError, "get_quotation", service_type="Vann")
    assert "Did you mean 'Van'" in text


def test_ordering_leads_to_the_ride(app: StatefulCabApp) -> None:
    quoted = quotation(app).current_state.ride
    ride = tap(app, "order_ride")
    assert (ride.status, ride.service_type, ride.price, ride.time_stamp) == (
        "BOOKED",
        "Van",
        quoted.price,
        START,
    )
    assert app.on_going_ride is ride
    assert screen(app) == ("CabRideDetail", 3)
    assert quoted.status is None


def test_the_time_that_was_asked_for_is_ordered(app: StatefulCabApp) -> None:
    ride = tap(quotation(app, NOON), "order_ride")
    assert ride.time_stamp == NOON_SECONDS


def test_a_time_that_has_passed_meanwhile_means_now(app: StatefulCabApp) -> None:
    quotation(app, NOON)
    app.time_manager.advance_to(NOON_SECONDS + 60)
    assert tap(app, "order_ride").time_stamp == NOON_SECONDS + 60


def test_a_second_ride_is_not_ordered(app: StatefulCabApp) -> None:
    tap(ordered(app), "go_back")
    assert screen(app) == ("CabQuotationDetail", 2)
    assert "there is a ride already" in refused(app, InvalidValueError, "order_ride")


def test_a_quotation_that_says_nothing_is_not_ordered(app: StatefulCabApp) -> None:
    app.set_current_state(CabQuotationDetail(Ride("empty")))
    refused(app, InvalidValueError, "order_ride")
    app.set_current_state(CabQuotationDetail(Ride("nowhere", service_type="Van")))
    assert "start_location" in refused(app, InvalidValueError, "order_ride")


# --- the ride -----------------------------------------------------------------------------------------------


def test_cancelling_leads_home(app: StatefulCabApp) -> None:
    assert tap(ordered(app), "cancel_ride") == DEFAULT_RIDE_CANCELLED_MESSAGE
    assert screen(app) == ("CabHome", 0)
    assert [ride.status for ride in app.ride_history] == ["CANCELLED"]
    assert app.on_going_ride is None


def test_a_ride_whose_status_changed_can_still_be_cancelled(app: StatefulCabApp) -> None:
    ordered(app).update_ride_status("DELAYED")
    tap(app, "cancel_ride")
    assert app.ride_history[-1].status == "CANCELLED"


def test_a_ride_that_is_over_can_only_be_left(app: StatefulCabApp) -> None:
    ordered(app).end_ride()
    assert refused(app, NotFoundError, "cancel_ride").endswith("go back")
    app.order_ride("Office", "Home", "Default")
    assert refused(app, NotFoundError, "cancel_ride").endswith("go back")
    tap(app, "go_back")
    assert screen(app) == ("CabQuotationDetail", 2)


def test_going_back_leads_home_step_by_step(app: StatefulCabApp) -> None:
    ordered(app)
    shown = []
    while app.navigation_stack:
        tap(app, "go_back")
        shown.append(screen(app))
    assert shown == [("CabQuotationDetail", 2), ("CabServiceOptions", 1), ("CabHome", 0)]


# --- state, records, roles ----------------------------------------------------------------------------------


def test_loading_a_state_shows_the_first_screen_and_is_the_identity(app: StatefulCabApp) -> None:
    saved = ordered(app).get_state()
    other = StatefulCabApp(name="Cab")
    quotation(other).load_state(saved)
    assert other.get_state() == saved
    assert screen(other) == ("CabHome", 0)
    assert tap(other, "open_current_ride") == app.on_going_ride


def test_resetting_forgets_all_and_shows_the_first_screen(app: StatefulCabApp) -> None:
    ordered(app).reset()
    assert (app.ride_history, app.quotation_history, app.on_going_ride) == ([], [], None)
    assert screen(app) == ("CabHome", 0)


def test_writes_are_what_is_published_as_such(app: StatefulCabApp) -> None:
    writes = set()
    for shown in (CabHome(), CabServiceOptions("a", "b"), CabQuotationDetail(Ride()), CabRideDetail(Ride())):
        app.set_current_state(shown)
        writes |= {(screen(app)[0], tool.func_name) for tool in app.get_user_tools() if tool.write_operation}
    assert writes == {("CabQuotationDetail", "order_ride"), ("CabRideDetail", "cancel_ride")}


def test_a_planned_tap_is_not_made(app: StatefulCabApp) -> None:
    quotation(app)
    with EventRegisterer.capture_mode():
        event: Any = app.current_state.order_ride()
    assert isinstance(event, Event)
    assert event.event_type is EventType.ENV
    assert screen(app) == ("CabQuotationDetail", 2)
    assert app.on_going_ride is None


def test_agent_and_world_move_no_screen(app: StatefulCabApp) -> None:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    app.order_ride("Home", "Office", "Van")
    app.cancel_ride()
    assert [event.event_type for event in events] == [EventType.AGENT, EventType.ENV]
    assert screen(app) == ("CabHome", 0)


def test_taps_notify_by_the_tools_of_the_app() -> None:
    assert notice_of(StatefulCabApp, "cancel_ride") is notice_of(CabApp, "cancel_ride")
    assert notice_of(CabRideDetail, "cancel_ride") is None
