"""A tool as it is offered."""

from dataclasses import dataclass
from typing import Any

import pytest

from pare.apps.base import App
from pare.kernel.enums import OperationType
from pare.kernel.recording import event_registered
from pare.tools import AppTool, app_tool, user_tool
from pare.tools.app_tool import build_tool


class Kettle(App):
    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.heat = 20

    @app_tool(llm_formatter=lambda heat: f"{heat} degrees")
    @event_registered(OperationType.WRITE)
    def boil(self, to: int = 100) -> int:
        """Boil water.

        :param to: in degrees
        :returns: how hot it is
        """
        self.heat = to
        return self.heat

    @app_tool()
    def touch(self) -> int:
        """Touch the kettle."""
        return self.heat


@dataclass
class Lid:
    """A screen of the kettle."""

    app: Kettle

    @user_tool()
    def lift(self, by: int) -> str:
        """Lift the lid."""
        return f"{self.app.name} is open by {by}"


def boil() -> AppTool:
    return Kettle("Old").get_tools()[0]


def test_a_tool_tells_what_it_is() -> None:
    tool = boil()
    assert (tool.name, tool.func_name, tool.app_name, tool.class_name) == (
        "Old__boil",
        "boil",
        "Old",
        "Kettle",
    )
    assert (tool.function_description, tool.return_type, tool.return_description) == (
        "Boil water.",
        "int",
        "how hot it is",
    )
    assert (tool.arg_descriptions, [arg.name for arg in tool.args]) == ({"to": "in degrees"}, ["to"])
    assert (tool.function, tool.write_operation) == (Kettle.boil, True)


def test_a_call_is_made_on_its_instance_and_formatted() -> None:
    tool = boil()
    assert (tool(80), tool.class_instance.heat) == ("80 degrees", 80)
    assert tool(to=90) == "90 degrees"
    assert tool.class_instance.boil() == 100


def test_a_result_without_a_formatter_stays_as_it_is() -> None:
    kettle = Kettle()
    assert kettle.get_tools()[1]() == 20
    assert kettle.get_tools()[1].formatted([1]) == [1]


def test_a_tool_as_plain_data() -> None:
    assert boil().to_metadata_dict() == {
        "name": "Old__boil",
        "description": "Boil water.",
        "args": [
            {"name": "to", "type": "int", "description": "in degrees", "has_default": True, "default": 100}
        ],
        "return_type": "int",
        "return_description": "how hot it is",
        "write_operation": True,
        "role": "",
    }
    assert Kettle().get_tools()[1].to_metadata_dict()["write_operation"] is False


def test_a_tool_for_a_native_call_has_its_public_name_and_description() -> None:
    tool = boil()
    tool._public_name, tool._public_description = "Kettle__heat_up", "Make water hot."
    assert tool.to_open_ai() == {
        "type": "function",
        "function": {
            "name": "Kettle__heat_up",
            "description": "Make water hot.",
            "parameters": {
                "type": "object",
                "properties": {"to": {"type": "integer", "description": "in degrees", "default": 100}},
                "additionalProperties": False,
            },
        },
    }
    assert tool.name == "Old__boil"


def test_the_tool_of_a_screen_carries_the_name_of_its_app() -> None:
    kettle = Kettle("Old")
    tool = build_tool(kettle, "lift", Lid(kettle), "Open the kettle.")
    assert (tool.name, tool.class_name, tool._public_description) == (
        "Old__lift",
        "Kettle",
        "Open the kettle.",
    )
    assert tool(by=2) == "Old is open by 2"
    assert tool.function is Lid.lift


@pytest.mark.parametrize("missing", ["heat_up", "heat"])
def test_what_is_no_method_is_no_tool(missing: str) -> None:
    with pytest.raises(AttributeError, match=missing):
        build_tool(Kettle(), missing)


def test_tools_are_equal_to_themselves_only() -> None:
    kettle = Kettle()
    one, two = build_tool(kettle, "boil"), build_tool(kettle, "boil")
    assert len({one, two}) == 2


def test_an_action_finds_the_tool_that_it_calls() -> None:
    from pare.kernel.action import Action

    kettle = Kettle()
    action: Any = Action(kettle.boil)
    assert action.tool_metadata is kettle.get_tools()[0]
