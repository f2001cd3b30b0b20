"""Events, the graph that they are built into, and their own look at time."""

from functools import partial

import pytest

from pare.errors import EventGraphError, NegativeDelayError
from pare.kernel.abstract_event import AbstractEvent, StopEvent
from pare.kernel.action import Action, ActionDescription
from pare.kernel.calls import CompletedEvent, CompletedOracleEvent, Event, OracleEvent
from pare.kernel.checks import AgentValidationEvent, ConditionCheckEvent, ValidationEvent
from pare.kernel.enums import CapabilityTag, EventTimeComparator, EventType, OperationType
from pare.kernel.recording import EventRegisterer
from pare.kernel.run_context import RunContext
from tests.kernel.phone import Diary, armed, arrival, oracle, played


def names(events: list[AbstractEvent]) -> list[str]:
    return [event.event_id for event in events]


def test_the_abstract_event_is_no_event() -> None:
    with pytest.raises(TypeError, match="use Event"):
        AbstractEvent()


def test_depends_on_links_both_ways() -> None:
    diary = Diary()
    one, two = arrival(diary, "one"), arrival(diary, "two")
    three = arrival(diary, "three", [one, two], 4)
    assert (names(three.dependencies), three.event_relative_time) == (["one", "two"], 4)
    assert (names(one.successors), names(two.successors)) == (["three"], ["three"])


def test_depends_on_none_or_nothing_makes_a_first_event() -> None:
    diary = Diary()
    for nothing in (None, [], ()):
        event = arrival(diary, "one", nothing, 3)
        assert (event.dependencies, event.event_relative_time) == ([], 3)


def test_depends_on_twice_adds_up_and_the_last_delay_counts() -> None:
    diary = Diary()
    one, two = arrival(diary, "one"), arrival(diary, "two")
    three = arrival(diary, "three", one, 4).depends_on(two, 2)
    assert (names(three.dependencies), three.event_relative_time) == (["one", "two"], 2)


def test_followed_by_takes_one_delay_for_all_or_one_for_each() -> None:
    diary = Diary()
    first, one, two = (arrival(diary, name) for name in ("first", "one", "two"))
    assert first.followed_by([one, two], 3) is first
    assert [(item.event_relative_time, names(item.dependencies)) for item in (one, two)] == [
        (3, ["first"])
    ] * 2
    first, one, two = (arrival(diary, name) for name in ("first", "one", "two"))
    first.followed_by([one, two], [1.5, 2])
    assert [one.event_relative_time, two.event_relative_time] == [1.5, 2]
    assert names(first.successors) == ["one", "two"]
    first.followed_by(arrival(diary, "three"))
    assert names(first.successors) == ["one", "two", "three"]


def test_followed_by_with_lists_of_different_lengths_is_refused() -> None:
    diary = Diary()
    first, one = arrival(diary, "first"), arrival(diary, "one")
    with pytest.raises(ValueError, match="event 'first' got 2 delays for 1 followers"):
        first.followed_by([one], [1, 2])
    assert (first.successors, one.dependencies) == ([], [])


@pytest.mark.parametrize("delay", [-1, -0.001, float("nan"), float("inf")])
def test_a_delay_is_zero_or_more_and_finite(delay: float) -> None:
    diary = Diary()
    first, one = arrival(diary, "first"), arrival(diary, "one")
    events = [
        one,
        ConditionCheckEvent.from_condition(bool),
        ValidationEvent(),
        AgentValidationEvent(),
        StopEvent(),
    ]
    for event in events:
        with pytest.raises(NegativeDelayError, match="a delay is 0 or more"):
            event.depends_on(first, delay)
    with pytest.raises(AssertionError):
        first.followed_by(one, delay)
    with pytest.raises(ValueError, match="event 'one' has a delay"):
        first.followed_by([one], [delay])
    assert (first.successors, one.dependencies) == ([], [])


def test_delayed_takes_no_negative_delay() -> None:
    event = arrival(Diary(), "one", None, 5)
    assert event.delayed(-1).event_relative_time == 5
    assert event.delayed(0).event_relative_time == 0


