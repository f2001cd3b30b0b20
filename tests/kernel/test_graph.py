"""Plans that cannot be run are refused before anything happens."""

import pytest

from pare.errors import (
    CyclicEventsError,
    DuplicateEventIdError,
    EventGraphError,
    EventTimeError,
    NegativeDelayError,
    ScenarioError,
    UnknownPlaceholderError,
    UnknownPredecessorError,
)
from pare.kernel.abstract_event import StopEvent
from pare.kernel.action import ActionDescription
from pare.kernel.calls import Event, OracleEvent
from pare.kernel.checks import ValidationEvent
from pare.kernel.graph import EventGraph
from tests.kernel.phone import Diary, armed, arrival, has_entry, oracle


def ids(graph: EventGraph) -> list[str]:
    return [event.event_id for event in graph.events]


def test_a_circle_is_refused_and_drawn() -> None:
    diary = Diary()
    start, a, b = arrival(diary, "start"), arrival(diary, "a"), arrival(diary, "b")
    c = arrival(diary, "c", b)
    a.depends_on([start, c])
    b.depends_on(a)
    with pytest.raises(CyclicEventsError) as caught:
        armed([diary], [start, a, b, c, arrival(diary, "behind", c)])
    assert str(caught.value) == (
        "scenario 'plan': events wait for each other in a circle, so none of them can run: "
        "'a' -> 'b' -> 'c' -> 'a'; remove one of these dependencies"
    )
    assert isinstance(caught.value, ScenarioError)


def test_an_event_that_waits_for_itself_is_refused() -> None:
    event = arrival(Diary(), "a")
    event.depends_on(event)
    with pytest.raises(CyclicEventsError, match="'a' -> 'a'"):
        EventGraph([event])


def test_a_circle_through_an_oracle_event_is_refused() -> None:
    diary = Diary()
    a = arrival(diary, "a")
    expected = oracle(diary, "o", a)
    a.depends_on(expected)
    with pytest.raises(CyclicEventsError, match="'a' -> 'o' -> 'a'"):
        EventGraph([a, expected])


def test_an_unknown_predecessor_is_refused() -> None:
    diary = Diary()
    forgotten = arrival(diary, "forgotten")
    with pytest.raises(UnknownPredecessorError) as caught:
        armed([diary], [arrival(diary, "a", forgotten)])
    assert str(caught.value) == (
        "scenario 'plan': event 'a' depends on 'forgotten', which the scenario does not hold, "
        "so it could never run; add it to self.events"
    )


def test_two_events_under_one_id_are_refused() -> None:
    diary = Diary()
    with pytest.raises(DuplicateEventIdError, match="two events carry the id 'a'; give each its own"):
        armed([diary], [arrival(diary, "a"), arrival(diary, "a")])


def test_one_event_twice_is_one_event() -> None:
    diary = Diary()
    event = arrival(diary, "a")
    assert ids(EventGraph([event, event])) == ["a"]


def test_an_event_and_its_oracle_are_one_event() -> None:
    plain = arrival(Diary(), "a")
    assert EventGraph([plain, plain.oracle()]).events == [plain.oracle_event]


@pytest.mark.parametrize("delay", [-1, float("nan"), float("inf")])
def test_a_delay_that_was_set_by_hand_is_checked(delay: float) -> None:
    event = arrival(Diary(), "a")
    event.event_relative_time = delay
    with pytest.raises(
        NegativeDelayError, match=r"event 'a' has a delay of .* seconds; a delay is 0 or more"
    ):
        EventGraph([event])


@pytest.mark.parametrize("time", [999.9, 0, -1, float("nan"), float("inf")])
def test_a_time_before_the_start_is_refused(time: float) -> None:
    diary = Diary()
    with pytest.raises(
        EventTimeError, match=r"scenario 'plan': event 'a' is placed at .* 1000.0; place it later"
    ):
        armed([diary], [arrival(diary, "a").at_absolute_time(time)])


def test_a_time_before_the_start_is_refused_behind_another_event_too() -> None:
    diary = Diary()
    first = arrival(diary, "first")
    with pytest.raises(EventTimeError, match="event 'a'"):
        armed([diary], [first, arrival(diary, "a", first).at_absolute_time(999)])


def test_the_start_itself_is_not_before_the_start() -> None:
    diary = Diary()
    armed([diary], [arrival(diary, "a").at_absolute_time(1000)]).join()
    assert diary.entries == ["a"]


