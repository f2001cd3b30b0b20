"""The cab app: what its tools do, refuse, record and tell, and where its numbers come from."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import orjson
import pytest

from pare.apps.cab import (
    DEFAULT_RIDE_CANCELLED_MESSAGE,
    CabApp,
    CabDataError,
    OnGoingRide,
    Ride,
    RideHistory,
)
from pare.apps.cab.fares import distance_between, minutes_on_the_way, minutes_until_pickup, varied_price
from pare.apps.cab.model import default_services
from pare.apps.checks import MAX_TEXT, PositionError, WrongTypeError
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools import Toolbox
from pare.tools.notices import NoticeTexts, VerbosityLevel, notice_of

START = 1_736_154_000.0  # Monday 2025-01-06 09:00 UTC
NOON = "2025-01-06 12:00:00"
NOON_SECONDS = 1_736_164_800.0


@pytest.fixture
def app() -> Iterator[CabApp]:
    with RunContext(seed=1, start_time=START).active():
        yield CabApp(name="Cab")


@pytest.fixture
def events(app: CabApp) -> list[CompletedEvent]:
    events: list[CompletedEvent] = []
    app.register_to_env("test", events.append)
    return events


def refused(app: CabApp, error: type[Exception], call: Callable[[], Any]) -> str:
    """Give the text of the error that `call` raises, having seen that it changed nothing."""
    before, draws = app.get_state(), app.rng.getstate()
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, ToolError)
    assert (app.get_state(), app.rng.getstate()) == (before, draws)
    return str(caught.value)


# --- the data -----------------------------------------------------------------------------------------------


def test_a_ride_is_empty_but_for_an_id_of_the_run() -> None:
    with RunContext(seed=1).active():
        ride = Ride()
    with RunContext(seed=1).active():
        assert Ride() == ride
    assert len(ride.ride_id) == 32
    assert {value for name, value in vars(ride).items() if name not in ("ride_id", "delay_history")} == {None}
    assert ride.delay_history == []
    assert "None" in str(ride)


def test_rides_share_no_list() -> None:
    history = [{"time_stamp": 0.0, "delay": 5}]
    ride = Ride("a", delay_history=history, delay=5, time_stamp=0.0)
    other = ride.copy()
    other.set_booked()
    assert (len(history), len(ride.delay_history), len(other.delay_history)) == (1, 1, 2)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"price": -1}, InvalidValueError),
        ({"price": float("nan")}, InvalidValueError),
        ({"price": "12"}, WrongTypeError),
        ({"duration": True}, WrongTypeError),
        ({"time_stamp": 1e300}, InvalidValueError),
        ({"service_type": 5}, WrongTypeError),
        ({"start_location": "x" * (MAX_TEXT + 1)}, InvalidValueError),
        ({"delay_history": "late"}, WrongTypeError),
        ({"delay_history": [{"time_stamp": "late"}]}, WrongTypeError),
    ],
)
def test_a_ride_that_is_not_valid_cannot_be_made(fields: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        Ride("a", **fields)


def test_the_published_groups_of_rides_can_be_made() -> None:
    ride = Ride("a")
    assert RideHistory("Cab", [ride]).rides == [ride]
    assert OnGoingRide("Cab").ride is None


def test_an_app_starts_empty_with_the_published_services(app: CabApp) -> None:
    assert (app.name, app.quotation_history, app.on_going_ride, app.ride_history) == ("Cab", [], None, [])
    assert app.MESSAGE_CANCEL == DEFAULT_RIDE_CANCELLED_MESSAGE
    assert app.d_service_config == {
        "Default": {"nb_seats": 4, "price_per_km": 1.0, "base_delay_min": 5, "max_distance_km": 25},
        "Premium": {"nb_seats": 4, "price_per_km": 2.0, "base_delay_min": 3, "max_distance_km": 25},
        "Van": {"nb_seats": 6, "price_per_km": 1.5, "base_delay_min": 7, "max_distance_km": 25},
    }
    assert CabApp().name == "CabApp"


def test_apps_share_nothing_that_they_are_given() -> None:
    services, rides = default_services(), [Ride("a")]
    app = CabApp("Cab", rides, None, rides, d_service_config=services)
    app.d_service_config["Van"]["nb_seats"] = 7
    app.ride_history.clear()
    assert services == default_services()
    assert app.quotation_history == rides == [Ride("a")]


def test_services_that_lack_a_number_are_refused() -> None:
    with pytest.raises(CabDataError, match="service 'Van': nb_seats must be a number"):
        CabApp(d_service_config={"Van": {"price_per_km": 1.0}})
    with pytest.raises(CabDataError, match="must be an object of numbers"):
        CabApp(d_service_config={"Van": 1})  # type: ignore[dict-item]  # what is tested
    with pytest.raises(CabDataError, match="must be an object of services"):
        CabApp(d_service_config=[])  # type: ignore[arg-type]  # what is tested


# --- where the numbers come from ----------------------------------------------------------------------------


def test_a_way_is_from_5_to_20_km_long_in_either_direction() -> None:
    ways = [distance_between("Home", f"Place {number}") for number in range(200)]
    assert 5 <= min(ways) < 6
    assert 19 < max(ways) <= 20
    assert distance_between("Home", "Office") == distance_between(" office", "HOME")


def test_a_price_moves_by_one_percent_an_hour_and_by_half_at_most() -> None:
    hour = [varied_price(100, 3600, number) for number in range(200)]
    year = [varied_price(100, 365 * 86_400, number) for number in range(200)]
    assert 99 <= min(hour) < 99.1
    assert 100.9 < max(hour) <= 101
    assert 50 <= min(year) < 55
    assert 145 < max(year) <= 150
    assert varied_price(100, 0, "any") == 100


def test_a_cab_comes_one_to_five_minutes_after_its_base_and_traffic_takes_up_to_ten() -> None:
    assert {minutes_until_pickup(5, number) for number in range(100)} == {6, 7, 8, 9, 10}
    durations = [minutes_on_the_way(50, number) for number in range(200)]
    assert 60 <= min(durations) < 61
    assert 69 < max(durations) <= 70


def test_numbers_are_the_same_in_every_process(app: CabApp) -> None:
    code = (
        "from pare.apps.cab import CabApp; from pare.kernel.run_context import RunContext\n"
        "with RunContext(1, 1736154000.0).active(): print(CabApp(name='Cab').list_rides('Home', 'Office'))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == str(app.list_rides("Home", "Office"))


def test_what_was_asked_before_changes_no_quotation(app: CabApp) -> None:
    with RunContext(seed=2, start_time=START).active():
        other = CabApp(name="Other")
    other.list_rides("Airport", "Harbour")
    other.order_ride("Harbour", "Home", "Van")
    ours, theirs = (cab.get_quotation("Home", "Office", "Van") for cab in (app, other))
    assert ours.ride_id != theirs.ride_id
    theirs.ride_id = ours.ride_id
    assert ours == theirs


def test_ids_come_from_the_generator_of_the_app(app: CabApp) -> None:
    ids = []
    for _ in range(2):
        app.set_seed(3)
        ids.append(app.get_quotation("Home", "Office", "Van").ride_id)
    assert ids[0] == ids[1]
    assert len(ids[0]) == 32


# --- quotations ---------------------------------------------------------------------------------------------


def test_a_quotation_says_what_the_ride_would_be(app: CabApp) -> None:
    ride = app.get_quotation("Home", "Office", "Premium", NOON)
    assert (ride.status, ride.service_type, ride.start_location, ride.end_location) == (
        None,
        "Premium",
        "Home",
        "Office",
    )
    assert ride.time_stamp == NOON_SECONDS
    assert ride.distance_km == distance_between("Home", "Office")
    assert ride.price == pytest.approx(2 * ride.distance_km, abs=0.005)
    assert ride.distance_km / 50 * 60 <= ride.duration <= ride.distance_km / 50 * 60 + 10.05
    assert 4 <= ride.delay <= 8
    assert ride.delay_history == []
    assert app.quotation_history == [ride]
    assert (app.ride_history, app.on_going_ride) == ([], None)


def test_a_quotation_is_for_now_unless_a_time_is_given(app: CabApp) -> None:
    assert app.get_quotation("Home", "Office", "Van").time_stamp == START


def test_the_same_ride_at_the_same_time_costs_the_same(app: CabApp) -> None:
    first, again = (app.get_quotation("Home", "Office", "Van", NOON) for _ in range(2))
    assert (first.price, first.distance_km, first.delay) == (again.price, again.distance_km, again.delay)
    assert first.ride_id != again.ride_id


def test_a_price_drifts_away_from_the_last_one(app: CabApp) -> None:
    app.add_new_ride("Van", "Home", "Office", 10.0, time_stamp=START - 1)
    app.add_new_ride("Van", "Home", "Office", 100.0, time_stamp=START)
    later = app.get_quotation("Home", "Office", "Van", NOON)
    assert later.price != 100
    assert 97 <= later.price <= 103
    assert app.get_quotation("Home", "Office", "Default").price == round(later.distance_km, 2)


def test_a_way_is_as_long_as_it_was_quoted_first(app: CabApp) -> None:
    app.add_new_ride("Van", "Home", "Office", 10.0)
    app.add_new_ride("Van", "Home", "Office", 10.0, distance_km=12.5)
    app.add_new_ride("Van", "Home", "Office", 10.0, distance_km=13.5)
    assert app.get_quotation("Home", "Office", "Default").distance_km == 12.5
    assert app.get_distance_from_history("Office", "Home") is None
    assert app.calculate_distance("Office", "Home") == distance_between("Home", "Office")
    assert app.calculate_price("Home", "Office", 12.5, "Premium", START) == 25.0


def test_each_service_gives_a_quotation(app: CabApp) -> None:
    rides = app.list_rides("Home", "Office", NOON)
    assert [ride.service_type for ride in rides] == ["Default", "Premium", "Van"]
    assert {ride.distance_km for ride in rides} == {distance_between("Home", "Office")}
    assert app.quotation_history == rides


@pytest.mark.parametrize("tool", ["get_quotation", "order_ride"])
def test_what_cannot_be_quoted_is_refused(app: CabApp, tool: str) -> None:
    call = getattr(app, tool)
    app.add_new_ride("Van", "Home", "Moon", 10.0, distance_km=25.5)
    text = refused(app, InvalidValueError, lambda: call("Home", "Office", "Premum"))
    assert "Did you mean 'Premium'" in text
    assert "Default, Premium, Van" in text
    refused(app, InvalidValueError, lambda: call("Home", "Office", None))
    refused(app, InvalidValueError, lambda: call(" ", "Office", "Van"))
    refused(app, InvalidValueError, lambda: call("Home", "", "Van"))
    refused(app, WrongTypeError, lambda: call("Home", 5, "Van"))
    assert "YYYY-MM-DD" in refused(app, InvalidValueError, lambda: call("Home", "Office", "Van", "noon"))
    assert "25.5 km" in refused(app, InvalidValueError, lambda: call("Home", "Moon", "Van"))


def test_a_list_of_rides_is_given_as_a_whole_or_not_at_all(app: CabApp) -> None:
    app.d_service_config["Van"]["max_distance_km"] = 1
    assert "up to 1 km" in refused(app, InvalidValueError, lambda: app.list_rides("Home", "Office"))
    refused(app, InvalidValueError, lambda: app.list_rides("", "Office"))
    refused(app, InvalidValueError, lambda: app.list_rides("Home", "Office", ""))


# --- rides --------------------------------------------------------------------------------------------------


def test_a_ride_is_ordered_at_its_quoted_price(app: CabApp) -> None:
    quoted = app.get_quotation("Home", "Office", "Van", NOON)
    ride = app.order_ride("Home", "Office", "Van", NOON)
    assert (ride.status, ride.price, ride.delay, ride.time_stamp) == (
        "BOOKED",
        quoted.price,
        quoted.delay,
        NOON_SECONDS,
    )
    assert ride.delay_history == [{"time_stamp": NOON_SECONDS, "delay": ride.delay}]
    assert app.on_going_ride is app.ride_history[-1] is ride
    assert [item.status for item in app.quotation_history] == [None, None]


def test_there_is_one_ride_at_a_time(app: CabApp) -> None:
    app.order_ride("Home", "Office", "Van")
    text = refused(app, InvalidValueError, lambda: app.order_ride("Office", "Home", "Van"))
    assert "BOOKED, from Home to Office" in text
    app.end_ride()
    assert app.order_ride("Office", "Home", "Van").status == "BOOKED"


def test_a_past_ride_is_added_without_getting_under_way(app: CabApp) -> None:
    ride_id = app.add_new_ride("Van", "Home", "Office", 20, 30.0, START - 60, 12.0)
    ride = app.ride_history[0]
    assert ride.ride_id == ride_id
    assert (ride.status, ride.service_type, ride.price, ride.duration) == ("BOOKED", "Van", 20.0, 30.0)
    assert (ride.time_stamp, ride.distance_km, ride.delay) == (START - 60, 12.0, None)
    assert app.quotation_history == app.ride_history
    assert app.on_going_ride is None


def test_a_past_ride_may_be_of_a_service_that_is_not_offered_any_more(app: CabApp) -> None:
    app.add_new_ride("Limousine", "Home", "Office", 90.0)
    assert app.get_ride(0).service_type == "Limousine"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("", "Home", "Office", 1.0), InvalidValueError),
        (("Van", "", "Office", 1.0), InvalidValueError),
        (("Van", "Home", " ", 1.0), InvalidValueError),
        (("Van", "Home", "Office", -1.0), InvalidValueError),
        (("Van", "Home", "Office", "1"), WrongTypeError),
        (("Van", "Home", "Office", 1.0, -1.0), InvalidValueError),
        (("Van", "Home", "Office", 1.0, 0.0, 1e20), InvalidValueError),
        (("Van", "Home", "Office", 1.0, 0.0, 0.0, float("inf")), InvalidValueError),
        (("Van", "x" * (MAX_TEXT + 1), "Office", 1.0), InvalidValueError),
    ],
)
def test_a_ride_that_cannot_be_is_not_added(
    app: CabApp, arguments: tuple[Any, ...], error: type[Exception]
) -> None:
    refused(app, error, lambda: app.add_new_ride(*arguments))


def test_a_driver_or_the_user_cancels(app: CabApp) -> None:
    for cancel, text in (
        (app.cancel_ride, DEFAULT_RIDE_CANCELLED_MESSAGE),
        (lambda: app.cancel_ride("user", "Changed my mind"), "Changed my mind"),
        (app.user_cancel_ride, DEFAULT_RIDE_CANCELLED_MESSAGE),
    ):
        app.order_ride("Home", "Office", "Van")
        assert cancel() == text
        assert app.ride_history[-1].status == "CANCELLED"
        assert app.on_going_ride is None
    assert len(app.ride_history) == 3


def test_a_ride_goes_through_its_statuses(app: CabApp) -> None:
    ride = app.order_ride("Home", "Office", "Van")
    assert app.update_ride_status("DELAYED") == "The ride is now DELAYED."
    assert app.update_ride_status("IN_PROGRESS", "Off we go") == "Off we go"
    assert app.on_going_ride is app.ride_history[-1]
    assert app.ride_history[-1].status == "IN_PROGRESS"
    assert app.end_ride() == "The ride from Home to Office was completed."
    assert [item.status for item in app.ride_history] == ["COMPLETED"]
    assert app.on_going_ride is None
    assert ride.status == "BOOKED", "what was told before stays as it was told"


def test_without_a_ride_nothing_happens_to_it(app: CabApp) -> None:
    for call in (
        app.cancel_ride,
        app.user_cancel_ride,
        app.end_ride,
        lambda: app.update_ride_status("DELAYED"),
        app.get_current_ride_status,
    ):
        assert "no ride" in refused(app, NotFoundError, call)


def test_what_cannot_happen_to_a_ride_is_refused(app: CabApp) -> None:
    app.order_ride("Home", "Office", "Van")
    assert "driver, user" in refused(app, InvalidValueError, lambda: app.cancel_ride("agent"))
    assert "'DELAYED'" in refused(app, InvalidValueError, lambda: app.update_ride_status("DELAY"))
    refused(app, InvalidValueError, lambda: app.update_ride_status("COMPLETED"))
    refused(app, InvalidValueError, lambda: app.cancel_ride("user", "x" * (MAX_TEXT + 1)))
    refused(app, WrongTypeError, lambda: app.update_ride_status("DELAYED", 5))


def test_a_ride_that_a_scenario_put_under_way_is_in_the_history_afterwards(app: CabApp) -> None:
    app.on_going_ride = Ride("mine", "BOOKED", "Van", "Home", "Office")
    app.end_ride()
    assert [(ride.ride_id, ride.status) for ride in app.ride_history] == [("mine", "COMPLETED")]


def test_a_ride_under_way_need_not_be_the_last_one(app: CabApp) -> None:
    app.order_ride("Home", "Office", "Van")
    app.add_new_ride("Van", "Home", "Office", 5.0)
    app.end_ride()
    assert [ride.status for ride in app.ride_history] == ["COMPLETED", "BOOKED"]


# --- the cab that comes -------------------------------------------------------------------------------------


def test_a_delay_goes_down_with_the_time_and_never_below_nothing(app: CabApp) -> None:
    booked = app.order_ride("Home", "Office", "Van")
    assert app.get_current_ride_status() == booked
    app.time_manager.add_offset(60)
    later = app.get_current_ride_status()
    assert later.delay != booked.delay
    assert booked.delay - 2 <= later.delay <= booked.delay + 0.5
    assert later.delay_history == [*booked.delay_history, {"time_stamp": START + 60, "delay": later.delay}]
    assert app.get_current_ride_status() == later, "at the same time nothing changes"
    delays = []
    for _ in range(100):
        app.time_manager.add_offset(60)
        delays.append(app.get_current_ride_status().delay)
    assert min(delays) == 0
    assert app.ride_history[-1].delay == delays[-1]


def test_a_delay_stands_still_before_the_ride_starts_and_once_the_cab_is_there(app: CabApp) -> None:
    booked = app.order_ride("Home", "Office", "Van", NOON)
    app.time_manager.add_offset(600)
    assert app.get_current_ride_status() == booked
    app.update_ride_status("ARRIVED_AT_PICKUP")
    app.time_manager.add_offset(86_400)
    assert app.get_current_ride_status().delay_history == booked.delay_history


def test_a_delay_is_updated_from_the_generator_given() -> None:
    ride = Ride("a", "BOOKED", delay=9.0, time_stamp=0.0)
    ride.update_delay(120, random.Random(1))
    assert ride.delay == round(9 - 2 * (1 + random.Random(1).uniform(-1.5, 1)), 1)
    assert ride.delay_history == [{"time_stamp": 120, "delay": ride.delay}]
    unknown = Ride("b", "BOOKED")
    unknown.update_delay(120, random.Random(1))
    assert unknown == Ride("b", "BOOKED")


# --- the history --------------------------------------------------------------------------------------------


def test_the_history_is_given_in_pages(app: CabApp) -> None:
    for number in range(12):
        app.add_new_ride("Van", "Home", f"Place {number}", 5.0)
    assert app.get_ride_history_length() == 12
    page = app.get_ride_history()
    assert list(page["rides"]) == list(range(10))
    assert (page["range"], page["total"]) == ((0, 10), 12)
    page = app.get_ride_history(offset=10)
    assert {index: ride.end_location for index, ride in page["rides"].items()} == {
        10: "Place 10",
        11: "Place 11",
    }
    assert (page["range"], page["total"]) == ((10, 12), 12)
    assert app.get_ride(11) is page["rides"][11]


def test_positions_that_are_not_there_are_refused(app: CabApp) -> None:
    assert "there are no rides" in refused(app, PositionError, lambda: app.get_ride(0))
    app.add_new_ride("Van", "Home", "Office", 5.0)
    assert "from 0 to 0" in refused(app, IndexError, lambda: app.get_ride(1))
    refused(app, IndexError, lambda: app.get_ride(-1))
    refused(app, WrongTypeError, lambda: app.get_ride("0"))
    refused(app, InvalidValueError, lambda: app.get_ride_history(-1))
    refused(app, InvalidValueError, lambda: app.get_ride_history(0, -1))


def test_what_lies_in_the_future_can_be_forgotten(app: CabApp) -> None:
    app.add_new_ride("Van", "Home", "Office", 5.0, time_stamp=START)
    app.order_ride("Home", "Office", "Van", NOON)
    app.delete_future_data(START)
    assert [ride.time_stamp for ride in app.ride_history] == [START]
    assert [ride.time_stamp for ride in app.quotation_history] == [START]
    assert app.on_going_ride is None


# --- state --------------------------------------------------------------------------------------------------


def busy(app: CabApp) -> CabApp:
    app.add_new_ride("Van", "Home", "Office", 5.0, 20.0, START - 86_400, 9.0)
    app.order_ride("Home", "Office", "Van")
    app.user_cancel_ride()
    app.list_rides("Office", "Home", NOON)
    app.order_ride("Office", "Home", "Premium")
    app.time_manager.add_offset(90)
    app.get_current_ride_status()
    app.update_ride_status("DELAYED", "Traffic")
    return app


def test_state_has_the_published_shape(app: CabApp) -> None:
    assert app.get_state() == {
        "ride_history": [],
        "quotation_history": [],
        "on_going_ride": None,
        "d_service_config": default_services(),
    }
    state = busy(app).get_state()
    assert list(state["ride_history"][0]) == [
        *("ride_id", "status", "service_type", "start_location", "end_location", "price", "duration"),
        *("time_stamp", "distance_km", "delay", "delay_history"),
    ]
    assert state["on_going_ride"] == state["ride_history"][-1]
    assert orjson.loads(orjson.dumps(state)) == state


def test_saving_and_loading_is_the_identity(app: CabApp) -> None:
    saved = busy(app).get_state()
    other = CabApp(name="Cab")
    other.add_new_ride("Van", "Old", "Older", 5.0)
    other.load_state(deepcopy(saved))
    assert other.get_state() == saved
    assert other.on_going_ride is other.ride_history[-1]
    other.end_ride()
    assert other.ride_history[-1].status == "COMPLETED"


def test_a_ride_under_way_that_is_not_in_the_history_is_kept(app: CabApp) -> None:
    app.on_going_ride = Ride("mine", "BOOKED")
    saved = app.get_state()
    other = CabApp()
    other.load_state(saved)
    assert other.get_state() == saved
    assert other.on_going_ride == Ride("mine", "BOOKED")


def test_a_published_state_can_be_loaded(app: CabApp) -> None:
    app.load_state(
        {
            "ride_history": [
                {"ride_id": "a", "price": None, "cab_app": {}, "seed": 5, "status": "COMPLETED"}
            ],
            "quotation_history": [],
        }
    )
    assert app.ride_history == [Ride("a", "COMPLETED")]
    assert app.d_service_config == default_services()
    app.load_state({"d_service_config": {}})
    assert (app.ride_history, app.d_service_config) == ([], default_services())


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"ride_history": [{"price": "a lot"}, 5]}, r"ride_history\[0\]: price must be a number"),
        ({"ride_history": [{"price": "a lot"}, 5]}, r"ride_history\[1\]: a ride must be an object"),
        ({"quotation_history": {"a": {}}}, "quotation_history must be a list"),
        ({"quotation_history": "rides"}, "quotation_history must be a list"),
        ({"on_going_ride": {"time_stamp": 1e300}}, "time_stamp"),
        ({"on_going_ride": {"delay_history": [5]}}, "delay_history must be a list of objects"),
        ({"d_service_config": {"Van": {}}}, "service 'Van': nb_seats"),
    ],
)
def test_a_state_that_is_wrong_is_not_loaded(app: CabApp, state: dict[str, Any], text: str) -> None:
    busy(app)
    before = app.get_state()
    with pytest.raises(CabDataError, match=text):
        app.load_state(state)
    assert app.get_state() == before


def test_resetting_forgets_rides_and_keeps_name_and_services(app: CabApp) -> None:
    busy(app).d_service_config.clear()
    app.reset()
    assert app.name == "Cab"
    assert app.get_state() == CabApp().get_state()


# --- tools, records, notices --------------------------------------------------------------------------------


def names(tools: list[Any]) -> list[str]:
    return [tool.func_name for tool in tools]


def test_tools_are_offered_by_role(app: CabApp) -> None:
    assert names(app.get_tools()) == [
        *("get_quotation", "list_rides", "order_ride", "user_cancel_ride", "get_current_ride_status"),
        *("get_ride", "get_ride_history", "get_ride_history_length"),
    ]
    assert names(app.get_env_tools()) == ["cancel_ride", "end_ride", "update_ride_status"]
    assert names(app.get_data_tools()) == [
        *("add_new_ride", "list_rides", "order_ride", "cancel_ride", "get_ride", "get_ride_history"),
        "get_ride_history_length",
    ]
    writes = {tool.func_name for tool in app.get_tools() + app.get_env_tools() if tool.write_operation}
    assert writes == {"order_ride", "user_cancel_ride", "cancel_ride", "end_ride", "update_ride_status"}


def test_tools_describe_their_arguments_and_results(app: CabApp) -> None:
    for tool in app.get_tools() + app.get_env_tools() + app.get_data_tools():
        assert tool.function_description
        assert all(arg.description for arg in tool.args), tool.name
        assert tool.spec.return_description


def test_an_agent_can_call_every_tool(app: CabApp) -> None:
    toolbox = Toolbox(app.get_tools())
    arguments = {"start_location": "Home", "end_location": "Office"}
    assert len(toolbox.call("Cab__list_rides", arguments)) == 3
    ride = toolbox.call("Cab__order_ride", {**arguments, "service_type": "Van", "ride_time": NOON})
    assert toolbox.call("Cab__get_current_ride_status") == ride
    assert toolbox.call("Cab__get_ride_history")["rides"] == {0: ride}
    assert toolbox.call("Cab__user_cancel_ride") == DEFAULT_RIDE_CANCELLED_MESSAGE


def test_a_call_is_one_event_of_its_type(app: CabApp, events: list[CompletedEvent]) -> None:
    app.list_rides("Home", "Office")
    app.order_ride("Home", "Office", "Van")
    app.update_ride_status("DELAYED")
    app.user_cancel_ride()
    assert [(event.event_type, event.function_name(), event.action.operation_type) for event in events] == [
        (EventType.AGENT, "list_rides", OperationType.READ),
        (EventType.AGENT, "order_ride", OperationType.WRITE),
        (EventType.ENV, "update_ride_status", OperationType.WRITE),
        (EventType.AGENT, "user_cancel_ride", OperationType.WRITE),
    ]
    assert events[1].action.args == {
        "self": app,
        "start_location": "Home",
        "end_location": "Office",
        "service_type": "Van",
        "ride_time": None,
    }


def test_a_record_stays_as_it_was(app: CabApp, events: list[CompletedEvent]) -> None:
    app.order_ride("Home", "Office", "Van")
    app.time_manager.add_offset(60)
    app.get_current_ride_status()
    app.update_ride_status("IN_PROGRESS")
    app.end_ride()
    ordered, looked_at = (event.metadata.return_value for event in events[:2])
    assert (ordered.status, looked_at.status) == ("BOOKED", "BOOKED")
    assert (len(ordered.delay_history), len(looked_at.delay_history)) == (1, 2)


def test_a_planned_call_is_not_made(app: CabApp) -> None:
    with EventRegisterer.capture_mode():
        event: Any = app.order_ride("Home", "Office", "Van")
    assert event.event_type is EventType.ENV
    assert event.action.args["service_type"] == "Van"
    assert app.quotation_history == []


def texts(name: str) -> NoticeTexts:
    notice = notice_of(CabApp, name)
    assert notice is not None
    return notice


def test_what_happens_to_a_ride_is_told() -> None:
    told = {
        name: texts(name) for name in ("cancel_ride", "user_cancel_ride", "end_ride", "update_ride_status")
    }
    assert {name: (notice.level, notice.agent_calls) for name, notice in told.items()} == {
        "cancel_ride": (VerbosityLevel.MEDIUM, True),
        "user_cancel_ride": (VerbosityLevel.MEDIUM, False),
        "end_ride": (VerbosityLevel.MEDIUM, True),
        "update_ride_status": (VerbosityLevel.HIGH, True),
    }
    assert all(notice.user is notice.agent for notice in told.values())
    assert told["user_cancel_ride"].user({}) == "The ride was cancelled by the user"
    assert told["end_ride"].user({}) == "The ride was completed"
    cancelled, changed = told["cancel_ride"].user, told["update_ride_status"].user
    assert cancelled({"who_cancel": "driver", "message": None}) == "The ride was cancelled by the driver"
    assert cancelled({"who_cancel": "user", "message": "So\nsorry"}) == (
        "The ride was cancelled by the user: So sorry"
    )
    assert changed({"status": "DELAYED", "message": None}) == "The ride is now DELAYED"
    assert changed({"status": "DELAYED", "message": "Jam"}) == "The ride is now DELAYED: Jam"


def test_only_these_calls_are_told() -> None:
    assert notice_of(CabApp, "order_ride") is None
    assert notice_of(CabApp, "get_quotation") is None
