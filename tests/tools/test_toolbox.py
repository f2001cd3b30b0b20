"""Find, validate, let noise act, call; whatever goes wrong has words for the model."""

from collections.abc import Mapping
from typing import Any

import pytest
from anyio.lowlevel import checkpoint

from pare.apps.base import App
from pare.errors import AsyncToolError, InvalidArgumentsError, NotFoundError, ToolError, UnknownCallError
from pare.kernel.enums import OperationType
from pare.kernel.environment import Environment
from pare.kernel.recording import event_registered
from pare.tools import AppTool, Toolbox, app_tool
from pare.tools.toolbox import describe, read_arguments


def broken(value: Any) -> str:
    raise KeyError("format")


class Oven(App):
    """Tools that succeed, fail, format, and wait."""

    @app_tool()
    @event_registered(OperationType.WRITE)
    def bake(self, what: str, minutes: int = 10) -> dict[str, Any]:
        """Bake something.

        :param what: the dough
        :param minutes: how long
        :returns: what came out
        """
        return {"what": what, "minutes": minutes}

    @app_tool(llm_formatter=", ".join)
    @event_registered()
    def peek(self) -> list[str]:
        """Look inside."""
        return ["bread", "cake"]

    @app_tool()
    @event_registered()
    def burn(self, how: str) -> None:
        """Burn something."""
        raise {"named": NotFoundError("no dough"), "plain": ValueError("too hot"), "bare": KeyError()}[how]

    @app_tool(llm_formatter=broken)
    @event_registered()
    def smell(self) -> str:
        """Smell it."""
        return "good"

    @app_tool(llm_formatter=str.upper)
    @event_registered(OperationType.WRITE)
    async def deliver(self, to: str) -> str:
        """Deliver it."""
        await checkpoint()
        if to == "nowhere":
            raise LookupError("no such place")
        return f"delivered to {to}"


def kitchen(**settings: Any) -> tuple[Environment, Toolbox]:
    env, oven = Environment(), Oven()
    env.register_apps([oven])
    env.start()
    return env, Toolbox(oven.get_tools(), **settings)


def calls(env: Environment) -> list[tuple[str, dict[str, Any], str | None]]:
    return [(line["function"], line["args"], line["exception"]) for line in env.event_log.lines()]


def refused(toolbox: Toolbox, name: str, arguments: Any = None) -> tuple[type[Exception], str]:
    with pytest.raises(ToolError) as caught:
        toolbox.call(name, arguments)
    return type(caught.value), str(caught.value)


def test_a_valid_call_is_made_and_recorded() -> None:
    env, toolbox = kitchen()
    assert toolbox.call("Oven__bake", {"what": "bread", "minutes": "30"}) == {"what": "bread", "minutes": 30}
    assert calls(env) == [("bake", {"what": "bread", "minutes": 30}, None)]


@pytest.mark.parametrize("arguments", ['{"what": "bread"}', ' {"what": "bread"}\n', {"what": "bread"}])
def test_arguments_are_an_object_or_json_text_of_one(arguments: str | dict[str, Any]) -> None:
    env, toolbox = kitchen()
    toolbox.call("Oven__bake", arguments)
    assert calls(env) == [("bake", {"what": "bread", "minutes": 10}, None)]


@pytest.mark.parametrize("arguments", [None, {}, "", "  ", "{}"])
def test_no_arguments_are_no_arguments(arguments: str | dict[str, Any] | None) -> None:
    assert kitchen()[1].call("Oven__peek", arguments) == "bread, cake"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ('{"what": ', "the arguments are not JSON: "),
        ("{'what': 1}", "the arguments are not JSON: "),
        ('{"minutes": NaN}', "the arguments are not JSON: "),
        ('{"what": "\ud800"}', "the arguments are not JSON: "),
        ("[1]", "the arguments are of type list; an object of names and values is expected"),
        ('"what"', "the arguments are of type str; an object of names and values is expected"),
        ("null", None),
        (["what"], "the arguments are of type list; an object of names and values is expected"),
    ],
)
def test_other_arguments_are_refused(arguments: Any, complaint: str | None) -> None:
    if complaint is None:
        assert read_arguments(arguments) == {}
    else:
        with pytest.raises(InvalidArgumentsError) as caught:
            read_arguments(arguments)
        assert str(caught.value).startswith(complaint)


def test_arguments_that_do_not_fit_are_refused_and_no_call_is_made() -> None:
    env, toolbox = kitchen()
    assert refused(toolbox, "Oven__bake", {"minutes": "x"}) == (
        InvalidArgumentsError,
        (
            "wrong arguments: the argument 'what' is missing; argument 'minutes': Input should be a valid "
            "integer, unable to parse string as an integer, got 'x'. "
            "The call is bake(what: str, minutes: int = 10)"
        ),
    )
    assert calls(env) == []


def test_a_tool_that_is_not_offered_is_refused_with_what_is() -> None:
    kind, text = refused(kitchen()[1], "Oven__bakee")
    assert (kind, issubclass(kind, KeyError)) == (UnknownCallError, True)
    assert text == (
        "there is no tool 'Oven__bakee' now. Did you mean 'Oven__bake' or 'Oven__peek' or 'Oven__deliver'? "
        "Tools: Oven__bake, Oven__peek, Oven__burn, Oven__smell, Oven__deliver"
    )