def test_a_placeholder_for_an_id_that_exists_nowhere_is_refused() -> None:
    diary = Diary()
    with pytest.raises(UnknownPlaceholderError) as caught:
        armed([diary], [arrival(diary, "first"), arrival(diary, "{{frist.text}}").with_id("second")])
    assert str(caught.value) == (
        "scenario 'plan': event 'second' refers to {{frist.text}}, but no event has that id; "
        "name one with .with_id(...). Did you mean 'first'?"
    )


@pytest.mark.parametrize(
    "value", [["a", "{{nowhere}}"], {"a": {"b": "{{nowhere}}"}}, ("{{nowhere}}",), " {{nowhere}} "]
)
def test_a_placeholder_is_found_wherever_it_is(value: object) -> None:
    event = Event.from_function(Diary().write, text=value)
    with pytest.raises(UnknownPlaceholderError, match="nowhere"):
        EventGraph([event])


def test_a_placeholder_of_an_oracle_event_is_checked() -> None:
    with pytest.raises(UnknownPlaceholderError, match=r"event '\{\{nowhere\}\}' refers to \{\{nowhere\}\}"):
        EventGraph([oracle(Diary(), "{{nowhere}}")])


def test_a_placeholder_of_an_oracle_event_that_is_known_by_its_words_is_checked() -> None:
    words = ActionDescription(
        "Diary", "write", [{"name": "text", "value": "{{nowhere}}", "value_type": "str"}]
    )
    made = OracleEvent(event_id="made", make_event=lambda env: None, action_desc=words)
    with pytest.raises(UnknownPlaceholderError, match="event 'made' refers to"):
        EventGraph([made])


@pytest.mark.parametrize("text", ["Hello {{name}}", "{{a}} and {{b}}", "{{}}", "{name}", "{{a}", "{{{a}}}"])
def test_text_that_is_no_placeholder_stays_text(text: str) -> None:
    diary = Diary()
    armed([diary], [arrival(diary, text).with_id("event")]).join()
    assert diary.entries == [text]


def test_an_error_of_the_plan_leaves_the_environment_unstarted() -> None:
    diary = Diary()
    env = armed([diary])
    assert env.state.value == "RUNNING"
    with pytest.raises(EventGraphError):
        env.load([arrival(diary, "a", arrival(diary, "b"))])


def test_the_graph_holds_what_follows_from_its_events_in_the_order_of_discovery() -> None:
    diary = Diary()
    first, other = arrival(diary, "first"), arrival(diary, "other")
    second = arrival(diary, "second", first)
    third = arrival(diary, "third", [second, other])
    graph = EventGraph([first, other])
    assert ids(graph) == ["first", "second", "third", "other"]
    assert graph.roots() == [first, other]
    assert graph.complete(second, 5) == []
    assert graph.complete(other, 3) == [(third, 5)]
    assert graph.complete(third, 9) == []


def test_due_time_is_the_completion_plus_the_delay_or_the_absolute_time() -> None:
    diary = Diary()
    graph = EventGraph([])
    assert graph.due_time(arrival(diary, "a", None, 4), 10, 12) == 14
    assert graph.due_time(StopEvent(), 10, 12) == 10
    assert graph.due_time(arrival(diary, "a").at_absolute_time(20), 10, 12) == 20
    assert graph.due_time(arrival(diary, "a").at_absolute_time(11), 10, 12) == 12


def test_a_long_chain_is_no_burden() -> None:
    diary = Diary()
    events = [arrival(diary, "00000")]
    for number in range(1, 5_000):
        events.append(arrival(diary, f"{number:05d}", events[-1]))
    env = armed([diary], events)
    env.join()
    assert diary.entries == [f"{number:05d}" for number in range(5_000)]
    events[0].depends_on(events[-1])
    with pytest.raises(CyclicEventsError):
        EventGraph(events)


def test_checks_take_part_in_the_graph() -> None:
    diary = Diary()
    condition = has_entry("a")
    validation = ValidationEvent().with_id("v").depends_on(condition)
    condition.depends_on(validation)
    with pytest.raises(CyclicEventsError, match="'has-CHECK_0' -> 'v' -> 'has-CHECK_0'"):
        EventGraph([arrival(diary, "a"), condition])
