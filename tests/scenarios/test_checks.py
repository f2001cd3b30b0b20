"""What validators look for, on logs that were made by a run."""

from typing import Any

import pytest

from pare.apps import PAREAgentUserInterface
from pare.errors import ScenarioError
from pare.kernel.enums import EventType
from pare.kernel.environment import Environment
from pare.kernel.recording import EventRegisterer
from pare.scenarios import Scenario, ScenarioValidationResult
from pare.scenarios.checks import (
    EmptyCheckError,
    acceptances,
    accepted_at,
    calls,
    clock,
    day,
    deeds,
    mentions,
    mentions_number,
    messages_to_user,
    proposals,
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


def test_a_verdict_without_criteria_is_refused() -> None:
    with pytest.raises(EmptyCheckError, match="no run could fail"):
        verdict()
    assert issubclass(EmptyCheckError, ScenarioError)
    assert issubclass(EmptyCheckError, ValueError)


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


@pytest.mark.parametrize("fact", ["", " ", (), ("15:30", ""), ("",)])
def test_an_empty_fact_is_refused_whatever_the_others_say(fact: Any) -> None:
    with pytest.raises(EmptyCheckError, match="is empty"):
        mentions("at 15:30", "17:00", fact)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ring 01632-960482.", True),
        ("+44 1632 960 482", True),
        ("(01632) 960482", True),
        ("01632-960483", False),
        ("960482", False),
        ("", False),
        (None, False),
    ],
)
def test_a_phone_number_is_mentioned_in_any_format(text: str | None, expected: bool) -> None:
    assert mentions_number(text, "01632-960482") is expected


@pytest.mark.parametrize("number", ["", "0", "n/a"])
def test_a_number_without_digits_is_refused(number: str) -> None:
    with pytest.raises(EmptyCheckError, match="no number"):
        mentions_number("01632", number)


@pytest.mark.parametrize(
    ("time", "said", "unsaid"),
    [
        ("15:30", ["15:30", "15.30", "3:30 pm", "3.30", "03:30 PM"], ["5:30", "13:30", "15:3", "3 pm"]),
        (
            "16:00",
            ["16:00", "4 pm", "4pm", "4 p.m.", "4:00", "4 o'clock"],
            ["14 pm", "4 am", "16:001", "6:00"],
        ),
        ("08:20", ["8:20", "08:20", "8.20"], ["18:20", "8:2"]),
        ("09:00", ["9 am", "9 a.m.", "09:00"], ["9 pm", "19:00"]),
        ("12:00", ["12:00", "12 pm"], ["12 am", "2 pm"]),
        ("00:15", ["0:15", "00:15", "12:15"], ["10:15"]),
    ],
)
def test_a_time_of_day_is_said_in_several_ways(time: str, said: list[str], unsaid: list[str]) -> None:
    assert [text for text in [*said, *unsaid] if mentions(f"at {text}.", clock(time))] == said


@pytest.mark.parametrize(
    ("date", "said", "unsaid"),
    [
        (
            "2025-03-13",
            ["Thursday", "13 March", "March 13", "13 Mar", "Mar 13th", "the 13th", "2025-03-13"],
            ["Friday", "3 March", "March 1", "13 April", "2025-03-14"],
        ),
        ("2025-01-01", ["1st of January", "January 1"], ["11 January", "January 11", "11th"]),
        ("2025-06-22", ["Sunday", "the 22nd"], ["the 2nd"]),
        ("2025-05-03", ["3rd May", "May 3"], ["3 June", "13th"]),
    ],
)
def test_a_day_is_said_in_several_ways(date: str, said: list[str], unsaid: list[str]) -> None:
    assert [text for text in [*said, *unsaid] if mentions(f"on {text}.", day(date))] == said


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


def test_a_proposal_may_take_several_messages() -> None:
    env = after(("say", "15:30?"), ("say", "On Wednesday?"), ("accept", ""))
    assert proposed(env, "15:30", "Wednesday") is True
    assert proposals(env) == [(2, "15:30?\nOn Wednesday?")]