def test_setters_give_the_event() -> None:
    event = arrival(Diary(), "one")
    assert event.with_id("two").with_type(EventType.USER).at_absolute_time(3) is event
    assert (event.event_id, event.event_type, event.event_time) == ("two", EventType.USER, 3)


def test_reset_dependencies_leaves_the_neighbours_alone() -> None:
    diary = Diary()
    one = arrival(diary, "one")
    two = arrival(diary, "two", one)
    two.reset_dependencies()
    assert (two.dependencies, two.successors, names(one.successors)) == ([], [], ["two"])


def test_an_event_knows_its_time_from_the_plan() -> None:
    diary = Diary()
    one, two = arrival(diary, "one", None, 3), arrival(diary, "two").at_absolute_time(1010)
    both = arrival(diary, "both", [one, two], 5)
    assert (one.is_ready(), both.is_ready()) == (True, False)
    with pytest.raises(EventGraphError, match="event 'both' waits for events that have no time yet"):
        both.compute_absolute_time(1000)
    one.compute_absolute_time(1000)
    both.compute_absolute_time(1000)
    both.compute_absolute_time(0)
    assert (one.event_time, both.event_time) == (1003, 1015)


def test_an_event_shows_what_it_is_without_its_neighbours() -> None:
    diary = Diary()
    one = arrival(diary, "one").at_absolute_time(1010.0)
    two = arrival(diary, "two", one, 5).followed_by(arrival(diary, "three"))
    assert (repr(one), repr(two)) == ("Event('one', ENV, 1010.0)", "Event('two', ENV, +5)")
    assert repr(StopEvent().with_id("end")) == "StopEvent('end', STOP, None)"
    assert repr(two.oracle()) == "OracleEvent('two', AGENT, +5)"
    assert repr(one.execute()) == "CompletedEvent('one', ENV, 1010.0)"
    condition = ConditionCheckEvent.from_condition(lambda env: True).with_id("free").depends_on(one)
    assert repr(condition) == "ConditionCheckEvent('free-CHECK_0', CONDITION, +0)"
    assert repr(ValidationEvent(event_id="seen")) == "ValidationEvent('seen', VALIDATION, None)"
    assert repr(AgentValidationEvent(event_id="said")) == "AgentValidationEvent('said', VALIDATION, None)"


def test_events_are_equal_to_themselves_only_and_hashable() -> None:
    one, two = StopEvent().with_id("x"), StopEvent().with_id("x")
    assert len({one, two}) == 2
    assert one != two


def test_oracle_takes_the_place_of_its_event_in_the_graph() -> None:
    diary = Diary()
    before, after = arrival(diary, "before"), arrival(diary, "after")
    plain = arrival(diary, "plain", before, 4)
    after.depends_on(plain)
    expected = plain.oracle()
    assert (before.successors, after.dependencies) == ([expected], [expected])
    assert (expected.event_id, expected.event_type, expected.event_relative_time) == (
        "plain",
        EventType.AGENT,
        4,
    )
    assert (expected.dependencies, expected.successors) == ([before], [after])


def test_what_is_said_of_an_event_after_it_became_an_oracle_is_said_of_the_oracle() -> None:
    diary = Diary()
    first, plain = arrival(diary, "first", None, 1), arrival(diary, "plain")
    expected = plain.oracle()
    plain.depends_on(first, 7)
    last = arrival(diary, "last", plain, 1)
    assert (expected.dependencies, expected.event_relative_time, last.dependencies) == (
        [first],
        7,
        [expected],
    )
    env = played([diary], [first, plain, last], oracles=True)
    assert [(line["time"], line["id"]) for line in env.event_log.lines()] == [
        (1001, "first"),
        (1008, "plain"),
        (1009, "last"),
    ]


def test_oracle_puts_the_action_into_words() -> None:
    diary = Diary("Log")
    with EventRegisterer.capture_mode():
        expected = diary.arrive("a").oracle()
    assert expected.action_desc == ActionDescription(
        app="Log",
        function="arrive",
        args=[
            {"name": "text", "value": "a", "value_type": "str"},
            {"name": "mood", "value": "plain", "value_type": "str"},
        ],
    )
    assert OracleEvent.from_event(StopEvent()).action_desc is None


