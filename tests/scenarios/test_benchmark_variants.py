"""Every bundled scenario, played in other ways: some amount to its oracle, and some are lazy or do harm.

A variant changes the oracle; those of one scenario stand in `variants/`.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from pare.kernel.calls import OracleEvent
from pare.kernel.placeholders import references
from pare.scenarios import Scenario
from pare.scenarios.utils.registry import registry
from pare.testing.mutants import action_of, become, insert, remove
from pare.testing.targets import NO_SUCH_ID, other_targets
from tests.scenarios.variants.home import HOME
from tests.scenarios.variants.phone import PHONE
from tests.scenarios.variants.shop import SHOP
from tests.scenarios.variants.tools import (
    Change,
    accepts,
    acts,
    as_played,
    aui,
    captured,
    instead,
    made,
    messages,
    named,
    played,
    say,
    then,
    verdict_on,
)
from tests.scenarios.variants.undoing import UNDO, other_way

IDS = sorted(registry.get_all_scenarios())
VARIANTS = PHONE | SHOP | HOME


def each(choose: Callable[[Scenario], list[Any]]) -> list[tuple[str, int]]:
    """Pair every scenario with the numbers of what `choose` finds in its oracle."""
    return [(name, number) for name in IDS for number in range(len(choose(made(name))))]


# --- in every scenario ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", IDS)
def test_more_reading_and_politeness_do_no_harm(name: str) -> None:
    scenario = made(name)
    for accept in accepts(scenario):
        then(accept, lambda scenario: aui(scenario).get_all_messages())(scenario)
    then(messages(scenario)[-1], lambda scenario: aui(scenario).accept_proposal("Thank you!"))(scenario)
    then(accepts(scenario)[-1], say("You are welcome. Have a good day!"))(scenario)
    assert verdict_on(scenario) == ""


@pytest.mark.parametrize(("name", "number"), each(messages))
def test_one_message_or_two(name: str, number: int) -> None:
    scenario = made(name)
    message = messages(scenario)[number]
    sentences = re.split(r"(?<=[.;?,]) ", action_of(named(scenario, message)).args["content"])
    instead(message, lambda scenario: [say(text)(scenario) for text in sentences])(scenario)
    assert verdict_on(scenario) == ""


@pytest.mark.parametrize("name", IDS)
def test_what_was_accepted_is_done_in_another_order(name: str) -> None:
    scenario = made(name)
    runs: list[list[OracleEvent]] = [[]]
    for event in acts(scenario):
        follows = runs[-1] and event.dependencies == [runs[-1][-1]]
        if follows and not any(references(list(action_of(event).args.values()))):
            runs[-1].append(event)
        else:
            runs.append([event])
    for run in runs:
        for event, call in list(zip(run, [event.planned for event in reversed(run)], strict=True)):
            assert call is not None
            become(event, call)
    assert verdict_on(scenario) == ""


@pytest.mark.parametrize("name", IDS)
def test_another_way_to_the_same_state(name: str) -> None:
    scenario = made(name)
    for event in acts(scenario):
        if calls := captured(scenario, lambda scenario, event=event: other_way(scenario, event)):
            become(event, calls[0])
            insert(event, *calls[1:])
    assert verdict_on(scenario) == ""


@pytest.mark.parametrize(("name", "number"), each(accepts))
def test_acting_before_the_user_agrees_is_refused(name: str, number: int) -> None:
    """The user agrees to what has been done already, just before it is reported."""
    scenario = made(name)
    accept = named(scenario, accepts(scenario)[number])
    order = as_played(scenario)
    following = order[order.index(accept) + 1 :]
    report = next(event for event in following if action_of(event).function_name == "send_message_to_user")
    remove(scenario, accept)
    insert(report.dependencies[0], *captured(scenario, lambda scenario: aui(scenario).accept_proposal("Yes")))
    assert re.search("before|first|proposed", verdict_on(scenario))


@pytest.mark.parametrize(("name", "number"), each(accepts))
def test_acting_though_the_user_refuses_is_refused(name: str, number: int) -> None:
    scenario = made(name)
    instead(accepts(scenario)[number], lambda scenario: aui(scenario).reject_proposal("No."))(scenario)
    assert re.search("before|first|proposed", verdict_on(scenario))


@pytest.mark.parametrize("name", IDS)
def test_a_report_before_the_deed_is_none(name: str) -> None:
    scenario = made(name)
    report = named(scenario, messages(scenario)[-1])
    text = action_of(report).args["content"]
    remove(scenario, report)
    then(accepts(scenario)[-1], say(text))(scenario)
    assert re.search("told|reported", verdict_on(scenario))


@pytest.mark.parametrize(("name", "number"), each(acts))
def test_what_is_undone_does_not_count(name: str, number: int) -> None:
    scenario = made(name)
    event = acts(scenario)[number]
    action = action_of(event)
    if undo := UNDO.get(action.function_name):
        result = f"{{{{{event.event_id}}}}}"
        then(messages(scenario)[-1], lambda scenario: undo(action.app, action.args, result))(scenario)
        rationale, failed = played(scenario)
        assert rationale or failed


AIMS = (
    *("recipients", "user_id", "user_ids", "conversation_id", "participant", "attachment_paths"),
    *("event_id", "contact_id", "updates", "reminder_id", "note_id", "apartment_id", "path", "path1"),
    *("item_id", "quantity", "order_id", "service_type", "start_location", "end_location", "ride_time"),
)
"""What a call may aim at; that the calendar holds more than it should is allowed."""

HARMLESS = {
    "ill_colleague_hands_over_a_call send_message user_id",  # Petra and Femi are both written to
}


@pytest.mark.parametrize(("name", "number"), each(acts))
def test_harm_beside_the_right_thing_is_refused(name: str, number: int) -> None:
    """What was accepted is done, and done to somebody or something else as well, if that can be done."""
    scenario = made(name)
    action = action_of(acts(scenario)[number])
    aims = (*AIMS, "email_id") if action.function_name == "reply_to_email" else AIMS
    for other in other_targets(action, scenario):
        (aim, *_) = other
        if aim in aims and other[aim] != NO_SUCH_ID:
            scenario = made(name)
            event = acts(scenario)[number]
            insert(event, *captured(scenario, lambda scenario: again(event, other)))  # noqa: B023
            harmless = f"{name} {action.function_name} {aim}" in HARMLESS
            rationale, failed = played(scenario)
            assert failed or (rationale == "") is harmless, (action.function_name, other)


def again(event: OracleEvent, other: dict[str, Any]) -> list[Any]:
    """Make a call once more, aimed elsewhere; of rides there can be one at a time, so it takes its place."""
    action = action_of(event)
    args = {key: value for key, value in action.args.items() if key != "self"}
    call = getattr(action.app, action.function_name)(**{**args, **other})
    return [action.app.user_cancel_ride(), call] if action.function_name == "order_ride" else [call]


# --- in one scenario ------------------------------------------------------------------------------------

OF_ONE = [(name, *variant) for name in IDS for variant in VARIANTS[name]]


@pytest.mark.parametrize(
    ("name", "unmet", "changes"),
    [(name, unmet, changes) for name, _, unmet, *changes in OF_ONE],
    ids=[f"{name}: {what}" for name, what, *_ in OF_ONE],
)
def test_another_run(name: str, unmet: str, changes: list[Change]) -> None:
    scenario = made(name)
    for change in changes:
        change(scenario)
    rationale = verdict_on(scenario)
    assert unmet in rationale if unmet else rationale == ""


def test_each_bundled_scenario_has_variants_and_no_other_has() -> None:
    assert sorted(VARIANTS) == IDS
