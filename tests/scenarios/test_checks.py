"""What validators look for, on logs that were made by a run."""

from typing import Any

import pytest

from pare.apps import PAREAgentUserInterface
from pare.kernel.enums import EventType
from pare.kernel.environment import Environment
from pare.kernel.recording import EventRegisterer
from pare.scenarios import Scenario, ScenarioValidationResult
from pare.scenarios.checks import (
    acceptances,
    calls,
    mentions,
    messages_to_user,
    proposed,
    reported,
    same_members,
    told,
    verdict,
)
from tests.kernel.phone import Diary

Talk = list[tuple[str, str]]


class Talks(Scenario):
    """The parts of a talk, one a second: (who does what, the text)."""

    def __init__(self, talk: Talk) -> None:
        super().__init__(duration=100)
        self.talk = talk

    def init_and_populate_apps(self, *args: Any, **kwargs: Any) -> None:
        self.aui, self.diary = PAREAgentUserInterface(), Diary()
        self.apps = [self.aui, self.diary]

    def build_events_flow(self) -> None:
        tools = {
            "say": self.aui.send_message_to_user,
            "accept": self.aui.accept_proposal,
            "reject": self.aui.reject_proposal,
            "write": self.diary.write,
            "tear": self.diary.tear,
            "arrive": self.diary.arrive,
        }
        with EventRegisterer.capture_mode():
            planned: list[Any] = [tools[name](text) for name, text in self.talk]
        self.events = [event.oracle().depends_on(None, second) for second, event in enumerate(planned)]


def after(*talk: tuple[str, str]) -> Environment:
    """Play a talk."""
    from pare.scenario_runner import play_oracle

    run = play_oracle(Talks(list(talk)))
    assert run.result.exception is None
    return run.environment


# --- verdict --------------------------------------------------------------------------------------------


def test_a_verdict_names_what_is_not_met() -> None:
    assert verdict(slot_moved=True, practice_answered=True) == ScenarioValidationResult(success=True)
    assert verdict(slot_moved=False, practice_answered=True, told_when_done=False) == (
        ScenarioValidationResult(success=False, rationale="not met: slot moved; told when done")
    )


def test_a_verdict_is_true_or_false_whatever_the_criteria_are() -> None:
    empty: Any = []
    assert verdict(found=empty).success is False
    assert verdict(found=["x"]).success is True  # type: ignore[arg-type]


# --- mentions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), True),
        (("15:30",), True),
        (("OSEI", "wednesday"), True),
        (("Wednesday", "Osei", "15:30"), True),
        (("Tuesday",), False),
        (("Wednesday", "16:30"), False),
        ((("3:30 pm", "15:30"),), True),
        ((("3:30 pm", "half past three"),), False),
        ((("Thursday", "wednesday"), "osei"), True),
        (("STRASSE",), True),
    ],
)
def test_facts_are_mentioned_in_any_case_and_order(facts: Any, expected: bool) -> None:
    assert mentions("Dr. Osei, Quaystraße 4: Wednesday at 15:30", *facts) is expected


@pytest.mark.parametrize(
    ("text", "fact", "expected"),
    [
        ("on 18 January", "8 January", False),
        ("at 15:30", "5:30", False),
        ("at 05:30", "5:30", True),
        ("at 5:30", "05:30", False),
        ("at 15:30:00", "15:30", True),
        ("in 2025", "202", False),
        ("5 or 15", "5", True),
        ("room B12", "b12", True),
        ("the plumber's", "plumb", True),
        ("a (b) c", "(B)", True),
    ],
)
def test_a_number_is_mentioned_as_a_whole(text: str, fact: str, expected: bool) -> None:
    assert mentions(text, fact) is expected


# --- calls ----------------------------------------------------------------------------------------------


def test_calls_are_those_that_succeeded_in_order() -> None:
    env = after(("write", "a"), ("tear", "never there"), ("arrive", "b"), ("write", "c"), ("tear", "a"))
    assert [event.get_args()["text"] for event in calls(env, "write")] == ["a", "c"]
    assert [event.get_args()["text"] for event in calls(env, "tear")] == ["a"]
    assert calls(env, "no_such_function") == []


