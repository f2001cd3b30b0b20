"""What validators look for: who did what, who was told what, and which criteria were met.

A validator should ask for facts (the right people, times and amounts), never for wording, and for
the state that the user wants, never for the one way to it that its author had in mind.

Places are positions in ``env.event_log.list_view()``. What the apps hold is looked at by
`pare.scenarios.app_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pare.apps.base import WEEKDAYS, parse_time
from pare.apps.user_interface import AgentUserInterface
from pare.errors import ScenarioError
from pare.kernel.action import Action
from pare.kernel.calls import CompletedEvent
from pare.kernel.enums import EventType, OperationType
from pare.scenarios.validation_result import ScenarioValidationResult

Fact = str | tuple[str, ...]
"""A text that must occur, or one of several spellings of it."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class EmptyCheckError(ScenarioError, ValueError):
    """A check asks for nothing, so its answer would be the same for every run."""


def verdict(**criteria: bool) -> ScenarioValidationResult:
    """Succeed if every criterion is met; the rationale names those that are not.

    Raises:
        EmptyCheckError: there are no criteria.
    """
    if not criteria:
        raise EmptyCheckError("verdict() has no criteria, so no run could fail; name at least one")
    unmet = [name.replace("_", " ") for name, met in criteria.items() if not met]
    return ScenarioValidationResult(
        success=not unmet, rationale="not met: " + "; ".join(unmet) if unmet else None
    )


# --- facts ----------------------------------------------------------------------------------------------


def mentions(text: str, *facts: Fact) -> bool:
    """Tell whether `text` holds every fact, in any case and order.

    A number counts as a whole, leading zeros apart: 18 January does not hold 8 January, and 08:45 holds 8:45.

    Raises:
        EmptyCheckError: a fact, or a spelling of it, is empty.
    """
    lowered = text.casefold()
    wanted = [_spellings(fact) for fact in facts]
    return all(any(_holds(lowered, item) for item in spellings) for spellings in wanted)


def mentions_number(text: str | None, number: str) -> bool:
    """Tell whether `text` holds the digits of a phone number, however set out, with or without a prefix.

    Raises:
        EmptyCheckError: there are no digits to look for.
    """
    wanted = _digits(number).lstrip("0")
    if not wanted:
        raise EmptyCheckError(f"{number!r} is no number to look for")
    return wanted in _digits(text or "")


def clock(time: str) -> tuple[str, ...]:
    """Give spellings of a time of day, from ``HH:MM``: 15:30 is also 3:30, and 16:00 also 4 pm."""
    hour, minute = map(int, time.split(":"))
    short = (hour - 1) % 12 + 1
    halves = ("am", "a.m.", "o'clock") if hour < 12 else ("pm", "p.m.", "o'clock")
    whole = [f"{short}{space}{half}" for half in halves for space in (" ", "")] if minute == 0 else []
    marked = [f"{number}{mark}{minute:02}" for number in dict.fromkeys((hour, short)) for mark in ":."]
    return (*marked, *whole)


