"""What a method says about itself: its signature and docstring as a description and a JSON schema."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from pare.errors import InvalidArgumentsError, nearest
from pare.kernel.recording import VARIADIC

_BREAK = re.compile(r"\n\s*\n|\n(?=[ \t]*(?:[-*•]|\d+[.)])[ \t])")


@dataclass(frozen=True)
class AppToolArg:
    """One argument of a tool; `arg_type` is the type as text, `type_obj` the type itself."""

    name: str
    arg_type: str
    description: str | None
    has_default: bool = False
    default: Any = None
    example_value: Any = None
    type_obj: Any = None

    def __str__(self) -> str:
        default = f" (default: {self.default!r})" if self.has_default else ""
        return f"{self.name}: {adapt_type(self.arg_type)}{default} - {self.description or 'no description'}"


def adapt_type(name: str) -> str:
    """Give the JSON schema's word for a Python type, where it has one."""
    return {"int": "integer", "float": "number"}.get(name, name)


def format_type_name(hint: Any) -> str:
    """Give a type as text: ``list[str]``, ``int | None``; ``Any`` where there is no annotation."""
    if hint is inspect.Parameter.empty or hint is Any:
        return "Any"
    if hint is type(None):
        return "None"
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        names = [format_type_name(arg) for arg in args if arg is not type(None)]
        return " | ".join(names + ["None"] * (len(names) < len(args)))
    if origin is Literal:
        return f"Literal[{', '.join(repr(arg) for arg in args)}]"
    if origin is not None and args:
        return f"{format_type_name(origin)}[{', '.join(format_type_name(arg) for arg in args)}]"
    return getattr(hint, "__name__", str(hint))


class ArgumentsModel(BaseModel):
    """The arguments of a call, as they come from a model: unknown ones are refused."""

    model_config = ConfigDict(
        extra="forbid",
        arbitrary_types_allowed=True,
        coerce_numbers_to_str=True,
        allow_inf_nan=False,
        protected_namespaces=(),
    )


@dataclass(frozen=True)
class ToolSpec:
    """The description of a method, made once per class and shared by all instances."""

    function_name: str
    description: str
    args: tuple[AppToolArg, ...]
    return_type: str | None
    return_description: str | None
    write_operation: bool | None

    @cached_property
    def arguments_model(self) -> type[BaseModel]:
        """The pydantic model of the arguments."""
        fields: dict[str, Any] = {}
        for arg in self.args:
            default = arg.default if arg.has_default else ...
            hint = Any if arg.type_obj is None else arg.type_obj
            fields[f"arg_{arg.name}"] = (
                hint,
                Field(default, alias=arg.name, description=arg.description or None),
            )
        return create_model(self.function_name, __base__=ArgumentsModel, **fields)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The JSON schema of the arguments, for native tool calls."""
        schema = self.arguments_model.model_json_schema(by_alias=True)
        for value in schema.get("properties", {}).values():
            value.pop("title", None)
        return {"type": "object", "properties": schema.get("properties", {})} | {
            key: schema[key] for key in ("required", "$defs", "additionalProperties") if key in schema
        }

    @cached_property
    def details(self) -> str:
        """The arguments and the result as text for a prompt, each on a line of its own that begins anew."""
        lines = [f"    {arg}" for arg in self.args]
        if self.return_type not in (None, "None"):
            lines.append(f"    returns {self.return_type}: {self.return_description or 'the result'}")
        return "".join(f"\n{line}" for line in lines)

    def validated(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Give `arguments` in the types of the signature.

        Raises:
            InvalidArgumentsError: all that is wrong with them, and what is allowed.
        """
        try:
            model = self.arguments_model.model_validate(arguments)
        except ValidationError as error:
            raise InvalidArgumentsError(self._complaint(error)) from None
        given = model.model_fields_set
        return {arg.name: getattr(model, name) for arg in self.args if (name := f"arg_{arg.name}") in given}

    @property
    def signature(self) -> str:
        """The call in one line: names, types and defaults."""
        parts = [
            f"{arg.name}: {arg.arg_type}" + (f" = {arg.default!r}" if arg.has_default else "")
            for arg in self.args
        ]
        return f"{self.function_name}({', '.join(parts)})"

    def _complaint(self, error: ValidationError) -> str:
        known = [arg.name for arg in self.args]
        problems = []
        for item in error.errors(include_url=False):
            name = ".".join(str(part) for part in item["loc"])
            if item["type"] == "extra_forbidden":
                problems.append(f"there is no argument {name!r}.{nearest(name, known)}".rstrip("."))
            elif item["type"] == "missing":
                problems.append(f"the argument {name!r} is missing")
            else:
                problems.append(f"argument {name!r}: {item['msg']}, got {_short(item['input'])}")
        text = "; ".join(problems)
        return f"wrong arguments: {text}{'' if text.endswith('?') else '.'} The call is {self.signature}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