def test_calls_can_be_asked_for_by_who_made_them() -> None:
    scenario = Talks([])
    scenario.initialize()
    env = Environment()
    env.run(scenario, wait_for_end=False)
    scenario.diary.tap("user's")
    scenario.diary.write("agent's")
    scenario.diary.arrive("from outside")
    assert [len(calls(env, name)) for name in ("tap", "write", "arrive")] == [1, 1, 0]
    assert calls(env, "tap", EventType.AGENT) == calls(env, "write", EventType.USER) == []
    assert len(calls(env, "arrive", EventType.ENV)) == 1
    assert len(calls(env, "arrive", EventType.ENV, EventType.USER)) == 1


def test_a_condition_of_that_name_is_no_call() -> None:
    from tests.kernel.phone import has_entry

    check = has_entry("a", timeout=2)
    scenario = Scenario(apps=[Diary()], events=[check], duration=5)
    scenario.initialize()
    env = Environment()
    env.run(scenario)
    assert len(env.event_log) > 0
    assert calls(env, "<lambda>", EventType.CONDITION) == []


# --- proposals and reports ------------------------------------------------------------------------------


def test_messages_and_acceptances_have_their_place_in_the_log() -> None:
    env = after(("write", "x"), ("say", "Shall I?"), ("accept", "Yes"), ("say", "Done"))
    assert messages_to_user(env) == [(1, "Shall I?"), (3, "Done")]
    assert acceptances(env) == [2]


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        ([("say", "Move it to 15:30?"), ("accept", "")], True),
        ([("say", "Move it?"), ("accept", "to 15:30")], False),
        ([("accept", ""), ("say", "Move it to 15:30?")], False),
        ([("say", "Move it to 15:30?"), ("reject", "")], False),
        ([("say", "Move it to 15:30?")], False),
        ([("say", "Move it to 15:30?"), ("say", "Now?"), ("accept", "")], True),
        ([("say", "Move it?"), ("accept", ""), ("say", "15:30?"), ("accept", "")], True),
        ([], False),
    ],
)
def test_a_proposal_comes_before_its_acceptance(talk: Talk, expected: bool) -> None:
    assert proposed(after(*talk), "15:30") is expected


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        ([("accept", ""), ("say", "Moved to 15:30")], True),
        ([("say", "Moved to 15:30"), ("accept", "")], False),
        ([("say", "Moved to 15:30")], False),
        ([("reject", ""), ("say", "Moved to 15:30")], False),
        ([("accept", ""), ("say", "Moved")], False),
        ([("accept", ""), ("say", "15:30 it is"), ("accept", "")], True),
    ],
)
def test_a_report_comes_after_the_first_acceptance(talk: Talk, expected: bool) -> None:
    assert reported(after(*talk), "15:30") is expected


def test_facts_of_one_proposal_stand_in_one_message() -> None:
    env = after(("say", "15:30?"), ("say", "On Wednesday?"), ("accept", ""))
    assert proposed(env, "15:30") is proposed(env, "Wednesday") is True
    assert proposed(env, "15:30", "Wednesday") is False


def test_the_user_was_told_by_any_message() -> None:
    env = after(("say", "It is 15:30"), ("accept", "on Friday"))
    assert (told(env, "15:30"), told(env, "Friday"), told(after(), "15:30")) == (True, False, False)


# --- members --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (["a", "b"], ("b", "a"), True),
        ([], [], True),
        (["a", "a", "b"], ["a", "b", "b"], False),
        (["a"], ["a", "a"], False),
        ({"a": 1, "b": 2}, {"b", "a"}, True),
        ([EventType.USER, EventType.AGENT], [EventType.AGENT, EventType.USER], True),
        (["1"], [1], False),
        ([["a", "b"], ["c"]], [["c"], ["a", "b"]], True),
    ],
)
def test_members_are_compared_in_any_order(first: Any, second: Any, expected: bool) -> None:
    assert same_members(first, second) is expected
