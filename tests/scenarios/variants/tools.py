"""Changes of a bundled scenario's oracle, and the calls that they are made of.

Calls are named by their function, `#2` being the second one as played.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from pare.apps import PAREAgentUserInterface
from pare.kernel.calls import OracleEvent
from pare.kernel.enums import OperationType
from pare.kernel.recording import EventRegisterer
from pare.scenario_runner import play_oracle
from pare.scenarios import Scenario
from pare.scenarios.utils.registry import registry
from pare.testing.mutants import action_of, become, insert, oracle_events, remove

Calls = Callable[[Any], Any]
Change = Callable[[Any], None]
Variant = tuple[Any, ...]
"""What is done, what is not met then, and the changes of the oracle."""

OK = ""
"""Nothing is unmet."""


# --- an oracle -----------------------------------------------------------------------------------------


def made(scenario_id: str) -> Any:
    scenario = registry.create(scenario_id)
    scenario.initialize()
    return scenario


def as_played(scenario: Scenario) -> list[OracleEvent]:
    """Give the oracle events in the order in which they take place, those that were added at the end."""
    places = places_of(scenario.scenario_id)
    return sorted(oracle_events(scenario), key=lambda event: places.get(event.event_id, len(places)))


@cache
def places_of(scenario_id: str) -> dict[str, int]:
    log = play_oracle(made(scenario_id)).environment.event_log
    return {event.event_id: place for place, event in enumerate(log.list_view())}


def calling(scenario: Scenario, function: str) -> list[OracleEvent]:
    return [event for event in as_played(scenario) if action_of(event).function_name == function]


def named(scenario: Scenario, name: str) -> OracleEvent:
    function, _, number = name.partition("#")
    return calling(scenario, function)[int(number or 1) - 1]


def captured(scenario: Scenario, calls: Calls) -> list[Any]:
    with scenario.run_context.active(), EventRegisterer.capture_mode():
        made = calls(scenario)
    return list(made) if isinstance(made, (list, tuple)) else [made]


def acts(scenario: Scenario) -> list[OracleEvent]:
    """Give the WRITEs of the oracle, apart from its talk with the user."""
    return [
        event
        for event in as_played(scenario)
        if action_of(event).operation_type is OperationType.WRITE
        and not isinstance(action_of(event).app, PAREAgentUserInterface)
    ]


def numbered(scenario: Scenario, function: str) -> list[str]:
    return [f"{function}#{number}" for number in range(1, len(calling(scenario, function)) + 1)]


def accepts(scenario: Scenario) -> list[str]:
    return numbered(scenario, "accept_proposal")


def messages(scenario: Scenario) -> list[str]:
    return numbered(scenario, "send_message_to_user")


def verdict_on(scenario: Scenario) -> str:
    """Give the rationale of a failure, "" for a success."""
    rationale, failed = played(scenario)
    assert failed == []
    return rationale


def played(scenario: Scenario) -> tuple[str, list[str]]:
    """Give the rationale of a failure, "" for a success; and what the calls that failed said."""
    run = play_oracle(scenario)
    assert run.outcome in ("success", "failure"), run.result.exception
    log = run.environment.event_log.list_view()
    return run.result.rationale or "", [str(event.metadata.exception) for event in log if event.failed()]


# --- changes of it --------------------------------------------------------------------------------------


def drop(*names: str) -> Change:
    """Leave calls out."""

    def change(scenario: Scenario) -> None:
        for event in [named(scenario, name) for name in names]:
            remove(scenario, event)

    return change


def then(name: str, calls: Calls) -> Change:
    """Make calls after one of the oracle."""
    return lambda scenario: insert(named(scenario, name), *captured(scenario, calls))


def before(name: str, calls: Calls) -> Change:
    """Make calls before one of the oracle."""
    return lambda scenario: insert(named(scenario, name).dependencies[0], *captured(scenario, calls))


def instead(name: str, calls: Calls) -> Change:
    """Make calls in place of one of the oracle."""

    def change(scenario: Scenario) -> None:
        event = named(scenario, name)
        first, *others = captured(scenario, calls)
        become(event, first)
        insert(event, *others)

    return change


def late(seconds: int) -> Change:
    """Let the user think for so long."""
    return lambda s: named(s, "accept_proposal").depends_on(None, delay_seconds=seconds)


# --- calls ----------------------------------------------------------------------------------------------


def all_of(*several: Calls) -> Calls:
    return lambda s: [event for calls in several for event in captured(s, calls)]


def under(event_id: str, calls: Calls) -> Calls:
    return lambda s: calls(s).with_id(event_id)


def aui(scenario: Any) -> PAREAgentUserInterface:
    return scenario.get_typed_app(PAREAgentUserInterface)


def say(text: str) -> Calls:
    return lambda scenario: aui(scenario).send_message_to_user(content=text)


def ask(text: str) -> Calls:
    """Propose something, and get it accepted."""
    return lambda scenario: [
        aui(scenario).send_message_to_user(content=text),
        aui(scenario).accept_proposal(content="Yes."),
    ]


def message(name: str, text: str) -> Calls:
    return lambda s: s.messages.send_message(s.messages.name_to_id[name], text)


def group(conversation_id: str, text: str) -> Calls:
    return lambda s: s.messages.send_message_to_group_conversation(conversation_id, text)


def join(conversation_id: str, name: str) -> Calls:
    return lambda s: s.messages.add_participant_to_conversation(conversation_id, s.messages.name_to_id[name])


def leave(conversation_id: str, name: str) -> Calls:
    return lambda s: s.messages.remove_participant_from_conversation(
        conversation_id, s.messages.name_to_id[name]
    )


def mail(address: str, text: str, *cc: str) -> Calls:
    return lambda s: s.emails.send_email([address], "News", text, list(cc))


def reply(email_id: str, text: str) -> Calls:
    return lambda s: s.emails.reply_to_email(email_id, content=text)


def file(event_id: str, folder: str) -> Calls:
    return lambda s: s.emails.move_email(f"{{{{{event_id}}}}}", "SENT", folder)


def enter(date: str, start: str, end: str) -> Calls:
    return lambda s: s.calendar.add_calendar_event("Entry", f"{date} {start}:00", f"{date} {end}:00")


def shift(event_id: str, date: str, start: str, end: str) -> Calls:
    return lambda s: s.calendar.edit_calendar_event(event_id, None, f"{date} {start}:00", f"{date} {end}:00")


def remind(time: str) -> Calls:
    return lambda s: s.reminders.add_reminder("Note", f"{time}:00", "")


def chat(conversation_id: str, text: str) -> Calls:
    return lambda s: s.chats.send_message(conversation_id, text)


def note(title: str, text: str) -> Calls:
    return lambda s: s.notes.create_note("Personal", title, text)


def buy(item_id: str, quantity: int = 1) -> Calls:
    return lambda s: s.shop.add_to_cart(item_id, quantity)


def ride(start: str, end: str, service: str, time: str | None = None) -> Calls:
    return lambda s: s.cab.order_ride(start, end, service, time and f"{time}:00")


def noting(note_id: str, text: str) -> Calls:
    return lambda s: s.notes.update_note(note_id, content=text)
