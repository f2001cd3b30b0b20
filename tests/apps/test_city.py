"""The city app: crime rates, the limit of calls and its cooldown, records, state."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from pare.apps.checks import WrongTypeError
from pare.apps.city import CallLimitError, CityApp, CrimeDataPoint
from pare.errors import InvalidValueError, NotFoundError, ToolError
from pare.kernel.calls import CompletedEvent, Event
from pare.kernel.enums import EventType, OperationType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from pare.tools.toolbox import Toolbox

RATES = {
    "94103": {"violent_crime": 8.5, "property_crime": 20.0},
    "10001": {"violent_crime": 3.0, "property_crime": 12.25},
}


@pytest.fixture(autouse=True)
def run() -> Iterator[RunContext]:
    with RunContext(seed=1, start_time=1000.0).active() as context:
        yield context


def make_app(**fields: Any) -> CityApp:
    app = CityApp(name="City", **fields)
    app.load_crime_data_from_dict(RATES)
    return app


# --- crime rates --------------------------------------------------------------------------------------------


def test_the_rates_of_a_zip_code_are_given_as_a_copy() -> None:
    app = make_app()
    point = app.get_crime_rate("94103")
    assert point == CrimeDataPoint(violent_crime=8.5, property_crime=20.0)
    point.violent_crime = 0.0
    assert app.get_crime_rate("94103").violent_crime == 8.5


def test_rates_are_added_and_replaced() -> None:
    app = make_app()
    assert app.add_crime_rate("60601", 1.0, 2) == "60601"
    assert app.add_crime_rate(zip_code="94103", violent_crime_rate=0, property_crime_rate=0.5) == "94103"
    assert app.get_crime_rate("60601") == CrimeDataPoint(1.0, 2.0)
    assert app.get_crime_rate("94103") == CrimeDataPoint(0.0, 0.5)


def test_one_rate_is_updated_and_the_other_stays() -> None:
    app = make_app()
    assert app.update_crime_rate("94103", new_violent_crime_rate=1.5) == "94103"
    assert app.update_crime_rate("10001", None, 0.0) == "10001"
    assert app.crime_data == {"94103": CrimeDataPoint(1.5, 20.0), "10001": CrimeDataPoint(3.0, 0.0)}


@pytest.mark.parametrize(
    ("name", "arguments", "error", "text"),
    [
        ("add_crime_rate", (" ", 1.0, 1.0), InvalidValueError, "zip_code must not be empty"),
        (
            "add_crime_rate",
            ("1", -1.0, 1.0),
            InvalidValueError,
            "violent_crime_rate must be a number from",
        ),
        ("add_crime_rate", ("1", 1.0, float("nan")), InvalidValueError, "property_crime_rate must be"),
        ("add_crime_rate", ("1", "high", 1.0), WrongTypeError, "must be a number, not str"),
        ("add_crime_rate", ("1", True, 1.0), TypeError, "not bool"),
        ("update_crime_rate", ("94103",), ValueError, "nothing to change"),
        ("update_crime_rate", ("94104", 1.0), NotFoundError, "zip code '94104'. Did you mean '94103'"),
        ("update_crime_rate", ("94103", 1.0, -0.5), ValueError, "property_crime_rate must be"),
        ("get_crime_rate", ("nowhere",), NotFoundError, "no crime rates for the zip code 'nowhere'"),
        ("get_crime_rate", (["94103"],), WrongTypeError, "zip_code must be text"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    name: str, arguments: tuple[Any, ...], error: type[Exception], text: str
) -> None:
    app = make_app()
    before = app.get_state()
    with pytest.raises(error, match=text) as caught:
        getattr(app, name)(*arguments)
    assert isinstance(caught.value, ToolError)
    assert app.get_state() == before


# --- the limit ----------------------------------------------------------------------------------------------


def test_every_call_counts_also_in_vain() -> None:
    app = make_app()
    app.get_crime_rate("94103")
    with pytest.raises(NotFoundError):
        app.get_crime_rate("nowhere")
    assert (app.get_api_call_count(), app.get_api_call_limit()) == (2, 100)


def test_the_limit_lasts_until_the_cooldown_is_over(run: RunContext) -> None:
    app = make_app(api_call_limit=2)
    app.get_crime_rate("94103")
    app.get_crime_rate("94103")
    run.clock.advance_to(2000.0)
    for moment in (2000.0, 2001.0, 3799.0):
        run.clock.advance_to(moment)
        with pytest.raises(CallLimitError, match=r"limit of 2 calls .* again from 1970-01-01 01:03:20 UTC"):
            app.get_crime_rate("94103")
        assert app.get_api_call_count() == 2
    run.clock.advance_to(3800.0)
    assert app.get_api_call_count() == 0
    assert app.get_crime_rate("94103") == CrimeDataPoint(8.5, 20.0)
    assert (app.api_call_count, app.rate_limit_time, app.rate_limit_exceeded) == (1, None, False)


def test_a_limit_can_be_exceeded_from_the_start_and_lifted() -> None:
    app = make_app(rate_limit_exceeded=True, rate_limit_time=900.0)
    with pytest.raises(ValueError, match="limit of 100 calls"):
        app.get_crime_rate("94103")
    app.reset_api_call_count()
    assert app.get_crime_rate("94103") == CrimeDataPoint(8.5, 20.0)


# --- tools and records --------------------------------------------------------------------------------------


def test_the_tools_by_role() -> None:
    app = make_app()
    agent = {tool.func_name: tool.write_operation for tool in app.get_tools()}
    world = {tool.func_name: tool.write_operation for tool in app.get_env_tools()}
    assert agent == {"get_crime_rate": False, "get_api_call_count": False, "get_api_call_limit": False}
    assert world == {"add_crime_rate": True, "update_crime_rate": True}
    assert app.get_user_tools() + app.get_data_tools() == []


def test_a_call_is_one_record() -> None:
    app, events = make_app(), list[CompletedEvent]()
    app.register_to_env("test", events.append)
    app.update_crime_rate("94103", 1.0)
    Toolbox(app.get_tools()).call("City__get_crime_rate", {"zip_code": 94103})
    assert [(event.event_type, event.function_name()) for event in events] == [
        (EventType.ENV, "update_crime_rate"),
        (EventType.AGENT, "get_crime_rate"),
    ]
    assert events[0].action.arguments() == {
        "zip_code": "94103",
        "new_violent_crime_rate": 1.0,
        "new_property_crime_rate": None,
    }
    assert events[1].metadata.return_value == CrimeDataPoint(1.0, 20.0)


def test_a_captured_call_is_a_plan() -> None:
    app = make_app()
    with EventRegisterer.capture_mode():
        planned: Any = app.add_crime_rate("1", 1.0, 2.0)
    assert isinstance(planned, Event)
    assert planned.action.operation_type is OperationType.WRITE
    assert "1" not in app.crime_data


# --- state --------------------------------------------------------------------------------------------------


def test_the_state_has_the_published_shape_and_comes_back() -> None:
    app, other = make_app(api_call_limit=7), make_app()
    app.get_crime_rate("94103")
    assert app.get_state() == {"api_call_limit": 7, "crime_data": RATES}
    other.add_crime_rate("gone", 1.0, 1.0)
    other.get_crime_rate("gone")
    other.load_state(deepcopy(app.get_state()))
    assert other.get_state() == app.get_state()
    assert other.get_api_call_count() == 0


def test_an_empty_state_is_that_of_a_new_app() -> None:
    app = make_app(api_call_limit=7)
    app.load_state({})
    assert app.get_state() == CityApp().get_state() == {"api_call_limit": 100, "crime_data": {}}


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([], "must be an object of ids"),
        ({"1": 5}, "a crime rate must be an object"),
        ({"1": {"violent_crime": 1.0}}, "property_crime must be a number, not NoneType"),
        ({"1": {"violent": 1.0, "property_crime": 1.0}}, "no field 'violent'"),
    ],
)
def test_wrong_data_is_refused_as_a_whole(entries: Any, text: str) -> None:
    app = make_app()
    before = app.get_state()
    with pytest.raises(InvalidValueError, match=text):
        app.load_crime_data_from_dict(entries)
    with pytest.raises(InvalidValueError):
        app.load_state({"crime_data": {**RATES, "1": "?"}, "api_call_limit": 1})
    with pytest.raises(InvalidValueError):
        app.load_state({"api_call_limit": "many"})
    assert app.get_state() == before


def test_points_can_be_loaded_as_they_are() -> None:
    app, point = CityApp(), CrimeDataPoint(1.0, 2.0)
    app.load_crime_data_from_dict({"1": point})
    assert app.crime_data == {"1": point}
    assert app.crime_data["1"] is not point


def test_a_reset_app_is_empty_and_keeps_its_name() -> None:
    app = make_app(api_call_limit=1)
    app.get_crime_rate("94103")
    app.reset()
    assert (app.name, app.get_api_call_count(), app.get_state()) == ("City", 0, CityApp().get_state())