def test_an_oracle_makes_its_call_with_its_own_id_time_and_neighbours() -> None:
    diary = Diary()
    env = armed([diary])
    first = arrival(diary, "first")
    expected = OracleEvent(make_event=lambda env: diary.tap("made"), event_id="expected").depends_on(first, 2)
    call = expected.at_absolute_time(1007).make(env)
    assert (call.event_id, call.event_type, call.event_time) == ("expected", EventType.AGENT, 1007)
    assert (call.event_relative_time, call.dependencies) == (2, [first])
    assert (diary.entries, len(env.event_log)) == ([], 0)


def test_a_made_oracle_is_played() -> None:
    diary = Diary()
    made = OracleEvent(make_event=lambda env: diary.write(f"at {env.current_time}"), event_id="made")
    env = played([diary], [made.depends_on(None, 3)], oracles=True)
    assert [(line["time"], line["type"], line["id"]) for line in env.event_log.lines()] == [
        (1003, "AGENT", "made")
    ]
    assert diary.entries == ["at 1003.0"]


def test_an_event_names_its_app_and_function() -> None:
    diary = Diary("Log")
    event = Event.from_function(diary.write, text="a")
    assert (event.app_class_name(), event.app_name(), event.function_name()) == ("Diary", "Log", "write")
    free = Event.from_function(len, obj=[])
    assert (free.app_class_name(), free.app_name(), free.function_name()) == (None, None, "len")
    assert [Event().app_name(), Event().function_name(), Event().app_class_name()] == [None, None, None]


def test_from_function_takes_a_type_and_defaults_to_env() -> None:
    diary = Diary()
    assert Event.from_function(diary.write, text="a").event_type is EventType.ENV
    event = Event.from_function(diary.write, EventType.USER, text="a")
    assert (event.event_type, event.action.args, event.action.app) == (EventType.USER, {"text": "a"}, diary)


def test_a_call_of_any_callable_can_be_planned() -> None:
    heard: list[str] = []
    with RunContext().active():
        event = Event.from_function(heard.append, EventType.USER)
    event.action.args = {}
    plain = (
        Event.from_function(lambda word: heard.append(word.upper()), word="hello")
        .with_id("plain")
        .depends_on(None, 2)
    )
    env = played([Diary()], [plain])
    assert heard == ["HELLO"]
    assert [(line["time"], line["app"], line["function"]) for line in env.event_log.lines()] == [
        (1002, None, "<lambda>")
    ]


def test_an_event_can_be_executed_by_hand() -> None:
    diary = Diary()
    env = armed([diary])
    event = Event.from_function(diary.copy_last).with_id("copy").at_absolute_time(1004)
    diary.entries.append("a")
    record = event.execute()
    assert (record.event_id, record.event_time, record.failed(), len(env.event_log)) == (
        "copy",
        1004,
        False,
        0,
    )
    assert record.metadata.return_value["text"] == "a"
    event.execute(fire_individual_events=True)
    assert [entry.function_name() for entry in env.event_log.events] == ["copy_last"]
    failed = Event.from_function(diary.tear, text="x").execute()
    assert (failed.failed(), failed.metadata.exception) == (True, "there is no entry 'x'")


def test_a_copy_of_an_event_drops_its_relative_time_only() -> None:
    diary = Diary()
    first = arrival(diary, "first")
    copy = arrival(diary, "one", first, 4).copy()
    assert (copy.event_relative_time, copy.event_id, copy.dependencies) == (None, "one", [first])
    assert oracle(diary, "two", first, 4).copy().event_relative_time == 4


