from typing import Any, ClassVar

import pytest

from pare.apps.base import App
from pare.apps.user_interface import AgentUserInterface
from pare.errors import (
    EventEditError,
    EventTimeError,
    NegativeDelayError,
    UnknownAppError,
    UnknownToolError,
)
from pare.kernel.calls import Event, OracleEvent
from pare.kernel.checks import ConditionCheckEvent
from pare.kernel.enums import EventTimeComparator, EventType, OperationType
from pare.kernel.recording import event_registered
from pare.scenarios import Scenario
from pare.scenarios.conditions import ConditionName, read_condition_name
from pare.scenarios.parameters import EventRequest, method_of

CONDITION_NAME = "wrapped_condition__turn_idx_2__scenario_id_garden_7"


class LampApp(App):
    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []

    @event_registered(operation_type=OperationType.WRITE, event_type=EventType.ENV)
    def set_levels(self, levels: list[int], room: str = "hall") -> str:
        self.levels = levels
        self.levels.append(0)
        return room

    def is_on(self) -> bool:
        return bool(self.levels)


class LampScenario(Scenario):
    scenario_id = "lamps"

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.apps = [AgentUserInterface(), LampApp()]


@pytest.fixture
def scenario() -> Scenario:
    lamps = LampScenario()
    lamps.initialize()
    return lamps


def request(event_type: EventType = EventType.ENV, **changes: Any) -> EventRequest:
    levels = {"levels": {"value": "[3]", "type": "list[int]"}}
    values: dict[str, Any] = {
        "app_name": "LampApp",
        "function_name": "set_levels",
        "parameters": levels,
        "predecessor_event_ids": [],
        "event_type": event_type,
        "event_id": "e1",
    }
    return EventRequest(**values | changes)


# --- values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "type_name", "expected"),
    [
        (None, None, None),
        (None, "Optional[str]", None),
        ("", "str | None", None),
        ("", "list[str | None] | None", None),
        ("", "dict[str, int] | None | list[dict[str, int]]", None),
        ("{{ask}}", "int", "{{ask}}"),
        (" {{ask.key}} ", "list", " {{ask.key}} "),
        ("12", "int", 12),
        ("12", "str", "12"),
        ("12", "float", 12.0),
        ("12", "Optional[int]", 12),
        ("12", "int | None", 12),
        ("12", "None | int", 12),
        ("12", "int | str", 12),
        ("[1, 2]", "list", [1, 2]),
        ("[1, 2]", "list[int] | None", [1, 2]),
        ('{"a": [1]}', "dict[str, list[int]]", {"a": [1]}),
        *((text, "bool", True) for text in ("true", "1", "T", "y", "YES")),
        *((text, "bool", False) for text in ("false", "0", "no", "on")),
    ],
)
def test_text_is_read_as_its_type(value: str | None, type_name: str | None, expected: Any) -> None:
    result = Scenario._parse_parameter_value(value, type_name)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("value", "type_name", "message"),
    [
        (None, "str", "an empty value is no str; give a value, or a type that allows None"),
        ("", "int", "an empty value is no int"),
        ("", "list[str | None]", r"an empty value is no list\[str \| None\]"),
        ("", None, "an empty value is no None"),
        ("x", None, "the type None cannot be read from text; use int, str, float, bool, list, dict"),
        ("x", "datetime", "the type 'datetime' cannot be read from text"),
        ("[1]", "Optional[list[int]]", "cannot be read from text"),
        ("x", "int", "'x' is no int"),
        ("1.5", "int", "'1.5' is no int"),
        ("x", "float", "'x' is no float"),
        ("[1", "list", "is no list"),
        ('{"a": 1}', "list", "is no list"),
        ("[1]", "dict", "is no dict"),
        ("[" * 100_000, "list", "is no list"),
    ],
)
def test_text_that_is_no_such_value_is_refused(
    value: str | None, type_name: str | None, message: str
) -> None:
    with pytest.raises(EventEditError, match=message) as caught:
        Scenario._parse_parameter_value(value, type_name)
    assert isinstance(caught.value, ValueError)


