"""Messages between user and agent: which events send one, and so begin or end a turn."""

from __future__ import annotations

from collections.abc import Iterable

from pare.apps.base import App
from pare.apps.user_interface import AgentUserInterface
from pare.kernel.abstract_event import AbstractEvent
from pare.kernel.action import Action, ActionDescription
from pare.kernel.calls import CompletedEvent, OracleEvent
from pare.kernel.enums import EventType

MESSAGE_TO_USER = "send_message_to_user"
MESSAGE_TO_AGENT = "send_message_to_agent"
MESSAGES = (MESSAGE_TO_USER, MESSAGE_TO_AGENT)


def function_of(event: AbstractEvent) -> str | None:
    """Name the function that `event` calls; None if it is no call."""
    call = _call_of(event)
    if isinstance(call, Action):
        return call.function_name
    return None if call is None else call.function


def message_of(event: AbstractEvent, apps: Iterable[App] | None = None) -> str | None:
    """Name the function (one of `MESSAGES`) by which `event` sends a message; None if it sends none.

    An app that the event knows by name only is looked for among `apps`.
    """
    function = function_of(event)
    return function if function in MESSAGES and _is_on_interface(event, apps or ()) else None


def is_message_to_user(event: AbstractEvent, apps: Iterable[App] | None = None) -> bool:
    """Tell whether `event` is a message of the agent to the user, expected or made."""
    node = event.in_graph()
    by_agent = isinstance(node, OracleEvent) or (
        isinstance(node, CompletedEvent) and node.event_type is EventType.AGENT
    )
    return by_agent and message_of(node, apps) == MESSAGE_TO_USER


def _is_on_interface(event: AbstractEvent, apps: Iterable[App]) -> bool:
    call = _call_of(event)
    if isinstance(call, Action):
        return isinstance(call.app, AgentUserInterface)
    name = None if call is None else call.app
    app = next((app for app in apps if app.name == name), None)
    return name == AgentUserInterface.__name__ if app is None else isinstance(app, AgentUserInterface)


def _call_of(event: AbstractEvent) -> Action | ActionDescription | None:
    event = event.in_graph()
    action = getattr(getattr(event, "planned", None) or event, "action", None)
    if isinstance(action, Action):
        return action
    return event.action_desc if isinstance(event, OracleEvent) else None