def test_a_completed_event_tells_what_was_called() -> None:
    diary = Diary("Log")
    env = played([diary], [arrival(diary, "a")])
    record = env.event_log.find("a")
    assert (record.tool_name, record.app_name(), record.function_name()) == ("Diary__arrive", "Log", "arrive")
    assert {name: value for name, value in record.get_args().items() if name != "self"} == {
        "text": "a",
        "mood": "plain",
    }
    assert CompletedEvent(_tool_name="Named").tool_name == "Named"
    assert CompletedEvent(event_id="x").tool_name == "NoApp__NoFunction"
    assert CompletedEvent(event_id="x").get_args() == {}


def test_a_completed_event_can_be_replayed_and_planned_again() -> None:
    diary = Diary()
    env = played(
        [diary], [arrival(diary, "a", None, 3), ConditionCheckEvent.from_condition(bool).with_id("c")]
    )
    record = env.event_log.find("a")
    record.replay()
    assert diary.entries == ["a", "a"]
    future = record.to_future_event()
    assert (type(future), future.event_id, future.event_time, future.action) == (
        Event,
        "a",
        1003,
        record.action,
    )
    check = env.event_log.find("c-CHECK_0").to_future_event()
    assert (type(check), check.event_id, check.event_time) == (ConditionCheckEvent, "c-CHECK_0", 1000)
    with pytest.raises(ValueError, match="event 'x' is no call and no check"):
        CompletedEvent(event_id="x").to_future_event()


def test_a_completed_event_can_be_set_beside_its_oracle() -> None:
    diary = Diary()
    record = played([diary], [arrival(diary, "a")]).event_log.find("a")
    expected = OracleEvent(
        event_id="o", event_time=1003.0, event_time_comparator=EventTimeComparator.LESS_THAN
    )
    both = CompletedOracleEvent.from_completed_event_and_oracle_event(record, expected)
    assert (both.event_id, both.action, both.metadata) == ("a", record.action, record.metadata)
    assert (both.absolute_event_time, both.event_time_comparator) == (1003.0, EventTimeComparator.LESS_THAN)
    beside_plan = CompletedOracleEvent.from_completed_event_and_oracle_event(record, arrival(diary, "a"))
    assert (beside_plan.absolute_event_time, beside_plan.event_time_comparator) == (None, None)
    with pytest.raises(ValueError, match="StopEvent is neither an OracleEvent nor an Event"):
        CompletedOracleEvent.from_completed_event_and_oracle_event(record, StopEvent())


def test_an_action_names_itself() -> None:
    diary = Diary("Log")
    with RunContext().active():
        diary.run = RunContext()
        action = Action(diary.write, {"text": "a"})
        free = Action(len)
    assert (action.action_id, action.class_name, action.app_name) == ("Diary.write-00000000", "Diary", "Log")
    assert (free.action_id, free.app_name) == ("NoneType.len-00000000", "NoneType")
    assert str(action) == "Diary.write({'text': 'a'})"
    assert action.operation_type is OperationType.READ
    assert action.tool_metadata.name == "Log__write"
    assert free.tool_metadata is None


def test_an_action_needs_a_function_with_a_name() -> None:
    with pytest.raises(ValueError, match="has no name"):
        Action(object())
    assert Action(partial(Diary().write, text="a"), action_id="x").function_name == "write"


def test_checks_have_the_published_defaults() -> None:
    condition, validation, guard = ConditionCheckEvent(), ValidationEvent(), AgentValidationEvent()
    assert [(event.schedule_every_ticks, event.timeout) for event in (condition, validation, guard)] == [
        (1, None),
        (1, 1),
        (1, None),
    ]
    assert (validation.milestones, validation.minefields, guard.validators) == ([], [], [])
    assert (condition._internal_check_count, validation._internal_check_count) == (0, 0)


def test_an_action_can_be_executed_on_another_app() -> None:
    mine, other = Diary("Mine"), Diary("Other")
    with EventRegisterer.capture_mode():
        action = mine.write("a").action
    action.execute_on_app(other)
    assert (mine.entries, other.entries, action.app_name) == ([], ["a"], "Other")


def test_the_capabilities_of_gaia2_keep_their_order() -> None:
    tags = [tag.value for tag in CapabilityTag.gaia2_capabilities()]
    assert tags == ["Ambiguity", "Adaptability", "Execution", "Search", "Time"]
