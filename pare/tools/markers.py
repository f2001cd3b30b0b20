"""Markers that say who may call a method. A marker only marks; apps read the marks."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

Method = TypeVar("Method", bound=Callable[..., Any])
Formatter = Callable[[Any], str]


class ToolAttributeName(Enum):
    """The attribute that a marker sets."""

    APP = "_is_app_tool"
    ENV = "_is_env_tool"
    DATA = "_is_data_tool"
    USER = "_is_user_tool"


def tool_decorator(
    llm_formatter: Formatter | None = None, attribute_name: ToolAttributeName = ToolAttributeName.APP
) -> Callable[[Method], Method]:
    """Mark a method; `llm_formatter` turns its result into the text that a model reads.

    Markers stack in any order; the formatter that was given last is used.
    """

    def mark(method: Method) -> Method:
        setattr(method, attribute_name.value, True)
        if llm_formatter is not None or not hasattr(method, "llm_formatter"):
            method.llm_formatter = llm_formatter  # type: ignore[attr-defined]  # a published mark
        return method

    return mark


def app_tool(llm_formatter: Formatter | None = None) -> Callable[[Method], Method]:
    """Offer a method to the agent."""
    return tool_decorator(llm_formatter, ToolAttributeName.APP)


def user_tool(llm_formatter: Formatter | None = None) -> Callable[[Method], Method]:
    """Offer a method to the user."""
    return tool_decorator(llm_formatter, ToolAttributeName.USER)


def env_tool(llm_formatter: Formatter | None = None) -> Callable[[Method], Method]:
    """Offer a method to the environment: things that happen to the phone."""
    return tool_decorator(llm_formatter, ToolAttributeName.ENV)


def data_tool(llm_formatter: Formatter | None = None) -> Callable[[Method], Method]:
    """Offer a method to whoever fills an app with data."""
    return tool_decorator(llm_formatter, ToolAttributeName.DATA)


@cache
def marked_methods(owner: Hashable, attribute: ToolAttributeName) -> tuple[str, ...]:
    """Name the marked methods of a class: its own first, in the order of definition, then inherited.

    A method that a subclass overrides without a marker keeps the marks it had.
    """
    names: dict[str, None] = {}
    for cls in cast(type, owner).__mro__:
        for name, member in vars(cls).items():
            if getattr(member, attribute.value, False):
                names.setdefault(name)
    return tuple(names)