@cache
def spec_of(owner: Any, function_name: str) -> ToolSpec:
    """Read the spec of a method from its signature and docstring (reST or Google style).

    Raises:
        ValueError: the method has no docstring; a tool without one cannot be offered.
    """
    function = inspect.getattr_static(owner, function_name)
    summary, arg_texts, return_text = _read_docstring(owner, function_name)
    hints = _type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    named = (parameter for parameter in parameters if parameter.kind not in VARIADIC)
    args = tuple(_arg(parameter, hints, arg_texts) for parameter in named)
    returns = hints.get("return", inspect.Signature.empty)
    operation = getattr(function, "__operation_type__", None)
    return ToolSpec(
        function_name=function_name,
        description=summary,
        args=args,
        return_type=None if returns is inspect.Signature.empty else format_type_name(returns),
        return_description=return_text,
        write_operation=None if operation is None else operation.value == "write",
    )


def _arg(parameter: inspect.Parameter, hints: dict[str, Any], texts: dict[str, str]) -> AppToolArg:
    hint = hints.get(parameter.name, inspect.Parameter.empty)
    has_default = parameter.default is not inspect.Parameter.empty
    return AppToolArg(
        name=parameter.name,
        arg_type=format_type_name(hint),
        description=texts.get(parameter.name),
        has_default=has_default,
        default=parameter.default if has_default else None,
        type_obj=None if hint is inspect.Parameter.empty else hint,
    )


def _type_hints(function: Callable[..., Any]) -> dict[str, Any]:
    inner = inspect.unwrap(function)
    try:
        return get_type_hints(inner)
    except (NameError, TypeError):  # a name that only type checkers import
        return {}


def _read_docstring(owner: type, function_name: str) -> tuple[str, dict[str, str], str | None]:
    from docstring_parser import parse  # noqa: PLC0415 - 20 ms that runs without tools never need

    text = _docstring(owner, function_name)
    if not text:
        raise ValueError(
            f"the tool {owner.__name__}.{function_name} has no docstring; "
            "a tool's docstring is what tells a model what it does"
        )
    parsed = parse(text)
    returns = parsed.returns.description if parsed.returns else None
    args = {item.arg_name: _unwrapped(item.description or "") for item in parsed.params}
    return _unwrapped(parsed.description or ""), args, returns and _unwrapped(returns)


def _unwrapped(text: str) -> str:
    """Give each paragraph, and each item of a list, as one line: where lines are wrapped says nothing."""
    return "\n".join(" ".join(part.split()) for part in _BREAK.split(text) if part.strip())


def _docstring(owner: type, function_name: str) -> str | None:
    """Give the docstring of a method, or the one of the method that it overrides."""
    docs = (getattr(vars(cls).get(function_name), "__doc__", None) for cls in owner.__mro__)
    return next((inspect.cleandoc(doc) for doc in docs if doc), None)
