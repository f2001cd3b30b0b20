"""Signature and docstring become a description, a schema, and the check of arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, Optional, Union

import pytest

from pare.errors import InvalidArgumentsError
from pare.kernel.enums import OperationType
from pare.kernel.recording import event_registered
from pare.tools.app_tool import AppToolArg
from pare.tools.spec import ToolSpec, format_type_name, spec_of

if TYPE_CHECKING:
    from nowhere import Unknown


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@dataclass
class Crate:
    weight: float
    label: str = ""


class Store:
    """Every kind of argument and of docstring."""

    @event_registered(OperationType.WRITE)
    def put(
        self, name: str, count: int = 1, price: float | None = None, tags: list[str] | None = None
    ) -> str:
        """Put goods on the shelf.

        They stay there until they are sold.

        :param name: what it is
        :param count: how many
        :param price: in euros
        :returns: the id of the goods
        """
        return name

    @event_registered()
    def look(self, where: Literal["top", "bottom"] = "top", size: Size = Size.SMALL) -> dict[str, int]:
        """Look at a shelf.

        Args:
            where: which shelf
            size: of what

        Returns:
            what is there
        """
        return {}

    def weigh(self, crate: Crate, when: datetime, *, exact: bool = False) -> None:
        """Weigh a crate."""

    def bare(self, anything, more=None):
        """Take anything."""

    def odd(self, thing: Unknown) -> None:
        """Take what only a type checker knows."""

    def dangling(self, arg_count: int, arg_name: str = "") -> None:
        """Take arguments that begin like fields."""

    def many(  # noqa: PLR0913
        self, a: int = 0, b: int = 0, c: int = 0, d: int = 0, e: int = 0, f: int = 0, g: int = 0
    ) -> None:
        """Take many arguments."""

    def either(self, value: int | list[int], model_config: dict[str, Any] | None = None) -> None:
        """Take one number or many."""

    def silent(self) -> None: ...


class Annex(Store):
    def put(self, name: str) -> str:
        return name


def spec(name: str, owner: type = Store) -> ToolSpec:
    return spec_of(owner, name)


def refused(name: str, arguments: dict[str, Any]) -> str:
    with pytest.raises(InvalidArgumentsError) as caught:
        spec(name).validated(arguments)
    assert isinstance(caught.value, TypeError)
    return str(caught.value)


def test_a_docstring_in_rest_style_is_read() -> None:
    put = spec("put")
    assert put.description == "Put goods on the shelf.\nThey stay there until they are sold."
    assert [(arg.name, arg.arg_type, arg.description, arg.has_default, arg.default) for arg in put.args] == [
        ("name", "str", "what it is", False, None),
        ("count", "int", "how many", True, 1),
        ("price", "float | None", "in euros", True, None),
        ("tags", "list[str] | None", None, True, None),
    ]
    assert (put.return_type, put.return_description, put.write_operation) == (
        "str",
        "the id of the goods",
        True,
    )


def test_a_docstring_in_google_style_is_read() -> None:
    look = spec("look")
    assert [(arg.name, arg.description) for arg in look.args] == [
        ("where", "which shelf"),
        ("size", "of what"),
    ]
    assert (look.description, look.return_description) == ("Look at a shelf.", "what is there")
    assert (look.return_type, look.write_operation) == ("dict[str, int]", False)


def test_a_method_that_is_not_recorded_has_no_operation() -> None:
    weigh = spec("weigh")
    assert (weigh.write_operation, weigh.return_type, weigh.return_description) == (None, "None", None)


def test_a_method_without_annotations_takes_anything() -> None:
    bare = spec("bare")
    assert [arg.arg_type for arg in bare.args] == ["Any", "Any"]
    assert bare.return_type is None
    assert bare.validated({"anything": [1, {"a": 2}]}) == {"anything": [1, {"a": 2}]}


def test_annotations_that_cannot_be_resolved_count_as_none() -> None:
    assert [arg.arg_type for arg in spec("odd").args] == ["Any"]


def test_a_tool_without_a_docstring_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the tool Store\.silent has no docstring"):
        spec("silent")


def test_an_override_borrows_the_docstring_and_has_its_own_signature() -> None:
    put = spec("put", Annex)
    assert put.description.startswith("Put goods on the shelf.")
    assert [arg.name for arg in put.args] == ["name"]


def test_a_spec_is_made_once_for_a_class() -> None:
    assert spec("put") is spec("put")


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        (int, "int"),
        (None.__class__, "None"),
        (Any, "Any"),
        (list, "list"),
        (list[str], "list[str]"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (Optional[int], "int | None"),  # noqa: UP045
        (None | int, "int | None"),
        (Union[str, None, int], "str | int | None"),  # noqa: UP007
        (tuple[int, str], "tuple[int, str]"),
        (Size, "Size"),
    ],
)
def test_types_are_written_as_in_python(hint: Any, name: str) -> None:
    assert format_type_name(hint) == name


def test_a_literal_names_its_values() -> None:
    assert format_type_name(Literal["top", 2]) == "Literal['top', 2]"


def test_an_argument_reads_as_text() -> None:
    arguments = [AppToolArg("a", "int", "how many", True, 1), AppToolArg("b", "float | None", None)]
    assert [str(item) for item in arguments] == [
        "a: integer (default: 1) - how many",
        "b: float | None - no description",
    ]


def test_the_schema_says_what_is_required_and_that_nothing_else_is_taken() -> None:
    assert spec("put").parameters == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "what it is"},
            "count": {"type": "integer", "description": "how many", "default": 1},
            "price": {
                "anyOf": [{"type": "number"}, {"type": "null"}],
                "description": "in euros",
                "default": None,
            },
            "tags": {
                "anyOf": [{"items": {"type": "string"}, "type": "array"}, {"type": "null"}],
                "default": None,
            },
        },
        "required": ["name"],
        "additionalProperties": False,
    }


def test_the_schema_of_enums_literals_and_dataclasses() -> None:
    look, weigh = spec("look").parameters, spec("weigh").parameters
    assert look["properties"]["where"]["enum"] == ["top", "bottom"]
    assert look["properties"]["size"]["default"] == "small"
    assert look["$defs"]["Size"]["enum"] == ["small", "large"]
    assert "required" not in look
    assert weigh["properties"]["crate"] == {"$ref": "#/$defs/Crate"}
    assert weigh["properties"]["when"] == {"type": "string", "format": "date-time"}
    assert weigh["required"] == ["crate", "when"]


def test_arguments_come_in_the_types_of_the_signature() -> None:
    assert spec("put").validated({"name": 7, "count": "3", "price": 2}) == {
        "name": "7",
        "count": 3,
        "price": 2.0,
    }
    assert spec("look").validated({"size": "large"}) == {"size": Size.LARGE}
    weighed = spec("weigh").validated({"crate": {"weight": "2.5"}, "when": "2025-01-06T09:00:00Z"})
    assert (weighed["crate"], weighed["when"].year) == (Crate(2.5), 2025)


def test_only_what_was_given_is_handed_on() -> None:
    assert spec("put").validated({"name": "x"}) == {"name": "x"}


def test_arguments_come_in_the_order_of_the_signature() -> None:
    names = "abcdefg"
    valid = spec("many").validated(dict.fromkeys(reversed(names), 1))
    assert "".join(valid) == names


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({}, "the argument 'name' is missing"),
        ({"name": "x", "nmae": 1}, "there is no argument 'nmae'. Did you mean 'name'? The"),
        ({"name": "x", "zzz": 1}, "there is no argument 'zzz'. The"),
        ({"name": "x", "arg_zzz": 1}, "there is no argument 'arg_zzz'. The"),
        ({"name": "x", "count": "many"}, "argument 'count': Input should be a valid integer"),
        ({"name": "x", "count": 1.5}, "argument 'count': Input should be a valid integer"),
        ({"name": "x", "price": float("nan")}, "argument 'price': Input should be a finite number, got nan"),
        ({"name": None}, "argument 'name': Input should be a valid string, got None"),
        ({"name": "x", "tags": "one"}, "argument 'tags': Input should be a valid list, got 'one'"),
        ({"name": "x", "tags": [["a"]]}, "argument 'tags.0': Input should be a valid string, got ['a']"),
    ],
)
def test_what_is_wrong_is_said_beside_the_call(arguments: dict[str, Any], complaint: str) -> None:
    text = refused("put", arguments)
    assert text.startswith(f"wrong arguments: {complaint}")
    assert text.endswith(
        " The call is put(name: str, count: int = 1, price: float | None = None, "
        "tags: list[str] | None = None)"
    )


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = refused("put", {"count": "x", "nam": "y"})
    assert [part in text for part in ("'name' is missing", "argument 'count'", "no argument 'nam'")] == [
        True
    ] * 3


def test_a_long_value_is_cut() -> None:
    text = refused("put", {"name": "x", "count": "9" * 50 + "x" * 200})
    assert f"got '{'9' * 50}{'x' * 26}...." in text


def test_an_argument_may_be_called_like_a_field() -> None:
    dangling = spec("dangling")
    assert dangling.validated({"arg_count": 2, "arg_name": "x"}) == {"arg_count": 2, "arg_name": "x"}
    assert "the argument 'arg_count' is missing" in refused("dangling", {})
    assert "argument 'arg_count': Input should" in refused("dangling", {"arg_count": "x"})
    either = spec("either")
    assert either.validated({"value": [1], "model_config": {"a": 1}}) == {
        "value": [1],
        "model_config": {"a": 1},
    }


def test_what_fits_none_of_several_types_is_refused_for_each() -> None:
    text = refused("either", {"value": "x"})
    assert [f"argument 'value.{kind}': Input should be" in text for kind in ("int", "list[int]")] == [
        True,
        True,
    ]


def test_keys_that_are_no_names_are_refused() -> None:
    assert "wrong arguments" in refused("put", {"name": "x", 1: 2})


class Wrapped:
    def tell(self, name: str, way: str = "") -> str:
        """Tell a story, and tell it slowly, so that
        everybody can follow.

        It is told
        once.

        It has:
        - a beginning,
          which is short
        - an end

        :param name: whose story
            it is
        :param way: one of the ways:
            1. aloud
            2. in a
               whisper
        :returns: the story,
            told
        """
        return name


def test_a_wrapped_line_is_one_line() -> None:
    tell = spec("tell", Wrapped)
    assert tell.description.split("\n") == [
        "Tell a story, and tell it slowly, so that everybody can follow.",
        "It is told once.",
        "It has:",
        "- a beginning, which is short",
        "- an end",
    ]
    assert [arg.description for arg in tell.args] == [
        "whose story it is",
        "one of the ways:\n1. aloud\n2. in a whisper",
    ]
    assert tell.return_description == "the story, told"