# --- events -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event_type", [EventType.ENV, EventType.USER])
def test_an_event_of_environment_or_user_calls_the_app(scenario: Scenario, event_type: EventType) -> None:
    event = scenario._create_event(request(event_type, event_relative_time=4))
    assert type(event) is Event
    assert (event.event_id, event.event_type) == ("e1", event_type)
    assert (event.event_time, event.event_relative_time) == (None, 4)
    assert event.action.app is scenario.get_app("LampApp")
    assert (event.action.args, event.action.operation_type) == ({"levels": [3]}, OperationType.WRITE)


def test_an_event_without_a_time_follows_at_once(scenario: Scenario) -> None:
    event = scenario._create_event(request())
    assert (event.event_time, event.event_relative_time) == (None, 0.0)


def test_an_absolute_time_stands_alone(scenario: Scenario) -> None:
    event = scenario._create_event(request(event_time=1_800_000_000.0))
    assert (event.event_time, event.event_relative_time) == (1_800_000_000.0, None)


def test_an_id_that_is_not_given_comes_from_the_run_of_the_scenario() -> None:
    made = []
    for _ in range(2):
        lamps = LampScenario()
        lamps.initialize()
        made.append([lamps._create_event(request(event_id=None)).event_id for _ in range(2)])
    assert made[0] == made[1] == ["ENV-LampApp.set_levels-00000000", "ENV-LampApp.set_levels-00000001"]


def test_an_event_of_the_agent_is_an_oracle_in_words(scenario: Scenario) -> None:
    asked = request(EventType.AGENT, event_time_comparator=EventTimeComparator.LESS_THAN)
    event = scenario._create_event(asked)
    assert isinstance(event, OracleEvent)
    assert event.event_time_comparator is EventTimeComparator.LESS_THAN
    assert event.action_desc is not None
    assert (event.action_desc.app, event.action_desc.function) == ("LampApp", "set_levels")
    assert event.action_desc.args == [{"name": "levels", "value": "[3]", "value_type": "list[int]"}]


def test_a_run_does_not_change_the_arguments_of_an_expected_call(scenario: Scenario) -> None:
    event = scenario._create_event(request(EventType.AGENT))
    assert isinstance(event, OracleEvent)
    for _ in range(2):
        call = event.make(scenario)
        assert call.action.args["levels"] == [3]
        assert (call.execute().event_type, call.event_id) == (EventType.AGENT, "e1")
    assert scenario.get_typed_app(LampApp).levels == [3, 0]


