"""Markers only mark; apps read the marks."""

import pytest

from pare.apps.base import App, ToolType
from pare.kernel.enums import OperationType
from pare.kernel.recording import event_registered
from pare.tools import ToolAttributeName, app_tool, data_tool, env_tool, tool_decorator, user_tool
from pare.tools.app_tool import AppTool
from pare.tools.markers import marked_methods


class Lamp(App):
    @app_tool()
    @event_registered(OperationType.WRITE)
    def light(self) -> str:
        """Light the lamp."""
        return "lit"

    @env_tool()
    @event_registered(OperationType.WRITE)
    def flicker(self) -> str:
        """Flicker."""
        return "flickered"

    @user_tool()
    @data_tool()
    @app_tool()
    def glow(self) -> str:
        """Glow."""
        return "glowed"

    def hum(self) -> str:
        """Hum; nobody's tool."""
        return "hummed"


class Lantern(Lamp):
    @app_tool()
    def carry(self) -> str:
        """Carry the lantern."""
        return "carried"

    def light(self) -> str:
        return "lit the lantern"


def names(tools: list[AppTool]) -> list[str]:
    return [tool.name for tool in tools]


def test_tools_are_listed_by_role_in_the_order_of_definition() -> None:
    lamp = Lamp()
    assert names(lamp.get_tools()) == ["Lamp__light", "Lamp__glow"]
    assert names(lamp.get_user_tools()) == ["Lamp__glow"]
    assert names(lamp.get_env_tools()) == ["Lamp__flicker"]
    assert names(lamp.get_data_tools()) == ["Lamp__glow"]
    assert names(lamp.get_tools_with_attribute(ToolAttributeName.ENV, ToolType.ENV)) == ["Lamp__flicker"]


def test_a_subclass_lists_its_own_tools_first() -> None:
    assert names(Lantern("L").get_tools()) == ["L__carry", "L__light", "L__glow"]


def test_an_override_without_a_marker_stays_a_tool_and_is_what_is_called() -> None:
    (light,) = [tool for tool in Lantern().get_tools() if tool.func_name == "light"]
    assert light() == "lit the lantern"
    assert light.function_description == "Light the lamp."


@pytest.mark.parametrize(
    ("marker", "attribute"),
    [
        (app_tool, "_is_app_tool"),
        (user_tool, "_is_user_tool"),
        (env_tool, "_is_env_tool"),
        (data_tool, "_is_data_tool"),
    ],
)
def test_a_marker_sets_its_attribute_and_gives_the_method_back(marker, attribute: str) -> None:
    def method(self) -> None: ...

    assert marker()(method) is method
    assert (getattr(method, attribute), method.llm_formatter) == (True, None)


def test_the_formatter_that_was_given_last_is_used_whatever_the_markers_around_it() -> None:
    @user_tool()
    @app_tool(llm_formatter=str)
    @env_tool(llm_formatter=repr)
    @data_tool()
    def method(self) -> None: ...

    assert method.llm_formatter is str
    assert tool_decorator(len, ToolAttributeName.USER)(method).llm_formatter is len


def test_a_mark_survives_recording_on_either_side() -> None:
    @event_registered()
    @app_tool()
    def inside(self) -> None: ...

    @app_tool()
    @event_registered()
    def outside(self) -> None: ...

    assert (inside._is_app_tool, outside._is_app_tool) == (True, True)
    assert (inside.__event_registered__, outside.__event_registered__) == (True, True)


def test_any_class_can_carry_marks() -> None:
    class Screen:
        @user_tool()
        def close(self) -> None:
            """Close the screen."""

    assert marked_methods(Screen, ToolAttributeName.USER) == ("close",)
    assert marked_methods(Screen, ToolAttributeName.APP) == ()


def test_a_tool_is_found_by_its_function_whatever_its_role() -> None:
    lamp = Lamp()
    found = [lamp.get_tool(name) for name in ("light", "flicker", "glow", "hum", "nothing")]
    assert [tool and tool.name for tool in found] == [
        "Lamp__light",
        "Lamp__flicker",
        "Lamp__glow",
        None,
        None,
    ]


def test_two_instances_share_no_tool() -> None:
    one, two = Lamp("One"), Lamp("Two")
    assert (names(one.get_tools())[0], names(two.get_tools())[0]) == ("One__light", "Two__light")
    one.get_tools()[0]._public_name = "Renamed"
    assert one.get_tools()[0]._public_name == "Renamed"
    assert two.get_tools()[0]._public_name == "Two__light"


def test_a_list_of_tools_belongs_to_who_asked() -> None:
    lamp = Lamp()
    lamp.get_tools().clear()
    assert len(lamp.get_tools()) == 2


def test_a_failure_probability_reaches_the_agents_tools_only() -> None:
    lamp = Lamp()
    lamp.get_tools()
    lamp.set_failure_probability(0.25)
    assert [tool.failure_probability for tool in lamp.get_tools()] == [0.25, 0.25]
    assert [tool.failure_probability for tool in lamp.get_env_tools()] == [None]