def day(date: str) -> tuple[str, ...]:
    """Give spellings of a day, from ``YYYY-MM-DD``: its weekday, or the date with or without the year."""
    moment = datetime.fromtimestamp(parse_time(f"{date} 00:00:00"), UTC)
    number, month = moment.day, MONTHS[moment.month - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number not in (11, 12, 13) else "th"
    written = (f"{number} {month[:3]}", f"{month[:3]} {number}", f"{month} {number}", f"{number}{ending}")
    return (WEEKDAYS[moment.weekday()], *written, date)


def same_members(first: Iterable[Any], second: Iterable[Any]) -> bool:
    """Tell whether both hold the same things as often, in any order."""
    left = list(second)
    for item in first:
        if item not in left:
            return False
        left.remove(item)
    return not left


# --- the log --------------------------------------------------------------------------------------------


def calls(env: Any, function: str, *types: EventType) -> list[CompletedEvent]:
    """Give the successful calls of `function` by agent or user (or by `types`), in order."""
    if not types:
        return [event for _, event in _acted(env, function)]
    return [
        event
        for event in env.event_log.list_view()
        if event.event_type in types
        and isinstance(event.action, Action)
        and event.action.function_name == function
        and not event.failed()
    ]


def deeds(env: Any, *facts: Fact, by: Iterable[EventType] = (EventType.AGENT,)) -> list[int]:
    """Give the places of what the agent did: its successful WRITEs, apart from talk with the user.

    With `facts`, those whose arguments mention them.
    """
    return [
        place
        for place, event in env.event_log.acted()
        if event.event_type in by
        and _is_deed(event)
        and (not facts or mentions(str(event.action.arguments()), *facts))
    ]


# --- proposals and reports ------------------------------------------------------------------------------


def messages_to_user(env: Any) -> list[tuple[int, str]]:
    """Give (place in the log, text) of every message from the agent to the user."""
    return _placed(env, "send_message_to_user")


def acceptances(env: Any) -> list[int]:
    """Give the places in the log at which the user accepted a proposal."""
    return [place for place, _ in _placed(env, "accept_proposal")]


def proposals(env: Any) -> list[tuple[int, str]]:
    """Give (place of its acceptance, text) of every proposal that the user accepted.

    A proposal is what the agent has said since the user last accepted or rejected one.
    """
    found, answered, accepted = [], -1, acceptances(env)
    for place in sorted([*accepted, *(rejected for rejected, _ in _placed(env, "reject_proposal"))]):
        if place in accepted:
            said = [text for at, text in messages_to_user(env) if answered < at < place]
            found.append((place, "\n".join(said)))
        answered = place
    return found


def accepted_at(env: Any, *facts: Fact) -> int | None:
    """Give the place of the first acceptance of a proposal that mentions `facts`; None without one."""
    return next((place for place, text in proposals(env) if mentions(text, *facts)), None)


def proposed(env: Any, *facts: Fact, before: Iterable[int] | None = None) -> bool:
    """Tell whether the user accepted a proposal that mentions `facts`, and the agent waited for that.

    It waited if all at the places `before` came later. Where these are not given, it may have had
    several proposals: nothing was done before the first acceptance, and something after that of `facts`.
    """
    accepted = accepted_at(env, *facts)
    first = next((place for place, text in proposals(env) if text), None)
    if accepted is None or first is None:
        return False
    if before is not None:
        return all(accepted < place for place in before)
    done = deeds(env)
    return not done or (first < min(done) and accepted < max(done))


def reported(env: Any, *facts: Fact, of: Iterable[Fact] | None = None) -> bool:
    """Tell whether the agent told the user `facts` when it had begun to do what was accepted.

    What it reports on is the accepted proposal that mentions `of` (`facts`, unless given); without
    one, or if nothing was done after it, the first that was accepted.
    """
    first = accepted_at(env)
    if first is None:
        return False
    accepted = accepted_at(env, *(facts if of is None else of))
    done = deeds(env, by=(EventType.AGENT, EventType.USER))
    later = (place for start in (accepted, first) if start is not None for place in done if place > start)
    since = next(later, first)
    said = [text for place, text in messages_to_user(env) if place > since]
    return bool(said) and mentions("\n".join(said), *facts)


def told(env: Any, *facts: Fact) -> bool:
    """Tell whether any message to the user mentions `facts`."""
    return any(mentions(text, *facts) for _, text in messages_to_user(env))


# --- inside ---------------------------------------------------------------------------------------------


def _placed(env: Any, function: str) -> list[tuple[int, str]]:
    return [(place, str(event.get_args().get("content", ""))) for place, event in _acted(env, function)]


def _acted(env: Any, function: str) -> list[tuple[int, CompletedEvent]]:
    """Give the successful calls of `function` by agent or user, with their places in the log."""
    return [item for item in env.event_log.acted(function) if isinstance(item[1].action, Action)]


def _is_deed(event: CompletedEvent) -> bool:
    action = event.action
    return (
        isinstance(action, Action)
        and action.operation_type is OperationType.WRITE
        and not isinstance(action.app, AgentUserInterface)
        and not event.failed()
    )


def _holds(text: str, fact: str) -> bool:
    before, after = r"(?<!\d)0*" * fact[:1].isdigit(), r"(?!\d)" * fact[-1:].isdigit()
    return re.search(before + re.escape(fact) + after, text) is not None


def _spellings(fact: Fact) -> list[str]:
    spellings = [fact] if isinstance(fact, str) else list(fact)
    if not spellings or not all(item.strip() for item in spellings):
        raise EmptyCheckError(f"the fact {fact!r} is empty; give the text that must occur")
    return [item.casefold() for item in spellings]


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