def test_the_app_of_an_expected_call_is_looked_for_when_it_happens(scenario: Scenario) -> None:
    gone = scenario._create_event(request(EventType.AGENT, app_name="Files"))
    wrong = scenario._create_event(request(EventType.AGENT, function_name="set_level"))
    assert isinstance(gone, OracleEvent)
    assert isinstance(wrong, OracleEvent)
    with pytest.raises(UnknownAppError, match=r"has no app 'Files'"):
        gone.make(scenario)
    with pytest.raises(UnknownToolError, match=r"no function 'set_level'; .* Did you mean 'set_levels'"):
        wrong.make(scenario)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"event_relative_time": -1}, NegativeDelayError, "has a delay of -1 seconds; a delay is 0 or more"),
        ({"event_time": -1}, EventTimeError, "is placed at -1; give seconds since the epoch"),
        ({"event_time": 5, "event_relative_time": 5}, EventEditError, "give only one of them"),
        ({"event_time_comparator": EventTimeComparator.EQUAL}, EventEditError, "the comparator EQUAL"),
        (
            {"app_name": "LampAp"},
            UnknownAppError,
            "apps: AgentUserInterface, LampApp.*Did you mean 'LampApp'",
        ),
        ({"function_name": "set_level"}, UnknownToolError, "Did you mean 'set_levels'"),
        ({"function_name": "levels"}, UnknownToolError, "app 'LampApp' has no function 'levels'"),
        ({"parameters": {"room": "hall"}}, EventEditError, "argument 'room' is 'hall'; give it as"),
        (
            {"parameters": {"room": {"value": "x", "type": "int"}}},
            EventEditError,
            "argument 'room': 'x' is no",
        ),
    ],
)
def test_an_event_that_cannot_be_made_is_refused_by_name(
    scenario: Scenario, changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^scenario 'lamps': event 'e1' .*{message}") as caught:
        scenario._create_event(request(**changes))
    assert isinstance(caught.value, ValueError)


def test_the_nameless_is_named_by_its_call(scenario: Scenario) -> None:
    with pytest.raises(NegativeDelayError, match=r"a new event \(LampApp.set_levels\)"):
        scenario._create_event(request(event_id=None, event_relative_time=-1))


def test_an_unknown_function_is_also_an_attribute_error(scenario: Scenario) -> None:
    with pytest.raises(AttributeError):
        method_of(scenario.get_app("LampApp"), "set_level")


# --- conditions ---------------------------------------------------------------------------------------------


def made_again(name: str, metadata: Any) -> Any:
    def condition(env: Any) -> bool:
        return bool(metadata["met"])

    condition.__name__ = name
    return condition


def condition(name: str = CONDITION_NAME) -> EventRequest:
    return request(EventType.CONDITION, app_name="", function_name=name, parameters={}, event_id="turn_2")


class ResumedScenario(LampScenario):
    condition_factories: ClassVar[dict[str, Any]] = {"wrapped_condition": made_again}
    execution_metadata: Any = None


def resumed() -> ResumedScenario:
    scenario = ResumedScenario(execution_metadata={"met": True})
    scenario.initialize()
    return scenario


def test_a_condition_is_made_again_from_its_name() -> None:
    event = resumed()._create_event(condition())
    assert isinstance(event, ConditionCheckEvent)
    assert (event.event_id, event.schedule_every_ticks, event.timeout) == ("turn_2", 1, None)
    assert (event.action.function_name, event.action.function(None)) == (CONDITION_NAME, True)


def test_a_condition_needs_execution_metadata(scenario: Scenario) -> None:
    message = r"event 'turn_2' \(wrapped_condition__.*the scenario has no execution_metadata; set it"
    with pytest.raises(EventEditError, match=message):
        scenario._create_event(condition())


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        (
            "some_condition__turn_idx_1__scenario_id_x",
            NotImplementedError,
            "'some_condition' .*known: wrapped_",
        ),
        ("is_dark", NotImplementedError, "register one in condition_factories"),
        ("wrapped_condition__turn_idx_x__scenario_id_x", EventEditError, "names no condition; write it as"),
        ("wrapped_condition__turn_idx_1", EventEditError, "names no condition"),
        ("wrapped_condition__turn_idx_1__scenario_id_", EventEditError, "names no condition"),
        ("wrapped_condition__turn_idx_1__scenario_id_a__b", EventEditError, "no double underscore in the id"),
    ],
)
def test_a_condition_of_another_name_is_refused(name: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^scenario 'lamps': event 'turn_2' .*{message}") as caught:
        resumed()._create_event(condition(name))
    assert isinstance(caught.value, EventEditError)


def test_no_kind_of_condition_is_known_from_the_start() -> None:
    assert not Scenario.condition_factories
    scenario = Scenario()
    scenario.execution_metadata = {}  # type: ignore[attr-defined]  # as a scenario that was read has it
    with pytest.raises(NotImplementedError, match=r"known: none"):
        scenario._create_event(condition())


def test_the_name_of_a_condition_has_three_parts() -> None:
    assert read_condition_name(CONDITION_NAME) == ConditionName("wrapped_condition", 2, "garden_7")
