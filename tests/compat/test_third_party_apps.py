"""Apps that are written outside of pare, in the published spelling of two decorators."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from are.simulation.apps.app import App, Protocol
from are.simulation.environment import Environment, EnvironmentConfig
from are.simulation.tool_utils import (
    AppToolAdapter,
    OperationType,
    app_tool,
    build_tool,
    data_tool,
    env_tool,
    user_tool,
)
from are.simulation.types import (
    CompletedEvent,
    Event,
    EventRegisterer,
    EventType,
    disable_events,
    event_registered,
)
from are.simulation.utils import check_type, get_state_dict, is_optional_type, type_check, uuid_hex


@dataclass
class BikeApp(App):
    name: str | None = None
    bikes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.name)

    def get_state(self) -> dict[str, Any]:
        return get_state_dict(self, ["bikes"])

    def load_state(self, state_dict: dict[str, Any]) -> None:
        self.bikes = state_dict["bikes"]

    def reset(self) -> None:
        super().reset()
        self.bikes = {}

    @type_check
    @app_tool()
    @data_tool()
    @event_registered(operation_type=OperationType.WRITE)
    def rent(self, bike: str, minutes: int = 30) -> str:
        """Rent a bike.

        :param bike: which bike
        :param minutes: for how long
        :returns: the id of the rental
        """
        self.bikes[bike] = self.state_of(bike)
        return uuid_hex(self.rng)

    @app_tool()
    @event_registered(operation_type=OperationType.READ)
    def state_of(self, bike: str) -> str:
        """Tell the state of a bike.

        :param bike: which bike
        """
        return self.bikes.get(bike, "rented")

    @env_tool()
    @type_check
    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def lose(self, bike: str) -> None:
        """A bike is lost.

        Args:
            bike: which bike
        """
        self.bikes.pop(bike)

    @user_tool()
    @event_registered(event_type=EventType.USER)
    def ring(self) -> str:
        """Ring the bell."""
        return "ring"


@dataclass
class Bikes(BikeApp):
    name: str | None = "Bikes"

    def state_of(self, bike: str) -> str:
        return f"{bike} is there"


def phone(app: App) -> Environment:
    env = Environment(EnvironmentConfig(start_time=100))
    env.register_apps([app])
    env.start()
    return env


def test_its_tools_are_found_by_role_and_described_from_docstrings() -> None:
    app = BikeApp()
    assert [tool.name for tool in app.get_tools()] == ["BikeApp__rent", "BikeApp__state_of"]
    assert [tool.name for tool in app.get_env_tools()] == ["BikeApp__lose"]
    assert [tool.name for tool in app.get_data_tools()] == ["BikeApp__rent"]
    assert [tool.name for tool in app.get_user_tools()] == ["BikeApp__ring"]
    rent = app.get_tools()[0]
    assert (rent.function_description, rent.write_operation) == ("Rent a bike.", True)
    assert [(arg.name, arg.arg_type, arg.description, arg.default) for arg in rent.args] == [
        ("bike", "str", "which bike", None),
        ("minutes", "int", "for how long", 30),
    ]
    assert app.get_env_tools()[0].args[0].description == "which bike"


def test_a_call_is_recorded_once_and_muted_calls_are_not() -> None:
    app = BikeApp()
    env = phone(app)
    rental = app.rent("red")
    with disable_events():
        app.rent("blue")
    record = env.event_log.list_view()[0]
    assert isinstance(record, CompletedEvent)
    assert (record.event_time, record.event_type, record.function_name()) == (100, EventType.AGENT, "rent")
    assert record.get_args() == {"self": app, "bike": "red", "minutes": 30}
    assert (record.metadata.return_value, len(rental)) == (rental, 32)
    assert len(env.event_log) == 1


def test_in_capture_mode_a_call_is_a_plan() -> None:
    app = BikeApp()
    with EventRegisterer.capture_mode():
        planned: Any = app.rent("{{earlier}}", minutes="{{later}}")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="rent: argument 'minutes' is of type str, but must be int"):
            app.rent("red", minutes="long")  # type: ignore[arg-type]
    assert isinstance(planned, Event)
    assert (planned.event_type, app.bikes) == (EventType.ENV, {})


def test_an_override_without_a_marker_takes_the_place_of_the_tool() -> None:
    app = Bikes()
    assert [tool.name for tool in app.get_tools()] == ["Bikes__rent", "Bikes__state_of"]
    tool = next(tool for tool in app.get_tools() if tool.func_name == "state_of")
    assert tool("red") == "red is there"


def test_two_instances_keep_their_tools_apart() -> None:
    first, second = BikeApp(name="North"), BikeApp(name="South")
    assert [app.get_tools()[0].name for app in (first, second)] == ["North__rent", "South__rent"]
    first.get_tools()[0]("red")
    assert (first.bikes, second.bikes) == ({"red": "rented"}, {})


def test_a_copy_of_state_comes_back() -> None:
    app, other = BikeApp(bikes={"red": "there"}), BikeApp()
    other.load_state(app.get_state())
    assert other.bikes == {"red": "there"}
    other.reset()
    assert (other.bikes, other.name) == ({}, "BikeApp")


def test_a_tool_can_be_built_and_adapted_by_hand() -> None:
    app = BikeApp()
    adapter = AppToolAdapter(build_tool(app, app.rent, failure_probability=0.5))
    assert (adapter.name, adapter.output_type, adapter.app_tool.failure_probability) == (
        "BikeApp__rent",
        "string",
        0.5,
    )
    assert adapter.inputs == {
        "bike": {"type": "string", "description": "which bike"},
        "minutes": {"type": "integer", "description": "for how long", "default": 30},
    }
    assert len(adapter("red")) == 32
    assert BikeApp.__mro__[-2] is App
    assert Protocol.FILE_SYSTEM.value == "FILE_SYSTEM"


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        (1, int, True),
        (True, int, True),
        (1, float, False),
        ("a", list[str], False),
        ({"a"}, list[str], True),
        (["a", 1], list[str], False),
        ({"a": 1}, dict[str, int], True),
        ({"a": "b"}, dict[str, int], False),
        ((1, "a"), tuple[int, str], True),
        ((1,), tuple[int, str], False),
        ((1, 2, 3), tuple[int, ...], True),
        (None, str | None, True),
        (1, str | None, False),
        (object(), Any, True),
        (None, None, True),
        (1, None, False),
    ],
)
def test_types_are_checked_as_published(value: Any, kind: Any, fits: bool) -> None:
    assert check_type(value, kind) is fits


def test_an_optional_type_is_known() -> None:
    assert [is_optional_type(kind) for kind in (str | None, str, int | str)] == [True, False, False]


def test_ids_come_from_the_generator_that_is_given() -> None:
    first, second = uuid_hex(Random(1)), uuid_hex(Random(1))
    assert (first, len(first)) == (second, 32)