def test_a_named_error_of_a_tool_keeps_its_words_and_its_type() -> None:
    env, toolbox = kitchen()
    assert refused(toolbox, "Oven__burn", {"how": "named"}) == (NotFoundError, "no dough")
    assert calls(env) == [("burn", {"how": "named"}, "no dough")]


def test_any_other_error_of_a_tool_is_said_beside_its_name() -> None:
    toolbox = kitchen()[1]
    assert refused(toolbox, "Oven__burn", {"how": "plain"}) == (ToolError, "Oven__burn failed: too hot")
    assert refused(toolbox, "Oven__burn", {"how": "bare"}) == (ToolError, "Oven__burn failed: KeyError")


def test_the_original_error_is_the_cause() -> None:
    with pytest.raises(ToolError) as caught:
        kitchen()[1].call("Oven__burn", {"how": "plain"})
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_formatter_that_fails_is_a_tool_that_failed() -> None:
    env, toolbox = kitchen()
    assert refused(toolbox, "Oven__smell") == (ToolError, "Oven__smell failed: 'format'")
    assert calls(env) == [("smell", {}, None)]


def test_noise_sees_a_valid_call_and_may_refuse_it() -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    def noise(tool: AppTool, arguments: Mapping[str, Any]) -> None:
        seen.append((tool.name, dict(arguments)))
        if arguments.get("what") == "cake":
            raise ToolError("the oven is out of order")

    env, toolbox = kitchen(noise=noise)
    toolbox.call("Oven__bake", {"what": "bread", "minutes": "3"})
    assert refused(toolbox, "Oven__bake", {"what": "cake"}) == (ToolError, "the oven is out of order")
    assert refused(toolbox, "Oven__bake", {})[0] is InvalidArgumentsError
    assert refused(toolbox, "Oven__fry")[0] is UnknownCallError
    assert seen == [("Oven__bake", {"what": "bread", "minutes": 3}), ("Oven__bake", {"what": "cake"})]
    assert calls(env) == [("bake", {"what": "bread", "minutes": 3}, None)]


def test_tools_are_offered_under_their_public_names() -> None:
    oven = Oven()
    tool = oven.get_tools()[0]
    tool._public_name = "Stove__cook"
    toolbox = Toolbox(oven.get_tools())
    assert toolbox.call("Stove__cook", {"what": "soup"})["what"] == "soup"
    assert toolbox.find("Stove__cook") is tool
    assert refused(toolbox, "Oven__bake")[0] is UnknownCallError
    assert refused(toolbox, "Stove__cook", {})[1].startswith("wrong arguments")


async def test_an_async_tool_is_awaited() -> None:
    env, toolbox = kitchen()
    assert await toolbox.call_async("Oven__deliver", {"to": "Ann"}) == "DELIVERED TO ANN"
    assert await toolbox.call_async("Oven__peek") == "bread, cake"
    assert calls(env) == [("deliver", {"to": "Ann"}, None), ("peek", {}, None)]


async def test_what_an_async_tool_raises_has_words_too() -> None:
    env, toolbox = kitchen()
    with pytest.raises(ToolError, match=r"^Oven__deliver failed: no such place$") as caught:
        await toolbox.call_async("Oven__deliver", {"to": "nowhere"})
    assert isinstance(caught.value.__cause__, LookupError)
    assert calls(env) == [("deliver", {"to": "nowhere"}, "no such place")]
    with pytest.raises(NotFoundError, match=r"^no dough$"):
        await toolbox.call_async("Oven__burn", {"how": "named"})
    with pytest.raises(ToolError, match=r"^Oven__smell failed: 'format'$"):
        await toolbox.call_async("Oven__smell")


def test_an_async_tool_is_refused_without_a_loop() -> None:
    env, toolbox = kitchen()
    with pytest.raises(
        AsyncToolError, match=r"Oven__deliver is an `async def` tool; call it with Toolbox.call_async"
    ):
        toolbox.call("Oven__deliver", {"to": "Ann"})
    assert calls(env) == []


def test_tools_are_described_for_a_prompt() -> None:
    toolbox = kitchen()[1]
    assert describe(toolbox.find("Oven__bake")) == (
        "- Oven__bake: Bake something.\n"
        "    what: str - the dough\n"
        "    minutes: integer (default: 10) - how long\n"
        "    returns dict[str, Any]: what came out"
    )
    assert toolbox.describe().splitlines()[4:8] == [
        "- Oven__peek: Look inside.",
        "    returns list[str]: the result",
        "- Oven__burn: Burn something.",
        "    how: str - no description",
    ]


def test_tools_are_given_for_native_calls() -> None:
    schemas = kitchen()[1].schemas()
    assert [schema["function"]["name"] for schema in schemas] == [
        "Oven__bake",
        "Oven__peek",
        "Oven__burn",
        "Oven__smell",
        "Oven__deliver",
    ]
