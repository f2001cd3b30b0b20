"""What validators look for: who did what, who was told what, and which criteria were met.

A validator should ask for facts (the right people, times and amounts), never for wording, and for
the state that the user wants, never for the one way to it that its author had in mind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pare.kernel.action import Action
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType
from pare.scenarios.validation_result import ScenarioValidationResult

Fact = str | tuple[str, ...]
"""A text that must occur, or one of several spellings of it."""


def verdict(**criteria: bool) -> ScenarioValidationResult:
    """Succeed if every criterion is met; the rationale names those that are not."""
    unmet = [name.replace("_", " ") for name, met in criteria.items() if not met]
    return ScenarioValidationResult(
        success=not unmet, rationale="not met: " + "; ".join(unmet) if unmet else None
    )


def mentions(text: str, *facts: Fact) -> bool:
    """Tell whether `text` holds every fact, in any case and order.

    A number counts as a whole, leading zeros apart: 18 January does not hold 8 January, and 08:45 holds 8:45.
    """
    lowered = text.casefold()
    return all(any(_holds(lowered, item.casefold()) for item in _spellings(fact)) for fact in facts)


def calls(env: Any, function: str, *types: EventType) -> list[CompletedEvent]:
    """Give the successful calls of `function` by agent or user (or by `types`), in order."""
    wanted = types or (EventType.AGENT, EventType.USER)
    return [
        event
        for event in env.event_log.list_view()
        if event.event_type in wanted
        and isinstance(event.action, Action)
        and event.action.function_name == function
        and not event.failed()
    ]


def messages_to_user(env: Any) -> list[tuple[int, str]]:
    """Give (place in the log, text) of every message from the agent to the user."""
    return _placed(env, "send_message_to_user")


def acceptances(env: Any) -> list[int]:
    """Give the places in the log at which the user accepted a proposal."""
    return [place for place, _ in _placed(env, "accept_proposal")]


def proposed(env: Any, *facts: Fact) -> bool:
    """Tell whether the user accepted a proposal after a message that mentions `facts`."""
    return any(
        mentions(text, *facts) and any(place < accepted for accepted in acceptances(env))
        for place, text in messages_to_user(env)
    )


def reported(env: Any, *facts: Fact) -> bool:
    """Tell whether the agent told the user `facts` after a proposal was accepted."""
    accepted = min(acceptances(env), default=None)
    return accepted is not None and any(
        place > accepted and mentions(text, *facts) for place, text in messages_to_user(env)
    )


def told(env: Any, *facts: Fact) -> bool:
    """Tell whether any message to the user mentions `facts`."""
    return any(mentions(text, *facts) for _, text in messages_to_user(env))


def same_members(first: Iterable[Any], second: Iterable[Any]) -> bool:
    """Tell whether both hold the same things as often, in any order."""
    left = list(second)
    for item in first:
        if item not in left:
            return False
        left.remove(item)
    return not left


def _placed(env: Any, function: str) -> list[tuple[int, str]]:
    order = {id(event): place for place, event in enumerate(env.event_log.list_view())}
    return [(order[id(event)], str(event.get_args().get("content", ""))) for event in calls(env, function)]


def _holds(text: str, fact: str) -> bool:
    before, after = r"(?<!\d)0*" * fact[:1].isdigit(), r"(?!\d)" * fact[-1:].isdigit()
    return re.search(before + re.escape(fact) + after, text) is not None


def _spellings(fact: Fact) -> tuple[str, ...]:
    return (fact,) if isinstance(fact, str) else fact