def test_a_report_may_take_several_messages() -> None:
    env = after(("accept", ""), ("say", "It is 15:30."), ("say", "On Wednesday."))
    assert reported(env, "15:30", "Wednesday") is True


def test_a_proposal_belongs_to_the_answer_that_follows_it() -> None:
    env = after(
        *(("say", "The 9:12?"), ("accept", "")),
        *(("say", "Two seats?"), ("reject", "")),
        *(("say", "On Friday?"), ("accept", ""), ("accept", "thanks")),
    )
    assert proposals(env) == [(1, "The 9:12?"), (5, "On Friday?"), (6, "")]
    assert [accepted_at(env, fact) for fact in ("9:12", "seats", "Friday", "Monday")] == [1, None, 5, None]
    assert proposed(env, "9:12", "Friday") is False
    assert (accepted_at(env), accepted_at(after())) == (1, None)


TWO: Talk = [
    ("say", "Book the 9:12?"),
    ("accept", ""),
    ("write", "9:12"),
    ("say", "And Friday?"),
    ("accept", ""),
    ("write", "Friday"),
    ("say", "All is booked."),
]


@pytest.mark.parametrize(
    ("talk", "facts", "expected"),
    [
        (TWO, ["9:12"], True),
        (TWO, ["Friday"], True),
        (TWO, [], True),
        (TWO, ["9:12", "Friday"], False),
        ([("write", "x"), *TWO], ["9:12"], False),
        ([("write", "x"), *TWO], ["Friday"], False),
        ([("accept", ""), ("write", "x"), *TWO], ["9:12"], False),
        ([("say", "?"), ("reject", ""), ("write", "x"), *TWO], ["9:12"], False),
        ([*TWO, ("say", "Monday?"), ("accept", "")], ["Monday"], False),
        ([("tear", "never there"), *TWO], ["9:12"], True),
    ],
)
def test_a_proposal_counts_if_the_agent_waited(talk: Talk, facts: list[str], expected: bool) -> None:
    assert proposed(after(*talk), *facts) is expected


def test_a_proposal_comes_before_the_deeds_that_hang_on_it() -> None:
    env = after(*TWO)
    assert proposed(env, "Friday", before=deeds(env, "Friday")) is True
    assert proposed(env, "Friday", before=deeds(env)) is False
    assert proposed(env, "Friday", before=[]) is True
    assert proposed(env, "Monday", before=[]) is False


def test_deeds_are_what_the_agent_wrote_elsewhere() -> None:
    env = after(("tear", "never there"), *TWO)
    assert (deeds(env), deeds(env, "Friday"), deeds(env, by=[EventType.USER])) == ([3, 6], [6], [])


def test_what_the_user_does_is_no_deed_of_the_agent_but_can_be_reported() -> None:
    scenario = Talks([])
    scenario.initialize()
    env = Environment()
    env.run(scenario, wait_for_end=False)
    scenario.aui.send_message_to_user("Write it down for 15:30?")
    scenario.diary.tap("by hand")
    scenario.aui.accept_proposal("Yes")
    assert (deeds(env), deeds(env, by=[EventType.USER])) == ([], [1])
    assert proposed(env, "15:30") is True
    scenario.diary.tap("by hand again")
    scenario.aui.send_message_to_user("It stands there: 15:30")
    assert reported(env, "15:30") is True


@pytest.mark.parametrize(
    ("talk", "facts", "of", "expected"),
    [
        (TWO, ["booked"], None, True),
        (TWO, ["booked"], ["Friday"], True),
        (TWO[:-1], ["Friday"], None, False),
        (TWO[:-1], ["Friday"], ["9:12"], True),
        ([*TWO, ("accept", "Thanks!")], ["booked"], None, True),
        ([*TWO[:2], ("say", "Booking the 9:12!"), ("write", "9:12")], ["9:12"], None, False),
        ([*TWO[:2], ("say", "Booking the 9:12!"), ("write", "9:12"), ("say", "Done")], ["9:12"], None, False),
        (TWO[:3], [], None, False),
    ],
)
def test_a_report_comes_after_the_deed(talk: Talk, facts: list[str], of: Any, expected: bool) -> None:
    assert reported(after(*talk), *facts, of=of) is expected


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
